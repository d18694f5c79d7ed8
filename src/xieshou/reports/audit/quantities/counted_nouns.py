"""The noun a number counts, in front of it or behind its measure word: 12所学校, 培训教师150人, 4个“电商班”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xieshou.reports.audit.quantities.vocabulary import ANYTHING, DECOY, Measure, WordFinder, noun_endings, nouns

DIVISIONS = frozenset({"province", "prefecture", "city", "county", "township", "village"})

_NOUNS = nouns()
_FINDER = WordFinder(_NOUNS)
_ENDINGS = noun_endings()
# What the noun beside a measure word of a fixed unit may be.
_NAMED_BY = {
    "CNY": {"CNY"},
    "person": {"person"},
    "person_time": {"person"},
    "household": {"household", "enterprise"},
    "session": {"session", "class"},
    "time": {"session"},
}
_AHEAD = 26  # characters behind a measure word in which its noun is looked for
_BEHIND = 30
_FAR_BEHIND = 70
_LONGEST_PHRASE = 10  # of a phrase that is one noun
_LONGEST_NOUN = 3
_TAKES_UP = frozenset({"所", "家"})  # 新增12所: the noun stands clauses before, and the measure word all but names it
_NOTHING_FOLLOWS = "，。；：！？、）和及与”并其较的"
_PHRASE_ENDS = re.compile("[，。；：！？\n、（）“”]|[0-9]")
_CLAUSE_BEFORE = re.compile("[^，。；：！？\n（）、“”]*”?$")
_BLANKS = re.compile("[\n ]*")
_NUMBERED = frozenset("一两三四五六七八九十各多")
# What may stand between the last noun and the number that counts it: 培训干部共计150人.
_FILLER = re.compile(
    "(?:共|共计|总共|合计|总计|累计|达|达到|达成|约|近|超|超过|逾|有|为|总数|数量|人数|总数达|各|各有|新增|增加|增至|分别|仅|只|已"
    "|了|就|不足|突破|分别为|分别有|等|总量|总数达到|规模|”)*$"
)
# What may stand inside a compound: 村[光伏]电站; verbs only in front of a project: 村[基础设施建设]项目.
_MODIFIERS = (
    "产业|扶贫|帮扶|党建|教育|医疗|卫生|文化|便民|养老|光伏|就业|示范|综合|专业|农业|旅游|生态|饮水|安全|基础设施|技能|创业"
    "|创新|集体|振兴|级|内|间|重点|试点|人居环境|道路|联合|流动|社会|民办|公办"
)
_COMPOUND = re.compile(f"(?:{_MODIFIERS})*")
_COMPOUND_PROJECT = re.compile(
    f"(?:{_MODIFIERS}|建设|改造|提升|维修|发展|培训|服务|养殖|种植|加工|整治|硬化|升级|修缮)*"
)
_OF_PERSONS = re.compile("[^的了到进在为和与及]{0,4}")  # 10个劳模创新工作室: 个 counts what is named after persons
_HEADS = frozenset(
    "project clinic hospital school workshop base park site branch organisation class job team session course".split()
)
_OWNERS = DIVISIONS | frozenset(
    "region enterprise organisation school household person product kind item job session hospital".split()
)
_BEFORE_DIVISION = re.compile(
    "(?:贫困|脱贫|非|定点|深度|受援|重点|对口|帮扶|扶贫|结对|支援|国家|级|省|市|区|县|自治|边境|民族|试点|示范|老|革命|摘帽"
    "|所辖|协作|西部|东部)*"
)
_AFTER_DIVISION = "的和与、，。；及共均已全开实投"


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun and the unit it gives; both empty where none was found."""

    unit: str = ""
    word: str = ""


_NONE = Noun()


def noun_at(text: str, at: int) -> Noun:
    """The longest counted noun that stands at `at`."""
    word = _FINDER.longest_at(text, at)
    return _NONE if word is None else Noun(_NOUNS[word], word)


def nouns_between(text: str, start: int, stop: int) -> Iterator[tuple[int, Noun]]:
    """Places and nouns in order, decoys among them."""
    for at, word in _FINDER.find(text, start, stop):
        yield at, Noun(_NOUNS[word], word)


def counted_noun(text: str, at: int, until: int, measure: Measure, floor: int) -> Noun:
    """The noun of a number that begins at `at` and whose measure word ends at `until`.

    floor: nothing in front of it belongs to this number. Bounded: it looks 26 characters ahead and 70 behind.
    """
    follows = text[until : until + 1]
    if follows and follows not in _NOTHING_FOLLOWS:
        found = _ahead(text, until, measure, enumerated=True)
        if found.word:
            return found
    return _behind(text, at, measure, floor)


def _may_count(measure: Measure, noun: Noun) -> bool:
    if noun.unit == DECOY:
        return False
    if not measure.counts and (named := _NAMED_BY.get(measure.unit)) is not None:
        return noun.unit in named
    return noun.unit != "CNY" and (not measure.counts or ANYTHING in measure.counts or noun.unit in measure.counts)


def _ahead(text: str, until: int, measure: Measure, *, enumerated: bool) -> Noun:
    """enumerated: whether to go on behind one enumeration comma (6个适合发展农、牧业的项目)."""
    blanks = _BLANKS.match(text, until, until + 4)
    start = until if blanks is None else blanks.end()
    if text[start : start + 1] == "“":
        return _last_of_name(text, start + 1, measure)
    ends = _PHRASE_ENDS.search(text, start, start + _AHEAD)
    stop = ends.start() if ends is not None else min(len(text), start + _AHEAD)
    head, head_end = _NONE, start
    for at, noun in nouns_between(text, start, stop):
        if not head.word:
            if _may_count(measure, noun) and _is_counted_here(text, start, at, noun):
                head = noun_at(text, at)  # 市（州）: a bracket would have ended the phrase
                head_end = at + len(head.word)
            continue
        if noun.unit == DECOY:
            continue
        if noun.unit not in _HEADS or not _may_count(measure, noun) or not _is_compound(text, head_end, at, head, noun):
            break
        head, head_end = noun, at + len(noun.word)
    if not head.word and enumerated and ends is not None and ends.group() == "、":
        return _ahead(text, ends.end(), measure, enumerated=False)
    if not head.word and measure.counts and ends is not None and stop - start <= _LONGEST_PHRASE:
        return _by_ending(text, start, stop, measure)
    return head


def _by_ending(text: str, start: int, stop: int, measure: Measure) -> Noun:
    """The noun of 12个山货收购点 by its last character, where the list lacks it."""
    unit = _ENDINGS.get(text[stop - 1 : stop]) if stop - start > 1 else None
    noun = _NONE if unit is None else Noun(unit, text[start:stop])
    return noun if noun.word and _may_count(measure, noun) else _NONE


def _is_compound(text: str, start: int, stop: int, owner: Noun, head: Noun) -> bool:
    """Whether two nouns with `start` to `stop` between them make one (乡镇卫生院, 村基础设施建设项目)."""
    if start == stop:
        return True
    if owner.unit not in _OWNERS:
        return False
    between = _COMPOUND_PROJECT if head.unit == "project" else _OF_PERSONS if owner.unit == "person" else _COMPOUND
    return between.fullmatch(text, start, stop) is not None


def _is_counted_here(text: str, start: int, at: int, noun: Noun) -> bool:
    """Not of the 县 in 6个适合两县的项目, nor of the 省 that closes a name in 7个云南省重点专科."""
    if at == start:
        return noun.word != "国家" or text[at + 2 : at + 3] in _AFTER_DIVISION
    if text[at - 1] in _NUMBERED:
        return False
    after = text[at + len(noun.word) : at + len(noun.word) + 1]
    if noun.word == "国家":
        return after in _AFTER_DIVISION
    if len(noun.word) > 1 or noun.unit not in DIVISIONS:
        return True
    return _BEFORE_DIVISION.fullmatch(text, start, at) is not None or after in _AFTER_DIVISION


def _last_of_name(text: str, start: int, measure: Measure) -> Noun:
    """Of 140个“红色梦想自强班” and 29个“直采直供”基地: the noun its name ends in, else the one right behind it."""
    stop = text.find("”", start, start + _AHEAD)
    if stop < 0:
        return _NONE
    for at, noun in nouns_between(text, start, stop):
        if at + len(noun.word) == stop and _may_count(measure, noun):
            return noun
    behind = noun_at(text, stop + 1)
    return behind if behind.word and _may_count(measure, behind) else _NONE


def _behind(text: str, at: int, measure: Measure, floor: int) -> Noun:
    clause = _CLAUSE_BEFORE.search(text, max(floor, at - _BEHIND), at)
    found = _NONE
    for place, noun in nouns_between(text, at if clause is None else clause.start(), at):
        if _may_count(measure, noun) and _FILLER.match(text, place + len(noun.word), at):
            found = noun
    if not found.word and ANYTHING in measure.counts and clause is not None:
        found = _by_ending(text, max(clause.start(), at - _LONGEST_NOUN), at, measure)
    if found.word or measure.word not in _TAKES_UP:
        return found
    for _, noun in nouns_between(text, max(0, at - _FAR_BEHIND), at):
        if _may_count(measure, noun):
            found = noun
    return found
