"""From a written name to the places it may mean, each with a score and a reason.

An address is walked from the larger part to the smaller: each part is sought inside the places that the part before
may mean, so a name that stands in three provinces is settled by the parts around it, and an address is as good as its
weakest part. Why each score is what it is stands in docs/rules/places.md, part 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from rapidfuzz.distance import Levenshtein

from xieshou.places import gazetteer, reference, rules
from xieshou.places.gazetteer import FormerRow, Gazetteer, Row
from xieshou.places.lineage import PLACEHOLDERS
from xieshou.places.models import Level

# A candidate with at least this score may be taken without asking. A rival brings both below it.
CERTAIN = 0.8

_SAME = 1.0
_SAME_BUT_FOR_KIND_WORDS = 0.97
_NOT_IN_BASE = 0.97
_FORMER = 0.95
_SHORT_INSIDE = 0.95
_SHORT = {
    Level.PROVINCE: 0.95,
    Level.PREFECTURE: 0.92,
    Level.COUNTY: 0.89,
    Level.TOWNSHIP: 0.82,
    Level.VILLAGE: 0.80,
}
_CHANGED_KIND = 0.88
_GONE = 0.85
_USED_FOR_EACH_OTHER = 0.86
_OTHER_KIND_OF_COUNTY = 0.6
_CODE_REUSED = 0.6
_ALIKE_IN_SHAPE = 0.74
_ONE_CHARACTER = 0.7
_ONE_MORE_OR_LESS = 0.65
_OTHER_LEVEL = 0.5
_ALIKE_IN_SHAPE_OF_TWO = 0.5
_ONE_CHARACTER_OF_TWO = 0.45
_REST_NOT_READ = 0.3
_LOOK_FURTHER_BELOW = 0.6

# Factors
_IN_ITS_YEAR = 1.04
_NOT_IN_ITS_YEAR = 0.9
_ANYWHERE = 0.95  # a look-alike found without knowing the county
_ELSEWHERE_IN_COUNTY = 0.85
_PART_UNKNOWN = 0.85
_RIVAL = 0.6

_RIVAL_DISTANCE = 0.045
_RIVAL_DISTANCE_OF_SHORT = 0.065  # 朝阳市, 朝阳区 and 朝阳县 are rivals for 朝阳; 凤山镇 is none for 凤山 (凤山县)

_BREADTH = 8
_STATES = 3
_CONTEXTS_REMEMBERED = 1_000
_LONGEST_NAME = 16
_LONGEST_FORMER_NAME = 15
_SMALLER_THAN_A_VILLAGE = re.compile(r"^第?[〇一二三四五六七八九十百]+(?:村民小组|居民小组|小组|组|社|队|屯|号|栋)\w*$")

_KINDS = {
    "更名": pgettext_lazy("区划变更", "更名"),
    "撤县设市": pgettext_lazy("区划变更", "撤县设市"),
    "撤县设区": pgettext_lazy("区划变更", "撤县设区"),
    "撤市设区": pgettext_lazy("区划变更", "撤市设区"),
    "撤地设市": pgettext_lazy("区划变更", "撤地设市"),
    "撤区设区": pgettext_lazy("区划变更", "撤区设区"),
    "撤旗设区": pgettext_lazy("区划变更", "撤旗设区"),
    "撤销": pgettext_lazy("区划变更", "撤销"),
    "撤销并入": pgettext_lazy("区划变更", "撤销并入"),
    "同名改码": pgettext_lazy("区划变更", "同名改码"),
    "区划调整": pgettext_lazy("区划变更", "区划调整"),
    "设市": pgettext_lazy("区划变更", "设市"),
    "设市辖区": pgettext_lazy("区划变更", "设市辖区"),
    "设直辖市": pgettext_lazy("区划变更", "设直辖市"),
    "并入": pgettext_lazy("区划变更", "并入"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a text may mean.

    code: 12 digits; name: the place's own name; path: names from the province down, joined by " / ";
    score: 0..1, from `CERTAIN` on it may be taken without asking; reason: a translated sentence.
    """

    code: str
    name: str
    path: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a part of a text may mean, before rivals and paths are known.

    noted: what is worth saying of the parts above it; own_score: its score without regard to them (0: the same).
    """

    row: Row
    score: float
    reasons: tuple[str, ...]
    is_short: bool = False
    noted: tuple[str, ...] = ()
    own_score: float = 0.0

    @property
    def worth_saying(self) -> tuple[str, ...]:
        is_plain = self.is_short or (self.own_score or self.score) >= _SAME_BUT_FOR_KIND_WORDS
        return self.noted if is_plain else (*self.noted, *self.reasons)


@dataclass(frozen=True, slots=True)
class _State:
    """How far a string has been read: the last place, and what is left."""

    hit: Hit | None
    rest: str


class Resolver:
    """Resolves texts over one gazetteer. `year`: when the texts were written."""

    def __init__(self, places: Gazetteer, *, year: int | None = None) -> None:
        self._places = places
        self._year = year
        self._remembered: dict[tuple[str, ...], list[Hit | None]] = {}

    def text(self, text: str) -> list[Hit]:
        """The places that a code, a name or a whole address may mean."""
        written = rules.folded(text)
        digits = "".join(character for character in text if character.isascii() and character.isdigit())
        if len(digits) == len(written) and len(digits) in (2, 4, 6, 9, 12):
            return self._by_code(digits)
        if not written:
            return []
        hits = self._named(text, None)
        if _needs_more(hits):
            hits += self._string(written, None)
        if _needs_more(hits):
            hits += self._look_alikes(text, None)
        return hits

    def address(self, parts: Sequence[str]) -> list[Hit]:
        """The places that the lowest stated part may mean, inside the parts before it."""
        stated = [part for part in parts if rules.folded(part)]
        if not stated:
            return []
        if len(stated) == 1:
            return self.text(stated[0])
        *upper, lowest = stated
        hits: list[Hit] = []
        for context in self._contexts(tuple(upper)):
            found = self._read(self._without(upper[-1], lowest), context)
            if context is not None and context.row.level == Level.TOWNSHIP and not _has_certain(found):
                found += self._elsewhere_in_county(lowest, context)
            hits += [_joined(context, hit) for hit in found]
        return hits

    def _contexts(self, upper: tuple[str, ...]) -> list[Hit | None]:
        """What the parts above the lowest may mean; remembered, since the rows of one place come together."""
        known = self._remembered.get(upper)
        if known is None:
            known = [None]
            if upper:
                before = upper[-2] if len(upper) > 1 else ""
                known = self._narrowed(self._contexts(upper[:-1]), self._without(before, upper[-1]), upper[-1])
            if len(self._remembered) >= _CONTEXTS_REMEMBERED:
                self._remembered.clear()
            self._remembered[upper] = known
        return known

    @staticmethod
    def _without(before: str, part: str) -> str:
        """A part without the repetition of the part before it (从化市 | 从化市吕田镇)."""
        start, whole = rules.folded(before), rules.folded(part)
        return whole[len(start) :] if start and whole.startswith(start) and len(whole) > len(start) + 1 else part

    def _narrowed(self, contexts: Sequence[Hit | None], part: str, written: str) -> list[Hit | None]:
        found = [
            _joined(context, hit)
            for context in contexts
            for hit in self._read(part, context)
            if hit.row.level < Level.VILLAGE
        ]
        if found:
            return list(_best(found)[:_BREADTH])
        unknown = _("未找到“%(part)s”") % {"part": written}
        return [
            None
            if context is None
            else replace(context, score=context.score * _PART_UNKNOWN, noted=(*context.worth_saying, unknown))
            for context in contexts
        ]

    def _read(self, part: str, context: Hit | None) -> list[Hit]:
        inside = context.row if context else None
        hits = self._named(part, inside)
        if _needs_more(hits):
            hits += [hit for hit in self._string(rules.folded(part), context) if hit.score > _REST_NOT_READ]
        return hits if _has_certain(hits) else self._nearly(part, inside, hits)

    def _elsewhere_in_county(self, part: str, context: Hit) -> list[Hit]:
        county = next(iter(gazetteer.rows_at([rules.padded(context.row.code[:6])])), None)
        if county is None or county.level >= context.row.level:
            return []
        reason = _("%(township)s内没有，同县另有此名") % {"township": context.row.name}
        return [
            replace(hit, score=hit.score * _ELSEWHERE_IN_COUNTY, reasons=(reason, *hit.reasons))
            for hit in self._named(part, county)
            if hit.row.level == Level.VILLAGE and hit.score >= CERTAIN
        ]

    def _nearly(self, text: str, inside: Row | None, hits: list[Hit]) -> list[Hit]:
        """The hits of a name, with what look-alike characters and, inside a county, small differences add."""
        hits = hits + self._look_alikes(text, inside)
        if inside is not None and inside.level >= Level.COUNTY and not _has_certain(hits):
            hits += self._nearly_named(text, inside)
        return _best(hits)[: _BREADTH * 4]

    def _named(self, text: str, inside: Row | None) -> list[Hit]:
        keys = rules.text_keys(text)
        stated = rules.levels_of(text)
        found = self._places.find(keys, inside, levels=stated)
        if not found and stated and len(rules.folded(text)) <= _LONGEST_FORMER_NAME:
            found = self._places.find(keys, inside)
        hits = [self._compared(text, row, inside) for row in found]
        is_too_long = len(rules.folded(text)) > _LONGEST_FORMER_NAME
        for former in () if is_too_long else self._places.formers(keys, inside):
            hit = self._formerly(text, former)
            if hit is not None:
                hits.append(hit)
        return hits

    def _formerly(self, text: str, former: FormerRow) -> Hit | None:
        """The successor of a place that had the written name; None when only the stem is equal and the kind differs."""
        row = former.successor
        if former.name == row.name:
            return None  # only the code has changed: the place stands for itself
        is_same = rules.folded(text) == rules.folded(former.name)
        is_short = not rules.levels_of(text)
        if not is_same and not is_short:
            return None
        if former.kind not in _KINDS:
            is_meant = is_same or former.kind == "师市合一"
            return Hit(row, _FORMER, (_other_writing(former),)) if is_meant else None
        score = _FORMER if is_same else _SHORT[Level(row.level)] * _ANYWHERE
        if self._year is not None:
            score *= _IN_ITS_YEAR if former.stood_in(self._year) else _NOT_IN_ITS_YEAR
        return Hit(row, min(score, _SAME), (_history(former),), is_short and not is_same)

    def _look_alikes(self, text: str, inside: Row | None) -> list[Hit]:
        written = rules.folded(text)
        stem = rules.search_key(text)
        if len(stem) < 2:
            return []
        variants = _variants(stem)
        stated = rules.levels_of(text)
        hits = []
        for row in self._places.find(variants, inside, levels=stated):
            one, other, is_usual = variants[row.key]
            in_shape = _ALIKE_IN_SHAPE if len(stem) > 2 else _ALIKE_IN_SHAPE_OF_TWO
            score = (_USED_FOR_EACH_OTHER if is_usual else in_shape) * (1 if inside else _ANYWHERE)
            sentence = _("“%(one)s”与“%(other)s”通用") if is_usual else _("“%(one)s”与“%(other)s”形近")
            hits.append(Hit(row, score, (sentence % {"one": one, "other": other},), written == stem))
        return hits

    def _nearly_named(self, text: str, inside: Row) -> list[Hit]:
        stem = rules.search_key(text)
        stated = rules.levels_of(text)
        hits = []
        for row in self._places.contents(inside):
            if stated and row.level not in stated:
                continue
            if max(len(stem), len(row.key)) < 2 or Levenshtein.distance(stem, row.key, score_cutoff=1) != 1:
                continue
            pair = rules.same_but_for_one(stem, row.key)
            if pair is None:
                if min(len(stem), len(row.key)) >= 2:
                    hits.append(Hit(row, _ONE_MORE_OR_LESS, (_("与%(name)s只差一个字") % {"name": row.name},)))
            else:
                score = _ONE_CHARACTER if len(stem) > 2 else _ONE_CHARACTER_OF_TWO
                reason = _("“%(one)s”与“%(other)s”一字之差") % {"one": pair[0], "other": pair[1]}
                hits.append(Hit(row, score, (reason,)))
        return hits

    def _string(self, written: str, context: Hit | None) -> list[Hit]:
        """A whole address in one string (already folded): what its beginning may mean, then the rest inside that."""
        start = _State(context, written)
        states, unread = [start], list[_State]()
        for _step in Level:
            following: list[_State] = []
            for state in states:
                ahead = self._readings(state)
                following += ahead
                if not ahead and state is not start:
                    unread.append(state)
            complete = [state.hit for state in following if state.hit and not state.rest]
            if complete:
                return _best(complete)
            states = sorted(following, key=_promise, reverse=True)[:_STATES]
            if not states:
                break
        return self._ends(sorted(unread, key=_promise, reverse=True)[:_STATES])

    def _readings(self, state: _State) -> list[_State]:
        """What the beginning of the rest may mean below the place read so far: the longest reading of each place."""
        inside = state.hit.row if state.hit else None
        beginnings: dict[str, list[str]] = {}
        for length in range(2, min(len(state.rest), _LONGEST_NAME) + 1):
            beginning = state.rest[:length]
            for key in {beginning, rules.search_key(beginning)}:
                beginnings.setdefault(key, []).append(beginning)
        is_low = inside is not None and inside.level >= Level.COUNTY
        levels = tuple(level for level in Level if is_low or level <= Level.COUNTY)
        found = [
            (beginning, self._compared(beginning, row, inside))
            for row in self._places.find(beginnings, inside, levels=levels)
            for beginning in beginnings[row.key]
        ]
        is_settled = any(hit.score >= _SAME_BUT_FOR_KIND_WORDS for _beginning, hit in found)
        for former in () if is_settled else self._places.formers(beginnings, inside):
            for beginning in beginnings[former.key]:
                hit = self._formerly(beginning, former)
                if hit is not None:
                    found.append((beginning, hit))
        longest: dict[str, tuple[str, Hit]] = {}
        for beginning, hit in sorted(found, key=lambda reading: (len(reading[0]), reading[1].score)):
            is_end = len(beginning) == len(state.rest) or hit.row.level < Level.VILLAGE
            if hit.score >= _LOOK_FURTHER_BELOW and (
                is_end or _SMALLER_THAN_A_VILLAGE.match(state.rest[len(beginning) :])
            ):
                longest[hit.row.code] = (beginning, hit)
        return [
            _State(
                _joined(state.hit, hit),
                "" if hit.row.level == Level.VILLAGE else state.rest[len(beginning) :],
            )
            for beginning, hit in longest.values()
        ]

    def _ends(self, unread: list[_State]) -> list[Hit]:
        """Places for strings that were not read to the end: the rest is a misspelt village, or unknown."""
        hits: list[Hit] = []
        for state in unread:
            hit = state.hit
            if hit is None:
                continue
            if hit.row.level >= Level.COUNTY:
                below = self._nearly(state.rest, hit.row, [])
                if hit.row.level == Level.TOWNSHIP and not _has_certain(below):
                    below += self._elsewhere_in_county(state.rest, hit)
                hits += [_joined(hit, found) for found in below]
            reason = _("只认出%(name)s，余下“%(rest)s”未认出") % {"name": hit.row.name, "rest": state.rest}
            hits.append(replace(hit, score=_REST_NOT_READ, reasons=(*hit.reasons, reason)))
        return hits

    def _compared(self, text: str, row: Row, inside: Row | None) -> Hit:
        """A place whose key is that of the text: how far the rest of the two names agree."""
        written, name = rules.folded(text), rules.folded(row.name)
        particulars = {"name": row.name}
        if written == name:
            if row.in_base:
                return Hit(row, _SAME, (_("名称相同"),))
            if row.last_year is None:
                return Hit(row, _NOT_IN_BASE, (_("名称相同，2023年区划中没有"),))
            return Hit(row, self._standing(row), (_("名称相同，%(year)d年后已撤销") % {"year": row.last_year},))
        stated = rules.levels_of(text)
        if not stated:
            score = min(_SHORT[Level(row.level)] if inside is None else _SHORT_INSIDE, self._standing(row))
            return Hit(row, score, (_("%(name)s的简称") % particulars,), is_short=True)
        if row.level not in stated:
            return Hit(row, _OTHER_LEVEL, (_("与%(name)s同名，级别不同") % particulars,))
        if rules.same_kind(written, name):
            return Hit(row, min(_SAME_BUT_FOR_KIND_WORDS, self._standing(row)), (_("即%(name)s") % particulars,))
        if row.level >= Level.TOWNSHIP:
            return Hit(row, _CHANGED_KIND, (_("现为%(name)s") % particulars,))
        return Hit(row, _OTHER_KIND_OF_COUNTY, (_("与%(name)s同名，类别不同") % particulars,))

    def _standing(self, row: Row) -> float:
        """How likely a place is meant at all: one that is gone hardly, unless the text is of its time."""
        if row.in_base:
            return _SAME
        if row.last_year is None or (self._year is not None and self._year <= row.last_year):
            return _NOT_IN_BASE
        return _GONE

    def _by_code(self, digits: str) -> list[Hit]:
        code = rules.padded(digits)
        hits = [Hit(row, self._standing(row), (_("代码相同"),)) for row in self._places.at_code(code)]
        reused: list[Hit] = []
        formers = [
            former
            for former in self._places.formers_at_code(code)
            if former.kind in _KINDS and former.successor.code != code
        ]
        last_year = max((former.valid_to or 0 for former in formers), default=0)
        for former in formers:
            if self._year is not None and former.stood_in(self._year):
                score = _SAME
            elif hits or (former.valid_to or 0) < last_year:
                score = _CODE_REUSED
            else:
                score = _FORMER
            reused.append(Hit(former.successor, score, (_history(former),)))
        hits += reused
        if not hits and len(digits) > 6:
            hits = self._by_code_of_former_county(digits)
        return hits

    def _by_code_of_former_county(self, digits: str) -> list[Hit]:
        reason = _("县级代码已变更，后段代码相同")
        return [
            Hit(found, _CODE_REUSED, (reason, _history(former)))
            for former in self._places.formers_at_code(rules.padded(digits[:6]))
            for found in self._places.at_code(rules.padded(former.successor.code[:6] + digits[6:]))
        ]


def candidates(hits_by_text: Iterable[list[Hit]], *, level: int | None = None, limit: int = 5) -> list[list[Candidate]]:
    """The hits of each text as ranked candidates. One query for the paths of all of them."""
    ranked = [_ranked(hits, level)[:limit] for hits in hits_by_text]
    names = names_above({hit.row.code for hits in ranked for hit in hits})
    return [
        [
            Candidate(
                code=hit.row.code,
                name=hit.row.name,
                path=" / ".join([*(names[code] for code in codes_above(hit.row.code) if code in names), hit.row.name]),
                score=round(hit.score, 3),
                reason=pgettext("并列", "；").join(dict.fromkeys((*hit.noted, *hit.reasons))),
            )
            for hit in hits
        ]
        for hits in ranked
    ]


def codes_above(code: str) -> list[str]:
    """The codes of the province, prefecture, county and township of a code, without the code itself."""
    above = dict.fromkeys(rules.padded(code[:digits]) for digits in (2, 4, 6, 9))
    return [higher for higher in above if higher != code]


def names_above(codes: Iterable[str]) -> dict[str, str]:
    """Names of everything above the codes, without 市辖区 and the like. One query per 500 codes above."""
    wanted = list({higher for code in codes for higher in codes_above(code)})
    names: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        names |= {
            row.code: row.name for row in gazetteer.rows_at(wanted[start : start + 500]) if row.name not in PLACEHOLDERS
        }
    return names


def _ranked(hits: list[Hit], level: int | None) -> list[Hit]:
    best = [hit for hit in _best(hits) if level is None or hit.row.level == level]
    best = [hit for hit in best if hit.row.name not in PLACEHOLDERS]
    if not best:
        return []
    top = best[0]
    distance = _RIVAL_DISTANCE_OF_SHORT if top.is_short else _RIVAL_DISTANCE
    low, high = top.row.range
    # 嘉峪关市 is a prefecture and its only county: one name for one place, no rivals.
    rivals = 1 + sum(
        top.score - hit.score < distance and not (hit.row.name == top.row.name and low <= hit.row.code < high)
        for hit in best[1:]
    )
    if rivals == 1 or top.score <= _REST_NOT_READ:
        return best
    reason = _("同样可能的有%(count)d处") % {"count": rivals}
    return [
        replace(hit, score=hit.score * _RIVAL, reasons=(*hit.reasons, reason) if position < rivals else hit.reasons)
        for position, hit in enumerate(best)
    ]


def _best(hits: list[Hit]) -> list[Hit]:
    """The best hit of each place, the likeliest first; of equals the larger place, then the lower code."""
    by_code: dict[str, Hit] = {}
    for hit in hits:
        known = by_code.get(hit.row.code)
        if known is None or hit.score > known.score:
            by_code[hit.row.code] = hit
    return sorted(by_code.values(), key=lambda hit: (-hit.score, hit.row.level, hit.row.code))


def _needs_more(hits: list[Hit]) -> bool:
    return all(hit.score < _LOOK_FURTHER_BELOW for hit in hits)


def _has_certain(hits: list[Hit]) -> bool:
    return any(hit.score >= CERTAIN for hit in hits)


def _joined(context: Hit | None, hit: Hit) -> Hit:
    """A hit inside another: as good as the weaker of the two."""
    if context is None:
        return hit
    return replace(hit, score=min(context.score, hit.score), noted=context.worth_saying, own_score=hit.score)


def _promise(state: _State) -> tuple[int, float]:
    return -len(state.rest), state.hit.score if state.hit else 0.0


def _history(former: FormerRow) -> str:
    row = former.successor
    kind = _KINDS[former.kind]
    if former.name == row.name:
        return _("%(code)s是%(name)s的旧代码") % {"code": former.code[:6], "name": row.name}
    if former.changed_year is None:
        return _("%(old)s%(kind)s，今为%(new)s") % {"old": former.name, "kind": kind, "new": row.name}
    particulars = {"old": former.name, "year": former.changed_year, "kind": kind, "new": row.name}
    return _("%(old)s于%(year)d年%(kind)s，今为%(new)s") % particulars


def _other_writing(former: FormerRow) -> str:
    row = former.successor
    if former.kind == "师市合一":
        return _("%(old)s与%(new)s师市合一") % {"old": former.name, "new": row.name}
    return _("%(old)s是%(new)s的另一写法") % {"old": former.name, "new": row.name}


def _variants(stem: str) -> dict[str, tuple[str, str, bool]]:
    """Keys that differ from a stem by one look-alike character: the character written, the other, and whether the two
    are used for each other in names of places rather than merely alike in shape."""
    usual, shapes = reference.look_alikes()
    found: dict[str, tuple[str, str, bool]] = {}
    for likes, is_usual in ((usual, True), (shapes, False)):
        for position, character in enumerate(stem):
            for other in likes.get(character, ""):
                found.setdefault(stem[:position] + other + stem[position + 1 :], (character, other, is_usual))
    return found
