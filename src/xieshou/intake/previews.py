"""What a person sees of a batch before deciding, and what a program gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xieshou.intake import staging
from xieshou.intake.findings import Finding, masked, read_findings
from xieshou.intake.forms import Column, ColumnType, Form, Layout, Severity, form_from_json
from xieshou.intake.models import Batch
from xieshou.intake.rules import column_letter
from xieshou.intake.tables import Alternative, OtherTable

FINDINGS_SHOWN = 500
ROWS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RecognisedColumn:
    """A column of the sheet beside the form's column it was taken for.

    index: 0-based in the sheet, None when the form's column was not found. key: form column key, "" when the sheet's
    column is not taken in. score: 0 to 1. reason: which words matched. rivals: other headers that match nearly as well.
    row: where the value stands for every row alike, from 1 (an item, a line above the table); `letter` is its cell.
    """

    index: int | None
    letter: str
    header: str
    key: str
    label: str
    type: str
    unit: str
    required: bool
    score: float
    reason: str
    rivals: tuple[str, ...] = ()
    stated: int = 0
    doubts: int = 0
    errors: int = 0
    distinct: int | None = None
    by_hand: bool = False
    row: int = 0


@dataclass(frozen=True, slots=True)
class TotalLine:
    """A stated total beside the sum of its rows, both in base units and as shown."""

    column: str
    label: str
    row: int
    stated: int
    computed: int
    unit: str
    scale: int

    @property
    def agrees(self) -> bool:
        return self.stated == self.computed


@dataclass(frozen=True, slots=True)
class OpenText:
    """A place or party text that was not settled by itself, with its ranked candidates.

    kind: "place" or "party". text: as written. rows: the first rows that use it. count: how many rows use it.
    candidates: (answer, label, score, reason), answer being what `services.decide` takes.
    """

    kind: str
    text: str
    rows: tuple[int, ...]
    count: int
    candidates: tuple[tuple[str, str, float, str], ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as shown, with its state: good, doubtful, rejected or duplicate."""

    row: int
    state: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft batch, as the import page shows it.

    score: how well the sheet matches the form, 0 to 1. rows = accepted + rejected + duplicates: `accepted` counts the
    rows that would go in. headers: letter and text of every column of the sheet, for choosing by hand. cells of
    `first_rows` follow `columns`. findings: the first `findings_limit`; `finding_count` says how many there are.
    alternatives: what else the sheet might have been, and why not. tables: what else the workbook holds.
    """

    form_key: str
    form_name: str
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    score: float
    reason: str
    columns: tuple[RecognisedColumn, ...]
    headers: tuple[tuple[int, str, str], ...]
    missing: tuple[str, ...]
    rows: int
    accepted: int
    doubtful: int
    rejected: int
    duplicates: int
    findings: tuple[Finding, ...]
    finding_count: int
    totals: tuple[TotalLine, ...]
    first_rows: tuple[PreviewRow, ...]
    open_texts: tuple[OpenText, ...] = ()
    joint_parties: int = 0
    new_parties: int = 0
    equal_rows: int = 0
    corrections: int = 0
    period_needed: bool = False
    notes: tuple[str, ...] = ()
    sheet_notes: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    tables: tuple[OtherTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an import, in the shape programs rely on (design §9)."""

    form: str
    sheet: str
    header_row: int
    rows: int
    accepted: int
    rejected: int
    duplicates: int
    batch: int | None
    state: str
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    totals: tuple[TotalLine, ...] = ()
    returned: str | None = None
    comparison: dict[str, Any] | None = None  # `comparisons.Comparison.as_json`, where rows meet the books

    def as_json(self) -> dict[str, Any]:
        """`{form, sheet, header_row, rows, accepted, rejected, duplicates, batch, errors, warnings, totals, returned}`.

        Totals are in yuan or in the written unit. A finding has `sheet`, `row` (0: the whole table), `column` (key of
        the form's column), `cell`, `value`, `code`, `message`.
        """
        return {
            "form": self.form,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "batch": self.batch,
            "state": self.state,
            "errors": [self._finding(finding) for finding in self.errors],
            "warnings": [self._finding(finding) for finding in self.warnings],
            "totals": [
                {
                    "column": total.column,
                    "label": total.label,
                    "row": total.row,
                    "unit": total.unit,
                    "stated": _plain_number(total.stated, total.scale),
                    "computed": _plain_number(total.computed, total.scale),
                }
                for total in self.totals
            ],
            "returned": self.returned,
            "comparison": self.comparison,
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": finding.row,
            "column": finding.column,
            "cell": finding.cell,
            "value": finding.value,
            "code": finding.code,
            "message": finding.message,
        }


def preview_of(batch: Batch, *, period_needed: bool) -> Preview:
    """The preview of a batch that has been read. Reads the summary, the findings and one row group."""
    summary = staging.summary(batch)
    form = form_from_json(summary["form"])
    indices = indices_of(summary)
    columns = tuple(_recognised_columns(form, summary))
    fixed = fixed_rows_of(summary)
    findings = tuple(read_findings(staging.findings_path(batch), form, indices, fixed=fixed, limit=FINDINGS_SHOWN))
    outcome = summary["outcome"]
    return Preview(
        form_key=form.key,
        form_name=form.label,
        sheet=summary["sheet"],
        sheets=tuple(summary["sheets"]),
        header_row=summary["header_row"],
        score=summary["score"],
        reason=summary["reason"],
        columns=columns,
        headers=tuple((index, column_letter(index), header) for index, header in enumerate(summary["headers"])),
        missing=tuple(form.column(key).label for key in summary["missing"]),
        rows=outcome["rows"],
        accepted=outcome["good"],
        doubtful=outcome["doubtful"],
        rejected=outcome["rejected"],
        duplicates=outcome["duplicates"],
        findings=findings,
        finding_count=outcome["finding_count"],
        totals=total_lines(form, outcome["totals"]),
        first_rows=tuple(_first_rows(batch, form, columns, findings, summary)),
        open_texts=tuple(_open_text(text) for text in outcome["open_texts"]),
        joint_parties=outcome["joint_parties"],
        new_parties=outcome["new_parties"],
        equal_rows=outcome["equal_rows"],
        corrections=outcome["corrections"],
        period_needed=period_needed,
        notes=form.notes,
        sheet_notes=tuple(outcome["sheet_notes"]),
        alternatives=tuple(Alternative(**one) for one in summary.get("alternatives", ())),
        tables=tuple(OtherTable(**one) for one in summary.get("tables", ())),
    )


def report_of(batch: Batch, returned: str | None) -> Report:
    """The report of a batch that has been read; holds every error and warning."""
    summary = staging.summary(batch)
    form = form_from_json(summary["form"])
    path, indices, fixed = staging.findings_path(batch), indices_of(summary), fixed_rows_of(summary)
    return Report(
        form=form.key,
        sheet=batch.sheet,
        header_row=batch.header_row or 0,
        rows=batch.rows,
        accepted=batch.accepted,
        rejected=batch.rejected,
        duplicates=batch.duplicates,
        batch=batch.pk,
        state=str(batch.state),
        errors=tuple(read_findings(path, form, indices, fixed=fixed, severities=(Severity.ERROR,))),
        warnings=tuple(read_findings(path, form, indices, fixed=fixed, severities=(Severity.WARNING,))),
        totals=total_lines(form, summary["outcome"]["totals"]),
        returned=returned,
    )


def indices_of(summary: Mapping[str, Any]) -> dict[str, int]:
    """Form column key → column of the sheet."""
    return {key: match["index"] for key, match in summary["matches"].items()}


def fixed_rows_of(summary: Mapping[str, Any]) -> dict[str, int]:
    """Form column key → the row where its value stands for every row alike."""
    return {key: match["row"] for key, match in summary["matches"].items() if match.get("row")}


def total_lines(form: Form, totals: list[dict[str, Any]]) -> tuple[TotalLine, ...]:
    return tuple(_total_line(form.column(total["column"]), total) for total in totals)


def _total_line(column: Column, total: Mapping[str, Any]) -> TotalLine:
    is_money = column.type is ColumnType.MONEY
    return TotalLine(
        column=column.key,
        label=column.label,
        row=total["row"],
        stated=total["stated"],
        computed=total["computed"],
        unit=_("元") if is_money else "",
        scale=100 if is_money else column.scale,
    )


def _recognised_columns(form: Form, summary: Mapping[str, Any]) -> Iterator[RecognisedColumn]:
    """The form's columns, then those of the sheet that no column of the form takes."""
    taken = set()
    for column in form.columns:
        match = summary["matches"].get(column.key)
        counts = summary["outcome"]["columns"].get(column.key, {})
        taken.add(match["index"] if match else None)
        yield RecognisedColumn(
            index=match["index"] if match else None,
            letter=column_letter(match["index"]) + str(match.get("row") or "") if match else "",
            header=match["header"] if match else "",
            key=column.key,
            label=column.label,
            type=column.type.value,
            unit=match["unit"] if match else "",
            required=column.required,
            score=match["score"] if match else 0.0,
            reason=match["reason"] if match else "",
            rivals=tuple(match["rivals"]) if match else (),
            stated=counts.get("stated", 0),
            doubts=counts.get("doubts", 0),
            errors=counts.get("errors", 0),
            distinct=counts.get("distinct"),
            by_hand=bool(match and match["by_hand"]),
            row=match.get("row", 0) if match else 0,
        )
    for index, header in enumerate(summary["headers"]):
        if header and index not in taken and form.layout is Layout.ROWS:
            yield RecognisedColumn(index, column_letter(index), header, "", "", "", "", False, 0.0, "")


def _first_rows(
    batch: Batch,
    form: Form,
    columns: tuple[RecognisedColumn, ...],
    findings: tuple[Finding, ...],
    summary: Mapping[str, Any],
) -> Iterator[PreviewRow]:
    """The first data rows as shown, sensitive cells masked."""
    doubted = {finding.row for finding in findings if finding.severity is Severity.WARNING}
    path = staging.rows_path(batch)
    if not path.exists():
        return
    first = next(staging.chunks(path, ["row", "status"]), None)
    if first is None:
        return
    first = first.slice(0, ROWS_SHOWN)
    states = dict(zip(first.column("row").to_pylist(), first.column("status").to_pylist(), strict=True))
    sensitive = {column.key for column in form.columns if column.sensitive}
    words = {1: "rejected", 2: "duplicate"}
    alike = fixed_texts(batch, summary)
    for chunk in staging.chunks(staging.raw_path(batch)):
        for line in chunk.to_pylist():
            if line["row"] not in states:
                continue
            texts = [alike.get(column.key) or line.get(f"c{column.index}") or "" for column in columns]
            cells = tuple(
                masked(text) if column.key in sensitive else "" if column.row and column.key not in alike else text
                for column, text in zip(columns, texts, strict=True)
            )
            state = words.get(states[line["row"]], "doubtful" if line["row"] in doubted else "good")
            yield PreviewRow(line["row"], state, cells)
            if line["row"] == max(states):
                return


def fixed_texts(batch: Batch, summary: Mapping[str, Any]) -> dict[str, str]:
    """Form column key → the text that stands for every row alike."""
    found = {}
    for key, match in summary["matches"].items():
        if not match.get("row"):
            continue
        text = match["text"]
        if text is None:
            line = staging.row_at(staging.raw_path(batch), match["row"], [f"c{match['index']}"])
            text = line[f"c{match['index']}"] if line else None
        if text:
            found[key] = text
    return found


_VERDICTS = {
    "unknown": gettext_noop("找不到"),
    "several": gettext_noop("不能确定"),
    "similar": gettext_noop("与已登记的单位相近"),
}


def _open_text(text: Mapping[str, Any]) -> OpenText:
    return OpenText(
        kind=text["kind"],
        text=text["text"],
        rows=tuple(text["rows"]),
        count=text["count"],
        candidates=tuple((one[0], one[1], one[2], one[3]) for one in text["candidates"]),
        verdict=_(_VERDICTS[text["verdict"]]),
    )


def _plain_number(value: int, scale: int) -> int | float:
    """A number for JSON: whole where it is whole, else with the digits it has."""
    exact = Decimal(value) / scale
    return int(exact) if exact == exact.to_integral_value() else float(exact)
