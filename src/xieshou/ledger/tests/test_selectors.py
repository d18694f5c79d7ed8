"""Who sees which entries, and what the ledger answers."""

import pytest

from xieshou.common.scoping import Actor, Grant, Role
from xieshou.ledger import selectors
from xieshou.ledger.errors import EntryUnknown
from xieshou.ledger.models import Entry
from xieshou.ledger.services import posting
from xieshou.ledger.tests.factories import OTHER_VILLAGE, SOURCE, VILLAGE, post_line
from xieshou.parties.services import create_party


def limited(**limits) -> Actor:
    return Actor(user_id=1, name="x", grants=(Grant(role=Role.COUNTY_OFFICER, **limits),))


def test_the_office_sees_every_entry(office, helping_unit):
    post_line(office, helping_unit)

    assert selectors.entries_for(office).count() == 1


def test_a_stranger_sees_none(office, helping_unit, stranger):
    post_line(office, helping_unit)

    assert selectors.entries_for(stranger).count() == 0


def test_a_clerk_sees_what_counts_as_the_effort_of_the_unit(office, helping_unit, clerk, operator):
    mine = post_line(office, helping_unit)
    post_line(office, create_party(by=operator, name="另一单位"))

    assert [entry.source_id for entry in selectors.entries_for(clerk)] == [mine.pk]


def test_a_clerk_sees_the_entries_of_units_below(office, helping_unit, clerk, operator):
    post_line(office, create_party(by=operator, name="下属单位", parent=helping_unit))

    assert selectors.entries_for(clerk).count() == 1


def test_an_officer_sees_the_entries_of_the_county_alone(office, helping_unit, county_officer):
    post_line(office, helping_unit, place_code=VILLAGE)
    inside = post_line(office, helping_unit, place_code=OTHER_VILLAGE)

    assert [entry.source_id for entry in selectors.entries_for(county_officer)] == [inside.pk]


def test_a_grant_within_place_and_party_needs_both(office, helping_unit):
    post_line(office, helping_unit, place_code=VILLAGE)
    both = limited(place_ranges=((VILLAGE, VILLAGE + "0"),), party_paths=(helping_unit.path,))
    elsewhere = limited(place_ranges=((OTHER_VILLAGE, OTHER_VILLAGE + "0"),), party_paths=(helping_unit.path,))

    assert selectors.entries_for(both).count() == 1
    assert selectors.entries_for(elsewhere).count() == 0


@pytest.mark.parametrize("limits", [{"place_ranges": ()}, {"party_paths": ()}])
def test_a_grant_of_nothing_shows_nothing(office, helping_unit, limits):
    post_line(office, helping_unit)

    assert selectors.entries_for(limited(**limits)).count() == 0


def test_an_entry_that_may_not_be_seen_is_as_unknown_as_one_that_does_not_exist(office, helping_unit, stranger):
    post_line(office, helping_unit)
    entry = Entry.objects.get()

    assert selectors.entry_for(office, entry.pk) == entry
    with pytest.raises(EntryUnknown):
        selectors.entry_for(stranger, entry.pk)
    with pytest.raises(EntryUnknown):
        selectors.entry_for(office, entry.pk + 1)


def test_live_entries_are_neither_reversed_nor_reversals(office, helping_unit):
    kept, gone = post_line(office, helping_unit), post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [gone], reason="误录")

    live = selectors.live_entries_of("test_line", [kept.pk, gone.pk])

    assert [entry.source_id for entry in live] == [kept.pk]
    assert [entry.quantity for entry in selectors.entries_of("test_line", [gone.pk])] == [1000, -1000]


def test_a_reversed_entry_names_its_reversal(office, helping_unit):
    line = post_line(office, helping_unit)
    with posting(by=office) as book:
        book.supersede(SOURCE, [line], reason="误录")
    entry, reversal = Entry.objects.order_by("pk")

    assert selectors.reversal_of(entry) == reversal
    assert selectors.reversal_of(reversal) is None


def test_the_size_and_the_last_entry_of_an_empty_ledger_are_nothing(db):
    assert (selectors.size(), selectors.last_entry_id(), selectors.last_seal()) == (0, 0, None)
