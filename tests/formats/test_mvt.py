"""Vector tiles, read back with mapbox-vector-tile; geometry held against a plain encoder that stands here."""

from __future__ import annotations

import math

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from tetrapylon.errors import NotFound
from tetrapylon.formats.mvt import TileLayer, encode_tile, tile_box, web_mercator
from tetrapylon.formats.mvt.encode import EXTENT
from tetrapylon.formats.mvt.grid import HALF_WORLD_M, matrix

PALMYRA = (38.2665, 34.5505)


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    """The usual slippy-map formula, for one point."""
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return z, x, y


def in_tile(lon: float, lat: float, z: int, x: int, y: int) -> tuple[int, int]:
    """A point in tile units, plainly: the reference for the fast way."""
    column = (lon + 180) / 360 * 2**z
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return round((column - x) * EXTENT), round((row - y) * EXTENT)


def encode(geometries, z, x, y, **properties) -> bytes:
    array = np.array(geometries, dtype=object)
    return encode_tile([TileLayer("layer", array, np.arange(len(array)) + 7, properties)], z=z, x=x, y=y)


def features(geometries, z, x, y, **properties) -> list[dict]:
    found = mapbox_vector_tile.decode(encode(geometries, z, x, y, **properties), default_options={"y_coord_down": True})
    return found["layer"]["features"] if found else []


def small(corners) -> shapely.Polygon:
    lon, lat = PALMYRA
    return shapely.Polygon([(lon + 0.0001 * a, lat + 0.0001 * b) for a, b in corners])


def test_properties_keep_their_types_and_an_absent_one_stays_absent():
    z, x, y = tile_at(*PALMYRA, 14)
    (one, two) = features(
        [shapely.Point(PALMYRA), shapely.Point(PALMYRA)], z, x, y,
        name=["معبد بل", None], count=[-3, 5_000_000_000], share=[0.5, None], known=[True, False],
    )  # fmt: skip
    assert one["properties"] == {"name": "معبد بل", "count": -3, "share": 0.5, "known": True}
    assert two["properties"] == {"count": 5_000_000_000, "known": False}
    assert (one["id"], two["id"]) == (7, 8)


def test_true_and_one_are_two_values():
    z, x, y = tile_at(*PALMYRA, 14)
    (only,) = features([shapely.Point(PALMYRA)], z, x, y, flag=[True], number=[1], share=[1.0])
    assert [type(only["properties"][k]) for k in ("flag", "number", "share")] == [bool, int, float]


def test_point_line_and_polygon_lie_where_the_slippy_map_formula_puts_them():
    z, x, y = tile_at(*PALMYRA, 15)
    ring = [(38.266, 34.55), (38.267, 34.55), (38.267, 34.551), (38.266, 34.55)]
    found = features([shapely.Point(PALMYRA), shapely.LineString(ring[:3]), shapely.Polygon(ring)], z, x, y)
    placed = [in_tile(*p, z, x, y) for p in ring]
    assert tuple(found[0]["geometry"]["coordinates"]) == in_tile(*PALMYRA, z, x, y)
    assert [tuple(p) for p in found[1]["geometry"]["coordinates"]] == placed[:3]
    assert shape(found[2]["geometry"]).equals(shapely.Polygon(placed))


def test_holes_parts_and_collections_survive():
    z, x, y = tile_at(*PALMYRA, 16)
    outer = small([(0, 0), (9, 0), (9, 9), (0, 9)]).exterior.coords
    hole = small([(3, 3), (6, 3), (6, 6), (3, 6)]).exterior.coords
    holed = shapely.Polygon(outer, [hole])
    several = shapely.MultiPolygon([small([(20, 0), (23, 0), (23, 3)]), small([(30, 0), (33, 0), (33, 3)])])
    mixed = shapely.GeometryCollection([shapely.Point(PALMYRA), shapely.LineString([PALMYRA, (38.2668, 34.5507)])])
    found = features([holed, several, mixed], z, x, y)
    kinds = sorted(f["geometry"]["type"] for f in found)
    assert kinds == ["LineString", "MultiPolygon", "Point", "Polygon"]
    polygon = next(shape(f["geometry"]) for f in found if f["geometry"]["type"] == "Polygon")
    assert len(polygon.interiors) == 1
    assert polygon.area == pytest.approx(EXTENT**2 * 72 * 1e-8 / _degrees2(z), rel=0.02)


def _degrees2(z: int) -> float:
    """Square degrees of longitude and (Mercator) latitude of a tile at Palmyra."""
    west, south, east, north = tile_box(*tile_at(*PALMYRA, z))
    return (east - west) * (north - south)


def test_outer_rings_run_clockwise_on_the_screen_whichever_way_they_were_given():
    z, x, y = tile_at(*PALMYRA, 16)
    square = small([(0, 0), (5, 0), (5, 5), (0, 5)])
    one, other = encode([square], z, x, y), encode([square.reverse()], z, x, y)
    for tile in (one, other):
        (found,) = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})["layer"]["features"]
        assert shape(found["geometry"]).area > 0
    assert len(one) == len(other)


def test_nothing_on_record_vanishes_from_a_small_map():
    """A building seen from far away is less than a tile unit wide and is still drawn."""
    tile = tile_at(*PALMYRA, 3)
    (found,) = features([small([(0, 0), (1, 0), (1, 1), (0, 1)])], *tile)
    assert shape(found["geometry"]).area == 0.5


def test_what_lies_elsewhere_is_left_out_and_an_empty_tile_is_empty():
    z, x, y = tile_at(*PALMYRA, 14)
    assert encode([shapely.Point(0, 0), None, shapely.Point()], z, x, y) == b""


def test_a_large_area_is_clipped_to_the_tile_and_its_buffer():
    z, x, y = tile_at(*PALMYRA, 14)
    (found,) = features([shapely.box(30, 30, 50, 40)], z, x, y)
    assert shape(found["geometry"]).bounds == (-64, -64, EXTENT + 64, EXTENT + 64)


def test_a_self_crossing_area_is_still_drawn():
    z, x, y = tile_at(*PALMYRA, 14)
    bow = shapely.Polygon([(38.0, 34.0), (39.0, 35.0), (39.0, 34.0), (38.0, 35.0)])
    assert features([bow], z, x, y)


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (2, 4, 0), (2, 0, 4), (0, -1, 0)])
def test_there_is_no_such_tile(z, x, y):
    with pytest.raises(NotFound):
        tile_box(z, x, y)


def test_the_grid_is_that_of_the_standard():
    """OGC 17-083r4, annex D.1: WebMercatorQuad, level 0 and 18."""
    assert matrix(0)["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-12)
    assert matrix(18)["scaleDenominator"] == pytest.approx(2132.72958384978, rel=1e-12)
    assert pytest.approx(20037508.3427892) == HALF_WORLD_M


def test_projection_agrees_with_proj():
    pyproj = pytest.importorskip("pyproj")
    lonlat = np.array([[0.0, 0.0], [38.2665, 34.5505], [-179.9, -84.9], [180.0, 85.05]])
    there = np.stack(pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(*lonlat.T), axis=1)
    assert web_mercator(lonlat) == pytest.approx(there, abs=1e-6)


coordinates = st.tuples(st.floats(38.2, 38.35), st.floats(34.5, 34.6))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(coordinates, st.floats(0.0002, 0.02), st.integers(3, 9)), min_size=1, max_size=8),
    st.integers(8, 14),
)
def test_every_regular_polygon_comes_back_with_its_area(drawn, z):
    polygons = []
    for (lon, lat), radius, corners in drawn:
        angle = 2 * np.pi * np.arange(corners) / corners
        polygons.append(shapely.Polygon(np.stack([lon + radius * np.cos(angle), lat + radius * np.sin(angle)], axis=1)))
    tile = tile_at(38.27, 34.55, z)
    scale = EXTENT * 2 ** tile[0] / (2 * HALF_WORLD_M)
    window = shapely.box(*tile_box(*tile, margin=64 / EXTENT))
    found = {f["id"] - 7: shape(f["geometry"]) for f in features(polygons, *tile)}
    for i, polygon in enumerate(polygons):
        inside = polygon.intersection(window)
        expected = shapely.transform(inside, web_mercator).area * scale**2
        perimeter = shapely.transform(inside, web_mercator).length * scale
        if i in found:
            assert abs(found[i].area - expected) <= perimeter + 4  # rounding moves each corner by up to 0.71 units
        else:
            assert inside.is_empty or inside.area == 0


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=50))
def test_variable_length_integers_agree_with_the_plain_way(values):
    from tetrapylon.formats.mvt.encode import _varint, _varints

    assert _varints(np.array(values, dtype=np.int64)) == b"".join(map(_varint, values))
