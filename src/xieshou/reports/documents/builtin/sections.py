"""Sections that several templates share: the funds in sentences, tables by place and by unit, everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice

from xieshou.figures.answers import Answer
from xieshou.figures.scopes import Scope
from xieshou.reports.documents import rules
from xieshou.reports.documents.asking import GROWTH, number_of
from xieshou.reports.documents.builtin.matter import COMPLETION, PLANNED, RAISED, SHARE, USED, Matter
from xieshou.reports.documents.document import Block, Chart, Column, Note, Paragraph, Run, Series, Table

PLACES_IN_A_SENTENCE = 6  # a longer list is read in the table
BARS = 20

Rows = Mapping[tuple[str, ...], Answer]


def fund_total(matter: Matter) -> Paragraph:
    """2019年，某公司定点扶贫资金计划投入4711万元，实际完成4826.6万元，资金完成率为102.45%。"""
    ask = matter.questions
    planned, raised = ask.answer(PLANNED, matter.whole_year), ask.answer(RAISED, matter.so_far)
    runs: list[Run] = [f"{matter.so_far_words}，{matter.whose}资金"]
    if planned.base_value is not None:
        runs += ["计划投入", ask.text(planned), "，实际完成" if raised.base_value is not None else "，实际完成情况未填"]
    elif raised.base_value is not None:
        runs += ["实际投入"]
    else:
        return Paragraph((f"{matter.so_far_words}，台账中没有{matter.whose}资金的记录。",))
    if raised.base_value is not None:
        runs += [ask.text(raised), *_completion(matter), *_growth(matter)]
    return Paragraph((*runs, "。"))


def _completion(matter: Matter) -> list[Run]:
    if matter.so_far != matter.whole_year:
        return []
    completion = matter.questions.answer(COMPLETION, matter.so_far)
    return [] if completion.value is None else ["，资金完成率为", matter.questions.text(completion)]


def _growth(matter: Matter) -> list[Run]:
    if matter.so_far.since is None:
        return []
    growth = matter.questions.answer(f"{GROWTH}{RAISED}", matter.so_far)
    return [] if growth.value is None else ["，", matter.questions.worded(growth, rules.change_words)]


def fund_by_place(matter: Matter) -> list[Block]:
    """Each place in a sentence, then all in a table and as bars; nothing where there is only one."""
    ask, by = matter.questions, (matter.part_dimension,)
    planned, raised = ask.rows(PLANNED, by, matter.whole_year), ask.rows(RAISED, by, matter.so_far)
    codes = by_size(planned, raised)
    if len(codes) < 2:
        return []
    shares = ask.rows(SHARE, by, matter.so_far)
    blocks: list[Block] = []
    if len(codes) <= PLACES_IN_A_SENTENCE and all(code for (code,) in codes):
        clauses = [_of_place(matter, code, planned.get(code), raised.get(code), shares.get(code)) for code in codes]
        runs: list[Run] = ["其中，"]
        for position, clause in enumerate(clauses):
            runs += [*clause, "。" if position == len(clauses) - 1 else "；"]
        blocks.append(Paragraph(tuple(runs)))
    blocks.append(fund_table(matter, by[0], f"{matter.so_far_words}{matter.whose}资金分地区情况", codes))
    blocks += fund_bars(matter, codes, planned, raised)
    return blocks


def _of_place(
    matter: Matter, code: tuple[str, ...], planned: Answer | None, raised: Answer | None, share: Answer | None
) -> list[Run]:
    ask = matter.questions
    name = name_of(planned or raised)
    runs: list[Run] = []
    if planned is not None and planned.base_value is not None:
        runs += [f"计划向{name}投入", ask.text(planned)]
    if raised is not None and raised.base_value is not None:
        runs += ["，实际完成" if runs else f"向{name}实际投入", ask.text(raised)]
        if share is not None and share.value is not None:
            runs += [f"，占实际投入{matter.kind_words}资金的", ask.text(share)]
    return runs


def fund_table(
    matter: Matter, dimension: str, caption: str, codes: Sequence[tuple[str, ...]], most: int | None = None
) -> Table:
    """Plan, done, completion and share of each row, the whole at the foot, with the 尾差 of each column.

    most: how many of the rows stand in the table; the whole is always that of all, and the notes are left out.
    """
    ask, by = matter.questions, (dimension,)
    planned, raised = ask.rows(PLANNED, by, matter.whole_year), ask.rows(RAISED, by, matter.so_far)
    shares = ask.rows(SHARE, by, matter.so_far)
    is_whole_year = matter.so_far == matter.whole_year
    completions = ask.rows(COMPLETION, by, matter.so_far) if is_whole_year else {}
    columns = [
        Column({"credited": "帮扶单位"}.get(dimension, matter.part_words), width=2.4),
        Column("计划", number=True),
        Column("实际", number=True),
        *([Column("完成率（%）", number=True)] if is_whole_year else []),
        Column("占比（%）", number=True),
    ]
    rows = [
        (
            name_of(planned.get(code) or raised.get(code)),
            ask.cell(planned.get(code)),
            ask.cell(raised.get(code)),
            *([ask.cell(completions.get(code))] if is_whole_year else []),
            ask.cell(shares.get(code)),
        )
        for code in codes[:most]
    ]
    whole_planned, whole_raised = ask.answer(PLANNED, matter.whole_year), ask.answer(RAISED, matter.so_far)
    total = (
        "合计",
        ask.cell(whole_planned),
        ask.cell(whole_raised),
        *([ask.cell(ask.answer(COMPLETION, matter.so_far))] if is_whole_year else []),
        "100.00" if whole_raised.base_value else rules.NO_RECORD,
    )
    return Table(
        caption,
        tuple(columns),
        tuple(rows),
        total,
        unit=rules.WAN_YUAN,
        notes=()
        if most and len(codes) > most
        else (
            *tail_notes("计划", planned, codes, whole_planned),
            *tail_notes("实际", raised, codes, whole_raised),
            *share_note(shares, codes),
            *whole_planned.notes,
            *(note for note in whole_raised.notes if note not in whole_planned.notes),
        ),
    )


def fund_bars(matter: Matter, codes: Sequence[tuple[str, ...]], planned: Rows, raised: Rows) -> list[Block]:
    """Plan beside done, of the first places that are named."""
    shown = [code for code in codes if code[0]][:BARS]
    if len(shown) < 2:
        return []
    series = tuple(
        Series(name, tuple(_bar(rows.get(code)) for code in shown))
        for name, rows in (("计划", planned), ("实际", raised))
        if any(code in rows for code in shown)
    )
    names = tuple(name_of(planned.get(code) or raised.get(code)) for code in shown)
    title = (
        f"{matter.so_far_words}{matter.whose}资金计划与实际"
        if len(series) > 1
        else f"{matter.so_far_words}{matter.whose}资金"
    )
    return [Chart(title, names, series, rules.WAN_YUAN)]


def _bar(answer: Answer | None) -> Decimal | None:
    value = None if answer is None else number_of(answer)[0]
    return None if value is None else rules.rounded(value)


def fund_by_source_and_use(matter: Matter) -> list[Block]:
    """Where the money came from and what it was for, as far as it is stated."""
    ask = matter.questions
    blocks: list[Block] = []
    for key, dimension, lead, rest in (
        (RAISED, "source", "从资金来源看，", "未写明来源的"),
        (USED, "category", "从资金用途看，", "未写明用途的"),
    ):
        rows = ask.rows(key, (dimension,), matter.so_far)
        if not any(code for (code,) in rows):
            continue
        runs: list[Run] = [lead]
        for position, code in enumerate(by_size(rows)):
            runs += ["；" if position else "", name_of(rows[code]) if code[0] else rest, ask.text(rows[code])]
        blocks.append(Paragraph((*runs, "。")))
    return blocks


def others_table(matter: Matter, scope: Scope, caption: str, most: int = 40) -> list[Block]:
    """The first figures of the catalogue, beside the money's, that have entries in the scope."""
    ask = matter.questions
    # One more than is shown is looked for, to say that there are more; each costs an evaluation.
    answers = list(islice(matter.others(scope), most + 1))
    if not answers:
        return []
    rows = tuple((str(each.figure.name), ask.cell(each), number_of(each)[1]) for each in answers[:most])
    columns = (Column("指标", width=3.0), Column("数值", number=True, width=1.5), Column("单位", width=0.8))
    blocks: list[Block] = [Table(caption, columns, rows)]
    if len(answers) > most:
        blocks.append(Note(f"只列前{most}项；其余见台账指标。"))
    return blocks


def by_size(*columns: Rows) -> list[tuple[str, ...]]:
    """The codes of several columns, the largest first by the first column that has them, what is not stated last."""
    codes = dict.fromkeys(code for rows in columns for code in rows)

    def size(code: tuple[str, ...]) -> tuple[bool, list[int], tuple[str, ...]]:
        values = [rows[code].base_value if code in rows else None for rows in columns]
        return not all(code), [-(value or 0) for value in values], code

    return sorted(codes, key=size)


def name_of(answer: Answer | None) -> str:
    """What the row of an answer is called."""
    if answer is None:
        return rules.NOT_STATED
    return "、".join(member.name if member.code else rules.NOT_STATED for member in answer.by.values())


def tail_notes(column: str, rows: Rows, codes: Sequence[tuple[str, ...]], whole: Answer) -> list[str]:
    parts = [value for code in codes if code in rows and (value := number_of(rows[code])[0]) is not None]
    total = number_of(whole)[0]
    note = rules.tail_note(column, parts, total, rules.WAN_YUAN) if total is not None and parts else ""
    return [note] if note else []


def share_note(shares: Rows, codes: Sequence[tuple[str, ...]]) -> list[str]:
    parts = [value for code in codes if code in shares and (value := number_of(shares[code])[0]) is not None]
    note = rules.tail_note("占比", parts, Decimal(100), "个百分点") if parts else ""
    return [note] if note else []
