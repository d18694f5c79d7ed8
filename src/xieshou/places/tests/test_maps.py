import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box, shape

from xieshou.places import maps
from xieshou.places.errors import MapRefused
from xieshou.places.models import Level

SQUARE = [[[[113.0, 23.0], [113.5, 23.0], [113.5, 23.5], [113.0, 23.5], [113.0, 23.0]]]]
LINE = [[[110.123456, 15.654321], [110.2, 15.7], [110.3, 15.75]]]


def division(code, name):
    return {
        "type": "Feature",
        "properties": {"name": name, "gb": f"156{code}"},
        "geometry": {"type": "MultiPolygon", "coordinates": SQUARE},
    }


def boundary():
    return {
        "type": "Feature",
        "properties": {"name": "境界线", "gb": ""},
        "geometry": {"type": "MultiLineString", "coordinates": LINE},
    }


@pytest.fixture
def map_source(xieshou_home, settings, tmp_path):
    """A country of a few squares and one line of boundary."""
    settings.MAP_SOURCE = str(tmp_path / "source")
    (tmp_path / "source").mkdir()
    features = [
        division("440117", "从化区"),
        division("451223", "凤山县"),
        division("540422", "米林市"),
        division("460321", "西沙区"),
        division("710009", "台北市"),
        division("810101", "中西区"),
        division("820000", "澳门特别行政区"),
        boundary(),
    ]
    for name in ("provinces", "prefectures", "counties"):
        (tmp_path / "source" / f"{name}.json").write_text(
            json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
        )
    return tmp_path / "source"


def named(layer):
    return [feature["properties"]["name"] for feature in layer["features"]]


def test_features_carry_the_codes_of_the_base_edition(cast, map_source):
    codes = [feature["properties"]["code"] for feature in maps.layer(Level.COUNTY)["features"]]

    assert codes[:3] == ["440117000000", "451223000000", "540481000000"]


def test_a_part_of_the_country_keeps_taiwan_hong_kong_macao_the_islands_and_every_boundary_line(cast, map_source):
    layer = maps.layer(Level.COUNTY, within="440000000000")

    assert named(layer) == ["从化区", "西沙区", "台北市", "中西区", "澳门特别行政区", "境界线"]


def test_a_boundary_line_is_drawn_as_the_source_has_it(cast, map_source):
    (line,) = [one for one in maps.layer(Level.PROVINCE)["features"] if one["properties"]["kind"] == "boundary"]

    assert line["geometry"]["coordinates"] == LINE


def test_a_layer_is_built_once(cast, map_source):
    assert maps.build() == ["provinces", "prefectures", "counties"]
    assert maps.build() == []


def test_a_source_that_lacks_a_file_is_refused_by_name(cast, map_source):
    (map_source / "counties.json").unlink()

    with pytest.raises(MapRefused, match=r"counties\.json"):
        maps.build()


def test_there_is_no_map_of_towns(cast, map_source):
    with pytest.raises(MapRefused):
        maps.layer(Level.TOWNSHIP)


def test_a_map_has_approval_only_with_a_number(settings):
    settings.MAP_APPROVAL_NUMBER = ""
    assert not maps.has_approval()

    settings.MAP_APPROVAL_NUMBER = "GS(2023)0000号"
    assert maps.has_approval()


@pytest.fixture(scope="module")
def provinces(tmp_path_factory):
    """The real outlines of the provinces, simplified, beside the source."""
    source = maps._source_features("provinces")
    return source, [maps._drawn(feature) for feature in source]


def test_the_real_map_has_every_province_and_every_boundary_line(provinces):
    source, drawn = provinces
    lines = [feature["geometry"] for feature in source if not feature["properties"]["gb"]]

    assert [feature["geometry"] for feature in drawn if feature["properties"]["kind"] == "boundary"] == lines
    assert len({feature["properties"]["code"] for feature in drawn} - {""}) == 34


def test_no_island_of_the_real_map_is_lost_and_every_ring_is_valid(provinces):
    source, drawn = provinces

    assert [len(feature["geometry"]["coordinates"]) for feature in drawn] == [
        len(feature["geometry"]["coordinates"]) for feature in source
    ]
    assert all(shape(feature["geometry"]).is_valid for feature in drawn)


def test_the_real_map_keeps_its_area_within_a_thousandth(provinces):
    before, after = (sum(shape(feature["geometry"]).area for feature in features) for features in provinces)

    assert abs(after - before) < before / 1000


def test_a_speck_smaller_than_the_tolerance_stays():
    speck = MultiPolygon([Point(112.3, 16.9).buffer(0.0005)])

    assert maps.simplified(speck).area > 0


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(100, 120), st.floats(20, 40), st.floats(0.001, 1)), min_size=1, max_size=4))
def test_simplifying_keeps_every_part_and_makes_valid_rings(squares):
    merged = shapely.union_all([box(x, y, x + size, y + size) for x, y, size in squares])
    outline = merged if isinstance(merged, MultiPolygon) else MultiPolygon([merged])

    simple = maps.simplified(outline)

    assert len(simple.geoms) == len(outline.geoms)
    assert all(part.is_valid for part in simple.geoms)
