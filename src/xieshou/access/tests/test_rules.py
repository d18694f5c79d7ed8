"""Who may do what, and what is hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xieshou.access.rules import (
    MATRIX,
    ROLE_NAMES,
    Permission,
    mask_identity,
    mask_name,
    mask_phone,
    may,
    role_list,
)
from xieshou.common.scoping import Actor, Grant, Role


def test_every_permission_has_its_roles_and_every_role_its_name():
    assert set(MATRIX) == set(Permission)
    assert set(ROLE_NAMES) == set(Role)
    assert all(MATRIX.values())


@given(st.sets(st.sampled_from(list(Role))), st.sampled_from(list(Permission)))
def test_an_actor_may_what_one_of_the_roles_may(roles, permission):
    actor = Actor(1, "某某", tuple(Grant(role) for role in roles))

    assert may(actor, permission) == bool(roles & MATRIX[permission])


def test_who_keeps_the_system_running_does_not_read_what_is_in_it():
    administrator = Actor(1, "某某", (Grant(Role.ADMINISTRATOR),))

    assert [permission.value for permission in Permission if may(administrator, permission)] == [
        "view_places",
        "view_parties",
        "verify_ledger",
        "seal_ledger",
        "manage_users",
        "system_settings",
        "back_up",
    ]


def test_who_reveals_identities_is_watched_by_another_role():
    assert Role.AUDITOR in MATRIX[Permission.VIEW_REVEAL_LOG] - MATRIX[Permission.REVEAL_IDENTITY]


def test_roles_are_listed_by_name():
    assert role_list([Role.AUDITOR, Role.OFFICE]) == "帮扶办、审计"


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("张", "*"), ("", "")]
)
def test_of_a_name_the_ends_stay(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("440099194912310025", "440099********0025"), ("440099491231002", "440099********1002"), ("12345", "*****")],
)
def test_of_an_identity_number_six_and_four_characters_stay(number, masked):
    assert mask_identity(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"), [("13800001234", "138****1234"), ("81000006", "******06"), ("6", "6"), ("", "")]
)
def test_of_a_phone_number_three_and_four_digits_stay(number, masked):
    assert mask_phone(number) == masked
