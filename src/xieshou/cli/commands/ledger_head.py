"""`xieshou ledger head -o FILE`: the last seal, to publish or to keep elsewhere."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.bilingual import bilingual
from xieshou.cli.session import Session, as_text, with_session
from xieshou.ledger.services import head


@click.command()
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help=bilingual("写到此文件"))
@with_session()
def command(session: Session, output: Path | None) -> None:
    session.acting(Permission.VIEW_LEDGER)
    document = head()
    if output is None:
        session.answer(document, as_text(document))
        return
    output.write_text(as_text(document) + "\n", encoding="utf-8")
    session.answer(document | {"file": str(output)}, _("已写出 %(file)s") % {"file": output})
