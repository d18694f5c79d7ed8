"""County sheet (一县一页): what one place was given, on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from xieshou.reports.documents import rules
from xieshou.reports.documents.asking import number_of
from xieshou.reports.documents.builtin import sections
from xieshou.reports.documents.builtin.matter import PLANNED, RAISED, Matter
from xieshou.reports.documents.document import Block, Chart, Note, Series

UNITS = 10  # what fits on the page beside everything else
MEASURES = 8
YEARS = 5


def title(matter: Matter) -> str:
    return f"{matter.place_name}{matter.kind_words}情况一页表"


def blocks(matter: Matter) -> list[Block]:
    return [
        sections.fund_total(matter),
        *sections.fund_by_source_and_use(matter),
        *_by_unit(matter),
        *sections.others_table(matter, matter.so_far, f"{matter.so_far_words}其他帮扶情况", MEASURES),
        *_by_year(matter),
    ]


def _by_unit(matter: Matter) -> list[Block]:
    ask = matter.questions
    planned = ask.rows(PLANNED, ("credited",), matter.whole_year)
    codes = sections.by_size(planned, ask.rows(RAISED, ("credited",), matter.so_far))
    if not codes:
        return []
    caption = f"{matter.so_far_words}各帮扶单位资金情况"
    table = sections.fund_table(matter, "credited", caption, codes, UNITS)
    if len(codes) <= UNITS:
        return [table]
    return [table, Note(f"只列投入最多的{UNITS}个单位，共{len(codes)}个；合计为全部单位。")]


def _by_year(matter: Matter) -> list[Block]:
    """The money of the last years as bars, where there are at least two."""
    year = matter.wanted.year
    scope = replace(matter.so_far, since=date(year - YEARS + 1, 1, 1), until=date(year, 12, 31))
    found = matter.questions.rows(RAISED, ("year",), scope)
    rows = {code: answer for (code,), answer in found.items() if code.isdecimal()}
    if len(rows) < 2:
        return []
    values = tuple(rules.rounded(number_of(rows[code])[0] or Decimal(0)) for code in sorted(rows))
    names = tuple(f"{code}年" for code in sorted(rows))
    return [Chart("历年实际投入资金", names, (Series("实际", values),), rules.WAN_YUAN)]
