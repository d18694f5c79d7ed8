"""The child process that copies a range of entries from the database to a Parquet file.

It is a process of its own for three reasons. ADBC's SQLite driver brings its own SQLite, and two of them in one process
defeat each other's file locks: when the driver closes its connection, it removes the write-ahead log that Django still
writes to. Hashing and sorting would hold up every thread of a server. And the memory of a large copy is given back.

Reads a job as JSON from stdin, writes what it copied as JSON to stdout; what went wrong goes to stderr, with exit 1.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xieshou.analytics.connections import open_database
from xieshou.analytics.schema import ENTRIES, ENTRY_TABLE, write_sorted
from xieshou.ledger.merkle import Frontier

MEMORY_LIMIT_BYTES = 256 << 20
_FETCHED_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Job:
    """Copy the entries with `after < id <= upto` from the database into a new file in `folder`.

    vendor: "sqlite" or "postgresql". address: what the ADBC driver takes: a file URI, or a libpq connection string.
    """

    vendor: str
    address: str
    after: int
    upto: int
    folder: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written. root: RFC 6962 root over the leaves in order of id, in hex. file: its name in the folder."""

    first_entry: int
    last_entry: int
    rows: int
    root: str
    file: str


def digest_file(parquet: Path) -> Path:
    """Where the SHA-256 of a segment's file stands."""
    return parquet.with_suffix(".sha256")


def copy(job: Job) -> Copied:
    """Copy the range; the file appears under its final name only when it is whole, its digest beside it.

    Cost: one ordered pass, about 150,000 entries a second; some 550 MB, whatever the number, since the sort spills.
    """
    folder = Path(job.folder)
    draft = folder / f"{job.after}-{os.getpid()}.part"
    span = _Span()
    with closing(_connect(job)) as connection, closing(connection.cursor()) as source:
        if job.vendor == "sqlite":
            source.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(_FETCHED_ROWS)})
        source.execute(_query(job))
        with source.fetch_record_batch() as fetched, closing(_database(folder)) as database:
            database.register("copied", pa.RecordBatchReader.from_batches(ENTRIES, span.passing(fetched)))
            write_sorted(database, "copied", str(draft))
    root = span.tree.root().hex()
    parquet = folder / f"entries-{span.first}-{span.last}-{root[:16]}.parquet"
    digest_file(parquet).write_text(file_digest(draft), encoding="ascii")
    draft.replace(parquet)
    return Copied(span.first, span.last, span.tree.size, root, parquet.name)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex; about a gigabyte a second."""
    hashed = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


class _Span:
    """What has passed through: first and last id, and the tree over the leaves."""

    def __init__(self) -> None:
        self.first = 0
        self.last = 0
        self.tree = Frontier()

    def passing(self, fetched: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        for batch in fetched:
            if batch.num_rows:
                ids = batch.column("id")
                self.first = self.first or ids[0].as_py()
                self.last = ids[-1].as_py()
                self.tree.extend(batch.column("leaf").to_pylist())
                yield pa.RecordBatch.from_arrays(
                    [_typed(batch.column(field.name), field.type) for field in ENTRIES], schema=ENTRIES
                )


def _typed(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    """SQLite has neither days nor moments: they arrive as text, an absent day as an empty one."""
    if pa.types.is_string(column.type) and pa.types.is_date(wanted):
        return pc.if_else(pc.equal(column, ""), None, column).cast(wanted)
    if pa.types.is_string(column.type) and pa.types.is_timestamp(wanted):
        return pc.assume_timezone(column.cast(pa.timestamp("us")), "UTC")
    return column.cast(wanted)


def _query(job: Job) -> str:
    # The driver takes a column's type from the first rows it sees, and a column of nulls for a number.
    absent = "coalesce(occurred_from, '') AS occurred_from" if job.vendor == "sqlite" else "occurred_from"
    columns = [absent if name == "occurred_from" else name for name in ENTRIES.names]
    return (
        f"SELECT {', '.join(columns)}, leaf FROM {ENTRY_TABLE} "
        f"WHERE id > {job.after:d} AND id <= {job.upto:d} ORDER BY id"
    )


def _connect(job: Job) -> Any:
    if job.vendor == "sqlite":
        import adbc_driver_sqlite.dbapi

        return adbc_driver_sqlite.dbapi.connect(job.address)
    import adbc_driver_postgresql.dbapi  # of the extra [postgres]

    return adbc_driver_postgresql.dbapi.connect(job.address)


def _database(folder: Path) -> Any:
    return open_database(folder / "spill", memory_bytes=MEMORY_LIMIT_BYTES)


def main() -> None:
    job = Job(**json.load(sys.stdin))
    json.dump(asdict(copy(job)), sys.stdout)


if __name__ == "__main__":
    main()
