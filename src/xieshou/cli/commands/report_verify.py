"""`xieshou report verify FILE`: what has become of the numbers of a published file."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.sources import SOURCES
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.cli.tables import table
from xieshou.reports.documents.verification import CITATION_STATE_NAMES, Verification, Verified, verify_file


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_session()
def command(session: Session, file: Path) -> int:
    """Exit code 1 when a number has changed since, or its figure, or the text."""
    actor = session.acting(Permission.VIEW_FIGURES)
    found = verify_file(actor=actor, name=file.name, data=file.read_bytes(), figures=known_figures(), sources=SOURCES)
    session.answer({"file": str(file)} | found.as_json(), _in_words(found))
    return FOUND_PROBLEMS if found.changed else 0


def _in_words(found: Verification) -> str:
    lead = _("%(title)s：引用 %(count)d 处，有变动 %(changed)d 处。") % {
        "title": found.citations.title,
        "count": len(found.citations),
        "changed": len(found.changed),
    }
    if not found.changed:
        return lead
    rows = [
        [
            f"[{each.citation.id}]",
            each.citation.name,
            each.citation.asked,
            each.citation.shown,
            each.shown_now,
            str(CITATION_STATE_NAMES[each.state]),
        ]
        for each in found.changed
    ]
    heads = [_("编号"), _("指标"), _("范围"), _("报送时"), _("现在"), _("结论")]
    notes = [f"[{each.citation.id}] {each.why}{_entries(each)}" for each in found.changed]
    return "\n".join([lead, table(heads, rows, numbers=[3, 4]), *notes])


def _entries(each: Verified) -> str:
    reversed_, posted = each.reversed_entries, each.posted_entries
    parts = []
    if reversed_:
        parts.append(_("冲销了条目 %(entries)s") % {"entries": "、".join(map(str, reversed_))})
    if posted:
        parts.append(_("新入账条目 %(entries)s") % {"entries": "、".join(map(str, posted))})
    if each.count > len(each.lines):
        parts.append(_("共 %(count)d 条") % {"count": each.count})
    return "".join(f" {part}；" for part in parts).rstrip("；") + ("。" if parts else "")
