"""Whether two figures speak of the same thing, by the words around them."""

from __future__ import annotations

import re

from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.narrative import Narrative, Reading

_MARKS = re.compile(r"[\W\d_年月日底末初截至到以来约近余多超的了已共总并还又也等为达]+")
_OPENING = 8  # code points of the noun that still belong to what is counted


def key_words(reading: Reading) -> str:
    """What stands around a figure in its own clause, without marks, numbers and words that say nothing."""
    words = f"{reading.clause[-28:]} {reading.noun[:_OPENING]}"
    for name in (reading.claim.actor, *reading.places):
        if name:
            words = words.replace(name, " ")
    return _MARKS.sub(" ", cues.plain_words().sub(" ", words)).strip()


def pairs_of(words: str) -> frozenset[str]:
    """Neighbouring characters, not across a gap: what words share without a dictionary."""
    return frozenset(pair for place in range(len(words) - 1) if " " not in (pair := words[place : place + 2]))


def likeness(left: Reading, right: Reading) -> float:
    """Share of the shorter one's pairs of characters that the other has too; 0 where one says nothing."""
    one, two = pairs_of(key_words(left)), pairs_of(key_words(right))
    if not one or not two:
        return 0.0
    return len(one & two) / min(len(one), len(two))


def is_telling(reading: Reading) -> bool:
    """Whether a value has so many digits that it does not come twice by chance."""
    return len(reading.claim.quantity.value.normalize().as_tuple().digits) >= 3


def sentence_words(narrative: Narrative, reading: Reading) -> str:
    """The sentence of a figure up to it and a little beyond, cleaned as `key_words` does."""
    span = narrative.structure.sentences[reading.sentence]
    at = reading.claim.quantity.at
    words = f"{narrative.text[max(span.at, at - 60) : at]} {reading.noun[:_OPENING]}"
    return _MARKS.sub(" ", cues.plain_words().sub(" ", words))


def agree(one: str, two: str) -> bool:
    """Whether two statements of place or actor may be the same: what is not told contradicts nothing."""
    return one == two or not one or not two


def same_scope(left: Reading, right: Reading) -> bool:
    """Whether period, place, kind and stage are told alike."""
    one, two = left.claim, right.claim
    return (
        one.period == two.period
        and one.place == two.place
        and one.kind == two.kind
        and left.is_plan == right.is_plan
        and left.unit == right.unit
    )
