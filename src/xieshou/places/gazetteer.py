"""Places found by search key: straight from the index, or from a county that was read once.

Nothing is read beforehand and nothing outlives a `Gazetteer`, so there is no cache to go stale.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

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


def rows(condition: Q, *, limit: int | None = None) -> list[Row]:
    """The places that meet a condition, the larger first. One query."""
    found = (
        Place.objects.filter(condition)
        .order_by("level", "code")
        .values_list("code", "name", "level", "in_base", "search_key", "last_year")[:limit]
    )
    return [Row(*values) for values in found]


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
        if inside is not None and self.keeps_counties and inside.level >= Level.COUNTY:
            low, high = inside.range
            county = self._county(inside.code)
            return [
                row
                for key in dict.fromkeys(keys)
                for row in county.get(key, ())
                if low <= row.code < high and row.level > inside.level and (not levels or row.level in levels)
            ]
        condition = Q(search_key__in=list(keys)) & self._inside(inside, "code")
        if levels:
            condition &= Q(level__in=list(levels))
        if inside is not None:
            condition &= Q(level__gt=inside.level)
        return rows(condition, limit=_ROWS_LOOKED_AT)

    def formers(self, keys: Iterable[str], inside: Row | None) -> list[tuple[PlaceLineage, Row]]:
        """Former names with one of the keys, each with its successor below `inside`. None are known below the county."""
        if inside is not None and inside.level >= Level.COUNTY:
            return []
        condition = Q(search_key__in=list(keys)) & self._inside(inside, "successor_code")
        latest_first = PlaceLineage.objects.filter(condition).order_by("-valid_to", "code")
        return _with_successors(latest_first[:_ROWS_LOOKED_AT])

    def at_code(self, code: str) -> list[Row]:
        return rows(Q(code=code) & self._inside(None, "code"))

    def formers_at_code(self, code: str) -> list[tuple[PlaceLineage, Row]]:
        condition = Q(code=code) & self._inside(None, "successor_code")
        return _with_successors(PlaceLineage.objects.filter(condition))

    def contents(self, inside: Row) -> list[Row]:
        """Every place below a county or a township."""
        low, high = inside.range
        if not self.keeps_counties:
            return rows(Q(code__gte=low, code__lt=high, level__gt=inside.level) & self._inside(None, "code"))
        return [
            row
            for same_key in self._county(inside.code).values()
            for row in same_key
            if low <= row.code < high and row.level > inside.level
        ]

    def _county(self, code: str) -> dict[str, list[Row]]:
        stem = code[:6]
        if stem not in self._counties:
            low, high = rules.own_range(code, Level.COUNTY)
            by_key: dict[str, list[Row]] = defaultdict(list)
            for row in rows(Q(code__gte=low, code__lt=high) & self._inside(None, "code")):
                by_key[row.key].append(row)
            self._counties[stem] = by_key
            if len(self._counties) > _COUNTIES_KEPT:
                self._counties.popitem(last=False)
        self._counties.move_to_end(stem)
        return self._counties[stem]

    def _inside(self, inside: Row | None, column: str) -> Q:
        condition = Q()
        if inside is not None:
            condition &= _covers(column, (inside.range,))
        if self.within is not None:
            condition &= _covers(column, self.within)
        return condition


def _covers(column: str, ranges: Sequence[tuple[str, str]]) -> Q:
    return reduce(or_, (Q(**{f"{column}__gte": low, f"{column}__lt": high}) for low, high in ranges))


def _with_successors(formers: Iterable[PlaceLineage]) -> list[tuple[PlaceLineage, Row]]:
    kept = list(formers)
    if not kept:
        return []
    successors = {row.code: row for row in rows(Q(code__in={former.successor_code for former in kept}))}
    return [(former, successors[former.successor_code]) for former in kept if former.successor_code in successors]
