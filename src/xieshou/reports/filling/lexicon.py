"""What the words of a heading ask for: a figure in one of its categories or sources, or what names a row.

Nothing is listed here by hand for a figure: its names and synonyms, and the columns of the forms that state it
(`Figure.cell`), are its words. A form's total of parts that all belong to one figure asks for that figure whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xieshou.figures.definitions import Figure
from xieshou.intake.forms import CheckKind, ColumnType, Form
from xieshou.intake.headings import COLUMN_FROM, heading_score
from xieshou.ledger.measures import FundSource
from xieshou.ledger.posted import PostingSource

NEAR = 0.04  # two meanings as close as this are both told
OF_THE_FORM = 0.03  # a meaning of the form that explains the most columns goes before an equal one
PLACE_LEVELS = ("province", "prefecture", "county", "township", "village")
PARTY, YEAR, NUMBER, LEAVE = "party", "year", "number", "leave"
DIMENSION_ROLES = (*PLACE_LEVELS, PARTY, YEAR)
_FURTHER_WORDS = {
    YEAR: ("年度", "年份"),
    NUMBER: ("序号", "编号"),
    LEAVE: ("备注", "说明", "联系人", "联系电话"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A figure in a category and from a source, "" for all of them. As text: `key|category|source`."""

    key: str
    category: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.key}|{self.category}|{self.source}"

    @classmethod
    def read(cls, text: str) -> Ask:
        key, category, source = (*text.split("|"), "", "")[:3]
        return cls(key, category, source)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The words under which a role (`party`, `village` …) or an ask stands in a heading. form: whose words they are."""

    means: str | Ask
    words: tuple[str, ...]
    under: tuple[str, ...] = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a heading means: score from 0 to 1, the word that matched, and other meanings nearly as good."""

    means: str | Ask
    score: float
    word: str
    rivals: tuple[str | Ask, ...] = ()


def meanings(
    figures: Sequence[Figure],
    forms: Iterable[Form],
    sources: Sequence[PostingSource],
    words: Mapping[str, tuple[str, ...]],
) -> list[Meaning]:
    """Everything that headings can mean.

    Args:
        words: `vocabulary()`, the words that offices use for places and parties.
    """
    cells = _cells(figures, sources)
    found = [
        Meaning(role, (*words.get(role, ()), *_FURTHER_WORDS.get(role, ()))) for role in (*DIMENSION_ROLES, NUMBER)
    ]
    found.append(Meaning(PARTY, words.get("helper", ())))
    found.append(Meaning(LEAVE, _FURTHER_WORDS[LEAVE]))
    for form in forms:
        found += _of_form(form, cells)
    for figure in figures:
        found.append(Meaning(Ask(figure.key), (str(figure.name), *figure.synonyms)))
        for category, name in figure.categories.items():
            found.append(Meaning(Ask(figure.key, category), (f"{figure.name}{name}", f"{name}{figure.name}")))
    return found


def _cells(figures: Sequence[Figure], sources: Sequence[PostingSource]) -> dict[str, list[Ask]]:
    """Column key → what is asked with it, the broadest first."""
    found: dict[str, list[Ask]] = {}
    for figure in figures:
        if figure.cell is None:
            continue
        kinds = [source.kind for source in sources if any(each.key == figure.key for each in source.measures)] or [""]
        for source in ("", *FundSource.values):
            for category in ("", *figure.categories):
                for kind in kinds:
                    try:
                        key = figure.cell(kind, category, source)
                    except KeyError:
                        continue  # this kind of record has no such category
                    found.setdefault(key, []).append(Ask(figure.key, category, source))
    return {key: sorted(asks, key=lambda ask: bool(ask.category) + bool(ask.source)) for key, asks in found.items()}


def _of_form(form: Form, cells: dict[str, list[Ask]]) -> Iterator[Meaning]:
    asked: dict[str, Ask] = {}
    for column in form.columns:
        asks = [ask for ask in cells.get(column.key, ()) if column.measure in ("", ask.key)]
        if asks and column.type in (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY):
            asked[column.key] = asks[0]
    for check in form.checks:
        keys = {asked[part].key for part in check.parts if part in asked}
        whole = all(part in asked for part in check.parts) and not any(factor != 1 for factor in check.factors)
        if check.kind is CheckKind.SUM and check.left not in asked and whole and len(keys) == 1:
            asked[check.left] = Ask(keys.pop())
    for column in form.columns:
        if column.key in asked:
            yield Meaning(asked[column.key], column.words, column.under, form.key)
        elif column.key in DIMENSION_ROLES:
            yield Meaning(column.key, column.words, column.under, form.key)


def find(path: tuple[str, ...], known: Sequence[Meaning], preferred: str = "") -> Found | None:
    """What a heading means, None for nothing that is known.

    Args:
        path: its texts from the top line down. preferred: key of the form whose words go before equal ones.
    """
    if not path:
        return None
    best: dict[str | Ask, tuple[float, str]] = {}
    for meaning in known:
        score, word = heading_score(meaning.words, meaning.under, path)
        if score < COLUMN_FROM:
            continue
        if meaning.form and meaning.form == preferred:
            score += OF_THE_FORM
        if score > best.get(meaning.means, (0.0, ""))[0]:
            best[meaning.means] = (score, word)
    if not best:
        return None
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    (means, (score, word)), others = ranked[0], ranked[1:4]
    rivals = tuple(other for other, (close, _word) in others if score - close < NEAR)
    return Found(means, min(score, 1.0), word, rivals)
