"""Verbs of donations: put a distribution list or a notice of gifts into the books, take it out again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xieshou.channels.donations.donors import Donor, donor_named
from xieshou.channels.donations.errors import DistributionRefused, GiftRefused
from xieshou.channels.donations.models import Gift
from xieshou.channels.donations.postings import DISTRIBUTION_SOURCE, GIFT_SOURCE
from xieshou.channels.donations.rules import UNITS, Kind
from xieshou.common.scoping import Actor
from xieshou.intake.errors import PeriodNeeded
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.ledger import services as ledger
from xieshou.parties import services as parties
from xieshou.parties.models import Party
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


def post_gifts(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Put the accepted lines of a notice of gifts, of cash or of goods, into the books.

    Donors that are organisations become parties; any other name is kept masked. The receiver is the unit that hands
    the notice in. A line without a day of its own is dated by the batch.
    Posts: one entry a line (`postings.for_gift`), of basis listed.
    Raises: GiftRefused, for a unit that the table of units does not know; PeriodNeeded.
    """
    with ledger.posting(by=by) as book:
        for chunk in chunks:
            take_out_replaced(book, GIFT_SOURCE, batch, chunk)
            lines = list(zip(chunk.rows, chunk.table.to_pylist(), strict=True))
            donors = {text: donor_named(text) for text in {values["giver"] for _row, values in lines}}
            known = parties.parties_for_texts(
                by=by, texts=[donor.organisation for donor in donors.values() if donor.organisation]
            )
            book.post(GIFT_SOURCE, Gift.objects.bulk_create(_gifts(batch, lines, donors, known)))


def withdraw_gifts(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the gifts of a batch out of the books again; their entries are reversed. Donors stay parties."""
    with ledger.posting(by=by) as book:
        book.supersede_batch(GIFT_SOURCE, batch.pk, reason=reason)
        put_back_replaced(book, GIFT_SOURCE, batch)


def _gifts(
    batch: Batch,
    lines: Iterable[tuple[int, Mapping[str, Any]]],
    donors: Mapping[str | None, Donor],
    known: Mapping[str, Party],
) -> Iterator[Gift]:
    for row, values in lines:
        donor = donors[values["giver"]]
        unit, quantity = _counted(row, values)
        first, last = _dates_of(batch, values)
        yield Gift(
            programme_id=batch.programme_id,
            batch=batch,
            row=row,
            giver=known[donor.organisation] if donor.organisation else None,
            giver_as_written=donor.shown,
            receiver_id=batch.party_id,
            item=values.get("item") or "",
            specification=values.get("specification") or "",
            unit=unit,
            quantity=quantity,
            value_fen=values.get("value_fen"),
            received_from=first,
            received_to=last,
        )


def _counted(row: int, values: Mapping[str, Any]) -> tuple[str, int]:
    """The unit of a gift, and how much of it in base units."""
    if "cash_fen" in values:
        return "元", values["cash_fen"]
    unit = UNITS.get(values["unit"])
    if unit is None:
        raise GiftRefused(
            _("第 %(row)d 行的单位“%(unit)s”不在计量单位表中；请改用表中的单位。")
            % {"row": row, "unit": values["unit"] or ""},
            row=row,
        )
    return values["unit"], values["quantity"] * unit.factor


def _dates_of(batch: Batch, values: Mapping[str, Any]) -> tuple[date | None, date]:
    """The day of the line, else the period or date of the notice."""
    if values["received_on"]:
        return values["received_on"], values["received_on"]
    first, last = batch.period_from, batch.period_to or batch.as_of
    if last is None:
        raise PeriodNeeded(_("没有说明捐赠是哪一天接收的；请填写报告期或截止日期。"), batch=batch.pk)
    return first or last, last
