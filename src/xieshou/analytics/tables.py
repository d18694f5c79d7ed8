"""Tables as figures see them: the live entries, and what other apps hand in. Expressions only, for every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from xieshou.analytics.schema import ENTRIES

# All entries of the books, reversed ones and reversals included.
ENTRY: ir.Table = ibis.table(ibis.Schema.from_pyarrow(ENTRIES), name="entry")


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
    """What a figure is computed from: `entries`, one row per live entry, and the tables it says it reads, by name."""

    entries: ir.Table
    handed: Mapping[str, ir.Table]

    def __getitem__(self, name: str) -> ir.Table:
        return self.handed[name]


def live(entries: ir.Table, *, upto: int | None = None) -> ir.Table:
    """The entries that stand: neither a reversal nor reversed, by what was posted up to the id `upto`.

    A reversal mirrors its entry whole, so leaving both out changes no sum and keeps them out of every count.
    """
    known = entries if upto is None else entries.filter(_.id <= upto)
    undone = known.filter(_.reverses.notnull()).select(undone=_.reverses)
    return known.filter(_.reverses.isnull()).anti_join(undone, _.id == undone.undone)


def changes(entries: ir.Table, *, after: int, upto: int | None = None) -> ir.Table:
    """What was posted after one id and up to another: new entries that stand, and reversals of older ones, negative.

    Their sum is what a sum changed by. What was both posted and reversed in between is left out.
    """
    known = entries if upto is None else entries.filter(_.id <= upto)
    undone = known.filter(_.reverses.notnull()).select(undone=_.reverses)
    recent = known.filter(_.id > after)
    return recent.filter(_.reverses.isnull() | (_.reverses <= after)).anti_join(undone, _.id == undone.undone)
