"""Each claim in its surroundings, as the rules of comparison read it: what stands before and after, what it splits.

One pass over the claims; every stretch that is looked at is bounded, so a text of nothing but numbers stays linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from xieshou.reports.audit.claims import Claim, ClaimKind
from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.comparisons import LARGEST, Extent, extent_of
from xieshou.reports.audit.texts.structure import CleanText, Structure

_LEAD = 90  # code points before a number that may belong to it; clauses of the genre are shorter
_TAIL = 40
_MOST_PLACES = 400  # names looked for in one text; reports name a few dozen

_CLAUSE_BREAK = re.compile(r"[，,；;：:。！？!?]")
_NOUN_END = re.compile(r"[，,；;：:。！？!?、]")
_STEM = re.compile(r"(?:自治县|自治旗|自治州|自治区|地区|县|旗|市|区|州|省|乡|镇|村)$")
_NO_NAME = re.compile(r"贫困|脱贫|受援|帮扶|对口|结对|全国|全省|全市|全县|各|等|该|本|两|三|当地|地区$")
# Names that the gazetteer of the scope stage may not know: 向云岭县, 、甲镇. What is no name is left out below.
_NAMED = re.compile(r"(?<=[，、；。：:（(\n在向对为与和])[\u4e00-\u9fff]{2,5}县(?![长委级域直属城乡])")
_PREPOSITION = re.compile(r"^(?:帮助|助力|支持|援助|其中|以及|[在向对为与和给从到接由赴])+")
_COMMON_NAME = re.compile(r"[每全该本各某两三四五几个名家位等的]|贫困|脱贫|定点|受援|对口|帮扶|结对|深度|示范|重点")
_TOUCHING = ("", "省", "市", "州", "区", "县", "地区", "自治区", "自治州", "镇", "乡")
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十]|#|PART")

# Counted in places: "向3个县" says whereto as well as how many.
PLACE_UNITS = frozenset(("county", "village", "township", "city", "province", "prefecture", "region"))


@dataclass(slots=True, eq=False)
class Reading:
    """One claim with what its neighbourhood says.

    lead: the words before it in its sentence, back to the claim before; clause: those since the last comma; tail: the
    words after it up to the next claim or the end of the sentence; noun: the tail up to the first mark.
    places: names that stand in lead or noun, not what is inherited. is_base: 比上年的98名, what something is compared
    with. sense: what kind of money (`senses.csv`), "" where
    nothing says. depth: how many brackets are open. group: index of the piece between semicolons and full stops.
    """

    claim: Claim
    index: int
    paragraph: int
    sentence: int
    group: int
    depth: int
    lead: str
    clause: str
    tail: str
    noun: str
    places: frozenset[str]
    sense: str
    is_plan: bool
    is_each: bool
    is_change: bool
    is_base: bool
    _extent: Extent | None = None

    @property
    def unit(self) -> str:
        return self.claim.quantity.unit

    @property
    def extent(self) -> Extent:
        if self._extent is None:
            self._extent = extent_of(self.claim.quantity)
        return self._extent

    @property
    def has_total_word(self) -> bool:
        return bool(cues.TOTAL.search(self.clause))


@dataclass(slots=True, eq=False)
class Narrative:
    """A text with its claims read. readings: in order; paragraphs: for each paragraph its readings."""

    text: str
    structure: Structure
    readings: list[Reading]
    paragraphs: dict[int, list[Reading]]
    sections: list[list[Reading]]

    def between(self, first: Reading, second: Reading) -> str:
        """The words between two neighbours, at most a lead long."""
        until = second.claim.quantity.at
        return self.text[max(first.claim.quantity.until, until - _LEAD) : until]

    def shown(self, reading: Reading) -> str:
        """The figure as it stands in the text."""
        quantity = reading.claim.quantity
        return self.text[quantity.at : quantity.until]


def narrative_of(clean: CleanText, structure: Structure, claims: Sequence[Claim]) -> Narrative:
    """Claims that lie outside the text, overlap an earlier one or are beyond any measure are left out."""
    text = clean.text
    usable = _usable(claims, len(text))
    sentence_starts = [span.at for span in structure.sentences]
    group_starts = [found.end() for found in re.finditer(r"[；;。！？!?\n]", text)]
    place_starts, place_names = _places(text, usable)
    brackets = _brackets(text)
    bracket_starts = [at for at, _depth in brackets]
    readings: list[Reading] = []
    before = 0
    for index, claim in enumerate(usable):
        at, until = claim.quantity.at, claim.quantity.until
        sentence = bisect_right(sentence_starts, at) - 1
        if sentence >= 0:
            span = structure.sentences[sentence]
            paragraph, opens, ends = span.parent, span.at, span.until
        else:
            paragraph, opens, ends = -1, at, until
        lead = text[max(opens, before, at - _LEAD) : at]
        following = usable[index + 1].quantity.at if index + 1 < len(usable) else len(text)
        tail = text[until : max(until, min(ends, following, until + _TAIL))]
        clause = _CLAUSE_BREAK.split(lead)[-1]
        noun = _NOUN_END.split(tail, maxsplit=1)[0]
        first = bisect_left(place_starts, at - len(lead))
        last = bisect_left(place_starts, until + len(noun))
        places = frozenset(place_names[first:last])
        sense = _sense(clause, noun, lead) if claim.quantity.unit == "CNY" else ""
        if readings and _goes_with(readings[-1], sentence, lead):
            places = places or readings[-1].places
            sense = sense or readings[-1].sense
        continues = bool(
            readings
            and lead[:1] == "、"
            and readings[-1].sentence == sentence
            and not cues.PLAN.search(clause)
            and not cues.DONE.search(clause)
        )
        is_level = bool(cues.LEVEL.search(clause))
        is_change = not is_level and bool(cues.CHANGE.search(clause))
        bracket = bisect_right(bracket_starts, at) - 1
        readings.append(
            Reading(
                claim=claim,
                index=index,
                paragraph=paragraph,
                sentence=sentence,
                group=bisect_right(group_starts, at),
                depth=brackets[bracket][1] if bracket >= 0 else 0,
                lead=lead,
                clause=clause,
                tail=tail,
                noun=noun,
                places=places,
                sense=sense,
                is_plan=_is_plan(claim, clause) if not continues else readings[-1].is_plan,
                is_each=bool(cues.EACH.search(clause)) or bool(re.match(r"/|每", noun)),
                is_change=is_change,
                is_base=not is_change and not is_level and bool(cues.BASE.search(clause)),
            )
        )
        before = until
    paragraphs: dict[int, list[Reading]] = {}
    for reading in readings:
        paragraphs.setdefault(reading.paragraph, []).append(reading)
    return Narrative(text, structure, readings, paragraphs, _sections(text, structure, paragraphs))


def _usable(claims: Sequence[Claim], length: int) -> list[Claim]:
    ordered = sorted(claims, key=lambda claim: claim.quantity.at)
    kept: list[Claim] = []
    end = 0
    for claim in ordered:
        quantity = claim.quantity
        if (
            end <= quantity.at < quantity.until <= length
            and quantity.value.is_finite()
            and 0 <= quantity.value <= LARGEST
        ):
            kept.append(claim)
            end = quantity.until
    return kept


def _places(text: str, claims: Sequence[Claim]) -> tuple[list[int], list[str]]:
    """Where the places stand that the claims name, and their names without 县, 市 …"""
    stems: dict[str, str] = {}
    for claim in claims:
        if not claim.place or len(stems) >= _MOST_PLACES:
            continue
        for name in claim.place.split("、"):
            stem = _STEM.sub("", name)
            stem = stem if len(stem) >= 2 else name
            if 2 <= len(stem) <= 12 and not _NO_NAME.search(stem):
                stems[stem] = stem
    for candidate in _NAMED.finditer(text):
        if len(stems) >= _MOST_PLACES:
            break
        name = _PREPOSITION.sub("", candidate.group())
        if 3 <= len(name) <= 4 and not _COMMON_NAME.search(name) and _STEM.sub("", name) not in stems:
            stems[name] = name
    if not stems:
        return [], []
    pattern = re.compile("|".join(sorted(map(re.escape, stems), key=len, reverse=True)))
    found = list(pattern.finditer(text))
    # 吉林省镇赉县 is one place: of names that touch, the last is meant.
    kept = [one for one, after in pairwise(found) if text[one.end() : after.start()] not in _TOUCHING] + found[-1:]
    return [one.start() for one in kept], [one.group() for one in kept]


def _goes_with(before: Reading, sentence: int, lead: str) -> bool:
    """计划向甲县投入1771万元，实际完成1806万元: the second figure is of the same place."""
    if before.sentence != sentence or len(lead) > 12:
        return False
    return bool(cues.DONE.search(lead) or cues.PLAN.search(lead) or cues.TOTAL.search(lead))


def _brackets(text: str) -> list[tuple[int, int]]:
    """From where on how many brackets are open; a line break closes all, because one is often forgotten."""
    depths: list[tuple[int, int]] = []
    depth = 0
    for found in re.finditer(r"[()（）\n]", text):
        mark = found.group()
        depth = 0 if mark == "\n" else min(depth + 1, 4) if mark in "(（" else max(depth - 1, 0)
        depths.append((found.start(), depth))
    return depths


def _sense(clause: str, noun: str, lead: str) -> str:
    pattern, senses = cues.sense_words()
    for words in (clause, noun, lead):
        found = pattern.findall(words)
        if found:
            return senses[found[0] if words is noun else found[-1]]
    return ""


def _is_plan(claim: Claim, clause: str) -> bool:
    planned = [found.start() for found in cues.PLAN.finditer(clause)]
    if not planned:
        return claim.kind in (ClaimKind.PLAN, ClaimKind.TARGET) and not cues.DONE.search(clause)
    done = [found.start() for found in cues.DONE.finditer(clause)]
    return not done or done[-1] < planned[-1]


def _sections(text: str, structure: Structure, paragraphs: dict[int, list[Reading]]) -> list[list[Reading]]:
    """Readings between two headings. A deeper line without a number is a caption and divides nothing."""
    sections: list[list[Reading]] = [[]]
    level = 0
    for index, span in enumerate(structure.paragraphs):
        if structure.headings[index]:
            is_numbered = bool(_NUMBERED.match(text, span.at))
            if structure.levels[index] <= level or is_numbered or not level:
                level = structure.levels[index]
                if sections[-1]:
                    sections.append([])
        sections[-1].extend(paragraphs.get(index, ()))
    return [section for section in sections if section]


def compatible(part: Reading, whole: Reading) -> bool:
    """Whether one may be a part of the other by unit, sense and stage."""
    if part.unit != whole.unit:
        loose = {part.unit, whole.unit}
        if "item" not in loose or part.claim.quantity.unit_raw != whole.claim.quantity.unit_raw:
            return False
    elif part.unit == "item" and part.claim.quantity.unit_raw != whole.claim.quantity.unit_raw:
        return False  # 762项 are not among 31份
    if part.is_each or part.is_change or part.is_base or whole.is_base or cues.EXTREME.search(part.clause):
        return False
    return not part.sense or not whole.sense or part.sense == whole.sense


def neighbours(readings: Sequence[Reading]) -> list[tuple[Reading, Reading]]:
    return list(pairwise(readings))
