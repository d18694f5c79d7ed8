"""Which rows are proposed as likely double reports, and what is remembered."""

from dataclasses import replace
from datetime import date

import pytest

from xieshou.common.errors import NotPermitted
from xieshou.intake.doubles import MOST_ALIKE, Relations, Reported, decide_double, proposals, undecided
from xieshou.intake.errors import DecisionInvalid

PARENT, CHILD, JOINT, STRANGER = 1, 2, 3, 4
RELATIONS = Relations({PARENT: "1/", CHILD: "1/2/", JOINT: "3/", STRANGER: "4/"}, {JOINT: frozenset({PARENT, 9})})
GIFT = Reported(
    name="a",
    batch=1,
    row=2,
    what="donation.cash",
    whose="village",
    amount=100_000,
    first=None,
    last=date(2019, 5, 3),
    unit=PARENT,
)


def again(**changes):
    return replace(GIFT, **{"name": "b", "batch": 2, "unit": CHILD} | changes)


def relation_of(*reported):
    return [proposal.relation for proposal in proposals(reported, RELATIONS)]


@pytest.mark.parametrize(
    ("unit", "relation"), [(CHILD, "above"), (JOINT, "joint"), (PARENT, "same"), (None, "unstated")]
)
def test_the_same_gift_told_by_a_related_unit_is_proposed(unit, relation):
    assert relation_of(GIFT, again(unit=unit)) == [relation]


def test_units_that_have_nothing_to_do_with_each_other_are_not_asked_about():
    assert relation_of(GIFT, again(unit=STRANGER)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 100_001},
        {"whose": "another village"},
        {"what": "donation.goods"},
        {"last": date(2019, 6, 4)},
        {"batch": 1},
    ],
)
def test_another_amount_receiver_matter_month_or_the_same_table_is_no_double(changes):
    assert relation_of(GIFT, again(**changes)) == []


def test_what_a_unit_gives_again_a_month_later_is_a_second_gift():
    assert relation_of(GIFT, again(unit=PARENT, last=date(2019, 5, 31))) == []


def test_overlapping_periods_are_near():
    year = again(first=date(2019, 1, 1), last=date(2019, 12, 31))

    assert relation_of(GIFT, year) == ["above"]


def test_an_amount_that_many_rows_share_is_a_rate_and_nobody_is_asked():
    rate = [again(name=f"r{number}", batch=number) for number in range(MOST_ALIKE + 1)]

    assert relation_of(*rate) == []


def test_amounts_of_nothing_are_passed_over():
    assert relation_of(replace(GIFT, amount=0), again(amount=0)) == []


def test_two_rows_that_agree_in_several_amounts_are_one_proposal():
    more = {"what": "fund.planned", "amount": 7}
    (proposal,) = proposals([GIFT, again(), replace(GIFT, **more), again(**more)], RELATIONS)

    assert len(proposal.amounts) == 2


@pytest.fixture
def pair():
    return proposals([GIFT, again()], RELATIONS)


def test_a_pair_of_which_both_count_is_never_asked_about_again(office, pair):
    decide_double(by=office, first="b", second="a", verdict="both")

    assert undecided(pair) == ([], [])


def test_a_pair_put_off_waits_apart(office, pair):
    decide_double(by=office, first="a", second="b", verdict="open")

    assert undecided(pair) == ([], pair)


def test_two_rows_that_were_one_are_asked_about_again_when_both_stand_anew(office, pair):
    decide_double(by=office, first="a", second="b", verdict="same", reason="同一张收据")

    assert undecided(pair) == (pair, [])


def test_that_two_are_one_needs_a_reason(office):
    with pytest.raises(DecisionInvalid):
        decide_double(by=office, first="a", second="b", verdict="same", reason=" ")


def test_a_clerk_does_not_decide(clerk):
    with pytest.raises(NotPermitted):
        decide_double(by=clerk, first="a", second="b", verdict="both")
