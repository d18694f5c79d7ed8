"""Lists written to files for Excel: CSV and xlsx, in which no cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from xieshou.common.formats import moment

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Row = Sequence[Any]


def inert(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers and dates stay.

    Source: OWASP, CSV Injection.
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_response(name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """The list as CSV, streamed; with a byte order mark, without which Excel misreads Chinese."""

    def lines() -> Iterable[bytes]:
        yield b"\xef\xbb\xbf"
        yield _line(head)
        for row in rows:
            yield _line(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
    return response


def xlsx_response(name: str, head: Row, rows: Iterable[Row]) -> HttpResponse:
    """The list as a workbook with one sheet, a frozen bold head and the widths of its content. Text stays text."""
    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        widths = [_width(title) for title in head]
        for column, title in enumerate(head):
            sheet.write_string(0, column, str(title), bold)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                widths[column] = max(widths[column], _width(value))
                if isinstance(value, datetime):
                    sheet.write_string(line, column, moment(value))
                elif isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(line, column, value)
                elif value is not None:
                    sheet.write_string(line, column, str(value))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
        sheet.freeze_panes(1, 0)
    response = HttpResponse(
        target.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    return response


def _line(row: Row) -> bytes:
    buffer = StringIO()
    csv.writer(buffer).writerow([_plain(value) for value in row])
    return buffer.getvalue().encode()


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return moment(value) if isinstance(value, datetime) else inert(value)


def _width(value: Any) -> int:
    """Columns of a text on a sheet: a Chinese character takes two."""
    text = "" if value is None else str(value)
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text[:60])
