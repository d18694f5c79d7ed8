"""The tree of units, their names, their joint parties."""

from contextlib import suppress
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from xieshou.common.scoping import Actor
from xieshou.parties import selectors, services
from xieshou.parties.errors import (
    AliasRefused,
    MoveRefused,
    PartyAmbiguous,
    PartyRefused,
    PartyUnknown,
    SharesRefused,
)
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import JointMember, Party, PartyAlias

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(operator):
    return lambda name, parent=None, **fields: services.create_party(by=operator, name=name, parent=parent, **fields)


@pytest.fixture
def group(make):
    return make("岭南集团")


@pytest.fixture
def subsidiary(make, group):
    return make("岭南酒店公司", group)


@pytest.fixture
def joint(operator):
    return services.party_for_text(by=operator, text="荔湾区桥中街、西村街办事处")


# the tree


def test_the_path_of_a_party_is_the_chain_of_ids_above_it(group, subsidiary):
    assert group.path == f"{group.pk}/"
    assert subsidiary.path == f"{group.pk}/{subsidiary.pk}/"


def test_moving_a_party_takes_everything_below_it_along(operator, make, group, subsidiary):
    hotel = make("花园酒店", subsidiary)
    other = make("广州国际集团有限公司")

    services.move_party(by=operator, party=subsidiary, parent=other)

    hotel.refresh_from_db()
    assert hotel.path == f"{other.pk}/{subsidiary.pk}/{hotel.pk}/"
    assert selectors.subtree_ids(group.pk) == (group.pk,)
    assert selectors.subtree_ids(other.pk) == tuple(sorted([other.pk, subsidiary.pk, hotel.pk]))


def test_a_party_can_be_moved_to_the_root(operator, subsidiary):
    moved = services.move_party(by=operator, party=subsidiary, parent=None)

    assert moved.path == f"{subsidiary.pk}/"
    assert moved.parent is None


def test_a_party_cannot_stand_below_itself(operator, group, subsidiary):
    with pytest.raises(MoveRefused):
        services.move_party(by=operator, party=group, parent=subsidiary)


def test_a_joint_party_has_no_place_in_the_tree(operator, group, joint):
    with pytest.raises(MoveRefused):
        services.move_party(by=operator, party=joint, parent=group)
    with pytest.raises(MoveRefused):
        services.move_party(by=operator, party=group, parent=joint)


class TestPathsAreAlwaysRight(TestCase):
    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 5))), max_size=8))
    def test_after_any_moves_every_path_is_its_parents_path_and_its_own_id(self, moves):
        operator = Actor(user_id=0, name="")
        ids = [services.create_party(by=operator, name=f"单位{number}").pk for number in range(6)]

        for moved, below in moves:
            try_to_move(operator, ids[moved], None if below is None else ids[below])

        parties = Party.objects.in_bulk()
        assert {party.path for party in parties.values()} == {path_above(parties, party) for party in parties.values()}


def try_to_move(operator, party_id, parent_id):
    """Moves that would make a circle are refused; the law is about what the others leave behind."""
    parties = Party.objects.in_bulk()
    with suppress(MoveRefused):
        services.move_party(by=operator, party=parties[party_id], parent=parties.get(parent_id))


def path_above(parties, party):
    return f"{path_above(parties, parties[party.parent_id]) if party.parent_id else ''}{party.pk}/"


# names


def test_two_parties_at_the_root_cannot_have_one_name(make, group):
    with pytest.raises(PartyRefused):
        make(" 岭南 集团")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(name=group.name, path="0/")


def test_units_under_different_parents_may_share_a_name(make, group):
    other = make("万宝集团")

    assert make("工会", group) != make("工会", other)


def test_a_wrong_credit_code_is_refused_and_a_right_one_kept_clean(make):
    with pytest.raises(PartyRefused):
        make("甲公司", uscc="91350100M000100Y44")
    assert make("乙公司", uscc=" 91350100m000100y43").uscc == "91350100M000100Y43"


def test_a_credit_code_belongs_to_one_party(make):
    make("甲公司", uscc="91350100M000100Y43")

    with pytest.raises(PartyRefused):
        make("乙公司", uscc="91350100M000100Y43")


def test_a_name_that_is_too_long_is_refused(operator):
    with pytest.raises(PartyRefused):
        services.party_for_text(by=operator, text="某" * 201)


def test_after_a_renaming_the_old_name_still_finds_the_party(operator, group):
    services.rename_party(by=operator, party=group, name="岭南商旅集团")

    assert selectors.party_at("岭南集团") == group
    assert selectors.party_at("岭南商旅集团") == group


def test_a_renaming_taken_back_leaves_both_names(operator, group):
    services.rename_party(by=operator, party=group, name="岭南商旅集团")
    services.rename_party(by=operator, party=group, name="岭南集团")

    assert selectors.party_at("岭南集团") == selectors.party_at("岭南商旅集团") == group
    assert not PartyAlias.objects.filter(text="岭南集团").exists()


# which party a text means


def test_a_remembered_decision_is_taken_without_asking(operator, make):
    council = make("中国国际贸易促进委员会广州市委员会")
    services.remember_alias(by=operator, text="市贸促会", party=council)

    assert services.party_for_text(by=operator, text="市 贸促会") == council
    assert selectors.resolve_party("市贸促会")[0].score == 1


def test_a_decision_can_be_changed(operator, make, group):
    council = make("中国国际贸易促进委员会广州市委员会")
    services.remember_alias(by=operator, text="市贸促会", party=group)
    services.remember_alias(by=operator, text="市贸促会", party=council)

    assert selectors.party_at("市贸促会") == council


def test_a_decision_outranks_a_party_that_an_import_created_under_that_name(operator, make):
    bureau, duplicate = make("广州市民政局"), make("市民政局")

    services.remember_alias(by=operator, text="市民政局", party=bureau)
    services.move_party(by=operator, party=duplicate, parent=bureau)

    assert selectors.party_at("市民政局") == bureau
    assert duplicate.pk in selectors.subtree_ids(bureau.pk)


def test_an_empty_text_cannot_be_an_alias(operator, group):
    with pytest.raises(AliasRefused):
        services.remember_alias(by=operator, text=" ", party=group)


@pytest.mark.parametrize(
    ("known", "written", "score"),
    [
        ("海珠区凤阳街道办事处", "海珠区凤阳街", 0.9),
        ("广州市民政局", "市民政局", 0.85),
        ("广州市黄埔区长洲街", "黄埔区长洲街道办事处", 0.85),
    ],
)
def test_another_way_to_write_a_name_is_a_candidate_and_not_merged(operator, make, known, written, score):
    party = make(known)

    [candidate] = selectors.resolve_party(written, limit=1)
    assert (candidate.party_id, candidate.score) == (party.pk, score)
    assert services.party_for_text(by=operator, text=written) != party


def test_the_same_office_of_another_city_is_no_candidate(make):
    make("佛山市民政局")

    assert selectors.resolve_party("广州市民政局") == []


def test_similar_names_come_after_the_same_name(make):
    exact = make("珠江啤酒集团")
    make("广州珠江啤酒厂")

    found = selectors.resolve_party("珠江啤酒集团")

    assert found[0].party_id == exact.pk
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_an_unknown_name_is_said_with_its_likeliest_candidate(make):
    make("广州市民政局")

    with pytest.raises(PartyUnknown, match="广州市民政局"):
        selectors.party_at("市民政局")


def test_a_name_that_two_units_share_is_ambiguous(operator, make, group):
    make("工会", group)
    make("工会", make("万宝集团"))

    with pytest.raises(PartyAmbiguous):
        services.party_for_text(by=operator, text="工会")


def test_an_actor_is_offered_only_what_they_may_see(make, clerk, stranger, helping_unit):
    make("广州市民政局老干处")

    assert [one.party_id for one in selectors.resolve_party("民政局", actor=clerk)] == [helping_unit.pk]
    assert selectors.resolve_party("民政局", actor=stranger) == []


def test_a_party_that_the_actor_may_not_see_is_unknown_and_not_named(make, clerk):
    make("海珠区民政局")

    with pytest.raises(PartyUnknown) as refusal:
        selectors.party_at("海珠区民政局", actor=clerk)
    assert "相近" not in refusal.value.message


def test_blank_texts_name_nobody(operator):
    assert services.parties_for_texts(by=operator, texts=["", "  "]) == {}


def test_a_thousand_texts_cost_a_few_dozen_queries(operator, django_assert_max_num_queries):
    texts = [f"第{number}工厂、第{number}学校" for number in range(500)] + [f"第{number}医院" for number in range(500)]

    with django_assert_max_num_queries(40):  # SQLite inserts a hundred rows a statement
        parties = services.parties_for_texts(by=operator, texts=texts)

    assert len(set(parties.values())) == 1000


# joint parties


def test_a_joint_party_is_one_party_with_members(joint):
    names = [member.member.name for member in selectors.members_of(joint)]

    assert joint.kind == PartyKind.JOINT
    assert joint.name == "荔湾区桥中街、西村街办事处"
    assert names == ["荔湾区桥中街", "荔湾区西村街办事处"]


def test_the_same_members_in_another_order_are_the_same_joint_party(operator, joint):
    assert services.party_for_text(by=operator, text="荔湾区西村街办事处，荔湾区桥中街") == joint


def test_a_members_own_part_is_unknown_until_shares_are_stated(operator, joint):
    one, other = (member.member for member in selectors.members_of(joint))
    assert selectors.unshared_joints(one.pk) == (joint.pk,)

    services.state_shares(by=operator, joint=joint, shares={one.pk: 7_500, other.pk: 2_500})

    assert [share.share_bp for share in selectors.joint_parties_of(one.pk)] == [7_500]
    assert selectors.unshared_joints(one.pk) == ()


def test_stated_shares_can_be_taken_back(operator, joint):
    one, other = (member.member for member in selectors.members_of(joint))
    services.state_shares(by=operator, joint=joint, shares={one.pk: 5_000, other.pk: 5_000})

    services.state_shares(by=operator, joint=joint, shares={})

    assert selectors.unshared_joints(one.pk) == (joint.pk,)


def test_a_party_above_all_members_has_the_whole(operator, make, joint):
    district = make("荔湾区人民政府")
    one, other = (member.member for member in selectors.members_of(joint))
    services.move_party(by=operator, party=one, parent=district)
    services.move_party(by=operator, party=other, parent=district)

    assert [share.share_bp for share in selectors.joint_parties_of(district.pk)] == [10_000]


def test_shares_that_are_not_the_whole_are_refused(operator, joint, group):
    one, other = (member.member for member in selectors.members_of(joint))

    with pytest.raises(SharesRefused):
        services.state_shares(by=operator, joint=joint, shares={one.pk: 6_000, other.pk: 5_000})
    with pytest.raises(SharesRefused):
        services.state_shares(by=operator, joint=joint, shares={one.pk: 10_000})
    with pytest.raises(SharesRefused):
        services.state_shares(by=operator, joint=joint, shares={one.pk: 5_000, group.pk: 5_000})
    with pytest.raises(IntegrityError), transaction.atomic():
        JointMember.objects.filter(joint=joint).update(share_bp=10_001)


def test_one_member_makes_no_joint_party(operator, group):
    with pytest.raises(PartyRefused):
        services.create_joint_party(by=operator, name="岭南集团", members=[group, group])


# villages


def test_each_place_has_one_village_party(operator, places_cast, django_assert_max_num_queries):
    codes = ["440117107208", "440117107216"]
    first = services.village_parties(by=operator, codes=codes)

    with django_assert_max_num_queries(5):
        again = services.village_parties(by=operator, codes=[*codes, codes[0]])

    assert again == first
    assert Party.objects.get(pk=first["440117107208"]).path == f"{first['440117107208']}/"


def test_a_code_that_is_no_place_gets_no_village_party(operator, places_cast):
    with pytest.raises(PartyRefused):
        services.village_parties(by=operator, codes=["999999999999"])


def test_two_village_parties_for_one_place_are_impossible(operator, places_cast):
    services.village_parties(by=operator, codes=["440117107208"])

    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(name="三村", kind=PartyKind.VILLAGE, place_code="440117107208", path="0/")


# roles


def test_a_role_holds_from_its_first_to_its_last_day(operator, group):
    role = services.state_role(by=operator, party=group, role="牵头单位", valid_from=date(2011, 1, 1))
    services.end_role(by=operator, role=role, last_day=date(2012, 12, 31))

    assert selectors.roles_of(group, on=date(2012, 12, 31)).count() == 1
    assert selectors.roles_of(group, on=date(2013, 1, 1)).count() == 0


def test_a_role_cannot_end_before_it_begins(operator, group):
    with pytest.raises(PartyRefused):
        services.state_role(
            by=operator, party=group, role="牵头单位", valid_from=date(2012, 1, 1), valid_to=date(2011, 1, 1)
        )


def test_a_party_is_taken_by_number_or_name_from_those_that_the_actor_may_see(clerk, helping_unit):
    found = [selectors.party_seen(text, actor=clerk) for text in (str(helping_unit.pk), helping_unit.name)]

    assert found == [helping_unit, helping_unit]


def test_the_number_of_a_hidden_party_and_one_that_nobody_has_are_refused_alike(operator, clerk):
    hidden = services.create_party(by=operator, name="海珠区民政局")

    with pytest.raises(PartyUnknown, match=f"没有编号为 {hidden.pk} 的单位"):
        selectors.party_seen(str(hidden.pk), actor=clerk)
    with pytest.raises(PartyUnknown, match="没有编号为 999999 的单位"):
        selectors.party_seen("999999", actor=clerk)
