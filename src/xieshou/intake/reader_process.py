"""The child process that opens a file nobody trusts yet.

Run as `python -m xieshou.intake.reader_process`; knows neither Django nor the database. It is told one job as a line
of JSON, answers with a line of JSON that shows the head of every sheet, is told which sheet to stream, and streams its
cells as text: per chunk a line of JSON (rows, row numbers from 1, bytes per column), then each column's texts joined
by `SEPARATOR`. Blank rows are left out; a chunk of no rows ends the stream. What stops it is the last line of its
standard error, as JSON.

Numbers are written as Excel would show them in full: at most 15 significant digits, no exponent for whole numbers.
"""

from __future__ import annotations

import csv
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

HEAD_ROWS = 260  # a form of items with a list beside it is looked at whole
CHUNK_ROWS = 8_192
MOST_COLUMNS = 1_024
SEPARATOR = "\x1f"
_EXACT = 10**22
_PLAIN_LENGTH = 16  # fifteen digits and a point


def main() -> None:
    job = json.loads(sys.stdin.readline())
    limit_this_process(job["memory"], job["seconds"])
    out = sys.stdout.buffer
    try:
        book = _TextBook(job) if job["kind"] == "csv" else _Workbook(job)
        _say(out, {"sheets": book.heads()})
        asked = sys.stdin.readline()
        if asked:
            _stream(book, json.loads(asked)["sheet"], out)
    except MemoryError:
        _say(sys.stderr.buffer, {"error": "memory"})
        sys.exit(1)
    except _Refused as refused:
        _say(sys.stderr.buffer, {"error": refused.code, "detail": refused.detail})
        sys.exit(1)


class _Refused(Exception):
    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def limit_this_process(memory: int, seconds: int) -> None:
    """Bound the address space (bytes) and the processor time, where the system can; no core is ever written."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(out: BinaryIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
    out.flush()


class _Workbook:
    """A workbook that calamine reads."""

    def __init__(self, job: dict[str, Any]) -> None:
        import python_calamine as calamine

        try:
            self._book = calamine.CalamineWorkbook.from_path(job["path"])
        except calamine.PasswordError as error:
            raise _Refused("password") from error
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise _Refused("damaged", str(error)[:200]) from error
        self._errors = (calamine.CalamineError, OSError, ValueError)
        self._visible = calamine.SheetVisibleEnum.Visible
        self._worksheet = calamine.SheetTypeEnum.WorkSheet
        self._kept: tuple[int, Any] | None = None

    def heads(self) -> list[dict[str, Any]]:
        heads = []
        for index, sheet in enumerate(self._book.sheets_metadata):
            if sheet.typ != self._worksheet:
                continue
            heads.append(self._head(index, sheet.name, hidden=sheet.visible != self._visible))
        return heads

    def _head(self, index: int, name: str, *, hidden: bool) -> dict[str, Any]:
        sheet = self._sheet(index)
        left = sheet.start[1] if sheet.start else 0
        if sheet.total_width >= MOST_COLUMNS:
            raise _Refused("columns", name)
        if self._kept is None or sheet.total_height > self._kept[1].total_height:
            self._kept = (index, sheet)
        blank = [""] * left
        rows = [blank + [shown(value) for value in row] for row in itertools.islice(sheet.iter_rows(), HEAD_ROWS)]
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
        return {
            "index": index,
            "name": name,
            "hidden": hidden,
            "rows": sheet.total_height + 1 if sheet.start else 0,
            "width": max((len(row) for row in rows), default=0),
            "head": rows,
            "merged": merged,
        }

    def rows(self, index: int) -> tuple[int, Iterator[Sequence[Any]]]:
        """The columns to the left of the first cell, and the rows without them."""
        sheet = self._sheet(index)
        self._kept = None
        return (sheet.start[1] if sheet.start else 0), iter(sheet.iter_rows())

    def _sheet(self, index: int) -> Any:
        if self._kept is not None and self._kept[0] == index:
            return self._kept[1]
        try:
            return self._book.get_sheet_by_index(index)
        except self._errors as error:
            raise _Refused("damaged", str(error)[:200]) from error


class _TextBook:
    """Delimited text: one sheet."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        csv.field_size_limit(1_000_000)

    def heads(self) -> list[dict[str, Any]]:
        rows = [[cell.strip() for cell in row] for row in itertools.islice(self._reader(), HEAD_ROWS)]
        width = max((len(row) for row in rows), default=0)
        if width > MOST_COLUMNS:
            raise _Refused("columns", "")
        return [{"index": 0, "name": "", "hidden": False, "rows": None, "width": width, "head": rows, "merged": []}]

    def rows(self, index: int) -> tuple[int, Iterator[Sequence[Any]]]:
        return 0, self._reader()

    def _reader(self) -> Iterator[list[str]]:
        path = Path(self._job["path"])
        with path.open(encoding=self._job["encoding"], errors="replace", newline="") as file:
            try:
                yield from csv.reader(file, delimiter=self._job["delimiter"])
            except csv.Error as error:
                raise _Refused("damaged", str(error)[:200]) from error


def _stream(book: _Workbook | _TextBook, index: int, out: BinaryIO) -> None:
    left, rows = book.rows(index)
    number = 1
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        frame: dict[str, Any] = {"left": left, "first": number}
        stated = [row.count("") < len(row) for row in chunk]
        if not all(stated):
            frame["numbers"] = list(itertools.compress(range(number, number + len(chunk)), stated))
        number += len(chunk)
        kept = list(itertools.compress(chunk, stated))
        if kept:
            columns = [_joined(column) for column in _columns(kept)]
            _say(out, frame | {"sizes": [len(column) for column in columns], "rows": len(kept)})
            out.writelines(columns)
    _say(out, {"rows": 0})


def _columns(chunk: list[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
    if len({len(row) for row in chunk}) == 1:
        return zip(*chunk, strict=True)
    return itertools.zip_longest(*chunk, fillvalue="")


def _joined(column: tuple[Any, ...]) -> bytes:
    """The texts of a column with separators between them: what both sides handle without an object per cell."""
    kinds = set(map(type, column))
    if kinds == {float} and (plain := _plain_numbers(column)):
        return plain.encode("ascii")
    texts = column if kinds == {str} else [v if type(v) is str else shown(v) for v in column]
    joined = SEPARATOR.join(texts)
    if joined.count(SEPARATOR) != len(texts) - 1:
        joined = SEPARATOR.join(text.replace(SEPARATOR, " ") for text in texts)
    return joined.encode("utf-8", "replace")


def _plain_numbers(column: tuple[float, ...]) -> str:
    """A column of numbers joined, where `repr` already is what `shown` says but for ".0"; empty where some differ."""
    texts = list(map(repr, column))
    joined = SEPARATOR.join(texts) + SEPARATOR
    if any(mark in joined for mark in "en-") or max(map(len, texts)) > _PLAIN_LENGTH:
        return ""
    return joined.replace(".0" + SEPARATOR, SEPARATOR)[:-1]


def shown(value: Any) -> str:
    """The full text of a cell value."""
    if isinstance(value, str):
        return value
    if type(value) is float:
        return _number(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return (
            value.strftime("%Y-%m-%d") if value.time() == datetime.min.time() else value.strftime("%Y-%m-%d %H:%M:%S")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    text = repr(value)
    if sum(character.isdigit() for character in text.split("e")[0].lstrip("-0.")) > 15:
        text = f"{value:.15g}"
    return text


if __name__ == "__main__":
    main()
