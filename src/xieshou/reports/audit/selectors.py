"""Questions about what audits keep."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from xieshou.common.formats import moment
from xieshou.common.scoping import Actor
from xieshou.reports.audit.findings import Clarified, Finding
from xieshou.reports.audit.models import Clarification, SavedText

_KEYS_IN_ONE_QUERY = 500


def saved_texts_for(actor: Actor) -> QuerySet[SavedText]:
    """The texts of the actor's places and units, and those it saved itself. The texts themselves are not loaded."""
    found: QuerySet[SavedText] = SavedText.objects.for_actor(actor) | SavedText.objects.filter(
        saved_by_id=actor.user_id
    )
    return found.defer("text", "document").select_related("saved_by", "party")


def clarifications_for(actor: Actor, findings: Iterable[Finding]) -> dict[str, Clarified]:
    """What was said of these findings before, by their keys. One query per 500 findings."""
    keys = list(dict.fromkeys(finding.key for finding in findings))
    found: dict[str, Clarified] = {}
    for start in range(0, len(keys), _KEYS_IN_ONE_QUERY):
        rows = (
            Clarification.objects.for_actor(actor)
            .filter(key__in=keys[start : start + _KEYS_IN_ONE_QUERY], reopened_at=None)
            .select_related("written_by")
        )
        found |= {row.key: clarified(row) for row in rows}
    return found


def clarified(row: Clarification) -> Clarified:
    """A stored 口径说明 as findings carry it."""
    return Clarified(row.pk, row.words, str(row.written_by), moment(row.written_at))
