"""What a value is: what counts, what is nothing, and what is not stated."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xieshou.figures.definitions import figure_named
from xieshou.figures.errors import FigureRefused, FigureUnknown
from xieshou.figures.tests.factories import (
    COMPLETION,
    GROWTH,
    GUIFENG,
    HELPED,
    PERSONS,
    RECORDS,
    SHARE,
    STOCK,
    SUM,
    TIANHU,
    TREES,
    money,
    reverse,
    year,
)
from xieshou.ledger.measures import Basis, Nature, Stage
from xieshou.ledger.posted import Posting


def helped(person: int | None, **dimensions) -> Posting:
    return Posting(
        **{"measure": HELPED, "quantity": 1, "occurred_to": date(2019, 5, 1), "place_code": GUIFENG, "person": person}
        | dimensions
    )


def trees(quantity: int, day: date, **dimensions) -> Posting:
    return Posting(**{"measure": TREES, "quantity": quantity, "occurred_to": day, "place_code": GUIFENG} | dimensions)


def test_amounts_add_up_to_whole_base_units_and_are_shown_in_yuan(post, answers):
    post(money(12_345), money(5))

    (answer,) = answers(SUM)

    assert (answer.base_value, answer.value, answer.entries) == (12_350, Decimal("123.5"), 2)


def test_a_stated_zero_is_zero_and_what_nobody_stated_is_not_stated(post, value):
    post(money(0, place_code=GUIFENG))

    assert [value(SUM, place=GUIFENG), value(SUM, place=TIANHU)] == [0, None]


def test_sums_beyond_64_bits_stay_exact(post, value):
    post(*(money(9_000_000_000_000_000_000) for _each in range(3)))

    assert value(SUM) == 27_000_000_000_000_000_000


def test_a_reversed_record_counts_nothing_and_its_amount_is_not_stated_again(post, office, answers):
    reverse(office, post(money(700)))

    assert [(answer.base_value, answer.entries) for answer in answers(SUM)] == [(None, 0)]


def test_planned_and_done_are_never_added(post, value):
    post(money(100), money(40, stage=Stage.PLANNED))

    assert [value(SUM), value(SUM, stage="planned"), value(SUM, stage="计划")] == [100, 40, 40]


def test_a_category_has_all_below_it_and_goes_by_its_key_or_its_name(post, value):
    post(money(1, category="road"), money(2, category="road.bridge"), money(4, category="school"))

    assert [value(SUM, category="road"), value(SUM, category="桥梁"), value(SUM, category="school")] == [3, 2, 4]


def test_a_category_that_the_figure_does_not_have_is_refused_by_naming_those_it_has(post, value):
    with pytest.raises(FigureRefused, match="road（道路）"):
        value(SUM, category="roads")


def test_source_and_nature_narrow_a_figure(post, value):
    post(money(1, fund_source="own"), money(2, fund_source="credit", nature=Nature.RETURNABLE))

    assert [value(SUM, source="own"), value(SUM, source="信贷"), value(SUM, nature="returnable")] == [1, 2, 2]


def test_programme_and_project_narrow_a_figure(post, value, programme):
    post(money(1, programme=programme.pk, project=7), money(2))

    assert [value(SUM, programme=programme.name), value(SUM, project=7), value(SUM, programme=programme.pk)] == [
        1,
        1,
        1,
    ]


def test_records_are_counted_once_however_many_entries_they_post(post, office, value):
    post(money(1), money(2))
    post(money(4))
    reverse(office, post(money(8)))

    assert value(RECORDS) == 2


def test_a_person_is_counted_once_and_not_by_a_reversed_entry(post, office, value):
    post(helped(1), helped(2), helped(1))
    reverse(office, post(helped(3)))

    assert value(PERSONS) == 2


def test_who_is_not_named_is_not_counted_as_nobody(post, value):
    post(helped(None))

    assert value(PERSONS) is None


def test_a_stock_is_the_latest_statement_of_each_holder_up_to_the_day(post, value):
    post(
        trees(100, date(2018, 12, 31)),
        trees(80, date(2019, 12, 31)),
        trees(5, date(2017, 6, 30), place_code=TIANHU),
    )

    assert [value(STOCK), value(STOCK, at="2018"), value(STOCK, year=2018), value(STOCK, at="2016")] == [
        85,
        105,
        105,
        None,
    ]


def test_a_share_is_of_the_whole_programme_and_period_whatever_the_place(post, answers):
    post(money(1806_6, place_code=GUIFENG, **year(2019)), money(3020_0, place_code=TIANHU, **year(2019)))
    post(money(9999_9, place_code=TIANHU, **year(2018)))

    (answer,) = answers(SHARE, place=GUIFENG, year=2019)

    assert (answer.numerator, answer.denominator, answer.value) == (18066, 48266, Decimal("37.430075"))


def test_completion_compares_row_by_row_and_is_not_stated_where_either_is_not(post, answers):
    post(money(30, category="road"), money(50, category="school"))

    rows = answers(COMPLETION, by=("category",), category="road")

    assert [(row.by["category"].code, row.value) for row in rows] == [("road", Decimal(100))]


def test_growth_is_the_change_since_the_same_period_of_the_year_before(post, answers):
    post(money(200, **year(2018)), money(250, **year(2019)))

    (grown,) = answers(GROWTH, year=2019)
    (unknown,) = answers(GROWTH, year=2018)

    assert [(grown.numerator, grown.denominator, grown.value), unknown.value] == [(50, 200, Decimal(25)), None]


def test_growth_without_a_period_is_refused(answers):
    with pytest.raises(FigureRefused, match="上年同期"):
        answers(GROWTH)


def test_nothing_is_divided_by_zero(post, answers):
    post(money(0))

    (answer,) = answers(SHARE)

    assert (answer.value, answer.notes) == (None, ("分母为 0，没有百分比。",))


def test_the_summary_share_says_how_much_no_list_stands_behind(post, answers):
    post(money(300, basis=Basis.SUMMARY), money(100, basis=Basis.LISTED))

    (answer,) = answers(SUM)

    assert answer.summary_share == Decimal("75.00")


def test_another_unit_of_the_same_kind_is_exact_and_a_foreign_one_is_refused(post, answers):
    post(money(4_826_600_000_01))

    (answer,) = answers(SUM)

    assert answer.in_unit("万元") == Decimal("482660.000001")
    with pytest.raises(FigureRefused, match="亿元"):
        answer.in_unit("公斤")


def test_an_answer_has_the_shape_that_other_programs_rely_on(post, answers, office):
    post(money(12_345, basis=Basis.SUMMARY, fund_source="own"))

    (answer,) = answers(SUM, by=("source",), place="从化区", year=2019)

    assert answer.as_json() == {
        "key": "test.money",
        "name": "资金",
        "unit": "CNY",
        "value": 123.45,
        "base_unit": "fen",
        "base_value": 12_345,
        "stage": "done",
        "scope": {"place": "440117000000", "year": 2019},
        "definition": "资金之和。",
        "version": 1,
        "form_notes": [],
        "entries": 1,
        "summary_share": 100,
        "crossing": 0,
        "unallocated": 0,
        "notes": [],
        "state": {"head": answer.state.head, "entries": 1, "name": ""},
        "by": {"source": {"code": "own", "name": "单位自筹"}},
    }


def test_a_ratio_adds_its_numerator_and_denominator_and_has_no_base_value(post, answers):
    post(money(1, place_code=GUIFENG), money(2, place_code=TIANHU))

    document = answers(SHARE, place=GUIFENG)[0].as_json()

    assert [document[name] for name in ("value", "base_value", "numerator", "denominator")] == [33.333333, None, 1, 3]


@pytest.mark.parametrize("text", ["test.money", "资金", "钱"])
def test_a_figure_goes_by_its_key_its_name_and_its_synonyms(text):
    figure = replace(SUM, synonyms=("钱",))

    assert figure_named(text, [PERSONS, figure]) is figure


def test_an_unknown_figure_is_refused_by_naming_those_there_are():
    with pytest.raises(FigureUnknown, match=r"test\.money"):
        figure_named("fund", [SUM])


def test_a_break_down_that_a_figure_does_not_have_is_refused_by_naming_those_it_has(answers):
    with pytest.raises(FigureRefused, match="township"):
        answers(SUM, by=("town",))


def test_a_value_asked_again_is_not_read_again_until_something_is_posted(committed_db, post, value, reads):
    post(money(1))
    first = value(SUM)
    before = reads()

    again = value(SUM)
    unread = reads() - before
    post(money(2))

    assert [first, again, unread, value(SUM)] == [1, 1, 0, 3]
