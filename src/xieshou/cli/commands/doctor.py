"""`xieshou doctor`: whether everything is in its place, one line each."""

import click
from django.db import connection
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.bilingual import bilingual
from xieshou.cli.checkups import check_up
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.ledger import triggers


@click.command()
@click.option("--mend", is_flag=True, help=bilingual("补上缺失的台账防改触发器"))
@with_session()
def command(session: Session, mend: bool) -> int:
    """Exit code 1 when something is not well."""
    session.acting(Permission.SYSTEM_SETTINGS)
    if mend:
        triggers.stand(connection)
    findings = list(check_up())
    words = [f"{'✓' if finding.is_well else '✗'} {finding.words}" for finding in findings]
    words.append(_("一切正常。") if all(finding.is_well for finding in findings) else _("有需要处理的问题。"))
    session.answer(
        [{"check": finding.key, "ok": finding.is_well, "message": finding.words} for finding in findings],
        "\n".join(words),
    )
    return 0 if all(finding.is_well for finding in findings) else FOUND_PROBLEMS
