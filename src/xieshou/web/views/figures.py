"""Figures (指标): the list, one in its scope, the records behind a number, comparison, saved scopes, named heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import FIGURES, figure_with_key, offered_figures
from xieshou.catalogue.sources import SOURCES
from xieshou.common import exports, formats
from xieshou.common.addresses import key_in, page_in
from xieshou.common.errors import XieshouError
from xieshou.figures import services as figures
from xieshou.figures.answers import Answer, Trace, TraceLine
from xieshou.figures.definitions import Figure, Kind
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.models import NamedHead, SavedScope
from xieshou.ledger import selectors as ledger
from xieshou.ledger.measures import FundSource, Stage
from xieshou.parties.models import Party
from xieshou.places import maps
from xieshou.places import selectors as places
from xieshou.places.models import Level
from xieshou.programme.selectors import programmes_for
from xieshou.web import frame, selectors
from xieshou.web.forms import NameHeadForm, SaveScopeForm
from xieshou.web.groups import grouped, is_meant
from xieshou.web.pages import Page, ScopedPage
from xieshou.web.shown import FigureScope, Shown, bar, chart_number, is_county, shown_quantity, shown_value, unit_label

OFFERED_DIMENSIONS = ("source", "category", "county", "township", "village", "credited", "programme", "year", "nature")
ROLES = ("credited", "giver", "receiver")
MAP_LEVELS = {"province": Level.PROVINCE, "prefecture": Level.PREFECTURE, "county": Level.COUNTY}
CHARTED_ROWS = 30
SHOWN_ROWS = 500
TRACED_LINES = 20  # each line looks into its original, some 5 ms
MAPS_KEPT_SECONDS = 86_400


def figure_or_404(key: str) -> Figure:
    figure = figure_with_key(key)
    if figure is None:
        raise Http404
    return figure


class Figures(ScopedPage):
    """Every figure with its definition, under headings; values load as a heading comes into view."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/figures/list.html"
    title = gettext_lazy("指标")
    here = "web:figures"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = FigureScope.of(request)
        wants_values = self.is_part
        sought, wanted = request.GET.get("q", "").strip()[:100], request.GET.get("group", "")
        offered = grouped(offered_figures())
        groups = [
            (group, rows)
            for group, members in offered
            if wanted in ("", group.key)
            and (rows := [self._row(each, chosen, wants_values) for each in members if is_meant(each, sought)])
        ]
        return self.show(
            "web/figures/list_part.html" if wants_values else "",
            groups=groups,
            offered=[group for group, _members in offered],
            sought=sought,
            wanted=wanted,
            wants_values=wants_values,
            frame_parts=[*chosen.options.items(), *([("head", chosen.head)] if chosen.head else [])],
            all_address=f"{request.path}?{chosen.query()}",
            described=chosen.scope.described(),
            head=chosen.head,
            unit=chosen.unit.value,
            query=chosen.query(),
        )

    def _row(self, figure: Figure, chosen: FigureScope, wants_values: bool) -> dict[str, Any]:
        return {
            "figure": figure,
            "address": chosen.figure_address(figure, by=default_dimension(figure, chosen)),
            "unit": unit_label(figure, chosen.unit),
            **(self._value(figure, chosen) if wants_values else {}),
        }

    def _value(self, figure: Figure, chosen: FigureScope) -> dict[str, Any]:
        try:
            answer, chosen, is_cumulative = self._evaluate(figure, chosen)
        except XieshouError as refusal:
            return {"value": Shown(formats.NONE, blank=True, exact=refusal.message), "entries": 0}
        return {
            "value": shown_value(answer, chosen.unit),
            "entries": answer.entries,
            "is_cumulative": is_cumulative,
            "address": chosen.figure_address(figure, by=default_dimension(figure, chosen)),
        }

    def _evaluate(self, figure: Figure, chosen: FigureScope) -> tuple[Answer, FigureScope, bool]:
        """The value in the scope; for a year that only cumulative statements reach into, the value by its end."""
        answer = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope, head=chosen.head or None)[0]
        to_the_end = chosen.to_the_end_of_the_year()
        if to_the_end is None or answer.entries or not answer.crossing:
            return answer, chosen, False
        answer = figures.evaluate(actor=self.actor, figure=figure, scope=to_the_end.scope, head=chosen.head or None)[0]
        return answer, to_the_end, True


def default_dimension(figure: Figure, chosen: FigureScope) -> str:
    """The break-down that a figure opens with: its sources, else its categories, else places."""
    place = "township" if is_county(chosen.scope.place) else "county"
    wanted = (place, "category") if figure.stage == Stage.PLANNED else ("source", "category", place)
    return next((dimension for dimension in wanted if dimension in figure.dimensions), "")


class FigurePage(ScopedPage):
    """A figure in a scope: its value, its break-down, its chart or map; every number opens its records."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/figures/figure.html"
    here = "web:figures"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = figure_or_404(key)
        chosen = FigureScope.of(request)
        by = tuple(dimension for dimension in chosen.by if dimension in figure.dimensions)
        head = chosen.head or None
        total = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope, head=head)[0]
        to_the_end = chosen.to_the_end_of_the_year()
        if to_the_end is not None and total.crossing and not total.entries:
            return HttpResponseRedirect(to_the_end.figure_address(figure))
        answers = (
            figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope, by=by, head=head) if by else [total]
        )
        answers = in_order(answers, by)
        if request.GET.get("export"):
            return self._export(figure, chosen, by, answers)
        rows = [self._row(figure, chosen, by, answer, total) for answer in answers[:SHOWN_ROWS]]
        return self.show(
            title=figure.name,
            trail=[(_("指标"), reverse("web:figures") + chosen.frame.query)],
            figure=figure,
            unit=chosen.unit.value,
            unit_label=unit_label(figure, chosen.unit),
            is_money=figure.unit == "CNY",
            chosen=chosen,
            total=shown_value(total, chosen.unit),
            total_address=chosen.trace_address(figure),
            answer=total,
            summary=formats.NONE if total.summary_share is None else f"{round(total.summary_share)} %",
            described=chosen.scope.described(),
            by=[(dimension, DIMENSIONS[dimension].name) for dimension in by],
            rows=rows,
            row_count=len(answers),
            cut=len(answers) > SHOWN_ROWS,
            beside=self._plan_beside(figure, chosen, total),
            dimensions=self._dimension_links(figure, chosen, by),
            chart=self._chart(figure, chosen, by, answers),
            has_entries=ledger.last_entry_id() > 0,
            may_export=self.may(Permission.EXPORT),
            may_save=self.may(Permission.SAVE_SCOPE),
            may_name=self.may(Permission.NAME_HEAD),
            exports=[(kind, f"?{chosen.query(export=kind)}") for kind in ("xlsx", "csv")],
            **self._scope_form(chosen),
        )

    def _row(
        self, figure: Figure, chosen: FigureScope, by: Sequence[str], answer: Answer, total: Answer
    ) -> dict[str, Any]:
        row = {dimension: answer.by[dimension].code for dimension in by}
        return {
            "names": [answer.by[dimension].name or _("（未写明）") for dimension in by],
            "value": shown_value(answer, chosen.unit),
            "address": chosen.trace_address(figure, row),
            "share": share_of(answer, total),
            "entries": answer.entries,
            "bar": bar(total.base_value, answer.base_value),
        }

    def _plan_beside(self, figure: Figure, chosen: FigureScope, done: Answer) -> dict[str, Any] | None:
        """The plan of a figure that has one, by the completion that divides both."""
        completion = next((each for each in FIGURES if each.kind == Kind.COMPLETION and each.numerator is figure), None)
        if completion is None or completion.denominator is None:
            return None
        plan = completion.denominator
        head = chosen.head or None
        planned = figures.evaluate(actor=self.actor, figure=plan, scope=chosen.scope, head=head)[0]
        plan_only, done_only = (0, 0)
        if planned.entries and done.entries:
            plan_only, done_only = selectors.covered_on_one_side(self.actor, plan, figure, chosen.scope, head)
        return {
            "plan_only": plan_only,
            "done_only": done_only,
            "is_comparable": not plan_only and not done_only,
            "name": plan.name,
            "value": shown_value(planned, chosen.unit),
            "address": chosen.figure_address(plan, by=None),
            "bar": bar(planned.base_value, done.base_value),
            "completion": formats.percent(done.base_value, planned.base_value),
        }

    def _dimension_links(self, figure: Figure, chosen: FigureScope, by: Sequence[str]) -> list[tuple[Any, str, bool]]:
        return [
            (DIMENSIONS[dimension].name, f"?{chosen.query(by=[dimension])}", by[:1] == (dimension,))
            for dimension in OFFERED_DIMENSIONS
            if dimension in figure.dimensions
        ]

    def _chart(
        self, figure: Figure, chosen: FigureScope, by: Sequence[str], answers: Sequence[Answer]
    ) -> dict[str, Any] | None:
        if len(by) != 1 or not answers:
            return None
        dimension = by[0]
        level = MAP_LEVELS.get(dimension)
        label = unit_label(figure, chosen.unit)
        if level is not None:
            within = smallest_map(answers, dimension)
            return {
                "kind": "map",
                "unit": label,
                "none": formats.NONE,
                "layer": f"{reverse('web:map', args=[int(level)])}?within={within}",
                # Beside a part of the country the whole of it stands small, with every boundary line and island.
                "inset": reverse("web:map", args=[int(Level.PROVINCE)]) if within else "",
                "within": within[:2],
                "values": {answer.by[dimension].code: chart_number(answer, chosen.unit) for answer in answers},
                "addresses": {
                    answer.by[dimension].code: chosen.trace_address(figure, {dimension: answer.by[dimension].code})
                    for answer in answers
                },
            }
        charted = list(answers[:CHARTED_ROWS])
        return {
            "kind": "line" if dimension == "year" else "bar",
            "unit": label,
            "none": formats.NONE,
            "names": [answer.by[dimension].name or _("（未写明）") for answer in charted],
            "series": [{"name": str(figure.name), "values": [chart_number(answer, chosen.unit) for answer in charted]}],
            "addresses": [chosen.trace_address(figure, {dimension: answer.by[dimension].code}) for answer in charted],
        }

    def _scope_form(self, chosen: FigureScope) -> dict[str, Any]:
        options = chosen.options
        return {
            "place_name": places.full_name(options["place"])
            if options.get("place", "").isdecimal()
            else options.get("place", ""),
            "party_name": self._party_text(options.get("party", "")),
            "options": options,
            "roles": [(role, DIMENSIONS[role].name) for role in ROLES],
            "programmes": programmes_for(self.actor),
            "sources": FundSource.choices,
            "stages": Stage.choices,
            "heads": list(NamedHead.objects.for_actor(self.actor).order_by("-named_at")),
            "saved": list(SavedScope.objects.for_actor(self.actor).order_by("name")),
        }

    def _party_text(self, asked: str) -> str:
        """What the field of the party says: a name where it names one party only, else what was asked for."""
        seen = Party.objects.for_actor(self.actor)
        party = seen.filter(pk=key_in(asked)).first()
        return party.name if party and seen.filter(name=party.name).count() == 1 else asked

    def _export(
        self, figure: Figure, chosen: FigureScope, by: Sequence[str], answers: Sequence[Answer]
    ) -> HttpResponse:
        """The break-down as it stands, with the definition and scope under it, for whoever gets the file."""
        if not self.may(Permission.EXPORT):
            raise Http404
        head = [str(DIMENSIONS[dimension].name) for dimension in by]
        head += [f"{figure.name}（{unit_label(figure, chosen.unit)}）", _("条目数"), _("汇总数占比")]
        rows: list[list[Any]] = [
            [
                *(answer.by[dimension].name for dimension in by),
                chart_number(answer, chosen.unit),
                answer.entries,
                None if answer.summary_share is None else float(answer.summary_share),
            ]
            for answer in answers
        ]
        rows += [[], [_("口径"), str(figure.definition)], [_("范围"), chosen.scope.described()]]
        if self.request.GET["export"] == "csv":
            return exports.csv_response(str(figure.name), head, rows)  # type: ignore[return-value]
        return exports.xlsx_response(str(figure.name), head, rows)


def in_order(answers: Sequence[Answer], by: Sequence[str]) -> list[Answer]:
    """Years in their order, everything else by size, what has no value last."""
    if not by:
        return list(answers)
    if by[0] == "year":
        return sorted(answers, key=lambda answer: [answer.by[dimension].code for dimension in by])
    return sorted(
        answers,
        key=lambda answer: (
            answer.base_value is None and answer.value is None,
            -(answer.base_value if answer.base_value is not None else float(answer.value or 0)),
            [answer.by[dimension].code for dimension in by],
        ),
    )


def share_of(answer: Answer, total: Answer) -> str:
    if answer.figure.kind not in (Kind.SUM, Kind.STOCK, Kind.RECORDS):
        return ""
    return formats.percent(answer.base_value, total.base_value)


def smallest_map(answers: Sequence[Answer], dimension: str) -> str:
    """The place whose map shows all rows: the province of all of them when it is one, else the whole country ("")."""
    provinces = {code[:2] for answer in answers if (code := answer.by[dimension].code)}
    if dimension == "province" or len(provinces) != 1:
        return ""
    return f"{provinces.pop()}0000000000"


class MapLayer(Page):
    """The geometry of a map, as GeoJSON for the chart; for internal use, never in an export."""

    permission = Permission.VIEW_FIGURES

    def get(self, request: HttpRequest, level: int) -> HttpResponse:
        if level not in set(MAP_LEVELS.values()):
            raise Http404
        within = request.GET.get("within", "")
        if within and not (within.isdecimal() and len(within) == 12):
            raise Http404
        response = JsonResponse(maps.layer(level, within))
        response["Cache-Control"] = f"private, max-age={MAPS_KEPT_SECONDS}"
        return response


class FigureTrace(Page):
    """The records behind one number (出处): beside the page, or a page of its own on a phone."""

    permission = Permission.VIEW_FIGURES
    here = "web:figures"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = figure_or_404(key)
        frame.stay(request)
        chosen = FigureScope.of(request)
        row = dict(part.partition(":")[::2] for part in request.GET.getlist("row"))
        page = page_in(request.GET.get("page", ""))
        trace = figures.trace(
            actor=self.actor,
            figure=figure,
            scope=chosen.scope,
            row=row or None,
            sources=SOURCES,
            head=chosen.head or None,
            page=page,
            page_size=TRACED_LINES,
        )
        return self.show_drawer(
            "web/figures/trace.html",
            title=_("出处：%(figure)s") % {"figure": figure.name},
            trail=[(figure.name, chosen.figure_address(figure))],
            figure=figure,
            described=chosen.scope.described(),
            row_words=[DIMENSIONS[dimension].name for dimension in row if dimension in DIMENSIONS],
            unit=unit_label(figure, chosen.unit),
            parts=[trace_part(part, chosen) for part in (trace.parts or (trace,))],
            value=shown_value(trace.answer, chosen.unit),
            is_ratio=bool(trace.parts),
            older=chosen_page(request, page + 1)
            if any(part.count > page * part.page_size for part in (trace.parts or (trace,)))
            else "",
            newer=chosen_page(request, page - 1) if page > 1 else "",
        )


def chosen_page(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"


def trace_part(trace: Trace, chosen: FigureScope) -> dict[str, Any]:
    figure = trace.answer.figure
    return {
        "name": figure.name,
        "value": shown_value(trace.answer, chosen.unit),
        "unit": unit_label(figure, chosen.unit),
        "count": trace.count,
        "lines": [trace_line(line, figure, chosen) for line in trace.lines],
    }


def trace_line(line: TraceLine, figure: Figure, chosen: FigureScope) -> dict[str, Any]:
    return {
        "entry": line.entry,
        "address": reverse("web:entry", args=[line.entry]),
        "cell_address": reverse("web:entry-cell", args=[line.entry]) if line.original else "",
        "counted": shown_quantity(figure, line.counted, chosen.unit),
        "place": line.place.name,
        "credited": next((each.name for each in (line.credited, line.giver, line.receiver) if each.code), ""),
        "what": " · ".join(each.name for each in (line.source, line.category) if each.code),
        "period": formats.period(line.occurred_from, line.occurred_to),
        "original": line.original,
        "row": line.row,
        "is_reversal": line.reverses is not None,
    }


class FigureCompare(Page):
    """A figure at a named head and now, and the entries that made the difference."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/figures/compare.html"
    here = "web:figures"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = figure_or_404(key)
        chosen = FigureScope.of(request)
        earlier, later = request.GET.get("earlier", ""), request.GET.get("later", "")
        heads = list(NamedHead.objects.for_actor(self.actor).order_by("-named_at"))
        context: dict[str, Any] = {
            "figure": figure,
            "heads": heads,
            "earlier": earlier,
            "later": later,
            "kept": [(name, value) for name, value in chosen.options.items()],
            "described": chosen.scope.described(),
            "unit_label": unit_label(figure, chosen.unit),
        }
        if earlier:
            page = page_in(request.GET.get("page", ""))
            comparison = figures.compare(
                actor=self.actor,
                figure=figure,
                scope=chosen.scope,
                earlier=earlier,
                later=later or None,
                sources=SOURCES,
                page=page,
            )
            before, after = comparison.before.base_value, comparison.after.base_value
            context |= {
                "before": shown_value(comparison.before, chosen.unit),
                "after": shown_value(comparison.after, chosen.unit),
                "change": shown_quantity(figure, (after or 0) - (before or 0), chosen.unit),
                "lines": [trace_line(line, figure, chosen) for line in comparison.lines],
                "count": comparison.count,
            }
        return self.show(
            title=_("%(figure)s：改了什么") % {"figure": figure.name},
            trail=[(_("指标"), reverse("web:figures")), (figure.name, chosen.figure_address(figure))],
            **context,
        )


class SaveScope(Page):
    """Give the scope of a figure page a name (口径)."""

    permission = Permission.SAVE_SCOPE
    here = "web:figures"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._ask(figure_or_404(key), SaveScopeForm())

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = figure_or_404(key)
        form = SaveScopeForm(request.POST)
        if form.is_valid():
            try:
                figures.save_scope(by=self.actor, scope=FigureScope.of(request).scope, **form.cleaned_data)
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(FigureScope.of(request).figure_address(figure))
        return self._ask(figure, form)

    def _ask(self, figure: Figure, form: SaveScopeForm) -> HttpResponse:
        chosen = FigureScope.of(self.request)
        return self.show_drawer(
            "web/figures/name_form.html",
            title=_("存为口径"),
            trail=[(figure.name, chosen.figure_address(figure))],
            form=form,
            lead=chosen.scope.described() or _("全部地区、单位、年份"),
            action_url=self.request.get_full_path(),
            submit=_("存为口径"),
        )


class NameHead(Page):
    """Give the ledger as it stands a name (报送版本)."""

    permission = Permission.NAME_HEAD
    here = "web:figures"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(NameHeadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NameHeadForm(request.POST)
        if form.is_valid():
            try:
                figures.name_head(by=self.actor, name=form.cleaned_data["name"])
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(reverse("web:settings"))
        return self._ask(form)

    def _ask(self, form: NameHeadForm) -> HttpResponse:
        return self.show_drawer(
            "web/figures/name_form.html",
            title=_("命名报送版本"),
            trail=[(_("指标"), reverse("web:figures"))],
            form=form,
            lead=_("记下台账此刻的样子。以后的指标可以和它比，看得出改了什么、因为哪几条。"),
            action_url=reverse("web:name-head"),
            submit=_("命名报送版本"),
        )


class OpenSavedScope(Page):
    """A saved scope, opened on the list of figures or on one of them."""

    permission = Permission.VIEW_FIGURES

    def get(self, request: HttpRequest, scope_id: int) -> HttpResponse:
        rows: QuerySet[SavedScope] = SavedScope.objects.for_actor(self.actor)
        saved = get_object_or_404(rows, pk=scope_id)
        # Parts that the saved scope leaves open must not be filled from the frame.
        query = urlencode({"place": "", "party": "", "year": "", **saved.scope})
        key = request.GET.get("figure", "")
        target = reverse("web:figure", args=[key]) if figure_with_key(key) else reverse("web:figures")
        return HttpResponseRedirect(f"{target}?{query}")
