"""Columns of text become typed columns: plain values by Arrow kernels, all others once per distinct text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xieshou.intake.forms import Column, ColumnType
from xieshou.intake.rules import (
    FEN_IN_YUAN,
    Parsed,
    parse_code,
    parse_date,
    parse_foreign,
    parse_identity,
    parse_integer,
    parse_money,
    parse_percent,
    parse_period,
    parse_text,
    squeeze,
)

_WHOLE = r"^\d{1,12}$"
_DECIMAL = r"^\d{1,12}(\.\d{1,2})?$"
_UNCLEAN = "[\\s\u00a0\u3000\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]"
_MAY_BE_A_LIST = r"\d.*元.*\d.*元.*\d.*元"
_IDENTITY = r"^\d{17}[\dX]$"
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), dtype=np.int32)
_MARKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_CACHED_TEXTS = 200_000

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.MONEY: pa.int64(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.QUANTITY: pa.int64(),
    ColumnType.PERCENT: pa.int64(),
    ColumnType.DATE: pa.date32(),
}


@dataclass(slots=True)
class Trouble:
    """Rows of a chunk (positions) where one column has one kind of trouble. params follow `positions`."""

    code: str
    positions: np.ndarray[Any, Any]
    params: list[Mapping[str, Any]]


@dataclass(slots=True)
class Typed:
    """A typed column: `values` (null: not stated or in trouble), and what was wrong.

    units: of quantities, what was written behind the number, null where nothing was.
    """

    values: pa.Array
    troubles: list[Trouble] = field(default_factory=list)
    units: pa.Array | None = None


class ColumnTyper:
    """Types one column, chunk after chunk, remembering what each text became."""

    def __init__(
        self, column: Column, yuan_in_unit: int = 1, *, factor: Fraction = Fraction(1), currency: str = ""
    ) -> None:
        """factor, currency: as in `tables.Match`; no amount of a foreign currency is taken."""
        self.column = column
        self._yuan = yuan_in_unit
        self._factor = factor
        self._currency = currency
        self._seen: dict[str, Parsed] = {}
        self._words = {squeeze(word): code for code, words in column.codes.items() for word in (code, *words)}
        self._parse: Callable[[str], Parsed] = self._parser()
        self.type = ARROW_TYPES.get(column.type, pa.string())

    def __call__(self, raw: pa.Array) -> Typed:
        """Type a chunk of texts, blanks null."""
        if raw.null_count == len(raw):
            return Typed(pa.nulls(len(raw), self.type))
        if self._currency:
            return self._parsed(raw)
        match self.column.type:
            case ColumnType.MONEY:
                return self._plain_or_parsed(raw, _DECIMAL, self._fen)
            case ColumnType.INTEGER | ColumnType.QUANTITY if self._counts_plainly:
                return self._plain_or_parsed(raw, _WHOLE, self._whole)
            case ColumnType.IDENTITY:
                return self._plain_or_parsed(raw, _IDENTITY, self._identity)
            case ColumnType.TEXT | ColumnType.PHONE | ColumnType.PLACE | ColumnType.PARTY | ColumnType.ROW_NUMBER:
                return self._text(raw)
        return self._parsed(raw)

    @property
    def _counts_plainly(self) -> bool:
        return self.column.scale == 1 and not self.column.bounds[0] and self._factor == 1

    def _parser(self) -> Callable[[str], Parsed]:
        column = self.column
        match column.type:
            case ColumnType.MONEY if self._currency:
                return lambda text: parse_foreign(text, self._currency)
            case ColumnType.MONEY:
                return lambda text: parse_money(text, column, self._yuan)
            case ColumnType.INTEGER | ColumnType.QUANTITY:
                return lambda text: parse_integer(text, column, self._factor)
            case ColumnType.PERCENT:
                return lambda text: parse_percent(text, column)
            case ColumnType.DATE:
                return lambda text: parse_date(text, column)
            case ColumnType.PERIOD:
                return parse_period
            case ColumnType.IDENTITY:
                return lambda text: parse_identity(text, column)
            case ColumnType.CODE:
                return lambda text: parse_code(text, self._words)
        return lambda text: parse_text(text, column)

    def _plain_or_parsed(self, raw: pa.Array, pattern: str, convert: Callable[[pa.Array], pa.Array]) -> Typed:
        """The texts of the usual shape by `convert`, which gives null for what it cannot say; the others one by one."""
        plain = pc.fill_null(pc.match_substring_regex(raw, pattern), False)
        values = convert(pc.if_else(plain, raw, None))
        left = pc.and_(pc.is_valid(raw), pc.is_null(values))
        if not pc.any(left).as_py():
            return Typed(values)
        positions = np.flatnonzero(left.to_numpy(zero_copy_only=False))
        parsed = self._parsed(raw.take(pa.array(positions)))
        for trouble in parsed.troubles:
            trouble.positions = positions[trouble.positions]
        units = None
        if parsed.units is not None:
            units = _scattered(len(raw), positions, parsed.units)
        return Typed(pc.coalesce(values, _scattered(len(raw), positions, parsed.values)), parsed.troubles, units)

    def _fen(self, texts: pa.Array) -> pa.Array:
        amounts = pc.multiply(texts.cast(pa.decimal128(16, 2)), pa.scalar(FEN_IN_YUAN, pa.decimal128(4, 0)))
        fen = amounts.cast(pa.decimal128(18, 0), safe=False).cast(pa.int64())
        return fen if self._yuan == 1 else pc.multiply(fen, self._yuan)

    def _whole(self, texts: pa.Array) -> pa.Array:
        values = texts.cast(pa.int64())
        high = self.column.bounds[1]
        return values if high is None else pc.if_else(pc.less_equal(values, high), values, None)

    def _identity(self, texts: pa.Array) -> pa.Array:
        """The numbers whose check digit and birthday hold."""
        positions = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
        kept = texts.drop_null()
        if not len(kept):
            return texts
        characters = np.frombuffer(pc.binary_join(pa.array([kept.to_pylist()]), "")[0].as_buffer(), np.uint8)
        characters = characters.reshape(len(kept), 18)
        digits = characters.astype(np.int32) - 48
        holds = _MARKS[(digits[:, :17] @ _WEIGHTS) % 11] == characters[:, 17]
        day = digits[:, 6:14]
        numbers = np.stack([day[:, :4] @ (1000, 100, 10, 1), day[:, 4:6] @ (10, 1), day[:, 6:] @ (10, 1)])
        holds &= _are_days(*numbers)
        kept = pc.if_else(pa.array(holds), kept, None)
        return kept if len(positions) == len(texts) else _scattered(len(texts), positions, kept)

    def _text(self, raw: pa.Array) -> Typed:
        if self.column.names_somebody and pc.any(pc.match_substring_regex(raw, _MAY_BE_A_LIST)).as_py():
            return self._parsed(raw)
        longest = pc.max(pc.utf8_length(raw)).as_py() or 0
        if longest <= self.column.max_length and not pc.any(pc.match_substring_regex(raw, _UNCLEAN)).as_py():
            return Typed(raw)
        return self._parsed(raw)

    def _parsed(self, raw: pa.Array) -> Typed:
        encoded = raw.dictionary_encode()
        results = [self._remembered(text) for text in encoded.dictionary.to_pylist()]
        values = pa.array([_as_span(result.value) for result in results], self.type)
        indices = encoded.indices
        troubles = []
        codes = {result.code for result in results if result.code}
        where = indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for code in sorted(codes):
            bad = np.array([number for number, result in enumerate(results) if result.code == code])
            positions = np.flatnonzero(np.isin(where, bad))
            troubles.append(Trouble(code, positions, [results[where[position]].params for position in positions]))
        units = None
        if any(result.unit for result in results):
            units = pa.array([result.unit or None for result in results], pa.string()).take(indices)
        return Typed(values.take(indices), troubles, units)

    def _remembered(self, text: str) -> Parsed:
        parsed = self._seen.get(text)
        if parsed is None:
            parsed = self._parse(text)
            if len(self._seen) < _CACHED_TEXTS:
                self._seen[text] = parsed
        return parsed


def _as_span(value: Any) -> Any:
    """A period as text that `parse_period` reads again; any other value as it is."""
    return f"{value[0] or ''}..{value[1]}" if isinstance(value, tuple) else value


def _scattered(length: int, positions: np.ndarray[Any, Any], values: pa.Array) -> pa.Array:
    """`values` at `positions`, null elsewhere."""
    where = np.full(length, -1, dtype=np.int64)
    where[positions] = np.arange(len(positions))
    return values.take(pa.array(where, mask=where < 0))


_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _are_days(years: np.ndarray[Any, Any], months: np.ndarray[Any, Any], days: np.ndarray[Any, Any]) -> Any:
    in_year = (months >= 1) & (months <= 12)
    known = np.where(in_year, months, 1)
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    most = _MONTH_DAYS[known] - ((known == 2) & ~leap)
    return in_year & (days >= 1) & (days <= most) & (years >= 1850) & (years <= 2100)
