import pytest

from xieshou.places.lineage import Change, Former, Span, formers

BASE = {
    "440000": "广东省",
    "440100": "广州市",
    "440103": "荔湾区",
    "440106": "天河区",
    "440117": "从化区",
    "371700": "菏泽市",
    "370000": "山东省",
}


def lead(spans, changes=(), decided=()):
    found = formers(spans, changes, BASE, {(one.code, one.name): one for one in decided})
    return {(one.code, one.name): (one.successor_code, one.kind, one.changed_year) for one in found}


def test_a_county_is_followed_through_all_its_codes_and_the_first_real_change_is_named():
    spans = [Span("440122", "从化县", 1980, 1993), Span("449021", "从化市", 1994, 1994)]
    changes = [
        Change(1994, "撤县设市", ("440122", "从化县"), ("449021", "从化市")),
        Change(1995, "同名改码", ("449021", "从化市"), ("440184", "从化市")),
        Change(2014, "撤市设区", ("440184", "从化市"), ("440117", "从化区")),
    ]

    assert lead(spans, changes) == {
        ("440122", "从化县"): ("440117", "撤县设市", 1994),
        ("449021", "从化市"): ("440117", "撤市设区", 2014),
    }


def test_a_code_that_was_freed_and_given_away_does_not_lead_to_its_new_holder():
    spans = [Span("440106", "芳村区", 1985, 1987), Span("440107", "芳村区", 1988, 2004)]
    changes = [Change(2005, "撤销", ("440107", "芳村区"), ("440103", "荔湾区"))]

    assert lead(spans, changes)[("440106", "芳村区")] == ("440103", "撤销", 2005)


def test_what_is_gone_without_a_successor_stands_for_itself():
    assert lead([Span("440105", "郊区", 1980, 1986)]) == {("440105", "郊区"): ("440105", "撤销", 1987)}


def test_what_is_gone_and_whose_code_is_taken_leads_to_what_stands_above():
    assert lead([Span("440103", "郊区", 1980, 1986)]) == {("440103", "郊区"): ("440100", "撤销", 1987)}


def test_a_name_one_character_apart_under_the_same_code_is_another_writing():
    assert lead([Span("371700", "荷泽市", 2002, 2005)]) == {("371700", "荷泽市"): ("371700", "异写", None)}


@pytest.mark.parametrize(
    "change",
    [
        Change(2014, "撤销", ("440105", "桥东区"), ("371700", "菏泽市")),
        Change(2014, "撤销", ("440205", "桥东区"), ("440106", "天河区"), is_guessed=True),
        Change(1983, "区划调整", ("440105", "绍兴市"), ("440117", "绍兴县")),
    ],
)
def test_a_change_that_confuses_namesakes_is_not_believed(change):
    code, _name = change.old

    assert lead([Span(*change.old, 1990, 2013)], [change])[change.old][0] == code


def test_a_successor_that_was_looked_up_goes_before_the_source():
    wrong = Change(2005, "撤销", ("440102", "东山区"), ("440106", "天河区"))
    looked_up = Former("440102", "东山区", "440103", None, None, "撤销并入", 2005)

    assert lead([Span("440102", "东山区", 1980, 2004)], [wrong], [looked_up]) == {
        ("440102", "东山区"): ("440103", "撤销并入", 2005)
    }


def test_what_stands_in_the_base_edition_is_no_former_place():
    assert lead([Span("440103", "荔湾区", 1980, 2019)]) == {}
