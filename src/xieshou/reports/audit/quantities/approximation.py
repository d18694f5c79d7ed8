"""How exact a figure claims to be, from the words beside it (约, 余, 近, 不足, 以上, 左右)."""

from __future__ import annotations

import re

from xieshou.reports.audit.claims import Approximation
from xieshou.reports.audit.quantities.numbers import Number
from xieshou.reports.audit.quantities.vocabulary import approximations
from xieshou.reports.audit.word_lists import alternation

_BEFORE = approximations("before")
_AFTER = approximations("after")
_LONGEST_BEFORE = 9
# 最近 and 附近 are no 近, 签约 and 节约 no 约, 赶超 no 超; a verb or the currency may stand behind the word.
_WORD_BEFORE = re.compile(
    rf"(?<![最附邻靠临亲远就签节预契合违条公解履特制赶])({alternation(_BEFORE)})(?:了|达到|达|到|为|有|合|共|人民币|其中)?[¥￥]?$"
)
_WORD_AFTER = re.compile(rf"(?:{alternation(_AFTER)})(?!简称|相|联|级|两)")  # 30间上下相连
_LONGEST_SHARE = 30
_SHARE_ABOUT = re.compile("约占[^，。；0-9]*$")  # 约占总数的42%
_SCALE_ALONE = re.compile("(?:上|成|过|破)$")


def approximation_of(text: str, number: Number, until: int, *, counted_share: bool = False) -> Approximation:
    """Of a number whose unit ends at `until`.

    What is added to the number itself (余, 多) says most, then a word in front of it, then one behind the unit.
    counted_share: the number is a percentage, and 约 may stand in front of its whole.
    """
    before = text[max(0, number.at - _LONGEST_BEFORE) : number.at]
    word = _WORD_BEFORE.search(before)
    if number.odd:
        return Approximation.ABOUT if text[number.until - 1] == "来" else Approximation.MORE_THAN
    if word is not None:
        return _BEFORE[word.group(1)]
    if counted_share and _SHARE_ABOUT.search(text[max(0, number.at - _LONGEST_SHARE) : number.at]):
        return Approximation.ABOUT
    if number.bare and _SCALE_ALONE.search(before):
        return Approximation.MORE_THAN
    if text[until - 1] == "余" or "多" in text[number.until : until]:
        return Approximation.MORE_THAN
    if (word := _WORD_AFTER.match(text, until)) is not None:
        return _AFTER[word.group()]
    return Approximation.EXACT
