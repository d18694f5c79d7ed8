"""Reading the books: the segments and the tail as one table `entry`, as they stand at one moment."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.conf import settings
from django.db import connection

from xieshou.analytics import connections, selectors, services
from xieshou.analytics.errors import ExportFailed
from xieshou.analytics.models import Segment
from xieshou.analytics.rules import TAIL_LIMIT
from xieshou.analytics.tables import ENTRY, SourceTable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The books at one moment: segment files and tail.

    last_entry: the largest id, 0 in empty books. entries: how many there are.
    identity: equal for equal books, for caches; None inside a transaction, whose entries may yet be taken back.
    """

    files: tuple[str, ...]
    tail: pa.Table
    last_entry: int
    entries: int
    identity: tuple[Any, ...] | None


class Reading:
    """A snapshot opened for one question. No question selects a moment: DuckDB would ask for one more package."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def tuples(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query that `sql_of` wrote."""
        rows: list[tuple[Any, ...]] = self._cursor.execute(sql).fetchall()
        return rows

    def rows(self, query: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression over `tables.ENTRY` and the tables handed in, as dictionaries."""
        return [dict(zip(query.columns, row, strict=True)) for row in self.tuples(sql_of(query))]


def sql_of(query: ir.Table) -> str:
    """An expression in DuckDB's SQL; the same for every state of the books. Some 20 ms."""
    return str(ibis.to_sql(query, dialect="duckdb"))


def snapshot() -> Snapshot:
    """The books as the caller sees them now, entries of its own open transaction included.

    A tail of more than `TAIL_LIMIT` entries is exported first; where that is not possible, it is read, however long.
    Cost: two small queries, and the tail when it has grown since it was read last.
    """
    segments = services.sound_segments()
    extent = selectors.tail_extent(_end_of(segments))
    if extent.rows > TAIL_LIMIT and _exported():
        segments = services.sound_segments()
        extent = selectors.tail_extent(_end_of(segments))
    tail, identity = _tail(segments, extent)
    return Snapshot(
        files=tuple(str(selectors.folder() / segment.file) for segment in segments),
        tail=tail,
        last_entry=_last_of(tail) or _end_of(segments),
        entries=sum(segment.rows for segment in segments) + tail.num_rows,
        identity=identity,
    )


@contextmanager
def reading(of: Snapshot, *, handed: Sequence[SourceTable] = ()) -> Iterator[Reading]:
    """Open a snapshot, with the tables handed in by other apps, for the questions of one block."""
    with connections.cursor() as cursor:
        cursor.register("tail", of.tail)
        parts = ["SELECT * FROM tail"]
        if of.files:
            files = ", ".join("'" + path.replace("'", "''") + "'" for path in of.files)
            parts.append(f"SELECT * FROM read_parquet([{files}])")
        cursor.execute(f"CREATE TEMP VIEW {ENTRY.get_name()} AS {' UNION ALL '.join(parts)}")
        for source in handed:
            cursor.register(source.name, source.read().cast(source.schema))
        yield Reading(cursor)


def _exported() -> bool:
    try:
        return services.export_entries() > 0
    except ExportFailed as failure:
        # Whoever asked for a figure cannot mend a full disk, and the ledger has all of it.
        logger.warning("%s", failure.message)
        return False


def _end_of(segments: Sequence[Segment]) -> int:
    return segments[-1].last_entry if segments else 0


def _last_of(tail: pa.Table) -> int:
    return int(tail["id"][-1].as_py()) if tail.num_rows else 0


_kept: tuple[tuple[Any, ...], pa.Table] | None = None
_keeping = threading.Lock()


def _tail(segments: Sequence[Segment], extent: selectors.Extent) -> tuple[pa.Table, tuple[Any, ...] | None]:
    """The tail, and what identifies the books with it. The last one read is kept while nothing is added.

    Committed entries neither change nor vanish, so that within one database their number tells which they are; its
    name, the root of the last segment and the leaf of the last entry tell databases apart, a restored one too. What a
    transaction sees besides is not kept.
    """
    global _kept
    exported = _end_of(segments)
    if connection.in_atomic_block:
        return selectors.tail(exported), None
    root = bytes(segments[-1].root) if segments else b""
    identity = (str(connection.settings_dict["NAME"]), str(settings.HOME), exported, root, extent)
    with _keeping:
        if _kept is None or _kept[0] != identity:
            tail = selectors.tail(exported)
            if (tail.num_rows, _last_of(tail)) != (extent.rows, extent.last):
                return tail, None  # somebody posted between the two looks: the next question will find it settled
            _kept = (identity, tail)
        return _kept[1], identity
