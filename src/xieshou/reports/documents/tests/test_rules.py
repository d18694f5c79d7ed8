"""How numbers of a report are rounded and worded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.documents import rules

AMOUNTS = st.integers(min_value=0, max_value=10**15)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (4_826_600_000, "4826.6"),
        (4_711_000_000, "4711"),
        (1_005_000, "1.01"),  # half goes up, where a float of 1.005 goes down
        (2_345_000, "2.35"),  # and never to the even digit
        (0, "0"),
        (4_999, "0.004999"),  # too small for two places, and not nothing
    ],
)
def test_money_in_a_sentence_is_in_wan_rounded_half_up(fen, shown):
    assert rules.plain(rules.in_unit(fen, 1_000_000)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("4826.6", "4,826.60"), ("0", "0"), ("0.004", "<0.01"), ("-0.004", ">-0.01")]
)
def test_a_table_keeps_two_places_and_never_shows_a_small_amount_as_zero(value, shown):
    assert rules.tabular(Decimal(value)) == shown


def test_a_sum_of_forty_digits_loses_none():
    assert rules.plain(rules.in_unit(10**40 + 1, 100)) == f"1{'0' * 38}.01"


@given(st.lists(AMOUNTS, min_size=1, max_size=50))
def test_rounded_parts_and_their_difference_add_up_to_the_rounded_whole(fens):
    parts = [rules.in_unit(fen, 1_000_000) for fen in fens]
    whole = rules.in_unit(sum(fens), 1_000_000)

    difference = rules.tail_difference(parts, whole)

    assert sum(rules.rounded(part) for part in parts) == rules.rounded(whole) + difference


def test_the_difference_of_rounded_parts_is_stated_in_words():
    third = rules.in_unit(1, 3)

    assert rules.tail_note("计划", [third, third, third], Decimal(1), "万元") == (
        "尾差：“计划”各行四舍五入后相加，与合计相差0.01万元，系四舍五入所致。"
    )
    assert rules.tail_note("计划", [Decimal(1), Decimal(2)], Decimal(3), "万元") == ""


@pytest.mark.parametrize(
    ("value", "over", "nearly"),
    [
        ("4826.6", ("超过", "4800"), ("近", "4900")),
        ("4800", ("", "4800"), ("", "4800")),
        ("0.374", ("超过", "0.37"), ("近", "0.38")),
        ("0", ("", "0"), ("", "0")),
    ],
)
def test_round_words_follow_the_value(value, over, nearly):
    assert (rules.about(Decimal(value)), rules.nearly(Decimal(value))) == (over, nearly)


@given(AMOUNTS.map(lambda fen: rules.in_unit(fen, 1_000_000)))
def test_what_is_called_over_is_below_the_value_and_what_is_called_nearly_above(value):
    (over, below), (near, above) = rules.about(value), rules.nearly(value)

    assert (over == "" and near == "") or Decimal(below) < value < Decimal(above)


@pytest.mark.parametrize(
    ("growth", "words"),
    [("12.5", "同比增长12.5%"), ("-3.2", "同比下降3.2%"), ("0.001", "与上年同期持平"), (None, "上年同期未填")],
)
def test_growth_is_said_in_words(growth, words):
    assert rules.change_words(None if growth is None else Decimal(growth)) == words


@pytest.mark.parametrize(("percent", "words"), [("102.45", "超额完成"), ("100", "完成"), ("99.99", "尚未完成")])
def test_completion_is_said_in_words(percent, words):
    assert rules.completion_words(Decimal(percent)) == words


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (31, "三十一")])
def test_headings_count_in_chinese(number, words):
    assert rules.ordinal(number) == words


def test_a_share_that_rounds_to_nothing_shows_two_digits():
    assert rules.plain(rules.in_unit(100, 30_000_000)) == "0.0000033"


def test_a_round_number_lies_on_the_right_side_of_a_negative_value_too():
    assert rules.about(Decimal("-4826.6")) == ("超过", "-4900")
    assert rules.nearly(Decimal("-4826.6")) == ("近", "-4800")
