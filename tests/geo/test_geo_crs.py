import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError, VocabularyError
from tetrapylon.geo import measure
from tetrapylon.geo.crs import DATUMS, crs, datum_shift_m, from_wgs84, geometry_to_wgs84, to_wgs84, utm_for
from tetrapylon.geo.planar import buffer, planar_area
from tetrapylon.geo.readings import readings

PALMYRA = (38.27, 34.55)
SITE = shapely.box(38.2, 34.5, 38.35, 34.6)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (38.27, 34.55, 32637),  # Palmyra
        (2.99, 60.0, 32631),
        (3.0, 60.0, 32632),  # Bergen: zone 32 widened over south-west Norway
        (5.3, 55.99, 32631),
        (5.3, 64.0, 32631),
        (8.99, 78.0, 32631),  # Svalbard: 31, 33, 35, 37 only
        (9.0, 78.0, 32633),
        (21.0, 78.0, 32635),
        (33.0, 78.0, 32637),
        (41.99, 78.0, 32637),
        (42.0, 78.0, 32638),
        (8.99, 71.99, 32632),
        (-180.0, 0.0, 32601),
        (180.0, 0.0, 32601),
        (179.99, -0.01, 32760),
        (6.0, 10.0, 32632),
        (5.999, 10.0, 32631),
    ],
)
def test_utm_zones_and_their_exceptions(lon, lat, epsg):
    assert utm_for(lon, lat) == epsg


def test_no_utm_at_the_poles_or_off_the_globe():
    for lat in (-80.1, 84.1):
        with pytest.raises(OutsideModel):
            utm_for(10, lat)
    with pytest.raises(GeometryError):
        utm_for(10, 91)
    with pytest.raises(GeometryError):
        utm_for(float("nan"), 10)


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-79, 83))
def test_every_place_lies_in_the_area_of_use_of_its_zone_or_an_exception(lon, lat):
    area = pyproj.CRS.from_epsg(utm_for(lon, lat)).area_of_use
    exception = (56 <= lat < 64 and 0 <= lon < 12) or (lat >= 72 and 0 <= lon < 42)
    assert exception or area.west - 1e-9 <= (lon if lon < 180 else -180) <= area.east + 1e-9


def test_three_datums_told_apart_at_palmyra():
    """The same numbers: 116 m apart in SK-42, 133 m in Deir ez Zor."""
    assert datum_shift_m(*PALMYRA, "wgs84") == 0
    assert datum_shift_m(*PALMYRA, "sk42") == pytest.approx(116, abs=0.5)
    assert datum_shift_m(*PALMYRA, "deir_ez_zor") == pytest.approx(133, abs=0.5)
    with pytest.raises(VocabularyError, match="sk42"):
        datum_shift_m(*PALMYRA, "sk-42")


def helmert_to_wgs84(lon, lat, semi_major, inverse_flattening, dx, dy, dz):
    """Three-parameter geocentric translation, written out: the plain reference."""
    f = 1 / inverse_flattening
    e2, phi, lam = f * (2 - f), np.radians(lat), np.radians(lon)
    n = semi_major / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    x = n * np.cos(phi) * np.cos(lam) + dx
    y = n * np.cos(phi) * np.sin(lam) + dy
    z = n * (1 - e2) * np.sin(phi) + dz
    a, e2 = 6378137.0, (2 - 1 / 298.257223563) / 298.257223563
    p, phi = np.hypot(x, y), np.arctan2(z, np.hypot(x, y) * (1 - e2))
    for _ in range(10):
        n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + e2 * n * np.sin(phi), p)
    return np.degrees(np.arctan2(y, x)), np.degrees(phi)


def test_deir_ez_zor_by_hand():
    """EPSG:15742 is a translation by (-190.421, 8.532, 238.69) m from Clarke 1880 (IGN), a 6378249.2, 1/f 293.466..."""
    lon, lat = to_wgs84(*PALMYRA, 4227)
    by_hand = helmert_to_wgs84(*PALMYRA, 6378249.2, 293.4660212936269, -190.421, 8.532, 238.69)
    assert measure.distance(lon, lat, *by_hand) < 0.001


def test_where_the_operations_hold_is_on_record():
    assert DATUMS["deir_ez_zor"].covers(*PALMYRA)
    assert not DATUMS["sk42"].covers(*PALMYRA)  # no published operation is made for Syria
    assert DATUMS["sk42"].covers(37.6, 55.75)
    assert DATUMS["sk42"].covers(-175, 66)  # its area runs past the 180th meridian


def test_proj_left_alone_would_have_shifted_nothing():
    """Why operations are pinned: asked for the best operation at Palmyra, PROJ offers SK-42 = WGS84."""
    here = pyproj.aoi.AreaOfInterest(38.2, 34.5, 38.3, 34.6)
    best = pyproj.transformer.TransformerGroup(4284, 4326, always_xy=True, area_of_interest=here).transformers[0]
    assert "Ballpark" in best.description
    assert measure.distance(*PALMYRA, *best.transform(*PALMYRA)) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.floats(36, 42), st.floats(32.5, 37), st.sampled_from([4326, 4284, 4227, 32637, 28407, 22770, 22780, 3395, 4230])
)
def test_there_and_back(lon, lat, epsg):
    back = to_wgs84(*from_wgs84(lon, lat, epsg), epsg)
    assert measure.distance(lon, lat, *back) < 0.01


def test_arrays_keep_their_shape_and_axes():
    x, y = from_wgs84(np.full((2, 3), 39.0), 0.0, 32637)
    assert x.shape == (2, 3)
    assert x == pytest.approx(500_000)  # the central meridian
    assert y == pytest.approx(0)
    square = shapely.box(433000, 3823000, 434000, 3824000)
    lonlat = geometry_to_wgs84(square, 32637)
    assert shapely.box(*lonlat.bounds).within(SITE)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("SK-43", "SK-42"),
        ("Deir es Zor", "Deir ez Zor"),
        ("EPSG:326377", "EPSG:32637"),
        ("WGS 84 / UTM zone 37", "UTM zone 37N"),
    ],
)
def test_unknown_crs_names_the_nearest(wrong, nearest):
    with pytest.raises(VocabularyError, match=nearest):
        crs(wrong)


def test_crs_by_name_code_and_text():
    assert crs("sk-42") == crs(4284) == crs("EPSG:4284") == crs(" 4284 ")
    with pytest.raises(GeometryError, match="not a geographic or projected"):
        to_wgs84(1, 2, 5714)  # a height
    with pytest.raises(GeometryError, match="no known way"):
        to_wgs84(1, 2, 22700)  # a projection PROJ does not have


def test_coordinates_a_projection_cannot_carry():
    with pytest.raises(GeometryError):
        to_wgs84(np.inf, 0, 32637)
    with pytest.raises(GeometryError):
        from_wgs84(np.nan, 34, 32637)


def the_numbers(epsg, swap=False):
    x, y = (float(v) for v in from_wgs84(*PALMYRA, epsg))
    return (y, x) if swap else (x, y)


@pytest.mark.parametrize(
    ("epsg", "swap", "note"),
    [
        (4326, False, ""),
        (4326, True, "swapped axes"),
        (32637, False, "metres in UTM zone 37"),
        (32637, True, "swapped axes, metres in UTM zone 37"),
        (32636, False, "wrong zone: metres in UTM zone 36, the site lies in zone 37"),
        (28407, False, "metres in SK-42, Gauss-Kruger zone 7 (zone number before the easting)"),
        (22770, False, "metres in Deir ez Zor / Syria Lambert"),
        (22780, False, "metres in Deir ez Zor / Levant Stereographic"),
    ],
)
def test_readings_find_what_was_meant(epsg, swap, note):
    best = readings(*the_numbers(epsg, swap), SITE, within_m=1000)[0]
    assert (best.epsg, best.swapped, best.note) == (epsg, swap, note)
    assert measure.distance(best.lon, best.lat, *PALMYRA) < 0.01


def test_a_landmark_tells_the_datum():
    found = readings(*the_numbers(4227), SITE, near=PALMYRA)
    assert [r.epsg for r in found] == [4227, 4326, 4284]
    assert found[0].from_near_m < 0.01
    assert found[1].from_near_m == pytest.approx(133, abs=1)


def test_outside_the_site_in_every_reading():
    assert readings(10.0, 10.0, SITE) == ()
    [near_miss, *_] = readings(38.4, 34.55, SITE)
    assert near_miss.off_site_m == pytest.approx(float(measure.distance(38.35, 34.55, 38.4, 34.55)), rel=1e-3)
    with pytest.raises(GeometryError):
        readings(np.nan, 1, SITE)
    with pytest.raises(GeometryError):
        readings(1, 1, shapely.Polygon())


def test_planar_area_states_its_scale():
    """Guide figures at Palmyra: UTM 37N 0.9993, EPSG:3395 1.47."""
    utm, mercator = planar_area(SITE), planar_area(SITE, epsg=3395)
    assert utm.epsg == 32637
    assert utm.areal_scale == pytest.approx(0.9993, abs=5e-5)
    assert mercator.areal_scale == pytest.approx(1.47, abs=0.005)
    for plane in (utm, mercator):
        assert plane.area_m2 / plane.areal_scale == pytest.approx(measure.area(SITE, edges="lonlat"), rel=3e-6)
    with pytest.raises(GeometryError, match="not a projected"):
        planar_area(SITE, epsg=4326)
    with pytest.raises(GeometryError):
        planar_area(shapely.Polygon())


@settings(max_examples=40, deadline=None)
@given(st.floats(-170, 170), st.floats(-70, 70), st.floats(1, 20_000))
@example(0.0, 70.0, 10_869.0)
@example(0.0, -70.0, 20_000.0)
def test_buffer_holds_everything_within_its_distance(lon, lat, metres):
    around = buffer(shapely.Point(lon, lat), metres)
    x, y, _ = measure.WGS84.fwd([lon] * 90, [lat] * 90, np.arange(0, 360, 4.0), [metres * 0.999999] * 90)
    assert shapely.covers(around, shapely.points(x, y)).all()
    assert measure.area(around) < np.pi * metres**2 * 1.01


def test_buffer_of_a_road():
    """A straight road of length L buffered by r: 2 r L + pi r^2."""
    road = shapely.LineString([(38.2, 34.55), (38.3, 34.55)])
    expected = 2 * 25 * measure.length(road) + np.pi * 25**2
    assert measure.area(buffer(road, 25), edges="lonlat") == pytest.approx(expected, rel=2e-3)


def test_buffers_that_make_no_sense():
    with pytest.raises(ValueRangeError):
        buffer(shapely.Point(1, 1), 0)
    with pytest.raises(GeometryError, match="empty"):
        buffer(shapely.Point(), 5)
    with pytest.raises(GeometryError, match="too wide"):
        buffer(shapely.LineString([(30, 30), (40, 30)]), 5)
