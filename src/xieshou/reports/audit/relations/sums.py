"""Whether parts agree with their total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from xieshou.reports.audit.claims import Relation, RelationKind, Status
from xieshou.reports.audit.relations import explanations
from xieshou.reports.audit.relations.comparisons import Extent, as_decimal, equality, inequality, sum_of
from xieshou.reports.audit.relations.explanations import Overlap
from xieshou.reports.audit.relations.narrative import Narrative, Reading
from xieshou.reports.audit.relations.phrases import amount_shown, bounded, chain, compared
from xieshou.reports.audit.relations.trees import Group

_NEAR = Fraction(1, 20)  # a list that comes this close to a total is meant to be its parts
_LITTLE = Fraction(3, 100)
_FAR = Fraction(3, 5)  # the list of the first sentence alone leaves so much open that the rest must follow


def judged(narrative: Narrative, groups: Iterable[Group]) -> Iterator[Relation]:
    """One relation for each group that says something."""
    for group in groups:
        relation = _judged(narrative, group)
        if relation is not None:
            yield relation


def _judged(narrative: Narrative, group: Group) -> Relation | None:
    for parts in (group.parts, *group.others):
        if len(parts) < 2 or any(part.unit != group.whole.unit for part in parts):
            continue
        computed = sum_of((part.claim.quantity for part in parts), group.whole.claim.quantity)
        status = equality(computed, group.whole.extent)
        if status is Status.EXACT or (status is Status.ROUNDING and parts is group.parts):
            return sum_relation(narrative, parts, group.whole, computed, status)
    if group.near:
        relation = _continued(narrative, group)
        if relation is not None:
            return relation
    computed = sum_of((part.claim.quantity for part in group.parts), group.whole.claim.quantity)
    status = inequality(computed, group.whole.extent)
    if status is Status.HOLDS:
        if _nearly_all(group, computed):
            return sum_relation(narrative, group.parts, group.whole, computed, Status.POSSIBLE)
        if group.exhaustive and group.decisive and computed.value >= group.whole.extent.value * _FAR:
            return sum_relation(narrative, group.parts, group.whole, computed, equality(computed, group.whole.extent))
        return part_relation(narrative, group.parts, group.whole, computed, status)
    if not group.decisive:
        return None
    return _exceeding(narrative, group, computed, status)


def _nearly_all(group: Group, computed: Extent) -> bool:
    """Three parts or more that leave next to nothing: something small is not told, or a digit is wrong."""
    stated = group.whole.extent
    if group.exhaustive or not group.decisive or len(group.parts) < 3 or stated.is_vague or computed.is_vague:
        return False
    return computed.high < stated.low and computed.value > stated.value * (1 - _LITTLE)


def _continued(narrative: Narrative, group: Group) -> Relation | None:
    """A list that goes on behind the sentence of 其中, if it belongs to the total by its size."""
    stated = group.whole.extent.value
    alone = sum((part.extent.value for part in group.parts), Fraction(0))
    if len(group.near) < 3 or alone > stated * _FAR:
        return None
    computed = sum_of((part.claim.quantity for part in group.near), group.whole.claim.quantity)
    if abs(computed.value - stated) > stated * _NEAR:
        return None
    return sum_relation(narrative, group.near, group.whole, computed, equality(computed, group.whole.extent))


def _exceeding(narrative: Narrative, group: Group, computed: Extent, status: Status) -> Relation | None:
    """Parts above their whole. Groups of persons along several dimensions overlap, a single one may not exceed it."""
    for part in group.parts:
        alone = inequality(part.extent, group.whole.extent)
        if alone is Status.CONTRADICTION:
            return part_relation(narrative, (part,), group.whole, part.extent, alone)
    overlap = explanations.overlap_of(group.parts)
    if overlap is Overlap.SURE:
        return None
    if overlap is Overlap.MAYBE:
        status = Status.POSSIBLE
    return sum_relation(narrative, group.parts, group.whole, computed, status)


def sum_relation(
    narrative: Narrative, parts: Sequence[Reading], whole: Reading, computed: Extent, status: Status
) -> Relation:
    quantity = whole.claim.quantity
    difference = abs(computed.value - whole.extent.value)
    is_doubtful = status in (Status.CONTRADICTION, Status.POSSIBLE)
    return Relation(
        kind=RelationKind.SUM,
        claims=(*(part.claim.id for part in parts), whole.claim.id),
        expression=" + ".join(f"#{part.claim.id}" for part in parts),
        computed=as_decimal(computed.value),
        stated=quantity.value,
        status=status,
        message=compared(
            chain([narrative.shown(part) for part in parts]),
            amount_shown(computed.value, quantity),
            narrative.shown(whole),
            amount_shown(difference, quantity),
            status,
        ),
        explanations=explanations.of_sum(narrative, parts, whole, computed.value) if is_doubtful else (),
    )


def part_relation(
    narrative: Narrative, parts: Sequence[Reading], whole: Reading, computed: Extent, status: Status
) -> Relation:
    quantity = whole.claim.quantity
    if status in (Status.CONTRADICTION, Status.POSSIBLE):
        reasons = (
            explanations.of_part(narrative, parts[0], whole)
            if len(parts) == 1
            else explanations.of_sum(narrative, parts, whole, computed.value)
        )
    else:
        reasons = ()
    shown = [narrative.shown(part) for part in parts]
    arithmetic = chain(shown) + (f" = {amount_shown(computed.value, quantity)}" if len(parts) > 1 else "")
    return Relation(
        kind=RelationKind.SUBSET,
        claims=(*(part.claim.id for part in parts), whole.claim.id),
        expression=" + ".join(f"#{part.claim.id}" for part in parts),
        computed=as_decimal(computed.value),
        stated=quantity.value,
        status=status,
        message=bounded(
            arithmetic,
            narrative.shown(whole),
            amount_shown(abs(computed.value - whole.extent.value), quantity),
            status,
        ),
        explanations=reasons,
    )
