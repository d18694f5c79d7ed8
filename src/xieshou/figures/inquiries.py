"""One actor's question to the books at one state: what they may see, what the entries are, what comes back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from django.utils.translation import gettext as _

from xieshou.analytics import readings
from xieshou.analytics.tables import ENTRY, Tables, changes, live
from xieshou.common.scoping import Actor
from xieshou.figures import queries, selectors
from xieshou.figures.answers import State
from xieshou.figures.bounds import Bounds, bounds_of, sights_of
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.errors import FigureNotPermitted
from xieshou.figures.scopes import Scope

LINE_COLUMNS = (
    "id",
    "quantity",
    "measure",
    "stage",
    "occurred_from",
    "occurred_to",
    "place_code",
    "giver",
    "receiver",
    "credited_to",
    "category",
    "fund_source",
    "basis",
    "source_kind",
    "source_id",
    "source_line",
    "batch",
    "reverses",
)
KEPT_ANSWERS = 1_000
KEPT_ROWS = 200  # a break-down by village is read again rather than kept


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a figure, as `queries.grouped` gives it: whole numbers in base units."""

    amount: int | None = None
    entries: int = 0
    summary_amount: int | None = None
    summary_entries: int = 0
    crossing: int = 0
    unallocated: int = 0


Groups = Mapping[tuple[str, ...], Group]


class Inquiry:
    """The books as an actor sees them at a state; every figure of one question is read from the same state.

    Raises: FigureNotPermitted, when the actor has no grant; HeadUnknown.
    """

    def __init__(self, actor: Actor, head: str | int | None = None) -> None:
        if not actor.grants:
            raise FigureNotPermitted(_("您没有查看指标的权限；请联系帮扶办授权。"))
        self.sights = sights_of(actor)
        self._snapshot = readings.snapshot()
        self._upto, name = _head(actor, head)
        self.state = self._state(name)

    def groups(self, figure: Figure, scope: Scope, by: Sequence[str]) -> Groups:
        """The rows of a figure that is no ratio, by the codes of the dimensions asked for; without any, one row."""
        dimensions = [DIMENSIONS[name] for name in by]
        bounds = self._bounds(figure, scope, by)
        question = (figure.key, figure.version, bounds, self.sights, tuple(by), self._upto)
        kept = _kept.get(self._snapshot.identity, question)
        if kept is not None:
            return kept
        query = queries.grouped(self._rows(figure, bounds), dimensions, figure)
        groups = {}
        for row in self._read(figure, bounds, query):
            codes = tuple(
                dimension.code(*(row[name] for name in queries.key_names(dimension))) for dimension in dimensions
            )
            groups[codes] = Group(**{name: row[name] for name in Group.__slots__})
        if not figure.reads:
            _kept.keep(self._snapshot.identity, question, groups)
        return groups

    def lines(
        self,
        figure: Figure,
        scope: Scope,
        *,
        row: Mapping[str, str],
        since: int | None = None,
        page: int,
        page_size: int,
    ) -> tuple[Group, list[dict[str, Any]]]:
        """The entries behind a value, one page in order of id, and the value they make up together.

        row: one row of a break-down, {dimension: code}. since: only what was posted or reversed after this id.
        """
        bounds = self._bounds(figure, scope, tuple(row))
        rows = self._rows(figure, bounds, since=since)
        rows = queries.within_row(rows, {DIMENSIONS[name]: code for name, code in row.items()})
        (whole,) = self._read(figure, bounds, queries.grouped(rows, (), figure))
        counted = queries.of_value(rows).order_by("id").limit(page_size, offset=(page - 1) * page_size)
        if not figure.is_added:
            counted = counted.mutate(counted=1)
        return Group(**whole), self._read(figure, bounds, counted.select(*LINE_COLUMNS, "counted"))

    def _bounds(self, figure: Figure, scope: Scope, by: Sequence[str]) -> Bounds:
        # Stages are never added; broken down by stage, each stands in its own row.
        return bounds_of(scope, "" if "stage" in by else figure.stage.value)

    def _rows(self, figure: Figure, bounds: Bounds, *, since: int | None = None) -> ir.Table:
        known = live(ENTRY, upto=self._upto) if since is None else changes(ENTRY, after=since, upto=self._upto)
        tables = Tables(known, {source.name: source.expression() for source in figure.reads})
        rows = queries.standing(figure, tables, bounds, self.sights)
        return queries.latest_statements(rows) if figure.kind is Kind.STOCK and since is None else rows

    def _read(self, figure: Figure, bounds: Bounds, query: ir.Table) -> list[dict[str, Any]]:
        shares = bounds.party.shares if bounds.party else ()
        with readings.reading(self._snapshot, handed=[*figure.reads, queries.joint_shares(shares)]) as reading:
            return reading.rows(query)

    def _state(self, name: str) -> State:
        if self._upto is None:
            return State(self._snapshot.last_entry, self._snapshot.entries)
        known = ENTRY.filter(ENTRY.id <= self._upto)
        with readings.reading(self._snapshot) as reading:
            (row,) = reading.rows(known.aggregate(last=known.id.max(), entries=known.count()))
        return State(row["last"] or 0, row["entries"], name)


def _head(actor: Actor, head: str | int | None) -> tuple[int | None, str]:
    """The last entry that counts, and the name of the state; a name of figures alone goes before an entry's id."""
    if head is None or isinstance(head, int):
        return head, ""
    if head.isdecimal() and not selectors.named_heads(actor).filter(name=head).exists():
        return int(head), ""
    named = selectors.named_head(actor, head)
    return named.last_entry, named.name


class _Kept:
    """Answers kept while the books stay as they are, the least used forgotten first. Safe under threads."""

    def __init__(self) -> None:
        self._groups: OrderedDict[tuple[Any, ...], Groups] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, books: tuple[Any, ...] | None, question: tuple[Any, ...]) -> Groups | None:
        with self._lock:
            if books is None or (books, question) not in self._groups:
                return None
            self._groups.move_to_end((books, question))
            return self._groups[books, question]

    def keep(self, books: tuple[Any, ...] | None, question: tuple[Any, ...], groups: Groups) -> None:
        if books is None or len(groups) > KEPT_ROWS:
            return
        with self._lock:
            self._groups[books, question] = groups
            if len(self._groups) > KEPT_ANSWERS:
                self._groups.popitem(last=False)


_kept = _Kept()
