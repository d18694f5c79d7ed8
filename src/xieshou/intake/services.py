"""From a file to the books: open, correct, submit, accept, withdraw."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission, may
from xieshou.common.scoping import Actor
from xieshou.intake import originals, returned, selectors, staging
from xieshou.intake.errors import (
    BatchConflict,
    BatchNotReady,
    Classified,
    DecisionInvalid,
    FormNotRecognised,
    IntakeError,
    NothingToAccept,
    PeriodNeeded,
)
from xieshou.intake.evaluation import (
    Answers,
    Evaluation,
    Origin,
    Outcome,
    Setting,
    content_digests,
    posted_keys,
    row_digests,
)
from xieshou.intake.findings import FindingsFile
from xieshou.intake.forms import Basis, ColumnType, Form, FormBinding, RowChunk, Severity, form_as_json
from xieshou.intake.matching import decision_text
from xieshou.intake.models import Batch, Decision, Original, PostedKey
from xieshou.intake.previews import Preview, Report, preview_of, report_of
from xieshou.intake.reading import Reading, SheetHead
from xieshou.intake.recognition import Choices, Match, Recognition, recognise, refuse_classified
from xieshou.intake.rules import OPEN_STATES, classified_name, may_become, parse_period, squeeze
from xieshou.parties import services as parties
from xieshou.parties.models import Party
from xieshou.places.models import Place

_KEYS_WRITTEN = 5_000
_YEAR = re.compile(r"(20\d{2})年(?:度|上半年|下半年|第?[一二三四]季度|1-\d{1,2}月)?")


class Progress(Protocol):
    """Told about rows as they are done; `left` is None while the number of rows is not known. May raise `Cancelled`."""

    def __call__(self, *, done: int, left: int | None) -> None: ...


def open_batch(
    *,
    by: Actor,
    path: Path,
    name: str,
    bindings: Sequence[FormBinding],
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Keep the original, read it, check it and leave a draft; posts nothing.

    Equal to `begin_batch` followed by `read_batch`. A refusal leaves no batch.

    Args:
        name: the file's name as the person knows it. period: "2019", "2019-10", "2019Q3", "2018..2020-10" …
        as_of: the day to which cumulative amounts run. basis: "period" or "cumulative" where the form asks.
    Raises: IntakeError and its kinds, each with a sentence.
    """
    batch = begin_batch(
        by=by,
        path=path,
        name=name,
        form_key=form_key,
        period=period,
        as_of=as_of,
        basis=basis,
        programme_id=programme_id,
    )
    try:
        batch = read_batch(by=by, batch=batch, bindings=bindings, progress=progress)
        _demand_all_columns(batch)
    except BaseException:
        _drop(batch)
        raise
    if _needs_period(batch):
        _assume_period(batch, bindings, by)
    return batch


def begin_batch(
    *,
    by: Actor,
    path: Path,
    name: str,
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
) -> Batch:
    """Keep the original and return a batch in state `reading`, for a background job to read."""
    name = "".join(character for character in name if character.isprintable())  # it stands in headers and on pages
    if mark := classified_name(name):
        raise Classified(_("文件名标有“%(mark)s”：本系统不处理涉密信息，文件未保存；请改走涉密渠道。") % {"mark": mark})
    batch = Batch(
        created_by_id=by.user_id,
        form_key=form_key or "",
        basis=basis or "",
        as_of=as_of,
        programme_id=programme_id,
        party_id=_unit_of(by),
        state=Batch.State.READING,
        choices={"form_key": form_key or "", "name": name},
    )
    _set_period(batch, period)
    with transaction.atomic():
        batch.original = originals.keep(by=by, path=path, name=name)
        batch.save()
    return batch


def read_batch(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None) -> Batch:
    """Read a batch that was begun; on a refusal it is `failed` with the sentence, and the error is raised again."""
    _demand_move(batch, Batch.State.READING, also=(Batch.State.READING,))
    try:
        _read(batch, bindings, by, progress)
    except IntakeError as refusal:
        if isinstance(refusal, Classified):
            refused, batch.original = batch.original, originals.not_kept(by=by)
            batch.save(update_fields=["original"])
            originals.erase(refused)
        staging.discard(batch)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.FAILED, message=refusal.message, evaluation="")
        batch.refresh_from_db()
        raise
    return batch


def preview(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding]) -> Preview:
    """What was recognised, what is doubtful, and the first rows."""
    _demand_read(batch)
    return preview_of(batch, period_needed=_needs_period(batch))


def report(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], returned: str | None = None) -> Report:
    """The outcome so far, for programs."""
    _demand_read(batch)
    return report_of(batch, returned)


def correct(
    *,
    by: Actor,
    batch: Batch,
    bindings: Sequence[FormBinding],
    columns: Mapping[str, int | None] | None = None,
    sheet: str | None = None,
    form_key: str | None = None,
    period: str | None = None,
    as_of: date | None = None,
    basis: str | None = None,
    programme_id: int | None = None,
) -> Batch:
    """Set what the engine took wrong and check again; the office's choice of columns is remembered.

    Args:
        columns: form column key → 0-based column of the sheet, None for "not in this sheet".
    """
    batch.refresh_from_db()
    _demand_open(batch, also=(Batch.State.FAILED,))
    choices = dict(batch.choices)
    if columns:
        choices["columns"] = choices.get("columns", {}) | dict(columns)
        _demand_columns(batch, columns)
        if may(by, Permission.DECIDE_NAMES):
            _remember_columns(by, batch, columns)
    if sheet is not None and sheet != batch.sheet:
        choices |= {"sheet": sheet, "columns": {}}
    if form_key:
        selectors.binding_named(form_key, bindings)
        if form_key != batch.form_key:
            choices |= {"form_key": form_key, "columns": {}}
    batch.choices = choices
    if as_of is not None:
        batch.as_of = as_of
    if basis:
        batch.basis = basis
    if programme_id is not None:
        batch.programme_id = programme_id
    _set_period(batch, period)
    _read(batch, bindings, by, None)
    return batch


def decide(
    *,
    by: Actor,
    batch: Batch,
    bindings: Sequence[FormBinding],
    places: Mapping[str, str] | None = None,
    parties: Mapping[str, int] | None = None,
    drop_rows: Sequence[int] | None = None,
    keep_rows: Sequence[int] | None = None,
    correct_rows: Sequence[int] | None = None,
) -> Batch:
    """Answer what the engine asked and check again; answers about texts are remembered.

    Args:
        places: text as in `OpenText.text` → place code. parties: text → party id. drop_rows: leave these rows out.
        keep_rows: take them in after all. correct_rows: post these rows in place of those posted before (更正导入).
    """
    batch.refresh_from_db()
    _demand_open(batch)
    choices = dict(batch.choices)
    if places:
        _demand_places(places.values())
        choices["places"] = choices.get("places", {}) | {decision_text(text): code for text, code in places.items()}
    if parties:
        _demand_parties(parties.values())
        choices["parties"] = choices.get("parties", {}) | {decision_text(text): pk for text, pk in parties.items()}
    dropped = (set(choices.get("dropped", ())) | set(drop_rows or ())) - set(keep_rows or ())
    corrected = (set(choices.get("corrected", ())) | set(correct_rows or ())) - set(drop_rows or ())
    batch.choices = choices | {"dropped": sorted(dropped), "corrected": sorted(corrected)}
    if may(by, Permission.DECIDE_NAMES):
        _remember_names(by, places or {}, parties or {})
    _check_again(batch, bindings, by)
    return batch


def submit_batch(*, by: Actor, batch: Batch) -> Batch:
    """Hand a draft in (提交)."""
    batch.refresh_from_db()
    _demand_move(batch, Batch.State.SUBMITTED)
    return _moved(batch, Batch.State.SUBMITTED, by, message="")


def return_batch(*, by: Actor, batch: Batch, comment: str) -> Batch:
    """Send a submitted batch back to its unit with a comment (退回)."""
    batch.refresh_from_db()
    _demand_move(batch, Batch.State.RETURNED)
    if not comment.strip():
        raise DecisionInvalid(_("退回时请写明要改什么。"), field="comment")
    return _moved(batch, Batch.State.RETURNED, by, message=comment.strip())


def accept_batch(
    *, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None
) -> Batch:
    """Post the good rows (采纳), all or none, in one transaction.

    Posts: what the form's binding posts. A process killed in the middle leaves the draft as it was.
    Raises: BatchConflict, when another import has posted some of the same rows meanwhile; NothingToAccept;
    PeriodNeeded.
    """
    try:
        try:
            return _accept(by, batch, bindings, progress)
        except IntegrityError:
            # Another import has just registered the same party, village or person: they are there now.
            return _accept(by, batch, bindings, progress)
    except OperationalError as error:
        if "locked" in str(error):
            raise BatchConflict(_("另一次导入正在入账，本次没有入账；请稍后再采纳一次。")) from error
        raise


def withdraw_batch(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], reason: str) -> Batch:
    """Take a whole accepted batch back (撤销整批), by reversals; its rows may be imported again."""
    if not reason.strip():
        raise DecisionInvalid(_("撤销整批要写明原因。"), field="reason")
    with transaction.atomic():
        batch = _locked(batch)
        _demand_move(batch, Batch.State.WITHDRAWN)
        selectors.binding_of(batch, bindings).withdraw(by=by, batch=batch, reason=reason.strip())
        counting_again = selectors.rows_that_count_again(batch)
        PostedKey.objects.filter(batch=batch).delete()
        PostedKey.objects.bulk_create(
            PostedKey(
                form_key=batch.form_key,
                digest=bytes.fromhex(digest),
                batch_id=earlier,
                row=row,
                content=bytes.fromhex(content),
            )
            for digest, earlier, row, content in counting_again
        )
        return _moved(batch, Batch.State.WITHDRAWN, by, message=reason.strip())


def discard_batch(*, by: Actor, batch: Batch) -> None:
    """Delete a draft that was never accepted, with its working files; the original stays kept."""
    batch.refresh_from_db()
    if batch.state in (Batch.State.ACCEPTED, Batch.State.WITHDRAWN):
        raise BatchNotReady(_("这个批次已经入过账，不能删除；如有错误请撤销整批。"), batch=batch.pk)
    _drop(batch)


def _accept(by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None) -> Batch:
    with transaction.atomic():
        batch = _locked(batch)
        _demand_move(batch, Batch.State.ACCEPTED)
        if _needs_period(batch):
            raise PeriodNeeded(_("表里没有写明金额算到哪一天；请说明期间或截止日期后再采纳。"), batch=batch.pk)
        if not batch.accepted:
            raise NothingToAccept(_("没有可以入账的行；请按提示改好后再采纳。"), batch=batch.pk)
        acceptance = _Acceptance(by, batch, progress)
        selectors.binding_of(batch, bindings).post(by=by, batch=batch, chunks=acceptance.chunks())
        acceptance.demand_all_posted()
        batch.choices = batch.choices | {"restated": acceptance.restated}
        batch.save(update_fields=["choices"])
        return _moved(batch, Batch.State.ACCEPTED, by, message="")


def _read(batch: Batch, bindings: Sequence[FormBinding], by: Actor, progress: Progress | None) -> None:
    """Read the kept original from the start, and check it."""
    forms = [binding.form for binding in bindings]
    if key := batch.choices.get("form_key"):
        selectors.binding_named(key, bindings)
    with Reading(originals.path_of(batch.original)) as reading:
        refuse_classified(reading.heads)
        heads, batch_key = returned.without_key(reading.heads)
        _find_completed(batch, batch_key, by)
        recognition = recognise(heads, forms, _choices(batch))
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


def _check_again(batch: Batch, bindings: Sequence[FormBinding], by: Actor) -> None:
    """Evaluate the cells kept as text once more, under the choices as they are now."""
    if not staging.raw_path(batch).exists():
        _read(batch, bindings, by, None)
        return
    summary = staging.summary(batch)
    form = selectors.binding_of(batch, bindings).form
    head = SheetHead(**summary["head"])
    matches = {key: Match(**match) for key, match in summary["matches"].items()}
    recognition = Recognition(
        form=form,
        sheet=head,
        first_header_row=summary["first_header_row"],
        header_row=summary["header_row"],
        headers=tuple(summary["headers"]),
        matches=matches,
        missing=tuple(summary["missing"]),
        score=summary["score"],
        reason=summary["reason"],
    )
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
        period=_period_of(batch),
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
    head = asdict(recognition.sheet) | {"head": []}
    staging.write_summary(
        folder,
        {
            "form": form_as_json(recognition.form),
            "sheet": recognition.sheet.name,
            "sheets": [each if isinstance(each, str) else each.name for each in heads],
            "head": head,
            "first_header_row": recognition.first_header_row,
            "header_row": recognition.header_row,
            "headers": list(recognition.headers),
            "matches": {key: asdict(match) for key, match in recognition.matches.items()},
            "missing": list(recognition.missing),
            "score": recognition.score,
            "reason": recognition.reason,
            "titles": list(recognition.titles),
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
    batch.state = Batch.State.DRAFT if batch.state != Batch.State.RETURNED else Batch.State.RETURNED
    batch.message = "" if batch.state == Batch.State.DRAFT else batch.message
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
    )


def _take_recognised(batch: Batch, recognition: Recognition) -> None:
    """What the recognised form and its titles say about the batch."""
    form = recognition.form
    batch.form_key, batch.form_version = form.key, form.version
    batch.sheet, batch.header_row = recognition.sheet.name[:120], recognition.header_row
    if form.basis is not Basis.ASK:
        batch.basis = form.basis.value
    elif not batch.basis:
        batch.basis = Batch.Basis.PERIOD
    if batch.period_to is None and batch.as_of is None:
        spans = {
            span for text in (*recognition.titles, batch.sheet, batch.choices.get("name", "")) for span in _spans(text)
        }
        if len(spans) == 1:
            batch.period_from, batch.period_to = spans.pop()
    if batch.basis == Batch.Basis.CUMULATIVE:
        batch.as_of = batch.as_of or batch.period_to
        batch.period_from = None


def _spans(text: str) -> Iterator[tuple[date | None, date]]:
    """The periods that a title names: 2019年度, 2011年第三季度."""
    for match in _YEAR.finditer(squeeze(text)):
        parsed = parse_period(match[0])
        if parsed.value is not None:
            yield parsed.value


def _needs_period(batch: Batch) -> bool:
    """Whether the amounts of some row have no day to stand at."""
    if batch.as_of is not None or batch.period_to is not None or not batch.evaluation:
        return False
    form = selectors.form_of(batch)
    if not any(column.type is ColumnType.MONEY for column in form.columns):
        return False
    stated = staging.summary(batch)["outcome"]["columns"]
    dated = [
        column
        for column in form.columns
        if column.type is ColumnType.PERIOD or (column.type is ColumnType.DATE and column.filled)
    ]
    return not any(stated.get(column.key, {}).get("stated", 0) >= batch.rows for column in dated)


def _assume_period(batch: Batch, bindings: Sequence[FormBinding], by: Actor) -> None:
    """Take today as the day a cumulative statement runs to, this year as the period of another; both are flagged."""
    today = timezone.localdate()
    if batch.basis == Batch.Basis.CUMULATIVE:
        batch.as_of = today
    else:
        batch.period_from, batch.period_to = date(today.year, 1, 1), date(today.year, 12, 31)
    batch.choices = batch.choices | {"period_assumed": batch.as_of.isoformat() if batch.as_of else str(today.year)}
    _check_again(batch, bindings, by)


def _set_period(batch: Batch, period: str | None) -> None:
    if period:
        parsed = parse_period(period)
        if parsed.value is None:
            raise DecisionInvalid(
                _("“%(period)s”不是年度或期间；请写成 2019、2019-10、2019Q3 或 2018..2020-10。") % {"period": period},
                field="period",
            )
        batch.period_from, batch.period_to = parsed.value
        batch.choices = {key: value for key, value in batch.choices.items() if key != "period_assumed"}
    if batch.as_of is not None:
        batch.choices = {key: value for key, value in batch.choices.items() if key != "period_assumed"}


def _period_of(batch: Batch) -> str:
    """What stands for the period in a row's key. A cumulative statement has none: the later one restates the
    earlier."""
    if batch.basis == Batch.Basis.CUMULATIVE:
        return ""
    return f"{batch.period_from or ''}/{batch.period_to or batch.as_of or ''}"


def _find_completed(batch: Batch, key: tuple[int, str] | None, by: Actor) -> None:
    """A returned workbook names the batch it completes; one that the actor cannot see is passed over."""
    batch.completes = None
    if key is not None:
        number, sha256 = key
        seen = selectors.batches_for(by).filter(pk=number, original__sha256=sha256)
        batch.completes = seen.exclude(evaluation="").exclude(state=Batch.State.WITHDRAWN).first()


def _unit_of(by: Actor) -> int | None:
    """The unit that hands a batch in: that of an actor limited to one."""
    paths = {path for grant in by.grants for path in grant.party_paths or ()}
    if by.sees_everything or len(paths) != 1:
        return None
    return int(paths.pop().rstrip("/").rsplit("/", 1)[-1])


def _demand_columns(batch: Batch, columns: Mapping[str, int | None]) -> None:
    unknown = sorted(set(columns) - selectors.form_of(batch).keys) if batch.evaluation else []
    if unknown:
        raise DecisionInvalid(_("表样里没有“%(key)s”这一列。") % {"key": unknown[0]}, field=unknown[0])


def _remember_columns(by: Actor, batch: Batch, columns: Mapping[str, int | None]) -> None:
    headers = staging.summary(batch)["headers"] if batch.evaluation else []
    for key, index in columns.items():
        if index is None or index >= len(headers) or not headers[index]:
            continue
        Decision.objects.update_or_create(
            kind="column",
            text=f"{batch.form_key}|{squeeze(headers[index].replace('/', ''))}"[:400],
            defaults={"answer": key, "decided_by_id": by.user_id},
        )


def _remember_names(by: Actor, places: Mapping[str, str], chosen: Mapping[str, int]) -> None:
    for text, code in places.items():
        Decision.objects.update_or_create(
            kind="place", text=decision_text(text), defaults={"answer": code, "decided_by_id": by.user_id}
        )
    known = Party.objects.in_bulk(chosen.values())
    for text, party in chosen.items():
        parties.remember_alias(by=by, text=text, party=known[party])


def _demand_places(codes: Iterable[str]) -> None:
    wanted = set(codes)
    unknown = wanted - set(Place.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown:
        raise DecisionInvalid(_("没有代码为 %(code)s 的区划。") % {"code": min(unknown)}, field="places")


def _demand_parties(numbers: Iterable[int]) -> None:
    wanted = set(numbers)
    unknown = wanted - set(Party.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown:
        raise DecisionInvalid(_("没有编号为 %(number)s 的单位。") % {"number": min(unknown)}, field="parties")


def _demand_all_columns(batch: Batch) -> None:
    summary = staging.summary(batch)
    if summary["missing"]:
        form = selectors.form_of(batch)
        raise FormNotRecognised(
            _(
                "工作表“%(sheet)s”第 %(row)d 行的表头认作“%(form)s”，但缺少列：%(missing)s；"
                "请补上这些列，或在导入页指定是哪一列。"
            )
            % {
                "sheet": summary["sheet"],
                "row": summary["header_row"],
                "form": form.label,
                "missing": "、".join(form.column(key).label for key in summary["missing"]),
            },
            missing=summary["missing"],
        )


def _demand_move(batch: Batch, target: str, also: tuple[str, ...] = ()) -> None:
    if batch.state not in also and not may_become(batch.state, target):
        raise BatchNotReady(
            _("批次 %(batch)s 现为“%(state)s”，不能改为“%(target)s”。")
            % {"batch": batch.pk, "state": batch.get_state_display(), "target": Batch.State(target).label},
            batch=batch.pk,
        )


def _demand_open(batch: Batch, also: tuple[str, ...] = ()) -> None:
    if batch.state not in OPEN_STATES and batch.state not in also:
        raise BatchNotReady(
            _("批次 %(batch)s 现为“%(state)s”，不能再改；请先退回。")
            % {"batch": batch.pk, "state": batch.get_state_display()},
            batch=batch.pk,
        )


def _demand_read(batch: Batch) -> None:
    if not batch.evaluation:
        raise BatchNotReady(
            batch.message or _("批次 %(batch)s 还没有读完；请稍后再看。") % {"batch": batch.pk}, batch=batch.pk
        )


def _locked(batch: Batch) -> Batch:
    """The batch as it stands now; imports of one file wait for each other here."""
    Original.objects.select_for_update().get(pk=batch.original_id)
    found: Batch = Batch.objects.select_for_update().get(pk=batch.pk)
    return found


def _moved(batch: Batch, state: str, by: Actor, message: str) -> Batch:
    batch.state, batch.message = state, message
    batch.decided_by_id, batch.decided_at = by.user_id, timezone.now()
    batch.save(update_fields=["state", "message", "decided_by", "decided_at"])
    return batch


def _drop(batch: Batch) -> None:
    """Remove a batch and its working files; the original stays, unless the file was refused as classified."""
    staging.discard(batch)
    if batch.pk is not None:
        Batch.objects.filter(completes=batch).update(completes=None)
        batch.delete()


class _Acceptance:
    """The good rows of one batch on their way into the books: parties found, keys written, chunk by chunk."""

    def __init__(self, by: Actor, batch: Batch, progress: Progress | None) -> None:
        self._by = by
        self._batch = batch
        self._progress = progress
        self._form: Form = selectors.form_of(batch)
        self._period = _period_of(batch)
        self._done = 0
        self.restated: list[list[Any]] = []
        self._parties = self._parties_by_text()
        self._line_digests = self._lines() if not self._form.row_key else None

    def chunks(self) -> Iterator[RowChunk]:
        """The good rows; the key of each is written before it is handed over."""
        self._tell()
        for table in staging.chunks(staging.rows_path(self._batch)):
            table = table.filter(pc.equal(table.column("status"), 0))
            if not table.num_rows:
                continue
            table = self._with_parties(table)
            rows = table.column("row").to_pylist()
            restates = self._write_keys(table, rows)
            yield RowChunk(rows, table.drop_columns(["row", "status"]), restates)
            self._done += len(rows)
            self._tell()

    def demand_all_posted(self) -> None:
        if self._done != self._batch.accepted:
            raise RuntimeError(f"{self._done} of {self._batch.accepted} rows were posted")

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(done=self._done, left=self._batch.accepted - self._done)

    def _parties_by_text(self) -> dict[str, int]:
        """Every party text of the good rows that had no party yet; new ones are created now."""
        texts: set[str] = set()
        names = [column.key for column in self._form.parties]
        if not names:
            return {}
        wanted = ["status", *names, *(f"{name}_as_written" for name in names)]
        for table in staging.chunks(staging.rows_path(self._batch), wanted):
            table = table.filter(pc.equal(table.column("status"), 0))
            for name in names:
                unsettled = table.filter(pc.is_null(table.column(name))).column(f"{name}_as_written")
                texts.update(text for text in unsettled.unique().to_pylist() if text)
        found = parties.parties_for_texts(by=self._by, texts=sorted(texts))
        return {text: party.pk for text, party in found.items()}

    def _with_parties(self, table: pa.Table) -> pa.Table:
        for column in self._form.parties:
            written = table.column(f"{column.key}_as_written").combine_chunks().dictionary_encode()
            ids = pa.array([self._parties.get(text) for text in written.dictionary.to_pylist()], pa.int64())
            known = pc.coalesce(table.column(column.key), ids.take(written.indices))
            table = table.set_column(table.column_names.index(column.key), column.key, known)
        return table

    def _write_keys(self, table: pa.Table, rows: list[int]) -> dict[int, tuple[int, int]]:
        """Claim the rows for this batch. Returns which rows restate which (batch, row)."""
        if not self._form.row_key:
            if self._line_digests is not None:
                self._insert((self._line_digests(row), row, None) for row in rows)
            return {}
        digests = row_digests(self._form, table, self._period)
        contents = content_digests(self._form, table)
        posted = posted_keys(self._form.key, digests)
        restates = {}
        for digest, row in zip(digests, rows, strict=True):
            if digest in posted:
                known = posted[digest]
                restates[row] = (known.batch, known.row)
                self.restated.append([digest.hex(), known.batch, known.row, known.content.hex()])
        self._demand_expected(restates)
        PostedKey.objects.filter(form_key=self._form.key, digest__in=list(posted)).delete()
        self._insert(zip(digests, rows, contents, strict=True))
        return restates

    def _demand_expected(self, restates: Mapping[int, tuple[int, int]]) -> None:
        """A row that stands in the books by now was either meant to be replaced, or posted meanwhile by another
        import."""
        corrected = set(self._batch.choices.get("corrected", ()))
        for row, (other, _other_row) in restates.items():
            earlier = Batch.objects.get(pk=other)
            later = self._batch.as_of and earlier.as_of and self._batch.as_of > earlier.as_of
            if row not in corrected and not (self._batch.basis == Batch.Basis.CUMULATIVE and later):
                raise self._conflict(other)

    def _lines(self) -> Callable[[int], bytes] | None:
        """How a row of a form without a key is claimed: a file that comes first is claimed whole, by one key.

        Later imports of the same file, and returned workbooks, claim their rows one by one.
        """
        batch = self._batch
        first = batch.completes or batch
        origin_rows: dict[int, int] = {}
        if batch.completes is None:
            posted = selectors.posted_rows(batch)
            standing = selectors.good_rows(batch)
            for other, rows in posted.items():
                if np.isin(standing, rows).any():
                    raise self._conflict(other)
            if not posted:
                self._insert([(_digest(first.form_key, first.original.sha256, first.sheet), 0, None)])
                return None
        else:
            origin_rows = dict(
                zip(selectors.good_rows(batch).tolist(), selectors.origin_rows(batch).tolist(), strict=True)
            )

        def digest(row: int) -> bytes:
            origin = origin_rows.get(row)
            whose, number = (first, origin) if origin else (batch, row)
            return _digest(whose.form_key, whose.original.sha256, whose.sheet, str(number))

        return digest

    def _insert(self, keys: Iterable[tuple[bytes, int, bytes | None]]) -> None:
        statement = (
            "INSERT INTO intake_postedkey (form_key, digest, batch_id, row, content) VALUES (%s, %s, %s, %s, %s)"
        )
        lines = [(self._form.key, digest, self._batch.pk, row, content) for digest, row, content in keys]
        try:
            with connection.cursor() as cursor:
                for start in range(0, len(lines), _KEYS_WRITTEN):
                    cursor.executemany(statement, lines[start : start + _KEYS_WRITTEN])
        except IntegrityError as error:
            raise self._conflict(None) from error

    def _conflict(self, other: int | None) -> BatchConflict:
        if other is None:
            return BatchConflict(_("另一次导入刚刚把同样的行入了账，本次没有入账；请打开批次重新核对。"))
        return BatchConflict(
            _("批次 %(other)s 刚刚把同样的行入了账，本次没有入账；请打开批次重新核对。") % {"other": other}, batch=other
        )


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()
