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
from xieshou.channels.statements.measures import COUNTY_PREFIX, OWN_PREFIX, PACKAGED, About, StatedMeasure, column_key
from xieshou.figures.definitions import Figure, Kind, Pattern, in_units_of
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.ledger.measures import Addition, BaseUnit

_PLACES = ("place", "province", "prefecture", "county", "township", "village")
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
        # The words of a reader mean what the villages state; a county's total is asked for by its own name.
        synonyms=(measure.name,) if measure.key.startswith(COUNTY_PREFIX) else (measure.name, *measure.synonyms),
        form_notes=_notes_about(measure.key),
        grain=gettext_lazy("统计表一行中的一个数"),
        kind=Kind.STOCK if is_stock else Kind.SUM,
        stage=measure.stage,
        rows=_rows_of(measure.key, measure.addition, measure.rows_add_up),
        cell=_cell_of(measure),
        dimensions=_dimensions_of(measure),
        pattern=_PATTERNS[measure.addition, measure.rows_add_up],
        **in_units_of(measure.measure),
    )


def _dimensions_of(measure: StatedMeasure) -> tuple[str, ...]:
    """The break-downs that the entries of a measure can have."""
    stated = [*_PLACES, "programme", "stage", "year"]
    stated += ["category"] if measure.categories else []
    stated += ["credited", "party"] if measure.about is About.UNIT else []
    stated += ["giver", "source", "nature"] if _has_sources(measure) else []
    return tuple(name for name in DIMENSIONS if name in stated)


def _has_sources(measure: StatedMeasure) -> bool:
    """Whether a form tells the sources of the money; the office's own forms may."""
    if measure.key.startswith(OWN_PREFIX):
        return measure.base_unit is BaseUnit.FEN
    columns = (column for form in STATEMENT_FORMS for column in form.columns)
    return any(column.fund_source for column in columns if column.measure == measure.key)


def _notes_about(measure: str) -> tuple[str, ...]:
    stating = [form for form in STATEMENT_FORMS if any(column.measure == measure for column in form.columns)]
    return tuple(dict.fromkeys(note for form in stating for note in form.notes))


def _rows_of(measure: str, addition: Addition, rows_add_up: bool) -> Callable[[Tables], ir.Table]:
    return _states_of(measure, rows_add_up) if addition is Addition.STOCK else _events_of(measure)


def _events_of(measure: str) -> Callable[[Tables], ir.Table]:
    def stated_events(tables: Tables) -> ir.Table:
        """What happened, one row per stated value; quantity in base units."""
        return tables.entries.filter(_.measure == measure)

    return stated_events


def _states_of(measure: str, rows_add_up: bool) -> Callable[[Tables], ir.Table]:
    def stated_states(tables: Tables) -> ir.Table:
        """How things stood, one row per stated value; quantity in base units.

        Of several tables that state the same of one day, the one posted last counts: they are not added; of several
        rows of one table the last one, unless they are parts of the place.
        """
        rows = tables.entries.filter(_.measure == measure)
        newest = [rows.batch.fill_null(0).desc()]
        if not rows_add_up:
            newest.append(rows.source_id.desc())
        latest = ibis.rank().over(group_by=[rows[name] for name in _SAME_STATE], order_by=newest)
        return rows.mutate(before=latest).filter(_.before == 0).drop("before")

    return stated_states


def _cell_of(measure: StatedMeasure) -> Callable[[str, str, str], str]:
    def column(kind: str, category: str, source: str) -> str:
        stated = category.rpartition(".")[0] if measure.coded else category
        return column_key(measure.key, stated, source)

    return column


def _pattern(addition: Addition, rows_add_up: bool) -> Pattern:
    """The query that all measures of one kind share."""
    figure = Figure(
        key=_ANY_MEASURE,
        name="",
        definition="",
        unit="",
        base_unit="",
        kind=Kind.STOCK if addition is Addition.STOCK else Kind.SUM,
        rows=_rows_of(_ANY_MEASURE, addition, rows_add_up),
    )
    return Pattern(figure, _ANY_MEASURE)


_PATTERNS = {
    (addition, rows_add_up): _pattern(addition, rows_add_up) for addition in Addition for rows_add_up in (True, False)
}

FIGURES: list[Figure] = [figure_of(measure) for measure in PACKAGED.values()]
"""What statements state, one figure for each measure."""


def own_figures() -> list[Figure]:
    """The figures of the office's own measures. One query."""
    return [figure_of(measure) for measure in selectors.own_measures().values()]
