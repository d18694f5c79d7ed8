"""Comparing figures that are rounded or approximate: an `Extent` knows the value, what rounding hides, what 约 allows.

All arithmetic is exact (fractions); only what is shown is rounded. Rules: docs/rules/audit-relations.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xieshou.reports.audit.claims import Approximation, Quantity, Status

# Units that are measured, so that a whole number of them may be a rounded one. All others are counted.
MEASURED = frozenset(
    ("CNY", "percent", "percentage_point", "multiple", "mu", "m2", "km", "m", "kg", "tonne", "kW", "hour", "year")
)

# A number of more digits than any money or people in the genre is damage; sums of it would say nothing.
LARGEST = Decimal(10) ** 15

_PRECISE = 3  # digits that make 约4.61万 as good as exact: it is then off by a unit or two of the last place
_NEARLY = Fraction(1, 5)  # 近50 is more than 40


@dataclass(frozen=True, slots=True)
class Extent:
    """A value with two intervals around it.

    low, high: all that the written digits may be rounded from. least, most: all that the words (约, 余, 近, 不足) allow
    besides; most is None where nothing bounds it (超过).
    """

    value: Fraction
    low: Fraction
    high: Fraction
    least: Fraction
    most: Fraction | None

    @property
    def is_vague(self) -> bool:
        """Whether the words allow more than rounding does."""
        return self.most is None or self.most > self.high or self.least < self.low


def extent_of(quantity: Quantity, *, step: Fraction | None = None) -> Extent:
    """What a quantity may stand for. step: the written step to assume instead of its own (trailing zeros left out)."""
    value = Fraction(quantity.value)
    half = (written_step(quantity) if step is None else step) / 2
    low, high = value - half, value + half
    if quantity.value_hi is not None and quantity.value_hi > quantity.value:
        return Extent(value, low, high, low, Fraction(quantity.value_hi) + half)
    if quantity.approximation is Approximation.EXACT:
        return Extent(value, low, high, low, high)
    place = _last_place(quantity)
    match quantity.approximation:
        case Approximation.ABOUT:
            digits = len(str(int(value / place))) if place else 1
            give = place * 2 if digits >= _PRECISE else place if digits > 1 else place / 2
            return Extent(value, low, high, min(low, value - give), max(high, value + give))
        case Approximation.MORE_THAN:
            bounded = any(word in quantity.number_raw + quantity.unit_raw for word in "余多来几")
            return Extent(value, low, high, value, max(high, value + place) if bounded else None)
        case Approximation.LESS_THAN:
            return Extent(value, low, high, Fraction(0), value)
        case Approximation.NEARLY:
            return Extent(value, low, high, min(low, value - min(place, value * _NEARLY)), value)


def written_step(quantity: Quantity) -> Fraction:
    """The smallest step that the writing can show: 0 for a counted whole number, 1万 for 4700万元."""
    if quantity.factor == 1 and quantity.decimals == 0 and quantity.unit not in MEASURED:
        return Fraction(0)
    return Fraction(quantity.factor) / Fraction(10 ** min(quantity.decimals, 12))


def total_of(parts: Iterable[Extent]) -> Extent:
    """The sum, with the sums of the intervals."""
    value = low = high = least = Fraction(0)
    most: Fraction | None = Fraction(0)
    for part in parts:
        value += part.value
        low += part.low
        high += part.high
        least += part.least
        most = None if most is None or part.most is None else most + part.most
    return Extent(value, low, high, least, most)


def sum_of(parts: Iterable[Quantity], whole: Quantity) -> Extent:
    """The sum of parts as it may be compared with `whole`.

    Writers leave trailing zeros out (252.4万, 1260万): a part is taken to be as fine as the finest of them, but no
    finer than the whole is written.
    """
    listed = list(parts)
    finest = max(written_step(whole), min((written_step(part) for part in listed), default=Fraction(0)))
    return total_of(extent_of(part, step=min(written_step(part), finest)) for part in listed)


def product_of(left: Extent, right: Extent) -> Extent:
    """For values that are not negative."""
    most = None if left.most is None or right.most is None else left.most * right.most
    return Extent(
        left.value * right.value, left.low * right.low, left.high * right.high, left.least * right.least, most
    )


def quotient_of(upper: Extent, lower: Extent) -> Extent | None:
    """None where the lower one may be nothing."""
    if lower.low <= 0 or lower.value <= 0:
        return None
    least = Fraction(0) if lower.most is None else upper.least / lower.most
    most = None if upper.most is None or lower.least <= 0 else upper.most / lower.least
    return Extent(upper.value / lower.value, upper.low / lower.high, upper.high / lower.low, least, most)


def scaled(extent: Extent, factor: int | Fraction, shift: int | Fraction = 0) -> Extent:
    """`extent × factor + shift`, for a factor above zero."""
    most = None if extent.most is None else extent.most * factor + shift
    return Extent(
        extent.value * factor + shift,
        extent.low * factor + shift,
        extent.high * factor + shift,
        extent.least * factor + shift,
        most,
    )


def difference_of(upper: Extent, lower: Extent) -> Extent:
    most = None if upper.most is None else upper.most - lower.least
    least = upper.least - (lower.high if lower.most is None else lower.most)
    return Extent(upper.value - lower.value, upper.low - lower.high, upper.high - lower.low, least, most)


def equality(computed: Extent, stated: Extent) -> Status:
    """Whether two extents may be the same number, and by what right."""
    if computed.value == stated.value:
        return Status.EXACT
    if computed.low <= stated.high and stated.low <= computed.high:
        return Status.ROUNDING
    if stated.is_vague and _meet(computed.low, computed.high, stated.least, stated.most):
        return Status.HOLDS
    if _meet(computed.least, computed.most, stated.least, stated.most):
        return Status.POSSIBLE
    return Status.CONTRADICTION


def rate_equality(computed: Extent, stated: Extent, operands: Iterable[Quantity]) -> Status:
    """Like `equality`, for a rate: it is taken from the figures as written.

    That its operands may themselves be rounded excuses a difference only where they clearly are (7.38亿, of which the
    万 are hidden); elsewhere the difference is worth a look.
    """
    if stated.low <= computed.value <= stated.high:
        return Status.EXACT if computed.value == stated.value else Status.ROUNDING
    status = equality(computed, stated)
    if status is Status.ROUNDING and not any(one.factor >= 10**8 and one.decimals for one in operands):
        return Status.POSSIBLE
    return status


def inequality(part: Extent, whole: Extent) -> Status:
    """Whether `part` may be no more than `whole`."""
    if part.low <= whole.high:
        return Status.HOLDS
    if whole.most is None or part.low <= whole.most:
        return Status.HOLDS if whole.is_vague and whole.most is not None else Status.POSSIBLE
    if part.least <= whole.most:
        return Status.POSSIBLE
    return Status.CONTRADICTION


def as_decimal(value: Fraction) -> Decimal:
    """Exact where it ends within twelve decimals, else rounded there."""
    if value.denominator == 1:
        return Decimal(value.numerator)
    whole = round(value * 10**12)
    return (Decimal(whole) / Decimal(10**12)).normalize()


def _meet(low: Fraction, high: Fraction | None, least: Fraction, most: Fraction | None) -> bool:
    return (most is None or low <= most) and (high is None or least <= high)


def _last_place(quantity: Quantity) -> Fraction:
    """The place of the last digit that is not zero: 100 for 1200, 10,000,000 for 5000万."""
    step = Fraction(quantity.factor) / Fraction(10 ** min(quantity.decimals, 12))
    whole = Fraction(quantity.value) / step
    if whole.denominator != 1 or not whole.numerator:
        return step
    digits = str(abs(whole.numerator))
    zeros = len(digits) - len(digits.rstrip("0"))
    return step * Fraction(10**zeros)
