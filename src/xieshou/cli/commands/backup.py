"""`xieshou backup FILE`."""

import hashlib
from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.backups import write_backup
from xieshou.cli.progress import Bar
from xieshou.cli.session import Session, with_session
from xieshou.common.formats import file_size


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@with_session()
def command(session: Session, file: Path) -> None:
    session.acting(Permission.BACK_UP)
    bar = Bar(_("备份"))
    manifest = write_backup(file, progress=bar.steps)
    bar.clear()
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    document = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "sha256": digest,
        "parts": len(manifest.files),
        "entries": manifest.ledger.entries,
        "last_entry": manifest.ledger.last_entry,
        "head": manifest.ledger.head,
        "holds_keys": True,
    }
    words = [
        _("已备份到 %(file)s（%(size)s，%(entries)s 条条目）")
        % {"file": file, "size": file_size(file.stat().st_size), "entries": f"{manifest.ledger.entries:,}"},
        f"SHA-256 {digest}",
        _("备份中含有密钥和个人信息：只有所有者可读，请像原件一样保管。"),
    ]
    session.answer(document, "\n".join(words))
