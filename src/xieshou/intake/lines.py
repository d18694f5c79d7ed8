"""What a line of a sheet is: data, a title, a total, a note, the heading once more, or the heading of another table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xieshou.intake.forms import ColumnType
from xieshou.intake.headings import heading_score, measured_in, plain
from xieshou.intake.periods import stated_in
from xieshou.intake.rules import DASHES, is_note, is_row_number, is_total, number_in, squeeze
from xieshou.intake.tables import Recognition
from xieshou.intake.totals import SUMMED

_WORDED = (ColumnType.PLACE, ColumnType.PARTY, ColumnType.TEXT, ColumnType.ROW_NUMBER)
_WORDED_LOOKED_AT = 6
_NUMBERS_LOOKED_AT = 4
_OWN_HEADING_FROM = 0.85
_SENTENCE_FROM = 60
_SIGNED = re.compile("填报|填表|制表|审核|打印|报送")  # the day of a signature is no period
# Words that head columns in any office's tables.
_HEADING_WORDS = frozenset(
    (
        "序号 编号 行号 姓名 户主 户主姓名 性别 年龄 民族 名称 单位 单位名称 数量 数额 金额 "
        "合计金额 单价 总价 备注 说明 日期 时间 年度 期间 项目 项目名称 类别 类型 种类 规格 "
        "型号 规格型号 品名 物资 物资名称 用途 来源 资金来源 联系人 联系电话 电话 地址 县 区 镇 "
        "乡镇 村 村名 村名称 镇名称 户数 人数 捐赠人 捐赠者 捐赠单位 捐赠方 接收单位 受赠单位 "
        "受助单位 发放单位 发放日期 领取人 计量单位 数量总计 身份证号 职务 职称 "
    ).split()
)


class LineKind(StrEnum):
    DATA = "data"
    BLANK = "blank"
    TOTAL = "total"
    NOTE = "note"
    HEADING = "heading"  # this table's own, on the next page
    FOREIGN = "foreign"  # the heading of another table, and all that follows it


class Lines:
    """Tells the lines of one table apart, in the order of the sheet."""

    def __init__(self, recognition: Recognition) -> None:
        self._form = recognition.form
        self._matches = {key: match for key, match in recognition.matches.items() if not match.row}
        self._span = recognition.span
        self._header_row = recognition.header_row
        self._numbers = [key for key in self._matches if self._form.column(key).type in SUMMED]
        self.foreign_row = 0  # where another table begins
        self.foreign_heading = ""
        self.foreign_rows = 0
        self._closed = False
        self._notes: list[str] = []  # the titles and notes since the last row of data
        self._period = stated_in(recognition.titles, "", "").last

    def within(self, line: Mapping[str, str | None]) -> list[str]:
        """The texts of a line that lie in the table's columns."""
        first, last = self._span
        return [value for name, value in line.items() if value and value.strip() and first <= int(name[1:]) <= last]

    def suspects(self, rows: np.ndarray[Any, Any], texts: Mapping[str, pa.Array]) -> np.ndarray[Any, Any]:
        """Which rows need a look one by one: by Arrow kernels, since most rows are plain data."""
        suspects = np.zeros(len(rows), dtype=bool)
        if self._closed:
            suspects[:] = True
            return suspects
        marks = "^\\s*(" + "|".join("\\s*".join(mark) for mark in self._form.total_marks) + ")"
        looked_at = 0
        for column in self._form.columns:
            text = texts.get(column.key)
            if text is None or column.key not in self._matches:
                continue
            if column.filled and text.null_count:
                suspects |= text.is_null().to_numpy(zero_copy_only=False)
            if column.type in _WORDED:
                looked_at += 1
                if looked_at <= _WORDED_LOOKED_AT:
                    heading = pc.equal(text, self._matches[column.key].header)
                    totals = pc.match_substring_regex(text, marks)
                    suspects |= pc.fill_null(pc.or_(heading, totals), False).to_numpy(zero_copy_only=False)
        if rows[0] <= self._header_row + 2:
            suspects[:2] = True
        suspects |= self._nearly_blank(len(rows), texts)
        suspects |= self._words_among_numbers(len(rows), texts)
        return suspects

    def looked_at(
        self, raw: pa.Table, texts: Mapping[str, pa.Array], suspects: np.ndarray[Any, Any]
    ) -> Iterator[tuple[int, list[str], dict[str, str | None]]]:
        """Position, texts and mapped cells of the suspects; from a line on that begins another table, of every line."""
        start, whole = 0, bool(suspects.all())
        while start < len(suspects):
            positions = start + np.flatnonzero(suspects[start:])
            lines = raw.drop_columns(["row"]).take(pa.array(positions)).to_pylist()
            cells = {key: text.take(pa.array(positions)).to_pylist() for key, text in texts.items()}
            start = len(suspects)
            for number, position in enumerate(positions.tolist()):
                yield position, self.within(lines[number]), {key: values[number] for key, values in cells.items()}
                if self._closed and not whole:
                    suspects, start, whole = np.ones_like(suspects), position + 1, True
                    break

    def _nearly_blank(self, count: int, texts: Mapping[str, pa.Array]) -> np.ndarray[Any, Any]:
        """Rows that state no more than one column: a note may stand in the column that is always filled."""
        own = [texts[key] for key in self._matches]
        if len(own) < 2 or sum(not text.null_count for text in own) > 1:
            return np.zeros(count, dtype=bool)
        stated = sum(text.is_valid().to_numpy(zero_copy_only=False).astype(np.int16) for text in own)
        return np.asarray(stated <= 1)

    def _words_among_numbers(self, count: int, texts: Mapping[str, pa.Array]) -> np.ndarray[Any, Any]:
        """Rows where the first few columns of numbers hold words without a digit."""
        found = np.zeros(count, dtype=bool)
        for key in self._numbers[:_NUMBERS_LOOKED_AT]:
            text = texts[key]
            if text.null_count == len(text):
                continue
            worded = pc.invert(pc.match_substring_regex(text, r"[0-9０-９#]"))
            found |= pc.fill_null(worded, False).to_numpy(zero_copy_only=False)
        return found

    def _of_another_period(self) -> bool:
        """Whether a title between the rows and a repeated heading names another period than the table's own."""
        titles = [text for text in self._notes if not _SIGNED.search(squeeze(text))]
        last = stated_in(titles, "", "").last
        return last is not None and self._period is not None and last != self._period

    def kind_of(self, row: int, line: Sequence[str], cells: Mapping[str, str | None]) -> tuple[LineKind, str]:
        """What a line is, and the mark of a total.

        Args:
            line: its texts. cells: those under the form's columns.
        """
        if not line:
            return LineKind.BLANK, ""
        stated = {key: value for key, value in cells.items() if value and value.strip()}
        if self._is_own_heading(stated):
            self._closed = self._of_another_period()
            self._notes = []
            if not self._closed:
                return LineKind.HEADING, ""
            self.foreign_row = self.foreign_row or row
            self.foreign_heading = self.foreign_heading or "、".join(line[:6])
            return LineKind.FOREIGN, ""
        if self._closed:
            self.foreign_rows += 1
            return LineKind.FOREIGN, ""
        for text in line[:4]:
            if mark := is_total(text, self._form.total_marks):
                return LineKind.TOTAL, mark
        if not stated:
            self._notes += line
            return LineKind.NOTE, ""
        if _is_numbering(line):
            return LineKind.HEADING, ""
        if self._is_foreign(cells):
            self._closed, self.foreign_row = True, self.foreign_row or row
            self.foreign_heading = self.foreign_heading or "、".join(line[:6])
            return LineKind.FOREIGN, ""
        filled = [column.key for column in self._form.columns if column.filled]
        amounts = any(number_in(stated[key]) is not None for key in self._numbers if key in stated)
        few = set(line)
        stands_alone = len(few) == 1 or (len(few) <= 3 and (is_note(line[0]) or max(map(len, few)) > _SENTENCE_FROM))
        if not amounts and stands_alone and sum(key in stated for key in filled) < max(2, len(filled)):
            self._notes += line
            return LineKind.NOTE, ""
        self._notes = []
        return LineKind.DATA, ""

    def _is_own_heading(self, stated: Mapping[str, str]) -> bool:
        """The header repeated on the next page, word for word or nearly."""
        same = sum(squeeze(value) == squeeze(self._matches[key].header) for key, value in stated.items())
        if same >= max(2, len(stated) // 2):
            return True
        if len(stated) < 2 or any(number_in(stated[key]) is not None for key in self._numbers if key in stated):
            return False
        near = sum(self._likeness(key, value) >= _OWN_HEADING_FROM for key, value in stated.items())
        return near >= 2 and near * 2 >= len(stated)

    def _likeness(self, key: str, value: str) -> float:
        if len(value) > 40:
            return 0.0
        column = self._form.column(key)
        last = self._matches[key].header.split("/")[-1]
        return 1.0 if squeeze(value) == squeeze(last) else heading_score(column.words, (), (value,))[0]

    def _is_foreign(self, cells: Mapping[str, str | None]) -> bool:
        """The heading of another table: words where numbers belong, and words that head columns."""
        stated = {key: value for key, value in cells.items() if value and value.strip()}
        numbers = [stated[key] for key in self._numbers if key in stated and squeeze(stated[key]) not in DASHES]
        if len(stated) < 2 or not numbers or any(character.isdigit() for text in numbers for character in text):
            return False
        if self._is_own_heading(stated):
            return False
        headings = sum(_heads_a_column(value) for value in stated.values())
        return headings >= 2 and headings * 2 >= len(stated)


def _heads_a_column(text: str) -> bool:
    return len(text) <= 30 and (plain(text) in _HEADING_WORDS or bool(measured_in(text)))


def _is_numbering(line: Sequence[str]) -> bool:
    """Whether a line numbers the columns: 1, 2, 3 …"""
    if len(line) <= 2 or not all(is_row_number(value) for value in line):
        return False
    return [int(value) for value in line] == list(range(int(line[0]), int(line[0]) + len(line)))
