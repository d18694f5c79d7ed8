"""What comes back when a figure is asked: values, their entries, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xieshou.figures.definitions import Figure
from xieshou.figures.errors import FigureRefused
from xieshou.figures.rules import CONVERSIONS, percentage
from xieshou.figures.scopes import Scope
from xieshou.intake.cells import OriginalCell


@dataclass(frozen=True, slots=True)
class Member:
    """One value of a dimension; `code` "" is what is not stated (未填)."""

    code: str
    name: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name}


@dataclass(frozen=True, slots=True)
class State:
    """The state of the books a figure was read at: the last entry, how many there are, the name of a 报送版本 or ""."""

    head: int
    entries: int
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"head": self.head, "entries": self.entries, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One value of a figure, in one scope and one row of its break-down.

    base_value: whole number in the figure's base unit; None is "not stated" (未填), 0 a stated zero; None for ratios.
    numerator, denominator: base values of a ratio's two figures; of a growth, the change and what it started from.
    entries: how many entries the value rests on, for a ratio its numerator.
    summary_share: the part that rests on summary entries, in percent with two decimals: of the amount where amounts are
    added, else of the entries; None without entries.
    crossing: entries that reach over the border of the period and are not counted, in either figure of a ratio.
    unallocated: entries of joint parties without shares that are not counted, in either figure of a ratio.
    """

    figure: Figure
    scope: Scope
    base_value: int | None
    state: State
    by: Mapping[str, Member] = field(default_factory=dict)
    numerator: int | None = None
    denominator: int | None = None
    entries: int = 0
    summary_share: Decimal | None = None
    crossing: int = 0
    unallocated: int = 0
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The value in the figure's unit: yuan with its fen, percent with six decimals; None when not stated."""
        if self.figure.is_ratio:
            return percentage(self.numerator, self.denominator)
        return None if self.base_value is None else Decimal(self.base_value) / self.figure.scale

    def in_unit(self, unit: str) -> Decimal | None:
        """The value in its own unit or another of the same kind (`万元`, `亿元` for money), exact.

        Raises: FigureRefused, naming the units there are.
        """
        known = {self.figure.unit: Decimal(1), **CONVERSIONS.get(self.figure.unit, {})}
        if unit not in known:
            raise FigureRefused(
                _("指标“%(name)s”不能以“%(unit)s”为单位；可用的单位：%(known)s。")
                % {"name": self.figure.name, "unit": unit, "known": "、".join(known)},
                unit=unit,
            )
        return None if self.value is None else self.value / known[unit]

    def as_json(self, *, unit: str = "") -> dict[str, Any]:
        """The shape of design §9; with `unit` the value is in that unit instead of the canonical one."""
        shown_in = unit or self.figure.unit
        document = {
            "key": self.figure.key,
            "name": str(self.figure.name),
            "unit": shown_in,
            "value": _number(self.in_unit(shown_in)),
            "base_unit": self.figure.base_unit,
            "base_value": self.base_value,
            "stage": self.scope.stage or self.figure.stage.value,
            "scope": self.scope.as_options(),
            "definition": str(self.figure.definition),
            "version": self.figure.version,
            "form_notes": list(self.figure.form_notes),
            "entries": self.entries,
            "summary_share": _number(self.summary_share),
            "crossing": self.crossing,
            "unallocated": self.unallocated,
            "notes": list(self.notes),
            "state": self.state.as_json(),
        }
        if self.figure.is_ratio:
            document |= {"numerator": self.numerator, "denominator": self.denominator}
        if self.by:
            document["by"] = {dimension: member.as_json() for dimension, member in self.by.items()}
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLine:
    """One entry behind a value, with its record and the cell it came from.

    counted: what it adds to the value, in base units (a member's part of a joint party's entry); 1 in a count.
    row: row in the original sheet, from 1. original: file, sheet and cell, None when it came from no workbook.
    """

    entry: int
    counted: int
    quantity: int
    measure: str
    stage: str
    occurred_from: date | None
    occurred_to: date
    place: Member
    giver: Member
    receiver: Member
    credited: Member
    category: Member
    source: Member
    basis: str
    source_kind: str
    source_id: int
    source_line: int
    batch: int | None
    reverses: int | None = None
    row: int | None = None
    original: OriginalCell | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "entry": self.entry,
            "counted": self.counted,
            "quantity": self.quantity,
            "measure": self.measure,
            "stage": self.stage,
            "occurred_from": self.occurred_from and self.occurred_from.isoformat(),
            "occurred_to": self.occurred_to.isoformat(),
            "place": self.place.as_json(),
            "giver": self.giver.as_json(),
            "receiver": self.receiver.as_json(),
            "credited": self.credited.as_json(),
            "category": self.category.as_json(),
            "source": self.source.as_json(),
            "basis": self.basis,
            "reverses": self.reverses,
            "record": {"kind": self.source_kind, "id": self.source_id, "line": self.source_line},
            "batch": self.batch,
            "row": self.row,
            "original": self.original
            and {
                "file": self.original.file,
                "sheet": self.original.sheet,
                "cell": self.original.cell,
                "shown": self.original.shown,
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The entries behind a value (出处), one page of them.

    count, counted: of *all* lines, on every page: how many, and what they add up to, which is the answer's base value;
    None for counts, where several lines may stand behind one thing.
    parts: for a ratio the traces of its two figures, and no lines of its own.
    """

    answer: Answer
    lines: tuple[TraceLine, ...] = ()
    count: int = 0
    counted: int | None = None
    page: int = 1
    page_size: int = 50
    parts: tuple[Trace, ...] = ()

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"answer": self.answer.as_json()}
        if self.answer.figure.is_ratio:
            return document | {"parts": [part.as_json() for part in self.parts]}
        return document | {
            "count": self.count,
            "counted": self.counted,
            "page": self.page,
            "page_size": self.page_size,
            "lines": [line.as_json() for line in self.lines],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure at two states of the ledger, and the entries that made the difference.

    lines: what was posted or reversed in between; for a sum `counted` of all of them adds up to the difference.
    parts: for a ratio the comparisons of its two figures, and no lines of its own.
    """

    before: Answer
    after: Answer
    lines: tuple[TraceLine, ...] = ()
    count: int = 0
    page: int = 1
    page_size: int = 50
    parts: tuple[Comparison, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """After less before, in the figure's unit; what was not stated counts as nothing unless neither is stated."""
        if self.before.value is None and self.after.value is None:
            return None
        return (self.after.value or Decimal(0)) - (self.before.value or Decimal(0))

    def as_json(self) -> dict[str, Any]:
        return {
            "before": self.before.as_json(),
            "after": self.after.as_json(),
            "difference": _number(self.difference),
            "count": self.count,
            "page": self.page,
            "page_size": self.page_size,
            "lines": [line.as_json() for line in self.lines],
            "parts": [part.as_json() for part in self.parts],
        }


def _number(value: Decimal | None) -> int | float | None:
    """A JSON number, exact up to fifteen digits: ten trillion yuan to the fen. `base_value` is exact always."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
