"""Questions about users and their roles."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access.errors import UserUnknown
from xieshou.access.models import RevealLog, RoleAssignment, User
from xieshou.common.scoping import Actor, Role


def is_set_up() -> bool:
    """Whether somebody can sign in and manage users. False on a fresh database. One query."""
    return assignments_in_force().filter(role=Role.ADMINISTRATOR, user__is_active=True).exists()


def assignments_in_force(on: date | None = None) -> QuerySet[RoleAssignment]:
    """The roles that hold on a day, today in the deployment's time zone when none is given."""
    day = on or timezone.localdate()
    return RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, revoked_at=None)


def user_named(username: str) -> User:
    """The active user of that sign-in name. Raises: UserUnknown."""
    user: User | None = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise UserUnknown(
            _("没有名为“%(username)s”的在用用户；请检查登录名。") % {"username": username}, username=username
        )
    return user


def users(actor: Actor) -> QuerySet[User]:
    """The users that the actor may see, by sign-in name, with their assignments (two queries)."""
    seen: QuerySet[User] = User.objects.for_actor(actor)
    return seen.filter(is_operator=False).order_by("username").prefetch_related("assignments__party")


def reveals(actor: Actor) -> QuerySet[RevealLog]:
    """Who uncovered what and why, the latest first."""
    return RevealLog.objects.for_actor(actor).select_related("user").order_by("-revealed_at")
