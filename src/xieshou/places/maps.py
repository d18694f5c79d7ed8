"""Layers of the map as GeoJSON, simplified once."""

from typing import Any


def build() -> list[str]:
    """Simplify the geometry once into `HOME/maps`; returns the names of the layers written. Idempotent, about 10 s."""
    raise NotImplementedError


def layer(level: int, within: str = "") -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the places of a level (PROVINCE, PREFECTURE, COUNTY) below `within`.

    Each feature has `properties` `code` (12 digits, "" for the boundary lines), `name`, `kind` (division | boundary).
    Boundary lines, 台湾、香港、澳门 and 南海诸岛 are always in it.
    """
    raise NotImplementedError


def has_approval() -> bool:
    """Whether the base map carries an approval number (审图号), without which no map leaves the house."""
    raise NotImplementedError
