"""HTML in one file that needs nothing else: a click on a number opens its definition and entries below the text.

No script: the panel of a citation is the target of the number's link, and CSS shows the target alone. To whatever reads
the page without its style the panels are hidden, so that they are no part of the text.
"""

from __future__ import annotations

from html import escape

from xieshou.reports.documents.citations import Citation
from xieshou.reports.documents.document import (
    Block,
    Chart,
    Cited,
    Document,
    Heading,
    Note,
    Paragraph,
    Reckoned,
    Row,
    Run,
    Table,
    entries_words,
)  # fmt: skip
from xieshou.reports.documents.renderers import charts
from xieshou.reports.documents.renderers.runs import mark_of, words_of
from xieshou.reports.documents.rules import unit_word

STYLE = """
:root{color-scheme:light}
body{margin:0;background:#f3f4f6;color:#1b1f24;font:16px/1.8 "FangSong","STFangsong","Noto Serif SC",serif}
main{max-width:860px;margin:0 auto;padding:48px 64px 96px;background:#fff;min-height:100vh;box-sizing:border-box}
h1{text-align:center;font-size:26px;line-height:1.4;font-weight:600}
h2,h3{font-family:"SimHei","PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;font-size:18px;margin:28px 0 8px}
h3{font-size:16px}
.sub{text-align:center}
p{margin:8px 0;text-indent:2em;text-align:justify}
.note{font-size:13px;color:#57606a;text-indent:0}
figure{margin:20px 0}
figure svg{max-width:100%;height:auto}
figcaption,caption{font-weight:600;font-size:15px;padding:4px 0;text-align:center}
caption .unit{float:right;font-weight:400;font-size:13px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.5;font-variant-numeric:tabular-nums}
th,td{border:1px solid #b6bdc6;padding:4px 8px;text-align:left;vertical-align:top}
th{background:#f3f5f8}
.num{text-align:right;white-space:nowrap}
tr.total td{font-weight:600}
a.cited{color:#0b5394;text-decoration:none;border-bottom:1px dotted #0b5394}
a.cited:focus-visible,a.cited:hover{background:#e6f0fb}
sup{font-size:11px;color:#57606a}
.panel{display:none;position:fixed;left:0;right:0;bottom:0;max-height:60vh;overflow:auto;padding:16px 24px;
background:#fff;border-top:3px solid #0b5394;box-shadow:0 -6px 24px rgba(0,0,0,.18);
font:14px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif}
.panel:target{display:block}
.panel dl{display:grid;grid-template-columns:6em 1fr;gap:2px 12px;max-width:900px;margin:8px auto}
.panel dt{color:#57606a}
.panel dd{margin:0;overflow-wrap:anywhere}
.panel .close{float:right}
@media (max-width:640px){main{padding:24px 16px 96px}}
@media print{body,main{background:#fff}.panel{display:none!important}a.cited{color:inherit;border:0}}
"""


def render(document: Document, *, annex: bool = False) -> bytes:
    """The document as a page of its own."""
    body = "".join(_block(block, annex) for block in document.blocks)
    subtitle = f'<p class="sub">{escape(document.subtitle)}</p>' if document.subtitle else ""
    panels = "".join(_panel(citation) for citation in document.citations)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(document.title)}</title><style>{STYLE}</style></head><body>"
        f'<main id="text"><h1>{escape(document.title)}</h1>{subtitle}{body}</main>{panels}</body></html>'
    ).encode()


def _block(block: Block, annex: bool) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        return f"<p>{_runs(block.runs, annex)}</p>"
    if isinstance(block, Table):
        return _table(block, annex)
    if isinstance(block, Chart):
        unit = f"（单位：{block.unit}）" if block.unit else ""
        return f"<figure><figcaption>{escape(block.caption + unit)}</figcaption>{charts.svg(block)}</figure>"
    assert isinstance(block, Note)
    return f'<p class="note">{escape(block.text)}</p>'


def _table(table: Table, annex: bool) -> str:
    unit = f'<span class="unit">单位：{escape(table.unit)}</span>' if table.unit else ""
    caption = f"<caption>{escape(table.caption)}{unit}</caption>" if table.caption or unit else ""
    head = "".join(f"<th{_class(column.number)}>{escape(column.title)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{_cells(table, row, annex)}</tr>" for row in table.rows)
    if table.total is not None:
        rows += f'<tr class="total">{_cells(table, table.total, annex)}</tr>'
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in table.notes)
    return f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{notes}'


def _cells(table: Table, row: Row, annex: bool) -> str:
    return "".join(
        f"<td{_class(column.number)}>{_run(run, annex)}</td>" for column, run in zip(table.columns, row, strict=True)
    )


def _class(is_number: bool) -> str:
    return ' class="num"' if is_number else ""


def _runs(runs: tuple[Run, ...], annex: bool) -> str:
    return "".join(_run(run, annex) for run in runs)


def _run(run: Run, annex: bool) -> str:
    text = escape(words_of(run))
    if isinstance(run, Cited):
        mark = f"<sup>{mark_of(run)}</sup>" if annex else ""
        return f'<a class="cited" id="n{run.id}" href="#c{run.id}">{text}</a>{mark}'
    if isinstance(run, Reckoned):
        return f'<span title="由{"、".join(f"[{each}]" for each in run.of)}算出">{text}</span>'
    return text


def _panel(citation: Citation) -> str:
    value = f"{citation.value} {unit_word(citation.unit)}" if citation.value else citation.shown
    lines = [
        ("指标", f"{citation.name}（{citation.key}）"),
        ("口径", citation.definition),
        ("范围", citation.asked),
        ("数值", value),
        ("台账条目", entries_words(citation)),
        ("汇总占比", f"{citation.summary_share}%" if citation.summary_share else ""),
        ("台账状态", citation.head_words),
        ("说明", "；".join(citation.notes)),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in lines if text)
    return (
        f'<aside class="panel" id="c{citation.id}" hidden><a class="close" href="#n{citation.id}">关闭</a>'
        f"<b>[{citation.id}] {escape(citation.shown)}</b><dl>{rows}</dl></aside>"
    )
