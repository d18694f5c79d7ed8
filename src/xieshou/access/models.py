"""Users, their roles and limits, and the log of who revealed what."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xieshou.common.scoping import Privacy, Role, ScopedModel, ScopedQuerySet, ScopeFields


class Users(UserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Django's manager of users, with `for_actor`."""

    use_in_migrations = False


class User(AbstractUser):
    """A person who signs in, or the built-in local operator of the command line (`is_operator`)."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    is_operator = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)  # a one-time password opens nothing but its own change

    objects: ClassVar[Users] = Users()
    scope_fields: ClassVar = ScopeFields()
    privacy: ClassVar = {
        "id": Privacy.INTERNAL,
        "password": Privacy.SENSITIVE,
        "last_login": Privacy.PERSONAL,
        "is_superuser": Privacy.INTERNAL,
        "username": Privacy.INTERNAL,
        "first_name": Privacy.PERSONAL,
        "last_name": Privacy.PERSONAL,
        "email": Privacy.PERSONAL,
        "is_staff": Privacy.INTERNAL,
        "is_active": Privacy.INTERNAL,
        "date_joined": Privacy.INTERNAL,
        "display_name": Privacy.PERSONAL,
        "is_operator": Privacy.INTERNAL,
        "must_change_password": Privacy.INTERNAL,
    }

    class Meta:
        verbose_name = _("用户")
        constraints = (
            models.UniqueConstraint(
                fields=["is_operator"], condition=Q(is_operator=True), name="access_one_local_operator"
            ),
        )

    def __str__(self) -> str:
        return self.display_name or self.username


class RoleAssignment(ScopedModel):
    """A role of a user within a place or a party subtree, from a date to a date (授权). Never edited, only revoked.

    Both days belong to it. With a place and a party the role reaches what lies in both. Revoking ends it at once,
    whatever its last day.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    place_code = models.CharField(max_length=12, blank=True)
    party = models.ForeignKey("parties.Party", null=True, blank=True, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    scope_fields: ClassVar = ScopeFields()
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in (
            "id user role place_code party valid_from valid_to recorded_at recorded_by revoked_at revoked_by"
        ).split()
    }

    class Meta:
        verbose_name = _("授权")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="access_grant_ends_after_it_begins",
            ),
        )

    def is_in_force(self, on: date) -> bool:
        """Whether the role holds on a day; the same as `selectors.assignments_in_force`, for one that is at hand."""
        return self.revoked_at is None and self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)


class RevealLog(ScopedModel):
    """One masked value that somebody uncovered, and why (查看明文记录)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    revealed_at = models.DateTimeField(auto_now_add=True)

    scope_fields: ClassVar = ScopeFields()
    privacy: ClassVar = {
        name: Privacy.INTERNAL
        for name in ("id", "user", "subject_kind", "subject_id", "field", "reason", "revealed_at")
    }

    class Meta:
        verbose_name = _("查看明文记录")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="access_reveal_has_a_reason"),)
