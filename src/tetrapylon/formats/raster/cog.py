"""Writing a cloud-optimised GeoTIFF: from windows, with overviews, names and units of bands, and its legend.

Source: OGC 21-026 (Cloud Optimized GeoTIFF 1.0), written by GDAL's COG driver.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tetrapylon.errors import MissingExtra, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

BLOCK = 512
"""Side of a tile of the file, cells; both drivers want a multiple of 16."""


@dataclass(frozen=True, slots=True)
class Band:
    """Name and unit of one band; unit "1" for a share or a probability."""

    name: str
    unit: str


def write_cog(
    path: Path,
    grid: GridSpec,
    bands: Sequence[Band],
    read: Callable[[Window], Any],
    *,
    tags: Mapping[str, str],
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a raster of float32; NaN is "no data".

    Parameters
    ----------
    path : replaced only when the new file is whole.
    read : window of at most BLOCK x BLOCK cells to (bands, rows, cols). Infinite values are refused.
    tags : metadata of the file, such as its legend. progress : called with windows written and windows in all.

    Raises
    ------
    MissingExtra : rasterio is not installed. ValueRangeError : an infinite value, or another shape than the window.
    """
    rasterio = library()
    from rasterio.shutil import copy

    plain, done = path.with_name(path.name + ".part"), path.with_name(path.name + ".done.tif")
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": len(bands), "height": grid.rows, "width": grid.cols,
        "crs": f"EPSG:{grid.epsg}", "transform": rasterio.Affine(*grid.affine), "nodata": math.nan,
        "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "BIGTIFF": "IF_SAFER", "interleave": "band",
    }  # fmt: skip
    windows = list(windows_of(grid))
    try:
        with rasterio.open(plain, "w", **profile) as out:
            for i, window in enumerate(windows, 1):
                out.write(_checked(read(window), len(bands), window), window=_rasterio_window(window))
                if progress is not None:
                    progress(i, len(windows))
            for i, band in enumerate(bands, 1):
                out.set_band_description(i, band.name)
                out.set_band_unit(i, band.unit)
            out.update_tags(**tags)
        copy(
            str(plain), str(done), driver="COG", compress="DEFLATE", predictor="YES", blocksize=BLOCK,
            overview_resampling="average", bigtiff="IF_SAFER",
        )  # fmt: skip
        done.replace(path)
    finally:
        plain.unlink(missing_ok=True)
        done.unlink(missing_ok=True)


def windows_of(grid: GridSpec, side: int = BLOCK) -> Sequence[Window]:
    """Windows of at most ``side`` x ``side`` cells that cover a grid, row by row."""
    return [
        Window(row, col, min(side, grid.rows - row), min(side, grid.cols - col))
        for row in range(0, grid.rows, side)
        for col in range(0, grid.cols, side)
    ]


def library() -> Any:
    """rasterio, or MissingExtra."""
    try:
        import rasterio
    except ImportError:
        raise MissingExtra("hazard", "A raster") from None
    return rasterio


def _checked(values: Any, bands: int, window: Window) -> Any:
    array = np.asarray(values, np.float32)
    if array.shape != (bands, window.rows, window.cols):
        raise ValueRangeError(f"A window of {window.rows} x {window.cols} cells came as {array.shape}.")
    if np.isinf(array).any():
        raise ValueRangeError("A raster cannot hold infinite values.", hint="Write them as no data (NaN).")
    return array


def _rasterio_window(window: Window) -> tuple[tuple[int, int], tuple[int, int]]:
    return (window.row, window.row + window.rows), (window.col, window.col + window.cols)
