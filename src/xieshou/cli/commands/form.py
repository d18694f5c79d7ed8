"""`xieshou form NAME -o FILE`: a blank workbook to fill in."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.cli.bilingual import bilingual
from xieshou.cli.known_forms import forms_at_hand
from xieshou.cli.session import Session, with_session
from xieshou.intake import blank
from xieshou.intake.errors import UnknownForm


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=bilingual("写到此文件（.xlsx）"),
)
@with_session(prepared=False)
def command(session: Session, name: str, output: Path) -> None:
    form = next((b.form for b in reversed(forms_at_hand()) if name in (b.form.key, b.form.name, b.form.name_en)), None)
    if form is None:
        raise UnknownForm(_("没有名为“%(name)s”的表样；用 xieshou forms 查看现有表样。") % {"name": name}, name=name)
    written = blank.write(form, output)
    session.answer({"form": form.key, "file": str(written)}, _("已写出 %(file)s") % {"file": written})
