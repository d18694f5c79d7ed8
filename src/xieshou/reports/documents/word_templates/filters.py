"""What may follow a value behind a bar: `{{ 指标("fund.raised")|超过 }}`, each with a Chinese and an English name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xieshou.reports.documents import rules

if TYPE_CHECKING:
    from xieshou.reports.documents.word_templates.functions import Value


def over(value: Value, digits: int = 2) -> Value:
    """超过4800万元."""
    return value.changed(write=lambda number: _worded(rules.about(number, digits), value.word))


def nearly(value: Value, digits: int = 2) -> Value:
    """近4900万元."""
    return value.changed(write=lambda number: _worded(rules.nearly(number, digits), value.word))


def _worded(words: tuple[str, str], unit: str) -> str:
    return f"{words[0]}{words[1]}{unit}"


def bare(value: Value) -> Value:
    """Without the unit, as in a sentence: 4826.6."""
    return value.changed(with_unit=False, places=-1)


def tabular(value: Value, decimals: int = 2) -> Value:
    """Without the unit, as in a table: 4,826.60."""
    return value.changed(with_unit=False, places=decimals)


def places(value: Value, decimals: int) -> Value:
    return value.changed(places=decimals)


def in_unit(unit: str) -> Callable[[Value], Value]:
    def write(value: Value) -> Value:
        return value.changed(unit=unit)

    return write


def change(value: Value) -> Value:
    """同比增长12.5%, of a growth."""
    return value.changed(write=rules.change_words)


def completion_word(value: Value) -> str:
    """超额完成, 完成, 尚未完成, of a completion."""
    return rules.completion_words(value.number)


FILTERS: dict[str, Callable[..., Any]] = {
    "超过": over, "over": over,
    "近": nearly, "nearly": nearly,
    "数": bare, "bare": bare,
    "表格": tabular, "tabular": tabular,
    "小数": places, "places": places,
    "元": in_unit("元"), "yuan": in_unit("元"),
    "万元": in_unit("万元"), "wan": in_unit("万元"),
    "亿元": in_unit("亿元"), "yi": in_unit("亿元"),
    "增减": change, "change": change,
    "完成情况": completion_word, "completion_word": completion_word,
}  # fmt: skip
