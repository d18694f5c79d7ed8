"""The list of the organisations that take part (单位名单): each row becomes a party of the tree, with its aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from xieshou.channels.pairings.errors import OrganisationRefused
from xieshou.common.scoping import Actor
from xieshou.intake.forms import RowChunk
from xieshou.intake.models import Batch
from xieshou.parties import selectors as parties_known
from xieshou.parties import services as parties
from xieshou.parties.errors import PartyRefused
from xieshou.parties.kinds import PartyKind
from xieshou.parties.models import Party
from xieshou.parties.rules import clean_uscc, normalise_name, split_names
from xieshou.places import selectors as places


def post_organisations(*, by: Actor, batch: Batch, chunks: Iterable[RowChunk]) -> None:
    """Register the organisations of a list, those they stand below, and their other names.

    A row may stand below one that comes after it. An organisation that is known, by its code or by its name, is taken
    as it is: a list moves nobody and renames nobody. Posts: nothing, an organisation is no event.
    Raises: OrganisationRefused, naming the row, where a superior is not known, where the list goes in a circle, or
    where a party refuses what the row says (its code, a name that is taken).
    """
    lines = {row: values for chunk in chunks for row, values in zip(chunk.rows, chunk.table.to_pylist(), strict=True)}
    with transaction.atomic():
        _Register(by, lines).run()


def withdraw_organisations(*, by: Actor, batch: Batch, reason: str) -> None:
    """Take the list back. Its organisations stay: other records may name them already."""


class _Register:
    """One list on its way into the tree: superiors before those below them."""

    def __init__(self, by: Actor, lines: Mapping[int, Mapping[str, Any]]) -> None:
        self._by = by
        self._lines = lines
        self._rows = {normalise_name(values["name"]): row for row, values in lines.items()}
        self._known = parties_known.directory()
        self._parties: dict[int, Party] = {}
        self._open: set[int] = set()
        self._aliases: set[str] = set()

    def run(self) -> None:
        for row in self._lines:
            self._party(row)

    def _party(self, row: int) -> Party:
        if row in self._parties:
            return self._parties[row]
        if row in self._open:
            raise _refused(row, _("上级单位互相循环"))
        self._open.add(row)
        values = self._lines[row]
        superior = self._superior(row, values["parent"])
        party = self._registered(row, values) or self._created(row, values, superior)
        self._parties[row] = party
        for alias in split_names(values["short_name"] or ""):
            if not self._known.exact(alias) and normalise_name(alias) not in self._aliases | self._rows.keys():
                parties.remember_alias(by=self._by, text=alias, party=party)
                self._aliases.add(normalise_name(alias))
        return party

    def _superior(self, row: int, text: str | None) -> Party | None:
        if not text:
            return None
        in_list = self._rows.get(normalise_name(text))
        if in_list is not None:
            return self._party(in_list)
        found = self._known.exact(text)
        if len(found) != 1:
            raise _refused(row, _("上级单位“%(name)s”不在名单中，也没有登记") % {"name": text})
        return Party.objects.get(pk=found[0])

    def _registered(self, row: int, values: Mapping[str, Any]) -> Party | None:
        """The organisation where it is known already, by its code or by its name."""
        by_code: Party | None = None
        if values["uscc"]:
            by_code = Party.objects.filter(uscc=clean_uscc(values["uscc"])).first()
        if by_code is not None:
            return by_code
        found = self._known.exact(values["name"])
        if len(found) > 1:
            raise _refused(row, _("有几个单位叫“%(name)s”；请补上统一社会信用代码") % {"name": values["name"]})
        return Party.objects.get(pk=found[0]) if found else None

    def _created(self, row: int, values: Mapping[str, Any], superior: Party | None) -> Party:
        try:
            return parties.create_party(
                by=self._by,
                name=values["name"],
                kind=PartyKind(values["kind"]) if values["kind"] else None,
                parent=superior,
                uscc=values["uscc"] or "",
                place_code=_code_of(values["seat"]),
            )
        except PartyRefused as refusal:
            raise _refused(row, refusal.message) from refusal


def _code_of(seat: str | None) -> str:
    """The code of the place where an organisation sits, "" where its text leaves a doubt."""
    found = places.certain(places.resolve(seat)) if seat else None
    return found.code if found is not None else ""


def _refused(row: int, what: str) -> OrganisationRefused:
    return OrganisationRefused(_("名单第 %(row)d 行：%(what)s。") % {"row": row, "what": what.rstrip("。")}, row=row)
