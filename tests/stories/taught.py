"""A table of our own invention for the stories of taught forms: twelve odd columns, and how a person answers them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

TITLE = "山货上行小组2024年第三季度跑腿账"
ROWS = (
    ("1", "从化市吕田镇三村村", "山货一组", 12, 5, 30.5, 1200, 3, 18.6, 42, 7, "路通了"),
    ("2", "增城市派潭镇高滩村", "山货二组", 9, 4, 21.25, 800, 2, 6.4, 30, 5, ""),
)
TOTAL = ("合计", "", "", 21, 9, 51.75, 2000, 5, 25.0, 72, 12, "")
_LEAVES = {
    3: "乡亲（户）", 4: "其中：婶子当家的（户）", 5: "卖得（万元）", 6: "发出去的包裹（件）", 7: "开的铺面（个）",
    8: "修的毛路（公里）", 9: "下乡趟数（次）", 10: "开的班（期）",
}  # fmt: skip


def errands(
    path: Path,
    rows: Sequence[Sequence[Any]] = ROWS,
    total: Sequence[Any] | None = TOTAL,
    title: str = TITLE,
    leaves: dict[int, str] | None = None,
) -> Path:
    """The table: a title, two merged lines of header, rows, a total row."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("账")
        sheet.merge_range(0, 0, 0, 11, title)
        for column, text in ((0, "号头"), (1, "跑到哪个寨子"), (2, "谁家牵的头"), (11, "碎嘴几句")):
            sheet.merge_range(1, column, 2, column, text)
        for first, last, text in ((3, 4, "拢来的乡亲"), (5, 7, "上行的山货"), (8, 10, "跑腿和手艺课")):
            sheet.merge_range(1, first, 1, last, text)
        for column, text in (_LEAVES | (leaves or {})).items():
            sheet.write(2, column, text)
        for line, values in enumerate([*rows, *([total] if total else [])], start=3):
            for column, value in enumerate(values):
                sheet.write(line, column, value)
    return path
