"""`xieshou fill BLANK -o FILE`: a superior's blank table filled from the books, in its own layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.cli.bilingual import bilingual
from xieshou.cli.scoping import scope_for
from xieshou.cli.session import Session, with_session
from xieshou.reports.filling.errors import BlankRefused
from xieshou.reports.filling.filler import summary
from xieshou.reports.filling.knowledge import catalogue
from xieshou.reports.filling.services import Filled, fill_blank


@click.command()
@click.argument("blank", metavar="BLANK", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--place", metavar="P", help=bilingual("地点，含其下各级"))
@click.option("--party", metavar="Q", help=bilingual("单位，含其下属"))
@click.option("--programme", metavar="X", help=bilingual("项目群"))
@click.option("--year", metavar="Y", help=bilingual("年份"))
@click.option("--at", metavar="D", help=bilingual("截至此日"))
@click.option("--head", metavar="NAME", help=bilingual("按此报送版本的台账计算"))
@click.option(
    "-o", "--output", "output", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False)
)
@with_session()
def command(session: Session, blank: Path, output: Path, head: str | None, **options: Any) -> None:
    actor = session.acting(Permission.EXPORT)
    made = fill_blank(
        actor=actor,
        name=blank.name,
        data=blank.read_bytes(),
        scope=scope_for(actor, options),
        catalogue=catalogue(),
        head=head,
    )
    if output.suffix.lower() != f".{made.kind}":
        raise BlankRefused(_("填好的表是 .%(kind)s；请把输出文件名改为以 .%(kind)s 结尾。") % {"kind": made.kind})
    output.write_bytes(made.data)
    session.answer(_document(made, output), _in_words(made, output))


def _document(made: Filled, output: Path) -> dict[str, Any]:
    return {
        "file": str(output),
        "tables": [proposal.as_json() for proposal in made.proposals],
        "rows": made.rows,
        "filled": made.filled,
        "left": len(made.unfilled),
        "unfilled": [each.as_json() for each in made.unfilled],
        "citations": made.citations,
        "head": made.head,
        "notes": list(made.notes),
    }


def _in_words(made: Filled, output: Path) -> str:
    lines = [
        _("已写出 %(file)s：%(rows)d 行，填了 %(filled)d 格，留空 %(left)d 格，引用 %(citations)d 处。")
        % {
            "file": output,
            "rows": made.rows,
            "filled": made.filled,
            "left": len(made.unfilled),
            "citations": made.citations,
        }
    ]
    doubtful = [
        f"{proposal.table} {line.letter}：{line.heading}"
        for proposal in made.proposals
        for line in proposal.columns
        if line.is_doubtful
    ]
    if doubtful:
        lines.append(_("对应关系还没有确认，请核对：%(columns)s") % {"columns": "；".join(doubtful)})
    lines += [
        _("留空 %(count)d 格：%(why)s") % {"count": count, "why": why} for why, count in summary(made.unfilled).items()
    ]
    return "\n".join((*lines, *made.notes))
