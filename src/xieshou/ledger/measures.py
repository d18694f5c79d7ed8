"""What an entry can count: measures, sources of money, natures, bounds."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class BaseUnit(StrEnum):
    """The whole-number unit in which a quantity is stored (design §3)."""

    FEN = "fen"
    GRAM = "g"
    MINUTE = "minute"
    MU_CENTI = "0.01mu"
    SQUARE_METRE_CENTI = "0.01m2"
    PERSON = "person"
    PERSON_TIME = "person_time"
    HOUSEHOLD = "household"
    PIECE = "piece"
    TIME = "time"
    METRE = "m"
    VILLAGE = "village"


class Addition(StrEnum):
    """How a measure adds up."""

    FLOW = "flow"  # over places, parties and time
    STOCK = "stock"  # over places and parties, at one date


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted (计量项).

    key: English, dotted, stable (`fund.raised`). unit: the canonical unit in which it is shown (`CNY`, see
    docs/glossary.md). scale: base units in one shown unit (100 fen in a yuan). categories: the allowed dotted
    categories with their Chinese names; empty: the measure has none.
    """

    key: str
    name: StrOrPromise
    base_unit: BaseUnit
    unit: str
    scale: int = 1
    addition: Addition = Addition.FLOW
    categories: dict[str, StrOrPromise] | None = None


class Stage(models.TextChoices):
    PLANNED = "planned", _("计划")
    COMMITTED = "committed", _("已承诺")
    DONE = "done", _("已完成")


class FundSource(models.TextChoices):
    GOVERNMENT = "government", _("财政")
    CREDIT = "credit", _("信贷")
    OWN = "own", _("单位自筹")
    DONATED = "donated", _("社会募捐")
    ATTRACTED = "attracted", _("社会引资")
    UNION = "union", _("工会经费")
    PARTY_DUES = "party_dues", _("党费")
    CANTEEN = "canteen", _("食堂")
    EMPLOYEES = "employees", _("职工个人")


class Nature(models.TextChoices):
    GRANT = "grant", _("无偿")
    RETURNABLE = "returnable", _("有偿")


class Bound(models.TextChoices):
    EXACT = "exact", _("准确")
    ABOUT = "about", _("约")
    MORE_THAN = "more_than", _("超过")
    LESS_THAN = "less_than", _("不足")
    NEARLY = "nearly", _("近")


class Basis(models.TextChoices):
    LISTED = "listed", _("明细")
    SUMMARY = "summary", _("汇总")
