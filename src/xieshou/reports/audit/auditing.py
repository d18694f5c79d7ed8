"""The audit of one text, from its characters to what stands beside each figure. Pure: no database, no settings.

`audit_text` runs the stages of the engine; `linking.linked` adds what the ledger says; `verdicts.marks_of` puts both
together into one word per figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xieshou.reports.audit.claims import Claim, Relation
from xieshou.reports.audit.quantities.extraction import extract
from xieshou.reports.audit.relations.relating import relate
from xieshou.reports.audit.scopes.scoping import scoped
from xieshou.reports.audit.texts.cleaning import clean
from xieshou.reports.audit.texts.structure import CleanText, Structure
from xieshou.reports.audit.texts.structuring import structure_of
from xieshou.reports.audit.verdicts import Crossing, LedgerVerdict


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of one text found.

    text: as it came, offsets count in it; encoding: how its bytes were read, "" where there were none.
    remarks: sentences for the reader about the reading itself (damaged bytes, pages without text).
    ledger: what the books say of the claims that a figure could be found for; None where they were not asked.
    crossings: what comparing with other texts found (`against.crossings`).
    """

    text: str
    encoding: str
    clean: CleanText
    structure: Structure
    claims: tuple[Claim, ...]
    relations: tuple[Relation, ...]
    ledger: tuple[LedgerVerdict, ...] | None = None
    crossings: tuple[Crossing, ...] = ()
    remarks: tuple[str, ...] = ()

    def claim(self, number: int) -> Claim:
        """The claim of this id; ids count from 1 in the order of the text."""
        return self.claims[number - 1]

    def as_json(self) -> dict[str, Any]:
        """The shape that other programs rely on (design §9)."""
        return {
            "text": self.text,
            "encoding": self.encoding,
            "claims": [claim.as_json(self.text) for claim in self.claims],
            "relations": [relation.as_json() for relation in self.relations],
            "ledger": [verdict.as_json() for verdict in self.ledger or ()],
            "against": [crossing.as_json() for crossing in self.crossings],
            "ledger_asked": self.ledger is not None,
            "remarks": list(self.remarks),
        }


Linked = Callable[[CleanText, Structure, Sequence[Claim]], tuple[LedgerVerdict, ...]]


def audit_text(text: str, *, encoding: str = "", remarks: Sequence[str] = (), linked: Linked | None = None) -> Audit:
    """Take the figures out of a text, compare them with each other and, with `linked`, with the ledger.

    Args:
        encoding, remarks: what the reading of a file said, handed on.
        linked: `linking.Ledger(...).linked`; None leaves the ledger aside and needs no database.
    Cost: linear in the text; 100,000 characters a second without the ledger.
    """
    cleaned = clean(text)
    structure = structure_of(cleaned)
    claims = scoped(cleaned, structure, extract(cleaned))
    return Audit(
        text=text,
        encoding=encoding,
        clean=cleaned,
        structure=structure,
        claims=claims,
        relations=relate(cleaned, structure, claims),
        ledger=None if linked is None else linked(cleaned, structure, claims),
        remarks=tuple(remarks),
    )
