"""The written forms of the divisions, down to the township, for finding them in a text.

Read once from the packaged reference data, without a database: full names, the short forms that narratives use
(凤山 for 凤山县, 丰宁县 for 丰宁满族自治县, 恩施州), and names that went out of use since 2000. Rules:
docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from xieshou.places import reference
from xieshou.reports.audit.scopes import vocabulary

WHOLE_COUNTRY, PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, SITE = range(6)
NATION = "全国"

_LEVEL_OF_DIGITS = {2: PROVINCE, 4: PREFECTURE, 6: COUNTY, 9: TOWNSHIP}
_NO_PLACES = frozenset({"市辖区", "县", "市区", "郊区", "城区", "矿区", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_TOWNSHIP_ENDS = ("镇", "乡", "街道", "苏木", "农场", "林场", "牧场")
_LAST_EDITION_OF_1999 = 199912
_UNIT = re.compile(r"(?:族?自治[州县旗]|地区|林区|[市县区盟旗])$")
_UNIT_OF_PROVINCE = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|[省市]$")


@dataclass(frozen=True, slots=True)
class Name:
    """A written form. codes: of the divisions it may mean; short: without the word for its kind."""

    level: int
    short: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """All written forms. lengths: of those that begin with these two characters, the longest first."""

    names: dict[str, Name]
    lengths: dict[str, tuple[int, ...]]


@cache
def index() -> Index:
    """About 39,000 written forms; 0.3 s and 14 MB at the first use in a process."""
    forms = _Forms()
    for code, name in reference.codes_and_names("divisions_2023"):
        forms.learn_division(code, name)
    for row in reference.rows("outside_base"):
        forms.learn_division(row["code"][: {1: 2, 2: 4}.get(int(row["level"]), 6)], row["name"])
    for row in reference.rows("gb2260_1980_2019"):
        if int(row["last_revision"]) > _LAST_EDITION_OF_1999 and row["name"] not in forms.found:
            forms.learn_division(_own_digits(row["code"]), row["name"])
    for name in ("新疆生产建设兵团", "新疆兵团", "生产建设兵团"):
        forms.learn(name, PROVINCE, "65")
    for alias, name in vocabulary.values("place_words", "alias").items():
        level, _short, codes = forms.found[name]
        forms.learn(alias, level, codes[0])
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in (*forms.found, *vocabulary.words("place_words", "short", "nation")):
        lengths[name[:2]].add(len(name))
    return Index(
        {name: Name(level, short, tuple(dict.fromkeys(codes))) for name, (level, short, codes) in forms.found.items()},
        {start: _shared(tuple(sorted(each, reverse=True))) for start, each in lengths.items()},
    )


@cache
def _shared(lengths: tuple[int, ...]) -> tuple[int, ...]:
    """The same object for the same lengths: there are 20,000 beginnings and some dozens of such tuples."""
    return lengths


def usual_name(word: str, name: Name) -> str:
    """A prefecture goes by its name without 市 or 地区 (和田, 十堰), unless that is a province's too."""
    if name.level != PREFECTURE or name.short:
        return word
    autonomous = _autonomous().match(word)
    core = autonomous[1] if autonomous else _UNIT.sub("", word)
    known = index().names.get(core)
    return core if known and known.level == PREFECTURE else word


@dataclass(slots=True)
class _Forms:
    """Written forms as they are learnt; of two levels with one name the larger is meant."""

    found: dict[str, tuple[int, bool, list[str]]] = field(default_factory=dict)

    def learn(self, name: str, level: int, code: str, *, short: bool = False) -> None:
        if len(name) < 2:
            return
        known = self.found.get(name)
        if known is None or (level, short) < known[:2]:
            self.found[name] = (level, short, [code, *(known[2] if known and known[0] == level else ())])
        elif known[0] == level:
            known[2].append(code)

    def learn_division(self, code: str, name: str) -> None:
        """The forms under which narratives write a division."""
        level = _LEVEL_OF_DIGITS[len(code)]
        if name in _NO_PLACES:
            return
        if level == TOWNSHIP:
            self._learn_township(code, name)
            return
        self.learn(name, level, code)
        if level == PROVINCE:
            self.learn(_UNIT_OF_PROVINCE.sub("", name), level, code)
            return
        autonomous = _autonomous().match(name)
        if autonomous:
            self.learn(f"{autonomous[1]}{autonomous[2]}", level, code)
            self.learn(autonomous[1], level, code, short=True)
            return
        core = _UNIT.sub("", name)
        if core != name and core[-1:] not in "左右前后中":
            self.learn(core, level, code, short=True)
        if name.endswith(("自治旗", "自治县", "自治州")):
            self.learn(core + name[-1], level, code)

    def _learn_township(self, code: str, name: str) -> None:
        if len(name) < 3 or not name.endswith(_TOWNSHIP_ENDS):
            return
        self.learn(name.removeprefix("兵团"), TOWNSHIP, code)
        ethnic = _ethnic_township().match(name)
        if ethnic:
            self.learn(f"{ethnic[1]}乡", TOWNSHIP, code)


def _own_digits(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


@cache
def _peoples() -> str:
    return vocabulary.any_of(vocabulary.words("place_words", "people"))


@cache
def _autonomous() -> re.Pattern[str]:
    return re.compile(rf"^(.{{2,}}?)(?:{_peoples()}族?)+自治([州县旗])$")


@cache
def _ethnic_township() -> re.Pattern[str]:
    return re.compile(rf"^(.{{2,}}?)(?:{_peoples()}族?)+乡$")
