"""Verbs of donations: put a distribution list into the books, take it out again."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from xieshou.channels.donations.errors import DistributionRefused
from xieshou.channels.donations.postings import DISTRIBUTION_SOURCE
from xieshou.channels.donations.rules import UNITS, Kind
from xieshou.common.scoping import Actor
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.ledger import services as ledger
from xieshou.programme.restatements import put_back_replaced, take_out_replaced
from xieshou.registry import services as registry


def post_distribution(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Put the accepted lines of a distribution list into the books, with the persons and households they name.

    Posts: one entry a line (`postings.for_distribution_line`), of basis listed.
    Cost: one bulk write per table and chunk.
    Raises: DistributionRefused, for a unit that the table of units does not know.
    """
    with ledger.posting(by=by) as book:
        for chunk in chunks:
            columns = chunk.columns
            _demand_known_units(chunk)
            take_out_replaced(book, DISTRIBUTION_SOURCE, batch, chunk)
            people = registry.identify_people(
                by=by,
                people=registry.People(
                    identity_numbers=columns["identity_number"],
                    names=columns["name"],
                    household_heads=columns["head_name"],
                    place_codes=columns["place_code"],
                ),
            )
            units = [UNITS[unit] for unit in columns["unit"]]
            book.bulk_create(
                DISTRIBUTION_SOURCE,
                {
                    "programme_id": batch.programme_id,
                    "batch_id": batch.pk,
                    "row": chunk.rows,
                    "place_code": columns["place_code"],
                    "giver_id": columns["giver"],
                    "household_ref": people.household_ids,
                    "person_ref": people.person_ids,
                    "item": columns["item"],
                    "unit": columns["unit"],
                    "quantity": [
                        quantity * unit.factor for quantity, unit in zip(columns["quantity"], units, strict=True)
                    ],
                    # The quantity of cash is its value.
                    "value_fen": [
                        None if unit.kind is Kind.CASH else value
                        for value, unit in zip(columns["value_fen"], units, strict=True)
                    ],
                    "handed_out_on": columns["handed_out_on"],
                },
            )


def _demand_known_units(chunk: RowChunk) -> None:
    units: Sequence[str] = chunk.columns["unit"]
    if unknown := set(units) - UNITS.keys():
        text = min(unknown)
        row = chunk.rows[units.index(text)]
        raise DistributionRefused(
            _("第 %(row)d 行的单位“%(unit)s”不在计量单位表中；请改用表中的单位。") % {"row": row, "unit": text}, row=row
        )


def withdraw_distribution(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the lines of a batch out of the books again; their entries are reversed. Persons stay in the registry."""
    with ledger.posting(by=by) as book:
        book.supersede_batch(DISTRIBUTION_SOURCE, batch.pk, reason=reason)
        put_back_replaced(book, DISTRIBUTION_SOURCE, batch)
