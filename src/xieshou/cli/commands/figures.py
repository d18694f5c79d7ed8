"""`xieshou figures`: values of figures in one scope, or a whole file of queries."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from xieshou.access.rules import Permission
from xieshou.catalogue.figures import known_figures
from xieshou.cli.bilingual import bilingual
from xieshou.cli.errors import QueryUnreadable
from xieshou.cli.scoping import dimensions, figures_named, options_given, scope_for, scope_options
from xieshou.cli.session import FOUND_PROBLEMS, Session, with_session
from xieshou.cli.tables import table
from xieshou.common.errors import XieshouError
from xieshou.common.formats import NONE, unknown
from xieshou.common.scoping import Actor
from xieshou.figures.answers import Answer
from xieshou.figures.definitions import figure_named
from xieshou.figures.dimensions import DIMENSIONS
from xieshou.figures.errors import FigureRefused
from xieshou.figures.services import evaluate

QUERY_COLUMNS = ["id", "key", "scope"]
_UNITS = {"CNY": "元", "percent": "%"}  # other canonical units read well enough as they are


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY…]")
@click.option(
    "--queries",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help=bilingual("成批查询：表头为 id,key,scope 的 CSV，scope 是 JSON"),
)
@scope_options
@click.option("--by", multiple=True, metavar="DIM", help=bilingual("分组：place、county、source、category、year 等"))
@click.option("--unit", metavar="U", default="", help=bilingual("显示单位：元、万元、亿元"))
@click.option("--head", metavar="NAME", help=bilingual("按此报送版本的台账计算"))
@with_session()
def command(
    session: Session,
    keys: tuple[str, ...],
    queries: Path | None,
    by: tuple[str, ...],
    unit: str,
    head: str | None,
    **options: Any,
) -> int:
    """Exit code 1 when a row of the query file could not be answered."""
    actor = session.acting(Permission.VIEW_FIGURES)
    given = options_given(options)
    if queries:
        if keys or given or by or unit or head:
            raise click.UsageError(_("--queries 自带指标和范围，不能再写其他条件"))
        answered = list(_answer_file(actor, queries))
        session.answer(answered, "\n".join(_query_line(document) for document in answered))
        return FOUND_PROBLEMS if any("error" in document for document in answered) else 0
    scope = scope_for(actor, given)
    answers: list[Answer] = []
    refusals: list[FigureRefused] = []
    for figure in figures_named(keys):
        try:
            answers += evaluate(actor=actor, figure=figure, scope=scope, by=dimensions(by), head=head)
        except FigureRefused as refusal:
            # A figure that was not asked for by name is passed over where it lacks the category or break-down.
            if keys:
                raise
            refusals.append(refusal)
    if refusals and not answers:
        raise refusals[0]
    session.answer([answer.as_json(unit=unit) for answer in answers], _as_table(answers, dimensions(by), unit))
    return 0


def _answer_file(actor: Actor, path: Path) -> Iterator[dict[str, Any]]:
    """One document for each answer, with the `id` of its query; a query that fails leaves `{id, error}`."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        if reader.fieldnames is None or not set(QUERY_COLUMNS) <= set(reader.fieldnames):
            raise QueryUnreadable(
                _("查询文件 %(file)s 的表头须为 id,key,scope；请补上表头。") % {"file": path.name}, file=str(path)
            )
        for row in reader:
            try:
                answers = _answer_query(actor, row)
            except XieshouError as refusal:
                yield {"id": row["id"], "error": refusal.message}
            else:
                yield from ({"id": row["id"]} | answer for answer in answers)


def _answer_query(actor: Actor, row: dict[str, str]) -> list[dict[str, Any]]:
    try:
        scope = json.loads(row["scope"] or "{}")
    except (json.JSONDecodeError, TypeError) as broken:
        raise QueryUnreadable(
            _("第 %(id)s 条查询的 scope 不是 JSON（%(why)s）；请改正。") % {"id": row["id"], "why": broken}
        ) from broken
    if not isinstance(scope, dict):
        raise QueryUnreadable(_("第 %(id)s 条查询的 scope 须是 JSON 对象；请改正。") % {"id": row["id"]})
    by = scope.pop("by", ())
    unit, head = scope.pop("unit", ""), scope.pop("head", None)
    figure = figure_named(row["key"] or "", known_figures())
    by = dimensions((by,) if isinstance(by, str) else tuple(by))
    answers = evaluate(actor=actor, figure=figure, scope=scope_for(actor, scope), by=by, head=head)
    return [answer.as_json(unit=unit) for answer in answers]


def _query_line(document: dict[str, Any]) -> str:
    if "error" in document:
        return f"{document['id']}\t{document['error']}"
    members = " / ".join(member["name"] for member in document.get("by", {}).values())
    return "\t".join(str(part) for part in (document["id"], document["name"], members, document["value"]) if part != "")


def _as_table(answers: list[Answer], by: tuple[str, ...], unit: str) -> str:
    rows = [
        [
            str(answer.figure.name),
            *(answer.by[dimension].name for dimension in by),
            _shown(answer, unit),
            unit or _UNITS.get(answer.figure.unit, answer.figure.unit),
            f"{answer.entries:,}",
            NONE if answer.summary_share is None else f"{answer.summary_share} %",
        ]
        for answer in answers
    ]
    dimension_names = [str(DIMENSIONS[dimension].name) for dimension in by]
    heads = [_("指标"), *dimension_names, _("数值"), _("计量单位"), _("条目"), _("汇总占比")]
    return table(heads, rows, numbers=[len(by) + 1, len(by) + 3, len(by) + 4])


def _shown(answer: Answer, unit: str) -> str:
    """The exact value for people; money in yuan keeps both decimals."""
    value = answer.in_unit(unit) if unit else answer.value
    if value is None:
        return unknown() if answer.entries else NONE
    if answer.figure.unit == "CNY" and not unit:
        return f"{value:,.2f}"
    return f"{value.normalize():,f}"
