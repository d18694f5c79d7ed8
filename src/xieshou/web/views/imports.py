"""Import (数据导入): the list of batches, and the four steps from a dropped file to the books."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from xieshou.access.rules import Permission, acting_with
from xieshou.catalogue.forms import BINDINGS, forms_in_use, known_bindings
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import NotPermitted, XieshouError
from xieshou.common.scoping import Actor
from xieshou.common.tables import Column, Filter, Table
from xieshou.intake import blank, originals, returned
from xieshou.intake import services as intake
from xieshou.intake.comparisons import comparison_of
from xieshou.intake.findings import Finding
from xieshou.intake.forms import Form, Severity
from xieshou.intake.models import Batch
from xieshou.intake.previews import OpenText, Preview
from xieshou.intake.selectors import is_handed_in, may_change, may_have_original, may_settle
from xieshou.parties.selectors import party_seen
from xieshou.places import selectors as places
from xieshou.programme.selectors import programmes_for
from xieshou.web import frame, jobs, progress, selectors
from xieshou.web.forms import BatchFactsForm, ReasonForm
from xieshou.web.pages import Page
from xieshou.web.tones import STATE_TONES
from xieshou.web.views.batches import compared, conversation
from xieshou.web.views.piles import begin, is_pile, recent_piles

FORMS: dict[str, Form] = {binding.form.key: binding.form for binding in BINDINGS}
OPEN_STATES = (Batch.State.DRAFT, Batch.State.SUBMITTED, Batch.State.RETURNED)
FINDINGS_IN_A_GROUP = 30
FINDINGS_BESIDE_AN_ACTION = 5
WITHDRAWN_AT_ONCE = 5_000  # rows; a larger batch is withdrawn in the background
MOST_ROWS_AT_ONCE = 10_000
# What can be done at once with all rows of one kind of finding.
GROUP_ACTIONS = {
    "posted_differently": ("correct", gettext_lazy("这些行都按更正导入，以这里为准")),
    "equal_row": ("drop", gettext_lazy("这些行都不导")),
}


def known_form(key: str) -> Form | None:
    """The form with this key; a query for one that the office has taught."""
    return FORMS.get(key) or (forms_in_use(known_bindings()).get(key) if key else None)


def form_name(batch: Batch) -> str:
    form = known_form(batch.form_key)
    return form.label if form else batch.form_key


class BatchTable(Table):
    name = gettext_lazy("导入批次")  # type: ignore[assignment]
    columns = (
        Column(
            "file",
            gettext_lazy("文件"),
            lambda batch: batch.original.name,
            sort=("original__name",),
            main=True,
            link=lambda batch: reverse("web:batch", args=[batch.pk]),
            wide=True,
        ),
        Column("form", gettext_lazy("表样"), lambda batch: batch.form_label, sort=("form_key",), beneath=True),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda batch: (STATE_TONES[batch.state], batch.get_state_display()),
            sort=("state",),
            main=True,
            component="web/parts/state.html",
            export=lambda batch: batch.get_state_display(),
        ),
        Column("rows", gettext_lazy("行数"), lambda batch: batch.rows, sort=("rows",), number=True),
        Column("accepted", gettext_lazy("可入账"), lambda batch: batch.accepted, sort=("accepted",), number=True),
        Column("rejected", gettext_lazy("退回"), lambda batch: batch.rejected, sort=("rejected",), number=True),
        Column("duplicates", gettext_lazy("重复"), lambda batch: batch.duplicates, sort=("duplicates",), number=True),
        Column(
            "unit",
            gettext_lazy("报送单位"),
            lambda batch: batch.party.name if batch.party else "–",
            sort=("party__name",),
        ),
        Column("by", gettext_lazy("经办"), lambda batch: str(batch.created_by), sort=("created_by__username",)),
        Column(
            "at",
            gettext_lazy("上传时间"),
            lambda batch: formats.moment(batch.created_at),
            sort=("created_at",),
            beneath=True,
        ),
    )
    filters = (
        Filter(
            "state", gettext_lazy("状态"), lambda rows, value: rows.filter(state=value), choices=Batch.State.choices
        ),
        Filter(
            "form",
            gettext_lazy("表样"),
            lambda rows, value: rows.filter(form_key=value),
            choices=[(form.key, form.name) for form in FORMS.values()],
        ),
    )
    search = ("original__name", "party__name")
    search_hint = gettext_lazy("文件名、单位")
    selectable = True
    default_sort = "-at"
    empty_title = gettext_lazy("还没有导入过")
    empty_hint = gettext_lazy("把去年的表拖到上面的框里；认得的表样见“空白表”。")

    def __init__(self, rows: QuerySet[Batch], address: Any, *, forms: Mapping[str, Form], **options: Any) -> None:
        super().__init__(rows, address, **options)
        self.forms = forms
        choices = [(form.key, form.name) for form in forms.values()]
        # Which forms there are is known only now: the office teaches further ones.
        filters = tuple(replace(one, choices=choices) if one.key == "form" else one for one in self.filters)
        self.filters = filters  # type: ignore[misc, assignment]

    def prepare(self, rows: list[Any]) -> None:
        for batch in rows:
            form = self.forms.get(batch.form_key)
            batch.form_label = form.label if form else batch.form_key


class Imports(Page):
    """The list of batches, below the field into which files are dropped."""

    permission = Permission.DRAFT_IMPORT
    template_name = "web/imports/list.html"
    title = gettext_lazy("数据导入")
    here = "web:imports"

    def get(self, request: HttpRequest) -> HttpResponse:
        forms = forms_in_use(known_bindings())
        table = BatchTable(selectors.batches_for(self.actor), request.GET, forms=forms)
        if request.GET.get("export"):
            return table.export(request.GET["export"])
        return self.show(
            table=table,
            forms=list(forms.values()),
            may_teach=self.may(Permission.TEACH_FORMS),
            may_accept=self.may(Permission.ACCEPT_BATCH),
            piles=recent_piles(self.actor),
            query=table.address_with(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take in what was dropped, to be read by a background job: a workbook as a batch, more than one as a pile."""
        files = request.FILES.getlist("files")
        if is_pile(files):
            pile = begin(self.actor, files, request.POST.get("paths", ""))
            return HttpResponseRedirect(reverse("web:pile", args=[pile.pk]))
        begun: list[Batch] = []
        for file in files:
            try:
                begun.append(self._begin(file))
            except XieshouError as refusal:
                messages.error(request, f"{file.name}: {refusal.message}")
        if not files:
            messages.error(request, _("没有收到文件；请把工作簿拖进框里，或点击选择。"))
        if begun:
            return HttpResponseRedirect(reverse("web:batch", args=[begun[0].pk]))
        return HttpResponseRedirect(reverse("web:imports"))

    def _begin(self, file: UploadedFile[bytes]) -> Batch:
        name = Path(file.name or "").name
        with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
            path = Path(folder) / f"upload{Path(name).suffix.lower()[:8]}"
            with path.open("wb") as target:
                for part in file.chunks():
                    target.write(part)
            batch = intake.begin_batch(by=self.actor, path=path, name=name)
        jobs.start_reading(by=self.actor, batch=batch)
        return batch


class BlankForm(Page):
    """A blank workbook of a form."""

    permission = Permission.DRAFT_IMPORT

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        form = known_form(key)
        if form is None:
            raise Http404
        return sent_file(lambda path: blank.write(form, path), f"{form.label}.xlsx")


class BatchPage(Page):
    """Base of the pages of one batch that the actor may see."""

    permission = Permission.DRAFT_IMPORT
    here = "web:imports"
    step = 1
    batch: Batch

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.batch_id = kwargs["batch_id"]

    def load(self, rows: QuerySet[Batch] | None = None) -> Batch:
        """The batch, or 404 also where it exists but is not the actor's to see."""
        found = (selectors.batches_for(self.actor) if rows is None else rows).filter(pk=self.batch_id).first()
        if found is None:
            raise Http404
        self.batch = found
        return found

    def _may_teach(self) -> bool:
        return self.may(Permission.TEACH_FORMS) and may_have_original(self.actor, self.batch)

    def at(self, name: str) -> str:
        return reverse(f"web:{name}", args=[self.batch_id])

    def show_step(self, template: str, **context: Any) -> HttpResponse:
        names = (_("上传"), _("识别"), _("核对"), _("完成"))
        addresses = ("", self.at("batch-columns"), self.at("batch-rows"), "")
        is_open = self.batch.state in OPEN_STATES
        steps = [
            {
                "title": title,
                "state": "done" if number < self.step else "current" if number == self.step else "ahead",
                "url": address if is_open and number != self.step else "",
            }
            for number, (title, address) in enumerate(zip(names, addresses, strict=True), start=1)
        ]
        return self.show(
            template,
            title=self.batch.original.name,
            trail=[(_("数据导入"), reverse("web:imports"))],
            batch=self.batch,
            form_name=form_name(self.batch),
            tone=STATE_TONES[Batch.State(self.batch.state)],
            steps=steps,
            may_accept=may_settle(self.actor, self.batch),
            may_change=may_change(self.actor, self.batch),
            **conversation(self.batch),
            **context,
        )


class BatchView(BatchPage):
    """Where a batch stands now: reading or posting with live progress, else the step that is next."""

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        job = jobs.open_job(batch)
        if job is not None:
            self.step = 1 if batch.state == Batch.State.READING else 3
            return self.show_step("web/imports/working.html", **working(batch, job))
        if batch.state == Batch.State.READING:
            return self.show_step("web/imports/stopped.html")
        if batch.state == Batch.State.FAILED:
            return self.show_step(
                "web/imports/failed.html",
                forms=list(forms_in_use(known_bindings()).values()),
                may_teach=self._may_teach(),
            )
        if batch.state in (Batch.State.ACCEPTED, Batch.State.WITHDRAWN):
            return HttpResponseRedirect(self.at("batch-done"))
        if batch.state == Batch.State.SUBMITTED:
            return HttpResponseRedirect(self.at("batch-rows"))
        return HttpResponseRedirect(self.at("batch-columns"))


class BatchProgress(BatchPage):
    """The part of the page that is asked for every second; when the work ends it sends the page on."""

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        job = jobs.open_job(batch)
        if job is None:
            return HttpResponse(headers={"HX-Redirect": self.at("batch")})
        return self.show("web/imports/progress.html", batch=batch, **working(batch, job))


def working(batch: Batch, job: jobs.Job) -> dict[str, Any]:
    return {
        "job": job,
        "standing": progress.standing(batch.pk),
        "is_stopping": progress.is_asked_to_stop(batch.pk),
    }


class BatchStop(BatchPage):
    """Stop reading or posting; nothing is kept of a posting."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        progress.ask_to_stop(self.load().pk)
        return HttpResponseRedirect(self.at("batch"))


class BatchColumns(BatchPage):
    """Step 2: which form, sheet, header and columns were recognised; each can be set by hand."""

    step = 2

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        if batch.state not in OPEN_STATES:
            return HttpResponseRedirect(self.at("batch"))
        if batch.state == Batch.State.SUBMITTED or not may_change(self.actor, batch):
            return HttpResponseRedirect(self.at("batch-rows"))
        preview = intake.preview(by=self.actor, batch=batch, bindings=known_bindings())
        return self._ask(preview, self._facts())

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        facts = self._facts(request.POST)
        preview = intake.preview(by=self.actor, batch=batch, bindings=known_bindings())
        if not facts.is_valid():
            return self._ask(preview, facts)
        columns = {
            key.removeprefix("column-"): key_in(value)
            for key in request.POST
            if key.startswith("column-") and (not (value := request.POST.get(key, "")) or key_in(value) is not None)
        }
        current = {column.key: column.index for column in preview.columns if column.key}
        changed = {key: index for key, index in columns.items() if current.get(key) != index}
        stated = facts.cleaned_data
        sheet, form_key = request.POST.get("sheet", ""), request.POST.get("form", "")
        try:
            intake.correct(
                by=self.actor,
                batch=batch,
                bindings=known_bindings(),
                columns=changed or None,
                sheet=sheet if sheet and sheet != preview.sheet else None,
                form_key=form_key if form_key and form_key != preview.form_key else None,
                period=stated["period"] or None,
                as_of=stated["as_of"],
                basis=stated["basis"] or None,
                programme_id=stated["programme"].pk if stated["programme"] else None,
                party_id=stated["party"].pk if stated.get("party") else None,
            )
        except XieshouError as refusal:
            facts.refuse(refusal)
            return self._ask(preview, facts)
        return HttpResponseRedirect(self.at("batch-rows" if "next" in request.POST else "batch-columns"))

    def _only_programme(self) -> int | None:
        known = list(programmes_for(self.actor).values_list("pk", flat=True)[:2])
        return known[0] if len(known) == 1 else None

    def _facts(self, data: Any = None) -> BatchFactsForm:
        batch = self.batch
        stated = formats.period(batch.period_from, batch.period_to) if batch.period_to else ""
        # What the reader looks at is the likeliest year of what the reader brings.
        suggested = "" if batch.as_of else frame.scope_of(self.request).year
        return BatchFactsForm(
            data,
            programmes=programmes_for(self.actor),
            actor=self.actor,
            names_unit=may_settle(self.actor, batch),
            initial={
                "party": batch.party.name if batch.party is not None else "",
                "period": stated or suggested,
                "as_of": batch.as_of.isoformat() if batch.as_of else "",
                "basis": batch.basis,
                "programme": batch.programme_id or self._only_programme(),
            },
        )

    def _ask(self, preview: Preview, facts: BatchFactsForm) -> HttpResponse:
        return self.show_step(
            "web/imports/columns.html",
            preview=preview,
            facts=facts,
            known=[column for column in preview.columns if column.key],
            unused=[column for column in preview.columns if not column.key],
            forms=list(forms_in_use(known_bindings()).values()),
            may_teach=self._may_teach(),
        )


class BatchRows(BatchPage):
    """Step 3: what is doubtful, what the totals say, and the rows; answers are remembered."""

    step = 3

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        if batch.state not in OPEN_STATES or jobs.open_job(batch) is not None:
            return HttpResponseRedirect(self.at("batch"))
        intake.refresh(by=self.actor, batch=batch, bindings=known_bindings())
        return self._ask(intake.preview(by=self.actor, batch=batch, bindings=known_bindings()))

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        preview = intake.preview(by=self.actor, batch=batch, bindings=known_bindings())
        try:
            intake.decide(by=self.actor, batch=batch, bindings=known_bindings(), **self._answers(preview.open_texts))
        except XieshouError as refusal:
            return self._ask(preview, refusal)
        return HttpResponseRedirect(self.at("batch-rows"))

    def _answers(self, open_texts: tuple[OpenText, ...]) -> dict[str, Any]:
        """What the form answers, as `intake.decide` takes it; texts are named by their position on the page."""
        places_, parties_ = {}, {}
        for position, text in enumerate(open_texts):
            chosen = self.request.POST.get(f"choice-{position}", "").strip()
            typed = self.request.POST.get(f"typed-{position}", "").strip()
            if text.kind == "place" and (typed or chosen):
                places_[text.text] = places.place_at(typed).pk if typed else chosen
            elif text.kind == "party" and typed:
                parties_[text.text] = party_seen(typed, actor=self.actor).pk
            elif text.kind == "party" and (party_id := key_in(chosen)) is not None:
                parties_[text.text] = party_id
        rows = row_numbers(self.request.POST.get("rows", ""))
        action = self.request.POST.get("action", "")
        return {
            "places": places_ or None,
            "parties": parties_ or None,
            "drop_rows": rows if action == "drop" else None,
            "keep_rows": rows if action == "keep" else None,
            "correct_rows": rows if action == "correct" else None,
        }

    def _ask(self, preview: Preview, refusal: XieshouError | None = None) -> HttpResponse:
        groups = grouped(preview.findings)
        comparison = comparison_of(self.batch, self.actor)
        return self.show_step(
            "web/imports/rows.html",
            preview=preview,
            compared=compared(self.batch, comparison) if comparison.meets_the_books else None,
            may_edit=may_change(self.actor, self.batch) and self.batch.state != Batch.State.SUBMITTED,
            handed_in=is_handed_in(self.batch),
            refusal=refusal,
            groups=groups,
            totals=[
                {
                    "label": total.label,
                    "row": total.row,
                    "stated": formats.scaled(total.stated, total.scale),
                    "computed": formats.scaled(total.computed, total.scale),
                    "difference": formats.scaled(total.stated - total.computed, total.scale),
                    "unit": total.unit,
                    "agrees": total.agrees,
                }
                for total in preview.totals
            ],
            accept_words=ngettext("接受 %(count)s 行", "接受 %(count)s 行", preview.accepted)
            % {"count": f"{preview.accepted:,}"},
            goes_back=preview.rejected + preview.doubtful,
            return_form=ReasonForm(prefix="return"),
        )


def grouped(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings by kind, the gravest first: each group with its words, its count and its first rows."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    tones = {Severity.ERROR: "red", Severity.WARNING: "amber", Severity.INFO: "blue"}
    words = {Severity.ERROR: _("退回"), Severity.WARNING: _("存疑"), Severity.INFO: _("提示")}
    ranked = sorted(findings, key=lambda finding: (order[finding.severity], finding.code, finding.row))
    groups = []
    for (severity, code), found in groupby(ranked, key=lambda finding: (finding.severity, finding.code)):
        members = list(found)
        action, action_words = GROUP_ACTIONS.get(code, ("", ""))
        shown = FINDINGS_BESIDE_AN_ACTION if action else FINDINGS_IN_A_GROUP
        groups.append(
            {
                "tone": tones[severity],
                "words": words[severity],
                "title": members[0].title,
                "count": len(members),
                "rows": [{"row": one.row, "cell": one.cell, "message": one.message} for one in members[:shown]],
                "more": max(0, len(members) - shown),
                "is_open": severity == Severity.ERROR or bool(action),
                "all_rows": ",".join(str(row) for row in sorted({one.row for one in members})),
                "action": action,
                "action_words": action_words,
            }
        )
    return groups


def row_numbers(text: str) -> list[int]:
    """Row numbers as a person writes them: "12、15-18" → [12, 15, 16, 17, 18]; what is no number is passed over."""
    rows: list[int] = []
    for part in text.replace("、", ",").replace("，", ",").replace("－", "-").replace("–", "-").split(","):
        first, _dash, last = part.strip().partition("-")
        begin, end = key_in(first.strip()), key_in(last.strip())
        if begin is not None:
            rows.extend(range(begin, min(begin if end is None else end, begin + MOST_ROWS_AT_ONCE) + 1))
    return rows


class BatchAccept(BatchPage):
    """Post the good rows, in the background."""

    permission = Permission.ACCEPT_BATCH

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        # Having brought a batch lets one see it, but not accept what lies outside one's scope.
        jobs.start_accepting(by=self.actor, batch=self.load(Batch.objects.for_actor(self.actor)))
        return HttpResponseRedirect(self.at("batch"))


class BatchSubmit(BatchPage):
    """Hand a draft in to the office."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        intake.submit_batch(by=self.actor, batch=self.load())
        return HttpResponseRedirect(self.at("batch"))


class BatchReturn(BatchPage):
    """Send a submitted batch back to its unit, with a comment."""

    permission = Permission.ACCEPT_BATCH

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        comment = request.POST.get("return-reason", "").strip()
        intake.return_batch(by=self.actor, batch=self.load(), comment=comment)
        return HttpResponseRedirect(self.at("batch"))


class BatchDiscard(BatchPage):
    """Throw a draft away; the original stays kept."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        intake.discard_batch(by=self.actor, batch=self.load())
        return HttpResponseRedirect(reverse("web:imports"))


class BatchAgain(BatchPage):
    """Read the original of a failed batch again, as the form that a person names."""

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        failed = self.load()
        form_key = request.POST.get("form", "")
        if failed.state != Batch.State.FAILED or known_form(form_key) is None:
            raise Http404
        original = failed.original
        batch = intake.begin_batch(
            by=self.actor, path=originals.path_of(original), name=original.name, form_key=form_key
        )
        jobs.start_reading(by=self.actor, batch=batch)
        return HttpResponseRedirect(reverse("web:batch", args=[batch.pk]))


class BatchDone(BatchPage):
    """Step 4: what went in, what went back, and the way to the figures; and 撤销整批."""

    step = 4

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self.load()
        if batch.state not in (Batch.State.ACCEPTED, Batch.State.WITHDRAWN) or jobs.open_job(batch) is not None:
            return HttpResponseRedirect(self.at("batch"))
        return self._say(ReasonForm())

    def post(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Withdraw the whole batch, with a reason."""
        by = withdrawer(request)
        self.load(Batch.objects.for_actor(by).select_related("original", "created_by", "party"))
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._say(form)
        reason = form.cleaned_data["reason"]
        if self.batch.accepted > WITHDRAWN_AT_ONCE:
            jobs.start_withdrawing(by=by, batch=self.batch, reason=reason)
            return HttpResponseRedirect(self.at("batch"))
        intake.withdraw_batch(by=by, batch=self.batch, bindings=known_bindings(), reason=reason)
        return HttpResponseRedirect(self.at("batch-done"))

    def _say(self, form: ReasonForm) -> HttpResponse:
        batch = self.batch
        place = {batch.place_code: places.full_name(batch.place_code)} if batch.place_code else {}
        period = formats.period(batch.period_from, batch.period_to or batch.as_of)
        return self.show_step(
            "web/imports/done.html",
            compared=self._compared(),
            form=form,
            period=period,
            place=place.get(batch.place_code, ""),
            goes_back=batch.rejected,
            figures_query=f"?place={batch.place_code}" if batch.place_code else "",
            may_withdraw=may_settle(self.actor, batch) and batch.state == Batch.State.ACCEPTED,
            may_see_ledger=self.may(Permission.VIEW_LEDGER),
        )

    def _compared(self) -> dict[str, Any] | None:
        comparison = comparison_of(self.batch, self.actor)
        return compared(self.batch, comparison) if comparison.meets_the_books else None


def withdrawer(request: HttpRequest) -> Actor:
    """The actor with the grants that carry the withdrawal. Raises: NotPermitted."""
    return acting_with(request.actor, Permission.WITHDRAW_BATCH)  # type: ignore[attr-defined]


class BatchReturned(BatchPage):
    """The workbook with the rows that did not go in."""

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponseBase:
        batch = self.load()
        stem = Path(batch.original.name).stem
        form = known_form(batch.form_key)
        return sent_file(lambda path: returned.write(batch, path, form), _("%(name)s-退回.xlsx") % {"name": stem})


class BatchOriginal(BatchPage):
    """The original as it came."""

    def get(self, request: HttpRequest, batch_id: int) -> HttpResponseBase:
        batch = self.load()
        if not may_have_original(self.actor, batch):
            raise NotPermitted(_("原件里还有别的工作表，可能不属于您的范围；请向经办人索取，或看本批次的行。"))
        original = batch.original
        return FileResponse(originals.path_of(original).open("rb"), as_attachment=True, filename=original.name)


def sent_file(write: Any, name: str) -> FileResponse:
    """A file that is written now and goes with the answer."""
    with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
        path = Path(folder) / "out.xlsx"
        write(path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)  # unlinked, yet readable while open


class Tasks(Page):
    """Long work, running and done."""

    permission = Permission.DRAFT_IMPORT
    template_name = "web/tasks.html"
    title = gettext_lazy("任务")
    here = "web:tasks"

    def get(self, request: HttpRequest) -> HttpResponse:
        batches = {batch.pk: batch for batch in selectors.batches_for(self.actor).order_by("-id")[:200]}
        found = jobs.jobs_of(batches.values())
        rows = [
            {
                "job": job,
                "batch": batches[job.subject],
                "standing": progress.standing(job.subject) if job.is_open else None,
            }
            for job in found
        ]
        return self.show(
            "web/tasks_part.html" if self.is_part else "", rows=rows, is_busy=any(job.is_open for job in found)
        )
