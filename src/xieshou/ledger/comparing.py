"""Records beside their entries: what a record posts now, and what stands in the ledger for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from xieshou.ledger import selectors
from xieshou.ledger.posted import Posting, PostingSource

DIMENSIONS = tuple(field.name for field in fields(Posting))
_of_posting = attrgetter(*("measure.key" if name == "measure" else name for name in DIMENSIONS))


@dataclass(frozen=True, slots=True)
class Difference:
    """A record whose postings are not its live entries. `missing`: postings without entry; `surplus`: the reverse."""

    kind: str
    record: int
    missing: int
    surplus: int
    message: str


def compare(source: PostingSource, record_ids: Sequence[int]) -> Iterator[Difference]:
    """The differences of these records, in their order. Two queries; about 20 µs a record.

    A record posts its `postings`, nothing when it is superseded or gone; its live entries are those neither reversed
    nor a reversal. Both are compared as bags of all fields of `Posting`; number, moment, actor and line do not matter.
    """
    wanted: defaultdict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for record in source.records(pk__in=record_ids):
        wanted[record.pk].update(map(_of_posting, source.postings(record)))
    found: defaultdict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for record_id, *values in selectors.live_entries_of(source.kind, record_ids).values_list("source_id", *DIMENSIONS):
        found[record_id][tuple(values)] += 1
    for record_id in record_ids:
        if wanted[record_id] == found[record_id]:
            continue
        missing = wanted[record_id] - found[record_id]
        surplus = found[record_id] - wanted[record_id]
        yield Difference(
            kind=source.kind,
            record=record_id,
            missing=missing.total(),
            surplus=surplus.total(),
            message=_(
                "%(model)s（%(record)s）与台账不符：应有而无的条目%(missing)s条，应无而有的%(surplus)s条（%(example)s）。"
            )
            % {
                "model": source.model._meta.verbose_name,
                "record": record_id,
                "missing": missing.total(),
                "surplus": surplus.total(),
                "example": _example(missing, surplus),
            },
        )


def _example(missing: Counter[tuple[Any, ...]], surplus: Counter[tuple[Any, ...]]) -> str:
    """The first odd entry, told by the fields in which it differs from its likeliest counterpart."""
    odd = dict(zip(DIMENSIONS, next(iter(missing or surplus)), strict=True))
    shown = f"{odd['measure']} {odd['quantity']}"
    if missing and surplus:
        other = dict(zip(DIMENSIONS, next(iter(surplus)), strict=True))
        return f"{shown}: " + ", ".join(f"{k} {other[k]} → {odd[k]}" for k in DIMENSIONS if odd[k] != other[k])
    return shown
