"""What names a row for good, what it states, and which rows stand in the books already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from xieshou.intake.forms import ColumnType, Form
from xieshou.intake.models import Batch, PostedKey
from xieshou.intake.rules import squeeze

_LOOKED_UP = 500


def row_digests(form: Form, table: pa.Table, period: str) -> list[bytes]:
    """What names each row for good. Columns: those of `rows.parquet`."""
    parts: list[list[Any]] = []
    for key in form.row_key:
        if key == "place":
            parts.append(table.column("place_code").to_pylist())
        elif key == "period":
            own = next((column.key for column in form.columns if column.type is ColumnType.PERIOD), None)
            if own is None:
                parts.append([period] * table.num_rows)
            else:
                first, last = table.column(f"{own}_from").to_pylist(), table.column(f"{own}_to").to_pylist()
                parts.append([f"{a or ''}/{b}" if b else period for a, b in zip(first, last, strict=True)])
        elif form.column(key).type is ColumnType.PARTY:
            ids, texts = table.column(key).to_pylist(), table.column(f"{key}_as_written").to_pylist()
            parts.append([number or squeeze(text or "") for number, text in zip(ids, texts, strict=True)])
        else:
            parts.append(table.column(key).to_pylist())
    return _digests(parts, table.num_rows)


def content_digests(form: Form, table: pa.Table) -> list[bytes]:
    """What each row states, running number and writing of names aside."""
    parts = []
    for column in form.columns:
        if column.type is ColumnType.PERIOD:
            parts += [table.column(f"{column.key}_from").to_pylist(), table.column(f"{column.key}_to").to_pylist()]
        elif column.type not in (ColumnType.ROW_NUMBER, ColumnType.PLACE, ColumnType.PARTY):
            parts.append(table.column(column.key).to_pylist())
    return _digests(parts, table.num_rows)


def _digests(parts: Sequence[Sequence[Any]], count: int) -> list[bytes]:
    if not parts:
        return [hashlib.blake2b(digest_size=16).digest()] * count
    return [
        hashlib.blake2b(
            "\x1f".join("" if part is None else str(part) for part in row).encode(), digest_size=16
        ).digest()
        for row in zip(*parts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class PostedRow:
    """A row that stands in the books. until: the day of a cumulative statement."""

    batch: int
    row: int
    content: bytes
    until: date | None


def posted_keys(form_key: str, digests: Iterable[bytes]) -> dict[bytes, PostedRow]:
    """Digest → the row in the books; one query per 500 digests."""
    wanted = list(digests)
    found: dict[bytes, PostedRow] = {}
    if not PostedKey.objects.filter(form_key=form_key).exists():
        return found
    for start in range(0, len(wanted), _LOOKED_UP):
        known = PostedKey.objects.filter(form_key=form_key, digest__in=wanted[start : start + _LOOKED_UP])
        for key in known.select_related("batch"):
            cumulative = key.batch.basis == Batch.Basis.CUMULATIVE
            found[bytes(key.digest)] = PostedRow(
                batch=key.batch_id,
                row=key.row,
                content=bytes(key.content or b""),
                until=(key.batch.as_of or key.batch.period_to) if cumulative else None,
            )
    return found
