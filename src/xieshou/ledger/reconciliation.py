"""Every record beside its entries, whether a book saw it or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from xieshou.ledger import comparing, selectors
from xieshou.ledger.comparing import Difference
from xieshou.ledger.posted import PostingSource

_CHUNK = 2_000  # ids


def reconcile(
    sources: Sequence[PostingSource], *, progress: Callable[[int, int], None] | None = None
) -> list[Difference]:
    """See `services.reconcile`."""
    total = sum(source.model._base_manager.count() for source in sources)
    done = 0
    found: list[Difference] = []
    for source in sources:
        for ids in _record_ids(source):
            suspects = [difference.record for difference in comparing.compare(source, ids)]
            # Once more: a posting between the two queries looks like a difference, and is none the second time.
            found += comparing.compare(source, suspects) if suspects else ()
            done += len(ids)
            if progress is not None:
                progress(min(done, total), total)
    return [*found, *_of_unknown_kinds(sources)]


def _record_ids(source: PostingSource) -> Iterator[list[int]]:
    """Ids of records, and of entries whose record is gone, ascending, in chunks."""
    after = 0
    while True:
        records = source.model._base_manager.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_CHUNK]
        entries = selectors.record_ids_after(source.kind, after=after, limit=_CHUNK)
        ids = sorted({*records, *entries})[:_CHUNK]
        if not ids:
            return
        yield ids
        after = ids[-1]


def _of_unknown_kinds(sources: Sequence[PostingSource]) -> Iterator[Difference]:
    known = {source.kind for source in sources}
    for kind, record in selectors.records_by_kind():
        if kind not in known:
            yield Difference(
                kind=kind,
                record=record,
                missing=0,
                surplus=1,
                message=_("条目的来源“%(kind)s”不在核对范围内（例如记录 %(record)s）。")
                % {"kind": kind, "record": record},
            )
