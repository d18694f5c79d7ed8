"""`xieshou trace KEY`: the entries, records and cells behind a value."""

from typing import Any

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.catalogue.sources import SOURCES
from xieshou.cli.bilingual import bilingual
from xieshou.cli.scoping import options_given, scope_for, scope_options
from xieshou.cli.session import Session, with_session
from xieshou.cli.tables import table
from xieshou.common.formats import period, scaled
from xieshou.figures.answers import Trace
from xieshou.figures.definitions import figure_named
from xieshou.figures.services import trace


@click.command()
@click.argument("key", metavar="KEY")
@scope_options
@click.option("--row", multiple=True, metavar="DIM=CODE", help=bilingual("分组中的一行，如 source=own"))
@click.option("--head", metavar="NAME", help=bilingual("按此报送版本的台账计算"))
@click.option("--page", default=1, type=click.IntRange(min=1), metavar="N", help=bilingual("第几页"))
@click.option("--page-size", default=50, type=click.IntRange(1, 10_000), metavar="N", help=bilingual("每页条数"))
@with_session()
def command(
    session: Session,
    key: str,
    row: tuple[str, ...],
    head: str | None,
    page: int,
    page_size: int,
    **options: Any,
) -> None:
    actor = session.acting(Permission.VIEW_FIGURES)
    found = trace(
        actor=actor,
        figure=figure_named(key, known_figures()),
        scope=scope_for(actor, options_given(options)),
        row=_row(row) or None,
        sources=SOURCES,
        head=head,
        page=page,
        page_size=page_size,
    )
    session.answer(found.as_json(), "\n\n".join(_in_words(part) for part in (found.parts or (found,))))


def _row(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not sign for _dimension, sign, _code in pairs):
        raise click.UsageError(_("--row 写作 维度=代码，如 --row source=own"))
    return {dimension: code for dimension, _sign, code in pairs}


def _in_words(found: Trace) -> str:
    figure = found.answer.figure
    rows = [
        [
            str(line.entry),
            scaled(line.counted, figure.scale),
            line.place.name,
            line.credited.name,
            line.source.name,
            period(line.occurred_from, line.occurred_to),
            f"{line.original.file} {line.original.sheet}!{line.original.cell}" if line.original else "",
        ]
        for line in found.lines
    ]
    title = _("%(figure)s：%(count)s 条，第 %(page)s 页") % {
        "figure": figure.name,
        "count": found.count,
        "page": found.page,
    }
    heads = [_("条目"), _("数值"), _("地点"), _("归功单位"), _("来源"), _("期间"), _("原件")]
    return f"{title}\n{table(heads, rows, numbers=[0, 1])}"
