"""What a heading says: the words of a form's column in it, the unit, the currency. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from rapidfuzz import fuzz

from xieshou.intake.forms import Column, ColumnType
from xieshou.intake.rules import currency_in, squeeze

# A heading that matches a column less well than this is not taken for it.
COLUMN_FROM = 0.6
_FUZZY_FROM = 0.75
_UNDER_MISSING = 0.36  # an exact word under the wrong merged heading stays just above `COLUMN_FROM`
_BRACKETS = re.compile(r"[(\[【<《].*?[)\]】>》]")
_LAST_BRACKET = re.compile(r"[(\[【]([^()\[\]【】]{1,12})[)\]】][^()\[\]【】]{0,2}$")
_MONEY_UNIT = re.compile(r"(?<![美欧日港澳英加台])(百万元|万元|千元|百元|亿元|元)(?=$|[)\]】/,;:])")
_UNIT_LINE = re.compile(
    r"(?:单位[:：]?\s*(?:人民币)?|^[(（]?(?:人民币))(百万元|万元|千元|百元|亿元|元)|[(（](百万元|万元|千元|亿元)[)）]$"
)
_PUNCTUATION = re.compile(r"[\s:：*＊、,，.。;；·'\"“”‘’/\\|\-—_]+")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、|其中[:：]?)+")
_OPTIONS = re.compile(r"[:：]?\(?1[.、)](?=\D).*$")  # 1.是2.否 behind the wording of an item
_YEAR = re.compile(
    r"(?:19|20)\d{2}年(?:度|底|末|初)?(?:\d{1,2}月(?:份|底|末)?)?(?:\d{1,2}日)?(?:第?[一二三四]季度|[上下]半年)?(?:以来|以前|至今)?"
)
# A heading with the one word is never a column whose words have the other.
_OPPOSED = (
    ("有", "无"),
    ("男", "女"),
    ("计划", "实际"),
    ("规划", "已投入"),
    ("预计", "实际"),
    ("上年", "今年"),
    ("上年", "本年"),
    ("上年", "当年"),
    ("去年", "今年"),
    ("本期", "累计"),
    ("本季", "累计"),
    ("本月", "累计"),
    ("当日", "累计"),
    ("期初", "期末"),
    ("到户", "到村"),
    ("接收", "发放"),
    ("收到", "拨付"),
    ("开始", "结束"),
    ("起始", "终止"),
)
# Written unit → (what it measures, how many of the smallest named there). Units of one measure are converted, others
# contradict each other. 1 公顷 is 15 亩; the smallest unit of land is a thirtieth of a 平方米's hundredth: exact parts.
_UNITS: dict[str, tuple[str, Fraction]] = {
    **{unit: ("households", Fraction(size)) for unit, size in (("户", 1), ("万户", 10_000))},
    **{unit: ("persons", Fraction(size)) for unit, size in (("人", 1), ("名", 1), ("万人", 10_000))},
    **{unit: ("person-times", Fraction(size)) for unit, size in (("人次", 1), ("万人次", 10_000))},
    **{unit: ("times", Fraction(1)) for unit in ("次", "场", "期")},
    **{unit: ("pieces", Fraction(1)) for unit in ("个", "项", "处", "座", "件")},
    **{
        unit: ("length", Fraction(size))
        for unit, size in (("米", 1), ("公里", 1_000), ("千米", 1_000), ("km", 1_000), ("m", 1), ("里", 500))
    },
    **{
        unit: ("land", size)
        for unit, size in (
            ("亩", Fraction(1)),
            ("万亩", Fraction(10_000)),
            ("公顷", Fraction(15)),
            ("平方米", Fraction(3, 2_000)),
            ("㎡", Fraction(3, 2_000)),
            ("m2", Fraction(3, 2_000)),
            ("平方公里", Fraction(1_500)),
        )
    },
    **{
        unit: ("mass", Fraction(size))
        for unit, size in (("克", 1), ("斤", 500), ("公斤", 1_000), ("千克", 1_000), ("kg", 1_000), ("吨", 1_000_000))
    },
    **{
        unit: ("money", Fraction(size))
        for unit, size in (
            ("元", 1),
            ("百元", 100),
            ("千元", 1_000),
            ("万元", 10_000),
            ("百万元", 10**6),
            ("亿元", 10**8),
        )
    },
    **{unit: ("share", Fraction(1)) for unit in ("%",)},
}


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a column's numbers. factor: how many of the form's written units one of the sheet's is."""

    name: str = ""
    factor: Fraction = Fraction(1)
    currency: str = ""


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """A heading without brackets, units, numbering, years and punctuation; with them where nothing else is left."""
    squeezed = squeeze(text)
    without = _PUNCTUATION.sub(
        "", _NUMBERING.sub("", _BRACKETS.sub("", _OPTIONS.sub("", _NUMBERING.sub("", squeezed))))
    )
    return _YEAR.sub("", without) or without or _PUNCTUATION.sub("", squeezed)


@lru_cache(maxsize=65_536)
def heading_score(words: tuple[str, ...], under: tuple[str, ...], path: tuple[str, ...]) -> tuple[float, str]:
    """How well a heading says a column, 0 to 1, and the word of the form that matched.

    Args:
        path: the heading's texts from the top line down.
    """
    flat = tuple("".join(under) + word for word in words) if under else ()
    score, word = _best_word(words + flat, path)
    if not score:
        return 0.0, ""
    if under:
        above = [plain(text) for text in path]
        if not all(any(plain(wanted) in text for text in above) for wanted in under):
            return max(score - _UNDER_MISSING, 0.0), word
        return min(1.0, score + 0.02 * len(under)), word
    return score, word


def _best_word(words: tuple[str, ...], path: tuple[str, ...]) -> tuple[float, str]:
    whole, bare_path = _written(path)
    for word in words:
        if squeezed(word) in whole:
            return 1.0, word
    best, best_word = 0.0, ""
    for word in words:
        score = _likeness(plain(word), bare_path)
        if score > best:
            best, best_word = score, word
    return (0.0, "") if best and _unit_clash(words, path) else (best, best_word)


@lru_cache(maxsize=16_384)
def _written(path: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """A heading's last line, all its lines, and its last two: as written, and plain."""
    parts = ([path[-1]], path, path[-2:])
    whole = frozenset(squeeze("".join(part)) for part in parts)
    return whole, tuple("".join(plain(text) for text in part) for part in parts)


@lru_cache(maxsize=16_384)
def squeezed(text: str) -> str:
    """As `rules.squeeze`, remembered: the words of forms are compared again and again."""
    return squeeze(text)


def _likeness(bare: str, path: tuple[str, ...]) -> float:
    if bare in path:
        return 0.98
    last, joined, _two = path
    if len(bare) >= 2 and bare in joined:
        score = 0.62 + 0.3 * len(bare) / min(len(text) for text in path if bare in text)
    elif len(last) >= 2 and last in bare:
        score = 0.6 + 0.3 * len(last) / len(bare)
    else:
        least = _FUZZY_FROM * 100
        score = 0.008 * max(fuzz.ratio(bare, last, score_cutoff=least), fuzz.ratio(bare, joined, score_cutoff=least))
    return 0.0 if score and _opposed(bare, joined) else score


def _opposed(word: str, heading: str) -> bool:
    """Whether the one says the opposite of the other (计划, 实际)."""
    for pair in _OPPOSED:
        for one, other in (pair, pair[::-1]):
            if one in word and other in heading and one not in heading and other not in word:
                return True
    return False


def _unit_clash(words: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether the heading's unit measures something else than the column's: households, not persons."""
    here = measured_in(path[-1])
    there = {unit for unit in map(measured_in, words) if unit}
    return bool(here and there and _UNITS[here][0] not in {_UNITS[unit][0] for unit in there})


@lru_cache(maxsize=16_384)
def measured_in(text: str) -> str:
    """The unit that stands in brackets at the end of a heading, empty for none that is known."""
    match = _LAST_BRACKET.search(squeeze(text))
    unit = match[1].removeprefix("单位").lstrip(":：").split("/")[0] if match else ""
    return unit if unit in _UNITS else ""


def contradicts_unit(column: Column, unit: str) -> bool:
    """Whether a unit written behind a number is another than that of the column's own words: 5户 under 人数（人）."""
    own = {name for name in map(measured_in, column.words) if name}
    return unit in _UNITS and bool(own) and unit not in own and not _counts_alike(unit, own)


def _counts_alike(unit: str, own: set[str]) -> bool:
    return any(_UNITS[unit] == _UNITS[name] for name in own)


def unit_line_in(texts: Sequence[str]) -> str:
    """The unit of money that a line above the table states (单位：万元), empty for none."""
    for text in texts:
        if match := _UNIT_LINE.search(squeeze(text)):
            return match[1] or match[2]
    return ""


def currency_line_in(texts: Sequence[str]) -> str:
    """The foreign currency that a line above the table states (单位：万美元), empty for none."""
    for text in texts:
        squeezed = squeeze(text)
        if re.search(r"单位|币种|金额", squeezed) and len(squeezed) < 40 and (currency := currency_in(squeezed)):
            return currency
    return ""


def unit_of(column: Column, path: Sequence[str], unit_line: str, currency: str) -> Unit:
    """What the numbers of a column are in.

    Money: its heading, the line above the table, the form, in this order. Quantities: the unit in brackets behind the
    heading, where the form's own words name one of the same measure.
    """
    if column.type is ColumnType.MONEY:
        for text in reversed(path):
            squeezed = squeeze(text)
            if foreign := currency_in(squeezed):
                return Unit("元", currency=foreign)
            if match := list(_MONEY_UNIT.finditer(squeezed)):
                return Unit(match[-1][1])
        return Unit(unit_line or column.unit or "元", currency=currency if not column.unit or currency else "")
    if column.type not in (ColumnType.INTEGER, ColumnType.QUANTITY) or not path:
        return Unit()
    here = measured_in(path[-1]) or measured_in(" ".join(path))
    there = next(filter(None, map(measured_in, column.words)), "")
    if not here or not there or _UNITS[here][0] != _UNITS[there][0]:
        return Unit()
    return Unit(here, _UNITS[here][1] / _UNITS[there][1])
