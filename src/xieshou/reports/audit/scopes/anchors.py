"""The text's own time: what 今年 and 目前 mean in it, and the period of figures whose surroundings name none.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xieshou.reports.audit.scopes.periods import UNKNOWN, Extent, Period, PeriodMark, Sense, up_to, whole_year
from xieshou.reports.audit.texts.structure import Structure


@dataclass(frozen=True, slots=True)
class Anchor:
    """The text's own time. year: what 今年 means, 0 if unknown; until: the date of 目前, "" if unknown.

    default: the period of figures whose surroundings name none.
    """

    year: int = 0
    until: str = ""
    default: Period = UNKNOWN


_PUBLISHED = re.compile(r"(?:发布|发表|更新|成文|印发|报送|时间|日期)[^。，,\d]{0,6}[:：]?\s*$")
_WITHIN_TITLE = 4  # paragraphs at the beginning that may be titles
_WITHIN_LEAD = 6  # paragraphs at the beginning that may hold the summary
_OFTEN = 3  # times that 几年来 stands in a text that looks back
_SHARE_OF_MAIN_YEAR = 0.6


def anchor_of(text: str, structure: Structure, marks: Sequence[PeriodMark]) -> Anchor:
    """Reads the text's time from its title, its 截至, its own date line, and else from the years it names."""
    starts = [paragraph.at for paragraph in structure.paragraphs]
    title_end = _end_of(structure, _WITHIN_TITLE, headings_only=True)
    lead_end = _end_of(structure, _WITHIN_LEAD, headings_only=False)
    tail = starts[-2] if len(starts) > 2 else len(text)
    published: Period | None = None
    title: Period | None = None
    untils: list[Period] = []
    years: Counter[int] = Counter()
    lead: Period | None = None
    past = sum(mark.sense is Sense.YEARS for mark in marks)
    for mark in marks:
        if mark.sense is Sense.YEARS and mark.at < lead_end and lead is None:
            lead = Period("", Extent.UNTIL)
        if mark.sense is not Sense.PERIOD:
            continue
        is_early = mark.at < lead_end
        if mark.period.extent is Extent.DAY and (is_early or mark.at >= tail) and _is_date_line(text, mark):
            published = mark.period
            continue
        if mark.at < title_end and title is None:
            title = mark.period
        if mark.period.extent is Extent.UNTIL:
            untils.append(mark.period)
            if is_early and (lead is None or not lead.text):
                lead = mark.period
        if mark.period.extent is not Extent.LASTING:
            years[mark.period.year] += 1
    latest = published.year if published else 9999
    counted = Counter({year: count for year, count in years.items() if year <= latest and year >= 1990})
    until = _date_of_now(lead, title, untils, counted, published)
    year = _year_of_now(published, title, until)
    return Anchor(
        year=year, until=until, default=_default(title, lead, counted, until, year, looks_back=past >= _OFTEN)
    )


def _end_of(structure: Structure, count: int, *, headings_only: bool) -> int:
    end = 0
    for paragraph, is_heading in list(zip(structure.paragraphs, structure.headings, strict=True))[:count]:
        if headings_only and not is_heading:
            break
        end = paragraph.until
    return end


def _is_date_line(text: str, mark: PeriodMark) -> bool:
    before = text[max(0, mark.at - 12) : mark.at]
    if text[mark.at + 4] in "-/.":
        return True  # 2022-02-15: narratives write 2022年2月15日
    alone = before.rstrip(" 　")[-1:] in ("\n", "") and text[mark.until : mark.until + 1] in ("\n", "", "\r")
    return alone or bool(_PUBLISHED.search(before))


def _date_of_now(
    lead: Period | None, title: Period | None, untils: Iterable[Period], years: Counter[int], published: Period | None
) -> str:
    if lead and lead.text:
        return lead.text.removeprefix("..")
    if title and title.year:
        return str(title.year)
    latest = max((each.text.removeprefix("..") for each in untils), default="")
    later = [year for year, count in years.items() if str(year) > latest[:4] and (count > 1 or not latest)]
    if later and (latest or not published or max(later) >= published.year - 1):
        return str(max(later))
    if latest:
        return latest
    return str(published.year) if published else ""


def _year_of_now(published: Period | None, title: Period | None, until: str) -> int:
    """What 今年 means: the year of publication, or the one before it for what appears in January."""
    if published:
        return published.year - (published.text[5:7] == "01")
    return title.year if title else int(until[:4]) if until else 0


def _default(
    title: Period | None, lead: Period | None, years: Counter[int], until: str, year: int, *, looks_back: bool
) -> Period:
    """The title's period, else that of the summary, else the one year that the text is about."""
    if title:
        return title.of_its_year
    if lead:
        return lead if lead.text else up_to(until)
    main = years.most_common(1)
    is_stray = bool(main) and main[0][1] == 1 and main[0][0] < year - 1  # one year long ago, in a text of today
    if main and not is_stray and main[0][1] >= _SHARE_OF_MAIN_YEAR * years.total():
        return whole_year(main[0][0])
    return up_to(until) if looks_back else UNKNOWN
