"""Words that carry meaning, read from `lexicon/*.csv`: one word a line, with its sense and why it stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from xieshou.reports.audit.word_lists import alternation, rows


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. word: what stands in the text; sense: what it says; value: what it means where the sense has one."""

    word: str
    sense: str
    value: str
    reason: str


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The lines of `lexicon/NAME.csv` (word, sense, value, reason)."""
    return tuple(Entry(row["word"], row["sense"], row.get("value") or "", row["reason"]) for row in rows(name))


def words(name: str, *senses: str) -> frozenset[str]:
    """The words of these senses."""
    return frozenset(entry.word for entry in entries(name) if entry.sense in senses)


def values(name: str, *senses: str) -> dict[str, str]:
    """Word to value, of these senses."""
    return {entry.word: entry.value for entry in entries(name) if entry.sense in senses}


def senses(name: str) -> dict[str, str]:
    """Word to sense."""
    return {entry.word: entry.sense for entry in entries(name)}


def any_of(alternatives: Iterable[str]) -> str:
    """A regular expression for one of the words, the longest first."""
    return f"(?:{alternation(alternatives)})"
