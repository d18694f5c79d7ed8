"""Questions about who helps whom."""

from datetime import date

from django.db.models import Q, QuerySet

from xieshou.channels.pairings.models import Pairing
from xieshou.common.scoping import Actor


def pairings_on(actor: Actor, day: date) -> QuerySet[Pairing]:
    """The pairings in force on a day that the actor may see."""
    return (
        Pairing.objects.for_actor(actor)
        .filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))
        .filter(superseded_at=None)
        .select_related("helper", "programme")
    )
