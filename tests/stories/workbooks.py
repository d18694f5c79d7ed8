"""Small workbooks for stories: the fund report with a few rows of one's own."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

HEAD = (
    "区（县）", "镇名称", "村名称", "贫困户数", "贫困人口数", "帮扶单位", "联系人", "联系电话", "规划投入资金（元）",
    "已投入帮扶资金", "用于帮扶到户资金(元)", "用于帮扶到村资金(元)", "财政专项(元)", "信贷资金(元)", "单位自筹(元)",
    "社会募捐(元)", "社会引资(元)",
)  # fmt: skip


def row(county: str, town: str, village: str, unit: str, planned: int, used: int) -> list[Any]:
    """A row whose unit planned and used so many yuan in a village, all for the village and all its own money."""
    return [county, town, village, 10, 40, unit, "", "", planned, used, 0, used, 0, 0, used, 0, 0]


def fund_report(path: Path, rows: Iterable[Sequence[Any]], *, total: Sequence[Any] | None = None) -> Path:
    """A fund report with these rows and, if given, a total row; written as plain strings and numbers."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("季报三")
        for line, values in enumerate([HEAD, *rows, *([total] if total else [])]):
            for column, value in enumerate(values):
                sheet.write(line, column, value)
    return path


def copied(source: Path, target: Path, changes: Mapping[tuple[int, str], Any]) -> Path:
    """A real workbook with some cells changed: (number of the sheet from 0, address) to the value, or to what makes it
    of the old one.

    Values and merged cells are those of the source; formats are not.
    """
    book = CalamineWorkbook.from_path(str(source))
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_numbers": False}) as copy:
        for number, name in enumerate(book.sheet_names):
            sheet = book.get_sheet_by_name(name)
            page = copy.add_worksheet(name)
            cells = {
                (line, column): value
                for line, values in enumerate(sheet.to_python(skip_empty_area=False))
                for column, value in enumerate(values)
                if value != ""
            }
            for address, change in ((address, change) for (of, address), change in changes.items() if of == number):
                place = xl_cell_to_rowcol(address)
                cells[place] = change(cells.get(place)) if callable(change) else change
            for first, last in sheet.merged_cell_ranges or ():
                page.merge_range(*first, *last, cells.pop(first, ""))
            for (line, column), value in cells.items():
                page.write(line, column, value)
    return target
