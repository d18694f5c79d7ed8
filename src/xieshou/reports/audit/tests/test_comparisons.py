"""Interval arithmetic: what rounding hides, what the words allow."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.reports.audit.claims import Approximation, Quantity, Status
from xieshou.reports.audit.relations.comparisons import (
    as_decimal,
    equality,
    extent_of,
    inequality,
    product_of,
    quotient_of,
    rate_equality,
    scaled,
    sum_of,
    total_of,
)

MILLION = Decimal(10_000)


def money(amount: str, approximation: Approximation = Approximation.EXACT, raw: str = "") -> Quantity:
    """An amount in 万元 as it is written."""
    value = Decimal(amount)
    return Quantity(
        start=0,
        end=1,
        at=0,
        until=1,
        value=value * MILLION,
        unit="CNY",
        unit_raw="元",
        number_raw=raw or f"{amount}万",
        approximation=approximation,
        decimals=max(0, -int(value.as_tuple().exponent)),
        factor=MILLION,
    )


def persons(count: int, approximation: Approximation = Approximation.EXACT, raw: str = "") -> Quantity:
    return Quantity(
        start=0,
        end=1,
        at=0,
        until=1,
        value=Decimal(count),
        unit="person",
        unit_raw="人",
        number_raw=raw or str(count),
        approximation=approximation,
    )


def test_a_counted_whole_number_hides_nothing():
    extent = extent_of(persons(51))

    assert (extent.low, extent.high) == (51, 51)


def test_a_rounded_amount_hides_half_of_its_last_place():
    extent = extent_of(money("252.4"))

    assert (extent.low, extent.high) == (2_523_500, 2_524_500)


@pytest.mark.parametrize(
    ("quantity", "least", "most"),
    [
        (money("500", Approximation.MORE_THAN, "500余万"), 5_000_000, 6_000_000),
        (persons(1200, Approximation.MORE_THAN, "1200余"), 1200, 1300),
        (persons(50, Approximation.NEARLY), 40, 50),
        (persons(20, Approximation.ABOUT), 15, 25),
        (money("1096", Approximation.ABOUT), 10_940_000, 10_980_000),
        (persons(30, Approximation.LESS_THAN), 0, 30),
    ],
)
def test_what_the_words_allow(quantity, least, most):
    extent = extent_of(quantity)

    assert (extent.least, extent.most) == (least, most)


def test_more_than_has_no_upper_end():
    assert extent_of(money("562", Approximation.MORE_THAN, "562万")).most is None


def test_parts_of_different_fineness_are_as_fine_as_the_finest():
    parts = [money("252.4"), money("1260"), money("750")]

    assert equality(sum_of(parts, money("2262.9")), extent_of(money("2262.9"))) is Status.CONTRADICTION
    assert equality(sum_of(parts, money("2262.4")), extent_of(money("2262.4"))) is Status.EXACT


def test_a_coarse_total_of_fine_parts_is_rounding():
    parts = [money("252.4"), money("1260.3")]

    assert equality(sum_of(parts, money("1513")), extent_of(money("1513"))) is Status.ROUNDING


def test_a_sum_within_an_approximate_total_holds():
    about = extent_of(persons(1200, Approximation.MORE_THAN, "1200余"))

    assert equality(sum_of([persons(1203)], persons(1203)), about) is Status.HOLDS


def test_an_approximate_part_makes_a_difference_possible():
    parts = [persons(100, Approximation.MORE_THAN, "100余"), persons(50)]

    assert equality(sum_of(parts, persons(170)), extent_of(persons(170))) is Status.POSSIBLE


@pytest.mark.parametrize(
    ("part", "whole", "status"),
    [
        (persons(25), persons(99), Status.HOLDS),
        (persons(99), persons(99), Status.HOLDS),
        (persons(100), persons(99), Status.CONTRADICTION),
        (persons(1250), persons(1200, Approximation.MORE_THAN, "1200余"), Status.HOLDS),
        (persons(1350), persons(1200, Approximation.MORE_THAN, "1200余"), Status.CONTRADICTION),
        (persons(1350), persons(1200, Approximation.MORE_THAN, "1200"), Status.POSSIBLE),
    ],
)
def test_a_part_beside_its_whole(part, whole, status):
    assert inequality(extent_of(part), extent_of(whole)) is status


def test_a_rate_is_taken_from_the_figures_as_written():
    done, target = money("562"), money("135")
    ratio = quotient_of(extent_of(done), extent_of(target))
    rate = Quantity(start=0, end=1, at=0, until=1, value=Decimal(417), unit="percent")

    assert ratio is not None
    assert rate_equality(scaled(ratio, 100), extent_of(rate), (done, target)) is Status.POSSIBLE


def test_nothing_is_divided_by_what_may_be_nothing():
    assert quotient_of(extent_of(persons(5)), extent_of(persons(0))) is None


def test_a_value_is_shown_exactly_where_it_ends():
    assert as_decimal(Fraction(374300, 10000)) == Decimal("37.43")


values = st.integers(min_value=1, max_value=10**9)
kinds = st.sampled_from(list(Approximation))


@given(values, kinds, values, kinds)
def test_the_value_lies_in_its_intervals_whatever_is_computed(left, left_kind, right, right_kind):
    one, two = extent_of(persons(left, left_kind, f"{left}余")), extent_of(persons(right, right_kind, f"{right}余"))
    for extent in (one, two, total_of([one, two]), product_of(one, two)):
        assert extent.low <= extent.value <= extent.high
        assert extent.least <= extent.value
        assert extent.most is None or extent.value <= extent.most


@given(st.lists(values, min_size=1, max_size=8))
def test_parts_always_agree_with_their_sum(counts):
    parts = [persons(count) for count in counts]

    assert equality(sum_of(parts, persons(sum(counts))), extent_of(persons(sum(counts)))) is Status.EXACT
