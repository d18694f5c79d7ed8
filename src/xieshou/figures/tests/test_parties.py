"""A party counts with all below it; what flows inside drops out; a joint gift is divided only by stated shares."""

import pytest

from xieshou.figures.tests.factories import GUIFENG, SUM, money
from xieshou.parties.services import create_joint_party, create_party, state_shares


@pytest.fixture
def branch(office, helping_unit):
    return create_party(by=office, name="区分局", parent=helping_unit)


@pytest.fixture
def other(office):
    return create_party(by=office, name="市教育局")


@pytest.fixture
def joint(office, helping_unit, other):
    return create_joint_party(by=office, name="市民政局、市教育局", members=[helping_unit, other])


def test_a_party_counts_with_all_below_it_in_the_role_asked_for(post, value, helping_unit, branch, other):
    post(
        money(1, credited_to=helping_unit.pk),
        money(2, credited_to=branch.pk, giver=other.pk),
        money(4, credited_to=other.pk, receiver=branch.pk),
    )

    assert value(SUM, party=helping_unit.pk) == 3
    assert value(SUM, party=branch.pk) == 2
    assert value(SUM, party=other.pk, **{"as": "giver"}) == 2
    assert value(SUM, party=helping_unit.pk, **{"as": "receiver"}) == 4


def test_what_flows_inside_a_party_drops_out_when_the_party_is_asked_for(post, value, helping_unit, branch):
    post(
        money(1, credited_to=branch.pk, giver=helping_unit.pk, receiver=branch.pk),
        money(2, credited_to=branch.pk, giver=branch.pk),
    )

    assert value(SUM, party=helping_unit.pk) == 2
    assert value(SUM, party=branch.pk) == 3


def test_a_place_never_eliminates_anything(post, value, helping_unit, branch):
    post(money(1, credited_to=branch.pk, giver=helping_unit.pk, receiver=branch.pk))

    assert [value(SUM), value(SUM, place=GUIFENG)] == [1, 1]


def test_a_joint_gift_counts_once(post, value, answers, joint):
    post(money(1000, credited_to=joint.pk))

    assert value(SUM) == 1000
    assert [(row.by["credited"].name, row.base_value) for row in answers(SUM, by=("credited",))] == [
        ("市民政局、市教育局", 1000)
    ]


def test_a_member_of_a_joint_party_without_shares_is_told_so_and_given_nothing(post, answers, helping_unit, joint):
    post(money(1000, credited_to=joint.pk), money(3, credited_to=helping_unit.pk))

    (answer,) = answers(SUM, party=helping_unit.pk)

    assert (answer.base_value, answer.unallocated) == (3, 1)
    assert answer.notes == ("联合，未分摊：另有 1 条联合帮扶记录，成员单位尚未确定份额，未计入。",)


def test_shares_are_taken_in_whole_fen_and_the_largest_remainder_takes_the_rest(
    post, value, office, helping_unit, other, joint
):
    state_shares(by=office, joint=joint, shares={helping_unit.pk: 3333, other.pk: 6667})
    post(money(100, credited_to=joint.pk), money(1, credited_to=joint.pk))

    assert [value(SUM, party=helping_unit.pk), value(SUM, party=other.pk)] == [33 + 0, 67 + 1]


def test_no_amount_is_too_large_to_be_shared(post, value, office, helping_unit, other, joint):
    state_shares(by=office, joint=joint, shares={helping_unit.pk: 3333, other.pk: 6667})
    post(money(9_000_000_000_000_000_001, credited_to=joint.pk))

    parts = [value(SUM, party=helping_unit.pk), value(SUM, party=other.pk)]

    assert parts == [2_999_700_000_000_000_000, 6_000_300_000_000_000_001]


def test_equal_remainders_go_to_the_member_with_the_smaller_number(post, value, office, helping_unit, other, joint):
    state_shares(by=office, joint=joint, shares={helping_unit.pk: 5000, other.pk: 5000})
    post(money(7, credited_to=joint.pk))

    assert [value(SUM, party=helping_unit.pk), value(SUM, party=other.pk)] == [4, 3]


def test_a_joint_party_all_of_whose_members_belong_to_the_party_counts_in_full(post, value, office, helping_unit):
    members = [create_party(by=office, name=name, parent=helping_unit) for name in ("一处", "二处")]
    joint = create_joint_party(by=office, name="一处、二处", members=members)
    post(money(9, credited_to=joint.pk))

    assert value(SUM, party=helping_unit.pk) == 9


def test_by_party_a_share_stands_under_the_joint_party(post, answers, office, helping_unit, other, joint):
    state_shares(by=office, joint=joint, shares={helping_unit.pk: 4000, other.pk: 6000})
    post(money(10, credited_to=joint.pk), money(1, credited_to=helping_unit.pk))

    rows = answers(SUM, by=("party",), party=helping_unit.pk)

    assert [(row.by["party"].name, row.base_value) for row in rows] == [("市民政局、市教育局", 4), ("广州市民政局", 1)]
