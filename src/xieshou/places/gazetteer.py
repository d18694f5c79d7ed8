"""Places found by search key: straight from the index, or from a county that was read once.

Nothing is read beforehand and nothing outlives a `Gazetteer`, so there is no cache to go stale.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from xieshou.places import rules
from xieshou.places.models import Level, Place, PlaceLineage

Ranges = tuple[tuple[str, str], ...]

_ROWS_LOOKED_AT = 60
_COUNTIES_KEPT = 32  # about 1 MB


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a place."""

    code: str
    name: str
    level: int
    in_base: bool
    key: str
    last_year: int | None

    @property
    def range(self) -> tuple[str, str]:
        return rules.own_range(self.code, self.level)


@dataclass(frozen=True, slots=True)
class FormerRow:
    """What is read of a former code and name, with the place that it is today."""

    code: str
    name: str
    key: str
    valid_from: int | None
    valid_to: int | None
    kind: str
    changed_year: int | None
    successor: Row

    def stood_in(self, year: int) -> bool:
        return (self.valid_from or 0) <= year <= (self.valid_to or 9999)


@dataclass(slots=True)
class _Where:
    """Conditions joined by AND, with their parameters.

    Written out and not asked through the ORM, which takes three times as long to build such a query as SQLite to answer
    it: an address costs up to ten of them, and must cost less than 5 ms.
    """

    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def among(self, column: str, values: Collection[Any]) -> _Where:
        self.conditions.append(f"{column} IN ({', '.join(['%s'] * len(values))})")
        self.parameters += values
        return self

    def in_ranges(self, column: str, ranges: Sequence[tuple[str, str]]) -> _Where:
        self.conditions.append("(" + " OR ".join([f"({column} >= %s AND {column} < %s)"] * len(ranges)) + ")")
        self.parameters += [bound for each in ranges for bound in each]
        return self

    def below(self, level: int) -> _Where:
        self.conditions.append("p.level > %s")
        self.parameters.append(level)
        return self

    def __str__(self) -> str:
        return " AND ".join(self.conditions)


_PLACES = Place._meta.db_table
_FORMERS = PlaceLineage._meta.db_table
_ROW = "p.code, p.name, p.level, p.in_base, p.search_key, p.last_year"
_SELECT_ROWS = f"SELECT {_ROW} FROM {_PLACES} p WHERE "
_SELECT_FORMERS = (
    f"SELECT f.code, f.name, f.search_key, f.valid_from, f.valid_to, f.kind, f.changed_year, {_ROW} "
    f"FROM {_FORMERS} f JOIN {_PLACES} p ON p.code = f.successor_code WHERE "
)


def rows_at(codes: Collection[str]) -> list[Row]:
    """The places with these codes, the larger first. One query."""
    return _rows(_Where().among("p.code", list(codes))) if codes else []


def _rows(where: _Where, *, limit: int | None = None) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SELECT_ROWS}{where} ORDER BY p.level, p.code" + (f" LIMIT {limit}" if limit else ""), where.parameters
        )
        return [Row(*values) for values in cursor.fetchall()]


def _former_rows(where: _Where) -> list[FormerRow]:
    """The latest first: it is the one whose end a text of today remembers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_SELECT_FORMERS}{where} ORDER BY COALESCE(f.valid_to, 9999) DESC, f.code LIMIT {_ROWS_LOOKED_AT}",
            where.parameters,
        )
        return [
            FormerRow(code, name, key, valid_from, valid_to, kind, changed_year, successor=Row(*place))
            for code, name, key, valid_from, valid_to, kind, changed_year, *place in cursor.fetchall()
        ]


@dataclass(slots=True)
class Gazetteer:
    """Lookups inside `within` (None: everywhere).

    keeps_counties: read a county whole at the first question about it and answer the next from memory; for many
    addresses. Otherwise each question is one indexed query.
    """

    within: Ranges | None = None
    keeps_counties: bool = False
    _counties: OrderedDict[str, dict[str, list[Row]]] = field(default_factory=OrderedDict)

    def find(self, keys: Iterable[str], inside: Row | None, *, levels: Collection[int] = ()) -> list[Row]:
        """Places below `inside` that have one of the keys, the larger first; `levels`: only of these (empty: any)."""
        keys = list(dict.fromkeys(keys))
        if inside is not None and self.keeps_counties and inside.level >= Level.COUNTY:
            low, high = inside.range
            county = self._county(inside.code)
            return [
                row
                for key in keys
                for row in county.get(key, ())
                if low <= row.code < high and row.level > inside.level and (not levels or row.level in levels)
            ]
        if not keys:
            return []
        where = self._inside(_Where().among("p.search_key", keys), inside, "p.code")
        if levels:
            where.among("p.level", [int(level) for level in levels])
        return _rows(where, limit=_ROWS_LOOKED_AT)

    def formers(self, keys: Iterable[str], inside: Row | None) -> list[FormerRow]:
        """Former names with one of the keys whose successors lie below `inside`; none are known below counties."""
        keys = list(dict.fromkeys(keys))
        if not keys or (inside is not None and inside.level >= Level.COUNTY):
            return []
        return _former_rows(self._inside(_Where().among("f.search_key", keys), inside, "f.successor_code"))

    def at_code(self, code: str) -> list[Row]:
        return _rows(self._inside(_Where().among("p.code", [code]), None, "p.code"))

    def formers_at_code(self, code: str) -> list[FormerRow]:
        return _former_rows(self._inside(_Where().among("f.code", [code]), None, "f.successor_code"))

    def contents(self, inside: Row) -> list[Row]:
        """Every place below a county or a township."""
        if not self.keeps_counties:
            return _rows(self._inside(_Where(), inside, "p.code"))
        low, high = inside.range
        return [
            row
            for same_key in self._county(inside.code).values()
            for row in same_key
            if low <= row.code < high and row.level > inside.level
        ]

    def _county(self, code: str) -> dict[str, list[Row]]:
        stem = code[:6]
        if stem not in self._counties:
            by_key: dict[str, list[Row]] = defaultdict(list)
            county = _Where().in_ranges("p.code", [rules.own_range(code, Level.COUNTY)])
            for row in _rows(self._inside(county, None, "p.code")):
                by_key[row.key].append(row)
            self._counties[stem] = by_key
            if len(self._counties) > _COUNTIES_KEPT:
                self._counties.popitem(last=False)
        self._counties.move_to_end(stem)
        return self._counties[stem]

    def _inside(self, where: _Where, inside: Row | None, column: str) -> _Where:
        if inside is not None:
            where.in_ranges(column, [inside.range]).below(inside.level)
        if self.within is not None:
            where.in_ranges(column, self.within)
        return where
