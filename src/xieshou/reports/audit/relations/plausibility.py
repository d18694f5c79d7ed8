"""Figures that stand side by side and must be in proportion: 户 and 人, money and weight, 人 and 人次."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import Extent, as_decimal, inequality, quotient_of, scaled
from xieshou.reports.audit.relations.narrative import Narrative, Reading, neighbours
from xieshou.reports.audit.relations.phrases import amount_shown, bounded, number_shown

_APART = 14  # code points that may stand between 84户 and 422人 when both speak of the same people
_OTHER_PEOPLE = re.compile(r"其中|包括|每|户均|人均|党员|干部|教师|学生|名?大学生|志愿者|派出|选派|[。；;]")
# What may stand between 84户 and 422人 when both speak of the same people, and what of the persons says otherwise.
_SAME_PEOPLE = re.compile(
    r"^(?:建档立卡|贫困|脱贫|监测|困难|低保|特困|搬迁|受益|受灾|农村|农牧|农|村民|牧民|居民|群众|家庭|人口|户|的|个"
    r"|[、，,（(/和及共计合总达约近有\s])*$"
)
_OTHER_NOUN = re.compile(r"就业|务工|上岗|培训|参加|学生|党员|干部|志愿|入学|住院|报名|创业")
_SAME_TURN = re.compile(r"^[、，,（(/共计合总达累约近逾超过\s]{0,6}$")
_WORTH = re.compile(r"价值|金额|货值|总价|货款|折款|销售|^[\s，,、]*$")
_TONNE = 1000
_PRICE_APART = 24


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    for first, second in neighbours(narrative.readings):
        if first.sentence != second.sentence or first.is_each or second.is_each or first.is_change or second.is_change:
            continue
        between = narrative.between(first, second)
        relation = _persons_of_households(narrative, first, second, between)
        relation = relation or _price(narrative, first, second, between)
        relation = relation or _turns(narrative, first, second, between)
        if relation is not None:
            yield relation


def _persons_of_households(narrative: Narrative, first: Reading, second: Reading, between: str) -> Relation | None:
    """84贫困户422人: persons of the households just named."""
    if {first.unit, second.unit} != {"household", "person"} or len(between) > _APART:
        return None
    if _OTHER_PEOPLE.search(between) or not _SAME_PEOPLE.match(between) or _OTHER_NOUN.search(second.noun):
        return None
    persons, households = (second, first) if second.unit == "person" else (first, second)
    if (persons is first and _has_household(narrative, first, -1)) or (
        households is second and _has_household(narrative, second, 1)
    ):
        return None  # 86户301人，45户102人: the persons belong to the households before them
    return _in_range(narrative, persons, households, cues.ranges()[0], RelationKind.RATIO, 1, _("人/户"))


def _has_household(narrative: Narrative, reading: Reading, step: int) -> bool:
    """Whether the pair is completed on the other side."""
    index = reading.index + step
    if not 0 <= index < len(narrative.readings):
        return False
    other = narrative.readings[index]
    wanted = "household" if step < 0 else "person"
    return other.unit == wanted and other.sentence == reading.sentence


def _price(narrative: Narrative, first: Reading, second: Reading, between: str) -> Relation | None:
    """采购苹果10吨5万元: what a kilogram cost, by the kind of goods."""
    units = {first.unit, second.unit}
    if (
        "CNY" not in units
        or not units & {"kg", "tonne"}
        or len(between) > _PRICE_APART
        or re.search(r"[。；;]", between)
    ):
        return None
    money, goods = (second, first) if second.unit == "CNY" else (first, second)
    if not (money.sense == "trade" or _WORTH.search(money.clause)) or money.is_plan != goods.is_plan:
        return None
    around = narrative.readings[max(0, first.index - 1) : second.index + 2]
    others = [r for r in around if r.sentence == first.sentence and r not in (first, second)]
    if any(other.unit in ("CNY", "kg", "tonne") for other in others):
        return None
    words = goods.clause + goods.noun
    kind = next((kind for kind in cues.ranges()[1:] if kind.words is not None and kind.words.search(words)), None)
    if kind is None:
        return None
    return _in_range(
        narrative, money, goods, kind, RelationKind.RATE, _TONNE if goods.unit == "tonne" else 1, "元/公斤"
    )


def _in_range(
    narrative: Narrative,
    upper: Reading,
    lower: Reading,
    span: cues.Range,
    kind: RelationKind,
    factor: int,
    unit: str,
) -> Relation | None:
    ratio = quotient_of(upper.extent, scaled(lower.extent, factor))
    if ratio is None:
        return None
    status = _placed(ratio, span)
    words = {
        "upper": narrative.shown(upper),
        "lower": narrative.shown(lower),
        "ratio": number_shown(ratio.value, 2),
        "unit": unit,
        "low": number_shown(span.low),
        "high": number_shown(span.high),
    }
    message = (
        _("%(upper)s ÷ %(lower)s = %(ratio)s%(unit)s，在常见范围之内。")
        if status is Status.HOLDS
        else _("%(upper)s ÷ %(lower)s = %(ratio)s%(unit)s，超出常见范围%(low)s至%(high)s%(unit)s。")
    ) % words
    times = f" * {factor}" if factor != 1 else ""
    return Relation(
        kind=kind,
        claims=(upper.claim.id, lower.claim.id),
        expression=f"#{upper.claim.id} / (#{lower.claim.id}{times})"
        if times
        else f"#{upper.claim.id} / #{lower.claim.id}",
        computed=as_decimal(ratio.value),
        stated=None,
        status=status,
        message=message,
        explanations=() if status is Status.HOLDS else tuple(_shifts(narrative, upper, lower, span, ratio)),
    )


def _placed(ratio: Extent, span: cues.Range) -> Status:
    if ratio.high < span.below or ratio.low > span.above:
        least, most = ratio.least, ratio.most
        if (most is None or most >= span.below) and least <= span.above:
            return Status.POSSIBLE
        return Status.CONTRADICTION
    if ratio.high < span.low or ratio.low > span.high:
        return Status.POSSIBLE
    return Status.HOLDS


def _shifts(narrative: Narrative, upper: Reading, lower: Reading, span: cues.Range, ratio: Extent) -> Iterator[str]:
    """Which slip of a digit or a unit would bring the ratio back into the range."""
    for factor in (10, 100, 1000, 10_000):
        for reading, moved, value in (
            (upper, ratio.value * factor, upper.extent.value * factor),
            (upper, ratio.value / factor, upper.extent.value / factor),
            (lower, ratio.value / factor, lower.extent.value * factor),
            (lower, ratio.value * factor, lower.extent.value / factor),
        ):
            is_counted = reading.unit in ("person", "household")
            if span.low <= moved <= span.high and (not is_counted or value.denominator == 1):
                yield _("%(shown)s处如为%(needed)s，则为%(ratio)s，在常见范围之内；小数点或单位或有出入。") % {
                    "shown": narrative.shown(reading),
                    "needed": amount_shown(value, reading.claim.quantity),
                    "ratio": number_shown(moved, 2),
                }
                return
    inverse = 1 / ratio.value if ratio.value else Fraction(0)
    if span.low <= inverse <= span.high:
        yield _("两个数或前后颠倒。")


def _turns(narrative: Narrative, first: Reading, second: Reading, between: str) -> Relation | None:
    """培训300人、450人次: everybody counted once at least."""
    if {first.unit, second.unit} != {"person", "person_time"} or not _SAME_TURN.match(between):
        return None
    persons, turns = (first, second) if first.unit == "person" else (second, first)
    if cues.OF_WHICH.search(between):
        return None
    status = inequality(persons.extent, turns.extent)
    return Relation(
        kind=RelationKind.SUBSET,
        claims=(persons.claim.id, turns.claim.id),
        expression=f"#{persons.claim.id}",
        computed=persons.claim.quantity.value,
        stated=turns.claim.quantity.value,
        status=status,
        message=(
            bounded(narrative.shown(persons), narrative.shown(turns), "", status)
            if status is Status.HOLDS
            else _("人次%(turns)s少于人数%(persons)s。")
            % {"turns": narrative.shown(turns), "persons": narrative.shown(persons)}
        ),
        explanations=()
        if status is Status.HOLDS
        else (_("“人”与“人次”或前后颠倒。"), *explanations.of_part(narrative, persons, turns)[:2]),
    )
