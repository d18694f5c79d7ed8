"""Pairings are dated rows; nothing is posted."""

from datetime import date

import pyarrow as pa
import pytest
from django.db import IntegrityError, transaction

from xieshou.channels.pairings.models import Pairing
from xieshou.channels.pairings.selectors import pairings_on
from xieshou.channels.pairings.services import pair, post_pairings, withdraw_pairings
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch, Original
from xieshou.ledger.selectors import entries_for

VILLAGE = "440118105200"


@pytest.fixture
def batch(office):
    original = Original.objects.create(sha256="0" * 64, name="名单.xls", size=1, kept_by_id=office.user_id)
    return Batch.objects.create(original=original, created_by_id=office.user_id, period_from=date(2012, 1, 1))


def listed(helping_unit, *, valid_from=None, valid_to=None):
    """One row of a pairing list, as it comes from a workbook."""
    table = pa.table(
        {
            "helper": pa.array([helping_unit.pk], pa.int64()),
            "helper_as_written": ["市民政局"],
            "place_code": [VILLAGE],
            "place_as_written": ["增城市派潭镇双头村"],
            "valid_from": pa.array([valid_from], pa.date32()),
            "valid_to": pa.array([valid_to], pa.date32()),
        }
    )
    return [RowChunk(rows=[2], table=table)]


def test_a_listed_pairing_is_in_force_from_the_period_of_its_list(office, helping_unit, batch):
    post_pairings(by=office, batch=batch, chunks=listed(helping_unit))

    assert [pairings_on(office, day).count() for day in (date(2011, 12, 31), date(2012, 1, 1), date(2024, 1, 1))] == [
        0, 1, 1,
    ]  # fmt: skip


def test_dates_of_the_row_go_before_the_period_of_the_list(office, helping_unit, batch):
    chunks = listed(helping_unit, valid_from=date(2010, 5, 1), valid_to=date(2010, 12, 31))

    post_pairings(by=office, batch=batch, chunks=chunks)

    assert [pairings_on(office, day).count() for day in (date(2010, 5, 1), date(2011, 1, 1))] == [1, 0]


def test_a_helper_is_paired_with_a_place_from_a_day_on(office, helping_unit, places_cast):
    pair(by=office, helper=helping_unit, place_code=VILLAGE, valid_from=date(2012, 1, 1))

    assert [pairings_on(office, day).count() for day in (date(2011, 12, 31), date(2012, 1, 1))] == [0, 1]


def test_pairing_twice_keeps_the_first(office, helping_unit, places_cast):
    first = pair(by=office, helper=helping_unit, place_code=VILLAGE, valid_from=date(2012, 1, 1))

    again = pair(by=office, helper=helping_unit, place_code=VILLAGE, valid_from=date(2015, 1, 1))

    assert (again.pk, again.valid_from, Pairing.objects.count()) == (first.pk, date(2012, 1, 1), 1)


def test_a_pairing_that_ended_is_followed_by_a_new_one(office, helping_unit, batch, places_cast):
    chunks = listed(helping_unit, valid_from=date(2010, 5, 1), valid_to=date(2010, 12, 31))
    post_pairings(by=office, batch=batch, chunks=chunks)

    pair(by=office, helper=helping_unit, place_code=VILLAGE, valid_from=date(2012, 1, 1))

    assert [pairings_on(office, day).count() for day in (date(2010, 5, 1), date(2011, 6, 1), date(2012, 1, 1))] == [
        1, 0, 1,
    ]  # fmt: skip


def test_a_pairing_posts_nothing(office, helping_unit, batch):
    post_pairings(by=office, batch=batch, chunks=listed(helping_unit))

    assert entries_for(office).count() == 0


def test_a_withdrawn_list_keeps_its_rows_and_counts_nowhere(office, helping_unit, batch):
    post_pairings(by=office, batch=batch, chunks=listed(helping_unit))

    withdraw_pairings(by=office, batch=batch, reason="名单有误")

    assert (Pairing.objects.count(), pairings_on(office, date(2024, 1, 1)).count()) == (1, 0)


def test_a_pairing_is_seen_by_its_place_and_its_helper(office, helping_unit, batch, clerk, county_officer, stranger):
    post_pairings(by=office, batch=batch, chunks=listed(helping_unit))

    seen = [pairings_on(actor, date(2024, 1, 1)).count() for actor in (office, clerk, county_officer, stranger)]

    assert seen == [1, 1, 1, 0]


def test_a_pairing_cannot_end_before_it_begins(office, helping_unit, batch):
    chunks = listed(helping_unit, valid_from=date(2012, 1, 2), valid_to=date(2012, 1, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        post_pairings(by=office, batch=batch, chunks=chunks)
