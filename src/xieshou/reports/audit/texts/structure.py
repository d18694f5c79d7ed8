"""The text as the stages see it: a cleaned view with a map back, cut into paragraphs, sentences and clauses."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CleanText:
    """The cleaned view (清洗稿) of a text.

    text: without glosses, stray blanks and damage, Simplified, half-width digits. starts, ends: for each code point of
    `text` where its first and last source code point stand in `raw` (end is exclusive).
    """

    raw: str
    text: str
    starts: array[int]
    ends: array[int]

    def raw_span(self, at: int, until: int) -> tuple[int, int]:
        """Where a non-empty stretch of the cleaned text stands in the raw one."""
        return self.starts[at], self.ends[until - 1]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the cleaned text. parent: index of the sentence's paragraph, or the clause's sentence."""

    at: int
    until: int
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Structure:
    """Paragraphs, sentences and clauses of a cleaned text, in order.

    headings: for each paragraph whether it is one; levels: its depth, 0 where it is none (一、1, （一）2, 一是 3).
    repeats: for each paragraph the index of an earlier one with the same words, or -1.
    """

    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    clauses: tuple[Span, ...]
    headings: tuple[bool, ...]
    levels: tuple[int, ...]
    repeats: tuple[int, ...]
