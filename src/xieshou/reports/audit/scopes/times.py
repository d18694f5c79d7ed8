"""The time that holds at each point of a text, as headings, paragraphs and sentences set it.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from xieshou.reports.audit.scopes.anchors import Anchor
from xieshou.reports.audit.scopes.periods import (
    UNKNOWN,
    Extent,
    Period,
    PeriodMark,
    Sense,
    between,
    dated,
    lasting_from,
    up_to,
    whole_year,
)

_NO_TIME = frozenset({Sense.BASE, Sense.ATTRIBUTE, Sense.EACH_YEAR, Sense.EACH_PART})
_OF_ITS_SENTENCE = frozenset({Sense.LAST_YEAR, Sense.NEXT_YEAR, Sense.FOLLOWING_YEAR})


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of one quantity. is_distant: no word of its own paragraph tells it; is_ahead: it is intended."""

    period: Period
    is_distant: bool
    is_ahead: bool


@dataclass(slots=True)
class Clock:
    """Walks with the text: `enter_heading`, `enter_paragraph`, `enter_sentence`, then `at` in order."""

    marks: Sequence[PeriodMark]
    anchor: Anchor
    _starts: list[int] = field(init=False)
    _sections: list[tuple[int, Period, bool]] = field(default_factory=list)
    _section: Period = UNKNOWN
    _section_ahead: bool = False
    _paragraph: Period = UNKNOWN
    _begins: int = 0
    _year_here: int = 0
    _ahead: bool = False
    _keeps: bool = True
    _sentence: Period = UNKNOWN
    _next: int = 0
    _is_own: bool = False
    _last_year: int = 0
    _is_founded: bool = False
    _behind: Period | None = None
    _next_section: Period | None = None
    _is_dated: bool = False
    _is_passing: bool = False

    def __post_init__(self) -> None:
        self._starts = [mark.at for mark in self.marks]
        self._section = self.anchor.default

    def enter_heading(self, at: int, until: int, level: int, *, sets_scope: bool) -> None:
        """A heading of its level closes the sections of that level and below; their times are forgotten."""
        while self._sections and self._sections[-1][0] >= level:
            self._sections.pop()
        _level, period, ahead = self._sections[-1] if self._sections else (0, self.anchor.default, False)
        self._section, self._section_ahead = period, ahead
        for index in range(bisect_left(self._starts, at), bisect_left(self._starts, until)):
            mark = self.marks[index]
            if mark.sense is Sense.AHEAD:
                self._section_ahead = True
            elif sets_scope and mark.sense is Sense.PERIOD and not self._is_all_of(mark, at, until):
                self._section = mark.period.of_its_year
        self._sections.append((level, self._section, self._section_ahead))

    @staticmethod
    def _is_all_of(mark: PeriodMark, at: int, until: int) -> bool:
        """Whether a line is nothing but a date, as pages print it under the title."""
        return mark.at == at and mark.until >= until and mark.period.extent is Extent.DAY

    def enter_paragraph(self, *, keeps: bool) -> None:
        """keeps: what the paragraph says of time holds behind it too (a caption's does not)."""
        self._paragraph, self._ahead, self._keeps = self._next_section or self._section, self._section_ahead, keeps
        self._begins, self._is_founded, self._next_section, self._year_here = 0, False, None, 0

    def leave_paragraph(self) -> None:
        """A year stays for the next paragraphs of the section, and a time that began in this one (2018年设立).

        In a text that counts up to a date the years are episodes: only a day stays, for the next paragraph.
        """
        if not self._keeps:
            return
        period = self._paragraph
        if self.anchor.default.extent is Extent.UNTIL:
            self._next_section = period if period.extent is Extent.DAY and self._is_dated else None
            self._is_dated = False
        elif period.extent is Extent.YEAR or (self._is_founded and period.extent in (Extent.LASTING, Extent.SPAN)):
            self._section = period
            if self._sections:
                self._sections[-1] = (self._sections[-1][0], self._section, self._section_ahead)

    def enter_sentence(self, at: int, *, goes_on: bool = False) -> None:
        """goes_on: the sentence divides what the one before it told (其中), so that it has the same time."""
        self._sentence, self._is_own = self._sentence if goes_on else self._paragraph, False
        self._next = bisect_left(self._starts, at, self._next)

    def leave_sentence(self, until: int) -> None:
        self._read_until(until)
        self._pass()
        if self._sentence.extent is Extent.NOW or (self._is_own and self._is_passing):
            return
        if self._sentence.extent is Extent.UNTIL and whole_year(self._sentence.year) == self._paragraph:
            return  # in a report on 2022, 截至2022年底 is said of one thing
        is_episode = self._sentence.extent is Extent.DAY and self.anchor.default.extent is Extent.UNTIL
        self._is_dated = is_episode and (self._is_own or self._is_dated)
        self._paragraph = self._sentence if is_episode else self._sentence.of_its_year

    def at(self, position: int) -> Moment:
        """The time at a position of the sentence; positions come in order."""
        self._read_until(position)
        moment = Moment(self._sentence, not self._year_here, self._ahead)
        self._pass()
        return moment

    def _pass(self) -> None:
        if self._behind is not None:
            self._sentence, self._behind = self._behind, None

    def _read_until(self, position: int) -> None:
        while self._next < len(self.marks) and self.marks[self._next].at < position:
            self._read(self.marks[self._next])
            self._next += 1

    def _read(self, mark: PeriodMark) -> None:
        if mark.sense in _NO_TIME:
            return
        if mark.sense is Sense.AHEAD:
            self._ahead = True
            return
        period = self._meant(mark)
        if mark.begins:
            self._begins = mark.begins
            self._is_founded = self._is_founded or mark.is_founding
        if period.extent is Extent.NOTHING:
            return
        self._behind = self._sentence if mark.passes else None
        self._sentence, self._is_own = period, True
        self._is_passing = mark.sense in _OF_ITS_SENTENCE
        self._last_year = self._year_here = period.year or self._last_year

    def _meant(self, mark: PeriodMark) -> Period:
        anchor = self.anchor
        match mark.sense:
            case Sense.PERIOD | Sense.PLAN_YEARS:
                return self._dated(mark)
            case Sense.UNTIL_NOW:
                if self._begins:
                    return lasting_from(str(self._begins))
                return self._sentence if self._sentence.extent is Extent.LASTING else up_to(anchor.until)
            case Sense.NOW:
                return Period(up_to(anchor.until).text, Extent.NOW, anchor.year)
            case Sense.YEARS | Sense.SINCE:
                is_begun = self._is_own and self._sentence.extent in (Extent.LASTING, Extent.YEAR, Extent.SPAN)
                return self._sentence if mark.sense is Sense.SINCE and is_begun else up_to(anchor.until)
        period = dated(self._year_meant(mark), mark.rest)
        return up_to(period.text) if mark.reaches else period

    def _year_meant(self, mark: PeriodMark) -> int:
        """The year that a relative mark names, 0 if the text does not tell it."""
        named = self._last_year or self._sentence.year
        match mark.sense:
            case Sense.THIS_YEAR:
                return self.anchor.year
            case Sense.LAST_YEAR:
                return self.anchor.year and self.anchor.year - 1
            case Sense.NEXT_YEAR:
                return self.anchor.year and self.anchor.year + 1
            case Sense.SAME_YEAR:
                return named
            case Sense.FOLLOWING_YEAR:
                return named and named + 1
            case _:
                return self._sentence.year or named or self.anchor.year

    def _dated(self, mark: PeriodMark) -> Period:
        period = mark.period
        if period.extent is Extent.UNTIL:
            if self._begins and self._begins < period.year:
                return between(str(self._begins), period.text.removeprefix(".."))
            is_year_told = self._sentence.extent is Extent.YEAR and self._sentence.year == period.year
            is_told_here = is_year_told and self._year_here == period.year
            if mark.year_end and is_told_here:
                return self._sentence  # where a paragraph tells of 2019, 截至2019年底 closes that year
        if period.extent is Extent.LASTING and period.text == f"{self.anchor.year}..":
            return whole_year(period.year)  # 2020年以来, in a text of 2020
        return period
