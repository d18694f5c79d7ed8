"""A blank table as words in rows and columns, wherever it came from; rows and columns are counted from 0."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xieshou.intake.rules import squeeze

Span = tuple[int, int, int, int]  # first row, first column, last row, last column, both ends included


@dataclass(frozen=True)
class Grid:
    """The words of one table or sheet.

    rows: the text of each cell, "" for a blank one; of a merged cell the text stands in its first cell alone.
    name: of the sheet, or the table's number in a Word document.
    """

    name: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[Span] = ()

    @cached_property
    def width(self) -> int:
        """One more than the last column with a word."""
        return max((at + 1 for row in self.rows for at, text in enumerate(row) if text.strip()), default=0)

    @cached_property
    def owner(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The first cell of the merged range in which a cell lies."""
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merged
            for row in range(top, bottom + 1)
            for column in range(left, min(right, self.width) + 1)
        }

    def text(self, row: int, column: int) -> str:
        """What a reader sees in a cell: of a merged cell, its text everywhere."""
        row, column = self.owner.get((row, column), (row, column))
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column].strip()

    def reaches_across(self, row: int, column: int) -> bool:
        """Whether a cell is merged over nearly the whole width, as titles and notes are."""
        top, left = self.owner.get((row, column), (row, column))
        return any(
            (first, start) == (top, left) and end - start + 1 >= max(2, 0.7 * self.width)
            for first, start, _last, end in self.merged
        )

    def crosses_below(self, row: int) -> bool:
        """Whether a merged cell reaches from this row into the next."""
        return any(top <= row < bottom for top, _left, bottom, _right in self.merged)

    def path(self, top: int, bottom: int, column: int) -> tuple[str, ...]:
        """The different texts above each other in the lines of a heading, without those that reach across."""
        texts = (
            squeeze(self.text(row, column))
            for row in range(top, bottom + 1)
            if not self.reaches_across(row, column) and not self.text(row, column).replace(".", "").isdecimal()
        )
        return tuple(dict.fromkeys(text for text in texts if text))


def fingerprint(grid: Grid, top: int, bottom: int, labels: Sequence[str]) -> str:
    """What a table is known by for good: the texts and merges of its heading and the names of its rows.

    Titles, dates and the number of blank rows are no part of it: next quarter's blank is the same table.
    """
    headings = [[squeeze(grid.text(row, column)) for column in range(grid.width)] for row in range(top, bottom + 1)]
    merges = sorted(
        (first - top, left, last - top, right)
        for first, left, last, right in grid.merged
        if top <= first and last <= bottom
    )
    written = json.dumps([headings, merges, list(labels)], ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
