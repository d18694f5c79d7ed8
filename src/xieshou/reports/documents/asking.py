"""Asking for the numbers of one document: every answer that is used becomes a numbered citation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import Figure, Kind, figure_named
from xieshou.figures.rules import CONVERSIONS
from xieshou.figures.scopes import Scope
from xieshou.figures.services import evaluate, first_entries
from xieshou.reports.documents import rules
from xieshou.reports.documents.citations import Citation, CitationList
from xieshou.reports.documents.document import Cited
from xieshou.reports.documents.errors import ReportRefused

ENTRIES_LISTED = 5
MONEY = "CNY"
PERCENT = "percent"

# Figures that follow from a figure of the catalogue and need no declaration: `growth:fund.raised`.
GROWTH = "growth:"


def figure_of(key: str, figures: Iterable[Figure]) -> Figure:
    """A figure of the catalogue by key or name, or the growth of one, `growth:` and its key.

    Raises: FigureUnknown.
    """
    if key.startswith(GROWTH):
        counted = figure_named(key.removeprefix(GROWTH), figures)
        return Figure(
            key=f"{GROWTH}{counted.key}",
            name=f"{counted.name}同比增长率",
            definition=f"{counted.name}比上年同期增减的数额，占上年同期数额的百分比。{counted.definition}",
            unit=PERCENT,
            base_unit=PERCENT,
            kind=Kind.GROWTH,
            numerator=counted,
            stage=counted.stage,
            version=counted.version,
        )
    return figure_named(key, figures)


@dataclass(frozen=True, slots=True)
class Unit:
    """How a figure's values are written: the word of the unit and how many base units one is."""

    word: str
    scale: int

    @classmethod
    def of(cls, figure: Figure, wanted: str = "") -> Unit:
        """The unit wanted, else 万元 for money and the figure's own for the rest. Raises: ReportRefused."""
        if not wanted:
            wanted = rules.WAN_YUAN if figure.unit == MONEY else figure.unit
        if wanted in (figure.unit, rules.unit_word(figure.unit)):
            return cls(rules.unit_word(figure.unit), figure.scale)
        known = CONVERSIONS.get(figure.unit, {})
        if wanted not in known or (known[wanted] * figure.scale) % 1:
            names = "、".join((rules.unit_word(figure.unit), *known))
            raise ReportRefused(
                _("指标“%(name)s”不能以“%(unit)s”为单位；可用的单位：%(known)s。")
                % {"name": figure.name, "unit": wanted, "known": names},
                unit=wanted,
            )
        return cls(wanted, int(known[wanted] * figure.scale))


class BooksMoved(Exception):
    """Entries were posted while a document was made, so that its numbers are of two states of the books."""


class Questions:
    """The questions of one document to the books, by one actor, within one scope, and the citations made of them.

    Equal questions are asked once. Every answer must be of one state of the books: `citation_list` raises `BooksMoved`
    where it is not, and the document is made again.
    """

    def __init__(self, *, actor: Actor, scope: Scope, figures: Sequence[Figure], head: str | int | None = None) -> None:
        self.actor = actor
        self.scope = scope
        self.figures = figures
        self.head = head
        self._answers: dict[object, dict[tuple[str, ...], Answer]] = {}
        self._citations: dict[object, tuple[Citation, Answer]] = {}
        self._scope_words: dict[Scope, str] = {}

    def figure(self, key: str) -> Figure:
        """Raises: FigureUnknown."""
        return figure_of(key, self.figures)

    def answer(self, key: str, scope: Scope | None = None) -> Answer:
        """The one answer of a figure in a scope; the document's own by default."""
        return self.rows(key, (), scope)[()]

    def rows(self, key: str, by: tuple[str, ...], scope: Scope | None = None) -> dict[tuple[str, ...], Answer]:
        """The answers of a break-down by their codes, in the order of the dimension. One query, once."""
        asked = (key, by, scope or self.scope)
        if asked not in self._answers:
            found = evaluate(
                actor=self.actor, figure=self.figure(key), scope=scope or self.scope, by=by, head=self.head
            )
            self._answers[asked] = {tuple(each.by[name].code for name in by): each for each in found}
        return self._answers[asked]

    def text(self, answer: Answer, *, unit: str = "", places: int = 2) -> Cited:
        """The number in a sentence, with its unit: 4826.6万元, 37.43%."""
        value, word = number_of(answer, unit)
        if value is None:
            return self._cited(answer, _blank(answer), None, "", "")
        written = rules.plain(value, places)
        return self._cited(answer, written, rules.rounded(value, places), word, word)

    def cell(self, answer: Answer | None, *, unit: str = "", places: int | None = None) -> Cited | str:
        """The number in a table, whose head names the unit: 4,826.60, 37.43; without an answer a dash."""
        if answer is None:
            return rules.NO_RECORD
        value, word = number_of(answer, unit)
        if value is None:
            return self._cited(answer, _blank(answer), None, "", "") if answer.entries else rules.NO_RECORD
        if places is None:
            places = places_of(answer)
        return self._cited(answer, rules.tabular(value, places), rules.rounded(value, places), word, "")

    def worded(self, answer: Answer, write: Callable[[Decimal], str], *, unit: str = "") -> Cited:
        """A number in words of its own, such as 超过4800 or 同比增长12.5%; where it is not stated, as `text`."""
        value, _word = number_of(answer, unit)
        if value is None:
            return self._cited(answer, _blank(answer), None, "", "")
        return self._cited(answer, write(value), value, _word, "")

    def _cited(self, answer: Answer, text: str, number: Decimal | None, unit: str, suffix: str) -> Cited:
        codes = tuple(member.code for member in answer.by.values())
        asked = (answer.figure.key, answer.scope, tuple(answer.by), codes)
        shown = f"{text}{suffix}"
        if asked in self._citations:
            citation, _known = self._citations[asked]
            if shown not in (citation.shown, *citation.also_shown):
                citation = replace(citation, also_shown=(*citation.also_shown, shown))
                self._citations[asked] = (citation, answer)
        else:
            citation = Citation.of(
                answer,
                id=len(self._citations) + 1,
                shown=shown,
                shown_unit=unit,
                scope_words=self._described(answer.scope),
                partial=not self.actor.sees_everything,
            )
            self._citations[asked] = (citation, answer)
        return Cited(self._citations[asked][0].id, text, number, suffix)

    def _described(self, scope: Scope) -> str:
        if scope not in self._scope_words:
            self._scope_words[scope] = scope.described()
        return self._scope_words[scope]

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(citation for citation, _answer in self._citations.values())

    def citation_list(self, *, title: str, template: str, with_entries: bool) -> CitationList:
        """All citations so far. with_entries: with the ids of their first entries, one more query for each question.

        Raises: BooksMoved.
        """
        if len({citation.head for citation in self.citations}) > 1:
            raise BooksMoved
        return CitationList(
            citations=tuple(self._with_entries()) if with_entries else self.citations,
            title=title,
            template=template,
            made_at=timezone.localtime().isoformat(timespec="seconds"),
            made_by=self.actor.name,
            scope_words=self._described(self.scope),
        )

    def _with_entries(self) -> Iterable[Citation]:
        known: dict[object, Mapping[tuple[str, ...], tuple[int, ...]]] = {}
        for citation, answer in self._citations.values():
            if not citation.entries:
                yield citation
                continue
            by = tuple(answer.by)
            asked = (answer.figure.key, answer.scope, by)
            if asked not in known:
                known[asked] = first_entries(
                    actor=self.actor,
                    figure=answer.figure,
                    scope=answer.scope,
                    by=by,
                    head=self.head,
                    limit=ENTRIES_LISTED,
                )
            codes = tuple(member.code for member in answer.by.values())
            yield replace(citation, entry_ids=known[asked].get(codes, ()))


def number_of(answer: Answer, unit: str = "") -> tuple[Decimal | None, str]:
    """The value of an answer in a unit (万元 for money by default) and its word; exact, a share to 60 digits."""
    figure = answer.figure
    if figure.is_ratio:
        if answer.numerator is None or not answer.denominator:
            return None, "%"
        return rules.in_unit(100 * answer.numerator, answer.denominator), "%"
    chosen = Unit.of(figure, unit)
    if answer.base_value is None:
        return None, chosen.word
    return rules.in_unit(answer.base_value, chosen.scale), chosen.word


def places_of(answer: Answer) -> int:
    """Decimals in a table: two, none for what is counted in whole things."""
    return 0 if answer.figure.scale == 1 and not answer.figure.is_ratio else 2


def _blank(answer: Answer) -> str:
    if answer.figure.kind is Kind.GROWTH and answer.entries:
        return rules.change_words(None)
    return rules.NOT_STATED if answer.entries else rules.NO_RECORD
