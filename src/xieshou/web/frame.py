"""The scope of the frame: unit, county and year, which stay while one walks from page to page.

The address wins (`?party=12&place=440117000000&year=2011`), so that a copied address shows the same; what it names is
kept in the session, and the frame's links carry it on. An empty value (`?place=`) takes a part away. What opens beside
a page (a drawer, the records behind a number, a part that htmx loads) has a scope of its own and leaves this one alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from xieshou.common.formats import MoneyUnit
from xieshou.common.scoping import Actor
from xieshou.parties.models import Party
from xieshou.places import selectors as places

SESSION_KEY = "scope"
UNIT_KEY = "money_unit"
PARTS = ("party", "place", "year")
FIRST_YEAR = 1978
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class FrameScope:
    """What the chips at the top say. place: 12-digit code. party: id as text. Each "" when not set."""

    party: str = ""
    place: str = ""
    year: str = ""

    def as_options(self) -> dict[str, str]:
        """The parts that are set, under the long option names of a figure's scope."""
        return {part: value for part in PARTS if (value := getattr(self, part))}

    @property
    def query(self) -> str:
        options = self.as_options()
        return f"?{urlencode(options)}" if options else ""


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """The same for people; each "" when not set."""

    party: str
    place: str
    year: str


def scope_of(request: HttpRequest) -> FrameScope:
    """The scope in force on this request: the address over the session; remembered when the address says one."""
    cached: FrameScope | None = getattr(request, "_frame_scope", None)
    if cached is not None:
        return cached
    kept: dict[str, str] = request.session.get(SESSION_KEY, {})
    asked = {part: request.GET[part].strip() for part in PARTS if part in request.GET}
    values = {**kept, **{part: value for part, value in asked.items() if _is_sound(part, value)}}
    scope = FrameScope(**{part: str(values.get(part, "")) for part in PARTS})
    if asked and scope.as_options() != kept and not request.headers.get("HX-Request"):
        request.session[SESSION_KEY] = scope.as_options()
    request._frame_scope = scope  # type: ignore[attr-defined]
    return scope


def stay(request: HttpRequest) -> None:
    """Let the frame of this request be that of the session, whatever the address says; call it before `scope_of`."""
    kept: dict[str, str] = request.session.get(SESSION_KEY, {})
    request._frame_scope = FrameScope(**{part: kept.get(part, "") for part in PARTS})  # type: ignore[attr-defined]


def money_unit_of(request: HttpRequest) -> MoneyUnit:
    """万元 or 元, as the reader chose last; `?unit=yuan` chooses."""
    asked = MoneyUnit.named(request.GET.get("unit", ""))
    if asked is not None and request.session.get(UNIT_KEY) != asked.value:
        request.session[UNIT_KEY] = asked.value
    return asked or MoneyUnit(request.session.get(UNIT_KEY, MoneyUnit.WAN))


def words_of(scope: FrameScope, actor: Actor) -> ScopeWords:
    """Names for the chips; a party that the actor may not see stays unnamed. At most two queries."""
    party = Party.objects.for_actor(actor).filter(pk=scope.party).first() if scope.party else None
    return ScopeWords(
        party=party.name if party else (_("（无权查看的单位）") if scope.party else ""),
        place=places.names([scope.place]).get(scope.place, scope.place) if scope.place else "",
        year=_("%(year)s年") % {"year": scope.year} if scope.year else "",
    )


def remember(request: HttpRequest, scope: FrameScope) -> None:
    """Make this the scope of the session."""
    request.session[SESSION_KEY] = scope.as_options()
    request._frame_scope = scope  # type: ignore[attr-defined]


def _is_sound(part: str, value: str) -> bool:
    """Whether a value of the address can be a scope at all; whatever else stands there is passed over."""
    if not value:
        return True
    if not (value.isascii() and value.isdecimal()):
        return False
    if part == "year":
        return len(value) == len(str(LAST_YEAR)) and FIRST_YEAR <= int(value) <= LAST_YEAR
    return len(value) == 12 if part == "place" else len(value) < 19


def years_offered() -> list[str]:
    """The years of the chip's menu: this one and the fifteen before it; others are typed."""
    this_year = timezone.localdate().year
    return [str(year) for year in range(this_year, this_year - 16, -1)]


def address_with(address: str, part: str, value: str) -> str:
    """An address of this site with one part of the scope set anew and paging gone; "" takes the part away, visibly."""
    try:
        split = urlsplit(address)
    except ValueError:  # "http://[": a header that no browser sends
        split = urlsplit("/")
    query = QueryDict(split.query, mutable=True)
    query[part] = value
    for transient in ("page", "export"):
        query.pop(transient, None)
    # A path that begins with two slashes would be read as the name of another host.
    return f"/{split.path.lstrip('/')}?{query.urlencode()}"
