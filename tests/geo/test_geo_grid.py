import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.geo import measure
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.geo.grid import GridSpec, Window

GRID = GridSpec(32637, 430_000.0, 3_830_000.0, 10.0, 40, 30)

grids = st.builds(
    GridSpec,
    epsg=st.just(32637),
    west=st.floats(300_000, 700_000),
    north=st.floats(3_500_000, 4_000_000),
    cell_m=st.floats(0.25, 500),
    rows=st.integers(1, 60),
    cols=st.integers(1, 60),
)


@settings(max_examples=60, deadline=None)
@given(grids)
def test_centres_index_back_to_their_cells(grid):
    rows, cols = np.mgrid[: grid.rows, : grid.cols]
    back = grid.index(*grid.centre(rows, cols))
    assert (back[0] == rows).all()
    assert (back[1] == cols).all()


def test_edges_belong_to_one_cell_only():
    west, south, east, north = GRID.bounds
    assert GRID.bounds == (430_000, 3_829_600, 430_300, 3_830_000)
    assert [int(v) for v in GRID.index(west, north)] == [0, 0]
    assert [int(v) for v in GRID.index(west + 10, north - 10)] == [1, 1]
    for x, y in ((east, north - 1), (west + 1, south), (west - 0.01, north - 1), (np.nan, north)):
        assert [int(v) for v in GRID.index(x, y)] == [-1, -1]


def test_row_zero_is_north_and_gdal_agrees():
    a, b, c, d, e, f = GRID.affine
    x, y = GRID.centre(3, 5)
    assert (x, y) == (a * 5.5 + b * 3.5 + c, d * 5.5 + e * 3.5 + f)
    assert GRID.centre(0, 0)[1] > GRID.centre(1, 0)[1]


def test_grids_snap_to_shared_edges():
    one = GridSpec.around((430_003, 3_829_601, 430_299, 3_829_999), 10, epsg=32637)
    assert one.bounds == GRID.bounds
    point = GridSpec.around((430_000, 3_830_000, 430_000, 3_830_000), 10, epsg=32637)
    assert point.shape == (1, 1)


def test_a_local_grid_holds_the_site():
    site = shapely.box(38.2, 34.5, 38.35, 34.6)
    grid = GridSpec.local(site.bounds, 100)
    assert grid.epsg == 32637
    dense = shapely.segmentize(site, 0.001)
    outline = geometry_to_wgs84(shapely.segmentize(shapely.box(*grid.bounds), 50), 32637)
    assert outline.covers(dense)


@pytest.mark.parametrize("epsg", [32637, 32633, 3395])
def test_ground_area_of_cells_is_their_area_on_the_ellipsoid(epsg):
    """Each cell against its own polygon carried to longitude and latitude; zone 33 is far from its meridian here."""
    west = {32637: 433_000.0, 32633: 2_634_000.0, 3395: 4_260_000.0}[epsg]
    grid = GridSpec(epsg, west, 4_000_000.0, 500.0, 40, 25)
    area = grid.ground_area()
    assert area.shape == grid.shape
    for row, col in ((0, 0), (39, 24), (17, 3)):
        x, y = grid.centre(row, col)
        cell = shapely.segmentize(shapely.box(x - 250, y - 250, x + 250, y + 250), 50)
        assert area[row, col] == pytest.approx(measure.area(geometry_to_wgs84(cell, epsg), edges="lonlat"), rel=1e-6)


def test_ground_area_of_a_window_is_a_window_of_the_ground_area():
    window = Window(5, 7, 20, 1)
    assert GRID.ground_area(window) == pytest.approx(GRID.ground_area()[window.slices], rel=1e-9)
    assert GRID.ground_area().sum() == pytest.approx(
        measure.area(geometry_to_wgs84(shapely.box(*GRID.bounds), 32637)), rel=1e-6
    )


def test_windows_over_bounds():
    assert GRID.window_over((430_015, 3_829_985, 430_025, 3_829_995)) == Window(0, 1, 2, 2)
    assert GRID.window_over(GRID.bounds) == GRID.window
    assert GRID.window_over((0, 0, 10, 10)) is None
    cropped = GRID.crop(Window(2, 3, 4, 5))
    assert cropped.centre(0, 0) == GRID.centre(2, 3)
    with pytest.raises(ValueRangeError):
        GRID.crop(Window(38, 0, 5, 5))


def test_grids_that_make_no_sense():
    for change in ({"cell_m": 0.0}, {"cell_m": np.nan}, {"rows": 0}, {"west": np.inf}, {"epsg": 4326}):
        with pytest.raises(ValueRangeError):
            GridSpec(**{"epsg": 32637, "west": 0.0, "north": 0.0, "cell_m": 1.0, "rows": 1, "cols": 1} | change)
    with pytest.raises(VocabularyError):
        GridSpec(999999, 0, 0, 1, 1, 1)
    with pytest.raises(ValueRangeError):
        GridSpec.around((5, 0, 1, 1), 10, epsg=32637)
