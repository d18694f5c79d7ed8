"""Totals split by place, by section and by field, where no word like 其中 says so (分地区、分领域).

What stands here confirms, or states that parts stay within a total. Only a split whose members are told in the same
words as their total (计划投入 … 计划投入) may contradict it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xieshou.reports.audit.claims import Relation, Status
from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.comparisons import equality, inequality, sum_of
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading, compatible
from xieshou.reports.audit.relations.sums import part_relation, sum_relation
from xieshou.reports.audit.relations.trees import complete_sets

_AHEAD = 80  # readings of one paragraph or section among which parts are looked for
_CLOSE = Fraction(1, 5)  # a split further off than this is not one
_MOST_PARTS = 30
_NEXT = 8  # figures of one unit in a sentence that may be the parts of one before it
_SMALL = 10  # below this a sum comes out by chance
_EARLY = 12  # a figure of the whole report stands among its first ones


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A total and its parts by place."""

    whole: Reading
    parts: tuple[Reading, ...]


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    """Sums by place and by section, then what the parts of several sections say of one total."""
    splits: list[Split] = []
    complete = complete_sets(narrative)
    for readings in narrative.paragraphs.values():
        yield from _by_place(narrative, readings, splits, complete)
        yield from _in_next_sentence(narrative, readings)
        yield from _by_items(narrative, readings)
    section_totals: list[Reading] = []
    for section in narrative.sections:
        yield from _by_section(narrative, section, section_totals)
        yield from _nested(narrative, section)
    if splits:
        largest = max((split for split in splits if not split.whole.is_plan), key=_size, default=None)
        if largest is not None:
            yield from _across(narrative, largest, section_totals)
    yield from _whole_report(narrative, has_totals=bool(splits or section_totals))


def _size(split: Split) -> Fraction:
    return split.whole.extent.value


def _by_place(
    narrative: Narrative,
    readings: Sequence[Reading],
    splits: list[Split],
    complete: frozenset[frozenset[str]],
) -> Iterator[Relation]:
    """甲计划100万元，乙计划200万元 under 计划300万元: figures of distinct places after one of no place."""
    open_wholes: dict[tuple[str, bool], int] = {}
    for position, whole in enumerate(readings):
        if whole.places or whole.is_each or whole.is_change or whole.depth or whole.unit == "percent":
            continue
        key = (whole.unit, whole.is_plan)
        if position - open_wholes.get(key, -_AHEAD) < 2:
            continue
        parts = _placed_after(whole, readings[position + 1 : position + _AHEAD])
        if len(parts) < 2:
            continue
        open_wholes[key] = position
        computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
        status = equality(computed, whole.extent)
        if status in (Status.EXACT, Status.ROUNDING) or (
            abs(computed.value - whole.extent.value) <= whole.extent.value * _CLOSE
            and (_is_told_alike(whole, parts) or _names_all(readings, whole, parts, complete))
        ):
            splits.append(Split(whole, parts))
            yield sum_relation(narrative, parts, whole, computed, status)


def _in_next_sentence(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """总投资147亿元。开工64亿元，复工83亿元: all figures of a unit in a sentence make up one of the sentence before."""
    sentences: dict[int, dict[str, list[Reading]]] = {}
    for reading in readings:
        if not (reading.is_each or reading.is_change or reading.is_base or reading.depth or reading.unit == "percent"):
            sentences.setdefault(reading.sentence, {}).setdefault(reading.unit, []).append(reading)
    for sentence, units in sentences.items():
        following = sentences.get(sentence + 1, {})
        for unit, wholes in units.items():
            parts = following.get(unit, ())
            if not 1 < len(parts) <= _NEXT or wholes[0].extent.value < _SMALL or wholes[0].extent.is_vague:
                continue
            for whole in wholes[:_NEXT]:
                computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
                if computed.value == whole.extent.value and all(compatible(part, whole) for part in parts):
                    yield sum_relation(narrative, parts, whole, computed, Status.EXACT)
                    break


def _by_items(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """投入2000万元。一是…投入1200万元…。二是…投入800万元…: the first sum of each item, if they make up the total."""
    starts = [place for place, reading in enumerate(readings) if cues.FIRST_ITEM.search(reading.lead)]
    for start in starts[:_NEXT]:
        whole = next((r for r in reversed(readings[max(0, start - _NEXT) : start]) if _heads_section(r)), None)
        if whole is None:
            continue
        parts: list[Reading] = []
        is_open = False
        for reading in readings[start : start + _AHEAD]:
            is_open = is_open or bool(cues.FIRST_ITEM.search(reading.lead) or cues.NEXT_ITEM.search(reading.lead))
            if is_open and compatible(reading, whole) and reading.is_plan == whole.is_plan and not reading.depth:
                parts.append(reading)
                is_open = False
        if 1 < len(parts) <= _MOST_PARTS:
            computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
            if computed.value == whole.extent.value:
                yield sum_relation(narrative, parts, whole, computed, Status.EXACT)


def _placed_after(whole: Reading, following: Sequence[Reading]) -> tuple[Reading, ...]:
    parts: list[Reading] = []
    used: set[str] = set()
    for reading in following:
        if reading.unit != whole.unit or reading.is_plan != whole.is_plan or reading.depth:
            continue
        if not compatible(reading, whole):
            continue
        if len(reading.places) != 1 or reading.places & used or cues.BESIDES.search(reading.lead):
            break
        if reading.claim.period != whole.claim.period or reading.extent.value > whole.extent.value:
            break
        used |= reading.places
        parts.append(reading)
    return tuple(parts)


def _is_told_alike(whole: Reading, parts: Sequence[Reading]) -> bool:
    """Whether total and parts are planned, or done, in so many words."""
    for pattern in (cues.PLAN, cues.DONE):
        words = [pattern.findall(reading.clause) for reading in (whole, *parts)]
        if all(words) and len({found[-1] for found in words}) == 1:
            return True
    return False


def _names_all(
    readings: Sequence[Reading], whole: Reading, parts: Sequence[Reading], complete: frozenset[frozenset[str]]
) -> bool:
    """Whether the text says that there are no more places than those of the parts, told one after the other."""
    verbs = {reading.clause[-2:] for reading in (whole, *parts)}
    is_complete = frozenset(place for part in parts for place in part.places) in complete
    if is_complete and len(verbs) == 1 and len(verbs.pop()) == 2:
        return True
    if parts[-1].sentence - whole.sentence > 1 or parts[0].sentence != parts[-1].sentence:
        return False
    return is_complete or any(
        other.unit in PLACE_UNITS and other.sentence == whole.sentence and other.extent.value == len(parts)
        for other in readings
    )


def _by_section(narrative: Narrative, section: Sequence[Reading], totals: list[Reading]) -> Iterator[Relation]:
    """A total at the head of a section and the figures of named places under it."""
    whole = next((reading for reading in section if _heads_section(reading)), None)
    if whole is None:
        return
    later = section[section.index(whole) + 1 :][: _AHEAD * 2]
    parts = tuple(
        reading
        for reading in later
        if reading.places
        and reading.unit == "CNY"
        and compatible(reading, whole)
        and reading.is_plan == whole.is_plan
        and not reading.depth
        and reading.sense == whole.sense
        and reading.extent.value < whole.extent.value
    )
    if not 1 < len(parts) <= _MOST_PARTS:
        return
    computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
    if inequality(computed, whole.extent) is Status.HOLDS:
        totals.append(whole)
    if computed.value == whole.extent.value:
        yield sum_relation(narrative, parts, whole, computed, Status.EXACT)


def _heads_section(reading: Reading) -> bool:
    return (
        reading.unit == "CNY"
        and reading.sense == "spend"
        and not reading.places
        and not reading.is_plan
        and not reading.is_each
        and not reading.depth
        and reading.has_total_word
    )


def _nested(narrative: Narrative, section: Sequence[Reading]) -> Iterator[Relation]:
    """Money told after a place's figure, in the same paragraph and without a place of its own, lies within it."""
    parent: Reading | None = None
    children: list[Reading] = []
    for reading in [*section, None]:
        ends = reading is None or (parent is not None and reading.paragraph != parent.paragraph)
        is_money = reading is not None and reading.unit == "CNY" and reading.sense == "spend"
        if parent is not None and (ends or (is_money and reading is not None and _stands_alone(reading))):
            yield from _within(narrative, parent, children)
            parent, children = None, []
        if reading is None or not is_money or reading.is_each or reading.is_plan or reading.depth:
            continue
        if len(reading.places) == 1 and _begins_sentence(reading):
            parent, children = reading, []
        elif parent is not None and not reading.places and not reading.has_total_word:
            children.append(reading)


def _stands_alone(reading: Reading) -> bool:
    return bool(reading.places) or reading.has_total_word or bool(cues.BESIDES.search(reading.lead))


def _begins_sentence(reading: Reading) -> bool:
    return len(reading.lead) <= 40 and not reading.lead.startswith(("，", ",", "、"))


def _within(narrative: Narrative, parent: Reading, children: Sequence[Reading]) -> Iterator[Relation]:
    if not 1 < len(children) <= _MOST_PARTS or any(child.sentence == parent.sentence for child in children):
        return
    computed = sum_of((child.claim.quantity for child in children), parent.claim.quantity)
    if inequality(computed, parent.extent) is Status.HOLDS:
        yield part_relation(narrative, children, parent, computed, Status.HOLDS)


def _across(narrative: Narrative, split: Split, section_totals: Sequence[Reading]) -> Iterator[Relation]:
    """What other sections say of the same places and the same year stays within the totals of the split."""
    own = {part.paragraph for part in split.parts}
    totals = {name: part for part in split.parts for name in part.places}
    year = split.whole.claim.period
    by_place: dict[str, list[Reading]] = defaultdict(list)
    for reading in narrative.readings:
        if reading.unit != "CNY" or reading.sense != "spend" or reading.is_plan or reading.depth:
            continue
        if reading.paragraph in own or reading.claim.period != year or reading.is_change:
            continue
        if len(reading.places) == 1 or reading.is_each:
            for name in reading.places:
                by_place[name].append(reading)
    for name, whole in totals.items():
        parts = by_place.get(name, ())
        if 1 < len(parts) <= _MOST_PARTS:
            computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
            if inequality(computed, whole.extent) is Status.HOLDS:
                yield part_relation(narrative, parts, whole, computed, Status.HOLDS)
    yield from _fields(narrative, split, section_totals, own, set(totals))


def _fields(
    narrative: Narrative, split: Split, section_totals: Sequence[Reading], own: set[int], places: set[str]
) -> Iterator[Relation]:
    """The totals of the sections, and a section's only figure where it has no total."""
    headed = {reading.index for reading in section_totals}
    parts: list[Reading] = []
    for section in narrative.sections:
        candidates = [r for r in section if r.paragraph not in own and r.claim.period == split.whole.claim.period]
        total = [reading for reading in candidates if reading.index in headed]
        single = [
            reading
            for reading in candidates
            if reading.unit == "CNY" and reading.sense == "spend" and not reading.is_plan and not reading.is_each
        ]
        if total:
            parts.append(total[0])
        elif len(single) == 1 and single[0].places and single[0].places <= places:
            parts.append(single[0])
    if not 1 < len(parts) <= _MOST_PARTS:
        return
    computed = sum_of((part.claim.quantity for part in parts), split.whole.claim.quantity)
    if inequality(computed, split.whole.extent) is Status.HOLDS:
        yield part_relation(narrative, parts, split.whole, computed, Status.HOLDS)


def _whole_report(narrative: Narrative, *, has_totals: bool) -> Iterator[Relation]:
    """A figure for the whole report at its head and the single ones after it, where the text has no totals between."""
    for unit in ("CNY", "project"):
        listed = [reading for reading in narrative.readings if reading.unit == unit and _is_single(reading)]
        if not 2 < len(listed) <= _MOST_PARTS:
            continue
        whole, *rest = listed
        if whole.index > _EARLY or whole.places or (unit == "CNY" and (has_totals or not whole.has_total_word)):
            continue
        parts = [reading for reading in rest if reading.paragraph != whole.paragraph or unit != "CNY"]
        if len(parts) < 2:
            continue
        computed = sum_of((part.claim.quantity for part in parts), whole.claim.quantity)
        if computed.value == whole.extent.value:
            yield sum_relation(narrative, parts, whole, computed, Status.EXACT)
        elif inequality(computed, whole.extent) is Status.HOLDS:
            yield part_relation(narrative, parts, whole, computed, Status.HOLDS)


def _is_single(reading: Reading) -> bool:
    if reading.is_plan or reading.is_each or reading.is_change or reading.depth:
        return False
    return reading.unit != "CNY" or reading.sense == "spend"
