"""A user of one town sees nothing of another: households, persons, the parties of villages, entries."""

import pytest

from tests.cast import member
from xieshou.access.services import actor_for, grant_role
from xieshou.common.scoping import Role
from xieshou.parties.models import Party
from xieshou.parties.selectors import resolve_party
from xieshou.parties.services import village_parties
from xieshou.registry.models import Household, Person
from xieshou.registry.rules import fictitious_identity
from xieshou.registry.services import People, identify_people

LUTIAN, WENQUAN = "440117107000", "440117103000"
IN_LUTIAN, IN_WENQUAN = "440117107208", "440117103200"


@pytest.fixture
def two_towns(places_cast, operator, xieshou_home):
    village_parties(by=operator, codes=[IN_LUTIAN, IN_WENQUAN])
    identify_people(
        by=operator,
        people=People(
            identity_numbers=[fictitious_identity(1), fictitious_identity(2)],
            names=["虚构甲", "虚构乙"],
            household_heads=["虚构甲", "虚构乙"],
            place_codes=[IN_LUTIAN, IN_WENQUAN],
        ),
    )


@pytest.fixture
def officer_of_lutian(two_towns, operator):
    user = member("lutian", "吕田经办人")
    grant_role(by=operator, user=user, role=Role.COUNTY_OFFICER, place_code=LUTIAN)
    return actor_for(user)


@pytest.mark.parametrize("model", [Household, Person, Party])
def test_the_officer_of_one_town_sees_its_rows_alone(model, officer_of_lutian):
    assert list(model.objects.for_actor(officer_of_lutian).values_list("place_code", flat=True)) == [IN_LUTIAN]


def test_the_helping_unit_is_not_offered_to_the_officer_of_a_town(officer_of_lutian, helping_unit):
    assert resolve_party("广州市民政局", actor=officer_of_lutian) == []


@pytest.mark.parametrize("model", [Household, Person, Party])
def test_the_stranger_sees_no_row(model, two_towns, stranger):
    assert model.objects.for_actor(stranger).count() == 0
