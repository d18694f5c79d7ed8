"""Verbs of the audit: audit a text against the books, save it, close a finding, give a Word file back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.definitions import Figure
from xieshou.parties.models import Party
from xieshou.reports.audit import returned
from xieshou.reports.audit.against import crossings
from xieshou.reports.audit.auditing import Audit, audit_text
from xieshou.reports.audit.errors import ClarificationRefused
from xieshou.reports.audit.findings import Finding, findings_of
from xieshou.reports.audit.linking import Ledger
from xieshou.reports.audit.models import Clarification, SavedText
from xieshou.reports.audit.selectors import clarifications_for
from xieshou.reports.audit.texts.reading import Document, DocumentKind

MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit with what was found and what was said of it before."""

    audit: Audit
    findings: tuple[Finding, ...]


def audit_document(
    *,
    actor: Actor,
    document: Document,
    figures: Sequence[Figure],
    others: Sequence[tuple[str, Document]] = (),
) -> Audited:
    """Audit a document against itself, the ledger as the actor sees it, and further texts.

    Args:
        figures: those that are known, `catalogue.figures.known_figures()`.
        others: name and document of texts to compare with; they are not audited against the ledger.
    Cost: that of `audit_text` per text, and one evaluation per figure and scope that the text tells. Nothing is kept.
    """
    ledger = Ledger(actor=actor, figures=figures)
    audit = audit_text(document.text, encoding=document.encoding, remarks=document.remarks, linked=ledger.linked)
    if others:
        beside = [(name, audit_text(other.text)) for name, other in others]
        audit = replace(audit, crossings=crossings(audit, beside))
    return Audited(audit, with_clarifications(actor=actor, audit=audit))


def with_clarifications(*, actor: Actor, audit: Audit) -> tuple[Finding, ...]:
    """The findings of an audit, those that were closed before with what was said then."""
    return findings_of(audit, clarifications_for(actor, findings_of(audit)))


def save_text(*, by: Actor, title: str, document: Document, original: bytes | None = None, name: str = "") -> SavedText:
    """Keep a text, and the Word file it came from. Returns it; it is audited anew each time it is opened."""
    party, place_code = _limits_of(by)
    return SavedText.objects.create(
        title=(title.strip() or name.strip() or document.text.strip().splitlines()[0].strip())[:200],
        text=document.text,
        encoding=document.encoding,
        document=original if document.kind is DocumentKind.WORD else None,
        document_name=name[:200] if document.kind is DocumentKind.WORD else "",
        characters=len(document.text),
        party=party,
        place_code=place_code,
        saved_by_id=by.user_id,
    )


def delete_text(*, by: Actor, saved: SavedText) -> None:
    """Remove a saved text for good, with the Word file it came from. Clarifications stay."""
    saved.delete()


def clarify(*, by: Actor, key: str, about: str, words: str) -> Clarification:
    """Close a finding with a 口径说明, for this draft and the next ones; an earlier one in force is replaced.

    Args:
        key, about: of the finding. Raises: ClarificationRefused, without words or with more than 500 characters.
    """
    words = words.strip()
    if not words:
        raise ClarificationRefused(_("请写一句口径说明，再关闭这一条。"), field="words")
    if len(words) > MOST_WORDS:
        raise ClarificationRefused(
            _("口径说明最多 %(most)d 个字，现有 %(count)d 个；请缩短。") % {"most": MOST_WORDS, "count": len(words)},
            field="words",
        )
    try:
        with transaction.atomic():
            Clarification.objects.filter(key=key, reopened_at=None).update(
                reopened_at=timezone.now(), reopened_by_id=by.user_id
            )
            return Clarification.objects.create(key=key, about=about[:300], words=words, written_by_id=by.user_id)
    except IntegrityError as taken:
        raise ClarificationRefused(_("另一个人刚刚也说明了这一条；请刷新后再看。"), field="words") from taken


def reopen(*, by: Actor, clarification: Clarification) -> None:
    """Take a 口径说明 back; the finding is open again, here and in every draft."""
    Clarification.objects.filter(pk=clarification.pk, reopened_at=None).update(
        reopened_at=timezone.now(), reopened_by_id=by.user_id
    )


def write_returned(*, audited: Audited, original: Path, out: Path) -> int:
    """The drafter's own Word file with a comment at each doubtful figure; returns how many. Raises: DocumentRefused."""
    return returned.write(audit=audited.audit, findings=audited.findings, original=original, out=out)


def _limits_of(actor: Actor) -> tuple[Party | None, str]:
    """The party and place of the first grant that has limits; who sees everything saves for everybody who does."""
    if actor.sees_everything:
        return None, ""
    path = next((grant.party_paths[0] for grant in actor.grants if grant.party_paths), None)
    place = next((grant.place_ranges[0][0] for grant in actor.grants if grant.place_ranges), "")
    return (Party.objects.filter(path=path).first() if path else None), place
