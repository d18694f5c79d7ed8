"""How numbers, money and dates are shown. Whole numbers come in, text goes out; nothing is computed with the text.

Zero, none and unknown look different: `0` was stated, `–` means no record, `未填` that the record does not say.
"""

from datetime import date, datetime
from enum import StrEnum

from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

NONE = "–"
FEN_IN_YUAN = 100
FEN_IN_WAN = 1_000_000


class MoneyUnit(StrEnum):
    """The unit in which the reader wants to see money: 万元 or 元, one for a whole table."""

    WAN = "wan"
    YUAN = "yuan"

    @classmethod
    def named(cls, text: str) -> "MoneyUnit | None":
        """The unit of an address or a form; None for anything else."""
        return next((unit for unit in cls if unit.value == text), None)

    @property
    def label(self) -> str:
        return _("万元") if self is MoneyUnit.WAN else _("元")

    @property
    def fen(self) -> int:
        """Fen in one of this unit."""
        return FEN_IN_WAN if self is MoneyUnit.WAN else FEN_IN_YUAN


def unknown() -> str:
    """The word for what a record does not state."""
    return _("未填")


def whole(value: int | None) -> str:
    """A count with thousands separators: 1234567 → 1,234,567; None → 未填."""
    return unknown() if value is None else f"{value:,}"


def money(fen: int | None, unit: MoneyUnit = MoneyUnit.WAN) -> str:
    """Fen in 万元 or 元 with two decimals, rounded half away from zero; a stated zero is `0`, None is 未填.

    An amount that two decimals would show as nothing is `<0.01`, so that it is not taken for zero.
    """
    return scaled(fen, unit.fen)


def scaled(value: int | None, scale: int, decimals: int = 2) -> str:
    """A whole number divided by `scale`, with at most two decimals; exact integers keep none when the scale is 1."""
    if value is None:
        return unknown()
    if value == 0 or scale == 1:
        return f"{value:,}"
    step = 10**decimals
    cents = (abs(value) * step * 2 + scale) // (scale * 2)
    if cents == 0:
        smallest = f"0.{'0' * (decimals - 1)}1"
        return f"<{smallest}" if value > 0 else f">-{smallest}"
    return f"{'-' if value < 0 else ''}{cents // step:,}.{cents % step:0{decimals}d}"


def exact_money(fen: int | None) -> str:
    """Fen in yuan to the last fen, without thousands separators: what a spreadsheet or a check takes."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_IN_YUAN}.{abs(fen) % FEN_IN_YUAN:02d}"


def percent(part: int | None, whole_: int | None) -> str:
    """A share with one decimal, from whole numbers: (1, 3) → 33.3 %; no whole or nothing to divide by → –."""
    if part is None or not whole_:
        return NONE
    permille = (abs(part) * 2000 + abs(whole_)) // (abs(whole_) * 2)
    sign = "-" if (part < 0) != (whole_ < 0) and permille else ""
    return f"{sign}{permille // 10:,}.{permille % 10} %"


def day(value: date | datetime | None) -> str:
    """2019-05-03; None → –."""
    if value is None:
        return NONE
    if isinstance(value, datetime):
        value = localtime(value).date() if is_aware(value) else value.date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    """2019-05-03 14:07 in the deployment's time zone; None → –."""
    if value is None:
        return NONE
    return (localtime(value) if is_aware(value) else value).strftime("%Y-%m-%d %H:%M")


def period(first: date | None, last: date | None) -> str:
    """Days; whole months and years by their short names: 2019, 2016–2019, 2020-10, 至 2020-10-31."""
    if last is None:
        return NONE if first is None else _("%(day)s 起") % {"day": first.isoformat()}
    if first is None:
        return _("至 %(day)s") % {"day": last.isoformat()}
    if first == last:
        return last.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(last.year) if first.year == last.year else f"{first.year}–{last.year}"
    if first.day == 1 and _ends_a_month(last):
        start, end = f"{first:%Y-%m}", f"{last:%Y-%m}"
        return start if start == end else f"{start} – {end}"
    return f"{first.isoformat()} – {last.isoformat()}"


def file_size(size: int) -> str:
    """Bytes in KB or MB with one decimal."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{size / 1024:.1f} KB"


def _ends_a_month(value: date) -> bool:
    return date.fromordinal(value.toordinal() + 1).day == 1
