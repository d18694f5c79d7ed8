"""What stands around a table: labels with values above and below it, lists beside it, words that contradict it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from xieshou.intake.forms import Column, Form
from xieshou.intake.reading import SheetHead
from xieshou.intake.rules import clean, column_letter, squeeze
from xieshou.intake.tables import Match, OtherTable

Stated = np.ndarray[Any, Any]
# A list beside a table is told from so many rows on; less is a remark.
_LIST_FROM = 3
_BLANKS = "".join(map(chr, (*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xA0, 0x3000, 0xAD))) + " \t\r\n"
_STAMP = r"(?:\((?:盖章|公章|签章|签名|签字|章|全称|填写全称)\))?"
_NEXT_LABEL = re.compile(r"\s{2,}|\s(?=\S{2,10}:)")
_UNFILLED = re.compile(r"[\s年月日季度号份()_:.…\-/]*")
_OPPOSITES = (
    ("接收", "发放"),
    ("接受", "发放"),
    ("收到", "拨付"),
    ("募集", "使用"),
    ("收入", "支出"),
    ("捐入", "捐出"),
)
_TITLE_AT_MOST = 60  # a longer text is a sentence, which may speak of both


def labelled(form: Form, sheet: SheetHead, top: int, bottom: int, span: tuple[int, int]) -> dict[str, Match]:
    """The values behind labels in the lines above the header and below the table (`Column.above`).

    Args:
        top, bottom: 0-based rows of the first header line and of the first row below the table's header.
        span: first and last column of the table; what lies beside it belongs to something else.
    """
    columns = [column for column in form.columns if column.above]
    if not columns:
        return {}
    found: dict[str, Match] = {}
    below = range(bottom, len(sheet.head))
    for number in [*range(top), *below]:
        row = sheet.head[number][span[0] : span[1] + 1]
        for column in columns:
            if column.key not in found and (match := _in_row(column, columns, row, number, span[0])):
                found[column.key] = match
    return found


def _in_row(column: Column, columns: Sequence[Column], row: list[str], number: int, left: int) -> Match | None:
    for position, cell in enumerate(row):
        for label in column.above:
            value = _behind(cell, label)
            if value is None:
                continue
            index = position
            if not value:
                index, value = next(
                    ((other, clean(text)) for other, text in enumerate(row) if other > position and clean(text)),
                    (position, ""),
                )
                if any(_behind(value, other) is not None for each in columns for other in each.above):
                    value = ""
            if value and not _UNFILLED.fullmatch(value):
                return Match(left + index, label, 1.0, label, row=number + 1, text=value)
    return None


def _behind(cell: str, label: str) -> str | None:
    """What stands behind a label in a cell, empty when nothing does; None when the cell has no such label."""
    if not cell or len(cell) > 400:
        return None
    # Runs of spaces part one label from the next, so they are kept until the value is cut out.
    text = unicodedata.normalize("NFKC", cell.replace("\u200b", "").replace("\ufeff", ""))
    loose = r"\s*".join(map(re.escape, unicodedata.normalize("NFKC", label)))
    match = re.search(rf"(?:^\s*|\s){loose}\s*{_STAMP}\s*(?::|$|\s)", text) or re.search(
        rf"^\s*{loose}\s*\((?:盖章|公章|签章|签名|签字)\)", text
    )
    match = match or re.search(rf"{loose}\s*{_STAMP}\s*:", text)
    if match is None:
        return None
    rest = text[match.end() :].lstrip(" :\t\u3000")
    value = _NEXT_LABEL.split(rest, maxsplit=1)[0] if rest else ""
    return clean(value)


def stated_cells(rows: Sequence[Sequence[str]]) -> Stated:
    """Row and column → whether the cell says anything; invisible characters do not. All rows of one width."""
    return np.array([[bool(cell and cell.strip(_BLANKS)) for cell in row] for row in rows], dtype=bool, ndmin=2)


def lists_beside(sheet: SheetHead, stated: Stated, span: tuple[int, int], top: int) -> Iterator[OtherTable]:
    """Blocks of cells to the left or right of the table, parted from it by a blank column.

    Args:
        stated: of the sheet's head, merged cells filled. top: 0-based row of the first header line; what stands above
            is a title, wherever it stands.
    """
    for first, last in _blocks_beside(stated, span, top):
        rows = np.flatnonzero(stated[:, first : last + 1].any(axis=1))
        area = f"{column_letter(first)}{rows[0] + 1}:{column_letter(last)}{rows[-1] + 1}"
        yield OtherTable(sheet.name, area, rows=len(rows))


def reach_of(stated: Stated, span: tuple[int, int], top: int) -> tuple[int, int]:
    """The columns whose cells above and below the table belong to it: as far as the next list on either side."""
    beside = list(_blocks_beside(stated, span, top))
    low = max((last + 1 for _first, last in beside if last < span[0]), default=0)
    high = min((first - 1 for first, _last in beside if first > span[1]), default=stated.shape[1] - 1)
    return low, high


def _blocks_beside(stated: Stated, span: tuple[int, int], top: int) -> Iterator[tuple[int, int]]:
    for first, last in _runs(stated[top:].sum(axis=0) >= _LIST_FROM):
        if first > span[1] or last < span[0]:
            yield first, last


def blocks_of(stated: Stated) -> list[tuple[int, int]]:
    """The blocks of columns of a sheet that blank columns part, each at least two columns wide and three rows high.

    A line that stands alone, such as a title over everything, does not join two blocks.
    """
    lines = stated[stated.sum(axis=1) > 1]
    return [(first, last) for first, last in _runs(lines.sum(axis=0) >= _LIST_FROM) if last > first]


def block_of(stated: Stated, columns: Sequence[int], top: int) -> tuple[int, int]:
    """The table's first and last column: those of its matched columns, and all that adjoin them without a gap.

    A column counts as there when its heading says something, or rows below the header fill it.
    """
    width = stated.shape[1]
    if not columns or not width:
        return 0, max(width - 1, 0)
    there = list(map(bool, np.any(stated[top:], axis=0)))
    low, high = min(columns), max(columns)
    while low > 0 and there[low - 1]:
        low -= 1
    while high + 1 < width and there[high + 1]:
        high += 1
    return low, high


def _runs(there: Iterable[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for position, one in enumerate([*there, False]):
        if one and start is None:
            start = position
        elif not one and start is not None:
            yield start, position - 1
            start = None


def contradictions(
    form: Form, sheet: SheetHead, titles: Sequence[str], file: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Findings about the whole table: titles, sheet name and file name that speak of opposite things (接收, 发放)."""
    short = [text for text in titles if len(squeeze(text)) <= _TITLE_AT_MOST]
    sources = [("file", squeeze(file)), ("sheet", squeeze(sheet.name)), *(("title", squeeze(text)) for text in short)]
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            here = next((text for _kind, text in sources if one in text and other not in text), "")
            there = next((text for _kind, text in sources if other in text and one not in text), "")
            if here and there and sources.index(_source(sources, here)) < sources.index(_source(sources, there)):
                yield "contradictory_titles", there, {"one": one, "other": other, "text": here}
    for word in form.other_words:
        if where := next((text for _kind, text in sources[1:] if squeeze(word) in text), ""):
            yield "another_kind", where, {"word": word, "form": form.label}


def _source(sources: Sequence[tuple[str, str]], text: str) -> tuple[str, str]:
    return next(source for source in sources if source[1] == text)


def is_other_kind(form: Form, sheet: SheetHead, titles: Sequence[str]) -> bool:
    """Whether a short title or the sheet's name has a word of another table that looks alike (`Form.other_words`)."""
    texts = [squeeze(sheet.name), *(squeeze(text) for text in titles if len(squeeze(text)) <= _TITLE_AT_MOST)]
    return any(squeeze(word) in text for word in form.other_words for text in texts)
