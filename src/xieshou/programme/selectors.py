"""Questions about programmes and the lines of their fund reports."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.programme.errors import ProgrammeUnknown
from xieshou.programme.models import FundPlanLine, FundStatementLine, Programme


def programmes_for(actor: Actor) -> QuerySet[Programme]:
    """The programmes that the actor may see, by name."""
    return Programme.objects.for_actor(actor).order_by("name")


def programme_at(text: str) -> Programme:
    """The programme with this name or number.

    Raises: ProgrammeUnknown, which names the programmes there are.
    """
    found: Programme | None = Programme.objects.filter(name=text.strip()).first()
    if found is None and text.strip().isdecimal():
        found = Programme.objects.filter(pk=int(text)).first()
    if found is None:
        known = "、".join(Programme.objects.order_by("name").values_list("name", flat=True)[:10])
        raise ProgrammeUnknown(
            _("没有名为“%(name)s”的帮扶项目群；已有：%(known)s。") % {"name": text, "known": known or _("无")},
            value=text,
        )
    return found


def fund_statement_lines(actor: Actor) -> QuerySet[FundStatementLine]:
    """The lines of fund reports in the books that the actor may see; withdrawn ones are left out."""
    return FundStatementLine.objects.for_actor(actor).filter(superseded=False).select_related("party", "programme")


def fund_plan_lines(actor: Actor) -> QuerySet[FundPlanLine]:
    """The lines of fund plans in the books that the actor may see; withdrawn ones are left out."""
    return FundPlanLine.objects.for_actor(actor).filter(superseded=False).select_related("party", "programme")
