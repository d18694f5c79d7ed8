"""How a line of a distribution list becomes one ledger entry."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from xieshou.channels.donations.models import DistributionLine
from xieshou.channels.donations.rules import GOODS_CATEGORIES, UNITS, Kind
from xieshou.ledger.measures import BaseUnit, Basis, Measure
from xieshou.ledger.posted import Posting, PostingColumns, PostingSource

DONATED_CASH = Measure("donation.cash", _("发放现金"), BaseUnit.FEN, "CNY", 100)
DONATED_GOODS = Measure("donation.goods", _("发放物资"), BaseUnit.PIECE, "piece", categories=GOODS_CATEGORIES)
DONATED_GOODS_MASS = Measure("donation.goods_mass", _("发放物资（按重量）"), BaseUnit.GRAM, "kg", 1_000)

MEASURES = {Kind.CASH: DONATED_CASH, Kind.GOODS: DONATED_GOODS, Kind.GOODS_MASS: DONATED_GOODS_MASS}


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
