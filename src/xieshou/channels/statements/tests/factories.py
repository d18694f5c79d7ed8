"""A small form of one's own, as the office would teach it."""

from pathlib import Path
from typing import Any

import xlsxwriter

from xieshou.intake.forms import Form, form_from_json

HEAD = ("村名", "牵头单位", "培育致富带头人", "其中：妇女", "电商销售额（万元）")
COLUMNS = (
    {"key": "village", "name": "村名", "type": "place", "level": "village", "required": True, "filled": True},
    {"key": "party", "name": "牵头单位", "type": "party"},
    {"key": "own_leaders", "name": "培育致富带头人", "type": "integer", "measure": "own.leaders"},
    {"key": "own_leaders_women", "name": "其中：妇女", "type": "integer", "measure": "own.leaders_women"},
    {"key": "own_online_sales", "name": "电商销售额（万元）", "type": "money", "measure": "own.online_sales"},
)


def own_form(**changes: Any) -> Form:
    """致富带头人统计表: three measures of the office's own, by village, in a period."""
    columns = [dict(column) for column in COLUMNS]
    data = {
        "key": "own_leaders_table",
        "version": 1,
        "name": "致富带头人统计表",
        "name_en": "Leaders",
        "columns": columns,
    }
    return form_from_json(
        data | {"valid_from": None, "valid_to": None, "row_key": ["place", "party", "period"], "basis": "ask"} | changes
    )


def own_workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    """The table with these rows below its title and header."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("统计")
        sheet.write(0, 0, "致富带头人统计表")
        for line, values in enumerate((HEAD, *rows), start=1):
            for column, value in enumerate(values):
                sheet.write(line, column, value)
    return path
