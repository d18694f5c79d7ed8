"""Verbs of reports: make one from a template, write it in a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.definitions import Figure
from xieshou.reports.documents import carriers
from xieshou.reports.documents.asking import BooksMoved, Questions
from xieshou.reports.documents.builtin.catalogue import Template
from xieshou.reports.documents.builtin.matter import Matter, Wanted
from xieshou.reports.documents.document import Document, with_annex
from xieshou.reports.documents.errors import ReportRefused
from xieshou.reports.documents.renderers import html, markdown, pdf, word, workbook

DOCUMENT_LANGUAGE = "zh-hans"
TRIES = 3

RENDERERS: dict[str, Callable[..., bytes]] = {
    "docx": word.render,
    "pdf": pdf.render,
    "html": html.render,
    "xlsx": workbook.render,
    "md": markdown.render,
}


def make_report(
    *,
    actor: Actor,
    template: Template,
    wanted: Wanted,
    figures: Sequence[Figure],
    head: str | int | None = None,
    with_entries: bool = False,
) -> Document:
    """A report as a neutral document, every number cited, all of one state of the books. Always in Chinese.

    Args:
        figures: `catalogue.figures.known_figures()`.
        head: name of a 报送版本, or the id of the last entry that counts; None: now.
        with_entries: whether the citations name their first entries, as a 核数稿 and a page of HTML show them.
    Cost: one evaluation for each question, some 45 ms for one not asked before, twice that with entries.
    Raises: ReportRefused, FigureNotPermitted, HeadUnknown.
    """
    if template.needs_place and not wanted.place:
        raise ReportRefused(
            _("模板“%(name)s”要有地点；请选一个县（市、区）。") % {"name": template.name}, option="place"
        )
    for _attempt in range(TRIES):
        questions = Questions(actor=actor, scope=wanted.scope, figures=figures, head=head)
        try:
            with translation.override(DOCUMENT_LANGUAGE):
                return _made(template, Matter(wanted, questions), with_entries)
        except BooksMoved:
            # Entries came in meanwhile. The last try asks at the state that is reached, which does not move.
            head = max(citation.head for citation in questions.citations)
    raise ReportRefused(_("报告生成期间台账一直在变动；请稍后再试。"))


def _made(template: Template, matter: Matter, with_entries: bool) -> Document:
    title = template.title(matter)
    blocks = tuple(template.blocks(matter))
    citations = matter.questions.citation_list(title=title, template=template.key, with_entries=with_entries)
    return Document(title=title, blocks=blocks, citations=citations, compact=template.compact)


def render(document: Document, kind: str, *, annex: bool = False) -> bytes:
    """The document as a file, its citations inside.

    Args:
        kind: docx, pdf, html, xlsx or md.
        annex: 核数稿, with a numbered annex of all citations; else 报送稿, whose citations the reader does not see.
    Raises: ReportRefused, for another kind.
    """
    if kind not in RENDERERS:
        raise ReportRefused(
            _("不能写成“%(kind)s”格式；可以是：%(known)s。") % {"kind": kind, "known": "、".join(RENDERERS)}, kind=kind
        )
    with translation.override(DOCUMENT_LANGUAGE):
        # Footnotes, panels and a second sheet are the annex of the other formats.
        shown = with_annex(document) if annex and kind in ("docx", "pdf") else document
        data = RENDERERS[kind](shown, annex=annex)
    return carriers.embed(kind, data, document.citations)


def wants_entries(kind: str, *, annex: bool) -> bool:
    """Whether a file in this format shows the entries behind its numbers."""
    return annex or kind == "html"
