"""Which figures of a large catalogue can have anything to say in a scope, found without evaluating each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import ibis.expr.operations as ops
import ibis.expr.types as ir

from xieshou.analytics import readings
from xieshou.analytics.tables import ENTRY, Tables
from xieshou.figures.bounds import Bounds, bounds_of
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import Scope


def figures_with_entries(figures: Sequence[Figure], scope: Scope) -> Iterator[Figure]:
    """The figures whose measures have entries in the scope; some of them may still have no value.

    Writing the query of one figure takes longer than reading a small ledger, and a catalogue has hundreds: so the
    measures of the scope are read once, and a figure is left out when its rows name only others.
    Cost: one query; on the first call of a process some milliseconds for each figure.
    """
    found = _measures_in(scope)
    for figure in figures:
        named = _measures_of(figure)
        if named is None or named & found:
            yield figure


def _measures_in(scope: Scope) -> frozenset[str]:
    """The measures of all entries in the scope, reversed ones and those over the border of its period included."""
    bounds = bounds_of(scope, "")
    rows = ENTRY
    if bounds.place_ranges is not None:
        inside = [(ENTRY.place_code >= low) & (ENTRY.place_code < high) for low, high in bounds.place_ranges]
        rows = rows.filter(_any(inside)) if inside else rows.limit(0)
    if scope.since is not None:
        rows = rows.filter(rows.occurred_to >= scope.since)
    if scope.until is not None:
        rows = rows.filter(rows.occurred_to <= scope.until)
    if scope.programme is not None:
        rows = rows.filter(rows.programme == scope.programme)
    rows = _of_party(rows, bounds)
    with readings.reading(readings.snapshot()) as reading:
        return frozenset(row["measure"] for row in reading.rows(rows.select("measure").distinct()))


def _of_party(rows: ir.Table, bounds: Bounds) -> ir.Table:
    if bounds.party is None:
        return rows
    party = bounds.party
    ids = {*party.whole, *party.unshared, *(share.joint for share in party.shares)}
    return rows.filter(rows[party.column].isin(sorted(ids))) if ids else rows.limit(0)


def _any(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    met = conditions[0]
    for condition in conditions[1:]:
        met = met | condition
    return met


@lru_cache(maxsize=2_000)
def _measures_of(figure: Figure) -> frozenset[str] | None:
    """The texts that a figure's rows are compared with, its measures among them; None where that says nothing."""
    if figure.rows is None or figure.reads:
        return None
    rows = figure.rows(Tables(ENTRY, {}))
    texts = {node.value for node in rows.op().find(ops.Literal) if isinstance(node.value, str)}
    return frozenset(texts) or None
