"""Reports (报告): the templates, a preview whose numbers open their records, files, and published files asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.sources import SOURCES
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.parties.models import Party
from xieshou.parties.selectors import party_seen
from xieshou.places import selectors as places
from xieshou.places.selectors import place_at
from xieshou.programme.selectors import programmes_for
from xieshou.reports.documents import keeping, selectors
from xieshou.reports.documents.builtin.catalogue import TEMPLATES, Template
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.errors import ReportRefused
from xieshou.reports.documents.models import WordTemplate
from xieshou.reports.documents.services import make_report, render, wants_entries
from xieshou.reports.documents.verification import CITATION_STATE_NAMES, CitationState, Verified, verify_file
from xieshou.reports.documents.word_templates.services import render_template
from xieshou.web import frame
from xieshou.web.cited import parts_of, trace_address
from xieshou.web.errors import NothingUploaded
from xieshou.web.pages import Page, ScopedPage

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
KIND_NAMES = (("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel"), ("html", "HTML"), ("md", "Markdown"))
TONES = {
    CitationState.SAME: "green",
    CitationState.ENTRIES: "amber",
    CitationState.RESTATED: "red",
    CitationState.REDEFINED: "amber",
    CitationState.ALTERED: "red",
    CitationState.EDITED: "red",
    CitationState.UNREADABLE: "blue",
}
FILE = ".docx,.pdf,.html,.htm,.xlsx,.md"
MOST_VERIFIED_BYTES = 50 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for, from the address over the frame; what cannot be read is refused with its option."""

    wanted: Wanted
    head: str
    options: Mapping[str, str]

    @classmethod
    def of(cls, page: ScopedPage) -> Asked:
        given = page.request.GET
        options = {**page.scope.as_options(), **{key: given[key].strip() for key in given if key in _OPTIONS}}
        options = {key: value for key, value in options.items() if value}
        year = options.setdefault("year", str(timezone.localdate().year - 1))
        wanted = Wanted(
            year=_whole("year", year, frame.FIRST_YEAR, frame.LAST_YEAR) or 0,
            quarter=_whole("quarter", options.get("quarter", ""), 1, 4),
            month=None if options.get("quarter") else _whole("month", options.get("month", ""), 1, 12),
            place=place_at(options["place"]).code if options.get("place") else "",
            party=party_seen(options["party"], actor=page.actor).pk if options.get("party") else None,
            programme=_programme(page, options.get("programme", "")),
        )
        return cls(wanted, options.get("head", ""), options)

    @property
    def query(self) -> str:
        return urlencode(self.options)


_OPTIONS = ("place", "party", "programme", "year", "quarter", "month", "head")


def _whole(option: str, text: str, least: int, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and least <= int(text) <= most):
        raise ReportRefused(
            _("“%(value)s”不能用；请写 %(least)d 到 %(most)d 之间的数。")
            % {"value": text, "least": least, "most": most},
            option=option,
        )
    return int(text)


def _programme(page: ScopedPage, text: str) -> int | None:
    """Raises: ReportRefused, for one that there is not: without it the report would tell of all of them."""
    if not text:
        return None
    number = key_in(text)
    if number is None or not programmes_for(page.actor).filter(pk=number).exists():
        raise ReportRefused(_("没有编号为“%(text)s”的项目群；请重新选择。") % {"text": text[:20]}, option="programme")
    return number


class Reports(ScopedPage):
    """The templates of the system and of the users, and the place for a published file that is to be checked."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/reports/list.html"
    title = pgettext_lazy("导航", "报告")
    here = "web:reports"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            templates=TEMPLATES,
            own=list(selectors.newest_templates(self.actor)),
            query=self.scope.query,
            may_make=self.may(Permission.EXPORT),
            may_keep=self.may(Permission.SAVE_SCOPE),
            accepted=FILE,
        )


class ReportPage(ScopedPage):
    """One report: what it is asked for at once, its text as soon as it is made; every number opens its records."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/reports/report.html"
    here = "web:reports"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        template = template_or_404(key)
        trail = [(pgettext("导航", "报告"), reverse("web:reports") + self.scope.query)]
        if self.is_part:
            return self._text(template)
        try:
            asked, refusal = Asked.of(self), ""
        except XieshouError as wrong:
            asked, refusal = None, wrong.message
        options = asked.options if asked else {name: request.GET.get(name, "") for name in _OPTIONS}
        return self.show(
            title=template.name,
            trail=trail,
            about=template.about,
            refusal=refusal,
            address=f"{request.path}?{asked.query}" if asked else "",
            files=files_of(template, asked) if asked and self.may(Permission.EXPORT) else [],
            **asking_form(self, template.period, options),
        )

    def _text(self, template: Template) -> HttpResponse:
        asked = Asked.of(self)
        document = make_report(
            actor=self.actor, template=template, wanted=asked.wanted, figures=known_figures(), head=asked.head or None
        )
        return self.show(
            "web/reports/text.html",
            document=document,
            parts=parts_of(document, asked.head),
            count=len(document.citations),
        )


class ReportFile(ScopedPage):
    """A report as a file, 报送稿 or 核数稿."""

    permission = Permission.EXPORT
    here = "web:reports"

    def get(self, request: HttpRequest, key: str, kind: str) -> HttpResponse:
        template = template_or_404(key)
        if kind not in CONTENT_TYPES:
            raise Http404
        asked, annex = Asked.of(self), "annex" in request.GET
        document = make_report(
            actor=self.actor,
            template=template,
            wanted=asked.wanted,
            figures=known_figures(),
            head=asked.head or None,
            with_entries=wants_entries(kind, annex=annex),
        )
        name = f"{document.title}{_('（核数稿）') if annex else ''}.{kind}"
        return sent(render(document, kind, annex=annex), name, kind)


class ReportVerify(Page):
    """A published file asked again: which of its numbers were restated since, and by which entries."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/reports/verify.html"
    title = gettext_lazy("核对已发布的报告")
    here = "web:reports"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            file = uploaded(request, "file")
            found = verify_file(
                actor=self.actor, name=file.name or "", data=file.read(), figures=known_figures(), sources=SOURCES
            )
        except XieshouError as refusal:
            return self._shown(refusal=refusal.message)
        return self._shown(
            file_name=file.name,
            found=found,
            changed=[result_of(each) for each in found.changed],
            unchanged=[result_of(each) for each in found.results if not each.changed],
        )

    def _shown(self, **context: Any) -> HttpResponse:
        return self.show(trail=[(pgettext("导航", "报告"), reverse("web:reports"))], accepted=FILE, **context)


class TemplateAdd(Page):
    """Keep a Word template, or its next version."""

    permission = Permission.SAVE_SCOPE
    template_name = "web/reports/added.html"
    title = gettext_lazy("上传自有模板")
    here = "web:reports"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(trail=[(pgettext("导航", "报告"), reverse("web:reports"))])

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            file = uploaded(request, "file")
            kept = keeping.keep_template(by=self.actor, name=file.name or "", data=file.read())
        except XieshouError as refusal:
            return self.show(trail=[(pgettext("导航", "报告"), reverse("web:reports"))], refusal=refusal.message)
        return HttpResponseRedirect(reverse("web:report-template", args=[kept.pk]))


class TemplatePage(ScopedPage):
    """One kept template: try it in a scope, its versions, its file."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/reports/template.html"
    here = "web:reports"

    def get(self, request: HttpRequest, template_id: int, refusal: str = "") -> HttpResponse:
        kept = template_kept(self, template_id)
        try:
            asked = Asked.of(self)
        except XieshouError as wrong:
            asked, refusal = None, refusal or wrong.message
        options = asked.options if asked else {name: request.GET.get(name, "") for name in _OPTIONS}
        return self.show(
            title=kept.name,
            trail=[(pgettext("导航", "报告"), reverse("web:reports") + self.scope.query)],
            kept=kept,
            versions=list(selectors.templates_for(self.actor).filter(name=kept.name)),
            refusal=refusal,
            may_make=self.may(Permission.EXPORT),
            may_delete=self.may(Permission.SAVE_SCOPE),
            **asking_form(self, "month", options),
        )


class TemplateMade(TemplatePage):
    """A report from a kept template, as Word; a template that is wrong is said on its page, the paragraph named."""

    permission = Permission.EXPORT

    def get(self, request: HttpRequest, template_id: int, refusal: str = "") -> HttpResponse:
        kept = template_kept(self, template_id)
        try:
            asked = Asked.of(self)
            made = render_template(
                actor=self.actor,
                name=kept.name,
                data=bytes(kept.content),
                wanted=asked.wanted,
                figures=known_figures(),
                head=asked.head or None,
                annex="annex" in request.GET,
            )
        except XieshouError as wrong:
            return super().get(request, template_id, refusal=wrong.message)
        return sent(made.data, f"{kept.name}_{asked.wanted.year}.docx", "docx")


class TemplateFile(Page):
    """The template as it was uploaded."""

    permission = Permission.VIEW_FIGURES

    def get(self, request: HttpRequest, template_id: int) -> HttpResponse:
        kept = template_kept(self, template_id)
        return sent(bytes(kept.content), f"{kept.name}.docx", "docx")


class TemplateDelete(Page):
    """Take a template away, with all its versions."""

    permission = Permission.SAVE_SCOPE
    here = "web:reports"

    def post(self, request: HttpRequest, template_id: int) -> HttpResponse:
        keeping.delete_template(by=self.actor, template=template_kept(self, template_id))
        return HttpResponseRedirect(reverse("web:reports"))


def template_or_404(key: str) -> Template:
    found = next((template for template in TEMPLATES if template.key == key), None)
    if found is None:
        raise Http404
    return found


def template_kept(page: Page, number: int) -> WordTemplate:
    try:
        return selectors.kept_template(page.actor, number)
    except XieshouError as unknown:
        raise Http404 from unknown


def files_of(template: Template, asked: Asked) -> list[tuple[str, str, str]]:
    """The name of each format, and the addresses of its 报送稿 and its 核数稿."""
    addresses = [(name, reverse("web:report-file", args=[template.key, kind])) for kind, name in KIND_NAMES]
    return [(name, f"{address}?{asked.query}", f"{address}?{asked.query}&annex=1") for name, address in addresses]


def asking_form(page: ScopedPage, period: str, options: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a report shows of what was asked."""
    place = options.get("place", "")
    known = len(place) == 12 and place.isdecimal()
    return {
        "options": options,
        "place_name": places.full_name(place) if known else place,
        "party_name": party_text(page, options.get("party", "")),
        "period": period,
        "quarters": range(1, 5),
        "months": range(1, 13),
        "programmes": programmes_for(page.actor),
    }


def party_text(page: ScopedPage, asked: str) -> str:
    """What the field of the party says: a name where it names one party only, else what was asked for."""
    seen = Party.objects.for_actor(page.actor)
    party = seen.filter(pk=key_in(asked)).first() if asked else None
    return party.name if party and seen.filter(name=party.name).count() == 1 else asked


def uploaded(request: HttpRequest, field: str) -> UploadedFile[bytes]:
    """The file of a form. Raises: NothingUploaded, ReportRefused."""
    file = request.FILES.get(field)
    if file is None:
        raise NothingUploaded(_("没有选文件；请先选一个文件。"))
    if (file.size or 0) > MOST_VERIFIED_BYTES:
        raise ReportRefused(_("文件超过 %(most)d MB，没有读取。") % {"most": MOST_VERIFIED_BYTES >> 20})
    return file


def sent(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def result_of(result: Verified) -> dict[str, Any]:
    """One citation of a verified file as the page shows it."""
    return {
        "result": result,
        "tone": TONES[result.state],
        "words": CITATION_STATE_NAMES[result.state],
        "address": "" if result.now is None else trace_address(result.citation),
        "reversed": result.reversed_entries,
        "posted": result.posted_entries,
    }
