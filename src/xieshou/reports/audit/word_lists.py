"""The word lists of `lexicon/`: tables with a reason beside every line, read once for all stages."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicon"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The lines of `lexicon/NAME.csv` by column, in their order."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def alternation(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first; in a larger pattern it needs a group of its own."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
