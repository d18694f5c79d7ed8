"""The parts of the page frame: scope chips, side bar, bottom bar."""

from typing import Any

from django import template
from django.http import HttpRequest

from xieshou.access.rules import Permission, may
from xieshou.web import frame, navigation
from xieshou.web.forms import SuggestingInput

register = template.Library()


@register.simple_tag(takes_context=True)
def frame_of(context: template.Context) -> dict[str, Any] | None:
    """What the frame shows to the signed-in user; None before sign-in and on pages drawn without a request."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return None
    actor = request.actor  # type: ignore[attr-defined]
    scope = frame.scope_of(request)
    items = navigation.items_for(actor)
    return {
        "items": items,
        "phone_items": [item for item in items if item.on_phone],
        "here": context.get("here", ""),
        "scope": scope,
        "words": frame.words_of(scope, actor),
        "years": frame.years_offered(),
        "user": user,
        "may_search": may(actor, Permission.VIEW_PLACES),
        "may_see_figures": may(actor, Permission.VIEW_FIGURES),
    }


@register.simple_tag
def suggesting(
    route: str, name: str, value: str = "", hint: str = "", label: str = "", keep_empty: bool = False
) -> str:
    """A field of a form drawn by hand, under which a list offers what the typed text may mean.

    keep_empty: whether an empty value is sent too.
    """
    words = {"placeholder": hint, "aria-label": label} | ({"data-keep-empty": True} if keep_empty else {})
    attributes = {key: each for key, each in words.items() if each} | {"class": "form-control"}
    return SuggestingInput(route).render(name, value, attributes)


@register.simple_tag(takes_context=True)
def scoped_to(context: template.Context, part: str, value: str) -> str:
    """The address of this page with one part of the scope set anew."""
    return frame.address_with(context["request"].get_full_path(), part, value)
