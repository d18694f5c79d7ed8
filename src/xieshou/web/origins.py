"""From an entry back to the cell of the workbook it came from, and what stands around that cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import models

from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.sources import SOURCES
from xieshou.figures.definitions import Kind
from xieshou.intake import staging
from xieshou.intake.cells import OriginalCell, original_cell
from xieshou.intake.errors import BatchNotReady
from xieshou.intake.findings import masked
from xieshou.intake.forms import Form
from xieshou.intake.models import Batch
from xieshou.intake.rules import column_letter
from xieshou.intake.selectors import form_of

ROWS_AROUND = 3
COLUMNS_AROUND = 3
HEAD_ROWS = 2
_SOURCES = {source.kind: source for source in SOURCES}


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell behind an entry: its batch, its row in the sheet (from 1), the form's column key."""

    batch: Batch
    row: int
    column_key: str
    cell: OriginalCell


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    marked: bool
    number: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    number: int
    cells: list[ShownCell]
    is_head: bool


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A window of a sheet: the letters of its columns, the header above, the rows around."""

    letters: list[str]
    rows: list[ShownRow]


def origin_of(entry: Any) -> Origin | None:
    """The cell in which an entry's amount stands; None where it came from no workbook or the sheet is no longer kept.

    Args:
        entry: a row of `ledger.selectors.entries_for`; a reversal has the cell of what it reverses.
    Cost: two queries and one look into the sheet.
    """
    source = _SOURCES.get(entry.source_kind)
    column_key = _column_key(entry)
    if source is None or not column_key or not entry.batch:
        return None
    record: models.Model | None = source.model._default_manager.filter(pk=entry.source_id).first()
    batch = Batch.objects.filter(pk=entry.batch).select_related("original").first()
    row = getattr(record, "row", None)
    if batch is None or row is None:
        return None
    try:
        return Origin(batch, row, column_key, original_cell(batch, row, column_key))
    except BatchNotReady:
        return None


def neighbourhood(origin: Origin, *, with_rows_around: bool) -> Neighbourhood:
    """The cell as it stands in the sheet, with the header and its row; sensitive columns are masked.

    Args:
        with_rows_around: also the rows above and below, which may belong to other places and units: only for a reader
            who may see the whole batch.
    Cost: reads the row groups that hold the header and the row.
    """
    matches = staging.summary(origin.batch)["matches"]
    column = int(matches[origin.column_key]["index"])
    first, last = max(0, column - COLUMNS_AROUND), column + COLUMNS_AROUND
    head = origin.batch.header_row or 0
    form = form_of(origin.batch)
    # Whom and which place the row is about stands at its side, however far away.
    about = [matches[each.key]["index"] for each in (*form.places[-1:], *form.parties[:1]) if each.key in matches]
    columns = sorted({*(index for index in about if index is not None), *range(first, last + 1)})
    wanted = {
        *range(max(1, head - HEAD_ROWS + 1), head + 1),
        *range(origin.row - ROWS_AROUND, origin.row + ROWS_AROUND + 1),
    }
    if not with_rows_around:
        wanted = {number for number in wanted if number <= head or number == origin.row}
    lines = _lines(origin.batch, columns, {number for number in wanted if number > 0})
    shown = [index for index in columns if f"c{index}" in (lines[0] if lines else {})]
    hidden = _hidden_columns(form, matches, shown)
    rows = [
        ShownRow(
            number=line["row"],
            cells=[
                _shown(
                    line.get(f"c{index}") or "",
                    index in hidden and line["row"] > head,
                    line["row"] == origin.row and index == column,
                )
                for index in shown
            ],
            is_head=line["row"] <= head,
        )
        for line in lines
    ]
    return Neighbourhood([column_letter(index) for index in shown], rows)


def _column_key(entry: Any) -> str:
    """The form column of the amount: of the figure that counts the measure, else of one that counts records."""
    namespace = entry.measure.split(".")[0]
    ranked = sorted(
        (figure for figure in known_figures() if figure.cell and figure.key.split(".")[0] == namespace),
        key=lambda figure: (figure.key != entry.measure, figure.kind != Kind.RECORDS),
    )
    for figure in ranked:
        key = figure.cell(entry.source_kind, entry.category, entry.fund_source) if figure.cell else ""
        if key:
            return key
    return ""


def _lines(batch: Batch, columns: list[int], rows: set[int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with pq.ParquetFile(staging.raw_path(batch)) as file:
        names = ["row", *(name for index in columns if (name := f"c{index}") in file.schema_arrow.names)]
        for group in range(file.num_row_groups):
            numbers = file.metadata.row_group(group).column(0).statistics
            if numbers is None or any(numbers.min <= row <= numbers.max for row in rows):
                table = file.read_row_group(group, columns=names)
                found += table.filter(
                    pc.is_in(table.column("row"), value_set=pa.array(sorted(rows), pa.int32()))
                ).to_pylist()
    return sorted(found, key=lambda line: line["row"])


def _hidden_columns(form: Form, matches: Mapping[str, Any], shown: list[int]) -> set[int]:
    """The sensitive columns; in a form that has any, also the unrecognised, which may hold anything."""
    sensitive = {column.key for column in form.columns if column.sensitive}
    if not sensitive:
        return set()
    known = {found["index"]: key for key, found in matches.items() if found["index"] is not None}
    return {index for index in shown if index not in known or known[index] in sensitive}


def _shown(text: str, is_hidden: bool, is_marked: bool) -> ShownCell:
    plain = text.replace(",", "").replace(".", "").replace("-", "")
    return ShownCell(masked(text) if is_hidden else text, is_marked, plain.isdecimal())
