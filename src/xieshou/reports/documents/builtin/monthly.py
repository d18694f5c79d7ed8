"""Monthly responsibility table (责任指标月度完成情况表): target, done, completion, time passed, difference, by unit."""

from __future__ import annotations

from decimal import Decimal

from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure, Kind
from xieshou.reports.documents import rules
from xieshou.reports.documents.asking import MONEY, Unit
from xieshou.reports.documents.builtin import sections
from xieshou.reports.documents.builtin.matter import Matter
from xieshou.reports.documents.document import Block, Cited, Column, Heading, Note, Reckoned, Run, Table


def title(matter: Matter) -> str:
    return f"{matter.period_words}{matter.whose}责任指标完成情况表"


def blocks(matter: Matter) -> list[Block]:
    """A table for each figure that the catalogue compares with its target."""
    found: list[Block] = []
    completions = [figure for figure in matter.questions.figures if figure.kind is Kind.COMPLETION]
    for figure in completions:
        table = _table(matter, figure)
        if table is not None:
            found += [Heading(1, f"{rules.ordinal(len(found) // 2 + 1)}、{figure.numerator.name}"), table]  # type: ignore[union-attr]
    if not found:
        return [Note(f"{matter.wanted.year}年台账中没有目标或完成数。")]
    return [*found, Note(_time_note(matter))]


def time_passed(matter: Matter) -> Decimal:
    """What part of the year has passed at the end of the month, in percent (序时进度): months over twelve."""
    return rules.in_unit(100 * matter.wanted.last_month, 12)


def _time_note(matter: Matter) -> str:
    return (
        f"序时进度按已过月数除以12计算，{matter.wanted.last_month}月末为{rules.plain(time_passed(matter))}%；"
        "完成率为年初至月末完成数除以全年目标；差额为全年目标减去完成数，负数表示已超额完成。"
    )


def _table(matter: Matter, figure: Figure) -> Table | None:
    assert figure.numerator is not None, figure.key
    assert figure.denominator is not None, figure.key
    ask, by = matter.questions, ("credited",)
    targets = ask.rows(figure.denominator.key, by, matter.whole_year)
    done = ask.rows(figure.numerator.key, by, matter.so_far)
    codes = sections.by_size(targets, done)
    if not codes:
        return None
    unit = Unit.of(figure.numerator)
    whole_target = ask.answer(figure.denominator.key, matter.whole_year)
    whole_done = ask.answer(figure.numerator.key, matter.so_far)
    pairs = [(targets.get(code), done.get(code)) for code in codes]
    rows = [(sections.name_of(target or actual), *_line(matter, target, actual)) for target, actual in pairs]
    return Table(
        f"{matter.so_far_words}{figure.numerator.name}完成情况",
        (
            Column("帮扶单位", width=2.4),
            Column("目标", number=True),
            Column("完成", number=True),
            Column("完成率（%）", number=True),
            Column("序时进度（%）", number=True),
            Column("差额", number=True),
        ),
        tuple(rows),
        ("合计", *_line(matter, whole_target, whole_done)),
        unit=unit.word,
        notes=(
            *(sections.tail_notes("目标", targets, codes, whole_target) if figure.numerator.unit == MONEY else ()),
            *(sections.tail_notes("完成", done, codes, whole_done) if figure.numerator.unit == MONEY else ()),
        ),
    )


def _line(matter: Matter, target: Answer | None, done: Answer | None) -> tuple[Run, ...]:
    ask = matter.questions
    cells = (ask.cell(target), ask.cell(done))
    return (
        *cells,
        _completion(target, done, cells),
        rules.tabular(time_passed(matter)),
        _difference(target, done, cells),
    )


def _completion(target: Answer | None, done: Answer | None, cells: tuple[Run, Run]) -> Run:
    if target is None or done is None or done.base_value is None or not target.base_value:
        return rules.NO_RECORD
    share = rules.in_unit(100 * done.base_value, target.base_value)
    return Reckoned(rules.tabular(share), rules.rounded(share), _ids(cells))


def _difference(target: Answer | None, done: Answer | None, cells: tuple[Run, Run]) -> Run:
    if target is None or target.base_value is None or done is None or done.base_value is None:
        return rules.NO_RECORD
    missing = rules.in_unit(target.base_value - done.base_value, Unit.of(target.figure).scale)
    return Reckoned(rules.tabular(missing), rules.rounded(missing), _ids(cells))


def _ids(cells: tuple[Run, ...]) -> tuple[int, ...]:
    return tuple(cell.id for cell in cells if isinstance(cell, Cited))
