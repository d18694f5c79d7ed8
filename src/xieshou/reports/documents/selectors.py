"""Questions about kept templates."""

from __future__ import annotations

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.reports.documents.errors import TemplateUnknown
from xieshou.reports.documents.models import WordTemplate


def templates_for(actor: Actor) -> QuerySet[WordTemplate]:
    """Every version of every kept template, without the files themselves, by name, the newest first."""
    return (
        WordTemplate.objects.for_actor(actor)
        .select_related("uploaded_by")
        .defer("content")
        .order_by("name", "-version")
    )


def newest_templates(actor: Actor) -> QuerySet[WordTemplate]:
    """The newest version of each kept template, by name. One query."""
    newest = WordTemplate.objects.filter(name=OuterRef("name")).order_by().values("name").annotate(last=Max("version"))
    return templates_for(actor).filter(version=Subquery(newest.values("last")))


def kept_template(actor: Actor, number: int) -> WordTemplate:
    """One version of a template, with its file. Raises: TemplateUnknown."""
    found: WordTemplate | None = WordTemplate.objects.for_actor(actor).filter(pk=number).first()
    if found is None:
        raise TemplateUnknown(_("没有编号为 %(number)d 的模板，可能已经删除。") % {"number": number}, number=number)
    return found
