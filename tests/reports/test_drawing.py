"""Drawings: what they show agrees with the figures and the geometry they were given."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from tetrapylon.errors import ValueRangeError
from tetrapylon.model import Bound, GradeInterval, Stated
from tetrapylon.reports.charts import Dot, grade_bars, grade_scale, stated_dots
from tetrapylon.reports.maps import DASHES, Line, Shape, site_map
from tetrapylon.reports.svg import WIDTH

SVG = "{http://www.w3.org/2000/svg}"
BOX = (38.25, 34.54, 38.29, 34.56)


def test_the_scale_bar_is_as_long_as_the_ellipsoid_says() -> None:
    """Independent of our own code: pyproj's geodesic between the edges of the map, at its middle latitude."""
    metres = Geod(ellps="WGS84").inv(BOX[0], 34.55, BOX[2], 34.55)[2]
    drawn = site_map([Shape(shapely.Point(38.27, 34.55))], box=BOX)
    (length,) = re.findall(r'<path d="M26 [\d.]+ V[\d.]+ H([\d.]+) V', drawn)
    (words,) = re.findall(r">(\d+ k?m)<", drawn)
    number, unit = words.split()
    stated = float(number) * (1000 if unit == "km" else 1)
    assert (float(length) - 26) / WIDTH * metres == pytest.approx(stated, rel=2e-3)


def test_north_is_up_and_east_is_right() -> None:
    drawn = site_map([Shape(shapely.Point(38.26, 34.545)), Shape(shapely.Point(38.28, 34.555))], box=BOX)
    (x1, y1), (x2, y2) = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="7"', drawn)]
    assert x2 > x1
    assert y2 < y1


def test_where_only_an_area_is_known_it_is_dashed_and_unfilled() -> None:
    circle = shapely.Point(38.27, 34.55).buffer(0.01)
    area, exact = (site_map([Shape(circle, GradeInterval(5, 5), area=a)], box=BOX) for a in (True, False))
    assert "stroke-dasharray" in area
    assert "stroke-dasharray" not in exact


def test_no_grade_is_hatched_and_a_grade_is_not() -> None:
    assert "url(#hatch)" in grade_scale(None)
    assert 'fill="url(#hatch)"' not in grade_scale(GradeInterval(0, 5))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(38.26, 38.28), st.floats(34.546, 34.556)), min_size=2, max_size=20))
def test_marks_never_cover_each_other(places: list[tuple[float, float]]) -> None:
    shapes = [Shape(shapely.Point(p), mark=str(i)) for i, p in enumerate(places)]
    drawn = site_map(shapes, box=BOX)
    circles = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="18', drawn)]
    assert len(circles) == len(places)
    assert all(math.dist(a, b) > 36 for i, a in enumerate(circles) for b in circles[:i])


def test_contours_carry_their_labels_and_are_told_apart_without_colour() -> None:
    middle = shapely.Point(38.27, 34.55)
    contours = [
        Line(middle.buffer(r), f"{r} deg", style) for r, style in zip((0.001, 0.003, 0.006), DASHES, strict=False)
    ]
    drawn = site_map([], lines=contours, box=BOX)
    for contour in contours:
        assert f">{contour.label}<" in drawn
        assert f'stroke-dasharray="{DASHES[contour.style]}"' in drawn
    places = [
        (float(x), float(y))
        for x, y, label in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*fill="#[0-9a-f]+">([^<]*)<', drawn)
        if label.endswith("deg")
    ]
    assert len(places) == 3
    assert min(math.dist(a, b) for a, b in itertools.combinations(places, 2)) > 30


def test_a_label_lies_on_its_line() -> None:
    """Shapely as the judge: the letters begin within their own height of the contour, in units of the drawing."""
    ring = shapely.Point(38.27, 34.55).buffer(0.003)
    drawn = site_map([], lines=[Line(ring, "200 m")], box=BOX)
    path = re.search(r'<path d="M([^"]*)" fill="none" stroke="#1d2730" stroke-width="3" stroke-dash', drawn)
    assert path is not None
    corners = [tuple(map(float, pair.split())) for pair in path[1].split(" L")]
    label = re.search(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>200 m<', drawn)
    assert label is not None
    assert shapely.LinearRing(corners).distance(shapely.Point(float(label[1]), float(label[2]) - 7)) < 3


def test_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(ValueRangeError, match="something to show"):
        site_map([])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(1, 1e7), st.sampled_from(Bound)), min_size=1, max_size=15))
def test_a_larger_figure_stands_higher_and_only_open_ones_have_an_arrow(stated: list[tuple[float, Bound]]) -> None:
    dots = [Dot("", value, Stated(value, bound).interval, "") for value, bound in stated]
    drawn = stated_dots(dots)
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', drawn)]
    by_value = sorted(zip([v for v, _ in stated], heights, strict=True))
    assert all(later <= earlier + 0.11 for (_, earlier), (_, later) in itertools.pairwise(by_value))
    assert drawn.count("<path") == sum(bound is Bound.AT_LEAST for _, bound in stated)


@given(st.text(max_size=20))
def test_any_label_gives_well_formed_svg(label: str) -> None:
    clean = "".join(c for c in label if c.isprintable())
    bars = grade_bars({"1-5": 3, clean + "5": 1}, unknown=clean + "5")
    for drawn in (bars, stated_dots([Dot(clean, 5.0, Stated(5.0).interval, clean)])):
        assert ElementTree.fromstring(drawn).tag == f"{SVG}svg"


def test_a_bar_is_as_long_as_its_number() -> None:
    drawn = grade_bars({"4": 10, "5": 5, "none": 20}, unknown="none")
    lengths = [float(w) for w in re.findall(r'<rect x="210.0" y="[\d.]+" width="([\d.]+)"', drawn)]
    assert [round(length / lengths[2], 3) for length in lengths] == [0.5, 0.25, 1.0]
