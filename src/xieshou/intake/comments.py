"""The thread of a batch (批注): what people say to each other about it and its rows, and each step it took."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake import staging
from xieshou.intake.errors import DecisionInvalid
from xieshou.intake.models import Batch, BatchComment
from xieshou.intake.rules import clean

MOST_CHARACTERS = 1_000


def comment(*, by: Actor, batch: Batch, text: str, row: int | None = None) -> BatchComment:
    """Say something about a batch, or about one row of its sheet; whoever sees the batch may.

    Raises: DecisionInvalid, for no text, too long a text, or a row that the table does not have.
    """
    said = _checked(text)
    if row is not None and not _has_row(batch, row):
        raise DecisionInvalid(_("表里没有第 %(row)s 行数据；请核对行号。") % {"row": row}, field="row")
    return BatchComment.objects.create(batch=batch, row=row, text=said, written_by_id=by.user_id)


def note_move(*, by: Actor, batch: Batch, move: str, text: str = "") -> BatchComment:
    """Write a step of the batch into its thread, with what was said about it."""
    return BatchComment.objects.create(batch=batch, move=move, text=text, written_by_id=by.user_id)


def thread(batch: Batch) -> QuerySet[BatchComment]:
    """The comments and steps of a batch, the oldest first."""
    return batch.comments.select_related("written_by").order_by("pk")


def _checked(text: str) -> str:
    said = clean(text)
    if not said:
        raise DecisionInvalid(_("批注是空的；请写明要说的话。"), field="text")
    if len(said) > MOST_CHARACTERS:
        raise DecisionInvalid(
            _("批注有 %(length)s 个字，最多 %(most)s 个；请写短些。") % {"length": len(said), "most": MOST_CHARACTERS},
            field="text",
        )
    return said


def _has_row(batch: Batch, row: int) -> bool:
    return bool(batch.evaluation) and staging.row_at(staging.rows_path(batch), row, []) is not None
