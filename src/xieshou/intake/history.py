"""What the same key stated in the statements accepted before: the comparison that finds slips of the unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xieshou.intake import staging
from xieshou.intake.forms import ColumnType, Form
from xieshou.intake.models import Batch
from xieshou.intake.rules import squeeze
from xieshou.intake.sizes import History

BATCHES_LOOKED_AT = 4
# Lists of people have no key; a keyed form of more rows than this is not one that an office types.
ROWS_AT_MOST = 50_000


def earlier_amounts(batch: Batch, form: Form) -> History | None:
    """What the newest accepted batches of the form stated for the same key, the period aside; None without any.

    Reads the typed rows of up to `BATCHES_LOOKED_AT` batches of at most `ROWS_AT_MOST` rows, when first asked.
    """
    keys = [key for key in form.row_key if key != "period"]
    columns = [column.key for column in form.columns if column.outliers]
    if not keys or not columns:
        return None
    accepted = Batch.objects.filter(form_key=form.key, state=Batch.State.ACCEPTED, rows__lte=ROWS_AT_MOST)
    earlier = list(accepted.exclude(pk=batch.pk).exclude(completes=batch).order_by("-pk")[:BATCHES_LOOKED_AT])
    if not earlier:
        return None
    known: dict[tuple[Any, ...], Mapping[str, int | None]] = {}

    def history(table: pa.Table) -> Mapping[str, pa.Array]:
        if not known:
            for one in reversed(earlier):
                known.update(_rows_of(one, form, keys, columns))
        found = [known.get(key, {}) for key in _keys_of(form, table, keys)]
        return {column: pa.array([row.get(column) for row in found], pa.int64()) for column in columns}

    return history


def _rows_of(
    batch: Batch, form: Form, keys: list[str], columns: list[str]
) -> dict[tuple[Any, ...], Mapping[str, int | None]]:
    path = staging.rows_path(batch)
    if not path.exists():
        return {}
    table = pq.read_table(path)
    table = table.filter(pc.equal(table.column("status"), 0))
    if not set(columns) <= set(table.column_names):
        return {}
    amounts = table.select(columns).to_pylist()
    return dict(zip(_keys_of(form, table, keys), amounts, strict=True))


def _keys_of(form: Form, table: pa.Table, keys: list[str]) -> list[tuple[Any, ...]]:
    """The rows' keys as texts: a party that was new then is known now, but is written the same."""
    parts = []
    for key in keys:
        if key == "place":
            parts.append(table.column("place_code").to_pylist())
        elif form.column(key).type is ColumnType.PARTY:
            parts.append([squeeze(text or "") for text in table.column(f"{key}_as_written").to_pylist()])
        else:
            parts.append(table.column(key).to_pylist())
    return list(zip(*parts, strict=True))
