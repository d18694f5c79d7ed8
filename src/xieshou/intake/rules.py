"""How the text of a cell becomes a value, and what a batch may do next. No database, no clock.

Every parser returns `Parsed`: the value (None: not stated or not readable), a code (empty: fine) and its particulars.
Codes are those of `findings.MESSAGES`. Sources: the forms listed in docs/forms.md; docs/rules/intake.md.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from xieshou.intake.forms import Column, ColumnType

# Yuan in one written unit of money.
MONEY_UNITS = {"元": 1, "百元": 100, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
FEN_IN_YUAN = 100
# Above this, an amount is a slip of the keyboard in any form: ten thousand 亿元.
MOST_FEN = 10_000 * 100_000_000 * FEN_IN_YUAN
# What people type for "nothing to state".
DASHES = frozenset({"-", "--", "---", "—", "——", "–", "/", "\\", "无", "/元", "未填", "n/a", "na"})
# A value this many times the median of its column, or this small a part of it, is likely in another unit.
OUTLIER_TIMES = 100
SLIP_PART = 1_000
OUTLIER_LEAST_VALUES = 8
_DIGITS_OF_A_ROW = 9  # rows are 32-bit numbers

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD, *range(0x202A, 0x202F)])
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:[,']\d{3})+|\d+)?(\.\d+)?(e[+-]?\d{1,2})?")
_MULTIPLIERS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_TRAILING = re.compile(r"(百万|千万|千|万|亿)?([^\d.,()%+\-]{0,6})$")
_FIRST_SERIAL, _LAST_SERIAL = 14_611, 73_051  # 1940-01-01 and 2100-01-01 as Excel counts days
_SERIAL_EPOCH = date(1899, 12, 30)
_YEARS = range(1940, 2101)
_DATE = re.compile(
    r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?(?:份|底|末)?(?: ?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_CHINESE_DIGITS = {character: number for number, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_CURRENCY = re.compile(
    r"美元|美金|欧元|(?<!每)日元|日圆|港元|港币|英镑|澳元|澳门元|澳币|新台币|台币|(?<!增)加元|加币|新加坡元|韩元|卢布|瑞士法郎"
    r"|(?<![a-z])(?:usd|eur|jpy|hkd|gbp|aud|cad|mop|twd|sgd|krw)(?![a-z])|(?:us|hk|nt)?[$]|[€£]"
)
_APPROXIMATE = re.compile(r"(?:约|大约|近|将近|超过|不少于)\d|\d[多余几](?![\d])|\d(?:万|千|百)?[多余]|左右|以上$")
_LISTED = re.compile(r"([^\d、,;。:()\s]{2,30}?)[:(]?(\d[\d,]*(?:\.\d+)?)(万?)元\)?")
LISTED_FROM = 3  # a cell with so many names, each with its amount, is a list
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_MARKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text was read as."""

    value: Any = None
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""


NOT_STATED = Parsed()
_ONE = Fraction(1)


def clean(text: str) -> str:
    """The text without invisible characters; runs of spaces of any kind become one, line breaks stay."""
    text = text.translate(_INVISIBLE)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def squeeze(text: str) -> str:
    """The text for comparing: NFKC, lower case, without any space or invisible character."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).split()).lower()


def number_in(text: str) -> tuple[Decimal, str] | None:
    """The number a text states, multipliers such as 万 applied, and the unit that follows it; None when it is not one
    number.

    `"10,000.00"`, `"１２３"`, `"￥5万元"` and `"(500)"` (a negative amount in books) are numbers; `"7(28)"` and
    `"3-5"` are not.
    """
    compact = squeeze(text).replace("，", ",").removeprefix("人民币").removeprefix("rmb").lstrip("¥￥")
    if compact.startswith("(") and compact.endswith(")"):
        compact = "-" + compact[1:-1]
    match = _NUMBER.match(compact)
    if match is None or (match[2] is None and match[3] is None):
        return None
    trailing = _TRAILING.fullmatch(compact[match.end() :])
    if trailing is None:
        return None
    try:
        number = Decimal(match[0].replace(",", "").replace("'", ""))
    except InvalidOperation:
        return None
    return number * _MULTIPLIERS[trailing[1] or ""], trailing[2]


def currency_in(text: str) -> str:
    """The foreign currency that a text names (美元, HK$), empty for none."""
    match = _CURRENCY.search(squeeze(text))
    return match[0] if match else ""


def listed_in(text: str) -> list[tuple[str, Decimal]]:
    """The names that one cell lists, each with its amount in yuan (`甲公司5万元、李某200元`); empty below three."""
    pairs = _LISTED.findall(squeeze(text).replace("，", ","))
    if len(pairs) < LISTED_FROM:
        return []
    return [
        (name.strip("和及、,;"), Decimal(amount.replace(",", "")) * (10_000 if ten_thousands else 1))
        for name, amount, ten_thousands in pairs
    ]


def parse_money(text: str, column: Column, yuan_in_unit: int) -> Parsed:
    """Fen. `yuan_in_unit`: what one written unit is worth unless the cell names its own."""
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    if currency := currency_in(squeezed):
        return Parsed(None, "foreign_currency", {"value": text, "currency": currency})
    if _APPROXIMATE.search(squeezed):
        return Parsed(None, "approximate", {"value": text})
    found = number_in(text)
    if found is None:
        return _summed(squeezed, lambda part: parse_money(part, column, yuan_in_unit))
    number, unit = found
    multiplied = bool(re.search(r"[千万亿]", squeezed))
    if unit not in ("", "元", "块", "元整", "圆"):
        return Parsed(None, "not_a_number", {"value": text})
    fen = number * FEN_IN_YUAN * (1 if unit or multiplied else yuan_in_unit)
    if fen != fen.to_integral_value():
        return Parsed(None, "finer_than_fen", {"value": text})
    if fen < 0:
        return Parsed(None, "negative", {"value": text})
    if fen > MOST_FEN:
        return Parsed(None, "too_big", {"value": text})
    return Parsed(int(fen))


def parse_foreign(text: str, currency: str) -> Parsed:
    """An amount under a heading of a foreign currency: stated, and not taken."""
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    return Parsed(None, "foreign_currency", {"value": text, "currency": currency})


def parse_integer(text: str, column: Column, factor: Fraction = _ONE) -> Parsed:
    """A whole number in 1/`scale` of the written unit; a unit written behind it is handed back.

    Args:
        factor: how many of the form's written units one of the sheet's is.
    """
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    if _APPROXIMATE.search(squeezed):
        return Parsed(None, "approximate", {"value": text})
    found = number_in(text)
    if found is None:
        return _summed(squeezed, lambda part: parse_integer(part, column, factor))
    number, unit = found
    if factor != 1:
        number = number * factor.numerator / factor.denominator
    low, high = column.bounds
    if number < 0:
        return Parsed(None, "negative", {"value": text})
    if (low is not None and number < low) or (high is not None and number > high):
        return Parsed(None, "out_of_bounds", {"value": text, "low": low, "high": high})
    scaled = number * column.scale
    if scaled != scaled.to_integral_value():
        return Parsed(None, "not_whole", {"value": text})
    if scaled > MOST_FEN:
        return Parsed(None, "too_big", {"value": text})
    return Parsed(int(scaled), unit=unit)


def parse_percent(text: str, column: Column) -> Parsed:
    """Hundredths of a percent: `37.43%` and `37.43` are 3743; a share written as 0.3743 needs its percent sign."""
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    found = number_in(squeezed.removesuffix("%"))
    if found is None or found[1]:
        return _not_a_number(squeezed)
    number = found[0] * 100
    if number != number.to_integral_value():
        return Parsed(None, "not_whole", {"value": text})
    return Parsed(int(number)) if number >= 0 else Parsed(None, "negative", {"value": text})


def parse_date(text: str, column: Column) -> Parsed:
    """A day: ISO, `2019.10.5`, `2019年10月5日`, `20191005`, an Excel serial; a bare month is its first day, with a
    doubt."""
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    spaced = unicodedata.normalize("NFKC", _digits_for_chinese(clean(text)))
    squeezed = squeeze(spaced)
    if re.fullmatch(r"\d{5}(\.\d+)?", squeezed):
        serial = int(squeezed.split(".")[0])
        if _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return Parsed(_SERIAL_EPOCH + timedelta(days=serial))
        return Parsed(None, "not_a_date", {"value": text})
    match = _DATE.fullmatch(spaced) or _DATE.fullmatch(squeezed) or _COMPACT_DATE.fullmatch(squeezed)
    if match is None:
        return Parsed(None, "not_a_date", {"value": text})
    year, month, day = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    if year not in _YEARS or not 1 <= month <= 12 or (day and day > calendar.monthrange(year, month)[1]) or day == 0:
        return Parsed(None, "not_a_date", {"value": text})
    if day is not None:
        return Parsed(date(year, month, day))
    # A number typed as 2019.10 is stored as 2019.1, so a bare ".1" may be either month.
    code = "month_unclear" if re.fullmatch(r"\d{4}\.1", squeezed) else "month_only"
    return Parsed(date(year, month, 1), code, {"value": text})


def _digits_for_chinese(text: str) -> str:
    """`二〇一九年十月三十一日` with digits; other texts as they are."""
    if "年" not in text or not any(character in text for character in _CHINESE_DIGITS):
        return text

    def small(match: re.Match[str]) -> str:
        tens, ones = match[1], match[2]
        return str((_CHINESE_DIGITS[tens] if tens else 1) * 10 + (_CHINESE_DIGITS[ones] if ones else 0))

    text = re.sub(r"([二三]?)十([一二三四五六七八九]?)(?=[月日])", small, text)
    return "".join(str(_CHINESE_DIGITS.get(character, character)) for character in text)


_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def parse_period(text: str) -> Parsed:
    """A pair (first day or None, last day): `2019`, `2019年上半年`, `2019Q3`, `2019年1-10月`, `2018-2020年`,
    `..2020-10`, `截至2020年10月`."""
    squeezed = squeeze(text).replace("至", "..").replace("~", "..").replace("—", "..").replace("–", "..")
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    squeezed = re.sub(r"^截(止|\.\.)(到)?", "..", squeezed).replace("以来", "..").replace("到", "..")
    span = _simple_span(squeezed)
    if span is None and (match := re.fullmatch(r"(\d{4})年?(?:度)?-(\d{4})年?(?:度)?", squeezed)):
        span = (date(int(match[1]), 1, 1), date(int(match[2]), 12, 31))
    if span is None and ".." in squeezed:
        first, _, last = squeezed.partition("..")
        last_span = _simple_span(last)
        first_span = _simple_span(first) if first else None
        if last_span and (first_span or not first):
            span = (first_span[0] if first_span else None, last_span[1])
    if span is None or (span[0] and span[0] > span[1]) or span[1].year not in _YEARS:
        return Parsed(None, "not_a_period", {"value": text})
    return Parsed(span)


def _simple_span(text: str) -> tuple[date | None, date] | None:
    if match := re.fullmatch(r"(\d{4})年?(?:度|全年)?", text):
        return _months(int(match[1]), 1, 12)
    if match := re.fullmatch(r"(\d{4})年?(上|下)半年", text):
        return _months(int(match[1]), 1, 6) if match[2] == "上" else _months(int(match[1]), 7, 12)
    if match := re.fullmatch(r"(\d{4})年?-?(?:第?([一二三四1-4])季度?|q([1-4]))", text):
        quarter = _QUARTERS[match[2] or match[3]]
        return _months(int(match[1]), quarter * 3 - 2, quarter * 3)
    if match := re.fullmatch(r"(\d{4})年(\d{1,2})月?(?:-|\.\.)(\d{1,2})月(?:份)?", text):
        return _months(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{4})[-./年](\d{1,2})月?(?:份|底|末)?", text):
        return _months(int(match[1]), int(match[2]), int(match[2]))
    day = parse_date(text, _ANY_DATE)
    return (day.value, day.value) if day.value and not day.code else None


_DAY_LABEL = re.compile(r"(?:截[止至]|统计|报告)(?:日期|时间|日|期)?[:：]?$|年月[:：]?$|^(?:日期|时间)[:：]?$")
_LABELLED_SERIAL = re.compile(r"(.*[^\d])(\d{5})")


def with_days_written_out(texts: Sequence[str]) -> list[str]:
    """Title cells, where a day stored as a number (`41182` behind `截止日期：`, in the next cell or the same) or as a
    date reads 2012年9月30日."""
    written, before = [], ""
    for text in texts:
        squeezed = squeeze(text)
        match = _LABELLED_SERIAL.fullmatch(squeezed)
        label, serial = (match[1], match[2]) if match else (before, squeezed)
        day = parse_date(serial, _ANY_DATE) if _DAY_LABEL.search(label) else NOT_STATED
        if day.value and not day.code:
            words = f"{day.value.year}年{day.value.month}月{day.value.day}日"
            written.append(label + words if match else words)
        else:
            written.append(text)
        before = squeezed
    return written


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    if year not in _YEARS or not 1 <= first <= last <= 12:
        return None
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def parse_identity(text: str, column: Column) -> Parsed:
    """A number of 15, 18 or 20 characters whose date and check digit hold (GB 11643-1999; 20: certificate of
    disability)."""
    number = squeeze(text).upper().lstrip("'’‘`")
    if not number:
        return NOT_STATED
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", number):
        return Parsed(None, "identity_rounded", {})
    if len(number) == 18 and number.endswith("000") and number.isdigit() and not identity_holds(number):
        return Parsed(None, "identity_rounded", {})
    if not re.fullmatch(r"\d{15}|\d{17}[\dX]|\d{17}[\dX]\d{2}", number):
        return Parsed(None, "identity_length", {"length": len(number)})
    if not identity_holds(number):
        return Parsed(None, "identity_check", {})
    return Parsed(number)


def identity_holds(number: str) -> bool:
    """Whether date and check digit of a number of 15, 18 or 20 characters agree."""
    digits = number[:18] if len(number) >= 18 else number[:6] + "19" + number[6:]
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    if len(number) == 15:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_MARKS[total % 11] == digits[17]


def parse_code(text: str, words: Mapping[str, str]) -> Parsed:
    """The code of a list. words: squeezed word → code."""
    squeezed = squeeze(text)
    if squeezed in DASHES or not squeezed:
        return NOT_STATED
    code = words.get(squeezed)
    return Parsed(code) if code is not None else Parsed(None, "not_in_list", {"value": text})


def parse_text(text: str, column: Column) -> Parsed:
    cleaned = clean(text)
    if column.names_somebody and (pairs := listed_in(cleaned)):
        total = sum((amount for _name, amount in pairs), Decimal(0))
        return Parsed(None, "many_listed", {"count": len(pairs), "total": f"{total:,.2f}"})
    if len(cleaned) > column.max_length:
        return Parsed(None, "too_long", {"length": len(cleaned), "most": column.max_length})
    return Parsed(cleaned or None)


def _not_a_number(squeezed: str) -> Parsed:
    if re.search(r"\d\(\d|\d\)\d|\d[-~至/、]\d", squeezed):
        return Parsed(None, "two_numbers", {"value": squeezed})
    return Parsed(None, "not_a_number", {"value": squeezed})


def _summed(squeezed: str, parse: Callable[[str], Parsed]) -> Parsed:
    """A sum written out in a cell: taken, with a doubt, where it can mean one thing only (`1000+2000`); sent back where
    a multiplier may belong to the last number or to all (`1.6+1.6万`)."""
    parts = squeezed.removeprefix("=").split("+")
    if len(parts) < 2 or any(number_in(part) is None for part in parts):
        return _not_a_number(squeezed)
    if len({re.sub(r"[\d.,]", "", part) for part in parts}) > 1:
        return Parsed(None, "sum_in_cell", {"value": squeezed})
    parsed = [parse(part) for part in parts]
    refused = next((part for part in parsed if part.value is None), None)
    if refused is not None:
        return refused
    return Parsed(sum(part.value for part in parsed), "sum_taken", {"value": squeezed}, unit=parsed[0].unit)


def is_total(text: str, marks: tuple[str, ...]) -> str:
    """The mark (`合计`, `小计` …) that a text is, or empty: `合  计`, `总计：` and `共计125户` are; `合计村` is not."""
    squeezed = squeeze(text).rstrip(":：")
    for mark in marks:
        if squeezed == mark or re.fullmatch(
            re.escape(mark) + r"[(（:：]?[\d一二三四五六七八九十百]+[户人村个家行笔]?[)）]?", squeezed
        ):
            return mark
    return ""


_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填报说明|附注|填表人|填报人|制表人?|审核人?|负责人|单位负责人|经办人|联系电话|填报日期|填报时间"
    r"|报送日期|填报单位|单位\(盖章\)|盖章|以上|※|\*|[一二三四五六七八九十]+、|\d+[.、])[:：.、 ]?"
)


def is_note(text: str) -> bool:
    """Whether a text that stands alone in its row is a note or a signature line, not data."""
    return bool(_NOTE.match(unicodedata.normalize("NFKC", clean(text)))) or len(text) > 40


_CLASSIFIED = re.compile(r"(?:密级[:：]?)?[【\[(（<]?(秘密|机密|绝密)(?:[★☆*].*|[】\])）>]|\d+年|长期|件)*")


def classified_mark(text: str) -> str:
    """The mark of state secrecy that a text is (`机密★10年`), or empty; a sentence that merely says 秘密 is none."""
    if "密" not in text:  # the heads of many sheets are looked through
        return ""
    match = _CLASSIFIED.fullmatch(squeeze(text))
    return match[1] if match else ""


def classified_name(name: str) -> str:
    """The mark of secrecy in a file's name: in brackets, or standing alone."""
    match = re.search(r"(?:^|[【\[(（_\-\s])(秘密|机密|绝密)(?:[】\])）_\-.\s★]|$)", name)
    return match[1] if match else ""


def column_letter(index: int) -> str:
    """`0` → "A", `26` → "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_row_number(text: str) -> bool:
    """Whether a text can be the number of a row or of a batch in a returned workbook, which anybody may have edited."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_OF_A_ROW


def smallest_cover(codes: list[str]) -> str:
    """The smallest division whose 12-digit code covers all of these codes; empty for none or no common one.

    A code "" is a place that nobody knows yet: it may lie anywhere, and nothing covers it.
    """
    low, high = min(codes, default=""), max(codes, default="")
    if not low:
        return ""
    for length in (12, 9, 6, 4, 2):
        if low[:length] == high[:length]:
            return low[:length].ljust(12, "0")
    return ""


# What a batch may become (批次的状态), from its state: reading and failed are the engine's own moves.
MOVES: dict[str, frozenset[str]] = {
    "reading": frozenset({"draft", "failed"}),
    "failed": frozenset({"reading"}),
    "draft": frozenset({"reading", "submitted", "accepted"}),
    "submitted": frozenset({"returned", "accepted"}),
    "returned": frozenset({"reading", "draft", "submitted", "accepted"}),
    "accepting": frozenset({"draft", "accepted"}),
    "accepted": frozenset({"withdrawn"}),
    "withdrawn": frozenset(),
}
# States in which its rows may still be corrected.
OPEN_STATES = frozenset({"draft", "returned"})


def may_become(state: str, target: str) -> bool:
    return target in MOVES[state]


_ANY_DATE = Column(key="date", name="日期", type=ColumnType.DATE)
