"""What may lie behind figures that do not agree (可能的解释), each with its arithmetic; only what the numbers support.

None says which figure is wrong: several may explain the same difference, and all of them are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import ClaimKind
from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.comparisons import MEASURED, written_step
from xieshou.reports.audit.relations.narrative import Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown, chain, number_shown

MOST = 6
_MOST_MEMBERS = 24  # figures tried one by one; longer lists get the explanations that need no trying

_OCCUPATIONS = {"", "title", "post", "degree", "merit", "leading"}

_SHIFTS = (
    (Fraction(10), "point"),
    (Fraction(1, 10), "point"),
    (Fraction(100), "point"),
    (Fraction(1, 100), "point"),
    (Fraction(10_000), "scale"),
    (Fraction(1, 10_000), "scale"),
)


def of_sum(narrative: Narrative, parts: Sequence[Reading], whole: Reading, computed: Fraction) -> tuple[str, ...]:
    """Why parts may not add up to a total. computed: what they add up to."""
    stated = whole.extent.value
    found: list[str] = []
    if len(parts) + 1 <= _MOST_MEMBERS:
        found += _misread(narrative, whole, computed)
        for part in parts:
            found += _misread(narrative, part, part.extent.value + stated - computed)
    found += _truncated(narrative, parts, whole, computed)
    if computed > stated:
        found += _not_meant(narrative, parts, whole, computed)
        found += _overlapping(parts, whole, computed)
    else:
        found.append(
            _("有一部分未列明，数额为%(difference)s。")
            % {"difference": amount_shown(stated - computed, whole.claim.quantity)}
        )
    found += _round_sum(parts, whole, computed)
    found += _other_scope(parts, whole)
    return tuple(dict.fromkeys(found))[:MOST]


def of_part(narrative: Narrative, part: Reading, whole: Reading) -> tuple[str, ...]:
    """Why a part may be above its whole."""
    found: list[str] = []
    for reading, other, upper in ((part, whole, False), (whole, part, True)):
        for shift, _kind in _SHIFTS:
            changed = reading.extent.value * shift
            fits = changed >= other.extent.value if upper else 0 < changed <= other.extent.value
            if fits and (shift > 1) == upper and (reading.unit in MEASURED or changed.denominator == 1):
                words = {"shown": narrative.shown(reading), "needed": amount_shown(changed, reading.claim.quantity)}
                found.append(_("%(shown)s处如为%(needed)s则不矛盾，小数点、位数或单位或有出入。") % words)
                break
    found.append(_("两个数的口径不同，前者并不包含在后者之内。"))
    found += _other_scope([part], whole)
    return tuple(dict.fromkeys(found))[:MOST]


def of_value(narrative: Narrative, members: Sequence[Reading], needed: Sequence[Fraction]) -> tuple[str, ...]:
    """Why a computation may miss: for each figure in it the value that it would need, tried as a slip of writing."""
    found: list[str] = []
    for reading, value in zip(members, needed, strict=True):
        found += _misread(narrative, reading, value)
    return tuple(dict.fromkeys(found))[:MOST]


def missing_amount(narrative: Narrative, reading: Reading, value: Fraction) -> str:
    """What a figure would have to be for the rest to agree."""
    return _("要使其余各数成立，%(shown)s处须为%(needed)s。") % {
        "shown": narrative.shown(reading),
        "needed": amount_shown(value, reading.claim.quantity),
    }


def _misread(narrative: Narrative, reading: Reading, needed: Fraction) -> Iterator[str]:
    """A digit, a point or 万 for 亿 in one figure."""
    stated = reading.extent.value
    if needed <= 0 or stated <= 0 or needed == stated:
        return
    for shift, kind in _SHIFTS:
        if stated * shift == needed:
            yield _shifted(narrative, reading, needed, kind)
            return
    step = written_step(reading.claim.quantity) or Fraction(1)
    before, after = stated / step, needed / step
    if after.denominator != 1 or before.denominator != 1:
        return
    kind = _slip(str(before.numerator), str(after.numerator))
    if kind:
        words = {"shown": narrative.shown(reading), "needed": amount_shown(needed, reading.claim.quantity)}
        if kind == "digit":
            yield _("%(shown)s处如为%(needed)s则相符，只差一个数字。") % words
        else:
            yield _("%(shown)s处如为%(needed)s则相符，两个数字前后颠倒。") % words


def _slip(left: str, right: str) -> str:
    """`digit` where one digit differs, `swap` where two neighbours changed places, "" for anything else.

    Of few digits one always fits, which explains nothing: three that are more than zeros at the end are asked for.
    """
    zeros = min(len(left) - len(left.rstrip("0")), len(right) - len(right.rstrip("0")))
    if len(left) != len(right) or len(left) - zeros < 3:
        return ""
    places = [place for place in range(len(left)) if left[place] != right[place]]
    if len(places) == 1:
        return "digit"
    if len(places) == 2 and places[1] == places[0] + 1:
        first, second = places
        if left[first] == right[second] and left[second] == right[first]:
            return "swap"
    return ""


def _shifted(narrative: Narrative, reading: Reading, value: Fraction, kind: str) -> str:
    words = {"shown": narrative.shown(reading), "needed": amount_shown(value, reading.claim.quantity)}
    if kind == "scale":
        return _("%(shown)s处如为%(needed)s则相符，单位如“元”与“万元”、“万”与“亿”或有混用。") % words
    return _("%(shown)s处如为%(needed)s则相符，小数点或位数或有出入。") % words


def _truncated(narrative: Narrative, parts: Sequence[Reading], whole: Reading, computed: Fraction) -> Iterator[str]:
    """The total was cut off instead of rounded, of all parts or of all but one or two small ones."""
    step = written_step(whole.claim.quantity)
    if step <= 0 or whole.claim.quantity.decimals == 0:
        return
    stated = whole.extent.value
    words = {"stated": narrative.shown(whole), "computed": amount_shown(computed, whole.claim.quantity)}
    if floor(computed / step) * step == stated:
        yield _("%(computed)s截去尾数（未四舍五入）即为%(stated)s。") % words
        return
    if len(parts) < 3 or len(parts) > _MOST_MEMBERS:
        return
    left_out = sorted(parts, key=lambda part: part.extent.value)
    pairs: list[tuple[Reading, ...]] = [(part,) for part in left_out]
    pairs += [(one, two) for place, one in enumerate(left_out) for two in left_out[place + 1 :]]
    for absent in pairs:
        rest = computed - sum(part.extent.value for part in absent)
        if 0 <= rest - stated < step:
            yield _("不计%(absent)s，其余合计%(rest)s，截去尾数即为%(stated)s。") % {
                "absent": chain([narrative.shown(part) for part in absent], "、"),
                "rest": amount_shown(rest, whole.claim.quantity),
                "stated": narrative.shown(whole),
            }
            return


def _not_meant(narrative: Narrative, parts: Sequence[Reading], whole: Reading, computed: Fraction) -> Iterator[str]:
    """One part, or the smallest two, make up the whole difference."""
    difference = computed - whole.extent.value
    if len(parts) < 2 or len(parts) > _MOST_MEMBERS:
        return
    for part in parts:
        if part.extent.value == difference:
            yield _("%(part)s恰为差额，或不在总数之内，或已计入另一部分。") % {"part": narrative.shown(part)}
            return


def _overlapping(parts: Sequence[Reading], whole: Reading, computed: Fraction) -> Iterator[str]:
    if len(parts) > 1 and whole.unit in ("person", "household", "enterprise", "village", "project", "school"):
        difference = amount_shown(computed - whole.extent.value, whole.claim.quantity)
        yield _("各部分有交叉，重复计算%(difference)s。") % {"difference": difference}


def _round_sum(parts: Sequence[Reading], whole: Reading, computed: Fraction) -> Iterator[str]:
    """The total is a round sum as approved, the parts are as they were spent."""
    finest = min((written_step(part.claim.quantity) for part in parts), default=Fraction(0))
    stated = whole.extent.value
    step = max(finest, written_step(whole.claim.quantity))
    if step > 0 and stated % (step * 100) == 0 and abs(computed - stated) < stated / 20:
        yield _("总数%(stated)s为整数，或为批复或下达数，各部分为细化后的数，合计%(computed)s。") % {
            "stated": amount_shown(stated, whole.claim.quantity),
            "computed": amount_shown(computed, whole.claim.quantity),
        }


def _other_scope(parts: Sequence[Reading], whole: Reading) -> Iterator[str]:
    """Another year, or plan beside actual."""
    periods = {part.claim.period for part in parts if part.claim.period}
    if whole.claim.period and periods and periods != {whole.claim.period}:
        yield _("各数所属时期不同：部分为%(parts)s，总数为%(whole)s。") % {
            "parts": "、".join(sorted(periods)[:3]),
            "whole": whole.claim.period,
        }
    planned = {part.is_plan or part.claim.kind in (ClaimKind.PLAN, ClaimKind.TARGET) for part in parts}
    if len(planned) > 1 or planned != {whole.is_plan or whole.claim.kind in (ClaimKind.PLAN, ClaimKind.TARGET)}:
        yield _("计划数与实际完成数或有混用。")


def of_impossible_rate(
    narrative: Narrative, rate: Reading, whole: Reading, bases: Sequence[Reading]
) -> tuple[str, ...]:
    """The nearest rates that whole numbers give, and another base in the text that would give the stated one."""
    stated = rate.extent.value
    number = whole.extent.value
    below = floor(number * stated / 100)
    found = [
        _("按%(base)s计，%(below)s占%(low)s%%，%(above)s占%(high)s%%。")
        % {
            "base": narrative.shown(whole),
            "below": below,
            "low": number_shown(Fraction(below) * 100 / number, 2),
            "above": below + 1,
            "high": number_shown(Fraction(below + 1) * 100 / number, 2),
        }
    ]
    for base in bases:
        part = whole_number_for(rate, base)
        if part is not None and base.extent.value != number:
            found.append(
                _("该比率或以另一时期或另一范围的%(base)s为基数：%(part)s ÷ %(number)s = %(rate)s%%。")
                % {
                    "base": narrative.shown(base),
                    "part": part,
                    "number": number_shown(base.extent.value),
                    "rate": number_shown(Fraction(part) * 100 / base.extent.value, 2),
                }
            )
            break
    return tuple(found)


def whole_number_for(rate: Reading, whole: Reading) -> int | None:
    """A whole number of `whole` that gives the rate within its written digits; None if there is none."""
    number = whole.extent.value
    if number <= 0:
        return None
    least, most = rate.extent.low * number / 100, rate.extent.high * number / 100
    first = ceil(least)
    return first if first <= most else None


class Overlap(Enum):
    """Whether groups may share members."""

    NONE = "none"  # cut along one dimension: 省内就业, 省外就业
    MAYBE = "maybe"  # titles beside posts: often meant as parts, though one person may have both
    SURE = "sure"  # 女性 beside 党员: told side by side without being parts


def overlap_of(parts: Sequence[Reading]) -> Overlap:
    """Whether the groups of a list are cut along different dimensions (`dimensions.csv`)."""
    pattern, dimensions = cues.dimension_words()
    named = [pattern.findall(part.clause) or pattern.findall(part.noun) for part in parts]
    found = {dimensions[words[-1]] if words else "" for words in named}
    if len(found) == 1:
        return Overlap.NONE
    return Overlap.MAYBE if found <= _OCCUPATIONS else Overlap.SURE
