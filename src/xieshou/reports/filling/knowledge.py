"""What a superior's blank table may ask for: every figure, the words of every form, every kind of record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.forms import known_bindings
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.statements.formfiles import vocabulary
from xieshou.figures.definitions import Figure
from xieshou.intake.forms import Form
from xieshou.ledger.posted import PostingSource
from xieshou.reports.filling.lexicon import Meaning, meanings


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What is known. words: what offices call the columns of places and parties, in any form."""

    figures: Sequence[Figure]
    forms: Sequence[Form]
    sources: Sequence[PostingSource]
    words: Mapping[str, tuple[str, ...]]

    def meanings(self) -> list[Meaning]:
        return meanings(self.figures, self.forms, self.sources, self.words)


def catalogue() -> Catalogue:
    """Everything that is known now, the office's own figures and taught forms included. Two queries."""
    return Catalogue(
        figures=known_figures(),
        forms=[binding.form for binding in known_bindings()],
        sources=SOURCES,
        words=vocabulary(),
    )
