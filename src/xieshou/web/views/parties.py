"""Parties (单位): the list and the tree, one organisation, and what the office may change about it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import offered_figures
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.common.forms import PageForm
from xieshou.common.tables import Column, Filter, Table
from xieshou.figures import services as figures
from xieshou.figures.definitions import Kind
from xieshou.parties import selectors as parties
from xieshou.parties import services
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import JointMember, Party
from xieshou.places import selectors as places
from xieshou.web.forms import AliasForm, MoveForm, PartyForm, RenameForm, RoleForm, SharesForm
from xieshou.web.pages import Page
from xieshou.web.shown import FigureScope, shown_value, unit_label


class PartyTable(Table):
    name = gettext_lazy("单位")  # type: ignore[assignment]
    columns = (
        Column(
            "name",
            gettext_lazy("名称"),
            lambda party: party.name,
            sort=("name",),
            main=True,
            link=lambda party: reverse("web:party", args=[party.pk]),
            wide=True,
        ),
        Column("kind", gettext_lazy("类别"), lambda party: party.get_kind_display(), sort=("kind",), main=True),
        Column(
            "parent",
            gettext_lazy("上级"),
            lambda party: party.parent_name or "",
            sort=("parent_name",),
        ),
        Column("place", gettext_lazy("所在地"), lambda party: party.place_name, sort=("place_code",)),
        Column("uscc", gettext_lazy("统一社会信用代码"), lambda party: party.uscc, sort=("uscc",)),
        Column("aliases", gettext_lazy("别名"), lambda party: party.alias_count, sort=("alias_count",), number=True),
    )
    filters = (
        Filter("kind", gettext_lazy("类别"), lambda rows, value: rows.filter(kind=value), choices=PartyKind.choices),
        Filter(
            "level",
            gettext_lazy("层级"),
            lambda rows, value: rows.filter(parent__isnull=value == "root"),
            choices=(("root", gettext_lazy("顶层")), ("below", gettext_lazy("下级"))),
        ),
    )
    search = ("name", "aliases__text", "uscc")
    search_hint = gettext_lazy("名称、别名或信用代码")
    default_sort = "name"
    selectable = True
    empty_title = gettext_lazy("还没有单位")
    empty_hint = gettext_lazy("导入一张表，表里的单位会自动登记；也可以在这里新建。")

    def prepare(self, rows: list[Any]) -> None:
        names = places.full_names({party.place_code for party in rows if party.place_code})
        for party in rows:
            party.place_name = names.get(party.place_code, "")


class Parties(Page):
    """The organisations that the actor may see; villages are places and stand there."""

    permission = Permission.VIEW_PARTIES
    template_name = "web/parties/list.html"
    title = gettext_lazy("单位")
    here = "web:parties"

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Party.objects.for_actor(self.actor)
        # A unit's clerk sees the unit and what is below it, not the name of what stands above.
        rows = seen.annotate(parent_name=Subquery(seen.filter(pk=OuterRef("parent")).values("name")))
        if request.GET.get("kind") != PartyKind.VILLAGE:
            rows = rows.exclude(kind=PartyKind.VILLAGE)
        table = PartyTable(
            rows.annotate(alias_count=Count("aliases", distinct=True)),
            request.GET,
            may_export=self.may(Permission.EXPORT),
        )
        if request.GET.get("export"):
            if not self.may(Permission.EXPORT):
                raise Http404
            return table.export(request.GET["export"])
        return self.show(table=table, may_manage=self.may(Permission.MANAGE_PARTIES))


class PartyTree(Page):
    """The tree, one level at a time."""

    permission = Permission.VIEW_PARTIES
    template_name = "web/parties/tree.html"
    title = gettext_lazy("单位树")
    here = "web:parties"

    def get(self, request: HttpRequest) -> HttpResponse:
        under = key_in(request.GET.get("under", ""))
        parent = Party.objects.for_actor(self.actor).filter(pk=under).first() if under else None
        seen = Party.objects.for_actor(self.actor).exclude(kind__in=(PartyKind.VILLAGE, PartyKind.JOINT))
        below = parties.children(self.actor, parent).annotate(
            below_count=Count("children", filter=Q(children__in=seen))
        )
        template = "web/parties/branch.html" if self.is_part else ""
        return self.show(template, trail=[(_("单位"), reverse("web:parties"))], branch=below[:1_000], parent=parent)


class PartyPage(Page):
    """One organisation: where it stands, what else it is called, with whom it helps, what it is to the work."""

    permission = Permission.VIEW_PARTIES
    template_name = "web/parties/party.html"
    here = "web:parties"

    def get(self, request: HttpRequest, party_id: int) -> HttpResponse:
        party = party_or_404(self, party_id)
        above = [int(pk) for pk in party.path.split("/") if pk and int(pk) != party.pk]
        ancestors = Party.objects.for_actor(self.actor).in_bulk(above)
        below = parties.children(self.actor, party)
        members = parties.members_of(party) if party.kind == PartyKind.JOINT else JointMember.objects.none()
        return self.show(
            title=party.name,
            trail=[(_("单位"), reverse("web:parties"))]
            + [(ancestors[pk].name, reverse("web:party", args=[pk])) for pk in above if pk in ancestors],
            party=party,
            pairs=[
                (_("类别"), party.get_kind_display()),
                (_("统一社会信用代码"), party.uscc or formats.NONE),
                (
                    _("所在地"),
                    places.full_name(party.place_code) if party.place_code else formats.NONE,
                    reverse("web:place", args=[party.place_code]) if party.place_code else "",
                ),
                (_("登记"), formats.day(party.created_at)),
            ],
            aliases=party.aliases.select_related("decided_by").order_by("text"),
            below=below[:200],
            below_count=below.count(),
            members=members,
            shares_stated=any(member.share_bp is not None for member in members),
            joints=parties.joint_parties_of(party.pk) if party.kind not in (PartyKind.JOINT, PartyKind.VILLAGE) else [],
            roles=parties.roles_of(party),
            may_manage=self.may(Permission.MANAGE_PARTIES),
            may_decide=self.may(Permission.DECIDE_NAMES),
            may_see_figures=self.may(Permission.VIEW_FIGURES),
            is_in_tree=party.kind not in (PartyKind.JOINT, PartyKind.VILLAGE),
        )


def party_or_404(page: Page, party_id: int) -> Party:
    found = Party.objects.for_actor(page.actor).filter(pk=party_id).select_related("parent").first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


class PartyFigures(Page):
    """The figures of one organisation, as the unit whose effort they count as, loaded into its page."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/places/figures.html"

    def get(self, request: HttpRequest, party_id: int) -> HttpResponse:
        party = party_or_404(self, party_id)
        role = "receiver" if party.kind == PartyKind.VILLAGE else "credited"
        chosen = FigureScope.of(request, party=str(party.pk), place="", year="", **{"as": role})
        rows = []
        unallocated = 0
        for figure in offered_figures():
            if figure.kind in (Kind.RATIO, Kind.COMPLETION, Kind.GROWTH):
                continue
            answer = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope)[0]
            unallocated = max(unallocated, answer.unallocated)
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
        return self.show(rows=rows, unallocated=unallocated)


class PartyChange(Page):
    """Base of the forms that change an organisation: a form beside the page, a service behind it."""

    permission = Permission.MANAGE_PARTIES
    here = "web:parties"
    words: str | Promise = ""
    lead: str | Promise = ""
    party: Party

    def get(self, request: HttpRequest, party_id: int) -> HttpResponse:
        self.party = party_or_404(self, party_id)
        return self.ask(self.form())

    def post(self, request: HttpRequest, party_id: int) -> HttpResponse:
        self.party = party_or_404(self, party_id)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.change(form)
            except XieshouError as refusal:
                form.refuse(refusal)
            else:
                return HttpResponseRedirect(reverse("web:party", args=[self.party.pk]))
        return self.ask(form)

    def form(self, data: Any = None) -> PageForm:
        raise NotImplementedError

    def change(self, form: PageForm) -> None:
        raise NotImplementedError

    def ask(self, form: PageForm) -> HttpResponse:
        return self.show_drawer(
            "web/figures/name_form.html",
            title=self.words,
            trail=[(_("单位"), reverse("web:parties")), (self.party.name, reverse("web:party", args=[self.party.pk]))],
            form=form,
            lead=self.lead or self.party.name,
            action_url=self.request.path,
            submit=self.words,
        )


class PartyRename(PartyChange):
    words = gettext_lazy("改名")

    def form(self, data: Any = None) -> PageForm:
        return RenameForm(data, initial={"name": self.party.name})

    def change(self, form: PageForm) -> None:
        services.rename_party(by=self.actor, party=self.party, name=form.cleaned_data["name"])


class PartyMove(PartyChange):
    words = gettext_lazy("移到另一上级")

    def form(self, data: Any = None) -> PageForm:
        return MoveForm(data, actor=self.actor, initial={"parent": self.party.parent.name if self.party.parent else ""})

    def change(self, form: PageForm) -> None:
        services.move_party(by=self.actor, party=self.party, parent=form.cleaned_data["parent"])


class PartyAliasAdd(PartyChange):
    permission = Permission.DECIDE_NAMES
    words = gettext_lazy("加别名")

    def form(self, data: Any = None) -> PageForm:
        return AliasForm(data)

    def change(self, form: PageForm) -> None:
        services.remember_alias(by=self.actor, text=form.cleaned_data["text"], party=self.party)


class PartyAliasForget(Page):
    """Withdraw a decision about a name."""

    permission = Permission.DECIDE_NAMES

    def post(self, request: HttpRequest, party_id: int, alias_id: int) -> HttpResponse:
        party = party_or_404(self, party_id)
        alias = party.aliases.filter(pk=alias_id).first()
        if alias is None:
            raise Http404
        services.forget_alias(by=self.actor, alias=alias)
        return HttpResponseRedirect(reverse("web:party", args=[party_id]))


class PartyRoleAdd(PartyChange):
    words = gettext_lazy("加职责")

    def form(self, data: Any = None) -> PageForm:
        return RoleForm(data)

    def change(self, form: PageForm) -> None:
        services.state_role(by=self.actor, party=self.party, **form.cleaned_data)


class PartyShares(PartyChange):
    """The share of each member of a joint party."""

    words = gettext_lazy("写明各单位份额")
    lead = gettext_lazy("各占百分之几，合计 100；全部留空就是收回。")

    def form(self, data: Any = None) -> PageForm:
        if self.party.kind != PartyKind.JOINT:
            raise Http404
        return SharesForm(list(parties.members_of(self.party)), data)

    def change(self, form: PageForm) -> None:
        assert isinstance(form, SharesForm)
        services.state_shares(by=self.actor, joint=self.party, shares=form.shares())


class PartyNew(Page):
    """Register an organisation."""

    permission = Permission.MANAGE_PARTIES
    here = "web:parties"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(PartyForm(actor=self.actor, initial={"parent": request.GET.get("under", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PartyForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self._ask(form)
        stated = form.cleaned_data
        try:
            party = services.create_party(
                by=self.actor,
                name=stated["name"],
                kind=PartyKind(stated["kind"]) if stated["kind"] else None,
                parent=stated["parent"],
                uscc=stated["uscc"],
                place_code=stated["place"].pk if stated["place"] else "",
            )
        except XieshouError as refusal:
            form.refuse(refusal)
            return self._ask(form)
        return HttpResponseRedirect(reverse("web:party", args=[party.pk]))

    def _ask(self, form: PartyForm) -> HttpResponse:
        return self.show_drawer(
            "web/figures/name_form.html",
            title=_("新建单位"),
            trail=[(_("单位"), reverse("web:parties"))],
            form=form,
            lead="",
            action_url=self.request.path,
            submit=_("新建单位"),
        )
