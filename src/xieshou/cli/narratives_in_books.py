"""The audit of a narrative beside the ledger, as one actor sees it."""

from __future__ import annotations

from collections.abc import Sequence

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.cli.narratives import Found, Wanted, answered
from xieshou.cli.session import Session, with_session
from xieshou.reports.audit.services import audit_document
from xieshou.reports.audit.texts.reading import Document


@with_session()
def audit_in_books(session: Session, wanted: Wanted) -> int:
    """Audit with the ledger; returns the exit code."""
    actor = session.acting(Permission.VIEW_FIGURES)

    def audit(document: Document, others: Sequence[tuple[str, Document]]) -> Found:
        audited = audit_document(actor=actor, document=document, figures=known_figures(), others=others)
        return audited.audit, audited.findings

    document, words, code = answered(wanted, audit)
    session.answer(document, words)
    return code
