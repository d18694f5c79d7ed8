"""What the word lists say of units, counted nouns, names and approximations; and how words are found in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from xieshou.reports.audit.claims import Approximation
from xieshou.reports.audit.word_lists import rows

ANYTHING = "*"  # what 个 may count
DECOY = "-"  # a word that begins like a counted noun and is none


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure word or unit of measurement (量词). counts: units its noun may give it; empty where it is fixed."""

    word: str
    unit: str
    factor: Decimal
    counts: frozenset[str]
    not_before: str


@cache
def measures() -> dict[str, Measure]:
    return {
        row["word"]: Measure(
            word=row["word"],
            unit=row["unit"],
            factor=Decimal(row["factor"]),
            counts=frozenset(filter(None, row["counts"].split("|"))),
            not_before=row["not_before"],
        )
        for row in rows("measures")
    }


@cache
def nouns() -> dict[str, str]:
    """Counted noun → unit, or `DECOY`."""
    return {row["noun"]: row["unit"] for row in rows("nouns")}


@cache
def noun_endings() -> dict[str, str]:
    """Last character of a noun that the list lacks → unit."""
    return {row["ending"]: row["unit"] for row in rows("noun_endings")}


@cache
def names() -> tuple[str, ...]:
    """Names and idioms that hold a numeral and state no figure."""
    return tuple(row["phrase"] for row in rows("names"))


@cache
def approximations(position: str) -> dict[str, Approximation]:
    """The words that stand `before` or `after` an inexact figure."""
    return {
        row["word"]: Approximation(row["approximation"])
        for row in rows("approximations")
        if row["position"] == position
    }


class WordFinder:
    """Finds words of a list in a text, the longest at each place: by their first two characters, then by comparison.

    An alternation of a thousand words would try each of them at every place.
    """

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted(set(words), key=lambda word: (-len(word), word))
        self._short = {word for word in known if len(word) == 1}
        self._by_head: dict[str, list[str]] = {}
        for word in known:
            if len(word) > 1:
                self._by_head.setdefault(word[:2], []).append(word)
        self._heads = re.compile("[" + "".join(sorted({re.escape(word[0]) for word in known})) + "]")

    def at(self, text: str, at: int, stop: int | None = None) -> Iterator[str]:
        """The words that stand at `at` and end by `stop`, the longest first."""
        head = text[at : at + 2]
        for word in self._by_head.get(head, ()):
            if text.startswith(word, at, stop):
                yield word
        if head[:1] in self._short:
            yield head[:1]

    def longest_at(self, text: str, at: int, stop: int | None = None) -> str | None:
        return next(self.at(text, at, stop), None)

    def find(self, text: str, start: int, stop: int) -> Iterator[tuple[int, str]]:
        """Places and words in order, without overlap."""
        done = start
        for head in self._heads.finditer(text, start, stop):
            at = head.start()
            if at >= done and (word := self.longest_at(text, at, stop)) is not None:
                yield at, word
                done = at + len(word)
