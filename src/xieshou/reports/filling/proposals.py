"""What a blank table asks for: its heading, its rows, the meaning of each, proposed for a person to confirm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xieshou.figures.definitions import Figure
from xieshou.intake.forms import Column, ColumnType
from xieshou.intake.headings import measured_in, unit_line_in, unit_of
from xieshou.intake.rules import column_letter, squeeze
from xieshou.intake.tables import DOUBTFUL_BELOW
from xieshou.reports.filling.grid import Grid, fingerprint
from xieshou.reports.filling.lexicon import DIMENSION_ROLES, LEAVE, PLACE_LEVELS, Ask, Found, Meaning, find

HEADING_ROWS, HEADING_DEPTH, MOST_NAMED = 40, 4, 3_000
VALUE = "value"  # a column of numbers whose rows say what is asked
_VALUE_WORDS = Meaning(VALUE, ("数值", "数量", "金额", "完成数", "填报数", "数据", "实际数", "累计数", "本期数"))
_TOTAL = re.compile(r"(全[省市州县区镇乡]?)?(合计|总计|累计)")
_END = re.compile(r"(备?注|说明|填表|填报|审核|单位负责人|负责人|制表|联系人)")
_MONEY = Column(key="money", name="", type=ColumnType.MONEY)


@dataclass(frozen=True, slots=True)
class Line:
    """A column or a named row, from 0. means: a role, an ask, `leave`, or "" for what is not understood.

    unit: of an ask, the unit that the heading demands; stated: whether the table says so itself.
    """

    index: int
    heading: str
    means: str | Ask = ""
    score: float = 0.0
    word: str = ""
    rivals: tuple[str | Ask, ...] = ()
    unit: str = ""
    stated: bool = True
    by_hand: bool = False

    @property
    def is_doubtful(self) -> bool:
        return not self.by_hand and self.means != LEAVE and (self.score < DOUBTFUL_BELOW or bool(self.rivals))

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    def as_json(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "heading": self.heading,
            "means": str(self.means),
            "score": round(self.score, 2),
            "word": self.word,
            "rivals": [str(each) for each in self.rivals],
            "unit": self.unit,
            "doubtful": self.is_doubtful,
            "confirmed": self.by_hand,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One table of a blank file.

    top, bottom: the lines of its heading. named, totals: the rows that carry a name or a total's. blank: the rows to be
    filled with what stands in the books, first and last; None where all rows are named.
    """

    number: int
    table: str
    top: int
    bottom: int
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    named: tuple[int, ...]
    totals: tuple[int, ...]
    blank: tuple[int, int] | None
    fingerprint: str
    remembered: bool = False

    def column(self, role: str) -> int | None:
        return next((line.index for line in self.columns if line.means == role), None)

    @property
    def asks(self) -> tuple[Line, ...]:
        return tuple(line for line in self.columns if isinstance(line.means, Ask))

    @property
    def doubts(self) -> int:
        return sum(line.is_doubtful for line in (*self.columns, *self.rows))

    @property
    def key(self) -> str:
        return self.fingerprint

    def as_json(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "heading_rows": [self.top + 1, self.bottom + 1],
            "columns": [line.as_json() for line in self.columns],
            "rows": [line.as_json() for line in self.rows],
            "named_rows": len(self.named),
            "total_rows": [row + 1 for row in self.totals],
            "rows_to_add": self.blank is not None,
            "fingerprint": self.fingerprint,
            "remembered": self.remembered,
        }


def propose(number: int, grid: Grid, known: Sequence[Meaning], figures: Mapping[str, Figure]) -> Proposal | None:
    """What a table asks for; None where no heading is understood."""
    known = (*known, _VALUE_WORDS)
    best: tuple[float, int, int, dict[int, Found]] | None = None
    cache: dict[tuple[str, ...], Found | None] = {}
    for bottom in range(min(len(grid.rows), HEADING_ROWS)):
        if grid.crosses_below(bottom) or not any(grid.rows[bottom]):
            continue
        for top in range(bottom, max(-1, bottom - HEADING_DEPTH), -1):
            found = _meanings(grid, top, bottom, known, cache)
            score = sum(each.score for each in found.values()) - 0.05 * (bottom - top)
            if len(found) >= 2 and (best is None or score > best[0]):
                best = (score, top, bottom, found)
    if best is None:
        return None
    _score, top, bottom, found = best
    found = _with_the_form(grid, top, bottom, known, found)
    unit_line = unit_line_in([grid.text(row, at) for row in range(top) for at in range(grid.width)])
    columns = tuple(
        _with_unit(
            _line(at, "".join(grid.path(top, bottom, at)), found.get(at)),
            grid.path(top, bottom, at),
            unit_line,
            figures,
        )
        for at in range(grid.width)
        if grid.path(top, bottom, at)
    )
    named, totals, blank = _rows(grid, bottom, columns)
    rows: tuple[Line, ...] = ()
    if any(line.means == VALUE for line in columns) or not any(isinstance(line.means, Ask) for line in columns):
        rows = tuple(_row_line(grid, row, known, unit_line, figures) for row in named)
    labels = [line.heading for line in rows]
    return Proposal(
        number=number,
        table=grid.name,
        top=top,
        bottom=bottom,
        columns=columns,
        rows=rows,
        named=named,
        totals=totals,
        blank=blank,
        fingerprint=fingerprint(grid, top, bottom, labels),
    )


def decided(
    proposal: Proposal, columns: Mapping[str, str], rows: Mapping[str, str], figures: Mapping[str, Figure]
) -> Proposal:
    """The proposal with what a person has confirmed: index as text → role, `key|category|source`, `leave` or ""."""
    return replace(
        proposal,
        columns=tuple(_decided(line, columns, figures) for line in proposal.columns),
        rows=tuple(_decided(line, rows, figures) for line in proposal.rows),
        remembered=True,
    )


def _decided(line: Line, choices: Mapping[str, str], figures: Mapping[str, Figure]) -> Line:
    if str(line.index) not in choices:
        return line
    text = choices[str(line.index)]
    ask = Ask.read(text)
    means: str | Ask = ask if ask.key in figures else text if text in (*DIMENSION_ROLES, VALUE) else LEAVE
    return replace(line, means=means, rivals=(), by_hand=True, unit=line.unit or "")


def _meanings(
    grid: Grid, top: int, bottom: int, known: Sequence[Meaning], cache: dict[tuple[str, ...], Found | None]
) -> dict[int, Found]:
    found: dict[int, Found] = {}
    for column in range(grid.width):
        path = grid.path(top, bottom, column)
        if not path or len("".join(path)) > 120:
            continue
        if path not in cache:
            cache[path] = find(path, known)
        here = cache[path]
        if here is not None:
            found[column] = here
    return found


def _with_the_form(
    grid: Grid, top: int, bottom: int, known: Sequence[Meaning], found: Mapping[int, Found]
) -> dict[int, Found]:
    """The meanings again, with those of the form that explains the most columns before equal ones."""
    asked = {each.means for each in found.values()}
    forms = Counter(form for form, _means in {(each.form, each.means) for each in known if each.means in asked} if form)
    preferred = max(forms, key=lambda form: forms[form], default="")
    again = {at: find(grid.path(top, bottom, at), known, preferred) for at in found}
    return {at: each for at, each in again.items() if each is not None}


def _line(index: int, heading: str, found: Found | None) -> Line:
    if found is None:
        return Line(index, heading)
    return Line(index, heading, found.means, found.score, found.word, found.rivals)


def _with_unit(line: Line, path: tuple[str, ...], unit_line: str, figures: Mapping[str, Figure]) -> Line:
    if line.means == "" or (isinstance(line.means, str) and line.means != VALUE):
        return line
    figure = figures.get(line.means.key) if isinstance(line.means, Ask) else None
    if figure is not None and figure.unit == "CNY":
        written = unit_of(_MONEY, path, unit_line, "")
        stated = bool(unit_line) or any("元" in text for text in path)
        return replace(line, unit=written.currency or written.name, stated=stated)
    return replace(line, unit=measured_in(path[-1]) if path else "")


def _row_line(grid: Grid, row: int, known: Sequence[Meaning], unit_line: str, figures: Mapping[str, Figure]) -> Line:
    texts = [grid.text(row, at) for at in range(min(grid.width, 4))]
    label = next((text for text in texts if text and not text.replace(".", "").isdecimal()), "")
    path = (squeeze(label),) if label else ()
    found = find(path, [each for each in known if isinstance(each.means, Ask)])
    line = _with_unit(_line(row, label, found), path, unit_line, figures)
    behind = next((text for text in texts if text != label and measured_in(f"({text})")), "")
    return replace(line, unit=behind, stated=True) if behind else line


def _rows(
    grid: Grid, bottom: int, columns: Sequence[Line]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, int] | None]:
    """Rows with a name, rows of totals, and the first run of blank rows."""
    labels = [line.index for line in columns if line.means in DIMENSION_ROLES] or [0, 1]
    named: list[int] = []
    totals: list[int] = []
    blank: list[int] = []
    for row in range(bottom + 1, min(len(grid.rows), bottom + MOST_NAMED)):
        texts = [squeeze(grid.text(row, at)) for at in range(grid.width)]
        first = next((text for text in texts if text and not text.isdecimal()), "")
        if grid.reaches_across(row, 0) or _END.match(first):
            break
        if not any(texts) or (not first and not named):
            if not blank or blank[-1] == row - 1:
                blank.append(row)
        elif any(_TOTAL.fullmatch(text) for text in texts[: max(labels) + 1]):
            totals.append(row)
        elif any(texts[at] for at in labels if at < len(texts)) or first:
            named.append(row)
    if named and blank and blank[0] > named[0]:
        blank = []
    return tuple(named), tuple(totals), (blank[0], blank[-1]) if blank else None


def place_level(proposal: Proposal) -> str:
    """The finest level of place that a column names, "" for none."""
    return next((level for level in reversed(PLACE_LEVELS) if proposal.column(level) is not None), "")
