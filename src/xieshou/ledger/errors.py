"""What the ledger refuses."""

from xieshou.common.errors import XieshouError


class LedgerError(XieshouError):
    """Base of the ledger's refusals."""

    code = "ledger_refused"


class WrittenOutsideABook(LedgerError):
    """A posted model was written, or an entry created, without an open book."""

    code = "written_outside_a_book"


class BookMisused(LedgerError):
    """A book used after its end, from another thread, for another actor, or after a part of it failed."""

    code = "book_misused"


class PostingRefused(LedgerError):
    """A posting that says what cannot be: an unknown category, a negative amount, a reference to nothing."""

    code = "posting_refused"


class PersonalDataRefused(PostingRefused):
    """An identity or phone number in a text that can never be erased."""

    code = "personal_data_in_ledger"


class EntriesDiffer(LedgerError):
    """At the end of a book the entries are not what its records post."""

    code = "entries_differ"


class ChangeRefused(LedgerError):
    """An attempt to change or remove what only grows."""

    code = "append_only"


class Unprotected(LedgerError):
    """The database triggers that keep the ledger append-only are missing."""

    code = "ledger_unprotected"


class LedgerBusy(LedgerError):
    """Somebody posts for longer than the caller was ready to wait."""

    code = "ledger_busy"


class NothingSealed(LedgerError):
    """The ledger has no seal yet, or none over the entry asked for."""

    code = "nothing_sealed"


class LedgerDamaged(LedgerError):
    """What stands in the database is not what was sealed."""

    code = "ledger_damaged"


class EntryUnknown(LedgerError):
    """No entry has this number, or the actor may not see it."""

    code = "entry_unknown"


class SigningKeyUnusable(LedgerError):
    """The signing key is missing where it should be, is open to others, or cannot be read."""

    code = "signing_key_unusable"


class CheckpointUnreadable(LedgerError):
    """A file that should hold a checkpoint of this ledger does not."""

    code = "checkpoint_unreadable"
