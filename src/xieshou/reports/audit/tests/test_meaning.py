"""Which figure a claim means: by words and unit alone, and by nothing but the figure's own declaration."""

import pytest

from xieshou.reports.audit.claims import ClaimKind
from xieshou.reports.audit.meaning import Words, counterpart, meanings_of, says_only_that_it_was_done
from xieshou.reports.audit.tests.claims_by_hand import (
    DONE,
    FIGURES,
    PLANNED,
    RAISED,
    SHARE,
    TRAINED,
    claim_of,
    figure_of,
)


def words(own: str, *names: str) -> Words:
    return Words(own=own, narrowing=own, names=names)


def keys(clause: str, *, unit="CNY", kind=ClaimKind.ANNUAL, names=(), figures=FIGURES) -> list[str]:
    found = meanings_of(claim_of(unit=unit, kind=kind), words(clause, *names), figures)
    return [meaning.figure.key for meaning in found]


@pytest.mark.parametrize(
    ("clause", "unit", "key"),
    [
        ("累计投入帮扶资金", "CNY", "fund.raised"),
        ("投入扶贫资金", "CNY", "fund.raised"),
        ("计划投入", "CNY", "fund.planned"),
        ("占全部帮扶资金的", "percent", "fund.share"),
        ("资金完成率达到", "percent", "fund.completion"),
        ("培训乡镇基层干部", "person", "training.persons"),
    ],
)
def test_a_claim_means_the_figure_whose_words_its_clause_holds(clause, unit, key):
    kind = ClaimKind.PLAN if "计划" in clause else ClaimKind.ANNUAL

    assert keys(clause, unit=unit, kind=kind) == [key]


def test_the_words_of_a_figure_may_stand_apart_and_in_another_order():
    assert keys("计划向凤山县投入", kind=ClaimKind.PLAN, names=("凤山县",)) == ["fund.planned"]
    assert keys("基层干部|人|参加培训", unit="person") == ["training.persons"]


def test_another_unit_is_another_thing():
    assert keys("培训基层干部", unit="person_time") == []


def test_equal_numbers_without_the_words_link_nothing():
    assert keys("种植中草药") == []


def test_what_was_done_is_never_read_as_a_figure_of_plans():
    assert keys("投入") == []


def test_a_figure_of_deeds_answers_a_plan_at_the_stage_of_plans():
    (meaning,) = meanings_of(claim_of(unit="person", kind=ClaimKind.PLAN), words("计划培训基层干部"), FIGURES)

    assert (meaning.figure, meaning.stage) == (TRAINED, "planned")


def test_a_percentage_needs_the_words_of_its_kind():
    assert keys("帮扶资金", unit="percent") == []


def test_a_new_figure_is_understood_as_soon_as_it_is_declared():
    bought = figure_of("consumption.bought", "购买农产品金额", "消费帮扶金额")

    assert keys("全年采购脱贫地区农副产品", figures=[*FIGURES, bought]) == ["consumption.bought"]


def test_other_words_beside_those_of_the_figure_make_the_claim_narrower():
    (meaning,) = meanings_of(claim_of(), words("在健康扶贫上累计投入资金"), FIGURES)

    assert meaning.further == ("健康",)


def test_a_category_that_the_clause_names_is_asked_for_and_makes_nothing_narrower():
    (meaning,) = meanings_of(claim_of(), words("在教育扶贫上累计投入资金"), FIGURES)

    assert (meaning.category, meaning.further) == ("education", ())


@pytest.mark.parametrize("clause", ["在扶贫领域投入资金", "2019年定点帮扶累计实际投入资金", "吉林省镇赉县共投入资金"])
def test_words_of_doing_adding_and_places_leave_it_as_wide_as_it_is(clause):
    (meaning,) = meanings_of(claim_of(), words(clause), FIGURES)

    assert not meaning.is_narrower


def test_a_single_short_word_is_a_loose_link():
    helped = figure_of("donation.persons", "受益人数", unit="person")

    (meaning,) = meanings_of(claim_of(unit="person"), words("受益群众"), [helped])

    assert meaning.is_loose


def test_what_was_done_of_a_plan_is_known_by_the_completion_that_divides_both():
    assert counterpart(PLANNED, FIGURES) is RAISED
    assert counterpart(SHARE, FIGURES) is None
    assert DONE.numerator is RAISED


@pytest.mark.parametrize(("clause", "answer"), [("实际完成", True), ("其中", True), ("实际培训干部", False)])
def test_a_clause_that_names_nothing_speaks_of_what_came_before(clause, answer):
    assert says_only_that_it_was_done(words(clause)) is answer
