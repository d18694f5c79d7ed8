"""The arithmetic of periods, units and percentages: no database, no clock."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal

PERCENT_PLACES = Decimal("0.000001")

# How many canonical units one of the other units is; money is counted in yuan, masses in kilograms, land in mu.
CONVERSIONS: dict[str, dict[str, Decimal]] = {
    "CNY": {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000), "分": Decimal("0.01")},
    "kg": {"公斤": Decimal(1), "千克": Decimal(1), "斤": Decimal("0.5"), "tonne": Decimal(1000), "吨": Decimal(1000)},
    "mu": {"亩": Decimal(1), "万亩": Decimal(10_000)},
    "m2": {"平方米": Decimal(1)},
}

_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?)?[年月]?")


def days_of(text: str) -> tuple[date, date]:
    """First and last day of a year, month or day: 2019, 2019-10, 2019.10.31, 2019年10月. Raises: ValueError."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def a_year_before(day: date) -> date:
    """The same day a year earlier; the last day of February stays the last day of February."""
    if (day.month, (day + timedelta(days=1)).month) == (2, 3):
        return date(day.year - 1, 3, 1) - timedelta(days=1)
    return day.replace(year=day.year - 1)


def percentage(numerator: int | None, denominator: int | None) -> Decimal | None:
    """100 × numerator ÷ denominator with six decimals, divided last; None when either is not stated or by zero."""
    if numerator is None or not denominator:
        return None
    return (Decimal(100 * numerator) / denominator).quantize(PERCENT_PLACES)
