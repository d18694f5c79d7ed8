"""Numerals that state no figure (非论断): dates and times, ordinals, codes, names and idioms, words of scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from xieshou.reports.audit.quantities.numbers import Number
from xieshou.reports.audit.quantities.units import Counted
from xieshou.reports.audit.quantities.vocabulary import WordFinder, names

TIME = frozenset({"day", "week", "month", "year", "hour"})

_YEAR = r"(?:1[5-9]|20)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_TO = "(?:-|—{1,2}|~|至|到|、|和|及|与|/)"
_NO_AMOUNT = r"(?![\d.]|[余多]?[十百千万亿元%‰人名户亩吨公平米个斤株头只册件套台辆项次场])"

# Years with or without 年, spans of years, days written with points or dashes, school years, hours, classes.
_DATE = re.compile(
    rf"{_YEAR}(?:年?(?:{_TO}{_YEAR}){{1,6}})?(?:学年|财年|年度|年)(?:级|代)?(?:{_MONTH}月(?:{_DAY}[日号])?)?"
    rf"|{_YEAR}[-/]{_MONTH}(?:[-/]{_DAY})?(?!\d)"
    rf"|{_YEAR}\.{_MONTH}(?:\.{_DAY})?{_NO_AMOUNT}"
    rf"|{_YEAR}{_TO}{_YEAR}{_NO_AMOUNT}"
    rf"|{_MONTH}月(?!份额)(?:{_DAY}[日号])?(?:{_TO}(?:{_MONTH}月)?{_DAY}[日号])?"
    rf"|{_MONTH}{_TO}{_MONTH}月"
    rf"|{_DAY}(?:{_TO}{_DAY})?日(?!元)"
    r"|\d{2}年(?=底|初(?!步)|末|度|春|夏|秋|冬|上半年|下半年|\d{1,2}月)"
    r"|\d{1,2}(?:时|点)(?:\d{1,2}分|半|整|许)?(?!位)|\d{1,2}：\d{2}(?!\d)"
    r"|\d{1,4}届|\d{1,2}年级?（?\d{1,2}）?班"
)
_DIGIT = "[一二三四五六七八九十零〇○]"
_CHINESE_DATE = re.compile(
    rf"[一二][九〇○零]{_DIGIT}{{2}}年?|{_DIGIT}年级?（?{_DIGIT}{{1,2}}）?班|{_DIGIT}、{_DIGIT}组"
    rf"|{_DIGIT}{{1,4}}(?:年(?={_DIGIT}{{1,3}}月|代|度|级)|月(?:份|底|初|末|{_DIGIT}{{1,3}}日|(?=[，。、至到以]))"
    r"|[日号](?!召)|世纪|季度|点半|点钟|时许)"
)
# 第 and 前 make ordinals; letters, brackets and the like belong to a code, a document's number or a ratio.
_CODE_BEFORE = re.compile(
    r"(?:第|(?<![目此之以当先提年日])前|[A-Za-z_№〔\[／·×]|[A-Za-z]-|\d[./：-]|[编证文电机邮学工卡帐账批]号：?|热线|电话：?)$"
)
_NAMES = WordFinder(names())

_BARE_IS_MEANT = re.compile("(?:(?<!最)近|超|逾|(?<![通经])过|破|(?<!以)上|(?<![签节预合])约|达到?)$")
_AT_LEAST = re.compile("以上|左右|之多|有余")
_TAKEN_UP = re.compile("(?:[这那下每头哪某该第]|(?<![目此之以当先提年日])前|(?<![先之])后|(?<![加以之])上)$")
_ASSEMBLY = re.compile("(?:人大|政协|届|中央|代表大会|委员会)$")  # 人大三次会议
_EDITIONS = re.compile("(?:连续|举办|召开|共)了?$")
_PHASES = ("工程", "项目", "建设", "投资", "改造", "基金", "扩建", "厂房")
_PLACE_NAME = re.compile("[\u4e00-\u9fff]{0,2}[村镇乡县区屯街路沟湾坝寨桥庄](?!委|民|级|道)")
_IN_PLACE_NAMES = frozenset("里台门家道条户层股眼口棵座间支")
_DIVISIONS = frozenset("县地省市区村镇乡州旗")
_GENERAL = frozenset("个项种类样条层道门")
_WEIGHED = frozenset({"CNY", "mu", "kg", "tonne"})  # of these 二 is said as well as 两
_PERIOD_BEFORE = re.compile("(?:[第每这那头上下近0-9年]|(?<![目此之以当先提年日])前|(?<![先之])后|未来|今后|过去)$")
_DAY_BEFORE = re.compile("(?:第|每|这|那|头|上|下|(?<![目此之以当先提年日])前|未来|今后|过去)$")
_PERIOD_AFTER = re.compile("[余多]?[来里]|间|以?内|之[间内]|以来|期间|前|后")
_PLAN_OF_YEARS = re.compile("[\u4e00-\u9fff]{0,4}(?:计划|规划)|行动|滚动|实施方案|目标|制|期|级|一贯|过渡")
_ROUND_THE_CLOCK = re.compile("值班|服务|在线|待命|热线|不间断|不打烊|值守|响应|自助")
_SPAN_OF_DAYS = ("为期", "历时", "共计", "长达")


def name_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where names and idioms with a numeral stand, in order."""
    return ((at, at + len(name)) for at, name in _NAMES.find(text, 0, len(text)))


def date_end(text: str, at: int) -> int | None:
    """Where a date or time that begins at `at` ends, None where none does (为期10日 is a span of days)."""
    match = (_DATE if text[at] < ":" else _CHINESE_DATE).match(text, at)
    if match is None or text[max(0, at - 3) : at].endswith(_SPAN_OF_DAYS):
        return None
    return match.end()


def is_code(text: str, number: Number) -> bool:
    """Whether the number is an ordinal or part of a code, a model, a ratio or a document's number, or was damaged."""
    before = text[max(0, number.at - 5) : number.at]
    if _CODE_BEFORE.search(before) is not None:
        return True
    return before[-1:] == "\ufffd" and before[-2:-1].isdecimal()


def quoted_briefly(text: str, number: Number, longest: int = 14) -> bool:
    """Whether the number stands in a short quotation, as slogans and names of programmes do (“四个意识”)."""
    opened = text.rfind("“", max(0, number.at - longest), number.at)
    if opened < 0 or text.find("”", opened, number.at) >= 0:
        return False
    return text.find("”", number.until, number.at + longest) >= 0


def states_a_figure(text: str, number: Number, counted: Counted) -> bool:
    """Whether a number with its unit is a claim, and no word of scope, anaphor, slogan, phase or name.

    Most of it concerns small numbers in Chinese characters, which are also how names and idioms are made.
    """
    before, after = text[max(0, number.at - 3) : number.at], text[counted.until : counted.until + 8]
    if number.bare and not _bare_scale_is_meant(number, counted, before, after):
        return False
    small = number.chinese and number.value <= 10 and not number.odd and not number.share
    if small and quoted_briefly(text, number):
        return False
    if counted.unit in TIME:
        return _is_duration(number, counted, before, after)
    if not number.chinese:
        return counted.unit != "item" or after[:1] not in ("+", "＋")
    if not number.bare and _TAKEN_UP.search(before):
        return False
    if counted.raw == "届":
        return _EDITIONS.search(before) is not None
    return not small or _is_counted_in_words(text, number, counted, after)


def _bare_scale_is_meant(number: Number, counted: Counted, before: str, after: str) -> bool:
    """近百户, 上千名, 百余次; not 百姓, 万羽养殖场, 百万村."""
    if counted.raw[:1] in _DIVISIONS:
        return False
    return number.odd or _BARE_IS_MEANT.search(before) is not None or _AT_LEAST.match(after) is not None


def _is_counted_in_words(text: str, number: Number, counted: Counted, after: str) -> bool:
    """Of a number up to ten in Chinese characters."""
    if number.value == 2:
        if text[number.at] == "二" and number.value_hi is None and counted.unit not in _WEIGHED:
            return False  # 两 counts, 二 numbers
        if counted.raw[:1] in _DIVISIONS:
            return False  # 两县, 两地: taken up from before
    if counted.raw == "次" and _ASSEMBLY.search(text[max(0, number.at - 4) : number.at]):
        return False
    if counted.raw == "期" and after.startswith(_PHASES):
        return False
    if counted.raw in _IN_PLACE_NAMES and _PLACE_NAME.match(text, counted.until):
        return False
    return bool(counted.noun) or counted.raw not in _GENERAL


def _is_duration(number: Number, counted: Counted, before: str, after: str) -> bool:
    """为期3天, 8年攻坚, 不到半年; not 两年来, 近三年, 三年行动计划, 每天."""
    if _PERIOD_AFTER.match(after):
        return False
    if counted.unit == "year" and counted.raw != "岁":
        if number.value == Decimal("0.5") and before[-1:] in ("上", "下", "前", "后", "大", "小"):
            return False
        if (
            number.value != Decimal("0.5")
            and _PERIOD_BEFORE.search(before)
            and not after.startswith(("历史", "的历史"))
        ):
            return False
        return (number.value <= 1000 or number.odd) and _PLAN_OF_YEARS.match(after) is None
    if counted.unit == "hour" and _ROUND_THE_CLOCK.match(after):
        return False
    return _DAY_BEFORE.search(before) is None
