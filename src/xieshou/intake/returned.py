"""The workbook that goes back (退回表): the rows that did not go in, and the doubtful ones, ready to be mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from xieshou.intake import staging
from xieshou.intake.findings import Finding, read_findings
from xieshou.intake.forms import Column, ColumnType, Form, Layout, Severity, form_from_json
from xieshou.intake.models import Batch
from xieshou.intake.previews import fixed_rows_of, fixed_texts
from xieshou.intake.reading import SheetHead
from xieshou.intake.rules import MONEY_UNITS, is_row_number, listed_in, number_in, squeeze

KEY_SHEET = "_xieshou"
KEY_MARK = "xieshou-batch"
# Headings of the first and the last column; Chinese in every language, because they are read back.
ROW_HEADING = "原行号"
PROBLEM_HEADING = "问题"
_NUMBERS = (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY)
_PLAIN_NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,6})?")
_ROWS_AT_MOST = 1_048_000
# Nothing in a workbook that goes out is a formula or a link, whatever it looks like.
OUT_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(batch: Batch, path: Path, form: Form | None = None) -> Path:
    """Write the rejected and doubtful rows of a batch to `path` (.xlsx) and return it; of a form of items the sheet.

    Original row numbers in front, cells coloured and commented, a hidden batch key; its upload finishes the job.
    """
    summary = staging.summary(batch)
    form = form_from_json(summary["form"])
    indices = {key: match["index"] for key, match in summary["matches"].items()}
    findings: dict[int, list[Finding]] = {}
    wanted = (Severity.ERROR, Severity.WARNING)
    fixed = fixed_rows_of(summary)
    for finding in read_findings(staging.findings_path(batch), form, indices, fixed=fixed, severities=wanted):
        if finding.row:
            findings.setdefault(finding.row, []).append(finding)
    with xlsxwriter.Workbook(path, OUT_OPTIONS) as book:
        if form.layout is Layout.ITEMS:
            _write_record(book, batch, form, summary, findings)
        else:
            _write_rows(book, batch, form, summary, findings)
        _write_key(book, batch)
    return path


def _write_rows(
    book: Any, batch: Batch, form: Form, summary: Mapping[str, Any], findings: Mapping[int, list[Finding]]
) -> None:
    sheet = book.add_worksheet(_("退回"))
    formats = _formats(book)
    width = len(summary["headers"])
    of_rows = {key: match for key, match in summary["matches"].items() if not match.get("row")}
    by_index = {match["index"]: (form.column(key), match["unit"]) for key, match in of_rows.items()}
    alike = [(key, text) for key, text in fixed_texts(batch, summary).items() if key not in of_rows]
    header = 2 + len(alike)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, width, 14)
    sheet.set_column(width + 1, width + 1, 60)
    sheet.freeze_panes(header + 1, 1)
    sheet.write_string(0, 0, form.name, formats["title"])
    sheet.write_string(
        1, 0, _("红色的行没有入账，黄色的已入账但存疑。改好后把这个文件再导入一次即可；请勿改动“原行号”一列。")
    )
    for line, (key, text) in enumerate(alike, start=2):
        _write_alike(sheet, line, form.column(key), text, findings, formats)
    sheet.write_string(header, 0, ROW_HEADING, formats["head"])
    for index, heading in enumerate(summary["headers"]):
        column, unit = by_index.get(index, (None, ""))
        sheet.write_string(header, index + 1, _heading(column, unit) if column else heading, formats["head"])
    sheet.write_string(header, width + 1, PROBLEM_HEADING, formats["head"])
    going = [
        (row, each)
        for row, cells in _rows_going_back(batch, form, summary, findings)
        for each in _one_row_a_name(cells, findings.get(row, []), form, of_rows)
    ]
    for line, (row, cells) in enumerate(going, start=header + 1):
        _write_row(sheet, line, row, cells, by_index, findings.get(row, []), formats, width, indices=of_rows)


def _write_alike(
    sheet: Worksheet,
    line: int,
    column: Column,
    text: str,
    findings: Mapping[int, list[Finding]],
    formats: Mapping[Any, Any],
) -> None:
    """A value that holds for every row, behind its label above the table, where it is found again."""
    wrong = [one for row in findings.values() for one in row if one.column == column.key]
    sheet.write_string(line, 0, f"{column.above[0].rstrip(':：')}：{text}", _tone(wrong, formats))
    if wrong:
        sheet.write_comment(line, 0, "\n".join(dict.fromkeys(one.message for one in wrong)))


def _write_record(
    book: Any, batch: Batch, form: Form, summary: Mapping[str, Any], findings: Mapping[int, list[Finding]]
) -> None:
    """A sheet of items as it came, every cell in its place, those at fault coloured and commented."""
    sheet, formats = book.add_worksheet(_("退回")), _formats(book)
    first, last = summary["span"]
    by_cell: dict[tuple[int, int], list[Finding]] = {}
    for one in (finding for row in findings.values() for finding in row):
        if match := summary["matches"].get(one.column):
            by_cell.setdefault((match["row"], match["index"]), []).append(one)
    wide = 60
    sheet.set_column(first, last, 14)
    sheet.set_column(first + 1, first + 1, wide)
    raw = pq.read_table(staging.raw_path(batch))
    bottom = 0
    for line in raw.to_pylist():
        row = line["row"]
        if row > summary["last_row"] and not any(line.get(f"c{index}") for index in range(first, last + 1)):
            continue
        bottom = max(bottom, row)
        for index in range(len(summary["headers"])):
            if row >= summary["first_header_row"] and not first <= index <= last:
                continue  # a list beside the table is no part of it
            text, wrong = line.get(f"c{index}") or "", by_cell.pop((row, index), [])
            if _PLAIN_NUMBER.fullmatch(text):
                sheet.write_number(row - 1, index, float(text), _tone(wrong, formats))
            elif text or wrong:
                sheet.write_string(row - 1, index, text, _tone(wrong, formats) or formats["plain"])
            if wrong:
                sheet.write_comment(row - 1, index, "\n".join(one.message for one in wrong))
    problems = [one.message for row in findings.values() for one in row]
    for number, message in enumerate(dict.fromkeys(problems), start=bottom + 2):
        sheet.write_string(number, first + 1, f"{PROBLEM_HEADING}：{message}")


def _formats(book: Any) -> dict[Any, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bg_color": "#EEF1F4", "border": 1, "text_wrap": True}),
        Severity.ERROR: book.add_format({"bg_color": "#F8D7DA"}),
        Severity.WARNING: book.add_format({"bg_color": "#FFF0C2"}),
        "plain": book.add_format({"num_format": "@"}),
    }


def _write_row(
    sheet: Worksheet,
    line: int,
    row: int,
    cells: Sequence[str],
    by_index: Mapping[int, tuple[Column, str]],
    findings: Sequence[Finding],
    formats: Mapping[Any, Any],
    width: int,
    indices: Mapping[str, Mapping[str, Any]],
) -> None:
    """One row: its number, its cells, what is the matter with it."""
    by_cell: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.column in indices:
            by_cell.setdefault(indices[finding.column]["index"], []).append(finding)
    sheet.write_number(line, 0, row, _tone(findings, formats))
    for index in range(width):
        column = by_index.get(index, (None, ""))[0]
        tone = _tone(by_cell.get(index, ()), formats)
        text = cells[index]
        if column is not None and column.type in _NUMBERS and _PLAIN_NUMBER.fullmatch(text):
            sheet.write_number(line, index + 1, float(text), tone)
        elif text or tone is not None:
            sheet.write_string(line, index + 1, text, tone or formats["plain"])
        if index in by_cell:
            sheet.write_comment(line, index + 1, "\n".join(finding.message for finding in by_cell[index]))
    sheet.write_string(
        line, width + 1, "；".join(dict.fromkeys(finding.message.rstrip("。；") for finding in findings))
    )


def _one_row_a_name(
    cells: list[str], findings: Sequence[Finding], form: Form, matches: Mapping[str, Mapping[str, Any]]
) -> list[list[str]]:
    """A row whose cell lists many names with amounts, as one row for each name, for a person to look over.

    Only where the form has one column of money, and the amounts listed come to what that column states, if anything.
    """
    listing = next((one.column for one in findings if one.code == "many_listed"), None)
    money = [key for key in matches if form.column(key).type is ColumnType.MONEY]
    if listing is None or len(money) != 1:
        return [cells]
    name_at, amount_at = matches[listing]["index"], matches[money[0]]["index"]
    pairs = listed_in(cells[name_at])
    yuan = MONEY_UNITS[matches[money[0]]["unit"] or "元"]
    stated = number_in(cells[amount_at]) if cells[amount_at] else None
    if stated is not None and stated[0] * yuan != sum(amount for _name, amount in pairs):
        return [cells]
    rows = []
    for name, amount in pairs:
        row = list(cells)
        row[name_at], row[amount_at] = name, f"{(amount / yuan).normalize():f}"
        rows.append(row)
    return rows


def _tone(findings: Sequence[Finding], formats: Mapping[Any, Any]) -> Any:
    severities = {finding.severity for finding in findings}
    for severity in (Severity.ERROR, Severity.WARNING):
        if severity in severities:
            return formats[severity]
    return None


def _heading(column: Column, unit: str) -> str:
    """The form's own heading with the merged headings it stands under, and the unit in which this sheet states its
    amounts."""
    name = column.name if not unit else f"{re.sub(r'[（(].*?[)）]', '', column.name)}（{unit}）"
    return "".join(column.under) + name


def _rows_going_back(
    batch: Batch, form: Form, summary: Mapping[str, Any], findings: Mapping[int, list[Finding]]
) -> list[tuple[int, list[str]]]:
    """Rejected and doubtful rows as they were, in the order of the sheet; merged cells stand in each of their rows."""
    states = pq.read_table(staging.rows_path(batch), columns=["row", "status"])
    rows, status = states.column("row").to_numpy(), states.column("status").to_numpy()
    doubted = np.isin(rows, list(findings))
    going = pa.array(np.sort(rows[(status == 1) | ((status == 0) & doubted)])[:_ROWS_AT_MOST], pa.int32())
    names = [f"c{index}" for index in range(len(summary["headers"]))]
    typed_names = {
        match["index"]: f"{key}_as_written" if form.column(key).type is ColumnType.PARTY else key
        for key, match in summary["matches"].items()
        if not match.get("row")
        and form.column(key).type in (ColumnType.PLACE, ColumnType.PARTY, ColumnType.TEXT, ColumnType.CODE)
    }
    raw = pq.read_table(staging.raw_path(batch), columns=["row", *names], filters=pc.is_in(pc.field("row"), going))
    typed = pq.read_table(
        staging.rows_path(batch), columns=["row", *typed_names.values()], filters=pc.is_in(pc.field("row"), going)
    )
    known = {line["row"]: line for line in typed.to_pylist()}
    found = []
    for line in raw.to_pylist():
        cells = [line[name] or "" for name in names]
        for index, name in typed_names.items():
            cells[index] = cells[index] or known[line["row"]][name] or ""
        found.append((line["row"], cells))
    return found


def _write_key(book: Any, batch: Batch) -> None:
    sheet = book.add_worksheet(KEY_SHEET)
    sheet.write_string(0, 0, KEY_MARK)
    sheet.write_string(0, 1, str(batch.pk))
    sheet.write_string(0, 2, batch.original.sha256)
    sheet.very_hidden()


def without_key(heads: Sequence[SheetHead]) -> tuple[list[SheetHead], tuple[int, str] | None]:
    """The sheets without the hidden key sheet, and the batch id and hash that it names."""
    key = None
    for head in heads:
        if head.name == KEY_SHEET and head.head and head.head[0][:1] == [KEY_MARK] and len(head.head[0]) >= 3:
            number, sha256 = head.head[0][1:3]
            key = (int(number) if is_row_number(number) else 0, sha256)  # there is no batch 0
    return [head for head in heads if head.name != KEY_SHEET], key


def row_column(headers: Sequence[str]) -> int | None:
    """The column with the original row numbers, if there is one."""
    for index, header in enumerate(headers):
        if squeeze(header) == ROW_HEADING:
            return index
    return None
