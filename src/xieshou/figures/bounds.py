"""What a scope and an actor's grants mean today, in codes and ids: the only things that narrow a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xieshou.common.scoping import Actor
from xieshou.figures.scopes import PartyRole, Scope
from xieshou.parties.models import JointMember
from xieshou.parties.selectors import ids_under, joint_parties_of, subtree_ids
from xieshou.places.selectors import subtree_ranges

Ranges = tuple[tuple[str, str], ...]

COLUMN_OF_ROLE = {PartyRole.GIVER: "giver", PartyRole.RECEIVER: "receiver", PartyRole.CREDITED: "credited_to"}
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """A member's stated share of a joint party, in basis points; inside: whether the party asked for holds it."""

    joint: int
    member: int
    share_bp: int
    inside: bool


@dataclass(frozen=True, slots=True)
class PartyBounds:
    """The subtree of the party asked for.

    whole: ids of the parties whose entries count in full: the subtree, and joint parties with all members in it.
    shares: every member's share in the joint parties that lie in it in part. unshared: joint parties in part without
    shares (联合，未分摊), of which nothing counts until shares are stated.
    """

    column: str
    whole: tuple[int, ...]
    shares: tuple[Share, ...]
    unshared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A scope in codes and ids. place_ranges and party: None is no bound of this kind."""

    place_ranges: Ranges | None
    party: PartyBounds | None
    equal: tuple[tuple[str, int | str], ...]
    category: str
    since: date | None
    until: date | None

    @property
    def leaves_out(self) -> bool:
        """Whether an entry in scope may not be counted: over the border of the period, or of a joint party unshared."""
        return bool(self.since or self.until or (self.party and self.party.unshared))


@dataclass(frozen=True, slots=True)
class Sight:
    """What one grant lets its holder see; None is no limit of this kind. A party is seen in any of the three roles."""

    place_ranges: Ranges | None
    parties: tuple[int, ...] | None


def bounds_of(scope: Scope, stage: str) -> Bounds:
    """The scope as codes and ids; the stage is the scope's own, or else `stage`; "" leaves it open.

    Cost: one query for a place, four for a party.
    """
    named = {
        "programme": scope.programme,
        "project": scope.project,
        "fund_source": scope.source,
        "nature": scope.nature,
        "stage": scope.stage or stage,
    }
    return Bounds(
        place_ranges=subtree_ranges(scope.place) if scope.place else None,
        party=None if scope.party is None else _party_bounds(scope.party, scope.role),
        equal=tuple((column, value) for column, value in named.items() if value not in (None, "")),
        category=scope.category,
        since=scope.since,
        until=scope.until,
    )


def sights_of(actor: Actor) -> tuple[Sight, ...] | None:
    """What the actor's grants let them see, one for each; None: everything. One query for each grant with parties."""
    if actor.sees_everything:
        return None
    return tuple(
        Sight(grant.place_ranges, None if grant.party_paths is None else ids_under(grant.party_paths))
        for grant in actor.grants
    )


def _party_bounds(party: int, role: PartyRole) -> PartyBounds:
    joints = joint_parties_of(party)
    inside = subtree_ids(party)
    in_part = [joint.joint_id for joint in joints if joint.share_bp not in (None, WHOLE_BP)]
    members = JointMember.objects.filter(joint__in=in_part).order_by("joint_id", "member_id")
    return PartyBounds(
        column=COLUMN_OF_ROLE[role],
        whole=(*inside, *(joint.joint_id for joint in joints if joint.share_bp == WHOLE_BP)),
        shares=tuple(
            Share(member.joint_id, member.member_id, member.share_bp or 0, member.member_id in inside)
            for member in members
        ),
        unshared=tuple(joint.joint_id for joint in joints if joint.share_bp is None),
    )
