"""PDF through typst, with the bundled fonts alone, in the layout of GB/T 9704-2012."""

from __future__ import annotations

import re
from functools import cache

import pylopdf_fonts_zh_cn
import typst

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

SERIF, SANS = "Noto Serif SC", "Noto Sans SC"


def render(document: Document, *, annex: bool = False) -> bytes:
    """The document as PDF; the same document gives the same bytes."""
    return bytes(typst.compile(source(document, annex=annex).encode(), font_paths=_fonts(), ignore_system_fonts=True))


def source(document: Document, *, annex: bool = False) -> str:
    """The document in typst's language. Text stands in strings, so that none of it is taken for markup."""
    size = layout.COMPACT_PT if document.compact else layout.BODY_PT
    parts = [_settings(size), _title(document)]
    in_annex = False
    for block in document.blocks:
        in_annex = in_annex or (isinstance(block, Heading) and block.text == ANNEX_TITLE)
        parts.append(_block(block, annex, in_annex))
    return "\n".join(parts)


def _settings(size: float) -> str:
    # Characters stand 22 lines of 28 on the page; a compact sheet keeps the proportions of its smaller size.
    line = layout.LINE_PT * size / layout.BODY_PT
    tracking = (layout.CHARACTER_PT - layout.BODY_PT) * size / layout.BODY_PT
    return f"""#set page(width: {layout.PAGE_WIDTH_MM}mm, height: {layout.PAGE_HEIGHT_MM}mm,
  margin: (top: {layout.TOP_MM}mm, bottom: {layout.BOTTOM_MM}mm, left: {layout.LEFT_MM}mm, right: {layout.RIGHT_MM}mm),
  footer-descent: {layout.PAGE_NUMBER_BELOW_MM}mm,
  footer: context {{
    let number = counter(page).get().first()
    align(top + (if calc.odd(number) {{ right }} else {{ left }}),
      pad(x: 1em, text(size: {layout.PAGE_NUMBER_PT}pt, font: "{SERIF}")[— #number —]))
  }})
#set text(font: "{SERIF}", size: {size}pt, lang: "zh", region: "cn", cjk-latin-spacing: none,
  tracking: {tracking:.4f}pt, top-edge: 0.88em, bottom-edge: -0.12em)
#set par(leading: {line - size:.4f}pt, spacing: {line - size:.4f}pt, justify: true)
#show heading: it => block(above: {line - size:.4f}pt, below: {line - size:.4f}pt, sticky: true,
  pad(left: 2em, text(font: "{SANS}", size: {size}pt, weight: "regular", it.body)))
#set table(stroke: 0.5pt, inset: (x: 4pt, y: 4pt))
#let body(it) = par(first-line-indent: (amount: 2em, all: true), it)
#let small(it) = text(size: {layout.SMALL_PT}pt, tracking: 0pt, par(leading: 0.5em, it))
#let caption(it) = block(width: 100%, above: 0.6em, below: 0.4em, align(center,
  text(font: "{SANS}", size: {layout.TABLE_PT}pt, tracking: 0pt, it)))
#let unit(it) = block(width: 100%, above: 0em, below: 0em, align(right,
  text(size: {layout.SMALL_PT}pt, tracking: 0pt, it)))"""


def _title(document: Document) -> str:
    size = 18 if document.compact else layout.TITLE_PT
    subtitle = f"#align(center, text(tracking: 0pt, {_string(document.subtitle)}))" if document.subtitle else ""
    title = f"#align(center, text(size: {size}pt, tracking: 0pt, par(leading: 0.6em, {_string(document.title)})))"
    return f"{title}\n{subtitle}\n#v(0.6em)"


def _block(block: Block, annex: bool, in_annex: bool) -> str:
    if isinstance(block, Heading):
        breaks = "#pagebreak(weak: true)\n" if block.text == ANNEX_TITLE else ""
        return f"{breaks}#heading(level: {block.level}, {_string(block.text)})"
    if isinstance(block, Paragraph):
        return f"#body[{_runs(block.runs, annex)}]"
    if isinstance(block, Table):
        return _table(block, annex, layout.ANNEX_PT if in_annex else layout.TABLE_PT)
    if isinstance(block, Chart):
        unit = f"（单位：{block.unit}）" if block.unit else ""
        drawn = f'#align(center, image(bytes({_string(charts.svg(block))}), format: "svg", width: 96%))'
        return f"#block(breakable: false)[#caption({_string(block.caption + unit)})\n{drawn}]"
    assert isinstance(block, Note)
    return f"#small({_string(block.text)})"


def _table(table: Table, annex: bool, size: float) -> str:
    columns = ", ".join(f"{column.width:g}fr" for column in table.columns)
    aligned = ", ".join("right + horizon" if column.number else "left + horizon" for column in table.columns)
    head = ", ".join(
        f'align(center + horizon, text(font: "{SANS}", {_string(column.title)}))' for column in table.columns
    )
    cells = ",\n".join(_cells(row, annex) for row in table.lines)
    above = f"#caption({_string(table.caption)})\n" if table.caption else ""
    unit = f"#unit({_string('单位：' + table.unit)})\n" if table.unit else ""
    notes = "".join(f"\n#small({_string(note)})" for note in table.notes)
    return (
        f"#block(width: 100%, sticky: true, below: 0.4em)[{above}{unit}]\n"
        f"#text(size: {size}pt, tracking: 0pt)[#set par(leading: 0.35em, justify: false)\n"
        f"#table(columns: ({columns}), align: ({aligned}), table.header({head}),\n{cells})]{notes}"
    )


def _cells(row: Row, annex: bool) -> str:
    # A bare string is a cell too, and takes typst less memory than content that holds one.
    return ", ".join(_string(_words(run)) if not (annex and mark_of(run)) else f"[{_run(run, annex)}]" for run in row)


def _runs(runs: tuple[Run, ...], annex: bool) -> str:
    return "".join(_run(run, annex) for run in runs)


def _run(run: Run, annex: bool) -> str:
    mark = f"#super({_string(mark_of(run))})" if annex and mark_of(run) else ""
    return f"#{_string(_words(run))}{mark}"


def _words(run: Run) -> str:
    # A key of English words has no place to break where a Chinese line has one at every character.
    return _INSIDE_A_KEY.sub("\u200b", words_of(run))


_INSIDE_A_KEY = re.compile(r"(?<=[a-z][._])(?=[a-z])")


def _string(text: str) -> str:
    """A string of typst; only the backslash and the quotation mark mean something in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'


@cache
def _fonts() -> typst.Fonts:
    """The bundled fonts, read once. The machine's own would make the same document look different elsewhere."""
    folder = str(pylopdf_fonts_zh_cn.serif_path().parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
