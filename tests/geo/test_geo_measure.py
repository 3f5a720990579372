import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import shape

from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError, VocabularyError
from tetrapylon.geo import measure
from tetrapylon.geo.position import Position

GEOD = Geod(ellps="WGS84")

FOOTPRINTS = Path(__file__).parents[2] / "src/tetrapylon/cases/palmyra/geometry/palmyra_footprints.geojson"

star = st.lists(st.floats(0.3, 1.0), min_size=3, max_size=12)
latitude = st.floats(-65, 65)
longitude = st.floats(-179, 179)
size_m = st.floats(5, 4000)


def star_polygon(lon, lat, radii, size):
    """A star-shaped polygon about a point: simple by construction, corners at geodesic distances."""
    azimuth = -np.linspace(0, 360, len(radii), endpoint=False)
    n = len(radii)
    x, y, _ = GEOD.fwd([lon] * n, [lat] * n, azimuth, size * np.array(radii))
    return shapely.Polygon(np.c_[x, y])


def reference_area(polygon):
    """Karney's algorithm ring by ring, holes off."""
    rings = [polygon.exterior, *polygon.interiors]
    parts = [abs(GEOD.polygon_area_perimeter(*np.array(r.coords).T[:2])[0]) for r in rings]
    return parts[0] - sum(parts[1:])


def test_published_polygon_of_antarctica():
    """GeographicLib's own example (Planimeter, PolygonArea): 13662703680020.1 m2, perimeter 16831067.893 m."""
    lat = [-63.1, -72.9, -71.9, -74.9, -74.3, -77.5, -77.4, -71.7, -65.9, -65.7, -66.6, -66.9, -69.8, -70.0, -71.0]
    lat += [-77.3, -77.9, -74.7]
    lon = [-58, -74, -102, -102, -131, -163, 163, 172, 140, 113, 88, 59, 25, -4, -14, -33, -46, -61]
    polygon = shapely.Polygon(list(zip(lon, lat, strict=True)))
    assert measure.area(polygon) == pytest.approx(13662703680020.1, abs=1)
    assert measure.length(polygon) == pytest.approx(16831067.893, abs=0.001)


def test_published_distance_wellington_to_salamanca():
    """GeographicLib's documentation: 19959679.267 m."""
    assert measure.distance(174.81, -41.32, -5.50, 40.96) == pytest.approx(19959679.267, abs=0.001)


def test_whole_ellipsoid():
    """Area of WGS84: 510065621724088.44 m2 (GeographicLib, Geodesic::EllipsoidArea)."""
    assert measure.area(shapely.box(-180, -90, 180, 90), edges="lonlat") == pytest.approx(510065621724088.44, rel=1e-14)


def test_a_clockwise_ring_has_a_positive_area():
    ring = [(0, 0), (0, 1e-4), (2e-4, 1e-4), (2e-4, 0)]  # clockwise
    square = shapely.Polygon([(38.274 + x, 34.547 + y) for x, y in ring])
    assert not square.exterior.is_ccw
    assert measure.area(square) > 0


def test_shipped_footprints_whatever_their_orientation():
    features = json.loads(FOOTPRINTS.read_text("utf-8"))["features"]
    shapes = [shape(f["geometry"]) for f in features]
    assert sum(not s.exterior.is_ccw for s in shapes if s.geom_type == "Polygon") == 11
    areas = measure.areas(shapes)
    assert (areas > 0).all()
    cella = next(i for i, f in enumerate(features) if f["properties"].get("structure_id") == "temple_of_bel_cella")
    assert areas[cella] == pytest.approx(523.20, abs=0.01)
    assert areas == pytest.approx([abs(GEOD.geometry_area_perimeter(s)[0]) for s in shapes], abs=2e-3)


@settings(max_examples=100, deadline=None)
@given(longitude, latitude, star, size_m)
def test_fast_area_equals_karney(lon, lat, radii, size):
    polygon = star_polygon(lon, lat, radii, size)
    crosses = np.ptp(np.array(polygon.exterior.coords)[:, 0]) > 180
    if not crosses:
        assert measure.area(polygon) == pytest.approx(reference_area(polygon), abs=5e-3)


def test_fast_area_across_the_antimeridian():
    here = shapely.Polygon([(179.99, 10), (-179.99, 10), (-179.99, 10.01), (179.99, 10.01)])
    there = shapely.box(9.99, 10, 10.01, 10.01)
    assert measure.area(here) == pytest.approx(measure.area(there), rel=1e-9)


def test_lonlat_edges_are_what_densified_geodesics_approach():
    """A lon/lat-straight edge cut into 2,000 geodesic pieces is lon/lat-straight: both measures meet there."""
    triangle = shapely.Polygon([(38.2, 34.5), (38.3, 34.52), (38.24, 34.6)])
    dense = shapely.segmentize(triangle, 1e-4)
    assert measure.area(triangle, edges="lonlat") == pytest.approx(reference_area(dense), rel=1e-8)
    assert abs(measure.area(triangle, edges="lonlat") - measure.area(triangle)) > 100  # the two are not one


@settings(max_examples=60, deadline=None)
@given(longitude, latitude, star, size_m, st.integers(0, 11))
def test_orientation_and_first_vertex_never_matter(lon, lat, radii, size, turn):
    polygon = star_polygon(lon, lat, radii, size)
    corners = list(polygon.exterior.coords)[:-1]
    turned = corners[turn % len(corners) :] + corners[: turn % len(corners)]
    for edges in ("geodesic", "lonlat"):
        expected = measure.area(polygon, edges=edges)
        assert expected >= 0
        assert measure.area(shapely.Polygon(turned[::-1]), edges=edges) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(-170, 170), latitude, star, size_m, st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_any_partition_adds_up(lon, lat, radii, size, at_x, at_y):
    """Cut by overlay in longitude and latitude, the parts add up to the whole within a square centimetre."""
    polygon = star_polygon(lon, lat, radii, size)
    west, south, east, north = polygon.bounds
    x, y = west + at_x * (east - west), south + at_y * (north - south)
    boxes = shapely.box([west, x, west, x], [south, south, y, y], [x, east, x, east], [y, y, north, north])
    parts = shapely.intersection(polygon, boxes)
    whole = measure.area(polygon, edges="lonlat")
    assert measure.areas(parts, edges="lonlat").sum() == pytest.approx(whole, abs=1e-4)


def test_holes_and_parts():
    outer, inner = shapely.box(38.26, 34.54, 38.28, 34.56), shapely.box(38.265, 34.545, 38.27, 34.55)
    holed = shapely.Polygon(outer.exterior.coords, [inner.exterior.coords])
    assert measure.area(holed) == pytest.approx(measure.area(outer) - measure.area(inner), abs=1e-3)
    far = shapely.box(38.3, 34.54, 38.31, 34.55)
    multi = shapely.MultiPolygon([holed, far])
    assert measure.area(multi) == pytest.approx(measure.area(holed) + measure.area(far), abs=1e-3)
    collection = shapely.GeometryCollection([multi, shapely.Point(38, 34), shapely.LineString([(0, 0), (1, 1)])])
    assert measure.area(collection) == measure.area(multi)
    assert measure.areas([None, shapely.Polygon(), shapely.Point(1, 1)]).tolist() == [0, 0, 0]


def test_lengths_of_lines_and_boundaries():
    """One degree of the equator is a * pi / 180 = 111319.491 m; the quarter meridian 10001965.729 m (WGS84)."""
    equator = shapely.LineString([(0, 0), (1, 0)])
    assert measure.length(equator) == pytest.approx(111319.4908, abs=1e-3)
    assert measure.length_km(shapely.LineString([(5, 0), (5, 90)])) == pytest.approx(10001.965729, abs=1e-6)
    both = shapely.MultiLineString([equator, [(0, 1), (0, 2)]])
    assert measure.length(both) == pytest.approx(measure.length(equator) + float(measure.distance(0, 1, 0, 2)))
    assert measure.lengths([shapely.Point(1, 1), shapely.LineString(), None]).tolist() == [0, 0, 0]
    square = shapely.box(38.26, 34.54, 38.28, 34.56)
    assert measure.length(square) == pytest.approx(measure.edge_lengths(square).sum())
    assert len(measure.edge_lengths(square)) == 4  # the closing edge is one of them


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value")  # shapely's own, while building the bad geometry
def test_coordinates_that_are_not_numbers_are_refused(bad):
    with pytest.raises(GeometryError):
        measure.area(shapely.Polygon([(0, 0), (1, bad), (1, 1)]))
    with pytest.raises(GeometryError):
        measure.length(shapely.LineString([(0, 0), (bad, 1)]))


def test_metres_and_swapped_axes_are_refused():
    with pytest.raises(GeometryError, match="latitude"):
        measure.area(shapely.box(433000, 3823000, 434000, 3824000))


def test_unknown_edges_are_named():
    with pytest.raises(VocabularyError, match="geodesic"):
        measure.area(shapely.box(0, 0, 1, 1), edges="geodesics")


@settings(max_examples=60, deadline=None)
@given(longitude, st.floats(-75, 75), st.floats(1, 50_000))
def test_extent_holds_the_whole_circle(lon, lat, radius):
    polygon = measure.extent(lon, lat, radius)
    corners = np.array(polygon.exterior.coords)
    middle = (corners[1:] + corners[:-1]) / 2
    assert polygon.exterior.is_ccw
    away = measure.distance(lon, lat, corners[:, 0], corners[:, 1])
    assert away == pytest.approx(radius / np.cos(np.pi / 64), rel=1e-9, abs=1e-6)
    assert (measure.distance(lon, lat, middle[:, 0], middle[:, 1]) >= radius * (1 - 2e-4)).all()
    assert measure.area(polygon) == pytest.approx(np.pi * radius**2, rel=2e-3)


def test_extents_of_bad_radii():
    for bad in (0.0, -5.0, np.nan, np.inf):
        with pytest.raises(ValueRangeError):
            measure.extent(38.27, 34.55, bad)
    with pytest.raises(GeometryError, match="pole"):
        measure.extent(10, 89.999, 5000)


def test_a_position_known_to_a_kilometre_is_an_area():
    sharp, coarse, unstated = Position(38.27, 34.55, 60), Position(38.27, 34.55, 1000), Position(38.27, 34.55)
    assert sharp.shown().geom_type == "Point"
    assert sharp.target().equals(shapely.Point(38.27, 34.55))
    assert coarse.shown().geom_type == "Polygon"
    with pytest.raises(OutsideModel, match="area"):
        coarse.target()
    with pytest.raises(OutsideModel, match="unstated"):
        unstated.target()
    with pytest.raises(OutsideModel, match="not stated"):
        unstated.shown()


def test_positions_off_the_globe_are_refused():
    for lon, lat in ((np.nan, 34.0), (38.0, 134.0), (500000.0, 34.0)):
        with pytest.raises(GeometryError):
            Position(lon, lat, 10)
    with pytest.raises(ValueRangeError):
        Position(38, 34, -1)
