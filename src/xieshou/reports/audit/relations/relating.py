"""How the claims of a text bear on each other (勾稽): which add up, which contradict, and what may explain it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from xieshou.reports.audit.claims import Claim, Relation, RelationKind, Status
from xieshou.reports.audit.relations import (
    bounds,
    columns,
    compounds,
    counting,
    growth,
    plans,
    plausibility,
    products,
    repetition,
    shares,
    splits,
    sums,
    trees,
)
from xieshou.reports.audit.relations.narrative import narrative_of
from xieshou.reports.audit.texts.structure import CleanText, Structure

_AGREEING = (Status.EXACT, Status.ROUNDING)
_ADDED = (RelationKind.SUM, RelationKind.SUBSET)
_DOUBTFUL = (Status.CONTRADICTION, Status.POSSIBLE)


def relate(clean: CleanText, structure: Structure, claims: Sequence[Claim]) -> tuple[Relation, ...]:
    """Every relation between claims that the language of the text supports, in the order of what is compared.

    claims: ordered by place in the text, as `scoping.scoped` gives them. Cost: n log n in the number of claims.
    """
    narrative = narrative_of(clean, structure, claims)
    if not narrative.readings:
        return ()
    found = chain(
        sums.judged(narrative, trees.groups_of(narrative)),
        splits.relations_of(narrative),
        columns.relations_of(narrative),
        shares.relations_of(narrative),
        growth.relations_of(narrative),
        products.relations_of(narrative),
        plausibility.relations_of(narrative),
        bounds.relations_of(narrative),
        counting.relations_of(narrative),
        compounds.relations_of(narrative),
        repetition.relations_of(narrative),
        plans.relations_of(narrative),
    )
    return _settled(found)


def _settled(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """One relation for each set of claims; a total that adds up by one reading is not doubted by another."""
    kept: dict[tuple[frozenset[int], RelationKind], Relation] = {}
    for relation in relations:
        kept.setdefault((frozenset(relation.claims), relation.kind), relation)
    summed = {members for members, kind in kept if kind is RelationKind.SUM}
    agreed = {r.claims[-1] for r in kept.values() if r.kind is RelationKind.SUM and r.status in _AGREEING}
    shares: set[tuple[int, ...]] = {
        r.claims[:2]
        for r in kept.values()
        if r.kind is RelationKind.SHARE and len(r.claims) == 3 and r.status in _AGREEING
    }
    settled = [
        relation
        for (members, kind), relation in kept.items()
        if not (kind is RelationKind.SUBSET and members in summed)
        and not (relation.status in _DOUBTFUL and kind in _ADDED and _answered(relation, agreed, shares))
    ]
    return tuple(sorted(settled, key=lambda relation: (relation.claims[-1:], relation.claims)))


def _answered(relation: Relation, agreed: set[int], shares: set[tuple[int, ...]]) -> bool:
    """Whether other relations say that the parts are no parts: the total adds up otherwise, or shares tell it.

    占农业人口的19.4% makes one part a part of another; 寄宿生占78.6%，留守儿童占45.5% are groups that overlap.
    """
    *parts, whole = relation.claims
    if whole in agreed or any((one, two) in shares for one in parts for two in parts):
        return True
    return len(parts) > 1 and all((part, whole) in shares for part in parts)
