"""What the ledger says of each claim: the figure it means, the scope it is told in, the value of the books beside it.

A claim is looked up only where its words mean a figure (`meaning`); a number that happens to be equal links nothing.
不符 is said only where figure, place, period and unit are certain and the actor sees all that would count; every doubt
makes it 口径待核.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor
from xieshou.figures import services as figures_services
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.scopes import Scope
from xieshou.ledger.measures import Stage
from xieshou.parties.models import Party
from xieshou.parties.selectors import directory
from xieshou.places import selectors as places
from xieshou.reports.audit.claims import Claim, ClaimKind, Status, Verdict
from xieshou.reports.audit.meaning import Meaning, Words, counterpart, meanings_of, says_only_that_it_was_done
from xieshou.reports.audit.relations.comparisons import Extent, equality, extent_of
from xieshou.reports.audit.texts.structure import CleanText, Structure
from xieshou.reports.audit.verdicts import LedgerVerdict

_ABBREVIATION = re.compile(r"[(（](?:以下)?(?:统一)?简称(?:为|[:：])?[“\"']?([\u4e00-\u9fffA-Z]{2,16})")
_NAME_BEFORE = re.compile(r"[\u4e00-\u9fff]{4,40}$")
_MOST_ABBREVIATIONS = 50
_EQUAL = frozenset({Status.EXACT, Status.ROUNDING, Status.HOLDS})
_WORDS_AFTER = 16
_DIGITS_THAT_TELL = 3  # of a claim that is narrower than its figure: 12人 equals by chance, 4,826.6万元 does not
MOST_PLACES = 30
_TIMES_OFF = 2  # beyond, two figures of one text are two things rather than a slip of one


@dataclass(frozen=True, slots=True)
class _Asked:
    """A scope as the claim tells it. unsure: what of it could not be made certain, as sentences."""

    options: Mapping[str, Any]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """The books' answer in one scope, or the sum over the several places of one."""

    value: Decimal | None
    entries: int
    scopes: tuple[Scope, ...]
    crossing: int = 0

    @cached_property
    def described(self) -> str:
        """The scope in words; of several places their names, then what they share."""
        if len(self.scopes) == 1:
            return self.scopes[0].described()
        names = places.names([scope.place for scope in self.scopes])
        shared = replace(self.scopes[0], place="").described()
        return " · ".join(part for part in (_("、").join(names.values()), shared) if part)


@dataclass(slots=True)
class Ledger:
    """The books as one actor sees them, asked about the claims of one text after another.

    figures: those that are known (`catalogue.figures.known_figures()`). Answers are kept while the object lives, so
    that a scope told ten times is read once.
    """

    actor: Actor
    figures: Sequence[Figure]
    _answers: dict[tuple[str, str], _Found | None] = field(default_factory=dict)
    _places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _parties: dict[str, int | None] = field(default_factory=dict)
    _sums: dict[tuple[str, str], _Found] = field(default_factory=dict)
    _is_empty: dict[tuple[str, str], bool] = field(default_factory=dict)
    _by_unit: dict[str, list[Figure]] = field(default_factory=dict)

    def linked(self, clean: CleanText, structure: Structure, claims: Sequence[Claim]) -> tuple[LedgerVerdict, ...]:
        """A verdict for each claim whose words mean a figure, in the order of the claims.

        Cost: the words of each claim against the figures of its unit, and one evaluation per figure and scope.
        """
        self._learn_abbreviations(clean.text)
        default = self._party_of_the_text(claims)
        verdicts: list[LedgerVerdict] = []
        planned: dict[int, tuple[Claim, Figure]] = {}
        for position, claim in enumerate(claims):
            words = words_of(clean, structure, claims, position)
            meanings = meanings_of(claim, words, self._of_unit(claim.quantity.unit))
            sentence = structure.clauses[claim.clause].parent if structure.clauses else -1
            if not meanings and sentence in planned and says_only_that_it_was_done(words):
                meanings = self._done_of(claim, *planned[sentence])
            if not meanings or "each" in claim.qualifiers:
                continue
            for meaning in meanings:
                if meaning.figure.stage == Stage.PLANNED:
                    planned[sentence] = (claim, meaning.figure)
            verdicts.append(self._verdict(claim, meanings, default))
        return _without_two_things_in_one(verdicts, {claim.id: claim for claim in claims})

    def _of_unit(self, unit: str) -> list[Figure]:
        if not self._by_unit:
            for figure in self.figures:
                self._by_unit.setdefault(figure.unit, []).append(figure)
        return self._by_unit.get(unit, [])

    def _done_of(self, claim: Claim, plan: Claim, figure: Figure) -> list[Meaning]:
        """实际完成 after a plan of the same place and unit means what was done of it."""
        done = counterpart(figure, self.figures)
        if done is None or done.unit != claim.quantity.unit or claim.kind in (ClaimKind.PLAN, ClaimKind.TARGET):
            return []
        return [Meaning(done, str(done.name))] if claim.place == plan.place else []

    def _verdict(self, claim: Claim, meanings: Sequence[Meaning], default: int | None) -> LedgerVerdict:
        said = [self._said(claim, meaning, default) for meaning in meanings]
        if len({each.verdict for each in said}) == 1:
            return said[0]
        best = min(said, key=lambda each: list(Verdict).index(each.verdict))
        names = "、".join(each.name for each in said)
        return replace(best, verdict=Verdict.DEFINITION, reason=_("可能指几个指标：%(names)s。") % {"names": names})

    def _said(self, claim: Claim, meaning: Meaning, default: int | None) -> LedgerVerdict:
        asked = self._asked(claim, meaning, default)
        found = None if asked is None else self._found(meaning.figure, asked.options)
        if asked is None or found is None:
            return self._told(claim, meaning, None, Verdict.NO_RECORD, _("文中的范围在台账里找不到。"))
        if found.value is None and found.crossing and "year" in asked.options:
            to_the_end = {**asked.options, "at": f"{asked.options['year']}-12-31"}
            to_the_end.pop("year")
            cumulative = self._found(meaning.figure, to_the_end)
            if cumulative is not None and cumulative.value is not None:
                asked = _Asked(to_the_end, (*asked.unsure, _("台账里是累计数，不分年度。")))
                found = cumulative
        return self._compared(claim, meaning, asked, found)

    def _compared(self, claim: Claim, meaning: Meaning, asked: _Asked, found: _Found) -> LedgerVerdict:
        if found.value is None:
            return self._told(claim, meaning, found, Verdict.NO_RECORD, _("台账在这个范围内没有记录。"))
        status = equality(_exactly(found.value), extent_of(claim.quantity))
        if status in _EQUAL:
            if meaning.is_narrower and _telling_digits(claim) < _DIGITS_THAT_TELL:
                return self._told(claim, meaning, found, Verdict.DEFINITION, self._narrower(meaning))
            return self._told(claim, meaning, found, Verdict.AGREES, "")
        if meaning.is_narrower:
            return self._told(claim, meaning, None, Verdict.NO_RECORD, self._narrower(meaning))
        if status is Status.POSSIBLE:
            reason = _("文中是约数，台账的数在它允许的范围之内或之外都说得通。")
            return self._told(claim, meaning, found, Verdict.DEFINITION, reason)
        if other := self._equal_elsewhere(claim, meaning, asked):
            reason = _("按“%(scope)s”的范围，台账与文中一致；按文中写的范围不一致。") % {
                "scope": other.described or _("全部")
            }
            return self._told(claim, meaning, found, Verdict.DEFINITION, reason)
        if begins := self._begins_later(meaning.figure, asked):
            reason = _("台账从 %(year)s 年起才有记录，不能核对更早的数。") % {"year": begins}
            return self._told(claim, meaning, found, Verdict.NO_RECORD, reason)
        unsure = (*asked.unsure, *self._unsure(claim, meaning, found))
        if unsure:
            return self._told(claim, meaning, found, Verdict.DEFINITION, "".join(unsure))
        return self._told(claim, meaning, found, Verdict.DIFFERS, "")

    def _told(
        self, claim: Claim, meaning: Meaning, found: _Found | None, verdict: Verdict, reason: str
    ) -> LedgerVerdict:
        return LedgerVerdict(
            claim=claim.id,
            figure=meaning.figure.key,
            name=str(meaning.figure.name),
            value=None if found is None else found.value,
            verdict=verdict,
            unit=meaning.figure.unit,
            scopes=() if found is None else tuple(scope.as_options() for scope in found.scopes),
            described="" if found is None else found.described,
            entries=0 if found is None else found.entries,
            reason=reason,
        )

    def _narrower(self, meaning: Meaning) -> str:
        return _("文中多说了“%(words)s”，台账没有这样分列。") % {"words": "、".join(meaning.further[:3])}

    def _unsure(self, claim: Claim, meaning: Meaning, found: _Found) -> tuple[str, ...]:
        """Why a difference is no verdict yet."""
        reasons = []
        if meaning.is_loose:
            reasons.append(_("只凭“%(term)s”一词认作这个指标。") % {"term": meaning.term})
        if not claim.period:
            reasons.append(_("文中没有写明时期。"))
        if found.crossing:
            reasons.append(_("另有 %(count)d 条跨期记录没有计入。") % {"count": found.crossing})
        if not all(map(self._sees_all, found.scopes)):
            reasons.append(_("台账只含您权限范围内的记录。"))
        return tuple(reasons)

    def _sees_all(self, scope: Scope) -> bool:
        if self.actor.sees_everything:
            return True
        path = Party.objects.filter(pk=scope.party).values_list("path", flat=True).first() if scope.party else None
        return self.actor.sees(scope.place, [path] if path else [])

    def _equal_elsewhere(self, claim: Claim, meaning: Meaning, asked: _Asked) -> _Found | None:
        """The same figure in a wider scope, where it equals: without party, without place, up to the year's end."""
        options = dict(asked.options)
        wider = [
            {key: value for key, value in options.items() if key not in left} for left in ({"party", "as"}, {"place"})
        ]
        if "year" in options:
            kept = {key: value for key, value in options.items() if key != "year"}
            wider.append(kept | {"at": f"{options['year']}-12-31"})
        for each in wider:
            if each == options or _telling_digits(claim) < _DIGITS_THAT_TELL:
                continue
            found = self._found(meaning.figure, each)
            if found is None or found.value is None:
                continue
            if equality(_exactly(found.value), extent_of(claim.quantity)) in _EQUAL:
                return found
        return None

    def _begins_later(self, figure: Figure, asked: _Asked) -> str:
        """The first year with records, where a claim reaches further back than the books do; else ""."""
        since = str(asked.options.get("from", ""))[:4]
        if not since and "at" not in asked.options:
            return ""
        counted = figure.numerator or figure
        if "year" not in counted.dimensions:
            return ""
        elsewhere = {"place"} if not isinstance(asked.options.get("place", ""), str) else set()
        kept = {key: value for key, value in asked.options.items() if key not in _PERIODS | elsewhere}
        scope = Scope.from_options(kept)
        try:
            rows = figures_services.evaluate(actor=self.actor, figure=counted, scope=scope, by=["year"])
        except XieshouError:
            return ""
        years = [row.by["year"].code[:4] for row in rows if row.by["year"].code[:4].isdecimal()]
        return min(years) if years and min(years) > since else ""

    def _asked(self, claim: Claim, meaning: Meaning, default: int | None) -> _Asked | None:
        """The scope that a claim tells, as options of `xieshou figures`; None where its place is none that is known."""
        unsure: list[str] = []
        options: dict[str, Any] = _period_options(claim, meaning.figure)
        if claim.place and "default_place" not in claim.qualifiers:
            codes = self._codes(claim.place)
            if not codes:
                return None
            options["place"] = codes if len(codes) > 1 else codes[0]
        party = self._party(claim.actor) if claim.actor else default
        if party is not None:
            options["party"] = party
        elif claim.actor:
            unsure.append(_("没有认出单位“%(name)s”，台账的数不分单位。") % {"name": claim.actor})
        options |= {"category": meaning.category, "source": meaning.source, "stage": meaning.stage}
        return _Asked({key: value for key, value in options.items() if value}, tuple(unsure))

    def _codes(self, text: str) -> tuple[str, ...]:
        """Codes of the places that a text names, 、 between them; () where one of them is not certain."""
        if text not in self._places:
            named = [part for part in text.split("、") if part][: MOST_PLACES + 1]
            best = [places.certain(places.resolve(part)) for part in named]
            codes = {one.code for one in best if one is not None}
            is_certain = len(named) <= MOST_PLACES and all(best)
            self._places[text] = _outermost(codes) if is_certain else ()
        return self._places[text]

    def _party(self, text: str) -> int | None:
        """The one party of exactly that name or alias that the actor may see."""
        if text not in self._parties:
            named = directory().exact(text)
            seen = Party.objects.for_actor(self.actor).filter(pk__in=named).values_list("pk", flat=True)
            ids: list[int] = list(seen) if named else []
            self._parties[text] = ids[0] if len(ids) == 1 else None
        return self._parties[text]

    def _learn_abbreviations(self, text: str) -> None:
        """全称（简称“中国一汽”）: the text says itself what it will call a party."""
        for found in islice(_ABBREVIATION.finditer(text), _MOST_ABBREVIATIONS):
            before = _NAME_BEFORE.search(text[max(found.start() - 40, 0) : found.start()])
            names = [before[0][start:] for start in range(len(before[0]) - 3)] if before else []
            party = next((known for name in names if (known := self._party(name)) is not None), None)
            if party is not None:
                self._parties[found[1]] = party

    def _party_of_the_text(self, claims: Sequence[Claim]) -> int | None:
        """The party that most claims speak of; it stands where a claim names none."""
        named = Counter(party for claim in claims if claim.actor and (party := self._party(claim.actor)) is not None)
        return named.most_common(1)[0][0] if named else None

    def _found(self, figure: Figure, options: Mapping[str, Any]) -> _Found | None:
        """The value in a scope; None where the figure cannot be asked so, or not be added up over its places."""
        place = options.get("place", "")
        if isinstance(place, str):
            return self._found_in_one(figure, options)
        key = _key_of(figure, options)
        if key in self._sums:
            return self._sums[key]
        parts = [self._found_in_one(figure, {**options, "place": code}) for code in place]
        told = [part for part in parts if part is not None]
        if not figure.is_added or len(told) < len(parts):
            return None
        values = [part.value for part in told if part.value is not None]
        self._sums[key] = _Found(
            value=sum(values, Decimal(0)) if values else None,
            entries=sum(part.entries for part in told),
            scopes=tuple(part.scopes[0] for part in told),
            crossing=sum(part.crossing for part in told),
        )
        return self._sums[key]

    def _found_in_one(self, figure: Figure, options: Mapping[str, Any]) -> _Found | None:
        key = _key_of(figure, options)
        if key not in self._answers:
            try:
                scope = Scope.from_options(options)
                self._answers[key] = self._read(figure, scope)
            except XieshouError:
                self._answers[key] = None
        return self._answers[key]

    def _read(self, figure: Figure, scope: Scope) -> _Found:
        """What the books hold in a scope. A figure without any record is asked once: most of a catalogue is empty."""
        counted = figure.numerator or figure
        key = (counted.key, scope.stage)
        if key not in self._is_empty:
            (whole,) = figures_services.evaluate(actor=self.actor, figure=counted, scope=Scope(stage=scope.stage))
            self._is_empty[key] = not whole.entries and not whole.crossing
        if self._is_empty[key]:
            return _Found(None, 0, (scope,))
        (answer,) = figures_services.evaluate(actor=self.actor, figure=figure, scope=scope)
        return _Found(answer.value, answer.entries, (scope,), answer.crossing)


_PERIODS = frozenset({"year", "from", "to", "at"})


def _key_of(figure: Figure, options: Mapping[str, Any]) -> tuple[str, str]:
    return figure.key, repr(sorted((name, str(value)) for name, value in options.items()))


def _outermost(codes: set[str]) -> tuple[str, ...]:
    """The codes without those that lie in another of them, so that nothing is added twice."""
    stems = {code: code.rstrip("0") if code[6:] == "000000" else code for code in codes}
    inside = {
        code
        for code in codes
        for other in codes
        if code != other and code.startswith(stems[other]) and len(stems[other]) < len(stems[code])
    }
    return tuple(sorted(codes - inside))


def words_of(clean: CleanText, structure: Structure, claims: Sequence[Claim], position: int) -> Words:
    """What stands around a claim, without the numbers of its clause."""
    claim = claims[position]
    at, until = claim.quantity.at, claim.quantity.until
    clause = structure.clauses[claim.clause] if structure.clauses else None
    begins = clause.at if clause else at
    ends = clause.until if clause else until
    earlier = [each.quantity for each in claims[max(position - 8, 0) : position] if each.quantity.until > begins]
    later = claims[position + 1].quantity.at if position + 1 < len(claims) else ends
    after = clean.text[until : min(ends, later, until + _WORDS_AFTER)]
    head = clean.text[begins:at]
    for quantity in reversed(earlier):
        if begins <= quantity.at and quantity.until <= at:
            head = f"{head[: quantity.at - begins]}|{head[quantity.until - begins :]}"
    names = (*claim.place.split("、"), *claim.actor.split("、"))
    own = f"{head}|{claim.quantity.noun}|{after}"
    last = max((quantity.until for quantity in earlier), default=begins)
    return Words(own=own, narrowing=f"{clean.text[last:at]}|{after}", names=tuple(name for name in names if name))


def _period_options(claim: Claim, figure: Figure) -> dict[str, str]:
    if not claim.period:
        return {}
    since, dots, until = claim.period.partition("..")
    if figure.kind is Kind.STOCK or claim.kind is ClaimKind.POINT:
        return {"at": until or since} if until or not dots else {}
    if not dots:
        return {"year": since} if len(since) == 4 else {"from": since, "to": since}
    if not since:
        return {"at": until}
    return {"from": since, "to": until} if until else {"from": since}


def _exactly(value: Decimal) -> Extent:
    exact = Fraction(value)
    return Extent(exact, exact, exact, exact, exact)


def _telling_digits(claim: Claim) -> int:
    """How many digits of the number say something: 3 for 1,230, 5 for 4,826.6万."""
    digits = "".join(str(part) for part in claim.quantity.value.normalize().as_tuple().digits)
    return len(digits.strip("0"))


def _without_two_things_in_one(
    verdicts: Sequence[LedgerVerdict], claims: Mapping[int, Claim]
) -> tuple[LedgerVerdict, ...]:
    """Where one figure of a text agrees with the books, another of quite another size is no slip of it.

    The books hold one value for a figure and a scope; two figures of different size beside it are two definitions.
    """
    agreeing = {
        (each.figure, repr(each.scopes)): each for each in verdicts if each.verdict is Verdict.AGREES and each.value
    }

    def settled(verdict: LedgerVerdict) -> LedgerVerdict:
        other = agreeing.get((verdict.figure, repr(verdict.scopes)))
        if verdict.verdict is not Verdict.DIFFERS or other is None or other.value is None:
            return verdict
        stated = claims[verdict.claim].quantity.value
        if other.value / _TIMES_OFF <= stated <= other.value * _TIMES_OFF:
            return verdict
        reason = _("文中“%(text)s”才与台账的“%(name)s”一致；这个数口径可能更宽，含台账没有的部分。") % {
            "text": f"{claims[other.claim].quantity.number_raw}{claims[other.claim].quantity.unit_raw}",
            "name": verdict.name,
        }
        return replace(verdict, verdict=Verdict.DEFINITION, reason=reason)

    return tuple(settled(verdict) for verdict in verdicts)
