"""How names of divisions are folded and compared. Pure; the characters come from the packaged tables.

Two writings of one place have the same *search key*: width, spaces, traditional and variant characters are folded, and
the words that say the kind of division are taken off (从化市, 从化区 and 从化 → 从化; 三村村委会 and 三村村 → 三村).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from xieshou.places import reference
from xieshou.places.levels import Level

CODE_LENGTH = 12
_LEVEL_DIGITS = {Level.PROVINCE: 2, Level.PREFECTURE: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}

# The 55 minorities as they stand in names of divisions, the longer first where one begins another.
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    "达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|"
    "赫哲|门巴|珞巴|基诺"
)
_PEOPLE = f"(?:(?:{_PEOPLES})族|维吾尔|哈萨克|柯尔克孜|塔吉克|蒙古|锡伯|达斡尔|鄂伦春|各族|民族)"
_NAMED_AFTER_PEOPLE = re.compile(rf"^({_PEOPLES})族?(?:自治[州县旗区]|民族乡|乡)$")
_LAST_OF_PEOPLES = ("州", "县", "旗", "区", "乡")
_AUTONOMOUS = re.compile(rf"{_PEOPLE}*自治[州县旗区]$")
_ETHNIC_TOWNSHIP = re.compile(rf"{_PEOPLE}+乡$")
_COMMITTEE = re.compile(
    r"(?:(?:居民|村民|牧民|渔民|家属|管理|居|村|牧|渔|家|民|管)?(?:委员会|委会)|居民会|居会)[会员一]?$|[居村]民?委员?$"
)
_LAST_OF_COMMITTEE = ("会", "员", "委", "一")
_VILLAGE_UNIT = re.compile(r"(?:村|社区|嘎查)$")
_UNIT = re.compile(
    r"(?:特别行政区|街道办事处|行政委员会|街道办|行委|地区|林区|特区|新区|街道|苏木|自治区|省|市|盟|州|县|区|旗|镇|乡|街)$"
)
_COMMUNITY = re.compile(r"(?:社区|居民?(?:委员会|委会|会|委)[会员]?)$|社区(?:.{0,3}委员?会?)$")
_STREET = re.compile(r"(?:街道办事处|街道办|街道|街)$")
_WIDE = re.compile(r"(?:自治区|省|自治州|地区|盟|州)$")
_LEVEL_OF_ENDING = (
    (re.compile(r"(?:委员会|委会|[居村]委|村|社区|嘎查|生活区|管理区)$"), (Level.VILLAGE,)),
    (re.compile(r"(?:街道办事处|街道办|街道|镇|乡|苏木|办事处)$"), (Level.TOWNSHIP,)),
    (re.compile(r"(?:特别行政区|自治区|省)$"), (Level.PROVINCE,)),
    (re.compile(r"(?:自治州|地区|盟|州)$"), (Level.PREFECTURE,)),
    (re.compile(r"(?:县|自治旗|旗|区)$"), (Level.COUNTY,)),
    (re.compile(r"市$"), (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)),
)
# 兵团农六师红旗农场, 十二师104团, 第八师一四四团: the regiment alone is the key.
_CORPS = re.compile(r"^(?:新疆)?(?:生产建设)?(?:兵团)?(?:农?第?[〇一二三四五六七八九十]+师)?(?=..)")
_COUNTED = re.compile(r"^([一二三四五六七八九]?)(百?)〇?([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)(?=[团连]$)")
_DIGITS = dict(zip("0123456789零○", "〇一二三四五六七八九〇〇", strict=True))
_BRACKETED = re.compile(r"[（(\[【][^（()）\[\]【】]*[）)\]】]")


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """The text in one writing: full width to half, traditional and variant characters to the standard ones, digits to
    Chinese ones; spaces, signs and what stands in brackets are left out (unless nothing else is there)."""
    if not (text.isalnum() and unicodedata.is_normalized("NFKC", text)):  # nine in ten names need none of this
        plain = unicodedata.normalize("NFKC", text)
        text = _without_signs(_BRACKETED.sub("", plain)) or _without_signs(plain)
    return text.casefold().translate(_one_writing())


@cache
def _one_writing() -> dict[int, str]:
    return reference.simplified() | {ord(digit): chinese for digit, chinese in _DIGITS.items()}


def _without_signs(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@lru_cache(maxsize=16_384)
def search_key(name: str) -> str:
    """The folded name without the words for its kind; at least two characters are left where there were two.

    The result is what `Place.search_key` and `PlaceLineage.search_key` hold.
    """
    text = folded(name)
    if text.endswith(("行政委员会", "行委")):  # a special zone (大柴旦), not a village committee
        return _UNIT.sub("", text) or text
    if "团" in text or "师" in text:
        text = _COUNTED.sub(_spelt_by_digits, _CORPS.sub("", text))
    people = _NAMED_AFTER_PEOPLE.match(text) if text.endswith(_LAST_OF_PEOPLES) else None
    if people and len(people[1]) > 1:
        return people[1]
    core = _COMMITTEE.sub("", text) if text.endswith(_LAST_OF_COMMITTEE) else text
    if core != text:
        if len(core) < 2:  # 东村委会 is 东村, not 东
            core = re.sub(r"(?:民?委员会|民?委会|民?委员?)[会员一]?$", "", text)
        return _without_village_units(core)
    if _VILLAGE_UNIT.search(text):
        return _without_village_units(text)
    for pattern in (_AUTONOMOUS, _ETHNIC_TOWNSHIP, _UNIT):
        core = pattern.sub("", text)
        if core != text and len(core) >= 2:
            return core
    return text


def _spelt_by_digits(counted: re.Match[str]) -> str:
    """三十一 as 三一, 一百零四 as 一〇四: regiments are written either way."""
    hundreds, hundred, before_ten, ten, units = counted.groups()
    if not ten and not hundred:
        return counted[0]
    if hundred:
        return f"{hundreds or '一'}{(before_ten or '一') if ten else '〇'}{(units if ten else before_ten) or '〇'}"
    return f"{hundreds or before_ten or '一'}{units or '〇'}"


def _without_village_units(text: str) -> str:
    core = _VILLAGE_UNIT.sub("", text)
    while core != text and len(core) >= 2:
        text, core = core, _VILLAGE_UNIT.sub("", core)
    return text


def text_keys(text: str) -> tuple[str, ...]:
    """The search keys under which a written name may stand, the likeliest first."""
    whole = folded(text)
    once = search_key(text)
    keys = [once, whole, search_key(once)]
    return tuple(dict.fromkeys(key for key in keys if key))


def levels_of(text: str) -> tuple[Level, ...]:
    """The levels that the ending of a written name points to; () when it says nothing."""
    name = folded(text)
    if len(name) < 3:
        return ()
    return next((levels for ending, levels in _LEVEL_OF_ENDING if ending.search(name)), ())


def same_kind(one: str, other: str) -> bool:
    """Whether two names (folded, of one key and one level) say the same kind of division in other words.

    村 and 村民委员会 do, 村 and 社区 do not; 街道办事处 and 街道 do, 镇 and 街道 do not; 自治县 and 县 do, 市 and 区 do
    not.
    """
    return _kind(one) == _kind(other)


def _kind(name: str) -> str:
    if _COMMUNITY.search(name):
        return "社区"
    if _COMMITTEE.search(name) or _VILLAGE_UNIT.search(name):
        return "村"
    if _STREET.search(name):
        return "街道"
    if _WIDE.search(name):
        return "地"
    return name[-1:]


def same_but_for_one(first: str, second: str) -> tuple[str, str] | None:
    """The one pair of characters in which two names of equal length differ; None when not exactly one."""
    if len(first) != len(second):
        return None
    differing = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    return differing[0] if len(differing) == 1 else None


def padded(code: str) -> str:
    """A code of any level as 12 digits."""
    return code.ljust(CODE_LENGTH, "0")


def level_of_code(code: str) -> Level:
    """The level that a 12-digit code is written at, by its trailing zeros."""
    for level, digits in _LEVEL_DIGITS.items():
        if code[digits:].strip("0") == "":
            return level
    return Level.VILLAGE


def own_range(code: str, level: int) -> tuple[str, str]:
    """The half-open range of codes that begin as the code of a place of this level does."""
    digits = _LEVEL_DIGITS[Level(level)]
    stem = code[:digits]
    return padded(stem), str(int(stem) + 1).zfill(digits).ljust(CODE_LENGTH, "0")


def merged(ranges: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Ranges sorted, those that touch or overlap joined."""
    joined: list[tuple[str, str]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)
