"""Forms of one's own (自定义表): an unknown workbook is taught on one page, tried, kept, and read again with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.forms import forms_in_use, known_bindings
from xieshou.channels.statements import guesses, teaching
from xieshou.channels.statements.answers import (
    UNITS,
    WHAT_NAMES,
    Answers,
    ColumnAnswer,
    Made,
    What,
    form_of,
    unit_label,
)
from xieshou.channels.statements.measures import StatedMeasure
from xieshou.channels.statements.models import TaughtForm
from xieshou.channels.statements.selectors import known_measures, newest_taught
from xieshou.common import formats
from xieshou.common.errors import XieshouError
from xieshou.common.tables import Column, Filter, Table
from xieshou.intake import originals, returned
from xieshou.intake import services as intake
from xieshou.intake.forms import Basis
from xieshou.intake.models import Batch, Original
from xieshou.intake.periods import stated_in
from xieshou.intake.previews import Preview
from xieshou.intake.reading import Reading, SheetHead
from xieshou.intake.rules import column_letter
from xieshou.intake.selectors import may_have_original
from xieshou.ledger.measures import Addition
from xieshou.web import jobs, selectors
from xieshou.web.pages import Page

ROWS_SHOWN = 12
COLUMNS_AT_MOST = 200
SAMPLES_SHOWN = 3
FINDINGS_SHOWN = 20
BASIS_NAMES = {
    Basis.ASK: gettext_lazy("每次导入时问"),
    Basis.PERIOD: gettext_lazy("本期发生"),
    Basis.CUMULATIVE: gettext_lazy("累计至某日"),
}
ADDITION_NAMES = {
    Addition.FLOW: gettext_lazy("期内发生，可以相加"),
    Addition.STOCK: gettext_lazy("某日状况，以最新为准"),
}
_TONES = {TaughtForm.State.CURRENT: "green", TaughtForm.State.EARLIER: "grey", TaughtForm.State.RETIRED: "grey"}


class TaughtTable(Table):
    name = gettext_lazy("自定义表")  # type: ignore[assignment]
    columns = (
        Column(
            "name",
            gettext_lazy("表样"),
            lambda taught: taught.name,
            sort=("name",),
            main=True,
            link=lambda taught: reverse("web:teach-change", args=[taught.form_key]),
        ),
        Column("version", gettext_lazy("版本"), lambda taught: taught.version, sort=("version",), number=True),
        Column(
            "columns",
            gettext_lazy("列数"),
            lambda taught: len(taught.form["columns"]),
            number=True,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda taught: (_TONES[taught.state], taught.get_state_display()),
            sort=("state",),
            main=True,
            component="web/parts/state.html",
            export=lambda taught: taught.get_state_display(),
        ),
        Column("by", gettext_lazy("谁教的"), lambda taught: str(taught.created_by), beneath=True),
        Column(
            "at",
            gettext_lazy("时间"),
            lambda taught: formats.moment(taught.created_at),
            sort=("created_at",),
            beneath=True,
        ),
        Column(
            "steps",
            gettext_lazy("可做"),
            lambda taught: "",
            main=True,
            component="web/teaching/steps.html",
            export=lambda taught: "",
        ),
    )
    filters = (
        Filter(
            "state",
            gettext_lazy("状态"),
            lambda rows, value: rows.filter(state=value),
            choices=[
                (TaughtForm.State.CURRENT, gettext_lazy("使用中")),
                (TaughtForm.State.RETIRED, gettext_lazy("已停用")),
            ],
        ),
    )
    search = ("name",)
    search_hint = gettext_lazy("表样名称")
    default_sort = "-at"
    empty_title = gettext_lazy("还没有自定义表")
    empty_hint = gettext_lazy("把认不出的工作簿拖进“数据导入”，在它的页上点“教系统认识这张表”。")


class TaughtForms(Page):
    """The forms that the office has taught."""

    permission = Permission.TEACH_FORMS
    template_name = "web/teaching/list.html"
    title = gettext_lazy("自定义表")
    here = "web:imports"

    def get(self, request: HttpRequest) -> HttpResponse:
        table = TaughtTable(newest_taught(self.actor), request.GET)
        if request.GET.get("export"):
            return table.export(request.GET["export"])
        return self.show(table=table, trail=[(_("数据导入"), reverse("web:imports"))])


class RetireForm(Page):
    """Read no further workbook with a form."""

    permission = Permission.TEACH_FORMS
    here = "web:imports"

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        retired = teaching.retire_form(by=self.actor, key=key)
        messages.success(request, _("“%(name)s”已停用；已入账的批次不变。") % {"name": retired.name})
        return HttpResponseRedirect(reverse("web:taught-forms"))


class TeachPage(Page):
    """The page on which a workbook is taught: its grid, what each column is, a trial, and then the form is kept."""

    permission = Permission.TEACH_FORMS
    template_name = "web/teaching/teach.html"
    title = gettext_lazy("教系统认识这张表")
    here = "web:imports"
    batch: Batch | None = None
    taught: TaughtForm | None = None
    original: Original
    shows_rows = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.errors: dict[str, str] = {}
        self.tried: Preview | None = None
        self.refused = ""
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **what: Any) -> HttpResponse:
        self.find(**what)
        self.look(request.GET)
        return self.ask(self.first_answers())

    def post(self, request: HttpRequest, **what: Any) -> HttpResponse:
        """Guess again for other header lines, try the form, or keep it; nothing is kept before the last."""
        self.find(**what)
        self.look(request.POST)
        action = request.POST.get("action", "again")
        if action == "again" or request.POST.get("seen") != self.seen:
            return self.ask(self.guessed(request.POST.get("name", "").strip()))
        answers = self.answered()
        made = form_of(answers, self.measures)
        self.errors |= made.errors
        if self.errors:
            return self.ask(answers, made)
        try:
            self.tried = teaching.try_form(
                by=self.actor,
                form=made.form,
                bindings=self.bindings,
                original=self.original,
                measures=made.measures,
                sheet=self.sheet.name,
            )
            if action == "save" and self.tried.form_key == made.form.key:
                return self.keep(answers, made)
        except XieshouError as refusal:
            name = refusal.where.get("field")
            if name == "name":
                self.errors["name"] = refusal.message
            else:
                self.refused = refusal.message
        return self.ask(answers, made)

    def find(self, **what: Any) -> None:
        """The workbook and what is known of it; 404 for what the actor may not see."""
        raise NotImplementedError

    def look(self, chosen: Any) -> None:
        """Read the workbook's first rows; sheet and header as chosen, else as guessed."""
        with Reading(originals.path_of(self.original)) as reading:
            heads, _key = returned.without_key(reading.heads)
        self.heads = [head for head in heads if any(any(row) for row in head.head)]
        named = next((head for head in self.heads if head.name == chosen.get("sheet")), None)
        sheet = named or self.remembered_sheet() or guesses.sheet_of(self.heads)
        if sheet is None:
            raise Http404
        self.sheet: SheetHead = sheet
        first, last = guesses.header_lines(sheet)
        layout = self.taught.layout if self.taught is not None else {}
        if layout.get("sheet") == sheet.name:
            first, last = layout["first"], layout["last"]
        if named is not None and chosen.get("seen_sheet") in (None, sheet.name):
            first, last = _line(chosen.get("first"), first), _line(chosen.get("last"), last)
        self.first, self.last = min(first, last), max(first, last)
        if self.last > len(sheet.head):
            self.first, self.last = guesses.header_lines(sheet)
        if self.last - self.first >= guesses.HEADER_LINES:
            self.errors["header"] = _("表头最多 %(most)d 行；请重新选起止行。") % {"most": guesses.HEADER_LINES}
            self.first = self.last - guesses.HEADER_LINES + 1
        self.titles = guesses.titles_above(sheet, self.first)
        self.bindings = known_bindings()
        self.measures: Mapping[str, StatedMeasure] = known_measures()

    def remembered_sheet(self) -> SheetHead | None:
        layout = self.taught.layout if self.taught is not None else {}
        return next((head for head in self.heads if head.name == layout.get("sheet")), None)

    @property
    def seen(self) -> str:
        """Which lines the columns on the page come from."""
        return f"{self.sheet.name}|{self.first}|{self.last}"

    def guessed(self, name: str = "") -> Answers:
        title = name or guesses.name_in(self.titles, self.sheet.name)[:60]
        stated = stated_in(self.titles, self.sheet.name, self.original.name)
        columns = guesses.columns_of(self.sheet, self.first, self.last, self.measures, title)[:COLUMNS_AT_MOST]
        words = tuple(word for word in (guesses.name_in(self.titles, ""),) if word)
        return Answers(title, columns, words, Basis(stated.basis or Basis.ASK), key=self.replaces)

    def first_answers(self) -> Answers:
        return self.guessed()

    @property
    def replaces(self) -> str:
        """The form that a new version is made of, empty for a new form."""
        return self.taught.form_key if self.taught is not None else self.request.POST.get("replaces", "")

    def answered(self) -> Answers:
        """What the page was answered, column by column of the header that it showed."""
        posted = self.request.POST
        columns = tuple(self._column(answer) for answer in self.guessed().columns)
        words = posted.get("title_words", "").replace("，", "、").replace(",", "、").split("、")
        basis = posted.get("basis", "")
        return Answers(
            name=posted.get("name", "").strip(),
            columns=columns,
            title_words=tuple(word.strip() for word in words if word.strip()),
            basis=Basis(basis) if basis in BASIS_NAMES else Basis.ASK,
            key=self.replaces,
            source=self.original.name,
        )

    def _column(self, guess: ColumnAnswer) -> ColumnAnswer:
        def said(name: str) -> str:
            return self.request.POST.get(f"{name}-{guess.index}", "").strip()

        return ColumnAnswer(
            index=guess.index,
            path=guess.path,
            what=What(said("what")) if said("what") in WHAT_NAMES else What.SKIP,
            measure=said("measure"),
            unit=said("unit") if said("unit") in UNITS else "item",
            addition=Addition(said("addition")) if said("addition") in ADDITION_NAMES else Addition.FLOW,
            definition=said("definition"),
            is_key=bool(said("key")),
        )

    def keep(self, answers: Answers, made: Made) -> HttpResponse:
        """Keep the form, and read the batch again with it."""
        layout = {"sheet": self.sheet.name, "first": self.first, "last": self.last}
        kept: dict[str, Any] = {
            "by": self.actor,
            "form": made.form,
            "measures": made.measures,
            "layout": layout,
            "sample": self.original,
        }
        if answers.key:
            taught = teaching.change_form(key=answers.key, **kept)
        else:
            known = [binding.form for binding in self.bindings]
            taught = teaching.teach_form(known=known, **kept)
        messages.success(self.request, _("学会了：“%(name)s”，以后自动认出。") % {"name": taught.name})
        return HttpResponseRedirect(self.after(taught))

    def after(self, taught: TaughtForm) -> str:
        return reverse("web:taught-forms")

    def ask(self, answers: Answers, made: Made | None = None) -> HttpResponse:
        made = made or form_of(answers, self.measures)
        forms = forms_in_use(self.bindings)
        nearest = teaching.nearest_form(made.form, list(forms.values()))
        stated = stated_in(self.titles, self.sheet.name, self.original.name)
        other = ""
        if self.tried is not None and self.tried.form_key != made.form.key:
            other = self.tried.form_name
        return self.show(
            trail=[(_("数据导入"), reverse("web:imports")), (_("自定义表"), reverse("web:taught-forms"))],
            original=self.original,
            batch=self.batch,
            taught=self.taught,
            sheets=[head.name for head in self.heads],
            sheet=self.sheet,
            first=self.first,
            last=self.last,
            seen=self.seen,
            letters=[column_letter(index) for index in range(min(self.sheet.width, COLUMNS_AT_MOST))],
            grid=self.grid(),
            answers=answers,
            title_words="、".join(answers.title_words),
            columns=self.shown_columns(answers, made),
            replaced=[] if self.taught else newest_taught(self.actor),
            nearest=nearest[0] if nearest is not None and not answers.key else None,
            period=formats.period(stated.first, stated.last) if stated.last else "",
            basis_names=BASIS_NAMES.items(),
            what_names=WHAT_NAMES.items(),
            unit_names=[(key, unit.name) for key, unit in UNITS.items()],
            addition_names=ADDITION_NAMES.items(),
            measure_names=sorted({one.name for one in self.measures.values() if not one.coded}),
            errors=self.errors,
            refused=self.refused,
            tried=self.tried,
            other=other,
            trial_rows=self.trial_rows(),
            findings=self.tried.findings[:FINDINGS_SHOWN] if self.tried else (),
        )

    def grid(self) -> list[dict[str, Any]]:
        rows = self.sheet.head[: max(ROWS_SHOWN, self.last + SAMPLES_SHOWN)]
        if not self.shows_rows:
            rows = rows[: self.last]
        return [
            {"number": number, "cells": row[:COLUMNS_AT_MOST], "is_header": self.first <= number <= self.last}
            for number, row in enumerate(rows, start=1)
        ]

    def shown_columns(self, answers: Answers, made: Made) -> Sequence[dict[str, Any]]:
        return [
            {
                "answer": answer,
                "letter": column_letter(answer.index),
                "heading": " / ".join(text.strip() for text in answer.path),
                "samples": self._samples(answer.index),
                "known": made.known.get(answer.index),
                "known_unit": unit_label(made.known[answer.index]) if answer.index in made.known else "",
                "errors": {
                    name: words
                    for name in ("what", "measure", "definition")
                    if (words := self.errors.get(f"{name}-{answer.index}"))
                },
            }
            for answer in answers.columns
        ]

    def _samples(self, index: int) -> str:
        if not self.shows_rows:
            return ""
        rows = self.sheet.head[self.last :]
        values = dict.fromkeys(row[index].strip() for row in rows if index < len(row) and row[index].strip())
        return "、".join(list(values)[:SAMPLES_SHOWN])

    def trial_rows(self) -> list[dict[str, Any]]:
        if self.tried is None or not self.shows_rows:
            return []
        return [{"row": row.row, "state": row.state, "cells": row.cells} for row in self.tried.first_rows[:ROWS_SHOWN]]


class TeachBatch(TeachPage):
    """Teach the workbook of a batch."""

    def find(self, **what: Any) -> None:
        found: QuerySet[Batch] = selectors.batches_for(self.actor).filter(pk=what["batch_id"])
        self.batch = found.select_related("original", "party", "created_by").first()
        if self.batch is None or not may_have_original(self.actor, self.batch):
            raise Http404
        self.original = self.batch.original

    def after(self, taught: TaughtForm) -> str:
        """The batch is read again with the form, as a batch of its own; the failed one leaves the list."""
        assert self.batch is not None
        again = intake.begin_batch(
            by=self.actor,
            path=originals.path_of(self.original),
            name=self.original.name,
            form_key=taught.form_key,
            sheet=self.sheet.name,
        )
        if self.batch.state == Batch.State.FAILED:
            intake.discard_batch(by=self.actor, batch=self.batch)
        jobs.start_reading(by=self.actor, batch=again)
        return reverse("web:batch", args=[again.pk])


class TeachChange(TeachPage):
    """Make a new version of a taught form, on the workbook that it was taught on."""

    title = gettext_lazy("改自定义表")

    def find(self, **what: Any) -> None:
        taught = TaughtForm.objects.for_actor(self.actor).filter(form_key=what["key"]).order_by("-version").first()
        if taught is None or taught.sample is None:
            raise Http404
        self.taught, self.original = taught, taught.sample
        # The sample may hold persons of places that this office does not see: then its header is all that is shown.
        batches = selectors.batches_for(self.actor).filter(original=taught.sample)
        self.shows_rows = any(may_have_original(self.actor, batch) for batch in batches[:20])

    def first_answers(self) -> Answers:
        """The form as it stands, laid on the sample's columns."""
        assert self.taught is not None
        form = self.taught.as_form()
        guessed = self.guessed(form.name)
        stated = {(column.name, column.under): column for column in form.columns}
        columns = tuple(self._as_taught(guess, stated, form.row_key) for guess in guessed.columns)
        return Answers(form.name, columns, form.title_words, form.basis, key=form.key)

    def _as_taught(self, guess: ColumnAnswer, stated: Mapping[Any, Any], row_key: Sequence[str]) -> ColumnAnswer:
        column = stated.get((guess.heading.strip(), tuple(text.strip() for text in guess.path[:-1])))
        return guesses.as_taught(guess, column, self.measures, row_key)


def _line(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else otherwise
