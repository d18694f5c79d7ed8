"""An .xls built again as a workbook of today with the same layout: openpyxl writes no .xls.

Kept: merges, widths, heights, fonts, fills, borders, alignment, number formats, hidden rows and columns, paper, scale,
orientation, margins. Not kept: formulas, of which only the last value can be read, pictures, header and footer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from copy import copy as copied
from functools import cache
from pathlib import Path
from typing import Any

import xlrd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xieshou.intake import compound

_SIDES = (
    "thin medium dashed dotted thick double hair mediumDashed dashDot mediumDashDot dashDotDot mediumDashDotDot "
    "slantDashDot"
).split()
_HORIZONTAL = (None, "left", "center", "right", "fill", "justify", "centerContinuous", "distributed")
_VERTICAL = ("top", "center", "bottom", "justify", "distributed")
_BOUNDSHEET, _FORMULA, _SETUP, _EOF = 0x85, 0x06, 0xA1, 0x0A
_MARGINS = {0x26: "left", 0x27: "right", 0x28: "top", 0x29: "bottom"}
_PORTRAIT = 0x0002
_TWIPS = 20
_DEFAULT_COLUMN = 2_304  # 1/256 of a digit's width


def rebuilt(path: Path) -> tuple[Workbook, int]:
    """The workbook built again, and how many of its cells were formulas, which stand as their last values now."""
    old = xlrd.open_workbook(str(path), formatting_info=True)
    new = Workbook()
    new.remove(new.active)
    styles = _Styles(old)
    for sheet in old.sheets():
        made = new.create_sheet(sheet.name)
        _copy_cells(sheet, made, styles)
        _copy_measures(sheet, made)
        made.sheet_state = "visible" if sheet.visibility == 0 else "hidden"
    formulas = _copy_print_settings(path, new)
    return new, formulas


class _Styles:
    def __init__(self, book: Any) -> None:
        self._book = book
        self.of = cache(self._of)

    def _of(self, index: int) -> tuple[Font, PatternFill, Border, Alignment, str]:
        style = self._book.xf_list[index]
        font, align, border = self._book.font_list[style.font_index], style.alignment, style.border
        sides = {
            name: _side(getattr(border, f"{name}_line_style"), self._colour(getattr(border, f"{name}_colour_index")))
            for name in ("left", "right", "top", "bottom")
        }
        background = self._colour(style.background.pattern_colour_index)
        return (
            Font(
                name=font.name,
                size=font.height / _TWIPS,
                bold=bool(font.bold),
                italic=bool(font.italic),
                underline="single" if font.underline_type else None,
                strike=bool(font.struck_out),
                color=self._colour(font.colour_index),
            ),
            PatternFill("solid", fgColor=background)
            if style.background.fill_pattern == 1 and background
            else PatternFill(),
            Border(**sides),
            Alignment(
                horizontal=_at(_HORIZONTAL, align.hor_align),
                vertical=_at(_VERTICAL, align.vert_align),
                wrap_text=bool(align.text_wrapped),
                shrink_to_fit=bool(align.shrink_to_fit),
                indent=align.indent_level,
                text_rotation=align.rotation if align.rotation <= 180 or align.rotation == 255 else 0,
            ),
            self._book.format_map[style.format_key].format_str,
        )

    def _colour(self, index: int) -> str | None:
        parts = self._book.colour_map.get(index)
        return None if parts is None else "FF{:02X}{:02X}{:02X}".format(*parts)


def _side(style: int, colour: str | None) -> Side:
    return Side(style=_SIDES[style - 1], color=colour) if 1 <= style <= len(_SIDES) else Side()


def _at(names: Any, index: int) -> Any:
    return names[index] if index < len(names) else None


def _copy_cells(sheet: Any, made: Worksheet, styles: _Styles) -> None:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            cell = sheet.cell(row, column)
            copy = made.cell(row + 1, column + 1)
            copy.font, copy.fill, copy.border, copy.alignment, copy.number_format = styles.of(cell.xf_index)
            if cell.ctype == xlrd.XL_CELL_TEXT:
                copy.value, copy.data_type = cell.value, "s"
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                copy.value = bool(cell.value)
            elif cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                copy.value = int(cell.value) if cell.value == int(cell.value) else cell.value
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                copy.value, copy.data_type = xlrd.error_text_from_code[cell.value], "e"
    for top, bottom, left, right in sheet.merged_cells:
        borders = [
            copied(made.cell(row + 1, column + 1).border) for row in range(top, bottom) for column in range(left, right)
        ]
        made.merge_cells(start_row=top + 1, end_row=bottom, start_column=left + 1, end_column=right)
        cells = [(row, column) for row in range(top, bottom) for column in range(left, right)]
        for (row, column), border in zip(cells, borders, strict=True):
            made.cell(row + 1, column + 1).border = border


def _copy_measures(sheet: Any, made: Worksheet) -> None:
    for column in range(sheet.ncols):
        known = sheet.colinfo_map.get(column)
        there = made.column_dimensions[get_column_letter(column + 1)]
        width = known.width if known else (sheet.defcolwidth or _DEFAULT_COLUMN / 256) * 256
        there.width, there.hidden = width / 256, bool(known and known.hidden)
    for row, known in sheet.rowinfo_map.items():
        if row < sheet.nrows:
            made.row_dimensions[row + 1].height = known.height / _TWIPS
            made.row_dimensions[row + 1].hidden = bool(known.hidden)
    made.sheet_view.showGridLines = bool(sheet.show_grid_lines)
    if sheet.panes_are_frozen and (sheet.horz_split_pos or sheet.vert_split_pos):
        made.freeze_panes = made.cell(sheet.horz_split_pos + 1, sheet.vert_split_pos + 1).coordinate


def _copy_print_settings(path: Path, new: Workbook) -> int:
    """What xlrd passes over: paper, scale, orientation, margins; and how many cells are formulas ([MS-XLS] 2.4)."""
    file = compound.CompoundFile(path)
    stream = file.read("Workbook" if "Workbook" in file.streams else "Book")
    starts = [
        struct.unpack_from("<I", stream, at)[0] for kind, at, _size in compound.records(stream) if kind == _BOUNDSHEET
    ]
    formulas = 0
    for made, start in zip(new.worksheets, starts, strict=False):
        for kind, at, size in _of_one_sheet(stream, start):
            if kind == _FORMULA:
                formulas += 1
            elif kind in _MARGINS and size >= 8:
                setattr(made.page_margins, _MARGINS[kind], struct.unpack_from("<d", stream, at)[0])
            elif kind == _SETUP and size >= 12:
                paper, scale, _first, wide, high, options = struct.unpack_from("<6H", stream, at)
                made.page_setup.paperSize = paper or None
                made.page_setup.scale = scale if 10 <= scale <= 400 else None
                made.page_setup.fitToWidth, made.page_setup.fitToHeight = wide, high
                made.page_setup.orientation = "portrait" if options & _PORTRAIT else "landscape"
    return formulas


def _of_one_sheet(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    for kind, at, size in compound.records(stream, start):
        if kind == _EOF:
            return
        yield kind, at, size
