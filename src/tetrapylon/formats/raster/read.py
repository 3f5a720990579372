"""Reading a raster by windows of its own grid, or as a picture of any box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tetrapylon.errors import GeometryError, NotFound
from tetrapylon.formats.raster.cog import Band, library
from tetrapylon.geo.grid import GridSpec, Window

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Raster:
    """A raster file on a grid of square cells, north up, in a projected CRS in metres. Pickles as its path."""

    path: Path
    grid: GridSpec
    bands: tuple[Band, ...]
    tags: Mapping[str, str]

    @classmethod
    def open(cls, path: Path) -> Raster:
        """Read the head of a file.

        Raises
        ------
        NotFound : no such file. GeometryError : no raster, without a CRS, in degrees, turned, or with oblong cells.
        """
        if not path.is_file():
            raise NotFound(f"There is no file {path}.")
        rasterio = library()
        try:
            with rasterio.open(path) as file:
                code = file.crs.to_epsg() if file.crs else None
                a, b, west, d, e, north = list(file.transform)[:6]
                names = [Band(n or f"band {i}", u or "") for i, (n, u) in enumerate(_bands(file), 1)]
                shape, tags = (file.height, file.width), dict(file.tags())
        except rasterio.errors.RasterioIOError as error:
            why = str(error).rstrip(".")
            raise GeometryError(f"{path.name} cannot be read as a raster: {why}.") from None
        if code is None:
            raise GeometryError(
                f"{path.name} does not say its reference system.",
                hint="Assign it: gdal_edit -a_srs EPSG:NNNNN.",
            )
        if b or d or abs(a + e) > 1e-9 * abs(a) or a <= 0:
            raise GeometryError(
                f"{path.name}: cells must be square and north up, not {a:g} x {e:g} (turned {b:g}, {d:g})."
            )
        return cls(path, GridSpec(code, west, north, a, *shape), tuple(names), tags)

    def read(self, window: Window) -> Floats:
        """Values (bands, rows, cols) of a window; NaN where there are none."""
        with library().open(self.path) as file:
            rows, cols = (window.row, window.row + window.rows), (window.col, window.col + window.cols)
            return _filled(file.read(window=(rows, cols), masked=True, out_dtype="float32"))

    def band(self, name: str) -> int:
        """Position of a band from 0. NotFound names the bands there are."""
        names = [b.name for b in self.bands]
        if name not in names:
            raise NotFound(f'{self.path.name} has no band "{name}", only {", ".join(names)}.')
        return names.index(name)

    def picture(self, bounds: tuple[float, float, float, float], size: tuple[int, int], *, epsg: int = 3857) -> Floats:
        """Values (bands, rows, cols) of a box in any CRS, for a map: nearest overview, bilinear; NaN outside.

        Parameters
        ----------
        bounds : west, south, east, north in ``epsg``. size : rows and columns.
        """
        rasterio = library()
        from rasterio.enums import Resampling
        from rasterio.vrt import WarpedVRT

        rows, cols = size
        west, south, east, north = bounds
        place = rasterio.Affine((east - west) / cols, 0.0, west, 0.0, (south - north) / rows, north)
        with (
            rasterio.open(self.path) as file,
            WarpedVRT(
                file, crs=f"EPSG:{epsg}", transform=place, height=rows, width=cols,
                resampling=Resampling.bilinear,
            ) as warped,
        ):  # fmt: skip
            return _filled(warped.read(masked=True, out_dtype="float32"))


def _filled(values: Any) -> Floats:
    return np.asarray(np.ma.filled(values, np.nan), np.float32)


def _bands(file: Any) -> list[tuple[str | None, str | None]]:
    return list(zip(file.descriptions, file.units, strict=True))
