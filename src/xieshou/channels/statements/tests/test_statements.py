"""Statements in the books: who sees them, and what the database itself refuses."""

from datetime import date

import pytest
from django.db import IntegrityError

from xieshou.channels.statements.errors import StatementRefused
from xieshou.channels.statements.models import OwnMeasure, Statement
from xieshou.channels.statements.postings import STATEMENT_SOURCE
from xieshou.channels.statements.selectors import stated_measures, statements
from xieshou.ledger import services as ledger

DAY = date(2011, 12, 31)
IN_ZENGCHENG, IN_CONGHUA = "440118104200", "440117107208"


@pytest.fixture
def state(office, places_cast, helping_unit):
    """Put a statement of seven poor households into the books."""

    def run(*, place=IN_ZENGCHENG, **fields):
        usual = {"occurred_from": DAY, "occurred_to": DAY, "amounts": [["poor.households", "", "", "done", 7]]}
        with ledger.posting(by=office) as book:
            statement = Statement.objects.create(
                form_key="activity_report",
                form_version=1,
                states="stock",
                place_code=place,
                party=helping_unit,
                **(usual | fields),
            )
            book.post(STATEMENT_SOURCE, [statement])
        return statement

    return run


def test_the_officer_of_a_county_sees_its_statements_alone(state, county_officer, stranger):
    state()
    state(place=IN_CONGHUA)

    assert [one.place_code for one in statements(county_officer)] == [IN_ZENGCHENG]
    assert statements(stranger).count() == 0


def test_a_unit_sees_what_it_states(state, clerk):
    state()

    assert statements(clerk).count() == 1


def test_the_measures_of_a_form_in_the_books_are_those_it_can_state(state):
    assert stated_measures() == frozenset()

    state()

    assert {"poor.households", "help.roads"} <= stated_measures()
    assert "branch.members" not in stated_measures()


def test_a_measure_that_nobody_knows_is_not_posted(state):
    with pytest.raises(StatementRefused, match=r"own\.unknown"):
        state(amounts=[["own.unknown", "", "", "done", 1]])

    assert Statement.objects.count() == 0


def test_the_database_refuses_a_period_that_ends_before_it_begins(state):
    with pytest.raises(IntegrityError):
        state(occurred_from=date(2012, 1, 1))


def test_the_database_refuses_a_measure_of_the_office_without_its_prefix(office_user):
    with pytest.raises(IntegrityError):
        OwnMeasure.objects.create(
            key="poor.households",
            name="甲",
            base_unit="person",
            unit="person",
            addition="flow",
            about="unit",
            definition="甲。",
            created_by=office_user,
        )
