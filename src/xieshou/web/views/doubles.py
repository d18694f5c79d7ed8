"""Likely double reports (疑似重复上报), side by side, to be decided once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.sources import SOURCES
from xieshou.common import formats
from xieshou.common.addresses import key_in
from xieshou.common.errors import XieshouError
from xieshou.intake.doubles import Proposal, Reported, undecided
from xieshou.intake.models import Batch
from xieshou.ledger.measures import FundSource, Measure
from xieshou.parties.models import Party
from xieshou.places import selectors as places
from xieshou.web import doubles
from xieshou.web.pages import Page

SHOWN = 50


class Doubles(Page):
    """The pairs that nobody has decided about, then those put off."""

    permission = Permission.ACCEPT_BATCH
    template_name = "web/doubles/list.html"
    title = gettext_lazy("疑似重复上报")
    here = "web:doubles"

    def get(self, request: HttpRequest) -> HttpResponse:
        fresh, waiting = undecided(doubles.in_the_books(self.actor))
        shown = waiting if request.GET.get("show") == "open" else fresh
        return self.show(
            pairs=side_by_side(shown[:SHOWN]),
            more=max(0, len(shown) - SHOWN),
            fresh_count=len(fresh),
            waiting_count=len(waiting),
            is_waiting=shown is waiting,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Decide about one pair."""
        kind, _colon, number = request.POST.get("withdrawn", "").partition(":")
        record = key_in(number)
        try:
            doubles.decide(
                by=self.actor,
                first=request.POST.get("first", ""),
                second=request.POST.get("second", ""),
                verdict=request.POST.get("verdict", ""),
                reason=request.POST.get("reason", ""),
                withdrawn=(kind, record) if record is not None else None,
            )
        except XieshouError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(f"{reverse('web:doubles')}{'?show=open' if request.POST.get('waiting') else ''}")


def side_by_side(found: list[Proposal]) -> list[dict[str, Any]]:
    """Each pair in words. Four queries."""
    sides = [side for one in found for side in (one.first, one.second)]
    batches = Batch.objects.select_related("original", "created_by").in_bulk({side.batch for side in sides})
    units = dict(Party.objects.filter(pk__in={side.unit for side in sides if side.unit}).values_list("pk", "name"))
    names = places.full_names({side.place_code for side in sides if side.place_code})
    measures = {each.key: each for source in SOURCES for each in source.measures}

    def side(one: Reported) -> dict[str, Any]:
        batch = batches[one.batch]
        return {
            "batch": one.batch,
            "file": batch.original.name,
            "row": one.row,
            "unit": units.get(one.unit or 0, "–"),
            "when": formats.period(one.first, one.last),
            "by": str(batch.created_by),
            "at": batch.decided_at,
            "record": f"{one.source_kind}:{one.source_id}",
        }

    return [
        {
            "first_name": one.first.name,
            "second_name": one.second.name,
            "sides": [side(one.first), side(one.second)],
            "place": names.get(one.first.place_code, "–"),
            "amounts": _("；").join(in_words(each, measures) for each in one.amounts),
            "reasons": _("；").join(one.reasons),
        }
        for one in found
    ]


def in_words(one: Reported, measures: dict[str, Measure]) -> str:
    """ "使用资金·到村 1,000.00 元"."""
    key, category, source, _stage = one.what.split("|")
    measure = measures.get(key)
    if measure is None:
        return str(one.amount)
    kinds = [str(measure.name), str((measure.categories or {}).get(category, "")), _source_name(source)]
    unit = formats.MoneyUnit.YUAN.label if measure.unit == "CNY" else ""
    named = "·".join(kind for kind in kinds if kind)
    return f"{named} {formats.scaled(one.amount, measure.scale)} {unit}".strip()


def _source_name(source: str) -> str:
    return str(FundSource(source).label) if source else ""
