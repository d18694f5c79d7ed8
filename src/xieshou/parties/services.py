"""Verbs of parties."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Substr
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.parties import rules, selectors
from xieshou.parties.errors import AliasRefused, MoveRefused, PartyRefused, SharesRefused
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import JointMember, Party, PartyAlias, PartyRole
from xieshou.places import selectors as places

WHOLE_BP = 10_000
_LONGEST_NAME = 200


def create_party(
    *,
    by: Actor,
    name: str,
    kind: PartyKind | None = None,
    parent: Party | None = None,
    uscc: str = "",
    place_code: str = "",
    is_ours: bool = False,
) -> Party:
    """Create an organisation at the root of the tree or below another.

    Args:
        kind: None takes the kind that the name suggests.
        uscc: unified social credit code; checked, stored without spaces.
    Raises: PartyRefused, when the name is missing or taken among its siblings, or the code is wrong or taken.
    """
    with transaction.atomic():
        if parent is not None:
            parent = Party.objects.select_for_update().get(pk=parent.pk)  # its path must not change meanwhile
            _demand_a_tree_node(parent)
        party = Party(
            name=_checked_name(name),
            kind=kind or rules.guess_kind(name),
            parent=parent,
            uscc=_checked_uscc(uscc),
            place_code=place_code,
            is_ours=is_ours,
        )
        _demand_free_name(party)
        _save(party)
        party.path = f"{parent.path if parent else ''}{party.pk}/"
        party.save(update_fields=["path"])
    return party


def rename_party(*, by: Actor, party: Party, name: str) -> Party:
    """Give a party its new name; the old one stays as an alias, so that old workbooks still find it.

    Raises: PartyRefused, when the name is missing, the same, or taken.
    """
    old_name = party.name
    party.name = _checked_name(name)
    with transaction.atomic():
        _demand_free_name(party)
        PartyAlias.objects.filter(text=rules.normalise_name(party.name), party=party).delete()
        _save(party)
        remember_alias(by=by, text=old_name, party=party)
    return party


def move_party(*, by: Actor, party: Party, parent: Party | None) -> Party:
    """Put a party and all below it under another parent, or at the root. Two updates, whatever the size of the subtree.

    Raises: MoveRefused, when the parent lies below the party or cannot have children; PartyRefused, when the name is
    taken there.
    """
    with transaction.atomic():
        moved = [party.pk, *([parent.pk] if parent else [])]
        locked = {row.pk: row for row in Party.objects.select_for_update().filter(pk__in=moved).order_by("pk")}
        party, parent = locked[party.pk], locked[parent.pk] if parent else None
        if party.kind in (PartyKind.JOINT, PartyKind.VILLAGE):
            raise MoveRefused(_("“%(name)s”不是单位树中的单位，不能移动。") % {"name": party.name})
        if parent is not None:
            _demand_a_tree_node(parent)
            if parent.path.startswith(party.path):
                raise MoveRefused(
                    _("“%(parent)s”在“%(name)s”之下，不能作它的上级；请另选上级。")
                    % {"parent": parent.name, "name": party.name}
                )
        old_path, new_path = party.path, f"{parent.path if parent else ''}{party.pk}/"
        party.parent = parent
        _demand_free_name(party)
        _save(party)
        Party.objects.filter(path__startswith=old_path).update(
            path=Concat(Value(new_path), Substr("path", len(old_path) + 1), output_field=CharField())
        )
    party.path = new_path
    return party


def create_joint_party(*, by: Actor, name: str, members: Collection[Party]) -> Party:
    """The joint party (联合帮扶) of exactly these members, created under `name` when there is none yet.

    What is credited to it counts once, for it; a member's own share is stated later (`state_shares`).
    Raises: PartyRefused, with fewer than two members or a joint party among them.
    """
    distinct = list({member.pk: member for member in members}.values())
    if len(distinct) < 2 or any(member.kind == PartyKind.JOINT for member in distinct):
        raise PartyRefused(_("联合帮扶“%(name)s”须有至少两个成员单位，且成员不能是联合帮扶。") % {"name": name})
    with transaction.atomic():
        existing = _joints_by_members().get(frozenset(member.pk for member in distinct))
        if existing is not None:
            return existing
        return _create_joints([(_checked_name(name), distinct)])[0]


def party_for_text(*, by: Actor, text: str) -> Party:
    """`parties_for_texts` for one text."""
    return parties_for_texts(by=by, texts=[text])[text]


def parties_for_texts(*, by: Actor, texts: Iterable[str]) -> dict[str, Party]:
    """The party that each text names: by alias, by name, else newly created; several units become a joint party.

    A variant in writing is not taken for a known party here: the preview offers it (`selectors.resolve_party`) and
    `remember_alias` keeps the answer. Blank texts are left out. Idempotent.
    Cost: about ten queries and, on SQLite, one more per hundred new parties; 1,000 new texts ≈ 0.3 s.
    Raises: PartyAmbiguous, when a name belongs to several parties; PartyRefused, when a name is too long.
    """
    wanted = list(dict.fromkeys(text for text in texts if rules.normalise_name(text)))
    with transaction.atomic():
        known = selectors.directory()
        # An alias of the whole text is a decision and comes before any taking apart.
        units = {text: rules.member_names(text) for text in wanted if not known.exact(text)}
        single = _parties_by_name(
            by, [text for text in wanted if text not in units] + [name for names in units.values() for name in names]
        )
        joints: dict[frozenset[int], Party] | None = None
        missing: dict[frozenset[int], tuple[str, list[Party]]] = {}
        answers: dict[str, Party] = {}
        joint_keys: dict[str, frozenset[int]] = {}
        for text in wanted:
            members = [single[rules.normalise_name(name)] for name in units.get(text, [text])]
            members = list({member.pk: member for member in members}.values())
            if len(members) == 1:
                answers[text] = members[0]
                continue
            joints = _joints_by_members() if joints is None else joints
            joint_keys[text] = key = frozenset(member.pk for member in members)
            if key not in joints and key not in missing:
                missing[key] = (_("、").join(rules.split_names(text)), members)
        created = dict(zip(missing, _create_joints(list(missing.values())), strict=True))
        for text, key in joint_keys.items():
            answers[text] = created[key] if key in created else (joints or {})[key]
    return {text: answers[text] for text in wanted}


def _parties_by_name(by: Actor, names: Iterable[str]) -> dict[str, Party]:
    """Normalised name → party, created where no name or alias is known."""
    known = selectors.directory()
    ids: dict[str, int] = {}
    new: dict[str, Party] = {}
    for name in names:
        normal = rules.normalise_name(name)
        exact = known.exact(name)
        if len(exact) > 1:
            selectors.party_at(name)  # raises, naming them
        if exact:
            ids[normal] = exact[0]
        elif normal not in new:
            new[normal] = Party(name=_checked_name(name), kind=rules.guess_kind(name))
    _bulk_create_roots(new.values())
    found = Party.objects.in_bulk(set(ids.values()))
    return new | {normal: found[party_id] for normal, party_id in ids.items()}


def _bulk_create_roots(parties: Iterable[Party]) -> None:
    """Insert parties without a parent; their path is their id."""
    parties = list(parties)
    Party.objects.bulk_create(parties, batch_size=2_000)
    Party.objects.filter(path="").update(path=Concat(Cast("id", CharField()), Value("/"), output_field=CharField()))
    for party in parties:
        party.path = f"{party.pk}/"


def _joints_by_members() -> dict[frozenset[int], Party]:
    members: dict[int, set[int]] = {}
    for joint_id, member_id in JointMember.objects.values_list("joint_id", "member_id"):
        members.setdefault(joint_id, set()).add(member_id)
    joints = Party.objects.in_bulk(members)
    return {frozenset(ids): joints[joint_id] for joint_id, ids in members.items()}


def _create_joints(wanted: list[tuple[str, list[Party]]]) -> list[Party]:
    joints = [Party(name=_checked_name(name), kind=PartyKind.JOINT) for name, _members in wanted]
    _bulk_create_roots(joints)
    JointMember.objects.bulk_create(
        JointMember(joint=joint, member=member)
        for joint, (_name, members) in zip(joints, wanted, strict=True)
        for member in members
    )
    return joints


def village_parties(*, by: Actor, codes: Iterable[str]) -> dict[str, int]:
    """The party that receives for each place, created where missing: place code → party id.

    Cost: four queries per 5,000 codes. Raises: PartyRefused, naming the first code that is no place.
    """
    wanted = list(dict.fromkeys(codes))
    with transaction.atomic():
        found = _village_ids(wanted)
        missing = [code for code in wanted if code not in found]
        names = places.names(missing) if missing else {}
        unknown = [code for code in missing if code not in names]
        if unknown:
            raise PartyRefused(_("没有代码为 %(code)s 的行政区划。") % {"code": unknown[0]}, place_codes=unknown)
        # Two imports may bring the same village at once: the second one's row is passed over.
        Party.objects.bulk_create(
            (Party(name=names[code], kind=PartyKind.VILLAGE, place_code=code) for code in missing),
            ignore_conflicts=True,
            batch_size=2_000,
        )
        if missing:
            _bulk_create_roots([])
            found |= _village_ids(missing)
    return found


def _village_ids(codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), 5_000):
        rows = Party.objects.filter(kind=PartyKind.VILLAGE, place_code__in=codes[start : start + 5_000])
        found.update(rows.values_list("place_code", "id"))
    return found


def remember_alias(*, by: Actor, text: str, party: Party) -> PartyAlias:
    """Decide that a text means a party, from now on and in every workbook; a former decision is replaced.

    The decision outranks a party that bears the text as its name (an import may have created it before anybody was
    asked). That party keeps its entries: moved below the right one, it counts with it.
    Raises: AliasRefused, when the text is empty.
    """
    normal = rules.normalise_name(text)
    if not normal:
        raise AliasRefused(_("别名是空的；请填写工作簿中的写法。"))
    with transaction.atomic():
        PartyAlias.objects.filter(text=normal).delete()
        return PartyAlias.objects.create(text=normal, party=party, decided_by_id=by.user_id or None)


def forget_alias(*, by: Actor, alias: PartyAlias) -> None:
    """Withdraw a decision about a text; what was imported under it stays."""
    alias.delete()


def state_shares(*, by: Actor, joint: Party, shares: Mapping[int, int]) -> None:
    """State what each member of a joint party accounts for, in basis points; an empty mapping takes it back.

    Raises: SharesRefused, when a member is missing or foreign, or the shares do not add up to 10,000.
    """
    members = set(JointMember.objects.filter(joint=joint).values_list("member_id", flat=True))
    if shares and set(shares) != members:
        raise SharesRefused(
            _("“%(name)s”有 %(count)d 个成员单位，每个都要有份额，且不能有别的单位。")
            % {"name": joint.name, "count": len(members)}
        )
    if shares and (sum(shares.values()) != WHOLE_BP or min(shares.values()) < 0):
        raise SharesRefused(
            _("“%(name)s”各成员的份额合计为 %(sum).2f %%，应为 100 %%；请改正。")
            % {"name": joint.name, "sum": sum(shares.values()) / 100}
        )
    with transaction.atomic():
        for member_id in members:
            JointMember.objects.filter(joint=joint, member_id=member_id).update(share_bp=shares.get(member_id))


def state_role(*, by: Actor, party: Party, role: str, valid_from: date, valid_to: date | None = None) -> PartyRole:
    """Record what a party is to the work (牵头单位, 成员单位, 受援单位 …) from a day to a day, both included."""
    if valid_to is not None and valid_to < valid_from:
        raise PartyRefused(
            _("“%(name)s”作为%(role)s的最后一天（%(last)s）早于第一天（%(first)s）；请改正日期。")
            % {"name": party.name, "role": role, "last": valid_to, "first": valid_from}
        )
    return PartyRole.objects.create(
        party=party, role=role, valid_from=valid_from, valid_to=valid_to, recorded_by_id=by.user_id or None
    )


def end_role(*, by: Actor, role: PartyRole, last_day: date) -> PartyRole:
    """Close a role that was open; its beginning and who recorded it stay."""
    if last_day < role.valid_from:
        raise PartyRefused(
            _("最后一天（%(last)s）早于第一天（%(first)s）；请改正日期。")
            % {"last": last_day, "first": role.valid_from}
        )
    role.valid_to = last_day
    role.save(update_fields=["valid_to"])
    return role


def _checked_name(name: str) -> str:
    clean = rules.clean_name(name)
    if not clean:
        raise PartyRefused(_("单位没有名称；请填写。"))
    if len(clean) > _LONGEST_NAME:
        raise PartyRefused(
            _("单位名称“%(start)s…”有 %(length)d 字，最多 %(most)d 字；请写简称，或检查是否把多个单位写在了一起。")
            % {"start": clean[:20], "length": len(clean), "most": _LONGEST_NAME}
        )
    return clean


def _checked_uscc(uscc: str) -> str:
    clean = rules.clean_uscc(uscc)
    if clean and not rules.check_uscc(clean):
        raise PartyRefused(
            _("统一社会信用代码“%(uscc)s”不符合校验规则；请核对 18 位代码。") % {"uscc": uscc}, uscc=uscc
        )
    return clean


def _demand_a_tree_node(parent: Party) -> None:
    if parent.kind in (PartyKind.JOINT, PartyKind.VILLAGE):
        raise MoveRefused(_("“%(name)s”不能有下级单位；请另选上级。") % {"name": parent.name})


def _demand_free_name(party: Party) -> None:
    """No sibling has the name. Parties in different places of the tree may share one (工会, 办公室)."""
    normal = rules.normalise_name(party.name)
    siblings = Party.objects.filter(pk__in=selectors.directory().same_name(party.name), parent=party.parent)
    taken = siblings.exclude(pk=party.pk).exclude(kind=PartyKind.JOINT).first()
    if taken is not None:
        raise PartyRefused(
            _("已有单位“%(name)s”；请直接使用它，或用别的名称。") % {"name": taken.name}, party_id=taken.pk
        )
    decided = PartyAlias.objects.filter(text=normal).exclude(party=party.pk).select_related("party").first()
    if decided is not None and party.parent is None:
        raise PartyRefused(
            _("“%(name)s”已是“%(other)s”的别名；请直接使用该单位，或先取消别名。")
            % {"name": party.name, "other": decided.party.name},
            party_id=decided.party_id,
        )


def _save(party: Party) -> None:
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as taken:
        raise PartyRefused(
            _("单位“%(name)s”的名称或统一社会信用代码已被登记；请先查找该单位。") % {"name": party.name}
        ) from taken
