"""A table found in a workbook: which form it is, where its columns stand, what else lies around it.

Plain data, kept in a batch's summary as JSON, so that an old batch is checked again as it was recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from typing import Any

from xieshou.intake.forms import Form
from xieshou.intake.reading import SheetHead
from xieshou.intake.rules import column_letter

DOUBTFUL_BELOW = 0.85


@dataclass(frozen=True, slots=True)
class Match:
    """A form's column found in a sheet.

    unit: what its numbers are in. factor: of quantities, how many of the form's written units one of the sheet's is,
    as "1/1000". currency: of money that is not in yuan. row: where the value stands for every row alike, from 1
    (a line above the table, an item of a form of items); 0 for a column of rows. text: that value, where it is only
    part of its cell.
    """

    index: int
    header: str
    score: float
    reason: str
    rivals: tuple[str, ...] = ()
    unit: str = ""
    by_hand: bool = False
    factor: str = "1"
    currency: str = ""
    row: int = 0
    text: str | None = None

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.factor)

    @property
    def is_doubtful(self) -> bool:
        return not self.by_hand and self.score < DOUBTFUL_BELOW


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another form or sheet that was considered, and why it was not taken."""

    form: str
    sheet: str
    score: float
    found: int
    reason: str


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table or list beside, below or on another sheet than the one read: told, never mixed in.

    form_key: of the form it seems to be, empty when it is none that is known. area: as "F2:J211".
    """

    sheet: str
    area: str
    form_key: str = ""
    form: str = ""
    rows: int = 0

    @property
    def label(self) -> str:
        """The table as a person would name it."""
        where = f"{self.sheet} {self.area}".strip()
        return f"{where}（{self.form}）" if self.form else where


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which form a sheet is, and where everything stands. Rows are counted from 1, columns from 0.

    span: first and last column of the table. last_row: where it ends, None for the end of the sheet.
    filled: whether any cell below its heading says something. alternatives: what else was considered, best first.
    tables: what else lies in the workbook.
    warnings: (code, value, params) to be said about the whole table.
    """

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
    title_rows: tuple[int, ...] = ()
    unit_line: str = ""
    others: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 1_023)
    last_row: int | None = None
    titled: bool = False
    filled: bool = True
    alternatives: tuple[Alternative, ...] = ()
    tables: tuple[OtherTable, ...] = ()
    warnings: tuple[tuple[str, str, dict[str, Any]], ...] = field(default=())

    @property
    def explained(self) -> float:
        """Which share of the sheet's headed columns the form takes in."""
        columns = sum(not match.row for match in self.matches.values())
        headed = sum(bool(header) for header in self.headers[self.span[0] : self.span[1] + 1])
        return min(1.0, (columns or len(self.matches)) / (headed or 1))

    @property
    def area(self) -> str:
        """The range of the table, from its first heading on; open below where its end is not known."""
        first, last = self.span
        last = min(last, max(len(self.headers) - 1, first))
        bottom = self.last_row or self.sheet.rows or ""
        return f"{column_letter(first)}{self.first_header_row}:{column_letter(last)}{bottom}"

    def as_json(self) -> dict[str, Any]:
        """All but the form and the cells of the sheet's head."""
        data = {
            name: getattr(self, name)
            for name in (
                "first_header_row header_row headers missing score reason titles title_rows unit_line others span "
                "last_row titled warnings"
            ).split()
        }
        return data | {
            "head": asdict(replace(self.sheet, head=[])),
            "matches": {key: asdict(match) for key, match in self.matches.items()},
            "alternatives": [asdict(one) for one in self.alternatives],
            "tables": [asdict(one) for one in self.tables],
        }


def recognition_from_json(data: Mapping[str, Any], form: Form) -> Recognition:
    """What `Recognition.as_json` kept; a summary of an earlier version of this program lacks some keys."""
    names = "first_header_row header_row score reason unit_line last_row titled".split()
    lists = "headers missing titles title_rows others".split()
    kept: dict[str, Any] = {name: data[name] for name in names if name in data}
    kept |= {name: tuple(data[name]) for name in lists if name in data}
    return Recognition(
        form=form,
        sheet=SheetHead(**data["head"]),
        matches={key: _match(match) for key, match in data["matches"].items()},
        alternatives=tuple(Alternative(**one) for one in data.get("alternatives", ())),
        tables=tuple(OtherTable(**one) for one in data.get("tables", ())),
        span=_pair(data.get("span", (0, 1_023))),
        warnings=tuple((code, value, params) for code, value, params in data.get("warnings", ())),
        **kept,
    )


def _match(data: Mapping[str, Any]) -> Match:
    return Match(**(dict(data) | {"rivals": tuple(data["rivals"])}))


def _pair(values: Sequence[int]) -> tuple[int, int]:
    first, last = values
    return first, last


@dataclass(frozen=True, slots=True)
class Choices:
    """What people have decided: the form, the sheet and the table in it, columns set by hand, and header texts
    remembered from before.

    remembered: (form key, squeezed header) → column key, empty for "not this form's". table: the first cell of the
    table's heading ("F1"), where a sheet holds several. name: the file's name, for telling what contradicts it.
    """

    form_key: str = ""
    sheet: str | None = None
    columns: Mapping[str, int | None] = field(default_factory=dict)
    remembered: Mapping[tuple[str, str], str] = field(default_factory=dict)
    table: str = ""
    name: str = ""
