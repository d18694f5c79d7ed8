"""What a reader must look at, one finding at a time: a contradiction, a difference from the ledger, two texts apart.

A finding knows the figures that it is about, shows its arithmetic in their own words, and has a key under which a
口径说明 is remembered for the next draft: what is counted, its values and scope, and what spoke against it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xieshou.reports.audit.auditing import Audit
from xieshou.reports.audit.claims import Claim, Status, Verdict, plain_number
from xieshou.reports.audit.verdicts import CrossingKind, LedgerVerdict
from xieshou.reports.audit.wording import normalised

_LABEL = 24
_ORDER = (Verdict.DIFFERS, Verdict.INCONSISTENT, Verdict.DEFINITION)
_YUAN = "CNY"
_WAN = 10_000


@dataclass(frozen=True, slots=True)
class Clarified:
    """That a finding was closed with a 口径说明: by whom, when, in which words."""

    id: int
    words: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at (问题).

    verdict: which of the words of the page it gives. claims: ids of the figures it is about, the one it is told of
    first. message: one sentence, with the arithmetic; beside: the clause of another text, "" where there is none.
    key: equal for the same finding in the next draft.
    """

    key: str
    verdict: Verdict
    claims: tuple[int, ...]
    message: str
    beside: str = ""
    explanations: tuple[str, ...] = ()
    clarified: Clarified | None = None

    @property
    def is_open(self) -> bool:
        return self.clarified is None

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "verdict": self.verdict.value,
            "claims": list(self.claims),
            "message": self.message,
            "beside": self.beside,
            "explanations": list(self.explanations),
            "clarified": self.clarified and {"words": self.clarified.words, "by": self.clarified.by},
        }


def findings_of(audit: Audit, clarified: Mapping[str, Clarified] | None = None) -> tuple[Finding, ...]:
    """What is to be looked at in a text, the gravest first, then in the order of the text.

    Args:
        clarified: what was closed before, by the key of the finding.
    """
    known = clarified or {}
    claims = {claim.id: claim for claim in audit.claims}
    found = [*_of_relations(audit, claims), *_of_ledger(audit, claims), *_of_crossings(audit, claims)]
    settled = [replace(each, clarified=known.get(each.key)) for each in found]

    def gravity(finding: Finding) -> tuple[bool, int, int]:
        return not finding.is_open, _ORDER.index(finding.verdict), claims[finding.claims[0]].quantity.at

    return tuple(sorted(settled, key=gravity))


def _of_relations(audit: Audit, claims: Mapping[int, Claim]) -> Iterable[Finding]:
    verdicts = {Status.CONTRADICTION: Verdict.INCONSISTENT, Status.POSSIBLE: Verdict.DEFINITION}
    for relation in audit.relations:
        if relation.status in verdicts and relation.claims:
            told, *others = dict.fromkeys(reversed(relation.claims))
            yield Finding(
                key=_key(relation.kind.value, _identity(claims[told]), relation.computed, relation.stated),
                verdict=verdicts[relation.status],
                claims=(told, *reversed(others)),
                message=relation.message,
                explanations=relation.explanations,
            )


def _of_ledger(audit: Audit, claims: Mapping[int, Claim]) -> Iterable[Finding]:
    for verdict in audit.ledger or ():
        if verdict.verdict in (Verdict.DIFFERS, Verdict.DEFINITION):
            quantity = claims[verdict.claim].quantity
            words = {"text": audit.text[quantity.start : quantity.end], "ledger": ledger_sentence(verdict)}
            yield Finding(
                key=_key("ledger", _identity(claims[verdict.claim]), verdict.figure, verdict.value),
                verdict=verdict.verdict,
                claims=(verdict.claim,),
                message=_("文中写“%(text)s”。%(ledger)s") % words,
                explanations=(verdict.reason,) if verdict.reason else (),
            )


def _of_crossings(audit: Audit, claims: Mapping[int, Claim]) -> Iterable[Finding]:
    for crossing in audit.crossings:
        is_conflict = crossing.kind is CrossingKind.CONFLICT
        yield Finding(
            key=_key(crossing.kind.value, _identity(claims[crossing.claim]), crossing.other, crossing.value),
            verdict=Verdict.INCONSISTENT if is_conflict else Verdict.DEFINITION,
            claims=(crossing.claim,),
            message=crossing.message,
            beside=crossing.there,
        )


def ledger_sentence(verdict: LedgerVerdict) -> str:
    """台账：规划投入资金 4,711 万元（凤山县 · 2019，3 条）"""
    if verdict.value is None:
        return _("台账里“%(name)s”在这个范围内没有记录。") % {"name": verdict.name}
    scope = verdict.described or _("全部范围")
    return _("台账：%(name)s %(value)s（%(scope)s，%(entries)d 条）") % {
        "name": verdict.name,
        "value": shown(verdict.value, verdict.unit),
        "scope": scope,
        "entries": verdict.entries,
    }


def shown(value: Decimal, unit: str) -> str:
    """A value of the ledger or of arithmetic in the words of a report: 4,711 万元, 37.43 %."""
    if unit == _YUAN:
        if abs(value) < _WAN:
            return _("%(number)s 元") % {"number": _plain(value)}
        return _("%(number)s 万元") % {"number": _plain(value / _WAN)}
    return f"{_plain(value)} %" if unit == "percent" else _plain(value)


def _plain(value: Decimal) -> str:
    rounded = value if value == value.to_integral_value() else round(value, 6).normalize()
    return f"{rounded:,f}"


def label_of(claim: Claim) -> str:
    """What a claim is about, in one writing: the end of the words in front of it, and what is counted."""
    words = normalised(claim.label, (*claim.place.split("、"), *claim.actor.split("、")))
    return f"{words[-_LABEL:]}{claim.quantity.noun}"


def _identity(claim: Claim) -> tuple[str, ...]:
    """What makes a claim the same in the next draft: its label, its value, its scope."""
    quantity = claim.quantity
    values = [str(plain_number(value)) for value in (quantity.value, quantity.value_hi) if value is not None]
    return (label_of(claim), "–".join(values), quantity.unit, claim.period, claim.place, claim.actor, claim.kind.value)


def _key(*parts: Any) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:40]
