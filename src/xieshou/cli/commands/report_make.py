"""`xieshou report NAME --place P --party Q --year Y -o FILE`: a report from a template, every number cited."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.cli.bilingual import bilingual
from xieshou.cli.session import Session, with_session
from xieshou.common.scoping import Actor
from xieshou.parties.selectors import party_seen
from xieshou.places.selectors import place_at
from xieshou.programme.selectors import programme_at
from xieshou.reports.documents import carriers
from xieshou.reports.documents.builtin.catalogue import template_named
from xieshou.reports.documents.builtin.matter import Wanted
from xieshou.reports.documents.services import make_report, render, wants_entries
from xieshou.reports.documents.word_templates.services import render_template


@click.command()
@click.argument("name", metavar="[NAME]")
@click.option("--place", metavar="P", default="", help=bilingual("地点，含其下各级"))
@click.option("--party", metavar="Q", default="", help=bilingual("单位，含其下属"))
@click.option("--programme", metavar="X", default="", help=bilingual("项目群"))
@click.option("--year", type=click.IntRange(1978, 2100), required=True, metavar="Y", help=bilingual("年份"))
@click.option("--quarter", type=click.IntRange(1, 4), metavar="N", help=bilingual("季度，1 至 4"))
@click.option("--month", type=click.IntRange(1, 12), metavar="N", help=bilingual("月份，1 至 12"))
@click.option("--head", metavar="NAME", help=bilingual("按此报送版本的台账计算"))
@click.option("--annex", is_flag=True, help=bilingual("核数稿：附全部引用；缺省为报送稿"))
@click.option(
    "--template",
    "word_template",
    metavar="FILE.docx",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=bilingual("自己用 Word 写的模板"),
)
@click.option(
    "-o", "--output", "output", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False)
)
@with_session()
def command(
    session: Session,
    name: str,
    place: str,
    party: str,
    programme: str,
    year: int,
    quarter: int | None,
    month: int | None,
    head: str | None,
    annex: bool,
    word_template: Path | None,
    output: Path,
) -> None:
    if quarter and month:
        raise click.UsageError(_("--quarter 和 --month 不能同用"))
    if bool(name) == bool(word_template):
        raise click.UsageError(_("请写模板名称，或用 --template 指定 Word 模板，二者选一"))
    actor = session.acting(Permission.EXPORT)
    kind = carriers.kind_of(output.name)
    wanted = Wanted(
        year=year,
        quarter=quarter,
        month=month,
        place=place_at(place).code if place else "",
        party=party_seen(party, actor=actor).pk if party else None,
        programme=programme_at(programme).pk if programme else None,
    )
    data, title, citations = (
        _from_word(actor, word_template, wanted, kind, head, annex)
        if word_template
        else _from_template(actor, name, wanted, kind, head, annex)
    )
    output.write_bytes(data)
    document = {"file": str(output), "title": title, "template": name, "citations": citations, "annex": annex}
    session.answer(document, _("已写出 %(file)s：%(title)s，引用 %(citations)d 处。") % document)


def _from_template(
    actor: Actor, name: str, wanted: Wanted, kind: str, head: str | None, annex: bool
) -> tuple[bytes, str, int]:
    document = make_report(
        actor=actor,
        template=template_named(name),
        wanted=wanted,
        figures=known_figures(),
        head=head,
        with_entries=wants_entries(kind, annex=annex),
    )
    return render(document, kind, annex=annex), document.title, len(document.citations)


def _from_word(
    actor: Actor, path: Path, wanted: Wanted, kind: str, head: str | None, annex: bool
) -> tuple[bytes, str, int]:
    if kind != "docx":
        raise click.UsageError(_("Word 模板只能写成 .docx 文件"))
    made = render_template(
        actor=actor,
        name=path.name,
        data=path.read_bytes(),
        wanted=wanted,
        figures=known_figures(),
        head=head,
        annex=annex,
    )
    return made.data, made.title, len(made.citations)
