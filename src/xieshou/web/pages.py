"""The base of every page here: its template, its title, where it stands, and what happens when something is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission, may
from xieshou.access.views import ActorView
from xieshou.common.errors import NotPermitted, XieshouError
from xieshou.web import frame

Trail = Sequence[tuple[str | Promise, str]]


class Page(ActorView):
    """A view with a template.

    title: heading and title of the page. here: the route of the navigation item that is lit. A `XieshouError` that a
    page does not handle itself is shown as a page with its sentence, or as a note where htmx asked for a part.
    """

    template_name: ClassVar[str]
    title: ClassVar[str | Promise] = ""
    here: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except XieshouError as refusal:
            return self.refusal(refusal)

    def refusal(self, refusal: XieshouError) -> HttpResponse:
        status = 403 if isinstance(refusal, NotPermitted) else 400
        context = {"message": refusal.message, "page_title": _("没有办成"), "here": self.here}
        if self.is_part:
            # htmx swaps nothing on an error status, and the person must see the sentence.
            return render(self.request, "common/components/error.html", context)
        return render(self.request, "web/refusal.html", context, status=status)

    @property
    def is_part(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return bool(getattr(self.request, "htmx", False))

    @property
    def in_drawer(self) -> bool:
        return self.is_part and self.request.headers.get("HX-Target") == "drawer"

    def show(
        self, template: str = "", *, title: str | Promise = "", trail: Trail | None = None, **context: Any
    ) -> HttpResponse:
        """Draw the template (the page's own by default) with the frame."""
        context |= {"page_title": title or self.title, "here": self.here, "trail": trail or []}
        return render(self.request, template or self.template_name, context)

    def show_drawer(
        self, body: str, *, title: str | Promise, trail: Trail | None = None, **context: Any
    ) -> HttpResponse:
        """Draw what opens beside a page: alone for htmx, as a page of its own for a phone and for a copied address."""
        context |= {"drawer_title": title, "drawer_body": body}
        if self.in_drawer:
            return render(self.request, "common/components/drawer.html", context)
        return self.show("web/drawer_page.html", title=title, trail=trail, **context)

    def may(self, permission: Permission) -> bool:
        """Whether the user may do something beyond seeing this page, for showing its button."""
        return may(self.request.actor, permission)  # type: ignore[attr-defined]


class ScopedPage(Page):
    """A page about the scope of the frame: without it in the address, the reader is sent to the address that has it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and not request.headers.get("HX-Request") and request.user.is_authenticated:
            missing = {
                part: value for part, value in frame.scope_of(request).as_options().items() if part not in request.GET
            }
            if missing:
                query = request.GET.copy()
                query.update(missing)
                return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def scope(self) -> frame.FrameScope:
        return frame.scope_of(self.request)
