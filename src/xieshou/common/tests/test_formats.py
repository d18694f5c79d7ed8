"""How numbers, money and dates are shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.common.formats import MoneyUnit, exact_money, money, percent, period, scaled, whole


@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (453_309_143_65, MoneyUnit.WAN, "45,330.91"),
        (453_309_143_65, MoneyUnit.YUAN, "453,309,143.65"),
        (0, MoneyUnit.WAN, "0"),
        (None, MoneyUnit.WAN, "未填"),
        (50_00, MoneyUnit.WAN, "0.01"),
        (49, MoneyUnit.WAN, "<0.01"),
        (-12_345_678, MoneyUnit.WAN, "-12.35"),
    ],
)
def test_money_is_shown_with_two_decimals_and_zero_is_neither_small_nor_unknown(fen, unit, shown):
    assert money(fen, unit) == shown


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_yuan_say_the_amount_to_the_last_fen(fen):
    assert int(exact_money(fen).replace(".", "")) == fen


@given(st.integers(min_value=5_000, max_value=10**17))
def test_what_is_shown_is_within_half_a_unit_of_the_last_digit(fen):
    shown = money(fen, MoneyUnit.WAN).replace(",", "").replace(".", "")

    assert abs(int(shown) * 10_000 - fen) <= 5_000


def test_a_measure_without_parts_has_no_decimals():
    assert scaled(1_234, 1) == whole(1_234) == "1,234"


@pytest.mark.parametrize(("part", "of", "shown"), [(1, 3, "33.3 %"), (0, 5, "0.0 %"), (1, 0, "–"), (None, 5, "–")])
def test_a_share_of_nothing_is_no_number(part, of, shown):
    assert percent(part, of) == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2019, 1, 1), date(2019, 12, 31), "2019"),
        (date(2016, 1, 1), date(2019, 12, 31), "2016–2019"),
        (date(2020, 10, 1), date(2020, 10, 31), "2020-10"),
        (date(2020, 2, 1), date(2020, 3, 31), "2020-02 – 2020-03"),
        (None, date(2020, 10, 31), "至 2020-10-31"),
        (date(2020, 10, 5), date(2020, 10, 5), "2020-10-05"),
        (date(2020, 10, 5), None, "2020-10-05 起"),
        (None, None, "–"),
    ],
)
def test_a_period_goes_by_its_short_name(first, last, shown):
    assert period(first, last) == shown
