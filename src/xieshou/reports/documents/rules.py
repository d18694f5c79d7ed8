"""How a report shows and words its numbers: pure functions over whole numbers, rounded half up, never floats.

A report is an official document (公文) and is always written in Chinese, whatever language its maker reads; the words
here are its text, not the interface's, and so do not pass through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

WAN_YUAN = "万元"
EXACT_DIGITS = 20  # an amount that rounds to nothing has fewer; what has more is a quotient without end
MOST_DIGITS = 60  # no sum of the ledger has more; Decimal must not round on the way

NOT_STATED = "未填"  # there are entries, but they do not say
NO_RECORD = "–"  # there is no entry

# The measure word after a number, by canonical unit (docs/glossary.md).
UNIT_WORDS = {
    "CNY": "元",
    "percent": "%",
    "person": "人",
    "person_time": "人次",
    "household": "户",
    "time": "笔",
    "piece": "件",
    "kg": "公斤",
    "g": "克",
    "mu": "亩",
    "m2": "平方米",
    "minute": "分钟",
    "project": "个",
    "organisation": "个",
    "village": "个",
    "county": "个",
}


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """A text without the signs that XML cannot hold, which a name may have brought from a damaged workbook."""
    return _UNPRINTABLE.sub("", text)


def unit_word(unit: str) -> str:
    return UNIT_WORDS.get(unit, unit)


def in_unit(base_value: int, scale: int) -> Decimal:
    """A whole number of base units, `scale` of which make one of the unit; exact."""
    with localcontext() as exact:
        exact.prec = MOST_DIGITS
        return Decimal(base_value) / scale


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half away from zero, as offices round (四舍五入)."""
    with localcontext() as exact:
        exact.prec = MOST_DIGITS
        return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal, places: int = 2) -> str:
    """A number in a sentence: 4826.6, 1771, without idle zeros.

    What rounds to nothing keeps its digits; of a quotient without end, the first two.
    """
    shown = rounded(value, places)
    if not shown and value:
        shown = value if len(value.as_tuple().digits) <= EXACT_DIGITS else _cut(value, 2, ROUND_HALF_UP)
    text = f"{shown:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def tabular(value: Decimal, places: int = 2) -> str:
    """A number in a table: 4,826.60; an amount that rounds to nothing is <0.01."""
    shown = rounded(value, places)
    if not shown and value:
        least = Decimal(1).scaleb(-places)
        return f"<{least:f}" if value > 0 else f">-{least:f}"
    return f"{shown:,f}" if shown else "0"


def tail_difference(parts: Iterable[Decimal], whole: Decimal, places: int = 2) -> Decimal:
    """What the rounded parts exceed the rounded whole by (尾差); 0 where they add up."""
    return sum((rounded(part, places) for part in parts), Decimal(0)) - rounded(whole, places)


def tail_note(column: str, parts: Sequence[Decimal], whole: Decimal, unit: str, places: int = 2) -> str:
    """One sentence that states the 尾差 of a column; "" where there is none."""
    difference = tail_difference(parts, whole, places)
    if not difference:
        return ""
    return f"尾差：“{column}”各行四舍五入后相加，与合计相差{plain(abs(difference), places)}{unit}，系四舍五入所致。"


# Wording that follows the value


def about(value: Decimal, digits: int = 2) -> tuple[str, str]:
    """A round number below the value and the word before it: 4826.6 → 超过, 4800; an exact one has no word."""
    bound = _cut(value, digits, ROUND_FLOOR)
    return ("", plain(value)) if bound == value else ("超过", _all_digits(bound))


def nearly(value: Decimal, digits: int = 2) -> tuple[str, str]:
    """A round number above the value and the word before it: 4826.6 → 近, 4900; an exact one has no word."""
    bound = _cut(value, digits, ROUND_CEILING)
    return ("", plain(value)) if bound == value else ("近", _all_digits(bound))


def _cut(value: Decimal, digits: int, rounding: str) -> Decimal:
    if not value:
        return value
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return (value / step).quantize(Decimal(1), rounding) * step


def _all_digits(value: Decimal) -> str:
    # A bound that were rounded again could come to lie on the other side of the value.
    return f"{value.normalize():f}"


def change_words(growth: Decimal | None) -> str:
    """同比增长12.5%, 同比下降3.2%, 与上年同期持平; without an earlier value: 上年同期未填."""
    if growth is None:
        return "上年同期未填"
    if not rounded(growth):
        return "与上年同期持平"
    return f"同比{'增长' if growth > 0 else '下降'}{plain(abs(growth))}%"


def completion_words(percent: Decimal | None) -> str:
    """超额完成, 完成, 尚未完成 by the completion in percent; 未填 where it is not known."""
    if percent is None:
        return NOT_STATED
    if percent > 100:
        return "超额完成"
    return "完成" if percent == 100 else "尚未完成"


CHINESE_DIGITS = "〇一二三四五六七八九"


def ordinal(number: int) -> str:
    """1 → 一, 12 → 十二, 31 → 三十一: for headings, below a hundred."""
    tens, ones = divmod(number, 10)
    return f"{'' if tens < 2 else CHINESE_DIGITS[tens]}{'十' if tens else ''}{CHINESE_DIGITS[ones] if ones else ''}"
