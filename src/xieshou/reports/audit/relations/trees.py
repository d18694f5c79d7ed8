"""The tree of totals and parts, as the language of a report builds it (总分结构).

A `Group` is a total with what the text lists under it at the next level. The rules here read grammar alone:
其中 and 包括 open a list of parts, 共计 closes one, brackets and 一是、二是 nest, 此外 goes back up.
Whether the figures agree is decided in `sums`. Rules: docs/rules/audit-relations.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading, compatible

_BACK = 8  # readings before 其中 among which its total is looked for
_MOST_TOTALS = 4  # totals before one list that are tried
_LONGEST_LIST = 60  # parts of one total; longer lists are tables, not prose

_NEW_SUBJECT = re.compile(r"同时|惠及|受益|带动|覆盖|辐射|助力|使得?|让|帮助|解决")
_NUMERALS = "零一二三四五六七八九十"
_COLON = re.compile(r"^[^，,。；;]{0,10}[：:]")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A total and its parts.

    readings of the list: `parts` is how the grammar has it; `others` are further ways to read it that the text allows,
    good enough to confirm a total, never to doubt it. exhaustive: the parts are said to be all. decisive: the grammar
    leaves no other reading, so that parts above the total contradict it. near: parts that continue the list behind
    此外 or in the next item; they belong to it only if they come close to the total.
    """

    whole: Reading
    parts: tuple[Reading, ...]
    others: tuple[tuple[Reading, ...], ...] = ()
    exhaustive: bool = False
    decisive: bool = True
    near: tuple[Reading, ...] = ()


def groups_of(narrative: Narrative) -> Iterator[Group]:
    """Every total with the parts that its own sentence or paragraph lists, in the order of the text."""
    complete = complete_sets(narrative)
    for readings in narrative.paragraphs.values():
        for position, reading in enumerate(readings):
            if cues.OF_WHICH.search(reading.lead):
                yield from _opened(readings, position, complete)
            elif cues.RESPECTIVELY.search(reading.clause):
                yield from _divided(readings, position)
            elif _COLON.match(reading.lead):
                yield from _after_colon(readings, position)
            if cues.BARE_TOTAL.match(reading.clause) and not reading.is_change:
                yield from _closed(readings, position)


def complete_sets(narrative: Narrative) -> frozenset[frozenset[str]]:
    """Sets of places that the text names together with their number (甲县、乙县、丙县等3个县): there are no more."""
    return frozenset(
        reading.places
        for reading in narrative.readings
        if reading.unit in PLACE_UNITS
        and len(reading.places) > 1
        and len(reading.places) == reading.claim.quantity.value
    )


def _opened(readings: Sequence[Reading], position: int, complete: frozenset[frozenset[str]]) -> Iterator[Group]:
    """The list that 其中 or 包括 opens at `position`, for each unit that has a total before it."""
    first = readings[position]
    if "在内" in first.lead or "在内" in first.noun:
        return
    scope = _scope(readings, position)
    seen: set[str] = set()
    for member in scope[:_BACK]:
        if member.unit in seen or member.unit == "percent":
            continue
        seen.add(member.unit)
        wholes = _wholes_before(readings, position, member)
        groups = [_listed(whole, readings, position, member, complete) for whole in wholes]
        told = [group for group in groups if group is not None]
        if told:
            # The nearest total is meant, unless the parts make up exactly another one of the sentence before.
            yield next((group for group in told if _adds_up(group)), _likeliest(told, first))


def _likeliest(groups: Sequence[Group], first: Reading) -> Group:
    """The nearest total; one further off where the nearest is too small and does not stand right before the list."""
    nearest = groups[0]
    is_beside = nearest.whole.index == first.index - 1 and nearest.whole.sentence == first.sentence
    if is_beside or nearest.near or _holds(nearest):
        return nearest
    return next((group for group in groups if _holds(group)), nearest)


def _holds(group: Group) -> bool:
    return sum(part.extent.value for part in group.parts) <= group.whole.extent.high


def _adds_up(group: Group) -> bool:
    stated = group.whole.extent.value
    return any(
        len(parts) > 1 and sum(part.extent.value for part in parts) == stated for parts in (group.parts, *group.others)
    )


def _scope(readings: Sequence[Reading], position: int) -> list[Reading]:
    first = readings[position]
    return [
        r for r in readings[position : position + _LONGEST_LIST] if r.group == first.group and r.depth >= first.depth
    ]


def _wholes_before(readings: Sequence[Reading], position: int, member: Reading) -> list[Reading]:
    """The figures before the list that the member may be a part of, the nearest first."""
    first = readings[position]
    found: list[Reading] = []
    for candidate in reversed(readings[max(0, position - _BACK) : position]):
        if first.sentence - candidate.sentence > 1 or len(found) == _MOST_TOTALS:
            break
        if candidate.depth > first.depth or candidate.is_each or candidate.is_change:
            continue
        is_bracketed = candidate.index == first.index - 1 and candidate.depth < first.depth
        if candidate.is_plan and not member.is_plan and not is_bracketed:
            continue
        if compatible(member, candidate) or _persons_and_times(member, candidate):
            found.append(candidate)
    return found


def _persons_and_times(part: Reading, whole: Reading) -> bool:
    return part.unit == "person" and whole.unit == "person_time"


def _listed(
    whole: Reading,
    readings: Sequence[Reading],
    position: int,
    member: Reading,
    complete: frozenset[frozenset[str]],
) -> Group | None:
    first = readings[position]
    begins_sentence = whole.sentence != first.sentence or whole.group != first.group
    inner = _gather(whole, readings, position, lambda r: r.group == first.group)
    sentence = _gather(whole, readings, position, lambda r: r.sentence == first.sentence)
    paragraph = _gather(whole, readings, position, lambda r: True)
    parts = sentence if begins_sentence else _parallel_items(readings, position, inner, sentence)
    if not parts or (member is not first and member not in parts):
        return None
    placed = tuple(part for part in parts if _is_placed(part, readings))
    others = [inner, sentence, paragraph, tuple(part for part in paragraph if _is_placed(part, readings))]
    if parts[0] in placed and len(placed) < len(parts):
        others.append(parts)
        parts = placed
    same_unit = all(part.unit == whole.unit for part in parts)
    return Group(
        whole=whole,
        parts=parts,
        others=tuple(other for other in others if len(other) > 1 and other != parts),
        exhaustive=len(parts) > 1 and same_unit and _is_exhaustive(whole, parts, readings, complete),
        decisive=same_unit and (member is first or _is_parallel(readings, position, parts)),
        near=paragraph if begins_sentence and len(paragraph) > len(parts) else (),
    )


def _parallel_items(
    readings: Sequence[Reading], position: int, inner: tuple[Reading, ...], sentence: tuple[Reading, ...]
) -> tuple[Reading, ...]:
    """其中甲筹集1260万元，慰问6800户；乙筹集2870万元，慰问1.64万户: items between semicolons that tell the same."""
    if not inner or len(sentence) == len(inner):
        return inner
    first = readings[position]
    pattern = [reading.unit for reading in readings[position : position + _BACK] if reading.group == first.group]
    parts = list(inner)
    for part in sentence[len(inner) :]:
        start = part.index - readings[0].index
        is_alike = part.clause[-2:] == inner[0].clause[-2:] and len(part.clause) > 1
        if len(inner) > 1 or not is_alike or _units(readings, start, part.group) != pattern:
            return inner
        parts.append(part)
    return tuple(parts)


def _units(readings: Sequence[Reading], place: int, group: int) -> list[str]:
    """The units of the piece between semicolons in which a figure stands."""
    return [reading.unit for reading in readings[max(0, place - _BACK) : place + _BACK] if reading.group == group]


def _is_parallel(readings: Sequence[Reading], position: int, parts: Sequence[Reading]) -> bool:
    """Whether each part stands in a piece of its own, and all pieces tell the same units in the same order."""
    first = readings[position]
    if len({part.group for part in parts}) < max(len(parts), 2):
        return False
    pattern = [reading.unit for reading in readings[position : position + _BACK] if reading.group == first.group]
    return all(
        part.group == first.group or _units(readings, part.index - readings[0].index, part.group) == pattern
        for part in parts
    )


def _gather(
    whole: Reading, readings: Sequence[Reading], position: int, within: Callable[[Reading], bool]
) -> tuple[Reading, ...]:
    """The parts of a list from `position` on at its own level; what is nested inside a part stays there."""
    first = readings[position]
    parts: list[Reading] = []
    is_nested = False
    inner_group = -1
    before = first
    for reading in readings[position : position + _LONGEST_LIST]:
        if not within(reading) or reading.depth < first.depth:
            break
        if reading is not first:
            if cues.BESIDES.search(reading.lead):
                is_nested, inner_group = False, -1
            elif cues.FIRST_ITEM.search(reading.lead) and parts:
                is_nested = True
            if cues.OF_WHICH.search(reading.lead) and reading.depth == first.depth:
                inner_group = reading.group
            if reading.unit != "CNY" and reading.depth == first.depth and _NEW_SUBJECT.search(reading.lead):
                break
        previous, before = before, reading
        if is_nested or reading.group == inner_group or reading.depth > first.depth:
            continue
        if reading.is_plan != whole.is_plan and reading.unit == "CNY":
            continue
        if not compatible(reading, whole) and not _persons_and_times(reading, whole):
            continue
        if parts and reading is not first and cues.BARE_TOTAL.match(reading.clause) and not previous.is_each:
            break
        parts.append(reading)
    return _without_children(parts)


def _without_children(parts: list[Reading]) -> tuple[Reading, ...]:
    """贫困户112户，已脱贫108户，未脱贫4户: figures that make up exactly the one before them lie within it."""
    kept: list[Reading] = []
    place = 0
    while place < len(parts):
        kept.append(parts[place])
        value = parts[place].extent.value
        total, after = Fraction(0), place + 1
        while after < len(parts) and total < value:
            total += parts[after].extent.value
            after += 1
        place = after if total == value and after - place > 2 else place + 1
    return tuple(kept)


def _is_placed(reading: Reading, readings: Sequence[Reading]) -> bool:
    """Whether a figure says whereto, by name or as 3个县."""
    if reading.places:
        return True
    position = reading.index - readings[0].index
    around = readings[max(0, position - 1) : position + 2]
    return any(other.unit in PLACE_UNITS and other.sentence == reading.sentence for other in around)


def _is_exhaustive(
    whole: Reading,
    parts: Sequence[Reading],
    readings: Sequence[Reading],
    complete: frozenset[frozenset[str]],
) -> bool:
    """Whether the text says that these are all the parts."""
    if any(cues.REMAINDER.search(part.clause) for part in parts):
        return True
    words = "".join(part.clause + part.noun for part in parts)
    if len(parts) == 2 and "男" in words and "女" in words:
        return True
    years = {part.claim.period for part in parts}
    spanned = _years(whole.claim.period)
    if spanned and len(parts) == len(years) == len(spanned) and years == spanned:
        return True
    if _is_year_by_year(whole, parts):
        return True
    if not all(len(part.places) == 1 for part in parts) or len({part.places for part in parts}) < len(parts):
        return False
    if frozenset(place for part in parts for place in part.places) in complete:
        return True
    position = whole.index - readings[0].index
    return any(
        other.unit in PLACE_UNITS and other.sentence == whole.sentence and other.extent.value == len(parts)
        for other in readings[max(0, position - 2) : position + 2]
    )


def _is_year_by_year(whole: Reading, parts: Sequence[Reading]) -> bool:
    """三年来累计…，其中2018年…、2019年…、2020年…: as many years in a row as the total speaks of."""
    years = [int(part.claim.period) for part in parts if _YEAR.fullmatch(part.claim.period)]
    if (
        len(years) != len(parts)
        or years != list(range(years[0], years[0] + len(years)))
        or len(years) >= len(_NUMERALS)
    ):
        return False
    return bool(re.search(f"[{_NUMERALS[len(years)]}{len(years)}]年", whole.lead))


def _years(period: str) -> set[str]:
    """The years of `2016..2019`; nothing for an open or single one."""
    years = _YEAR.findall(period)
    if len(years) != 2 or ".." not in period or int(years[1]) - int(years[0]) > 30:
        return set()
    return {str(year) for year in range(int(years[0]), int(years[1]) + 1)}


def _divided(readings: Sequence[Reading], position: int) -> Iterator[Group]:
    """向甲、乙分别投入500万元、300万元: parts of a total told just before, if it is told as a total."""
    first = readings[position]
    parts = [first]
    for reading in readings[position + 1 : position + _LONGEST_LIST]:
        if reading.group != first.group or reading.unit != first.unit or len(reading.lead) > 4:
            break
        parts.append(reading)
    if len(parts) < 2 or position == 0 or not compatible(first, readings[position - 1]):
        return
    whole = readings[position - 1]
    if whole.sentence != first.sentence or whole.is_plan != first.is_plan or whole.is_each:
        return
    is_total = whole.has_total_word or "分别为" in first.clause or "分别是" in first.clause
    yield Group(whole=whole, parts=tuple(parts), exhaustive=is_total, decisive=is_total)


def _after_colon(readings: Sequence[Reading], position: int) -> Iterator[Group]:
    """培训450人：党员150人，群众300人: the colon may open the parts; good enough to confirm."""
    if position == 0 or not compatible(readings[position], readings[position - 1]):
        return
    whole = readings[position - 1]
    parts = _gather(whole, readings, position, lambda r: r.sentence == readings[position].sentence)
    if len(parts) > 1 and whole.paragraph == parts[0].paragraph:
        yield Group(whole=whole, parts=parts, decisive=False)


def _closed(readings: Sequence[Reading], position: int) -> Iterator[Group]:
    """甲30万元，乙50万元，共计80万元: the list that a bare total closes."""
    whole = readings[position]
    listed: list[Reading] = []
    for reading in reversed(readings[max(0, position - _LONGEST_LIST) : position]):
        if reading.sentence != whole.sentence:
            break
        if cues.BARE_TOTAL.match(reading.clause) and compatible(reading, whole) and listed:
            break
        if reading.depth > whole.depth or not compatible(reading, whole) or reading.is_plan != whole.is_plan:
            continue
        listed.insert(0, reading)
        if cues.OF_WHICH.search(reading.lead):
            break
    if len(listed) < 2:
        return
    group = tuple(part for part in listed if part.group == whole.group)
    parts = group if len(group) > 1 else tuple(listed)
    others = [tuple(listed), *(parts[start:] for start in range(1, min(len(parts) - 1, 6)))]
    is_plain = bool(cues.CLOSING_TOTAL.search(whole.clause)) and "累计" not in whole.clause
    follows = all(len(part.lead) <= 30 for part in parts[1:]) and len(whole.lead) <= 12
    is_plain = is_plain and "等" not in whole.lead
    opens = not any(other.unit == whole.unit and other.group == parts[0].group for other in _before(readings, parts[0]))
    yield Group(
        whole=whole,
        parts=parts,
        others=tuple(other for other in others if len(other) > 1 and other != parts),
        exhaustive=is_plain and follows and opens,
        decisive=is_plain and follows and opens,
    )


def _before(readings: Sequence[Reading], reading: Reading) -> Sequence[Reading]:
    position = reading.index - readings[0].index
    return readings[max(0, position - 4) : position]
