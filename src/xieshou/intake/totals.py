"""Totals that a table states, in its foot or in a sentence around it, beside the sums of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xieshou.intake.forms import ColumnType, Form
from xieshou.intake.rules import FEN_IN_YUAN, MONEY_UNITS, squeeze

SUMMED = (ColumnType.MONEY, ColumnType.INTEGER, ColumnType.QUANTITY)
_AMOUNT = r"[^\d,;。，；]{0,4}?(\d[\d,]*(?:\.\d+)?)(亿元|百万元|万元|千元|元)"
# Words of a note by which the rows are not all there is.
_PARTIAL = re.compile(r"大额|部分|主要|节选|不含|不包括|暂不包括|其他.{0,6}明细|以上的")


class Totals:
    """Stated totals beside the sums of the rows above them."""

    def __init__(self, form: Form) -> None:
        self.keys = frozenset(column.key for column in form.columns if column.type in SUMMED)
        self.sums = dict.fromkeys(self.keys, 0)
        self._since = dict.fromkeys(self.keys, 0)
        self._lines: list[dict[str, Any]] = []
        self._waiting: list[tuple[int, dict[str, Any] | None]] = []

    def cut(self, rows: int) -> None:
        """The next `rows` data rows stand before the total line stated next, or before the end of the chunk."""
        self._waiting.append((rows, None))

    def stated(self, row: int, mark: str, values: dict[str, int]) -> None:
        self._waiting.append((0, {"row": row, "mark": mark, "values": values}))

    def add(self, columns: Mapping[str, pa.Array]) -> None:
        """The typed data rows of a chunk, cut where totals stand between them."""
        start = 0
        for rows, line in self._waiting:
            if line is None:
                self._sum({key: column.slice(start, rows) for key, column in columns.items()})
                start += rows
            else:
                self._close(line)
        self._waiting = []

    def _sum(self, columns: Mapping[str, pa.Array]) -> None:
        for key, column in columns.items():
            total = pc.sum(column).as_py() or 0
            self.sums[key] += total
            self._since[key] += total

    def _close(self, line: dict[str, Any]) -> None:
        self._lines.append(line | {"above": dict(self.sums), "since": dict(self._since)})
        self._since = dict.fromkeys(self.keys, 0)

    def compared(self) -> list[dict[str, Any]]:
        """Each stated total with the sum it means: of its group, which may stand below it, of all rows above, or of the
        whole table."""
        self.add({})
        compared = []
        below = [line["since"] for line in self._lines[1:]] + [self._since]
        for line, next_group in zip(self._lines, below, strict=False):  # no line: nothing to compare
            for key, stated in line["values"].items():
                group, above, whole = line["since"][key], line["above"][key], self.sums[key]
                likely = group if line["mark"] == "小计" else whole
                computed = stated if stated in (group, above, whole, next_group[key]) else likely
                compared.append({"column": key, "row": line["row"], "stated": stated, "computed": computed})
        return compared


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total that a sentence states. leeway_fen: half of the last digit written. sentence: the words around it."""

    column: str
    row: int
    stated_fen: int
    leeway_fen: int
    sentence: str


def stated_in_sentences(form: Form, texts: Iterable[tuple[int, str]]) -> Iterator[StatedTotal]:
    """The totals that sentences state behind the words of `Column.stated_after`, each column's first.

    Args:
        texts: row and text of the cells above and below the table.
    """
    wanted = [column for column in form.columns if column.stated_after and column.type is ColumnType.MONEY]
    found = set()
    for row, text in texts:
        squeezed = squeeze(text).replace("，", ",")
        for column in wanted:
            for words in column.stated_after:
                match = re.search(rf"(?<!累计)(?<!共计)(?:{re.escape(squeeze(words))}){_AMOUNT}", squeezed)
                if match is None or column.key in found:
                    continue
                found.add(column.key)
                number = Decimal(match[1].replace(",", ""))
                fen = MONEY_UNITS[match[2]] * FEN_IN_YUAN
                exponent = number.as_tuple().exponent
                last_digit = Decimal(fen).scaleb(exponent if isinstance(exponent, int) else 0)
                yield StatedTotal(column.key, row, int(number * fen), int(last_digit / 2), match[0])


def says_partial(texts: Iterable[str]) -> bool:
    """Whether a note says that the rows are a part only (大额捐赠明细)."""
    return any(_PARTIAL.search(squeeze(text)) for text in texts)
