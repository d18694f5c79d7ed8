"""Several files and archives from the command line: each answers for itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from xieshou.cli.imports import in_words
from xieshou.common.errors import XieshouError
from xieshou.intake import archives
from xieshou.intake.errors import IntakeError, NotAWorkbook
from xieshou.intake.piles import WORKBOOK_SUFFIXES
from xieshou.intake.previews import Report


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: a report, or the refusal."""

    name: str
    words: str
    report: Report | None = None
    refusal: XieshouError | None = None

    @property
    def is_problem(self) -> bool:
        return self.report is None or bool(self.report.rejected)

    def as_json(self) -> dict[str, Any]:
        """`Report.as_json` with the file, or `{file, error: {code, message}}`."""
        if self.report is not None:
            return {"file": self.name} | self.report.as_json()
        assert self.refusal is not None
        return {"file": self.name, "error": {"code": self.refusal.code, "message": self.refusal.message}}


def is_archive_of_files(path: Path) -> bool:
    return path.is_file() and archives.is_archive(path)


def import_each(files: Iterable[Path], take_in: Callable[[Path], Report]) -> Iterator[FileOutcome]:
    """Take in each file, and each workbook of an archive, one after the other."""
    for path in files:
        if is_archive_of_files(path):
            yield from _import_archive(path, take_in)
        else:
            yield _import_one(path.name, path, take_in)


def _import_archive(path: Path, take_in: Callable[[Path], Report]) -> Iterator[FileOutcome]:
    try:
        entries = archives.entries(path)
    except IntakeError as refusal:
        yield _refused(path.name, refusal)
        return
    with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
        for number, entry in enumerate(entries):
            shown = f"{path.name}/{entry.name}"
            passed_over = entry.refusal or _other(entry.name)
            if passed_over is not None:
                yield _refused(shown, passed_over)
                continue
            target = Path(folder) / str(number) / PurePosixPath(entry.name).name
            target.parent.mkdir()
            ((_entry, broken),) = archives.unpack(path, [(entry, target)])
            yield _refused(shown, broken) if broken is not None else _import_one(shown, target, take_in)
            target.unlink(missing_ok=True)


def _other(name: str) -> IntakeError | None:
    if PurePosixPath(name).suffix.lower() in WORKBOOK_SUFFIXES:
        return None
    return NotAWorkbook(_("不是工作簿，没有读；请导入 .xlsx、.xls、.ods 或 .csv。"))


def _import_one(name: str, path: Path, take_in: Callable[[Path], Report]) -> FileOutcome:
    try:
        report = take_in(path)
    except XieshouError as refusal:
        return _refused(name, refusal)
    return FileOutcome(name, in_words(Path(name), report), report=report)


def _refused(name: str, refusal: XieshouError) -> FileOutcome:
    return FileOutcome(name, _("%(file)s：%(message)s") % {"file": name, "message": refusal.message}, refusal=refusal)
