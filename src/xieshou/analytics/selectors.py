"""Questions about segments, and about the range of the ledger that stands in none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from xieshou.analytics.models import Segment
from xieshou.analytics.schema import ENTRIES, ENTRY_TABLE

_CHUNK_ROWS = 10_000


def segments() -> QuerySet[Segment]:
    """All segments in the order of their entries."""
    return Segment.objects.order_by("first_entry")


def folder() -> Path:
    """Where the segments' files are; made when it is missing."""
    parquet: Path = settings.HOME / "parquet"
    parquet.mkdir(parents=True, exist_ok=True)
    return parquet


@dataclass(frozen=True, slots=True)
class Extent:
    """How many entries follow an id, and the last of them with its leaf hash; 0 and b"" when there is none."""

    rows: int = 0
    last: int = 0
    leaf: bytes = b""


def tail_extent(after: int, upto: int | None = None) -> Extent:
    """What follows the id `after`, up to `upto`. One query over the primary key."""
    within = _within(after, upto)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {ENTRY_TABLE} WHERE {within}), id, leaf FROM {ENTRY_TABLE} "
            f"WHERE {within} ORDER BY id DESC LIMIT 1"
        )
        found = cursor.fetchone()
    return Extent(found[0], found[1], bytes(found[2])) if found else Extent()


def end_of_range(after: int, upto: int, rows: int) -> int:
    """The id of the entry `rows` entries after the id `after`, or of the last one up to `upto`; 0: there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(id) FROM (SELECT id FROM {ENTRY_TABLE} WHERE {_within(after, upto)} "
            f"ORDER BY id LIMIT {rows:d}) AS wanted"
        )
        (last,) = cursor.fetchone()
    return last or 0


def tail(after: int) -> pa.Table:
    """The entries after an id, read through Django's connection: uncommitted ones of the own transaction are there.

    Cost: about 100,000 entries a second, in chunks.
    """
    return pa.Table.from_batches(_tail_batches(after), schema=ENTRIES)


def _tail_batches(after: int) -> Iterator[pa.RecordBatch]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(ENTRIES.names)} FROM {ENTRY_TABLE} WHERE {_within(after)} ORDER BY id")
        while rows := cursor.fetchmany(_CHUNK_ROWS):
            columns = zip(*rows, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, ENTRIES, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=ENTRIES)


def _within(after: int, upto: int | None = None) -> str:
    return f"id > {after:d}" if upto is None else f"id > {after:d} AND id <= {upto:d}"
