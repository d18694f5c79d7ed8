"""Places (地区): search, the tree, and one place with its past, its lists and its figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import pgettext, pgettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import offered_figures
from xieshou.figures import services as figures
from xieshou.figures.definitions import Kind
from xieshou.places import selectors as places
from xieshou.places.models import Level, Place
from xieshou.web import frame
from xieshou.web.pages import Page
from xieshou.web.shown import FigureScope, shown_value, unit_label

FOUND = 20
CHILDREN_SHOWN = 400


class Places(Page):
    """The provinces, and a field that finds any place by name, former name or code."""

    permission = Permission.VIEW_PLACES
    template_name = "web/places/list.html"
    title = pgettext_lazy("导航", "地区")
    here = "web:places"

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:200]
        return self.show(
            query=query,
            found=places.resolve(query, limit=FOUND) if query else [],
            provinces=places.children(""),
        )


class PlacePage(Page):
    """One place: where it lies, what it was called, on which lists it stands, what lies below, what was given there."""

    permission = Permission.VIEW_PLACES
    template_name = "web/places/place.html"
    here = "web:places"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        place = Place.objects.filter(pk=code).first()
        if place is None:
            raise Http404
        above = places.ancestors(code)
        below = places.children(code)
        return self.show(
            title=place.name,
            trail=[(pgettext("导航", "地区"), reverse("web:places"))]
            + [(each.name, reverse("web:place", args=[each.pk])) for each in above],
            place=place,
            level=Level(place.level).label,
            full_name=places.full_name(code),
            lineage=places.lineage(code),
            designations=places.designations(code),
            children=below[:CHILDREN_SHOWN],
            child_count=below.count(),
            may_see_figures=self.may(Permission.VIEW_FIGURES),
            is_scope=frame.scope_of(request).place == code,
        )


class PlaceFigures(Page):
    """The figures of one place, over all years, loaded into its page."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/places/figures.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if not (code.isdecimal() and len(code) == 12):
            raise Http404
        chosen = FigureScope.of(request, place=code, party="", year="")
        rows = []
        for figure in offered_figures():
            if figure.kind in (Kind.RATIO, Kind.COMPLETION, Kind.GROWTH):
                continue
            answer = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope)[0]
            if answer.entries:
                rows.append(
                    {
                        "name": figure.name,
                        "definition": figure.definition,
                        "value": shown_value(answer, chosen.unit),
                        "unit": unit_label(figure, chosen.unit),
                        "address": chosen.figure_address(figure),
                        "trace": chosen.trace_address(figure),
                    }
                )
        return self.show(rows=rows)
