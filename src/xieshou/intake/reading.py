"""Reading a file through the child process, within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import re
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from xieshou.intake import compound
from xieshou.intake.errors import IntakeError, NotAWorkbook, PasswordProtected, TooLarge
from xieshou.intake.kinds import MIB, FileKind, Kind, kind_of
from xieshou.intake.reader_process import SEPARATOR

# A sheet of 1,000,000 rows × 20 columns needs about 2 GiB and half a minute; a far cell of junk needs any amount.
MEMORY_LIMIT = 6 * 1024 * MIB
SECONDS_AT_LEAST = 120
SECONDS_PER_MIB = 4


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A sheet and its first rows. merged: 0-based (first row, first column, last row, last column), both ends
    included."""

    index: int
    name: str
    hidden: bool
    rows: int | None
    width: int
    head: list[list[str]]
    merged: list[tuple[int, int, int, int]]


class Reading:
    """One file being read: `heads`, then `stream` of one of them. A context manager; leaving it ends the child
    process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kind: FileKind = kind_of(path)
        self._seconds = SECONDS_AT_LEAST + SECONDS_PER_MIB * path.stat().st_size // MIB
        self._timed_out = False
        self._error_cells: dict[int, dict[tuple[int, int], str]] = {}

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "xieshou.intake.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._orders, self._answers = self._child.stdin, self._child.stdout
        # Looks for error cells while the child parses: it reads the same file again, without building anything.
        self._looking = threading.Thread(target=self._look_for_errors, daemon=True)
        self._looking.start()
        self._alarm = threading.Timer(self._seconds, self._time_out)
        self._alarm.daemon = True
        self._alarm.start()
        try:
            self._tell(
                path=str(self.path),
                kind=self.kind.kind.value,
                encoding=self.kind.encoding,
                delimiter=self.kind.delimiter,
                memory=MEMORY_LIMIT,
                seconds=self._seconds,
            )
            line = self._answers.readline()
            if not line.endswith(b"\n"):
                raise self._refusal()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.heads: list[SheetHead] = [
            SheetHead(**(sheet | {"merged": [tuple(span) for span in sheet["merged"]]}))
            for sheet in json.loads(line)["sheets"]
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._alarm.cancel()
        self._child.kill()
        self._child.communicate()
        self._said.close()

    def choose(self, index: int) -> None:
        """Say which sheet `stream` shall give; the child begins at once."""
        self._tell(sheet=index)

    def stream(self) -> Iterator[pa.Table]:
        """The cells of the chosen sheet as text: `row` (from 1), `c0`, `c1` …; blanks null, blank rows left out.

        Chunks of the child's `CHUNK_ROWS`; a chunk has the columns that its rows reach.
        """
        while True:
            line = self._answers.readline()
            if not line.endswith(b"\n"):
                raise self._refusal()
            frame = json.loads(line)
            if not frame["rows"]:
                return
            count = frame["rows"]
            rows = frame.get("numbers") or range(frame["first"], frame["first"] + count)
            columns = {"row": pa.array(rows, pa.int32())}
            columns |= {f"c{position}": pa.nulls(count, pa.string()) for position in range(frame["left"])}
            for position, size in enumerate(frame["sizes"], start=frame["left"]):
                joined = self._answers.read(size)
                if len(joined) < size:
                    raise self._refusal()
                columns[f"c{position}"] = _texts(joined, count)
            yield pa.table(columns)

    def error_cells(self, index: int) -> dict[tuple[int, int], str]:
        """0-based (row, column) of the cells that show an error (`#REF!`), which the stream holds as blanks."""
        self._looking.join()
        return self._error_cells.get(index, {})

    def _look_for_errors(self) -> None:
        with contextlib.suppress(
            ValueError, KeyError, IndexError, struct.error, zipfile.BadZipFile, zlib.error, OSError
        ):
            if self.kind.kind is Kind.XLS:
                self._error_cells = compound.error_cells(self.path)
            elif self.kind.kind is Kind.XLSX:
                self._error_cells = _xlsx_error_cells(self.path)

    def _tell(self, **message: Any) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._orders.write(json.dumps(message).encode() + b"\n")
            self._orders.flush()

    def _time_out(self) -> None:
        self._timed_out = True
        self._child.kill()

    def _refusal(self) -> IntakeError:
        """Why the child stopped."""
        ended = self._child.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        said: dict[str, str] = {}
        if lines:
            with contextlib.suppress(ValueError):
                said = json.loads(lines[-1])
        match said.get("error"):
            case "password":
                return PasswordProtected(_("文件设有打开密码；请取消密码、另存后再导入。"))
            case "columns":
                return TooLarge(
                    _("工作表“%(sheet)s”的列数异常多；请删去右侧多余的列，另存后再导入。") % {"sheet": said["detail"]}
                )
            case "damaged":
                return NotAWorkbook(
                    _("文件已损坏，读取时出错（%(detail)s）；请在 Excel 或 WPS 中重新另存为 .xlsx 后再导入。")
                    % {"detail": said["detail"]}
                )
        if self._timed_out or ended == -24:  # SIGXCPU
            return TooLarge(
                _("读取超过 %(seconds)d 秒仍未完成，已停止；请拆成几个文件后再导入。") % {"seconds": self._seconds}
            )
        if said.get("error") == "memory" or ended == -6:  # the reader aborts when it cannot allocate
            return TooLarge(
                _("读取所需内存超过 %(most)d MB，已停止；请删去表格下方和右侧多余的空行空列，或拆成几个文件后再导入。")
                % {"most": MEMORY_LIMIT // MIB}
            )
        return NotAWorkbook(_("文件已损坏，打不开；请在 Excel 或 WPS 中重新另存为 .xlsx 后再导入。"))


def _texts(joined: bytes, count: int) -> pa.Array:
    """The texts of a column, blanks null."""
    whole = pa.array([joined.decode()], pa.large_string())
    texts = pc.split_pattern(whole, SEPARATOR).values.cast(pa.string())
    if len(texts) != count:
        raise NotAWorkbook(_("文件已损坏，打不开；请在 Excel 或 WPS 中重新另存为 .xlsx 后再导入。"))
    blank = pc.equal(texts, "")
    return pc.if_else(blank, None, texts) if pc.any(blank).as_py() else texts


# What a cell shows for a formula whose value the file does not hold.
NOT_CALCULATED = "#NOVALUE"
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*?\bt="e"[^>]*)>(.{0,4000}?)</(?:\w+:)?c>', re.DOTALL)
# A formula that no program has worked out; one whose text is empty (`t="str"`) has been.
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]{0,8000}</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]{0,20})</")
_OVERLAP = 8_192


def _xlsx_error_cells(path: Path) -> dict[int, dict[tuple[int, int], str]]:
    """Sheet → cell → what it shows, of all sheets that have such cells."""
    found: dict[int, dict[tuple[int, int], str]] = {}
    with zipfile.ZipFile(path) as archive:
        for index, part in enumerate(_sheet_parts(archive)):
            with archive.open(part) as xml:
                cells = dict(_error_cells_in(xml))
            if cells:
                found[index] = cells
    return found


def _error_cells_in(xml: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    rest = b""
    while block := xml.read(MIB):
        block = rest + block
        if b't="e"' in block:
            for cell in _ERROR_CELL.finditer(block):
                reference, text = _REFERENCE.search(cell[1]), _SHOWN.search(cell[2])
                if reference:
                    yield _position(reference), text[1].decode() if text else "#ERR"
        for cell in _FORMULA_CELL.finditer(block) if b"f>" in block else ():
            if b't="str"' not in cell[1] and (reference := _REFERENCE.search(cell[1])):
                yield _position(reference), NOT_CALCULATED
        rest = block[-_OVERLAP:]


def _position(reference: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in reference[1]:
        column = column * 26 + letter - 64
    return int(reference[2]) - 1, column - 1


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The paths of the sheets' XML inside the archive, in the order of the workbook."""
    names = {name.lower(): name for name in archive.namelist()}
    book = archive.read(names["xl/workbook.xml"])
    relations = archive.read(names["xl/_rels/workbook.xml.rels"])
    targets = {}
    for relation in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", relations):
        key, target = re.search(rb'\bId="([^"]+)"', relation), re.search(rb'\bTarget="([^"]+)"', relation)
        if key and target:
            name = target[1].decode()
            targets[key[1]] = names.get((name.lstrip("/") if name.startswith("/") else f"xl/{name}").lower(), "")
    sheets = re.findall(rb'<(?:\w+:)?sheet\b[^>]*?\b\w+:id="([^"]+)"', book)
    return [targets[sheet] for sheet in sheets if targets.get(sheet)]
