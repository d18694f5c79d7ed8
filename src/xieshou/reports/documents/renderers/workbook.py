"""Excel: the text and its tables on one sheet, numbers as numbers; in a 核数稿 the citations on a second."""

from __future__ import annotations

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xieshou.reports.documents.document import (
    Block,
    Chart,
    Cited,
    Document,
    Heading,
    Note,
    Paragraph,
    Reckoned,
    Run,
    Table,
    annex_table,
)  # fmt: skip
from xieshou.reports.documents.renderers.runs import mark_of, words_of

LEAST_COLUMNS = 6
WIDE, NARROW = 26, 15


def render(document: Document, *, annex: bool = False) -> bytes:
    """The document as .xlsx. In a 核数稿 a comment on each number gives the number of its citation."""
    saved = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(saved, options) as book:
        _Sheet(book, "报告", document.blocks, annex).write(document.title, document.subtitle)
        if annex:
            _Sheet(book, "核对表", (annex_table(document.citations),), False).write("数据核对表", "")
    return saved.getvalue()


class _Sheet:
    """One sheet, written from above."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, blocks: tuple[Block, ...], annex: bool) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.blocks = blocks
        self.annex = annex
        self.line = 0
        self.columns = max([LEAST_COLUMNS, *(len(block.columns) for block in blocks if isinstance(block, Table))])
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.heading = book.add_format({"bold": True, "font_size": 12})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.small = book.add_format({"font_size": 9, "text_wrap": True, "valign": "top"})
        self.right = book.add_format({"font_size": 9, "align": "right"})
        self.head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "text_wrap": True, "valign": "vcenter"}
        )
        self.cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        self.blank = book.add_format({"border": 1, "align": "right", "valign": "vcenter"})
        self.numbers = {
            places: book.add_format(
                {"border": 1, "valign": "vcenter", "num_format": "#,##0" + ("." + "0" * places if places else "")}
            )
            for places in range(7)
        }

    def write(self, title: str, subtitle: str) -> None:
        self.sheet.set_column(0, 0, WIDE)
        self.sheet.set_column(1, self.columns - 1, NARROW)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self._across(title, self.title, height=28)
        if subtitle:
            self._across(subtitle, self.small)
        for block in self.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._across(block.text, self.heading)
        elif isinstance(block, Paragraph):
            text = "".join(words_of(run) + (mark_of(run) if self.annex else "") for run in block.runs)
            characters = (WIDE + NARROW * (self.columns - 1)) // 2
            self._across(text, self.text, height=16 * (len(text) // characters + 1))
        elif isinstance(block, Note):
            self._across(block.text, self.small)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Chart):
            return  # its numbers stand in the table beside it

    def _across(self, text: str, form: Format, height: float | None = None) -> None:
        self.sheet.merge_range(self.line, 0, self.line, self.columns - 1, text, form)
        if height:
            self.sheet.set_row(self.line, height)
        self.line += 1

    def _table(self, table: Table) -> None:
        if table.caption:
            self._across(table.caption, self.heading)
        if table.unit:
            self._across(f"单位：{table.unit}", self.right)
        for column, each in enumerate(table.columns):
            self.sheet.write_string(self.line, column, each.title, self.head)
        for row in table.lines:
            self.line += 1
            for column, run in enumerate(row):
                self._cell(column, run, is_number=table.columns[column].number)
        self.line += 1
        for note in table.notes:
            self._across(note, self.small)
        self.line += 1

    def _cell(self, column: int, run: Run, *, is_number: bool) -> None:
        number = run.number if isinstance(run, Cited | Reckoned) else None
        if number is None:
            self.sheet.write_string(self.line, column, words_of(run), self.blank if is_number else self.cell)
        else:
            places = min(6, max(0, -int(number.as_tuple().exponent)))
            # Excel keeps fifteen digits; what has more is written as it reads, so that none is lost.
            if len(number.as_tuple().digits) > 15:
                self.sheet.write_string(self.line, column, words_of(run), self.blank)
            else:
                self.sheet.write_number(self.line, column, float(number), self.numbers[places])
        if self.annex and mark_of(run):
            self.sheet.write_comment(self.line, column, mark_of(run))
