"""Puts the `Actor` of the signed-in user on every request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from xieshou.access.services import actor_for


class ActorMiddleware:
    """`request.actor`: the actor with the grants in force today; without a sign-in an actor without grants."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_for(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Sequence[Any], _kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """Django's own admin does not know one-time passwords: with one, nobody comes further than to changing it."""
        is_admin = request.resolver_match is not None and request.resolver_match.app_name == "admin"
        if is_admin and getattr(request.user, "must_change_password", False):
            return redirect("access:change-password")
        return None
