"""Reading and checking the table of a batch: recognise, evaluate, keep what was found. Posts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa

from xieshou.common.scoping import Actor
from xieshou.intake import history, originals, periods, returned, selectors, staging
from xieshou.intake.evaluation import Answers, Evaluation, Origin, Outcome, Setting
from xieshou.intake.findings import FindingsFile
from xieshou.intake.forms import Basis, FormBinding, Severity, form_as_json
from xieshou.intake.models import Batch
from xieshou.intake.progress import Progress
from xieshou.intake.reading import Reading, SheetHead
from xieshou.intake.recognition import recognise, refuse_classified
from xieshou.intake.tables import Choices, Recognition, recognition_from_json


def read(batch: Batch, bindings: Sequence[FormBinding], by: Actor, progress: Progress | None) -> None:
    """Read the kept original from the start, and check it."""
    forms = [binding.form for binding in bindings if binding.in_use]
    if key := batch.choices.get("form_key"):
        selectors.binding_named(key, bindings)
    with Reading(originals.path_of(batch.original)) as reading:
        refuse_classified(reading.heads)
        heads, batch_key = returned.without_key(reading.heads)
        _find_completed(batch, batch_key, by)
        recognition = recognise(heads, forms, _choices(batch), batch.as_of or batch.period_to)
        if batch_key is not None and batch.completes is None:
            recognition = replace(recognition, warnings=(*recognition.warnings, ("returned_of_no_batch", "", {})))
        _take_recognised(batch, recognition)
        if recognition.missing:
            _keep(batch, recognition, heads, Outcome(), staging.new_evaluation(batch))
            return
        reading.choose(recognition.sheet.index)
        error_cells = reading.error_cells(recognition.sheet.index)
        raw = staging.RawFile(batch, len(recognition.headers))
        try:
            _evaluate(batch, by, recognition, heads, error_cells, _told(reading.stream(), raw, recognition, progress))
        except BaseException:
            raw.abandon()
            raise


def _told(
    chunks: Iterable[pa.Table], raw: staging.RawFile, recognition: Recognition, progress: Progress | None
) -> Iterator[pa.Table]:
    """The chunks as they pass, kept as text and counted."""
    whole = recognition.sheet.rows
    for chunk in chunks:
        raw.write(chunk)
        yield chunk
        if progress is not None:
            done = chunk.column("row")[-1].as_py()
            progress(done=done, left=None if whole is None else max(whole - done, 0))
    raw.close()


def check_again(batch: Batch, bindings: Sequence[FormBinding], by: Actor) -> None:
    """Evaluate the cells kept as text once more, under the choices as they are now."""
    if not staging.raw_path(batch).exists():
        read(batch, bindings, by, None)
        return
    summary = staging.summary(batch)
    recognition = recognition_from_json(summary, selectors.binding_of(batch, bindings).form)
    errors = {(row, column): text for row, column, text in summary["error_cells"]}
    _evaluate(batch, by, recognition, summary["sheets"], errors, staging.chunks(staging.raw_path(batch)))


def _evaluate(
    batch: Batch,
    by: Actor,
    recognition: Recognition,
    heads: Sequence[SheetHead] | Sequence[str],
    error_cells: Mapping[tuple[int, int], str],
    chunks: Iterable[pa.Table],
) -> None:
    folder = staging.new_evaluation(batch)
    setting = _setting(batch, by, recognition, error_cells)
    evaluation = Evaluation(setting, folder)
    for chunk in chunks:
        evaluation.take(chunk)
    _keep(batch, recognition, heads, evaluation.finish(), folder, error_cells, setting.origin)


def _setting(batch: Batch, by: Actor, recognition: Recognition, error_cells: Mapping[tuple[int, int], str]) -> Setting:
    choices = batch.choices
    last = batch.as_of or batch.period_to
    origin = None
    if batch.completes is not None and (column := returned.row_column(recognition.headers)) is not None:
        origin = Origin(batch.completes.pk, column, selectors.settled_rows(batch.completes, batch))
    return Setting(
        actor=by,
        recognition=recognition,
        period=selectors.period_of(batch),
        until=last if batch.basis == Batch.Basis.CUMULATIVE else None,
        year=last.year if last else None,
        answers=Answers(
            places=selectors.remembered_places() | choices.get("places", {}),
            parties=choices.get("parties", {}),
            dropped=frozenset(choices.get("dropped", ())),
            corrected=frozenset(choices.get("corrected", ())),
        ),
        posted_rows={} if recognition.form.row_key else selectors.posted_rows(batch),
        origin=origin,
        assumed_period=choices.get("period_assumed", ""),
        history=history.earlier_amounts(batch, recognition.form),
        error_cells=error_cells,
    )


def _keep(
    batch: Batch,
    recognition: Recognition,
    heads: Sequence[SheetHead] | Sequence[str],
    outcome: Outcome,
    folder: Path,
    error_cells: Mapping[tuple[int, int], str] | None = None,
    origin: Origin | None = None,
) -> None:
    """Write the summary and put the evaluation in force."""
    if recognition.missing:
        _say_missing(recognition, outcome, folder)
    staging.write_summary(
        folder,
        recognition.as_json()
        | {
            "form": form_as_json(recognition.form),
            "sheet": recognition.sheet.name,
            "sheets": [each if isinstance(each, str) else each.name for each in heads],
            "outcome": asdict(outcome),
            "error_cells": [[row, column, text] for (row, column), text in (error_cells or {}).items()],
            "origin_column": origin.column if origin else None,
        },
    )
    batch.mapping = {
        key: {"column": match.index, "header": match.header, "score": round(match.score, 3)}
        for key, match in recognition.matches.items()
    }
    batch.rows, batch.accepted = outcome.rows, outcome.good
    batch.rejected, batch.duplicates, batch.doubtful = outcome.rejected, outcome.duplicates, outcome.doubtful
    batch.totals = outcome.totals
    batch.place_code = outcome.place_cover
    batch.evaluation = folder.name
    if batch.state != Batch.State.SUBMITTED:
        batch.state, batch.message = Batch.State.DRAFT, ""
    batch.save()
    staging.drop_evaluations_but(batch)


def _say_missing(recognition: Recognition, outcome: Outcome, folder: Path) -> None:
    findings = FindingsFile(folder / "findings.parquet", {})
    for key in recognition.missing:
        findings.add("column_missing", Severity.ERROR, key, [0], None)
    outcome.finding_count = findings.close()


def _choices(batch: Batch) -> Choices:
    return Choices(
        form_key=batch.choices.get("form_key", ""),
        sheet=batch.choices.get("sheet"),
        columns=batch.choices.get("columns", {}),
        remembered=selectors.remembered_columns(),
        table=batch.choices.get("table", ""),
        name=batch.choices.get("name", ""),
    )


def _take_recognised(batch: Batch, recognition: Recognition) -> None:
    """What the recognised form and its titles say about the batch."""
    form = recognition.form
    batch.form_key, batch.form_version = form.key, form.version
    batch.sheet, batch.header_row = recognition.sheet.name[:120], recognition.header_row
    if form.basis is not Basis.ASK:
        batch.basis = form.basis.value
    stated = periods.stated_in(recognition.titles, batch.sheet, batch.choices.get("name", ""))
    if form.basis is Basis.ASK and not batch.basis:
        batch.basis = stated.basis or Batch.Basis.PERIOD
    if batch.period_to is None and batch.as_of is None:
        batch.period_from, batch.period_to = stated.first, stated.last
    if batch.basis == Batch.Basis.CUMULATIVE:
        batch.as_of = batch.as_of or batch.period_to
        batch.period_from = None


def _find_completed(batch: Batch, key: tuple[int, str] | None, by: Actor) -> None:
    """A returned workbook names the batch it completes; one that the actor cannot see is passed over."""
    batch.completes = None
    if key is not None:
        number, sha256 = key
        seen = selectors.batches_for(by).filter(pk=number, original__sha256=sha256)
        batch.completes = seen.exclude(evaluation="").exclude(state=Batch.State.WITHDRAWN).first()
