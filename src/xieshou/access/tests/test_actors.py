"""Who acts, and with what."""

import pytest

from xieshou.access.rules import Permission, may
from xieshou.common.scoping import Role

pytestmark = pytest.mark.django_db


def test_the_office_sees_everything(office):
    assert office.sees_everything
    assert may(office, Permission.ACCEPT_BATCH)


def test_the_clerk_is_limited_to_the_unit(clerk, helping_unit):
    assert [(grant.role, grant.party_paths) for grant in clerk.grants] == [(Role.UNIT_CLERK, (helping_unit.path,))]


def test_the_stranger_has_no_grant(stranger):
    assert stranger.grants == ()
    assert not may(stranger, Permission.VIEW_FIGURES)


def test_the_officer_of_a_renamed_county_reaches_the_old_code_and_the_new(county_officer):
    [grant] = county_officer.grants

    assert ("440118000000", "440119000000") in grant.place_ranges
    assert any(low <= "440183105227" < high for low, high in grant.place_ranges)
