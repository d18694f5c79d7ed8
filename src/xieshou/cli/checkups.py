"""What `xieshou doctor` looks at: one check, one line; a check never repairs anything by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from xieshou.analytics.models import Segment
from xieshou.intake.models import Original
from xieshou.ledger import triggers
from xieshou.places.models import Place

# NBS statistical codes of 2023, to village level, without Hong Kong, Macao and Taiwan.
PLACES_AT_LEAST = 660_000
STATIC_FILES = ("vendor/bootstrap/css/bootstrap.min.css", "vendor/echarts/echarts.min.js")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. key: stable, for programs; words: what was found, and how to mend it when it is not well."""

    key: str
    is_well: bool
    words: str


def check_up() -> Iterator[Finding]:
    """Run every check, the quick ones first; reading all originals takes about a second for each gigabyte."""
    for check in CHECKS:
        yield check()


def _database() -> Finding:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            (verdict,) = cursor.fetchone()
        if verdict != "ok":
            return Finding(
                "database", False, _("SQLite 文件损坏（%(why)s）；请用 xieshou restore 恢复备份。") % {"why": verdict}
            )
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("database", False, _("%(count)s 个迁移尚未执行；重新启动即可。") % {"count": len(waiting)})
    return Finding("database", True, _("数据库可用：%(vendor)s，结构最新") % {"vendor": connection.vendor})


def _triggers() -> Finding:
    missing = triggers.missing(connection)
    if missing:
        return Finding(
            "triggers",
            False,
            _("台账防改触发器缺失：%(names)s；请先 xieshou ledger verify，再 xieshou doctor --mend。")
            % {"names": "、".join(missing)},
        )
    return Finding("triggers", True, _("台账防改触发器齐全"))


def _keys() -> Finding:
    folder = settings.HOME / "keys"
    readable = [path.name for path in sorted(folder.glob("*")) if path.suffix != ".pub" and path.stat().st_mode & 0o077]
    if readable:
        return Finding(
            "keys",
            False,
            _("密钥可被其他用户读取：%(names)s；请执行 chmod 600。") % {"names": "、".join(readable)},
        )
    return Finding("keys", True, _("密钥 %(count)s 个，只有所有者可读") % {"count": len(list(folder.glob("*")))})


def _places() -> Finding:
    count = Place.objects.count()
    words = _("行政区划 %(count)s 个") % {"count": f"{count:,}"}
    if count < PLACES_AT_LEAST:
        return Finding("places", False, _("%(found)s，不完整；删除数据库后重新启动即重新装载。") % {"found": words})
    return Finding("places", True, words)


def _segments() -> Finding:
    """Segments are made again from the ledger when they are missing, so only a wrong one is a problem."""
    absent, wrong = 0, []
    segments = list(Segment.objects.order_by("first_entry"))
    for segment in segments:
        path = settings.HOME / "parquet" / segment.file
        if not path.exists():
            absent += 1
        elif pq.read_metadata(path).num_rows != segment.rows:
            wrong.append(segment.file)
    if wrong:
        return Finding(
            "segments",
            False,
            _("数据段与登记不符：%(names)s；删除这些文件，会自动重新导出。") % {"names": "、".join(wrong)},
        )
    return Finding(
        "segments",
        True,
        _("数据段 %(count)s 个，其中 %(absent)s 个待重新导出") % {"count": len(segments), "absent": absent},
    )


def _originals() -> Finding:
    originals = list(Original.objects.order_by("pk"))
    missing = [kept.sha256 for kept in originals if _hash(settings.HOME / "originals" / kept.sha256) is None]
    changed = [
        kept.sha256
        for kept in originals
        if kept.sha256 not in missing and _hash(settings.HOME / "originals" / kept.sha256) != kept.sha256
    ]
    if missing or changed:
        return Finding(
            "originals",
            False,
            _("原件缺失 %(missing)s 份、被改动 %(changed)s 份；请从备份恢复 originals 文件夹。")
            % {"missing": len(missing), "changed": len(changed)},
        )
    return Finding("originals", True, _("原件 %(count)s 份，与登记的摘要一致") % {"count": len(originals)})


def _static() -> Finding:
    missing = [name for name in STATIC_FILES if finders.find(name) is None]
    if missing:
        return Finding(
            "static", False, _("缺少页面文件 %(names)s；请执行 make setup。") % {"names": "、".join(missing)}
        )
    return Finding("static", True, _("页面文件齐全"))


def _translations() -> Finding:
    sources = sorted(settings.PACKAGE.rglob("locale/*/LC_MESSAGES/django.po"))
    stale = [
        path
        for path in sources
        if not path.with_suffix(".mo").exists() or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    if stale:
        return Finding(
            "translations", False, _("%(count)s 份英文词表未编译；请执行 make setup。") % {"count": len(stale)}
        )
    return Finding("translations", True, _("英文词表 %(count)s 份") % {"count": len(sources)})


def _jobs() -> Finding:
    failed = DBTaskResult.objects.failed().count()
    waiting = DBTaskResult.objects.ready().count()
    words = _("后台任务：等待 %(waiting)s 个，失败 %(failed)s 个") % {"waiting": waiting, "failed": failed}
    return Finding("jobs", True, words)


def _hash(path: Path) -> str | None:
    if not path.exists():
        return None
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


CHECKS: tuple[Callable[[], Finding], ...] = (
    _database,
    _triggers,
    _keys,
    _places,
    _static,
    _translations,
    _jobs,
    _segments,
    _originals,
)
