"""One actor's question to the books at one state: what they may see, what the entries are, what comes back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import ibis.expr.types as ir
from django.utils.translation import gettext as _

from xieshou.analytics import readings
from xieshou.analytics.tables import ENTRY, Tables, changes, live, netted
from xieshou.common.scoping import Actor
from xieshou.figures import queries, selectors
from xieshou.figures.answers import State
from xieshou.figures.bounds import Bounds, Sight, bounds_of, sights_of
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import DIMENSIONS, Dimension
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
    """One row of a figure, whole numbers in base units: the columns of `queries.grouped` after its keys."""

    amount: int | None = None
    entries: int = 0
    summary: int | None = None
    crossing: int = 0
    unallocated: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it any more: everything was reversed."""
        return not (self.entries or self.crossing or self.unallocated)


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

    def groups(self, figure: Figure, scope: Scope, by: tuple[str, ...]) -> Groups:
        """The rows of a figure that is no ratio, by the codes of the dimensions asked for; without any, one row."""
        bounds = _bounds(figure, scope, by)
        question = (figure, bounds, self.sights, by, self._upto)
        kept = _kept.get(self._snapshot.identity, question)
        if kept is not None:
            return kept
        with self._reading(figure, bounds) as reading:
            rows = reading.tuples(_grouped_sql(*question))
        groups = _by_codes(rows, [DIMENSIONS[name] for name in by])
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
        bounds = _bounds(figure, scope, tuple(row))
        if since is None:
            rows = _at_the_end(_rows(figure, bounds, self.sights, live(ENTRY, upto=self._upto)), figure)
        else:
            rows = _rows(figure, bounds, self.sights, changes(ENTRY, after=since, upto=self._upto))
        rows = queries.within_row(rows, {DIMENSIONS[name]: code for name, code in row.items()})
        counted = queries.of_value(rows).order_by("id").limit(page_size, offset=(page - 1) * page_size)
        if not figure.is_added:
            counted = counted.mutate(counted=1)
        with self._reading(figure, bounds) as reading:
            (whole,) = reading.rows(queries.grouped(rows, (), figure, bounds))
            return Group(**whole), reading.rows(counted.select(*LINE_COLUMNS, "counted"))

    def first_entries(
        self, figure: Figure, scope: Scope, by: tuple[str, ...], *, limit: int
    ) -> dict[tuple[str, ...], tuple[int, ...]]:
        """The ids of the first entries behind each row of a figure that is no ratio, by the codes of its dimensions."""
        bounds = _bounds(figure, scope, by)
        rows = _at_the_end(_rows(figure, bounds, self.sights, live(ENTRY, upto=self._upto)), figure)
        dimensions = [DIMENSIONS[name] for name in by]
        found: dict[tuple[str, ...], tuple[int, ...]] = {}
        with self._reading(figure, bounds) as reading:
            for *keys, entry in reading.tuples(readings.sql_of(queries.first_of_each(rows, dimensions, limit))):
                codes, end = [], 0
                for dimension in dimensions:
                    codes.append(dimension.code(*keys[end : end + dimension.width]))
                    end += dimension.width
                found[tuple(codes)] = (*found.get(tuple(codes), ()), entry)
        return found

    def _reading(self, figure: Figure, bounds: Bounds) -> AbstractContextManager[readings.Reading]:
        shares = bounds.party.shares if bounds.party else ()
        return readings.reading(self._snapshot, handed=[*figure.reads, queries.joint_shares(shares)])

    def _state(self, name: str) -> State:
        if self._upto is None:
            return State(self._snapshot.last_entry, self._snapshot.entries)
        known = ENTRY.filter(ENTRY.id <= self._upto)
        with readings.reading(self._snapshot) as reading:
            (row,) = reading.rows(known.aggregate(last=known.id.max(), entries=known.count()))
        return State(row["last"] or 0, row["entries"], name)


def _bounds(figure: Figure, scope: Scope, by: tuple[str, ...]) -> Bounds:
    # Stages are never added; broken down by stage, each stands in its own row.
    return bounds_of(scope, "" if "stage" in by else figure.stage.value)


def _rows(figure: Figure, bounds: Bounds, sights: tuple[Sight, ...] | None, entries: ir.Table) -> ir.Table:
    tables = Tables(entries, {source.name: source.expression() for source in figure.reads})
    return queries.standing(figure, tables, bounds, sights)


def _at_the_end(rows: ir.Table, figure: Figure) -> ir.Table:
    """Of a stock only what was stated last."""
    return queries.latest_statements(rows) if figure.kind is Kind.STOCK else rows


def _grouped_sql(
    figure: Figure, bounds: Bounds, sights: tuple[Sight, ...] | None, by: tuple[str, ...], upto: int | None
) -> str:
    """The query of a question."""
    pattern = figure.pattern
    if pattern is None:
        return _written_sql(figure, bounds, sights, by, upto)
    shared = _written_sql(pattern.figure, bounds, sights, by, upto)
    return shared.replace(f"'{pattern.measure}'", f"'{figure.key}'")


@lru_cache(maxsize=1_000)
def _written_sql(
    figure: Figure, bounds: Bounds, sights: tuple[Sight, ...] | None, by: tuple[str, ...], upto: int | None
) -> str:
    """Writing a query takes longer than reading a small ledger, and questions come again."""
    entries = netted(ENTRY, upto=upto) if figure.kind is Kind.SUM else live(ENTRY, upto=upto)
    rows = _at_the_end(_rows(figure, bounds, sights, entries), figure)
    return readings.sql_of(queries.grouped(rows, [DIMENSIONS[name] for name in by], figure, bounds))


def _by_codes(rows: Iterable[tuple[Any, ...]], dimensions: Sequence[Dimension]) -> Groups:
    """Rows of `queries.grouped`, keys first, under the codes of their keys."""
    spans, end = [], 0
    for dimension in dimensions:
        spans.append((cache(dimension.code), slice(end, end + dimension.width)))
        end += dimension.width
    groups = {tuple(code(*row[span]) for code, span in spans): Group(*row[end:]) for row in rows}
    return {codes: group for codes, group in groups.items() if not group.is_empty} if dimensions else groups


_ID_DIGITS = 18  # every number of so many digits fits into an entry's id


def _head(actor: Actor, head: str | int | None) -> tuple[int | None, str]:
    """The last entry that counts, and the name of the state; a name of figures alone goes before an entry's id."""
    if head is None or isinstance(head, int):
        return head, ""
    if head.isdecimal() and len(head) <= _ID_DIGITS and not selectors.named_heads(actor).filter(name=head).exists():
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
