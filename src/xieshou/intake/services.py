"""From a file to the books: open, correct, submit, accept, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from xieshou.common.scoping import Actor
from xieshou.intake.forms import FormBinding
from xieshou.intake.models import Batch
from xieshou.intake.previews import Preview, Report


class Progress(Protocol):
    """Told about rows as they are done; `left` is None while the number of rows is not known. May raise `Cancelled`."""

    def __call__(self, *, done: int, left: int | None) -> None: ...


def open_batch(
    *,
    by: Actor,
    path: Path,
    name: str,
    bindings: Sequence[FormBinding],
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Keep the original, read it, check it and leave a draft; posts nothing.

    Equal to `begin_batch` followed by `read_batch`. A refusal leaves no batch.

    Args:
        name: the file's name as the person knows it. period: "2019", "2019-10", "2019Q3", "2018..2020-10" …
        as_of: the day to which cumulative amounts run. basis: "period" or "cumulative" where the form asks.
    Raises: IntakeError and its kinds, each with a sentence.
    """
    raise NotImplementedError


def begin_batch(
    *,
    by: Actor,
    path: Path,
    name: str,
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
) -> Batch:
    """Keep the original and return a batch in state `reading`, for a background job to read."""
    raise NotImplementedError


def read_batch(
    *, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None
) -> Batch:
    """Read a batch that was begun; on a refusal it is `failed` with the sentence, and the error is raised again."""
    raise NotImplementedError


def preview(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding]) -> Preview:
    """What was recognised, what is doubtful, and the first rows."""
    raise NotImplementedError


def report(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], returned: str | None = None) -> Report:
    """The outcome so far, for programs."""
    raise NotImplementedError


def correct(
    *,
    by: Actor,
    batch: Batch,
    bindings: Sequence[FormBinding],
    columns: Mapping[str, int | None] | None = None,
    sheet: str | None = None,
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
) -> Batch:
    """Set what the engine took wrong and check again; the choice of columns is remembered.

    Args:
        columns: form column key → 0-based column of the sheet, None for "not in this sheet".
    """
    raise NotImplementedError


def decide(
    *,
    by: Actor,
    batch: Batch,
    bindings: Sequence[FormBinding],
    places: Mapping[str, str] | None = None,
    parties: Mapping[str, int] | None = None,
    drop_rows: Sequence[int] | None = None,
    keep_rows: Sequence[int] | None = None,
    correct_rows: Sequence[int] | None = None,
) -> Batch:
    """Answer what the engine asked and check again; answers about texts are remembered.

    Args:
        places: text as in `OpenText.text` → place code. parties: text → party id. drop_rows: leave these rows out.
        keep_rows: take them in after all. correct_rows: post these rows in place of those posted before (更正导入).
    """
    raise NotImplementedError


def submit_batch(*, by: Actor, batch: Batch) -> Batch:
    """Hand a draft in (提交)."""
    raise NotImplementedError


def return_batch(*, by: Actor, batch: Batch, comment: str) -> Batch:
    """Send a submitted batch back to its unit with a comment (退回)."""
    raise NotImplementedError


def accept_batch(
    *, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None
) -> Batch:
    """Post the good rows (采纳), all or none, in one transaction.

    Posts: what the form's binding posts. A process killed in the middle leaves the draft as it was.
    Raises: BatchConflict, when another import has posted some of the same rows meanwhile; NothingToAccept; PeriodNeeded.
    """
    raise NotImplementedError


def withdraw_batch(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], reason: str) -> Batch:
    """Take a whole accepted batch back (撤销整批), by reversals; its rows may be imported again."""
    raise NotImplementedError


def discard_batch(*, by: Actor, batch: Batch) -> None:
    """Delete a draft that was never accepted, with its working files; the original stays kept."""
    raise NotImplementedError
