"""The base of every view, and the pages of signing in and out, of one's own account and of the users."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.generic import View

from xieshou.access import selectors, services
from xieshou.access.forms import ChangePasswordForm, GrantForm, NewUserForm, SignInForm
from xieshou.access.models import RoleAssignment, User
from xieshou.access.rules import MATRIX, ROLE_NAMES, Permission, acting_with, role_list
from xieshou.common.addresses import key_in
from xieshou.common.errors import NotPermitted, XieshouError
from xieshou.common.scoping import Actor, Role
from xieshou.parties.selectors import party_at
from xieshou.places import selectors as places


class ActorView(View):
    """Base of every view: names the one permission that it needs and acts with the grants that carry it.

    `permission` is stated by each view that is put into a URL list; `None` needs `public = True` beside it.
    `self.actor` is the request's actor reduced by `acting_with`, so that `for_actor(self.actor)` shows what this
    permission reaches. Without a sign-in the visitor is sent to sign in; with a one-time password, to change it;
    without the permission, a page says who has it (403).
    """

    permission: ClassVar[Permission | None]
    public: ClassVar[bool] = False
    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        if not hasattr(cls, "permission"):
            raise ImproperlyConfigured(f"{cls.__qualname__} does not say which permission it needs")
        if (cls.permission is None) != cls.public:
            raise ImproperlyConfigured(f"{cls.__qualname__}: permission = None and public = True go together")
        return super().as_view(**initkwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if self.permission is None:
            self.actor = actor
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return sent_to(request, "access:sign-in")
        if request.user.must_change_password:
            return sent_to(request, "access:change-password")
        try:
            self.actor = acting_with(actor, self.permission)
        except NotPermitted:
            return refused(request, self.permission)
        return super().dispatch(request, *args, **kwargs)


def sent_to(request: HttpRequest, name: str) -> HttpResponse:
    """A redirect that brings the visitor back afterwards; htmx is told, or it would swap the page into a fragment."""
    came_from = request.headers.get("HX-Current-URL") or request.get_full_path()
    target = f"{reverse(name)}?{urlencode({'next': came_from})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def refused(request: HttpRequest, permission: Permission) -> HttpResponse:
    """The page for a user without the permission: it says which roles have it."""
    return render(request, "403.html", {"who_may": role_list(MATRIX[permission])}, status=HTTPStatus.FORBIDDEN)


def locked_out(request: HttpRequest, _answer: HttpResponse | None, _credentials: dict[str, Any]) -> HttpResponse:
    """What django-axes shows after too many wrong passwords (settings.AXES_LOCKOUT_CALLABLE)."""
    form = SignInForm(request=request)
    message = _("密码连续输错次数太多，已暂停登录；请 %(minutes)d 分钟后再试，或找系统管理员。") % {
        "minutes": settings.AXES_COOLOFF_TIME * 60
    }
    context = {"form": form, "message": message, "is_set_up": True}
    return render(request, "access/sign_in.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)


def safe_next(request: HttpRequest, otherwise: str = settings.LOGIN_REDIRECT_URL) -> str:
    """The address to go back to, when it is one of this site; else the home page, or where `otherwise` says."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else otherwise


class SignIn(ActorView):
    """登录"""

    permission = None
    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(safe_next(request))
        return self._page(request, SignInForm(request=request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInForm(request.POST, request=request)
        if not form.is_valid() or form.user is None:
            return self._page(request, form)
        login(request, form.user)
        if form.user.must_change_password:
            return redirect(f"{reverse('access:change-password')}?{urlencode({'next': safe_next(request)})}")
        return HttpResponseRedirect(safe_next(request))

    def _page(self, request: HttpRequest, form: SignInForm) -> HttpResponse:
        context = {"form": form, "next": safe_next(request), "is_set_up": selectors.is_set_up()}
        return render(request, "access/sign_in.html", context)


class SignOut(ActorView):
    """退出"""

    permission = None
    public = True
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return redirect("access:sign-in")


class ChangePassword(ActorView):
    """修改密码: for whoever is signed in, with a role or without."""

    permission = None
    public = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sent_to(request, "access:sign-in")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ChangePasswordForm(user=self._user(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = self._user(request)
        form = ChangePasswordForm(request.POST, user=user)
        if form.is_valid():
            try:
                services.set_password(by=self.actor, user=user, password=form.cleaned_data["new"])
            except XieshouError as weak:
                form.add_error("new", weak.message)
        if not form.is_valid():
            return self._page(request, form)
        update_session_auth_hash(request, user)  # other sign-ins of this user end, this one goes on
        return HttpResponseRedirect(safe_next(request))

    def _user(self, request: HttpRequest) -> User:
        user: User = User.objects.get(pk=request.user.pk)
        return user

    def _page(self, request: HttpRequest, form: ChangePasswordForm) -> HttpResponse:
        return render(request, "access/change_password.html", {"form": form, "next": safe_next(request)})


class SwitchLanguage(ActorView):
    """中文 / English: kept in a cookie, also before sign-in."""

    permission = None
    public = True
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(safe_next(request))
        language = request.POST.get("language", "")
        if translation.check_for_language(language) and language in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=365 * 24 * 3600,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        return response


class Users(ActorView):
    """用户: who may sign in, with which roles; letting in a new user."""

    permission = Permission.MANAGE_USERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, NewUserForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewUserForm(request.POST)
        if form.is_valid():
            try:
                user, password = services.create_user(by=self.actor, **form.cleaned_data)
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                return render(request, "access/one_time_password.html", {"user_shown": user, "password": password})
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: NewUserForm) -> HttpResponse:
        users = [(user, _roles_in_words(user)) for user in selectors.users(self.actor)]
        return render(request, "access/users.html", {"form": form, "users": users})


class UserPage(ActorView):
    """One user: roles, granting, revoking, resetting the password, shutting out."""

    permission = Permission.MANAGE_USERS

    def get(self, request: HttpRequest, user_id: int) -> HttpResponse:
        return self._page(request, self._user(user_id), GrantForm())

    def post(self, request: HttpRequest, user_id: int) -> HttpResponse:
        user = self._user(user_id)
        acts = {
            "": self._grant,  # the form for a role, which has no button of its own kind
            "revoke": self._revoke,
            "reset": self._reset,
            "shut_out": self._shut_out,
            "readmit": self._readmit,
        }
        act = acts.get(request.POST.get("act", ""))
        return act(request, user) if act else HttpResponseBadRequest()

    def _grant(self, request: HttpRequest, user: User) -> HttpResponse:
        form = GrantForm(request.POST)
        if form.is_valid():
            wanted = form.cleaned_data
            try:
                services.grant_role(
                    by=self.actor,
                    user=user,
                    role=wanted["role"],
                    place_code=places.place_at(wanted["place"]).code if wanted["place"] else "",
                    party=party_at(wanted["party"]) if wanted["party"] else None,
                    valid_to=wanted["valid_to"],
                )
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                return redirect("access:user", user_id=user.pk)
        return self._page(request, user, form)

    def _revoke(self, request: HttpRequest, user: User) -> HttpResponse:
        assignment = get_object_or_404(RoleAssignment, pk=key_in(request.POST.get("assignment", "")), user=user)
        return self._done_or_said(request, user, lambda: services.revoke_role(by=self.actor, assignment=assignment))

    def _shut_out(self, request: HttpRequest, user: User) -> HttpResponse:
        return self._done_or_said(request, user, lambda: services.shut_out(by=self.actor, user=user))

    def _readmit(self, request: HttpRequest, user: User) -> HttpResponse:
        return self._done_or_said(request, user, lambda: services.readmit(by=self.actor, user=user))

    def _done_or_said(self, request: HttpRequest, user: User, act: Callable[[], object]) -> HttpResponse:
        try:
            act()
        except XieshouError as refusal:
            return self._page(request, user, GrantForm(), refusal.message)
        return redirect("access:user", user_id=user.pk)

    def _reset(self, request: HttpRequest, user: User) -> HttpResponse:
        password = services.reset_password(by=self.actor, user=user)
        return render(request, "access/one_time_password.html", {"user_shown": user, "password": password})

    def _user(self, user_id: int) -> User:
        return get_object_or_404(selectors.users(self.actor), pk=user_id)

    def _page(self, request: HttpRequest, user: User, form: GrantForm, message: str = "") -> HttpResponse:
        context = {"user_shown": user, "assignments": _assignments(user), "form": form, "message": message}
        return render(request, "access/user.html", context)


def _assignments(user: User) -> list[dict[str, Any]]:
    """A user's roles for the page, the latest first, with the names of their limits. Two queries."""
    assignments = list(user.assignments.select_related("party").order_by("-recorded_at"))
    names = places.full_names({assignment.place_code for assignment in assignments if assignment.place_code})
    today = timezone.localdate()
    return [
        {
            "assignment": assignment,
            "role": ROLE_NAMES[Role(assignment.role)],
            "place": names.get(assignment.place_code, assignment.place_code),
            "is_in_force": assignment.is_in_force(today),
        }
        for assignment in assignments
    ]


def _roles_in_words(user: User) -> str:
    today = timezone.localdate()
    return role_list(Role(one.role) for one in user.assignments.all() if one.is_in_force(today))
