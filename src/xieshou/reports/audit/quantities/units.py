"""The unit of a number, from the measure word behind it and the noun it counts: 12所学校, 5县, 6252贫困人口, 750万."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from xieshou.reports.audit.quantities.counted_nouns import DIVISIONS, counted_noun, noun_at, nouns_between
from xieshou.reports.audit.quantities.numbers import Number
from xieshou.reports.audit.quantities.vocabulary import Measure, WordFinder, measures

_MEASURES = measures()
_FINDER = WordFinder(_MEASURES)
_BRACKET = re.compile("（[^（）]{1,9}）")  # 省（自治区）
_NAMED = frozenset("CNY person person_time household session time batch team book head plant vehicle set piece".split())
_DELISTED = re.compile("[^。；\n]{0,14}摘帽")  # it is counties that are delisted as poor (贫困县退出机制, 2016)
_COUNTED_BARE = frozenset(
    "person household village county township school enterprise project clinic hospital base team park".split()
)
_NUMBERED = frozenset({"school", "hospital"})  # 39中学 is a name
_BEFORE_NOUN = re.compile(
    "(?:建档立卡|农村|城乡|易地扶贫搬迁|当地|特殊|一线|基层|优秀|各类|各族|多|余|贫困(?=户|人|村|县|学|群|家|劳|大|职))*"
)
_CONTEXT = 30  # characters in front of a sum without 元 in which money is spoken of
_SENTENCE_BEFORE = re.compile("[^。；！？\n]*$")
_SPOKEN_OF = {
    "person_time": re.compile("人次|客流|游客量"),
    "time": re.compile("播放|浏览|阅读|点击|观看"),
    "person": re.compile("人口|群众|人(?:受益|脱贫)|学生|游客|粉丝|观众|用户|惠及|农民|居民|职工"),
    "CNY": re.compile(
        "资金|投入|投资|捐|款|金额|经费|资助|拨付|安排|援助|补助|补贴|收入|增收|产值|创收|销售|营收|利润|采购|购买|价值"
        "|贷款|基金|支出|募|筹|工资|分红|营业额|交易额|薪|奖励|节约|总额|成交"
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A unit behind a number. until: where the measure word ends; noun: the counted noun, where one was found."""

    until: int
    unit: str
    factor: Decimal = Decimal(1)
    raw: str = ""
    noun: str = ""


def counted_after(text: str, number: Number, floor: int) -> Counted | None:
    """What the number counts; None where no unit, noun or sum of money can be made out.

    floor: nothing in front of it is read as belonging to this number.
    """
    measure = _measure_at(text, number.until)
    if measure is None:
        return _without_measure(text, number, floor)
    until = number.until + len(measure.word)
    if measure.unit in DIVISIONS and (bracket := _BRACKET.match(text, until)) is not None:
        until = bracket.end()
    raw = text[number.until : until]
    if measure.unit not in _NAMED and not measure.counts:
        return Counted(until, measure.unit, measure.factor, raw)
    noun = counted_noun(text, number.at, until, measure, floor)
    if not measure.counts or not noun.word:
        return Counted(until, measure.unit, measure.factor, raw, noun.word)
    delisted = noun.unit == "region" and _DELISTED.match(text, until) is not None
    return Counted(until, "county" if delisted else noun.unit, measure.factor, raw, noun.word)


def _measure_at(text: str, at: int) -> Measure | None:
    """The longest measure word here that what follows does not make into another word (人 in 人才, 次 in 次数)."""
    for word in _FINDER.at(text, at):
        measure = _MEASURES[word]
        follows = text[at + len(word) : at + len(word) + 1]
        if not follows or follows not in measure.not_before:
            return measure
    return None


def _without_measure(text: str, number: Number, floor: int) -> Counted | None:
    if number.share:
        return Counted(number.until, "percent")
    if text[number.at - 1 : number.at] in ("¥", "￥"):
        return Counted(number.until, "CNY")
    large = number.factor >= 1000 or number.odd
    if number.chinese and not large:
        return None
    like_a_year = not large and 1900 <= number.value <= 2099
    modified = _BEFORE_NOUN.match(text, number.until)
    noun = noun_at(text, number.until if modified is None else modified.end())
    if noun.unit in _COUNTED_BARE - _NUMBERED and not like_a_year:
        return Counted(number.until, noun.unit, noun=noun.word)
    if not large:
        closes = text[number.until : number.until + 1] in "，；、。）"
        return _after_its_noun(text, number, floor) if closes and number.value >= 10 and not like_a_year else None
    if number.factor < 10_000:
        return None
    return _by_context(text, number)


def _by_context(text: str, number: Number) -> Counted | None:
    """Of 投入750万 and 旅游人次超过100万: what the word right behind it or the nearest in front of it says."""
    for unit, words in _SPOKEN_OF.items():
        if words.match(text, number.until):
            return Counted(number.until, unit)
    sentence = _SENTENCE_BEFORE.search(text, max(0, number.at - _CONTEXT), number.at)
    start = number.at if sentence is None else sentence.start()
    last = {
        unit: max((match.end() for match in words.finditer(text, start, number.at)), default=-1)
        for unit, words in _SPOKEN_OF.items()
    }
    unit = max(last, key=lambda unit: last[unit])
    return Counted(number.until, unit) if last[unit] >= 0 else None


def _after_its_noun(text: str, number: Number, floor: int) -> Counted | None:
    """已签约项目128，开工项目86，: a bare number closes the clause behind the noun it counts."""
    for at, noun in nouns_between(text, max(floor, number.at - 8), number.at):
        if at + len(noun.word) == number.at and noun.unit in _COUNTED_BARE:
            return Counted(number.until, noun.unit, noun=noun.word)
    return None
