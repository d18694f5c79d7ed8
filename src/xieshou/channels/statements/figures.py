"""A figure for each measure of statements, made from the measure's data alone."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from django.utils.translation import gettext_lazy
from ibis import _

from xieshou.analytics.tables import Tables
from xieshou.channels.statements import selectors
from xieshou.channels.statements.formfiles import STATEMENT_FORMS
from xieshou.channels.statements.measures import PACKAGED, StatedMeasure, column_key
from xieshou.figures.definitions import Figure, Kind, Pattern, in_units_of
from xieshou.ledger.measures import Addition

_ANY_MEASURE = "statement.measure"  # stands for the measure in a query that many figures share

# Two statements about how things are speak of the same when they agree in these.
_SAME_STATE = (
    "place_code",
    "credited_to",
    "programme",
    "household",
    "category",
    "fund_source",
    "stage",
    "occurred_to",
)


def figure_of(measure: StatedMeasure) -> Figure:
    """The figure that counts a measure: a sum of what happened, or how things stood at a date.

    Definition, synonyms, unit and categories are the measure's; the notes are those of the forms that state it.
    """
    is_stock = measure.addition is Addition.STOCK
    return Figure(
        key=measure.key,
        name=measure.label,
        definition=measure.meaning,
        synonyms=tuple(dict.fromkeys((measure.name, *measure.synonyms))),
        form_notes=_notes_about(measure.key),
        grain=gettext_lazy("统计表一行中的一个数"),
        kind=Kind.STOCK if is_stock else Kind.SUM,
        stage=measure.stage,
        rows=_states_of(measure.key) if is_stock else _events_of(measure.key),
        cell=_cell_of(measure),
        pattern=_PATTERNS[measure.addition],
        **in_units_of(measure.measure),
    )


def _notes_about(measure: str) -> tuple[str, ...]:
    stating = [form for form in STATEMENT_FORMS if any(column.measure == measure for column in form.columns)]
    return tuple(dict.fromkeys(note for form in stating for note in form.notes))


def _events_of(measure: str) -> Callable[[Tables], ir.Table]:
    def stated_events(tables: Tables) -> ir.Table:
        """What happened, one row per stated value; quantity in base units."""
        return tables.entries.filter(_.measure == measure)

    return stated_events


def _states_of(measure: str) -> Callable[[Tables], ir.Table]:
    def stated_states(tables: Tables) -> ir.Table:
        """How things stood, one row per stated value; quantity in base units.

        Of several tables that state the same of one day, the one posted last counts: they are not added.
        """
        rows = tables.entries.filter(_.measure == measure)
        latest = ibis.rank().over(
            group_by=[rows[name] for name in _SAME_STATE], order_by=rows.batch.fill_null(0).desc()
        )
        return rows.mutate(before=latest).filter(_.before == 0).drop("before")

    return stated_states


def _cell_of(measure: StatedMeasure) -> Callable[[str, str, str], str]:
    def column(kind: str, category: str, source: str) -> str:
        stated = category.rpartition(".")[0] if measure.coded else category
        return column_key(measure.key, stated, source)

    return column


def _pattern(addition: Addition) -> Pattern:
    """The query that all measures of one addition share."""
    is_stock = addition is Addition.STOCK
    figure = Figure(
        key=_ANY_MEASURE,
        name="",
        definition="",
        unit="",
        base_unit="",
        kind=Kind.STOCK if is_stock else Kind.SUM,
        rows=_states_of(_ANY_MEASURE) if is_stock else _events_of(_ANY_MEASURE),
    )
    return Pattern(figure, _ANY_MEASURE)


_PATTERNS = {addition: _pattern(addition) for addition in Addition}

FIGURES: list[Figure] = [figure_of(measure) for measure in PACKAGED.values()]
"""What statements state, one figure for each measure."""


def own_figures() -> list[Figure]:
    """The figures of the office's own measures. One query."""
    return [figure_of(measure) for measure in selectors.own_measures().values()]
