"""The figures of what donors gave (接收) and of what was handed out (发放)."""

import ibis.expr.types as ir
from django.utils.translation import gettext_lazy
from ibis import _

from xieshou.analytics.tables import Tables
from xieshou.channels.donations.postings import (
    DONATED_CASH,
    DONATED_GOODS,
    DONATED_GOODS_MASS,
    RECEIVED_CASH,
    RECEIVED_GOODS,
    RECEIVED_GOODS_MASS,
)
from xieshou.channels.donations.rules import GOODS_CATEGORIES
from xieshou.figures.definitions import Figure, Kind, in_units_of

_COUNTED = "quantity"  # the column of the form in which what is counted stands
_GOODS = (DONATED_GOODS.key, DONATED_GOODS_MASS.key)
_ALL = (DONATED_CASH.key, *_GOODS)
_RECEIVED_GOODS = (RECEIVED_GOODS.key, RECEIVED_GOODS_MASS.key)
_RECEIVED = (RECEIVED_CASH.key, *_RECEIVED_GOODS)


def handed_out_cash(tables: Tables) -> ir.Table:
    """Cash handed out, one row per entry; quantity in fen."""
    return tables.entries.filter(_.measure == DONATED_CASH.key)


def handed_out_goods(tables: Tables) -> ir.Table:
    """Goods handed out, one row per entry; value_fen where the list states a value."""
    return tables.entries.filter(_.measure.isin(_GOODS))


def handed_out(tables: Tables) -> ir.Table:
    """Everything handed out, one row per entry."""
    return tables.entries.filter(_.measure.isin(_ALL))


CASH = Figure(
    key="donation.cash",
    name=gettext_lazy("发放现金"),
    synonyms=("发放资金", "发放慰问金"),
    definition=gettext_lazy("按发放清单逐人发放的现金之和，按发放日期计。"),
    grain=gettext_lazy("一人一次领取"),
    rows=handed_out_cash,
    cell=lambda *_entry: _COUNTED,
    **in_units_of(DONATED_CASH),
)
GOODS_VALUE = Figure(
    key="donation.goods_value",
    name=gettext_lazy("发放物资价值"),
    synonyms=("物资价值", "物资折价"),
    definition=gettext_lazy("按发放清单逐人发放的物资，清单上写明金额的之和；没有写金额的不估价。"),
    grain=gettext_lazy("一人一次领取"),
    unit="CNY",
    base_unit="fen",
    scale=100,
    counts="value_fen",
    categories=GOODS_CATEGORIES,
    cell=lambda *_entry: "value_fen",
    rows=handed_out_goods,
)
LINES = Figure(
    key="donation.lines",
    name=gettext_lazy("发放笔数"),
    synonyms=("领取人次",),
    definition=gettext_lazy("发放清单的行数：一人领取一种物资或一笔资金为一笔。"),
    grain=gettext_lazy("一人一次领取"),
    unit="time",
    base_unit="time",
    kind=Kind.RECORDS,
    categories=GOODS_CATEGORIES,
    cell=lambda *_entry: _COUNTED,
    rows=handed_out,
)
PERSONS = Figure(
    key="donation.persons",
    name=gettext_lazy("受助人数"),
    synonyms=("受益人数", "领取人数"),
    definition=gettext_lazy("领取过物资或现金的人数；同一人领取几次只计一人。"),
    grain=gettext_lazy("一人"),
    unit="person",
    base_unit="person",
    kind=Kind.DISTINCT,
    counts="person",
    categories=GOODS_CATEGORIES,
    cell=lambda *_entry: "name",
    rows=handed_out,
)
HOUSEHOLDS = Figure(
    key="donation.households",
    name=gettext_lazy("受助户数"),
    synonyms=("受益户数",),
    definition=gettext_lazy("领取过物资或现金的户数；同一户领取几次只计一户。"),
    grain=gettext_lazy("一户"),
    unit="household",
    base_unit="household",
    kind=Kind.DISTINCT,
    counts="household",
    categories=GOODS_CATEGORIES,
    cell=lambda *_entry: "head_name",
    rows=handed_out,
)


def received_cash(tables: Tables) -> ir.Table:
    """Gifts of money, one row per entry; quantity in fen."""
    return tables.entries.filter(_.measure == RECEIVED_CASH.key)


def received_goods(tables: Tables) -> ir.Table:
    """Gifts in kind that are counted, one row per entry; value_fen where the notice states a value."""
    return tables.entries.filter(_.measure == RECEIVED_GOODS.key)


def received_goods_by_weight(tables: Tables) -> ir.Table:
    """Gifts in kind that are weighed, one row per entry; quantity in grams."""
    return tables.entries.filter(_.measure == RECEIVED_GOODS_MASS.key)


def received_in_kind(tables: Tables) -> ir.Table:
    """Gifts in kind of either sort, one row per entry."""
    return tables.entries.filter(_.measure.isin(_RECEIVED_GOODS))


def received(tables: Tables) -> ir.Table:
    """All gifts, one row per entry."""
    return tables.entries.filter(_.measure.isin(_RECEIVED))


GIFTS_OF_CASH = Figure(
    key="donation.received_cash",
    name=gettext_lazy("接收捐款"),
    synonyms=("收到捐款", "捐赠资金", "社会捐款"),
    definition=gettext_lazy("捐款公示或清单逐笔列明的捐款之和，按接收日期计；公示正文里的总额不在内。"),
    grain=gettext_lazy("一笔捐赠"),
    rows=received_cash,
    cell=lambda *_entry: "cash_fen",
    **in_units_of(RECEIVED_CASH),
)
GIFTS_OF_GOODS = Figure(
    key="donation.received_goods",
    name=gettext_lazy("接收捐赠物资"),
    synonyms=("捐赠物资", "接收物资"),
    definition=gettext_lazy("捐赠物资公示或清单列明的件数之和，件、箱、瓶等按写明的单位各自计数；请按类别分开看。"),
    grain=gettext_lazy("一笔捐赠"),
    rows=received_goods,
    cell=lambda *_entry: _COUNTED,
    **in_units_of(RECEIVED_GOODS),
)
GIFTS_BY_WEIGHT = Figure(
    key="donation.received_goods_mass",
    name=gettext_lazy("接收捐赠物资（按重量）"),
    definition=gettext_lazy("捐赠物资公示或清单按重量列明的物资之和。"),
    grain=gettext_lazy("一笔捐赠"),
    rows=received_goods_by_weight,
    cell=lambda *_entry: _COUNTED,
    **in_units_of(RECEIVED_GOODS_MASS),
)
GIFTS_VALUE = Figure(
    key="donation.received_goods_value",
    name=gettext_lazy("接收捐赠物资价值"),
    definition=gettext_lazy("捐赠物资公示或清单上写明金额的之和；没有写金额的不估价。"),
    grain=gettext_lazy("一笔捐赠"),
    unit="CNY",
    base_unit="fen",
    scale=100,
    counts="value_fen",
    categories=GOODS_CATEGORIES,
    cell=lambda *_entry: "value_fen",
    rows=received_in_kind,
)
GIFTS = Figure(
    key="donation.received_gifts",
    name=gettext_lazy("接收捐赠笔数"),
    synonyms=("捐赠笔数",),
    definition=gettext_lazy("捐款和捐赠物资公示或清单的行数：一行为一笔。"),
    grain=gettext_lazy("一笔捐赠"),
    unit="time",
    base_unit="time",
    kind=Kind.RECORDS,
    categories=GOODS_CATEGORIES,
    cell=lambda kind, category, source: "cash_fen" if source else _COUNTED,
    rows=received,
)

FIGURES: list[Figure] = [
    CASH,
    GOODS_VALUE,
    LINES,
    PERSONS,
    HOUSEHOLDS,
    GIFTS_OF_CASH,
    GIFTS_OF_GOODS,
    GIFTS_BY_WEIGHT,
    GIFTS_VALUE,
    GIFTS,
]
