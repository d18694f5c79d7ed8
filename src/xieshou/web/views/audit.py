"""The audit reader (报告审核): a text in, the same text out with every figure marked; what was kept and closed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import NotPermitted, XieshouError
from xieshou.common.tables import Column, Table
from xieshou.places import selectors as places
from xieshou.reports.audit import printed, services
from xieshou.reports.audit.claims import Verdict
from xieshou.reports.audit.errors import NoText
from xieshou.reports.audit.findings import Finding, label_of, ledger_sentence
from xieshou.reports.audit.marks import SIGNS, TONES, MarkedText, Shown, marked, words
from xieshou.reports.audit.models import Clarification, SavedText
from xieshou.reports.audit.selectors import clarified, saved_texts_for
from xieshou.reports.audit.services import Audited
from xieshou.reports.audit.texts import reading
from xieshou.reports.audit.texts.reading import Document, DocumentKind
from xieshou.reports.audit.verdicts import CONFIRMING, LedgerVerdict
from xieshou.web.forms import AuditForm, ClarifyForm
from xieshou.web.pages import Page

MOST_CHARACTERS_ON_A_PAGE = 400_000  # a page of more is no help to its reader; the command line takes any length
FILES_BESIDE = 6
MOST_BORNE_OUT = 6
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class SavedTextTable(Table):
    name = gettext_lazy("保存的稿子")  # type: ignore[assignment]
    columns = (
        Column(
            "title",
            gettext_lazy("标题"),
            lambda saved: saved.title,
            sort=("title",),
            main=True,
            link=lambda saved: reverse("web:audit", args=[saved.pk]),
            wide=True,
        ),
        Column("characters", gettext_lazy("字数"), lambda saved: saved.characters, sort=("characters",), number=True),
        Column("kind", gettext_lazy("来自"), lambda saved: saved.document_name or _("粘贴或文本"), beneath=True),
        Column("by", gettext_lazy("保存人"), lambda saved: str(saved.saved_by), sort=("saved_by__username",)),
        Column(
            "at",
            gettext_lazy("保存时间"),
            lambda saved: formats.moment(saved.saved_at),
            sort=("saved_at",),
            main=True,
        ),
    )
    search = ("title", "document_name")
    search_hint = gettext_lazy("标题")
    default_sort = "-at"
    empty_title = gettext_lazy("还没有保存过稿子")
    empty_hint = gettext_lazy("审核过的稿子默认不留存；在审核结果里点“保存这一稿”，它就列在这里，下次可拿来对照。")


class AuditPage(Page):
    """Base of the pages that draw an audit."""

    permission = Permission.VIEW_FIGURES
    here = "web:audits"
    title = gettext_lazy("报告审核")

    def draw(self, audited: Audited, document: Document, **context: Any) -> HttpResponse:
        """The reader: text, marks, findings. saved: where the text is kept, None for one that is not."""
        text = marked(audited.audit, audited.findings)
        details = [_detail(each, audited) for each in text.shown.values()]
        open_count = sum(finding.is_open for finding in text.findings)
        return self.show(
            "web/audit/reader.html",
            text=text,
            details=details,
            findings=[_finding(finding, audited) for finding in text.findings],
            open_count=open_count,
            summary=_summary(audited, text),
            remarks=audited.audit.remarks,
            document=document,
            words=words(),
            may_clarify=self.may(Permission.SAVE_SCOPE),
            **({"saved": None, "trail": [(_("报告审核"), reverse("web:audits"))]} | context),
        )

    def audited(self, document: Document, others: Sequence[tuple[str, Document]] = ()) -> Audited:
        """The audit of a document that a page can show. Raises: NoText, before the work, for one that is too long."""
        for text in (document.text, *(other.text for _name, other in others)):
            if len(text) > MOST_CHARACTERS_ON_A_PAGE:
                raise NoText(
                    _("这份材料有 %(count)d 字，页面上看不过来；请拆成几份，或用命令 xieshou audit 审核。")
                    % {"count": len(text)}
                )
        return services.audit_document(actor=self.actor, document=document, figures=known_figures(), others=others)

    def saved(self, text_id: int | None) -> SavedText:
        """A saved text, or 404 also where it exists but is not the actor's to see."""
        found = saved_texts_for(self.actor).defer(None).filter(pk=text_id or 0).first()
        if found is None:
            raise Http404
        return found


class Audits(AuditPage):
    """Paste or drop a text; below, the texts that were kept."""

    template_name = "web/audit/start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._start(AuditForm(saved=saved_texts_for(self.actor)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Audit what was pasted or dropped. Nothing is kept."""
        form = AuditForm(request.POST, request.FILES, saved=saved_texts_for(self.actor))
        if not form.is_valid():
            return self._start(form)
        file = form.cleaned_data["file"]
        try:
            with dropped(file) as path:
                document = self._document(path, form)
                if "returned" in request.POST and path is not None:
                    return self._returned(document, path, form)
            others = self._others(form)
            audited = self.audited(document, others)
        except XieshouError as refusal:
            form.refuse(refusal)
            return self._start(form)
        title = form.cleaned_data["title"] or (Path(file.name or "").name if file else "")
        return self.draw(
            audited, document, title=title or _("审核结果"), name=title, others=[name for name, _d in others]
        )

    def _start(self, form: AuditForm) -> HttpResponse:
        table = SavedTextTable(saved_texts_for(self.actor), self.request.GET, may_export=False)
        return self.show(form=form, table=table)

    def _document(self, path: Path | None, form: AuditForm) -> Document:
        if path is not None:
            return reading.read_document(path, name=form.cleaned_data["file"].name or "")
        return reading.read_pasted(form.cleaned_data["text"])

    def _returned(self, document: Document, path: Path, form: AuditForm) -> HttpResponse:
        if document.kind is not DocumentKind.WORD:
            raise NoText(_("带批注退回只能用于 .docx；请另存为 .docx，或直接看审核结果。"), field="file")
        audited = self.audited(document, self._others(form))
        return commented(audited, path, Path(form.cleaned_data["file"].name or "").stem)

    def _others(self, form: AuditForm) -> list[tuple[str, Document]]:
        """The texts to compare with: dropped ones, and saved ones."""
        others = []
        for file in form.cleaned_data["against"][:FILES_BESIDE]:
            with dropped(file) as path:
                assert path is not None
                others.append((Path(file.name or "").name, reading.read_document(path, name=file.name or "")))
        for saved in form.cleaned_data["beside"]:
            whole = self.saved(saved.pk)
            others.append((whole.title, _document_of(whole)))
        return others


class AuditSaved(AuditPage):
    """A text that was kept, audited anew; `?beside=` compares it with others that were kept."""

    def get(self, request: HttpRequest, text_id: int) -> HttpResponse:
        saved = self.saved(text_id)
        beside = [self.saved(key_in(key)) for key in request.GET.getlist("beside")[:FILES_BESIDE]]
        document = _document_of(saved)
        others = [(each.title, _document_of(each)) for each in beside]
        audited = self.audited(document, others)
        return self.draw(
            audited,
            document,
            title=saved.title,
            name=saved.title,
            saved=saved,
            may_delete=_may_delete(self.actor.user_id, saved, sees_everything=self.actor.sees_everything),
            others=[name for name, _document in others],
            to_compare=saved_texts_for(self.actor).exclude(pk__in=[saved.pk, *(each.pk for each in beside)])[:50],
        )


class AuditSave(AuditPage):
    """Keep a text that was audited."""

    def post(self, request: HttpRequest) -> HttpResponse:
        document = reading.read_pasted(request.POST.get("text", ""))
        saved = services.save_text(by=self.actor, title=request.POST.get("title", ""), document=document)
        return HttpResponseRedirect(reverse("web:audit", args=[saved.pk]))


class AuditKeep(AuditPage):
    """Keep a text together with the Word file that it comes from, and audit it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            return HttpResponseRedirect(reverse("web:audits"))
        name = Path(file.name or "").name
        with dropped(file) as path:
            assert path is not None
            document = reading.read_document(path, name=name)
            saved = services.save_text(
                by=self.actor,
                title=request.POST.get("title", ""),
                document=document,
                original=path.read_bytes(),
                name=name,
            )
        return HttpResponseRedirect(reverse("web:audit", args=[saved.pk]))


class AuditDelete(AuditPage):
    """Delete a kept text for good."""

    def post(self, request: HttpRequest, text_id: int) -> HttpResponse:
        saved = self.saved(text_id)
        if not _may_delete(self.actor.user_id, saved, sees_everything=self.actor.sees_everything):
            raise NotPermitted(_("只有保存它的人和帮扶办可以删除这一稿。"))
        services.delete_text(by=self.actor, saved=saved)
        return HttpResponseRedirect(reverse("web:audits"))


class AuditReturned(AuditPage):
    """The drafter's own Word file of a kept text, with comments."""

    def get(self, request: HttpRequest, text_id: int) -> HttpResponse:
        saved = self.saved(text_id)
        if saved.document is None:
            raise Http404
        document = _document_of(saved)
        audited = self.audited(document)
        with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
            path = Path(folder) / "original.docx"
            path.write_bytes(bytes(saved.document))
            return commented(audited, path, Path(saved.document_name).stem)


class AuditPrinted(AuditPage):
    """The audit as one HTML file, for sending on and printing: of a kept text (GET), or of the one just read (POST)."""

    def get(self, request: HttpRequest, text_id: int) -> HttpResponse:
        saved = self.saved(text_id)
        return self._file(_document_of(saved), saved.title)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._file(reading.read_pasted(request.POST.get("text", "")), request.POST.get("title", ""))

    def _file(self, document: Document, title: str) -> HttpResponse:
        audited = self.audited(document)
        title = title.strip()[:200] or _("报告审核")
        text = marked(audited.audit, audited.findings)
        page = printed.page(audited.audit, text, title=title, language=get_language() or "zh-hans")
        return attachment(page.encode(), f"{title}.html", "text/html; charset=utf-8")


class AuditClarify(AuditPage):
    """Close a finding with a 口径说明; answers with the finding as it stands then."""

    permission = Permission.SAVE_SCOPE

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ClarifyForm(request.POST)
        if form.is_valid():
            try:
                clarification = services.clarify(by=self.actor, **form.cleaned_data)
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                page = self.show("web/audit/clarified.html", clarification=clarified(clarification))
                return _told(page, "clarified", clarification)
        return self.show(
            "web/audit/clarify.html", form=form, key=request.POST.get("key", ""), about=form.data.get("about")
        )


class AuditReopen(AuditPage):
    """Take a 口径说明 back."""

    permission = Permission.SAVE_SCOPE

    def post(self, request: HttpRequest, clarification_id: int) -> HttpResponse:
        rows: QuerySet[Clarification] = Clarification.objects.for_actor(self.actor)
        clarification = rows.filter(pk=clarification_id).first()
        if clarification is None:
            raise Http404
        services.reopen(by=self.actor, clarification=clarification)
        page = self.show("web/audit/clarify.html", form=ClarifyForm(), key=clarification.key, about=clarification.about)
        return _told(page, "reopened", clarification)


def _told(page: HttpResponse, event: str, clarification: Clarification) -> HttpResponse:
    """Let the reader's marks know which finding changed."""
    page["HX-Trigger"] = f'{{"{event}": {{"key": "{clarification.key}"}}}}'
    return page


@contextmanager
def dropped(file: UploadedFile[bytes] | None) -> Iterator[Path | None]:
    """An uploaded file as a path while it is read; it is gone afterwards. None for none."""
    if file is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="xieshou-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for part in file.chunks():
                target.write(part)
        yield path


def commented(audited: Audited, original: Path, name: str) -> HttpResponse:
    """The Word file with comments, as a download."""
    out = original.with_name("returned.docx")
    services.write_returned(audited=audited, original=original, out=out)
    return attachment(out.read_bytes(), _("%(name)s（审核批注）.docx") % {"name": name or _("报告")}, WORD_TYPE)


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def _document_of(saved: SavedText) -> Document:
    kind = DocumentKind.WORD if saved.document_name else DocumentKind.TEXT
    return Document(text=saved.text, kind=kind, encoding=saved.encoding)


def _may_delete(user_id: int, saved: SavedText, *, sees_everything: bool) -> bool:
    return sees_everything or saved.saved_by_id == user_id


def _summary(audited: Audited, text: MarkedText) -> str:
    figures = len(text.shown)
    return ngettext("%(count)d 个数字", "%(count)d 个数字", figures) % {"count": figures}


def _finding(finding: Finding, audited: Audited) -> dict[str, Any]:
    claim = audited.audit.claim(finding.claims[0])
    text = audited.audit.text[claim.quantity.start : claim.quantity.end]
    return {
        "finding": finding,
        "tone": TONES[finding.verdict] if finding.is_open else "gray",
        "sign": SIGNS[finding.verdict],
        "word": words()[finding.verdict.value] if finding.is_open else words()["clarified"],
        "text": text,
        "claim": claim.id,
        "about": " ".join((label_of(claim), text, claim.period, claim.place)).strip()[:300],
    }


def _detail(shown: Shown, audited: Audited) -> dict[str, Any]:
    """What opens beside the text when a figure is clicked."""
    claim = shown.mark.claim
    ledger = shown.mark.ledger
    return {
        "shown": shown,
        "text": audited.audit.text[claim.quantity.start : claim.quantity.end],
        "label": claim.label,
        "facts": [
            (name, value)
            for name, value in (
                (_("时期"), claim.period),
                (_("地点"), claim.place),
                (_("主体"), claim.actor),
                (_("所计"), claim.quantity.noun),
            )
            if value
        ],
        "ledger": ledger,
        "ledger_sentence": ledger_sentence(ledger) if ledger else "",
        "ledger_is_finding": ledger is not None and ledger.verdict in (Verdict.DIFFERS, Verdict.DEFINITION),
        "ledger_word": words()[ledger.verdict.value] if ledger else "",
        "ledger_sign": SIGNS[ledger.verdict] if ledger else "",
        "ledger_tone": TONES[ledger.verdict] if ledger else "",
        "traces": _traces(ledger) if ledger and ledger.entries else [],
        "findings": [_finding(finding, audited) for finding in shown.findings],
        "borne_out": [relation.message for relation in shown.mark.relations if relation.status in CONFIRMING][
            :MOST_BORNE_OUT
        ],
    }


def _traces(ledger: LedgerVerdict) -> list[tuple[str, str]]:
    """Where the entries behind the books' value are: a name for each place of a sum, "" where there is one scope."""
    codes = [scope.get("place", "") for scope in ledger.scopes]
    names = places.names(codes) if len(codes) > 1 else {}
    page = reverse("web:figure-trace", args=[ledger.figure])
    # Parts that the scope leaves open must not be filled from the frame.
    blank = {"place": "", "party": "", "year": ""}
    return [
        (names.get(code, ""), f"{page}?{urlencode({**blank, **scope})}")
        for code, scope in zip(codes, ledger.scopes, strict=True)
    ]
