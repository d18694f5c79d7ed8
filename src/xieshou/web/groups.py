"""The headings under which figures are listed (帮扶资金, 贫困户 …): by the first part of their keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xieshou.figures.definitions import Figure


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand under one heading. starts: first parts of their keys."""

    key: str
    title: str | Promise
    starts: tuple[str, ...] = ()


GROUPS = (
    Group("fund", _("帮扶资金"), ("fund", "funds")),
    Group("donation", _("捐赠与发放"), ("donation",)),
    Group("receipts", _("捐款收支"), ("receipts",)),
    Group("poor", _("贫困户"), ("poor",)),
    Group("help", _("帮扶措施"), ("help",)),
    Group("village", _("村情"), ("village",)),
    Group("branch", _("党组织"), ("branch",)),
    Group("survey", _("入户调查"), ("survey", "surveyed")),
    Group("county", _("县级汇总"), ("county",)),
    Group("own", _("自有指标"), ("own",)),
)
OTHERS = Group("others", _("其他指标"))
_BY_START = {start: group for group in GROUPS for start in group.starts}


def group_of(figure: Figure) -> Group:
    return _BY_START.get(figure.key.partition(".")[0], OTHERS)


def grouped(figures: Iterable[Figure]) -> list[tuple[Group, list[Figure]]]:
    """The groups that have figures, in their order, each with its figures in theirs."""
    found: dict[Group, list[Figure]] = {group: [] for group in (*GROUPS, OTHERS)}
    for figure in figures:
        found[group_of(figure)].append(figure)
    return [(group, members) for group, members in found.items() if members]


def is_meant(figure: Figure, text: str) -> bool:
    """Whether each word of a search stands in the figure's name, synonyms, definition or key."""
    said = " ".join((figure.key, str(figure.name), str(figure.definition), *figure.synonyms)).casefold()
    return all(word in said for word in text.casefold().split())
