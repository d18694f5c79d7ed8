"""The cast: the same few people and places in every test, so that tests of access look alike.

A helping unit in Guangzhou and its clerk, the office that runs the work, an officer of the county that is helped, and a
stranger, who may do nothing.
"""

import pytest

from xieshou.access.models import User
from xieshou.access.services import actor_for, grant_role, local_operator
from xieshou.common.scoping import Actor, Role
from xieshou.parties.models import Party
from xieshou.parties.services import create_party
from xieshou.places.models import Place
from xieshou.places.tests.factories import load_cast

ZENGCHENG = "440118000000"  # 增城区, 440183 as 增城市 until 2014


def member(username: str, display_name: str) -> User:
    """A user without any role."""
    return User.objects.create_user(username=username, display_name=display_name, password="a long pass phrase")


@pytest.fixture
def places_cast(db: None) -> dict[str, Place]:
    """About fifty places: 从化 and 增城 with towns and villages, 凤山县, 镇赉县, 和龙市, 北京 西城. By code."""
    load_cast()
    return Place.objects.in_bulk()


@pytest.fixture
def operator(db: None) -> Actor:
    """The built-in operator of the command line, who may do everything."""
    return local_operator()


@pytest.fixture
def office_user(db: None) -> User:
    return member("office", "办公室")


@pytest.fixture
def office(office_user: User, operator: Actor) -> Actor:
    """The assistance office: everything, everywhere."""
    grant_role(by=operator, user=office_user, role=Role.OFFICE)
    return actor_for(office_user)


@pytest.fixture
def helping_unit(operator: Actor) -> Party:
    """A unit that helps."""
    return create_party(by=operator, name="广州市民政局")


@pytest.fixture
def clerk_user(db: None) -> User:
    return member("clerk", "经办人")


@pytest.fixture
def clerk(clerk_user: User, helping_unit: Party, operator: Actor) -> Actor:
    """The clerk of the helping unit, limited to it."""
    grant_role(by=operator, user=clerk_user, role=Role.UNIT_CLERK, party=helping_unit)
    return actor_for(clerk_user)


@pytest.fixture
def county_officer_user(db: None) -> User:
    return member("county", "增城经办人")


@pytest.fixture
def county_officer(county_officer_user: User, places_cast: dict[str, Place], operator: Actor) -> Actor:
    """The officer of 增城, limited to it under its old and new codes."""
    grant_role(by=operator, user=county_officer_user, role=Role.COUNTY_OFFICER, place_code=ZENGCHENG)
    return actor_for(county_officer_user)


@pytest.fixture
def stranger_user(db: None) -> User:
    return member("stranger", "外人")


@pytest.fixture
def stranger(stranger_user: User) -> Actor:
    """Signed in, and granted nothing."""
    return actor_for(stranger_user)
