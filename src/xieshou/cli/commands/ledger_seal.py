"""`xieshou ledger seal`: sign a checkpoint over everything posted so far."""

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.session import Session, with_session
from xieshou.common.formats import moment
from xieshou.ledger.services import seal


@click.command()
@with_session()
def command(session: Session) -> None:
    made = seal(by=session.acting(Permission.SEAL_LEDGER))
    root = bytes(made.root).hex()
    document = {"size": made.size, "last_entry": made.last_entry, "root": root, "sealed_at": made.sealed_at}
    words = _("已封存 %(size)s 条，根 %(root)s，时间 %(moment)s") % {
        "size": f"{made.size:,}",
        "root": root,
        "moment": moment(made.sealed_at),
    }
    session.answer(document, words)
