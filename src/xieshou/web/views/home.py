"""Home: what waits, what the money says, what came in last; and the three questions of the first sign-in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import FIGURES
from xieshou.common import formats
from xieshou.common.errors import XieshouError
from xieshou.common.scoping import Actor
from xieshou.figures import services as figures
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import figure_named
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.intake.models import Batch
from xieshou.ledger import selectors as ledger
from xieshou.parties.kinds import PartyKind
from xieshou.places import selectors as places
from xieshou.web import frame, selectors, services
from xieshou.web.errors import AnswerMissing
from xieshou.web.forms import WhoForm, WhomForm, YearForm
from xieshou.web.pages import Page, ScopedPage
from xieshou.web.shown import FigureScope, bar, is_county, rank, rank_bar, shown_value
from xieshou.web.tones import STATE_TONES

STEPS = ("who", "whom", "year")
PLANNED, RAISED, USED = (figure_named(key, FIGURES) for key in ("fund.planned", "fund.raised", "fund.used"))
RANKED = 10


class Home(ScopedPage):
    """What waits and what came in last; the figures load beside it, so that the page stands at once."""

    permission = Permission.VIEW_PARTIES
    template_name = "web/home/home.html"
    title = gettext_lazy("总览")
    here = "web:home"

    def get(self, request: HttpRequest) -> HttpResponse:
        open_questions = selectors.unanswered(request.actor)  # type: ignore[attr-defined]
        if "who" in open_questions and not request.session.get("questions_put_off"):
            return HttpResponseRedirect(reverse("web:begin", args=["who"]))
        actor = request.actor  # type: ignore[attr-defined]
        return self.show(
            is_empty=ledger.last_entry_id() == 0,
            may_import=self.may(Permission.DRAFT_IMPORT),
            may_see_figures=self.may(Permission.VIEW_FIGURES),
            questions=open_questions,
            to_do=selectors.to_do(actor) if self.may(Permission.DRAFT_IMPORT) else [],
            batches=self._latest(actor) if self.may(Permission.VIEW_RECORDS) else [],
            query=self.scope.query,
            unit=frame.money_unit_of(request).value,
            our_party=selectors.our_party(),
            helped=selectors.helped_places(actor)[:12],
        )

    def _latest(self, actor: Actor) -> list[tuple[Batch, str]]:
        latest = selectors.batches_for(actor).order_by("-id")[:6]
        return [(batch, STATE_TONES[Batch.State(batch.state)]) for batch in latest]


class HomeFunds(Page):
    """The card of planned, raised and used money, loaded into the home page."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/home/funds.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = FigureScope.of(request)
        answers = self._evaluate(chosen)
        to_the_end = chosen.to_the_end_of_the_year()
        is_cumulative = to_the_end is not None and all(a.crossing and not a.entries for a in answers)
        if to_the_end is not None and is_cumulative:
            chosen, answers = to_the_end, self._evaluate(to_the_end)
        planned, raised, used = answers
        plan_only, done_only = selectors.covered_on_one_side(self.actor, PLANNED, RAISED, chosen.scope)
        has_both = bool(planned.entries and raised.entries)
        return self.show(
            rows=[self._row(answer, planned, chosen) for answer in answers],
            is_comparable=has_both and not plan_only and not done_only,
            plan_only=plan_only if has_both else 0,
            done_only=done_only if has_both else 0,
            by_county=chosen.figure_address(RAISED, by="county"),
            unit=chosen.unit.label,
            entries=max(answer.entries for answer in (planned, raised, used)),
            crossing=max(answer.crossing for answer in (planned, raised, used)),
            is_cumulative=is_cumulative,
            described=chosen.scope.described(),
            without_year=frame.address_with(reverse("web:home") + chosen.frame.query, "year", ""),
        )

    def _evaluate(self, chosen: FigureScope) -> list[Answer]:
        return [
            figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope)[0]
            for figure in (PLANNED, RAISED, USED)
        ]

    def _row(self, answer: Answer, planned: Answer, chosen: FigureScope) -> dict[str, Any]:
        return {
            "name": answer.figure.name,
            "value": shown_value(answer, chosen.unit),
            "address": chosen.trace_address(answer.figure),
            "figure_address": chosen.figure_address(answer.figure),
            "definition": answer.figure.definition,
            "bar": None if answer is planned else bar(planned.base_value, answer.base_value),
            "completion": formats.percent(answer.base_value, planned.base_value),
        }


class HomePlaces(Page):
    """Raised money by county, in a county by township, as a ranked list; the map stands on the figure's page."""

    permission = Permission.VIEW_FIGURES
    template_name = "web/home/places.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = FigureScope.of(request)
        figure, dimension = RAISED, "township" if is_county(chosen.scope.place) else "county"
        answers = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope, by=[dimension])
        to_the_end = chosen.to_the_end_of_the_year()
        if to_the_end is not None and not any(answer.entries for answer in answers):
            chosen = to_the_end
            answers = figures.evaluate(actor=self.actor, figure=figure, scope=chosen.scope, by=[dimension])
        rows = rank(answers, dimension)
        return self.show(
            name=figure.name,
            unit=chosen.unit.label,
            rows=[
                {
                    "name": answer.by[dimension].name,
                    "value": shown_value(answer, chosen.unit),
                    "address": chosen.trace_address(figure, {dimension: answer.by[dimension].code}),
                    "bar": rank_bar(rows[0].base_value, answer.base_value),
                }
                for answer in rows[:RANKED]
            ],
            count=len(rows),
            dimension=DIMENSIONS[dimension].name,
            described=chosen.scope.described(),
            address=chosen.figure_address(figure, by=dimension),
        )


class Begin(Page):
    """The three questions: who we are, whom we help, which year. Each answer is kept at once; each may be put off."""

    permission = Permission.MANAGE_PROGRAMMES
    template_name = "web/home/begin.html"
    title = gettext_lazy("先问三件事")
    here = "web:home"

    def get(self, request: HttpRequest, step: str) -> HttpResponse:
        if step not in STEPS:
            return HttpResponseRedirect(reverse("web:begin", args=["who"]))
        return self._ask(step, self._form(step))

    def post(self, request: HttpRequest, step: str) -> HttpResponse:
        if step not in STEPS or "later" in request.POST:
            request.session["questions_put_off"] = True
            return HttpResponseRedirect(reverse("web:home"))
        form = self._form(step, request.POST)
        if not form.is_valid():
            return self._ask(step, form)
        try:
            getattr(self, f"_take_{step}")(form.cleaned_data)
        except XieshouError as refusal:
            form.refuse(refusal)
            return self._ask(step, form)
        following = STEPS[STEPS.index(step) + 1 :]
        if following:
            return HttpResponseRedirect(reverse("web:begin", args=[following[0]]))
        return HttpResponseRedirect(reverse("web:home") + frame.scope_of(request).query)

    def _take_who(self, answers: dict[str, Any]) -> None:
        kind = PartyKind(answers["kind"]) if answers["kind"] else None
        services.say_who_we_are(by=self.actor, name=answers["name"], kind=kind)

    def _take_whom(self, answers: dict[str, Any]) -> None:
        party = selectors.our_party()
        if party is None:
            raise AnswerMissing(_("请先回答第一个问题：我们是谁。"))
        services.say_whom_we_help(by=self.actor, party=party, kind=answers["kind"], places=answers["places"], year=None)
        if len(answers["places"]) == 1:
            scope = frame.scope_of(self.request)
            frame.remember(self.request, frame.FrameScope(scope.party, answers["places"][0].code, scope.year))

    def _take_year(self, answers: dict[str, Any]) -> None:
        scope = frame.scope_of(self.request)
        frame.remember(self.request, frame.FrameScope(scope.party, scope.place, str(answers["year"])))

    def _form(self, step: str, data: Any = None) -> WhoForm | WhomForm | YearForm:
        if step == "who":
            ours = selectors.our_party()
            return WhoForm(data, initial={"name": ours.name, "kind": ours.kind} if ours else {})
        if step == "whom":
            helped = selectors.helped_places(self.actor)
            full = places.full_names([code for code, _name in helped])
            return WhomForm(data, initial={"places": "\n".join(full[code] for code, _name in helped)})
        return YearForm(data, initial={"year": frame.scope_of(self.request).year})

    def _ask(self, step: str, form: Any) -> HttpResponse:
        position = STEPS.index(step)
        titles = (_("我们是谁"), _("帮扶哪些县"), _("先看哪一年"))
        steps = [
            {
                "title": title,
                "state": "done" if index < position else "current" if index == position else "ahead",
                "url": reverse("web:begin", args=[STEPS[index]]) if index < position else "",
            }
            for index, title in enumerate(titles)
        ]
        return self.show(form=form, steps=steps, step=step, is_last=step == STEPS[-1])
