"""The jobs of batches: put in the queue, found again, named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from xieshou.common.scoping import Actor
from xieshou.intake.models import Batch, Pile
from xieshou.web import progress, tasks

NAMES: dict[str, str | Promise] = {
    f"{tasks.__name__}.read_batch": _("读取"),
    f"{tasks.__name__}.accept_batch": _("入账"),
    f"{tasks.__name__}.withdraw_batch": _("撤销"),
}
PILE_NAMES: dict[str, str | Promise] = {
    f"{tasks.__name__}.read_pile": _("读取"),
    f"{tasks.__name__}.accept_pile": _("入账"),
}
OPEN = ("READY", "RUNNING")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. state: waiting, running, done or broken. subject: number of its batch or pile."""

    name: str
    subject: int
    state: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")


def start_reading(*, by: Actor, batch: Batch) -> None:
    progress.clear(batch.pk)
    tasks.read_batch.enqueue(batch.pk, by.user_id, get_language() or "zh-hans")


def start_accepting(*, by: Actor, batch: Batch) -> None:
    """Queue the acceptance; a second one while the first is open is passed over."""
    if open_job(batch) is None:
        progress.clear(batch.pk)
        tasks.accept_batch.enqueue(batch.pk, by.user_id, get_language() or "zh-hans")


def start_accepting_all(*, by: Actor, batches: Iterable[Batch]) -> int:
    """Queue the acceptance of several batches, each for itself, and the export of what they post behind them. How many
    were queued."""
    count = 0
    for batch in batches:
        start_accepting(by=by, batch=batch)
        count += 1
    if count:
        tasks.export_entries.enqueue()
    return count


def start_withdrawing(*, by: Actor, batch: Batch, reason: str) -> None:
    """Queue the withdrawal of a large batch; a second one while the first is open is passed over."""
    if open_job(batch) is None:
        progress.clear(batch.pk)
        tasks.withdraw_batch.enqueue(batch.pk, by.user_id, get_language() or "zh-hans", reason)


def start_reading_pile(*, by: Actor, pile: Pile) -> None:
    """Queue the reading of what waits in a pile; a second one while the first is open is passed over."""
    if open_pile_job(pile) is None:
        progress.clear(progress.pile_key(pile.pk))
        tasks.read_pile.enqueue(pile.pk, by.user_id, get_language() or "zh-hans")


def start_accepting_pile(*, by: Actor, pile: Pile, members: list[int] | None = None) -> None:
    """Queue the acceptance of what is ready in a pile, or of the named members, and the export behind it."""
    if open_pile_job(pile) is None:
        progress.clear(progress.pile_key(pile.pk))
        tasks.accept_pile.enqueue(pile.pk, by.user_id, get_language() or "zh-hans", members)
        tasks.export_entries.enqueue()


def open_job(batch: Batch) -> Job | None:
    """The job of a batch that waits or runs. One query."""
    return _open_job(NAMES, batch.pk)


def open_pile_job(pile: Pile) -> Job | None:
    """The job of a pile that waits or runs. One query."""
    return _open_job(PILE_NAMES, pile.pk)


def _open_job(names: Iterable[str], subject: int) -> Job | None:
    found = (
        DBTaskResult.objects.filter(task_path__in=list(names), status__in=OPEN, args_kwargs__args__0=subject)
        .order_by("-enqueued_at")
        .first()
    )
    return _as_job(found) if found else None


def jobs_of(batches: Iterable[Batch], limit: int = 50) -> list[Job]:
    """The latest jobs of these batches, open ones first. One query."""
    wanted = {batch.pk for batch in batches}
    latest = DBTaskResult.objects.filter(task_path__in=NAMES).order_by("-enqueued_at")[: limit * 4]
    jobs = [job for job in map(_as_job, latest) if job.subject in wanted][:limit]
    return sorted(jobs, key=lambda job: not job.is_open)


def _as_job(result: DBTaskResult[Any, Any]) -> Job:
    states = {"READY": "waiting", "RUNNING": "running", "SUCCESSFUL": "done"}
    return Job(
        name=str((NAMES | PILE_NAMES)[result.task_path]),
        subject=int(result.args_kwargs["args"][0]),
        state=states.get(str(result.status), "broken"),
        asked_at=result.enqueued_at,
        began_at=result.started_at,
        ended_at=result.finished_at,
    )
