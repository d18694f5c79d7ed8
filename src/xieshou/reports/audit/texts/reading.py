"""Documents → text: what a file is, by its content; how its words are read; what is refused, with how to mend it.

Plain text and Markdown are read here; everything that needs a parser goes through a child process within limits of
time and memory, so that a hostile file takes nothing else down.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from xieshou.reports.audit.errors import DocumentClassified, DocumentRefused, NoText
from xieshou.reports.audit.texts.decoding import Decoded, decoded
from xieshou.reports.audit.texts.paragraphs import plain_of_markdown

MIB = 1024 * 1024
MOST_BYTES = 64 * MIB
MOST_CHARACTERS = 20_000_000  # about two hundred of the longest yearbooks
MOST_ENTRIES = 5_000
MOST_UNPACKED = 512 * MIB
MOST_RATIO = 200  # Word's own parts pack 5 to 30 times
RATIO_MATTERS_FROM = 16 * MIB
MEMORY_LIMIT = 2 * 1024 * MIB
SECONDS = 60
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP = (b"<html", b"<!doctype html", b"<body", b"<table", b"<meta", b"<head", b"<div", b"<p>", b"<h1")
_CLASSIFIED = re.compile(r"(?:密级[:：]?)?[【\[(（]?(秘密|机密|绝密)(?:[★☆*].{0,20}|[】\])）])")
_LINES_WITH_A_MARK = 12  # a mark of secrecy stands at the head of the first page


class DocumentKind(StrEnum):
    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    WORD = "docx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text.

    encoding: of the bytes of a text file; "" where the kind has none. remarks: sentences for the reader, about damaged
    characters or pages without text.
    """

    text: str
    kind: DocumentKind
    encoding: str = ""
    remarks: tuple[str, ...] = ()


def read_document(path: Path, *, name: str = "") -> Document:
    """The text of a file.

    Args:
        name: what the file was called; tells Markdown from other text, and nothing else.
    Raises: DocumentRefused, NoText, DocumentClassified; OSError.
    Cost: 0.3 s to start the child process for Word, PDF and HTML.
    """
    size = path.stat().st_size
    if size == 0:
        raise NoText(_("文件是空的（0 字节）；请重新另存后再审核。"))
    if size > MOST_BYTES:
        raise DocumentRefused(
            _("文件有 %(size)d MB，超过上限 %(most)d MB；请删去图片或拆成几份后再审核。")
            % {"size": size // MIB, "most": MOST_BYTES // MIB}
        )
    with path.open("rb") as file:
        head = file.read(2_048)
    if head.startswith(b"%PDF") or b"%PDF-" in head[:1_024]:
        document = _read_pdf(path)
    elif head[:4] in _ZIP:
        document = _read_archive(path)
    elif head.startswith(_COMPOUND):
        raise DocumentRefused(_compound_sentence(path))
    elif head.startswith(b"{\\rtf"):
        raise DocumentRefused(_("这是 RTF 文档；请在 Word 或 WPS 中打开，另存为 .docx 后再审核。"))
    else:
        document = _read_text(path, name or path.name)
    return checked(document)


def read_pasted(text: str) -> Document:
    """A text that was pasted or typed. Raises: NoText, DocumentRefused, DocumentClassified."""
    # A form sends every line end as two characters, whatever was pasted.
    plain = text.replace("\r\n", "\n").replace("\x00", "")
    return checked(Document(text=plain, kind=DocumentKind.TEXT))


def checked(document: Document) -> Document:
    """The document, unless it is blank, too long, or marked as classified."""
    if not document.text.strip():
        raise NoText(_("文件里没有文字；请检查是否选错了文件。"))
    if len(document.text) > MOST_CHARACTERS:
        raise DocumentRefused(
            _("文字有 %(count)d 个字，超过上限 %(most)d；请拆成几份后再审核。")
            % {"count": len(document.text), "most": MOST_CHARACTERS}
        )
    for line in document.text[:4_000].splitlines()[:_LINES_WITH_A_MARK]:
        if mark := _CLASSIFIED.fullmatch(re.sub(r"\s", "", line)[:60]):
            raise DocumentClassified(
                _("文件标有“%(mark)s”；本系统不处理涉密信息，已拒绝打开，也没有保存。") % {"mark": mark[1]}
            )
    return document


def write_comments(path: Path, out: Path, remarks: list[tuple[int, int, str]], *, author: str, initials: str) -> int:
    """Write Word comments at these characters of a document's text, into a new file; returns how many were written.

    Raises: DocumentRefused.
    """
    _refuse_bombs(path)
    answer = _child(
        do="comment", path=str(path), out=str(out), remarks=remarks, author=author, initials=initials, kind="docx"
    )
    return int(answer["written"])


def _read_text(path: Path, name: str) -> Document:
    data = path.read_bytes()
    start = data[:2_048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    found = decoded(data)
    if found is None:
        raise DocumentRefused(
            _("这不是文字材料，或文字已全部损坏；请用 Word 或 WPS 打开，另存为 .docx 或 UTF-8 文本后再审核。")
        )
    remarks = _damage(found)
    if start.startswith(_MARKUP) or (start.startswith(b"<?xml") and b"<html" in start):
        answer = _child(do="read", kind="html", path=str(path), encoding=found.encoding)
        return Document(answer["text"], DocumentKind.HTML, found.encoding, remarks)
    if name.lower().endswith((".md", ".markdown")):
        return Document(plain_of_markdown(found.text), DocumentKind.MARKDOWN, found.encoding, remarks)
    return Document(found.text, DocumentKind.TEXT, found.encoding, remarks)


def _damage(found: Decoded) -> tuple[str, ...]:
    if not found.damaged:
        return ()
    return (
        _("有 %(count)d 处字符已损坏（按 %(encoding)s 读出），在文中显示为“�”；请对照原稿核对这些地方。")
        % {"count": found.damaged, "encoding": found.encoding},
    )


def _read_pdf(path: Path) -> Document:
    answer = _child(do="read", kind="pdf", path=str(path))
    if answer["blank_pages"] == answer["pages"]:
        raise NoText(_("这份 PDF 里没有文字，是扫描件或图片；请用 Word 原稿，或先做文字识别（OCR）再审核。"))
    remarks: tuple[str, ...] = ()
    if answer["blank_pages"]:
        remarks = (
            _("%(pages)d 页中有 %(blank)d 页没有文字（可能是扫描页），没有审核到。")
            % {"pages": answer["pages"], "blank": answer["blank_pages"]},
        )
    return Document(answer["text"], DocumentKind.PDF, remarks=remarks)


def _read_archive(path: Path) -> Document:
    names = _refuse_bombs(path)
    if "word/document.xml" in names:
        return Document(_child(do="read", kind="docx", path=str(path))["text"], DocumentKind.WORD)
    if any(name.startswith("xl/") for name in names):
        raise DocumentRefused(_("这是工作簿，不是报告；表格请在“数据导入”里导入。"))
    if any(name.startswith("ppt/") for name in names):
        raise DocumentRefused(_("这是演示文稿；请把文字另存为 .docx 后再审核。"))
    if "content.xml" in names:
        raise DocumentRefused(_("这是 OpenDocument 文档；请在 Word、WPS 或 LibreOffice 中另存为 .docx 后再审核。"))
    raise DocumentRefused(_("这是压缩包；请解压后逐份审核其中的文档。"))


def _refuse_bombs(path: Path) -> frozenset[str]:
    """The names of the parts of an archive, by its directory alone, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise _damaged() from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise _locked()
    unpacked = sum(entry.file_size for entry in entries)
    is_packed_oddly = any(
        entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or is_packed_oddly:
        raise DocumentRefused(
            _("文件展开后异常大（%(count)d 个部件，%(size)d MB），已拒绝打开；请在 Word 中另存为新的 .docx 后再审核。")
            % {"count": len(entries), "size": unpacked // MIB}
        )
    return frozenset(entry.filename for entry in entries)


def _compound_sentence(path: Path) -> str:
    """How to save an old Office file, by the names of the streams in it, which are UTF-16."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    held = {name for name in ("EncryptedPackage", "WordDocument", "Workbook") if name.encode("utf-16-le") in data}
    if "EncryptedPackage" in held:
        return _locked().message
    if "WordDocument" in held:
        return _("这是旧版 Word 或 WPS 文档（.doc、.wps）；请打开后“另存为”→“Word 文档（*.docx）”，再审核。")
    if "Workbook" in held:
        return _("这是旧版工作簿（.xls、.et）；报告里的文字请另存为 .docx，表格请在“数据导入”里导入。")
    return _("这是旧版 Office 或 WPS 文件；请打开后另存为 .docx，再审核。")


def _locked() -> DocumentRefused:
    return DocumentRefused(_("文件设有打开密码；请取消密码、另存后再审核。"))


def _damaged() -> DocumentRefused:
    return DocumentRefused(_("文件已损坏，打不开；请在 Word 或 WPS 中重新另存为 .docx 后再审核。"))


def _child(**job: Any) -> dict[str, Any]:
    """Have the child process do a job. Raises: DocumentRefused, in the words of what stopped it."""
    order = json.dumps(job | {"memory": MEMORY_LIMIT, "seconds": SECONDS}).encode() + b"\n"
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "xieshou.reports.audit.texts.document_process"],
                input=order,
                stdout=subprocess.PIPE,
                stderr=said,
                timeout=SECONDS * 2,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise _too_much() from late
        said.seek(0)
        complaint = said.read().decode(errors="replace").strip().splitlines()
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    raise _refusal(done.returncode, complaint[-1] if complaint else "")


def _refusal(ended: int, complaint: str) -> DocumentRefused:
    """Why the child stopped."""
    try:
        code = json.loads(complaint)["error"]
    except (ValueError, KeyError, TypeError):
        code = ""
    if code == "memory" or ended in (-6, -24, -9):  # aborted for want of memory, out of processor time, killed
        return _too_much()
    if code == "password":
        return _locked()
    if code == "pages":
        return DocumentRefused(_("PDF 的页数异常多；请拆成几份后再审核。"))
    if code == "not_pdf":
        return DocumentRefused(_("这份 PDF 已损坏，打不开；请重新导出，或用 Word 原稿审核。"))
    return _damaged()


def _too_much() -> DocumentRefused:
    return DocumentRefused(
        _("打开这份文件需要的时间或内存超过上限，已停止；请在 Word 中另存为新的 .docx，或拆成几份后再审核。")
    )
