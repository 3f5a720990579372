"""Overlaps and ground outside, against plain loops over pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.survey import overlay
from tetrapylon.clear.survey.overlay import outside, overlaps, square_metres, union_area
from tetrapylon.geo.measure import areas

corner = st.integers(0, 40).map(lambda v: v * 1e-4)
boxes = st.lists(
    st.tuples(corner, corner, st.integers(1, 12), st.integers(1, 12)).map(
        lambda t: shapely.box(38.26 + t[0], 34.55 + t[1], 38.26 + t[0] + t[2] * 1e-4, 34.55 + t[1] + t[3] * 1e-4)
    ),
    max_size=12,
)


def plain_overlaps(shapes: list[Any], others: list[Any] | None = None) -> dict[tuple[int, int], float]:
    found = {}
    for i, a in enumerate(shapes):
        for j, b in enumerate(shapes if others is None else others):
            if others is not None or i < j:
                m2 = square_metres([a.intersection(b)])[0]
                if m2 > 0:
                    found[i, j] = m2
    return found


def as_dict(blocks: object) -> dict[tuple[int, int], float]:
    return {
        (int(i), int(j)): float(m2)
        for b in blocks  # type: ignore[attr-defined]
        for i, j, m2 in zip(b.left, b.right, b.area, strict=True)
    }


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_overlaps_are_those_of_the_double_loop(shapes: list[Any]) -> None:
    assert as_dict(overlaps(shapes)) == pytest.approx(plain_overlaps(shapes), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(boxes, boxes)
def test_overlaps_with_others(shapes: list[Any], others: list[Any]) -> None:
    assert as_dict(overlaps(shapes, others)) == pytest.approx(plain_overlaps(shapes, others), abs=1e-6)


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    xy = np.array([38.26, 34.55]) + rng.random((200, 2)) * 0.003
    shapes = shapely.box(*xy.T, *(xy + 4e-4).T)
    whole = as_dict(overlaps(shapes))
    assert len(whole) > 100
    monkeypatch.setattr(overlay, "QUERY", 7)
    monkeypatch.setattr(overlay, "BLOCK", 3)
    assert as_dict(overlaps(shapes)) == whole


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(1, 6), st.integers(1, 6)), max_size=10))
def test_the_union_is_every_cell_of_a_grid_once(spots: list[tuple[int, int, int, int]]) -> None:
    """Rectangles of whole cells, against the cells counted one by one."""

    def cells(x: int, y: int, width: int, height: int) -> Any:
        return shapely.box(38 + x * 1e-3, 34 + y * 1e-3, 38 + (x + width) * 1e-3, 34 + (y + height) * 1e-3)

    covered = {(x + i, y + j) for x, y, w, h in spots for i in range(w) for j in range(h)}
    wanted = areas([cells(x, y, 1, 1) for x, y in covered], edges="lonlat").sum()
    assert union_area([cells(*spot) for spot in spots]) == pytest.approx(wanted, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(boxes, boxes)
def test_outside_is_the_difference_with_the_union(shapes: list[Any], covers: list[Any]) -> None:
    cover = shapely.union_all(covers)
    wanted = {i: square_metres([a.difference(cover)])[0] for i, a in enumerate(shapes)}
    found = {i: m2 for i, _, m2 in outside(shapes, covers)}
    assert found == pytest.approx({i: m2 for i, m2 in wanted.items() if m2 > 0 or i in found}, abs=1e-6)


def test_neighbours_that_only_touch_share_nothing() -> None:
    row = [shapely.box(38 + i * 1e-3, 34, 38 + (i + 1) * 1e-3, 34.001) for i in range(10)]
    assert as_dict(overlaps(row)) == {}
    assert union_area(row) == pytest.approx(square_metres(row).sum(), abs=1e-3)
    assert not list(overlaps([]))
    assert union_area([]) == 0.0
