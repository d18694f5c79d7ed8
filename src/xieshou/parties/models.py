"""Organisations and the people who act for them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, ScopedModel, ScopeFields
from xieshou.parties.kinds import PartyKind as PartyKind


class Party(ScopedModel):
    """An organisation (单位) of any kind, in a tree.

    `path` is the chain of ids from the root, each followed by "/" ("12/340/"), so that a subtree is a prefix.
    A joint party (联合帮扶) has members and no place in a tree. A village acts as receiver through the one party of
    kind `village` with its place code.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=PartyKind, default=PartyKind.OTHER)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=300, db_index=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    place_code = models.CharField(max_length=12, blank=True, db_index=True)
    is_ours = models.BooleanField(default=False)  # the organisation that runs this instance
    created_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(place="place_code", parties=("path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "name", "kind", "parent", "path", "uscc", "place_code", "is_ours", "created_at")
    }

    class Meta:
        verbose_name = _("单位")
        constraints = (
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="parties_party_uscc_once"),
            models.UniqueConstraint(
                fields=["place_code"], condition=Q(kind="village"), name="parties_one_village_party_per_place"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(parent=None) & ~Q(kind__in=["village", "joint"]),
                name="parties_party_root_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class JointMember(ScopedModel):
    """A member of a joint party; `share_bp` is its share in basis points once the parties have stated it."""

    joint = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="joint_memberships")
    share_bp = models.PositiveIntegerField(null=True, blank=True)

    scope_fields: ClassVar = ScopeFields(parties=("member__path",))
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "joint", "member", "share_bp")}

    class Meta:
        verbose_name = _("联合帮扶成员")
        constraints = (
            models.UniqueConstraint(fields=["joint", "member"], name="parties_member_once_per_joint"),
            models.CheckConstraint(
                condition=Q(share_bp=None) | Q(share_bp__lte=10_000), name="parties_share_is_at_most_all"
            ),
        )


class PartyAlias(ScopedModel):
    """Another way to write a party's name: an own abbreviation, or a decision remembered from an import."""

    text = models.CharField(max_length=300, unique=True)  # normalised by parties.rules.normalise_name
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.SET_NULL)
    decided_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields(parties=("party__path",))
    privacy: ClassVar = {name: Privacy.INTERNAL for name in ("id", "text", "party", "decided_by", "decided_at")}

    class Meta:
        verbose_name = _("单位别名")


class PartyRole(ScopedModel):
    """What a party is to the work from a date to a date (牵头单位, 成员单位, 受援单位 …): superseded, never edited."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey("access.User", null=True, on_delete=models.SET_NULL)

    scope_fields: ClassVar = ScopeFields(parties=("party__path",))
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "party", "role", "valid_from", "valid_to", "recorded_at", "recorded_by")
    }

    class Meta:
        verbose_name = _("单位职责")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="parties_role_ends_after_it_begins",
            ),
        )
