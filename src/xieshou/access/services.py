"""Verbs of access: who acts, who is let in, what they are granted."""

import secrets
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from xieshou.access import selectors
from xieshou.access.errors import AlreadySetUp, GrantRefused, ReasonMissing, UserRefused
from xieshou.access.models import RevealLog, RoleAssignment, User
from xieshou.common.scoping import Actor, Grant, Role
from xieshou.parties.models import Party
from xieshou.parties.selectors import paths_reached
from xieshou.places import selectors as places

OPERATOR = "operator"
# The command line runs on the server, with the database file at hand: it does all that a role can do.
_OPERATOR_GRANTS = (Grant(Role.OFFICE), Grant(Role.ADMINISTRATOR))


def actor_for(user: User | AnonymousUser) -> Actor:
    """The actor with the grants in force today; without grants for a visitor and for a user who was shut out.

    A place grant reaches the place, its predecessors and its successors, so that the officer of a renamed county keeps
    its old entries; a party grant reaches the party's subtree and the joint parties in which it has a member.
    Cost: one query, plus one for each place and party granted. Not cached: a role is gone with the next request.
    """
    if not isinstance(user, User) or not user.is_active:
        return Actor(user_id=0, name="")
    if user.is_operator:
        return Actor(user_id=user.pk, name=str(user), grants=_OPERATOR_GRANTS)
    assignments = selectors.assignments_in_force().filter(user=user).select_related("party").order_by("pk")
    return Actor(user_id=user.pk, name=str(user), grants=tuple(_grant(assignment) for assignment in assignments))


def _grant(assignment: RoleAssignment) -> Grant:
    return Grant(
        role=Role(assignment.role),
        place_ranges=places.subtree_ranges(assignment.place_code) if assignment.place_code else None,
        party_paths=paths_reached(assignment.party) if assignment.party else None,
    )


def local_operator() -> Actor:
    """The built-in user as whom the command line acts, unlimited; created on first use. Nobody can sign in as it."""
    user = User.objects.filter(is_operator=True).first()
    if user is None:
        user = User(username=OPERATOR, display_name=_("本机操作员"), is_operator=True)
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:  # another process was faster
            user = User.objects.get(is_operator=True)
    return actor_for(user)


def actor_named(username: str) -> Actor:
    """The actor of a user, for the command line's `--user`. Raises: UserUnknown."""
    return actor_for(selectors.user_named(username))


def create_user(*, by: Actor, username: str, display_name: str = "", password: str | None = None) -> tuple[User, str]:
    """Create a user without any role, and the password with which they sign in first.

    Args:
        password: None draws a one-time password, which must be changed at the first sign-in.
    Raises: UserRefused, when the name is taken or not a name, or the password is too weak.
    """
    user = User(username=username.strip(), display_name=display_name.strip(), must_change_password=password is None)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise UserRefused(" ".join(weak.messages), username=username) from weak
    first_password = password or secrets.token_urlsafe(9)
    user.set_password(first_password)
    try:
        user.clean_fields()
        with transaction.atomic():
            user.save()
    except ValidationError as malformed:
        raise UserRefused(" ".join(malformed.messages), username=username) from malformed
    except IntegrityError as taken:
        raise UserRefused(
            _("登录名“%(username)s”已被使用；请换一个。") % {"username": username}, username=username
        ) from taken
    return user, first_password


def create_administrator(
    *, by: Actor, username: str = "admin", display_name: str = "", password: str | None = None
) -> tuple[User, str]:
    """Create the first user of a fresh instance: administrator and office without limits, for nobody else is there.

    Returns the user and the first password (see `create_user`). Raises: AlreadySetUp; UserRefused.
    """
    with transaction.atomic():
        if selectors.is_set_up():
            raise AlreadySetUp(_("已有系统管理员；请用该账号登录，或在服务器上重置其密码。"))
        user, first_password = create_user(by=by, username=username, display_name=display_name, password=password)
        for role in (Role.ADMINISTRATOR, Role.OFFICE):
            grant_role(by=by, user=user, role=role)
    user.refresh_from_db()
    return user, first_password


def set_password(*, by: Actor, user: User, password: str) -> None:
    """Set the password that the user chose; a one-time password is spent. Raises: UserRefused, for a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise UserRefused(" ".join(weak.messages)) from weak
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def reset_password(*, by: Actor, user: User) -> str:
    """Replace a forgotten password by a one-time password, which is returned; open sign-ins of the user end."""
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    return password


def shut_out(*, by: Actor, user: User) -> None:
    """Deactivate a user; what they did stays. Raises: GrantRefused, for the last administrator."""
    with transaction.atomic():
        was_set_up = selectors.is_set_up()
        User.objects.filter(pk=user.pk).update(is_active=False)
        if was_set_up:
            _demand_an_administrator()
    user.is_active = False


def readmit(*, by: Actor, user: User) -> None:
    """Let a user in again who was shut out; the roles that were not revoked hold again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


def grant_role(
    *,
    by: Actor,
    user: User,
    role: Role,
    place_code: str = "",
    party: Party | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleAssignment:
    """Give a user a role, within a place, within a party's subtree, within both or without limits.

    Args:
        place_code: of the base edition or former; the place that it is today is recorded.
        valid_from: first day, today when None. valid_to: last day; None: until revoked.
    Raises: GrantRefused, when the days are the wrong way round or an administrator is limited; PlaceUnknown.
    """
    first_day = valid_from or timezone.localdate()
    if valid_to is not None and valid_to < first_day:
        raise GrantRefused(
            _("授权的最后一天（%(last)s）早于第一天（%(first)s）；请改正日期。")
            % {"last": valid_to, "first": first_day}
        )
    if role == Role.ADMINISTRATOR and (place_code or party):
        raise GrantRefused(_("系统管理员管理整个系统，不能限于某地或某单位；请去掉范围。"))
    assignment = RoleAssignment.objects.create(
        user=user,
        role=role,
        place_code=places.place_at(place_code).code if place_code else "",
        party=party,
        valid_from=first_day,
        valid_to=valid_to,
        recorded_by_id=by.user_id or None,
    )
    _open_or_close_admin(user)
    return assignment


def revoke_role(*, by: Actor, assignment: RoleAssignment) -> RoleAssignment:
    """End a role now. Raises: GrantRefused, when nobody could manage users any more."""
    with transaction.atomic():
        was_set_up = selectors.is_set_up()
        RoleAssignment.objects.filter(pk=assignment.pk, revoked_at=None).update(
            revoked_at=timezone.now(), revoked_by=by.user_id or None
        )
        if was_set_up:
            _demand_an_administrator()
        _open_or_close_admin(assignment.user)
    assignment.refresh_from_db()
    return assignment


def _open_or_close_admin(user: User) -> None:
    """Django's own admin knows no dates: it is open to administrators without a last day, and to nobody else."""
    runs_the_system = (
        selectors.assignments_in_force().filter(user=user, role=Role.ADMINISTRATOR, valid_to=None).exists()
    )
    User.objects.filter(pk=user.pk).update(is_staff=runs_the_system, is_superuser=runs_the_system)


def _demand_an_administrator() -> None:
    if not selectors.is_set_up():
        raise GrantRefused(_("这是最后一个系统管理员；请先授权另一人，再撤销。"))


def log_reveal(*, by: Actor, subject_kind: str, subject_id: int, field: str, reason: str) -> RevealLog:
    """Record that the actor uncovers a masked value; called in the transaction that reads it.

    Raises: ReasonMissing, when no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("查看明文须写明理由；请填写后再试。"), subject_kind=subject_kind, subject_id=subject_id)
    return RevealLog.objects.create(
        user_id=by.user_id, subject_kind=subject_kind, subject_id=subject_id, field=field, reason=reason.strip()[:300]
    )
