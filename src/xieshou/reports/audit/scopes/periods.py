"""When a figure is told of: dates and times in a text, and what the text's own date makes of 今年 and 目前.

A period is written `2019`, `2019-10`, `2019H2`, `2019Q1`, `2018..2020-10`, `..2020-10` or `2002..`.
Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from xieshou.reports.audit.scopes import vocabulary


class Extent(Enum):
    """What a period covers."""

    NOTHING = "nothing"  # the text does not say
    YEAR = "year"
    PART = "part"  # a half, a quarter or a month
    DAY = "day"
    SPAN = "span"  # from one date to another
    LASTING = "lasting"  # from a date on
    UNTIL = "until"  # up to a date
    NOW = "now"  # the state at the date of the text


@dataclass(frozen=True, slots=True)
class Period:
    """A period as it is handed on (`text`) with what it covers. year: its last year, else its first; 0 for none."""

    text: str
    extent: Extent
    year: int = 0

    @property
    def of_its_year(self) -> Period:
        """What stays of it for the sentences behind: the year of a day or month, else the period itself."""
        return whole_year(self.year) if self.extent in (Extent.DAY, Extent.PART) else self


UNKNOWN = Period("", Extent.NOTHING)


def whole_year(year: int) -> Period:
    return Period(str(year), Extent.YEAR, year) if year else UNKNOWN


def up_to(end: str) -> Period:
    return Period(f"..{end}", Extent.UNTIL, int(end[:4])) if end else UNKNOWN


def dated(year: int, rest: str) -> Period:
    """A year with a month, a day or a half."""
    if not year or not rest:
        return whole_year(year)
    return Period(f"{year}{rest}", Extent.DAY if rest.count("-") > 1 else Extent.PART, year)


def lasting_from(start: str) -> Period:
    return Period(f"{start}..", Extent.LASTING, int(start[:4]))


def between(start: str, end: str) -> Period:
    if start == end:
        return whole_year(int(end[:4]))
    return Period(f"{start}..{end}", Extent.SPAN, int(end[:4]))


class Sense(Enum):
    """What a mark says beside the period it names."""

    PERIOD = "period"
    PLAN_YEARS = "plan_years"  # 十三五期间
    UNTIL_NOW = "until_now"
    NOW = "now"
    YEARS = "years"  # 近年来, 两年来
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    NEXT_YEAR = "next_year"
    SAME_YEAR = "same_year"
    FOLLOWING_YEAR = "following_year"
    EACH_YEAR = "each_year"
    EACH_PART = "each_part"
    SINCE = "since"  # 结对以来, 党的十八大以来
    MONTH = "month"  # 6月30日, of a year named before
    AHEAD = "ahead"  # 下一步
    BASE = "base"  # the year compared with
    ATTRIBUTE = "attribute"  # 成立于1976年


@dataclass(frozen=True, slots=True)
class PeriodMark:
    """A stretch of the text that tells time. begins: the year from which something told later runs, or 0.

    is_founding: that is the year of a beginning (2018年设立). year_end: the date is the end of a year (截至2019年底).
    passes: it holds for the next figure only (由2016年末的30%下降到). rest: what follows the year of a relative mark
    (今年6月: "-06"); reaches: up to then (截至今年6月).
    """

    at: int
    until: int
    sense: Sense
    period: Period = UNKNOWN
    begins: int = 0
    is_founding: bool = False
    year_end: bool = False
    passes: bool = False
    rest: str = ""
    reaches: bool = False


_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_DATE = re.compile(
    rf"(?<!\d)(?:(?P<first>{_YEAR})年?度?(?:(?P<first_month>{_MONTH})月)?[底末初]?(?:、{_YEAR}年?)*[-—–~～至到、和与]{{1,2}})?"
    rf"(?P<year>{_YEAR})(?:年度?(?:(?P<month>{_MONTH})月份?(?:(?P<day>{_DAY})[日号])?[底末初]?"
    r"|(?P<half>[上下]半年)|第?(?P<quarter>[一二三四1-4])季度|(?P<edge>年?[底末初])|[春夏秋冬](?!奥)季?)?"
    rf"|[-/.](?P<month_of_figures>{_MONTH})(?:[-/.](?P<day_of_figures>{_DAY}))?(?!\d))"
)
_YEARS_PAST = re.compile(
    r"(?:近|过去|这|最近|短短)?(?:[一两二三四五六七八九十]{1,2}|\d{1,2})(?:多|余)?年(?:多|余)?(?:来|间|以来)"
)
_EVENT = re.compile(
    r"(?:北京)?(?:第.{1,4}届)?(?:冬季?|夏季?)?(?:奥|残奥|亚运|世博|进博|世界杯)"
)  # 2022年冬奥会 is a name
_HEARD = re.compile(
    r"[^。；！？\n]{0,60}?(?:会|会议|大会)上?(?:获悉|了解到|得知)"
)  # 2018年度…会议上获悉 tells where it was said
_CHANGES = re.compile(r"[^。；！？\n]{0,24}?(?:下降|提高|增加|增长|上升|提升|减少|降|增|升|扩大|变为|发展)")
_GATHERED = re.compile(r"[^。；！？\n]{0,40}?(?:累计|先后|历年|共有|现有)")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_LONGEST_REACH = 60  # characters between 自2017年 and the 以来 that closes it
_REACH_OF_VERB = 16  # characters between a year and the verb that makes it a beginning


@dataclass(frozen=True, slots=True)
class _Words:
    before: re.Pattern[str]
    senses: dict[str, str]
    lasting: re.Pattern[str]
    lasting_later: re.Pattern[str]
    lasting_soon: re.Pattern[str]
    starting: re.Pattern[str]
    relative: re.Pattern[str]
    plan_years: dict[str, str]
    events: dict[str, str]


_RELATIVE = ("until_now", "now", "this_year", "last_year", "next_year", "same_year", "following_year", "ahead", "years")
_EACH = ("each_year", "each_part")


@cache
def _words() -> _Words:
    name = "period_words"
    lasting = vocabulary.any_of(vocabulary.words(name, "lasting"))
    short = vocabulary.any_of(vocabulary.words(name, "lasting_short"))
    before = vocabulary.words(name, "until", "until_edge", "since", "attribute", "base", "starts")
    relative = vocabulary.words(name, *_RELATIVE, *_EACH, "plan_years", "event")
    return _Words(
        before=re.compile(rf"{vocabulary.any_of(before)}$"),
        senses={entry.word: entry.sense for entry in vocabulary.entries(name) if entry.sense not in ("lasting",)},
        lasting=re.compile(rf"[底末初]?(?:{lasting}(?![于年])|{short}(?=[，,、共]))"),
        lasting_later=re.compile(rf"[^。！？!?；;\n]{{0,{_LONGEST_REACH}}}?(?:以来|至今)"),
        lasting_soon=re.compile(rf"[^。！？!?；;，,\n]{{0,{_REACH_OF_VERB}}}?以来"),
        starting=re.compile(
            rf"[^。！？!?；;，,\n]{{0,{_REACH_OF_VERB}}}?{vocabulary.any_of(vocabulary.words(name, 'start_verb'))}"
        ),
        relative=re.compile(rf"(?!至今年){vocabulary.any_of(relative)}"),
        plan_years=vocabulary.values(name, "plan_years"),
        events=vocabulary.values(name, "event"),
    )


def period_marks(text: str) -> list[PeriodMark]:
    """What the text says of time, in order, not overlapping. Relative marks carry no period yet."""
    marks = [_dated(text, found) for found in _DATE.finditer(text)]
    marks += [PeriodMark(*found.span(), Sense.YEARS) for found in _YEARS_PAST.finditer(text)]
    words = _words()
    for found in words.relative.finditer(text):
        word = found.group()
        if word in words.plan_years:
            start, end = words.plan_years[word].split("..")
            is_since = text.startswith("以来", found.end() + text.startswith(("”", "期间"), found.end()))
            period = lasting_from(start) if is_since else between(start, end)
            marks.append(PeriodMark(*found.span(), Sense.PLAN_YEARS, period))
        elif word in words.events:
            marks.append(PeriodMark(*found.span(), Sense.PERIOD, lasting_from(words.events[word])))
        elif words.senses[word] in _YEARS_BY_WORD:
            marks += _relative_year(text, found, Sense(words.senses[word]))
        else:
            marks.append(PeriodMark(*found.span(), Sense(words.senses[word])))
    marks += [PeriodMark(*found.span(), Sense.SINCE) for found in _SINCE.finditer(text)]
    marks += [
        PeriodMark(*found.span(), Sense.MONTH, rest=_rest(found))
        for found in _BARE_MONTH.finditer(text)
        if _begins_clause(text, found.start())
    ]
    marks += [
        PeriodMark(*found.span(), Sense.MONTH, rest=_rest(found), reaches=True) for found in _UP_TO_MONTH.finditer(text)
    ]
    marks.sort(key=lambda mark: (mark.at, -mark.until))
    kept: list[PeriodMark] = []
    for mark in marks:
        if not kept or mark.at >= kept[-1].until:
            kept.append(mark)
    return kept


_YEARS_BY_WORD = frozenset({"this_year", "last_year", "next_year", "same_year", "following_year"})
_REST = re.compile(rf"(?P<month>{_MONTH})月份?(?:(?P<day>{_DAY})[日号])?[底末初]?|(?P<half>[上下])半年|年?[底末]")
_THROUGH = re.compile(rf"[至到—–~-]{{1,2}}{_MONTH}月份?")  # 1月至9月 is of its year
_BARE_MONTH = re.compile(rf"(?P<month>{_MONTH})月份?(?:(?P<day>{_DAY})[日号])?(?P<half>)[底末初]?(?=[，中上下])")
_UP_TO_MONTH = re.compile(rf"(?:截至|截止到?)(?P<month>{_MONTH})月份?(?:(?P<day>{_DAY})[日号])?(?P<half>)[底末初]?")
_SINCE = re.compile("以来")


def _relative_year(text: str, found: re.Match[str], sense: Sense) -> list[PeriodMark]:
    """今年, with the month behind it and the 截至 before; nothing where a year is compared with (超过上年)."""
    at, until = found.span()
    before = _words().before.search("".join(text[max(0, at - 6) : at].split()))
    reaches = before is not None and _words().senses[before.group()] in ("until", "until_edge")
    if sense is not Sense.THIS_YEAR and not reaches and not _begins_clause(text, at):
        return []
    rest = _REST.match(text, until)
    if rest is None:
        return [PeriodMark(at, until, sense)]
    through = _THROUGH.match(text, rest.end())
    if through:
        return [PeriodMark(at, through.end(), sense)]
    return [PeriodMark(at, rest.end(), sense, rest=_rest(rest), reaches=reaches)]


def _rest(found: re.Match[str]) -> str:
    if found["half"]:
        return "H1" if found["half"] == "上" else "H2"
    month = f"-{int(found['month']):02}" if found["month"] else ""
    return month + (f"-{int(found['day']):02}" if found["day"] else "")


_BEFORE_A_TIME = frozenset("，。；、：,;:（(“ \n　在于，")


def _begins_clause(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in _BEFORE_A_TIME


def _dated(text: str, found: re.Match[str]) -> PeriodMark:
    """A written date with the words around it that say how it is meant."""
    words = _words()
    at, until = found.span()
    year = int(found["year"])
    before = words.before.search("".join(text[max(0, at - 8) : at].split()))
    sense = words.senses[before.group()] if before else ""
    if _EVENT.match(text, until) or _HEARD.match(text, until):
        sense = "attribute"
    if sense in ("attribute", "base"):
        return PeriodMark(at, until, Sense(sense), _written(found))
    if found["first"]:
        first = found["first"] + (f"-{int(found['first_month']):02}" if found["first_month"] else "")
        end = _written(found).text if found["month"] else str(year)
        if int(found["first"]) > year:
            return PeriodMark(at, until, Sense.PERIOD, _written(found))
        return PeriodMark(at, until, Sense.PERIOD, between(first, end))
    written = _written(found)
    through = _THROUGH.match(text, until) if found["month"] and not found["day"] else None
    if through:
        return PeriodMark(at, through.end(), Sense.PERIOD, whole_year(year))
    lasting = words.lasting.match(text, until)
    if lasting:
        return PeriodMark(at, lasting.end(), Sense.PERIOD, lasting_from(written.text[:7]), begins=year)
    if sense == "starts":
        return PeriodMark(at, until, Sense.PERIOD, lasting_from(str(year)), begins=year)
    if (sense == "since" and words.lasting_later.match(text, until)) or words.lasting_soon.match(text, until):
        return PeriodMark(at, until, Sense.PERIOD, lasting_from(str(year)), begins=year)
    year_end = bool(found["edge"]) and found["edge"][-1] in "底末"
    is_closing = year_end and not _GATHERED.match(text, until)
    if sense == "until" or (sense == "until_edge" and (year_end or found["month"])):
        return PeriodMark(at, until, Sense.PERIOD, up_to(written.text), year_end=is_closing)
    is_founding = bool(words.starting.match(text, until))
    return PeriodMark(
        at,
        until,
        Sense.PERIOD,
        written,
        begins=year if is_founding else 0,
        is_founding=is_founding,
        year_end=is_closing,
        passes=text[at - 1 : at] in ("由", "从") and bool(_CHANGES.match(text, until)),
    )


def _written(found: re.Match[str]) -> Period:
    """The date itself."""
    year = found["year"]
    month = found["month"] or found["month_of_figures"]
    day = found["day"] or found["day_of_figures"]
    if day:
        return Period(f"{year}-{int(month):02}-{int(day):02}", Extent.DAY, int(year))
    if month:
        return Period(f"{year}-{int(month):02}", Extent.PART, int(year))
    if found["half"]:
        return Period(f"{year}H{1 if found['half'][0] == '上' else 2}", Extent.PART, int(year))
    if found["quarter"]:
        quarter = found["quarter"]
        return Period(f"{year}Q{_QUARTERS.get(quarter) or quarter}", Extent.PART, int(year))
    return whole_year(int(year))
