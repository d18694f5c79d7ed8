"""`xieshou ledger prove ENTRY -o FILE`: a proof that anybody can check."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.bilingual import bilingual
from xieshou.cli.session import Session, as_text, with_session
from xieshou.ledger.proofs import prove
from xieshou.ledger.selectors import entry_for


@click.command()
@click.argument("entry", type=int, metavar="ENTRY")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help=bilingual("写到此文件"))
@with_session()
def command(session: Session, entry: int, output: Path | None) -> None:
    visible = entry_for(session.acting(Permission.PROVE), entry)
    document = prove(visible.pk)
    if output is None:
        session.answer(document, as_text(document))
        return
    output.write_text(as_text(document) + "\n", encoding="utf-8")
    session.answer(
        {"entry": visible.pk, "file": str(output)},
        _("已写出 %(file)s；检验：xieshou ledger check-proof %(file)s --key 公钥文件") % {"file": output},
    )
