"""`xieshou ledger reconcile`: entries computed again from their records."""

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.sources import SOURCES
from xieshou.cli.progress import Bar
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.ledger.services import reconcile


@click.command()
@with_session()
def command(session: Session) -> int:
    """Exit code 1 when a record and its entries differ."""
    session.acting(Permission.VERIFY_LEDGER)
    bar = Bar(_("由记录重算条目"))
    differences = reconcile(SOURCES, progress=bar.steps)
    bar.clear()
    document = {
        "sources": [source.kind for source in SOURCES],
        "differences": [
            {"kind": d.kind, "record": d.record, "missing": d.missing, "surplus": d.surplus, "message": d.message}
            for d in differences
        ],
    }
    verdict = _("%(count)s 条记录与台账不符：") if differences else _("记录与台账一致。")
    words = [verdict % {"count": len(differences)}, *(f"  {difference.message}" for difference in differences)]
    session.answer(document, "\n".join(words))
    return FOUND_PROBLEMS if differences else 0
