"""Verbs of Word templates: check one, render it with its citations inside."""

from __future__ import annotations

import copy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import docx
from django.utils import translation
from django.utils.translation import gettext as _
from docx.document import Document as WordFile
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from lxml import etree

from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor
from xieshou.figures.definitions import Figure
from xieshou.reports.documents import carriers
from xieshou.reports.documents.asking import BooksMoved, Questions
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.citations import CitationList
from xieshou.reports.documents.document import ANNEX_NOTE, ANNEX_TITLE, Chart, Cited, Note, annex_table
from xieshou.reports.documents.errors import ReportRefused, TemplateWrong
from xieshou.reports.documents.renderers import charts, layout, word
from xieshou.reports.documents.word_templates.filters import FILTERS
from xieshou.reports.documents.word_templates.functions import CHARTED, CHARTED_END, CITED, CITED_END, Sheet
from xieshou.reports.documents.word_templates.sandbox import ReportEnvironment
from xieshou.reports.documents.word_templates.structure import ORDER_END, VALUE_END, Source, source_of, wrong

MOST_BYTES = 10 << 20
MOST_UNPACKED = 100 << 20
TRIES = 3
_NOT_WORD = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, AttributeError, TypeError, NotImplementedError,
    etree.XMLSyntaxError, OSError, RuntimeError, EOFError,
)  # fmt: skip
_TOKEN = re.compile(f"{CITED}(\\d+){CITED_END}")
_CHART = re.compile(f"{CHARTED}(\\d+){CHARTED_END}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A Word file made from a template, its citations inside."""

    data: bytes
    title: str
    citations: CitationList


def render_template(
    *,
    actor: Actor,
    name: str,
    data: bytes,
    wanted: Wanted,
    figures: Sequence[Figure],
    head: str | int | None = None,
    annex: bool = False,
) -> Rendered:
    """Fill a user's Word template in.

    Args:
        name: of the template, the title where the text has none.
        wanted: the place, party and period that hold wherever the template names none.
        annex: 核数稿: citations numbered in the text, and listed at the end.
    Raises: TemplateWrong, naming the paragraph; what asking figures raises, wrapped in it.
    """
    for _attempt in range(TRIES):
        questions = Questions(actor=actor, scope=wanted.scope, figures=figures, head=head)
        try:
            return _rendered(name, data, Sheet(wanted, questions), annex)
        except BooksMoved:
            head = max(citation.head for citation in questions.citations)
    raise ReportRefused(_("报告生成期间台账一直在变动；请稍后再试。"))


def check_template(data: bytes) -> int:
    """Read a template without asking anything. Returns how many paragraphs hold marks. Raises: TemplateWrong."""
    file = _opened(data)
    environment = ReportEnvironment(FILTERS, {})
    count = 0
    for part, root in _roots(file):
        source = source_of(root, part)
        count += sum(1 for each in source.text.splitlines() if "\ue012" in each or "\ue014" in each)
        with _naming_the_paragraph(source):
            environment.template(source.text)
    return count


def _rendered(name: str, data: bytes, sheet: Sheet, annex: bool) -> Rendered:
    file = _opened(data)
    environment = ReportEnvironment(FILTERS, sheet.names())
    for part, root in list(_roots(file)):
        source = source_of(root, part)
        with _naming_the_paragraph(source):
            text = environment.rendered(environment.template(source.text))
            if part and CHARTED in text:
                raise wrong(part, _("图表只能写在正文里，不能写在页眉、页脚里。"))
            new = _replaced(root, parse_xml(text.encode()))
        _put_numbers(new, sheet, annex)
    _put_charts(file, sheet)
    title = next((each.text.strip() for each in file.paragraphs if each.text.strip()), name)[:200]
    with translation.override("zh-hans"):
        citations = sheet.questions.citation_list(title=title, template=name, with_entries=annex)
        if annex:
            _add_annex(file, citations)
    saved = io.BytesIO()
    file.save(saved)
    return Rendered(data=carriers.embed("docx", saved.getvalue(), citations), title=title, citations=citations)


def _opened(data: bytes) -> WordFile:
    """Raises: TemplateWrong, when it is no Word file that can be read within bounds."""
    if len(data) > MOST_BYTES:
        raise TemplateWrong(_("模板超过 %(most)d MB；请压缩其中的图片。") % {"most": MOST_BYTES >> 20})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > MOST_UNPACKED:
                raise TemplateWrong(_("模板解压后过大；请压缩其中的图片。"))
        file = docx.Document(io.BytesIO(data))
        list(_roots(file))  # a part that is missing shows only when it is asked for
        return file
    except TemplateWrong:
        raise
    except _NOT_WORD as broken:
        raise TemplateWrong(
            _("这不是能读的 Word 文件；请在 Word 或 WPS 里另存为 .docx 再用（.doc 不认）。")
        ) from broken


def _roots(file: WordFile) -> Iterator[tuple[str, Any]]:
    """The parts of a file that hold text, and what they are called in an error."""
    if file.element.body is None:
        raise KeyError("w:body")
    yield "", file.element.body
    seen = set()
    for section in file.sections:
        for words, part in (
            (_("页眉"), section.header),
            (_("页脚"), section.footer),
            (_("偶数页页眉"), section.even_page_header),
            (_("偶数页页脚"), section.even_page_footer),
            (_("首页页眉"), section.first_page_header),
            (_("首页页脚"), section.first_page_footer),
        ):
            if not part.is_linked_to_previous and id(part._element) not in seen:
                seen.add(id(part._element))
                yield words, part._element


def _replaced(root: Any, new: Any) -> Any:
    """The new root in the place of the old; a part whose root it is keeps its element and takes the content."""
    parent = root.getparent()
    if parent is not None:
        parent.replace(root, new)
        return new
    for child in list(root):
        root.remove(child)
    for child in list(new):
        root.append(child)
    return root


_WRONG = (
    XieshouError, TemplateError, ArithmeticError, AttributeError, TypeError, ValueError, LookupError,
)  # fmt: skip


class _naming_the_paragraph:  # noqa: N801 - reads as a sentence behind `with`
    """Turns whatever goes wrong inside into a `TemplateWrong` that names the paragraph."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, TemplateWrong | BooksMoved):
            return
        if isinstance(error, TemplateSyntaxError):
            raise wrong(self._paragraph(error.lineno), _syntax_words(error)) from error
        if isinstance(error, RecursionError | SyntaxError):
            raise wrong(self._paragraph(_line_of(trace)), _("写得太复杂或嵌套太深；请拆成几处。")) from error
        if isinstance(error, _WRONG):
            raise wrong(self._paragraph(_line_of(trace)), _words_of(error)) from error

    def _paragraph(self, line: int) -> str:
        return self.source.paragraph_of(line) or _("模板")


def _line_of(trace: Any) -> int:
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _syntax_words(error: TemplateSyntaxError) -> str:
    why = re.sub(r" at \d+$", "", error.message or "").replace(repr(VALUE_END), "}}").replace(repr(ORDER_END), "%}")
    return _("写法有误（%(why)s）；请检查引号、括号和逗号。") % {"why": why}


def _words_of(error: BaseException) -> str:
    if isinstance(error, XieshouError):
        return error.message
    if isinstance(error, UndefinedError):
        return _("不认识其中的名称（%(why)s）；请检查写法。") % {"why": error}
    return _("不能这样写（%(why)s）。") % {"why": error}


# Numbers and charts into the rendered text


def _put_numbers(root: Any, sheet: Sheet, annex: bool) -> None:
    """Tokens become the numbers; in a 核数稿 the citation's number stands raised behind each."""
    for node in list(root.iter(qn("w:t"))):
        if CITED not in (node.text or ""):
            continue
        if not annex:
            node.text = _TOKEN.sub(lambda match: _words(match, sheet), node.text)
            continue
        run = node.getparent()
        for piece, mark in _pieces(node.text, sheet):
            run.addprevious(_like(run, piece, raised=False))
            if mark:
                run.addprevious(_like(run, mark, raised=True))
        run.remove(node)


def _words(match: re.Match[str], sheet: Sheet) -> str:
    return sheet.printed[int(match[1])].words


def _pieces(text: str, sheet: Sheet) -> Iterator[tuple[str, str]]:
    end = 0
    for match in _TOKEN.finditer(text):
        cited: Cited = sheet.printed[int(match[1])]
        yield text[end : match.start()] + cited.words, f"[{cited.id}]"
        end = match.end()
    if text[end:]:
        yield text[end:], ""


def _like(run: Any, text: str, *, raised: bool) -> Any:
    """A run that looks like another."""
    new = OxmlElement("w:r")
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        new.append(copy.deepcopy(properties))
    if raised:
        kept = new.get_or_add_rPr()
        align = OxmlElement("w:vertAlign")
        align.set(qn("w:val"), "superscript")
        kept.append(align)
    words = OxmlElement("w:t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    new.append(words)
    return new


def _put_charts(file: WordFile, sheet: Sheet) -> None:
    """Pictures where the charts stand; the words around one stay."""
    for node in list(file.element.body.iter(qn("w:t"))):
        if CHARTED not in (node.text or ""):
            continue
        paragraph = WordParagraph(next(node.iterancestors(qn("w:p"))), file._body)
        paragraph.paragraph_format.line_spacing = 1.0  # an exact line would cut the picture off
        run = node.getparent()
        for number, piece in enumerate(_CHART.split(node.text)):
            if number % 2:
                _draw(sheet.charts[int(piece)], run, paragraph)
            elif piece:
                run.addprevious(_like(run, piece, raised=False))
        run.remove(node)


def _draw(chart: Chart, before: Any, paragraph: WordParagraph) -> None:
    """A chart and its caption in a paragraph, before one of its runs."""
    words = chart.caption if chart.names else _("（没有可画的数据）")
    if words:
        before.addprevious(_like(before, words, raised=False))
    if not chart.names:
        return
    picture = paragraph.add_run()
    if chart.caption:
        picture.add_break()
    picture.add_picture(io.BytesIO(charts.png(chart)), width=Mm(word.CHART_WIDTH_MM))
    before.addprevious(picture._r)


def _add_annex(file: WordFile, citations: CitationList) -> None:
    end = file.element.body.sectPr
    plain_heading = f'<w:p xmlns:w="{qn("w:p")[1:].partition("}")[0]}"><w:pPr><w:pageBreakBefore/></w:pPr></w:p>'
    end.addprevious(parse_xml(plain_heading))
    for block in (Note(ANNEX_TITLE), Note(ANNEX_NOTE), annex_table(citations)):
        for element in word.elements(block, annex=False, size=layout.BODY_PT, in_annex=True):
            end.addprevious(element)
