"""The table in its own file: what stands in a cell, and how a number, a mark and further rows are put into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy, deepcopy
from decimal import Decimal
from typing import Protocol

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.table import Table, _Cell
from openpyxl.comments import Comment
from openpyxl.formula.translate import Translator
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from xieshou.reports.filling.grid import Grid

AUTHOR = "携手"
UNFILLED = "FFF2CC"  # pale yellow: the black of a number and of a printed border stays readable on it
MOST_ROWS, MOST_COLUMNS = 5_000, 256
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)(?::(\$?[A-Z]{1,3}\$?)(\d+))?(?![\w(!])")


class Target(Protocol):
    """A table that is being filled; rows and columns from 0."""

    def grid(self) -> Grid: ...
    def may_write(self, row: int, column: int) -> bool: ...
    def put(self, row: int, column: int, number: Decimal, shown: str, note: str) -> None: ...
    def say(self, row: int, column: int, text: str) -> None: ...
    def mark(self, row: int, column: int, why: str) -> None: ...
    def add_rows(self, first: int, last: int, count: int) -> None: ...


class ExcelTarget:
    """A worksheet. Formulas and cells that hold something are never written over."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet

    def grid(self) -> Grid:
        rows = [
            ["" if cell.value is None else str(cell.value) for cell in line]
            for line in self.sheet.iter_rows(
                max_row=min(self.sheet.max_row, MOST_ROWS), max_col=min(self.sheet.max_column, MOST_COLUMNS)
            )
        ]
        merged = [
            (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1)
            for each in self.sheet.merged_cells.ranges
        ]
        return Grid(self.sheet.title, rows, merged)

    def may_write(self, row: int, column: int) -> bool:
        cell = self.sheet.cell(row + 1, column + 1)
        return type(cell).__name__ != "MergedCell" and cell.value in (None, "")

    def put(self, row: int, column: int, number: Decimal, shown: str, note: str) -> None:
        cell = self.sheet.cell(row + 1, column + 1)
        cell.value = int(number) if number == number.to_integral_value() else float(number)
        self._note(row, column, note)

    def say(self, row: int, column: int, text: str) -> None:
        cell = self.sheet.cell(row + 1, column + 1)
        cell.value, cell.data_type = text, "s"

    def mark(self, row: int, column: int, why: str) -> None:
        self.sheet.cell(row + 1, column + 1).fill = PatternFill("solid", fgColor=UNFILLED)
        self._note(row, column, why)

    def _note(self, row: int, column: int, text: str) -> None:
        note = Comment(text, AUTHOR)
        note.width, note.height = 340, 150
        self.sheet.cell(row + 1, column + 1).comment = note

    def add_rows(self, first: int, last: int, count: int) -> None:
        """Put `count` rows below the blank ones from `first` to `last`, made up as the first of them.

        What stands below moves down with its merges, heights and formulas; a formula over the blank rows takes the new
        ones in.
        """
        if count <= 0:
            return
        sheet, at = self.sheet, last + 2  # the first row that moves, from 1
        below = [each for each in sheet.merged_cells.ranges if each.min_row >= at]
        heights = {number: (each.height, each.hidden) for number, each in sheet.row_dimensions.items() if number >= at}
        if sheet.max_row >= at:
            sheet.move_range(f"A{at}:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}", rows=count)
        for each in below:
            each.shift(row_shift=count)
        for number in heights:
            sheet.row_dimensions[number].height, sheet.row_dimensions[number].hidden = None, False
        for number, (height, hidden) in heights.items():
            sheet.row_dimensions[number + count].height = height
            sheet.row_dimensions[number + count].hidden = hidden
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f" and isinstance(cell.value, str):
                    cell.value = _moved(cell.value, first + 1, last + 1, count)
        self._make_up(first + 1, range(at, at + count))
        self._print_further(at, count)

    def _make_up(self, like: int, rows: range) -> None:
        across = [each for each in self.sheet.merged_cells.ranges if each.min_row == each.max_row == like]
        for row in rows:
            self.sheet.row_dimensions[row].height = self.sheet.row_dimensions[like].height
            for column in range(1, self.sheet.max_column + 1):
                model, cell = self.sheet.cell(like, column), self.sheet.cell(row, column)
                if model.has_style:
                    cell._style = copy(model._style)
                if model.data_type == "f" and isinstance(model.value, str):
                    cell.value = Translator(model.value, model.coordinate).translate_formula(cell.coordinate)
            for each in across:
                self.sheet.merge_cells(start_row=row, end_row=row, start_column=each.min_col, end_column=each.max_col)

    def _print_further(self, at: int, count: int) -> None:
        if self.sheet.print_area:
            areas = str(self.sheet.print_area).split(",")
            self.sheet.print_area = ",".join(
                _moved(area.rpartition("!")[2].replace("$", ""), at - 1, at - 1, count) for area in areas
            )


def _moved(formula: str, first: int, last: int, count: int) -> str:
    """A formula after `count` rows were put below row `last`, the last of the blank rows from `first`."""

    def moved(match: re.Match[str]) -> str:
        start_column, start, end_column, end = match.groups()
        top = int(start) + (count if int(start) > last else 0)
        if end is None:
            return f"{start_column}{top}"
        takes_in = int(end) > last or (int(end) == last and int(start) <= last)
        return f"{start_column}{top}:{end_column}{int(end) + (count if takes_in else 0)}"

    quoted = re.split(r'("[^"]*")', formula)
    return "".join(part if part.startswith('"') else _REFERENCE.sub(moved, part) for part in quoted)


class WordTarget:
    """A table of a Word document."""

    def __init__(self, document: WordDocument, table: Table, number: int) -> None:
        self.document, self.table, self.number = document, table, number
        self._cells = self._read()

    def _read(self) -> Mapping[tuple[int, int], _Cell]:
        width = len(self.table.columns)
        flat = self.table._cells
        return {divmod(at, width): cell for at, cell in enumerate(flat)} if width else {}

    def grid(self) -> Grid:
        spans: dict[object, list[tuple[int, int]]] = {}
        for at, cell in self._cells.items():
            spans.setdefault(cell._tc, []).append(at)
        depth = 1 + max((row for row, _column in self._cells), default=-1)
        rows = [[""] * len(self.table.columns) for _row in range(depth)]
        merged = []
        for places in spans.values():
            (top, left), (bottom, right) = min(places), max(places)
            rows[top][left] = self._cells[top, left].text
            if len(places) > 1:
                merged.append((top, left, bottom, right))
        return Grid(str(self.number), rows, merged)

    def may_write(self, row: int, column: int) -> bool:
        cell = self._cells[row, column]
        first = min(at for at, each in self._cells.items() if each._tc is cell._tc)
        return first == (row, column) and not cell.text.strip()

    def put(self, row: int, column: int, number: Decimal, shown: str, note: str) -> None:
        self._note(row, column, shown, note)

    def say(self, row: int, column: int, text: str) -> None:
        cell = self._cells[row, column]
        paragraph = cell.paragraphs[0]
        if paragraph.runs:
            for run in paragraph.runs:
                run.text = ""
            paragraph.runs[0].text = text
        else:
            paragraph.add_run(text)

    def mark(self, row: int, column: int, why: str) -> None:
        properties = self._cells[row, column]._tc.get_or_add_tcPr()
        for old in properties.findall(qn("w:shd")):
            properties.remove(old)
        shade = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", UNFILLED)):
            shade.set(qn(name), value)
        properties.append(shade)
        self._note(row, column, "", why)

    def _note(self, row: int, column: int, shown: str, note: str) -> None:
        paragraph = self._cells[row, column].paragraphs[0]
        run = paragraph.runs[0] if paragraph.runs else paragraph.add_run()
        run.text = shown
        self.document.add_comment(run, text=note, author=AUTHOR, initials="XS")

    def add_rows(self, first: int, last: int, count: int) -> None:
        after = self.table.rows[last]._tr
        model = self.table.rows[first]._tr
        for _row in range(count):
            added = deepcopy(model)
            after.addnext(added)
            after = added
        if count > 0:
            self._cells = self._read()
