"""Several texts compared: one thing told with two values, and the value of the year before carried over (沿用).

Two claims tell one thing when unit, place, kind and what is counted are the same and their clauses say nearly the same
words; only the nearest pair of each is compared. Silence is better than a coincidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xieshou.reports.audit.auditing import Audit
from xieshou.reports.audit.claims import Approximation, Claim, ClaimKind, Status
from xieshou.reports.audit.relations.comparisons import equality, extent_of
from xieshou.reports.audit.verdicts import Crossing, CrossingKind
from xieshou.reports.audit.wording import further_words, normalised

NEARLY_THE_SAME = 0.75  # of the pairs of characters of both clauses
_LEAST_WORDS = 4  # characters; 实际完成 alone tells no one thing
_DIGITS_THAT_TELL = 3
_MOST_IN_A_GROUP = 400  # beyond, only clauses in the very same words are compared: time stays linear
_WHEN_OR_PLANNED = re.compile(r"[|\d]+|年|月|日|全年|计划|底|末")
_PLANNED = frozenset({ClaimKind.PLAN, ClaimKind.TARGET})


@dataclass(frozen=True, slots=True)
class _Told:
    """A claim as it is compared: its words, and the pairs of characters in them."""

    claim: Claim
    words: str
    pairs: frozenset[str]


def crossings(audit: Audit, others: Sequence[tuple[str, Audit]]) -> tuple[Crossing, ...]:
    """Where the audited text and another tell one thing differently, or the same where a year lies between.

    Args:
        others: name and audit of each further text.
    Cost: groups of equal unit, place and kind are compared pair by pair, up to 400 claims each.
    """
    mine = _grouped(audit)
    return tuple(crossing for name, other in others for crossing in _between(audit, mine, name, other, _grouped(other)))


_Groups = dict[tuple[str, str, bool], list[_Told]]


def _grouped(audit: Audit) -> _Groups:
    groups: _Groups = defaultdict(list)
    for claim in audit.claims:
        words = _words_of(claim)
        if len(words) >= _LEAST_WORDS:
            further = "".join(further_words(words))  # what is particular weighs twice
            told = f"{further}{words}"
            pairs = frozenset(told[at : at + 2] for at in range(len(told) - 1))
            groups[claim.quantity.unit, claim.place, claim.kind in _PLANNED].append(_Told(claim, words, pairs))
    return groups


def _words_of(claim: Claim) -> str:
    """What a claim is about, in one writing, without when and whether it is planned: that is compared apart."""
    noun = "" if claim.quantity.noun in claim.label else claim.quantity.noun
    words = normalised(f"{claim.label}{noun}", (*claim.place.split("、"), claim.actor))
    return _WHEN_OR_PLANNED.sub("", words)


def _between(audit: Audit, mine: _Groups, name: str, other: Audit, theirs: _Groups) -> Iterable[Crossing]:
    for key, group in mine.items():
        there = theirs.get(key, [])
        if not there:
            continue
        if max(len(group), len(there)) > _MOST_IN_A_GROUP:
            by_words = {each.words: each for each in reversed(there)}
            pairs = [(each, by_words[each.words]) for each in group if each.words in by_words]
        else:
            pairs = _nearest_pairs(group, there)
        for here, beyond in pairs:
            yield from _compared(audit, here.claim, name, other, beyond.claim)


def _nearest_pairs(group: Sequence[_Told], there: Sequence[_Told]) -> list[tuple[_Told, _Told]]:
    """The pairs that are each other's nearest, and near enough."""
    nearest = {here.claim.id: _nearest(here, there) for here in group}
    back = {beyond.claim.id: _nearest(beyond, group) for beyond in there}
    return [
        (here, beyond)
        for here in group
        if (beyond := nearest[here.claim.id]) is not None and back[beyond.claim.id] is here
    ]


def _nearest(one: _Told, others: Sequence[_Told]) -> _Told | None:
    """The other of the most like words; with equal words the one of the same period. None where none is near."""
    best = max(others, key=lambda each: (_likeness(one, each), each.claim.period == one.claim.period))
    return best if _likeness(one, best) >= NEARLY_THE_SAME else None


def _likeness(one: _Told, other: _Told) -> float:
    together = len(one.pairs) + len(other.pairs)
    return 2 * len(one.pairs & other.pairs) / together if together else 0.0


def _compared(audit: Audit, here: Claim, name: str, other: Audit, beyond: Claim) -> Iterable[Crossing]:
    span = slice(beyond.quantity.start, beyond.quantity.end)
    words = {"name": name, "here": _written(audit, here), "there": other.text[span]}
    is_one_time = here.period == beyond.period and (here.period or here.kind is beyond.kind)
    if is_one_time and equality(extent_of(beyond.quantity), extent_of(here.quantity)) is Status.CONTRADICTION:
        message = _("同一件事，这里写“%(here)s”，“%(name)s”里写“%(there)s”。") % words
        yield _crossing(CrossingKind.CONFLICT, here, name, other, beyond, message)
    elif _is_a_year_later(here, beyond) and _is_the_same_number(here, beyond):
        message = _("与“%(name)s”里上一年的“%(there)s”一字不差，可能是沿用。") % words
        yield _crossing(CrossingKind.CARRIED_OVER, here, name, other, beyond, message)


def _crossing(kind: CrossingKind, here: Claim, name: str, other: Audit, beyond: Claim, message: str) -> Crossing:
    return Crossing(
        kind=kind,
        claim=here.id,
        other=name,
        there=_sentence(other, beyond),
        value=beyond.quantity.value,
        message=message,
    )


def _written(audit: Audit, claim: Claim) -> str:
    return audit.text[claim.quantity.start : claim.quantity.end]


def _sentence(audit: Audit, claim: Claim) -> str:
    """The clause of a claim in its own text, to be shown beside."""
    clause = audit.structure.clauses[claim.clause]
    return audit.clean.text[clause.at : clause.until].strip()[:200]


def _is_a_year_later(here: Claim, beyond: Claim) -> bool:
    years = (here.period, beyond.period)
    return all(len(year) == 4 and year.isdecimal() for year in years) and int(years[0]) == int(years[1]) + 1


def _is_the_same_number(here: Claim, beyond: Claim) -> bool:
    """A stock may stay as it was; a year's work to the last digit hardly does."""
    digits = "".join(map(str, here.quantity.value.normalize().as_tuple().digits)).strip("0")
    return (
        here.quantity.value == beyond.quantity.value
        and here.kind is ClaimKind.ANNUAL
        and here.quantity.approximation is Approximation.EXACT
        and len(digits) >= _DIGITS_THAT_TELL
    )
