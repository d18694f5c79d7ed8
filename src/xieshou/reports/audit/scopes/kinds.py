"""Whether a figure tells of a sum over time, of one year, of a day, of a plan or a target, and the words that say so.

Rules: docs/rules/audit-scopes.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from xieshou.reports.audit.claims import ClaimKind, Quantity
from xieshou.reports.audit.scopes import vocabulary
from xieshou.reports.audit.scopes.periods import Extent, Period

_MARKED = (  # senses that become qualifiers under their own name
    "total",
    "each",
    "respectively",
    "of_which",
    "share",
    "growth",
    "added",
    "per",
    "per_time",
    "anaphora",
    "plan",
    "target",
    "done",
)
_WHERE_ACTS_ARE_COUNTED = frozenset({"time", "session"})
_DURATIONS = frozenset({"day", "week", "month", "year", "hour"})
_NEAR = 14  # characters before a number within which 任务 or 目标 makes it a target


@dataclass(frozen=True, slots=True)
class _Words:
    cue: re.Pattern[str]
    senses: dict[str, tuple[str, ...]]
    agreed_behind: re.Pattern[str]


@cache
def _words() -> _Words:
    senses: dict[str, tuple[str, ...]] = {}
    for entry in vocabulary.entries("kind_words"):
        if entry.sense != "agreed_behind":
            senses[entry.word] = (*senses.get(entry.word, ()), entry.sense)
    return _Words(
        cue=re.compile(vocabulary.any_of(senses)),
        senses=senses,
        agreed_behind=re.compile(
            rf"[^。；;，,\n]{{0,16}}{vocabulary.any_of(vocabulary.words('kind_words', 'agreed_behind'))}"
        ),
    )


@dataclass(frozen=True, slots=True)
class Cues:
    """Words before a number that bear on its meaning. last: for each sense, where the last such word begins."""

    last: dict[str, int]

    def has(self, sense: str) -> bool:
        return sense in self.last

    def comes_after(self, sense: str, other: str) -> bool:
        return self.last.get(sense, -1) > self.last.get(other, -1)


def cues_in(text: str, at: int, until: int) -> Cues:
    """The words of `text[at:until]`, a window of bounded length before a number."""
    words = _words()
    last: dict[str, int] = {}
    for found in words.cue.finditer(text, at, until):
        for sense in words.senses[found.group()]:
            last[sense] = found.start()
    last.pop("none", None)
    return Cues(last)


def qualifiers_of(own: Cues, *, of_which: bool, respectively: bool, each: bool, is_anaphor: bool) -> frozenset[str]:
    """The qualifiers of `Claim`.

    own: the words of the clause between the figure before and this one; of_which: 其中 still holds; each: 各 stands
    right before the number; is_anaphor: its place is one that the text names elsewhere (两县, 受援地).
    """
    marks = {sense for sense in _MARKED if own.has(sense)}
    if each:
        marks.add("each")
    if is_anaphor:
        marks.add("anaphora")
    if of_which:
        marks.add("of_which")
    if respectively:
        marks.add("respectively")
    if own.comes_after("done", "plan"):
        marks.discard("plan")
    if own.comes_after("plan", "done"):
        marks.discard("done")
    return frozenset(marks)


def kind_of(
    text: str,
    quantity: Quantity,
    *,
    own: Cues,
    clause: Cues,
    period: Period,
    is_ahead: bool,
    is_planned: bool,
    is_standing: bool,
    is_gathered: bool,
    each_part: bool,
) -> ClaimKind:
    """own: words between the figure before and this one; clause: words of the clause before it.

    is_ahead: the text speaks of intentions from here on; is_planned: 计划 holds for the figure;
    is_standing: 辖 or 现有 stands before it, or before the figures that it is listed with; is_gathered: 累计 is
    before it in the sentence; each_part: 每季度 or 每年 stands before it in the clause.
    """
    if _is_target(own, quantity):
        return ClaimKind.TARGET
    if _is_plan(text, quantity, own, clause, is_ahead=is_ahead, is_planned=is_planned):
        return ClaimKind.PLAN
    if each_part and quantity.unit in _WHERE_ACTS_ARE_COUNTED and not own.has("total"):
        return ClaimKind.PLAN  # 每季度召开1次会议 is a standing rule
    if is_standing and not own.has("gathered"):
        return ClaimKind.POINT
    if own.has("lasting") and period.extent is not Extent.YEAR:
        return ClaimKind.POINT
    return _by_period(quantity, own, clause, period, is_gathered=is_gathered)


def _is_target(own: Cues, quantity: Quantity) -> bool:
    at = own.last.get("target", -1)
    if at < 0 or quantity.unit in ("percent", "percentage_point") or own.has("agreed"):
        return False
    return quantity.at - at <= _NEAR and not own.has("total") and not own.comes_after("done", "target")


def is_planned(clause: Cues, own: Cues, before: bool) -> bool:
    """Whether the figure is part of a plan: 计划 in its clause, or in that of the figure before and nothing done since.

    clause, own: as for `kind_of`; before: whether the figure before it in the sentence was planned.
    """
    if own.has("share") or own.has("done") or own.has("gathered"):
        return own.comes_after("plan", "done") and own.has("plan") and not own.has("share")
    if clause.has("plan"):
        return not clause.comes_after("done", "plan")
    return before


def _is_plan(text: str, quantity: Quantity, own: Cues, clause: Cues, *, is_ahead: bool, is_planned: bool) -> bool:
    if is_planned:
        return True
    if quantity.unit == "CNY" and clause.has("agreed") and _words().agreed_behind.match(text, quantity.until):
        return True
    return is_ahead and not clause.has("done") and not clause.has("gathered")


def _by_period(quantity: Quantity, own: Cues, clause: Cues, period: Period, *, is_gathered: bool) -> ClaimKind:
    extent = period.extent
    if extent is Extent.DAY:
        return ClaimKind.ANNUAL if quantity.unit == "CNY" else ClaimKind.POINT
    if extent in (Extent.SPAN, Extent.LASTING, Extent.UNTIL):
        return ClaimKind.CUMULATIVE
    if extent in (Extent.YEAR, Extent.PART):
        return ClaimKind.ANNUAL
    if clause.has("gathered") or own.has("total"):
        return ClaimKind.CUMULATIVE
    if (extent is Extent.NOW and not is_gathered) or quantity.unit in _DURATIONS or quantity.unit == "percent":
        return ClaimKind.POINT
    return ClaimKind.CUMULATIVE
