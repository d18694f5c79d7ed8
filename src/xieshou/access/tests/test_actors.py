"""Who acts, and with what."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from xieshou.access import services
from xieshou.access.errors import GrantRefused, UserUnknown
from xieshou.access.models import RoleAssignment, User
from xieshou.access.rules import Permission, acting_with, may
from xieshou.access.services import actor_for, grant_role, revoke_role
from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Role
from xieshou.parties.models import Party
from xieshou.parties.services import create_party, party_for_text
from xieshou.places.errors import PlaceUnknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def test_the_operator_may_do_everything(operator):
    assert all(may(operator, permission) for permission in Permission)
    assert operator.sees_everything


def test_there_is_one_operator_and_nobody_signs_in_as_it(operator, client):
    assert services.local_operator() == operator
    assert not User.objects.get(is_operator=True).has_usable_password()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="another", is_operator=True)


def test_a_visitor_has_no_grant():
    assert actor_for(AnonymousUser()).grants == ()


def test_the_stranger_may_do_nothing(stranger):
    assert not any(may(stranger, permission) for permission in Permission)


def test_the_office_sees_everything_but_does_not_manage_users(office):
    assert office.sees_everything
    assert may(office, Permission.ACCEPT_BATCH)
    assert not may(office, Permission.MANAGE_USERS)


def test_the_clerk_is_limited_to_the_unit_and_submits_only(clerk, helping_unit):
    assert set(Party.objects.for_actor(clerk)) == {helping_unit}
    assert may(clerk, Permission.DRAFT_IMPORT)
    assert not may(clerk, Permission.ACCEPT_BATCH)


def test_the_clerk_sees_the_joint_parties_of_the_unit(clerk_user, clerk, helping_unit, operator):
    joint = party_for_text(by=operator, text="广州市民政局、万宝集团")
    party_for_text(by=operator, text="岭南集团、广州港集团")

    assert set(Party.objects.for_actor(actor_for(clerk_user))) == {helping_unit, joint}


def test_the_officer_of_a_renamed_county_reaches_its_old_code_and_its_new(county_officer):
    assert county_officer.sees("440183105227")
    assert county_officer.sees("440118105227")
    assert not county_officer.sees("440117107208")


def test_a_grant_on_the_former_code_reaches_the_same(places_cast, county_officer, stranger_user, operator):
    grant_role(by=operator, user=stranger_user, role=Role.COUNTY_OFFICER, place_code="440183000000")

    assert actor_for(stranger_user).grants == county_officer.grants


def test_a_role_within_a_place_and_a_party_reaches_what_lies_in_both(
    places_cast, stranger_user, helping_unit, operator
):
    inside = create_party(by=operator, name="驻村工作队", parent=helping_unit, place_code="440118105227")
    grant_role(by=operator, user=stranger_user, role=Role.FIELD_CADRE, place_code="440118000000", party=helping_unit)

    assert set(Party.objects.for_actor(actor_for(stranger_user))) == {inside}


def test_a_role_holds_from_its_first_to_its_last_day(stranger_user, operator, today):
    day = timedelta(days=1)
    grant_role(by=operator, user=stranger_user, role=Role.LEADER, valid_from=today, valid_to=today)
    grant_role(by=operator, user=stranger_user, role=Role.OFFICE, valid_from=today + day)
    grant_role(by=operator, user=stranger_user, role=Role.AUDITOR, valid_from=today - day, valid_to=today - day)

    assert actor_for(stranger_user).roles == {Role.LEADER}


def test_a_revoked_role_is_gone_at_once_and_stays_on_record(stranger_user, operator):
    assignment = grant_role(by=operator, user=stranger_user, role=Role.LEADER)

    revoke_role(by=operator, assignment=assignment)

    assert actor_for(stranger_user).grants == ()
    assert RoleAssignment.objects.filter(user=stranger_user, revoked_by=operator.user_id).count() == 1


def test_a_user_who_was_shut_out_has_no_grant_until_readmitted(office_user, office, operator):
    services.shut_out(by=operator, user=office_user)
    assert actor_for(office_user).grants == ()

    services.readmit(by=operator, user=office_user)
    assert actor_for(office_user) == office


def test_an_actor_acts_with_the_grants_that_carry_the_permission(clerk_user, helping_unit, clerk, operator):
    grant_role(by=operator, user=clerk_user, role=Role.LEADER)
    actor = actor_for(clerk_user)

    assert acting_with(actor, Permission.VIEW_FIGURES).sees_everything
    assert acting_with(actor, Permission.DRAFT_IMPORT).grants == clerk.grants


def test_without_the_permission_the_refusal_names_the_roles_that_have_it(stranger):
    with pytest.raises(NotPermitted, match="帮扶办"):
        acting_with(stranger, Permission.ACCEPT_BATCH)


def test_an_actor_is_found_by_the_sign_in_name(office):
    assert services.actor_named("office") == office
    with pytest.raises(UserUnknown):
        services.actor_named("nobody")


def test_days_the_wrong_way_round_are_refused(stranger_user, operator, today):
    with pytest.raises(GrantRefused):
        grant_role(by=operator, user=stranger_user, role=Role.LEADER, valid_to=today - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(
            user=stranger_user, role="leader", valid_from=today, valid_to=today - timedelta(days=1)
        )


def test_a_code_that_is_no_place_is_refused(stranger_user, operator, places_cast):
    with pytest.raises(PlaceUnknown):
        grant_role(by=operator, user=stranger_user, role=Role.LEADER, place_code="999999999999")


def test_an_administrator_has_no_limits(stranger_user, operator, helping_unit):
    with pytest.raises(GrantRefused):
        grant_role(by=operator, user=stranger_user, role=Role.ADMINISTRATOR, party=helping_unit)


def test_djangos_admin_is_open_to_administrators_only(stranger_user, operator):
    services.create_administrator(by=operator)
    assignment = grant_role(by=operator, user=stranger_user, role=Role.ADMINISTRATOR)
    stranger_user.refresh_from_db()
    assert stranger_user.is_superuser

    revoke_role(by=operator, assignment=assignment)
    stranger_user.refresh_from_db()
    assert not stranger_user.is_staff
    assert not stranger_user.is_superuser


def test_the_last_administrator_cannot_be_revoked_or_shut_out(operator):
    user, _password = services.create_administrator(by=operator)

    with pytest.raises(GrantRefused):
        revoke_role(by=operator, assignment=user.assignments.get(role=Role.ADMINISTRATOR))
    with pytest.raises(GrantRefused):
        services.shut_out(by=operator, user=user)
    assert actor_for(User.objects.get(pk=user.pk)).roles == {Role.ADMINISTRATOR, Role.OFFICE}


def test_an_actor_costs_two_queries_and_one_or_two_a_limit(clerk_user, clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        actor_for(clerk_user)
