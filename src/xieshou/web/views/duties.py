"""Who has reported (上报情况): reporting duties, how each expected report stands, and the text that reminds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.expectations import expected_under
from xieshou.catalogue.forms import BINDINGS, forms_in_use, known_bindings
from xieshou.common import formats
from xieshou.common.errors import XieshouError
from xieshou.common.tables import Column, Filter, Table
from xieshou.intake import duties
from xieshou.intake.deadlines import STAND_NAMES, ReportPeriod, Stand, current, due_on
from xieshou.intake.duties import Line, Standing
from xieshou.intake.models import ReportingDuty
from xieshou.intake.selectors import batches_for
from xieshou.web.forms import DutyForm
from xieshou.web.pages import Page
from xieshou.web.selectors import our_party

STAND_TONES = {
    Stand.ACCEPTED: "green",
    Stand.SUBMITTED: "blue",
    Stand.OTHER: "amber",
    Stand.RETURNED: "red",
    Stand.MISSING: "amber",
    Stand.OVERDUE: "red",
}
PERIODS_OFFERED = 120


def handed_in(line: Line) -> str:
    """When it came in, and whether that was too late."""
    if line.handed_in_at is None:
        return formats.NONE
    day = formats.day(line.handed_in_at)
    return _("%(day)s 迟报") % {"day": day} if line.late else day


class LineTable(Table):
    """The expected reports of one period; its rows are in memory, and so are its filters."""

    name = gettext_lazy("上报情况")  # type: ignore[assignment]
    columns = (
        Column("party", gettext_lazy("报送单位"), lambda line: line.expected.party or "–", main=True, wide=True),
        Column("place", gettext_lazy("地区"), lambda line: line.expected.place or "–", main=True),
        Column(
            "stand",
            gettext_lazy("状态"),
            lambda line: (STAND_TONES[line.stand], str(STAND_NAMES[line.stand])),
            main=True,
            component="web/parts/state.html",
            export=lambda line: str(STAND_NAMES[line.stand]),
        ),
        Column("other", gettext_lazy("表里写的单位"), lambda line: line.other or "–", beneath=True),
        Column("at", gettext_lazy("报送时间"), handed_in, number=True),
        Column(
            "batch",
            gettext_lazy("批次"),
            lambda line: line.batch or "–",
            component="web/duties/batch_cell.html",
            export=lambda line: line.batch or "",
        ),
    )
    filters = (
        Filter(
            "stand",
            gettext_lazy("状态"),
            lambda rows, value: rows,
            choices=[("open", gettext_lazy("应催")), *((stand.value, name) for stand, name in STAND_NAMES.items())],
        ),
    )
    search = ("party", "place")
    search_hint = gettext_lazy("单位或地区")
    empty_title = gettext_lazy("这一期没有应报的单位")
    empty_hint = gettext_lazy("应报名单来自结对名单、下属单位或下级地区；先把名单导进来。")

    def __init__(self, rows: Sequence[Line], address: Any, *, seen: set[int], **options: Any) -> None:
        super().__init__(rows, address, **options)
        self.seen = seen

    @property
    def filtered(self) -> Sequence[Line]:
        return [line for line in self.rows if self._is_asked_for(line)]

    def key_of(self, row: Line) -> str:
        return f"{row.expected.party_id}-{row.expected.place_code}"

    def prepare(self, rows: list[Any]) -> Mapping[str, Any] | None:
        return None

    def _is_asked_for(self, line: Line) -> bool:
        stand, words = self.address.get("stand", ""), self.query
        named = f"{line.expected.party} {line.expected.place} {line.other}"
        return (not stand or stand == line.stand or (stand == "open" and line.is_open)) and (
            not words or words in named
        )


class Duties(Page):
    """The duties that are announced."""

    permission = Permission.VIEW_RECORDS
    template_name = "web/duties/list.html"
    title = gettext_lazy("上报情况")
    here = "web:duties"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        known = ReportingDuty.objects.for_actor(self.actor).select_related("party", "programme").order_by("-pk")
        return self.show(duties=[announced(duty, today) for duty in known], may_set=self.may(Permission.ACCEPT_BATCH))


def announced(duty: ReportingDuty, today: date) -> dict[str, Any]:
    period = current(duties.periods_of(duty, today), duty.due_days, today)
    due = due_on(period, duty.due_days) if period else None
    return {
        "duty": duty,
        "form": form_label(duty.form_key),
        "period": formats.period(period.first, period.last) if period else "",
        "due": due,
        "is_overdue": due is not None and today > due,
    }


def form_label(key: str) -> str:
    """What the form is called; a query for one that the office has taught."""
    bindings = BINDINGS if any(binding.form.key == key for binding in BINDINGS) else known_bindings()
    return next((binding.form.label for binding in bindings if binding.form.key == key), key)


class DutyNew(Page):
    """Announce a duty."""

    permission = Permission.ACCEPT_BATCH
    template_name = "web/duties/new.html"
    title = gettext_lazy("布置上报任务")
    here = "web:duties"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(DutyForm(actor=self.actor, forms=self._forms()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DutyForm(request.POST, actor=self.actor, forms=self._forms())
        if not form.is_valid():
            return self._ask(form)
        asked = form.cleaned_data
        try:
            duty = duties.set_duty(
                by=self.actor,
                name=asked["name"],
                form_key=asked["form_key"],
                rule=asked["rule"],
                due_days=asked["due_days"],
                starts_on=asked["starts_on"],
                ends_on=asked["ends_on"],
                expects=asked["expects"],
                party=asked["party"],
                place_code=asked["place"].pk if asked["place"] else "",
                programme_id=asked["programme"].pk if asked["programme"] else None,
            )
        except XieshouError as refusal:
            form.refuse(refusal)
            return self._ask(form)
        return HttpResponseRedirect(reverse("web:duty", args=[duty.pk]))

    def _forms(self) -> list[tuple[str, str]]:
        return [(form.key, form.label) for form in forms_in_use(known_bindings()).values()]

    def _ask(self, form: DutyForm) -> HttpResponse:
        return self.show(form=form, trail=[(_("上报情况"), reverse("web:duties"))])


class DutyBase(Page):
    """Base of the pages of one duty."""

    permission = Permission.VIEW_RECORDS
    here = "web:duties"

    def standing(self, duty_id: int) -> Standing | None:
        """The duty in the period of the address, else in the one that is asked about now; None before it begins."""
        duty = ReportingDuty.objects.for_actor(self.actor).filter(pk=duty_id).first()
        if duty is None:
            raise Http404
        self.duty: ReportingDuty = duty
        today = timezone.localdate()
        self.periods = duties.periods_of(duty, today)
        period = self._asked_for() or current(self.periods, duty.due_days, today)
        if period is None:
            return None
        expected = expected_under(self.actor, duty, period.last)
        return duties.standing(duty, period, expected, today=today)

    def _asked_for(self) -> ReportPeriod | None:
        asked = self.request.GET.get("period", "")
        return next((period for period in self.periods if period.key == asked), None)


class DutyPage(DutyBase):
    """One duty in one period: who owes what, and the text that reminds."""

    template_name = "web/duties/duty.html"

    def get(self, request: HttpRequest, duty_id: int) -> HttpResponse:
        standing = self.standing(duty_id)
        trail = [(_("上报情况"), reverse("web:duties"))]
        if standing is None:
            return self.show(title=self.duty.name, trail=trail, duty=self.duty)
        numbers = {line.batch for line in standing.lines if line.batch}
        seen = set(batches_for(self.actor).filter(pk__in=numbers).values_list("pk", flat=True))
        table = LineTable(standing.lines, request.GET, seen=seen, may_export=self.may(Permission.EXPORT))
        if request.GET.get("export") and self.may(Permission.EXPORT):
            return table.export(request.GET["export"])
        ours = our_party()
        return self.show(
            title=self.duty.name,
            trail=trail,
            duty=self.duty,
            form_name=form_label(self.duty.form_key),
            standing=standing,
            counts=standing.counts,
            table=table,
            periods=[
                (period.key, formats.period(period.first, period.last), period == standing.period)
                for period in self.periods[:PERIODS_OFFERED]
            ],
            reminder=duties.reminder(
                standing,
                table.filtered,
                form=form_label(self.duty.form_key),
                sender=ours.name if ours is not None else "",
            ),
            may_end=self.may(Permission.ACCEPT_BATCH) and self.duty.ended_at is None,
        )


class DutyCounts(DutyBase):
    """How a duty stands, for its line in the list."""

    def get(self, request: HttpRequest, duty_id: int) -> HttpResponse:
        standing = self.standing(duty_id)
        return self.show("web/duties/counts.html", counts=standing.counts if standing else None, duty=self.duty)


class DutyEnd(Page):
    """Stop asking for a report."""

    permission = Permission.ACCEPT_BATCH
    here = "web:duties"

    def post(self, request: HttpRequest, duty_id: int) -> HttpResponse:
        duty = ReportingDuty.objects.for_actor(self.actor).filter(pk=duty_id).first()
        if duty is None:
            raise Http404
        duties.end_duty(by=self.actor, duty=duty)
        return HttpResponseRedirect(reverse("web:duties"))
