"""Questions about saved scopes and named heads, and the names that other apps' rows go by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.figures.errors import HeadUnknown, ScopeOptionWrong, ScopeUnknown
from xieshou.figures.models import NamedHead, SavedScope
from xieshou.parties.models import Party


def saved_scopes(actor: Actor) -> QuerySet[SavedScope]:
    """The saved scopes (口径) that the actor may use, by name."""
    return SavedScope.objects.for_actor(actor).order_by("name")


def saved_scope(actor: Actor, name: str) -> SavedScope:
    """The saved scope of that name. Raises: ScopeUnknown, naming those there are."""
    found = saved_scopes(actor).filter(name=name).first()
    if found is None:
        raise ScopeUnknown(
            _("没有名为“%(name)s”的口径；已有：%(known)s。") % {"name": name, "known": _listed(saved_scopes(actor))},
            name=name,
        )
    return found


def named_heads(actor: Actor) -> QuerySet[NamedHead]:
    """The named heads (报送版本) that the actor may open, newest first."""
    return NamedHead.objects.for_actor(actor).order_by("-named_at", "-id")


def named_head(actor: Actor, name: str) -> NamedHead:
    """The named head of that name. Raises: HeadUnknown, naming those there are."""
    found = named_heads(actor).filter(name=name).first()
    if found is None:
        raise HeadUnknown(
            _("没有名为“%(name)s”的报送版本；已有：%(known)s。") % {"name": name, "known": _listed(named_heads(actor))},
            name=name,
        )
    return found


def _listed(named: Iterable[SavedScope | NamedHead]) -> str:
    return "、".join(each.name for each in named) or _("无")


def party_names(codes: Collection[str]) -> dict[str, str]:
    """The names of parties by id as text, a joint party's name as it was written. One query."""
    rows = Party.objects.filter(pk__in=codes).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def programme_names(codes: Collection[str]) -> dict[str, str]:
    """The names of programmes by id as text. One query."""
    rows = _programmes().filter(pk__in=codes).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def programme_id(text: str) -> int:
    """The id of the programme with this name or id. Raises: ScopeOptionWrong, naming the programmes there are."""
    found = _programmes().filter(name=text).values_list("pk", flat=True).first()
    if found is None and text.isdecimal():
        found = _programmes().filter(pk=int(text)).values_list("pk", flat=True).first()
    if found is None:
        known = "、".join(_programmes().order_by("name").values_list("name", flat=True)[:10]) or _("无")
        raise ScopeOptionWrong(
            _("没有名为“%(name)s”的帮扶项目群；已有：%(known)s。") % {"name": text, "known": known}, value=text
        )
    return int(found)


def _programmes() -> QuerySet[Any]:
    # The app of programmes stands above this one; its rows are reached by name, as a foreign key reaches them.
    return apps.get_model("programme.Programme").objects.all()
