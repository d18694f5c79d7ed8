"""`xieshou restore FILE`."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.cli.backups import ledger_state, restore_backup
from xieshou.cli.bilingual import bilingual
from xieshou.cli.progress import Bar
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help=bilingual("即使已有数据；原有数据移到一旁"))
@with_session(prepared=False)
def command(session: Session, file: Path, force: bool) -> int:
    """Exit code 1 when the restored ledger is not the one that was backed up."""
    bar = Bar(_("恢复"))
    manifest, aside = restore_backup(file, force=force, progress=bar.steps)
    bar.clear()
    state = ledger_state()
    is_same = state == manifest.ledger
    document = {
        "file": str(file),
        "made_at": manifest.made_at,
        "entries": state.entries,
        "last_entry": state.last_entry,
        "head": state.head,
        "same_ledger": is_same,
        "replaced": str(aside) if aside else None,
    }
    words = [
        _("已恢复 %(moment)s 的备份：%(entries)s 条条目。")
        % {"moment": manifest.made_at, "entries": f"{state.entries:,}"}
    ]
    if aside:
        words.append(_("原有数据移到了 %(folder)s") % {"folder": aside})
    if is_same:
        words.append(_("台账与备份时相同；用 xieshou ledger verify 逐条核验。"))
    else:
        words.append(_("台账与备份时不同；请运行 xieshou ledger verify。"))
    session.answer(document, "\n".join(words))
    return 0 if is_same else FOUND_PROBLEMS
