"""How fund reports and fund plans become ledger entries.

A null is "not stated" and posts nothing; a stated 0 posts an entry of quantity 0: both stay apart in the ledger.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from xieshou.ledger.measures import BaseUnit, FundSource, Measure, Stage
from xieshou.ledger.posted import Posting, PostingSource
from xieshou.programme.models import FundPlanLine, FundStatementLine
from xieshou.programme.rules import FUND_FIELDS, FUND_USES

FUND_PLANNED = Measure("fund.planned", _("规划投入资金"), BaseUnit.FEN, "CNY", 100, categories=FUND_FIELDS)
FUND_RAISED = Measure("fund.raised", _("筹集资金"), BaseUnit.FEN, "CNY", 100, categories=FUND_FIELDS)
FUND_USED = Measure("fund.used", _("使用资金"), BaseUnit.FEN, "CNY", 100, categories=FUND_USES | FUND_FIELDS)

_SOURCES = (
    (FundSource.GOVERNMENT, "government_fen"),
    (FundSource.CREDIT, "credit_fen"),
    (FundSource.OWN, "own_fen"),
    (FundSource.DONATED, "donated_fen"),
    (FundSource.ATTRACTED, "attracted_fen"),
)
_USES = (("to_household", "to_households_fen"), ("to_village", "to_villages_fen"))


def for_fund_statement_line(line: FundStatementLine) -> Iterator[Posting]:
    """Up to eight entries: the plan, the money used to households and to villages, the money raised by five sources.

    `credited_to` is the assisting unit; it is the giver only of its own money (单位自筹), since the rest passes through
    it or comes by its effort. The invested amount itself posts nothing: it is the sum of either cut.
    """
    if line.planned_fen is not None:
        yield _of_statement(line, FUND_PLANNED, line.planned_fen, stage=Stage.PLANNED)
    for category, field in _USES:
        amount = getattr(line, field)
        if amount is not None:
            yield _of_statement(line, FUND_USED, amount, category=category)
    for source, field in _SOURCES:
        amount = getattr(line, field)
        if amount is not None:
            yield _of_statement(
                line,
                FUND_RAISED,
                amount,
                fund_source=source,
                giver=line.party_id if source == FundSource.OWN else None,
            )


def _of_statement(
    line: FundStatementLine,
    measure: Measure,
    quantity: int,
    *,
    stage: str = Stage.DONE,
    category: str = "",
    fund_source: str = "",
    giver: int | None = None,
) -> Posting:
    return Posting(
        measure=measure,
        quantity=quantity,
        occurred_from=line.occurred_from,
        occurred_to=line.occurred_to,
        stage=stage,
        category=category,
        fund_source=fund_source,
        giver=giver,
        receiver=line.receiver_id,
        credited_to=line.party_id,
        place_code=line.place_code,
        programme=line.programme_id,
        batch=line.batch_id,
    )


def for_fund_plan_line(line: FundPlanLine) -> Iterator[Posting]:
    """Up to three entries: the plan, and the actual amount once as raised and once as used.

    A row of this form states field and source together, so each of its entries carries both.
    """
    if line.planned_fen is not None:
        yield _of_plan(line, FUND_PLANNED, line.planned_fen, stage=Stage.PLANNED)
    if line.actual_fen is not None:
        yield _of_plan(line, FUND_RAISED, line.actual_fen)
        yield _of_plan(line, FUND_USED, line.actual_fen)


def _of_plan(line: FundPlanLine, measure: Measure, quantity: int, *, stage: str = Stage.DONE) -> Posting:
    return Posting(
        measure=measure,
        quantity=quantity,
        occurred_from=line.occurred_from,
        occurred_to=line.occurred_to,
        stage=stage,
        category=line.category,
        fund_source=line.fund_source,
        giver=line.party_id if line.fund_source == FundSource.OWN else None,
        receiver=line.receiver_id,
        credited_to=line.party_id,
        place_code=line.place_code,
        programme=line.programme_id,
        batch=line.batch_id,
    )


FUND_STATEMENT_SOURCE = PostingSource(
    kind="fund_statement_line",
    model=FundStatementLine,
    postings=for_fund_statement_line,
    measures=(FUND_PLANNED, FUND_RAISED, FUND_USED),
)
FUND_PLAN_SOURCE = PostingSource(
    kind="fund_plan_line",
    model=FundPlanLine,
    postings=for_fund_plan_line,
    measures=(FUND_PLANNED, FUND_RAISED, FUND_USED),
)
