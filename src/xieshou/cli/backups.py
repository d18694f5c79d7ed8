"""One file that holds everything an instance cannot make again, and the way back.

A backup is a .tar.gz: `database/` (SQLite: the file, by its own backup interface; PostgreSQL: one COPY text per table
and the state of the sequences, read in one snapshot), the folders of `FOLDERS`, and `manifest.json`, last, with the
SHA-256 of every part and the state of the ledger. Parquet and maps are made again when they are asked for. It holds the
keys, so only its owner may read it, and whoever reads it can read everything.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from xieshou.cli.errors import BackupDamaged, BackupRefused
from xieshou.ledger.errors import NothingSealed
from xieshou.ledger.selectors import last_entry_id, size
from xieshou.ledger.services import head

FORMAT = 1
FOLDERS = ("originals", "batches", "files", "keys")
DATABASE = "database"
MANIFEST = "manifest.json"
SQLITE_FILE = "xieshou.sqlite3"
SEQUENCES = "sequences.json"
_PRIVATE = 0o600
_PIECE = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What must be the same after a restore: entries, the last of them, the checkpoint of the last seal."""

    entries: int
    last_entry: int
    head: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last part of a backup. `files` maps each part to its SHA-256, `migrations` lists the shape of the tables."""

    format: int
    made_at: str
    vendor: str
    ledger: LedgerState
    migrations: list[tuple[str, str]]
    files: dict[str, str]


def ledger_state() -> LedgerState:
    try:
        checkpoint = head()
    except NothingSealed:
        checkpoint = None
    return LedgerState(entries=size(), last_entry=last_entry_id(), head=checkpoint)


def write_backup(path: Path, *, progress: Progress | None = None) -> Manifest:
    """Write a backup of the running instance to a new file, mode 0600; nobody has to stop working meanwhile.

    The database is read first and the folders after it: an original that a record names was kept before the record.
    Raises: BackupRefused, when the file exists; OSError.
    """
    if path.exists():
        raise BackupRefused(_("%(file)s 已存在；请换一个文件名。") % {"file": path}, file=str(path))
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".backup-") as staging, _new_file(path) as target:
        dump = Path(staging) / DATABASE
        dump.mkdir()
        state = _dump_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgresql(dump)
        parts = [*_parts(dump, DATABASE), *(part for name in FOLDERS for part in _parts(settings.HOME / name, name))]
        hashes: dict[str, str] = {}
        with tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as archive:
            for done, (name, source) in enumerate(parts):
                hashes[name] = _add(archive, name, source)
                if progress:
                    progress(done + 1, len(parts))
            manifest = Manifest(
                format=FORMAT,
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                vendor=connection.vendor,
                ledger=state,
                migrations=sorted(MigrationRecorder(connection).applied_migrations()),
                files=hashes,
            )
            described = Path(staging) / MANIFEST
            described.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
            archive.add(described, MANIFEST)
    return manifest


def restore_backup(
    path: Path, *, force: bool = False, progress: Progress | None = None
) -> tuple[Manifest, Path | None]:
    """Put a backup in the place of this instance, which must be empty unless `force`; then bring the tables up to date.

    Every part is checked against the manifest before anything is replaced. With `force` what stood here is moved to
    `HOME/replaced-…` (PostgreSQL: its schema is renamed so), never deleted. Returns the manifest and that folder.
    Raises: BackupDamaged; BackupRefused.
    """
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with _while_nobody_serves(), tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as staging:
        manifest = _unpack(path, Path(staging), progress)
        _demand_same_kind(manifest)
        is_occupied = _is_occupied()
        if is_occupied and not force:
            raise BackupRefused(
                _("%(home)s 中已有数据；请换一个空的 XIESHOU_HOME，或用 --force（原有数据会移到一旁，不会删除）。")
                % {"home": settings.HOME},
                home=str(settings.HOME),
            )
        aside = _move_aside(f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}") if is_occupied else None
        for folder in FOLDERS:
            for name, part in _parts(Path(staging) / folder, folder):
                (settings.HOME / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                part.replace(settings.HOME / name)
        if connection.vendor == "sqlite":
            shutil.move(Path(staging) / DATABASE / SQLITE_FILE, _sqlite_path())
        else:
            _load_postgresql(Path(staging) / DATABASE, manifest)
    call_command("migrate", verbosity=0, interactive=False)
    return manifest, aside


@contextmanager
def serving() -> Iterator[None]:
    """Held while the site runs, so that no restore pulls the database away under it."""
    with _lock(shared=True):
        yield


@contextmanager
def _while_nobody_serves() -> Iterator[None]:
    try:
        with _lock(shared=False):
            yield
    except BlockingIOError as busy:
        raise BackupRefused(_("网站正在运行；请先停止 xieshou serve，再恢复。")) from busy


@contextmanager
def _lock(*, shared: bool) -> Iterator[None]:
    with (settings.HOME / "serving.lock").open("w") as lock:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        yield


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner reads, which appears under its name when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as opened:  # noqa: PTH123
            yield opened
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _parts(folder: Path, prefix: str) -> list[tuple[str, Path]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [(f"{prefix}/{path.relative_to(folder).as_posix()}", path) for path in files]


def _add(archive: tarfile.TarFile, name: str, source: Path) -> str:
    """Add one file; its SHA-256."""
    with source.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        opened.seek(0)
        described = archive.gettarinfo(arcname=name, fileobj=opened)
        described.mode, described.uid, described.gid, described.uname, described.gname = _PRIVATE, 0, 0, "", ""
        archive.addfile(described, opened)
    return digest


def _unpack(path: Path, staging: Path, progress: Progress | None) -> Manifest:
    """Unpack into an empty folder and check every part; nothing outside the known folders is written."""
    damaged = BackupDamaged(_("%(file)s 不是完整的备份文件；请换用另一份备份。") % {"file": path}, file=str(path))
    hashes: dict[str, str] = {}
    described: dict[str, Any] | None = None
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            for member in archive:
                opened = archive.extractfile(member)
                if opened is None:
                    raise damaged
                if member.name == MANIFEST:
                    described = json.load(opened)
                    continue
                name = PurePosixPath(member.name)
                is_ours = len(name.parts) > 1 and name.parts[0] in (DATABASE, *FOLDERS) and ".." not in name.parts
                if not is_ours or member.name in hashes:
                    raise damaged
                hashes[member.name] = _write(opened, staging / name)
                if progress:
                    progress(len(hashes), len(hashes))
        if described is None or not isinstance(described["files"], dict):
            raise damaged
        manifest = Manifest(**described | {"ledger": LedgerState(**described["ledger"])})
    # BadGzipFile is an OSError without a file name; a file that cannot be opened has one and says more by itself.
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError, TypeError) as broken:
        raise damaged from broken
    if hashes != manifest.files:
        changed = sorted(set(hashes.items()) ^ set(manifest.files.items()))
        raise BackupDamaged(
            _("%(file)s 已损坏：其中的 %(part)s 与清单不符；请换用另一份备份。")
            % {"file": path, "part": changed[0][0]},
            file=str(path),
            part=changed[0][0],
        )
    return manifest


def _write(opened: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as written:  # noqa: PTH123
        while piece := opened.read(_PIECE):
            digest.update(piece)
            written.write(piece)
    return digest.hexdigest()


def _demand_same_kind(manifest: Manifest) -> None:
    if manifest.format != FORMAT:
        raise BackupRefused(_("备份由更新的版本写成；请先升级携手，再恢复。"), format=manifest.format)
    if manifest.vendor != connection.vendor:
        raise BackupRefused(
            _("备份来自 %(theirs)s，而本机用的是 %(ours)s；请把 XIESHOU_DATABASE_URL 指向同类数据库。")
            % {"theirs": manifest.vendor, "ours": connection.vendor}
        )
    known = MigrationLoader(None).disk_migrations or {}
    if not {(app, name) for app, name in manifest.migrations} <= set(known):
        raise BackupRefused(_("备份由更新的版本写成；请先升级携手，再恢复。"))


def _is_occupied() -> bool:
    """Whether anything stands here that a restore would replace. The secret that settings draw does not count."""
    standing = {name for folder in FOLDERS for name, _path in _parts(settings.HOME / folder, folder)}
    if standing - {"keys/django.secret"}:
        return True
    if connection.vendor == "sqlite":
        return _sqlite_path().exists()
    return bool(connection.introspection.table_names())


def _move_aside(name: str) -> Path:
    """Move folders and database aside; where they are now."""
    aside = settings.HOME / name
    standing = [settings.HOME / folder for folder in FOLDERS] + [settings.HOME / "parquet"]
    if connection.vendor == "sqlite":
        connection.close()
        path = _sqlite_path()
        standing += [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
    elif connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            schema = connection.ops.quote_name(cursor.fetchone()[0])
            cursor.execute(f"ALTER SCHEMA {schema} RENAME TO {connection.ops.quote_name(name)}")
            cursor.execute(f"CREATE SCHEMA {schema}")
    aside.mkdir(mode=0o700)
    for path in standing:
        if path.exists():
            shutil.move(path, aside / path.name)  # the database may stand on another disk than the home
    return aside


def _sqlite_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def _dump_sqlite(folder: Path) -> LedgerState:
    """A consistent copy; the write lock is held while it is made, so that the state described is the state copied."""
    with transaction.atomic():
        state = ledger_state()
        with (
            closing(sqlite3.connect(f"{_sqlite_path().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(folder / SQLITE_FILE)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    return state


def _dump_postgresql(folder: Path) -> LedgerState:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        state = ledger_state()
        for table in connection.introspection.table_names(cursor):
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            (folder / f"{table}.json").write_text(json.dumps(columns), encoding="utf-8")
            with (
                (folder / f"{table}.copy").open("wb") as opened,
                cursor.copy(_copy(table, columns, "TO STDOUT")) as rows,
            ):
                for piece in rows:
                    opened.write(piece)
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
        (folder / SEQUENCES).write_text(json.dumps(dict(cursor.fetchall())), encoding="utf-8")
    return state


def _load_postgresql(folder: Path, manifest: Manifest) -> None:
    """The tables in the shape they had, their rows, the sequences; foreign keys are checked at the commit."""
    executor = MigrationExecutor(connection)
    recorded = {(app, name) for app, name in manifest.migrations}
    nodes = executor.loader.graph.node_map
    leaves = [key for key in recorded if not any(c.key in recorded and c.key[0] == key[0] for c in nodes[key].children)]
    executor.migrate(sorted(leaves))
    with transaction.atomic(), connection.cursor() as cursor:
        for described in sorted(folder.glob("*.json")):
            if described.name == SEQUENCES:
                continue
            table, columns = described.stem, json.loads(described.read_text(encoding="utf-8"))
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")
            if cursor.fetchone()[0]:  # rows that migrations wrote; never the ledger, whose triggers would refuse
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
            with (
                (folder / f"{table}.copy").open("rb") as opened,
                cursor.copy(_copy(table, columns, "FROM STDIN")) as rows,
            ):
                shutil.copyfileobj(opened, rows, _PIECE)
        for sequence, value in json.loads((folder / SEQUENCES).read_text(encoding="utf-8")).items():
            if value is not None:
                cursor.execute("SELECT setval(%s::regclass, %s)", [connection.ops.quote_name(sequence), value])


def _copy(table: str, columns: list[str], direction: str) -> str:
    quote = connection.ops.quote_name
    return f"COPY {quote(table)} ({', '.join(quote(column) for column in columns)}) {direction}"
