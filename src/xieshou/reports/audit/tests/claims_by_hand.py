"""Claims and figures made by hand, for rules that need no text."""

from decimal import Decimal

from xieshou.figures.definitions import Figure, Kind
from xieshou.ledger.measures import Stage
from xieshou.reports.audit.claims import Claim, ClaimKind, Quantity


def claim_of(value="4700", unit="CNY", *, number=1, kind=ClaimKind.ANNUAL, **scope) -> Claim:
    quantity = Quantity(start=0, end=1, at=0, until=1, value=Decimal(value), unit=unit)
    return Claim(id=number, quantity=quantity, kind=kind, **scope)


def figure_of(key, name, *synonyms, unit="CNY", **more) -> Figure:
    return Figure(key=key, name=name, synonyms=synonyms, definition="", unit=unit, base_unit=unit, **more)


PLANNED = figure_of("fund.planned", "规划投入资金", "计划投入", stage=Stage.PLANNED)
RAISED = figure_of("fund.raised", "筹集帮扶资金", "投入资金", categories={"education": "教育"})
SHARE = figure_of("fund.share", "资金占比", unit="percent", kind=Kind.RATIO, numerator=RAISED, denominator=RAISED)
DONE = figure_of(
    "fund.completion", "资金完成率", unit="percent", kind=Kind.COMPLETION, numerator=RAISED, denominator=PLANNED
)
TRAINED = figure_of("training.persons", "培训基层干部人数", unit="person")
FIGURES = [PLANNED, RAISED, SHARE, DONE, TRAINED]
