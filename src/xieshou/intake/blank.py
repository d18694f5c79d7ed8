"""A blank workbook of a form (空白表), with its notes and drop-down lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from xieshou.intake.forms import Column, ColumnType, Form
from xieshou.intake.returned import OUT_OPTIONS
from xieshou.intake.rules import column_letter

ROWS_PREPARED = 2_000
_HEADER_LINE = 1
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
        if len(form.columns) > 1:
            sheet.merge_range(0, 0, 0, len(form.columns) - 1, form.name, title)
        else:
            sheet.write_string(0, 0, form.name, title)
        for index, column in enumerate(form.columns):
            _prepare(book, sheet, lists, index, column)
        sheet.freeze_panes(_HEADER_LINE + 1, 0)
        _write_notes(book, notes, form)
    return path


def _prepare(book: Any, sheet: Any, lists: Any, index: int, column: Column) -> None:
    """Heading, cell format and drop-down list of one column."""
    needed = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDE7F0"})
    free = book.add_format({"border": 1, "text_wrap": True, "bg_color": "#F4F4F4"})
    sheet.write_string(_HEADER_LINE, index, column.name, needed if column.required else free)
    width = 22 if column.type in (ColumnType.IDENTITY, ColumnType.PARTY) else 12
    sheet.set_column(index, index, width, book.add_format({"num_format": _NUMBER_FORMATS[column.type]}))
    if column.type is ColumnType.CODE:
        words = [words[0] if words else code for code, words in column.codes.items()]
        for line, word in enumerate(words):
            lists.write_string(line, index, word)
        letter = column_letter(index)
        sheet.data_validation(
            _HEADER_LINE + 1,
            index,
            _HEADER_LINE + ROWS_PREPARED,
            index,
            {"validate": "list", "source": f"='{lists.get_name()}'!${letter}$1:${letter}${len(words)}"},
        )


def _write_notes(book: Any, sheet: Any, form: Form) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80, book.add_format({"text_wrap": True}))
    lines = [(form.name, form.source), *(("", note) for note in form.notes), ("", "")]
    lines += [(column.name, _meaning(column)) for column in form.columns]
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
