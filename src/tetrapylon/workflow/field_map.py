"""A contamination map in a file, read back: what it shows and what has to be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.errors import GeometryError
from tetrapylon.formats.raster import Raster

KIND = "clear map"
UNITS = ("items per cell", "1", "1", "m")


@dataclass(frozen=True)
class FieldMap:
    """A contamination map in a file: one cloud-optimised GeoTIFF with `BANDS`, and what has to be said beside it.

    ``legend`` goes wherever the map is shown. ``reach_m`` : farther than this from evidence the map shows the prior
    alone. ``expected`` : items expected in all of it. ``tier`` : the highest of what it was computed from.
    """

    file: str
    sha256: str
    bands: tuple[str, ...]
    units: tuple[str, ...]
    legend: str
    reach_m: float
    scenario: bool
    tier: str
    prior: str
    cell_m: float
    epsg: int
    shape: tuple[int, int]
    expected: float

    def picture(
        self, band: str, bounds: tuple[float, float, float, float], size: tuple[int, int], *, epsg: int = 3857
    ) -> NDArray[np.float32]:
        """One band (rows, cols) over a box (west, south, east, north in ``epsg``), NaN where there is nothing to show.

        For map tiles: ``size=(256, 256)`` and the bounds of the tile in web Mercator.
        """
        raster = Raster.open(Path(self.file))
        return np.asarray(raster.picture(bounds, size, epsg=epsg)[raster.band(band)])

    def corners(self) -> tuple[float, float, float, float]:
        """West, south, east, north, degrees (EPSG:4326)."""
        grid = Raster.open(Path(self.file)).grid
        lon, lat = grid.centre_lonlat(np.array([0, 0, grid.rows, grid.rows]), np.array([0, grid.cols, 0, grid.cols]))
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def opened_map(path: Path) -> FieldMap:
    """A map written earlier, from its own metadata.

    Raises
    ------
    GeometryError : the file is no contamination map.
    """
    raster = Raster.open(path)
    if tuple(b.name for b in raster.bands) != BANDS or "LEGEND" not in raster.tags:
        raise GeometryError(f"{path.name} is no contamination map of tetrapylon.", hint="Make one: clear map.")
    tags = raster.tags
    return FieldMap(
        str(path), file_digest(path), BANDS, UNITS, tags["LEGEND"], float(tags["REACH_M"]), tags["SCENARIO"] == "yes",
        tags["TIER"], tags["PRIOR"], raster.grid.cell_m, raster.grid.epsg, raster.grid.shape, float(tags["EXPECTED"]),
    )  # fmt: skip


def file_digest(path: Path) -> str:
    done = sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            done.update(part)
    return done.hexdigest()
