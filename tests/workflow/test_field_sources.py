"""Evidence as rasters: the same numbers however the grid is cut, and those of the plain formula."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.contamination.evidence import Evidence
from tetrapylon.clear.search import Classes, Method, PoD, Search, unfound
from tetrapylon.geo.grid import GridSpec, Window
from tetrapylon.workflow.field_sources import EvidenceSource, ModifierSource, UnfoundSource, fine_cell, layered

GRID = GridSpec(32637, 400_000.0, 3_800_000.0, 5.0, 40, 50)
CLASSES = Classes(("easy", "hard"), (0.7, 0.3))
METHOD = Method("manual", (PoD(38, 40), PoD(12, 20)), 0.3)


def box(*bounds: float) -> shapely.Polygon:
    """A rectangle in m from the south-west corner of the grid."""
    west, south = GRID.bounds[:2]
    return shapely.box(west + bounds[0], south + bounds[1], west + bounds[2], south + bounds[3])


CORNER = np.array([[GRID.west + 3, GRID.north - 3]])
LANES = [(box(10, 10, 120, 63), 0.9, 1), (box(50, 40, 180, 120), 0.8, 2), (box(190, 150, 240, 190), 1.0, 1)]


def test_overlapping_searches_become_passes_and_others_share_one() -> None:
    layers = layered(METHOD, LANES)
    assert [len(lanes) for lanes in layers.passes] == [2, 1, 1]  # the third lane lies beside the first


def test_the_share_unfound_is_that_of_the_plain_formula() -> None:
    source = UnfoundSource(GRID, CLASSES, (layered(METHOD, LANES),))
    q = source.read(GRID.window)

    def at(x: float, y: float) -> float:
        row, col = GRID.index(GRID.west + x, GRID.bounds[1] + y)
        return float(q[row, col])

    def plain(*coverage: float) -> float:
        return float(unfound(CLASSES, [Search(METHOD, np.array(coverage)[:, None])]).share[0])

    assert at(20, 20) == pytest.approx(plain(0.9), rel=1e-12)
    assert at(100, 50) == pytest.approx(plain(0.9, 0.8, 0.8), rel=1e-12)
    assert at(150, 100) == pytest.approx(plain(0.8, 0.8), rel=1e-12)
    assert at(225, 170) == pytest.approx(plain(1.0), rel=1e-12)
    assert at(2, 2) == 1.0


@settings(max_examples=8)
@given(st.integers(7, 39), st.integers(7, 49))
def test_every_tiling_gives_the_same_bits(rows: int, cols: int) -> None:
    reports = (Evidence("a", box(60, 60, 90, 100), 12.0, 1.2), Evidence("b", box(70, 20, 71, 21).buffer(9), 0.0, -0.4))
    sources = (
        UnfoundSource(GRID, CLASSES, (layered(METHOD, LANES),)),
        ModifierSource(GRID, reports),
        EvidenceSource(
            GRID, (LANES[0][0],), np.array([[GRID.west + 3, GRID.north - 3]]), ((reports[0].footprint, 12.0),)
        ),
    )
    for source in sources:
        whole = source.read(GRID.window)
        for row in range(0, GRID.rows, rows):
            for col in range(0, GRID.cols, cols):
                w = Window(row, col, min(rows, GRID.rows - row), min(cols, GRID.cols - col))
                assert np.array_equal(source.read(w), whole[w.slices])


@pytest.mark.parametrize(("reach", "cell"), [(60.0, 1.0), (100.0, 2.0), (250.0, 5.0), (1000.0, 20.0), (8.0, 0.2)])
def test_the_cell_is_a_round_number_well_under_the_range(reach: float, cell: float) -> None:
    assert fine_cell(reach) == pytest.approx(cell)
