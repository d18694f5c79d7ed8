"""How a statement becomes ledger entries: one for each stated value."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from xieshou.channels.statements import selectors
from xieshou.channels.statements.errors import StatementRefused
from xieshou.channels.statements.measures import PACKAGED, About, StatedMeasure
from xieshou.channels.statements.models import Statement
from xieshou.channels.statements.rules import Amount
from xieshou.ledger.measures import Basis, FundSource
from xieshou.ledger.posted import Posting, PostingSource

_own: dict[str, StatedMeasure] = {}  # an own measure is never changed once it is there


def remember_measures(measures: Mapping[str, StatedMeasure]) -> None:
    """Keep measures just read, so that posting need not read them again."""
    _own.update(measures)


def _measure(key: str) -> StatedMeasure:
    if key in PACKAGED:
        return PACKAGED[key]
    if key not in _own:
        _own.update(selectors.own_measures())
    if key not in _own:
        raise StatementRefused(_("没有计量项“%(key)s”，不能入账。") % {"key": key}, measure=key)
    return _own[key]


def for_statement(statement: Statement) -> Iterator[Posting]:
    """One entry for each stated value, 0 included; basis listed where the row is about one household, else summary.

    What a unit did is credited to it. How things are in a place is nobody's credit: the newest statement about the
    place counts, whichever unit makes it. The unit is the giver of its own money alone.
    """
    is_listed = statement.household_ref is not None
    for values in statement.amounts:
        amount = Amount.from_json(values)
        measure = _measure(amount.measure)
        yield Posting(
            measure=measure.measure,
            quantity=amount.quantity,
            occurred_from=statement.occurred_from,
            occurred_to=statement.occurred_to,
            stage=amount.stage,
            category=amount.category,
            fund_source=amount.fund_source,
            basis=Basis.LISTED if is_listed else Basis.SUMMARY,
            giver=statement.party_id if amount.fund_source == FundSource.OWN else None,
            credited_to=statement.party_id if measure.about is About.UNIT else None,
            place_code=statement.place_code,
            programme=statement.programme_id,
            household=statement.household_ref,
            batch=statement.batch_id,
        )


STATEMENT_SOURCE = PostingSource(
    kind="statement",
    model=Statement,
    postings=for_statement,
    measures=tuple(measure.measure for measure in PACKAGED.values()),
    further_measures=selectors.own_ledger_measures,
)
