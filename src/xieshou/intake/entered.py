"""A row typed on a page becomes a workbook like any other: the form's own blank one, filled, kept as the original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xieshou.intake import blank
from xieshou.intake.forms import Column, ColumnType, Form, Layout

_VALUES_OF_ITEMS = 4  # column D of a form of items, counted from 1


def typed_columns(form: Form) -> list[Column]:
    """The columns that a person fills in on a page; running numbers count themselves."""
    return [column for column in form.columns if column.type is not ColumnType.ROW_NUMBER]


def write(form: Form, values: Mapping[str, str], path: Path) -> Path:
    """Write one record, as typed, into a blank workbook of the form at `path` (.xlsx); blanks stay blank."""
    blank.write(form, path)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    cells = _cells(sheet, form)
    for column in typed_columns(form):
        text = values.get(column.key, "").strip()
        if text:
            line, index = cells[column.key]
            sheet.cell(line, index).value = text
    book.save(path)
    return path


def _cells(sheet: Worksheet, form: Form) -> dict[str, tuple[int, int]]:
    """Column key → line and column, from 1, of the cell that takes its value in the blank workbook.

    Headings may be alike (小计 of two groups): the blank workbook has them in the order of the form.
    """
    written: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            written[str(cell.value or "")].append((cell.row, cell.column))
    found = {}
    for column in form.columns:
        labels = [f"{label}：" for label in column.above[:1] if form.layout is Layout.ITEMS and not column.code]
        line, index = written[labels[0] if labels else column.name].pop(0)
        if form.layout is Layout.ROWS:
            found[column.key] = (line + 1, index)
        else:
            found[column.key] = (line, index + 1) if labels else (line, _VALUES_OF_ITEMS)
    return found
