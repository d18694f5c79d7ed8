"""Which figure of the catalogue a claim means, read from words and unit alone, never from its number.

A figure is found by what it declares: name, synonyms, unit, kind, stage, names of categories. A term of a figure is in
a clause when the term can be cut into words of two or more characters that all stand there, in any order:
计划向凤山县投入 has 计划投入. What the clause says beyond that makes it narrower than the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils import translation
from django_stubs_ext import StrOrPromise

from xieshou.figures.definitions import Figure, Kind
from xieshou.ledger.measures import FundSource, Stage
from xieshou.reports.audit.claims import Claim, ClaimKind
from xieshou.reports.audit.wording import further_words, lexicon, normalised

LEAST_STRONG = 4  # characters: one word of two may stand in any clause
_PLANNED = frozenset({ClaimKind.PLAN, ClaimKind.TARGET})
_PLAN_WORDS = ("计划",)


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says around a figure.

    own: its clause, up to the next figure. narrowing: the part of it that belongs to this figure alone, where several
    stand in one clause. before: the sentence up to the clause. names: places and parties that the claim's scope holds
    already, taken out.
    """

    own: str
    narrowing: str
    before: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A figure that a claim may mean.

    term: by which of its words. is_loose: the term is a single short word. further: what the clause says beyond the
    figure, so that it is narrower. category, source: the part of the figure that the clause names.
    """

    figure: Figure
    term: str
    further: tuple[str, ...] = ()
    category: str = ""
    source: str = ""
    stage: str = ""

    @property
    def is_loose(self) -> bool:
        return len(self.term) < LEAST_STRONG

    @property
    def is_narrower(self) -> bool:
        return bool(self.further)


def meanings_of(claim: Claim, words: Words, figures: Sequence[Figure]) -> list[Meaning]:
    """The figures that the words of a claim mean, those with the longest term; [] for none, several where they tie.

    Cost: a few microseconds per figure of the claim's unit.
    """
    own, narrowing = normalised(words.own, words.names), normalised(words.narrowing, words.names)
    is_planned = claim.kind in _PLANNED or any(word in own for word in _PLAN_WORDS)
    found: list[Meaning] = []
    longest = 0
    for figure in figures:
        if figure.unit != claim.quantity.unit or not _is_of_kind(figure, own):
            continue
        if figure.stage == Stage.PLANNED and not is_planned:
            continue
        term = max((each for each in _terms(figure) if _covered(each, own)), key=len, default="")
        if not term or len(term) < longest:
            continue
        if len(term) > longest:
            longest, found = len(term), []
        found.append(_meaning(figure, term, own, narrowing, is_planned=is_planned))
    # A plan is told by a figure of plans where there is one; a figure of deeds at the stage of plans is second.
    own_stage = [meaning for meaning in found if not meaning.stage]
    return own_stage or found


def counterpart(figure: Figure, figures: Sequence[Figure]) -> Figure | None:
    """What was done, of a figure that was planned, by the completion that divides both: 计划投入 …，实际完成 …"""
    ratios = (each for each in figures if each.kind is Kind.COMPLETION and each.denominator is figure)
    return next((ratio.numerator for ratio in ratios), None)


def says_only_that_it_was_done(words: Words) -> bool:
    """Whether a clause names nothing of its own: 实际完成, 到位, 其中."""
    return not further_words(normalised(words.own, words.names))


@cache
def _terms(figure: Figure) -> tuple[str, ...]:
    """The words of a figure without what its unit says already."""
    texts = (_in_chinese(figure.name), *figure.synonyms)
    return tuple(dict.fromkeys(_bare(normalised(text), figure.unit) for text in texts))


def _names(named: Mapping[str, StrOrPromise]) -> dict[str, str]:
    return {key: _in_chinese(name) for key, name in named.items()}


def _in_chinese(name: StrOrPromise) -> str:
    """The text that is audited is Chinese, whatever language its reader has chosen for the pages."""
    with translation.override("zh-hans"):
        return str(name)


def _bare(text: str, unit: str) -> str:
    for ending in lexicon()["endings"].get(unit, ()):
        if text.endswith(ending) and len(text) - len(ending) >= 2:
            return text.removesuffix(ending)
    return text


def _is_of_kind(figure: Figure, own: str) -> bool:
    wanted = lexicon()["percent"].get(figure.kind.value)
    return wanted is None or any(word in own for word in wanted)


def _covered(term: str, text: str) -> bool:
    """Whether a term can be cut into words of two or more characters that all stand in the text."""
    if term[:2] not in text:
        return False
    reached = {0}
    for start in range(len(term) - 1):
        if start in reached:
            end = start + 2
            while end <= len(term) and term[start:end] in text:
                reached.add(end)
                end += 1
    return len(term) in reached


def _meaning(figure: Figure, term: str, own: str, narrowing: str, *, is_planned: bool) -> Meaning:
    counted = figure.numerator or figure
    category, category_name = _named_in(own, _names(counted.categories))
    source, source_name = (
        _named_in(own, _names(dict(FundSource.choices))) if "source" in figure.dimensions else ("", "")
    )
    narrowing = narrowing.replace(category_name or "|", "|").replace(source_name or "|", "|")
    return Meaning(
        figure=figure,
        term=term,
        further=tuple(further_words(narrowing, term)),
        category=category,
        source=source,
        stage=Stage.PLANNED.value if is_planned and figure.stage != Stage.PLANNED else "",
    )


def _named_in(text: str, named: dict[str, str]) -> tuple[str, str]:
    """The key and the longest name that stands in the text."""
    found = [(key, name) for key, name in named.items() if name and normalised(name) in text]
    return max(found, key=lambda each: len(each[1]), default=("", ""))
