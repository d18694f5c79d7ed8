"""`xieshou audit FILE`: the figures of a narrative checked against each other, other texts, and the ledger.

With `--no-ledger` neither database nor Django's apps are started: an audit of one file answers within a second.
"""

from __future__ import annotations

from pathlib import Path

import click

from xieshou.cli.bilingual import bilingual
from xieshou.cli.narratives import Wanted, audit_alone


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--html", "html", metavar="OUT", type=click.Path(path_type=Path), help=bilingual("写出一个可打印的网页"))
@click.option(
    "--returned",
    metavar="OUT.docx",
    type=click.Path(path_type=Path),
    help=bilingual("写回原 Word 文档，在存疑的数字处加批注"),
)
@click.option(
    "--against",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help=bilingual("对照另一份材料，可重复：自评报告、社会责任报告、通稿、上年稿"),
)
@click.option("--no-ledger", is_flag=True, help=bilingual("不对照台账；不需要数据库"))
@click.option("--json", "as_json", is_flag=True, help=bilingual("输出一份 JSON"))
@click.option("--user", metavar="NAME", help=bilingual("以此用户的身份；缺省为本机操作员"))
@click.argument("more", nargs=-1, metavar="[FILE…]", type=click.Path(path_type=Path))
def command(
    file: Path,
    more: tuple[Path, ...],
    html: Path | None,
    returned: Path | None,
    against: tuple[Path, ...],
    no_ledger: bool,
    as_json: bool,
    user: str | None,
) -> int:
    """Exit code 1 when something must be looked at."""
    if more and not against:
        raise click.UsageError(bilingual("一次审核一份；其余的请写在 --against 之后。"))
    wanted = Wanted(file=file, others=(*against, *more), html=html, returned=returned)
    if no_ledger:
        return audit_alone(wanted, as_json=as_json)
    # Only here: Django's apps take longer to start than the audit takes.
    from xieshou.cli.main import start_django

    start_django()
    from xieshou.cli.narratives_in_books import audit_in_books

    return audit_in_books(wanted=wanted, as_json=as_json, user=user)
