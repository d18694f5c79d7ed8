"""What an audit finds: claims with their scope, relations between them, and what the books say of each.

The stages hand these on: `extraction` makes quantities, `scoping` makes claims of them, `relations` compares claims,
`linking` looks each up in the ledger. All offsets are code points, half open; `start` and `end` count in the text as
it came, `at` and `until` in its cleaned view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Approximation(StrEnum):
    """How exact a figure claims to be (约数)."""

    EXACT = "exact"
    ABOUT = "about"  # 约, 左右, 上下
    MORE_THAN = "more_than"  # 余, 多, 超过, 以上, 逾
    LESS_THAN = "less_than"  # 不足, 以下, 不到
    NEARLY = "nearly"  # 近, 将近


class ClaimKind(StrEnum):
    """What a figure says about time."""

    CUMULATIVE = "cumulative"  # 累计, 以来
    ANNUAL = "annual"  # within one year or a part of it
    POINT = "point"  # as it stands on a day
    PLAN = "plan"  # 计划, 拟
    TARGET = "target"  # 目标, 指标, 责任书


class RelationKind(StrEnum):
    """How claims bear on each other."""

    SUM = "sum"  # parts = total
    SUBSET = "subset_le_total"  # part ≤ whole
    SHARE = "percentage"  # part / whole × 100
    RATIO = "ratio"  # one figure over another, of a stated value or a plausible range
    RATE = "rate"  # per head, per unit
    PRODUCT = "product"  # count × each
    GROWTH = "growth"  # change on an earlier value
    EQUAL = "equal"  # one thing told twice
    STOCK = "stock"  # a later stock beside an earlier one and what was added
    COUNT = "list_count"  # a stated count beside the list it counts
    REPEATED = "repeated_text"  # a paragraph printed twice


class Status(StrEnum):
    """What comparing gave."""

    EXACT = "exact"
    ROUNDING = "rounding"  # equal within the places written
    HOLDS = "holds"  # an inequality or interval holds
    POSSIBLE = "possible"  # contradicts at face value, but the stated interval allows it
    CONTRADICTION = "contradiction"
    DERIVED = "derived"  # implied, nothing stated to compare with


class Verdict(StrEnum):
    """How a figure stands, in the words of the page (design §6), worst last."""

    AGREES = "agrees"  # 与台账一致
    NO_RECORD = "no_record"  # 台账无记录
    DEFINITION = "definition"  # 口径待核
    INCONSISTENT = "inconsistent"  # 勾稽不符
    DIFFERS = "differs"  # 与台账不符


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, where it stands.

    value: in `unit`, a canonical unit of docs/glossary.md (万元 is already yuan); value_hi: upper end of a range.
    unit_raw: the measure word as written, may be empty. noun: what is counted or measured, as near as the text says.
    decimals: digits after the point as written, `factor` what the written number was multiplied by (10,000 for 万), so
    that half a written step is `factor × 10^-decimals / 2`. optional: likely scope words (两年来), kept apart.
    """

    start: int
    end: int
    at: int
    until: int
    value: Decimal
    unit: str
    value_hi: Decimal | None = None
    unit_raw: str = ""
    number_raw: str = ""
    noun: str = ""
    approximation: Approximation = Approximation.EXACT
    decimals: int = 0
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A quantity in its scope (论断). id: its number in the text, from 1.

    period: `2019`, `2018..2020-10`, `..2020-10`, or "" where the text says nothing. place, actor: as written in the
    text, several joined by 、. clause: index into the structure's clauses. after: the words behind the number up to the
    next figure or the end of the clause. qualifiers: words of the clause that bear
    on the meaning (`plan`, `each`, `of_which`, `share`, `growth`, `total`, `respectively`), as the scope stage read
    them. label: the words in front of the number within its clause, where the link and the relations read what is
    meant.
    """

    id: int
    quantity: Quantity
    period: str = ""
    place: str = ""
    actor: str = ""
    kind: ClaimKind = ClaimKind.CUMULATIVE
    clause: int = 0
    label: str = ""
    qualifiers: frozenset[str] = frozenset()
    after: str = ""

    def as_json(self, text: str) -> dict[str, Any]:
        """The shape that other programs rely on (design §9)."""
        quantity = self.quantity
        return {
            "id": self.id,
            "start": quantity.start,
            "end": quantity.end,
            "text": text[quantity.start : quantity.end],
            "value": plain_number(quantity.value),
            "value_hi": None if quantity.value_hi is None else plain_number(quantity.value_hi),
            "approx": quantity.approximation.value,
            "unit": quantity.unit,
            "unit_raw": quantity.unit_raw,
            "noun": quantity.noun,
            "place": self.place,
            "actor": self.actor,
            "period": self.period,
            "kind": self.kind.value,
        }


@dataclass(frozen=True, slots=True)
class Relation:
    """Claims compared with each other (勾稽).

    claims: ids, parts first and what they are compared with last. expression: the arithmetic with `#id` for a claim.
    message: one sentence for the reader; it never says which figure is wrong. explanations: 可能的解释, each with its
    arithmetic.
    """

    kind: RelationKind
    claims: tuple[int, ...]
    expression: str
    computed: Decimal | None
    stated: Decimal | None
    status: Status
    message: str
    explanations: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "type": self.kind.value,
            "claims": list(self.claims),
            "expression": self.expression,
            "computed": None if self.computed is None else plain_number(self.computed),
            "stated": None if self.stated is None else plain_number(self.stated),
            "status": self.status.value,
            "message": self.message,
            "explanations": list(self.explanations),
        }


def plain_number(value: Decimal) -> int | float:
    """A number for JSON: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)
