"""Amounts of an unlikely size, beside their column, their plan, or what the same key stated before (单位弄错)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xieshou.intake.forms import Column, Form
from xieshou.intake.rules import OUTLIER_LEAST_VALUES, OUTLIER_TIMES, SLIP_PART

# An amount this small a part of its plan was likely typed in ten thousands; real first instalments are larger.
PLAN_PART = 5_000

# Typed rows → column key → what the same key stated last, in base units; null where nothing is known.
History = Callable[[pa.Table], Mapping[str, pa.Array]]


@dataclass(frozen=True, slots=True)
class Unlikely:
    """Rows where a column is of an unlikely size. beside: what it was compared with, in base units of that column."""

    code: str
    rows: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]
    beside: np.ndarray[Any, Any]


def beside_column(column: Column, table: pa.Table, group: str) -> Iterator[Unlikely]:
    """Far from the median of the column, or of the rows with the same `group` where one is named."""
    stated = table.filter(pc.greater(table.column(column.key), 0))
    values, rows = stated.column(column.key).to_numpy(), stated.column("row").to_numpy()
    groups = None
    if group:
        encoded = stated.column(group).combine_chunks().dictionary_encode()
        groups = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    medians = _medians(values, groups)
    yield _where("far_above", (values >= medians * OUTLIER_TIMES) & (medians > 0), rows, values, medians)
    yield _where("far_below", values * SLIP_PART <= medians, rows, values, medians)


def beside_plan(column: Column, table: pa.Table) -> Iterator[Unlikely]:
    """Many times the plan of the same row, or a tiny part of it."""
    both = table.filter(pc.and_(pc.greater(table.column(column.key), 0), pc.greater(table.column(column.plan), 0)))
    values, plans, rows = (both.column(name).to_numpy() for name in (column.key, column.plan, "row"))
    yield _where("far_above_plan", values >= plans * OUTLIER_TIMES, rows, values, plans)
    yield _where("far_below_plan", values * PLAN_PART <= plans, rows, values, plans)


def beside_history(form: Form, table: pa.Table, history: History) -> Iterator[tuple[Column, Unlikely]]:
    """Many times what the same key stated last, or a tiny part of it, in the columns that look for outliers."""
    earlier = history(table)
    rows = table.column("row").to_numpy()
    for column in form.columns:
        if not column.outliers or column.key not in earlier or column.key not in table.column_names:
            continue
        now = pc.fill_null(table.column(column.key), 0).to_numpy()
        before = pc.fill_null(earlier[column.key], 0).to_numpy(zero_copy_only=False)
        both = (now > 0) & (before > 0)
        slipped = both & ((now >= before * OUTLIER_TIMES) | (now * SLIP_PART <= before))
        yield column, _where("far_from_history", slipped, rows, now, before)


def _where(code: str, unlikely: Any, rows: Any, values: Any, beside: Any) -> Unlikely:
    return Unlikely(code, rows[unlikely], values[unlikely], beside[unlikely])


def _medians(values: np.ndarray[Any, Any], groups: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    """For each value the lower median of its group, 0 where the group is too small to say what is usual."""
    if groups is None:
        groups = np.zeros(len(values), dtype=np.int8)
    order = np.lexsort((values, groups))
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0]) if len(values) else np.array([], dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(values)])
    usual = np.where(sizes >= OUTLIER_LEAST_VALUES, values[order][starts + (sizes - 1) // 2], 0)
    medians = np.empty_like(values)
    medians[order] = np.repeat(usual, sizes)
    return medians
