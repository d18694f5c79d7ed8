"""Verbs of blank tables: read one, fill it, remember what its headings mean, forget it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xieshou.common.errors import NotPermitted
from xieshou.common.scoping import Actor
from xieshou.figures.scopes import Scope
from xieshou.reports.documents import carriers
from xieshou.reports.documents.asking import BooksMoved
from xieshou.reports.filling.errors import BlankRefused
from xieshou.reports.filling.files import Blank, open_blank
from xieshou.reports.filling.filler import Filler, Unfilled
from xieshou.reports.filling.knowledge import Catalogue
from xieshou.reports.filling.models import TableMapping
from xieshou.reports.filling.proposals import Proposal, decided, propose
from xieshou.reports.filling.targets import Target

TRIES = 3
ROWS_SHOWN = 30
Choices = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A filled file. kind: xlsx or docx. filled: how many cells; rows: how many rows; unfilled: what was left,
    cell by cell. previews: the first rows of each table as they are now.
    """

    data: bytes
    kind: str
    name: str
    proposals: tuple[Proposal, ...]
    filled: int
    rows: int
    unfilled: tuple[Unfilled, ...]
    citations: int
    head: int
    notes: tuple[str, ...]
    previews: tuple[tuple[tuple[str, ...], ...], ...]


def read_blank(
    *, name: str, data: bytes, catalogue: Catalogue, choices: Choices | None = None
) -> tuple[Blank, tuple[Proposal, ...]]:
    """Open a blank and propose what each of its tables asks for; what was confirmed before is taken as it was.

    Args:
        choices: what a person decides now: fingerprint → {"columns": {index: meaning}, "rows": {…}}.
    Raises: BlankRefused, Classified and what `files.open_blank` raises.
    """
    blank = open_blank(name, data)
    known, figures = catalogue.meanings(), {figure.key: figure for figure in catalogue.figures}
    found = [
        one
        for number, target in enumerate(blank.targets)
        if (one := propose(number, target.grid(), known, figures))
        and (one.asks or any(line.means for line in one.rows))
    ]
    if not found:
        raise BlankRefused(_("没有认出一列或一行是要哪个指标；请确认这是统计表的空表，表头与填表说明在表内。"))
    kept = {
        mapping.fingerprint: {"columns": mapping.columns, "rows": mapping.rows}
        for mapping in TableMapping.objects.filter(fingerprint__in=[one.fingerprint for one in found])
    }
    taken = {**kept, **(choices or {})}
    return blank, tuple(
        decided(one, taken[one.fingerprint].get("columns", {}), taken[one.fingerprint].get("rows", {}), figures)
        if one.fingerprint in taken
        else one
        for one in found
    )


def fill_blank(
    *,
    actor: Actor,
    name: str,
    data: bytes,
    scope: Scope,
    catalogue: Catalogue,
    choices: Choices | None = None,
    head: str | int | None = None,
) -> Filled:
    """Fill a blank table from the books, in its own layout, every number cited.

    Cost: one evaluation for each column in each level of rows; rows named by a unit alone cost one each.
    Raises: as `read_blank`; FigureNotPermitted, HeadUnknown.
    """
    for _attempt in range(TRIES):
        blank, proposals = read_blank(name=name, data=data, catalogue=catalogue, choices=choices)
        filler = Filler(actor=actor, scope=scope, figures=catalogue.figures, sources=catalogue.sources, head=head)
        for proposal in proposals:
            filler.fill(blank.targets[proposal.number], proposal)
        try:
            citations = filler.questions.citation_list(title=name, template="", with_entries=False)
        except BooksMoved:
            head = max(citation.head for citation in filler.questions.citations)
            continue
        return Filled(
            data=carriers.embed(blank.kind, blank.written(), citations),
            kind=blank.kind,
            name=f"{name.rpartition('.')[0] or name}.{blank.kind}",
            proposals=proposals,
            filled=filler.filled,
            rows=filler.rows,
            unfilled=tuple(filler.unfilled),
            citations=len(citations),
            head=max((citation.head for citation in citations), default=0),
            notes=blank.notes,
            previews=tuple(_preview(blank.targets[one.number], one) for one in proposals),
        )
    raise BlankRefused(_("填表期间台账一直在变动；请稍后再试。"))


def _preview(target: Target, proposal: Proposal) -> tuple[tuple[str, ...], ...]:
    grid = target.grid()
    columns = [line.index for line in proposal.columns]
    rows = range(proposal.bottom + 1, min(len(grid.rows), proposal.bottom + 1 + ROWS_SHOWN))
    return tuple(tuple(grid.text(row, column) for column in columns) for row in rows)


def remember(*, by: Actor, name: str, proposal: Proposal) -> TableMapping:
    """Keep what a person has confirmed of a table, in place of what was kept of it before."""
    columns = {str(line.index): str(line.means) for line in proposal.columns}
    rows = {str(line.index): str(line.means) for line in proposal.rows}
    mapping, _created = TableMapping.objects.update_or_create(
        fingerprint=proposal.fingerprint,
        defaults={
            "name": f"{name} · {proposal.table}"[:200],
            "columns": columns,
            "rows": rows,
            "confirmed_by_id": by.user_id,
        },
    )
    return mapping


def forget(*, by: Actor, mapping: TableMapping) -> None:
    """Delete a remembered mapping. Raises: NotPermitted, for somebody else's, unless the actor acts for everything."""
    if not by.sees_everything and mapping.confirmed_by_id != by.user_id:
        raise NotPermitted(_("“%(name)s”是别人确认的；请由帮扶办删除。") % {"name": mapping.name})
    mapping.delete()
