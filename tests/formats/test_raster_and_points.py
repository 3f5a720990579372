"""Rasters and named points: what goes out comes in again, and what cannot be used is refused by name."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.errors import GeometryError, NotFound, ValueRangeError
from tetrapylon.formats.gpx import WRITERS, Waypoint, write_points
from tetrapylon.formats.raster import Band, Raster, write_cog
from tetrapylon.geo.grid import GridSpec, Window

rasterio = pytest.importorskip("rasterio")
GRID = GridSpec(32637, 400_000.0, 3_800_000.0, 10.0, 700, 530)
BANDS = [Band("height", "m"), Band("share", "1")]


def values(window: Window) -> np.ndarray:
    row, col = np.mgrid[window.row : window.row + window.rows, window.col : window.col + window.cols]
    return np.stack([row * 1000 + col, np.where(row < 50, np.nan, col / 530)]).astype(np.float32)


def test_a_raster_comes_back_window_by_window_with_names_units_and_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    seen: list[tuple[int, int]] = []
    write_cog(path, GRID, BANDS, values, tags={"LEGEND": "metres"}, progress=lambda d, n: seen.append((d, n)))
    raster = Raster.open(path)
    assert raster.grid == GRID
    assert raster.bands == tuple(BANDS)
    assert raster.tags["LEGEND"] == "metres"
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    window = Window(40, 500, 30, 30)
    assert np.array_equal(raster.read(window), values(window), equal_nan=True)
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1) == [2]


def test_a_picture_in_another_reference_system_shows_the_same_ground(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    write_cog(path, GRID, BANDS, values, tags={})
    west, south, east, north = GRID.bounds
    picture = Raster.open(path).picture((west, south, east, north), (70, 53), epsg=32637)
    assert np.allclose(picture[0, 20:50, 10:40], values(GRID.window)[0, 205:505:10, 105:405:10], atol=5001)
    assert np.isnan(picture[1, :4]).all()
    lon, lat = GRID.centre_lonlat(350, 265)
    tiny = Raster.open(path).picture((lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5), (1, 1), epsg=4326)
    assert tiny[0, 0, 0] == pytest.approx(350 * 1000 + 265, abs=1100)


def test_a_raster_that_was_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_cog(tmp_path / "a.tif", GRID, BANDS, values, tags={}, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_infinite_values_and_wrong_shapes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match="infinite"):
        write_cog(tmp_path / "a.tif", GRID, BANDS, lambda w: values(w) + math.inf, tags={})
    with pytest.raises(ValueRangeError, match="came as"):
        write_cog(tmp_path / "a.tif", GRID, BANDS, lambda w: values(w)[:1], tags={})


def plain_tiff(path: Path, **changed: object) -> Path:
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 4, "height": 4, "crs": "EPSG:32637",
               "transform": rasterio.Affine(10, 0, 4e5, 0, -10, 38e5), **changed}  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.zeros((1, 4, 4), np.float32))
    return path


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_rasters_without_place_or_square_cells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match="does not say its reference system"):
        Raster.open(plain_tiff(tmp_path / "a.tif", crs=None))
    with pytest.raises(GeometryError, match="square and north up"):
        Raster.open(plain_tiff(tmp_path / "b.tif", transform=rasterio.Affine(10, 0, 4e5, 0, -20, 38e5)))
    with pytest.raises(ValueRangeError, match="projected CRS in metres"):
        Raster.open(plain_tiff(tmp_path / "c.tif", crs="EPSG:4326", transform=rasterio.Affine(0.1, 0, 30, 0, -0.1, 30)))
    (tmp_path / "d.tif").write_text("no raster")
    with pytest.raises(GeometryError, match="cannot be read as a raster"):
        Raster.open(tmp_path / "d.tif")
    with pytest.raises(NotFound):
        Raster.open(tmp_path / "none.tif")


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=20)
somewhere = st.tuples(st.floats(-179, 179), st.floats(-84, 84))


@settings(max_examples=25)
@given(st.lists(st.tuples(names, somewhere), min_size=1, max_size=8))
@pytest.mark.parametrize("suffix", [s for s in WRITERS if s != ".csv"])
def test_gdal_reads_points_of_any_name_to_a_millimetre(
    suffix: str, tmp_path_factory: pytest.TempPathFactory, points: list[tuple[str, tuple[float, float]]]
) -> None:
    import shapely

    path = tmp_path_factory.mktemp("points") / f"p{suffix}"
    made = [Waypoint(name, lon, lat, "a < b & c", {"n": "1"}) for name, (lon, lat) in points]
    write_points(made, path, title='lot "1" & more')
    layer = "waypoints" if suffix == ".gpx" else pyogrio.list_layers(path)[0][0]
    _, _, geometry, _ = pyogrio.raw.read(path, layer=layer)
    at = shapely.get_coordinates(shapely.from_wkb(geometry))
    assert np.allclose(at, [(p.lon, p.lat) for p in made], rtol=0, atol=1e-8)


def test_a_suffix_nobody_writes_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match=r'Did you mean "\.gpx"'):
        write_points([], tmp_path / "points.gpxx", title="")
