"""A figure counts what its asker may see, in every value, row, trace and comparison."""

import pytest

from xieshou.access.services import actor_for, grant_role
from xieshou.common.scoping import Role
from xieshou.figures.errors import FigureNotPermitted
from xieshou.figures.scopes import Scope
from xieshou.figures.services import compare, trace
from xieshou.figures.tests.factories import GUIFENG, LYUTIAN, PAITAN, SHARE, SUM, TIANHU, money
from xieshou.parties.services import create_joint_party, create_party


@pytest.fixture
def town_officer(stranger_user, operator, places_cast):
    """An officer of 吕田镇 alone."""
    grant_role(by=operator, user=stranger_user, role=Role.COUNTY_OFFICER, place_code=LYUTIAN)
    return actor_for(stranger_user)


@pytest.fixture
def three_towns(post):
    return post(money(1, place_code=GUIFENG), money(10, place_code=TIANHU), money(100, place_code=PAITAN))


def test_a_stranger_is_refused_a_figure_and_its_trace(three_towns, value, stranger):
    with pytest.raises(FigureNotPermitted):
        value(SUM, actor=stranger)
    with pytest.raises(FigureNotPermitted):
        trace(actor=stranger, figure=SUM, scope=Scope())


def test_an_officer_of_one_town_sees_nothing_of_another(three_towns, value, answers, town_officer):
    rows = answers(SUM, by=("township",), actor=town_officer)

    assert value(SUM, actor=town_officer) == 1
    assert value(SUM, actor=town_officer, place=TIANHU) is None
    assert [(row.by["township"].code, row.base_value) for row in rows] == [(LYUTIAN, 1)]


def test_a_trace_shows_an_officer_of_one_town_nothing_of_another(three_towns, town_officer):
    found = trace(actor=town_officer, figure=SUM, scope=Scope())

    assert [line.place.code for line in found.lines] == [GUIFENG]


def test_a_comparison_shows_an_officer_of_one_town_nothing_of_another(three_towns, town_officer):
    compared = compare(actor=town_officer, figure=SUM, scope=Scope(), earlier=0)

    assert ([line.place.code for line in compared.lines], compared.after.base_value) == ([GUIFENG], 1)


def test_an_answer_says_that_it_holds_only_what_its_asker_may_see(three_towns, answers, town_officer):
    assert answers(SUM, actor=town_officer)[0].notes == ("只含您权限范围内的记录。",)


def test_the_officer_of_a_renamed_county_sees_entries_under_its_old_code(post, value, county_officer):
    post(money(1, place_code="440183101000"), money(2, place_code=PAITAN), money(4, place_code=GUIFENG))

    assert value(SUM, actor=county_officer) == 3


def test_the_whole_of_a_share_is_what_its_asker_may_see(three_towns, answers, town_officer):
    assert answers(SHARE, actor=town_officer, place=GUIFENG)[0].denominator == 1


def test_a_clerk_sees_what_the_own_unit_gives_gets_or_is_credited_with(post, value, clerk, helping_unit, office):
    other = create_party(by=office, name="市教育局").pk
    own = helping_unit.pk
    post(money(1, giver=own), money(2, receiver=own), money(4, credited_to=own), money(8, credited_to=other), money(16))

    assert value(SUM, actor=clerk) == 7


def test_a_clerk_sees_the_joint_gifts_of_the_own_unit(post, value, clerk_user, clerk, helping_unit, office):
    other = create_party(by=office, name="市教育局")
    joint = create_joint_party(by=office, name="市民政局、市教育局", members=[helping_unit, other])
    post(money(5, credited_to=joint.pk))

    assert value(SUM, actor=actor_for(clerk_user)) == 5


def test_what_was_kept_for_one_asker_is_not_given_to_another(committed_db, three_towns, value, office, town_officer):
    assert [value(SUM), value(SUM, actor=town_officer), value(SUM)] == [111, 1, 111]
