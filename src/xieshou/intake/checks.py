"""The relations between the columns of a row that a form demands (勾稽关系). Arrow in, arrow out; no database."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from xieshou.intake.forms import Check, CheckKind, Column, ColumnType, Form

_HUNDRED_PERCENT = 10_000  # in hundredths of a percent


def broken(check: Check, form: Form, values: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """Which rows break a check (null: it says nothing there), and what their left side was expected to be.

    What is not stated is not compared; among the parts of a sum a blank counts as nothing, unless all are blank.
    """
    left = values[check.left]
    match check.kind:
        case CheckKind.SUM:
            total, stated = _weighted(check, form, values)
            return pc.and_(stated, pc.not_equal(left, total)), total
        case CheckKind.EQUAL:
            right = _in_scale_of(form, check.left, check.right, values)
            return pc.not_equal(left, right), right
        case CheckKind.AT_MOST:
            right = _in_scale_of(form, check.left, check.right, values)
            return pc.greater(left, right), right
        case CheckKind.AT_LEAST:
            right = _in_scale_of(form, check.left, check.right, values)
            return pc.less(left, right), right
        case CheckKind.NEEDS:
            return pc.and_(pc.greater(left, 0), pc.is_null(values[check.right])), left
        case CheckKind.PRODUCT:
            return _product(check, form, values)
        case CheckKind.SHARE:
            return _share(check, form, values)
        case CheckKind.MEAN:
            return _mean(check, form, values)


def scale_of(column: Column) -> int:
    """How many base units one written unit has."""
    return 100 if column.type in (ColumnType.MONEY, ColumnType.PERCENT) else column.scale


def _in_scale_of(form: Form, left: str, right: str, values: Mapping[str, pa.Array]) -> pa.Array:
    """The right side in the base units of the left."""
    return _scaled(values[right], scale_of(form.column(left)), scale_of(form.column(right)))


def _scaled(values: pa.Array, wanted: int, own: int) -> pa.Array:
    if wanted == own or not pa.types.is_integer(values.type):
        return values
    common = math.gcd(wanted, own)
    return pc.divide(pc.multiply(values, wanted // common), own // common)


def _weighted(check: Check, form: Form, values: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """The sum of the parts, each times its factor, in the base units of the left side; and where any is stated."""
    wanted = scale_of(form.column(check.left))
    factors = check.factors or (1,) * len(check.parts)
    total: pa.Array | None = None
    stated: pa.Array | None = None
    for key, factor in zip(check.parts, factors, strict=True):
        part = _scaled(values[key], wanted, scale_of(form.column(key)))
        amount = pc.multiply(pc.fill_null(part, 0), factor)
        total = amount if total is None else pc.add(total, amount)
        stated = pc.is_valid(part) if stated is None else pc.or_(stated, pc.is_valid(part))
    return total, stated


def _product(check: Check, form: Form, values: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    left, (count, price) = values[check.left], (values[key] for key in check.parts)
    scale = form.column(check.parts[0]).scale
    product = pc.multiply(count.cast(pa.float64()), price.cast(pa.float64()))
    # Half a fen either way: the product is rounded on the list, and doubles are exact to far above this.
    off = pc.greater(pc.abs(pc.subtract(product, pc.multiply(left, scale).cast(pa.float64()))), 0.5 * scale)
    return off, pc.round(pc.divide(product, float(scale))).cast(pa.int64())


def _share(check: Check, form: Form, values: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """A percentage beside its part and whole, as far as it is written out: 37 may be 36.50 to 37.50."""
    part, whole = (values[key] for key in check.parts)
    part = _scaled(part, scale_of(form.column(check.parts[1])), scale_of(form.column(check.parts[0])))

    def rule(left: int, part: int, whole: int) -> tuple[bool, int]:
        expected = round(part * _HUNDRED_PERCENT / whole)
        leeway = 50 if left % 100 == 0 else 5 if left % 10 == 0 else 1
        return abs(left * whole - part * _HUNDRED_PERCENT) > leeway * whole, expected

    return _by_row(rule, values[check.left], part, whole)


def _mean(check: Check, form: Form, values: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """An amount per head beside the whole and the heads, to one written unit."""
    total, stated = _weighted(check, form, values)
    heads = _scaled(values[check.right], 1, scale_of(form.column(check.right)))
    unit = scale_of(form.column(check.left))

    def rule(left: int, total: int, heads: int) -> tuple[bool, int]:
        return abs(left * heads - total) > unit * heads, round(total / heads)

    return _by_row(rule, values[check.left], pc.if_else(stated, total, None), heads)


def _by_row(rule: Callable[[int, int, int], tuple[bool, int]], *columns: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Exact arithmetic in Python's own whole numbers, for the few forms that state shares and means."""
    results = [_one(rule, row) for row in zip(*(column.to_pylist() for column in columns), strict=True)]
    return pa.array([one[0] for one in results], pa.bool_()), pa.array([one[1] for one in results], pa.int64())


def _one(
    rule: Callable[[int, int, int], tuple[bool, int]], row: Sequence[int | None]
) -> tuple[bool | None, int | None]:
    left, middle, divisor = row
    if left is None or middle is None or not divisor:
        return None, None
    return rule(left, middle, divisor)
