"""A table beside the books, as values: rows, cells and sums that differ (更正预览). No database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class CellDifference:
    """One cell that differs. before, after: base units, None: not stated; texts where the column holds no number."""

    column: str
    before: int | str | None
    after: int | str | None

    @property
    def difference(self) -> int | None:
        """By how much it differs, where both are numbers; what is not stated counts as nothing there."""
        if isinstance(self.before, str) or isinstance(self.after, str):
            return None
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row beside the one that stands in the books.

    kind: "new", "changed" or "missing". row: in this sheet, 0 when it is missing there. batch, earlier_row: the row in
    the books, None and 0 when it is new. taken: whether acceptance changes the books in this point; a changed row that
    nobody has chosen to correct stays as it is, and so does a missing one that nobody has chosen to take out.
    """

    kind: str
    row: int
    place_code: str
    words: str
    batch: int | None
    earlier_row: int
    cells: tuple[CellDifference, ...]
    taken: bool
    party: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """The sums of one column, in base units: what stands for the same rows before, what changes, what is added.

    changed, added, gone: what acceptance adds to the books or takes from them by each kind of row.
    """

    column: str
    label: str
    unit: str
    scale: int
    before: int = 0
    changed: int = 0
    added: int = 0
    gone: int = 0

    @property
    def difference(self) -> int:
        return self.changed + self.added + self.gone

    @property
    def after(self) -> int:
        return self.before + self.difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table beside the books.

    waiting: changed rows that nobody has chosen to correct yet. falls: rows with a cumulative amount that is less than
    before, as (row, column). earlier: the batches that hold the rows in the books. The rows listed are the first
    `ROWS_LISTED` of each kind.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    waiting: int = 0
    columns: tuple[ColumnDifference, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    falls: tuple[tuple[int, str], ...] = ()
    fall_count: int = 0
    gone: int = 0
    earlier: tuple[int, ...] = ()

    @property
    def meets_the_books(self) -> bool:
        """Whether any row stands in the books already: else there is nothing to compare."""
        return bool(self.changed or self.unchanged or self.missing)

    @property
    def needs_reason(self) -> bool:
        return bool(self.fall_count or self.gone)

    def as_json(self) -> dict[str, Any]:
        """`{new, changed, unchanged, missing, waiting, falls, columns:[…], rows:[…]}`, amounts in the written unit."""
        scales = {column.column: column.scale for column in self.columns}
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "waiting": self.waiting,
            "falls": self.fall_count,
            "earlier": list(self.earlier),
            "columns": [
                {
                    "column": column.column,
                    "unit": column.unit,
                    **{
                        name: _plain(getattr(column, name), column.scale)
                        for name in ("before", "changed", "added", "gone", "after", "difference")
                    },
                }
                for column in self.columns
            ],
            "rows": [
                {
                    "kind": row.kind,
                    "row": row.row,
                    "words": row.words,
                    "batch": row.batch,
                    "earlier_row": row.earlier_row,
                    "taken": row.taken,
                    "cells": [
                        {
                            "column": cell.column,
                            "before": _plain(cell.before, scales.get(cell.column, 1)),
                            "after": _plain(cell.after, scales.get(cell.column, 1)),
                        }
                        for cell in row.cells
                    ],
                }
                for row in self.rows
            ],
        }


def _plain(value: int | str | None, scale: int) -> int | float | str | None:
    if value is None or isinstance(value, str):
        return value
    exact = Decimal(value) / scale
    return int(exact) if exact == exact.to_integral_value() else float(exact)
