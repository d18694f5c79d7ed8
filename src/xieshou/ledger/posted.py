"""Records that post: the base of their models, what they post, and the list entry that ties both together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xieshou.common.scoping import ScopedModel
from xieshou.ledger.measures import Basis, Bound, Measure, Nature, Stage


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry as a record wants it: everything but id, time, actor, source and hash.

    quantity is in the measure's base unit, value_fen in fen; parties, programme, project, household and person are ids.
    occurred_from None: "up to `occurred_to`".
    """

    measure: Measure
    quantity: int
    occurred_to: date
    occurred_from: date | None = None
    stage: Stage = Stage.DONE
    category: str = ""
    fund_source: str = ""
    nature: str = Nature.GRANT
    value_fen: int | None = None
    bound: str = Bound.EXACT
    basis: str = Basis.SUMMARY
    giver: int | None = None
    receiver: int | None = None
    credited_to: int | None = None
    place_code: str = ""
    programme: int | None = None
    project: int | None = None
    household: int | None = None
    person: int | None = None
    batch: int | None = None
    reason: str = ""


class PostedModel(ScopedModel):
    """Base of every model whose rows become entries.

    Rows are saved, bulk-written or deleted only inside an open `ledger.services.posting` book; anything else raises
    `WrittenOutsideABook`. A model with a `superseded` field posts nothing while it is true.
    """

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class PostingSource:
    """A kind of record that posts, for the book and for `ledger reconcile`; listed in `catalogue.sources`.

    kind: stored in `Entry.source_kind`. postings: what one record posts now (nothing when superseded). records: loads
    the records with these ids, with what `postings` needs, in one query.
    """

    kind: str
    model: type[PostedModel]
    postings: Callable[[Any], Iterable[Posting]]
    measures: tuple[Measure, ...]
