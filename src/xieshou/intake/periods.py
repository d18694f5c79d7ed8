"""What titles and file names say about the time of a table: 报告期, 截止日期, 本期 or 累计. No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xieshou.intake.rules import parse_period, squeeze

_YEAR = r"(?:19|20)\d{2}"
_CHINESE_SPAN = re.compile(
    rf"{_YEAR}年(?:度|上半年|下半年|第?[一二三四1-4]季度?|\d{{1,2}}(?:-|至|—|~)\d{{1,2}}月|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}月)?"
)
_UNTIL = re.compile(rf"截(?:至|止到?|到)?({_YEAR}年\d{{1,2}}月(?:\d{{1,2}}日)?|{_YEAR}[-./]\d{{1,2}}[-./]\d{{1,2}})")
# Of a file's name alone: in a table 2011-09 may be any number.
_PLAIN_SPAN = re.compile(rf"(?<!\d)({_YEAR})[-_.]?(?:q([1-4])|(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?)(?!\d)")
# 填报日期, 制表时间, 打印日期: when somebody sat at the desk, not what the table is about.
_FILLED_IN = re.compile(r"(?:填报|填表|制表|报送|打印|上报)(?:日期|时间)")
_CUMULATIVE_WORDS = ("累计", "截至", "截止", "以来")
_PERIOD_WORDS = ("本期", "本月", "本季", "当月", "当季", "本年度发生", "当期")


@dataclass(frozen=True, slots=True)
class StatedTime:
    """What was found; None and "" where nothing says it, or where two texts say different things.

    basis: "period" or "cumulative".
    """

    first: date | None = None
    last: date | None = None
    basis: str = ""


def stated_in(titles: Sequence[str], sheet: str, file: str) -> StatedTime:
    """The time that a table states: its titles are believed before its sheet's name, and that before the file's.

    A group of texts that names two different periods says nothing, and neither do those below it: a person is asked.
    """
    basis = _basis([*titles, sheet, file])
    for found in (_spans(titles), _spans([sheet]), _spans([file]) or _plain_spans(file)):
        if len(found) == 1:
            first, last = next(iter(found))
            return StatedTime(first, last, basis)
        if found:
            break
    return StatedTime(basis=basis)


def _spans(texts: Iterable[str]) -> set[tuple[date | None, date]]:
    squeezed = [squeeze(text) for text in texts]
    return {span for text in squeezed if not _FILLED_IN.search(text) for span in _spans_in(text)}


def _spans_in(text: str) -> Iterator[tuple[date | None, date]]:
    """A date behind 截至 outweighs the year that stands before it: 2011年帮扶资金（截至2011年9月30日）."""
    until = [parse_period(f"截至{match[1]}").value for match in _UNTIL.finditer(text)]
    if any(until):
        yield from (span for span in until if span is not None)
        return
    spans = [parse_period(match[0]).value for match in _CHINESE_SPAN.finditer(text)]
    known = [span for span in spans if span is not None]
    # 2011年度帮扶资金表（2011年第三季度）: the narrower one is meant, where it lies within the other.
    for span in known:
        if not any(other != span and _within(other, span) for other in known):
            yield span


def _within(inner: tuple[date | None, date], outer: tuple[date | None, date]) -> bool:
    return (outer[0] is None or (inner[0] is not None and inner[0] >= outer[0])) and inner[1] <= outer[1]


def _plain_spans(name: str) -> set[tuple[date | None, date]]:
    found = set()
    for match in _PLAIN_SPAN.finditer(squeeze(name)):
        year, quarter, month, day = match.groups()
        text = f"{year}q{quarter}" if quarter else "-".join(part for part in (year, month, day) if part)
        span = parse_period(text).value
        if span is not None:
            found.add(span)
    return found


def _basis(texts: Iterable[str]) -> str:
    squeezed = [squeeze(text) for text in texts]
    cumulative = any(word in text for text in squeezed for word in _CUMULATIVE_WORDS)
    of_a_period = any(word in text for text in squeezed for word in _PERIOD_WORDS)
    if cumulative == of_a_period:
        return ""
    return "cumulative" if cumulative else "period"
