"""The cell behind a value, as it stands in the kept original (原单元格)."""

from __future__ import annotations

from dataclasses import dataclass

from xieshou.intake.models import Batch


@dataclass(frozen=True, slots=True)
class OriginalCell:
    """file: its name as handed in. cell: "I24". shown: the text of the cell, masked where the column is sensitive."""

    file: str
    sheet: str
    cell: str
    shown: str
    header: str = ""
    row: int = 0


def original_cell(batch: Batch, row: int, column_key: str) -> OriginalCell:
    """The cell of a row and form column. Reads one row group, some 20 ms."""
    raise NotImplementedError
