"""Each cell of a blank table: the question it asks, the answer in the unit of its heading, or why it stays blank."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.common.errors import XieshouError
from xieshou.common.formats import period
from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import PartyRole, Scope
from xieshou.figures.selectors import party_names
from xieshou.intake.rules import column_letter, squeeze
from xieshou.ledger.posted import PostingSource
from xieshou.parties.selectors import party_seen
from xieshou.places import selectors as places
from xieshou.reports.documents import rules
from xieshou.reports.documents.asking import Questions, number_of, places_of
from xieshou.reports.filling.lexicon import NUMBER, PARTY, PLACE_LEVELS, YEAR, Ask
from xieshou.reports.filling.proposals import VALUE, Line, Proposal, place_level
from xieshou.reports.filling.selectors import BookRow, code_at, rows_in_books
from xieshou.reports.filling.targets import Target

_LABEL = re.compile(
    r"^(填报单位|填表单位|报送单位|单位名称|填报日期|填表日期|报送日期|填报时间|填表时间|报告期|统计时期|统计时间|截止时间|截至时间|数据截止)[:：]$"
)
_STAMP = re.compile(r"盖章|公章|签章|签字|签名")


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A cell that was left blank, and why."""

    table: str
    cell: str
    heading: str
    why: str

    def as_json(self) -> dict[str, str]:
        return {"table": self.table, "cell": self.cell, "heading": self.heading, "why": self.why}


@dataclass(frozen=True, slots=True)
class _Row:
    """What one row is about: break-downs with their codes, or a scope of its own; why: it cannot be told."""

    by: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    scope: Scope | None = None
    why: str = ""


class Filler:
    """Fills the tables of one file for one actor in one scope; `questions` holds the citations."""

    def __init__(
        self,
        *,
        actor: Actor,
        scope: Scope,
        figures: Sequence[Figure],
        sources: Sequence[PostingSource],
        head: str | int | None,
    ) -> None:
        self.actor, self.scope, self.sources = actor, scope, sources
        self.questions = Questions(actor=actor, scope=scope, figures=figures, head=head)
        self.filled, self.rows = 0, 0
        self.unfilled: list[Unfilled] = []

    def fill(self, target: Target, proposal: Proposal) -> None:
        self._titles(target, proposal)
        books: list[BookRow] = []
        if proposal.blank or proposal.named:
            measures = {line.means.key for line in (*proposal.columns, *proposal.rows) if isinstance(line.means, Ask)}
            books = self._distinct(proposal, rows_in_books(self.actor, self.scope, self.sources, measures))
        for row in proposal.named:
            self._fill_row(target, proposal, row, self._named(target, proposal, row, books))
        shift = 0
        if proposal.blank:
            shift = self._fill_blank_rows(target, proposal, books)
        for row in proposal.totals:
            moved = row + (shift if proposal.blank and row > proposal.blank[1] else 0)
            self._fill_row(target, proposal, moved, _Row())

    def _fill_blank_rows(self, target: Target, proposal: Proposal, books: Sequence[BookRow]) -> int:
        """Write a row for each unit and place in the books; returns how many rows were added."""
        assert proposal.blank is not None
        first, last = proposal.blank
        if not _dimensions(proposal):
            self._fill_row(target, proposal, first, _Row())
            return 0
        if not books:
            why = _("台账在所选范围内没有可列的单位和地点；请换一个地点、单位或截止日期。")
            for line in proposal.asks:
                self._leave(target, proposal, first, line, why)
            return 0
        room = last - first + 1
        target.add_rows(first, last, len(books) - room)
        for position, one in enumerate(books):
            row = first + position
            for line in proposal.columns:
                if isinstance(line.means, str) and target.may_write(row, line.index):
                    text = str(position + 1) if line.means == NUMBER else one.names.get(line.means, "")
                    if text:
                        target.say(row, line.index, text)
            self._fill_row(target, proposal, row, _of_books(proposal, one))
        return max(0, len(books) - room)

    def _distinct(self, proposal: Proposal, found: Sequence[BookRow]) -> list[BookRow]:
        """One row for each combination of what the columns name, in the order of first appearance."""
        kept: dict[tuple[str, ...], BookRow] = {}
        for one in found:
            kept.setdefault(_of_books(proposal, one).codes, one)
        return list(kept.values())

    def _named(self, target: Target, proposal: Proposal, row: int, books: Sequence[BookRow]) -> _Row:
        grid = target.grid()
        level, by_unit, by_year = place_level(proposal), proposal.column(PARTY), proposal.column(YEAR)
        place_column = proposal.column(level) if level else None
        place = "" if place_column is None else grid.text(row, place_column)
        unit = "" if by_unit is None else grid.text(row, by_unit)
        scope = self.scope
        if by_year is not None and (text := grid.text(row, by_year)):
            year = re.match(r"(?:19|20)\d\d", squeeze(text))
            if year is None:
                return _Row(why=_("“%(text)s”不是年份；请写四位年份。") % {"text": text})
            scope = replace(scope, since=date(int(year[0]), 1, 1), until=date(int(year[0]), 12, 31))
        for one in books:
            if (
                place
                and squeeze(one.names.get(level, "")) == squeeze(place)
                and (by_unit is None or squeeze(one.names["party"]) == squeeze(unit))
            ):
                return replace(_of_books(proposal, one), scope=scope)
        try:
            if unit:
                scope = replace(scope, party=party_seen(unit, actor=self.actor).pk, role=PartyRole.CREDITED)
            if place:
                found = places.resolve(place, within=self.scope.place)
                best = places.certain(found)
                if best is None:
                    return _Row(why=_("“%(text)s”对不上一个确定的地点；请写全称或先选定县。") % {"text": place})
                scope = replace(scope, place=best.code)
        except XieshouError as refusal:
            return _Row(why=refusal.message)
        return _Row(scope=scope)

    def _fill_row(self, target: Target, proposal: Proposal, row: int, about: _Row) -> None:
        self.rows += 1
        asked = next((line for line in proposal.rows if line.index == row), None)
        for line in proposal.columns:
            if isinstance(line.means, Ask):
                self._fill_cell(target, proposal, row, line, line.means, about)
            elif line.means == VALUE and asked is not None:
                unit = replace(line, unit=asked.unit, heading=asked.heading, stated=asked.stated)
                if isinstance(asked.means, Ask):
                    self._fill_cell(target, proposal, row, unit, asked.means, about)
                else:
                    self._leave(target, proposal, row, unit, _("没有认出这一行要哪个指标；请在“填上级空表”页面指定。"))
            elif line.means == "":
                why = _("没有认出“%(heading)s”要哪个指标；请在“填上级空表”页面指定。") % {"heading": line.heading}
                self._leave(target, proposal, row, line, why)

    def _fill_cell(self, target: Target, proposal: Proposal, row: int, line: Line, ask: Ask, about: _Row) -> None:
        if not target.may_write(row, line.index):
            return
        if about.why:
            self._leave(target, proposal, row, line, about.why)
            return
        try:
            answer = self._answer(ask, about)
            unit = _unit_of(line, self.questions.figure(ask.key))
            cited = self.questions.cell(answer, unit=unit, places=None)
        except XieshouError as refusal:
            self._leave(target, proposal, row, line, refusal.message)
            return
        if answer is None or isinstance(cited, str) or cited.number is None:
            why = _("台账里没有这一项的记录，留空；空白不等于 0。")
            if answer is not None and answer.notes:
                why += "".join(answer.notes)
            self._leave(target, proposal, row, line, why)
            return
        target.put(row, line.index, cited.number, cited.text, self._note(cited.id, answer, unit, line))
        self.filled += 1

    def _answer(self, ask: Ask, about: _Row) -> Answer | None:
        scope = replace(about.scope or self.scope, category=ask.category, source=ask.source)
        return self.questions.rows(ask.key, about.by, scope).get(about.codes)

    def _note(self, citation: int, answer: Answer, unit: str, line: Line) -> str:
        exact, word = number_of(answer, unit)
        lines = [
            f"[{citation}] {answer.figure.key} {answer.figure.name}",
            _("口径：%(definition)s") % {"definition": answer.figure.definition},
            _("台账：截至第 %(head)d 条，%(entries)d 条相关记录")
            % {"head": answer.state.head, "entries": answer.entries},
        ]
        rounded = None if exact is None else rules.rounded(exact, places_of(answer))
        if exact is not None and rounded != exact:
            lines.append(
                _("四舍五入：准确值 %(exact)s%(unit)s") % {"exact": f"{exact.normalize():f}"[:40], "unit": word}
            )
        if not line.stated:
            lines.append(_("表上没有写单位，按%(unit)s填。") % {"unit": word})
        return "\n".join((*lines, *answer.notes))

    def _leave(self, target: Target, proposal: Proposal, row: int, line: Line, why: str) -> None:
        if not target.may_write(row, line.index):
            return
        target.mark(row, line.index, why)
        cell = f"{column_letter(line.index)}{row + 1}"
        self.unfilled.append(Unfilled(proposal.table, cell, line.heading, why))

    def _titles(self, target: Target, proposal: Proposal) -> None:
        """The places for the unit, the day and the period, where they are blank and no stamp belongs there."""
        grid = target.grid()
        for row, texts in enumerate(grid.rows[: proposal.top]):
            for column, text in enumerate(texts):
                match = _LABEL.match(squeeze(text).replace(":", "："))
                if match is None or _STAMP.search(text):
                    continue
                value = self._known(match[1])
                if not value:
                    continue
                if column + 1 < grid.width and not grid.text(row, column + 1) and target.may_write(row, column + 1):
                    target.say(row, column + 1, value)
                else:
                    target.say(row, column, f"{text.rstrip()}{value}")

    def _known(self, label: str) -> str:
        if "单位" in label:
            if self.scope.party is not None:
                return str(party_names([str(self.scope.party)]).get(str(self.scope.party), ""))
            return ""
        if label in ("填报日期", "填表日期", "报送日期", "填报时间", "填表时间"):
            today = timezone.localdate()
            return f"{today.year}年{today.month}月{today.day}日"
        return period(self.scope.since, self.scope.until) if self.scope.until else ""


def _dimensions(proposal: Proposal) -> tuple[str, ...]:
    level = place_level(proposal)
    return tuple(name for name in (PARTY if proposal.column(PARTY) is not None else "", level) if name)


def _of_books(proposal: Proposal, one: BookRow) -> _Row:
    codes: dict[str, str] = {}
    for name in _dimensions(proposal):
        if name == PARTY:
            codes["credited"] = str(one.party)
        elif name in PLACE_LEVELS:
            codes[name] = code_at(one.place, name)
    return _Row(tuple(codes), tuple(codes.values()))


def _unit_of(line: Line, figure: Figure) -> str:
    """The unit that the heading demands; yuan for money where nothing says."""
    if figure.is_ratio:
        return ""
    if figure.unit == "CNY":
        return line.unit or "元"
    return line.unit or rules.unit_word(figure.unit)


def summary(unfilled: Sequence[Unfilled]) -> Mapping[str, Any]:
    """How many cells were left for each reason."""
    found: dict[str, int] = {}
    for each in unfilled:
        found[each.why] = found.get(each.why, 0) + 1
    return found
