"""Numbers as reports write them, read by the lexer alone."""

from decimal import Decimal

import pytest

from xieshou.reports.audit.quantities.numbers import chinese_value, number_at


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3.5万", "35000"),
        ("1.2亿", "120000000"),
        ("1.2万亿", "1200000000000"),
        ("1亿2千万", "120000000"),
        ("3万5千", "35000"),
        ("5千", "5000"),
        ("三百二十", "320"),
        ("两千", "2000"),
        ("廿三", "23"),
        ("一百零五", "105"),
        ("一百二", "120"),
        ("三万五", "35000"),
        ("一亿三千万", "130000000"),
        ("三千万亿", "3000000000000000"),
        ("三点五万", "35000"),
        ("百分之三十五", "35"),
        ("百分之三点五", "3.5"),
        ("千分之二", "0.2"),
        ("四分之一", "25"),
        ("1/4", "25"),
        ("十余", "10"),
        ("十几万", "100000"),
        ("数百", "100"),
        ("500余万", "5000000"),
        ("2万多", "20000"),
        ("半", "0.5"),
    ],
)
def test_a_number_has_its_value(written, value):
    number = number_at(written, 0)

    assert number is not None
    assert (number.value, number.until) == (Decimal(value), len(written))


@pytest.mark.parametrize(
    ("written", "low", "high"), [("两三百", 200, 300), ("七八十", 70, 80), ("三五", 3, 5), ("五六千", 5000, 6000)]
)
def test_two_digits_side_by_side_are_a_range(written, low, high):
    number = number_at(written, 0)

    assert number is not None
    assert (number.value, number.value_hi) == (low, high)


@pytest.mark.parametrize(
    ("written", "decimals", "factor"),
    [("4826.6万", 1, 10_000), ("9.27亿", 2, 100_000_000), ("4700万", 0, 10_000), ("25", 0, 1), ("三点五万", 1, 10_000)],
)
def test_a_number_keeps_how_precisely_it_was_written(written, decimals, factor):
    number = number_at(written, 0)

    assert number is not None
    assert (number.decimals, number.factor) == (decimals, factor)


@pytest.mark.parametrize("written", ["二〇一九", "一三", "5" * 40, "几", "数据"])
def test_what_makes_no_number_is_none(written):
    assert number_at(written, 0) is None


def test_a_scale_is_not_taken_from_the_unit_behind_it():
    number = number_at("20万千瓦", 0)

    assert number is not None
    assert (number.value, number.until) == (200_000, 3)


@pytest.mark.parametrize("written", ["十百千", "一二三"])
def test_characters_out_of_order_have_no_value(written):
    assert chinese_value(written) is None
