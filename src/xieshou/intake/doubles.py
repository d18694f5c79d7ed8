"""Likely double reports (疑似重复上报): which rows may state the same thing twice, and what people decided about them.

Two rows of different batches are proposed when the same receiver, person or place got the same amount of the same thing
at about the same time, and their units are related. Rows come in as data: intake knows no ledger; see `web.doubles`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission, acting_with
from xieshou.common.scoping import Actor
from xieshou.intake.errors import DecisionInvalid
from xieshou.intake.models import DoubleDecision
from xieshou.parties.models import JointMember, Party

# A gift is reported by its giver in one month and by its receiver in the next. A unit that states its own gift twice
# does so with about the same day; what it gives again a month later is a second gift.
NEAR_DAYS = 31
NEAR_DAYS_OF_ONE_UNIT = 7
# So many rows of one amount in one place are a rate (慰问金 500 元), not one gift told many times.
MOST_ALIKE = 20
MOST_PROPOSED = 500

_RELATIONS: dict[str, str | Promise] = {
    "same": gettext_lazy("同一单位"),
    "above": gettext_lazy("上下级单位"),
    "joint": gettext_lazy("联合帮扶的成员"),
    "unstated": gettext_lazy("一方没有写单位"),
}


@dataclass(frozen=True, slots=True)
class Reported:
    """One amount of one row.

    name: the row for good, see `row_name`. what: the kind of thing (measure and category). whose: the person, household
    or receiver, else the place. amount: base units. first, last: when it occurred, `first` None for one day or "up to".
    unit: the party whose effort it is, None when not stated. source_kind, source_id: the record in the books, "" and 0
    for a row of a draft.
    """

    name: str
    batch: int
    row: int
    what: str
    whose: str
    amount: int
    first: date | None
    last: date
    unit: int | None
    place_code: str = ""
    source_kind: str = ""
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two rows side by side, and why. amounts: the `Reported` of the first row that the second states too."""

    first: Reported
    second: Reported
    relation: str
    days_apart: int
    amounts: tuple[Reported, ...]

    @property
    def reasons(self) -> list[str]:
        """Why the two may be one, in the reader's language."""
        near = _("同一天") if not self.days_apart else _("相隔 %(days)s 天") % {"days": self.days_apart}
        return [_("同一受益方、同一数额、同一事项"), near, str(_RELATIONS[self.relation])]

    @property
    def key(self) -> tuple[str, str]:
        return pair_key(self.first.name, self.second.name)


@dataclass(frozen=True, slots=True)
class Relations:
    """How parties belong together. paths: party → path; joints: joint party → its members."""

    paths: Mapping[int, str]
    joints: Mapping[int, frozenset[int]]

    def between(self, one: int | None, other: int | None) -> str:
        """ "same", "above", "joint", "unstated", or "" for units that have nothing to do with each other."""
        if one is None or other is None:
            return "unstated"
        if one == other:
            return "same"
        first, second = self.paths.get(one, ""), self.paths.get(other, "")
        if first and second and (first.startswith(second) or second.startswith(first)):
            return "above"
        whole = {one} | self.joints.get(one, frozenset()), {other} | self.joints.get(other, frozenset())
        return "" if whole[0].isdisjoint(whole[1]) else "joint"


def relations_of(parties: Iterable[int | None]) -> Relations:
    """What is known about these parties. Two queries."""
    numbers = {party for party in parties if party is not None}
    joints: defaultdict[int, set[int]] = defaultdict(set)
    for joint, member in JointMember.objects.filter(joint__in=numbers).values_list("joint", "member"):
        joints[joint].add(member)
    paths = dict(Party.objects.filter(pk__in=numbers).values_list("pk", "path"))
    return Relations(paths, {joint: frozenset(members) for joint, members in joints.items()})


def proposals(reported: Iterable[Reported], relations: Relations) -> list[Proposal]:
    """The pairs of rows that may state the same thing, those with most amounts in common first.

    Cost: the rows are grouped by thing, amount and receiver; only within a group of up to `MOST_ALIKE` are they
    compared with each other.
    """
    groups: defaultdict[tuple[str, str, int], list[Reported]] = defaultdict(list)
    for one in reported:
        if one.amount > 0:
            groups[one.what, one.whose, one.amount].append(one)
    found: defaultdict[tuple[str, str], list[tuple[Reported, Reported, str, int]]] = defaultdict(list)
    for group in groups.values():
        if len(group) > MOST_ALIKE:
            continue
        for one, other in combinations(sorted(group, key=lambda each: (each.batch, each.row)), 2):
            if one.batch == other.batch or one.name == other.name:
                continue
            apart, relation = days_apart(one, other), relations.between(one.unit, other.unit)
            if relation and apart <= (NEAR_DAYS_OF_ONE_UNIT if relation == "same" else NEAR_DAYS):
                found[pair_key(one.name, other.name)].append((one, other, relation, apart))
    made = [
        Proposal(alike[0][0], alike[0][1], alike[0][2], alike[0][3], tuple(each[0] for each in alike))
        for alike in found.values()
    ]
    return sorted(made, key=lambda each: (-len(each.amounts), -max(one.amount for one in each.amounts), each.key))


def days_apart(one: Reported, other: Reported) -> int:
    """Days between two occurrences; 0 where their periods overlap."""
    first, second = (one.first or one.last, one.last), (other.first or other.last, other.last)
    if first[0] <= second[1] and second[0] <= first[1]:
        return 0
    return min(abs((first[0] - second[1]).days), abs((second[0] - first[1]).days))


def undecided(found: Sequence[Proposal]) -> tuple[list[Proposal], list[Proposal]]:
    """Those nobody decided about, and those put off (待查).

    Two rows that were one and stand in the books both again, since their batches came anew, are asked about again.
    """
    decisions = decisions_of(found)
    fresh, waiting = [], []
    for one in found:
        verdict = decisions.get(one.key)
        if verdict == DoubleDecision.Verdict.OPEN:
            waiting.append(one)
        elif verdict != DoubleDecision.Verdict.BOTH:
            fresh.append(one)
    return fresh, waiting


def decisions_of(found: Sequence[Proposal]) -> dict[tuple[str, str], str]:
    """(first, second) → verdict, for the pairs somebody decided about. One query for 500 pairs."""
    keys = [one.key for one in found]
    known: dict[tuple[str, str], str] = {}
    for start in range(0, len(keys), MOST_PROPOSED):
        some = keys[start : start + MOST_PROPOSED]
        rows = DoubleDecision.objects.filter(first__in={first for first, _second in some})
        known |= {(first, second): verdict for first, second, verdict in rows.values_list("first", "second", "verdict")}
    return known


def decide_double(*, by: Actor, first: str, second: str, verdict: str, reason: str = "") -> DoubleDecision:
    """Remember what a person decided about two rows.

    Raises: NotPermitted; DecisionInvalid, for an unknown verdict, or one row twice, or 同一笔 without a reason.
    """
    acting_with(by, Permission.ACCEPT_BATCH)
    if verdict not in DoubleDecision.Verdict.values or first == second:
        raise DecisionInvalid(_("请选“两笔都算”“同一笔”或“待查”。"), field="verdict")
    said = " ".join(reason.split())
    if verdict == DoubleDecision.Verdict.SAME and not said:
        raise DecisionInvalid(_("判为同一笔要写明原因：冲销的台账条目上会写着它。"), field="reason")
    key = pair_key(first, second)
    decided, _created = DoubleDecision.objects.update_or_create(
        first=key[0],
        second=key[1],
        defaults={"verdict": verdict, "reason": said[:300], "decided_by_id": by.user_id},
    )
    return decided


def row_name(*, form_key: str, digest: bytes | None, sha256: str, sheet: str, row: int) -> str:
    """A name that a row keeps for good: its key where its form has one, else its place in its file."""
    if digest is not None:
        return f"k:{form_key}:{digest.hex()}"
    return f"r:{sha256[:32]}:{sheet}:{row}"


def pair_key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
