"""The text as it was written, cut into lines and stretches, each figure with its mark."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xieshou.reports.audit.auditing import Audit
from xieshou.reports.audit.claims import Verdict
from xieshou.reports.audit.findings import Finding
from xieshou.reports.audit.verdicts import Mark, marks_of

# Sign and colour of each word; never a colour alone (ui.md).
SIGNS = {
    Verdict.AGREES: "✓",
    Verdict.NO_RECORD: "○",
    Verdict.DEFINITION: "?",
    Verdict.INCONSISTENT: "≠",
    Verdict.DIFFERS: "✗",
}
TONES = {
    Verdict.AGREES: "green",
    Verdict.NO_RECORD: "blue",
    Verdict.DEFINITION: "amber",
    Verdict.INCONSISTENT: "red",
    Verdict.DIFFERS: "red",
}


_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Shown:
    """A mark as it is drawn. state: key for filters and styles; findings: what is to be looked at, open ones first."""

    mark: Mark
    state: str
    word: str
    sign: str
    tone: str
    findings: tuple[Finding, ...]

    @property
    def id(self) -> int:
        return self.mark.claim.id


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a line: plain text, or a figure with its mark."""

    text: str
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One of the words of the page, with how many figures have it."""

    key: str
    word: str
    sign: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text ready to be drawn: its lines, how often each word occurs, what is to be looked at."""

    lines: tuple[tuple[Stretch, ...], ...]
    states: tuple[State, ...]
    findings: tuple[Finding, ...]
    shown: Mapping[int, Shown]


def words() -> dict[str, str]:
    """The word of each state, short, for the page."""
    return {
        Verdict.DIFFERS.value: _("与台账不符"),
        Verdict.INCONSISTENT.value: _("勾稽不符"),
        Verdict.DEFINITION.value: _("口径待核"),
        "clarified": _("已说明"),
        Verdict.AGREES.value: _("与台账一致"),
        Verdict.NO_RECORD.value: _("台账无记录"),
        "confirmed": _("文内相符"),
        "unchecked": pgettext("审核", "未核对"),
    }


def marked(audit: Audit, findings: Sequence[Finding]) -> MarkedText:
    """The text with its marks. A figure all of whose findings are closed with a 口径说明 is 已说明. Cost: linear."""
    about: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        for claim in finding.claims:
            about[claim].append(finding)
    shown = {mark.claim.id: _shown(mark, about[mark.claim.id]) for mark in marks_of(audit)}
    counts = Counter(each.state for each in shown.values())
    states = tuple(State(key, word, *_sign_and_tone(key), counts[key]) for key, word in words().items() if counts[key])
    return MarkedText(tuple(_lines(audit.text, shown)), states, tuple(findings), shown)


def _shown(mark: Mark, findings: Sequence[Finding]) -> Shown:
    state = mark.verdict.value if mark.verdict else ("confirmed" if mark.is_confirmed else "unchecked")
    if mark.is_doubtful and findings and not any(finding.is_open for finding in findings):
        state = "clarified"
    sign, tone = _sign_and_tone(state)
    return Shown(mark, state, words()[state], sign, tone, tuple(findings))


def _sign_and_tone(state: str) -> tuple[str, str]:
    others = {"clarified": ("✎", "gray"), "confirmed": ("=", "green"), "unchecked": ("·", "gray")}
    return others[state] if state in others else (SIGNS[Verdict(state)], TONES[Verdict(state)])


def _lines(text: str, shown: Mapping[int, Shown]) -> Iterable[tuple[Stretch, ...]]:
    lines: list[list[Stretch]] = [[]]
    cursor = 0

    def plain(until: int) -> None:
        first, *rest = _LINE_END.split(text[cursor:until])
        lines[-1].append(Stretch(first))
        lines.extend([Stretch(line)] for line in rest)

    for each in shown.values():
        quantity = each.mark.claim.quantity
        if quantity.start >= cursor:
            plain(quantity.start)
            lines[-1].append(Stretch(text[quantity.start : quantity.end], each))
            cursor = quantity.end
    plain(len(text))
    return (tuple(stretch for stretch in line if stretch.text) for line in lines)
