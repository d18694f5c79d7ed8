"""An audit as one HTML file that needs nothing beside it: for reading, sending on and printing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext as _

from xieshou.reports.audit.auditing import Audit
from xieshou.reports.audit.findings import Finding, ledger_sentence
from xieshou.reports.audit.marks import SIGNS, TONES, MarkedText, Shown, Stretch, words

_STYLE = """
body { margin: 0 auto; padding: 24px; max-width: 1180px; color: #1c2430; line-height: 1.8;
  font: 15px/1.8 "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif; }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 24px 0 8px; }
.muted { color: #596473; } .counts { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none; }
main { display: grid; grid-template-columns: minmax(0, 1fr) 360px; gap: 32px; }
.text p { margin: 0 0 6px; min-height: 1em; overflow-wrap: anywhere; }
.mark { border-radius: 3px; padding: 0 2px; text-decoration: none; color: inherit; border-bottom: 2px solid; }
.mark small { font-size: 11px; padding-left: 2px; }
.green { background: #e5f3ea; border-color: #1a7446; } .green small, b.green { color: #1a7446; background: none; }
.amber { background: #fdf1d8; border-color: #845200; } .amber small, b.amber { color: #845200; background: none; }
.red { background: #fceae8; border-color: #b02a20; } .red small, b.red { color: #b02a20; background: none; }
.blue { background: #e8f0f8; border-color: #1d5c96; } .blue small, b.blue { color: #1d5c96; background: none; }
.gray { background: #f0f1f3; border-color: #8a93a0; } .gray small, b.gray { color: #596473; background: none; }
ol { padding-left: 20px; margin: 0; } li { margin-bottom: 12px; } li:target { outline: 2px solid #1d5c96; }
.sum { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
ul.why { margin: 0; padding-left: 18px; color: #596473; } ul.why li { margin: 0; }
@media (max-width: 800px) { body { padding: 12px; } main { grid-template-columns: minmax(0, 1fr); } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } main { display: block; }
  .mark { -webkit-print-color-adjust: exact; print-color-adjust: exact; } li { break-inside: avoid; } }
"""


def page(audit: Audit, text: MarkedText, *, title: str, language: str = "zh-hans") -> str:
    """The whole file. The text stands as it was written; every figure says its word, and leads to its finding."""
    heading, product, nothing = _("需要看的"), _("报告审核"), _("没有发现对不上的数字。")
    numbers = {finding.key: number for number, finding in enumerate(text.findings, 1)}
    parts = [
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)} · {escape(product)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="muted">{escape(_summary(audit, text))}</p>',
        f'<ul class="counts">{"".join(_counts(text))}</ul>',
        *(f'<p class="muted">{escape(remark)}</p>' for remark in audit.remarks),
        '<main><div class="text">',
        *(f"<p>{''.join(_stretch(stretch, numbers) for stretch in line)}</p>\n" for line in text.lines),
        f"</div><section><h2>{escape(heading)}</h2>",
        f"<ol>{''.join(_finding(finding, number) for number, finding in enumerate(text.findings, 1))}</ol>"
        if text.findings
        else f'<p class="muted">{escape(nothing)}</p>',
        "</section></main></body></html>\n",
    ]
    return "".join(parts)


def _summary(audit: Audit, text: MarkedText) -> str:
    asked = _("已对照台账") if audit.ledger is not None else _("没有对照台账")
    return _("%(characters)d 字，%(figures)d 个数字，%(findings)d 处需要看；%(asked)s。") % {
        "characters": len(audit.text),
        "figures": len(text.shown),
        "findings": sum(finding.is_open for finding in text.findings),
        "asked": asked,
    }


def _counts(text: MarkedText) -> Iterable[str]:
    for state in text.states:
        yield f'<li><b class="{state.tone}">{state.sign} {escape(state.word)}</b> {state.count}</li>'


def _stretch(stretch: Stretch, numbers: dict[str, int]) -> str:
    words_ = escape(stretch.text)
    shown = stretch.shown
    if shown is None:
        return words_
    sign = f"<small>{shown.sign}</small>"
    title = escape(_tip(shown), quote=True)
    if shown.findings:
        number = numbers[shown.findings[0].key]
        return f'<a class="mark {shown.tone}" href="#f{number}" title="{title}">{words_}{sign}</a>'
    return f'<span class="mark {shown.tone}" title="{title}">{words_}{sign}</span>'


def _tip(shown: Shown) -> str:
    ledger = shown.mark.ledger
    return f"{shown.word}。{ledger_sentence(ledger)}" if ledger else shown.word


def _finding(finding: Finding, number: int) -> str:
    tone = TONES[finding.verdict] if finding.is_open else "gray"
    word = words()[finding.verdict.value] if finding.is_open else words()["clarified"]
    explanations = "".join(f"<li>{escape(each)}</li>" for each in finding.explanations)
    clarified = finding.clarified
    return "".join(
        (
            f'<li id="f{number}"><b class="{tone}">{SIGNS[finding.verdict]} {escape(word)}</b><br>',
            escape(finding.message),
            f'<div class="sum">{escape(finding.beside)}</div>' if finding.beside else "",
            f'<ul class="why">{explanations}</ul>' if explanations else "",
            f'<div class="muted">{escape(clarified.words)} （{escape(clarified.by)}，{escape(clarified.at)}）</div>'
            if clarified
            else "",
            "</li>",
        )
    )
