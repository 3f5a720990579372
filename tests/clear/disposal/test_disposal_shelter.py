"""Walls between the item and a structure, compared with a plain reading of the rule."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.shelter import LEAST_WALL_M, sheltered_by

boxes = st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 20), st.integers(1, 20)).map(
    lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)
heights = st.sampled_from([np.nan, 1.0, LEAST_WALL_M, 9.0])


def plain(x: float, y: float, footprints: list[BaseGeometry], height: list[float]) -> list[set[int]]:
    """Every structure that stands between, for each footprint."""
    point = shapely.Point(x, y)
    found = []
    for i, target in enumerate(footprints):
        sight = shapely.shortest_line(point, target)
        found.append(
            {
                j
                for j, wall in enumerate(footprints)
                if j != i
                and height[j] >= LEAST_WALL_M
                and not wall.intersects(point)
                and not wall.intersects(target)
                and sight.intersection(wall).length > 0
            }
        )
    return found


@given(st.lists(st.tuples(boxes, heights), min_size=1, max_size=12), st.integers(-60, 60), st.integers(-60, 60))
@settings(max_examples=80)
def test_the_fast_reading_agrees_with_the_plain_one(
    structures: list[tuple[BaseGeometry, float]], x: int, y: int
) -> None:
    footprints, height = [s for s, _ in structures], [h for _, h in structures]
    found = sheltered_by(x, y, footprints, height)
    for one, between in zip(found.tolist(), plain(x, y, footprints, height), strict=True):
        assert one in between if between else one == -1


def test_a_wall_shelters_what_stands_behind_it_alone() -> None:
    wall, behind, beside = shapely.box(10, -20, 11, 20), shapely.box(30, -2, 34, 2), shapely.box(-30, 0, -20, 5)
    assert sheltered_by(0, 0, [wall, behind, beside], [6.0, np.nan, np.nan]).tolist() == [-1, 0, -1]
    assert sheltered_by(0, 0, [wall, behind, beside], [np.nan] * 3).tolist() == [-1, -1, -1]
    assert sheltered_by(10.5, 0, [wall, behind], [6.0, np.nan]).tolist() == [-1, -1], "the item lies in it"
