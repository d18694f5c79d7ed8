"""Verbs of the ledger: post, seal, verify, reconcile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.ledger import book, open_books, reconciliation, sealing, storage, verification
from xieshou.ledger.book import Book
from xieshou.ledger.comparing import Difference
from xieshou.ledger.errors import BookMisused
from xieshou.ledger.models import Seal
from xieshou.ledger.posted import PostingSource
from xieshou.ledger.verification import Problem, Verification

__all__ = [
    "Book",
    "Difference",
    "Problem",
    "Verification",
    "head",
    "posting",
    "reconcile",
    "seal",
    "stable_cut",
    "verify",
]


def posting(*, by: Actor) -> AbstractContextManager[Book]:
    """Open the book: `with posting(by=actor) as book:` is the transaction.

    At its end the postings of every record touched are compared with the entries, and all parties, programmes and
    batches mentioned must exist; else everything is rolled back. Inside an open book of the same actor and thread it
    joins that book, which fails as a whole when the inner part fails.

    Raises: EntriesDiffer, PostingRefused, BookMisused; Unprotected, when the append-only triggers are missing.
    """
    return book.opened(by=by)


def stable_cut(*, timeout_seconds: float = 10.0) -> int:
    """The id up to which entries are final: no entry with an id up to it will ever appear or vanish. 0: no entry.

    Exports and seals take their cut here. On PostgreSQL it waits for the postings under way, and new ones wait for it;
    `LedgerBusy` when that takes longer than the timeout. The lock is given back on return; the answer stays true.
    """
    if open_books.current() is not None:
        raise BookMisused(_("记账尚未结束，不能封存或导出；请先结束记账。"))
    return storage.final_entry_id(timeout_seconds)


def seal(*, by: Actor, timeout_seconds: float = 10.0) -> Seal:
    """Sign a checkpoint over all entries (封存); the last seal where nothing is new.

    Draws the deployment's key when it is the first. Cost: the entries since the last seal, ≥ 100,000 a second.
    Raises: NothingSealed, when there is no entry; LedgerBusy; LedgerDamaged, when the entries sealed before have
    changed; SigningKeyUnusable.
    """
    return sealing.seal(stable_cut(timeout_seconds=timeout_seconds), timeout_seconds=timeout_seconds)


def head() -> dict[str, Any]:
    """The last seal as a signed checkpoint to publish: {origin, size, root, last_entry, sealed_at, checkpoint, key}.

    Raises NothingSealed.
    """
    return sealing.head()


def verify(
    *, against: Mapping[str, Any] | None = None, progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Recompute every leaf, root and signature, and name what was changed. Reads all entries once, memory bounded.

    Args:
        against: a document from `head` that was kept elsewhere; a ledger that does not extend it is refused, also one
            rewritten and sealed again with the right key.
        progress: called now and then with the numbers of entries done and in all.
    Raises: CheckpointUnreadable, when `against` is no checkpoint of this ledger; SigningKeyUnusable.
    """
    return verification.verify(against=against, progress=progress)


def reconcile(
    sources: Iterable[PostingSource], *, progress: Callable[[int, int], None] | None = None
) -> list[Difference]:
    """Recompute the postings of every record of these sources and compare them with the live entries.

    Finds what went around the book. Memory bounded but for the differences; about 30 µs a record.
    """
    return reconciliation.reconcile(list(sources), progress=progress)
