"""What a form must say so that its rows can become statements, and what a row's cells then state. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xieshou.channels.statements.errors import StatementFormInvalid
from xieshou.channels.statements.measures import StatedMeasure, column_key
from xieshou.intake.forms import Column, ColumnType, Form
from xieshou.ledger.measures import BaseUnit, FundSource, Stage

# Columns with a meaning of their own in every statement form, beside those that state a measure.
DAY = "day"  # date: the day of a row, before the batch's
PERIOD = "period"  # period: the span of a row, before the batch's
HEAD_NAME = "head_name"  # text: the head of the household that a row is about
IDENTITY_NUMBER = "identity_number"  # identity: the head's number

_COUNTED = (ColumnType.INTEGER, ColumnType.QUANTITY)


@dataclass(frozen=True, slots=True)
class Amount:
    """One stated value: what it counts, under which category and source, at which stage, and how much in base units."""

    measure: str
    category: str
    fund_source: str
    stage: str
    quantity: int

    @classmethod
    def from_json(cls, values: list[Any]) -> Amount:
        return cls(*values)

    def as_json(self) -> list[Any]:
        return [self.measure, self.category, self.fund_source, self.stage, self.quantity]


def stating_columns(form: Form) -> tuple[Column, ...]:
    """The columns that state a measure."""
    return tuple(column for column in form.columns if column.measure)


def is_about_households(form: Form) -> bool:
    """Whether each row speaks of one household."""
    return HEAD_NAME in form.keys


def check_form(form: Form, measures: Mapping[str, StatedMeasure]) -> None:
    """Demand that statements can be made of a form.

    Raises: StatementFormInvalid, naming the column and what is wrong with it.
    """
    columns = stating_columns(form)
    if not columns:
        raise _invalid(form, "columns", _("没有一列写明计量项（measure）"))
    said: set[tuple[str, str, str]] = set()
    for column in columns:
        measure = measures.get(column.measure)
        if measure is None:
            raise _invalid(form, column.key, _("没有计量项“%(key)s”") % {"key": column.measure})
        _check_column(form, column, measure)
        stated = (column.measure, column.category, column.fund_source)
        if stated in said:
            raise _invalid(form, column.key, _("另有一列填报同一计量项、类别和来源"))
        said.add(stated)


def _check_column(form: Form, column: Column, measure: StatedMeasure) -> None:
    wanted = column_key(column.measure, column.category, column.fund_source)
    if column.key != wanted:
        raise _invalid(
            form, column.key, _("填报“%(name)s”的列要以 %(key)s 为键") % {"name": measure.name, "key": wanted}
        )
    if measure.coded:
        fits = column.type is ColumnType.CODE
        categories = {f"{column.category}.{code}".lstrip(".") for code in column.codes}
    else:
        fits = column.type is ColumnType.MONEY if measure.base_unit is BaseUnit.FEN else column.type in _COUNTED
        categories = {column.category} - {""}
    if not fits:
        raise _invalid(form, column.key, _("列的类型与计量项“%(name)s”的单位不符") % {"name": measure.name})
    if unknown := categories - set(measure.categories or ()):
        raise _invalid(form, column.key, _("计量项没有类别“%(category)s”") % {"category": min(unknown)})
    if column.fund_source and column.fund_source not in FundSource.values:
        raise _invalid(form, column.key, _("没有资金来源“%(source)s”") % {"source": column.fund_source})
    if column.stage and column.stage not in Stage.values:
        raise _invalid(form, column.key, _("没有阶段“%(stage)s”") % {"stage": column.stage})


def amounts_of(
    columns: Iterable[Column], measures: Mapping[str, StatedMeasure], values: Mapping[str, Any]
) -> list[Amount]:
    """What a row states. A blank is not stated and gives nothing; 0 is stated. A code counts one under its category."""
    found = []
    for column in columns:
        value = values[column.key]
        if value is None:
            continue
        measure = measures[column.measure]
        stage = column.stage or measure.stage.value
        if measure.coded:
            category = f"{column.category}.{value}".lstrip(".")
            found.append(Amount(column.measure, category, column.fund_source, stage, 1))
        else:
            found.append(Amount(column.measure, column.category, column.fund_source, stage, value))
    return found


def _invalid(form: Form, key: str, what: str) -> StatementFormInvalid:
    return StatementFormInvalid(
        _("表样“%(form)s”的 %(key)s 有误：%(what)s。") % {"form": form.name, "key": key, "what": what},
        form=form.key,
        key=key,
    )
