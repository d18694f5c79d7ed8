"""The steps of a batch between its unit and the office (批次的流转), and the conditions of each."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake import selectors, staging
from xieshou.intake.comments import note_move
from xieshou.intake.comparisons import compare
from xieshou.intake.differences import Comparison
from xieshou.intake.errors import BatchNotReady, DecisionInvalid, IntakeError, NothingToAccept, ReasonNeeded
from xieshou.intake.models import Batch, Original
from xieshou.intake.reported import write_pairs
from xieshou.intake.rules import OPEN_STATES, may_become

MOST_REASON = 200  # a reversal's reason has 300 characters, and names the batch too
# What may still be thrown away: what was handed in is the office's to decide, what was in the books stays.
DISCARDABLE = frozenset({Batch.State.READING, Batch.State.DRAFT, Batch.State.RETURNED, Batch.State.FAILED})


def submit_batch(*, by: Actor, batch: Batch) -> Batch:
    """Hand a draft in (提交).

    Raises: NotPermitted, when the actor is neither of its unit nor of the office; BatchNotReady; NothingToAccept;
    ReasonNeeded.
    """
    batch.refresh_from_db()
    selectors.demand_may_change(by, batch)
    demand_move(batch, Batch.State.SUBMITTED)
    demand_read(batch)
    if not batch.accepted:
        raise NothingToAccept(_("没有可以入账的行；请按提示改好后再提交。"), batch=batch.pk)
    demand_explained(batch, compare(batch))
    with transaction.atomic():
        write_pairs(batch)
        batch.submitted_at = timezone.now()
        batch.save(update_fields=["submitted_at"])
        return moved(batch, Batch.State.SUBMITTED, by, message="")


def return_batch(*, by: Actor, batch: Batch, comment: str) -> Batch:
    """Send a submitted batch back to its unit with a comment (退回).

    Raises: NotPermitted, when the actor is no office that reaches it; BatchNotReady; DecisionInvalid.
    """
    batch.refresh_from_db()
    selectors.demand_may_settle(by, batch)
    demand_move(batch, Batch.State.RETURNED)
    if not comment.strip():
        raise DecisionInvalid(_("退回时请写明要改什么。"), field="comment")
    with transaction.atomic():
        return moved(batch, Batch.State.RETURNED, by, message=comment.strip())


def return_batches(*, by: Actor, batches: Iterable[Batch], comment: str) -> tuple[list[Batch], list[IntakeError]]:
    """Send several batches back with one comment; each stands for itself. Returns those sent back, and the refusals."""
    returned: list[Batch] = []
    refusals: list[IntakeError] = []
    for batch in batches:
        try:
            returned.append(return_batch(by=by, batch=batch, comment=comment))
        except BatchNotReady as refusal:
            refusals.append(refusal)
    return returned, refusals


def reopen(*, by: Actor, batch: Batch) -> Batch:
    """Make a returned batch a draft again, when its unit begins to mend it; what the office said is in its thread."""
    return moved(batch, Batch.State.DRAFT, by, message="") if batch.state == Batch.State.RETURNED else batch


def explain(*, by: Actor, batch: Batch, reason: str, gone: list[list[int]] | None = None) -> Batch:
    """Say why cumulative amounts fall or rows are corrected; the reversals bear it.

    Args:
        gone: the (batch, row) of rows in the books that acceptance takes out because they no longer appear; None leaves
            what was chosen, [] takes none out.
    Raises: NotPermitted; BatchNotReady; DecisionInvalid, for too long a reason.
    """
    batch.refresh_from_db()
    selectors.demand_may_change(by, batch)
    if batch.state == Batch.State.SUBMITTED:
        selectors.demand_may_settle(by, batch)
    else:
        demand_open(batch)
    said = " ".join(reason.split())
    if len(said) > MOST_REASON:
        raise DecisionInvalid(
            _("原因有 %(length)s 个字，最多 %(most)s 个；请写短些。") % {"length": len(said), "most": MOST_REASON},
            field="reason",
        )
    batch.choices = batch.choices | {"reason": said} | ({} if gone is None else {"gone": gone})
    batch.save(update_fields=["choices"])
    return batch


def discard_batch(*, by: Actor, batch: Batch) -> None:
    """Delete a batch that was neither handed in nor accepted, with its working files; the original stays kept."""
    batch.refresh_from_db()
    selectors.demand_may_change(by, batch)
    if batch.state in (Batch.State.ACCEPTED, Batch.State.WITHDRAWN):
        raise BatchNotReady(_("这个批次已经入过账，不能删除；如有错误请撤销整批。"), batch=batch.pk)
    if batch.state not in DISCARDABLE:
        raise BatchNotReady(_("这个批次已经提交，不能删除；请由帮扶办退回。"), batch=batch.pk)
    drop(batch)


def demand_move(batch: Batch, target: str, also: tuple[str, ...] = ()) -> None:
    if batch.state not in also and not may_become(batch.state, target):
        raise BatchNotReady(
            _("批次 %(batch)s 现为“%(state)s”，不能改为“%(target)s”。")
            % {"batch": batch.pk, "state": batch.get_state_display(), "target": Batch.State(target).label},
            batch=batch.pk,
        )


def demand_open(batch: Batch, also: tuple[str, ...] = ()) -> None:
    if batch.state not in OPEN_STATES and batch.state not in also:
        raise BatchNotReady(
            _("批次 %(batch)s 现为“%(state)s”，不能再改；请先退回。")
            % {"batch": batch.pk, "state": batch.get_state_display()},
            batch=batch.pk,
        )


def demand_read(batch: Batch) -> None:
    if not batch.evaluation:
        raise BatchNotReady(
            batch.message or _("批次 %(batch)s 还没有读完；请稍后再看。") % {"batch": batch.pk}, batch=batch.pk
        )


def locked(batch: Batch) -> Batch:
    """The batch as it stands now; imports of one file wait for each other here."""
    Original.objects.select_for_update().get(pk=batch.original_id)
    found: Batch = Batch.objects.select_for_update().get(pk=batch.pk)
    return found


def moved(batch: Batch, state: str, by: Actor, message: str) -> Batch:
    """The batch in its new state; the step stands in its thread."""
    batch.state, batch.message = state, message
    batch.decided_by_id, batch.decided_at = by.user_id, timezone.now()
    batch.save(update_fields=["state", "message", "decided_by", "decided_at"])
    note_move(by=by, batch=batch, move=state, text=message)
    return batch


def demand_explained(batch: Batch, found: Comparison) -> None:
    """Raises: ReasonNeeded, when cumulative amounts fall or rows are taken out and nobody has said why."""
    if found.needs_reason and not batch.choices.get("reason"):
        raise ReasonNeeded(
            _("%(falls)s 处累计数比以前少，%(gone)s 行要从账上去掉；请先写明原因，再提交或采纳。")
            % {"falls": found.fall_count, "gone": found.gone},
            batch=batch.pk,
        )


def drop(batch: Batch) -> None:
    """Remove a batch and its working files; the original stays, unless the file was refused as classified."""
    staging.discard(batch)
    if batch.pk is not None:
        Batch.objects.filter(completes=batch).update(completes=None)
        batch.delete()
