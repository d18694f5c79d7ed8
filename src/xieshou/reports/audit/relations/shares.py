"""Shares and rates beside the two figures that they compare (占比、完成率)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import MEASURED, Extent, as_decimal, quotient_of, rate_equality, scaled
from xieshou.reports.audit.relations.narrative import Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown, compared, number_shown

_BACK = 10  # readings before a rate among which its figures are looked for
_BESIDE = 4  # code points between the rates of one list
_LARGEST_BASE = 100_000  # above this any written rate is given by some whole number

_OF_TARGET = re.compile(r"^\s*[)）]?\s*的$")
_OF_NAMED = re.compile(r"^[^，。；,;]{1,18}(?:的|总数的|总量的|总额的)(?:约|近)?$")
_SHARE_OF = re.compile(r"占[^，。；,;]{0,12}$")
_COMPLETION = re.compile(
    r"完成率|完成(?:年度|全年)?(?:计划|目标|任务|指标)|(?:计划|目标|任务|指标|责任书)(?:数|额|任务)?的|占(?:年度|全年)?(?:计划|目标|任务)"
)
_OF_ALL = re.compile(r"占(?:比)?|比例|比重|比率")
# 土地流转比例 is no share of the persons told before it.
_OF_PEOPLE = re.compile(r"占[总全其参队]|[员师生女男人者民工户]|干部|骨干|书记|专家|劳模|本科|硕士|博士|高级|中级|职称")
_FINISHED = re.compile(r"^[\s，,（(]*(?:已|超额|提前|共|均|实际|约|已经)*(?:完成|占|达|相当于|为)")
_OTHER_BASE = re.compile(r"全县|全市|全省|全国|全区|全州|全村|全乡|全镇|全行业|全系统|同类|当地|总人口|总收入|营业")


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    """One relation for each rate whose figures the sentence names."""
    for readings in narrative.paragraphs.values():
        for position, rate in enumerate(readings):
            if rate.unit != "percent" or rate.is_change or rate.claim.quantity.value_hi is not None:
                continue
            if cues.RESPECTIVELY.search(rate.clause):
                yield from _respectively(narrative, readings, position)
                continue
            relation = _of_target(narrative, readings, position) or _of_whole(narrative, readings, position)
            if relation is not None:
                yield relation


def _respectively(narrative: Narrative, readings: Sequence[Reading], position: int) -> Iterator[Relation]:
    """任务为投入200万元、引进50万元，实际投入245万元、引进62万元，分别完成任务的122.5%、124%: pair by pair."""
    rates = [readings[position]]
    for reading in readings[position + 1 : position + _BACK]:
        if reading.unit != "percent" or reading.sentence != rates[0].sentence or len(reading.lead) > _BESIDE:
            break
        rates.append(reading)
    before = [
        r
        for r in readings[max(0, position - 2 * _BACK) : position]
        if r.sentence == rates[0].sentence and r.unit != "percent"
    ]
    planned, done = [r for r in before if r.is_plan], [r for r in before if not r.is_plan]
    if len(rates) > 1 and not _COMPLETION.search(rates[0].clause) and _OF_ALL.search(rates[0].clause):
        yield from _shares_of_several(narrative, rates, before[-len(rates) :])
        return
    if len(rates) < 2 or not _COMPLETION.search(rates[0].clause) or not len(planned) == len(done) == len(rates):
        return
    if any(part.unit != whole.unit for part, whole in zip(done, planned, strict=True)):
        return
    for rate, part, whole in zip(rates, done, planned, strict=True):
        relation = _compared(narrative, rate, part, whole, is_decisive=True)
        if relation is not None:
            yield relation


def _shares_of_several(narrative: Narrative, rates: Sequence[Reading], parts: Sequence[Reading]) -> Iterator[Relation]:
    """贫困户144户、贫困人口578人，分别占农户及农业人口的19.54%和20.58%: confirmed by figures further back."""
    if len(parts) != len(rates):
        return
    before = narrative.readings[max(0, parts[0].index - 4 * _BACK) : parts[0].index]
    for rate, part in zip(rates, parts, strict=True):
        for whole in reversed(before):
            if not _same_measure(whole, part) or whole.extent.value <= part.extent.value:
                continue
            if whole.paragraph != part.paragraph and not rate.claim.quantity.decimals:
                continue  # a rate without decimals fits too many figures
            computed = _rate(part, whole)
            if computed is not None and _status(computed, rate, part, whole) in (Status.EXACT, Status.ROUNDING):
                relation = _compared(narrative, rate, part, whole, is_decisive=False)
                if relation is not None:
                    yield relation
                break


def _of_target(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """完成562万元，完成任务135万元的417%; 计划100万元，实际120万元，完成率120%."""
    rate = readings[position]
    before = [r for r in readings[max(0, position - _BACK) : position] if r.unit != "percent" and not r.is_each]
    if not before:
        return None
    last = before[-1]
    is_of = bool(_OF_TARGET.match(rate.lead)) or (_OF_NAMED.match(rate.lead) and _SHARE_OF.search(last.clause))
    if is_of and last is readings[position - 1]:
        part = next((r for r in reversed(before[:-1]) if _same_measure(r, last)), None)
        if part is None or rate.sentence != last.sentence:
            return None
        is_decisive = part.sentence == last.sentence and before[-2] is part and "加上" not in last.lead
        is_decisive = is_decisive and bool(_FINISHED.match(last.clause))
        return _compared(narrative, rate, part, last, is_decisive=is_decisive)
    if not _COMPLETION.search(rate.clause) or rate.sentence != last.sentence:
        return None
    planned = next((r for r in reversed(before) if r.is_plan and r.unit == last.unit), None)
    done = next((r for r in reversed(before) if not r.is_plan and r.unit == last.unit), None)
    if planned is None or done is None or planned.sentence != rate.sentence or done.sentence != rate.sentence:
        return None
    others = [r for r in before if r.unit == last.unit and r.sentence == rate.sentence]
    return _compared(narrative, rate, done, planned, is_decisive=len(others) == 2)


def _same_measure(part: Reading, whole: Reading) -> bool:
    return (
        part.unit == whole.unit
        and not part.is_change
        and (not part.sense or not whole.sense or part.sense == whole.sense)
    )


def _of_whole(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """A part and, further back, its whole; or a whole alone of which some whole number must be the part."""
    rate = readings[position]
    if not _OF_ALL.search(rate.clause) or _OTHER_BASE.search(rate.clause) or rate.extent.value > 100:
        return None
    before = [r for r in readings[max(0, position - _BACK) : position] if r.unit != "percent" and not r.is_each]
    if not before:
        return None
    last = before[-1]
    if cues.OWN_SUBJECT_SHARE.match(rate.clause) and last is readings[position - 1] and last.sentence == rate.sentence:
        return _of_part_before(narrative, rate, last, before[:-1])
    return _of_whole_number(narrative, rate, before)


def _of_part_before(narrative: Narrative, rate: Reading, part: Reading, before: Sequence[Reading]) -> Relation | None:
    """其中女性60人，占50%: the part stands just before the rate, the whole is one of the figures before."""
    wholes = [
        r
        for r in reversed(before)
        if _same_measure(r, part) and r.is_plan == part.is_plan and r.extent.high >= part.extent.low
    ]
    for whole in wholes:
        computed = _rate(part, whole)
        if computed is not None and _status(computed, rate, part, whole) in (Status.EXACT, Status.ROUNDING):
            return _compared(narrative, rate, part, whole, is_decisive=False)
        if computed is not None and whole is wholes[0] and _status(computed, rate, part, whole) is Status.HOLDS:
            return _compared(narrative, rate, part, whole, is_decisive=False)
    if not wholes or not cues.OF_WHICH.search(part.lead) or part.sentence - wholes[0].sentence > 1:
        return None
    # The figure just before 其中 is the whole, unless other figures of its unit stand with it.
    is_alone = wholes[0].index == part.index - 1 or [w.sentence for w in wholes].count(wholes[0].sentence) == 1
    return _compared(narrative, rate, part, wholes[0], is_decisive=True) if is_alone else None


def _rate(part: Reading, whole: Reading) -> Extent | None:
    ratio = quotient_of(part.extent, whole.extent)
    return None if ratio is None else scaled(ratio, 100)


def _status(computed: Extent, rate: Reading, part: Reading, whole: Reading) -> Status:
    return rate_equality(computed, rate.extent, (part.claim.quantity, whole.claim.quantity))


def _compared(
    narrative: Narrative, rate: Reading, part: Reading, whole: Reading, *, is_decisive: bool
) -> Relation | None:
    computed = _rate(part, whole)
    if computed is None:
        return None
    status = _status(computed, rate, part, whole)
    if status in (Status.CONTRADICTION, Status.POSSIBLE) and not is_decisive:
        return None
    reasons: tuple[str, ...] = ()
    if status in (Status.CONTRADICTION, Status.POSSIBLE):
        stated = rate.extent.value
        needed_part = whole.extent.value * stated / 100
        needed = (computed.value, needed_part, part.extent.value * 100 / stated if stated else Fraction(0))
        reasons = (
            *_truncated(narrative, rate, computed),
            *explanations.of_value(narrative, (rate, part, whole), needed),
            explanations.missing_amount(narrative, part, whole.extent.value * rate.extent.low / 100),
            *_swapped(narrative, rate, part, whole),
        )
    arithmetic = f"{narrative.shown(part)} ÷ {narrative.shown(whole)}"
    return Relation(
        kind=RelationKind.SHARE,
        claims=(part.claim.id, whole.claim.id, rate.claim.id),
        expression=f"#{part.claim.id} / #{whole.claim.id} * 100",
        computed=as_decimal(computed.value),
        stated=rate.claim.quantity.value,
        status=status,
        message=compared(
            arithmetic,
            number_shown(computed.value, max(2, rate.claim.quantity.decimals)) + "%",
            narrative.shown(rate),
            _("%(points)s个百分点") % {"points": number_shown(abs(computed.value - rate.extent.value), 2)},
            status,
        ),
        explanations=reasons[: explanations.MOST],
    )


def _truncated(narrative: Narrative, rate: Reading, computed: Extent) -> Iterator[str]:
    step = Fraction(1, 10**rate.claim.quantity.decimals)
    words = {"computed": number_shown(computed.value, 4), "stated": narrative.shown(rate)}
    if computed.value // step * step == rate.extent.value:
        yield _("%(computed)s%%截去尾数（未四舍五入）即为%(stated)s。") % words
    elif -(-computed.value // step) * step == rate.extent.value:
        yield _("%(computed)s%%向上进位即为%(stated)s。") % words


def _swapped(narrative: Narrative, rate: Reading, part: Reading, whole: Reading) -> Iterator[str]:
    """The rate is the growth, or the rest, instead of the share."""
    computed = _rate(part, whole)
    if computed is None:
        return
    for value, words in (
        (computed.value - 100, _("%(stated)s恰为超出部分：%(computed)s%% − 100%%。")),
        (100 - computed.value, _("%(stated)s恰为其余部分：100%% − %(computed)s%%。")),
    ):
        if rate.extent.low <= value <= rate.extent.high:
            yield words % {"stated": narrative.shown(rate), "computed": number_shown(computed.value, 2)}


def _of_whole_number(narrative: Narrative, rate: Reading, before: Sequence[Reading]) -> Relation | None:
    """205名，党员占98%: some whole number of the 205 must give the rate."""
    counted = [r for r in before if r.unit not in MEASURED and r.claim.quantity.factor == 1 and not r.extent.is_vague]
    if not _OF_PEOPLE.search(rate.clause):
        return None
    near = [r for r in counted if r.sentence == rate.sentence]
    people = [r for r in near if r.unit in ("person", "person_time", "household")]
    if not people:
        return None
    whole = _head_of(people)
    if whole is None or whole.extent.value > _LARGEST_BASE or whole.extent.value < 2 or rate.extent.is_vague:
        return None
    part = explanations.whole_number_for(rate, whole)
    if part is None and any(
        explanations.whole_number_for(rate, other) is not None for other in people if other is not whole
    ):
        return None
    status = Status.CONTRADICTION
    if part is not None:
        status = Status.EXACT if Fraction(part) * 100 / whole.extent.value == rate.extent.value else Status.ROUNDING
    computed = Fraction(round(whole.extent.value * rate.extent.value / 100)) * 100 / whole.extent.value
    words = {
        "whole": narrative.shown(whole),
        "rate": narrative.shown(rate),
        "part": amount_shown(Fraction(part or 0), whole.claim.quantity),
    }
    message = (
        _("%(whole)s的%(rate)s为%(part)s，是整数，两者相符。") % words
        if part is not None
        else _("%(whole)s为基数，没有整数能得出%(rate)s。") % words
    )
    reasons: tuple[str, ...] = ()
    if part is None:
        earlier = [r for r in narrative.readings[max(0, whole.index - 12) : whole.index] if r.unit == whole.unit]
        reasons = explanations.of_impossible_rate(narrative, rate, whole, earlier[::-1])
    return Relation(
        kind=RelationKind.SHARE,
        claims=(whole.claim.id, rate.claim.id),
        expression=f"round(#{whole.claim.id} * #{rate.claim.id} / 100) / #{whole.claim.id} * 100",
        computed=as_decimal(computed),
        stated=rate.claim.quantity.value,
        status=status,
        message=message,
        explanations=reasons,
    )


def _head_of(people: Sequence[Reading]) -> Reading | None:
    """The figure that the others of its sentence are parts of: the largest, if it comes first."""
    head = people[0]
    return head if all(other.extent.value <= head.extent.value for other in people) else None
