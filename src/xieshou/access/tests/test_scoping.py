"""Who sees which row."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from xieshou.common.scoping import Actor, Grant, Role
from xieshou.parties.models import Party, PartyAlias
from xieshou.places.models import Place

CODES = ["440117000000", "440117107208", "440118000000", "440183105227", "451223000000", ""]
PATHS = ["1/", "1/2/", "1/2/3/", "12/", "12/1/", "2/"]
RANGES = [
    ("440117000000", "440118000000"),
    ("440118000000", "440119000000"),
    ("440183000000", "440184000000"),
    ("440000000000", "450000000000"),
]

ranges = st.none() | st.lists(st.sampled_from(RANGES), max_size=2).map(tuple)
prefixes = st.none() | st.lists(st.sampled_from(PATHS), max_size=2).map(tuple)
grants = st.lists(
    st.builds(Grant, role=st.sampled_from(list(Role)), place_ranges=ranges, party_paths=prefixes), max_size=3
).map(tuple)


def actor_with(*grants):
    return Actor(user_id=1, name="某某", grants=grants)


class TestTheLawsOfSeeing(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.rows = Party.objects.bulk_create(
            Party(name=f"{code} {path}", place_code=code, path=path) for code in CODES for path in PATHS
        )

    def seen(self, *grants):
        return set(Party.objects.for_actor(actor_with(*grants)))

    @settings(deadline=None)
    @given(grants)
    def test_a_row_is_seen_if_and_only_if_some_grant_covers_it(self, granted):
        actor = actor_with(*granted)

        assert self.seen(*granted) == {row for row in self.rows if actor.sees(row.place_code, [row.path])}

    @settings(deadline=None)
    @given(grants, grants)
    def test_two_lists_of_grants_show_what_each_shows(self, some, others):
        assert self.seen(*some, *others) == self.seen(*some) | self.seen(*others)

    @settings(deadline=None)
    @given(ranges, prefixes)
    def test_a_grant_with_two_limits_shows_what_lies_in_both(self, places, parties):
        both = Grant(Role.OFFICE, places, parties)

        assert self.seen(both) == self.seen(Grant(Role.OFFICE, places)) & self.seen(Grant(Role.OFFICE, None, parties))

    def test_without_a_grant_nothing_is_seen(self):
        assert self.seen() == set()

    def test_an_empty_limit_shows_nothing(self):
        assert self.seen(Grant(Role.OFFICE, place_ranges=())) == set()
        assert self.seen(Grant(Role.OFFICE, party_paths=())) == set()

    def test_the_end_of_a_range_and_a_longer_number_lie_outside(self):
        assert "440118000000" not in {row.place_code for row in self.seen(Grant(Role.OFFICE, (RANGES[0],)))}
        assert "12/" not in {row.path for row in self.seen(Grant(Role.OFFICE, None, ("1/",)))}


@pytest.mark.django_db
def test_a_limit_to_places_shows_no_row_of_a_model_without_places():
    assert PartyAlias.objects.for_actor(actor_with(Grant(Role.OFFICE, (RANGES[3],)))).query.is_empty()


@pytest.mark.django_db
def test_reference_rows_are_seen_with_any_grant_and_without_none(places_cast):
    limited = actor_with(Grant(Role.SPONSOR, party_paths=("1/",)))

    assert Place.objects.for_actor(limited).count() == len(places_cast)
    assert Place.objects.for_actor(actor_with()).count() == 0
