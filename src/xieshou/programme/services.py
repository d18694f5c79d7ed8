"""Verbs of programmes: set one up, put fund reports and fund plans into the books, take a batch of them out again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake.errors import PeriodNeeded
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.ledger import services as ledger
from xieshou.parties import services as parties
from xieshou.parties.models import Party
from xieshou.places.models import Level
from xieshou.places.rules import level_of_code
from xieshou.programme.errors import FundStatementRefused, ProgrammeRefused
from xieshou.programme.models import FundPlanLine, FundStatementLine, Programme
from xieshou.programme.postings import FUND_PLAN_SOURCE, FUND_STATEMENT_SOURCE
from xieshou.programme.restatements import put_back_replaced, take_out_replaced
from xieshou.programme.rules import MONEY_COLUMNS, cut_differences


def create_programme(
    *,
    by: Actor,
    name: str,
    kind: str,
    party: Party | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Programme:
    """Set up a programme of assistance.

    Args:
        kind: one of `Programme.Kind`, the kind of assistance (帮扶类型).
        party: the organisation whose work it is.
    Raises: ProgrammeRefused, when the name is empty or taken, the kind unknown, or the end before the beginning.
    """
    name = name.strip()
    if not name:
        raise ProgrammeRefused(_("帮扶项目群要有名称；请填写。"), field="name")
    if kind not in Programme.Kind.values:
        raise ProgrammeRefused(_("没有“%(kind)s”这种帮扶类型；请从列表中选择。") % {"kind": kind}, field="kind")
    if valid_from and valid_to and valid_to < valid_from:
        raise ProgrammeRefused(_("结束日期早于开始日期；请改正其中一个。"), field="valid_to")
    if Programme.objects.filter(name=name).exists():
        raise ProgrammeRefused(_("已有名为“%(name)s”的帮扶项目群；请换一个名称。") % {"name": name}, field="name")
    return Programme.objects.create(name=name, kind=kind, party=party, valid_from=valid_from, valid_to=valid_to)


def record_fund_statement(
    *,
    by: Actor,
    party: Party,
    place_code: str,
    occurred_to: date,
    occurred_from: date | None = None,
    programme: Programme | None = None,
    place_as_written: str = "",
    **amounts: int | None,
) -> FundStatementLine:
    """Put one line of a fund report into the books: what one unit planned and used in one village, to a date.

    Args:
        occurred_to: the day up to which the amounts count; `occurred_from` None: from the beginning.
        amounts: any of `rules.MONEY_COLUMNS` in fen, `poor_households`, `poor_persons`; leave out what is not stated.
    Posts: one entry for each stated amount except the invested sum (`postings.for_fund_statement_line`).
    Raises: FundStatementRefused, when an amount is negative or a cut misses the invested sum (notes 3 and 4).
    """
    for column in MONEY_COLUMNS:
        if (amounts.get(column) or 0) < 0:
            raise FundStatementRefused(_("金额不能为负；更正请撤销原来的一行。"), field=column)
    for cut, difference in cut_differences(amounts).items():
        raise FundStatementRefused(
            _("“已投入帮扶资金”与%(cut)s之和相差 %(yuan)s 元；请核对后再填。")
            % {"cut": _("到户、到村资金") if cut == "uses" else _("五项来源"), "yuan": f"{difference / 100:,.2f}"},
            field="invested_fen",
        )
    village = _village_parties(by=by, codes={place_code}).get(place_code)
    with ledger.posting(by=by) as book:
        line = FundStatementLine.objects.create(
            programme=programme,
            place_code=place_code,
            place_as_written=place_as_written,
            party=party,
            party_as_written=party.name,
            receiver_id=village,
            occurred_from=occurred_from,
            occurred_to=occurred_to,
            **amounts,
        )
        book.post(FUND_STATEMENT_SOURCE, [line])
    return line


def post_fund_statements(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Put the accepted rows of a fund report into the books.

    A row that replaces an earlier one reverses the entries of that one first.
    Posts: up to eight entries a row (`postings.for_fund_statement_line`), of basis summary.
    Raises: PeriodNeeded.
    """
    with ledger.posting(by=by) as book:
        for chunk in chunks:
            take_out_replaced(book, FUND_STATEMENT_SOURCE, batch, chunk)
            villages = _receivers(by=by, chunk=chunk)
            lines = FundStatementLine.objects.bulk_create(
                FundStatementLine(
                    programme_id=batch.programme_id,
                    batch=batch,
                    row=row,
                    place_code=values["place_code"],
                    place_as_written=values["place_as_written"],
                    party_id=values["party"],
                    party_as_written=values["party_as_written"],
                    receiver_id=villages.get(values["place_code"]),
                    **_dates_of(batch),
                    **{column: values[column] for column in ("poor_households", "poor_persons", *MONEY_COLUMNS)},
                )
                for row, values in _rows_of(chunk)
            )
            book.post(FUND_STATEMENT_SOURCE, lines)


def withdraw_fund_statements(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the rows of a batch of fund reports out of the books again; their entries are reversed, with the reason.

    What its rows had replaced stands again.
    """
    with ledger.posting(by=by) as book:
        book.supersede_batch(FUND_STATEMENT_SOURCE, batch.pk, reason=reason)
        put_back_replaced(book, FUND_STATEMENT_SOURCE, batch)


def post_fund_plans(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Put the accepted rows of a fund plan beside its actual amounts into the books.

    A row's own period (年度) goes before that of the batch.
    Posts: up to three entries a row (`postings.for_fund_plan_line`), of basis summary.
    Raises: PeriodNeeded.
    """
    with ledger.posting(by=by) as book:
        for chunk in chunks:
            take_out_replaced(book, FUND_PLAN_SOURCE, batch, chunk)
            villages = _receivers(by=by, chunk=chunk)
            lines = FundPlanLine.objects.bulk_create(
                FundPlanLine(
                    programme_id=batch.programme_id,
                    batch=batch,
                    row=row,
                    place_code=values["place_code"],
                    place_as_written=values["place_as_written"],
                    party_id=values["party"],
                    receiver_id=villages.get(values["place_code"]),
                    category=values["category"] or "",
                    fund_source=values["fund_source"] or "",
                    planned_fen=values["planned_fen"],
                    actual_fen=values["actual_fen"],
                    **_dates_of(batch, values),
                )
                for row, values in _rows_of(chunk)
            )
            book.post(FUND_PLAN_SOURCE, lines)


def withdraw_fund_plans(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the rows of a batch of fund plans out of the books again; their entries are reversed, with the reason.

    What its rows had replaced stands again.
    """
    with ledger.posting(by=by) as book:
        book.supersede_batch(FUND_PLAN_SOURCE, batch.pk, reason=reason)
        put_back_replaced(book, FUND_PLAN_SOURCE, batch)


def _rows_of(chunk: RowChunk) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return zip(chunk.rows, chunk.table.to_pylist(), strict=True)


def _receivers(*, by: Actor, chunk: RowChunk) -> dict[str, int]:
    """The party of each village of the chunk by place code; a place above the villages has none."""
    return _village_parties(by=by, codes=set(chunk.columns["place_code"]))


def _village_parties(*, by: Actor, codes: set[str]) -> dict[str, int]:
    villages = sorted(code for code in codes if level_of_code(code) == Level.VILLAGE)
    return parties.village_parties(by=by, codes=villages)


def _dates_of(batch: Batch, values: Mapping[str, Any] | None = None) -> dict[str, date | None]:
    """From when to when the amounts of a row count: the row's own period, else the batch's; cumulative: to its date."""
    if values and values["period_to"]:
        return {"occurred_from": values["period_from"], "occurred_to": values["period_to"]}
    if batch.basis == Batch.Basis.CUMULATIVE:
        occurred_from, occurred_to = None, batch.as_of or batch.period_to
    else:
        occurred_from, occurred_to = batch.period_from, batch.period_to or batch.as_of
    if occurred_to is None:
        raise PeriodNeeded(_("没有说明金额算到哪一天；请填写报告期或截止日期。"), batch=batch.pk)
    return {"occurred_from": occurred_from, "occurred_to": occurred_to}
