"""Reading a sheet as one record of items (调查表): rows of 代码 · 填表项目 · 单位 · 数量."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _

from xieshou.intake.forms import Column, Form
from xieshou.intake.headings import COLUMN_FROM, currency_line_in, heading_score, plain, unit_line_in, unit_of
from xieshou.intake.row_tables import HEADER_WITHIN, SheetGrid, score_of, titled_with, titles_in
from xieshou.intake.rules import column_letter, squeeze
from xieshou.intake.surroundings import block_of, labelled, reach_of
from xieshou.intake.tables import Choices, Match, Recognition

_CODE_WORDS = ("代码", "编号", "序号", "项目编号", "指标代码", "代号", "编码", "行次", "栏次")
_ITEM_WORDS = ("填表项目", "项目", "指标", "指标名称", "项目名称", "内容", "调查项目", "调查内容", "填报项目", "名称")
_UNIT_WORDS = ("单位", "计量单位", "数量单位")
_VALUE_WORDS = (
    "数量",
    "数值",
    "数据",
    "数额",
    "填报数",
    "填报数据",
    "实际数",
    "本年数",
    "本期数",
    "结果",
    "填写",
    "答案",
    "数",
)
# An item's wording must be at least this near to the form's where its code is the form's, else the code is another's.
_NOT_CONTRADICTING = 0.35
_SAME_CODE = 0.97
# How deep an item stands, by the mark in front of it.
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+(?:、|$)"),
    re.compile(r"^\([一二三四五六七八九十]+\)"),
    re.compile(r"^\d{1,2}[.、](?!\d)"),
    re.compile(r"^\(\d{1,2}\)"),
    re.compile(r"^其中"),
)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the columns of items stand, 0-based; -1 for one that is not there."""

    row: int
    code: int
    item: int
    unit: int
    value: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """A row of the sheet: its code, its wording from the outermost section down, its unit."""

    row: int
    code: str
    path: tuple[str, ...]
    unit: str


def readings(grid: SheetGrid, form: Form, choices: Choices) -> Iterator[Recognition]:
    """The sheet read as one record, where it has a header of items."""
    for head in _heads(grid):
        if reading := _reading(grid, form, choices, head):
            yield reading
            return


def _heads(grid: SheetGrid) -> Iterator[_Head]:
    for number, row in enumerate(grid.grid[:HEADER_WITHIN]):
        words = [plain(cell) for cell in row]
        item = _first(words, _ITEM_WORDS)
        value = _first(words, _VALUE_WORDS, after=item)
        if item < 0 or value < 0:
            continue
        code = _first(words, _CODE_WORDS)
        unit = _first(words, _UNIT_WORDS, after=item)
        if code >= item:
            code = -1
        adjoining = len(list(takewhile(bool, words[value + 1 :])))
        others = range(value + 1, value + 1 + adjoining)
        yield _Head(number, code, item, unit if item < unit < value else -1, value, tuple(others))


def _first(words: Sequence[str], wanted: Sequence[str], after: int = -1) -> int:
    return next((index for index, word in enumerate(words) if index > after and word in wanted), -1)


def _reading(grid: SheetGrid, form: Form, choices: Choices, head: _Head) -> Recognition | None:
    sheet = grid.sheet
    columns = [index for index in (head.code, head.item, head.unit, head.value) if index >= 0]
    span = min(columns), max(columns)
    items = list(_items(grid, head))
    if not items:
        return None
    matches = _assign(form, items, head, choices)
    if not matches:
        return None
    block = block_of(grid.stated, columns, head.row)
    reach = reach_of(grid.stated, block, head.row)
    around = labelled(form, sheet, head.row, head.row + 1, reach)
    matches |= {key: match for key, match in around.items() if key not in matches and key not in choices.columns}
    title_rows, titles = titles_in(sheet, head.row, reach)
    unit_line, currency = unit_line_in(titles), currency_line_in(titles)
    units = {item.row: item.unit for item in items}
    for key, match in matches.items():
        unit = unit_of(form.column(key), [match.header, f"({units.get(match.row, '')})"], unit_line, currency)
        matches[key] = replace(match, unit=unit.name, factor=str(unit.factor), currency=unit.currency)
    missing = tuple(column.key for column in form.columns if column.required and column.key not in matches)
    titled = titled_with(form, sheet, titles)
    known = {match.row for match in matches.values()}
    coded = [item for item in items if item.code] or items
    score = score_of(form, matches, (), bool(titled))
    share = sum(item.row in known for item in coded) / len(coded)
    reading = Recognition(
        form=form,
        sheet=sheet,
        first_header_row=head.row + 1,
        header_row=head.row + 1,
        headers=tuple(grid.grid[head.row]),
        matches=matches,
        missing=missing,
        score=min(1.0, 0.75 * score + 0.25 * share),
        reason=_("表样 %(all)d 项中认出 %(found)d 项") % {"all": len(form.columns), "found": len(matches)},
        titles=titles,
        title_rows=title_rows,
        unit_line=unit_line,
        span=span,
        last_row=items[-1].row,
        titled=bool(titled),
        filled=any(grid.sheet.head[item.row - 1][head.value : head.value + 1] not in ([], [""]) for item in items),
    )
    return replace(reading, warnings=tuple(_left_over(form, items, known, head, grid)))


def _items(grid: SheetGrid, head: _Head) -> Iterator[_Item]:
    """The rows below the header, each with the sections and items it stands under."""
    above: list[tuple[int, str]] = []
    wordings = range(head.item, head.unit if head.unit >= 0 else head.value)
    for number in range(head.row + 1, len(grid.grid)):
        row = grid.grid[number]
        code = squeeze(row[head.code]) if head.code >= 0 else ""
        texts = list(dict.fromkeys(row[index] for index in wordings if row[index].strip()))
        if not texts:
            continue
        if above and not row[head.item].strip():
            # A sub-item in a column of its own, below the merged wording of its item.
            yield _Item(number + 1, code, (*(text for _depth, text in above), *texts), _unit_at(row, head))
            continue
        if len(texts[0]) > 200 or code == squeeze(texts[0]) or (not code and _is_foot(texts[0], row, head)):
            continue
        if _level(code) == 0 and not any(character.isdigit() for character in code):
            above, code = [(0, texts[0])], ""  # 一 | 村组织情况
            continue
        level = _level(texts[0])
        if level is None:
            level = above[-1][0] + 1 if above and above[-1][0] == 0 else above[-1][0] if above else 1
        above = [(depth, text) for depth, text in above if depth < level]
        path = (*(text for _depth, text in above), *texts)
        above.append((level, texts[0]))
        if code or any(row[index].strip() for index in (head.unit, head.value) if index >= 0):
            yield _Item(number + 1, code.removesuffix(".0"), path, _unit_at(row, head))
        elif len(texts) > 1:
            yield _Item(number + 1, "", path, "")


def _unit_at(row: Sequence[str], head: _Head) -> str:
    return row[head.unit] if head.unit >= 0 else ""


def _is_foot(text: str, row: Sequence[str], head: _Head) -> bool:
    """Whether a row is a note or signature below the table: one text over all its columns."""
    return len({cell for cell in row[head.item : head.value + 1] if cell.strip()}) == 1 and row[head.value] == text


def _level(text: str) -> int | None:
    squeezed = squeeze(text)
    return next((level for level, mark in enumerate(_LEVELS) if mark.match(squeezed)), None)


def _assign(form: Form, items: Sequence[_Item], head: _Head, choices: Choices) -> dict[str, Match]:
    """Each column of the form to at most one item: the code first, then the wording."""
    codes = [item.code for item in items if item.code]
    scores: list[tuple[float, int, str, _Item, str]] = []
    closed = set()
    matches: dict[str, Match] = {}
    by_row = {item.row: item for item in items}
    for key, row in choices.columns.items():
        # In a form of items the choice is a row of the sheet, from 0 like the columns of others.
        closed.add(key)
        if row is not None and row + 1 in by_row:
            matches[key] = _match(by_row[row + 1], head, 1.0, _("手工指定"), by_hand=True)
    for column in form.columns:
        if column.key in closed or (column.above and not column.code and not column.synonyms):
            continue
        for item in items:
            score, reason = _score(column, item, codes)
            if score >= COLUMN_FROM:
                scores.append((score, item.row, column.key, item, reason))
    scores.sort(key=lambda each: (-each[0], each[1]))
    taken = {match.row for match in matches.values()}
    for score, row, key, item, reason in scores:
        if key not in matches and row not in taken:
            matches[key] = _match(item, head, min(score, 1.0), reason)
            taken.add(row)
    return {
        key: replace(match, rivals=tuple(_rivals(key, match, scores, head, taken))) for key, match in matches.items()
    }


def _rivals(
    key: str, match: Match, scores: Sequence[tuple[float, int, str, _Item, str]], head: _Head, taken: set[int]
) -> Iterator[str]:
    """Items that no other column takes and that fit about as well."""
    for score, row, other, item, _reason in scores:
        if other == key and row not in taken and score >= match.score - 0.02 and not match.by_hand:
            yield f"{column_letter(head.item)}{row} {item.path[-1][:40]}"


def _match(
    item: _Item, head: _Head, score: float, reason: str, rivals: tuple[str, ...] = (), *, by_hand: bool = False
) -> Match:
    header = " ".join(part for part in (item.code, "/".join(text.strip() for text in item.path[-2:])) if part)
    return Match(head.value, header[:200], score, reason, rivals, by_hand=by_hand, row=item.row)


def _score(column: Column, item: _Item, codes: Sequence[str]) -> tuple[float, str]:
    moved = bool(column.code and item.code and squeeze(column.code) != item.code)
    if moved and plain(item.path[-1]) not in {plain(word) for word in column.words}:
        return 0.0, ""
    likeness, word = heading_score(column.words, column.under, item.path)
    near, _word = heading_score(column.words, (), item.path[-1:])
    likeness = max(likeness, near if not column.under else 0.0)
    if column.code and item.code:
        if moved:
            # The number moved: the wording alone must say it, and says it with a doubt.
            return (likeness - 0.2 if likeness >= 0.95 else 0.0), _("与“%(word)s”相符，但代码不同") % {"word": word}
        if likeness >= _NOT_CONTRADICTING or near >= _NOT_CONTRADICTING:
            shared = codes.count(item.code) > 1
            score = likeness if shared else max(_SAME_CODE, likeness)
            return score, _("代码 %(code)s 相符") % {"code": item.code}
        return 0.0, ""
    return likeness, _("与“%(word)s”相符") % {"word": word}


def _left_over(
    form: Form, items: Sequence[_Item], known: set[int], head: _Head, grid: SheetGrid
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the form has no column for: items of the sheet, and further columns of numbers."""
    unknown = [
        item
        for item in items
        if item.row not in known and item.code and any(character.isdigit() for character in item.code)
    ]
    if unknown:
        names = "、".join(f"{item.code} {item.path[-1].strip()}"[:40] for item in unknown[:5])
        yield "items_unknown", names, {"count": len(unknown)}
    for index in head.others:
        if any(grid.sheet.head[item.row - 1][index : index + 1] not in ([], [""]) for item in items):
            yield "column_not_read", f"{column_letter(index)} {grid.grid[head.row][index]}", {}
