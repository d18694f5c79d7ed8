"""Rows that replace earlier ones (更正导入, later cumulative statements), and what happens when they are withdrawn.

The earlier record is superseded and its entries are reversed; it stays. When the batch that replaced it is withdrawn,
the earlier record counts again, so that every figure is as before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch, PostedKey
from xieshou.ledger.posted import PostedModel, PostingSource
from xieshou.ledger.services import Book

_ROWS_AT_ONCE = 5_000


def take_out_replaced(book: Book, source: PostingSource, batch: Batch, chunk: RowChunk) -> None:
    """Reverse the records of earlier batches that rows of this chunk replace."""
    reason = _("由批次 %(batch)s 的数据代替") % {"batch": batch.pk}
    for records in _records(source, chunk.restates.values(), superseded=False):
        book.supersede(source, records, reason=reason)


def put_back_replaced(book: Book, source: PostingSource, batch: Batch) -> None:
    """Post the records again that count without this batch. Call it before the keys of the batch are given up."""
    posted: Any = source.model.objects
    for records in _records(source, rows_that_count_again(batch), superseded=True):
        for record in records:
            record.superseded = False  # type: ignore[attr-defined]
        posted.bulk_update(records, ["superseded"])
        book.post(source, records)


def rows_that_count_again(batch: Batch) -> list[tuple[int, int]]:
    """The rows (batch, row) that stand in the place of this batch's once it is withdrawn.

    For each key that the batch had replaced: the newest earlier row whose own batch still stands. A key that a still
    later batch has taken over is left out, since that batch's row counts.
    """
    replaced = _replaced_by(batch)
    taken_over = _held_by_others(batch, list(replaced))
    wanted = {digest: place for digest, place in replaced.items() if digest not in taken_over}
    standing = []
    while wanted:
        earlier_batches = Batch.objects.in_bulk({earlier for earlier, _row in wanted.values()})
        before = {pk: _replaced_by(earlier) for pk, earlier in earlier_batches.items()}
        standing += [place for place in wanted.values() if earlier_batches[place[0]].state == Batch.State.ACCEPTED]
        wanted = {
            digest: before[earlier][digest]
            for digest, (earlier, _row) in wanted.items()
            if earlier_batches[earlier].state != Batch.State.ACCEPTED and digest in before[earlier]
        }
    return standing


def _held_by_others(batch: Batch, digests: list[str]) -> set[str]:
    held: set[str] = set()
    others = PostedKey.objects.filter(form_key=batch.form_key).exclude(batch=batch)
    for start in range(0, len(digests), _ROWS_AT_ONCE):
        some = [bytes.fromhex(digest) for digest in digests[start : start + _ROWS_AT_ONCE]]
        held.update(bytes(digest).hex() for digest in others.filter(digest__in=some).values_list("digest", flat=True))
    return held


def _replaced_by(batch: Batch) -> dict[str, tuple[int, int]]:
    """Key of a row → the row (batch, row) that it replaced."""
    return {digest: (earlier, row) for digest, earlier, row, _content in batch.choices.get("restated", ())}


def _records(
    source: PostingSource, places: Iterable[tuple[int, int]], *, superseded: bool
) -> Iterator[list[PostedModel]]:
    """The records at these places (batch, row), some thousands at a time."""
    posted: Any = source.model.objects  # batch, row and superseded are fields of every model that a form fills
    rows_of: dict[int, list[int]] = defaultdict(list)
    for batch_id, row in places:
        rows_of[batch_id].append(row)
    for batch_id, rows in rows_of.items():
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            wanted = rows[start : start + _ROWS_AT_ONCE]
            yield list(posted.filter(batch=batch_id, row__in=wanted, superseded=superseded))
