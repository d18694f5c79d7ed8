"""Totals of two kinds in one phrase, told apart elsewhere: 投入和引进20.63亿元; 投入15.36亿元，引进5.27亿元."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from xieshou.reports.audit.claims import Relation, Status
from xieshou.reports.audit.relations import cues
from xieshou.reports.audit.relations.comparisons import equality, sum_of
from xieshou.reports.audit.relations.likeness import agree
from xieshou.reports.audit.relations.narrative import Narrative, Reading, neighbours
from xieshou.reports.audit.relations.sums import sum_relation

_JOINED = re.compile(r"([\u4e00-\u9fff]{2})(?:和|及|与|以及)(?:帮助|协助)?([\u4e00-\u9fff]{2})")
_PAIRS = 200  # pairs of one unit that are looked through for each total
_CLOSE = Fraction(1, 5)
_FAR = 3  # beyond this another scope is meant


def relations_of(narrative: Narrative) -> Iterator[Relation]:
    """Sums of two adjacent figures whose words are the two halves of a total's phrase."""
    pairs: dict[str, list[tuple[Reading, Reading]]] = defaultdict(list)
    for first, second in neighbours(narrative.readings):
        if first.unit == second.unit and first.sentence == second.sentence and _is_plain(first) and _is_plain(second):
            pairs[first.unit].append((first, second))
    for whole in narrative.readings:
        halves = _JOINED.search(whole.clause) if whole.unit in pairs and _is_plain(whole) else None
        if halves is None:
            continue
        left, right = halves.groups()
        for first, second in pairs[whole.unit][-_PAIRS:]:
            if whole in (first, second) or not _are_halves(first, second, left, right):
                continue
            if first.is_plan != whole.is_plan or first.claim.period != whole.claim.period:
                continue
            if first.places != whole.places or second.places != whole.places:
                continue
            computed = sum_of((first.claim.quantity, second.claim.quantity), whole.claim.quantity)
            status = equality(computed, whole.extent)
            if status is Status.CONTRADICTION:
                # Less may be one course of many; more than both together cannot be.
                if computed.value < whole.extent.value * (1 - _CLOSE) or computed.value > whole.extent.value * _FAR:
                    continue
                if not agree(first.claim.place, whole.claim.place) or not agree(first.claim.actor, whole.claim.actor):
                    status = Status.POSSIBLE
            yield sum_relation(narrative, (first, second), whole, computed, status)
            break


def _is_plain(reading: Reading) -> bool:
    return not (reading.is_each or reading.is_change or reading.depth) and reading.unit != "percent"


def _are_halves(first: Reading, second: Reading, left: str, right: str) -> bool:
    one, two = first.clause + first.noun, second.clause + second.noun
    if cues.OF_WHICH.search(second.lead):
        return False
    return (left in one and right in two and right not in one and left not in two) or (
        right in one and left in two and left not in one and right not in two
    )
