"""Who acts: the organisations of a text, its own short names for them, and the words that keep standing as subjects.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from xieshou.reports.audit.scopes import vocabulary
from xieshou.reports.audit.scopes.localities import Group
from xieshou.reports.audit.texts.structure import Structure

_YEAR = r"(?:19|20)\d\d"
_HAN = "\u4e00-\u9fff"
_SHORT_FOR = re.compile(rf"[（(](?:以下|下文)?(?:统称|简称)[：:为]?\s*[“\"‘]?([{_HAN}A-Za-z]{{2,14}})[”\"’]?[）)]")
_SEEN_AS_SUBJECT = 2  # how often an organisation must be a subject before it counts as an actor
_SEEN_OFTEN = 4  # how often a word must that does not show to be an organisation
_LONG_ENOUGH = 4  # characters of such a word
_TITLES = 3  # paragraphs that may name the actor
_ANY_ORGANISATION = frozenset({"组织", "单位", "企业", "学校", "医院", "街道", "政府", "银行", "协会"})
_ITSELF = frozenset({"公司", "集团公司", "集团", "本公司", "我公司", "总公司"})  # how a text calls its own main actor
_OFFICES = ("办", "办公室", "小组", "协议", "项目", "计划")  # short names of what is no actor by itself
_REACH_OF_UNIT = 24  # characters of a sentence that are read for its subject
_PARTS_OF_NAMES = frozenset("共 组织 国有 民营 驻区 社会 扶贫 产业 消费 农村".split())  # 中共, 组织部, 扶贫办
_MOST_NAMES = 40
_READ_FOR_NAMES = 400_000  # characters; a report names its actors long before
_OBJECT_BEFORE = re.compile(
    r"(?:[向对给为与和同跟、及从据在]|援助|资助|帮助|支持|联合|携手|协助|结对|帮扶|获|受|依托|引入|引进|引导|组织|邀请|鼓励|动员|协调|推动|对接|依托|委托|的)[“\"]?$"
)
_ORGANISATIONS = (
    "公司",
    "集团",
    "工会",
    "委员会",
    "政府",
    "银行",
    "协会",
    "学校",
    "医院",
    "企业",
    "单位",
    "街道",
    "组织",
)


@dataclass(frozen=True, slots=True)
class ActorMark:
    """An actor in the text, at a place where it can be the subject. is_unit: it is named as an organisation.

    passes: it acts in its sentence only (a place that helps: 西城区选派).
    """

    at: int
    until: int
    name: str
    is_unit: bool = False
    passes: bool = False


@cache
def _subject() -> re.Pattern[str]:
    verbs = vocabulary.any_of(vocabulary.words("actor_words", "verb"))
    return re.compile(rf"(?:{_YEAR}年(?:度|以来)?(?:[上下]半年)?[，,]?)?([{_HAN}A-Za-z]{{2,14}}?)(?={verbs})")


@cache
def _unit() -> re.Pattern[str]:
    """An organisation at the beginning of a sentence (市工业（国防）工会)."""
    kinds = vocabulary.any_of(vocabulary.words("place_words", "organisation"))
    return re.compile(
        rf"[“\s]*(?:同时[，,]?|(?:{_YEAR})年(?:度|以来)?[，,]?)?([{_HAN}（）()]{{1,14}}?{kinds})(?!公司|有限|股份|[的、和与])"
    )


@cache
def _no_actor() -> re.Pattern[str]:
    """What no name of an actor holds: things, slogans, verbs, and the small words around a name."""
    verbs = vocabulary.words("actor_words", "verb") - _PARTS_OF_NAMES
    return re.compile(
        vocabulary.any_of(
            vocabulary.words("actor_words", "no_actor")
            | verbs
            | vocabulary.words("place_words", "outside_name") - _PARTS_OF_NAMES
        )
        + "|[的了等是有于这该各每和与、并及在把被给从由到以将就其则所着过我你他她它们]|半年|季度|年底"
    )


def actors_of(text: str, structure: Structure, groups: Sequence[Group]) -> tuple[str, list[ActorMark]]:
    """The actor of the text as a whole ("" if none stands out), and where actors are named, in order."""
    names, main = _names(text, structure, groups)
    marks = [
        ActorMark(group.at, group.until, group.name, is_unit=True)
        for group in groups
        if group.mentions[0].organisation and not _OBJECT_BEFORE.search(text, max(0, group.at - 4), group.at)
    ]
    if names:
        starts = [group.at for group in groups]
        for found in re.finditer(vocabulary.any_of(names), text):
            if _OBJECT_BEFORE.search(text, max(0, found.start() - 4), found.start()):
                continue
            index = bisect_right(starts, found.start()) - 1
            if index < 0 or groups[index].until <= found.start() or not groups[index].mentions[0].organisation:
                marks.append(ActorMark(*found.span(), found.group()))
    known = {mark.at for mark in marks}
    for sentence in structure.sentences:
        unit = _unit().match(text, sentence.at, min(sentence.until, sentence.at + _REACH_OF_UNIT))
        if unit and unit.start(1) not in known and not _no_actor().search(unit[1]):
            marks.append(ActorMark(*unit.span(1), unit[1], is_unit=True))
    marks.sort(key=lambda mark: mark.at)
    return main, marks


def _names(text: str, structure: Structure, groups: Sequence[Group]) -> tuple[list[str], str]:
    """The text's own words for actors, and the one that stands out."""
    named = [found[1] for found in _SHORT_FOR.finditer(text[:_READ_FOR_NAMES]) if not found[1].endswith(_OFFICES)]
    places = {mention.name for group in groups for mention in group.mentions if not mention.organisation}
    title = (
        text[: structure.paragraphs[min(_TITLES, len(structure.paragraphs)) - 1].until] if structure.paragraphs else ""
    )
    subjects: Counter[str] = Counter()
    for clause in structure.clauses:
        if clause.at > _READ_FOR_NAMES:
            break
        found = _subject().match(text, clause.at, min(clause.until, clause.at + _REACH_OF_UNIT))
        if found and found[1] not in places and not _no_actor().search(found[1]):
            subjects[found[1]] += 1
    likely = [
        name
        for name, seen in subjects.most_common(_MOST_NAMES)
        if seen >= _SEEN_AS_SUBJECT
        and (
            (name.endswith(_ORGANISATIONS) and name not in _ANY_ORGANISATION)
            or (len(name) >= _LONG_ENOUGH and (name in title or seen >= _SEEN_OFTEN))
        )
    ]
    organisations = Counter(
        group.name for group in groups if len(group.mentions) == 1 and group.mentions[0].organisation
    )
    weighed = Counter({name: subjects[name] for name in likely}) + Counter(
        {name: seen for name, seen in organisations.items() if seen >= _SEEN_AS_SUBJECT}
    )
    ranked = [name for name, _seen in weighed.most_common()]
    main = next((name for name in [*named, *ranked] if name not in _ITSELF), ranked[0] if ranked else "")
    return list(dict.fromkeys([*named, *likely])), main


def known_as(name: str, main: str) -> str:
    """公司 and 集团公司 are the actor of the whole text, where it has another name."""
    return main if name in _ITSELF and main else name
