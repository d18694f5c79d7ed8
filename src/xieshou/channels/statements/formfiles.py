"""The packaged forms of this app, with what their measures and the common vocabulary add to them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from xieshou.channels.statements.measures import PACKAGED, StatedMeasure
from xieshou.intake.forms import Column, Form, load_form
from xieshou.ledger.measures import Addition

_HERE = Path(__file__).parent


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Column key → the words that offices use for it, in any form."""
    data = tomllib.loads((_HERE / "vocabulary.toml").read_text(encoding="utf-8"))
    return {key: tuple(words) for key, words in data["words"].items()}


def with_vocabulary(form: Form) -> Form:
    """The form with the vocabulary's words for its columns, and for a measure's only column the measure's synonyms.

    A word that is another column's own in this form stays that column's.
    """
    own = {word for column in form.columns for word in column.words}
    return replace(form, columns=tuple(_with_words(column, form, own) for column in form.columns))


def with_measures(form: Form, measures: Mapping[str, StatedMeasure]) -> Form:
    """The form whose columns know of their measure whether it tells how things stand, and so may fall."""
    return replace(
        form,
        columns=tuple(
            replace(column, may_fall=True)
            if column.measure in measures and measures[column.measure].addition is Addition.STOCK
            else column
            for column in form.columns
        ),
    )


def _with_words(column: Column, form: Form, own: set[str]) -> Column:
    if column.above:
        return column  # known by its label in the lines around the table, not by a heading
    words = vocabulary().get(column.key, ())
    if column.measure in PACKAGED and sum(other.measure == column.measure for other in form.columns) == 1:
        measure = PACKAGED[column.measure]
        words = (*words, measure.name, *measure.synonyms)
    further = tuple(word for word in dict.fromkeys(words) if word not in own)
    return replace(column, synonyms=(*column.synonyms, *further)) if further else column


STATEMENT_FORMS: tuple[Form, ...] = tuple(
    with_measures(with_vocabulary(load_form(path)), PACKAGED) for path in sorted((_HERE / "forms").glob("*.toml"))
)
