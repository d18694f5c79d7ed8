"""How far a job is, in a small file: a job's own transaction is not visible to the page that asks.

The key of a job is the number of its batch, or `pile_key` of its pile.
"""

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
    """done and left in rows, of a pile in files; left None while the total is not known; seconds since the job
    began."""

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

    def __init__(self, key: int | str) -> None:
        self.key = key
        self.began_at = time.monotonic()
        self.written_at = 0.0

    def __call__(self, *, done: int, left: int | None) -> None:
        now = time.monotonic()
        if now - self.written_at < WRITTEN_EVERY_SECONDS:
            return
        self.written_at = now
        if _marker(self.key).exists():
            raise Cancelled(_("已按要求停下，什么都没有入账。"))
        path = _file(self.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"done": done, "left": left, "seconds": now - self.began_at}), encoding="ascii")
        draft.replace(path)

    def __enter__(self) -> JobProgress:
        return self

    def __exit__(self, *_details: object) -> None:
        clear(self.key)


def standing(key: int | str) -> Standing | None:
    """Where a job stands; None before it begins and after it ends."""
    try:
        return Standing(**json.loads(_file(key).read_text(encoding="ascii")))
    except FileNotFoundError:
        return None


def ask_to_stop(key: int | str) -> None:
    """Ask a job to stop at its next step."""
    _marker(key).parent.mkdir(parents=True, exist_ok=True)
    _marker(key).touch()


def is_asked_to_stop(key: int | str) -> bool:
    return _marker(key).exists()


def clear(key: int | str) -> None:
    for path in (_file(key), _marker(key)):
        path.unlink(missing_ok=True)


def pile_key(pile_id: int) -> str:
    return f"pile-{pile_id}"


def _file(key: int | str) -> Path:
    return Path(settings.HOME) / "progress" / f"{key}.json"


def _marker(key: int | str) -> Path:
    return Path(settings.HOME) / "progress" / f"{key}.stop"
