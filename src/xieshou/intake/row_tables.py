"""Reading a sheet as a table of rows: its header, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _

from xieshou.intake.forms import Column, ColumnType, Form, PlaceLevel
from xieshou.intake.headings import (
    COLUMN_FROM,
    Unit,
    currency_line_in,
    heading_score,
    plain,
    squeezed,
    unit_line_in,
    unit_of,
)
from xieshou.intake.reading import SheetHead
from xieshou.intake.rules import column_letter, number_in, parse_date, squeeze, with_days_written_out
from xieshou.intake.surroundings import block_of, is_other_kind, labelled, reach_of, stated_cells
from xieshou.intake.tables import Choices, Match, Recognition

HEADER_LINES = 4
HEADER_WITHIN = 40
SAMPLE_ROWS = 25
READINGS_TRIED = 4
# A reading so good that other headers near it are not tried.
SETTLED_FROM = 0.97
_HEADED_AT_LEAST = 2
_NUMBER_LIKE = re.compile(r"[\d.,:/%+-]+[xX]?")
# 截止日期：, 填报单位：某局; but 其中： is a heading, and so is what says its unit in brackets.
_LABEL = re.compile(r"(?!其中)[^（(:：]{2,12}[:：].*", re.DOTALL)
_RIVAL_WITHIN = 0.06
_SWAP_WITHIN = 0.005
_TITLED, _OTHER_KIND = 0.05, 0.3
_PLACE_ENDINGS = {
    PlaceLevel.VILLAGE: re.compile(r".+(村|社区|居委会|村委会|嘎查)$"),
    PlaceLevel.TOWNSHIP: re.compile(r".+(镇|乡|街道|街|苏木)$"),
    PlaceLevel.COUNTY: re.compile(r".+(县|市|区|旗)$"),
    PlaceLevel.PROVINCE: re.compile(r".+(省|自治区|市)$"),
}


@dataclass(frozen=True, slots=True)
class _Header:
    """A place where a header may stand. words: the plain texts of its headings."""

    top: int
    lines: int
    paths: list[list[str]]
    words: frozenset[str]
    likely: int


class SheetGrid:
    """A sheet's head with merged cells filled, and the headers that may be in it: worked out once for all forms."""

    def __init__(self, sheet: SheetHead) -> None:
        self.sheet = sheet
        self.grid = filled(sheet)
        self.stated = stated_cells(self.grid)
        # Long texts above a table are sentences, and below the first lines stand rows.
        self.title_cells = [cell for row in sheet.head[:8] for cell in row if cell.strip() and len(cell) < 80]

    @cached_property
    def headers(self) -> list[_Header]:
        return list(self._headers())

    @cached_property
    def item_words(self) -> frozenset[str]:
        """Of a form of items the wording stands in the first columns, all the way down."""
        return frozenset(plain(cell) for row in self.grid for cell in row[:3] if 2 < len(cell) < 200)

    def _headers(self) -> Iterator[_Header]:
        worded = [_is_worded(row) for row in self.grid[: HEADER_WITHIN + HEADER_LINES]]
        for top in range(min(len(self.grid), HEADER_WITHIN)):
            if not worded[top] or sum(bool(cell.strip()) for cell in self.sheet.head[top]) < _HEADED_AT_LEAST:
                continue
            for lines in range(1, min(HEADER_LINES, len(self.grid) - top) + 1):
                if not worded[top + lines - 1] or self.stated[top + lines - 1].sum() < _HEADED_AT_LEAST:
                    break  # a row of numbers, a blank one and a title are no part of a header
                paths = header_paths(self.grid[top : top + lines], self.sheet)
                words = {plain(path[-1]) for path in paths if path}
                words |= {plain("".join(path)) for path in paths if len(path) > 1}
                likely = sum(_looks_like_heading(path[-1]) for path in paths if path)
                yield _Header(top, lines, paths, frozenset(words), likely if top < 3 else 0)


def _is_worded(row: Sequence[str]) -> bool:
    """Whether at least as many cells of a row are words as are plain numbers; a blank row may be part of a header.

    A line that opens with a label (`截止日期：`) and what belongs to it stands above the table.
    """
    stated = [cell for cell in row if cell.strip()]
    if stated and _LABEL.fullmatch(stated[0].strip()):
        return False
    return sum(_NUMBER_LIKE.fullmatch(cell) is not None for cell in stated) * 2 <= len(stated)


def readings(grid: SheetGrid, form: Form, choices: Choices) -> Iterator[Recognition]:
    """The sheet read with the few headers that share the most words with the form."""
    words = form_words(form) | {
        plain(header) for (key, header), answer in choices.remembered.items() if key == form.key and answer
    }
    tries = sorted(
        grid.headers,
        key=lambda each: (len(each.words & words), each.likely, -each.top, -each.lines),
        reverse=True,
    )
    if not choices.form_key and not choices.columns:
        enough = max((len(each.words & words) for each in tries[:1]), default=0) / 2
        tries = [each for each in tries if len(each.words & words) >= max(enough, 1)] or tries[:1]
    settled = range(0)  # the header lines of a reading that leaves nothing to wish for
    for header in tries[:READINGS_TRIED]:
        if header.top in settled:
            continue
        if reading := _reading(grid, form, choices, header):
            yield reading
            if not reading.missing and reading.score >= SETTLED_FROM:
                settled = range(reading.first_header_row - 1, reading.header_row)


def form_words(form: Form) -> frozenset[str]:
    """The plain words of a form's columns."""
    return _plain_words(tuple(column.words for column in form.columns))


@lru_cache(maxsize=256)
def _plain_words(words: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    return frozenset(plain(word) for some in words for word in some)


@lru_cache(maxsize=4_096)
def _looks_like_heading(text: str) -> bool:
    return len(text) < 40 and number_in(text) is None


def _reading(grid: SheetGrid, form: Form, choices: Choices, header: _Header) -> Recognition | None:
    sheet, top, paths = grid.sheet, header.top, header.paths
    bottom = top + header.lines
    sample = sheet.head[bottom : bottom + SAMPLE_ROWS]
    matches = _assign(form, paths, sample, choices)
    if not matches:
        return None
    span = block_of(grid.stated, [match.index for match in matches.values()], top)
    closed = set(matches) | set(choices.columns)
    matches |= _by_content(form, paths, sample, closed, {match.index for match in matches.values()}, span)
    reach = reach_of(grid.stated, span, top)
    around = labelled(form, sheet, top, bottom, reach)
    matches |= {key: match for key, match in around.items() if key not in matches and key not in choices.columns}
    title_rows, titles = titles_in(sheet, top, reach)
    unit_line, currency = unit_line_in(titles), currency_line_in(titles)
    matches = {
        key: _with_unit(
            match, unit_of(form.column(key), paths[match.index] if not match.row else [], unit_line, currency)
        )
        for key, match in matches.items()
    }
    missing = tuple(column.key for column in form.columns if column.required and column.key not in matches)
    titled = titled_with(form, sheet, titles)
    score = score_of(form, matches, [path for path in paths[span[0] : span[1] + 1] if path], bool(titled))
    if is_other_kind(form, sheet, titles):
        score = max(0.0, score - _OTHER_KIND)
    return Recognition(
        form=form,
        sheet=sheet,
        first_header_row=top + 1,
        header_row=bottom,
        headers=tuple("/".join(path) for path in paths),
        matches=matches,
        missing=missing,
        score=score,
        reason=_reason(form, matches, titled),
        titles=titles,
        title_rows=title_rows,
        unit_line=unit_line,
        span=span,
        titled=bool(titled),
        filled=bool(grid.stated[bottom:, span[0] : span[1] + 1].any()),
    )


def titles_in(sheet: SheetHead, top: int, reach: tuple[int, int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The rows, from 1, and the texts of the cells above the table."""
    cells = [
        (number, cell)
        for number, row in enumerate(sheet.head[:top], start=1)
        for cell in row[reach[0] : reach[1] + 1]
        if cell.strip()
    ]
    return tuple(row for row, _cell in cells), tuple(with_days_written_out([cell for _row, cell in cells]))


def _with_unit(match: Match, unit: Unit) -> Match:
    return replace(match, unit=unit.name, factor=str(unit.factor), currency=unit.currency)


def titled_with(form: Form, sheet: SheetHead, titles: Sequence[str]) -> str:
    """The word of the form that a title or the sheet's name has, empty for none."""
    texts = [squeezed(text) for text in (*titles, sheet.name)]
    return next((word for word in form.title_words if any(squeezed(word) in text for text in texts)), "")


def score_of(form: Form, matches: Mapping[str, Match], headed: Sequence[object], titled: bool) -> float:
    """How much of the form was found, required columns double, and how much of the sheet it explains."""
    wanted = found = 0.0
    for column in form.columns:
        score = matches[column.key].score if column.key in matches else 0.0
        weight = 2.0 if column.required else 1.0 if score else 0.15
        wanted += weight
        found += weight * score
    columns = sum(not match.row for match in matches.values())
    explained = min(1.0, columns / (len(headed) or 1))
    return min(1.0, 0.75 * found / wanted + 0.25 * explained + (_TITLED if titled else 0.0))


def _reason(form: Form, matches: Mapping[str, Match], titled: str) -> str:
    words = {"found": len(matches), "all": len(form.columns)}
    if titled:
        return _("标题含“%(title)s”，表样 %(all)d 列中认出 %(found)d 列") % (words | {"title": titled})
    return _("表样 %(all)d 列中认出 %(found)d 列") % words


def filled(sheet: SheetHead) -> list[list[str]]:
    """The head with every merged cell's text in all its cells, all rows of one width."""
    grid = as_wide(sheet)
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row >= len(grid) or first_column >= sheet.width:
            continue
        text = grid[first_row][first_column]
        for row in range(first_row, min(last_row + 1, len(grid))):
            for column in range(first_column, min(last_column + 1, sheet.width)):
                grid[row][column] = text
    return grid


def as_wide(sheet: SheetHead) -> list[list[str]]:
    """The head with all rows of one width."""
    return [row + [""] * (sheet.width - len(row)) for row in sheet.head]


def header_paths(rows: Sequence[Sequence[str]], sheet: SheetHead) -> list[list[str]]:
    """Per column the header's texts from the top line down, each once."""
    lines = [list(row) for row in rows]
    if not sheet.merged:
        # Without merging known (text files), a blank beside a heading belongs to it where the line below is headed.
        for upper, lower in pairwise(lines):
            for column in range(1, len(upper)):
                if not upper[column] and lower[column]:
                    upper[column] = upper[column - 1]
    paths: list[list[str]] = []
    for column in range(sheet.width):
        path: list[str] = []
        for row in lines:
            if row[column].strip() and row[column] not in path:
                path.append(row[column])
        paths.append(path)
    return paths


def _assign(form: Form, paths: list[list[str]], sample: list[list[str]], choices: Choices) -> dict[str, Match]:
    """Each form column to at most one column of the sheet: by hand first, then as remembered, then the best scores.

    Columns with the same heading (35岁以下, the merged headings above it lost) are taken in the order of the form.
    """
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
            score, word = heading_score(column.words, column.under, tuple(path))
            if score >= COLUMN_FROM and column.key not in closed:
                score -= _misfit(column, [row[index] for row in sample if index < len(row) and row[index]])
                scores.append((score, index, column.key, _("与“%(word)s”相符") % {"word": word}))
    scores.sort(key=lambda each: (-each[0], each[1]))
    for score, index, key, reason in scores:
        if key in matches or index in taken or score < COLUMN_FROM:
            continue
        matches[key] = Match(index, "/".join(paths[index]), min(score, 1.0), reason)
        taken.add(index)
    known = {(key, index): score for score, index, key, _reason in scores}
    return {
        key: replace(match, rivals=tuple(_rivals(key, match, scores, paths, matches, known)))
        for key, match in matches.items()
    }


def _rivals(
    key: str,
    match: Match,
    scores: Sequence[tuple[float, int, str, str]],
    paths: list[list[str]],
    matches: Mapping[str, Match],
    known: Mapping[tuple[str, int], float],
) -> Iterator[str]:
    """Columns that fit about as well: free ones, and those of other columns with which it could as well be changed."""
    if match.by_hand:
        return
    holders = {other.index: name for name, other in matches.items()}
    for score, index, name, _reason in scores:
        if name != key or index == match.index or score < match.score - _RIVAL_WITHIN:
            continue
        holder = holders.get(index)
        if holder is not None:
            swapped = score + known.get((holder, match.index), 0.0)
            if swapped < match.score + matches[holder].score - _SWAP_WITHIN:
                continue
        yield f"{column_letter(index)} {'/'.join(paths[index])}"


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
    form: Form,
    paths: list[list[str]],
    sample: list[list[str]],
    closed: set[str],
    taken: set[int],
    span: tuple[int, int],
) -> dict[str, Match]:
    """Columns under a heading that says nothing (blank, `0`, `列3`), known by what stands in them."""
    found: dict[str, Match] = {}
    for index, path in enumerate(paths[: span[1] + 1]):
        if (
            index < span[0]
            or index in taken
            or (path and not re.fullmatch(r"\d+(\.0)?|列\d+|f\d+|-+", plain("".join(path))))
        ):
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
