"""Tables on a terminal, where a Chinese character is two columns wide."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> str:
    """Columns set under their heads; the columns listed in `numbers` are right-aligned."""
    widths = [max(width(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = [[_padded(cell, widths[i], right=i in numbers) for i, cell in enumerate(row)] for row in [heads, *rows]]
    rule = ["─" * columns for columns in widths]
    return "\n".join("  ".join(cells).rstrip() for cells in [lines[0], rule, *lines[1:]])


def _padded(text: str, columns: int, *, right: bool) -> str:
    space = " " * (columns - width(text))
    return space + text if right else text + space
