"""Checking the rows of a recognised sheet: cells, relations, places, parties, duplicates, totals, sizes.

Works chunk by chunk and column by column; Python sees distinct texts and troubled rows only. Writes `rows.parquet`
(typed columns, one line per data row), `findings.parquet` and, at the end, a summary.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xieshou.common.scoping import Actor
from xieshou.intake import matching, staging
from xieshou.intake.columns import ColumnTyper, Trouble
from xieshou.intake.findings import FindingsFile
from xieshou.intake.forms import Check, CheckKind, Column, ColumnType, Form, Severity
from xieshou.intake.models import Batch, PostedKey
from xieshou.intake.recognition import Recognition, yuan_in
from xieshou.intake.rules import (
    OUTLIER_LEAST_VALUES,
    OUTLIER_TIMES,
    SLIP_PART,
    column_letter,
    is_note,
    is_row_number,
    is_total,
    number_in,
    parse_period,
    smallest_cover,
    squeeze,
)

_SUMMED = (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY)
_FILLED_DOWN = (
    ColumnType.PLACE,
    ColumnType.PARTY,
    ColumnType.TEXT,
    ColumnType.DATE,
    ColumnType.PERIOD,
    ColumnType.CODE,
)
_ERROR_TEXTS = pa.array(["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#N/A", "#ERR"])
_WARNINGS = frozenset({"month_only", "month_unclear"})
_TOTALS_SHOWN = 200
_LOOKED_UP = 500


class Status(IntEnum):
    """What becomes of a row."""

    GOOD = 0
    REJECTED = 1
    DUPLICATE = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """What people decided about this batch and, remembered, about texts."""

    places: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, int] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()
    corrected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Origin:
    """The batch that a returned workbook goes back to.

    column: where the sheet has the original row numbers. settled: those that need not come again.
    """

    batch: int
    column: int
    settled: frozenset[int]


@dataclass(frozen=True, slots=True)
class Setting:
    """All that an evaluation needs besides the rows.

    period: what stands for "period" in a row's key; until: the day of a cumulative statement, None for other forms.
    posted_rows: for a form without a key, batch → the rows of this file that it has put into the books.
    """

    actor: Actor
    recognition: Recognition
    period: str
    year: int | None
    answers: Answers
    until: date | None = None
    posted_rows: Mapping[int, np.ndarray[Any, Any]] = field(default_factory=dict)
    origin: Origin | None = None
    assumed_period: str = ""
    error_cells: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What an evaluation found out, as plain data for the summary."""

    rows: int = 0
    good: int = 0
    rejected: int = 0
    duplicates: int = 0
    doubtful: int = 0
    totals: list[dict[str, Any]] = field(default_factory=list)
    open_texts: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    joint_parties: int = 0
    new_parties: int = 0
    equal_rows: int = 0
    corrections: int = 0
    finding_count: int = 0
    sheet_notes: list[str] = field(default_factory=list)
    place_cover: str = ""


class Evaluation:
    """One run over the rows of a sheet. Feed `take` with the chunks of the stream in order, then call `finish`."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting = setting
        self._form: Form = setting.recognition.form
        self._matches = setting.recognition.matches
        self._typers = {
            column.key: ColumnTyper(column, yuan_in(self._matches[column.key].unit or "元"))
            for column in self._form.columns
            if column.key in self._matches
        }
        self._rows_path = folder / "rows.parquet"
        self._schema = self._row_schema()
        self._writer = pq.ParquetWriter(self._rows_path, self._schema, compression="lz4")
        self._findings = FindingsFile(folder / "findings.parquet", {k: m.index for k, m in self._matches.items()})
        self._places = matching.Places(setting.actor, self._form, setting.answers.places, setting.year)
        self._parties = matching.Parties(setting.actor, self._form, setting.answers.parties)
        self._totals = _Totals(self._form)
        self._outcome = Outcome(columns={column.key: {"stated": 0} for column in self._form.columns})
        self._hashes: list[np.ndarray[Any, Any]] = []
        self._hash_rows: list[np.ndarray[Any, Any]] = []
        self._keys: dict[bytes, int] = {}
        self._carried: dict[int, tuple[int, str | None]] = {}
        self._merges = self._merges_by_column()
        self._errors_by_row = self._error_rows()
        self._codes: set[str] = set()
        self._duplicates: Counter[int] = Counter()  # by the batch that posted them
        self._troubled: dict[str, np.ndarray[Any, Any]] = {}  # of the chunk at hand
        self._behind: list[tuple[Column, pa.Array]] = []  # units written behind numbers, of the chunk at hand

    # --- one chunk -------------------------------------------------------------------------------------------------

    def take(self, raw: pa.Table) -> None:
        """Check one chunk of the stream: `row`, `c0`, `c1` … as text."""
        recognition = self._setting.recognition
        first = raw.column("row")[0].as_py() if raw.num_rows else 0
        if first <= recognition.header_row:
            raw = raw.filter(pc.greater(raw.column("row"), recognition.header_row))
        if not raw.num_rows:
            return
        texts = self._texts(raw)
        rows = raw.column("row").combine_chunks().to_numpy()
        keep = self._data_rows(raw, rows, texts)
        if keep is None:
            self._totals.cut(len(rows))
        else:
            mask = pa.array(keep)
            texts = {key: text.filter(mask) for key, text in texts.items()}
            raw = raw.filter(mask)
            rows = rows[keep]
        if len(rows):
            self._data_chunk(raw, rows, texts)

    def _texts(self, raw: pa.Table) -> dict[str, pa.Array]:
        """The mapped columns, merged cells filled down and error cells put back."""
        rows = raw.column("row").combine_chunks().to_numpy()
        texts = {}
        for key, match in self._matches.items():
            name = f"c{match.index}"
            text = _one(raw.column(name)) if name in raw.column_names else pa.nulls(raw.num_rows, pa.string())
            text = self._with_errors(text, rows, match.index)
            texts[key] = self._filled_down(text, rows, key, match.index)
        return texts

    def _with_errors(self, text: pa.Array, rows: np.ndarray[Any, Any], index: int) -> pa.Array:
        here = [row for row in self._errors_by_row.get(index, ()) if rows[0] <= row <= rows[-1]]
        if not here:
            return text
        values = text.to_pylist()
        for position in np.flatnonzero(np.isin(rows, here)):
            values[position] = self._setting.error_cells[(int(rows[position]) - 1, index)]
        return pa.array(values, pa.string())

    def _filled_down(self, text: pa.Array, rows: np.ndarray[Any, Any], key: str, index: int) -> pa.Array:
        """Cells merged downwards: words count for every row, amounts for the first row alone, which is said."""
        merges = self._merges.get(index)
        if not merges:
            return text
        values = None
        for first, last in merges:
            if last < rows[0] or first > rows[-1]:
                continue
            if self._form.column(key).type not in _FILLED_DOWN:
                if rows[0] <= first <= rows[-1]:
                    value = text[int(np.searchsorted(rows, first))].as_py() or ""
                    self._findings.add("merged_amount", Severity.WARNING, key, [first], [value], {"last": last})
                continue
            values = text.to_pylist() if values is None else values
            start, end = np.searchsorted(rows, (first, last + 1))
            if start < len(rows) and rows[start] == first:
                self._carried[index] = (first, values[start])
            carried_from, carried = self._carried.get(index, (0, None))
            if carried_from == first:
                for position in range(start, end):
                    values[position] = values[position] or carried
        return text if values is None else pa.array(values, pa.string())

    def _data_rows(
        self, raw: pa.Table, rows: np.ndarray[Any, Any], texts: Mapping[str, pa.Array]
    ) -> np.ndarray[Any, Any] | None:
        """Which rows are data; the others are titles, notes, totals and repeated headings. None: all are."""
        suspects = np.zeros(len(rows), dtype=bool)
        marks = "^\\s*(" + "|".join("\\s*".join(mark) for mark in self._form.total_marks) + ")"
        looked_at = 0
        for column in self._form.columns:
            text = texts.get(column.key)
            if text is None:
                continue
            if column.filled and text.null_count:
                suspects |= text.is_null().to_numpy(zero_copy_only=False)
            if column.type in (ColumnType.PLACE, ColumnType.PARTY, ColumnType.TEXT, ColumnType.ROW_NUMBER):
                looked_at += 1
                if looked_at <= 6:
                    heading = pc.equal(text, self._setting.recognition.matches[column.key].header)
                    totals = pc.match_substring_regex(text, marks)
                    suspects |= pc.fill_null(pc.or_(heading, totals), False).to_numpy(zero_copy_only=False)
        if rows[0] <= self._setting.recognition.header_row + 2:
            suspects[:2] = True
        if not suspects.any():
            return None
        keep = ~suspects
        positions = np.flatnonzero(suspects)
        lines = raw.drop_columns(["row"]).take(pa.array(positions)).to_pylist()
        mapped = {key: text.take(pa.array(positions)).to_pylist() for key, text in texts.items()}
        cut = 0
        for place, position in enumerate(positions):
            line = [value for value in lines[place].values() if value and value.strip()]
            cells = {key: values[place] for key, values in mapped.items()}
            kind, mark = self._kind_of(line, cells)
            if kind == "data":
                keep[position] = True
            elif kind == "total":
                self._totals.cut(int(keep[cut:position].sum()))
                cut = int(position)
                self._totals.stated(int(rows[position]), mark, self._stated(cells))
            elif kind == "note" and len(self._outcome.sheet_notes) < 30:
                self._outcome.sheet_notes.append(" ".join(line)[:300])
        self._totals.cut(int(keep[cut:].sum()))
        return keep

    def _kind_of(self, line: list[str], cells: Mapping[str, str | None]) -> tuple[str, str]:
        if not line:
            return "blank", ""
        for text in line[:4]:
            if mark := is_total(text, self._form.total_marks):
                return "total", mark
        stated = {key: value for key, value in cells.items() if value and value.strip()}
        if not stated:
            return "note", ""
        headings = sum(squeeze(value) == squeeze(self._matches[key].header) for key, value in stated.items())
        if headings >= max(2, len(stated) // 2):
            return "heading", ""
        numbers = [value for value in line if is_row_number(value)]
        if (
            len(line) > 2
            and len(numbers) == len(line)
            and [int(n) for n in line] == list(range(int(line[0]), int(line[0]) + len(line)))
        ):
            return "heading", ""
        filled = [column.key for column in self._form.columns if column.filled]
        amounts = any(
            key in stated and number_in(stated[key]) is not None
            for key in cells
            if self._form.column(key).type in _SUMMED
        )
        stands_alone = len(set(line)) == 1 or (len(set(line)) <= 3 and is_note(line[0]))
        if not amounts and stands_alone and sum(key in stated for key in filled) < max(2, len(filled)):
            return "note", ""
        return "data", ""

    def _stated(self, cells: Mapping[str, str | None]) -> dict[str, int]:
        stated = {}
        for key, text in cells.items():
            if text and self._form.column(key).type in _SUMMED:
                value = self._typers[key](pa.array([text], pa.string())).values[0].as_py()
                if value is not None:
                    stated[key] = value
        return stated

    def _data_chunk(self, raw: pa.Table, rows: np.ndarray[Any, Any], texts: Mapping[str, pa.Array]) -> None:
        status = np.zeros(len(rows), dtype=np.int8)
        values: dict[str, pa.Array] = {}
        self._troubled.clear()
        for column in self._form.columns:
            values |= self._typed(column, texts.get(column.key), rows, status)
        self._units_behind_numbers(values, rows, status)
        self._demand_filled(values, rows, status)
        for check in self._form.checks:
            self._check(check, values, rows, status)
        self._places.match(values, rows, status, self._findings)
        self._parties.match(values, rows, status, self._findings)
        matching.demand_scope(self._setting.actor, self._form, self._parties, values, rows, status, self._findings)
        self._drop_by_hand(rows, status)
        self._totals.add({key: values[key] for key in values if key in self._totals.keys})
        self._find_duplicates(raw, rows, status, values)
        self._remember_content(texts, rows)
        if "place_code" in values:
            # Rejected rows count too: who sees the batch sees them, in its returned workbook.
            self._codes.update(code or "" for code in values["place_code"].unique().to_pylist())
        self._outcome.rows += len(rows)
        self._outcome.good += int((status == Status.GOOD).sum())
        self._outcome.rejected += int((status == Status.REJECTED).sum())
        self._outcome.duplicates += int((status == Status.DUPLICATE).sum())
        columns = {"row": pa.array(rows, pa.int32()), "status": pa.array(status, pa.int8())} | values
        self._writer.write_table(pa.table([columns[name] for name in self._schema.names], schema=self._schema))

    def _typed(
        self, column: Column, text: pa.Array | None, rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]
    ) -> dict[str, pa.Array]:
        """The arrays that a column gives to the row, its troubles found."""
        if text is None:
            return _absent(column, len(rows))
        if pc.any(pc.starts_with(text, "#")).as_py():
            bad = pc.fill_null(pc.is_in(text, value_set=_ERROR_TEXTS), False).to_numpy(zero_copy_only=False)
            if bad.any():
                shown = text.filter(pa.array(bad)).to_pylist()
                self._findings.add("error_cell", Severity.ERROR, column.key, rows[bad], shown)
                status[bad] = Status.REJECTED
                self._troubled.setdefault(column.key, np.zeros(len(rows), dtype=bool))[bad] = True
                text = pc.if_else(pa.array(bad), None, text)
        typed = self._typers[column.key](text)
        for trouble in typed.troubles:
            self._note(column, trouble, text, rows, status)
        self._outcome.columns[column.key]["stated"] += len(text) - text.null_count
        if typed.units is not None:
            self._behind.append((column, typed.units))
        return _given(column, typed.values, text)

    def _note(
        self, column: Column, trouble: Trouble, text: pa.Array, rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]
    ) -> None:
        severity = Severity.WARNING if trouble.code in _WARNINGS else Severity.ERROR
        shown = text.take(pa.array(trouble.positions)).to_pylist()
        if trouble.code == "not_in_list":
            allowed = "、".join(words[0] if words else code for code, words in column.codes.items())
            trouble.params = [{"allowed": allowed}] * len(trouble.positions)
        self._findings.add_each(trouble.code, severity, column.key, rows[trouble.positions], shown, trouble.params)
        if severity is Severity.ERROR:
            status[trouble.positions] = Status.REJECTED
            self._troubled.setdefault(column.key, np.zeros(len(rows), dtype=bool))[trouble.positions] = True

    def _units_behind_numbers(
        self, values: dict[str, pa.Array], rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]
    ) -> None:
        """198件: the unit goes to its column where that is blank; a different one there is a contradiction."""
        for column, units in self._behind:
            if not column.unit_column:
                continue
            target = self._form.column(column.unit_column)
            typer = self._typers.get(target.key) or ColumnTyper(target)
            known = typer(units).values
            clash = pc.fill_null(pc.not_equal(values[target.key], known), False).to_numpy(zero_copy_only=False)
            shown = units.filter(pa.array(clash)).to_pylist()
            self._findings.add("unit_clash", Severity.ERROR, target.key, rows[clash], shown)
            status[clash] = Status.REJECTED
            values[target.key] = pc.coalesce(values[target.key], known)
        self._behind = []

    def _demand_filled(
        self, values: Mapping[str, pa.Array], rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]
    ) -> None:
        for column in self._form.columns:
            name = f"{column.key}_as_written" if column.type is ColumnType.PARTY else column.key
            if not column.filled or not values[name].null_count:
                continue
            missing = values[name].is_null().to_numpy(zero_copy_only=False)
            if column.key in self._troubled:
                missing &= ~self._troubled[column.key]
            self._findings.add("missing", Severity.ERROR, column.key, rows[missing], None)
            status[missing] = Status.REJECTED

    def _check(
        self, check: Check, values: Mapping[str, pa.Array], rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]
    ) -> None:
        """Relations between columns; a relation with a column that the sheet lacks says nothing."""
        left = values[check.left]
        match check.kind:
            case CheckKind.AT_MOST:
                broken = pc.greater(left, values[check.right])
                particulars = (values[check.right],)
            case CheckKind.NEEDS:
                if check.right not in self._matches:
                    return
                broken = pc.and_(pc.greater(left, 0), pc.is_null(values[check.right]))
                particulars = (left,)
            case CheckKind.SUM:
                parts = [values[key] for key in check.parts]
                total, stated = pc.fill_null(parts[0], 0), pc.is_valid(parts[0])
                for part in parts[1:]:
                    total = pc.add(total, pc.fill_null(part, 0))
                    stated = pc.or_(stated, pc.is_valid(part))
                broken = pc.and_(stated, pc.not_equal(left, total))
                particulars = (total,)
            case CheckKind.PRODUCT:
                count, price = (values[key] for key in check.parts)
                scale = self._form.column(check.parts[0]).scale
                product = pc.multiply(count.cast(pa.float64()), price.cast(pa.float64()))
                # Half a fen either way: the product is rounded on the list, and doubles are exact to far above this.
                broken = pc.greater(
                    pc.abs(pc.subtract(product, pc.multiply(left, scale).cast(pa.float64()))), 0.5 * scale
                )
                particulars = (pc.round(pc.divide(product, float(scale))).cast(pa.int64()),)
        bad = pc.fill_null(broken, False).to_numpy(zero_copy_only=False)
        if not bad.any():
            return
        chosen = pa.array(bad)
        expected = particulars[0].filter(chosen).to_pylist()
        column = self._form.column(check.left)
        shown = [_amount(column, value) for value in left.filter(chosen).to_pylist()]
        params = [{"check": check.key, "expected": _amount(column, value)} for value in expected]
        self._findings.add_each(f"check_{check.kind}", check.severity, check.left, rows[bad], shown, params)
        if check.severity is Severity.ERROR:
            status[bad] = Status.REJECTED

    def _drop_by_hand(self, rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]) -> None:
        dropped = self._setting.answers.dropped
        if dropped:
            left_out = np.isin(rows, list(dropped))
            self._findings.add("dropped", Severity.ERROR, "", rows[left_out], None)
            status[left_out] = Status.REJECTED

    # --- duplicates ------------------------------------------------------------------------------------------------

    def _find_duplicates(
        self,
        raw: pa.Table,
        rows: np.ndarray[Any, Any],
        status: np.ndarray[Any, Any],
        values: Mapping[str, pa.Array],
    ) -> None:
        if self._setting.origin is not None:
            self._already_in_origin(raw, rows, status)
        if self._form.row_key:
            self._same_key(rows, status, values)
        for batch, posted in self._setting.posted_rows.items():
            again = np.isin(rows, posted) & (status == Status.GOOD)
            status[again] = Status.DUPLICATE
            self._duplicates[batch] += int(again.sum())

    def _already_in_origin(self, raw: pa.Table, rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any]) -> None:
        """Rows of a returned workbook that were good the first time are not taken twice."""
        origin = self._setting.origin
        assert origin is not None
        name = f"c{origin.column}"
        if name not in raw.column_names:
            return
        for position, text in enumerate(_one(raw.column(name)).to_pylist()):
            number = int(text) if text and is_row_number(text) else 0
            if number in origin.settled:
                status[position] = Status.DUPLICATE
                self._duplicates[origin.batch] += 1

    def _same_key(
        self, rows: np.ndarray[Any, Any], status: np.ndarray[Any, Any], values: Mapping[str, pa.Array]
    ) -> None:
        good = np.flatnonzero(status == Status.GOOD)
        if not len(good):
            return
        chosen = pa.table(dict(values)).take(pa.array(good))
        digests = row_digests(self._form, chosen, self._setting.period)
        contents = content_digests(self._form, chosen)
        posted = posted_keys(self._form.key, digests)
        for position, digest, content in zip(good, digests, contents, strict=True):
            row = int(rows[position])
            earlier = self._keys.setdefault(digest, row)
            if earlier != row:
                self._findings.add("key_twice", Severity.ERROR, "", [row], None, {"other": earlier})
                status[position] = Status.REJECTED
                continue
            if known := posted.get(digest):
                status[position] = self._beside_posted(row, known, content)
                if known.until != self._setting.until and status[position] == Status.GOOD:
                    self._say_falls(row, int(position), known, values)

    def _beside_posted(self, row: int, known: PostedRow, content: bytes) -> Status:
        """What becomes of a row whose key stands in the books."""
        words = {"batch": known.batch, "other": known.row, "until": str(known.until or "")}
        until = self._setting.until
        if known.content == content and known.until == until:
            self._duplicates[known.batch] += 1
            return Status.DUPLICATE
        if until and known.until and known.until != until:
            if known.until > until:
                self._findings.add("older_statement", Severity.ERROR, "", [row], None, words)
                return Status.REJECTED
            self._findings.add("restates", Severity.INFO, "", [row], None, words)
            self._outcome.corrections += 1
            return Status.GOOD
        if row in self._setting.answers.corrected:
            self._findings.add("correction", Severity.INFO, "", [row], None, words)
            self._outcome.corrections += 1
            return Status.GOOD
        self._findings.add("posted_differently", Severity.WARNING, "", [row], None, words)
        return Status.DUPLICATE

    def _say_falls(self, row: int, position: int, known: PostedRow, values: Mapping[str, pa.Array]) -> None:
        """Cumulative amounts that are less than in the statement they replace."""
        columns = [column for column in self._form.columns if column.type is ColumnType.MONEY]
        earlier = Batch.objects.get(pk=known.batch)
        before = staging.row_at(staging.rows_path(earlier), known.row, [column.key for column in columns]) or {}
        for column in columns:
            old, new = before.get(column.key), values[column.key][position].as_py()
            if old is not None and new is not None and new < old:
                words = {"before": _amount(column, old)}
                self._findings.add("fell", Severity.WARNING, column.key, [row], [_amount(column, new)], words)

    def _remember_content(self, texts: Mapping[str, pa.Array], rows: np.ndarray[Any, Any]) -> None:
        """A hash of what each row says, its running number aside, for finding equal rows of one file."""
        if self._form.row_key:
            return
        parts = [
            pc.fill_null(text, "")
            for key, text in texts.items()
            if self._form.column(key).type is not ColumnType.ROW_NUMBER
        ]
        joined = pc.binary_join_element_wise(*parts, "\x1f")
        self._hashes.append(np.fromiter(map(hash, joined.to_pylist()), dtype=np.int64, count=len(rows)))
        self._hash_rows.append(rows.astype(np.int32))

    # --- the end ---------------------------------------------------------------------------------------------------

    def finish(self) -> Outcome:
        """Close the files and look at the table as a whole."""
        self._writer.close()
        self._equal_rows()
        self._outliers()
        self._compare_totals()
        self._say_duplicates()
        self._say_assumptions()
        outcome = self._outcome
        if not outcome.rows:
            self._findings.add("no_rows", Severity.ERROR, "", [0], None)
        outcome.open_texts = [*self._places.open_texts(), *self._parties.open_texts()]
        outcome.joint_parties, outcome.new_parties = self._parties.joint_count, self._parties.new_count
        outcome.place_cover = smallest_cover(sorted(self._codes))
        for key, counts in self._findings.counts_by_column().items():
            if key in outcome.columns:
                outcome.columns[key] |= counts
        if self._parties.columns:
            for key, distinct in self._parties.distinct.items():
                outcome.columns[key]["distinct"] = distinct
        outcome.doubtful = self._findings.doubtful_rows(self._rows_path)
        outcome.finding_count = self._findings.close()
        return outcome

    def _equal_rows(self) -> None:
        if not self._hashes:
            return
        hashes, rows = np.concatenate(self._hashes), np.concatenate(self._hash_rows)
        order = np.argsort(hashes, kind="stable")
        same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1]) + 1
        first: dict[int, int] = {}
        for position in same:
            value = int(hashes[order[position]])
            first.setdefault(value, int(rows[order[position - 1]]))
        self._outcome.equal_rows = len(same)
        repeated = order[same]
        self._findings.add_each(
            "equal_row",
            Severity.WARNING,
            "",
            rows[repeated],
            None,
            [{"other": first[int(hashes[position])]} for position in repeated],
        )

    def _outliers(self) -> None:
        """Values of an unlikely size beside the median of their column, or of their group: flagged, never corrected."""
        for column in self._form.columns:
            if not column.outliers or column.key not in self._matches:
                continue
            group = [column.outliers_by] if column.outliers_by in self._matches else []
            table = pq.read_table(self._rows_path, columns=["row", column.key, *group])
            stated = table.filter(pc.greater(table.column(column.key), 0))
            values, rows = stated.column(column.key).to_numpy(), stated.column("row").to_numpy()
            groups = (
                _one(stated.column(group[0])).dictionary_encode().indices.fill_null(-1).to_numpy() if group else None
            )
            medians = _medians(values, groups)
            for code, unlikely in (
                ("far_above", (values >= medians * OUTLIER_TIMES) & (medians > 0)),
                ("far_below", values * SLIP_PART <= medians),
            ):
                found = list(zip(values[unlikely].tolist(), medians[unlikely].tolist(), strict=True))
                shown = [_amount(column, value) for value, _median in found]
                params = [
                    {"median": _amount(column, median), "times": max(value, median) // min(value, median)}
                    for value, median in found
                ]
                self._findings.add_each(code, Severity.WARNING, column.key, rows[unlikely], shown, params)

    def _compare_totals(self) -> None:
        for total in self._totals.compared()[:_TOTALS_SHOWN]:
            column = self._form.column(total["column"])
            self._outcome.totals.append(total)
            if total["stated"] != total["computed"]:
                self._findings.add(
                    "total_differs",
                    Severity.WARNING,
                    column.key,
                    [total["row"]],
                    [_amount(column, total["stated"])],
                    {
                        "computed": _amount(column, total["computed"]),
                        "difference": _amount(column, total["stated"] - total["computed"]),
                    },
                )

    def _say_duplicates(self) -> None:
        for batch, count in sorted(self._duplicates.items()):
            if count:
                code = "all_duplicates" if count == self._outcome.rows else "duplicates"
                self._findings.add(code, Severity.WARNING, "", [0], None, {"batch": batch, "count": count})

    def _say_assumptions(self) -> None:
        """What was taken for granted: the period, and columns that others resemble."""
        if assumed := self._setting.assumed_period:
            self._findings.add("period_assumed", Severity.WARNING, "", [0], [assumed])
        for sheet in self._setting.recognition.others:
            self._findings.add("other_sheet", Severity.WARNING, "", [0], [sheet])
        for key, match in self._matches.items():
            if match.rivals:
                here = f"{column_letter(match.index)} {match.header}"
                words = {"rivals": "、".join(match.rivals)}
                self._findings.add("column_ambiguous", Severity.WARNING, key, [0], [here], words)

    # --- preparation -----------------------------------------------------------------------------------------------

    def _row_schema(self) -> pa.Schema:
        fields = [("row", pa.int32()), ("status", pa.int8())]
        for column in self._form.columns:
            fields += [(name, array.type) for name, array in _absent(column, 0).items()]
        if self._form.places:
            fields += [("place_code", pa.string()), ("place_as_written", pa.string())]
        return pa.schema(fields)

    def _merges_by_column(self) -> dict[int, list[tuple[int, int]]]:
        """Column of the sheet → the spans of rows (from 1) that a merged cell covers below the header."""
        found: dict[int, list[tuple[int, int]]] = {}
        wanted = {match.index for match in self._matches.values()}
        for first_row, first_column, last_row, last_column in self._setting.recognition.sheet.merged:
            if last_row > first_row and first_row >= self._setting.recognition.header_row:
                for index in wanted & set(range(first_column, last_column + 1)):
                    found.setdefault(index, []).append((first_row + 1, last_row + 1))
        return {index: sorted(spans) for index, spans in found.items()}

    def _error_rows(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row, index in self._setting.error_cells:
            found.setdefault(index, []).append(row + 1)
        return found


class _Totals:
    """Stated totals beside the sums of the rows above them."""

    def __init__(self, form: Form) -> None:
        self.keys = frozenset(column.key for column in form.columns if column.type in _SUMMED)
        self._all = dict.fromkeys(self.keys, 0)
        self._since = dict.fromkeys(self.keys, 0)
        self._lines: list[dict[str, Any]] = []
        self._waiting: list[tuple[int, dict[str, Any] | None]] = []

    def cut(self, rows: int) -> None:
        """The next `rows` data rows stand before the total line stated next, or before the end of the chunk."""
        self._waiting.append((rows, None))

    def stated(self, row: int, mark: str, values: dict[str, int]) -> None:
        self._waiting.append((0, {"row": row, "mark": mark, "values": values}))

    def add(self, columns: Mapping[str, pa.Array]) -> None:
        """The typed data rows of a chunk, cut where totals stand between them."""
        start = 0
        for rows, line in self._waiting:
            if line is None:
                self._sum({key: column.slice(start, rows) for key, column in columns.items()})
                start += rows
            else:
                self._close(line)
        self._waiting = []

    def _sum(self, columns: Mapping[str, pa.Array]) -> None:
        for key, column in columns.items():
            total = pc.sum(column).as_py() or 0
            self._all[key] += total
            self._since[key] += total

    def _close(self, line: dict[str, Any]) -> None:
        self._lines.append(line | {"above": dict(self._all), "since": dict(self._since)})
        self._since = dict.fromkeys(self.keys, 0)

    def compared(self) -> list[dict[str, Any]]:
        """Each stated total with the sum it means: of its group, of all rows above, or of the whole table."""
        self.add({})
        compared = []
        for line in self._lines:
            for key, stated in line["values"].items():
                group, above, whole = line["since"][key], line["above"][key], self._all[key]
                likely = group if line["mark"] == "小计" else whole
                computed = stated if stated in (group, above, whole) else likely
                compared.append({"column": key, "row": line["row"], "stated": stated, "computed": computed})
        return compared


def _medians(values: np.ndarray[Any, Any], groups: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    """For each value the lower median of its group, 0 where the group is too small to say what is usual."""
    if groups is None:
        groups = np.zeros(len(values), dtype=np.int8)
    order = np.lexsort((values, groups))
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0]) if len(values) else np.array([], dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(values)])
    usual = np.where(sizes >= OUTLIER_LEAST_VALUES, values[order][starts + (sizes - 1) // 2], 0)
    medians = np.empty_like(values)
    medians[order] = np.repeat(usual, sizes)
    return medians


def row_digests(form: Form, table: pa.Table, period: str) -> list[bytes]:
    """What names each row for good. Columns: those of `rows.parquet`."""
    parts: list[list[Any]] = []
    for key in form.row_key:
        if key == "place":
            parts.append(table.column("place_code").to_pylist())
        elif key == "period":
            own = next((column.key for column in form.columns if column.type is ColumnType.PERIOD), None)
            if own is None:
                parts.append([period] * table.num_rows)
            else:
                first, last = table.column(f"{own}_from").to_pylist(), table.column(f"{own}_to").to_pylist()
                parts.append([f"{a or ''}/{b}" if b else period for a, b in zip(first, last, strict=True)])
        elif form.column(key).type is ColumnType.PARTY:
            ids, texts = table.column(key).to_pylist(), table.column(f"{key}_as_written").to_pylist()
            parts.append([number or squeeze(text or "") for number, text in zip(ids, texts, strict=True)])
        else:
            parts.append(table.column(key).to_pylist())
    return _digests(parts, table.num_rows)


def content_digests(form: Form, table: pa.Table) -> list[bytes]:
    """What each row states, running number and writing of names aside."""
    parts = []
    for column in form.columns:
        if column.type is ColumnType.PERIOD:
            parts += [table.column(f"{column.key}_from").to_pylist(), table.column(f"{column.key}_to").to_pylist()]
        elif column.type not in (ColumnType.ROW_NUMBER, ColumnType.PLACE, ColumnType.PARTY):
            parts.append(table.column(column.key).to_pylist())
    return _digests(parts, table.num_rows)


def _digests(parts: Sequence[Sequence[Any]], count: int) -> list[bytes]:
    if not parts:
        return [hashlib.blake2b(digest_size=16).digest()] * count
    return [
        hashlib.blake2b(
            "\x1f".join("" if part is None else str(part) for part in row).encode(), digest_size=16
        ).digest()
        for row in zip(*parts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class PostedRow:
    """A row that stands in the books. until: the day of a cumulative statement."""

    batch: int
    row: int
    content: bytes
    until: date | None


def posted_keys(form_key: str, digests: Iterable[bytes]) -> dict[bytes, PostedRow]:
    """Digest → the row in the books; one query per 500 digests."""
    wanted = list(digests)
    found: dict[bytes, PostedRow] = {}
    if not PostedKey.objects.filter(form_key=form_key).exists():
        return found
    for start in range(0, len(wanted), _LOOKED_UP):
        known = PostedKey.objects.filter(form_key=form_key, digest__in=wanted[start : start + _LOOKED_UP])
        for key in known.select_related("batch"):
            cumulative = key.batch.basis == Batch.Basis.CUMULATIVE
            found[bytes(key.digest)] = PostedRow(
                batch=key.batch_id,
                row=key.row,
                content=bytes(key.content or b""),
                until=(key.batch.as_of or key.batch.period_to) if cumulative else None,
            )
    return found


def _absent(column: Column, length: int) -> dict[str, pa.Array]:
    """The arrays of a column that the sheet does not have."""
    match column.type:
        case ColumnType.PERIOD:
            dates = pa.nulls(length, pa.date32())
            return {f"{column.key}_from": dates, f"{column.key}_to": dates}
        case ColumnType.PARTY:
            return {column.key: pa.nulls(length, pa.int64()), f"{column.key}_as_written": pa.nulls(length, pa.string())}
    return {column.key: pa.nulls(length, ColumnTyper(column).type)}


def _given(column: Column, values: pa.Array, text: pa.Array) -> dict[str, pa.Array]:
    match column.type:
        case ColumnType.PERIOD:
            encoded = values.dictionary_encode()
            spans = [parse_period(span).value for span in encoded.dictionary.to_pylist()]
            first = pa.array([span[0] for span in spans], pa.date32()).take(encoded.indices)
            last = pa.array([span[1] for span in spans], pa.date32()).take(encoded.indices)
            return {f"{column.key}_from": first, f"{column.key}_to": last}
        case ColumnType.PARTY:
            return {column.key: pa.nulls(len(values), pa.int64()), f"{column.key}_as_written": values}
    return {column.key: values}


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _amount(column: Column, value: int | None) -> str:
    """An amount in the words of a finding: yuan, or the written unit, with thousands separators."""
    if value is None:
        return ""
    scale = 100 if column.type is ColumnType.MONEY else column.scale
    whole, rest = divmod(abs(value), scale)
    digits = len(str(scale)) - 1
    text = f"{whole:,}" + (f".{rest:0{digits}d}".rstrip("0") if rest else "")
    return f"-{text}" if value < 0 else text


def cell_address(index: int | None, row: int) -> str:
    return "" if index is None or not row else f"{column_letter(index)}{row}"
