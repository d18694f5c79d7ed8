"""Which rows stand in the books, and which mappings are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor, ScopedQuerySet
from xieshou.figures.scopes import Scope
from xieshou.ledger.posted import PostingSource
from xieshou.parties.models import Party
from xieshou.parties.selectors import paths_reached
from xieshou.places import selectors as places
from xieshou.reports.filling.errors import MappingUnknown
from xieshou.reports.filling.models import TableMapping

_DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
_SUFFIXES = ("村民委员会", "居民委员会", "村委会", "居委会", "社区居委会")


@dataclass(frozen=True, slots=True)
class BookRow:
    """A unit and a place that stand together in the books. names: by level of place, as the report wrote the village;
    `party` is the unit's."""

    place: str
    party: int
    names: dict[str, str]


def rows_in_books(
    actor: Actor, scope: Scope, sources: Sequence[PostingSource], measures: Iterable[str]
) -> list[BookRow]:
    """Each unit and place of which a record of these measures stands in the scope, in the order they were reported.

    A record that states no amount (a row handed in blank) counts: it stands with its blanks. One query per kind of
    record and three for the names.
    """
    wanted = set(measures)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for source in sources:
        if not wanted & {measure.key for measure in source.measures} or not _names_both(source):
            continue
        posted = cast(ScopedQuerySet, source.records())
        records = posted.for_actor(actor).filter(_within(scope)).order_by("batch", "row", "pk")
        for place, written, party, party_written in records.values_list(
            "place_code", "place_as_written", "party_id", "party_as_written"
        ):
            if place and party:
                found.setdefault((place, party), (written, party_written))
    codes = {code[:digits].ljust(12, "0") for code, _party in found for digits in _DIGITS.values()}
    names = places.names(sorted(codes))
    return [
        BookRow(place, party, _names(place, written, names) | {"party": party_written})
        for (place, party), (written, party_written) in found.items()
    ]


def _names_both(source: PostingSource) -> bool:
    try:
        for name in ("place_code", "place_as_written", "party", "party_as_written", "batch", "row", "occurred_to"):
            source.model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _within(scope: Scope) -> Q:
    within = Q()
    if scope.place:
        inside = Q()
        for low, high in places.subtree_ranges(scope.place):
            inside |= Q(place_code__gte=low, place_code__lt=high)
        within &= inside
    if scope.party is not None:
        party = Party.objects.get(pk=scope.party)
        reached = Q()
        for path in paths_reached(party):
            reached |= Q(party__path__startswith=path)
        within &= reached
    if scope.programme is not None:
        within &= Q(programme=scope.programme)
    if scope.until is not None:
        within &= Q(occurred_to__lte=scope.until)
    if scope.since is not None:
        within &= Q(occurred_from__gte=scope.since)
    return within


def _names(code: str, written: str, names: dict[str, str]) -> dict[str, str]:
    found = {level: names.get(code[:digits].ljust(12, "0"), "") for level, digits in _DIGITS.items()}
    town = found["township"]
    if town and town in written and (tail := written.rpartition(town)[2].strip()):
        return found | {"village": tail}
    village = found["village"]
    for suffix in _SUFFIXES:
        if village.endswith(suffix):
            return found | {"village": village.removesuffix(suffix) + ("村" if suffix.startswith("村") else "")}
    return found


def code_at(place: str, level: str) -> str:
    """The code of the place of a level in which a place lies."""
    return place[: _DIGITS[level]].ljust(12, "0")


def mappings_for(actor: Actor) -> QuerySet[TableMapping]:
    """Every remembered mapping, the newest first."""
    return TableMapping.objects.for_actor(actor).select_related("confirmed_by").order_by("-confirmed_at")


def mapping_kept(actor: Actor, number: int) -> TableMapping:
    """Raises: MappingUnknown."""
    found: TableMapping | None = TableMapping.objects.for_actor(actor).filter(pk=number).first()
    if found is None:
        raise MappingUnknown(_("没有编号为 %(number)d 的对应关系，可能已经删除。") % {"number": number}, number=number)
    return found
