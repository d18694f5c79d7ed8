"""What a template is about: who, where, when, in the words of a report."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.scopes import Scope
from xieshou.parties.models import Party
from xieshou.places.selectors import full_name, names
from xieshou.programme.models import Programme
from xieshou.reports.documents.asking import Questions
from xieshou.reports.documents.candidates import figures_with_entries

LAST_YEAR_OF_POVERTY_ALLEVIATION = (
    2020  # 脱贫攻坚 ended; since 2021 the words are 帮扶 and 协作 (docs/rules/documents.md)
)

# The name of a kind of assistance until 2020, and since.
KIND_WORDS = {
    Programme.Kind.DESIGNATED: ("定点扶贫", "定点帮扶"),
    Programme.Kind.EAST_WEST: ("东西部扶贫协作", "东西部协作"),
    Programme.Kind.PAIRED_SUPPORT: ("对口支援", "对口支援"),
    Programme.Kind.PAIRED_COOPERATION: ("对口协作", "对口协作"),
    Programme.Kind.FRONTIER: ("对口支援", "对口支援"),
    Programme.Kind.TEN_THOUSAND_ENTERPRISES: ("万企帮万村", "万企兴万村"),
    Programme.Kind.IN_PROVINCE: ("结对帮扶", "结对帮扶"),
    Programme.Kind.REVOLUTIONARY_BASE: ("革命老区帮扶", "革命老区帮扶"),
    Programme.Kind.CONSUMPTION: ("消费扶贫", "消费帮扶"),
    Programme.Kind.VOLUNTARY: ("帮扶", "帮扶"),
}

PLANNED, RAISED, USED = "fund.planned", "fund.raised", "fund.used"
SHARE, COMPLETION = "fund.raised_share", "fund.completion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report is asked for. quarter (1–4) or month (1–12) ends the period; without either the whole year.

    place: 12-digit code or "". party: id, with all below it.
    """

    year: int
    quarter: int | None = None
    month: int | None = None
    place: str = ""
    party: int | None = None
    programme: int | None = None

    @property
    def since(self) -> date:
        """The first day of the period: of the quarter, of the month, of the year."""
        first = 1 if not (self.quarter or self.month) else self.last_month - (2 if self.quarter else 0)
        return date(self.year, first, 1)

    @property
    def until(self) -> date:
        return date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])

    @property
    def last_month(self) -> int:
        if self.month:
            return self.month
        return 3 * self.quarter if self.quarter else 12

    @property
    def scope(self) -> Scope:
        return Scope(place=self.place, party=self.party, programme=self.programme, since=self.since, until=self.until)


class Matter:
    """The matter of one report, with its questions to the books."""

    def __init__(self, wanted: Wanted, questions: Questions) -> None:
        self.wanted = wanted
        self.questions = questions

    @cached_property
    def is_cumulative(self) -> bool:
        """Whether the funds stand in the books only as sums up to a day, which belong to no single year (累计数)."""
        year = replace(self._year_to_date, until=date(self.wanted.year, 12, 31))
        answers = [self.questions.answer(key, year) for key in (PLANNED, RAISED)]
        return not any(answer.entries for answer in answers) and any(answer.crossing for answer in answers)

    @property
    def _year_to_date(self) -> Scope:
        return replace(self.wanted.scope, since=date(self.wanted.year, 1, 1))

    @property
    def so_far(self) -> Scope:
        """From the first of January to the end of the period, or everything up to then where only sums are stated."""
        return replace(self._year_to_date, since=None) if self.is_cumulative else self._year_to_date

    @property
    def whole_year(self) -> Scope:
        """The year to which a plan belongs."""
        if self.is_cumulative:
            return self.so_far
        return replace(self._year_to_date, until=date(self.wanted.year, 12, 31))

    @cached_property
    def place_name(self) -> str:
        return names([self.wanted.place]).get(self.wanted.place, "") if self.wanted.place else ""

    @cached_property
    def full_place_name(self) -> str:
        return full_name(self.wanted.place) if self.wanted.place else ""

    @cached_property
    def party_name(self) -> str:
        party = Party.objects.filter(pk=self.wanted.party).first() if self.wanted.party else None
        return party.name if party else ""

    @cached_property
    def kind_words(self) -> str:
        """定点帮扶, 东西部协作 …: the word of the period for the kind of programme, where there is one; else 帮扶."""
        number = self.wanted.programme or self._only_programme()
        programme = Programme.objects.filter(pk=number).first() if number else None
        if programme is None:
            return "帮扶"
        before, since = KIND_WORDS[Programme.Kind(programme.kind)]
        return before if self.wanted.year <= LAST_YEAR_OF_POVERTY_ALLEVIATION else since

    def _only_programme(self) -> int | None:
        found = {
            code
            for key in (PLANNED, RAISED)
            for (code,) in self.questions.rows(key, ("programme",), self.so_far if key == RAISED else self.whole_year)
        }
        return int(found.pop()) if len(found) == 1 and "" not in found else None

    @property
    def period_words(self) -> str:
        """2019年, 2019年第三季度, 2019年9月."""
        year, quarter, month = self.wanted.year, self.wanted.quarter, self.wanted.month
        if quarter:
            return f"{year}年第{'一二三四'[quarter - 1]}季度"
        return f"{year}年{month}月" if month else f"{year}年"

    @property
    def so_far_words(self) -> str:
        """2019年, 2019年1—9月, 截至2011年9月30日."""
        if self.is_cumulative:
            return f"截至{day_words(self.wanted.until)}"
        return (
            f"{self.wanted.year}年"
            if self.wanted.last_month == 12
            else f"{self.wanted.year}年1—{self.wanted.last_month}月"
        )

    @property
    def whose(self) -> str:
        """中国第一汽车集团有限公司定点扶贫, 凤山县帮扶: the subject of a sentence about the money."""
        return f"{self.party_name or self.place_name}{self.kind_words}"

    @property
    def part_dimension(self) -> str:
        """By which places the matter is divided: counties, in a county its townships, in a township its villages."""
        place = self.wanted.place
        if not place or place.endswith("0" * 8):
            return "county"
        return "township" if place.endswith("0" * 6) else "village"

    @property
    def part_words(self) -> str:
        return {"county": "县（市、区）", "township": "乡镇（街道）", "village": "村（社区）"}[self.part_dimension]

    def others(self, scope: Scope) -> Iterator[Answer]:
        """What the catalogue's other figures say in a scope: those that have entries, the money's own left out."""
        alone = [each for each in self.questions.figures if not each.key.startswith("fund.") and _stands_alone(each)]
        for figure in figures_with_entries(alone, scope):
            answer = self.questions.answer(figure.key, scope)
            if answer.entries and answer.base_value is not None:
                yield answer


def _stands_alone(figure: Figure) -> bool:
    """Whether a figure's value says something without a second one beside it."""
    return figure.kind in (Kind.SUM, Kind.RECORDS, Kind.DISTINCT, Kind.STOCK)


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
