"""How a figure's value, its scope and its rows are put before a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from xieshou.common import formats
from xieshou.common.formats import MoneyUnit
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import Scope
from xieshou.parties.selectors import party_seen
from xieshou.web import frame

# The address names a scope as the command line does; whatever else stands in it is no part of the scope.
SCOPE_OPTIONS = (
    "place", "party", "as", "programme", "project", "category", "source", "nature", "stage", "year", "from", "to", "at",
)  # fmt: skip
PERIOD_OPTIONS = ("from", "to", "at")
MOST_DIMENSIONS = 2
PERCENT = "percent"
YUAN = "CNY"
UNIT_NAMES = {
    "percent": "%",
    "person": gettext_lazy("人"),
    "person_time": gettext_lazy("人次"),
    "household": gettext_lazy("户"),
    "time": gettext_lazy("次"),
    "piece": gettext_lazy("件"),
    "item": gettext_lazy("个"),
    "km": gettext_lazy("公里"),
    "kg": gettext_lazy("公斤"),
    "mu": gettext_lazy("亩"),
    "m2": gettext_lazy("平方米"),
    "minute": gettext_lazy("分钟"),
    "project": gettext_lazy("个项目"),
    "organisation": gettext_lazy("个单位"),
    "village": gettext_lazy("个村"),
    "county": gettext_lazy("个县"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in words. blank: it is no number (– or 未填). exact: all its digits, for the tip."""

    text: str
    blank: bool = False
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Widths in percent of the wider of both."""

    planned: float
    done: float

    @property
    def over(self) -> bool:
        return self.done > self.planned > 0

    @property
    def beyond(self) -> float:
        return round(self.done - self.planned, 2)


@dataclass(frozen=True, slots=True)
class FigureScope:
    """What a figure page is asked for, from its address and the frame."""

    options: Mapping[str, str]
    scope: Scope
    by: tuple[str, ...]
    head: str
    unit: MoneyUnit
    frame: frame.FrameScope

    @classmethod
    def of(cls, request: HttpRequest, **fixed: str) -> FigureScope:
        """The scope of the address over that of the frame; `fixed` parts over both, "" leaving one open.

        Raises: what `Scope.from_options` raises; PartyUnknown, also for a party that the reader may not see.
        """
        chips = frame.scope_of(request)
        options = {key: value for key in SCOPE_OPTIONS if (value := request.GET.get(key, "").strip())}
        options = {**chips.as_options(), **options, **fixed}
        if any(key in options for key in PERIOD_OPTIONS):
            options.pop("year", None)
        for key in ("place", "party", "year"):
            if key in request.GET and not request.GET[key].strip():
                options.pop(key, None)
        options = {key: value for key, value in options.items() if value}
        if "party" in options:
            # The description of a scope names its party: it must be one that the reader may see.
            options["party"] = str(party_seen(options["party"], actor=request.actor).pk)  # type: ignore[attr-defined]
        by = tuple(dict.fromkeys(each for each in request.GET.getlist("by") if each))[:MOST_DIMENSIONS]
        return cls(
            options, Scope.from_options(options), by, request.GET.get("head", ""), frame.money_unit_of(request), chips
        )

    def query(self, **changes: Any) -> str:
        """The address's query, with other options; None and "" take one away."""
        values: dict[str, Any] = {**self.options, "by": list(self.by), "head": self.head, **changes}
        return urlencode({key: value for key, value in values.items() if value not in (None, "", [], ())}, doseq=True)

    def figure_address(self, figure: Figure, **changes: Any) -> str:
        return f"{reverse('web:figure', args=[figure.key])}?{self.query(**changes)}"

    def trace_address(self, figure: Figure, row: Mapping[str, str] | None = None) -> str:
        """Where the entries behind one value are; `row` names the row of a break-down, {dimension: code}."""
        cells = [f"{dimension}:{code}" for dimension, code in (row or {}).items()]
        return f"{reverse('web:figure-trace', args=[figure.key])}?{self.query(by=None, row=cells)}"

    def to_the_end_of_the_year(self) -> FigureScope | None:
        """The same scope with everything up to the end of the year asked for; None when no year is asked for.

        Cumulative statements reach over the beginning of their year and count in no single one: their reader wants what
        had come together by its end.
        """
        year = self.options.get("year", "")
        if not year.isdecimal():
            return None
        kept = {key: value for key, value in self.options.items() if key != "year"} | {"at": f"{int(year):04d}-12-31"}
        return replace(self, options=kept, scope=Scope.from_options(kept))


def unit_label(figure: Figure, unit: MoneyUnit) -> str:
    """The unit as it stands in a column head."""
    if figure.unit == YUAN:
        return unit.label
    return str(UNIT_NAMES.get(figure.unit, figure.unit))


def shown_value(answer: Answer, unit: MoneyUnit) -> Shown:
    """A figure's value: money in the reader's unit, shares with one decimal; no record is –, nothing stated 未填."""
    figure = answer.figure
    if figure.unit == PERCENT:
        if answer.value is None:
            return _blank(answer)
        share = answer.value.quantize(Decimal("0.1"), ROUND_HALF_UP)
        return Shown(f"{share:,}", exact=f"{answer.value.normalize():f} %")
    if answer.base_value is None:
        return _blank(answer)
    if figure.unit == YUAN:
        return shown_money(answer.base_value, unit)
    return Shown(formats.scaled(answer.base_value, figure.scale))


def shown_money(fen: int | None, unit: MoneyUnit) -> Shown:
    if fen is None:
        return Shown(formats.unknown(), blank=True)
    return Shown(formats.money(fen, unit), exact=f"{formats.money(fen, MoneyUnit.YUAN)} {MoneyUnit.YUAN.label}")


def shown_quantity(figure: Figure, quantity: int | None, unit: MoneyUnit) -> Shown:
    """A number in a figure's base unit, as the figure is shown."""
    if figure.unit == YUAN:
        return shown_money(quantity, unit)
    return Shown(formats.scaled(quantity, figure.scale), blank=quantity is None)


def chart_number(answer: Answer, unit: MoneyUnit) -> float | None:
    """The value for a chart's axis; a gap where nothing is stated."""
    if answer.figure.unit == PERCENT:
        return None if answer.value is None else float(answer.value)
    if answer.base_value is None:
        return None
    return answer.base_value / (unit.fen if answer.figure.unit == YUAN else answer.figure.scale)


def bar(planned: int | None, done: int | None) -> Bar:
    widest = max(planned or 0, done or 0)
    if not widest:
        return Bar(0, 0)
    return Bar(round((planned or 0) * 100 / widest, 2), round((done or 0) * 100 / widest, 2))


def rank_bar(largest: int | None, value: int | None) -> Bar:
    """A value beside the largest of its list; there is no plan."""
    return Bar(0, bar(largest, value).done)


def is_county(place: str) -> bool:
    """Whether a place is a county or lies in one."""
    return place[4:6] not in ("", "00")


def rank(answers: Sequence[Answer], dimension: str) -> list[Answer]:
    """The largest first; what has no value at the end."""
    return sorted(
        answers, key=lambda answer: (answer.base_value is None, -(answer.base_value or 0), answer.by[dimension].code)
    )


def _blank(answer: Answer) -> Shown:
    return Shown(formats.unknown() if answer.entries else formats.NONE, blank=True)
