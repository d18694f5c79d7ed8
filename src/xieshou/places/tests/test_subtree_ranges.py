import pytest

from xieshou.places.selectors import subtree_ranges
from xieshou.places.tests.factories import lineage_of, place_of


def covers(code, other):
    return any(low <= other < high for low, high in subtree_ranges(code))


@pytest.mark.parametrize("code", ["440118000000", "440183000000"])
def test_the_officer_of_a_county_that_was_recoded_sees_the_entries_of_both_codes(cast, code):
    assert covers(code, "440118105227")
    assert covers(code, "440183105227")
    assert covers(code, "440125000000")


def test_the_officer_of_one_county_sees_nothing_of_another(cast):
    assert not covers("440118000000", "440117107208")
    assert not covers("440118000000", "440184000000")
    assert not covers("440118000000", "440100000000")


def test_a_town_is_its_own_range_and_a_village_one_code(cast):
    assert subtree_ranges("440118105000") == (("440118105000", "440118106000"),)
    assert subtree_ranges("440118105227") == (("440118105227", "440118105228"),)


def test_the_officer_of_one_town_sees_nothing_of_another(cast):
    assert not covers("440118105000", "440118104200")


def test_a_prefecture_includes_the_former_codes_of_its_counties_that_lie_outside(cast):
    assert covers("440100000000", "449017000000")


def test_a_former_prefecture_code_counts_itself_alone_for_its_counties_may_have_gone_elsewhere(cast):
    lineage_of("452100000000", "南宁地区", "451200000000", 1980, 2002, "撤销").save()

    assert covers("451200000000", "452100000000")
    assert not covers("451200000000", "452123000000")


def test_a_prefecture_that_is_gone_leads_to_what_took_up_its_last_counties(cast):
    lineage_of("452100000000", "河池地区", "451200000000", 1980, 2001, "撤地设市").save()
    lineage_of("452122000000", "花县", "440114000000", 1980, 2001, "撤县设区").save()
    lineage_of("452123000000", "早已划出的县", "110102000000", 1980, 1985, "同名改码").save()

    assert covers("452100000000", "451223000000")
    assert covers("452100000000", "440114000000")
    assert not covers("452100000000", "110102000000")


def test_a_code_that_belongs_to_another_place_today_is_never_taken(cast):
    place_of("440103000000", "荔湾区", 3, "440100000000").save()
    lineage_of("440102000000", "芳村区", "440103000000", 1980, 2004, "撤销").save()
    lineage_of("110105000000", "芳村区", "440103000000", 1980, 1987, "撤销").save()

    assert covers("440103000000", "440102000000")
    assert not covers("440103000000", "110105000000")


def test_nobody_s_view_widens_from_a_county_to_the_prefecture_that_took_it_up(cast):
    lineage_of("440199000000", "郊区", "440100000000", 1980, 1990, "撤销").save()

    assert subtree_ranges("440199000000") == (("440199000000", "440200000000"),)


def test_a_county_founded_from_two_includes_both_and_each_of_them_sees_the_new_one(cast):
    place_of("440157000000", "新区", 3, "440100000000", in_base=False).save()
    lineage_of("440117000000", "从化区", "440157000000", None, 2024, "撤区设区").save()
    lineage_of("440118000000", "增城区", "440157000000", None, 2024, "撤区设区").save()

    assert covers("440157000000", "440117107208")
    assert covers("440117000000", "440157000000")
    assert not covers("440117000000", "440118105227")


def test_a_code_that_no_table_knows_has_its_own_range(cast):
    assert subtree_ranges("990101000000") == (("990101000000", "990102000000"),)


def test_short_codes_are_padded(cast):
    assert subtree_ranges("440117") == subtree_ranges("440117000000")


def test_ranges_are_answered_in_few_queries(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        subtree_ranges("440118000000")


@pytest.mark.parametrize("code", ["440000000000", "440100000000", "440118000000", "440118105000", "440118105227"])
def test_a_place_lies_in_its_own_ranges(cast, code):
    assert covers(code, code)
