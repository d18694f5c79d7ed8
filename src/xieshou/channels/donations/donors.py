"""Who a donor is, from the text of a notice: an organisation, or somebody whose name is not kept.

Notices name organisations, persons, persons of an organisation, couriers and "a kind person" in one column. Only what
clearly ends as the name of an organisation becomes a party; every other name is masked. See docs/rules/donations.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xieshou.parties.rules import clean_name

_ORGANISATION_WORDS = (
    "公司 集团 企业 厂 店 馆 院 校 园 行 局 部 厅 办 处 科 所 站 队 社 会 委 党委 团委 支部 总部 中心 基金 工会 妇联 "
    "政府 法院 检察院 村 镇 乡 街道 社区 县 区 市 省 专户 账户 寺 观 教堂 工作室 论坛 俱乐部 超市 药房 司令部 大队 "
    "公社 专项 公益 教室"
).split()
_ENDS_AS_ORGANISATION = re.compile("(?:" + "|".join(sorted(_ORGANISATION_WORDS, key=len, reverse=True)) + ")$")
_LAST_ORGANISATION_WORD = re.compile(".*(?:公司|集团|会|局|院|店|所|处|中心|银行|学校|厂|室|部|站|社|馆)")
_TRAILING_BRACKET = re.compile(r"[(（{【\[]([^()（）{}【】\[\]]*)[)）}】\]]+\s*$")
_UNCLOSED_BRACKET = re.compile(r"[(（{【\[]([^()（）{}【】\[\]]*)$")
_TELLS_NOBODY = re.compile(
    r"个人|爱心(?:人士|企业|群众|市民)?|爱心企业(?:个人)?|匿名|无名氏|佚名|不详|好心人|市民|群众|一家企业|现金|邮寄|.*快递|.*速运|.*物流"
)
_TWO_CHARACTER_SURNAMES = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫 西门 轩辕 长孙 宇文 司空 独孤".split()
)
_LONGEST_PERSON = 3
_MOST_STARS = 4


@dataclass(frozen=True, slots=True)
class Donor:
    """organisation: the name under which it becomes a party, "" for anybody else. shown: what the record keeps."""

    organisation: str
    shown: str


def donor_named(text: str | None) -> Donor:
    """The donor that a cell names.

    "准格尔旗红十字会(…有限公司)" is 准格尔旗红十字会; "爱心人士" stays as written and is no party; "卢某某" and
    "景晟堂医疗器械专营店卢某某" are persons, shown as "卢**" and "景晟堂医疗器械专营店卢**".
    """
    written = clean_name(text or "")
    base, bracket = _apart(written)
    if not base or _TELLS_NOBODY.fullmatch(base):
        return Donor("", base)
    if _is_organisation(base) and "个人" not in bracket:
        return Donor(base, f"{base}（{bracket}）" if _is_organisation(bracket) else base)
    return Donor("", _masked(base))


def _apart(written: str) -> tuple[str, str]:
    """The name without the brackets at its end, and what the last of them holds."""
    bracket = ""
    while found := _TRAILING_BRACKET.search(written) or _UNCLOSED_BRACKET.search(written):
        if not found.start():
            break
        written, bracket = written[: found.start()].strip(), bracket or found[1].strip()
    return written, bracket


def _is_organisation(name: str) -> bool:
    if len(name) <= _LONGEST_PERSON or re.search(r"\d", name):
        return False
    if len(name) == _LONGEST_PERSON + 1 and name.startswith(tuple(_TWO_CHARACTER_SURNAMES)):
        return False
    return bool(_ENDS_AS_ORGANISATION.search(name))


def _masked(name: str) -> str:
    """The organisation in front stays; of the rest the first character alone."""
    found = _LAST_ORGANISATION_WORD.match(name)
    kept = found.end() if found and _LONGEST_PERSON < found.end() < len(name) else 0
    hidden = len(name) - kept - 1
    return name[: kept + 1] + "*" * min(max(hidden, 0), _MOST_STARS)
