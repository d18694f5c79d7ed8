"""Pages that stand beside the subjects: search, scope menus, settings, help, more, components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import ROLE_NAMES, Permission, acting_with
from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.forms import known_bindings
from xieshou.common import formats
from xieshou.common.forms import PageForm
from xieshou.common.tables import Column, Filter, Table
from xieshou.figures.models import NamedHead, SavedScope
from xieshou.parties.models import Party
from xieshou.parties.selectors import resolve_party
from xieshou.places import selectors as places
from xieshou.programme.selectors import programmes_for
from xieshou.web import frame, navigation, selectors
from xieshou.web.forms import RenameForm
from xieshou.web.pages import Page
from xieshou.web.shown import Bar

FOUND_EACH = 8


class Choices(Page):
    """What a chip of the frame offers, each choice as an address; with `?pick=1` as texts for a field of a form."""

    template_name = "web/parts/scope_choices.html"
    part = ""

    def offer(self, query: str, found: Sequence[tuple[str, str, str, str]]) -> HttpResponse:
        """Draw the choices: the value of each in the scope, its name, a note, the text that a field takes for it."""
        came_from = self.request.headers.get("HX-Current-URL", "/")
        choices = [
            {"name": name, "note": note, "address": frame.address_with(came_from, self.part, value), "pick": pick}
            for value, name, note, pick in found
        ]
        template = "web/parts/suggestions.html" if self.request.GET.get("pick") else ""
        return self.show(template, choices=choices, query=query)


class ScopePlaces(Choices):
    """What the chip 地区 offers: the places we help, or those that the typed text may mean."""

    permission = Permission.VIEW_PLACES
    part = "place"

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:200]
        if query:
            hits = [(one.code, one.name, one.path) for one in places.resolve(query, limit=FOUND_EACH)]
        else:
            hits = [(code, name, "") for code, name in selectors.helped_places(self.actor)]
        full = places.full_names([code for code, _name, _path in hits])
        return self.offer(
            query, [(code, name, path or full.get(code, ""), full.get(code, code)) for code, name, path in hits]
        )


class ScopeParties(Choices):
    """What the chip 单位 offers: our own organisation, or those that the typed text may mean."""

    permission = Permission.VIEW_PARTIES
    part = "party"

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:200]
        if query:
            hits = [(str(one.party_id), one.name, one.reason) for one in find_parties(self.actor, query)]
        else:
            ours = Party.objects.for_actor(self.actor).filter(is_ours=True)
            hits = [(str(party.pk), party.name, _("本单位及下属")) for party in ours]
        names = Counter(name for _id, name, _reason in hits)
        # Of two parties of one name only the number says which.
        return self.offer(query, [(pk, name, reason, name if names[name] == 1 else pk) for pk, name, reason in hits])


class Search(Page):
    """One field for everything that has a name: places, parties, figures, batches; only what the reader may see."""

    permission = Permission.VIEW_PLACES
    template_name = "web/search.html"
    title = gettext_lazy("搜索")

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip()[:200]
        if not query:
            return self.show(query="", groups=[])
        groups: list[dict[str, Any]] = [
            {
                "title": _("地区"),
                "rows": [
                    (one.name, one.path, reverse("web:place", args=[one.code]))
                    for one in places.resolve(query, limit=FOUND_EACH)
                ],
            }
        ]
        if self.may(Permission.VIEW_PARTIES):
            groups.append(
                {
                    "title": _("单位"),
                    "rows": [
                        (one.name, one.reason, reverse("web:party", args=[one.party_id]))
                        for one in find_parties(request.actor, query)  # type: ignore[attr-defined]
                    ],
                }
            )
        if self.may(Permission.VIEW_FIGURES):
            groups.append({"title": _("指标"), "rows": self._figures(query)})
        if self.may(Permission.DRAFT_IMPORT):
            drafter = acting_with(request.actor, Permission.DRAFT_IMPORT)  # type: ignore[attr-defined]
            found = selectors.batches_for(drafter).filter(original__name__icontains=query)
            groups.append(
                {
                    "title": _("导入批次"),
                    "rows": [
                        (batch.original.name, batch.get_state_display(), reverse("web:batch", args=[batch.pk]))
                        for batch in found.order_by("-id")[:FOUND_EACH]
                    ],
                }
            )
        return self.show(query=query, groups=[group for group in groups if group["rows"]])

    def _figures(self, query: str) -> list[tuple[str, str, str]]:
        chips = frame.scope_of(self.request).query
        return [
            (str(figure.name), str(figure.definition), reverse("web:figure", args=[figure.key]) + chips)
            for figure in known_figures()
            if any(query.lower() in text.lower() for text in (figure.key, str(figure.name), *figure.synonyms))
        ]


def find_parties(actor: Any, query: str) -> Sequence[Any]:
    """The parties that the text may mean and the actor may see, the likeliest first."""
    return resolve_party(query, limit=FOUND_EACH, actor=actor)


class More(Page):
    """What the bottom bar of a phone has no room for."""

    permission = Permission.VIEW_PLACES
    template_name = "web/more.html"
    title = gettext_lazy("更多")
    here = "web:more"

    def get(self, request: HttpRequest) -> HttpResponse:
        items = [item for item in navigation.items_for(request.actor) if not item.on_phone]  # type: ignore[attr-defined]
        return self.show(items=items)


class Help(Page):
    """The first thirty minutes, the words, the keys, blank workbooks."""

    permission = Permission.VIEW_PLACES
    template_name = "web/help.html"
    title = gettext_lazy("帮助")
    here = "web:help"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            forms=[binding.form for binding in known_bindings() if binding.in_use],
            items=navigation.items_for(request.actor),  # type: ignore[attr-defined]
            may_import=self.may(Permission.DRAFT_IMPORT),
        )


class Settings(Page):
    """What one may set: our organisation, programmes, named scopes and heads, users, the reader's own choices."""

    permission = Permission.VIEW_PARTIES
    template_name = "web/settings.html"
    title = gettext_lazy("设置")
    here = "web:settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        return self.show(
            unit=frame.money_unit_of(request),
            units=[(unit.value, unit.label) for unit in formats.MoneyUnit],
            our_party=selectors.our_party(),
            helped=selectors.helped_places(actor),
            programmes=programmes_for(actor).select_related("party"),
            may_answer=self.may(Permission.MANAGE_PROGRAMMES),
            may_manage_users=self.may(Permission.MANAGE_USERS),
            may_see_figures=self.may(Permission.VIEW_FIGURES),
            may_verify=self.may(Permission.VERIFY_LEDGER),
            is_staff=getattr(request.user, "is_staff", False),
            scopes=SavedScope.objects.for_actor(actor).select_related("saved_by").order_by("name"),
            heads=NamedHead.objects.for_actor(actor).select_related("named_by").order_by("-named_at"),
            roles=[(ROLE_NAMES[grant.role], _limits(grant)) for grant in actor.grants],
        )


def _limits(grant: Any) -> str:
    if grant.is_unlimited:
        return _("不限地区与单位")
    limits = []
    if grant.place_ranges is not None:
        names = places.full_names([low for low, _high in grant.place_ranges])
        limits.append("、".join(names.values()))
    if grant.party_paths is not None:
        ids = [int(path.rstrip("/").rsplit("/", 1)[-1]) for path in grant.party_paths]
        limits.append("、".join(Party.objects.filter(pk__in=ids).values_list("name", flat=True)))
    return " · ".join(limits)


class SampleRow:
    """A row for the page of components."""

    def __init__(self, number: int, name: str, fen: int | None, state: tuple[str, str], day: date) -> None:
        self.pk = number
        self.name = name
        self.fen = fen
        self.state = state
        self.day = day


class SampleTable(Table):
    name = "components"
    columns = (
        Column("name", gettext_lazy("单位"), lambda row: row.name, main=True, link=lambda row: "#table"),
        Column(
            "fen",
            gettext_lazy("金额"),
            lambda row: formats.money(row.fen),
            number=True,
            unit=gettext_lazy("万元"),
            main=True,
        ),
        Column("state", gettext_lazy("状态"), lambda row: row.state, component="web/parts/state.html"),
        Column("day", gettext_lazy("日期"), lambda row: formats.day(row.day)),
    )
    filters = (
        Filter("state", gettext_lazy("状态"), lambda rows, value: rows, choices=(("green", gettext_lazy("一致")),)),
    )
    search = ("name",)
    search_hint = gettext_lazy("名称")
    selectable = True


class Components(Page):
    """Every part that pages are made of, in each of its states."""

    permission = Permission.VIEW_PLACES
    template_name = "web/components.html"
    title = gettext_lazy("页面部件")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            SampleRow(1, _("示例单位甲"), 1_234_567_800, ("green", _("一致")), date(2019, 3, 1)),
            SampleRow(2, _("示例单位乙"), 0, ("amber", _("口径待核")), date(2019, 4, 1)),
            SampleRow(3, _("示例单位丙"), None, ("red", _("勾稽不符")), date(2019, 5, 1)),
            SampleRow(4, _("示例单位丁"), 49, ("blue", _("无记录")), date(2019, 6, 1)),
        ]
        wrong: PageForm = RenameForm({"name": ""})
        wrong.is_valid()
        return self.show(
            table=SampleTable(rows, request.GET),
            no_rows=SampleTable([], QueryDict()),
            states=[row.state for row in rows],
            form=RenameForm(),
            wrong=wrong,
            steps=[
                {"title": _("上传"), "state": "done", "url": "#wizard"},
                {"title": _("识别"), "state": "current", "url": ""},
                {"title": _("核对"), "state": "ahead", "url": ""},
                {"title": _("完成"), "state": "ahead", "url": ""},
            ],
            pairs=[(_("单位"), _("示例单位甲")), (_("金额"), "1,234.57"), (_("期间"), "2019")],
            bars=[(_("计划内"), Bar(100, 62.5)), (_("超出计划"), Bar(80, 100))],
            amounts=[formats.money(value) for value in (1_234_567_800, 0, 49, None)] + [formats.NONE],
        )


class DrawerSample(Page):
    permission = Permission.VIEW_PLACES
    title = gettext_lazy("抽屉")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_drawer(
            "web/parts/drawer_sample.html",
            title=_("抽屉"),
            trail=[(_("页面部件"), reverse("web:components"))],
            pairs=[(_("单位"), _("示例单位甲")), (_("金额"), "1,234.57")],
        )


class ChooseUnit(Page):
    """万元 or 元, from the settings page."""

    permission = Permission.VIEW_PARTIES

    def post(self, request: HttpRequest) -> HttpResponse:
        unit = formats.MoneyUnit.named(request.POST.get("unit", ""))
        if unit is not None:
            request.session[frame.UNIT_KEY] = unit.value
        return HttpResponseRedirect(reverse("web:settings"))
