"""Giving each quantity its scope: when, where, by whom, planned or done, and the words it is told in.

The text is walked once. What a heading, a paragraph, a sentence and a clause say of time, place and actor is kept on
the way down, and each quantity takes what stands nearest. Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xieshou.reports.audit.claims import Claim, ClaimKind, Quantity
from xieshou.reports.audit.scopes.actors import ActorMark, actors_of, known_as
from xieshou.reports.audit.scopes.anchors import anchor_of
from xieshou.reports.audit.scopes.kinds import cues_in, is_planned, kind_of, qualifiers_of
from xieshou.reports.audit.scopes.localities import groups_of
from xieshou.reports.audit.scopes.periods import Extent, Period, PeriodMark, Sense, period_marks, up_to, whole_year
from xieshou.reports.audit.scopes.placemarks import Places, places_in
from xieshou.reports.audit.scopes.times import Clock
from xieshou.reports.audit.scopes.whereabouts import Map, Stretch, Where
from xieshou.reports.audit.texts.structure import CleanText, Span, Structure

_WINDOW = 120  # characters before a number in which its words are looked for
_LONGEST_LABEL = 60
_LONGEST_AFTER = 30
_LONGEST_SCOPE_HEADING = 16  # a longer heading without a number is a caption or a slogan
_REACH_OF_SUBJECT = 10  # characters before the subject of a sentence: a date, 同时
_MOST_ONE_BY_ONE = 40  # quantities behind one 分别
_MOST_LISTED = 6  # quantities that share a noun behind the last of them
_LISTED = re.compile(r"[^，。；：！？\n、]{0,10}、[^，。；：！？\n、]{0,6}")
_NOUN_ONLY = re.compile(r"[^，。；：！？\n、]{0,8}[，、]?[共和及]?")
_EACH = re.compile(r"各[约近达]?$")
_RESPECTIVELY = re.compile("分别|依次")
_OF_WHICH = re.compile(r"其中(?P<lasts>[，：]?)")
_NUMBERED = re.compile(r"[第一二三四五六七八九十]|\W|\d")
_EDGE = " \n\t　，,；;。：:、（(）)“”\"'《》"
_TERMINAL = "。！？!?”’」』；;"


def scoped(clean: CleanText, structure: Structure, quantities: Sequence[Quantity]) -> tuple[Claim, ...]:
    """A claim for each quantity, numbered from 1 in the order of the text.

    quantities: ordered by `at`, not overlapping. Linear in the text and in the quantities; needs no database.
    place: as written, without quotation marks, of a chain the last part, of a prefecture the name without 市 or 地区;
    with the qualifier `default_place` it is the place in the title and not one that the surroundings name. Other
    qualifiers: `total`, `each`, `respectively`, `of_which`, `share`, `growth`, `added`, `per` (for one household,
    person, mu), `per_time` (for a year, a month), `anaphora`, `plan`, `target`, `done`.
    """
    return tuple(_Walk(clean.text, structure, quantities).claims())


@dataclass(slots=True)
class _Walk:
    """One walk through a text."""

    text: str
    structure: Structure
    quantities: Sequence[Quantity]
    marks: list[PeriodMark] = field(init=False)
    clock: Clock = field(init=False)
    map: Map = field(init=False)
    subjects: _Subjects = field(init=False)
    clause_starts: list[int] = field(init=False)
    _mark_starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        groups = groups_of(self.text)
        places = places_in(self.text, self.structure, groups)
        self.map = Map(self.text, places)
        self.marks = period_marks(self.text)
        self._mark_starts = [mark.at for mark in self.marks]
        self.clock = Clock(self.marks, anchor_of(self.text, self.structure, self.marks))
        self.subjects = _Subjects.of(*actors_of(self.text, self.structure, groups), places)
        self.clause_starts = [clause.at for clause in self.structure.clauses]

    def claims(self) -> Iterator[Claim]:
        structure = self.structure
        number = sentence = 0
        ends = self._section_ends()
        for index, paragraph in enumerate(structure.paragraphs):
            self._enter_paragraph(index, ends)
            while sentence < len(structure.sentences) and structure.sentences[sentence].at < paragraph.until:
                span = structure.sentences[sentence]
                told = self._told_in(span, number)
                self.clock.enter_sentence(span.at, goes_on=self.text.startswith("其中", span.at))
                self.map.enter_sentence(span.at, span.until, has_new_actor=self.subjects.is_new_at(span.at))
                if told:
                    yield from _Sentence(self, span, told, number).claims()
                self.clock.leave_sentence(span.until)
                self.map.leave_sentence()
                number += len(told)
                sentence += 1
            self.clock.leave_paragraph()
        for position in range(number, len(self.quantities)):  # only if offsets and structure disagree
            yield Claim(id=position + 1, quantity=self.quantities[position])

    def _told_in(self, span: Span, number: int) -> Sequence[Quantity]:
        end = number
        while end < len(self.quantities) and self.quantities[end].at < span.until:
            end += 1
        return self.quantities[number:end]

    def _section_ends(self) -> dict[int, int]:
        """For each heading where its section ends: at the next heading, whatever its level."""
        ends: dict[int, int] = {}
        next_at = len(self.text)
        for index in range(len(self.structure.paragraphs) - 1, -1, -1):
            if self.structure.headings[index]:
                ends[index] = next_at
                next_at = self.structure.paragraphs[index].at
        return ends

    def _enter_paragraph(self, index: int, ends: dict[int, int]) -> None:
        structure, paragraph = self.structure, self.structure.paragraphs[index]
        words = self.text[paragraph.at : paragraph.until]
        is_heading = structure.headings[index]
        if is_heading:
            is_short = len(words) <= _LONGEST_SCOPE_HEADING and "，" not in words
            sets_scope = is_short or bool(_NUMBERED.match(words))
            self.clock.enter_heading(paragraph.at, paragraph.until, structure.levels[index], sets_scope=sets_scope)
            self.map.enter_section(paragraph.at, ends[index], paragraph.until if sets_scope else paragraph.at)
        self.clock.enter_paragraph(keeps=not is_heading and words[-1] in _TERMINAL)
        self.map.enter_paragraph()
        self.subjects.enter_paragraph()

    def marks_between(self, at: int, until: int) -> list[PeriodMark]:
        return self.marks[bisect_left(self._mark_starts, at) : bisect_left(self._mark_starts, until)]


@dataclass(slots=True)
class _Subjects:
    """Who acts, on the walk. main: the actor of the text as a whole."""

    main: str
    marks: list[ActorMark]
    _starts: list[int]
    _named: str = ""
    _unit: str = ""

    @classmethod
    def of(cls, main: str, marks: Sequence[ActorMark], places: Places) -> _Subjects:
        helpers = [ActorMark(helper.at, helper.until, helper.name, passes=True) for helper in places.helpers]
        if helpers and places.title_helps:
            main = Counter(helper.name for helper in helpers).most_common(1)[0][0]
        together = sorted([*marks, *helpers], key=lambda mark: mark.at)
        return cls(main, together, [mark.at for mark in together])

    def enter_paragraph(self) -> None:
        self._named = self._unit = ""

    def is_new_at(self, at: int) -> bool:
        """Whether the sentence there begins with another organisation than the one before it in the paragraph did."""
        index = bisect_left(self._starts, at)
        if index == len(self.marks) or self._starts[index] - at > _REACH_OF_SUBJECT or not self.marks[index].is_unit:
            return False
        before, self._unit = self._unit, self.marks[index].name
        return before not in ("", self._unit)

    def at(self, position: int, part_at: int, sentence_at: int) -> str:
        """The first subject of the part, else the last before it in the sentence or paragraph, else the text's."""
        last = bisect_left(self._starts, position) - 1
        if last >= 0 and self._starts[last] >= sentence_at:
            mark = self.marks[min(last, bisect_left(self._starts, part_at))]
            if mark.passes:
                return mark.name if mark.at >= part_at else self._named or self.main
            self._named = known_as(mark.name, self.main)
        return self._named or self.main


@dataclass(frozen=True, slots=True)
class _Given:
    """What 分别 gives to one quantity."""

    where: Where | None
    period: Period | None


@dataclass(slots=True)
class _Sentence:
    """A sentence with its quantities; `number` of them were told before it."""

    walk: _Walk
    span: Span
    told: Sequence[Quantity]
    number: int
    parts: list[tuple[int, int]] = field(init=False)
    of_which: list[tuple[int, int]] = field(init=False)
    given: dict[int, _Given] = field(init=False)
    _part_starts: list[int] = field(init=False)
    _kind_before: ClaimKind = ClaimKind.CUMULATIVE
    _is_planned: bool = False
    _is_standing: bool = False
    _is_gathered: bool = False

    def __post_init__(self) -> None:
        text = self.walk.text
        self.parts = _parts(text, self.span.at, self.span.until)
        self._part_starts = [begin for begin, _end in self.parts]
        self.of_which = _of_which(text, self.span.at, self.span.until)
        self.given = self._given_one_by_one()

    def claims(self) -> Iterator[Claim]:
        for position in range(len(self.told)):
            yield self._claim(position)

    def _claim(self, position: int) -> Claim:
        text, quantity = self.walk.text, self.told[position]
        index = bisect_right(self.walk.clause_starts, quantity.at) - 1
        clause = self.walk.structure.clauses[index]
        part = self.parts[bisect_right(self._part_starts, quantity.at) - 1]
        before = self.told[position - 1].until if position else self.span.at
        after = self.told[position + 1].at if position + 1 < len(self.told) else self.span.until
        stretch = Stretch(part, (clause.at, clause.until), after, self._end_of_list(position))
        given = self.given.get(position)
        period, kind = self._period_and_kind(position, clause, max(before, part[0]), given)
        where = self.walk.map.at(quantity.at, quantity.until, stretch)
        if given and given.where:
            where = given.where
        qualifiers = qualifiers_of(
            cues_in(text, max(before, clause.at, quantity.at - _WINDOW), quantity.at),
            of_which=_holds(self.of_which, quantity.at),
            respectively=given is not None,
            each=bool(_EACH.search(text, max(clause.at, quantity.at - 3), quantity.at)),
            is_anaphor=where.mark is not None and where.mark.is_anaphor and where.mark.at >= clause.at,
        )
        return Claim(
            id=self.number + position + 1,
            quantity=quantity,
            period=period.text,
            place=where.name,
            actor=self.walk.subjects.at(quantity.at, part[0], self.span.at),
            kind=kind,
            clause=index,
            label=text[max(before, clause.at, quantity.at - _LONGEST_LABEL) : quantity.at].strip(_EDGE),
            after=text[quantity.until : min(after, clause.until, quantity.until + _LONGEST_AFTER)].strip(_EDGE),
            qualifiers=qualifiers | ({"default_place"} if where.is_default else frozenset()),
        )

    def _period_and_kind(
        self, position: int, clause: Span, words_at: int, given: _Given | None
    ) -> tuple[Period, ClaimKind]:
        walk, quantity = self.walk, self.told[position]
        moment = walk.clock.at(quantity.at)
        own = cues_in(walk.text, max(words_at, quantity.at - _WINDOW), quantity.at)
        if own.has("change_to") and position and words_at > clause.at:  # 由2016年末的30%下降到不足2%
            return moment.period, self._kind_before
        period = given.period if given and given.period else moment.period
        if own.has("summed") and moment.is_distant and period.extent is Extent.YEAR:
            period = up_to(period.text)  # 累计, and the year stands in the title or at the head of the section only
        in_clause = cues_in(walk.text, max(clause.at, quantity.at - _WINDOW), quantity.at)
        self._is_planned = is_planned(in_clause, own, self._is_planned and words_at > self.span.at)
        self._is_gathered = self._is_gathered or own.has("gathered")
        self._is_standing = own.has("standing") or (self._is_standing and self._is_listed(position))
        self._kind_before = kind_of(
            walk.text,
            quantity,
            own=own,
            clause=in_clause,
            period=period,
            is_ahead=moment.is_ahead,
            is_planned=self._is_planned,
            is_standing=self._is_standing,
            is_gathered=self._is_gathered,
            each_part=any(
                mark.sense in (Sense.EACH_YEAR, Sense.EACH_PART) for mark in walk.marks_between(clause.at, quantity.at)
            ),
        )
        return period, self._kind_before

    def _is_listed(self, position: int) -> bool:
        """Whether nothing but the noun of the quantity before stands between (辖5镇4乡，205个行政村)."""
        begin = self.told[position - 1].until if position else self.told[position].at
        return bool(_NOUN_ONLY.fullmatch(self.walk.text, begin, self.told[position].at))

    def _end_of_list(self, position: int) -> int:
        """Where the first quantity begins that is not listed with this one (2084户贫困户、6252贫困人口)."""
        for index in range(position + 1, min(len(self.told), position + _MOST_LISTED)):
            if not _LISTED.fullmatch(self.walk.text, self.told[index - 1].until, self.told[index].at):
                return self.told[index].at
        return self.span.until

    def _given_one_by_one(self) -> dict[int, _Given]:
        """What 分别 gives out: the places or years of a list, one for each quantity behind it."""
        text, given = self.walk.text, {}
        starts = [quantity.at for quantity in self.told]
        for begin, end in self.parts:
            words = [found.start() for found in _RESPECTIVELY.finditer(text, begin, end)]
            for word, until in pairwise([*words, end]):
                first = bisect_right(starts, word)
                behind = range(first, min(bisect_left(starts, until), first + _MOST_ONE_BY_ONE))
                if not behind:
                    continue
                self.walk.map.forget()
                places = self.walk.map.last_list(begin, word)
                years = _years_of(self.walk.marks_between(begin, word))
                for order, index in enumerate(behind):
                    where = Where(places[order], (places[order],)) if len(places) == len(behind) > 1 else None
                    period = years[order] if len(years) == len(behind) > 1 else None
                    given[index] = _Given(where, period)
        return given


def _years_of(marks: Sequence[PeriodMark]) -> list[Period]:
    """The years that 分别 may give out: those listed, or each of a span."""
    dated = [mark.period for mark in marks if mark.sense is Sense.PERIOD]
    if len(dated) == 1 and dated[0].extent is Extent.SPAN:
        first = int(dated[0].text[:4])
        return [whole_year(year) for year in range(first, min(dated[0].year, first + _MOST_ONE_BY_ONE) + 1)]
    return dated if all(period.extent is Extent.YEAR for period in dated) else []


def _parts(text: str, at: int, until: int) -> list[tuple[int, int]]:
    """The stretches of a sentence between semicolons."""
    parts = []
    begin = at
    for index, character in enumerate(text[at:until], at):
        if character in "；;":
            parts.append((begin, index + 1))
            begin = index + 1
    if begin < until or not parts:
        parts.append((begin, until))
    return parts


def _of_which(text: str, at: int, until: int) -> list[tuple[int, int]]:
    """Stretches in which 其中 holds: to the bracket or semicolon that closes it, 其中， to the end of the sentence."""
    stretches: list[tuple[int, int]] = []
    for found in _OF_WHICH.finditer(text, at, until):
        if not stretches or found.start() >= stretches[-1][1]:
            closing = "）)" if found["lasts"] else "）)；;"
            stretches.append((found.start(), _closing(text, found.start(), until, closing)))
    return stretches


def _holds(stretches: Sequence[tuple[int, int]], at: int) -> bool:
    index = bisect_right(stretches, (at, at)) - 1
    return index >= 0 and at < stretches[index][1]


def _closing(text: str, at: int, until: int, closing: str) -> int:
    """Where the first of the closing characters stands that no bracket opened behind `at` encloses, else `until`."""
    depth = 0
    for index in range(at, until):
        character = text[index]
        if character in "（(":
            depth += 1
        elif depth and character in "）)":
            depth -= 1
        elif not depth and character in closing:
            return index
    return until
