"""Verbs of pairings: pair a helper with a place, take in a list of pairings, take the list back."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from xieshou.channels.pairings.models import Pairing
from xieshou.common.scoping import Actor
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.intake.selectors import rows_that_count_again
from xieshou.parties.models import Party
from xieshou.places.selectors import names
from xieshou.programme.models import Programme


def pair(
    *, by: Actor, helper: Party, place_code: str, programme: Programme | None = None, valid_from: date | None = None
) -> Pairing:
    """Pair a helper with a place (结对), open at its end; a pairing of the two in the programme that is open is kept.

    Args:
        place_code: the 12-digit code of the place.
        programme: the programme under which they are paired, None when it is under none.
        valid_from: the first day, None when it is not known; a pairing that is kept keeps its own.
    """
    is_open = Pairing.objects.filter(valid_to=None, superseded_at=None)
    known = is_open.filter(helper=helper, place_code=place_code, programme=programme).order_by("id").first()
    return known or Pairing.objects.create(
        helper=helper,
        place_code=place_code,
        programme=programme,
        valid_from=valid_from,
        recorded_by_id=by.user_id,
        place_as_written=names([place_code]).get(place_code, ""),
    )


def post_pairings(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Record the accepted rows of a pairing list: dated rows. Posts: nothing, a pairing is no event.

    A row without dates of its own is in force during the period of the batch.
    """
    with transaction.atomic():
        for chunk in chunks:
            for earlier, row in chunk.restates.values():
                Pairing.objects.filter(batch=earlier, row=row, superseded_at=None).update(superseded_at=timezone.now())
            columns = chunk.columns
            Pairing.objects.bulk_create(
                Pairing(
                    helper_id=helper,
                    place_code=place,
                    programme_id=batch.programme_id,
                    valid_from=begins or batch.period_from,
                    valid_to=ends,
                    recorded_by_id=by.user_id,
                    batch=batch,
                    row=row,
                    place_as_written=place_as_written,
                    helper_as_written=helper_as_written,
                )
                for row, helper, helper_as_written, place, place_as_written, begins, ends in zip(
                    chunk.rows,
                    columns["helper"],
                    columns["helper_as_written"],
                    columns["place_code"],
                    columns["place_as_written"],
                    columns["valid_from"],
                    columns["valid_to"],
                    strict=True,
                )
            )


def withdraw_pairings(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take a list back: its rows stay, superseded from now on, and those they had replaced are in force again.

    The reason stands on the batch.
    """
    with transaction.atomic():
        Pairing.objects.filter(batch=batch, superseded_at=None).update(superseded_at=timezone.now())
        for _digest, earlier, row, _content in rows_that_count_again(batch):
            Pairing.objects.filter(batch=earlier, row=row).update(superseded_at=None)
