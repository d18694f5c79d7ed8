"""Finding the form, the sheet, the header and the columns of a workbook, and saying why.

Nothing is taken on the strength of the file's name. Every pair of sheet and form is tried with headers of one to three
lines; the best pair wins, with the words that matched as its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from xieshou.intake.errors import Classified, EmptyWorkbook, FormNotRecognised
from xieshou.intake.forms import Column, ColumnType, Form, PlaceLevel
from xieshou.intake.reading import SheetHead
from xieshou.intake.rules import MONEY_UNITS, classified_mark, column_letter, number_in, parse_date, squeeze

HEADER_LINES = 3
HEADER_WITHIN = 40
SAMPLE_ROWS = 25
# Below this a sheet is not the form: less than half of what the form needs was found.
RECOGNISED_FROM = 0.5
# A form that explains less of the sheet's columns than this is another form with some columns in common.
EXPLAINED_FROM = 0.3
READINGS_TRIED = 4
# A second sheet that fits the same form so well holds data too, and is named.
OTHERS_FROM = 0.8
COLUMN_FROM = 0.6
DOUBTFUL_BELOW = 0.85
_RIVAL_WITHIN = 0.06
_BRACKETS = re.compile(r"[(\[【<《].*?[)\]】>》]")
_UNIT = re.compile(r"(?<![美欧日港澳英])(百万元|万元|千元|百元|亿元|元)(?=$|[)\]】/,;:])")
_UNIT_LINE = re.compile(r"单位[:：]?\s*(百万元|万元|千元|百元|亿元|元)")
_PUNCTUATION = re.compile(r"[\s:：*＊、,，.。;；·'\"“”‘’/\\|\-—_]+")
_PLACE_ENDINGS = {
    PlaceLevel.VILLAGE: re.compile(r".+(村|社区|居委会|村委会|嘎查)$"),
    PlaceLevel.TOWNSHIP: re.compile(r".+(镇|乡|街道|街|苏木)$"),
    PlaceLevel.COUNTY: re.compile(r".+(县|市|区|旗)$"),
    PlaceLevel.PROVINCE: re.compile(r".+(省|自治区|市)$"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A form's column found in a sheet. unit: of money, what its numbers are in."""

    index: int
    header: str
    score: float
    reason: str
    rivals: tuple[str, ...] = ()
    unit: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which form a sheet is, and where everything stands. Rows are counted from 1."""

    form: Form
    sheet: SheetHead
    first_header_row: int
    header_row: int
    headers: tuple[str, ...]
    matches: Mapping[str, Match]
    missing: tuple[str, ...]
    score: float
    reason: str
    titles: tuple[str, ...] = ()
    unit_line: str = ""
    others: tuple[str, ...] = ()

    @property
    def explained(self) -> float:
        """Which share of the sheet's headed columns the form takes in."""
        return len(self.matches) / (sum(bool(header) for header in self.headers) or 1)

    @property
    def rank(self) -> tuple[bool, float, int, int]:
        """Sorts the better recognition last."""
        return (not self.missing, round(self.score, 4), -self.first_header_row, self.first_header_row - self.header_row)


@dataclass(frozen=True, slots=True)
class Choices:
    """What people have decided: the form, the sheet, columns set by hand, and header texts remembered from before.

    remembered: (form key, squeezed header) → column key, empty for "not this form's".
    """

    form_key: str = ""
    sheet: str | None = None
    columns: Mapping[str, int | None] = field(default_factory=dict)
    remembered: Mapping[tuple[str, str], str] = field(default_factory=dict)


def refuse_classified(heads: Sequence[SheetHead]) -> None:
    """Raises: Classified, when a cell of a sheet's first rows is a mark of secrecy."""
    for sheet in heads:
        for number, row in enumerate(sheet.head, start=1):
            for index, text in enumerate(row):
                if text and len(text) < 40 and (mark := classified_mark(text)):
                    raise Classified(
                        _(
                            "工作表“%(sheet)s”的 %(cell)s 标有“%(mark)s”：本系统不处理涉密信息，文件未保存；"
                            "请改走涉密渠道。"
                        )
                        % {"sheet": sheet.name, "cell": f"{column_letter(index)}{number}", "mark": mark}
                    )


def recognise(heads: Sequence[SheetHead], forms: Sequence[Form], choices: Choices) -> Recognition:
    """The form and sheet that fit best; columns may be missing, which `missing` names.

    Raises: EmptyWorkbook; FormNotRecognised, naming the nearest form and what it lacks.
    """
    candidates = [sheet for sheet in heads if choices.sheet is None or sheet.name == choices.sheet]
    candidates = [sheet for sheet in candidates if any(any(row) for row in sheet.head)]
    # A hidden sheet holds lists for the others; it is read only when chosen, or when nothing else is there.
    candidates = [sheet for sheet in candidates if not sheet.hidden or choices.sheet] or candidates
    if not candidates:
        raise EmptyWorkbook(_("工作簿里没有可读的内容；请确认导入的是填好的表。"))
    found = [
        recognition
        for sheet in candidates
        for form in forms
        if not choices.form_key or form.key == choices.form_key
        for recognition in _readings(sheet, form, choices)
    ]
    best = max(found, key=lambda each: each.rank, default=None)
    chosen = bool(choices.form_key or choices.columns)
    if best is None or (not chosen and (best.score < RECOGNISED_FROM or best.explained < EXPLAINED_FROM)):
        raise FormNotRecognised(_nothing_fits(candidates, best))
    alike = [one for one in found if one.form.key == best.form.key and not one.missing and one.score >= OTHERS_FROM]
    others = dict.fromkeys(one.sheet.name for one in alike if one.sheet.index != best.sheet.index)
    return replace(best, others=tuple(others))


def _nothing_fits(sheets: Sequence[SheetHead], best: Recognition | None) -> str:
    names = "、".join(sheet.name for sheet in sheets if sheet.name) or _("（文本文件）")
    if best is None or not best.matches:
        return _(
            "在工作表 %(sheets)s 里没有找到已知表样的表头；请确认文件，或用空白表重新填写，或在导入页指定表样。"
        ) % {"sheets": names}
    if not best.missing:
        return _(
            "没有认出这张表：工作表“%(sheet)s”第 %(row)d 行有 %(all)d 列，其中只有 %(found)d 列与“%(form)s”相符；"
            "请确认文件，或在导入页指定表样。"
        ) % {
            "sheet": best.sheet.name,
            "row": best.header_row,
            "all": sum(bool(header) for header in best.headers),
            "found": len(best.matches),
            "form": best.form.label,
        }
    return _(
        "没有认出这张表：工作表“%(sheet)s”第 %(row)d 行最接近“%(form)s”，但缺少 %(missing)s；"
        "请确认文件，或在导入页指定表样和列。"
    ) % {
        "sheet": best.sheet.name,
        "row": best.header_row,
        "form": best.form.label,
        "missing": "、".join(best.form.column(key).label for key in best.missing),
    }


def _readings(sheet: SheetHead, form: Form, choices: Choices) -> Iterator[Recognition]:
    """Read the sheet with the few headers that share the most words with the form."""
    grid = _filled(sheet)
    words = {_plain(word) for column in form.columns for word in column.words}
    words |= {_plain(header) for (key, header), answer in choices.remembered.items() if key == form.key and answer}
    tries = []
    for top in range(min(len(grid), HEADER_WITHIN)):
        if sum(bool(cell) for cell in sheet.head[top]) < 2:
            continue
        for lines in range(1, min(HEADER_LINES, len(grid) - top) + 1):
            paths = _paths(grid[top : top + lines], sheet)
            shared = {_plain(path[-1]) for path in paths if path} & words
            shared |= {_plain("".join(path)) for path in paths if path} & words
            likely = sum(_looks_like_heading(path[-1]) for path in paths if path)
            tries.append((len(shared), likely if top < 3 else 0, -top, -lines, paths))
    tries.sort(key=lambda each: each[:4], reverse=True)
    for _shared, _likely, minus_top, minus_lines, paths in tries[:READINGS_TRIED]:
        if reading := _reading(sheet, form, choices, paths, -minus_top, -minus_lines):
            yield reading


@lru_cache(maxsize=4_096)
def _looks_like_heading(text: str) -> bool:
    return len(text) < 40 and number_in(text) is None


def _reading(
    sheet: SheetHead, form: Form, choices: Choices, paths: list[list[str]], top: int, lines: int
) -> Recognition | None:
    sample = sheet.head[top + lines : top + lines + SAMPLE_ROWS]
    titles = tuple(cell for row in sheet.head[:top] for cell in row if cell)
    unit_line = next((match[1] for title in titles if (match := _UNIT_LINE.search(squeeze(title)))), "")
    matches = _assign(form, paths, sample, choices)
    if not matches:
        return None
    matches = {
        key: replace(match, unit=_unit(form.column(key), paths[match.index], unit_line))
        for key, match in matches.items()
    }
    missing = tuple(column.key for column in form.columns if column.required and column.key not in matches)
    titled = [word for word in form.title_words if any(squeeze(word) in squeeze(title) for title in titles)]
    return Recognition(
        form=form,
        sheet=sheet,
        first_header_row=top + 1,
        header_row=top + lines,
        headers=tuple("/".join(path) for path in paths),
        matches=matches,
        missing=missing,
        score=_score(form, matches, paths, bool(titled)),
        reason=_reason(form, matches, titled),
        titles=titles,
        unit_line=unit_line,
    )


def _score(form: Form, matches: Mapping[str, Match], paths: list[list[str]], titled: bool) -> float:
    """How much of the form was found, and how much of the sheet it explains."""
    wanted = found = 0.0
    for column in form.columns:
        score = matches[column.key].score if column.key in matches else 0.0
        weight = 2.0 if column.required else 1.0 if score else 0.15
        wanted += weight
        found += weight * score
    headed = sum(bool(path) for path in paths) or 1
    explained = min(1.0, len(matches) / headed)
    return min(1.0, 0.75 * found / wanted + 0.25 * explained + (0.05 if titled else 0.0))


def _reason(form: Form, matches: Mapping[str, Match], titled: list[str]) -> str:
    words = {"found": len(matches), "all": len(form.columns)}
    if titled:
        return _("标题含“%(title)s”，表样 %(all)d 列中认出 %(found)d 列") % (words | {"title": titled[0]})
    return _("表样 %(all)d 列中认出 %(found)d 列") % words


def _filled(sheet: SheetHead) -> list[list[str]]:
    """The head with every merged cell's text in all its cells, all rows of one width."""
    grid = [row + [""] * (sheet.width - len(row)) for row in sheet.head]
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row >= len(grid) or first_column >= sheet.width:
            continue
        text = grid[first_row][first_column]
        for row in range(first_row, min(last_row + 1, len(grid))):
            for column in range(first_column, min(last_column + 1, sheet.width)):
                grid[row][column] = text
    return grid


def _paths(rows: list[list[str]], sheet: SheetHead) -> list[list[str]]:
    """Per column the header's texts from the top line down, each once."""
    rows = [list(row) for row in rows]
    if not sheet.merged:
        # Without merging known (text files), a blank beside a heading belongs to it where the line below is headed.
        for upper, lower in pairwise(rows):
            for column in range(1, len(upper)):
                if not upper[column] and lower[column]:
                    upper[column] = upper[column - 1]
    paths: list[list[str]] = []
    for column in range(sheet.width):
        path: list[str] = []
        for row in rows:
            if row[column] and row[column] not in path:
                path.append(row[column])
        paths.append(path)
    return paths


@lru_cache(maxsize=8_192)
def _plain(text: str) -> str:
    """A heading without brackets, units and punctuation."""
    squeezed = squeeze(text)
    without = _PUNCTUATION.sub("", _BRACKETS.sub("", squeezed))
    return without or _PUNCTUATION.sub("", squeezed)


@lru_cache(maxsize=32_768)
def _heading_score(words: tuple[str, ...], path: tuple[str, ...]) -> tuple[float, str]:
    """How well a heading says a column, and the word of the form that matched."""
    whole = [squeeze(path[-1]), squeeze("".join(path))]
    plain = [_plain(path[-1]), _plain("".join(path))]
    best, best_word = 0.0, ""
    for word in words:
        squeezed, bare = squeeze(word), _plain(word)
        if squeezed in whole:
            return 1.0, word
        score = 0.0
        if bare in plain:
            score = 0.98
        elif len(bare) >= 2 and any(bare in text for text in plain):
            longest = min(len(text) for text in plain if bare in text)
            score = 0.62 + 0.3 * len(bare) / longest
        elif len(plain[0]) >= 2 and plain[0] in bare:
            score = 0.6 + 0.3 * len(plain[0]) / len(bare)
        else:
            likeness = fuzz.ratio(bare, plain[0]) / 100
            score = 0.8 * likeness if likeness >= 0.75 else 0.0
        if score > best:
            best, best_word = score, word
    return best, best_word


def _assign(form: Form, paths: list[list[str]], sample: list[list[str]], choices: Choices) -> dict[str, Match]:
    """Each form column to at most one column of the sheet: by hand first, then as remembered, then the best scores."""
    matches: dict[str, Match] = {}
    for key, index in choices.columns.items():
        if index is not None and key in form.keys and index < len(paths):
            matches[key] = Match(index, "/".join(paths[index]), 1.0, _("手工指定"), by_hand=True)
    closed = {key for key in choices.columns if key in form.keys}
    taken = {match.index for match in matches.values()}
    scores: list[tuple[float, int, str, str]] = []
    for index, path in enumerate(paths):
        if index in taken or not path:
            continue
        remembered = choices.remembered.get((form.key, squeeze("".join(path))))
        for column in form.columns:
            if remembered is not None:
                if remembered == column.key and column.key not in closed:
                    scores.append((1.5, index, column.key, _("按以前的选择")))
                continue
            score, word = _heading_score(column.words, tuple(path))
            if score >= COLUMN_FROM and column.key not in closed:
                score -= _misfit(column, [row[index] for row in sample if index < len(row) and row[index]])
                scores.append((score, index, column.key, _("与“%(word)s”相符") % {"word": word}))
    scores.sort(key=lambda each: (-each[0], each[1]))
    for score, index, key, reason in scores:
        if key in matches or index in taken or score < COLUMN_FROM:
            continue
        rivals = tuple(
            f"{column_letter(other)} {'/'.join(paths[other])}"
            for rival, other, rival_key, _reason in scores
            if rival_key == key and other != index and other not in taken and rival >= score - _RIVAL_WITHIN
        )
        matches[key] = Match(index, "/".join(paths[index]), min(score, 1.0), reason, rivals)
        taken.add(index)
    return matches | _by_content(form, paths, sample, closed | set(matches), taken)


def _misfit(column: Column, cells: list[str]) -> float:
    """What a column's sample takes off its heading's score: text under a heading of numbers, and so on."""
    if len(cells) < 3:
        return 0.0
    if column.type in (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY):
        fits = sum(number_in(cell) is not None for cell in cells)
    elif column.type is ColumnType.DATE:
        fits = sum(parse_date(cell, column).value is not None for cell in cells)
    elif column.type in (ColumnType.PARTY, ColumnType.PLACE):
        fits = sum(number_in(cell) is None for cell in cells)
    elif column.type is ColumnType.CODE:
        words = {squeeze(word) for code, words in column.codes.items() for word in (code, *words)}
        fits = sum(squeeze(cell) in words for cell in cells)
        return 0.15 if fits < 0.3 * len(cells) else 0.0
    else:
        return 0.0
    return 0.35 if fits < 0.3 * len(cells) else 0.0


def _by_content(
    form: Form, paths: list[list[str]], sample: list[list[str]], closed: set[str], taken: set[int]
) -> dict[str, Match]:
    """Columns under a heading that says nothing (blank, `0`, `列3`), known by what stands in them."""
    found: dict[str, Match] = {}
    for index, path in enumerate(paths):
        if index in taken or (path and not re.fullmatch(r"\d+(\.0)?|列\d+|f\d+|-+", _plain("".join(path)))):
            continue
        cells = [row[index] for row in sample if index < len(row) and row[index]]
        if len(cells) < 3:
            continue
        for column in form.columns:
            ending = _PLACE_ENDINGS.get(column.level) if column.level else None
            if column.key in closed or column.key in found or ending is None or column.level is PlaceLevel.PROVINCE:
                continue
            if sum(bool(ending.match(squeeze(cell))) for cell in cells) >= 0.8 * len(cells):
                found[column.key] = Match(index, "/".join(path), 0.65, _("表头没有写明，按内容推断"))
                break
    return found


def _unit(column: Column, path: list[str], unit_line: str) -> str:
    """What the numbers of a money column are in: its heading, the line above the table, the form, in this order."""
    if column.type is not ColumnType.MONEY:
        return ""
    for text in reversed(path):
        if match := list(_UNIT.finditer(squeeze(text))):
            return match[-1][1]
    return unit_line or column.unit or "元"


def yuan_in(unit: str) -> int:
    return MONEY_UNITS[unit]
