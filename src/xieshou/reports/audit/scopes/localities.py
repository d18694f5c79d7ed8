"""Places in a text: names of the divisions, villages and institutions after them, and lists of them.

A short form that is also a common word, or that is short for a county, counts only with evidence in the same text.
Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import add

from xieshou.reports.audit.scopes import vocabulary
from xieshou.reports.audit.scopes.placenames import (
    COUNTY,
    NATION,
    PREFECTURE,
    PROVINCE,
    SITE,
    TOWNSHIP,
    WHOLE_COUNTRY,
    Name,
    index,
    usual_name,
)

_HAN = "\u4e00-\u9fff"
_SHORTEST_CERTAIN = 3  # characters of a county's name; 开县 also stands in 召开县委
_AFTER_ANY_COUNTY = frozenset("级委政城乡里直内长域外区处局")
_BEFORE_SITE = "向对为给在到赴从援于"

_CORPS_DIVISION = re.compile(r"第?[一二三四五六七八九十]{1,3}师")  # 师市合一, see places/data/aliases.csv
_FUNCTION = "的在为向对和与及等了共年各是由从到给被把将让于赴至并还也都已其这该该名人户个项所家"  # never inside a name


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture, county or township in a chain; codes: all that the name may mean there."""

    name: str
    level: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the text. name: of the smallest division in a chain (吉林省镇赉县 is 镇赉县), with the village or
    institution behind it, without quotation marks.

    level: of its last part. divisions: the chain, name, level and codes of each. organisation: it is the name of an
    organisation (北京市总工会). is_short: it stands in a word (援藏, 京企).
    """

    at: int
    until: int
    name: str
    level: int
    divisions: tuple[Division, ...] = ()
    organisation: bool = False
    is_short: bool = False

    @property
    def head(self) -> str:
        """The smallest division, "" for a site without one."""
        return self.divisions[-1].name if self.divisions else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """What the smallest division may be in the gazetteer."""
        return self.divisions[-1].codes if self.divisions else ()


@dataclass(frozen=True, slots=True)
class Group:
    """Mentions that stand in one list (镇赉县、和龙市、凤山县), or one alone."""

    at: int
    until: int
    mentions: tuple[Mention, ...]

    @property
    def name(self) -> str:
        return "、".join(dict.fromkeys(mention.name for mention in self.mentions))


def _chained(text: str, mentions: list[Mention]) -> list[Mention]:
    """A province followed at once by its prefecture or county is one place."""
    chain: list[Mention] = []
    for mention in mentions:
        last = chain[-1] if chain else None
        if last and last.until == mention.at and last.level < mention.level and not last.is_short:
            (division,) = mention.divisions
            inner = replace(division, codes=_inside(division.codes, last.codes))
            chain[-1] = replace(mention, at=last.at, divisions=(*last.divisions, inner))
        else:
            chain.append(mention)
    return chain


def _inside(codes: Sequence[str], parents: Sequence[str]) -> tuple[str, ...]:
    """Of several places of one name, those inside the parents; all, where none is (another edition's codes)."""
    fitting = tuple(code for code in codes if any(code.startswith(parent) for parent in parents))
    return fitting or tuple(codes)


@dataclass(frozen=True, slots=True)
class _Words:
    doubtful: frozenset[str]
    shorts: dict[str, str]
    name_after: re.Pattern[str]
    institution: re.Pattern[str]
    organisation: re.Pattern[str]
    bare_institution: re.Pattern[str]
    kind_of_site: re.Pattern[str]
    dateline: re.Pattern[str]
    village: re.Pattern[str]
    bare_village: re.Pattern[str]
    no_village: tuple[str, ...]
    no_name: re.Pattern[str]


@cache
def _words() -> _Words:
    institutions = vocabulary.any_of(vocabulary.words("place_words", "institution"))
    organisations = vocabulary.any_of(vocabulary.words("place_words", "organisation"))
    outside = vocabulary.any_of(vocabulary.words("place_words", "outside_name"))
    plain = rf"(?:(?!{outside})[{_HAN}“”‘’\"·](?<![{_FUNCTION}]))"
    return _Words(
        doubtful=vocabulary.words("place_words", "doubtful"),
        shorts=vocabulary.values("place_words", "short", "nation"),
        name_after=re.compile(vocabulary.any_of(vocabulary.words("place_words", "name_after"))),
        institution=re.compile(rf"({plain}{{0,12}}?{institutions})(?![生们])[”’\"]?"),
        organisation=re.compile(rf"({plain}{{0,10}}?{organisations})"),
        bare_institution=re.compile(rf"(?<=[{_BEFORE_SITE}])(?!接)([“‘\"]?{plain}{{2,8}}?{institutions})(?![生们])"),
        dateline=re.compile(vocabulary.any_of(vocabulary.words("place_words", "dateline")) + "$"),
        kind_of_site=re.compile(rf"(?:{institutions}|村|嘎查)$"),
        village=re.compile(rf"({plain}{{1,5}}?(?:村|社区|嘎查))(?![级民庄镇里史])"),
        bare_village=re.compile(rf"(?<=[{_BEFORE_SITE}])({plain}{{1,4}}?(?:村|嘎查))(?![级民庄镇里史])"),
        no_village=tuple(vocabulary.words("place_words", "no_village")),
        no_name=re.compile(vocabulary.any_of(vocabulary.words("place_words", "no_name"))),
    )


def groups_of(text: str) -> list[Group]:
    """The places of a text and their lists, in order, not overlapping. Linear in the length of the text."""
    mentions = _with_bare_sites(text, _extended(text, _chained(text, _accepted(text))))
    return list(_grouped(text, mentions))


def _candidates(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where names of the gazetteer begin, with all that begin there, the longest first."""
    lengths = index().lengths
    names = index().names
    shorts = _words().shorts
    starts = [at for at, pair in enumerate(map(add, text, text[1:])) if pair in lengths]
    for at in starts:
        found = tuple(
            word
            for word in (text[at : at + length] for length in lengths[text[at : at + 2]])
            if word in names or word in shorts
        )
        if found:
            yield at, found


def _accepted(text: str) -> list[Mention]:
    """The names that are meant as places: the certain ones first, then the doubtful that they bear out."""
    candidates = list(_candidates(text))
    taken: list[Mention] = []
    known: set[str] = set()  # codes of the places written in full somewhere in the text
    end = 0
    doubtful: list[tuple[int, tuple[str, ...]]] = []
    for at, found in candidates:
        sure = next((word for word in found if _is_certain(word)), None)
        if sure is not None and at >= end and not _words().name_after.match(text, at + len(sure)):
            mention = _mention(at, sure)
            taken.append(mention)
            end = mention.until
            known.update(mention.codes)
        elif at >= end:
            doubtful.append((at, found))
    return _with_doubtful(text, taken, doubtful, known)


def _is_certain(word: str) -> bool:
    words, name = _words(), index().names.get(word)
    if name is None:
        return word in words.shorts
    if (
        word in words.doubtful
        or name.level == TOWNSHIP
        or (name.level == COUNTY and not name.short and len(word) < _SHORTEST_CERTAIN)
    ):
        return False
    return not name.short or name.level == PREFECTURE


def _mention(at: int, word: str) -> Mention:
    name = index().names.get(word)
    if name is None:
        meant = _words().shorts[word]
        if meant == NATION:
            return Mention(at, at + len(word), meant, WHOLE_COUNTRY, (Division(meant, WHOLE_COUNTRY, ()),))
        region = index().names.get(meant)
        division = Division(meant, PROVINCE, region.codes if region else ())
        return Mention(at, at + len(word), meant, PROVINCE, (division,), is_short=True)
    usual = usual_name(word, name)
    return Mention(at, at + len(word), usual, name.level, (Division(usual, name.level, name.codes),))


def _with_doubtful(
    text: str, taken: list[Mention], doubtful: list[tuple[int, tuple[str, ...]]], known: set[str]
) -> list[Mention]:
    """The doubtful names are read from both sides, since a list may be borne out by its end."""
    merged = taken
    for _side in range(2):
        merged, doubtful = _one_reading(text, merged, doubtful, known)
        if not doubtful:
            break
    return merged


def _one_reading(
    text: str, taken: list[Mention], doubtful: list[tuple[int, tuple[str, ...]]], known: set[str]
) -> tuple[list[Mention], list[tuple[int, tuple[str, ...]]]]:
    merged: list[Mention] = []
    left: list[tuple[int, tuple[str, ...]]] = []
    following = 0
    for at, found in doubtful:
        while following < len(taken) and taken[following].at <= at:
            merged.append(taken[following])
            following += 1
        before = merged[-1] if merged else None
        after = taken[following] if following < len(taken) else None
        if before and before.until > at:
            continue
        word = next(
            (
                word
                for word in found
                if (after is None or at + len(word) <= after.at)
                and _is_borne_out(text, at, word, before, after, known)
                and not _words().name_after.match(text, at + len(word))
            ),
            None,
        )
        if word is None:
            left.append((at, found))
        else:
            merged.append(_mention(at, word))
    return merged + taken[following:], left


_LISTED = re.compile(r"(?:地区|等地?|县|市)?(?:、|和|与|及|以及|/|／)")
_PREPOSITIONS = "在向为对到赴给与于从由和及、，。；：,;:（(“‘\n 　"


def _is_borne_out(
    text: str, at: int, word: str, before: Mention | None, after: Mention | None, known: set[str]
) -> bool:
    """Whether the text itself shows that a doubtful name is meant as a place."""
    name = index().names.get(word)
    if name is None:
        return False
    if before and before.until == at and _lies_in(name.codes, before.codes):
        return True
    if name.level == TOWNSHIP:
        return at == 0 or text[at - 1] in _PREPOSITIONS
    if not name.short and len(word) < _SHORTEST_CERTAIN:  # 唐县, but not 召开县委 or 和县级
        stands_alone = at == 0 or text[at - 1] in _PREPOSITIONS
        return stands_alone and text[at + len(word) : at + len(word) + 1] not in _AFTER_ANY_COUNTY
    if not known.isdisjoint(name.codes):
        return True
    return _is_listed_with(text, at, word, name, before) or _is_listed_before(text, at, word, name, after)


def _lies_in(codes: Iterable[str], parents: Sequence[str]) -> bool:
    return any(code.startswith(parent) and code != parent for code in codes for parent in parents)


def _is_listed_with(text: str, at: int, word: str, name: Name, before: Mention | None) -> bool:
    if before is None or at - before.until > 4 or before.until >= at:
        return False
    return bool(_LISTED.fullmatch(text, before.until, at)) and _is_akin(name, before)


def _is_listed_before(text: str, at: int, word: str, name: Name, after: Mention | None) -> bool:
    end = at + len(word)
    if after is None or after.at - end > 4 or after.at <= end:
        return False
    return bool(_LISTED.fullmatch(text, end, after.at)) and _is_akin(name, after)


def _is_akin(name: Name, other: Mention) -> bool:
    """Of the same province and of a level that one would list together."""
    return abs(name.level - other.level) <= 1 and any(
        code[:2] == theirs[:2] for code in name.codes for theirs in other.codes
    )


def _extended(text: str, mentions: list[Mention]) -> list[Mention]:
    """Places with the village, institution or organisation that is named after them."""
    words = _words()
    extended: list[Mention] = []
    end = 0
    for position, mention in enumerate(mentions):
        if mention.at < end or words.dateline.search(text, max(0, mention.at - 5), mention.at):
            continue  # inside a name that began earlier, or where the reporter sits
        division = _CORPS_DIVISION.match(text, mention.until) if mention.name.endswith("兵团") else None
        if division:
            name = "兵团" + division.group()
            part = Division(name, PREFECTURE, mention.codes)
            mention = replace(
                mention, until=division.end(), name=name, level=PREFECTURE, divisions=(*mention.divisions, part)
            )
        site = _site_behind(text, mention)
        organisation = words.organisation.match(text, mention.until)
        if organisation and (site is None or organisation.end() > site[0]):
            mention = replace(
                mention, until=organisation.end(), name=mention.name + organisation[1], level=SITE, organisation=True
            )
        elif site is not None:
            mention = replace(mention, until=site[0], name=mention.name + _without_quotes(site[1]), level=SITE)
        end = mention.until
        if mention.level == SITE:
            mention = _placed_by_inner(mention, mentions, position)
        extended.append(mention)
    return extended


def _placed_by_inner(mention: Mention, mentions: list[Mention], position: int) -> Mention:
    """北京市援疆和田指挥部 stands in 和田: the smaller division inside a name is where it is."""
    for inner in mentions[position + 1 : position + 5]:
        if inner.at >= mention.until:
            break
        if not inner.is_short and mention.divisions and inner.level > mention.divisions[-1].level:
            return replace(mention, divisions=inner.divisions)
    return mention


def _site_behind(text: str, mention: Mention) -> tuple[int, str] | None:
    """Where the village or institution right behind a place ends, and its name."""
    words = _words()
    institution = words.institution.match(text, mention.until)
    village = words.village.match(text, mention.until) if mention.level >= PREFECTURE else None
    if institution and (village is None or institution.end() >= village.end()):
        return institution.end(), institution[1]
    if village and not village[1].endswith(words.no_village) and not words.no_name.match(village[1]):
        return village.end(), village[1]
    return None


def _without_quotes(name: str) -> str:
    return name.strip('“”‘’"').replace("“", "").replace("”", "")


def _with_bare_sites(text: str, mentions: list[Mention]) -> list[Mention]:
    """Adds villages and institutions that follow a preposition and carry a name but no place."""
    words = _words()
    found: list[Mention] = []
    starts = [mention.at for mention in mentions]
    for pattern in (words.bare_institution, words.bare_village):
        for match in pattern.finditer(text):
            at, until = match.span(1)
            behind = bisect_left(starts, until) - 1
            if behind >= 0 and mentions[behind].until > at:
                continue
            name = _without_quotes(match[1])
            if (
                not name.endswith(words.no_village)
                and len(words.no_name.sub("", words.kind_of_site.sub("", name))) >= 2
            ):
                found.append(Mention(at, until, name, SITE))
    found += _named_again(text, mentions)
    if not found:
        return mentions
    merged: list[Mention] = []
    for mention in sorted([*found, *mentions], key=lambda each: (each.at, -each.until)):
        if not merged or mention.at >= merged[-1].until:
            merged.append(mention)
    return merged


def _named_again(text: str, mentions: list[Mention]) -> list[Mention]:
    """A site that was once named with its place (镇江茅山革命老区), later without."""
    known: dict[str, Mention] = {}
    for mention in mentions:
        tail = mention.name.removeprefix(mention.head)
        if (
            mention.level == SITE
            and not mention.organisation
            and len(tail) >= _LONG_ENOUGH
            and len(known) < _MOST_SITES
        ):
            known.setdefault(tail, mention)
    if not known:
        return []
    starts = [mention.at for mention in mentions]
    again: list[Mention] = []
    for found in re.finditer(vocabulary.any_of(known), text):
        behind = bisect_left(starts, found.end()) - 1
        if behind < 0 or mentions[behind].until <= found.start():
            again.append(replace(known[found.group()], at=found.start(), until=found.end()))
    return again


_LONG_ENOUGH = 5  # characters of a name that is hardly a common noun (茅山革命老区; 中心小学 is none)
_MOST_SITES = 60
_BETWEEN = re.compile(r"[”’\"]?(?:地区|等地)?(?:、|和|与|及|以及|/|／)[“‘\"]?")


def _goes_on(text: str, last: Mention, mention: Mention) -> bool:
    """河北省唐县、阳原县，内蒙古卓资县: a list by provinces goes on behind a comma with the next province."""
    starts_with_province = len(mention.divisions) > 1 and mention.divisions[0].level == PROVINCE
    return starts_with_province and mention.at == last.until + 1 and text[last.until] in "，；"


def _grouped(text: str, mentions: list[Mention]) -> Iterator[Group]:
    members: list[Mention] = []
    for mention in mentions:
        if members:
            last = members[-1]
            joined = mention.at - last.until <= 6 and (
                _BETWEEN.fullmatch(text, last.until, mention.at)
                or (mention.at == last.until and mention.level == last.level and mention.level < SITE)
            )
            joined = joined or (len(members) > 1 and _goes_on(text, last, mention))
            if joined and last.organisation == mention.organisation and len(members) < 60:
                members.append(mention)
                continue
            yield Group(members[0].at, members[-1].until, tuple(members))
        members = [mention]
    if members:
        yield Group(members[0].at, members[-1].until, tuple(members))
