"""Checking the rows of a recognised sheet: cells, relations, places, parties, duplicates, totals, sizes.

Works chunk by chunk and column by column; Python sees distinct texts and troubled rows only. Writes `rows.parquet`
(typed columns, one line per data row), `findings.parquet` and, at the end, a summary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
from xieshou.intake import checks, matching, sizes, staging
from xieshou.intake.columns import ColumnTyper, Trouble
from xieshou.intake.digests import PostedRow, content_digests, posted_keys, row_digests
from xieshou.intake.findings import FindingsFile, amount
from xieshou.intake.forms import Check, CheckKind, Column, ColumnType, Form, Layout, Severity
from xieshou.intake.headings import contradicts_unit
from xieshou.intake.lines import LineKind, Lines
from xieshou.intake.models import Batch
from xieshou.intake.reading import NOT_CALCULATED
from xieshou.intake.rules import MONEY_UNITS, column_letter, is_row_number, parse_period, smallest_cover
from xieshou.intake.tables import Recognition
from xieshou.intake.totals import SUMMED, Totals, says_partial, stated_in_sentences

_FILLED_DOWN = (
    ColumnType.PLACE,
    ColumnType.PARTY,
    ColumnType.TEXT,
    ColumnType.DATE,
    ColumnType.PERIOD,
    ColumnType.CODE,
)
_ERROR_TEXTS = pa.array(["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#N/A", "#ERR", NOT_CALCULATED])
_WARNINGS = frozenset({"month_only", "month_unclear", "sum_taken"})
_TOTALS_SHOWN = 200
_NOTES_KEPT = 30


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
    history: what the same keys stated before, for finding slips of the unit.
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
    history: sizes.History | None = None
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
    distinct_texts: dict[str, int] = field(default_factory=dict)  # "place", "party": how many were looked up
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    joint_parties: int = 0
    new_parties: int = 0
    equal_rows: int = 0  # those that repeat another
    equal_groups: int = 0  # how many different rows are repeated
    corrections: int = 0
    finding_count: int = 0
    sheet_notes: list[str] = field(default_factory=list)
    passed_over: int = 0  # rows of another table below this one
    place_cover: str = ""


class Evaluation:
    """One run over the rows of a sheet. Feed `take` with the chunks of the stream in order, then call `finish`."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting = setting
        self._form: Form = setting.recognition.form
        self._matches = setting.recognition.matches
        self._typers = {column.key: self._typer(column) for column in self._form.columns if column.key in self._matches}
        self._rows_path = folder / "rows.parquet"
        self._schema = self._row_schema()
        self._writer = pq.ParquetWriter(self._rows_path, self._schema, compression="lz4")
        self._findings = FindingsFile(folder / "findings.parquet", {k: m.index for k, m in self._matches.items()})
        self._lines = Lines(setting.recognition)
        self._places = matching.Places(setting.actor, self._form, setting.answers.places, setting.year)
        self._parties = matching.Parties(setting.actor, self._form, setting.answers.parties)
        self._totals = Totals(self._form)
        self._sentences: list[tuple[int, str]] = []
        self._items: dict[str, str] = {}
        self._outcome = Outcome(columns={column.key: {"stated": 0} for column in self._form.columns})
        self._hashes: list[np.ndarray[Any, Any]] = []
        self._hash_rows: list[np.ndarray[Any, Any]] = []
        self._keys: dict[bytes, int] = {}
        self._earlier: dict[int, dict[int, dict[str, Any]]] = {}
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
        if self._form.layout is Layout.ITEMS:
            self._take_items(raw)
            return
        recognition = self._setting.recognition
        first = raw.column("row")[0].as_py() if raw.num_rows else 0
        if first <= recognition.header_row:
            raw = raw.filter(pc.greater(raw.column("row"), recognition.header_row))
        if recognition.last_row is not None:
            raw = raw.filter(pc.less_equal(raw.column("row"), recognition.last_row))
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

    def _take_items(self, raw: pa.Table) -> None:
        """Remember the value of each item that stands in this chunk; the record is checked at the end."""
        places = {row: position for position, row in enumerate(raw.column("row").to_pylist())}
        for key, match in self._matches.items():
            error = self._setting.error_cells.get((match.row - 1, match.index))
            text = match.text
            if text is None and match.row in places and f"c{match.index}" in raw.column_names:
                text = raw.column(f"c{match.index}")[places[match.row]].as_py()
            if text := error or text:
                self._items[key] = text

    def _record(self) -> None:
        """The one record of a sheet of items, at the row of its header."""
        items = {key for key, match in self._matches.items() if match.text is None}
        if not items & set(self._items):
            return
        rows = np.array([self._setting.recognition.header_row], dtype=np.int32)
        texts = {key: pa.array([self._items.get(key)], pa.string()) for key in self._matches}
        self._totals.cut(1)
        self._data_chunk(pa.table({"row": pa.array(rows)}), rows, texts)

    def _texts(self, raw: pa.Table) -> dict[str, pa.Array]:
        """The mapped columns, merged cells filled down and error cells put back."""
        rows = raw.column("row").combine_chunks().to_numpy()
        texts = {}
        for key, match in self._matches.items():
            if match.text is not None:
                texts[key] = pa.array([match.text] * raw.num_rows, pa.string())
                continue
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
        """Which rows are data; the others are titles, notes, totals, headings and other tables. None: all are."""
        suspects = self._lines.suspects(rows, texts)
        if not suspects.any():
            return None
        keep = ~suspects
        own = {key: text for key, text in texts.items() if not self._matches[key].row}
        cut = 0
        for position, line, cells in self._lines.looked_at(raw, own, suspects):
            row = int(rows[position])
            kind, mark = self._lines.kind_of(row, line, cells)
            keep[position] = kind is LineKind.DATA
            if kind is LineKind.TOTAL:
                self._totals.cut(int(keep[cut:position].sum()))
                cut = position
                self._totals.stated(row, mark, self._stated(cells))
            elif kind is LineKind.NOTE and len(self._outcome.sheet_notes) < _NOTES_KEPT:
                self._outcome.sheet_notes.append(" ".join(line)[:300])
                self._sentences += [(row, text) for text in line]
        self._totals.cut(int(keep[cut:].sum()))
        return keep

    def _stated(self, cells: Mapping[str, str | None]) -> dict[str, int]:
        stated = {}
        for key, text in cells.items():
            if text and self._form.column(key).type in SUMMED:
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
        self._numbers_without_unit(values, rows)
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
                blank = pc.fill_null(pc.equal(text, NOT_CALCULATED), False).to_numpy(zero_copy_only=False)
                shown = text.filter(pa.array(bad & ~blank)).to_pylist()
                self._findings.add("error_cell", Severity.ERROR, column.key, rows[bad & ~blank], shown)
                self._findings.add("not_calculated", Severity.ERROR, column.key, rows[blank], None)
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
        """198件: the unit goes to its column where that is blank; a different one there, or one that measures something
        else than the column, is a contradiction."""
        for column, units in self._behind:
            if column.unit_column:
                target = self._form.column(column.unit_column)
                typer = self._typers.get(target.key) or ColumnTyper(target)
                known = typer(units).values
                clash = pc.fill_null(pc.not_equal(values[target.key], known), False).to_numpy(zero_copy_only=False)
                values[target.key] = pc.coalesce(values[target.key], known)
            else:
                target = column
                wrong = [unit for unit in units.unique().to_pylist() if unit and contradicts_unit(column, unit)]
                clash = pc.is_in(units, value_set=pa.array(wrong, pa.string())).to_numpy(zero_copy_only=False)
            shown = units.filter(pa.array(clash)).to_pylist()
            self._findings.add("unit_clash", Severity.ERROR, target.key, rows[clash], shown)
            status[clash] = Status.REJECTED
        self._behind = []

    def _numbers_without_unit(self, values: Mapping[str, pa.Array], rows: np.ndarray[Any, Any]) -> None:
        """A quantity without a unit may be anything: said where the form does not demand the unit anyway."""
        for column in self._form.columns:
            if not column.unit_column or self._form.column(column.unit_column).filled:
                continue
            bare = pc.and_(pc.is_valid(values[column.key]), pc.is_null(values[column.unit_column]))
            if (mask := bare.to_numpy(zero_copy_only=False)).any():
                shown = [amount(column, value) for value in values[column.key].filter(bare).to_pylist()]
                self._findings.add("no_unit", Severity.WARNING, column.key, rows[mask], shown)

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
        if check.kind is CheckKind.NEEDS and check.right not in self._matches:
            return
        holds_not, expected = checks.broken(check, self._form, values)
        bad = pc.fill_null(holds_not, False).to_numpy(zero_copy_only=False)
        if not bad.any():
            return
        chosen = pa.array(bad)
        column = self._form.column(check.left)
        shown = [amount(column, value) for value in values[check.left].filter(chosen).to_pylist()]
        params = [
            {"check": check.key, "expected": amount(column, value)} for value in expected.filter(chosen).to_pylist()
        ]
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
        before = self._rows_before(known.batch, [column.key for column in columns]).get(known.row, {})
        for column in columns:
            old, new = before.get(column.key), values[column.key][position].as_py()
            if old is not None and new is not None and new < old:
                words = {"before": amount(column, old)}
                self._findings.add("fell", Severity.WARNING, column.key, [row], [amount(column, new)], words)

    def _rows_before(self, batch: int, keys: list[str]) -> dict[int, dict[str, Any]]:
        """The rows of an earlier batch by number, read once; nothing where its working files are gone."""
        if batch not in self._earlier:
            path = staging.rows_path(Batch.objects.get(pk=batch))
            rows = pq.read_table(path, columns=["row", *keys]).to_pylist() if path.exists() else []
            self._earlier[batch] = {values["row"]: values for values in rows}
        return self._earlier[batch]

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
        if self._form.layout is Layout.ITEMS:
            self._record()
        self._writer.close()
        self._equal_rows()
        self._unlikely_sizes()
        self._compare_totals()
        self._compare_sentences()
        self._say_duplicates()
        self._say_assumptions()
        outcome = self._outcome
        if not outcome.rows:
            self._findings.add("no_rows", Severity.ERROR, "", [0], None)
        outcome.open_texts = [*self._places.open_texts(), *self._parties.open_texts()]
        outcome.distinct_texts = {"place": self._places.count, "party": self._parties.count}
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
        times: Counter[int] = Counter()
        for position in same:
            value = int(hashes[order[position]])
            first.setdefault(value, int(rows[order[position - 1]]))
            times[value] += 1
        self._outcome.equal_groups = len(first)
        self._outcome.equal_rows = len(same)
        repeated = order[same]
        self._findings.add_each(
            "equal_row",
            Severity.WARNING,
            "",
            rows[repeated],
            None,
            [
                {"other": first[value], "count": times[value] + 1}
                for value in (int(hashes[position]) for position in repeated)
            ],
        )

    def _unlikely_sizes(self) -> None:
        """Values of an unlikely size beside their column, their plan, or what was stated before: flagged, never
        corrected."""
        looked_at = [column for column in self._form.columns if column.key in self._matches]
        for column in looked_at:
            if column.outliers:
                group = column.outliers_by if column.outliers_by in self._matches else ""
                table = pq.read_table(self._rows_path, columns=["row", column.key, *([group] if group else [])])
                for unlikely in sizes.beside_column(column, table, group):
                    self._say_unlikely(column, unlikely, "median", "")
            if column.plan and column.plan in self._matches:
                table = pq.read_table(self._rows_path, columns=["row", column.key, column.plan])
                for unlikely in sizes.beside_plan(column, table):
                    self._say_unlikely(column, unlikely, "plan", self._form.column(column.plan).label)
        if self._setting.history is not None and self._outcome.rows:
            table = pq.read_table(self._rows_path)
            for column, unlikely in sizes.beside_history(self._form, table, self._setting.history):
                self._say_unlikely(column, unlikely, "before", "")

    def _say_unlikely(self, column: Column, unlikely: sizes.Unlikely, beside: str, other: str) -> None:
        pairs = list(zip(unlikely.values.tolist(), unlikely.beside.tolist(), strict=True))
        shown = [amount(column, value) for value, _other in pairs]
        params = [
            {beside: amount(column, usual), "times": max(value, usual) // min(value, usual), "other": other}
            for value, usual in pairs
        ]
        self._findings.add_each(unlikely.code, Severity.WARNING, column.key, unlikely.rows, shown, params)

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
                    [amount(column, total["stated"])],
                    _difference(column, total["stated"], total["computed"]),
                )

    def _compare_sentences(self) -> None:
        """Totals that a sentence above or below the table states (当日收到捐款8,062.26万元), to the last digit written.

        A list of the larger amounts only may come to less than the total, never to more.
        """
        recognition = self._setting.recognition
        above = list(zip(recognition.title_rows, recognition.titles, strict=False))
        texts = [*above, *self._sentences]
        for total in stated_in_sentences(self._form, texts):
            if total.column not in self._matches or not self._outcome.rows:
                continue
            column, computed = self._form.column(total.column), self._totals.sums[total.column]
            over = computed - total.stated_fen
            if over and abs(over) <= total.leeway_fen:
                continue
            stated = {"column": column.key, "row": total.row, "stated": total.stated_fen, "computed": computed}
            self._outcome.totals.append(stated)
            if not over:
                continue
            code = "stated_total_exceeded" if over > 0 else "stated_total_short"
            severity = Severity.WARNING
            if over < 0 and says_partial(text for _row, text in texts):
                code, severity = "stated_total_partial", Severity.INFO
            words = _difference(column, total.stated_fen, computed) | {"sentence": total.sentence}
            shown = amount(column, total.stated_fen)
            self._findings.add(code, severity, column.key, [0], [shown], words)

    def _say_duplicates(self) -> None:
        for batch, count in sorted(self._duplicates.items()):
            if count:
                code = "all_duplicates" if count == self._outcome.rows else "duplicates"
                self._findings.add(code, Severity.WARNING, "", [0], None, {"batch": batch, "count": count})

    def _say_assumptions(self) -> None:
        """What was taken for granted: the period, and columns that others resemble; and what was not taken in."""
        recognition = self._setting.recognition
        if assumed := self._setting.assumed_period:
            self._findings.add("period_assumed", Severity.WARNING, "", [0], [assumed])
        for sheet in recognition.others:
            self._findings.add("other_sheet", Severity.WARNING, "", [0], [sheet])
        for table in recognition.tables:
            if table.sheet == recognition.sheet.name:
                severity = Severity.WARNING if table.form_key else Severity.INFO
                self._findings.add("other_table", severity, "", [0], [table.label], {"rows": table.rows})
            elif not table.form_key:
                self._findings.add("sheet_not_read", Severity.INFO, "", [0], [table.sheet], {"rows": table.rows})
        for code, value, params in recognition.warnings:
            self._findings.add(code, Severity.WARNING, "", [0], [value], params)
        if self._lines.foreign_row:
            words = {"heading": self._lines.foreign_heading, "rows": self._lines.foreign_rows}
            self._findings.add("table_below", Severity.WARNING, "", [0], [str(self._lines.foreign_row)], words)
            self._outcome.passed_over = self._lines.foreign_rows
        for key, match in self._matches.items():
            here = f"{column_letter(match.index)}{match.row or ''} {match.header}"
            if match.rivals:
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
        wanted = {match.index for match in self._matches.values() if not match.row}
        if self._form.layout is Layout.ITEMS:
            return found
        for first_row, first_column, last_row, last_column in self._setting.recognition.sheet.merged:
            if last_row > first_row and first_row >= self._setting.recognition.header_row:
                for index in wanted & set(range(first_column, last_column + 1)):
                    found.setdefault(index, []).append((first_row + 1, last_row + 1))
        return {index: sorted(spans) for index, spans in found.items()}

    def _typer(self, column: Column) -> ColumnTyper:
        match = self._matches[column.key]
        yuan = MONEY_UNITS[match.unit or "元"] if column.type is ColumnType.MONEY else 1
        return ColumnTyper(column, yuan, factor=match.ratio, currency=match.currency)

    def _error_rows(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row, index in self._setting.error_cells:
            found.setdefault(index, []).append(row + 1)
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


def _difference(column: Column, stated: int, computed: int) -> dict[str, str]:
    return {"computed": amount(column, computed), "difference": amount(column, stated - computed)}


def cell_address(index: int | None, row: int) -> str:
    return "" if index is None or not row else f"{column_letter(index)}{row}"
