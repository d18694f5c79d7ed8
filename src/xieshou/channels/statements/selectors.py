"""Questions about statements: the measures there are, the forms the office has taught, the rows in the books."""

from collections.abc import Mapping, Sequence

from django.db.models import OuterRef, QuerySet, Subquery

from xieshou.channels.statements.formfiles import STATEMENT_FORMS
from xieshou.channels.statements.measures import PACKAGED, StatedMeasure
from xieshou.channels.statements.models import OwnMeasure, Statement, TaughtForm
from xieshou.common.scoping import Actor
from xieshou.intake.forms import Form
from xieshou.ledger.measures import Measure


def own_measures() -> dict[str, StatedMeasure]:
    """The measures of the office's own, by key. One query."""
    return {own.key: own.stated_measure() for own in OwnMeasure.objects.order_by("key")}


def known_measures() -> Mapping[str, StatedMeasure]:
    """Every measure of statements, packaged or the office's own, by key. One query."""
    return PACKAGED | own_measures()


def own_ledger_measures() -> Sequence[Measure]:
    """What the ledger may book besides the packaged measures (`ledger.posted.PostingSource.further_measures`)."""
    return [own.measure for own in own_measures().values()]


def taught_versions() -> Sequence[TaughtForm]:
    """Every version of every form that the office has taught on a page, the retired ones too. One query."""
    return list(TaughtForm.objects.order_by("form_key", "version"))


def taught_forms() -> Sequence[Form]:
    """The forms of `taught_versions`; what their measures add to them was kept with them. One query."""
    return [taught.as_form() for taught in taught_versions()]


def newest_taught(actor: Actor) -> QuerySet[TaughtForm]:
    """The newest version of each taught form, the retired ones too."""
    return (
        TaughtForm.objects.for_actor(actor)
        .exclude(state=TaughtForm.State.EARLIER)
        .filter(version=_newest_version())
        .select_related("created_by")
    )


def _newest_version() -> Subquery:
    versions = TaughtForm.objects.filter(form_key=OuterRef("form_key")).order_by("-version")
    return Subquery(versions.values("version")[:1])


def stated_measures() -> frozenset[str]:
    """The measures of the forms of which statements stand in the books. Two queries."""
    in_books = Statement.objects.filter(superseded=False).order_by().values_list("form_key", "form_version").distinct()
    versions = set(in_books)
    return frozenset(
        column.measure
        for form in (*STATEMENT_FORMS, *taught_forms())
        if (form.key, form.version) in versions
        for column in form.columns
        if column.measure
    )


def statements(actor: Actor) -> QuerySet[Statement]:
    """The statements in the books that the actor may see; replaced and withdrawn ones are left out."""
    return Statement.objects.for_actor(actor).filter(superseded=False).select_related("party", "programme")
