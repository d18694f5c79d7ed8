"""A blank file opened, and written again: what cannot be filled is refused with what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import xlrd
from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as WordDocument
from openpyxl import Workbook

from xieshou.intake.errors import Classified
from xieshou.intake.kinds import Kind, kind_of
from xieshou.intake.rules import classified_mark, classified_name
from xieshou.reports.filling.errors import BlankRefused
from xieshou.reports.filling.legacy import rebuilt
from xieshou.reports.filling.targets import ExcelTarget, Target, WordTarget

MOST_BYTES = 20 << 20


@dataclass(frozen=True)
class Blank:
    """A superior's blank file, open. kind: xlsx or docx, which it is given back as. notes: what will not be kept."""

    kind: str
    targets: Sequence[Target]
    notes: tuple[str, ...]
    file: Workbook | WordDocument

    def written(self) -> bytes:
        packed = io.BytesIO()
        self.file.save(packed)
        return packed.getvalue()


def open_blank(name: str, data: bytes) -> Blank:
    """Open a blank workbook or Word document.

    Raises: Classified; BlankRefused; PasswordProtected, NotAWorkbook, UnsafeArchive, EmptyWorkbook as intake does.
    """
    if mark := classified_name(name):
        raise Classified(_("文件名标有“%(mark)s”：本系统不处理涉密信息，文件未读取；请改走涉密渠道。") % {"mark": mark})
    if len(data) > MOST_BYTES:
        raise BlankRefused(_("文件超过 %(most)d MB，空表不会这样大；请确认选对了文件。") % {"most": MOST_BYTES >> 20})
    if data.startswith(b"%PDF") or data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG":
        raise BlankRefused(
            _("这是 PDF 或图片，不能在原版式上填写；请向下发单位索取 Excel 或 Word 空表，或照样做成 .xlsx。")
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank"
        path.write_bytes(data)
        blank = _word(data) if _is_word(data) else _workbook(path)
    _refuse_marks(blank)
    return blank


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "word/document.xml" in package.namelist()
    except zipfile.BadZipFile:
        return False


def _word(data: bytes) -> Blank:
    try:
        document = Document(io.BytesIO(data))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as broken:
        raise BlankRefused(_("Word 文件打不开；请在 Word 或 WPS 中另存为 .docx 后再填。")) from broken
    if not document.tables:
        raise BlankRefused(_("Word 文件里没有表格，没有可填的格子；请确认选对了文件。"))
    targets = [WordTarget(document, table, number) for number, table in enumerate(document.tables, start=1)]
    return Blank("docx", targets, (), document)


def _workbook(path: Path) -> Blank:
    kind, notes = kind_of(path).kind, []
    if kind is Kind.XLS:
        try:
            book, formulas = rebuilt(path)
        except (xlrd.XLRDError, ValueError, KeyError, IndexError, AssertionError) as broken:
            raise BlankRefused(_("这份 .xls 打不开；请在 Excel 或 WPS 中另存为 .xlsx 后再填。")) from broken
        notes.append(_("原表是 .xls，填好后是版式相同的 .xlsx。"))
        if formulas:
            notes.append(
                _("原表有 %(count)d 处公式，.xls 的公式读不出，只留下数值；要保留公式，请先另存为 .xlsx 再填。")
                % {"count": formulas}
            )
    elif kind is Kind.XLSX:
        try:
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as broken:
            raise BlankRefused(_("工作簿打不开；请在 Excel 或 WPS 中重新另存为 .xlsx 后再填。")) from broken
        with zipfile.ZipFile(path) as package:
            if any(part.endswith("vbaProject.bin") for part in package.namelist()):
                notes.append(_("原表带有宏；宏没有运行，也不带入填好的 .xlsx。"))
    else:
        raise BlankRefused(_("只能填 Excel（.xlsx、.xls）和 Word（.docx）表；请另存为其中一种后再填。"))
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return Blank("xlsx", [ExcelTarget(sheet) for sheet in sheets], tuple(notes), book)


def _refuse_marks(blank: Blank) -> None:
    for target in blank.targets:
        for row in target.grid().rows[:30]:
            for text in row:
                if len(text) < 40 and (mark := classified_mark(text)):
                    raise Classified(
                        _("表中标有“%(mark)s”：本系统不处理涉密信息，文件未保存；请改走涉密渠道。") % {"mark": mark}
                    )
