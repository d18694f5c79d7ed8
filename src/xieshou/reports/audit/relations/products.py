"""A count times what each gets, and what each gets of a total (单价、户均、每季度)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import (
    Extent,
    as_decimal,
    equality,
    extent_of,
    inequality,
    product_of,
    quotient_of,
    rate_equality,
    scaled,
)
from xieshou.reports.audit.relations.narrative import PLACE_UNITS, Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown, compared

_AROUND = 5  # readings on either side of 每户 among which households and total are looked for

_EACH_UNITS = (  # what stands after 每, and the unit in which it is counted
    (re.compile(r"每(?:个)?(?:贫困)?户|户均"), frozenset(("household",))),
    (re.compile(r"每(?:人|名|位|生)|人均|生均"), frozenset(("person",))),
    (re.compile(r"每(?:个)?(?:校|所)|校均"), frozenset(("school", "hospital", "clinic", "organisation"))),
    (re.compile(r"每(?:个)?村|村均"), frozenset(("village",))),
    (re.compile(r"每(?:个)?县|县均"), frozenset(("county",))),
    (re.compile(r"每亩|亩均"), frozenset(("mu",))),
    (re.compile(r"每(?:个)?班"), frozenset(("class",))),
    (re.compile(r"每期"), frozenset(("session",))),
    (re.compile(r"每(?:辆|台)"), frozenset(("vehicle", "set"))),
    (re.compile(r"每(?:家|个企业)"), frozenset(("enterprise", "organisation"))),
)
_MEAN = re.compile(r"户均|人均|亩均|村均|校均|生均|县均|平均")
_EVERY_OF = re.compile(r"各(?!级|地|界|类|方|族|种|项|位|单位)")
_LIST = re.compile(r"[、和及与]")
_PERIODS = (
    (re.compile(r"每季度?"), 4),
    (re.compile(r"每月"), 12),
    (re.compile(r"每半年"), 2),
)
_FLAT = re.compile(r"左右|不等|最高|最多|不超过|至少|以上|以内|上下")


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    for readings in narrative.paragraphs.values():
        for position, each in enumerate(readings):
            if not each.is_each or each.unit == "percent" or _FLAT.search(each.clause + each.noun):
                continue
            relation = _to_every_place(narrative, readings, position) or _to_each(narrative, readings, position)
            if relation is not None:
                yield relation


def _to_every_place(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """向甲县、乙县、丙县各投入150万元，总计450万元; 向3个县各投入150万元，总计450万元."""
    each = readings[position]
    if not _EVERY_OF.search(each.clause) or position + 1 >= len(readings):
        return None
    total = readings[position + 1]
    if total.unit != each.unit or total.sentence != each.sentence or not cues.BARE_TOTAL.match(total.clause):
        return None
    count = readings[position - 1] if position else None
    is_counted = (
        count is not None
        and count.sentence == each.sentence
        and count.unit in PLACE_UNITS | {"school", "village", "household", "enterprise", "person"}
        and len(each.lead) <= 24
    )
    if is_counted and count is not None:
        factor: Fraction = count.extent.value
        ids: tuple[int, ...] = (count.claim.id, each.claim.id, total.claim.id)
        expression = f"#{count.claim.id} * #{each.claim.id}"
        arithmetic = f"{narrative.shown(count)} × {narrative.shown(each)}"
    else:
        receivers = _EVERY_OF.split(each.clause)[0]
        named = sum(place in receivers for place in each.places)
        # 和 may be part of a name (和龙), so the names known to be places decide; without any, only 、 counts.
        if named != receivers.count("、") + 1 and named != len(_LIST.findall(receivers)) + 1:
            named = receivers.count("、") + 1 if not named and not re.search(r"[和及与]", receivers) else 0
        if named < 2:
            return None
        factor = Fraction(named)
        ids = (each.claim.id, total.claim.id)
        expression = f"{named} * #{each.claim.id}"
        arithmetic = f"{named} × {narrative.shown(each)}"
    computed = scaled(each.extent, factor) if factor > 0 else each.extent
    return _told(narrative, total, computed, ids, expression, arithmetic, equality(computed, total.extent), (each,))


def _to_each(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """投入110万元，用于110户，每户1万元; 500户增收100万元，户均增收2000元."""
    each = readings[position]
    units = next((units for pattern, units in _EACH_UNITS if pattern.search(each.clause)), None)
    if units is None or cues.PER_TIME.search(each.clause):
        return None
    around = readings[max(0, position - _AROUND) : position + _AROUND + 1]
    near = [r for r in around if r is not each and not r.is_each and not r.is_change and r.sentence == each.sentence]
    counts = [r for r in near if r.unit in units]
    totals = [r for r in near if r.unit == each.unit and r.is_plan == each.is_plan and _same_sense(r, each)]
    is_mean = bool(_MEAN.search(each.clause))
    if is_mean:
        # 年收入50万元，户均增收3000元: only what is told in the same word is divided.
        words = cues.sense_words()[0].findall(each.clause)
        totals = [r for r in totals if all(word in r.clause + r.noun for word in words)]
    for total in totals:
        for count in counts:
            relation = _times(narrative, each, count, total, is_mean=is_mean)
            if relation is not None and relation.status in (Status.EXACT, Status.ROUNDING, Status.HOLDS):
                return relation
    if len(totals) != 1 or len(counts) != 1 or counts[0].depth or totals[0].depth:
        return None
    count, total = counts[0], totals[0]
    relation = _times(narrative, each, count, total, is_mean=is_mean)
    if relation is None or relation.status is Status.POSSIBLE:
        return relation
    if is_mean:
        return relation if total.index < each.index and each.index - min(total.index, count.index) <= 2 else None
    closes = total.index > each.index and bool(cues.BARE_TOTAL.match(total.clause))
    exceeds = inequality(product_of(count.extent, each.extent), total.extent) is Status.CONTRADICTION
    return relation if closes or (exceeds and total.index < each.index) else None


def _same_sense(total: Reading, each: Reading) -> bool:
    return not total.sense or not each.sense or total.sense == each.sense


def _times(narrative: Narrative, each: Reading, count: Reading, total: Reading, *, is_mean: bool) -> Relation | None:
    if is_mean:
        ratio = quotient_of(total.extent, count.extent)
        if ratio is None:
            return None
        operands = (total.claim.quantity, count.claim.quantity)
        return _told(
            narrative,
            each,
            ratio,
            (total.claim.id, count.claim.id, each.claim.id),
            f"#{total.claim.id} / #{count.claim.id}",
            f"{narrative.shown(total)} ÷ {narrative.shown(count)}",
            rate_equality(ratio, extent_of(each.claim.quantity), operands),
            (total, count),
        )
    computed = product_of(count.extent, scaled_exact(each))
    return _told(
        narrative,
        total,
        computed,
        (count.claim.id, each.claim.id, total.claim.id),
        f"#{count.claim.id} * #{each.claim.id}",
        f"{narrative.shown(count)} × {narrative.shown(each)}",
        equality(computed, total.extent),
        (count, each),
    )


def scaled_exact(each: Reading) -> Extent:
    """What each gets is set, not measured: 1万元 is 10,000元 and not 9,500."""
    extent = each.extent
    if extent.is_vague:
        return extent
    return Extent(extent.value, extent.value, extent.value, extent.value, extent.value)


def _told(
    narrative: Narrative,
    stated: Reading,
    computed: Extent,
    ids: tuple[int, ...],
    expression: str,
    arithmetic: str,
    status: Status,
    factors: Sequence[Reading],
) -> Relation:
    quantity = stated.claim.quantity
    reasons: tuple[str, ...] = ()
    if status in (Status.CONTRADICTION, Status.POSSIBLE):
        target = stated.extent.value
        needed = [_needed(reading, computed.value, target, expression) for reading in factors]
        reasons = (
            *explanations.of_value(narrative, (stated, *factors), (computed.value, *needed)),
            _("总数中或另有不按此标准的部分。"),
        )
    return Relation(
        kind=RelationKind.RATE if "/" in expression else RelationKind.PRODUCT,
        claims=ids,
        expression=expression,
        computed=as_decimal(computed.value),
        stated=quantity.value,
        status=status,
        message=compared(
            arithmetic,
            amount_shown(computed.value, quantity),
            narrative.shown(stated),
            amount_shown(abs(computed.value - stated.extent.value), quantity),
            status,
        ),
        explanations=reasons,
    )


def _needed(reading: Reading, computed: Fraction, target: Fraction, expression: str) -> Fraction:
    """What one factor would have to be with the others as they stand."""
    if not computed or not target:
        return Fraction(0)
    is_divisor = f"/ #{reading.claim.id}" in expression
    return reading.extent.value * (computed / target if is_divisor else target / computed)


def frequency_of(reading: Reading) -> int:
    """How often a year 每季度1次 makes it; 0 where nothing is said."""
    return next((times for pattern, times in _PERIODS if pattern.search(reading.clause)), 0)
