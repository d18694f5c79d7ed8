"""The places of a text as marks: which of its places are meant as places, which act, and what 两县 stands for.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from xieshou.places import reference
from xieshou.reports.audit.scopes import vocabulary
from xieshou.reports.audit.scopes.localities import Group, Mention
from xieshou.reports.audit.scopes.placenames import COUNTY, PREFECTURE, PROVINCE, SITE, WHOLE_COUNTRY
from xieshou.reports.audit.texts.structure import Structure

VILLAGES = ("村", "社区", "嘎查")

_DIGIT = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COUNTED = re.compile(
    r"(?P<count>[两二三四五六七八九十]|\d{1,2})个?"
    r"(?:国家级|省级|深度|定点|对口|贫困|受援|帮扶|扶贫|支援|脱贫|结对|重点)*"
    r"(?P<kind>省区市|省市|省|区县|县区|市县|县市|旗县|县|旗|州|市|受援地)(?![级直内外委政长])(?:[（(][^（()）]{1,5}[)）])?"
)
_RECEIVERS = re.compile(
    r"(?<![\d个两二三四五六七八九十])(?:受援地区?|受援县|(?:对口|定点)?(?:帮扶|支援|协作|扶贫|结对)(?:帮扶)?(?:地区|县)|定点县|各(?:受援|贫困|帮扶|定点)?(?:地区|县))"
)
_LEVELS = {"省": (PROVINCE,), "州": (PREFECTURE,), "市": (PREFECTURE, COUNTY)}
_OBJECT_BEFORE = re.compile(r"(?:[向对为给在到赴于助与同和、的]|援助|资助|帮助|支持|帮扶|援建|捐给|携手|联合)[“\"]?$")
_IS_THERE = re.compile(r"[到在赴往]$")
# Else a province or prefecture is an attribute (吉林省第一书记).
_STANDS_BEHIND = "在向为对到赴给于与由从及和助入焦购自售盖扶援往接持动，。；：、,;:（(“\n "
_BEFORE_ATTRIBUTE = frozenset("、“《")
_TITLES = 4
_SHARE_ACROSS = 0.15  # of the places of a text, from which on it is about several provinces
_OWN = re.compile(r"(?<![给自])我(?:省|县)")  # how a text calls the place it speaks for


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """A place, or a word for places named elsewhere, as one of the text's marks.

    parts: the names that 分别 gives out one by one. stays: it holds for the sentences behind. outer: the division that
    a single place lies in, for what is named after it alone. is_anaphor: it stands for places named elsewhere (两县).
    is_short: it stands in a word (援藏) and holds in its clause only. is_attribute: it is in the name of a thing
    (兰州拉面、临夏砖雕) and gives way to a place that is not.
    """

    at: int
    until: int
    name: str
    parts: tuple[str, ...]
    level: int
    codes: frozenset[str]
    stays: bool = True
    outer: str = ""
    is_anaphor: bool = False
    is_short: bool = False
    is_attribute: bool = False


@dataclass(frozen=True, slots=True)
class Helper:
    """A place of the title that acts as a subject (西城区先后召开), at each point where it does."""

    at: int
    until: int
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """What a text says of places. default: of the whole text.

    sections: for each heading, what dominates behind it."""

    marks: tuple[PlaceMark, ...]
    helpers: tuple[Helper, ...]
    default: str
    is_about: bool = False
    title_helps: bool = False


def places_in(text: str, structure: Structure, groups: Sequence[Group]) -> Places:
    """Sorts the groups into places, places that act and organisations, and resolves 两县 and 受援地."""
    title = _title(structure, groups)
    is_about = title is not None and not _assisted().isdisjoint(title.mentions[0].codes)
    sorting = _Sorting(
        text=text,
        about=frozenset(code[:2] for code in title.mentions[0].codes) if title and is_about else frozenset(),
        helping=frozenset() if is_about else _helping_codes(title, groups),
        crosses=is_about or _crosses_provinces(groups),
    )
    for group in groups:
        sorting.take(group)
    marks = sorted([*sorting.marks, *_resolved(text, sorting.named)], key=_start_of_mark)
    return Places(
        marks=tuple(marks),
        helpers=tuple(sorting.helpers),
        default=title.mentions[0].head if title else "",
        is_about=is_about,
        title_helps=bool(sorting.helping),
    )


def _start_of_mark(mark: PlaceMark) -> int:
    return mark.at


@dataclass(slots=True)
class _Sorting:
    """Groups as they are sorted.

    about: the province of the county or prefecture that the text is about, if it is about one. helping: codes of the
    title's place if it helps others. crosses: the text tells of several places outside the provinces that help.
    """

    text: str
    about: frozenset[str]
    helping: frozenset[str]
    crosses: bool
    marks: list[PlaceMark] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)
    named: list[Group] = field(default_factory=list)

    def take(self, group: Group) -> None:
        is_partner = self.crosses and (_is_of_helping_province(group) or self._is_elsewhere(group))
        if group.mentions[0].organisation:
            if self._is_object(group) and group.mentions[0].head and not (is_partner and self.about):
                self._keep(group, stays=not is_partner)
        elif self._acts(group, is_partner=is_partner):
            self._help(group.mentions)
        elif self.crosses and _is_pair(group) and _begins_clause(self.text, group.at):
            self._help([mention for mention in group.mentions if _helps(mention)])
            self._keep(Group(group.at, group.until, tuple(each for each in group.mentions if not _helps(each))))
        elif not (is_partner and self.about) or _IS_THERE.search(self.text, max(0, group.at - 2), group.at):
            self._keep(group, stays=not is_partner)

    def _acts(self, group: Group, *, is_partner: bool) -> bool:
        if _is_title_place(group, self.helping) and not self._is_object(group):
            return True
        return is_partner and _begins_clause(self.text, group.at)

    def _is_elsewhere(self, group: Group) -> bool:
        """Whether the text is about one place and these are in other provinces."""
        return bool(self.about) and all(
            mention.codes and self.about.isdisjoint(code[:2] for code in mention.codes) for mention in group.mentions
        )

    def _is_object(self, group: Group) -> bool:
        return bool(_OBJECT_BEFORE.search(self.text, max(0, group.at - 4), group.at))

    def _help(self, mentions: Sequence[Mention]) -> None:
        name = "、".join(mention.name for mention in mentions)
        self.helpers.append(Helper(mentions[0].at, mentions[-1].until, name))

    def _keep(self, group: Group, *, stays: bool = True) -> None:
        mark = _mark_of(self.text, group)
        self.marks.append(mark if stays else replace(mark, stays=False))
        self.named.append(group)


@cache
def _assisted() -> frozenset[str]:
    """Codes of the 832 counties and their prefectures: who is named in a title is told about, and does not help."""
    counties = {row["code_2023"] for row in reference.rows("poor_counties_832")}
    return frozenset(counties | {code[:4] for code in counties})


@cache
def _helping_provinces() -> tuple[str, ...]:
    return tuple(vocabulary.values("place_words", "helping_province").values())


def _is_of_helping_province(group: Group) -> bool:
    return all(_helps(mention) for mention in group.mentions)


def _is_pair(group: Group) -> bool:
    """浙江与四川: one that helps and one that is helped."""
    return len(group.mentions) == 2 and _helps(group.mentions[0]) != _helps(group.mentions[1])


def _helps(mention: Mention) -> bool:
    return bool(mention.codes) and all(code.startswith(_helping_provinces()) for code in mention.codes)


def _crosses_provinces(groups: Sequence[Group]) -> bool:
    """Whether the text tells of places outside the provinces that help, and not only in passing."""
    mentions = [mention for group in groups for mention in group.mentions if mention.codes]
    others = sum(not _helps(mention) for mention in mentions)
    return others >= max(2, _SHARE_ACROSS * len(mentions))


def _is_title_place(group: Group, helping: frozenset[str]) -> bool:
    first = group.mentions[0]
    return len(group.mentions) == 1 and not helping.isdisjoint(first.codes) and first.level < SITE


def _begins_clause(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in "，。；：、,;:（(“年\n "


def _mark_of(text: str, group: Group) -> PlaceMark:
    names = tuple(dict.fromkeys(_place_of(mention) for mention in group.mentions))
    if len(names) < len(group.mentions) and all(mention.level == SITE for mention in group.mentions):
        names = tuple(dict.fromkeys(mention.name for mention in group.mentions))
    codes = frozenset(code for mention in group.mentions for code in mention.codes)
    outer = group.mentions[0].head if len(names) == 1 else ""
    first = group.mentions[0]
    stands = first.level >= COUNTY or len(names) > 1 or text[group.at - 1 : group.at] in _STANDS_BEHIND
    is_short = any(mention.is_short for mention in group.mentions)
    stays = stands and not is_short and first.level > WHOLE_COUNTRY
    return PlaceMark(
        group.at,
        group.until,
        "、".join(names),
        names,
        first.level,
        codes,
        stays,
        outer,
        is_short=is_short,
        is_attribute=len(names) == 1 and (text[group.at - 1 : group.at] in _BEFORE_ATTRIBUTE or not stands),
    )


def _place_of(mention: Mention) -> str:
    """The division that a school or an organisation stands in, where it is named after one; a village is a place."""
    is_village = mention.level == SITE and mention.name.endswith(VILLAGES)
    return mention.name if is_village or mention.level < SITE or not mention.head else mention.head


def _title(structure: Structure, groups: Sequence[Group]) -> Group | None:
    """The first place named in the titles."""
    end = 0
    for paragraph, is_heading in list(zip(structure.paragraphs, structure.headings, strict=True))[:_TITLES]:
        if not is_heading:
            break
        end = paragraph.until
    return next((group for group in groups if group.at < end and group.mentions[0].head), None)


def _helping_codes(title: Group | None, groups: Sequence[Group]) -> frozenset[str]:
    """Codes of the title's place where the text tells of other counties, so that it is the one who helps.

    A province that is not known to help does so only for counties of other provinces.
    """
    if title is None or title.mentions[0].organisation:
        return frozenset()
    own = frozenset(title.mentions[0].codes)
    inside = frozenset() if _helps(title.mentions[0]) else frozenset(code[:2] for code in own)
    others = {
        mention.codes
        for group in groups
        for mention in group.mentions
        if mention.level in (PREFECTURE, COUNTY)
        and own.isdisjoint(mention.codes)
        and inside.isdisjoint(code[:2] for code in mention.codes)
    }
    return own if len(others) > 1 else frozenset()


def _resolved(text: str, groups: Sequence[Group]) -> list[PlaceMark]:
    """Marks for 两县, 3个定点县 and 受援地, as far as the text itself names the places."""
    lists = [group for group in groups if len(group.mentions) > 1]
    by_size: dict[tuple[int, int], list[Group]] = {}
    for group in lists:
        levels = {mention.level for mention in group.mentions}
        for level in levels if len(levels) == 1 else ():
            by_size.setdefault((len({m.name for m in group.mentions}), level), []).append(group)
    singles = _singles(groups)
    found: list[PlaceMark] = []
    for match in _COUNTED.finditer(text):
        count = _DIGIT.get(match["count"]) or int(match["count"])
        names = _named(match.start(), count, match["kind"], by_size, singles)
        if names:
            found.append(_anaphor(match, names, _LEVELS.get(match["kind"][:1], (COUNTY,))[0]))
    since, receivers = _receivers(lists, found)
    if receivers:
        ends = [mark.until for mark in found]
        found += [
            _anaphor(match, receivers)
            for match in _RECEIVERS.finditer(text)
            if match.start() >= since and not _is_inside(match.start(), found, ends)
        ]
    return [*found, *_own_places(text, groups)]


def _own_places(text: str, groups: Sequence[Group]) -> list[PlaceMark]:
    """Marks for 我省 and 我县: the province or county outside the provinces that help which the text names most."""
    named: dict[int, Counter[str]] = {PROVINCE: Counter(), COUNTY: Counter()}
    found = list(_OWN.finditer(text))
    for group in groups if found else ():
        for mention in group.mentions:
            if not _helps(mention) and not mention.is_short:
                named.get(mention.level, Counter()).update([mention.head])
    marks = []
    for match in found:
        level = PROVINCE if match.group().endswith("省") else COUNTY
        if named[level]:
            marks.append(_anaphor(match, (named[level].most_common(1)[0][0],), level))
    return marks


def _is_inside(at: int, marks: Sequence[PlaceMark], ends: Sequence[int]) -> bool:
    index = bisect_right(ends, at)
    return index < len(marks) and marks[index].at <= at


def _anaphor(match: re.Match[str], names: tuple[str, ...], level: int = COUNTY) -> PlaceMark:
    return PlaceMark(match.start(), match.end(), "、".join(names), names, level, frozenset(), is_anaphor=True)


def _singles(groups: Iterable[Group]) -> dict[int, tuple[str, ...]]:
    """The distinct places of each level by their codes, named as at their first mention."""
    seen: dict[int, dict[tuple[str, ...], str]] = {}
    for group in groups:
        for mention in group.mentions:
            for division in () if mention.is_short else mention.divisions:
                seen.setdefault(division.level, {}).setdefault(division.codes, division.name)
    return {level: tuple(dict.fromkeys(names.values())) for level, names in seen.items()}


def _start(group: Group) -> int:
    return group.at


def _named(
    at: int,
    count: int,
    kind: str,
    by_size: dict[tuple[int, int], list[Group]],
    singles: dict[int, tuple[str, ...]],
) -> tuple[str, ...]:
    """The places that a count means: the nearest list of so many, else all of that level, if they are so many."""
    levels = _LEVELS.get(kind[:1], (COUNTY,))
    for level in levels:
        lists = by_size.get((count, level))
        if lists:
            index = bisect_right(lists, at, key=_start)
            near = lists[index - 1] if index else lists[0]
            return tuple(dict.fromkeys(mention.name for mention in near.mentions))
        if len(singles.get(level, ())) == count:
            return singles[level]
    return ()


def _receivers(lists: Sequence[Group], counted: Sequence[PlaceMark]) -> tuple[int, tuple[str, ...]]:
    """The counties that the text is about, and from where on: those it counts, or its first list."""
    for mark in counted:
        if mark.level == COUNTY:
            return mark.at, mark.parts
    for group in lists:
        if all(mention.level == COUNTY for mention in group.mentions):
            return group.at, tuple(dict.fromkeys(mention.name for mention in group.mentions))
    return 0, ()
