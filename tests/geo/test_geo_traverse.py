import datetime
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo import measure
from tetrapylon.geo.crs import from_wgs84
from tetrapylon.geo.traverse import (
    BearingReference,
    Leg,
    TraverseEntry,
    bowditch,
    compute,
    convergence_deg,
    legs_between,
    misclosure,
)

START = (38.27, 34.55)
DAY = datetime.date(2025, 6, 1)
SQUARE = (Leg(0, 100), Leg(90, 100), Leg(180, 100), Leg(270, 100))


def true_entry(*legs, start=START):
    return TraverseEntry(*start, legs, BearingReference.TRUE)


def magnetic_entry(*legs, declination=5.3):
    return TraverseEntry(*START, legs, BearingReference.MAGNETIC, declination_deg=declination, declination_on=DAY)


def test_a_magnetic_bearing_read_as_true_is_nine_metres_off():
    """Declination 5.3 degrees east: 2 * 100 m * sin(5.3 / 2 degrees) = 9.2 m."""
    right, wrong = compute(magnetic_entry(Leg(40, 100))), compute(true_entry(Leg(40, 100)))
    off = measure.distance(right.lon[-1], right.lat[-1], wrong.lon[-1], wrong.lat[-1])
    assert off == pytest.approx(9.2, abs=0.05)
    assert right.true_bearing_deg[0] == pytest.approx(45.3)


def test_the_reference_must_be_declared_and_complete():
    with pytest.raises(TypeError):
        TraverseEntry(*START, SQUARE)
    with pytest.raises(ValueRangeError, match="need the declination"):
        TraverseEntry(*START, SQUARE, BearingReference.MAGNETIC)
    with pytest.raises(ValueRangeError, match="day of the declination"):
        TraverseEntry(*START, SQUARE, BearingReference.MAGNETIC, declination_deg=5.3)
    with pytest.raises(ValueRangeError, match="grid's CRS"):
        TraverseEntry(*START, SQUARE, BearingReference.GRID)
    with pytest.raises(ValueRangeError, match="take no value"):
        TraverseEntry(*START, SQUARE, BearingReference.TRUE, grid_epsg=32637)
    with pytest.raises(ValueRangeError, match="no grid north"):
        TraverseEntry(*START, SQUARE, BearingReference.GRID, grid_epsg=4326)


@pytest.mark.parametrize(
    "leg", [Leg(-1, 10), Leg(361, 10), Leg(math.nan, 10), Leg(10, 0), Leg(10, -3), Leg(10, math.inf)]
)
def test_legs_that_make_no_sense(leg):
    with pytest.raises(ValueRangeError, match="Leg 2"):
        true_entry(Leg(0, 10), leg)


def test_no_legs_or_no_start():
    with pytest.raises(ValueRangeError):
        true_entry()
    with pytest.raises(GeometryError):
        true_entry(Leg(0, 1), start=(38, 134))


def test_grid_bearings_run_along_the_grid():
    """In the grid's plane a leg of grid bearing 0 keeps its easting, one of 90 its northing."""
    for bearing, axis in ((0, 0), (90, 1)):
        entry = TraverseEntry(*START, (Leg(bearing, 500),), BearingReference.GRID, grid_epsg=32637)
        line = compute(entry)
        moved = np.diff(np.stack(from_wgs84(line.lon, line.lat, 32637)), axis=1).ravel()
        assert abs(moved[axis]) < 0.005
        assert moved[1 - axis] == pytest.approx(500 * 0.99966, abs=0.02)


def test_convergence_has_the_sign_of_the_side_of_the_central_meridian():
    """Snyder 1987 eq. 8-15 to first order: (lon - lon0) * sin(lat)."""
    for lon in (38.27, 39.0, 40.5):
        assert convergence_deg(lon, 34.55, 32637) == pytest.approx((lon - 39) * math.sin(math.radians(34.55)), abs=1e-3)
    with pytest.raises(GeometryError):
        convergence_deg(38, 34, 4326)


def test_misclosure_equals_plane_departures_and_latitudes_on_the_equator():
    """Where meridians are parallel a traverse is plane: sums of d sin(bearing) and d cos(bearing)."""
    legs = (
        Leg(126.9214, 647.25),
        Leg(178.3161, 203.03),
        Leg(15.5317, 720.35),
        Leg(284.5889, 610.24),
        Leg(206.1614, 285.13),
    )
    east = sum(leg.distance_m * math.sin(math.radians(leg.bearing_deg)) for leg in legs)
    north = sum(leg.distance_m * math.cos(math.radians(leg.bearing_deg)) for leg in legs)
    gap = misclosure(compute(true_entry(*legs, start=(39.0, 0.0))))
    assert (gap.east_m, gap.north_m) == (pytest.approx(east, abs=1e-3), pytest.approx(north, abs=1e-3))
    assert gap.length_m == pytest.approx(math.hypot(east, north), abs=1e-3)
    assert gap.ratio == pytest.approx(gap.length_m / 2466.0)


def test_bowditch_spreads_by_length_and_closes():
    legs = (Leg(0, 100), Leg(90, 300), Leg(180, 100), Leg(270, 296))
    line = compute(true_entry(*legs))
    adjusted = bowditch(line)
    assert adjusted.misclosure.east_m == pytest.approx(4, abs=0.01)
    assert "1 : 199" in str(adjusted.misclosure)
    assert adjusted.shift_m == pytest.approx(adjusted.misclosure.length_m * np.array([0, 100, 400, 500, 796]) / 796)
    assert measure.distance(*START, adjusted.lon[-1], adjusted.lat[-1]) < 1e-6
    assert adjusted.traverse is line  # what was entered stays beside it
    assert line.entry.legs == legs
    assert measure.area(adjusted.polygon()) == pytest.approx(100 * 298, rel=1e-3)


def test_closing_on_a_known_end():
    line = compute(true_entry(Leg(0, 1000)))
    end = (START[0], float(line.lat[-1]))
    assert misclosure(line, end=end).length_m < 1e-6
    assert str(misclosure(line, end=end)).endswith("no misclosure")
    beyond = (START[0] + 1e-4, float(line.lat[-1]))
    gap = misclosure(line, end=beyond)
    assert gap.east_m == pytest.approx(-measure.distance(*end, *beyond), abs=1e-3)
    adjusted = bowditch(line, end=beyond)
    assert measure.distance(adjusted.lon[-1], adjusted.lat[-1], *beyond) < 1e-6
    with pytest.raises(GeometryError, match="returns to its start"):
        adjusted.polygon()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)), min_size=2, max_size=8, unique=True),
    st.floats(-170, 170),
    st.floats(-70, 70),
)
def test_legs_between_points_lead_back_over_them(offsets, lon, lat):
    x, y = np.array([(lon + dx, lat + dy) for dx, dy in offsets]).T
    legs = legs_between(x, y)
    if min(leg.distance_m for leg in legs) > 0.01:
        line = compute(true_entry(*legs, start=(x[0], y[0])))
        assert measure.distance(line.lon, line.lat, x, y).max() < 1e-5


@settings(max_examples=40, deadline=None)
@given(st.floats(-30, 30), st.lists(st.tuples(st.floats(0, 360), st.floats(1, 500)), min_size=3, max_size=6))
def test_magnetic_is_true_turned_by_the_declination(declination, pairs):
    legs = tuple(Leg(b, d) for b, d in pairs)
    turned = tuple(Leg((b + declination) % 360, d) for b, d in pairs)
    a, b = compute(magnetic_entry(*legs, declination=declination)), compute(true_entry(*turned))
    assert measure.distance(a.lon, a.lat, b.lon, b.lat).max() < 1e-6
