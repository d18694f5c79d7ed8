"""What has become of a published file's numbers: each citation asked again, and the entries that changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer, Comparison, TraceLine
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import Scope
from xieshou.figures.services import compare, evaluate
from xieshou.ledger.posted import PostingSource
from xieshou.reports.documents import carriers, rules
from xieshou.reports.documents.asking import figure_of, number_of
from xieshou.reports.documents.citations import Citation, CitationList, exact_text
from xieshou.reports.documents.errors import ReportRefused

LINES_NAMED = 20
MOST_QUESTIONS = 1_000  # of one file, some 45 ms each; a report of forty pages asks some fifty


class CitationState(StrEnum):
    """How a published number stands now."""

    SAME = "same"
    ENTRIES = "entries"  # the value is what it was, on other entries
    RESTATED = "restated"
    REDEFINED = "redefined"  # the figure means something else since
    ALTERED = "altered"  # the books never said what the file says they said
    EDITED = "edited"  # the number no longer stands in the text
    UNREADABLE = "unreadable"


CITATION_STATE_NAMES = {
    CitationState.SAME: gettext_lazy("未变"),
    CitationState.ENTRIES: gettext_lazy("数值未变，条目有变"),
    CitationState.RESTATED: gettext_lazy("已重述"),
    CitationState.REDEFINED: gettext_lazy("口径已变"),
    CitationState.ALTERED: gettext_lazy("与当时台账不符"),
    CitationState.EDITED: gettext_lazy("正文已改"),
    CitationState.UNREADABLE: gettext_lazy("无法核对"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One citation asked again.

    now: the answer of today; None where it cannot be asked. lines: what was posted or reversed since, the first of
    `count`; for a share of both its figures. why: one sentence, "" where nothing is to be said.
    """

    citation: Citation
    state: CitationState
    now: Answer | None = None
    lines: tuple[TraceLine, ...] = ()
    count: int = 0
    why: str = ""

    @property
    def changed(self) -> bool:
        return self.state is not CitationState.SAME

    @property
    def reversed_entries(self) -> tuple[int, ...]:
        """The entries that were reversed since."""
        return tuple(line.reverses for line in self.lines if line.reverses is not None)

    @property
    def posted_entries(self) -> tuple[int, ...]:
        """The entries that were posted since, reversals left out."""
        return tuple(line.entry for line in self.lines if line.reverses is None)

    @property
    def shown_now(self) -> str:
        """The value of today as the document would write it."""
        if self.now is None:
            return ""
        value, word = number_of(self.now, self.citation.shown_unit if not self.now.figure.is_ratio else "")
        if value is None:
            return rules.NOT_STATED if self.now.entries else rules.NO_RECORD
        return rules.plain(value) + word

    def as_json(self) -> dict[str, Any]:
        return {
            "citation": self.citation.as_json(),
            "state": self.state.value,
            "published": self.citation.value or None,
            "now": None if self.now is None else exact_text(self.now.value) or None,
            "base_value_now": None if self.now is None else self.now.base_value,
            "entries_changed": self.count,
            "reversed": list(self.reversed_entries),
            "posted": list(self.posted_entries),
            "lines": [line.as_json() for line in self.lines],
            "message": self.why,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A published file asked again. head: the last entry of today."""

    citations: CitationList
    results: tuple[Verified, ...]
    head: int

    @property
    def changed(self) -> tuple[Verified, ...]:
        return tuple(result for result in self.results if result.changed)

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.citations.title,
            "template": self.citations.template,
            "made_at": self.citations.made_at,
            "scope": self.citations.scope_words,
            "citations": len(self.citations),
            "changed": len(self.changed),
            "head": self.head,
            "results": [result.as_json() for result in self.results],
        }


def verify_file(
    *, actor: Actor, name: str, data: bytes, figures: Sequence[Figure], sources: Sequence[PostingSource] = ()
) -> Verification:
    """Ask every citation of a published file again, and see that the numbers still stand in its text.

    Args:
        name: the file's name, whose ending says its format.
    Raises: CitationsMissing, CitationsUnreadable, ReportRefused; what `verify` raises.
    """
    kind = carriers.kind_of(name)
    return verify(
        actor=actor,
        citations=carriers.extract(kind, data),
        figures=figures,
        sources=sources,
        text=carriers.text_of(kind, data),
    )


def verify(
    *,
    actor: Actor,
    citations: CitationList,
    figures: Sequence[Figure],
    sources: Sequence[PostingSource] = (),
    text: str = "",
) -> Verification:
    """Ask citations again: re-evaluated at the state they were published at and now.

    Args:
        text: the words of the document without blanks; "" where it is not known, and not looked into.
    Cost: one evaluation for each question, and one comparison for each citation where the books have moved since.
    Raises: FigureNotPermitted, when the actor may see no figure at all.
    """
    asked: Asked = {}
    results = tuple(_verified(actor, each, figures, sources, text, asked) for each in citations)
    head = max((result.now.state.head for result in results if result.now is not None), default=0)
    return Verification(citations=citations, results=results, head=head)


def _verified(
    actor: Actor,
    citation: Citation,
    figures: Sequence[Figure],
    sources: Sequence[PostingSource],
    text: str,
    asked: Asked,
) -> Verified:
    try:
        figure = figure_of(citation.key, figures)
        scope = Scope.from_options(citation.scope)
        now = _now(actor, figure, scope, citation, asked)
        if now.state.head < citation.head:
            why = _("文件所依据的台账晚于现在的台账：它出自别的系统，或台账由旧备份恢复。")
            return Verified(citation=citation, state=CitationState.UNREADABLE, now=now, why=why)
        if now.state.head == citation.head:
            comparison = None
            before = now
        else:
            comparison = compare(
                actor=actor,
                figure=figure,
                scope=scope,
                row=citation.by,
                earlier=citation.head,
                sources=sources,
                page_size=LINES_NAMED,
            )
            before = comparison.before
    except XieshouError as refusal:
        return Verified(citation=citation, state=CitationState.UNREADABLE, why=refusal.message)
    except (ValueError, TypeError, ArithmeticError, LookupError):
        # A file from outside may say anything where a code or an id belongs.
        return Verified(citation=citation, state=CitationState.UNREADABLE, why=_("这处引用的范围不能读。"))
    lines, count = _lines(comparison)
    state, why = _state(actor, citation, figure, before, now, count, text)
    return Verified(citation=citation, state=state, now=now, lines=lines, count=count, why=why)


# The rows of each break-down that was asked for, by their codes: a table cites one break-down in every line.
Asked: TypeAlias = "dict[object, dict[tuple[str, ...], Answer]]"


def _now(actor: Actor, figure: Figure, scope: Scope, citation: Citation, asked: Asked) -> Answer:
    by = tuple(citation.by)
    rows = _rows(actor, figure, scope, by, asked)
    answer = rows.get(tuple(citation.by.values()))
    if answer is not None:
        return answer
    # The row is gone: nothing is left in it. The whole lends the state of the books.
    whole = _rows(actor, figure, scope, (), asked)[()]
    return Answer(figure=figure, scope=whole.scope, base_value=None, state=whole.state)


def _rows(
    actor: Actor, figure: Figure, scope: Scope, by: tuple[str, ...], asked: Asked
) -> dict[tuple[str, ...], Answer]:
    question = (figure.key, scope, by)
    if question not in asked:
        if len(asked) >= MOST_QUESTIONS:
            raise ReportRefused(
                _("文件里不同的问题超过 %(most)d 个，其余没有核对；请拆成几份报告再核。") % {"most": MOST_QUESTIONS}
            )
        answers = evaluate(actor=actor, figure=figure, scope=scope, by=by)
        asked[question] = {tuple(answer.by[name].code for name in by): answer for answer in answers}
    return asked[question]


def _lines(comparison: Comparison | None) -> tuple[tuple[TraceLine, ...], int]:
    """What changed, of both figures of a share; an entry that both count stands once."""
    if comparison is None:
        return (), 0
    if not comparison.parts:
        return comparison.lines, comparison.count
    found = {line.entry: line for part in comparison.parts for line in part.lines}
    return tuple(found[entry] for entry in sorted(found))[:LINES_NAMED], max(
        len(found), *(p.count for p in comparison.parts)
    )


def _state(
    actor: Actor, citation: Citation, figure: Figure, before: Answer, now: Answer, count: int, text: str
) -> tuple[CitationState, str]:
    if not actor.sees_everything and not _equal(citation, before):
        return CitationState.UNREADABLE, _("您的权限范围与生成时不同，不能核对这个数字；请由帮扶办核对。")
    if figure.version != citation.figure_version:
        return CitationState.REDEFINED, _("指标的口径已由第 %(old)d 版改为第 %(new)d 版：%(definition)s") % {
            "old": citation.figure_version,
            "new": figure.version,
            "definition": figure.definition,
        }
    if not _equal(citation, before):
        return CitationState.ALTERED, _("文件说当时是 %(published)s，台账在该状态下是 %(then)s。") % {
            "published": _said(citation),
            "then": exact_text(before.value) or rules.NOT_STATED,
        }
    if not _equal(citation, now):
        return CitationState.RESTATED, _("报送时 %(published)s，现在 %(now)s。") % {
            "published": citation.value or rules.NOT_STATED,
            "now": exact_text(now.value) or rules.NOT_STATED,
        }
    if count:
        return CitationState.ENTRIES, _("数值没有变，但此后有 %(count)d 条相关条目入账或冲销。") % {"count": count}
    if text and not any(_squeezed(each) in text for each in (citation.shown, *citation.also_shown)):
        return CitationState.EDITED, _("正文里找不到“%(shown)s”；文件生成后改过。") % {"shown": citation.shown}
    return CitationState.SAME, ""


def _equal(citation: Citation, answer: Answer) -> bool:
    if answer.figure.is_ratio:
        return (citation.numerator, citation.denominator) == (answer.numerator, answer.denominator)
    return citation.base_value == answer.base_value


def _said(citation: Citation) -> str:
    """What the file says, in both its ways: one of them may have been typed over alone."""
    if citation.base_value is None:
        return citation.value or rules.NOT_STATED
    return f"{citation.value}（{citation.base_value} {citation.base_unit}）"


def _squeezed(text: str) -> str:
    return "".join(text.split())
