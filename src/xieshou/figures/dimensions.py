"""What a figure can be broken down by (分组), and what its rows are called.

What is not stated stays a row of its own, with the code "" and the name 未填: the rows of a break-down always add up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from xieshou.figures.selectors import party_names, programme_names
from xieshou.ledger.measures import FundSource, Nature, Stage
from xieshou.places.selectors import names as place_names

Categories = Mapping[str, StrOrPromise]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to break a figure down.

    keys: the columns by which rows are grouped, `width` of them; kept as cheap as the data have them, since they are
    computed for every entry. code: the code of a combination of key values, one to one; read: the way back.
    names: what codes are called, given the categories of the figure. order: how rows are sorted, by code and name.
    """

    key: str
    name: StrOrPromise
    keys: Callable[[ir.Table], Sequence[ir.Value]]
    code: Callable[..., str]
    read: Callable[[str], Sequence[Any]]
    names: Callable[[Collection[str], Categories], Mapping[str, StrOrPromise]]
    order: Callable[[str, str], Any]
    width: int = 1


def _of_place(key: str, name: StrOrPromise, digits: int, coarser: int) -> Dimension:
    """Places of one level: the first `digits` of the code, unless only the first `coarser` of them are stated."""

    def keys(rows: ir.Table) -> Sequence[ir.Value]:
        stated = ~rows.place_code.endswith("0" * (12 - coarser)) if coarser else None
        prefix = rows.place_code.left(digits)
        return [prefix if stated is None else stated.ifelse(prefix, "")]

    return Dimension(
        key,
        name,
        keys,
        code=lambda prefix: prefix.ljust(12, "0") if prefix else "",
        read=lambda code: [code[:digits]],
        names=lambda codes, categories: place_names(codes),
        order=lambda code, name: code,
    )


def _of_id(
    key: str, name: StrOrPromise, column: str, names: Callable[[Collection[str]], Mapping[str, StrOrPromise]]
) -> Dimension:
    return Dimension(
        key,
        name,
        keys=lambda rows: [rows[column]],
        code=lambda number: "" if number is None else str(number),
        read=lambda code: [int(code) if code else None],
        names=lambda codes, categories: names(codes),
        order=lambda code, name: name,
    )


def _of_choice(key: str, name: StrOrPromise, column: str, choices: type[TextChoices]) -> Dimension:
    positions = {value: position for position, value in enumerate(choices.values)}
    return Dimension(
        key,
        name,
        keys=lambda rows: [rows[column]],
        code=str,
        read=lambda code: [code],
        names=lambda codes, categories: dict(choices.choices),
        order=lambda code, name: (positions.get(code, len(positions)), code),
    )


def _year_code(first: int | None, last: int) -> str:
    if first == last:
        return str(last)
    return f"..{last}" if first is None else f"{first}..{last}"


def _years_of(code: str) -> Sequence[int | None]:
    first, dots, last = code.partition("..")
    return [int(first) if first else None, int(last if dots else first)]


def _year_names(codes: Collection[str], categories: Categories) -> Mapping[str, StrOrPromise]:
    names = {}
    for code in codes:
        first, last = _years_of(code)
        if first is None:
            names[code] = _("截至%(year)d年") % {"year": last}
        elif first == last:
            names[code] = _("%(year)d年") % {"year": last}
        else:
            names[code] = _("%(first)d–%(last)d年") % {"first": first, "last": last}
    return names


_YEAR = Dimension(
    "year",
    gettext_lazy("年度"),
    # An entry over several years stays a row of its own: it cannot be divided among them.
    keys=lambda rows: [rows.occurred_from.year(), rows.occurred_to.year()],
    code=_year_code,
    read=_years_of,
    names=_year_names,
    order=lambda code, name: (_years_of(code)[1], code.count(".."), code),
    width=2,
)

_CATEGORY = Dimension(
    "category",
    gettext_lazy("类别"),
    keys=lambda rows: [rows.category],
    code=str,
    read=lambda code: [code],
    names=lambda codes, categories: categories,
    order=lambda code, name: code,
)

DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        _of_place("place", gettext_lazy("地点"), 12, 0),
        _of_place("province", gettext_lazy("省"), 2, 0),
        _of_place("prefecture", gettext_lazy("市（州）"), 4, 2),
        _of_place("county", gettext_lazy("县（市、区）"), 6, 4),
        _of_place("township", gettext_lazy("乡镇（街道）"), 9, 6),
        _of_place("village", gettext_lazy("村（社区）"), 12, 9),
        _of_id("giver", gettext_lazy("投入单位"), "giver", party_names),
        _of_id("receiver", gettext_lazy("接受单位"), "receiver", party_names),
        _of_id("credited", gettext_lazy("帮扶单位"), "credited_to", party_names),
        _of_id("programme", gettext_lazy("帮扶项目群"), "programme", programme_names),
        _of_id("project", gettext_lazy("项目"), "project", lambda codes: {}),
        _CATEGORY,
        _of_choice("source", gettext_lazy("资金来源"), "fund_source", FundSource),
        _of_choice("nature", gettext_lazy("资金性质"), "nature", Nature),
        _of_choice("stage", gettext_lazy("阶段"), "stage", Stage),
        _YEAR,
    )
}
# The unit that a figure is usually asked about.
DIMENSIONS["party"] = replace(DIMENSIONS["credited"], key="party")
