"""Units in which things are handed out, and how they become whole base units.

Goods counted in boxes and bags have no common unit; they stay pieces, each under the category of its unit, and only
weights are converted. Source: docs/rules/donations.md.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What a unit measures: the part of the measure's key after `donation.`."""

    CASH = "cash"
    GOODS = "goods"
    GOODS_MASS = "goods_mass"


@dataclass(frozen=True, slots=True)
class GoodsUnit:
    """A unit as written on a list. factor: base units in one (fen, pieces or grams)."""

    kind: Kind
    factor: int = 1
    category: str = ""


# How goods are counted; the key is the entry's category.
GOODS_CATEGORIES: dict[str, StrOrPromise] = {
    "piece": _("件"),
    "box": _("箱"),
    "bag": _("袋"),
    "packet": _("盒"),
    "bottle": _("瓶"),
    "barrel": _("桶"),
    "set": _("套"),
    "bed": _("床"),
    "machine": _("台"),
    "copy": _("册"),
    "sheet": _("张/片"),
    "pair": _("双"),
    "portion": _("份"),
    "animal": _("头/只"),
    "plant": _("株/棵"),
    "can": _("罐"),
    "bundle": _("提/捆"),
    "roll": _("卷"),
}

_PIECES = {
    "piece": "件 个 条 把 块 支 枚 顶",
    "box": "箱",
    "bag": "袋 包",
    "packet": "盒",
    "bottle": "瓶",
    "barrel": "桶",
    "set": "套 组",
    "bed": "床",
    "machine": "台 辆 部",
    "copy": "册 本",
    "sheet": "张 片",
    "pair": "双 对 副",
    "portion": "份 人份",
    "animal": "头 只 羽 匹",
    "plant": "株 棵",
    "can": "罐 听",
    "bundle": "提 捆",
    "roll": "卷",
}

UNITS: dict[str, GoodsUnit] = {
    text: GoodsUnit(Kind.GOODS, category=category) for category, texts in _PIECES.items() for text in texts.split()
} | {
    "元": GoodsUnit(Kind.CASH, 100),
    "克": GoodsUnit(Kind.GOODS_MASS),
    "斤": GoodsUnit(Kind.GOODS_MASS, 500),
    "公斤": GoodsUnit(Kind.GOODS_MASS, 1_000),
    "千克": GoodsUnit(Kind.GOODS_MASS, 1_000),
    "吨": GoodsUnit(Kind.GOODS_MASS, 1_000_000),
}


def unit_named(text: str) -> GoodsUnit | None:
    """The unit written so, or None when it is not in the table."""
    return UNITS.get(text.strip())
