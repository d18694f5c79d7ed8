"""Verbs of analytics: export entries to Parquet, join small segments, mend missing or damaged ones."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from xieshou.analytics import selectors
from xieshou.analytics.errors import ExportFailed, SegmentDiffers
from xieshou.analytics.extract import Copied, Job, digest_file, file_digest
from xieshou.analytics.models import Segment
from xieshou.analytics.rules import SEGMENT_ROWS, TAIL_LIMIT, runs_to_join
from xieshou.ledger.errors import LedgerBusy
from xieshou.ledger.services import stable_cut

# A question waits no longer for a posting that holds the lock; it reads the tail instead, however long.
WAIT_SECONDS = 0.2
STRAY_SECONDS = 3600

_sound: set[tuple[str, int, int]] = set()


def export_entries(*, force: bool = False) -> int:
    """Write the entries that stand in no segment yet to Parquet; the number of entries written.

    Args:
        force: export a short tail too; else `TAIL_LIMIT` entries or fewer stay where they are.
    Cost: one pass over the new entries in child processes, memory bounded whatever their number.
    Nothing is exported inside a transaction, while another process exports, or while somebody posts and keeps the cut
    or the database waiting: nothing is lost by that, the entries are in the tail.
    Raises: ExportFailed, SegmentDiffers.
    """
    exported = 0
    if connection.in_atomic_block:
        return exported
    with _locked("export", wait=False) as alone, _unless_busy():
        cut = stable_cut(timeout_seconds=WAIT_SECONDS)
        after = _last_exported()
        waiting = selectors.tail_extent(after, cut).rows
        if not alone or waiting <= (0 if force else TAIL_LIMIT):
            return exported
        with transaction.atomic():
            pass  # on SQLite this asks for the write lock that segments will need, before anything is copied
        _remove_strays()
        while end := selectors.end_of_range(after, cut, SEGMENT_ROWS):
            exported += _write_segment(_copy_range(after, end)).rows
            after = end
        _join_small_segments()
    return exported


@contextmanager
def _unless_busy() -> Iterator[None]:
    """Do what is possible without waiting for whoever posts; what is not is left undone."""
    try:
        with _short_wait():
            yield
    except LedgerBusy:
        pass
    except OperationalError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise


@contextmanager
def _short_wait() -> Iterator[None]:
    """On SQLite every writer waits for the one before it, for as long as the connection says."""
    if connection.vendor != "sqlite":
        yield
        return
    usual_seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {round(1000 * WAIT_SECONDS)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {round(1000 * usual_seconds)}")


def sound_segments() -> list[Segment]:
    """All segments, in order; a file that is missing or damaged is exported again first.

    Cost: one query and a look at each file; a file is read whole once per process and change, to compare its digest.
    Raises: SegmentDiffers, when the ledger no longer gives what the segment held: `xieshou ledger verify` says where.
    """
    known = list(selectors.segments())
    for segment in known:
        if not _is_sound(selectors.folder() / segment.file):
            with _locked("mend", wait=True):  # of many who ask at once, one copies
                _mend(segment)
    return known


def _mend(segment: Segment) -> None:
    if not _is_sound(selectors.folder() / segment.file):
        again = _copy_range(segment.first_entry - 1, segment.last_entry)
        if again.root != bytes(segment.root).hex():
            raise _differs(again)


def _differs(copied: Copied) -> SegmentDiffers:
    first, last = copied.first_entry, copied.last_entry
    return SegmentDiffers(
        _("第 %(first)d 至 %(last)d 条台账与导出时不同；请运行 xieshou ledger verify 查明。")
        % {"first": first, "last": last},
        first=first,
        last=last,
    )


def _is_sound(path: Path) -> bool:
    try:
        state = path.stat()
        seen = (str(path), state.st_mtime_ns, state.st_size)
        if seen not in _sound:
            if digest_file(path).read_text(encoding="ascii") != file_digest(path):
                return False
            _sound.add(seen)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _locked(work: str, *, wait: bool) -> Iterator[bool]:
    """Whether nobody else does this work in this home; it stays so until the end of the block."""
    with (selectors.folder() / f"{work}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _last_exported() -> int:
    last = selectors.segments().last()
    return last.last_entry if last else 0


def _copy_range(after: int, upto: int) -> Copied:
    job = Job(connection.vendor, _address(), after, upto, str(selectors.folder()))
    child = subprocess.run(
        [sys.executable, "-m", "xieshou.analytics.extract"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        reason = (child.stderr.strip().splitlines() or [""])[-1]
        raise ExportFailed(
            _("台账未能导出到 %(folder)s：%(reason)s；请检查磁盘空间后重试。")
            % {"folder": job.folder, "reason": reason},
            folder=job.folder,
        )
    return Copied(**json.loads(child.stdout))


def _address() -> str:
    if connection.vendor == "sqlite":
        return f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro"
    from psycopg.conninfo import make_conninfo  # of the extra [postgres]

    of_django = ("context", "cursor_factory", "prepare_threshold")
    parameters = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in parameters.items() if name not in of_django})


def _write_segment(copied: Copied) -> Segment:
    return Segment.objects.create(
        first_entry=copied.first_entry,
        last_entry=copied.last_entry,
        rows=copied.rows,
        root=bytes.fromhex(copied.root),
        file=copied.file,
    )


def _join_small_segments() -> None:
    """Make one segment of each run of small neighbours; their files stay for the readers that know them."""
    known = list(selectors.segments())
    for run in runs_to_join([segment.rows for segment in known]):
        small = [known[position] for position in run]
        joined = _copy_range(small[0].first_entry - 1, small[-1].last_entry)
        if joined.rows != sum(segment.rows for segment in small):
            raise _differs(joined)
        with transaction.atomic():
            Segment.objects.filter(pk__in=[segment.pk for segment in small]).delete()
            _write_segment(joined)


def _remove_strays() -> None:
    """Remove old files of no segment: drafts of a killed export, and what was joined. Young ones may still be read."""
    folder = selectors.folder()
    known = {folder / name for name in selectors.segments().values_list("file", flat=True)}
    known |= {digest_file(path) for path in known}
    for path in (*folder.glob("*.part"), *folder.glob("entries-*")):
        if path not in known and path.stat().st_mtime < time.time() - STRAY_SECONDS:
            path.unlink()
