"""Who may see what: one value, the `Actor`, and one method, `for_actor`, on every query set.

A grant is a role within limits: a set of place ranges and a set of party paths. `None` is "no limit of this kind". A
row is seen when at least one grant covers it in every kind of limit that the grant has. No grant: nothing is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q


class Role(StrEnum):
    """The roles of design §11. What each may do stands in `access.rules`."""

    OFFICE = "office"
    UNIT_CLERK = "unit_clerk"
    FIELD_CADRE = "field_cadre"
    COUNTY_OFFICER = "county_officer"
    LEADER = "leader"
    AUDITOR = "auditor"
    SPONSOR = "sponsor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within limits.

    place_ranges: half-open ranges of 12-digit codes `(low, high)`, `low <= code < high`; None: every place.
    party_paths: path prefixes of parties, each ending in "/"; None: every party.
    """

    role: Role
    place_ranges: tuple[tuple[str, str], ...] | None = None
    party_paths: tuple[str, ...] | None = None

    @property
    def is_unlimited(self) -> bool:
        return self.place_ranges is None and self.party_paths is None

    def covers(self, place_code: str | None, party_paths: Iterable[str | None]) -> bool:
        """Whether a row with this place and these parties lies within every limit.

        What `for_actor` asks of the database, for rows that are not in it (Parquet, a file). None or "" is a row
        without place; a row without parties lies within no limit to parties.
        """
        in_place = self.place_ranges is None or any(low <= (place_code or "") < high for low, high in self.place_ranges)
        in_party = self.party_paths is None or any(
            path is not None and path.startswith(prefix) for path in party_paths for prefix in self.party_paths
        )
        return in_place and in_party


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user and the grants in force on the day, or the built-in local operator."""

    user_id: int
    name: str
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def sees_everything(self) -> bool:
        return any(grant.is_unlimited for grant in self.grants)

    def sees(self, place_code: str | None, party_paths: Iterable[str | None] = ()) -> bool:
        """Whether some grant covers a row with this place and these parties."""
        paths = tuple(party_paths)
        return any(grant.covers(place_code, paths) for grant in self.grants)


@dataclass(frozen=True, slots=True)
class ScopeFields:
    """How a model's rows are matched to a grant.

    place: the field with a 12-digit code, or "" when rows have no place.
    parties: the fields with a party *path*, any of which may match (`"giver__path"`).
    public: reference rows that every signed-in user with a grant sees (places, forms).

    A grant limited in a kind that the model does not have sees no row, unless the model is public.
    """

    place: str = ""
    parties: tuple[str, ...] = ()
    public: bool = False


class ScopedQuerySet(models.QuerySet[Any]):
    """A query set that can be narrowed to what an actor may see; views, counts and exports start from it."""

    def for_actor(self, actor: Actor) -> Self:
        fields: ScopeFields = self.model.scope_fields
        if actor.sees_everything or (fields.public and actor.grants):
            return self
        seen = Q()
        for grant in actor.grants:
            covered = _covered(grant, fields)
            if covered is not None:
                seen |= covered
        return self.filter(seen) if seen else self.none()


def _covered(grant: Grant, fields: ScopeFields) -> Q | None:
    """The condition under which a grant covers a row; None when it never does."""
    condition = Q()
    if grant.place_ranges is not None:
        if not fields.place or not grant.place_ranges:
            return None
        inside = Q()
        for low, high in grant.place_ranges:
            inside |= Q(**{f"{fields.place}__gte": low, f"{fields.place}__lt": high})
        condition &= inside
    if grant.party_paths is not None:
        if not fields.parties or not grant.party_paths:
            return None
        inside = Q()
        for path in grant.party_paths:
            for field in fields.parties:
                inside |= Q(**{f"{field}__startswith": path})
        condition &= inside
    return condition


class Privacy(StrEnum):
    """How much a field says about a living person (design §11)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class ScopedModel(models.Model):
    """Base of every model: scoped rows, classified fields.

    Each model states `scope_fields` and `privacy` (every concrete field name to its class); a test fails for one that
    does not.
    """

    scope_fields: ClassVar[ScopeFields]
    privacy: ClassVar[dict[str, Privacy]]

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
