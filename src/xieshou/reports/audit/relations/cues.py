"""The words that tell how a figure stands to the others, read from the data files of `lexicon/`.

Words that belong to the grammar of a rule stand here as patterns; open lists (senses of money, groups of persons that
overlap, ranges) are data with a reason per line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from xieshou.reports.audit.word_lists import alternation, rows

OF_WHICH = re.compile(r"其中|包括|包含|(?<![包])含(?=有|[^有量义金泪])")
RESPECTIVELY = re.compile(r"分别")
TOTAL = re.compile(r"共计|总计|合计|累计|总共|一共|总额|总数|总|共(?![同享建和产青])|全年|全部")
# A total that says nothing but that it is one: what it adds up stands before it.
BARE_TOTAL = re.compile(
    r"^[\s、，,;；和及,（(]*(?:共计|总计|合计|总共|一共|共|累计)(?:达到|达|约|近|超过|超|为|是|有|投入|资金|捐款|[:：\s])*$"
)
CLOSING_TOTAL = re.compile(r"共计|总计|合计|总共|一共|共(?=[达约近超为是有投资\d\s]|$)")
EACH = re.compile(
    r"各(?:自|县|村|校|户|地)?(?:投入|安排|捐赠|捐|资助|援助|支持|补助|拨付|派出|选派|派|给予|配备|建设|建|设|有|\s*$)"
    r"|每(?:个)?(?:户|人|名|位|生|家|所|校|村|县|亩|辆|台|班|间|套|期|年|月|季度|周|天|次|场|只|头|公斤|斤|吨)"
    r"|户均|人均|平均|亩均|村均|年均|月均"
)
PER_TIME = re.compile(r"每(?:年|月|季度|季|周|天|学期|半年)|年均|月均")
BESIDES = re.compile(r"此外|另外|除此之外|同时还|另有|另")
FIRST_ITEM = re.compile(r"一是|第一|首先|[(（]1[)）]|①")
NEXT_ITEM = re.compile(r"[二三四五六七八九十]是|第[二三四五六]|其次")
PLAN = re.compile(r"计划|拟|预计|预算|任务|目标|责任书|指标|规划|将(?:投入|安排|建设)")
DONE = re.compile(r"实际|完成|已(?!经?计划)|到位|实现|投入使用")
CHANGE = re.compile(r"同比|环比|增长|增幅|增加|增至|提高|上升|下降|减少|降低|降幅|减幅|翻")
# 减少到12个 is where a change ends, and 比上年的98名 where it began: levels, not changes.
LEVEL = re.compile(r"(?:增|减|降|升|提高|扩大|发展|下滑)[^，,；;。]{0,4}[到至为][^，,；;。]{0,12}$")
BASE = re.compile(r"(?:比|较|对比)[^，,；;。]{0,14}$|(?:上年|去年)(?:同期)?的?[^，,；;。]{0,6}$")
FALL = re.compile(r"下降|减少|降低|降幅|减幅|下滑")
EXTREME = re.compile(r"最[多高大少低小](?!限)")
REMAINDER = re.compile(r"其余|其他|其它|剩余")
SHARE = re.compile(r"占|比例|比重|比率|占比")
OWN_SUBJECT_SHARE = re.compile(r"^[\s、，,；;(（]*(?:约|均|分别|仅|只|又)?占")


@dataclass(frozen=True, slots=True)
class Range:
    """What a rate may be. Outside `low` to `high` it is remarkable, outside `below` to `above` it cannot be."""

    key: str
    upper: str
    lower: str
    words: re.Pattern[str] | None
    below: Fraction
    low: Fraction
    high: Fraction
    above: Fraction


@cache
def sense_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all words with a sense, and the sense of each."""
    senses = {row["word"]: row["sense"] for row in rows("senses")}
    return re.compile(alternation(senses)), senses


@cache
def dimension_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of the words that name a group of persons, and along which dimension each cuts."""
    dimensions = {row["word"]: row["dimension"] for row in rows("dimensions")}
    return re.compile(alternation(dimensions)), dimensions


@cache
def plain_words() -> re.Pattern[str]:
    """Words that say nothing of what is counted."""
    return re.compile(alternation(row["word"] for row in rows("plain_words")))


@cache
def ranges() -> tuple[Range, ...]:
    return tuple(
        Range(
            row["key"],
            row["upper"],
            row["lower"],
            re.compile(row["words"]) if row["words"] else None,
            *(Fraction(row[name]) for name in ("below", "low", "high", "above")),
        )
        for row in rows("ranges")
    )
