"""Archives of workbooks (压缩包): what lies in them, looked at before anything is unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from xieshou.intake.errors import IntakeError, NotAWorkbook, PasswordProtected, TooLarge, UnsafeArchive
from xieshou.intake.kinds import MIB

MOST_FILES = 5_000
MOST_UNPACKED = 4 * 1024 * MIB
MOST_RATIO = 300
RATIO_MATTERS_FROM = 64 * MIB
ARCHIVE_SUFFIXES = frozenset({".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar"})
_UTF8_NAME = 0x800
# What systems and office programs leave beside people's files.
_LEFT_BEHIND = re.compile(r"(^|/)(__MACOSX/|\._|~\$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_BOOK_PARTS = re.compile(r"(xl/workbook\d*\.(xml|bin)|\[Content_Types\]\.xml|content\.xml|mimetype)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive. name: with its folders, as a person reads it. refusal: why it is not unpacked."""

    name: str
    info: zipfile.ZipInfo
    refusal: IntakeError | None = None


def is_archive(path: Path) -> bool:
    """Whether the file is a zip of files, and not a workbook or document that is packed as one."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(_BOOK_PARTS.fullmatch(info.filename) for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return path.suffix.lower() == ".zip"


def entries(path: Path) -> list[Entry]:
    """The files of an archive in their order, folders and what systems leave behind passed over.

    Raises: NotAWorkbook, for a damaged archive; UnsafeArchive, for one of too many files or too much content.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise NotAWorkbook(_("压缩包已损坏，打不开；请重新打包后再上传。")) from error
    named = [(name, info) for info in files if not _LEFT_BEHIND.search(name := name_of(info))]
    if len(named) > MOST_FILES:
        raise UnsafeArchive(
            _("压缩包里有 %(count)d 个文件，最多 %(most)d 个；请分成几个压缩包后再上传。")
            % {"count": len(named), "most": MOST_FILES}
        )
    total = sum(info.file_size for _name, info in named)
    if total > MOST_UNPACKED:
        raise UnsafeArchive(
            _("压缩包展开后有 %(size)d MB，超过上限 %(most)d MB，已拒绝打开；请分成几个压缩包后再上传。")
            % {"size": total // MIB, "most": MOST_UNPACKED // MIB}
        )
    return [Entry(name, info, _refusal(name, info)) for name, info in named]


def unpack(path: Path, wanted: list[tuple[Entry, Path]]) -> Iterator[tuple[Entry, IntakeError | None]]:
    """Write each entry to its target, and tell for each whether it came out whole; a broken one never stops the
    rest. No more is written than the archive's directory promised."""
    with zipfile.ZipFile(path) as archive:
        for entry, target in wanted:
            try:
                _write(archive, entry, target)
            except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
                target.unlink(missing_ok=True)
                yield entry, NotAWorkbook(_("这个文件在压缩包里已损坏，解不开；请重新打包，或单独上传这个文件。"))
            except TooLarge as refusal:
                target.unlink(missing_ok=True)
                yield entry, refusal
            else:
                yield entry, None


def _write(archive: zipfile.ZipFile, entry: Entry, target: Path) -> None:
    left = entry.info.file_size
    with archive.open(entry.info) as source, target.open("wb") as out:
        while block := source.read(MIB):
            left -= len(block)
            if left < 0:
                raise TooLarge(_("这个文件展开后比压缩包里写的大，已停止；请重新打包后再上传。"))
            out.write(block)


def _refusal(name: str, info: zipfile.ZipInfo) -> IntakeError | None:
    if PurePosixPath(name).suffix.lower() in ARCHIVE_SUFFIXES:
        return UnsafeArchive(_("压缩包里套着另一个压缩包（%(name)s），没有打开；请把它单独上传。") % {"name": name})
    if info.flag_bits & 1:
        return PasswordProtected(_("压缩包设有密码；请不设密码重新打包后再上传。"))
    if info.file_size > RATIO_MATTERS_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        return UnsafeArchive(
            _("文件的压缩比异常（%(ratio)d 倍），已拒绝打开；请删去多余的空行空列，另存为 .xlsx 后再导入。")
            % {"ratio": info.file_size // max(info.compress_size, 1)}
        )
    return None


def name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was typed: UTF-8 where the archive says so or the bytes are, else GB 18030 (Windows in
    Chinese)."""
    if info.flag_bits & _UTF8_NAME:
        name = info.filename
    else:
        name = info.filename
        # Without the flag Python reads the bytes as code page 437.
        raw = info.orig_filename.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(character for character in "/".join(parts) if character.isprintable())[:400]
