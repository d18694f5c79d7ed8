"""The options that figures and traces share: a scope, in the words of the user."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from xieshou.catalogue.figures import known_figures
from xieshou.cli.bilingual import bilingual
from xieshou.common.scoping import Actor
from xieshou.figures.definitions import Figure, figure_named
from xieshou.figures.scopes import Scope
from xieshou.parties.selectors import party_seen

SCOPE_OPTIONS = (
    click.option("--place", metavar="P", help=bilingual("地点，含其下各级")),
    click.option("--party", metavar="Q", help=bilingual("单位，含其下属")),
    click.option("--as", metavar="ROLE", help=bilingual("该单位是付出方 giver、接受方 receiver 还是归功方 credited")),
    click.option("--programme", metavar="X", help=bilingual("项目群")),
    click.option("--project", metavar="X", help=bilingual("项目")),
    click.option("--category", metavar="C", help=bilingual("类别")),
    click.option("--source", metavar="S", help=bilingual("资金来源")),
    click.option("--nature", metavar="N", help=bilingual("无偿 grant 或有偿 returnable")),
    click.option("--stage", metavar="S", help=bilingual("阶段：planned、committed、done")),
    click.option("--year", metavar="Y", help=bilingual("年份")),
    click.option("--from", metavar="D", help=bilingual("起始日")),
    click.option("--to", metavar="D", help=bilingual("截止日")),
    click.option("--at", metavar="D", help=bilingual("截至此日")),
)


def scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the scope options; `options_given` takes them out of the command's arguments again."""
    for option in reversed(SCOPE_OPTIONS):
        command = option(command)
    return command


def options_given(options: dict[str, Any]) -> dict[str, Any]:
    """The scope options that were given, by their long names without dashes."""
    return {name: value for name, value in options.items() if value is not None}


def scope_for(actor: Actor, options: Mapping[str, Any]) -> Scope:
    """The scope that these options name, its party among those that the actor may see.

    Raises: what `Scope.from_options` raises; PartyUnknown, also for a party that the actor may not see.
    """
    if party := str(options.get("party") or "").strip():
        options = {**options, "party": party_seen(party, actor=actor).pk}
    return Scope.from_options(options)


def figures_named(keys: tuple[str, ...]) -> list[Figure]:
    """The figures asked for, all of them when none is named. Raises: FigureUnknown."""
    known = known_figures()
    return [figure_named(key, known) for key in keys] if keys else known


def dimensions(named: tuple[str, ...]) -> tuple[str, ...]:
    """`--by place --by source` and `--by place,source` mean the same."""
    return tuple(part.strip() for text in named for part in text.split(",") if part.strip())
