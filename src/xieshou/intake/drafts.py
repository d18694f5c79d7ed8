"""From a file to a draft that can be handed in: open, read, correct, decide. Posts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission, may
from xieshou.access.services import actor_for
from xieshou.common.scoping import Actor
from xieshou.intake import checking, moves, originals, selectors, staging
from xieshou.intake.comparisons import comparison_of
from xieshou.intake.errors import Classified, DecisionInvalid, FormNotRecognised, IntakeError
from xieshou.intake.forms import ColumnType, FormBinding, Layout
from xieshou.intake.matching import decision_text
from xieshou.intake.models import Batch, Decision
from xieshou.intake.previews import Preview, Report, preview_of, report_of
from xieshou.intake.progress import Progress
from xieshou.intake.rules import OPEN_STATES, classified_name, parse_period, squeeze
from xieshou.parties import services as parties
from xieshou.parties.models import Party
from xieshou.places.models import Place


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
    sheet: str | None = None,
    table: str = "",
    progress: Progress | None = None,
) -> Batch:
    """Keep the original, read it, check it and leave a draft; posts nothing.

    Equal to `begin_batch` followed by `read_batch`. A refusal leaves no batch.

    Args:
        name: the file's name as the person knows it. period: "2019", "2019-10", "2019Q3", "2018..2020-10" …
        as_of: the day to which cumulative amounts run. basis: "period" or "cumulative" where the form asks.
        sheet, table: which of the workbook's tables, as `workbooks.tables_in` names them; without, the best one.
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
        sheet=sheet,
        table=table,
    )
    try:
        batch = read_batch(by=by, batch=batch, bindings=bindings, progress=progress)
        _demand_all_columns(batch)
    except BaseException:
        moves.drop(batch)
        raise
    if needs_period(batch):
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
    sheet: str | None = None,
    table: str = "",
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
        choices={"form_key": form_key or "", "name": name, "sheet": sheet, "table": table},
    )
    _set_period(batch, period)
    with transaction.atomic():
        batch.original = originals.keep(by=by, path=path, name=name)
        batch.save()
    return batch


def read_batch(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], progress: Progress | None = None) -> Batch:
    """Read a batch that was begun; on a refusal it is `failed` with the sentence, and the error is raised again."""
    moves.demand_move(batch, Batch.State.READING, also=(Batch.State.READING,))
    try:
        checking.read(batch, bindings, by, progress)
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
    moves.demand_read(batch)
    return preview_of(batch, period_needed=needs_period(batch))


def report(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding], returned: str | None = None) -> Report:
    """The outcome so far, for programs."""
    moves.demand_read(batch)
    found = comparison_of(batch, by)
    return replace(report_of(batch, returned), comparison=found.as_json() if found.meets_the_books else None)


def refresh(*, by: Actor, batch: Batch, bindings: Sequence[FormBinding]) -> Batch:
    """Check a batch that is open or handed in again, when the books of its form have changed since it was checked.

    As the one who began it: what lies outside that person's scope stays outside, whoever looks.
    """
    waits = (*OPEN_STATES, Batch.State.SUBMITTED)
    if batch.state in waits and batch.evaluation and selectors.is_outdated(batch):
        state = batch.state
        checking.check_again(batch, bindings, actor_for(batch.created_by))
        if state == Batch.State.RETURNED:
            Batch.objects.filter(pk=batch.pk).update(state=state)
            batch.state = state
    return batch


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
    party_id: int | None = None,
    table: str | None = None,
) -> Batch:
    """Set what the engine took wrong and check again; the office's choice of columns is remembered.

    Args:
        columns: form column key → 0-based column of the sheet (of a form of items: row), None for "not in this sheet".
        party_id: the unit that hands the table in; a clerk's own is known, and only the office may name another.
        table: the first cell of another table of the sheet, "" for the best one.
        party_id: the unit that hands the table in; a clerk's own is known, and only the office may name another.
    """
    batch.refresh_from_db()
    selectors.demand_may_change(by, batch)
    moves.demand_open(batch, also=(Batch.State.FAILED,))
    moves.reopen(by=by, batch=batch)
    choices = dict(batch.choices)
    if columns:
        choices["columns"] = choices.get("columns", {}) | dict(columns)
        _demand_columns(batch, columns)
        if may(by, Permission.DECIDE_NAMES):
            _remember_columns(by, batch, columns)
    if sheet is not None and sheet != batch.sheet:
        choices |= {"sheet": sheet, "table": "", "columns": {}}
    if table is not None and table != choices.get("table", ""):
        choices |= {"sheet": sheet or batch.sheet, "table": table, "columns": {}}
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
    if party_id is not None and party_id != batch.party_id:
        selectors.demand_may_settle(by, batch)
        _demand_parties([party_id])
        batch.party_id = party_id
    _set_period(batch, period)
    checking.read(batch, bindings, by, None)
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
    selectors.demand_may_change(by, batch)
    moves.demand_open(batch)
    moves.reopen(by=by, batch=batch)
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
    checking.check_again(batch, bindings, by)
    return batch


def needs_period(batch: Batch) -> bool:
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
    checking.check_again(batch, bindings, by)


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
    if not batch.evaluation or selectors.form_of(batch).layout is Layout.ITEMS:
        return  # of a form of items a row was chosen, not a heading
    headers = staging.summary(batch)["headers"]
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
