"""What a person sees of a batch before deciding, and what a program gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xieshou.intake.findings import Finding


@dataclass(frozen=True, slots=True)
class RecognisedColumn:
    """A column of the sheet beside the form's column it was taken for.

    index: 0-based in the sheet, None when the form's column was not found. key: form column key, "" when the sheet's
    column is not taken in. score: 0 to 1. reason: which words matched. rivals: other headers that match nearly as well.
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

    kind: "place" or "party". text: as written. rows: the first rows that use it. count: how many rows use it. candidates:
    (answer, label, score, reason), answer being what `services.decide` takes.
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

    score: how well the sheet matches the form, 0 to 1. rows = accepted + rejected + duplicates: `accepted` counts the rows
    that would go in. headers: letter and text of every column of the sheet, for choosing by hand. cells of `first_rows`
    follow `columns`. findings: the first `findings_limit`; `finding_count` says how many there are.
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
    form_columns: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """`{form, sheet, header_row, rows, accepted, rejected, duplicates, batch, errors, warnings, totals, returned}`."""
        raise NotImplementedError
