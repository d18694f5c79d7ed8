"""How far a job is, in a small file beside the batch: a job's own transaction is not visible to the page that asks."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from xieshou.intake.errors import Cancelled

WRITTEN_EVERY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Standing:
    """done and left in rows, left None while the total is not known; seconds since the job began."""

    done: int
    left: int | None
    seconds: float

    @property
    def whole(self) -> int | None:
        return None if self.left is None else self.done + self.left

    @property
    def seconds_left(self) -> int | None:
        """Estimated from the rows done so far; None before there is anything to go by."""
        if not self.left or not self.done:
            return None
        return round(self.seconds * self.left / self.done)


class JobProgress:
    """What a service is given as `progress`: writes where it stands, and stops the job when somebody asked for that."""

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self.began_at = time.monotonic()
        self.written_at = 0.0

    def __call__(self, *, done: int, left: int | None) -> None:
        now = time.monotonic()
        if now - self.written_at < WRITTEN_EVERY_SECONDS:
            return
        self.written_at = now
        if _marker(self.batch_id).exists():
            raise Cancelled(_("已按要求停下，什么都没有入账。"))
        path = _file(self.batch_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"done": done, "left": left, "seconds": now - self.began_at}), encoding="ascii")
        draft.replace(path)

    def __enter__(self) -> JobProgress:
        return self

    def __exit__(self, *_details: object) -> None:
        clear(self.batch_id)


def standing(batch_id: int) -> Standing | None:
    """Where the job of a batch stands; None before it begins and after it ends."""
    try:
        return Standing(**json.loads(_file(batch_id).read_text(encoding="ascii")))
    except FileNotFoundError:
        return None


def ask_to_stop(batch_id: int) -> None:
    """Ask the job of a batch to stop at its next step; nothing of it is kept."""
    _marker(batch_id).parent.mkdir(parents=True, exist_ok=True)
    _marker(batch_id).touch()


def is_asked_to_stop(batch_id: int) -> bool:
    return _marker(batch_id).exists()


def clear(batch_id: int) -> None:
    for path in (_file(batch_id), _marker(batch_id)):
        path.unlink(missing_ok=True)


def _file(batch_id: int) -> Path:
    return Path(settings.HOME) / "progress" / f"{batch_id}.json"


def _marker(batch_id: int) -> Path:
    return Path(settings.HOME) / "progress" / f"{batch_id}.stop"
