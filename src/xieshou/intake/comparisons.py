"""What a table would change in the books (更正预览): rows that are new, changed, unchanged or no longer there.

By the keys of the form's rows. Made before acceptance from what stands in the books at that moment, and kept beside the
batch when it is accepted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake import selectors, staging
from xieshou.intake.differences import CellDifference, ColumnDifference, Comparison, RowDifference
from xieshou.intake.digests import PostedRow, content_digests, posted_keys, row_digests
from xieshou.intake.forms import Column, ColumnType, Form
from xieshou.intake.models import Batch, PostedKey
from xieshou.parties.models import Party
from xieshou.places.rules import level_of_code, own_range

ROWS_LISTED = 500  # of each kind; the counts and sums are of all
MISSING_LISTED = 5_000  # they can be taken out of the books, and only what was listed is
_GOOD, _POSTED_BEFORE = 0, 2
_KEYS_READ = 5_000
_NUMBERS = (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY)
_CHANGED, _UNCHANGED, _NEW, _MISSING = "changed", "unchanged", "new", "missing"


def compare(batch: Batch) -> Comparison:
    """A draft beside the books as they are now. An empty comparison for a form whose rows have no key.

    Cost: reads the batch's own rows and those of the batches that hold the same keys; one query for 500 keys.
    """
    form = selectors.form_of(batch)
    path = staging.rows_path(batch)
    if not form.row_key or not path.exists():
        return Comparison()
    if not batch.duplicates and not staging.summary(batch)["outcome"]["corrections"]:
        return Comparison(new=batch.accepted)  # no row met the books when the table was checked
    tally = _Tally(form, batch)
    for table in staging.chunks(path):
        tally.take(table)
    return tally.finish()


def comparison_of(batch: Batch, actor: Actor) -> Comparison:
    """What the page of a batch shows: of a draft, as the books are now; of an accepted one, as it was on acceptance.

    Missing rows that the actor may not see are not listed; they are still counted.
    """
    if batch.state in (Batch.State.ACCEPTED, Batch.State.WITHDRAWN):
        found = _kept(batch)
    elif batch.evaluation:
        found = compare(batch)
    else:
        found = Comparison()
    paths = dict(Party.objects.filter(pk__in={row.party for row in found.rows if row.party}).values_list("pk", "path"))
    seen = tuple(
        row
        for row in found.rows
        if row.kind != _MISSING or actor.sees(row.place_code, [paths.get(row.party)] if row.party else [])
    )
    return found if len(seen) == len(found.rows) else _with_rows(found, seen)


def keep(batch: Batch, comparison: Comparison) -> None:
    """Write what acceptance changes beside the batch."""
    _file(batch).write_text(json.dumps(asdict(comparison), ensure_ascii=False), encoding="utf-8")


def _kept(batch: Batch) -> Comparison:
    try:
        data = json.loads(_file(batch).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Comparison()  # accepted before comparisons were kept
    rows = tuple(
        RowDifference(**row | {"cells": tuple(CellDifference(**cell) for cell in row["cells"])}) for row in data["rows"]
    )
    columns = tuple(ColumnDifference(**column) for column in data["columns"])
    falls = tuple((row, column) for row, column in data["falls"])
    return Comparison(**data | {"rows": rows, "columns": columns, "falls": falls, "earlier": tuple(data["earlier"])})


def _file(batch: Batch) -> Path:
    return staging.folder(batch) / batch.evaluation / "comparison.json"


def _with_rows(comparison: Comparison, rows: tuple[RowDifference, ...]) -> Comparison:
    values = {name: getattr(comparison, name) for name in Comparison.__dataclass_fields__}
    return Comparison(**values | {"rows": rows})


def gone_rows(batch: Batch) -> dict[bytes, tuple[int, int, bytes]]:
    """Key → (batch, row, content) of the rows that acceptance takes out because they no longer appear.

    Those that were chosen and still stand in the books.
    """
    chosen = {(earlier, row) for earlier, row in batch.choices.get("gone", ())}
    found = {}
    for earlier in {earlier for earlier, _row in chosen}:
        for key in PostedKey.objects.filter(form_key=batch.form_key, batch=earlier):
            if (key.batch_id, key.row) in chosen:
                found[bytes(key.digest)] = (key.batch_id, key.row, bytes(key.content or b""))
    return found


@dataclass(slots=True)
class _Pair:
    """A row of the sheet with its key in the books."""

    row: int
    status: int
    values: dict[str, Any]
    known: PostedRow
    same: bool


@dataclass(slots=True)
class _Tally:
    """Counts and sums, chunk by chunk."""

    form: Form
    batch: Batch
    columns: list[Column] = field(init=False)
    shown: list[Column] = field(init=False)
    sums: dict[str, dict[str, int]] = field(init=False)
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    listed: dict[str, list[RowDifference]] = field(default_factory=lambda: defaultdict(list))
    falls: list[tuple[int, str]] = field(default_factory=list)
    fall_count: int = 0
    met: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    corrected: frozenset[int] = field(init=False)
    gone: frozenset[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = [column for column in self.form.columns if column.type in _NUMBERS]
        skipped = (ColumnType.ROW_NUMBER, ColumnType.PLACE, ColumnType.PARTY, ColumnType.PERIOD)
        self.shown = [column for column in self.form.columns if column.type not in skipped and not column.sensitive]
        self.sums = {column.key: dict.fromkeys(("before", "changed", "added", "gone"), 0) for column in self.columns}
        self.corrected = frozenset(self.batch.choices.get("corrected", ()))
        self.gone = frozenset((earlier, row) for earlier, row in self.batch.choices.get("gone", ()))

    def take(self, table: pa.Table) -> None:
        status = table.column("status").to_numpy()
        table = table.filter(pa.array((status == _GOOD) | (status == _POSTED_BEFORE)))
        if not table.num_rows:
            return
        digests = row_digests(self.form, table, selectors.period_of(self.batch))
        posted = {
            digest: known
            for digest, known in posted_keys(self.form.key, digests).items()
            if known.batch != self.batch.pk
        }
        matched = [digest in posted for digest in digests]
        self._take_new(table.filter(pa.array([not one for one in matched])))
        again = table.filter(pa.array(matched))
        contents = content_digests(self.form, again)
        known = [posted[digest] for digest in digests if digest in posted]
        pairs = [
            _Pair(values["row"], values["status"], values, one, content == one.content)
            for values, one, content in zip(again.to_pylist(), known, contents, strict=True)
        ]
        self._take_pairs(pairs)

    def _take_new(self, table: pa.Table) -> None:
        for column in self.columns:
            self.sums[column.key]["added"] += sum(filter(None, table.column(column.key).to_pylist()))
        self.counts[_NEW] += table.num_rows
        for values in table.slice(0, max(0, ROWS_LISTED - len(self.listed[_NEW]))).to_pylist():
            cells = [CellDifference(column.key, None, values[column.key]) for column in self.columns]
            self._list(_NEW, values, None, [cell for cell in cells if cell.after is not None], taken=True)

    def _take_pairs(self, pairs: Sequence[_Pair]) -> None:
        by_batch: defaultdict[int, list[_Pair]] = defaultdict(list)
        for pair in pairs:
            by_batch[pair.known.batch].append(pair)
            self.met[pair.known.batch].add(pair.known.row)
        for batch_id, of_batch in by_batch.items():
            earlier = _rows_in_the_books(batch_id, {pair.known.row for pair in of_batch})
            for pair in of_batch:
                self._take_pair(pair, earlier.get(pair.known.row, {}))

    def _take_pair(self, pair: _Pair, before: Mapping[str, Any]) -> None:
        for column in self.columns:
            self.sums[column.key]["before"] += before.get(column.key) or 0
        if pair.same:
            self.counts[_UNCHANGED] += 1
            return
        self.counts[_CHANGED] += 1
        taken = pair.status == _GOOD
        self.counts["waiting"] += not taken
        cells = [
            CellDifference(column.key, _plain_cell(before.get(column.key)), _plain_cell(pair.values[column.key]))
            for column in self.shown
            if before.get(column.key) != pair.values[column.key]
        ]
        if taken:
            self._sum(cells, "changed")
            self._note_falls(pair.row, cells)
        self._list(_CHANGED, pair.values, pair.known, cells, taken=taken)

    def _sum(self, cells: Iterable[CellDifference], kind: str) -> None:
        for cell in cells:
            if cell.column in self.sums and cell.difference is not None:
                self.sums[cell.column][kind] += cell.difference

    def _note_falls(self, row: int, cells: Iterable[CellDifference]) -> None:
        if self.batch.basis != Batch.Basis.CUMULATIVE:
            return
        for cell in cells:
            column = self.form.column(cell.column)
            # Only what a statement adds up: a village may well have fewer poor households than last year.
            adds_up = (column.type is ColumnType.MONEY or bool(column.measure)) and not column.may_fall
            stated = cell.before is not None and cell.after is not None
            if adds_up and stated and (cell.difference or 0) < 0:
                self.fall_count += 1
                self.falls = [*self.falls, (row, cell.column)][:ROWS_LISTED]

    def _list(
        self,
        kind: str,
        values: Mapping[str, Any],
        known: PostedRow | None,
        cells: Sequence[CellDifference],
        *,
        taken: bool,
    ) -> None:
        if len(self.listed[kind]) >= (MISSING_LISTED if kind == _MISSING else ROWS_LISTED):
            return
        self.listed[kind].append(
            RowDifference(
                kind=kind,
                row=values["row"] if kind != _MISSING else 0,
                place_code=values.get("place_code") or "",
                words=_words(self.form, values),
                batch=known.batch if known else None,
                earlier_row=known.row if known else 0,
                cells=tuple(cells),
                taken=taken,
                party=next((values[column.key] for column in self.form.parties if values.get(column.key)), None),
            )
        )

    def _take_missing(self) -> None:
        """Rows of the same batches, within what this table is about, that it does not name any more."""
        cover = self.batch.place_code
        low, high = own_range(cover, level_of_code(cover)) if cover else ("", "~")
        unit = self.batch.party.path if self.batch.party is not None else ""
        for batch_id, met in self.met.items():
            keys = PostedKey.objects.filter(form_key=self.form.key, batch=batch_id).values_list("row", flat=True)
            rows = set(keys.iterator(chunk_size=_KEYS_READ)) - met
            earlier = _rows_in_the_books(batch_id, rows)
            inside = _of_unit(self.form, earlier.values(), unit)
            for row, values in sorted(earlier.items()):
                if not low <= (values.get("place_code") or "") < high or not inside(values):
                    continue
                self.counts[_MISSING] += 1
                taken = (batch_id, row) in self.gone
                self.counts["gone"] += taken
                cells = [
                    CellDifference(column.key, values[column.key], None)
                    for column in self.columns
                    if values[column.key] is not None
                ]
                if taken:
                    for column in self.columns:
                        self.sums[column.key]["before"] += values[column.key] or 0
                    self._sum(cells, "gone")
                self._list(_MISSING, values, PostedRow(batch_id, row, b"", None), cells, taken=taken)

    def finish(self) -> Comparison:
        self._take_missing()
        columns = [
            ColumnDifference(
                column=column.key,
                label=column.label,
                unit=_("元") if column.type is ColumnType.MONEY and "元" not in column.label else "",
                scale=100 if column.type is ColumnType.MONEY else column.scale,
                **self.sums[column.key],
            )
            for column in self.columns
            if any(self.sums[column.key].values())
        ]
        order = (_CHANGED, _MISSING, _NEW)
        return Comparison(
            new=self.counts[_NEW],
            changed=self.counts[_CHANGED],
            unchanged=self.counts[_UNCHANGED],
            missing=self.counts[_MISSING],
            waiting=self.counts["waiting"],
            columns=tuple(columns),
            rows=tuple(row for kind in order for row in self.listed[kind]),
            falls=tuple(self.falls),
            fall_count=self.fall_count,
            gone=self.counts["gone"],
            earlier=tuple(sorted(self.met)),
        )


def _rows_in_the_books(batch_id: int, rows: set[int]) -> dict[int, dict[str, Any]]:
    """The typed rows of an accepted batch by number; nothing where its working files are gone."""
    if not rows:
        return {}
    path = staging.rows_path(Batch.objects.get(pk=batch_id))
    if not path.exists():
        return {}
    wanted = pa.array(np.fromiter(rows, dtype=np.int32, count=len(rows)))
    table = pq.read_table(path, filters=[("row", ">=", min(rows)), ("row", "<=", max(rows))])
    table = table.filter(pc.is_in(table.column("row"), value_set=wanted))
    return {values["row"]: values for values in table.to_pylist()}


def _of_unit(form: Form, rows: Iterable[Mapping[str, Any]], unit: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a row is about the unit that hands the table in; all are, where no one unit does."""
    if not unit or not form.parties:
        return lambda values: True
    numbers = {values[column.key] for values in rows for column in form.parties}
    inside = set(Party.objects.filter(pk__in=numbers - {None}, path__startswith=unit).values_list("pk", flat=True))
    return lambda values: any(values[column.key] in inside for column in form.parties)


def _words(form: Form, values: Mapping[str, Any]) -> str:
    """What names a row for a person: its place and its units as written."""
    parts = [values.get("place_as_written")] if form.places else []
    parts += [values.get(f"{column.key}_as_written") for column in form.parties]
    named = " · ".join(part for part in parts if part)
    if named:
        return named
    keys = [values.get(key) for key in form.row_key if key not in ("place", "period")]
    hidden = {column.key for column in form.columns if column.sensitive}
    return " · ".join(str(key) for name, key in zip(form.row_key, keys, strict=False) if key and name not in hidden)


def _plain_cell(value: Any) -> int | str | None:
    return value if value is None or isinstance(value, int) else str(value)


def chosen_gone(comparison: Comparison) -> list[list[int]]:
    """The rows that no longer appear, as (batch, row), for `Batch.choices`; only those that are listed."""
    return [[row.batch, row.earlier_row] for row in comparison.rows if row.kind == _MISSING and row.batch is not None]
