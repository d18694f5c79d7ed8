"""One word for each figure: what the ledger says of it and what the text's own arithmetic says, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from xieshou.reports.audit.claims import Claim, Relation, Status, Verdict, plain_number

if TYPE_CHECKING:
    from xieshou.reports.audit.auditing import Audit

CONFIRMING = frozenset({Status.EXACT, Status.ROUNDING})
_ORDER = list(Verdict)


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """What the books say of one claim.

    figure: key of the figure that the words of the claim mean, `name` how it is called. value: the books' value in the
    claim's unit, None without a record. scopes: the options of `xieshou figures` that give that value again, several
    where it is a sum over places; `described` the same in words. entries: how many stand behind it. reason: one
    sentence, why the verdict is what it is.
    """

    claim: int
    figure: str
    name: str
    value: Decimal | None
    verdict: Verdict
    unit: str = ""
    scopes: tuple[dict[str, Any], ...] = ()
    described: str = ""
    entries: int = 0
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "claim": self.claim,
            "figure": self.figure,
            "name": self.name,
            "value": None if self.value is None else plain_number(self.value),
            "unit": self.unit,
            "verdict": self.verdict.value,
            "scopes": list(self.scopes),
            "described": self.described,
            "entries": self.entries,
            "reason": self.reason,
        }


class CrossingKind(StrEnum):
    """What comparing two texts found."""

    CONFLICT = "conflict"  # one thing, two values
    CARRIED_OVER = "carried_over"  # the value of the year before


@dataclass(frozen=True, slots=True)
class Crossing:
    """A claim beside the same thing in another text (对照). there: the clause of the other text; value: in the unit."""

    kind: CrossingKind
    claim: int
    other: str
    there: str
    value: Decimal
    message: str

    def as_json(self) -> dict[str, Any]:
        return {
            "type": self.kind.value,
            "claim": self.claim,
            "other": self.other,
            "text": self.there,
            "value": plain_number(self.value),
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """How one figure of the text is marked (标记).

    verdict: the gravest of what is said of it; None where the ledger was not asked and nothing in the text speaks
    against it. relations: those that it stands in, the contradictions first. is_confirmed: another figure of the text
    bears it out.
    """

    claim: Claim
    verdict: Verdict | None
    relations: tuple[Relation, ...]
    ledger: LedgerVerdict | None
    crossings: tuple[Crossing, ...]
    is_confirmed: bool

    @property
    def doubts(self) -> tuple[Relation, ...]:
        """The relations that speak against it."""
        return tuple(each for each in self.relations if each.status in (Status.CONTRADICTION, Status.POSSIBLE))

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader must look at it."""
        return self.verdict in (Verdict.DEFINITION, Verdict.INCONSISTENT, Verdict.DIFFERS)


def marks_of(audit: Audit) -> tuple[Mark, ...]:
    """The marks of a text, one for each claim, in its order. Cost: linear in claims and relations."""
    standing_in: dict[int, list[Relation]] = defaultdict(list)
    for relation in audit.relations:
        for claim in dict.fromkeys(relation.claims):
            standing_in[claim].append(relation)
    crossing: dict[int, list[Crossing]] = defaultdict(list)
    for each in audit.crossings:
        crossing[each.claim].append(each)
    ledger = {verdict.claim: verdict for verdict in audit.ledger or ()}
    is_asked = audit.ledger is not None
    return tuple(
        _mark(claim, standing_in[claim.id], ledger.get(claim.id), crossing[claim.id], is_asked=is_asked)
        for claim in audit.claims
    )


def _mark(
    claim: Claim,
    relations: Sequence[Relation],
    ledger: LedgerVerdict | None,
    crossings: Sequence[Crossing],
    *,
    is_asked: bool,
) -> Mark:
    said: list[Verdict] = []
    if ledger is not None:
        said.append(ledger.verdict)
    elif is_asked:
        said.append(Verdict.NO_RECORD)
    statuses = {relation.status for relation in relations}
    if Status.CONTRADICTION in statuses:
        said.append(Verdict.INCONSISTENT)
    elif Status.POSSIBLE in statuses:
        said.append(Verdict.DEFINITION)
    said += [Verdict.INCONSISTENT if each.kind is CrossingKind.CONFLICT else Verdict.DEFINITION for each in crossings]
    return Mark(
        claim=claim,
        verdict=max(said, key=_ORDER.index, default=None),
        relations=tuple(sorted(relations, key=_gravity)),
        ledger=ledger,
        crossings=tuple(crossings),
        is_confirmed=bool(CONFIRMING & statuses),
    )


def _gravity(relation: Relation) -> int:
    order = (Status.CONTRADICTION, Status.POSSIBLE, Status.EXACT, Status.ROUNDING, Status.HOLDS, Status.DERIVED)
    return order.index(relation.status)
