import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.geo.checks import Severity
from tetrapylon.geo.screen import needs_examination
from tetrapylon.geo.validity import examine

SITE = shapely.box(38.1, 34.4, 38.4, 34.7)

steps = st.sampled_from([0, 1, 2, 5, 1000, 10_000, 60_000, 10_000_000])  # millionths of a degree
points = st.lists(st.tuples(steps, steps), min_size=1, max_size=8)


def geometries(draw):
    for kind, corners in draw:
        xy = np.array(corners) * 1e-6 + [38.2, 34.5]
        if kind == "point":
            yield shapely.Point(xy[0])
        elif kind == "line" and len(xy) > 1:
            yield shapely.LineString(xy)
        elif kind == "polygon" and len(xy) > 2:
            yield shapely.Polygon(xy)


def matters(geometry, site):
    return any(f.severity is not Severity.NOTE for f in examine(geometry, site=site))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["point", "line", "polygon"]), points), max_size=12), st.booleans())
def test_what_the_sieve_lets_pass_has_no_finding(draw, with_site):
    site = SITE if with_site else None
    shapes = list(geometries(draw))
    flagged = needs_examination(shapes, site=site)
    assert not any(matters(s, site) for s, flag in zip(shapes, flagged, strict=True) if not flag)


@pytest.mark.filterwarnings("ignore:invalid value")  # shapely's own, while reading the bad line
def test_ordinary_outlines_pass_and_hostile_ones_do_not():
    square = shapely.box(38.26, 34.55, 38.27, 34.56)
    holed = shapely.Polygon(square.exterior.coords, [shapely.box(38.262, 34.552, 38.264, 34.554).exterior.coords])
    good = [
        square,
        square.reverse(),
        holed,
        shapely.Point(38.2, 34.5),
        shapely.LineString([(38.2, 34.5), (38.21, 34.5)]),
    ]
    assert not needs_examination(good, site=SITE).any()
    hostile = [
        None,
        shapely.Polygon(),
        shapely.Polygon([(38.26, 34.55), (38.27, 34.56), (38.27, 34.55), (38.26, 34.56)]),
        shapely.Polygon([(34.55, 38.26), (34.55, 38.27), (34.56, 38.27)]),
        shapely.box(433000, 3823000, 434000, 3824000),
        shapely.from_wkt("LINESTRING (38 34, NaN 35)"),
        shapely.MultiPolygon([square]),
    ]
    assert needs_examination(hostile, site=SITE).all()
    assert needs_examination([], site=SITE).tolist() == []
