"""`xieshou ledger verify`: recompute every entry and seal."""

import json
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.bilingual import bilingual
from xieshou.cli.progress import Bar
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.ledger.errors import CheckpointUnreadable
from xieshou.ledger.services import verify


@click.command()
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=bilingual("先前写出的签名摘要；台账须是它的延续"),
)
@with_session()
def command(session: Session, against: Path | None) -> int:
    """Exit code 1 when anything was changed, removed or rewritten."""
    session.acting(Permission.VERIFY_LEDGER)
    bar = Bar(_("核验台账"))
    found = verify(against=_checkpoint(against) if against else None, progress=bar.steps)
    bar.clear()
    document = {
        "sound": found.is_sound,
        "entries": found.entries,
        "sealed": found.sealed,
        "seals": found.seals,
        "problem_count": found.problem_count,
        "problems": [{"code": p.code, "entry": p.entry, "message": p.message} for p in found.problems],
    }
    counts = _("%(entries)s 条条目，其中 %(sealed)s 条已封存（%(seals)s 次）") % {
        "entries": f"{found.entries:,}",
        "sealed": f"{found.sealed:,}",
        "seals": found.seals,
    }
    verdict = _("完好，没有改动。") if found.is_sound else _("发现 %(count)s 处问题：") % {"count": found.problem_count}
    session.answer(document, "\n".join([counts, verdict, *(f"  {problem.message}" for problem in found.problems)]))
    return 0 if found.is_sound else FOUND_PROBLEMS


def _checkpoint(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as broken:
        raise CheckpointUnreadable(
            _("%(file)s 不是签名摘要；请用 xieshou ledger head -o 写出的文件。") % {"file": path}, file=str(path)
        ) from broken
    if not isinstance(document, dict):
        raise CheckpointUnreadable(
            _("%(file)s 不是签名摘要；请用 xieshou ledger head -o 写出的文件。") % {"file": path}, file=str(path)
        )
    return document
