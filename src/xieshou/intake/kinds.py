"""What a file is, by its content and never by its name; and whether it is safe to unpack."""

from __future__ import annotations

import codecs
import csv
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from xieshou.intake import compound
from xieshou.intake.errors import EmptyWorkbook, NotAWorkbook, PasswordProtected, UnsafeArchive

MIB = 1024 * 1024
MOST_ENTRIES = 5_000
MOST_UNPACKED = 6 * 1024 * MIB
# Deflate cannot exceed 1,032; sheets of people's rows pack 5 to 40 times, of formatted blank rows about 100 times.
MOST_RATIO = 300
RATIO_MATTERS_FROM = 64 * MIB
_SAMPLE = 256 * 1024
_ARCHIVES = re.compile(r"\.(zip|rar|7z|gz|bz2|xz|tar|jar)$", re.IGNORECASE)
_DELIMITERS = "\t,;|，"


class Kind(StrEnum):
    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"
    XLS = "xls"
    TEXT = "csv"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind, and for delimited text its encoding and delimiter."""

    kind: Kind
    encoding: str = ""
    delimiter: str = ""


def kind_of(path: Path) -> FileKind:
    """What the file is.

    Raises: NotAWorkbook, PasswordProtected, UnsafeArchive, EmptyWorkbook.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise EmptyWorkbook(_("文件是空的（0 字节）；请重新导出或另存后再导入。"))
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip_kind(path)
    if head == compound.MAGIC:
        return _compound_kind(path)
    return _text_kind(path)


def _zip_kind(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise NotAWorkbook(_("文件已损坏，打不开；请在 Excel 或 WPS 中重新另存为 .xlsx 后再导入。")) from error
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise PasswordProtected(_("文件设有打开密码；请取消密码、另存后再导入。"))
    _refuse_bombs(entries)
    if any(re.match(r"xl/workbook\d*\.xml$", name, re.IGNORECASE) for name in names):
        return FileKind(Kind.XLSX)
    if "xl/workbook.bin" in names:
        return FileKind(Kind.XLSB)
    if "content.xml" in names and "mimetype" in names:
        with zipfile.ZipFile(path) as archive:
            if archive.read("mimetype")[:60].startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                return FileKind(Kind.ODS)
    if "word/document.xml" in names:
        raise NotAWorkbook(_("这是 Word 文档，不是工作簿；请把其中的表格复制到 Excel，另存为 .xlsx 后再导入。"))
    if "ppt/presentation.xml" in names:
        raise NotAWorkbook(_("这是演示文稿，不是工作簿；请导入 .xlsx、.xls 或 .csv 文件。"))
    raise NotAWorkbook(_("这是压缩包，不是工作簿；请解压后导入其中的 .xlsx、.xls 或 .csv 文件。"))


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """Look at the directory alone, before anything is unpacked."""
    if len(entries) > MOST_ENTRIES:
        raise UnsafeArchive(
            _("文件内含 %(count)d 个部件，远超正常工作簿，已拒绝打开；请重新另存为 .xlsx 后再导入。")
            % {"count": len(entries)}
        )
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED:
        raise UnsafeArchive(
            _("文件展开后有 %(size)d MB，超过上限 %(most)d MB，已拒绝打开；请拆成几个文件后再导入。")
            % {"size": total // MIB, "most": MOST_UNPACKED // MIB}
        )
    for entry in entries:
        if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise UnsafeArchive(
                _("文件的压缩比异常（%(ratio)d 倍），已拒绝打开；请删去多余的空行空列，另存为 .xlsx 后再导入。")
                % {"ratio": entry.file_size // max(entry.compress_size, 1)}
            )
        if _ARCHIVES.search(entry.filename):
            raise UnsafeArchive(
                _("文件里套着另一个压缩包（%(name)s），已拒绝打开；请解压后导入其中的工作簿。")
                % {"name": entry.filename}
            )


def _compound_kind(path: Path) -> FileKind:
    try:
        file = compound.CompoundFile(path)
        streams = file.streams
        if "EncryptedPackage" in streams:
            raise PasswordProtected(_("文件设有打开密码；请取消密码、另存后再导入。"))
        book = next((name for name in ("Workbook", "Book") if name in streams), None)
        if book is None:
            what = _("Word 文档") if "WordDocument" in streams else _("其他 Office 文件")
            raise NotAWorkbook(_("这是%(what)s，不是工作簿；请导入 .xlsx、.xls 或 .csv 文件。") % {"what": what})
        if compound.has_filepass(file.read(book)):
            raise PasswordProtected(_("文件设有打开密码；请取消密码、另存后再导入。"))
    except (ValueError, struct.error, KeyError, IndexError) as error:
        raise NotAWorkbook(_("文件已损坏，打不开；请在 Excel 或 WPS 中重新另存为 .xlsx 后再导入。")) from error
    return FileKind(Kind.XLS)


def _text_kind(path: Path) -> FileKind:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(b"%PDF"):
        raise NotAWorkbook(_("这是 PDF，不是工作簿；请向填报单位索取 Excel 原件，或转成 .xlsx 后再导入。"))
    start = sample[:2_000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version")):
        raise NotAWorkbook(
            _("这是网页（HTML/XML），只是名字像工作簿；请在 Excel 或 WPS 中打开，另存为 .xlsx 后再导入。")
        )
    encoding = encoding_of(sample, whole=path.stat().st_size <= _SAMPLE)
    if encoding is None:
        raise NotAWorkbook(_("这不是工作簿，也不是文本；请导入 .xlsx、.xls 或 .csv 文件。"))
    text = codecs.getincrementaldecoder(encoding)(errors="ignore").decode(sample)
    return FileKind(Kind.TEXT, encoding, delimiter_of(text))


def encoding_of(sample: bytes, *, whole: bool) -> str | None:
    """utf-8-sig, utf-16 or gb18030, whichever decodes the sample; None for what is no text."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in sample or sum(byte < 9 or 13 < byte < 27 for byte in sample[:4_096]) > 8:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample, final=whole)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def delimiter_of(text: str) -> str:
    """The delimiter by which the most lines of the sample have the same number of fields, more than one; "," if
    none."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in islice(_rows(text, delimiter), 200) if row]
        if not widths or max(widths) == 1:
            continue
        common = max(set(widths) - {1}, key=widths.count, default=1)
        score = widths.count(common) / len(widths) + common / 1_000
        if common > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    except csv.Error:
        return
