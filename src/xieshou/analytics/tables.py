"""Tables as figures see them: the entries, and what other apps hand in. Expressions only, for every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from xieshou.analytics.schema import ENTRIES

# All entries of the books, reversed ones and reversals included. Joins make every column nullable, and tables can be
# put together only when they agree in that, so it is so from the beginning.
ENTRY: ir.Table = ibis.table(
    ibis.Schema.from_pyarrow(pa.schema([field.with_nullable(True) for field in ENTRIES])), name="entry"
)


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table that another app hands to figures: a name, its columns, and how its rows are read.

    read: all rows, as Arrow, in the given schema; called once for each question that needs the table.
    """

    name: str
    schema: pa.Schema
    read: Callable[[], pa.Table]

    def expression(self) -> ir.Table:
        return ibis.table(ibis.Schema.from_pyarrow(self.schema), name=self.name)


@dataclass(frozen=True, slots=True)
class Tables:
    """What a figure is computed from: `entries` of the ledger, and the tables that it says it reads, by name.

    entries: the columns of `schema.ENTRIES` and net_count. Where amounts are added, reversals stand beside the entries
    that they mirror; where things are counted or listed, neither is there. So conditions on dimensions and dates hold
    for both, and conditions on the sign or size of an amount have no place in a figure.
    """

    entries: ir.Table
    handed: Mapping[str, ir.Table]

    def __getitem__(self, name: str) -> ir.Table:
        return self.handed[name]


def netted(entries: ir.Table, *, upto: int | None = None) -> ir.Table:
    """Everything posted up to the id `upto`, with net_count (int64): 1 for an entry, -1 for a reversal.

    A reversal mirrors its entry whole, so that sums of amounts and of net_count are those of the entries that stand;
    nothing else is. Cheaper than `live`, which has to find the pairs.
    """
    known = _known(entries, upto)
    return known.mutate(net_count=known.reverses.isnull().ifelse(1, -1))


def live(entries: ir.Table, *, upto: int | None = None) -> ir.Table:
    """The entries that stand: neither a reversal nor reversed, by what was posted up to the id `upto`.

    With net_count 1, as `netted` has it.
    """
    known = _known(entries, upto)
    return _not_undone(known.filter(_.reverses.isnull()), known)


def changes(entries: ir.Table, *, after: int, upto: int | None = None) -> ir.Table:
    """What was posted after one id and up to another: new entries that stand, and reversals of older ones, negative.

    Their sum is what a sum changed by. What was both posted and reversed in between is left out. net_count is 1.
    """
    known = _known(entries, upto)
    recent = known.filter(_.id > after)
    return _not_undone(recent.filter(_.reverses.isnull() | (_.reverses <= after)), known)


def _known(entries: ir.Table, upto: int | None) -> ir.Table:
    return entries if upto is None else entries.filter(_.id <= upto)


def _not_undone(rows: ir.Table, known: ir.Table) -> ir.Table:
    undone = known.filter(_.reverses.notnull()).select(undone=_.reverses)
    return rows.anti_join(undone, _.id == undone.undone).mutate(net_count=1)
