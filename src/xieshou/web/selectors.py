"""Questions that pages ask across apps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission, may
from xieshou.channels.pairings.selectors import pairings_on
from xieshou.common.scoping import Actor
from xieshou.figures import services as figures
from xieshou.figures.definitions import Figure
from xieshou.figures.scopes import Scope
from xieshou.intake import selectors as intake
from xieshou.intake.models import Batch
from xieshou.parties.models import Party
from xieshou.places import selectors as places
from xieshou.programme.models import Programme


@dataclass(frozen=True, slots=True)
class ToDo:
    """One kind of thing that waits for the reader, and where it is done."""

    words: str | Promise
    count: int
    query: str
    tone: str = "amber"


def our_party() -> Party | None:
    """The organisation that runs this instance, None before the first question is answered."""
    return Party.objects.filter(is_ours=True).first()


def unanswered(actor: Actor) -> list[str]:
    """Which of the three questions are open for somebody who may answer them: "who", "whom", "year"."""
    if not may(actor, Permission.MANAGE_PROGRAMMES):
        return []
    questions = []
    if not Party.objects.filter(is_ours=True).exists():
        questions.append("who")
    if not Programme.objects.exists():
        questions.append("whom")
    return questions


def helped_places(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the places that pairings of today name, in order of code. Two queries."""
    codes = sorted(set(pairings_on(actor, timezone.localdate()).values_list("place_code", flat=True)[:500]))
    names = places.names(codes)
    return [(code, names[code]) for code in codes if code in names]


def covered_on_one_side(
    actor: Actor, planned: Figure, done: Figure, scope: Scope, head: str | None = None
) -> tuple[int, int]:
    """In how many counties of a programme only the plan is stated, and in how many only what was done.

    Where either is not 0, the two numbers are about different things and their ratio says nothing. Two evaluations.
    """

    def covered(figure: Figure) -> set[tuple[str, str]]:
        answers = figures.evaluate(actor=actor, figure=figure, scope=scope, by=["programme", "county"], head=head)
        return {(each.by["programme"].code, each.by["county"].code) for each in answers if each.entries}

    plans, deeds = covered(planned), covered(done)
    return len(plans - deeds), len(deeds - plans)


def batches_for(actor: Actor) -> QuerySet[Batch]:
    """The batches that the actor may see, with what a list shows of them."""
    return intake.batches_for(actor).select_related("original", "created_by", "party")


def to_do(actor: Actor) -> list[ToDo]:
    """What waits for the reader, the gravest first. One query."""
    counts = Counter(batches_for(actor).values_list("state", flat=True)[:10_000])
    states = Batch.State
    waiting = [
        ToDo(_("导入未能读取"), counts[states.FAILED], f"?state={states.FAILED}", "red"),
        ToDo(_("批次被退回"), counts[states.RETURNED], f"?state={states.RETURNED}", "red"),
        ToDo(_("草稿待核对"), counts[states.DRAFT], f"?state={states.DRAFT}"),
    ]
    if may(actor, Permission.ACCEPT_BATCH):
        waiting.insert(1, ToDo(_("批次待采纳"), counts[states.SUBMITTED], f"?state={states.SUBMITTED}"))
    return [each for each in waiting if each.count]
