"""Annual case (年度案例): what a unit planned and did in a year, in sentences, tables and bars."""

from __future__ import annotations

from xieshou.reports.documents.builtin import sections
from xieshou.reports.documents.builtin.matter import PLANNED, RAISED, Matter
from xieshou.reports.documents.document import Block, Heading
from xieshou.reports.documents.rules import ordinal


def title(matter: Matter) -> str:
    return f"{matter.so_far_words}{matter.whose}工作情况"


def blocks(matter: Matter) -> list[Block]:
    """The sections that have something to say, numbered as they come."""
    funds: list[Block] = [sections.fund_total(matter), *sections.fund_by_place(matter)]
    chapters = [
        ("资金投入情况", funds),
        ("资金来源与用途", sections.fund_by_source_and_use(matter)),
        ("帮扶单位投入情况", _by_unit(matter)),
        ("其他帮扶情况", sections.others_table(matter, matter.so_far, f"{matter.so_far_words}其他帮扶情况")),
    ]
    found: list[Block] = []
    number = 0
    for words, chapter in chapters:
        if chapter:
            number += 1
            found += [Heading(1, f"{ordinal(number)}、{words}"), *chapter]
    return found


def _by_unit(matter: Matter) -> list[Block]:
    ask = matter.questions
    planned = ask.rows(PLANNED, ("credited",), matter.whole_year)
    codes = sections.by_size(planned, ask.rows(RAISED, ("credited",), matter.so_far))
    if len(codes) < 2:
        return []
    return [sections.fund_table(matter, "credited", f"{matter.so_far_words}各帮扶单位资金情况", codes)]
