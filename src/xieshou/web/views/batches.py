"""What happens around a batch: bulk steps, comments, evidence, the comparison with the books, the printed form."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xieshou.access.rules import Permission
from xieshou.catalogue.forms import known_bindings
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.intake import comparisons, evidence, originals, previews, staging
from xieshou.intake import selectors as intake_selectors
from xieshou.intake import services as intake
from xieshou.intake.comments import thread
from xieshou.intake.differences import CellDifference, Comparison
from xieshou.intake.findings import masked
from xieshou.intake.forms import Form
from xieshou.intake.models import Batch, BatchComment, Evidence
from xieshou.web import doubles, jobs, selectors
from xieshou.web.pages import Page

MOST_AT_ONCE = 500
PRINTED_ROWS = 5_000
COMPARED_ROWS_SHOWN = 100
MOVE_TONES = {"returned": "red", "accepted": "green", "submitted": "amber", "withdrawn": "", "draft": "blue"}


class BulkSteps(Page):
    """Accept several batches with one click, or send several back with one comment."""

    permission = Permission.ACCEPT_BATCH
    here = "web:imports"

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [number for text in request.POST.getlist("selected")[:MOST_AT_ONCE] if (number := key_in(text))]
        if request.POST.get("export"):
            return HttpResponseRedirect(exported(request, chosen))
        batches = list(selectors.batches_for(self.actor).filter(pk__in=chosen).order_by("pk"))
        if not batches:
            messages.error(request, _("没有选中批次；请先在列表里勾选。"))
        elif request.POST.get("step") == "return":
            self._return(batches, request.POST.get("comment", ""))
        else:
            self._accept(batches)
        return HttpResponseRedirect(f"{reverse('web:imports')}{kept_query(request)}")

    def _accept(self, batches: list[Batch]) -> None:
        ready, refusals = [], []
        for batch in batches:
            hindrance = self._hindrance(batch)
            if hindrance:
                refusals.append(f"{batch.original.name}：{hindrance}")
            else:
                ready.append(batch)
        count = jobs.start_accepting_all(by=self.actor, batches=ready)
        if count:
            messages.info(
                self.request,
                ngettext("%(count)s 批正在入账；进度见“任务”。", "%(count)s 批正在入账；进度见“任务”。", count)
                % {"count": count},
            )
        for words in refusals:
            messages.error(self.request, words)

    def _hindrance(self, batch: Batch) -> str:
        """Why a batch cannot be accepted now, "" when it can; what only posting finds out is said then."""
        if not intake_selectors.may_settle(self.actor, batch):
            return _("不在您的采纳范围内。")
        if batch.state not in (Batch.State.DRAFT, Batch.State.SUBMITTED):
            return _("现为“%(state)s”，不能采纳。") % {"state": batch.get_state_display()}
        if not intake_selectors.is_handed_in(batch):
            return _("还没有提交。")
        intake.refresh(by=self.actor, batch=batch, bindings=known_bindings())
        if not batch.accepted:
            return _("没有可以入账的行。")
        if intake.preview(by=self.actor, batch=batch, bindings=known_bindings()).period_needed:
            return _("要先说明期间。")
        if comparisons.compare(batch).needs_reason and not batch.choices.get("reason"):
            return _("累计数下降或有行要去掉，要先写明原因。")
        return ""

    def _return(self, batches: list[Batch], comment: str) -> None:
        try:
            _returned, refusals = intake.return_batches(by=self.actor, batches=batches, comment=comment)
        except XieshouError as refusal:
            refusals = []
            messages.error(self.request, refusal.message)
        for each in refusals:
            messages.error(self.request, each.message)


def exported(request: HttpRequest, chosen: list[int]) -> str:
    """The address of the list that sends the chosen batches as a file."""
    query = QueryDict(kept_query(request).removeprefix("?"), mutable=True)
    query.setlist("selected", [str(number) for number in chosen])
    query["export"] = "xlsx"
    return f"{reverse('web:imports')}?{query.urlencode()}"


def kept_query(request: HttpRequest) -> str:
    """The filters of the list that the step came from."""
    query = request.POST.get("query", "")
    return query if query.startswith("?") else ""


class BatchAbout(Page):
    """Base of the small steps about one batch that the actor sees; each leads back to the batch."""

    permission = Permission.DRAFT_IMPORT
    here = "web:imports"

    def load(self, batch_id: int) -> Batch:
        found: Batch | None = selectors.batches_for(self.actor).filter(pk=batch_id).first()
        if found is None:
            raise Http404
        return found

    def back(self, batch_id: int) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('web:batch', args=[batch_id])}")


class CommentAdd(BatchAbout):
    """Say something about a batch or one of its rows."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        row = request.POST.get("row", "").strip()
        number = key_in(row)
        try:
            intake.comment(
                by=self.actor,
                batch=self.load(batch_id),
                text=request.POST.get("text", ""),
                row=(0 if number is None else number) if row else None,
            )
        except XieshouError as refusal:
            messages.error(request, refusal.message)
        return self.back(batch_id)


class Explain(BatchAbout):
    """Say why cumulative amounts fall, and whether rows that no longer appear are taken out of the books."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load(batch_id)
        gone: list[list[int]] | None = None
        if "gone-shown" in request.POST:
            listed = comparisons.comparison_of(batch, self.actor)
            gone = comparisons.chosen_gone(listed) if request.POST.get("gone") else []
        try:
            intake.explain(by=self.actor, batch=batch, reason=request.POST.get("reason", ""), gone=gone)
        except XieshouError as refusal:
            messages.error(request, refusal.message)
        return self.back(batch_id)


class EvidenceAdd(BatchAbout):
    """Attach the stamped scans."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load(batch_id)
        for file in request.FILES.getlist("evidence")[: evidence.MOST_FILES]:
            try:
                self._attach(batch, file)
            except XieshouError as refusal:
                messages.error(request, f"{file.name}: {refusal.message}")
        return self.back(batch_id)

    def _attach(self, batch: Batch, file: UploadedFile[bytes]) -> None:
        with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
            path = Path(folder) / "scan"
            with path.open("wb") as target:
                for part in file.chunks():
                    target.write(part)
            intake.attach_evidence(by=self.actor, batch=batch, path=path, name=Path(file.name or "").name)


class EvidenceFile(BatchAbout):
    """One scan: shown in the browser, or sent as a file."""

    def get(self, request: HttpRequest, batch_id: int, evidence_id: int) -> HttpResponseBase:
        one = self._one(batch_id, evidence_id)
        answer = FileResponse(
            originals.path_of(one.original).open("rb"),
            as_attachment="download" in request.GET,
            filename=one.name,
            content_type=one.media_type,
        )
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

    def post(self, request: HttpRequest, batch_id: int, evidence_id: int) -> HttpResponse:
        """Take it off the batch."""
        try:
            intake.remove_evidence(by=self.actor, evidence=self._one(batch_id, evidence_id))
        except XieshouError as refusal:
            messages.error(request, refusal.message)
        return self.back(batch_id)

    def _one(self, batch_id: int, evidence_id: int) -> Evidence:
        found = evidence.evidence_of(self.load(batch_id)).filter(pk=evidence_id).first()
        if found is None:
            raise Http404
        return found


class BatchDoubles(BatchAbout):
    """The part of a draft's page that says what other batches may have reported already."""

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load(batch_id)
        found = doubles.of_draft(self.actor, batch) if batch.evaluation else []
        files = dict(
            Batch.objects.filter(pk__in={each.batch for one in found for each in (one.first, one.second)}).values_list(
                "pk", "original__name"
            )
        )
        seen = set(selectors.batches_for(self.actor).filter(pk__in=files).values_list("pk", flat=True))
        rows = []
        for one in found[:COMPARED_ROWS_SHOWN]:
            ours, other = (one.first, one.second) if one.first.batch == batch_id else (one.second, one.first)
            rows.append(
                {
                    "row": ours.row,
                    "amount": formats.money(ours.amount, formats.MoneyUnit.YUAN),
                    "batch": other.batch if other.batch in seen else None,
                    "file": files.get(other.batch, "") if other.batch in seen else _("另一批次"),
                    "other_row": other.row,
                    "reasons": _("；").join(one.reasons),
                }
            )
        return self.show("web/imports/doubles_part.html", batch=batch, rows=rows, count=len(found))


class BatchPrint(BatchAbout):
    """The table as a form to print, sign and stamp."""

    template_name = "web/imports/print.html"

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load(batch_id)
        if not batch.evaluation:
            raise Http404
        form = intake_selectors.form_of(batch)
        columns, rows = printed(batch, form)
        whole = batch.rows
        return self.show(
            title=form.name,
            batch=batch,
            form=form,
            titles=[text for text in staging.summary(batch).get("titles", ()) if text],
            period=formats.period(batch.period_from, batch.period_to or batch.as_of),
            unit=batch.party.name if batch.party is not None else "",
            columns=columns,
            rows=rows,
            cut=max(0, whole - len(rows)),
            printed_by=str(request.user),
        )


def printed(batch: Batch, form: Form) -> tuple[list[str], list[list[str]]]:
    """Headings and cells as written, of the rows that go in; sensitive ones masked."""
    summary = staging.summary(batch)
    indices, fixed = previews.indices_of(summary), previews.fixed_rows_of(summary)
    alike = previews.fixed_texts(batch, summary)
    columns = [column for column in form.columns if column.key in indices]
    good = set(intake_selectors.good_rows(batch)[:PRINTED_ROWS].tolist())
    rows: list[list[str]] = []
    for chunk in staging.chunks(staging.raw_path(batch)):
        for line in chunk.to_pylist():
            if line["row"] in good:
                cells = [
                    (column, (alike.get(key) if key in fixed else line.get(f"c{indices[key]}")) or "")
                    for column in columns
                    for key in (column.key,)
                ]
                rows.append([masked(text) if column.sensitive else text for column, text in cells])
        if len(rows) >= len(good):
            break
    return [column.name for column in columns], rows


def conversation(batch: Batch) -> dict[str, Any]:
    """The thread of a batch and its scans, for the foot of its pages."""
    return {
        "thread": [_spoken(each) for each in thread(batch)],
        "scans": list(evidence.evidence_of(batch)),
        "most_scan": formats.file_size(evidence.MOST_BYTES),
    }


def _spoken(comment: BatchComment) -> dict[str, Any]:
    return {
        "who": str(comment.written_by),
        "when": comment.written_at,
        "row": comment.row,
        "text": comment.text,
        "move": Batch.State(comment.move).label if comment.move else "",
        "tone": MOVE_TONES.get(comment.move, ""),
    }


def compared(batch: Batch, comparison: Comparison) -> dict[str, Any]:
    """The comparison in words, for the page of a batch."""
    form = intake_selectors.form_of(batch)
    labels = {column.key: column.label for column in form.columns}
    scales = {column.column: column for column in comparison.columns}

    def amount(column: str, value: int | str | None) -> str:
        if not isinstance(value, int):
            return value or formats.unknown()
        return formats.scaled(value, scales[column].scale if column in scales else 1)

    def cell(one: CellDifference) -> dict[str, Any]:
        difference = one.difference if one.column in scales else None
        return {
            "label": labels[one.column],
            "before": amount(one.column, one.before),
            "after": amount(one.column, one.after),
            "difference": signed(difference, scales[one.column].scale) if difference is not None else "",
            "fell": difference is not None and difference < 0 and one.after is not None,
        }

    listed: dict[str, list[dict[str, Any]]] = {"changed": [], "missing": [], "new": []}
    for row in comparison.rows:
        if len(listed[row.kind]) < COMPARED_ROWS_SHOWN:
            listed[row.kind].append({"row": row, "cells": [cell(one) for one in row.cells]})
    counts = {"changed": comparison.changed, "missing": comparison.missing, "new": comparison.new}
    titles = {"changed": _("变更"), "missing": _("未再出现"), "new": _("新增")}
    return {
        "comparison": comparison,
        "groups": [
            {
                "kind": kind,
                "title": titles[kind],
                "count": counts[kind],
                "rows": rows,
                "more": counts[kind] - len(rows),
                "is_open": kind != "new" and len(rows) <= 20,
            }
            for kind, rows in listed.items()
            if rows
        ],
        "columns": [
            {
                "label": column.label,
                "unit": column.unit,
                "before": formats.scaled(column.before, column.scale),
                "changed": signed(column.changed, column.scale),
                "added": signed(column.added, column.scale),
                "gone": signed(column.gone, column.scale),
                "after": formats.scaled(column.after, column.scale),
                "difference": signed(column.difference, column.scale),
            }
            for column in comparison.columns
        ],
        "reason": batch.choices.get("reason", ""),
        "some_gone": bool(batch.choices.get("gone")),
        "reason_needed": comparison.needs_reason and not batch.choices.get("reason"),
    }


def signed(value: int, scale: int) -> str:
    """A difference with its sign; no difference is a dash."""
    if not value:
        return formats.NONE
    return f"{'+' if value > 0 else ''}{formats.scaled(value, scale)}"
