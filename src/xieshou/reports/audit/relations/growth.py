"""Change beside its figures: 增长 on an earlier value, 由…到…, what was added and what there is (增幅、增减、存量)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import cues, explanations
from xieshou.reports.audit.relations.comparisons import (
    MEASURED,
    Extent,
    as_decimal,
    difference_of,
    equality,
    inequality,
    quotient_of,
    rate_equality,
    scaled,
)
from xieshou.reports.audit.relations.narrative import Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown, bounded, compared, number_shown

_LARGEST_BASE = 100_000
_FROM = re.compile(r"[由从自][^，,；;。]{0,16}$|上年(?:的|同期)?[^，,；;。]{0,6}$|去年(?:的|同期)?[^，,；;。]{0,6}$")
_TO = re.compile(
    r"^[^。；;，,]{0,14}(?:增加到|增加至|增至|增长到|增长至|提高到|提高至|提升到|提升至|上升到|上升至|下降到|下降至|降到|降至|减少到|减少至|减至|扩大到|扩大至|发展到|到|至)[^，,。；;]{0,10}$"
)
_BASE = re.compile(r"(?:比|比之|较|对比)[^，,；;。]{0,12}$")
_MEAN = re.compile(r"年均|平均每年|每年平均")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAME_PERIOD = re.compile(r"同比|比上年|比去年|较上年|较去年|比(?:19|20)\d\d年|较(?:19|20)\d\d年|同比(?:19|20)\d\d年")
_GONE = re.compile(r"减贫|出列|脱贫|退出|摘帽")
_ADDED = re.compile(r"新增|新建|新增加|新签|新选派")
_STANDS_AT = re.compile(r"^[^。；;]{0,6}(?:总数|总量|总额|累计|总计|共计|达到|共)(?:达到|达|为|已达)?[^，,。；;]{0,4}$")


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    for readings in narrative.paragraphs.values():
        for position, reading in enumerate(readings):
            relation = None
            if reading.is_change and reading.unit in ("percent", "percentage_point", "multiple"):
                relation = (
                    _from_to(narrative, readings, position)
                    or _with_increase(narrative, readings, position)
                    or _on_told_base(narrative, readings, position)
                    or _on_whole_base(narrative, readings, position)
                )
            elif reading.is_change or _GONE.search(reading.clause):
                relation = _difference(narrative, readings, position)
            if relation is None and position and _ADDED.search(readings[position - 1].clause):
                relation = _added(narrative, readings[position - 1], reading)
            if relation is not None:
                yield relation


def _ends(narrative: Narrative, readings: Sequence[Reading], position: int) -> tuple[Reading, Reading] | None:
    """The two figures of 由A增加到B that stand just before, in one sentence and one unit."""
    change = readings[position]
    # 6年时间减少8000多万人: how long it took stands between.
    before = [r for r in readings[max(0, position - 3) : position] if r.unit not in ("year", "month")]
    if len(before) < 2:
        return None
    first, second = before[-2:]
    if first.unit != second.unit or not first.sentence == second.sentence == change.sentence:
        return None
    if second.is_base and _BASE.search(second.clause) and not _FROM.search(first.clause):
        first, second = second, first  # 4.8万元，比上年的1.2万元增长300%
    elif not _FROM.search(first.lead) or not _TO.search(narrative.between(first, second)):
        return None
    if len(change.lead) > 16 or first.claim.quantity.value_hi is not None or second.claim.quantity.value_hi is not None:
        return None
    return first, second


def _from_to(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """由1000万元增加到1200万元，增长20%; 由30%下降到2%，下降28个百分点."""
    ends = _ends(narrative, readings, position)
    if ends is None:
        return None
    first, second = ends
    change = readings[position]
    upper, lower = (first, second) if cues.FALL.search(change.clause) else (second, first)
    if change.unit == "percentage_point":
        if first.unit != "percent":
            return None
        return _told(narrative, change, (first, second), difference_of(upper.extent, lower.extent), "-", upper, lower)
    if first.unit == "percent" and change.unit == "percent":
        return None
    ratio = quotient_of(upper.extent, lower.extent)
    if _MEAN.search(change.clause):
        return _yearly(narrative, change, ends, ratio)
    if change.unit == "multiple":
        if ratio is None:
            return None
        # 增长3倍 is used for three times more and for three times as much: both readings pass.
        for shift in (-1, 0):
            computed = scaled(ratio, 1, shift)
            if equality(computed, change.extent) is not Status.CONTRADICTION:
                return _told(narrative, change, (first, second), computed, "/", upper, lower)
        return _told(narrative, change, (first, second), scaled(ratio, 1, -1), "/", upper, lower)
    base = quotient_of(difference_of(upper.extent, lower.extent), first.extent)
    if base is None or upper.extent.value < lower.extent.value:
        return None
    return _told(narrative, change, (first, second), scaled(base, 100), "%", upper, lower)


def _with_increase(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """总数达到860个，较上年增加172个，增长25%: the base is what there is without what was added."""
    change = readings[position]
    if position < 2 or change.unit != "percent" or len(change.lead) > 12:
        return None
    total, added = readings[position - 2], readings[position - 1]
    if not added.is_change or total.is_change or total.is_base or total.unit != added.unit or added.unit == "percent":
        return None
    if not total.sentence == added.sentence == change.sentence or len(added.lead) > 16:
        return None
    sign = 1 if cues.FALL.search(added.clause) else -1
    base = Extent(
        total.extent.value + sign * added.extent.value,
        total.extent.low + sign * (added.extent.low if sign > 0 else added.extent.high),
        total.extent.high + sign * (added.extent.high if sign > 0 else added.extent.low),
        total.extent.low + sign * (added.extent.low if sign > 0 else added.extent.high),
        total.extent.high + sign * (added.extent.high if sign > 0 else added.extent.low),
    )
    ratio = quotient_of(added.extent, base)
    if ratio is None:
        return None
    computed = scaled(ratio, 100)
    status = rate_equality(computed, change.extent, (total.claim.quantity, added.claim.quantity))
    shown, more = narrative.shown(total), narrative.shown(added)
    mark = "+" if sign > 0 else "−"
    is_doubtful = status in (Status.CONTRADICTION, Status.POSSIBLE)
    return Relation(
        kind=RelationKind.GROWTH,
        claims=(total.claim.id, added.claim.id, change.claim.id),
        expression=f"#{added.claim.id} / (#{total.claim.id} {'+' if sign > 0 else '-'} #{added.claim.id}) * 100",
        computed=as_decimal(computed.value),
        stated=change.claim.quantity.value,
        status=status,
        message=compared(
            f"{more} ÷ ({shown} {mark} {more})",
            amount_shown(computed.value, change.claim.quantity),
            narrative.shown(change),
            _("%(points)s个百分点") % {"points": number_shown(abs(computed.value - change.extent.value), 2)},
            status,
        ),
        explanations=explanations.of_value(narrative, (change,), (computed.value,)) if is_doubtful else (),
    )


def _on_told_base(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """3860万元，完成任务3200万元的120.6%，比2018年的3100万元增长24.5%: confirmed by a figure further back."""
    change = readings[position]
    base = readings[position - 1] if position else change
    if change.unit != "percent" or not base.is_base or base.sentence != change.sentence:
        return None
    values = [
        value
        for value in reversed(readings[max(0, position - 6) : position - 1])
        if value.unit == base.unit and value.sentence == base.sentence and not (value.is_each or value.is_plan)
    ]
    for value in values:
        upper, lower = (base, value) if cues.FALL.search(change.clause) else (value, base)
        ratio = quotient_of(difference_of(upper.extent, lower.extent), base.extent)
        if ratio is None:
            continue
        computed = scaled(ratio, 100)
        if change.extent.low <= computed.value <= change.extent.high or len(values) == 1:
            return _told(narrative, change, (base, value), computed, "%", upper, lower)
    return None


def _yearly(
    narrative: Narrative, change: Reading, ends: tuple[Reading, Reading], ratio: Extent | None
) -> Relation | None:
    """由2015年的4320元提高到2019年的9850元，年均增长22.9%: confirmed where the years are told, else left alone."""
    years = [_YEAR.findall(end.lead) for end in ends]
    if ratio is None or change.unit != "percent" or not all(years) or cues.FALL.search(change.clause):
        return None
    count = abs(int(years[1][-1]) - int(years[0][-1]))
    low, high = 1 + change.extent.low / 100, 1 + change.extent.high / 100
    if not 1 < count <= 30 or not low**count <= ratio.value <= high**count:
        return None
    first, second = narrative.shown(ends[0]), narrative.shown(ends[1])
    return Relation(
        kind=RelationKind.GROWTH,
        claims=(ends[0].claim.id, ends[1].claim.id, change.claim.id),
        expression=f"((#{ends[1].claim.id} / #{ends[0].claim.id}) ** (1 / {count}) - 1) * 100",
        computed=as_decimal(Fraction(round((float(ratio.value) ** (1 / count) - 1) * 10**6), 10**4)),
        stated=change.claim.quantity.value,
        status=Status.ROUNDING,
        message=_("%(first)s至%(second)s，%(years)s年平均每年增长%(rate)s，与文中一致。")
        % {"first": first, "second": second, "years": count, "rate": narrative.shown(change)},
    )


def _difference(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """由30个减少到12个，减少18个."""
    ends = _ends(narrative, readings, position)
    change = readings[position]
    if ends is None or change.unit != ends[0].unit:
        return None
    if not change.is_change and difference_of(ends[0].extent, ends[1].extent).value != change.extent.value:
        return None
    upper, lower = ends if cues.FALL.search(change.clause) or not change.is_change else ends[::-1]
    return _told(narrative, change, ends, difference_of(upper.extent, lower.extent), "-", upper, lower)


def _told(
    narrative: Narrative,
    change: Reading,
    ends: tuple[Reading, Reading],
    computed: Extent,
    sign: str,
    upper: Reading,
    lower: Reading,
) -> Relation:
    operands = (ends[0].claim.quantity, ends[1].claim.quantity)
    status = equality(computed, change.extent) if sign == "-" else rate_equality(computed, change.extent, operands)
    first = ends[0]
    high, low = narrative.shown(upper), narrative.shown(lower)
    arithmetic = {
        "-": f"{high} − {low}",
        "/": f"{high} ÷ {low}" + (" − 1" if computed.value < upper.extent.value / (lower.extent.value or 1) else ""),
        "%": f"({high} − {low}) ÷ {narrative.shown(first)}",
    }[sign]
    expression = {
        "-": f"#{upper.claim.id} - #{lower.claim.id}",
        "/": f"#{upper.claim.id} / #{lower.claim.id}",
        "%": f"(#{upper.claim.id} - #{lower.claim.id}) / #{first.claim.id} * 100",
    }[sign]
    reasons: tuple[str, ...] = ()
    if status in (Status.CONTRADICTION, Status.POSSIBLE):
        reasons = explanations.of_value(narrative, (change, *ends), (computed.value, *_needed(change, ends, sign)))
        if sign == "%" and abs(computed.value - change.extent.value) < 1:
            step = Fraction(1, 10**change.claim.quantity.decimals)
            if floor(computed.value / step) * step == change.extent.value:
                reasons = (
                    _("%(computed)s%%截去尾数（未四舍五入）即为%(stated)s。")
                    % {"computed": number_shown(computed.value), "stated": narrative.shown(change)},
                    *reasons,
                )
        reasons = (*reasons, _("增减的基数或不是文中所写的前一个数，而是另一年或另一范围的数。"))
    return Relation(
        kind=RelationKind.GROWTH,
        claims=(ends[0].claim.id, ends[1].claim.id, change.claim.id),
        expression=expression,
        computed=as_decimal(computed.value),
        stated=change.claim.quantity.value,
        status=status,
        message=compared(
            arithmetic,
            amount_shown(computed.value, change.claim.quantity),
            narrative.shown(change),
            amount_shown(abs(computed.value - change.extent.value), change.claim.quantity),
            status,
        ),
        explanations=reasons,
    )


def _needed(change: Reading, ends: tuple[Reading, Reading], sign: str) -> tuple[Fraction, Fraction]:
    """What the earlier and the later figure would have to be, each with the other as it stands."""
    first, second = ends[0].extent.value, ends[1].extent.value
    stated = change.extent.value
    falls = bool(cues.FALL.search(change.clause))
    if sign == "-":
        return (second + stated, first - stated) if falls else (second - stated, first + stated)
    if sign == "%":
        factor = 1 - stated / 100 if falls else 1 + stated / 100
        return (second / factor if factor else Fraction(0)), first * factor
    return Fraction(0), Fraction(0)


def _on_whole_base(narrative: Narrative, readings: Sequence[Reading], position: int) -> Relation | None:
    """46名，同比增长24.3%: some whole number must have been there before."""
    change = readings[position]
    if position == 0 or change.unit != "percent" or not _SAME_PERIOD.match(change.clause.lstrip("，, ")):
        return None
    count = readings[position - 1]
    if count.sentence != change.sentence or count.unit in MEASURED or count.claim.quantity.factor != 1:
        return None
    if (
        count.extent.is_vague
        or change.extent.is_vague
        or not 2 <= count.extent.value <= _LARGEST_BASE
        or count.is_change
    ):
        return None
    sign = -1 if cues.FALL.search(change.clause) else 1
    number = count.extent.value
    factors = (1 + sign * change.extent.low / 100, 1 + sign * change.extent.high / 100)
    if min(factors) <= 0:
        return None
    least, most = number / max(factors), number / min(factors)
    base = ceil(least)
    words = {"count": narrative.shown(count), "change": narrative.shown(change)}
    nearest = max(round(number / (1 + sign * change.extent.value / 100)), 1)
    computed = sign * (number / nearest - 1) * 100
    is_whole = base <= most
    if is_whole:
        status = Status.EXACT if computed == change.extent.value else Status.ROUNDING
        message = _("%(count)s按%(change)s推算，上期为%(base)s，为整数。") % (
            words | {"base": amount_shown(Fraction(nearest), count.claim.quantity)}
        )
        reasons: tuple[str, ...] = ()
    else:
        status = Status.CONTRADICTION
        message = _("%(count)s按%(change)s推算，上期没有整数与之相符。") % words
        tried = [max(floor(least), 1), max(floor(least), 1) + 1]
        reasons = (
            *(
                _("上期如为%(base)s，变化为%(rate)s%%。")
                % {
                    "base": amount_shown(Fraction(value), count.claim.quantity),
                    "rate": number_shown(sign * (number / value - 1) * 100, 2),
                }
                for value in tried
            ),
            _("增减的基数或不是文中所写的前一个数，而是另一年或另一范围的数。"),
        )
    return Relation(
        kind=RelationKind.GROWTH,
        claims=(count.claim.id, change.claim.id),
        expression=f"(#{count.claim.id} / {nearest} - 1) * 100",
        computed=as_decimal(computed),
        stated=change.claim.quantity.value,
        status=status,
        message=message,
        explanations=reasons,
    )


def _added(narrative: Narrative, added: Reading, total: Reading) -> Relation | None:
    """新增12所，总数达到16所: what was added lies within what there is."""
    if added.unit != total.unit or added.sentence != total.sentence or added.is_each or total.is_each:
        return None
    if not _STANDS_AT.match(total.lead.lstrip("，, 、")) or added.is_plan != total.is_plan:
        return None
    status = inequality(added.extent, total.extent)
    quantity = total.claim.quantity
    return Relation(
        kind=RelationKind.STOCK,
        claims=(added.claim.id, total.claim.id),
        expression=f"#{added.claim.id}",
        computed=added.claim.quantity.value,
        stated=quantity.value,
        status=status,
        message=bounded(
            narrative.shown(added),
            narrative.shown(total),
            amount_shown(abs(added.extent.value - total.extent.value), quantity),
            status,
        ),
        explanations=() if status is Status.HOLDS else explanations.of_part(narrative, added, total),
    )
