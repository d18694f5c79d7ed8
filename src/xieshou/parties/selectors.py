"""Questions about parties: which one a text means, what belongs to it, in which joint parties it takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from xieshou.common.scoping import Actor
from xieshou.parties import rules
from xieshou.parties.errors import PartyAmbiguous, PartyUnknown
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import JointMember, Party, PartyAlias, PartyRole


@dataclass(frozen=True, slots=True)
class PartyCandidate:
    """A party that a text may mean.

    score: 1 for its name or an alias; 0.9 for another way to write it; 0.85 where a leading city had to be supplied;
    up to 0.8 for a similar name. Only a score of 1 is taken without asking. reason: a translated sentence.
    """

    party_id: int
    name: str
    score: float
    reason: str


SAME_NAME = 1.0
OTHER_WRITING = 0.9
CITY_SUPPLIED = 0.85
MOST_SIMILAR = 0.8
_LONGER_THAN_AN_ID = 15  # digits
LEAST_SIMILAR = (
    0.55  # below, half of the characters differ: the list would offer every 街 of a district for every other
)


def resolve_party(text: str, *, limit: int = 5, actor: Actor | None = None) -> list[PartyCandidate]:
    """The parties that a text may mean, the likeliest first; [] for none. Villages are found as places, not here.

    Args:
        actor: None for the matching of a workbook, which must find a party wherever it stands; a page that shows the
            candidates passes its actor.
    Cost: that of `directory` and < 5 ms at 10,000 parties.
    """
    found = directory().candidates(text, limit if actor is None else limit * 10)
    if actor is not None:
        seen = set(
            Party.objects.for_actor(actor).filter(pk__in=[one.party_id for one in found]).values_list("pk", flat=True)
        )
        found = [one for one in found if one.party_id in seen]
    return found[:limit]


def resolve_parties(texts: Iterable[str], *, limit: int = 5) -> dict[str, list[PartyCandidate]]:
    """`resolve_party` for the distinct texts of a workbook's column, without an actor."""
    known = directory()
    return {text: known.candidates(text, limit) for text in dict.fromkeys(texts)}


def party_at(text: str, *, actor: Actor | None = None) -> Party:
    """The one party of that name or alias; with `actor`, among those that the actor may see.

    Raises: PartyUnknown, PartyAmbiguous, naming the candidates: a page passes its actor, or the sentence would name
    parties that its reader may not see.
    """
    found = resolve_party(text, actor=actor)
    exact = [one for one in found if one.score == SAME_NAME]
    if len(exact) == 1:
        return Party.objects.get(pk=exact[0].party_id)
    names = _("、").join(one.name for one in exact or found)
    if exact:
        raise PartyAmbiguous(
            _("有 %(count)d 个单位叫“%(text)s”：%(names)s；请写全称。")
            % {"count": len(exact), "text": text, "names": names},
            candidates=exact,
        )
    if found:
        raise PartyUnknown(
            _("没有名为“%(text)s”的单位；相近的有：%(names)s。") % {"text": text, "names": names}, candidates=found
        )
    raise PartyUnknown(_("没有名为“%(text)s”的单位；请检查名称，或先登记该单位。") % {"text": text}, candidates=[])


def party_seen(text: str, *, actor: Actor) -> Party:
    """The party of that id, name or alias among those that the actor may see.

    A number of up to 14 digits is an id; one of 18 is a 统一社会信用代码. Raises: PartyUnknown, PartyAmbiguous, in the
    same words whether there is no such party or the actor may not see it.
    """
    if not (text.isdecimal() and len(text) < _LONGER_THAN_AN_ID):
        return party_at(text, actor=actor)
    found: Party | None = Party.objects.for_actor(actor).filter(pk=int(text)).first()
    if found is None:
        raise PartyUnknown(_("没有编号为 %(id)s 的单位；请检查编号，或写单位名称。") % {"id": text}, candidates=[])
    return found


class Directory:
    """The names and aliases of all parties but villages, indexed for matching. Built from two queries."""

    def __init__(self, parties: Iterable[tuple[int, str]], aliases: Iterable[tuple[int, str]]) -> None:
        self.names = dict(parties)
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._by_rest: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._rests: list[str] = []
        for party_id, name in self.names.items():
            self._by_name[rules.normalise_name(name)].append(party_id)
            key = rules.comparison_key(name)
            self._by_rest[key.rest].append((key.city, party_id))
        self._rests = list(self._by_rest)
        self._by_alias = {text: party_id for party_id, text in aliases}

    def exact(self, text: str) -> list[int]:
        """The parties of that name, or the one that an alias names: a decision outranks a second party of that name."""
        name = rules.normalise_name(text)
        if name in self._by_alias:
            return [self._by_alias[name]]
        return self._by_name.get(name, [])

    def same_name(self, text: str) -> list[int]:
        """The parties whose own name it is, aliases left aside."""
        return self._by_name.get(rules.normalise_name(text), [])

    def candidates(self, text: str, limit: int) -> list[PartyCandidate]:
        if not rules.normalise_name(text):
            return []
        found: dict[int, PartyCandidate] = {}
        alias = rules.normalise_name(text) in self._by_alias
        for party_id in self.exact(text):
            self._add(found, party_id, SAME_NAME, _("已记住的写法") if alias else _("名称相同"))
        key = rules.comparison_key(text)
        for city, party_id in self._by_rest.get(key.rest, ()):
            if city == key.city:
                self._add(found, party_id, OTHER_WRITING, _("同一名称的另一种写法"))
            elif rules.cities_agree(city, key.city):
                self._add(found, party_id, CITY_SUPPLIED, _("名称相同，一处省略了市名"))
        similar = process.extract(
            key.rest, self._rests, scorer=fuzz.ratio, limit=limit, score_cutoff=LEAST_SIMILAR / MOST_SIMILAR * 100
        )
        for rest, ratio, _position in similar:
            for city, party_id in self._by_rest[rest]:
                if rules.cities_agree(city, key.city):
                    self._add(found, party_id, round(MOST_SIMILAR * ratio / 100, 3), _("名称相近"))
        return sorted(found.values(), key=lambda one: (-one.score, one.name))[:limit]

    def _add(self, found: dict[int, PartyCandidate], party_id: int, score: float, reason: str) -> None:
        if party_id not in found:
            found[party_id] = PartyCandidate(party_id, self.names[party_id], score, reason)


_State = tuple[object, ...]
_directory: tuple[_State, Directory] | None = None
_building = Lock()


def directory() -> Directory:
    """The directory of this process, built again when a party was added or renamed or an alias decided or withdrawn.

    A rename leaves the old name as a new alias and no party is ever deleted, so the newest rows tell every change; the
    moments are part of it because SQLite gives the ids of a transaction that was rolled back out again.
    Cost: three small queries; 0.2 s per 10,000 parties after a change.
    """
    global _directory
    parties = Party.objects.exclude(kind=PartyKind.VILLAGE)
    state: _State = (
        str(connection.settings_dict["NAME"]),
        parties.order_by("-id").values_list("id", "created_at").first(),
        PartyAlias.objects.order_by("-id").values_list("id", "decided_at").first(),
        PartyAlias.objects.count(),
    )
    with _building:
        if _directory is None or _directory[0] != state:
            built = Directory(parties.values_list("id", "name"), PartyAlias.objects.values_list("party_id", "text"))
            _directory = (state, built)
        return _directory[1]


def subtree_ids(party_id: int) -> tuple[int, ...]:
    """The party and everything below it, without joint parties. One query; () when there is no such party."""
    path = Party.objects.filter(pk=party_id).values_list("path", flat=True).first()
    return () if path is None else ids_under([path])


def ids_under(paths: Iterable[str]) -> tuple[int, ...]:
    """The ids of the parties under some paths (those of `Grant.party_paths`), sorted. One query."""
    under = Q()
    for path in paths:
        under |= Q(path__startswith=path)
    return tuple(Party.objects.filter(under).order_by("id").values_list("id", flat=True)) if under else ()


def paths_reached(party: Party) -> tuple[str, ...]:
    """Path prefixes of what a grant on the party reaches: its subtree, and the joint parties with a member in it."""
    joints = (
        Party.objects.filter(memberships__member__path__startswith=party.path)
        .order_by("id")
        .distinct()
        .values_list("path")
    )
    return (party.path, *(path for (path,) in joints))


@dataclass(frozen=True, slots=True)
class JointShare:
    """The part of a party's subtree in one joint party.

    share_bp: the stated shares of its members in the subtree, added, in basis points; 10,000 when every member lies in
    the subtree, stated or not; None: 联合，未分摊.
    """

    joint_id: int
    name: str
    share_bp: int | None


def joint_parties_of(party_id: int) -> list[JointShare]:
    """The joint parties in which the party or one below it takes part, by name. Two queries.

    A figure of the party adds a joint party's entries whole where `share_bp` is 10,000, by share where it is stated,
    and says 联合，未分摊 beside its value where it is None: the amount is never divided by guess.
    """
    inside = set(subtree_ids(party_id))
    memberships = JointMember.objects.filter(joint__memberships__member__in=inside).distinct().select_related("joint")
    members: defaultdict[Party, list[JointMember]] = defaultdict(list)
    for membership in memberships:
        members[membership.joint].append(membership)
    return sorted(
        (JointShare(joint.pk, joint.name, _share_inside(of_joint, inside)) for joint, of_joint in members.items()),
        key=lambda share: share.name,
    )


def _share_inside(memberships: Sequence[JointMember], inside: set[int]) -> int | None:
    ours = [membership for membership in memberships if membership.member_id in inside]
    if len(ours) == len(memberships):
        return 10_000
    stated = [membership.share_bp for membership in ours if membership.share_bp is not None]
    return sum(stated) if len(stated) == len(ours) else None


def joint_of(members: set[int]) -> int | None:
    """The joint party of exactly these members, however it is written. One query."""
    together: defaultdict[int, set[int]] = defaultdict(set)
    some = JointMember.objects.filter(joint__memberships__member=min(members, default=0))
    for joint, member in some.values_list("joint", "member"):
        together[joint].add(member)
    return next((joint for joint, those in sorted(together.items()) if those == members), None)


def unshared_joints(party_id: int) -> tuple[int, ...]:
    """The joint parties whose amounts cannot be attributed to the party until shares are stated (联合，未分摊)."""
    return tuple(share.joint_id for share in joint_parties_of(party_id) if share.share_bp is None)


def members_of(joint: Party) -> QuerySet[JointMember]:
    """The members of a joint party in the order in which they were named."""
    return JointMember.objects.filter(joint=joint).select_related("member").order_by("id")


def roles_of(party: Party, on: date | None = None, known_at: datetime | None = None) -> QuerySet[PartyRole]:
    """What a party is to the work, by day; with `on` only what holds on that day."""
    roles = PartyRole.objects.filter(party=party).order_by("valid_from", "id")
    if on is not None:
        roles = roles.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    return roles if known_at is None else roles.filter(recorded_at__lte=known_at)


def children(actor: Actor, party: Party | None) -> QuerySet[Party]:
    """The parties directly below one, or the roots, that the actor may see; without villages and joint parties."""
    seen = Party.objects.for_actor(actor).filter(parent=party)
    return seen.exclude(kind__in=(PartyKind.VILLAGE, PartyKind.JOINT)).order_by("name")
