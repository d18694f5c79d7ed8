"""The ledger (台账): entries, one entry with its record and proof, seals and verification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.access.views import safe_next
from xieshou.catalogue.sources import SOURCES
from xieshou.channels.statements.measures import OWN_PREFIX
from xieshou.channels.statements.selectors import own_ledger_measures
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.common.tables import Column, Filter, Table
from xieshou.ledger import keys, proofs, services
from xieshou.ledger import selectors as ledger
from xieshou.ledger.errors import EntryUnknown
from xieshou.ledger.measures import BaseUnit, FundSource, Measure, Nature, Stage
from xieshou.parties.models import Party
from xieshou.parties.selectors import subtree_ids
from xieshou.places import selectors as places
from xieshou.programme.models import Programme
from xieshou.web import frame, origins, selectors
from xieshou.web.pages import Page, ScopedPage
from xieshou.web.shown import UNIT_NAMES, shown_money

HEAD_AT_MOST = 1_000_000  # bytes of a head document
MEASURES: dict[str, Measure] = {measure.key: measure for source in SOURCES for measure in source.measures}


# A measure of the office's own is never changed once it is there.
_own: dict[str, Measure] = {}


def measure_of(key: str) -> Measure | None:
    """The measure with this key; a query for one of the office's own that was not asked for before."""
    if key.startswith(OWN_PREFIX) and key not in _own:
        _own.update((measure.key, measure) for measure in own_ledger_measures())
    return MEASURES.get(key) or _own.get(key)


def measure_name(key: str) -> str:
    measure = measure_of(key)
    return str(measure.name) if measure else key


def category_name(measure: str, category: str) -> str:
    found = measure_of(measure)
    known = found.categories if found else None
    return str((known or {}).get(category, category))


def quantity_of(entry: Any) -> str:
    """What an entry counts, with its unit: money in yuan to the fen."""
    measure = measure_of(entry.measure)
    if measure is None:
        return f"{entry.quantity:,}"
    if measure.base_unit == BaseUnit.FEN:
        return formats.money(entry.quantity, formats.MoneyUnit.YUAN)
    return formats.scaled(entry.quantity, measure.scale)


def exported_quantity(entry: Any) -> float | int:
    measure = measure_of(entry.measure)
    scale = measure.scale if measure else 1
    return int(entry.quantity) if scale == 1 else entry.quantity / scale


def unit_of(entry: Any) -> str:
    measure = measure_of(entry.measure)
    if measure is None:
        return ""
    return _("元") if measure.base_unit == BaseUnit.FEN else str(UNIT_NAMES.get(measure.unit, measure.unit))


def what_of(entry: Any) -> str:
    """The source of the money and the category, in words."""
    parts = [
        str(FundSource(entry.fund_source).label) if entry.fund_source else "",
        category_name(entry.measure, entry.category) if entry.category else "",
    ]
    return " · ".join(part for part in parts if part)


class EntryTable(Table):
    name = gettext_lazy("台账条目")  # type: ignore[assignment]
    columns = (
        Column(
            "id",
            gettext_lazy("编号"),
            lambda entry: entry.pk,
            sort=("pk",),
            main=True,
            link=lambda entry: reverse("web:entry", args=[entry.pk]),
        ),
        Column("stage", gettext_lazy("阶段"), lambda entry: entry.get_stage_display(), sort=("stage",)),
        Column(
            "measure",
            gettext_lazy("计量项"),
            lambda entry: measure_name(entry.measure),
            sort=("measure",),
            beneath=True,
        ),
        Column("what", gettext_lazy("来源与类别"), what_of, sort=("fund_source", "category")),
        Column(
            "quantity",
            gettext_lazy("数量"),
            quantity_of,
            sort=("quantity",),
            number=True,
            main=True,
            export=exported_quantity,
        ),
        Column("unit", gettext_lazy("计量单位"), unit_of),
        Column("credited", gettext_lazy("帮扶单位"), lambda entry: entry.credited_name, wide=True, beneath=True),
        Column("place", gettext_lazy("地区"), lambda entry: entry.place_name, sort=("place_code",), beneath=True),
        Column(
            "occurred",
            gettext_lazy("时期"),
            lambda entry: formats.period(entry.occurred_from, entry.occurred_to),
            sort=("occurred_to",),
        ),
        Column(
            "state",
            gettext_lazy("冲销"),
            lambda entry: ("amber", _("冲销 %(id)s") % {"id": entry.reverses}) if entry.reverses else ("", ""),
            component="web/parts/reversal.html",
            export=lambda entry: entry.reverses,
        ),
    )
    filters = (
        Filter(
            "measure",
            gettext_lazy("计量项"),
            lambda rows, value: rows.filter(measure=value),
            choices=[(measure.key, measure.name) for measure in MEASURES.values()],
        ),
        Filter("stage", gettext_lazy("阶段"), lambda rows, value: rows.filter(stage=value), choices=Stage.choices),
        Filter(
            "source",
            gettext_lazy("资金来源"),
            lambda rows, value: rows.filter(fund_source=value),
            choices=FundSource.choices,
        ),
        Filter(
            "reversals",
            gettext_lazy("冲销"),
            lambda rows, value: rows.filter(reverses__isnull=value == "no"),
            choices=(("yes", gettext_lazy("只看冲销")), ("no", gettext_lazy("不看冲销"))),
        ),
        Filter(
            "batch",
            gettext_lazy("批次"),
            lambda rows, value: rows.filter(batch=key_in(value)) if key_in(value) else rows,
            kind="number",
        ),
    )
    default_sort = "-id"
    selectable = True
    empty_title = gettext_lazy("台账还没有条目")
    empty_hint = gettext_lazy("导入一张表并接受以后，每一笔都会在这里。")

    def prepare(self, rows: list[Any]) -> Mapping[str, Any] | None:
        """Names of parties and places, two queries."""
        shown = {entry.credited_to or entry.giver or entry.receiver for entry in rows} - {None}
        parties = dict(Party.objects.filter(pk__in=shown).values_list("pk", "name"))
        names = places.full_names({entry.place_code for entry in rows if entry.place_code})
        for entry in rows:
            entry.credited_name = parties.get(entry.credited_to or entry.giver or entry.receiver, formats.NONE)
            entry.place_name = names.get(entry.place_code, entry.place_code or formats.NONE)
        return None


class Ledger(ScopedPage):
    """The entries in the scope of the frame, the latest first."""

    permission = Permission.VIEW_LEDGER
    template_name = "web/ledger/list.html"
    title = gettext_lazy("台账")
    here = "web:ledger"

    def get(self, request: HttpRequest) -> HttpResponse:
        table = EntryTable(self._in_scope(), request.GET, may_export=self.may(Permission.EXPORT))
        if request.GET.get("export"):
            if not self.may(Permission.EXPORT):
                raise Http404
            return table.export(request.GET["export"])
        return self.show(
            table=table,
            last_seal=ledger.last_seal(),
            last_entry=ledger.last_entry_id(),
            may_seal=self.may(Permission.SEAL_LEDGER),
            may_verify=self.may(Permission.VERIFY_LEDGER),
        )

    def _in_scope(self) -> Any:
        entries = ledger.entries_for(self.actor)
        scope = self.scope
        if scope.place:
            entries = within_places(entries, scope.place)
        if scope.party:
            ids = subtree_ids(int(scope.party))
            entries = (
                entries.filter(giver__in=ids) | entries.filter(receiver__in=ids) | entries.filter(credited_to__in=ids)
            )
        if scope.year:
            entries = entries.filter(occurred_to__year=int(scope.year))
        return entries


def within_places(rows: Any, code: str) -> Any:
    """The rows in a place, its predecessors and its successors."""
    inside = rows.none()
    for low, high in places.subtree_ranges(code):
        inside = inside | rows.filter(place_code__gte=low, place_code__lt=high)
    return inside


class EntryPage(Page):
    """One entry: everything it says, where it came from, what reversed it, and its proof."""

    permission = Permission.VIEW_LEDGER
    template_name = "web/ledger/entry.html"
    here = "web:ledger"

    def get(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        entry = entry_or_404(self.actor, entry_id)
        reversal = ledger.reversal_of(entry)
        seal = ledger.last_seal()
        origin = origins.origin_of(entry)
        batch = selectors.batches_for(self.actor).filter(pk=entry.batch).first() if entry.batch else None
        return self.show(
            title=_("条目 %(id)s") % {"id": entry.pk},
            trail=[(_("台账"), reverse("web:ledger") + frame.scope_of(request).query)],
            entry=entry,
            pairs=self._pairs(entry),
            reversal=reversal,
            is_sealed=seal is not None and entry.pk <= seal.last_entry,
            seal=seal,
            origin=origin,
            batch=batch,
            leaf=bytes(entry.leaf).hex(),
            may_prove=self.may(Permission.PROVE),
            may_seal=self.may(Permission.SEAL_LEDGER),
        )

    def _pairs(self, entry: Any) -> list[tuple[Any, ...]]:
        wanted = [pk for pk in (entry.giver, entry.receiver, entry.credited_to) if pk]
        # Who sees the entry sees who gave and received; the page of a party opens only to those who may see the party.
        names = dict(Party.objects.filter(pk__in=wanted).values_list("pk", "name"))
        opens = set(Party.objects.for_actor(self.actor).filter(pk__in=wanted).values_list("pk", flat=True))

        def party(pk: int | None) -> tuple[str, str]:
            if not pk:
                return formats.NONE, ""
            return names.get(pk, str(pk)), reverse("web:party", args=[pk]) if pk in opens else ""

        programme = Programme.objects.filter(pk=entry.programme).first() if entry.programme else None
        pairs: list[tuple[Any, ...]] = [
            (_("计量项"), measure_name(entry.measure)),
            (_("阶段"), entry.get_stage_display()),
            (_("数量"), f"{quantity_of(entry)} {unit_of(entry)}"),
            (_("资金来源"), entry.get_fund_source_display() or formats.NONE),
            (_("类别"), category_name(entry.measure, entry.category) or formats.NONE),
            (_("时期"), formats.period(entry.occurred_from, entry.occurred_to)),
            (
                _("地区"),
                places.full_name(entry.place_code) if entry.place_code else formats.NONE,
                reverse("web:place", args=[entry.place_code]) if entry.place_code else "",
            ),
            (_("帮扶单位"), *party(entry.credited_to)),
            (_("出资单位"), *party(entry.giver)),
            (_("受援方"), *party(entry.receiver)),
            (_("帮扶项目群"), programme.name if programme else formats.NONE),
            (_("有偿无偿"), entry.get_nature_display() if entry.nature in Nature.values else entry.nature),
            (_("依据"), entry.get_basis_display()),
            (_("入账"), formats.moment(entry.posted_at)),
        ]
        if entry.value_fen is not None:
            pairs.insert(3, (_("折价"), f"{shown_money(entry.value_fen, formats.MoneyUnit.YUAN).text} {_('元')}"))
        if entry.reason:
            pairs.append((_("原因"), entry.reason))
        return pairs


def entry_or_404(actor: Any, entry_id: int) -> Any:
    try:
        return ledger.entry_for(actor, entry_id)
    except EntryUnknown as unknown:
        raise Http404 from unknown


class EntryCell(Page):
    """The cell of the kept original behind an entry, among its neighbours."""

    permission = Permission.VIEW_LEDGER
    here = "web:ledger"

    def get(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        entry = entry_or_404(self.actor, entry_id)
        origin = origins.origin_of(entry)
        if origin is None:
            raise Http404
        batch = selectors.batches_for(self.actor).filter(pk=origin.batch.pk).first()
        return self.show_drawer(
            "web/ledger/cell.html",
            title=_("原件 %(sheet)s %(cell)s") % {"sheet": origin.cell.sheet, "cell": origin.cell.cell},
            trail=[
                (_("台账"), reverse("web:ledger")),
                (_("条目 %(id)s") % {"id": entry.pk}, reverse("web:entry", args=[entry.pk])),
            ],
            entry=entry,
            quantity=quantity_of(entry),
            unit=unit_of(entry),
            origin=origin,
            neighbourhood=origins.neighbourhood(origin, with_rows_around=batch is not None),
            batch=batch,
        )


class EntryProof(Page):
    """The proof of one entry as a file, which checks without the database."""

    permission = Permission.PROVE
    here = "web:ledger"

    def get(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        entry = entry_or_404(self.actor, entry_id)
        return json_file(proofs.prove(entry.pk), f"xieshou-entry-{entry.pk}.proof.json")


class PublicKey(Page):
    """The key with which proofs and seals are checked; public by its nature, yet handed out to those who sign in."""

    permission = Permission.PROVE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        path = keys.public_path()
        if not path.exists():
            raise Http404
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


class LedgerHead(Page):
    """The last seal as a file to publish: whoever keeps it can tell later that nothing before it was changed."""

    permission = Permission.PROVE

    def get(self, request: HttpRequest) -> HttpResponse:
        return json_file(services.head(), "xieshou-ledger-head.json")


def json_file(document: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)
    response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class LedgerSeal(Page):
    """Sign a checkpoint over all entries (封存)."""

    permission = Permission.SEAL_LEDGER
    here = "web:ledger"

    def post(self, request: HttpRequest) -> HttpResponse:
        services.seal(by=self.actor)
        return HttpResponseRedirect(safe_next(request, otherwise=reverse("web:ledger-verify")))


class LedgerVerify(Page):
    """Seals, and the verification of every entry against them; also against a head kept elsewhere."""

    permission = Permission.VERIFY_LEDGER
    template_name = "web/ledger/verify.html"
    title = gettext_lazy("核验台账")
    here = "web:ledger"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._say()

    def post(self, request: HttpRequest) -> HttpResponse:
        against = None
        file = request.FILES.get("head")
        if isinstance(file, UploadedFile):
            try:
                against = json.loads(file.read(HEAD_AT_MOST))
            except ValueError:
                return self._say(wrong_file=_("这不是台账封存文件；请选从“下载封存”得到的 .json 文件。"))
        try:
            return self._say(verification=services.verify(against=against), compared=against is not None)
        except XieshouError as refusal:
            return self._say(wrong_file=refusal.message)

    def _say(self, **context: Any) -> HttpResponse:
        return self.show(
            trail=[(_("台账"), reverse("web:ledger"))],
            seals=ledger.seals()[:20],
            last_entry=ledger.last_entry_id(),
            may_seal=self.may(Permission.SEAL_LEDGER),
            has_seal=ledger.last_seal() is not None,
            **context,
        )
