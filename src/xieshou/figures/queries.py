"""From the rows of a figure to its values: tables in, table out, nothing executed inside.

Every figure passes through here, so a scope, a grant, a joint party or the border of a period means the same in all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from xieshou.analytics.tables import SourceTable, Tables
from xieshou.figures.bounds import WHOLE_BP, Bounds, PartyBounds, Ranges, Share, Sight
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import Dimension
from xieshou.ledger.measures import Basis

ROLES = ("giver", "receiver", "credited_to")

# Two statements of a stock speak of the same thing when they agree in these.
STOCK_HOLDER = (
    "measure",
    "place_code",
    *ROLES,
    "programme",
    "project",
    "household",
    "person",
    "category",
    "fund_source",
    "nature",
)


def joint_shares(shares: Sequence[Share]) -> SourceTable:
    """The stated shares of joint parties as a table: joint, member, share_bp, inside."""
    schema = pa.schema(
        [("joint", pa.int64()), ("member", pa.int64()), ("share_bp", pa.int64()), ("inside", pa.bool_())]
    )
    return SourceTable("joint_share", schema, lambda: pa.Table.from_pylist([asdict(s) for s in shares], schema))


def standing(figure: Figure, tables: Tables, bounds: Bounds, sights: Sequence[Sight] | None) -> ir.Table:
    """The rows of a figure in a scope that the actor may see.

    Grain: one row per row of the figure. Columns: its own, and
    counted: the whole number that the row adds, a member's part for a shared joint entry; for a distinct count the
    thing itself, of its own type; rows that state none are left out;
    crosses (bool): it reaches over the border of the period and is not counted;
    unallocated (bool): it is a joint party's without shares and is not counted.
    """
    assert figure.rows is not None, figure.key
    rows = _inside(figure.rows(tables), bounds)
    if sights is not None:
        rows = rows.filter(_seen(rows, sights))
    rows = rows.mutate(counted=_counted(rows, figure)).filter(_.counted.notnull())
    rows = _stated_by(rows, bounds.until) if figure.kind is Kind.STOCK else _in_period(rows, bounds.since, bounds.until)
    return _of_party(rows, bounds.party, divides=figure.is_added)


def _counted(rows: ir.Table, figure: Figure) -> ir.Value:
    if figure.kind is Kind.RECORDS:
        return ibis.literal(1, "int64")
    column = rows[figure.counts]
    return column.nullif("") if column.type().is_string() else column


def grouped(rows: ir.Table, dimensions: Sequence[Dimension], figure: Figure, bounds: Bounds) -> ir.Table:
    """The values of a figure, one row per combination of keys; without dimensions exactly one row.

    Columns: the keys of each dimension; amount: the value in base units, null where no entry counts; entries: how many
    count; summary: the part of the amount, of counts the entries, that is summary; crossing, unallocated: how many do
    not.
    """
    keys = {
        name: key
        for dimension in dimensions
        for name, key in zip(key_names(dimension), dimension.keys(rows), strict=True)
    }
    is_summary = rows.basis == Basis.SUMMARY.value
    # A condition that is always true would still be asked for every entry, which costs a tenth of the time.
    counts = ~(rows.crosses | rows.unallocated) if bounds.leaves_out else None
    summary = is_summary if counts is None else counts & is_summary
    nothing = ibis.literal(0, "int64")
    return rows.aggregate(
        by=keys,
        amount=_aggregate(rows, figure.kind, counts),
        entries=_net(rows, counts),
        summary=rows.counted.sum(where=summary) if figure.is_added else _net(rows, summary),
        crossing=_net(rows, rows.crosses) if bounds.leaves_out else nothing,
        unallocated=_net(rows, rows.unallocated & ~rows.crosses) if bounds.leaves_out else nothing,
    )


def _net(rows: ir.Table, where: ir.BooleanValue | None) -> ir.IntegerScalar:
    return rows.net_count.sum(where=where).fill_null(0)


def key_names(dimension: Dimension) -> list[str]:
    """What the columns with the keys of a dimension are called."""
    return [f"{dimension.key}_{position}" for position in range(dimension.width)]


def within_row(rows: ir.Table, row: Mapping[Dimension, str]) -> ir.Table:
    """The rows that stand in one row of a break-down, given by a code for each of its dimensions."""
    for dimension, code in row.items():
        for key, value in zip(dimension.keys(rows), dimension.read(code), strict=True):
            rows = rows.filter(key.isnull() if value is None else key == value)
    return rows


def of_value(rows: ir.Table) -> ir.Table:
    """The rows on which the value rests."""
    return rows.filter(~(_.crosses | _.unallocated))


def first_of_each(rows: ir.Table, dimensions: Sequence[Dimension], limit: int) -> ir.Table:
    """The ids of the first entries on which each value rests: the keys of each dimension, and id, in its order."""
    keys = {
        name: key
        for dimension in dimensions
        for name, key in zip(key_names(dimension), dimension.keys(rows), strict=True)
    }
    named = of_value(rows.mutate(**keys))
    numbered = named.mutate(position=ibis.row_number().over(group_by=list(keys), order_by=named.id))
    return numbered.filter(numbered.position < limit).order_by("id").select(*keys, "id")


def _aggregate(rows: ir.Table, kind: Kind, counts: ir.BooleanValue | None) -> ir.IntegerScalar:
    if kind is Kind.RECORDS:
        return ibis.struct({"kind": rows.source_kind, "id": rows.source_id}).nunique(where=counts)
    if kind is Kind.DISTINCT:
        return rows.counted.nunique(where=counts)
    return rows.counted.sum(where=counts)


def latest_statements(rows: ir.Table) -> ir.Table:
    """Of the statements of a stock the latest of each holder; those of one day stand together."""
    newest = ibis.rank().over(group_by=[rows[name] for name in STOCK_HOLDER], order_by=rows.occurred_to.desc())
    return rows.mutate(age=newest).filter(_.age == 0).drop("age")


def apportioned(rows: ir.Table, shares: ir.Table, column: str) -> ir.Table:
    """The rows of joint parties with what the members inside take of `counted`.

    Each member takes its share of the amount rounded down to whole units; the units left over go one by one to the
    members with the largest remainders, the smaller id first. So the parts of an entry always add up to it, and a
    reversal takes back exactly what its entry gave.
    """
    parted = rows.select("id", size=rows.counted.abs(), joint=rows[column]).inner_join(shares, "joint")
    # Multiplied in two parts: the whole amount times the basis points may be too large for 64 bits.
    parted = parted.mutate(ten_thousands=_.size // WHOLE_BP, small=(_.size % WHOLE_BP) * _.share_bp)
    parted = parted.mutate(
        whole=_.ten_thousands * _.share_bp + _.small // WHOLE_BP,
        remainder=_.small % WHOLE_BP,
    )
    parted = parted.mutate(
        left_over=parted.size - parted.whole.sum().over(ibis.window(group_by=parted.id)),
        place_in_line=ibis.row_number().over(
            ibis.window(group_by=parted.id, order_by=[parted.remainder.desc(), parted.member])
        ),
    )
    parted = parted.mutate(part=_.whole + (_.place_in_line < _.left_over).cast("int64"))
    taken = parted.filter(_.inside).group_by("id").aggregate(part=_.part.sum().cast("int64"))
    joined = rows.inner_join(taken, "id")
    return joined.mutate(counted=joined.part * joined.counted.sign().cast("int64")).drop("part")


def _inside(rows: ir.Table, bounds: Bounds) -> ir.Table:
    for column, value in bounds.equal:
        rows = rows.filter(rows[column] == value)
    if bounds.category:
        below = rows.category.startswith(f"{bounds.category}.")
        rows = rows.filter((rows.category == bounds.category) | below)
    if bounds.place_ranges is not None:
        rows = rows.filter(_in_ranges(rows, bounds.place_ranges))
    return rows


def _in_ranges(rows: ir.Table, ranges: Ranges) -> ir.BooleanValue:
    if not ranges:
        return ibis.literal(False)
    place = rows.place_code
    inside = [(place >= low) & (place < high) for low, high in ranges]
    # Row groups are passed over by the bounds of all ranges together; DuckDB finds none in an OR of several.
    bounds = (place >= min(low for low, _high in ranges)) & (place < max(high for _low, high in ranges))
    return bounds & reduce(or_, inside)


def _seen(rows: ir.Table, sights: Sequence[Sight]) -> ir.BooleanValue:
    """Whether a grant covers the row in every kind of limit that it has, as `common.scoping` says; no grant: none."""
    covered = []
    for sight in sights:
        seen: ir.BooleanValue = ibis.literal(True)
        if sight.place_ranges is not None:
            seen &= _in_ranges(rows, sight.place_ranges)
        if sight.parties is not None:
            seen &= reduce(or_, (_is_one_of(rows[role], sight.parties) for role in ROLES))
        covered.append(seen)
    return reduce(or_, covered, ibis.literal(False))


def _is_one_of(column: ir.IntegerColumn, ids: Sequence[int]) -> ir.BooleanValue:
    return column.isin(ids).fill_null(False) if ids else ibis.literal(False)


def _in_period(rows: ir.Table, since: date | None, until: date | None) -> ir.Table:
    """The rows that touch the period, marked where they reach over its border; an open beginning reaches over any."""
    touches = ibis.literal(True)
    within = ibis.literal(True)
    if since is not None:
        touches &= rows.occurred_to >= since
        within &= (rows.occurred_from >= since).fill_null(False)
    if until is not None:
        touches &= rows.occurred_from.isnull() | (rows.occurred_from <= until)
        within &= rows.occurred_to <= until
    return rows.filter(touches).mutate(crosses=~within)


def _stated_by(rows: ir.Table, until: date | None) -> ir.Table:
    """The statements of a stock up to a day; one of a later day says nothing about it."""
    rows = rows if until is None else rows.filter(rows.occurred_to <= until)
    return rows.mutate(crosses=ibis.literal(False))


def _of_party(rows: ir.Table, party: PartyBounds | None, *, divides: bool) -> ir.Table:
    """The rows of the party asked for; what flows inside its subtree drops out, as it neither enters nor leaves it."""
    if party is None:
        return rows.mutate(unallocated=ibis.literal(False))
    internal = _is_one_of(rows.giver, party.whole) & _is_one_of(rows.receiver, party.whole)
    rows = rows.filter(~internal)
    column = rows[party.column]
    in_part = {share.joint for share in party.shares if share.inside}
    whole = _is_one_of(column, party.whole if divides else (*party.whole, *in_part))
    unallocated = _is_one_of(column, party.unshared)
    plain = rows.filter(whole | unallocated).mutate(unallocated=unallocated)
    if not (divides and in_part):
        return plain
    parts = apportioned(
        rows.filter(_is_one_of(column, sorted(in_part))), joint_shares(party.shares).expression(), party.column
    )
    return plain.union(parts.mutate(unallocated=ibis.literal(False)).select(plain.columns))
