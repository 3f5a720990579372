"""The tile grid WebMercatorQuad (OGC 17-083r4, annex D.1; EPSG:3857) and its projection."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tetrapylon.errors import NotFound

HALF_WORLD_M = math.pi * 6_378_137.0
"""Half the width of the world in EPSG:3857, in m."""
LATITUDE_LIMIT = 85.0511287798066
"""Latitude at which EPSG:3857 is as high as it is wide; beyond it nothing is drawn."""
DEEPEST = 22
"""Last zoom level served."""


def web_mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coordinates in EPSG:3857.

    Parameters
    ----------
    lonlat : (n, 2) degrees; latitudes beyond the grid's are taken to its edge.

    Returns
    -------
    (n, 2) m.
    """
    latitude = np.clip(lonlat[:, 1], -LATITUDE_LIMIT, LATITUDE_LIMIT)
    north = np.arcsinh(np.tan(np.deg2rad(latitude))) * (HALF_WORLD_M / math.pi)
    return np.stack([lonlat[:, 0] * (HALF_WORLD_M / 180.0), north], axis=1)


def tile_box(z: int, x: int, y: int, *, margin: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east and north (degrees) of a tile, widened on each side by a share of its width.

    Raises
    ------
    NotFound : there is no such tile in the grid.
    """
    if not 0 <= z <= DEEPEST or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound(
            f"There is no tile {z}/{y}/{x}.",
            hint=f"Zoom 0 to {DEEPEST}; row and column 0 to 2 to the power of zoom - 1.",
        )
    west, east = (_longitude((x + d) / 2**z) for d in (-margin, 1 + margin))
    north, south = (_latitude((y + d) / 2**z) for d in (-margin, 1 + margin))
    return max(west, -180.0), south, min(east, 180.0), north


def matrix(z: int) -> dict[str, object]:
    """One level of the grid as OGC 17-083r4 writes it."""
    cell = 2 * HALF_WORLD_M / (256 * 2**z)
    return {
        "id": str(z),
        "scaleDenominator": cell / 0.00028,  # standardised pixel of 0.28 mm
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 2**z,
        "matrixHeight": 2**z,
    }


def _longitude(share: float) -> float:
    return share * 360.0 - 180.0


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * share))))
