"""What a page does that no single app can: the three questions of the first sign-in."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from xieshou.channels.pairings import services as pairings
from xieshou.common.scoping import Actor
from xieshou.parties import services as parties
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import Party
from xieshou.places.models import Place
from xieshou.programme import services as programmes
from xieshou.programme.models import Programme
from xieshou.web.errors import AnswerMissing


def say_who_we_are(*, by: Actor, name: str, kind: PartyKind | None = None) -> Party:
    """Make an organisation the one that runs this instance (我们是谁): an existing party of that name, else a new one.

    Raises: AnswerMissing; PartyRefused.
    """
    if not name.strip():
        raise AnswerMissing(_("请填写本单位的名称，或按“以后再说”跳过。"), field="name")
    with transaction.atomic():
        found = Party.objects.filter(name=name.strip(), parent=None).exclude(kind=PartyKind.VILLAGE).first()
        party = found or parties.create_party(by=by, name=name, kind=kind)
        Party.objects.filter(is_ours=True).exclude(pk=party.pk).update(is_ours=False)
        Party.objects.filter(pk=party.pk).update(is_ours=True)
    party.is_ours = True
    return party


def say_whom_we_help(*, by: Actor, party: Party, kind: str, places: Sequence[Place], year: int | None) -> Programme:
    """Set up the programme of our work and pair us with its places (帮扶哪些县); what exists already is kept.

    Args:
        kind: one of `Programme.Kind`. year: the first year of the pairing, None when it is not known yet.
    Raises: AnswerMissing, without a place; ProgrammeRefused.
    """
    if not places:
        raise AnswerMissing(_("请至少选一个县，或按“以后再说”跳过。"), field="places")
    name = f"{party.name}{Programme.Kind(kind).label}"[:120]
    with transaction.atomic():
        programme = Programme.objects.filter(name=name).first()
        if programme is None:
            programme = programmes.create_programme(by=by, name=name, kind=kind, party=party)
        begins = date(year, 1, 1) if year else None
        for place in places:
            pairings.pair(by=by, helper=party, place_code=place.code, programme=programme, valid_from=begins)
    return programme
