"""What a figure (指标) is: a query with a definition, a unit and its entries (design §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import ibis.expr.types as ir
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from xieshou.analytics.tables import SourceTable, Tables
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.errors import FigureUnknown
from xieshou.ledger.measures import Measure, Stage


class Kind(StrEnum):
    """How the rows of a figure become one value."""

    SUM = "sum"  # the amounts, added
    RECORDS = "records"  # how many records the rows come from
    DISTINCT = "distinct"  # how many different values stand in the column `counts`
    STOCK = "stock"  # the latest statement of each holder up to the date asked for, added
    RATIO = "ratio"  # numerator over the denominator of the same programme, party, period and stage, in percent
    COMPLETION = "completion"  # numerator over denominator, both in the same scope and row, in percent
    GROWTH = "growth"  # the change of `numerator` since the period of equal length before it, in percent


@dataclass(frozen=True, slots=True)
class Pattern:
    """A query that many figures share but for the measure: it is written once, for `figure`, which counts `measure`."""

    figure: Figure
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A figure (指标).

    key: English, dotted, stable. definition: one sentence (口径) that is shown with every value; form_notes: the form's
    own notes, verbatim. unit: the canonical unit in which the value is shown (`CNY` is yuan), `scale` base units each.
    grain: what one row is. stage: the stage that counts unless the scope names another. dimensions: the break-downs it
    has; categories: the names of its categories. version: raised with every change of meaning.

    rows: from tables to the table of rows that count (Ibis), with the columns of `analytics.schema.ENTRIES`, one row
    for each entry or dated row; reads: the tables of other apps that it needs. Nothing is executed inside; scope,
    grants, period, stage and joint parties are left to the evaluation. counts: for a sum or a stock the whole-number
    column that is added, for a distinct count the column whose different values count.
    numerator, denominator: the two figures of a ratio or completion; growth has a numerator only.
    cell: the key of the form column in which an entry's amount stands, by its source kind, category and fund source.
    pattern: of a figure whose key is its measure's, where others count theirs by the same query.
    """

    key: str
    name: StrOrPromise
    definition: StrOrPromise
    unit: str
    base_unit: str
    scale: int = 1
    kind: Kind = Kind.SUM
    rows: Callable[[Tables], ir.Table] | None = None
    counts: str = "quantity"
    numerator: Figure | None = None
    denominator: Figure | None = None
    grain: StrOrPromise = ""
    stage: Stage = Stage.DONE
    synonyms: tuple[str, ...] = ()
    form_notes: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = tuple(DIMENSIONS)
    categories: Mapping[str, StrOrPromise] = field(default_factory=dict)
    reads: tuple[SourceTable, ...] = ()
    cell: Callable[[str, str, str], str] | None = None
    pattern: Pattern | None = None
    version: int = 1

    @property
    def is_added(self) -> bool:
        """Whether the rows behind a value add up to it."""
        return self.kind in (Kind.SUM, Kind.STOCK)

    @property
    def is_ratio(self) -> bool:
        return self.numerator is not None


def in_units_of(measure: Measure) -> dict[str, Any]:
    """What a figure that counts this measure has from it: unit, base unit, scale and categories."""
    return {
        "unit": measure.unit,
        "base_unit": measure.base_unit.value,
        "scale": measure.scale,
        "categories": measure.categories or {},
    }


def figure_named(text: str, figures: Iterable[Figure]) -> Figure:
    """The figure with this key, name in the language in use, or synonym.

    Raises: FigureUnknown, which names the keys there are.
    """
    wanted = text.strip()
    known = list(figures)
    for figure in known:
        if wanted in (figure.key, str(figure.name), *figure.synonyms):
            return figure
    raise FigureUnknown(
        _("没有“%(key)s”这个指标；可用的指标：%(known)s。") % {"key": wanted, "known": "、".join(f.key for f in known)},
        key=wanted,
    )
