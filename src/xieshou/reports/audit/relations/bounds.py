"""Figures that must stay within another one, where no list says so: 共 at the end of a paragraph, a fund, 中有."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import ClaimKind, Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import as_decimal, inequality, sum_of
from xieshou.reports.audit.relations.likeness import agree, key_words, pairs_of
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown
from xieshou.reports.audit.relations.sums import part_relation

_YEAR = re.compile(r"(?:19|20)\d\d")
_FUND = re.compile(r"(?:总额|总规模|规模|设立|募集)[^，。；]{0,8}$")
_SPENT = re.compile(r"已(?:累计)?(?:投入|使用|支出|拨付|发放)|累计(?:投入|使用|支出|拨付|发放)")
_AMONG = re.compile(r"中[，,]?已?有$|中有[^，。；\d]{0,4}$|当中[^，。；\d]{0,4}$")
_CLASSES = (  # words for one kind of giving or trading that two clauses must share
    re.compile(r"消费"),
    re.compile(r"采购|购买"),
    re.compile(r"销售|帮销"),
    re.compile(r"捐"),
)
_OVERALL = re.compile(r"截至|截止|全年|总额|合计|总计|共实现|累计实现")
_COLLECTIVE = re.compile(r"各界|各类|各方|各单位|各级|全系统|捐款捐物")
_MEMBERS = PLACE_UNITS | {"person", "household", "enterprise", "school"}
_RUNNING = frozenset(("CNY", "person", "person_time", "household", "project", "tonne", "book", "session"))
_MANY_YEARS = 12
_BESIDE = 12  # figures before and after among which one told alike is looked for
_ALIKE = 0.6
_NEARLY_ALL = 0.8
_RARE = 4  # figures that share a pair of characters which is a name or nearly one
_COMMON = 14  # figures that may share a pair of characters before it says nothing


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    for readings in narrative.paragraphs.values():
        yield from _closing(narrative, readings)
        yield from _opening(narrative, readings)
        yield from _fund(narrative, readings)
        yield from _among(narrative, readings)
    yield from _years(narrative)


def _class_of(reading: Reading) -> set[int]:
    words = reading.clause + reading.noun
    return {place for place, pattern in enumerate(_CLASSES) if pattern.search(words)}


def _is_money(reading: Reading) -> bool:
    return reading.unit == "CNY" and not (reading.is_each or reading.is_change or reading.depth or reading.is_plan)


def _closing(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """截至…，公司共实现消费帮扶223万元 as the last sentence: what the paragraph told before is contained in it."""
    whole = readings[-1]
    if not _is_money(whole) or not whole.has_total_word or whole.places or not _class_of(whole):
        return
    if whole.claim.kind is not ClaimKind.CUMULATIVE or cues.OF_WHICH.search(whole.lead):
        return
    if whole.sentence == readings[0].sentence or not _OVERALL.search(whole.lead):
        return
    for part in readings[:-1]:
        if not _is_money(part) or part.sentence == whole.sentence or not _class_of(part) & _class_of(whole):
            continue
        if not _is_within(part.claim.period, whole.claim.period) or part.sense != whole.sense:
            continue
        status = inequality(part.extent, whole.extent)
        yield part_relation(narrative, (part,), whole, part.extent, status)


def _opening(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """广泛动员社会各界，捐款捐物9000余万元 at the head of a paragraph: one gift of it told after."""
    whole = next((reading for reading in readings if reading.unit == "CNY"), None)
    if whole is None or not _is_money(whole) or whole.places or not _class_of(whole):
        return
    if not _COLLECTIVE.search(whole.lead):
        return
    for part in readings:
        if part.sentence <= whole.sentence or not _is_money(part) or not _class_of(part) & _class_of(whole):
            continue
        if part.has_total_word or part.claim.period != whole.claim.period or cues.BESIDES.search(part.lead):
            continue
        if inequality(part.extent, whole.extent) is Status.HOLDS:
            yield part_relation(narrative, (part,), whole, part.extent, Status.HOLDS)


def _fund(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """设立总额1.5亿元的基金 … 已投入8300万元: a fund pays out no more than it has."""
    for position, fund in enumerate(readings):
        if not _is_money(fund) or not _FUND.search(fund.clause) or "基金" not in fund.noun:
            continue
        for spent in readings[position + 1 : position + 8]:
            if _is_money(spent) and _SPENT.search(spent.clause) and spent.sentence > fund.sentence:
                status = inequality(spent.extent, fund.extent)
                if status is Status.CONTRADICTION:
                    status = Status.POSSIBLE  # a fund may be filled up
                yield part_relation(narrative, (spent,), fund, spent.extent, status)
                break


def _among(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """资助学生1200余人次。资助的学生中有92名…，19名…: those after 中有 are among the earlier ones."""
    for position, first in enumerate(readings):
        if first.unit not in _MEMBERS or not _AMONG.search(first.lead):
            continue
        whole = next(
            (
                r
                for r in reversed(readings[max(0, position - 4) : position])
                if (r.unit == first.unit or (r.unit == "person_time" and first.unit == "person"))
                and not r.is_each
                and (pairs_of(key_words(r)) & pairs_of(key_words(first)) or r.index == first.index - 1)
            ),
            None,
        )
        if whole is None:
            continue
        parts = [first]
        for reading in readings[position + 1 : position + 6]:
            if reading.sentence != first.sentence or reading.unit != first.unit or reading.is_each:
                break
            parts.append(reading)
        computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
        status = inequality(computed, whole.extent)
        if status is Status.HOLDS:
            yield part_relation(narrative, parts, whole, computed, status)
        elif inequality(first.extent, whole.extent) is Status.CONTRADICTION and first.unit == whole.unit:
            yield part_relation(narrative, parts[:1], whole, first.extent, Status.CONTRADICTION)


def _is_within(inner: str, outer: str) -> bool:
    """Whether the years of one period lie in those of another; an open end reaches to both sides."""
    if inner == outer or not outer:
        return True
    years = _YEAR.findall(inner)
    bounds = _YEAR.findall(outer)
    if not years or not bounds or ".." not in outer:
        return False
    if inner.endswith("..") and not outer.endswith(".."):
        return False  # 1994年以来 reaches beyond 1994年至2018年
    low = int(bounds[0]) if not outer.startswith("..") else 0
    high = int(bounds[-1]) if not outer.endswith("..") else 9999
    return low <= int(years[0]) and int(years[-1]) <= high


def _years(narrative: Narrative) -> Iterator[Relation]:
    """A year beside a sum of several years, and a sum to a day beside one to a later day, told in the same words."""
    sums: dict[str, list[Reading]] = defaultdict(list)
    frequency: dict[str, int] = defaultdict(int)
    words: dict[int, frozenset[str]] = {}
    usable = [r for r in narrative.readings if _may_run(r)]
    for reading in usable:
        words[reading.index] = pairs_of(key_words(reading))
        for pair in words[reading.index]:
            frequency[pair] += 1
        if ".." in reading.claim.period:
            for pair in words[reading.index]:
                sums[pair].append(reading)
    largest: dict[int, Reading] = {}
    for reading in usable:
        counted: dict[int, int] = defaultdict(int)
        for pair in words[reading.index]:
            if frequency[pair] <= _COMMON:
                for whole in sums[pair]:
                    counted[whole.index] += 1 if frequency[pair] > _RARE else _COMMON
        for index, weight in sorted(counted.items())[:_MANY_YEARS]:
            whole = narrative.readings[index]
            before = largest.get(index)
            if whole is reading or (before is not None and before.extent.value >= reading.extent.value):
                continue
            if _runs_within(reading, whole) and _says_same(
                narrative, reading, whole, words, is_rare=weight >= 2 * _COMMON
            ):
                largest[index] = reading
    for index, reading in largest.items():
        yield _over_time(narrative, reading, narrative.readings[index])


def _may_run(reading: Reading) -> bool:
    if reading.is_each or reading.is_change or reading.is_plan or reading.depth:
        return False
    return reading.unit in _RUNNING and bool(reading.claim.period)


def _runs_within(part: Reading, whole: Reading) -> bool:
    if part.unit != whole.unit or part.sense != whole.sense or whole.places - part.places:
        return False
    return part.claim.period != whole.claim.period and _is_within(part.claim.period, whole.claim.period)


def _says_same(
    narrative: Narrative, part: Reading, whole: Reading, words: dict[int, frozenset[str]], *, is_rare: bool
) -> bool:
    """Whether both are told in the same words: loosely for what holds, nearly all of them for what does not."""
    one, two = words[part.index], words[whole.index]
    shared = len(one & two)
    if inequality(part.extent, whole.extent) is Status.HOLDS:
        smaller = min(len(one), len(two))
        return is_rare or (smaller >= 2 and shared >= smaller * _ALIKE)
    if part.places != whole.places or part.claim.place != whole.claim.place:
        return False
    if not agree(part.claim.actor, whole.claim.actor) or _is_one_of_several(narrative, whole):
        return False
    least = 2 if part.has_total_word and whole.has_total_word else 3
    return shared >= least and shared >= _NEARLY_ALL * max(len(one), len(two))


def _is_one_of_several(narrative: Narrative, reading: Reading) -> bool:
    """甲省援建项目30个；乙省援建项目20个: a figure of one of several, told alike, is no later state of all of them."""
    around = narrative.readings[max(0, reading.index - _BESIDE) : reading.index + _BESIDE]
    return any(
        other.sentence == reading.sentence
        and other.group != reading.group
        and other.unit == reading.unit
        and pairs_of(key_words(other)) >= pairs_of(key_words(reading))
        for other in around
    )


def _over_time(narrative: Narrative, part: Reading, whole: Reading) -> Relation:
    status = inequality(part.extent, whole.extent)
    if status is not Status.HOLDS and ".." in part.claim.period:
        return _fallen(narrative, part, whole, status)
    return part_relation(narrative, (part,), whole, part.extent, status)


def _fallen(narrative: Narrative, earlier: Reading, later: Reading, status: Status) -> Relation:
    quantity = later.claim.quantity
    return Relation(
        kind=RelationKind.STOCK,
        claims=(earlier.claim.id, later.claim.id),
        expression=f"#{earlier.claim.id}",
        computed=as_decimal(earlier.extent.value),
        stated=quantity.value,
        status=status,
        message=_("累计数后一时点%(later)s少于前一时点%(earlier)s，相差%(difference)s。")
        % {
            "later": narrative.shown(later),
            "earlier": narrative.shown(earlier),
            "difference": amount_shown(abs(earlier.extent.value - later.extent.value), quantity),
        },
        explanations=explanations.of_part(narrative, earlier, later),
    )
