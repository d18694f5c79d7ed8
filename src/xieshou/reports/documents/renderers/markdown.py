"""Markdown: text and pipe tables; in a 核数稿 each number has a footnote."""

from __future__ import annotations

import re

from xieshou.reports.documents.document import (
    Block,
    Chart,
    Cited,
    Document,
    Heading,
    Note,
    Paragraph,
    Row,
    Run,
    Table,
    entries_words,
)  # fmt: skip
from xieshou.reports.documents.renderers.runs import words_of
from xieshou.reports.documents.rules import unit_word

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def render(document: Document, *, annex: bool = False) -> bytes:
    """The document as UTF-8 text."""
    parts = [f"# {_plain(document.title)}"]
    if document.subtitle:
        parts.append(_plain(document.subtitle))
    parts += [_block(block, annex) for block in document.blocks]
    if annex:
        parts.append("\n".join(_footnotes(document)))
    return ("\n\n".join(parts) + "\n").encode()


def _block(block: Block, annex: bool) -> str:
    if isinstance(block, Heading):
        return f"{'#' * (block.level + 1)} {_plain(block.text)}"
    if isinstance(block, Paragraph):
        return "".join(_run(run, annex) for run in block.runs)
    if isinstance(block, Table):
        return _table(block, annex)
    if isinstance(block, Chart):
        return _chart(block)
    assert isinstance(block, Note)
    return f"*{_plain(block.text)}*"


def _table(table: Table, annex: bool) -> str:
    caption = f"**{_plain(table.caption)}**" + (f"（单位：{table.unit}）" if table.unit else "")
    rule = "|" + "|".join(" ---: " if column.number else " --- " for column in table.columns) + "|"
    lines = [_line(tuple(column.title for column in table.columns), annex), rule]
    lines += [_line(row, annex) for row in table.lines]
    return "\n\n".join(
        ["\n".join(lines) if not table.caption else f"{caption}\n\n" + "\n".join(lines), *map(_plain, table.notes)]
    )


def _line(row: Row, annex: bool) -> str:
    return "| " + " | ".join(_run(run, annex) for run in row) + " |"


def _chart(chart: Chart) -> str:
    """The names and values of the bars: Markdown has no drawing of its own."""
    lines = [f"图：{_plain(chart.caption)}（单位：{chart.unit}）"]
    for position, name in enumerate(chart.names):
        values = [
            f"{series.name} {value:f}" for series in chart.series if (value := series.values[position]) is not None
        ]
        lines.append(f"- {_plain(name)}：{'，'.join(values)}")
    return "\n".join([lines[0], "", *lines[1:]])


def _run(run: Run, annex: bool) -> str:
    note = f"[^{run.id}]" if annex and isinstance(run, Cited) else ""
    return _plain(words_of(run)) + note


def _footnotes(document: Document) -> list[str]:
    return [
        f"[^{each.id}]: {_plain(each.name)}（`{each.key}`）：{_plain(each.definition)} 范围：{_plain(each.asked)}。"
        f"数值：{each.value or each.shown} {unit_word(each.unit) if each.value else ''}。"
        f"台账条目：{_plain(entries_words(each))}。台账状态：{_plain(each.head_words)}。"
        for each in document.citations
    ]


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
