"""The same form as a page (网页填报): one record typed in, checked as a workbook is, a batch like any other."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.forms import known_bindings
from xieshou.common.errors import XieshouError
from xieshou.common.forms import PageForm
from xieshou.common.templatetags.components import parens
from xieshou.intake import entered, originals
from xieshou.intake import services as intake
from xieshou.intake.forms import Column, ColumnType, Form, Severity
from xieshou.intake.models import Batch
from xieshou.intake.previews import Preview
from xieshou.programme.selectors import programmes_for
from xieshou.web import frame
from xieshou.web.forms import BatchFactsForm, SuggestingInput
from xieshou.web.pages import Page
from xieshou.web.views.imports import known_form

_LONG_TEXT = 200  # characters, from which on a field has several lines
_KEYBOARDS = {
    ColumnType.MONEY: "decimal",
    ColumnType.QUANTITY: "decimal",
    ColumnType.PERCENT: "decimal",
    ColumnType.INTEGER: "numeric",
    ColumnType.PHONE: "tel",
}


class RecordForm(PageForm):
    """One record of a form. What a cell may hold is the engine's to say; here only what must be there."""

    def __init__(self, *args: Any, of: Form, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "cell"} | kwargs)
        for column in entered.typed_columns(of):
            self.fields[column.key] = _field(column)


def _field(column: Column) -> forms.Field:
    unit = parens(_(column.unit or "元")) if column.type is ColumnType.MONEY and "元" not in column.label else ""
    common: dict[str, Any] = {
        "label": f"{column.label}{unit}",
        "required": column.filled,
        "help_text": _("必填") if column.filled else "",
    }
    if column.type is ColumnType.CODE:
        words = [words[0] if words else code for code, words in column.codes.items()]
        return forms.ChoiceField(choices=[("", "–"), *((word, word) for word in words)], **common)
    if column.type is ColumnType.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if column.type is ColumnType.PARTY:
        return forms.CharField(max_length=500, widget=SuggestingInput("web:scope-parties"), **common)
    if column.max_length > _LONG_TEXT:
        return forms.CharField(max_length=column.max_length, widget=forms.Textarea(attrs={"rows": 3}), **common)
    attributes = {"inputmode": _KEYBOARDS[column.type]} if column.type in _KEYBOARDS else {}
    return forms.CharField(max_length=column.max_length, widget=forms.TextInput(attrs=attributes), **common)


class FillForm(Page):
    """A form with one empty record."""

    permission = Permission.DRAFT_IMPORT
    template_name = "web/imports/fill.html"
    here = "web:imports"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        form = self._form(key)
        return self._ask(form, RecordForm(of=form), self._facts())

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Check the record; what cannot be taken in is said beside its field, and nothing is kept of it."""
        form = self._form(key)
        record, facts = RecordForm(request.POST, of=form), self._facts(request.POST)
        if not (record.is_valid() and facts.is_valid()):
            return self._ask(form, record, facts)
        try:
            batch = self._drafted(form, record.cleaned_data, facts.cleaned_data)
        except XieshouError as refusal:
            facts.refuse(refusal)
            return self._ask(form, record, facts)
        preview = intake.preview(by=self.actor, batch=batch, bindings=known_bindings())
        if batch.accepted and not preview.period_needed:
            return HttpResponseRedirect(reverse("web:batch-rows", args=[batch.pk]))
        _say_beside_fields(record, facts, preview)
        _forget(self.actor, batch)
        return self._ask(form, record, facts)

    def _form(self, key: str) -> Form:
        form = known_form(key)
        if form is None:
            raise Http404
        return form

    def _facts(self, data: Any = None) -> BatchFactsForm:
        return BatchFactsForm(
            data,
            programmes=programmes_for(self.actor),
            actor=self.actor,
            initial={"period": frame.scope_of(self.request).year},
        )

    def _drafted(self, form: Form, values: dict[str, str], facts: dict[str, Any]) -> Batch:
        name = _("%(form)s-网页填报.xlsx") % {"form": form.name}
        with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
            path = entered.write(form, values, Path(folder) / "entered.xlsx")
            batch = intake.begin_batch(
                by=self.actor,
                path=path,
                name=name,
                form_key=form.key,
                period=facts["period"] or None,
                as_of=facts["as_of"],
                basis=facts["basis"] or None,
                programme_id=facts["programme"].pk if facts["programme"] else None,
            )
        try:
            return intake.read_batch(by=self.actor, batch=batch, bindings=known_bindings())
        except XieshouError:
            _forget(self.actor, batch)
            raise

    def _ask(self, form: Form, record: RecordForm, facts: BatchFactsForm) -> HttpResponse:
        return self.show(
            title=form.label,
            trail=[(_("数据导入"), reverse("web:imports"))],
            form=form,
            record=record,
            facts=facts,
        )


def _say_beside_fields(record: RecordForm, facts: BatchFactsForm, preview: Preview) -> None:
    """What the engine found wrong, beside the field that it is about, else above the form."""
    for finding in preview.findings:
        if finding.severity is Severity.ERROR or (finding.severity is Severity.WARNING and not preview.accepted):
            record.add_error(finding.column if finding.column in record.fields else None, finding.message)
    if preview.period_needed:
        facts.add_error("as_of", _("请说明金额算到哪一天，或是哪一期的。"))


def _forget(actor: Any, batch: Batch) -> None:
    original = batch.original
    intake.discard_batch(by=actor, batch=batch)
    originals.erase(original)
