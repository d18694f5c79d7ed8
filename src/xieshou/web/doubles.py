"""Likely double reports in the books and in a draft: what `intake.doubles` compares, gathered from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext
from ibis import _

from xieshou.analytics.readings import reading, snapshot
from xieshou.analytics.tables import ENTRY, SourceTable, live
from xieshou.catalogue.sources import SOURCES
from xieshou.common.scoping import Actor
from xieshou.intake import doubles, selectors, staging
from xieshou.intake.comparisons import compare
from xieshou.intake.doubles import MOST_ALIKE, MOST_PROPOSED, Proposal, Reported
from xieshou.intake.errors import DecisionInvalid
from xieshou.intake.forms import ColumnType
from xieshou.intake.models import Batch, DoubleDecision, PostedKey
from xieshou.ledger import services as ledger
from xieshou.ledger.posted import PostedModel, PostingSource

SOURCES_BY_KIND: dict[str, PostingSource] = {source.kind: source for source in SOURCES}
# What one entry must share with another to be the same thing told twice.
_SAME = ("measure", "category", "fund_source", "stage", "quantity", "place_code", "receiver", "person", "household")
_COLUMNS = (*_SAME, "occurred_from", "occurred_to", "giver", "credited_to", "batch", "source_kind", "source_id")
_ENTRIES_READ = 10_000
_DRAFT_ROWS = 50_000
_MONEY_UNIT = "fen"


def in_the_books(actor: Actor) -> list[Proposal]:
    """Pairs of rows of different batches that may state the same thing, those that the actor may see.

    Cost: one grouping over all entries, then the few that have an equal; at most `MOST_PROPOSED` pairs.
    """
    with reading(snapshot()) as books:
        entries = live(ENTRY)
        alike = (
            entries.filter(_.quantity > 0, _.batch.notnull())
            .group_by(list(_SAME))
            .agg(batches=_.batch.nunique(), rows=_.count())
            .filter(_.batches > 1, _.rows <= MOST_ALIKE)
        )
        # Keys may be null, and null equals null here.
        conditions = [entries[name].identical_to(alike[name]) for name in _SAME]
        equal = entries.join(alike, conditions).select([entries[name] for name in _COLUMNS])
        found = books.rows(equal.order_by(_.quantity.desc()).limit(_ENTRIES_READ))
    return _proposed(actor, _reported(found))


def of_draft(actor: Actor, batch: Batch) -> list[Proposal]:
    """Rows of a draft that state an amount of money which the books know for the same place.

    Rows that the draft replaces are no doubles. Up to `_DRAFT_ROWS` rows are looked at.
    """
    drafted = _drafted(batch)
    if not drafted:
        return []
    looked_up = pa.table(
        {
            "place_code": pa.array([one.place_code for one in drafted], pa.string()),
            "quantity": pa.array([one.amount for one in drafted], pa.int64()),
        }
    )
    handed = SourceTable("drafted", looked_up.schema, lambda: looked_up)
    with reading(snapshot(), handed=[handed]) as books:
        entries = live(ENTRY).filter(_.batch.notnull(), _.batch != batch.pk)
        wanted = handed.expression().distinct()
        conditions = [entries.place_code == wanted.place_code, entries.quantity == wanted.quantity]
        equal = entries.semi_join(wanted, conditions).select(list(_COLUMNS))
        found = books.rows(equal.order_by(_.quantity.desc()).limit(_ENTRIES_READ))
    # What a draft calls its column is no measure: amounts are compared whatever they are for.
    posted = {
        (one.name, one.amount): replace(one, what=_MONEY_UNIT, whose=one.place_code)
        for one in _reported(line for line in found if _is_money(line["measure"]))
    }
    replaced = _replaced_by(batch)
    standing = [one for one in posted.values() if one.name not in replaced]
    return _proposed(actor, [*drafted, *standing], only=batch.pk)


def decide(
    *, by: Actor, first: str, second: str, verdict: str, reason: str, withdrawn: tuple[str, int] | None = None
) -> DoubleDecision:
    """Remember a decision; for 同一笔 take the row of one out of the books, by reversals that bear the reason.

    Args:
        withdrawn: source kind and id of the record that goes.
    Raises: NotPermitted; DecisionInvalid, also where the record is not the actor's to withdraw or stands no more.
    """
    with ledger.posting(by=by) as book:
        decided = doubles.decide_double(by=by, first=first, second=second, verdict=verdict, reason=reason)
        if verdict == DoubleDecision.Verdict.SAME:
            source, record = _withdrawable(by, withdrawn, {first, second})
            book.supersede(source, [record], reason=decided.reason)
    return decided


def _withdrawable(by: Actor, withdrawn: tuple[str, int] | None, names: set[str]) -> tuple[PostingSource, PostedModel]:
    kind, number = withdrawn or ("", 0)
    source = SOURCES_BY_KIND.get(kind)
    record = source.records(pk=number).first() if source else None
    if source is None or record is None or not source.model.has_superseded():
        raise DecisionInvalid(gettext("这一行已经不在账上，或不能单独撤销；请刷新后再看。"), field="withdrawn")
    batch = Batch.objects.filter(pk=record.batch_id).select_related("party").first()
    seen = batch is not None and selectors.may_settle(by, batch)
    if not seen or names.isdisjoint(_names([(record.batch_id, record.row)]).values()):
        raise DecisionInvalid(gettext("这一行已经不在账上，或不能单独撤销；请刷新后再看。"), field="withdrawn")
    return source, record


def _proposed(actor: Actor, reported: Sequence[Reported], only: int | None = None) -> list[Proposal]:
    relations = doubles.relations_of(one.unit for one in reported)
    found = [
        one
        for one in doubles.proposals(reported, relations)
        if (only is None or only in (one.first.batch, one.second.batch))
        and all(actor.sees(each.place_code, [relations.paths.get(each.unit or 0)]) for each in (one.first, one.second))
    ]
    return found[:MOST_PROPOSED]


def _reported(entries: Iterable[dict[str, Any]]) -> list[Reported]:
    """Entries as rows of batches; entries of records without a batch and row are no rows of a table."""
    lines = list(entries)
    rows = _rows_of(lines)
    names = _names(rows.values())
    found = []
    for line in lines:
        place = rows.get((line["source_kind"], line["source_id"]))
        if place is None:
            continue
        whose = next(
            (f"{kind}:{line[kind]}" for kind in ("person", "household", "receiver") if line[kind] is not None), ""
        )
        found.append(
            Reported(
                name=names[place],
                batch=place[0],
                row=place[1],
                what="|".join(line[name] or "" for name in ("measure", "category", "fund_source", "stage")),
                whose=f"{line['place_code']}|{whose}",
                amount=line["quantity"],
                first=line["occurred_from"],
                last=line["occurred_to"],
                unit=line["credited_to"] or line["giver"],
                place_code=line["place_code"] or "",
                source_kind=line["source_kind"],
                source_id=line["source_id"],
            )
        )
    return found


def _rows_of(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, int], tuple[int, int]]:
    """(source kind, id) → (batch, row). One query for each kind."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for line in lines:
        wanted[line["source_kind"]].add(line["source_id"])
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for kind, numbers in wanted.items():
        source = SOURCES_BY_KIND.get(kind)
        if source is None or not hasattr(source.model, "row"):
            continue
        records: Any = source.model._base_manager  # batch and row are fields of every model that a form fills
        rows = records.filter(pk__in=numbers).values_list("pk", "batch_id", "row")
        found |= {(kind, number): (batch, row) for number, batch, row in rows if batch is not None and row is not None}
    return found


def _names(rows: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """(batch, row) → the name that the row keeps for good. Two queries."""
    wanted = set(rows)
    batches = Batch.objects.select_related("original").in_bulk({batch for batch, _row in wanted})
    keys = PostedKey.objects.filter(batch__in=batches, row__in={row for _batch, row in wanted}, content__isnull=False)
    digests = {(key.batch_id, key.row): bytes(key.digest) for key in keys}
    return {
        (batch, row): doubles.row_name(
            form_key=batches[batch].form_key,
            digest=digests.get((batch, row)),
            sha256=batches[batch].original.sha256,
            sheet=batches[batch].sheet,
            row=row,
        )
        for batch, row in wanted
    }


def _is_money(measure: str) -> bool:
    return any(each.key == measure and each.base_unit == _MONEY_UNIT for source in SOURCES for each in source.measures)


def _drafted(batch: Batch) -> list[Reported]:
    """The money amounts of a draft's good rows."""
    form = selectors.form_of(batch)
    path = staging.rows_path(batch)
    money = [column.key for column in form.columns if column.type is ColumnType.MONEY]
    days = [column.key for column in form.columns if column.type is ColumnType.DATE]
    last = batch.as_of or batch.period_to
    if not money or not form.places or not path.exists() or batch.rows > _DRAFT_ROWS:
        return []
    found = []
    units = [column.key for column in form.parties]
    for table in staging.chunks(path, ["row", "status", "place_code", *money, *days, *units]):
        for values in table.filter(pc.equal(table.column("status"), 0)).to_pylist():
            day = next((values[key] for key in days if values[key]), last)
            if day is None or not values["place_code"]:
                continue
            one = Reported(
                name=doubles.row_name(
                    form_key=form.key, digest=None, sha256=batch.original.sha256, sheet=batch.sheet, row=values["row"]
                ),
                batch=batch.pk,
                row=values["row"],
                what=_MONEY_UNIT,
                whose=values["place_code"],
                amount=0,
                first=None if day != last else batch.period_from,
                last=day,
                unit=next((values[key] for key in units if values[key]), None),
                place_code=values["place_code"],
            )
            found += [replace(one, amount=amount) for amount in {values[key] for key in money} if amount]
    return found


def _replaced_by(batch: Batch) -> set[str]:
    """The names of rows in the books that a draft replaces."""
    return set(_names((row.batch, row.earlier_row) for row in compare(batch).rows if row.batch is not None).values())
