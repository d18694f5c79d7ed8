"""Rows that replace earlier ones (更正导入, later cumulative statements), and what happens when they are withdrawn.

The earlier record is superseded and its entries are reversed; it stays. When the batch that replaced it is withdrawn,
the earlier record counts again, so that every figure is as before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.ledger.posted import PostedModel, PostingSource
from xieshou.ledger.services import Book

_ROWS_AT_ONCE = 5_000


def take_out_replaced(book: Book, source: PostingSource, batch: Batch, chunk: RowChunk) -> None:
    """Reverse the records of earlier batches that rows of this chunk replace."""
    reason = _("由批次 %(batch)s 的数据代替") % {"batch": batch.pk}
    for records in _records(source, chunk.restates.values(), superseded=False):
        book.supersede(source, records, reason=reason)


def put_back_replaced(book: Book, source: PostingSource, batch: Batch) -> None:
    """Post the records again that this batch had replaced; those whose own batch is withdrawn stay out."""
    replaced = [(earlier, row) for _digest, earlier, row, _content in batch.choices.get("restated", ())]
    standing = set(
        Batch.objects.filter(pk__in={earlier for earlier, _row in replaced}, state=Batch.State.ACCEPTED).values_list(
            "pk", flat=True
        )
    )
    for records in _records(source, (place for place in replaced if place[0] in standing), superseded=True):
        for record in records:
            record.superseded = False  # type: ignore[attr-defined]
        source.model.objects.bulk_update(records, ["superseded"])
        book.post(source, records)


def _records(
    source: PostingSource, places: Iterable[tuple[int, int]], *, superseded: bool
) -> Iterator[list[PostedModel]]:
    """The records at these places (batch, row), some thousands at a time."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for batch_id, row in places:
        rows_of[batch_id].append(row)
    for batch_id, rows in rows_of.items():
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            wanted = rows[start : start + _ROWS_AT_ONCE]
            yield list(source.model.objects.filter(batch=batch_id, row__in=wanted, superseded=superseded))
