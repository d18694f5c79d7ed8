"""Who is expected to report under a duty: from the pairing list, the party tree or the places."""

from __future__ import annotations

from datetime import date

from xieshou.channels.pairings.selectors import pairings_on
from xieshou.common.scoping import Actor
from xieshou.intake.duties import Expected
from xieshou.intake.models import ReportingDuty
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import Party
from xieshou.places import selectors as places
from xieshou.places.models import Level
from xieshou.places.rules import level_of_code, own_range


def expected_under(actor: Actor, duty: ReportingDuty, day: date) -> list[Expected]:
    """The reports that a duty asks for, those that the actor may see, as things stood on a day.

    A pairing is expected once for each unit and place. Two or three queries.
    """
    match duty.expects:
        case ReportingDuty.Expects.PAIRINGS:
            return _from_pairings(actor, duty, day)
        case ReportingDuty.Expects.PARTY_TREE:
            return _from_tree(actor, duty)
    return _from_places(actor, duty)


def _from_pairings(actor: Actor, duty: ReportingDuty, day: date) -> list[Expected]:
    found = pairings_on(actor, day)
    if duty.programme_id is not None:
        found = found.filter(programme=duty.programme_id)
    if duty.place_code:
        low, high = own_range(duty.place_code, level_of_code(duty.place_code))
        found = found.filter(place_code__gte=low, place_code__lt=high)
    if duty.party is not None:
        found = found.filter(helper__path__startswith=duty.party.path)
    pairs = {(pairing.helper_id, pairing.place_code): pairing.helper.name for pairing in found}
    names = _short_names({code for _helper, code in pairs})
    return sorted(
        (Expected(helper, name, code, names[code]) for (helper, code), name in pairs.items()),
        key=lambda one: (one.place_code, one.party),
    )


def _short_names(codes: set[str]) -> dict[str, str]:
    """Names of places for people of the same county: of a village, with its town before it."""
    towns = {code: code[:9].ljust(12, "0") for code in codes if level_of_code(code) == Level.VILLAGE}
    names = places.names(sorted(codes | set(towns.values())))
    return {code: f"{names.get(towns.get(code, ''), '')}{names.get(code, code)}" for code in codes}


def _from_tree(actor: Actor, duty: ReportingDuty) -> list[Expected]:
    below = Party.objects.for_actor(actor).filter(parent=duty.party)
    below = below.exclude(kind__in=(PartyKind.VILLAGE, PartyKind.JOINT)).order_by("name")
    return [Expected(party.pk, party.name, "", "") for party in below]


def _from_places(actor: Actor, duty: ReportingDuty) -> list[Expected]:
    return [
        Expected(None, "", place.code, place.name)
        for place in places.children(duty.place_code).order_by("code")
        if actor.sees(place.code)
    ]
