"""What the audit says of a short narrative, as a test reads it."""

from __future__ import annotations

from xieshou.reports.audit.claims import Relation
from xieshou.reports.audit.quantities.extraction import extract
from xieshou.reports.audit.relations.relating import relate
from xieshou.reports.audit.scopes.scoping import scoped
from xieshou.reports.audit.texts.cleaning import clean
from xieshou.reports.audit.texts.structuring import structure_of

Told = tuple[str, str, tuple[str, ...]]


def relations_in(text: str) -> tuple[Relation, ...]:
    cleaned = clean(text)
    structure = structure_of(cleaned)
    return relate(cleaned, structure, scoped(cleaned, structure, extract(cleaned)))


def told(text: str) -> list[Told]:
    """Kind, status and the figures as written, what they are compared with last."""
    cleaned = clean(text)
    structure = structure_of(cleaned)
    claims = scoped(cleaned, structure, extract(cleaned))
    shown = {claim.id: cleaned.text[claim.quantity.at : claim.quantity.until] for claim in claims}
    return [
        (relation.kind.value, relation.status.value, tuple(shown[number] for number in relation.claims))
        for relation in relate(cleaned, structure, claims)
    ]


def doubts(text: str) -> list[Told]:
    """What is contradicted, or would be but for an approximation."""
    return [one for one in told(text) if one[1] in ("contradiction", "possible")]


def explanations_of(text: str) -> tuple[str, ...]:
    """Of the only doubt in a text."""
    (relation,) = [one for one in relations_in(text) if one.status.value in ("contradiction", "possible")]
    return relation.explanations
