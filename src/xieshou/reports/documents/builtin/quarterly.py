"""Quarterly table of projects and funds (季度项目资金情况表)."""

from __future__ import annotations

from xieshou.reports.documents import rules
from xieshou.reports.documents.builtin import sections
from xieshou.reports.documents.builtin.matter import PLANNED, RAISED, USED, Matter
from xieshou.reports.documents.document import Block, Column, Heading, Note, Table


def title(matter: Matter) -> str:
    return f"{matter.period_words}{matter.whose}项目资金情况表"


def blocks(matter: Matter) -> list[Block]:
    found: list[Block] = [
        Heading(1, "一、资金情况"),
        sections.fund_total(matter),
        _funds(matter, matter.part_dimension, matter.part_words, "分地区资金情况"),
        Heading(1, "二、项目类别情况"),
        _funds(matter, "category", "项目类别", "分类别资金情况"),
    ]
    others = sections.others_table(matter, matter.wanted.scope, f"{matter.period_words}其他帮扶情况")
    return found + ([Heading(1, "三、其他帮扶情况"), *others] if others else [])


def _funds(matter: Matter, dimension: str, words: str, caption: str) -> Table | Note:
    """Plan of the year, done in the quarter and since its beginning, used since its beginning."""
    ask, by = matter.questions, (dimension,)
    columns = (
        ("全年计划" if not matter.is_cumulative else "累计计划", PLANNED, matter.whole_year),
        ("本季度实际", RAISED, matter.wanted.scope),
        ("累计实际", RAISED, matter.so_far),
        ("累计使用", USED, matter.so_far),
    )
    found = [ask.rows(key, by, scope) for _title, key, scope in columns]
    codes = sections.by_size(found[0], found[2], found[3])
    if not codes:
        return Note(f"{matter.so_far_words}台账中没有记录。")
    rows = [
        (
            sections.name_of(next(rows[code] for rows in found if code in rows)),
            *(ask.cell(rows.get(code)) for rows in found),
        )
        for code in codes
    ]
    wholes = [ask.answer(key, scope) for _title, key, scope in columns]
    notes = [
        note
        for (head, _key, _scope), rows_of, whole in zip(columns, found, wholes, strict=True)
        for note in sections.tail_notes(head, rows_of, codes, whole)
    ]
    left_out = dict.fromkeys(
        f"“{head}”：{note}" for (head, _k, _s), whole in zip(columns, wholes, strict=True) for note in whole.notes
    )
    return Table(
        f"{matter.period_words}{caption}",
        (Column(words, width=2.0), *(Column(head, number=True) for head, _key, _scope in columns)),
        tuple(rows),
        ("合计", *(ask.cell(whole) for whole in wholes)),
        unit=rules.WAN_YUAN,
        notes=(*notes, *left_out),
    )
