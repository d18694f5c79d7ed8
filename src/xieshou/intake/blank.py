"""A blank workbook of a form (空白表), with its notes and drop-down lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from xieshou.intake.forms import Column, ColumnType, Form, Layout
from xieshou.intake.returned import OUT_OPTIONS
from xieshou.intake.rules import column_letter

ROWS_PREPARED = 2_000
_HEADER_LINE = 1
_ITEM_HEADINGS = ("代码", "填表项目", "单位", "数量")
# Everything is text but what is counted: identity numbers and telephone numbers must not become numbers.
_NUMBER_FORMATS = dict.fromkeys(ColumnType, "@") | {
    ColumnType.DATE: "yyyy-mm-dd",
    ColumnType.MONEY: "#,##0.00",
    ColumnType.INTEGER: "General",
    ColumnType.QUANTITY: "General",
}


def write(form: Form, path: Path) -> Path:
    """Write the blank workbook to `path` (.xlsx) and return it; a file filled from it is recognised without a doubt.

    Headings are the form's own Chinese ones; code columns have a drop-down list, numbers of identity cards are text.
    """
    with xlsxwriter.Workbook(path, OUT_OPTIONS | {"constant_memory": False}) as book:
        sheet = book.add_worksheet(form.name[:31].translate(str.maketrans("[]:*?/\\", "（）：＊？／＼")))
        notes = book.add_worksheet(_("填表说明"))
        lists = book.add_worksheet(_("选项"))
        lists.hide()
        title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        if form.layout is Layout.ITEMS:
            _write_items(book, sheet, lists, form, title)
            _write_notes(book, notes, form)
            return path
        if len(form.columns) > 1:
            sheet.merge_range(0, 0, 0, len(form.columns) - 1, form.name, title)
        else:
            sheet.write_string(0, 0, form.name, title)
        for index, column in enumerate(form.columns):
            _prepare(book, sheet, lists, index, column)
        sheet.freeze_panes(_HEADER_LINE + 1, 0)
        _write_notes(book, notes, form)
    return path


def _write_items(book: Any, sheet: Any, lists: Any, form: Form, title: Any) -> None:
    """One record a sheet: the labels of whom and what place it speaks, then a line for each item."""
    label = book.add_format({"bold": True})
    heading = book.add_format({"bold": True, "border": 1, "bg_color": "#DDE7F0"})
    wording = book.add_format({"border": 1, "text_wrap": True})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 3, 14)
    sheet.merge_range(0, 0, 0, len(_ITEM_HEADINGS) - 1, form.name, title)
    labelled = [column for column in form.columns if column.above and not column.code]
    for line, column in enumerate(labelled, start=1):
        sheet.write_string(line, 0, f"{column.above[0]}：", label)
        sheet.write_blank(line, 1, None, book.add_format({"num_format": _NUMBER_FORMATS[column.type], "bottom": 1}))
    top = len(labelled) + 1
    for index, text in enumerate(_ITEM_HEADINGS):
        sheet.write_string(top, index, text, heading)
    items = [column for column in form.columns if column not in labelled]
    for number, column in enumerate(items):
        line = top + 1 + number
        sheet.write_string(line, 0, column.code, wording)
        sheet.write_string(line, 1, column.name, wording)
        sheet.write_string(line, 2, _unit_of(column), wording)
        cell = book.add_format({"num_format": _NUMBER_FORMATS[column.type], "border": 1, "align": "right"})
        sheet.write_blank(line, 3, None, cell)
        if column.type is ColumnType.CODE:
            _offer_codes(sheet, lists, number, column, first=line, last=line, index=3)
    sheet.freeze_panes(top + 1, 0)


def _unit_of(column: Column) -> str:
    """What stands in the column of units: nothing where the wording itself says it."""
    units = {ColumnType.MONEY: column.unit or "元", ColumnType.PERCENT: "%", ColumnType.CODE: "代码"}
    return units.get(column.type, "")


def _prepare(book: Any, sheet: Any, lists: Any, index: int, column: Column) -> None:
    """Heading, cell format and drop-down list of one column."""
    needed = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDE7F0"})
    free = book.add_format({"border": 1, "text_wrap": True, "bg_color": "#F4F4F4"})
    sheet.write_string(_HEADER_LINE, index, column.name, needed if column.required else free)
    width = 22 if column.type in (ColumnType.IDENTITY, ColumnType.PARTY) else 12
    sheet.set_column(index, index, width, book.add_format({"num_format": _NUMBER_FORMATS[column.type]}))
    if column.type is ColumnType.CODE:
        first, last = _HEADER_LINE + 1, _HEADER_LINE + ROWS_PREPARED
        _offer_codes(sheet, lists, index, column, first=first, last=last, index=index)


def _offer_codes(sheet: Any, lists: Any, place: int, column: Column, *, first: int, last: int, index: int) -> None:
    """A drop-down list in the cells of a code column; `place`: where the hidden sheet keeps its words."""
    words = [words[0] if words else code for code, words in column.codes.items()]
    for line, word in enumerate(words):
        lists.write_string(line, place, word)
    letter = column_letter(place)
    source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(words)}"
    sheet.data_validation(first, index, last, index, {"validate": "list", "source": source})


def _write_notes(book: Any, sheet: Any, form: Form) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80, book.add_format({"text_wrap": True}))
    lines = [(form.name, form.source), *(("", note) for note in form.notes), ("", "")]
    # In one cell, so that the explanation of a form is not taken for the form.
    lines += [("", "：".join(part for part in (column.name, _meaning(column)) if part)) for column in form.columns]
    for line, (name, text) in enumerate(lines):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, text)


def _meaning(column: Column) -> str:
    """What to write in a column."""
    kinds = {
        ColumnType.MONEY: _("金额（%(unit)s）；没有就空着，空白表示未填，不等于 0") % {"unit": column.unit or "元"},
        ColumnType.INTEGER: _("整数"),
        ColumnType.QUANTITY: _("数量，只填数字"),
        ColumnType.DATE: _("日期，如 2019-10-31"),
        ColumnType.PERIOD: _("年度或期间，如 2019、2019年1-10月"),
        ColumnType.PLACE: _("地名，写全称"),
        ColumnType.PARTY: _("单位全称；几个单位共同帮扶的用顿号隔开"),
        ColumnType.IDENTITY: _("证件号，按文本填写"),
        ColumnType.CODE: _("从列表中选择"),
    }
    words = [_("必填") if column.filled else "", kinds.get(column.type, "")]
    return "；".join(word for word in words if word)
