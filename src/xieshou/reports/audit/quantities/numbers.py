"""Numbers as Chinese reports write them: 3.5万, 三百二十, 十几万, 500余万, 百分之三十五, 三分之一, 两三百.

A lexer only: what a number counts, and whether it is a claim at all, is decided by the stages after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

MOST_DIGITS = 15  # a longer row of digits is an account, a permit or damage, never an amount
MOST_CHARACTERS = 30  # of a number in Chinese characters

_DIGITS = {
    **dict.fromkeys("零〇○", 0),
    **dict.fromkeys("一壹", 1),
    **dict.fromkeys("二贰两", 2),
    **dict.fromkeys("三叁", 3),
    **dict.fromkeys("四肆", 4),
    **dict.fromkeys("五伍", 5),
    **dict.fromkeys("六陆", 6),
    **dict.fromkeys("七柒", 7),
    **dict.fromkeys("八捌", 8),
    **dict.fromkeys("九玖", 9),
}
_TENS = {"廿": 20, "卅": 30}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
_ONES = "".join(_DIGITS)
_CHINESE = rf"(?:[{_ONES}廿卅十拾万亿]|[百佰](?!货|合|家姓)|[千仟](?![瓦米克伏卡帕]))"
_SCALE = r"(?:[百佰](?!货|合|分)|[千仟](?![瓦米克伏卡帕])|[万亿])"

STARTS = re.compile(rf"[0-9{_ONES}廿卅十拾百佰千仟万亿半数几]+")
_NUMBER = re.compile(
    rf"(?:(?P<base>[百千万]|\d{{1,9}}|{_CHINESE}{{1,9}})分之"
    rf"(?P<share>\d{{1,12}}(?:\.\d{{1,6}})?|[{_ONES}十百千]{{1,9}}(?:点[{_ONES}]{{1,6}})?)"
    r"|(?P<parts>\d{1,3})/(?P<whole>\d{1,3})(?![\d/.年月号])"
    rf"|(?P<arabic>\d++(?:\.\d++)?(?P<scale>{_SCALE}{{1,2}}(?:\d{{1,12}}(?:\.\d{{1,6}})?{_SCALE}{{1,2}})*+)?)"
    rf"(?:(?P<odd>[余多几来])(?P<after>(?:{_SCALE}){{0,2}}))?"
    rf"|(?P<some>[数几]{_CHINESE}{{1,5}})(?P<someodd>[余多])?"
    rf"|(?P<chinese>{_CHINESE}++(?:点[{_ONES}]{{1,6}}(?P<pointscale>{_SCALE}{{0,2}}))?)"
    rf"(?:(?P<chineseodd>[余多几来])(?P<chineseafter>(?:{_SCALE}|十){{0,3}}))?"
    r"|(?P<half>半))",
    re.ASCII,
)
_CHUNK = re.compile(r"(\d+(?:\.\d+)?)([百佰千仟万亿]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number where it stands in the cleaned text.

    value_hi: upper end of 两三百. odd: something was added to the number (余, 多, 几, 来). chinese: written in Chinese
    characters only. share: written as a fraction, its value is then in per cent. bare: a scale alone (百余, 万人), with
    no digit in front of it.
    """

    at: int
    until: int
    value: Decimal
    value_hi: Decimal | None = None
    odd: bool = False
    chinese: bool = False
    share: bool = False
    bare: bool = False
    decimals: int = 0
    factor: int = 1


def number_at(text: str, at: int) -> Number | None:
    """The number that begins at `at`, or None. Bounded: rows of more than 15 digits give None."""
    match = _NUMBER.match(text, at)
    if match is None:
        return None
    until = match.end()
    if (written := match["arabic"]) is not None:
        return _arabic(written, match["odd"], match["after"] or "", at, until)
    if (written := match["chinese"]) is not None:
        return _chinese(match, written, at, until)
    if (written := match["some"]) is not None:
        scale = chinese_value("一" + written[1:]) if written[1] not in _DIGITS else None
        return None if scale is None else Number(at, until, Decimal(scale), odd=True, chinese=True, factor=scale)
    if match["parts"] is not None:
        parts, whole = int(match["parts"]), int(match["whole"])
        return Number(at, until, Decimal(parts * 100) / whole, share=True) if 0 < parts < whole else None
    if match["half"] is not None:
        return Number(at, until, Decimal("0.5"), chinese=True, decimals=1)
    return _share(match["base"], match["share"], at, until)


def end_of_row(text: str, at: int) -> int:
    """Where the row of numerals that begins at `at` ends: whoever rejects it goes on from there."""
    match = STARTS.match(text, at)
    return match.end() if match is not None else at + 1


def _arabic(written: str, odd: str | None, after: str, at: int, until: int) -> Number | None:
    if len(written) > MOST_DIGITS + 5:
        return None
    if not after and written.isdecimal():  # the common case, kept quick
        if len(written) > MOST_DIGITS:
            return None
        return Number(at, until, Decimal(written), odd=odd is not None)
    total, last, decimals = Decimal(0), 0, 0
    for digits, scales in _CHUNK.findall(written):
        factor = _product(scales)
        if last and factor >= last:
            return None
        total += Decimal(digits) * factor
        decimals, last = len(digits.partition(".")[2]), factor
    factor = last * _product(after)
    return Number(at, until, total * _product(after), odd=odd is not None, decimals=decimals, factor=factor)


def _chinese(match: re.Match[str], written: str, at: int, until: int) -> Number | None:
    if len(written) > MOST_CHARACTERS:
        return None
    odd, after = match["chineseodd"] is not None, _product(match["chineseafter"] or "")
    whole, point, rest = written.partition("点")
    if point:
        places = _in_digits(rest.rstrip("百佰千仟万亿"))
        if (start := chinese_value(whole)) is None:
            return None
        factor = _product(match["pointscale"] or "") * after
        exact = Decimal(f"{start}.{places}") * factor
        return Number(at, until, exact, odd=odd, chinese=True, decimals=len(places), factor=factor)
    if (ends := _range(written)) is not None:
        low, high = ends
        return Number(at, until, Decimal(low) * after, Decimal(high) * after, odd=odd, chinese=True, factor=after)
    if (value := chinese_value(written)) is None:
        return None
    bare = written[0] in _SCALES.keys() - {"十", "拾"} or written[0] in _GROUPS
    factor = after * _GROUPS.get(written[-1], 1)
    return Number(at, until, Decimal(value) * after, odd=odd, chinese=True, bare=bare, factor=factor)


def _share(base: str, share: str, at: int, until: int) -> Number | None:
    if base in "百千万":
        whole = _SCALES.get(base, 10**4)
    elif (whole := int(base) if base.isdecimal() else chinese_value(base) or 0) == 0:
        return None
    if share[0] < ":":
        parts, decimals = Decimal(share), len(share.partition(".")[2])
    else:
        before, _, after = share.partition("点")
        if (counted := chinese_value(before)) is None:
            return None
        parts, decimals = Decimal(f"{counted}.{_in_digits(after)}"), len(after)
    return Number(at, until, parts * 100 / whole, chinese=True, share=True, decimals=decimals)


def _in_digits(places: str) -> str:
    return "".join(str(_DIGITS[digit]) for digit in places)


def _range(written: str) -> tuple[int, int] | None:
    """两三百, 七八十, 三五: two digits side by side with one scale."""
    if len(written) < 2 or written[0] not in _DIGITS or written[1] not in _DIGITS:
        return None
    low, high = _DIGITS[written[0]], _DIGITS[written[1]]
    if not (low > 0 and (high == low + 1 or (low, high) == (3, 5))):
        return None
    scales = written[2:]
    if any(character in _DIGITS for character in scales):
        return None
    factor = _product(scales)
    return low * factor, high * factor


def _product(scales: str) -> int:
    product = 1
    for scale in scales:
        product *= _SCALES.get(scale) or _GROUPS[scale]
    return product


def chinese_value(written: str) -> int | None:
    """The value of a whole number in Chinese characters; None where they do not make one (二〇一九, 一三)."""
    total = section = 0
    digit: int | None = None
    last_scale, zero = 10**9, False
    for character in written:
        if (value := _DIGITS.get(character)) is not None:
            if digit is not None:
                return None
            digit, zero = (None, True) if value == 0 else (value, zero)
        elif (tens := _TENS.get(character)) is not None:
            section, last_scale = section + tens, 10
        elif (scale := _SCALES.get(character)) is not None:
            if scale >= last_scale:
                return None
            section, digit, last_scale, zero = section + (1 if digit is None else digit) * scale, None, scale, False
        else:
            group = _GROUPS[character]
            amount = section + (digit or 0)
            if total and (not amount or total < group):
                total = (total + amount) * group
            else:
                total += (amount or 1) * group
            section, digit, last_scale, zero = 0, None, 10**9, False
    if digit is not None and last_scale in _SCALES.values() and last_scale > 10 and not zero:
        return total + section + digit * last_scale // 10  # 三百五 is 350
    if digit is not None and last_scale == 10**9 and total and not zero:
        return total + digit * (10**7 if written[-2] == "亿" else 1000)  # 三万五 is 35,000
    return total + section + (digit or 0)
