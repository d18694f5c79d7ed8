"""Word, in the layout of GB/T 9704-2012, with the faces named that office machines have."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from xieshou.reports.documents.document import (
    ANNEX_TITLE,
    Block,
    Chart,
    Document,
    Heading,
    Note,
    Paragraph,
    Row,
    Run,
    Table,
)  # fmt: skip
from xieshou.reports.documents.renderers import charts, layout
from xieshou.reports.documents.renderers.runs import mark_of, words_of
from xieshou.reports.documents.rules import printable

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS_IN_MM = 1440 / 25.4
LINE_TWIPS = int(layout.LINE_PT * 20)
CHART_WIDTH_MM = 140
MOST_OF_A_PROPERTY = 255  # characters, by the format


def render(document: Document, *, annex: bool = False) -> bytes:
    """The document as .docx, without its citations; `carriers.embed` puts them in."""
    file = docx.Document()
    size = layout.COMPACT_PT if document.compact else layout.BODY_PT
    set_page(file)
    set_styles(file, size)
    set_page_numbers(file)
    body = file.element.body
    end = body.sectPr
    for element in _title(document, size):
        end.addprevious(element)
    in_annex = False
    for block in document.blocks:
        in_annex = in_annex or (isinstance(block, Heading) and block.text == ANNEX_TITLE)
        if isinstance(block, Chart):
            _picture(file, block)
        else:
            for element in elements(block, annex=annex, size=size, in_annex=in_annex):
                end.addprevious(element)
    file.core_properties.title = printable(document.title)[:MOST_OF_A_PROPERTY]
    file.core_properties.author = printable(document.citations.made_by)[:MOST_OF_A_PROPERTY]
    saved = io.BytesIO()
    file.save(saved)
    return saved.getvalue()


def elements(block: Block, *, annex: bool, size: float, in_annex: bool = False) -> Iterable[OxmlElement]:
    """The XML of a block that is no chart."""
    if isinstance(block, Heading):
        page_break = "<w:pageBreakBefore/>" if block.text == ANNEX_TITLE else ""
        yield _element(
            f'<w:p><w:pPr><w:pStyle w:val="Heading{block.level}"/>{page_break}</w:pPr>{_run_of(block.text)}</w:p>'
        )
    elif isinstance(block, Paragraph):
        indent = f'<w:ind w:firstLineChars="200" w:firstLine="{int(size * 40)}"/>'
        yield _element(f"<w:p><w:pPr>{indent}</w:pPr>{_runs(block.runs, annex)}</w:p>")
    elif isinstance(block, Table):
        yield from _table(block, annex, _table_points(size, annex=annex, in_annex=in_annex))
    elif isinstance(block, Note):
        yield _small(block.text, layout.SMALL_PT)


def _table_points(size: float, *, annex: bool, in_annex: bool) -> float:
    """Smaller where the numbers of citations stand beside the values, and on a sheet of one page."""
    if in_annex:
        return layout.ANNEX_PT
    return layout.SMALL_PT if annex or size < layout.BODY_PT else layout.TABLE_PT


def set_page(file: WordFile) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(layout.PAGE_WIDTH_MM), Mm(layout.PAGE_HEIGHT_MM)
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    # The number stands 7 mm below the text; Word measures from the edge of the paper to the foot of the line.
    number_mm = layout.PAGE_NUMBER_PT / layout.POINTS_IN_MM
    section.footer_distance = Mm(layout.BOTTOM_MM - layout.PAGE_NUMBER_BELOW_MM - number_mm)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # A grid of lines and characters is read differently by LibreOffice, which gives a character that is wider than its
    # cell two of them; the 28 characters of a line come from the spacing of the body's style.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))


def set_styles(file: WordFile, size: float) -> None:
    normal = file.styles["Normal"]
    _set_face(normal, layout.BODY_FACE, size)
    line = LINE_TWIPS / 20 * size / layout.BODY_PT
    normal.paragraph_format.line_spacing = Pt(line)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    _set_spacing(normal, size)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for level, face in layout.HEADING_FACES.items():
        style = file.styles[f"Heading {level}"]
        _set_face(style, face, size)
        style.font.bold = False
        style.font.color.rgb = None
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.first_line_indent = Pt(size * 2)


def _set_face(style: object, face: str, size: float) -> None:
    """All scripts in one face, as the standard says; without theme fonts, which would win."""
    style.font.size, style.font.name = Pt(size), face  # type: ignore[attr-defined]
    properties = style.element.get_or_add_rPr()  # type: ignore[attr-defined]
    for colour in properties.findall(qn("w:color")):
        properties.remove(colour)
    faces = properties.find(qn("w:rFonts"))
    for name in list(faces.attrib):
        del faces.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        faces.set(qn(f"w:{script}"), face)


def _set_spacing(style: object, size: float) -> None:
    """28 characters in a line: each stands a little closer, in whole twentieths of a point, rounded towards closer."""
    spacing = OxmlElement("w:spacing")
    closer = (layout.CHARACTER_PT - layout.BODY_PT) * size / layout.BODY_PT
    spacing.set(qn("w:val"), str(math.floor(closer * 20)))
    properties = style.element.get_or_add_rPr()  # type: ignore[attr-defined]
    properties.find(qn("w:sz")).addprevious(spacing)


def set_page_numbers(file: WordFile) -> None:
    """— 1 — outside: odd pages right, even pages left, a character from the edge of the text."""
    file.settings.odd_and_even_pages_header_footer = True
    section = file.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        for paragraph in list(footer.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)
        size, face = layout.PAGE_NUMBER_PT * 2, quoteattr(layout.PAGE_NUMBER_FACE)
        properties = f'<w:rPr><w:rFonts w:ascii={face} w:hAnsi={face} w:eastAsia={face}/><w:sz w:val="{size}"/></w:rPr>'
        indent = f'<w:ind w:{side}Chars="100" w:{side}="{layout.PAGE_NUMBER_PT * 20}"/>'
        footer._element.append(
            _element(
                f'<w:p><w:pPr><w:spacing w:line="240" w:lineRule="auto"/>{indent}<w:jc w:val="{side}"/></w:pPr>'
                f'<w:r>{properties}<w:t xml:space="preserve">— </w:t></w:r>'
                f'<w:fldSimple w:instr=" PAGE "><w:r>{properties}<w:t>1</w:t></w:r></w:fldSimple>'
                f'<w:r>{properties}<w:t xml:space="preserve"> —</w:t></w:r></w:p>'
            )
        )


def _title(document: Document, size: float) -> Iterable[OxmlElement]:
    points = layout.TITLE_PT if size == layout.BODY_PT else 18
    yield _element(
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="{LINE_TWIPS // 2}" '
        f'w:line="{int(points * 30)}" w:lineRule="exact"/>'
        f'<w:jc w:val="center"/></w:pPr>{_run_of(document.title, face=layout.TITLE_FACE, points=points)}</w:p>'
    )
    if document.subtitle:
        yield _element(f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{_run_of(document.subtitle)}</w:p>')


def _picture(file: WordFile, chart: Chart) -> None:
    unit = f"（单位：{chart.unit}）" if chart.unit else ""
    file.element.body.sectPr.addprevious(_caption(chart.caption + unit))
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = 1.0  # an exact line would cut the picture off
    paragraph.add_run().add_picture(io.BytesIO(charts.png(chart)), width=Mm(CHART_WIDTH_MM))


def _table(table: Table, annex: bool, points: float) -> Iterable[OxmlElement]:
    if table.caption:
        yield _caption(table.caption)
    if table.unit:
        yield _small(f"单位：{table.unit}", layout.SMALL_PT, side="right", keep=True)
    width = layout.TEXT_WIDTH_MM * TWIPS_IN_MM
    share = width / sum(column.width for column in table.columns)
    grid = "".join(f'<w:gridCol w:w="{int(column.width * share)}"/>' for column in table.columns)
    lines = [_line(table, tuple(column.title for column in table.columns), points, annex, share, head=True)]
    lines += [_line(table, row, points, annex, share) for row in table.lines]
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    yield _element(
        f'<w:tbl><w:tblPr><w:tblW w:w="{int(width)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )
    for note in table.notes:
        yield _small(note, layout.SMALL_PT)
    # Two tables without a paragraph between them would be one.
    yield _small("", 6)


def _line(table: Table, row: Row, points: float, annex: bool, share: float, *, head: bool = False) -> str:
    cells = []
    for column, run in zip(table.columns, row, strict=True):
        side = "center" if head else "right" if column.number else "left"
        face = layout.HEADING_FACES[1] if head else ""
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{int(column.width * share)}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:snapToGrid w:val="0"/>{_close_line(points)}'
            f'<w:jc w:val="{side}"/></w:pPr>{_run_xml(run, annex, face=face, points=points)}</w:p></w:tc>'
        )
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _close_line(points: float) -> str:
    """Lines of a table and of notes: off the grid of the body, one close below the other."""
    return f'<w:spacing w:before="0" w:after="0" w:line="{int(points * 26)}" w:lineRule="exact"/>'


def _caption(text: str) -> OxmlElement:
    run = _run_of(text, face=layout.HEADING_FACES[1], points=layout.TABLE_PT)
    return _element(f'<w:p><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr>{run}</w:p>')


def _small(text: str, points: float, *, side: str = "left", keep: bool = False) -> OxmlElement:
    kept = "<w:keepNext/>" if keep else ""
    return _element(
        f'<w:p><w:pPr>{kept}<w:snapToGrid w:val="0"/>{_close_line(points)}'
        f'<w:jc w:val="{side}"/></w:pPr>{_run_of(text, points=points) if text else ""}</w:p>'
    )


def _runs(runs: tuple[Run, ...], annex: bool) -> str:
    return "".join(_run_xml(run, annex) for run in runs)


def _run_xml(run: Run, annex: bool, *, face: str = "", points: float = 0) -> str:
    mark = mark_of(run)
    raised = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{mark}</w:t></w:r>' if annex and mark else ""
    return _run_of(words_of(run), face=face, points=points) + raised


def _run_of(text: str, *, face: str = "", points: float = 0) -> str:
    named = quoteattr(face)
    faces = f"<w:rFonts w:ascii={named} w:hAnsi={named} w:eastAsia={named} w:cs={named}/>" if face else ""
    size = f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>' if points else ""
    properties = f"<w:rPr>{faces}{size}</w:rPr>" if faces or size else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r>'


def _element(xml: str) -> OxmlElement:
    head, rest = xml.split(">", 1) if not xml.startswith("<w:p/>") else (xml, "")
    return parse_xml(f'{head} xmlns:w="{_MAIN}">{rest}')
