"""The same thing told twice: in a summary and in the body, in two sections, in a paragraph printed twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import as_decimal, equality
from xieshou.reports.audit.relations.likeness import (
    agree,
    is_telling,
    key_words,
    likeness,
    pairs_of,
    same_scope,
    sentence_words,
)
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown
from xieshou.reports.audit.relations.products import frequency_of

_LOOK_BACK = 8  # earlier figures of one value and unit with which a later one is compared
_ALIKE = 0.5
_VERY_ALIKE = 0.75
_PARALLEL = 2  # figures that two sentences must share before a third one that differs is compared
_APART = 2  # paragraphs between a summary and its body
_TWICE = 2
_CLOSE = Fraction(1, 5)  # values further apart are not one value told twice
_MOST_IN_SENTENCE = 40
_WORDS = 4  # characters of content that a figure told alone must have

# The places that are helped, in the words of the genre: 5个受援地, 5个贫困县.
_ASSISTED = re.compile(r"受援|贫困县|贫困旗|脱贫县|定点(?:扶贫|帮扶)?县|帮扶县|对口帮扶|对口支援|结对县|帮扶地区")
_YEAR = re.compile(r"(?:19|20)\d\d")


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    copies = {index: first for index, first in enumerate(narrative.structure.repeats) if first >= 0}
    yield from _printed_twice(narrative, copies)
    readings = [reading for reading in narrative.readings if reading.paragraph not in copies]
    shared: dict[tuple[int, int], list[tuple[Reading, Reading]]] = defaultdict(list)
    for earlier, later in _equal_pairs(readings):
        shared[earlier.sentence, later.sentence].append((earlier, later))
    confirmed: set[tuple[int, int]] = set()
    found: set[int] = set()  # later figures that have their earlier one; the nearest is told
    for pairs in sorted(shared.values(), key=_distance):
        is_parallel = len(pairs) >= _PARALLEL and pairs[0][0].sentence != pairs[0][1].sentence
        together = {(earlier.index, later.index) for earlier, later in pairs}
        for earlier, later in reversed(pairs):
            if later.index in found:
                continue
            is_beside = bool({(earlier.index + step, later.index + step) for step in (-1, 1)} & together)
            if _same_thing(narrative, earlier, later, is_parallel=is_parallel, is_beside=is_beside):
                found.add(later.index)
                confirmed.add((earlier.index, later.index))
                yield _told_twice(narrative, earlier, later)
    yield from _parallel(narrative, shared, confirmed)
    yield from _totals_told_twice(narrative, readings)
    yield from _frequencies(narrative, readings)


def _printed_twice(narrative: Narrative, copies: dict[int, int]) -> Iterator[Relation]:
    """Every figure of the copy beside that of the first print, and one relation for the paragraph itself."""
    for copy, first in copies.items():
        pairs = list(zip(narrative.paragraphs.get(first, ()), narrative.paragraphs.get(copy, ()), strict=False))
        pairs = [(one, two) for one, two in pairs if one.extent.value == two.extent.value and one.unit == two.unit]
        for one, two in pairs:
            yield _told_twice(narrative, one, two)
        if pairs:
            shown = [narrative.shown(one) for one, _two in pairs[:3]]
            yield Relation(
                kind=RelationKind.REPEATED,
                claims=(*(one.claim.id for one, _two in pairs), *(two.claim.id for _one, two in pairs)),
                expression=" + ".join(f"#{one.claim.id}" for one, _two in pairs),
                computed=None,
                stated=None,
                status=Status.POSSIBLE,
                message=_("同一段文字出现两次（含%(shown)s等数），相加时只能计一次。") % {"shown": "、".join(shown)},
                explanations=(_("排版时重复粘贴。"),),
            )


def _distance(pairs: list[tuple[Reading, Reading]]) -> tuple[int, int]:
    return pairs[0][1].sentence - pairs[0][0].sentence, pairs[0][1].sentence


def _equal_pairs(readings: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Figures of one unit and value, each with the few before it: linear in the number of figures."""
    seen: dict[tuple[str, Fraction, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.unit in ("percent", "year", "day", "percentage_point") or reading.is_each:
            continue
        key = (reading.unit, reading.extent.value, reading.claim.quantity.approximation.value)
        for earlier in seen[key][-_LOOK_BACK:]:
            yield earlier, reading
        seen[key].append(reading)


def _same_thing(narrative: Narrative, earlier: Reading, later: Reading, *, is_parallel: bool, is_beside: bool) -> bool:
    """Whether two equal figures are one figure told twice.

    is_parallel: their sentences share several figures; is_beside: a neighbour of both is shared too.
    """
    if earlier.is_plan != later.is_plan or earlier.sentence == later.sentence:
        return _same_people(earlier, later)
    if is_parallel and (is_beside or likeness(earlier, later) > 0 or is_telling(earlier)):
        return True
    if _same_people(earlier, later):
        return True
    if earlier.places and later.places and not earlier.places & later.places:
        return False
    if earlier.unit in PLACE_UNITS:
        if _ASSISTED.search(earlier.clause + earlier.noun) and _ASSISTED.search(later.clause + later.noun):
            return True
        return bool(pairs_of(sentence_words(narrative, earlier)) & pairs_of(sentence_words(narrative, later)))
    alike = likeness(earlier, later)
    if is_telling(earlier):
        return alike > 0 and earlier.claim.period == later.claim.period
    return alike >= _ALIKE and same_scope(earlier, later) and len(key_words(later)) >= _WORDS


def _same_people(earlier: Reading, later: Reading) -> bool:
    """用于110户养蚕贫困户 … 项目惠及110个贫困户, close together."""
    return (
        earlier.paragraph == later.paragraph
        and earlier.unit in ("household", "person", "village", "school", "enterprise")
        and later.index - earlier.index <= 4
        and earlier.extent.value >= 10
        and earlier.claim.period == later.claim.period
        and not earlier.depth
        and bool(pairs_of(earlier.noun[:12]) & pairs_of(later.noun[:8] + later.clause[-8:]))
    )


def _told_twice(narrative: Narrative, earlier: Reading, later: Reading) -> Relation:
    status = equality(earlier.extent, later.extent)
    words = {"earlier": narrative.shown(earlier), "later": narrative.shown(later)}
    reasons: tuple[str, ...] = ()
    if status is Status.EXACT:
        message = _("前后两处所述一致：%(earlier)s、%(later)s。") % words
    else:
        difference = amount_shown(abs(earlier.extent.value - later.extent.value), later.claim.quantity)
        message = _("同一事项前后两处所述不同：%(earlier)s、%(later)s，相差%(difference)s。") % (
            words | {"difference": difference}
        )
        reasons = (
            *explanations.of_value(narrative, (earlier, later), (later.extent.value, earlier.extent.value)),
            _("两处的时点或口径不同。"),
        )
    return Relation(
        kind=RelationKind.EQUAL,
        claims=(earlier.claim.id, later.claim.id),
        expression=f"#{earlier.claim.id}",
        computed=as_decimal(earlier.extent.value),
        stated=later.claim.quantity.value,
        status=status,
        message=message,
        explanations=reasons,
    )


def _parallel(
    narrative: Narrative,
    shared: dict[tuple[int, int], list[tuple[Reading, Reading]]],
    confirmed: set[tuple[int, int]],
) -> Iterator[Relation]:
    """Two sentences that share several figures and words, and differ in one that is told alike."""
    by_sentence: dict[int, list[Reading]] = defaultdict(list)
    for reading in narrative.readings:
        by_sentence[reading.sentence].append(reading)
    for (first, second), pairs in shared.items():
        agreed = [pair for pair in pairs if (pair[0].index, pair[1].index) in confirmed]
        if len(agreed) <= _PARALLEL or pairs[0][1].paragraph - pairs[0][0].paragraph < _APART:
            continue  # 为甲校捐赠图书500册…。为乙校捐赠图书500册… tells of two schools
        left = [r for r in by_sentence[first] if all(r is not one for one, _two in pairs)]
        right = [r for r in by_sentence[second] if all(r is not two for _one, two in pairs)]
        if len(left) > _MOST_IN_SENTENCE or len(right) > _MOST_IN_SENTENCE:
            continue
        for one in left:
            alike = [two for two in right if _differs_alone(one, two)]
            others = [other for other in left if other is not one and other.unit == one.unit]
            if len(alike) == 1 and not any(_differs_alone(other, alike[0]) for other in others):
                yield _told_twice(narrative, one, alike[0])


def _differs_alone(one: Reading, two: Reading) -> bool:
    return (
        one.unit == two.unit
        and one.is_plan == two.is_plan
        and one.is_each == two.is_each
        and one.is_change == two.is_change
        and one.claim.period == two.claim.period
        and one.extent.value != two.extent.value
        and not (one.places and two.places and not one.places & two.places)
        and likeness(one, two) >= _VERY_ALIKE
        and len(key_words(two)) >= 2
    )


def _totals_told_twice(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """全年共培训教师150人 … 共培训教师156人: totals told in the same words of the same scope."""
    seen: dict[tuple[str, ...], list[Reading]] = defaultdict(list)
    for reading in readings:
        if not reading.has_total_word or reading.unit == "percent":
            continue
        if reading.is_each or reading.is_change or reading.depth:
            continue
        words = key_words(reading)
        claim = reading.claim
        if len(words) < _WORDS or cues.OF_WHICH.search(reading.lead) or cues.BARE_TOTAL.match(reading.clause):
            continue
        if not _YEAR.search(claim.period):
            continue
        key = (words, reading.unit, claim.period, claim.place, claim.kind.value, str(reading.is_plan))
        seen[key].append(reading)
    for told in seen.values():
        if len(told) != _TWICE:
            continue  # told of one field after the other
        earlier, later = told
        is_close = abs(earlier.extent.value - later.extent.value) <= later.extent.value * _CLOSE
        is_apart = earlier.paragraph != later.paragraph and earlier.places == later.places
        is_same = is_close and is_apart and agree(earlier.claim.actor, later.claim.actor)
        if is_same and equality(earlier.extent, later.extent) is Status.CONTRADICTION:
            yield _told_twice(narrative, earlier, later)


def _frequencies(narrative: Narrative, readings: Sequence[Reading]) -> Iterator[Relation]:
    """每季度召开1次会议 beside 会议4次 in the year."""
    yearly: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.unit in ("time", "session") and not reading.is_each:
            yearly[reading.unit].append(reading)
    for reading in readings:
        times = frequency_of(reading) if reading.is_each and reading.unit in yearly else 0
        if not times:
            continue
        words = pairs_of(sentence_words(narrative, reading) + reading.noun[: _WORDS * 2])
        expected = reading.extent.value * times
        best = [other for other in yearly[reading.unit][-200:] if other.extent.value == expected]
        for other in best[:_LOOK_BACK]:
            if len(words & pairs_of(key_words(other))) >= _PARALLEL:
                yield Relation(
                    kind=RelationKind.PRODUCT,
                    claims=(other.claim.id, reading.claim.id),
                    expression=f"#{reading.claim.id} * {times}",
                    computed=as_decimal(expected),
                    stated=other.claim.quantity.value,
                    status=Status.EXACT,
                    message=_("%(each)s × %(times)s，与文中%(total)s一致。")
                    % {"each": narrative.shown(reading), "times": times, "total": narrative.shown(other)},
                )
                break
