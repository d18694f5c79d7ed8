"""How figures and comparisons are put into words for the reader: what stands there, never which figure is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from xieshou.reports.audit.claims import Quantity, Status

_SCALES = {
    Decimal(1_000_000_000_000): "万亿",
    Decimal(10_000): "万",
    Decimal(100_000_000): "亿",
    Decimal(1_000): "千",
    Decimal(100): "百",
}
_MOST_SHOWN = 12


def number_shown(value: Fraction, places: int = 4) -> str:
    """Plain digits, at most `places` after the point, without trailing zeros."""
    rounded = round(value * 10**places)
    digits = f"{abs(rounded):0{places + 1}d}"
    text = (digits[:-places] + "." + digits[-places:]).rstrip("0").rstrip(".") if places else digits
    return ("-" if rounded < 0 else "") + text


def amount_shown(value: Fraction, like: Quantity) -> str:
    """A value in the scale and unit in which another figure is written: 4711万元."""
    scale = _SCALES.get(like.factor, "")
    factor = Fraction(like.factor) if scale else Fraction(1)
    if scale == "亿" and abs(value) < factor:
        scale, factor = "万", Fraction(10_000)
    unit = like.unit_raw or ("元" if like.unit == "CNY" else "%" if like.unit == "percent" else "")
    return number_shown(value / factor) + scale + unit


def chain(shown: Sequence[str], sign: str = " + ") -> str:
    """`a + b + c`, cut in the middle where there are very many."""
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN - 1], "…", shown[-1]]
    return sign.join(shown)


def compared(arithmetic: str, computed: str, stated: str, difference: str, status: Status) -> str:
    """One sentence: the computation, the stated figure and what lies between."""
    words = {"arithmetic": arithmetic, "computed": computed, "stated": stated, "difference": difference}
    match status:
        case Status.EXACT:
            return _("%(arithmetic)s = %(computed)s，与文中%(stated)s一致。") % words
        case Status.ROUNDING:
            return _("%(arithmetic)s = %(computed)s，与文中%(stated)s在尾差之内一致。") % words
        case Status.HOLDS:
            return _("%(arithmetic)s = %(computed)s，在文中%(stated)s所述范围之内。") % words
        case Status.POSSIBLE:
            return (
                _("%(arithmetic)s = %(computed)s，文中为%(stated)s，相差%(difference)s，按约数或口径可能成立。") % words
            )
    return _("%(arithmetic)s = %(computed)s，文中为%(stated)s，相差%(difference)s。") % words


def bounded(arithmetic: str, stated: str, difference: str, status: Status) -> str:
    """One sentence for a part beside its whole."""
    words = {"arithmetic": arithmetic, "stated": stated, "difference": difference}
    match status:
        case Status.HOLDS | Status.EXACT | Status.ROUNDING:
            return _("部分%(arithmetic)s不超过总数%(stated)s。") % words
        case Status.POSSIBLE:
            return _("部分%(arithmetic)s按字面多于总数%(stated)s，相差%(difference)s，按约数或口径可能成立。") % words
    return _("部分%(arithmetic)s多于总数%(stated)s，相差%(difference)s。") % words
