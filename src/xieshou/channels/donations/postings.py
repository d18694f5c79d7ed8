"""How a line of a distribution list becomes one ledger entry."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from xieshou.channels.donations.models import DistributionLine, Gift
from xieshou.channels.donations.rules import GOODS_CATEGORIES, UNITS, Kind
from xieshou.ledger.measures import BaseUnit, Basis, FundSource, Measure
from xieshou.ledger.posted import Posting, PostingColumns, PostingSource

DONATED_CASH = Measure("donation.cash", _("发放现金"), BaseUnit.FEN, "CNY", 100)
DONATED_GOODS = Measure("donation.goods", _("发放物资"), BaseUnit.PIECE, "piece", categories=GOODS_CATEGORIES)
DONATED_GOODS_MASS = Measure("donation.goods_mass", _("发放物资（按重量）"), BaseUnit.GRAM, "kg", 1_000)

RECEIVED_CASH = Measure("donation.received_cash", _("接收捐款"), BaseUnit.FEN, "CNY", 100)
RECEIVED_GOODS = Measure(
    "donation.received_goods", _("接收捐赠物资"), BaseUnit.PIECE, "piece", categories=GOODS_CATEGORIES
)
RECEIVED_GOODS_MASS = Measure("donation.received_goods_mass", _("接收捐赠物资（按重量）"), BaseUnit.GRAM, "kg", 1_000)

MEASURES = {Kind.CASH: DONATED_CASH, Kind.GOODS: DONATED_GOODS, Kind.GOODS_MASS: DONATED_GOODS_MASS}

RECEIVED = {
    Kind.CASH: RECEIVED_CASH,
    Kind.GOODS: RECEIVED_GOODS,
    Kind.GOODS_MASS: RECEIVED_GOODS_MASS,
}


def for_distribution_line(line: DistributionLine) -> Iterator[Posting]:
    """One entry: what the recipient got, dated the day it was handed out, beside its money value where stated."""
    unit = UNITS[line.unit]
    yield Posting(
        measure=MEASURES[unit.kind],
        quantity=line.quantity,
        occurred_from=line.handed_out_on,
        occurred_to=line.handed_out_on,
        category=unit.category,
        value_fen=line.value_fen,
        basis=Basis.LISTED,
        giver=line.giver_id,
        credited_to=line.giver_id,
        place_code=line.place_code,
        programme=line.programme_id,
        household=line.household_ref,
        person=line.person_ref,
        batch=line.batch_id,
    )


def for_distribution_columns(columns: Mapping[str, Any]) -> Iterator[PostingColumns]:
    """The same for many lines at once: one set of columns for each measure that occurs."""
    units = [UNITS[unit] for unit in columns["unit"]]
    for kind in dict.fromkeys(unit.kind for unit in units):
        yield PostingColumns(
            measure=MEASURES[kind],
            quantity=[
                quantity if unit.kind is kind else None
                for unit, quantity in zip(units, columns["quantity"], strict=True)
            ],
            occurred_from=columns["handed_out_on"],
            occurred_to=columns["handed_out_on"],
            category=[unit.category for unit in units],
            value_fen=columns["value_fen"],
            basis=Basis.LISTED,
            giver=columns["giver_id"],
            credited_to=columns["giver_id"],
            place_code=columns["place_code"],
            programme=columns["programme_id"],
            household=columns["household_ref"],
            person=columns["person_ref"],
            batch=columns["batch_id"],
        )


DISTRIBUTION_SOURCE = PostingSource(
    kind="distribution_line",
    model=DistributionLine,
    postings=for_distribution_line,
    measures=(DONATED_CASH, DONATED_GOODS, DONATED_GOODS_MASS),
    column_postings=for_distribution_columns,
)


def for_gift(gift: Gift) -> Iterator[Posting]:
    """One entry: what the donor gave, beside its money value where stated. Only an organisation is a giver."""
    unit = UNITS[gift.unit]
    yield Posting(
        measure=RECEIVED[unit.kind],
        quantity=gift.quantity,
        occurred_from=gift.received_from,
        occurred_to=gift.received_to,
        category=unit.category,
        fund_source=FundSource.DONATED if unit.kind is Kind.CASH else "",
        value_fen=gift.value_fen,
        basis=Basis.LISTED,
        giver=gift.giver_id,
        receiver=gift.receiver_id,
        credited_to=gift.giver_id,
        programme=gift.programme_id,
        batch=gift.batch_id,
    )


GIFT_SOURCE = PostingSource(
    kind="gift",
    model=Gift,
    postings=for_gift,
    measures=(RECEIVED_CASH, RECEIVED_GOODS, RECEIVED_GOODS_MASS),
)
