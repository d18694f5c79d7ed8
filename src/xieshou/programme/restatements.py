"""Rows that replace earlier ones (更正导入, later cumulative statements), and what happens when they are withdrawn.

The earlier record is superseded and its entries are reversed; it stays. When the batch that replaced it is withdrawn,
the earlier record counts again, so that every figure is as before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.intake.selectors import reason_for_replacing, rows_that_count_again
from xieshou.ledger.posted import PostedModel, PostingSource
from xieshou.ledger.services import Book

_ROWS_AT_ONCE = 5_000


def take_out_replaced(book: Book, source: PostingSource, batch: Batch, chunk: RowChunk) -> None:
    """Reverse the records of earlier batches that rows of this chunk replace."""
    reason = reason_for_replacing(batch)
    for records in _records(source, chunk.restates.values(), superseded=False):
        book.supersede(source, records, reason=reason)


def put_back_replaced(book: Book, source: PostingSource, batch: Batch) -> None:
    """Post the records again that count without this batch. Call it before the keys of the batch are given up."""
    posted: Any = source.model.objects
    places = ((earlier, row) for _digest, earlier, row, _content in rows_that_count_again(batch))
    for records in _records(source, places, superseded=True):
        for record in records:
            record.superseded = False  # type: ignore[attr-defined]
        posted.bulk_update(records, ["superseded"])
        book.post(source, records)


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
