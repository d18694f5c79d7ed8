"""Long work that goes on when the page is closed; the worker of `xieshou serve` runs it."""

import contextlib
import logging

from django.utils import translation
from django_tasks import task

from xieshou.access.models import User
from xieshou.access.services import actor_for
from xieshou.analytics.errors import ExportFailed
from xieshou.analytics.services import export_entries as export
from xieshou.catalogue.forms import known_bindings
from xieshou.common.errors import XieshouError
from xieshou.intake import piles
from xieshou.intake import services as intake
from xieshou.intake.errors import Cancelled
from xieshou.intake.models import Batch, Pile
from xieshou.intake.rules import may_become
from xieshou.web.progress import JobProgress, pile_key

logger = logging.getLogger(__name__)


@task()
def read_batch(batch_id: int, user_id: int, language: str) -> None:
    """Read and check a workbook. A refusal stands on the batch (`failed` and its sentence)."""
    with translation.override(language), JobProgress(batch_id) as progress:
        try:
            intake.read_batch(
                by=actor_for(User.objects.get(pk=user_id)),
                batch=Batch.objects.get(pk=batch_id),
                bindings=known_bindings(),
                progress=progress,
            )
        except XieshouError as refusal:
            Batch.objects.filter(pk=batch_id, state=Batch.State.READING).update(
                state=Batch.State.FAILED, message=refusal.message
            )


@task()
def accept_batch(batch_id: int, user_id: int, language: str) -> None:
    """Post the good rows of a batch, all or none. A refusal leaves the batch as it was, with the sentence on it."""
    with translation.override(language), JobProgress(batch_id) as progress:
        try:
            intake.accept_batch(
                by=actor_for(User.objects.get(pk=user_id)),
                batch=Batch.objects.get(pk=batch_id),
                bindings=known_bindings(),
                progress=progress,
            )
        except XieshouError as refusal:
            # A job may come twice: after its worker was killed, or asked for in two windows. What is in the books by
            # then stays accepted, and what was rolled back stands where it stood.
            acceptable = [state for state in Batch.State if may_become(state, Batch.State.ACCEPTED)]
            Batch.objects.filter(pk=batch_id, state__in=acceptable).update(message=refusal.message)


@task()
def withdraw_batch(batch_id: int, user_id: int, language: str, reason: str) -> None:
    """Take a large batch back, all or none. A refusal leaves it accepted, with the sentence on it."""
    with translation.override(language), JobProgress(batch_id):
        try:
            intake.withdraw_batch(
                by=actor_for(User.objects.get(pk=user_id)),
                batch=Batch.objects.get(pk=batch_id),
                bindings=known_bindings(),
                reason=reason,
            )
        except XieshouError as refusal:
            Batch.objects.filter(pk=batch_id, state=Batch.State.ACCEPTED).update(message=refusal.message)


@task()
def read_pile(pile_id: int, user_id: int, language: str) -> None:
    """Read the files of a pile that still wait, one after the other; what each was refused for stands beside it."""
    with translation.override(language), JobProgress(pile_key(pile_id)) as progress, contextlib.suppress(Cancelled):
        piles.read_pile(
            by=actor_for(User.objects.get(pk=user_id)),
            pile=Pile.objects.get(pk=pile_id),
            bindings=known_bindings(),
            progress=progress,
        )


@task()
def accept_pile(pile_id: int, user_id: int, language: str, members: list[int] | None = None) -> None:
    """Accept what is ready in a pile, or the named members; a job that comes again passes over what is accepted."""
    with translation.override(language), JobProgress(pile_key(pile_id)) as progress, contextlib.suppress(Cancelled):
        piles.accept_pile(
            by=actor_for(User.objects.get(pk=user_id)),
            pile=Pile.objects.get(pk=pile_id),
            bindings=known_bindings(),
            members=members,
            progress=progress,
        )


@task()
def export_entries() -> None:
    """Write what was posted to Parquet, so that the next figure need not. What cannot be written stays in the tail."""
    try:
        export()
    except ExportFailed as failure:
        logger.warning("%s", failure.message)
