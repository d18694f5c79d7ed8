"""The place that holds at each point of a text, as headings, paragraphs, sentences and the words near a number set it.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from xieshou.reports.audit.scopes.placemarks import VILLAGES, PlaceMark, Places
from xieshou.reports.audit.scopes.placenames import SITE

_REACHES_FORWARD = re.compile(r"(?:用于|帮助|帮扶|支持|来|在|向|为|赴|到|给|对|援助|资助|惠及|覆盖|涵盖|对象)")
_PARTNERS = re.compile(r"结对|对接|对口|牵手|与")  # 4所职业学校对接阜平县…: the place is the other side's
_COMES_FROM = re.compile(r"(?:来自|从|由|源自|较|比)[“\"]?$")
_PARALLEL = "向对为在给于与"  # what begins a part of a sentence that stands beside the one before
_ENUMERATOR = re.compile(
    r"(?:[一二三四五六七八九十]是|第[一二三四五六七八九十][,，、]|首先|其次|再次|最后|[（(]?\d{1,2}[)）.、](?!\d))"
)
_TURN = re.compile(r"(?:此外|另外|全年|总体|截至|截止)")
_NEXT_TO_UNIT = 2  # characters: 16家京企, 1000多款吉林省…产品
_REACH = 14  # characters between the word that reaches forward and the place, and into the next clause
_DOMINANT = 0.8  # share of the mentions of a section
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Where:
    """The place of one quantity. is_default: it is that of the whole text; is_anaphora: a word stood for it."""

    name: str
    parts: tuple[str, ...] = ()
    is_default: bool = False
    mark: PlaceMark | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a quantity stands in. part: between semicolons; next: where the next quantity begins; next_unlisted: where
    the next one begins that is not listed with it."""

    part: tuple[int, int]
    clause: tuple[int, int]
    next: int
    next_unlisted: int


@dataclass(slots=True)
class Map:
    """Walks with the text: `enter_section`, `enter_paragraph`, `enter_sentence`, then `at` in order."""

    text: str
    places: Places
    _starts: list[int] = field(init=False)
    _section: Where = Where("")
    _base: Where = Where("")
    _topic: Where = Where("")
    _sentence: Where = Where("")
    _sentence_at: int = 0
    _sentence_until: int = 0
    _is_given_out: bool = False

    def __post_init__(self) -> None:
        self._starts = [mark.at for mark in self.places.marks]
        self._section = self._default

    @property
    def _default(self) -> Where:
        return Where(self.places.default, is_default=not self.places.is_about) if self.places.default else Where("")

    def enter_section(self, at: int, until: int, heading_until: int) -> None:
        """A section from its heading to the next: the place of its heading, or the one that it mostly names."""
        marks = self.places.marks[bisect_left(self._starts, at) : bisect_left(self._starts, until)]
        named = next((mark for mark in marks if mark.at < heading_until), None)
        if named:
            self._section = _where(named)
            return
        counted = Counter(_key(mark) for mark in marks if mark.stays)
        self._section = self._default
        if counted:
            most, times = counted.most_common(1)[0]
            first = next(mark for mark in marks if mark.stays)
            if times >= max(_FEWEST, _DOMINANT * counted.total()) and _key(first) == most:
                self._section = _where(first)

    def enter_paragraph(self) -> None:
        self._base = self._topic = self._section

    def enter_sentence(self, at: int, until: int, *, has_new_actor: bool = False) -> None:
        """has_new_actor: its subject is another than that of the sentences before."""
        words = self.text[at : at + 8].lstrip("“\"'（( \n")
        if has_new_actor or _ENUMERATOR.match(words) or _TURN.match(words):
            self._topic = self._base
        self._sentence = self._topic
        self._sentence_at, self._sentence_until = at, until
        self._is_given_out = False

    def forget(self) -> None:
        """The sentence gave its places out one by one (分别); none of them holds behind it."""
        self._is_given_out = True

    def leave_sentence(self) -> None:
        """The place of a sentence holds for the next ones, unless it went through several."""
        marks = self._between(self._sentence_at, self._sentence_until)
        staying = [mark for mark in marks if mark.stays]
        if not staying:
            return
        cuts = _part_ends(self.text, self._sentence_at, self._sentence_until)
        told = {bisect_left(cuts, mark.at): mark.name for mark in staying}
        if len(set(told.values())) > 1 or self._is_given_out:
            self._topic = self._base
            return
        last = _in_context(staying[-1], staying)
        self._topic = Where(last.outer, (last.outer,), mark=last) if last.outer else _where(last)

    def at(self, position: int, until: int, stretch: Stretch) -> Where:
        """The place of the quantity at `position`, which ends at `until`."""
        part, clause = stretch.part, stretch.clause
        before = [mark for mark in self._between(part[0], until) if not mark.is_short or mark.at >= clause[0]]
        if before:
            meant = next((mark for mark in reversed(before) if not mark.is_attribute), before[-1])
            if meant.is_short:
                return self._inside(meant, before) or _where(meant)
            return _where(_in_context(_closest(meant, before), before))
        region = self._region(part[0], until)
        if region and (self._topic.is_default or not self._topic.name):
            return region
        ahead = self._forward(until, stretch)
        if ahead:
            return ahead
        earlier = self._between(self._sentence_at, part[0])
        if not earlier:
            return self._topic
        if self.text[part[0] : part[0] + 3].lstrip(" \n")[:1] in _PARALLEL:
            return self._base
        return _where(_in_context(earlier[-1], earlier))

    def _region(self, at: int, until: int) -> Where | None:
        """What 援藏 in an earlier clause of the part says, where nothing else tells the place."""
        marks = self._between(at, until)
        return _where(marks[-1]) if marks and marks[-1].is_short else None

    def _inside(self, short: PlaceMark, marks: Sequence[PlaceMark]) -> Where | None:
        """What is told of the region in 援藏 more closely: a place in it, named before in the sentence or around it."""
        known = [_where(mark) for mark in reversed(marks) if not mark.is_short]
        for where in (*known, self._topic):
            mark = where.mark
            if mark and mark.codes and all(any(c.startswith(s) for s in short.codes) for c in mark.codes):
                return where
        return None

    def last_list(self, at: int, until: int) -> tuple[str, ...]:
        """The names of the last list of places in a stretch, () where there is none."""
        return next((mark.parts for mark in reversed(self._between(at, until)) if len(mark.parts) > 1), ())

    def _forward(self, at: int, stretch: Stretch) -> Where | None:
        """Places behind the number that it reaches: its noun's, in its clause, or in the next that says for whom."""
        marks = [
            mark
            for mark in self._between(at, min(stretch.part[1], stretch.next_unlisted + 1))
            if not _COMES_FROM.search(self.text, max(0, mark.at - 4), mark.at)
        ]
        if not marks:
            return None
        first = marks[0]
        between = self.text[at : min(first.at, at + _REACH)]
        if _PARTNERS.search(between) or ("、" in between and first.at < stretch.next):
            return None
        is_of_the_noun = first.at - at <= _NEXT_TO_UNIT or (first.at - at <= _REACH and between.endswith("的"))
        is_reached = bool(_REACHES_FORWARD.search(self.text, max(at, first.at - _REACH), first.at))
        if not is_of_the_noun and not (is_reached and first.at - stretch.clause[1] <= _REACH):
            return None
        names = tuple(dict.fromkeys(name for mark in marks for name in mark.parts))
        return Where("、".join(names), names, mark=first)

    def _between(self, at: int, until: int) -> Sequence[PlaceMark]:
        return self.places.marks[bisect_left(self._starts, at) : bisect_left(self._starts, until)]


def _key(mark: PlaceMark) -> Hashable:
    """The same for places of one prefecture."""
    return frozenset(code[:4] for code in mark.codes) or mark.name


def _part_ends(text: str, at: int, until: int) -> list[int]:
    return [at + index for index, character in enumerate(text[at:until]) if character in "；;"]


def _where(mark: PlaceMark) -> Where:
    return Where(mark.name, mark.parts, mark=mark)


def _closest(mark: PlaceMark, marks: Sequence[PlaceMark]) -> PlaceMark:
    """在墨玉县援建和田馕产业园: a name after a larger division is no change of place."""
    if mark.level != SITE or not mark.codes:
        return mark
    inner = (
        each
        for each in reversed(marks)
        if each.codes and each.codes != mark.codes and all(any(c.startswith(o) for o in mark.codes) for c in each.codes)
    )
    return next(inner, mark)


def _in_context(mark: PlaceMark, marks: Sequence[PlaceMark]) -> PlaceMark:
    """A village named alone, with the county named before it in the same stretch."""
    if mark.level != SITE or mark.outer or not mark.name.endswith(VILLAGES):
        return mark
    county = next((each for each in reversed(marks) if each.at < mark.at and each.outer and each.stays), None)
    if county is None:
        return mark
    name = county.outer + mark.name
    return PlaceMark(mark.at, mark.until, name, (name,), SITE, county.codes, True, county.outer)
