"""The figures of a programme's money (帮扶资金).

Raised and used are two cuts of one amount, by source and by use: two measures, two figures, never added.
"""

from pathlib import Path

import ibis.expr.types as ir
from django.utils.translation import gettext_lazy
from ibis import _

from xieshou.analytics.tables import Tables
from xieshou.figures.definitions import Figure, Kind, in_units_of
from xieshou.intake.forms import load_form
from xieshou.ledger.measures import Stage
from xieshou.programme.postings import FUND_PLAN_SOURCE, FUND_PLANNED, FUND_RAISED, FUND_USED

_REPORT = load_form(Path(__file__).parent / "forms" / "fund_report.toml")


def _cell_of_plan(kind: str, category: str, source: str) -> str:
    return "planned_fen"


def _cell_of_source(kind: str, category: str, source: str) -> str:
    return "actual_fen" if kind == FUND_PLAN_SOURCE.kind else f"{source}_fen"


def _cell_of_use(kind: str, category: str, source: str) -> str:
    return "actual_fen" if kind == FUND_PLAN_SOURCE.kind else _USE_COLUMNS[category]


_USE_COLUMNS = {"to_household": "to_households_fen", "to_village": "to_villages_fen"}


def planned_funds(tables: Tables) -> ir.Table:
    """Money that plans set aside, one row per entry; quantity in fen."""
    return tables.entries.filter(_.measure == FUND_PLANNED.key)


def raised_funds(tables: Tables) -> ir.Table:
    """Money raised, one row per entry, by source (`fund_source`); quantity in fen."""
    return tables.entries.filter(_.measure == FUND_RAISED.key)


def used_funds(tables: Tables) -> ir.Table:
    """Money used, one row per entry, by use (`category`: to households, to the village …); quantity in fen."""
    return tables.entries.filter(_.measure == FUND_USED.key)


PLANNED = Figure(
    key="fund.planned",
    name=gettext_lazy("规划投入资金"),
    synonyms=("计划资金", "规划资金", "计划投入"),
    definition=gettext_lazy("各单位填报的规划（计划）投入帮扶资金之和，不论来源与用途。"),
    grain=gettext_lazy("一个单位在一地的一笔计划"),
    form_notes=_REPORT.notes[:1],
    stage=Stage.PLANNED,
    rows=planned_funds,
    cell=_cell_of_plan,
    **in_units_of(FUND_PLANNED),
)
RAISED = Figure(
    key="fund.raised",
    name=gettext_lazy("筹集帮扶资金"),
    synonyms=("投入资金", "筹集资金", "帮扶资金"),
    definition=gettext_lazy(
        "已筹集（投入）的帮扶资金之和，按资金来源计；与“使用帮扶资金”是同一笔钱的两种分法，不得相加。"
    ),
    grain=gettext_lazy("一个单位在一地的一种来源"),
    form_notes=(_REPORT.notes[1], *_REPORT.notes[3:]),
    rows=raised_funds,
    cell=_cell_of_source,
    **in_units_of(FUND_RAISED),
)
USED = Figure(
    key="fund.used",
    name=gettext_lazy("使用帮扶资金"),
    synonyms=("使用资金", "资金使用"),
    definition=gettext_lazy(
        "已使用的帮扶资金之和，按用途计（到户、到村等）；与“筹集帮扶资金”是同一笔钱的两种分法，不得相加。"
    ),
    grain=gettext_lazy("一个单位在一地的一种用途"),
    form_notes=_REPORT.notes[1:3],
    rows=used_funds,
    cell=_cell_of_use,
    **in_units_of(FUND_USED),
)
RAISED_SHARE = Figure(
    key="fund.raised_share",
    name=gettext_lazy("筹集帮扶资金占比"),
    synonyms=("资金占比",),
    definition=gettext_lazy("所选地区、来源、类别筹集的帮扶资金，占同一项目群、单位、时期全部筹集资金的百分比。"),
    grain=gettext_lazy("一个比值"),
    unit="percent",
    base_unit="percent",
    kind=Kind.RATIO,
    numerator=RAISED,
    denominator=RAISED,
)
COMPLETION = Figure(
    key="fund.completion",
    name=gettext_lazy("帮扶资金完成率"),
    synonyms=("资金完成率", "计划完成率"),
    definition=gettext_lazy("同一范围内已筹集的帮扶资金除以规划投入资金的百分比。"),
    grain=gettext_lazy("一个比值"),
    unit="percent",
    base_unit="percent",
    kind=Kind.COMPLETION,
    numerator=RAISED,
    denominator=PLANNED,
)

FIGURES: list[Figure] = [PLANNED, RAISED, USED, RAISED_SHARE, COMPLETION]
