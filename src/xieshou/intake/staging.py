"""The working files of a batch under `XIESHOU_HOME/batches/<id>/`.

`raw.parquet` holds the sheet's cells as text. Every evaluation writes a folder of its own (`rows.parquet`,
`findings.parquet`, `summary.json`); the batch names the one in force, so that a reader never sees half of one and half
of another.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from xieshou.intake.models import Batch


def folder(batch: Batch) -> Path:
    return Path(settings.HOME) / "batches" / str(batch.pk)


def raw_path(batch: Batch) -> Path:
    return folder(batch) / "raw.parquet"


def rows_path(batch: Batch) -> Path:
    return folder(batch) / batch.evaluation / "rows.parquet"


def findings_path(batch: Batch) -> Path:
    return folder(batch) / batch.evaluation / "findings.parquet"


def new_evaluation(batch: Batch) -> Path:
    """An empty folder for an evaluation that is not in force yet; only its owner can read it."""
    path = folder(batch) / secrets.token_hex(8)
    path.mkdir(parents=True, mode=0o700)
    return path


def summary(batch: Batch) -> dict[str, Any]:
    """What the evaluation in force found out; FileNotFoundError before the first."""
    path = folder(batch) / batch.evaluation / "summary.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def evaluated_at(batch: Batch) -> datetime:
    """When the evaluation in force was made."""
    written = (folder(batch) / batch.evaluation / "summary.json").stat().st_mtime
    return datetime.fromtimestamp(written, UTC)


def write_summary(path: Path, content: dict[str, Any]) -> None:
    (path / "summary.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def drop_evaluations_but(batch: Batch) -> None:
    """Remove the folders of evaluations that are no longer in force."""
    for path in folder(batch).iterdir():
        if path.is_dir() and path.name != batch.evaluation:
            shutil.rmtree(path, ignore_errors=True)


def discard(batch: Batch) -> None:
    shutil.rmtree(folder(batch), ignore_errors=True)


class RawFile:
    """Writes `raw.parquet`; it appears under its name only when it is whole."""

    def __init__(self, batch: Batch, width: int) -> None:
        self._path = raw_path(batch)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._draft = self._path.with_suffix(f".{os.getpid()}")
        self._schema = pa.schema([("row", pa.int32()), *((f"c{index}", pa.string()) for index in range(width))])
        self._writer = pq.ParquetWriter(self._draft, self._schema, compression="lz4")

    def write(self, table: pa.Table) -> None:
        present = set(table.column_names)
        columns = [
            table.column(name) if name in present else pa.nulls(table.num_rows, pa.string())
            for name in self._schema.names
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()
        self._draft.replace(self._path)

    def abandon(self) -> None:
        self._writer.close()
        self._draft.unlink(missing_ok=True)


def chunks(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The row groups of a Parquet file, one by one."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=columns)


def row_at(path: Path, row: int, columns: Sequence[str]) -> dict[str, Any] | None:
    """One row by its number in the sheet; reads the one row group that can hold it."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            numbers = file.metadata.row_group(group).column(0).statistics
            if numbers is None or numbers.min <= row <= numbers.max:
                table = file.read_row_group(group, columns=["row", *columns])
                positions = table.column("row").to_pylist()
                if row in positions:
                    found: dict[str, Any] = table.slice(positions.index(row), 1).to_pylist()[0]
                    return found
    return None
