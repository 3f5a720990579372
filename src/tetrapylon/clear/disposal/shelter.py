"""What stands behind a wall as seen from the item: there the air-blast model does not reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.checks import FloatArray

LEAST_WALL_M = 2.0
"""Height from which a structure counts as a wall, m: taller than whoever reads the ground."""


def sheltered_by(
    x: float, y: float, footprints: Sequence[BaseGeometry], heights_m: npt.ArrayLike
) -> npt.NDArray[np.int64]:
    """Index of a structure that stands between a point and each footprint, -1 where none on record does.

    Parameters
    ----------
    x, y : the point, plane metres.
    footprints : n geometries in the same plane. heights_m : (n,), NaN where not on record: such a one shelters nothing.

    The straight line from the point to the nearest part of a footprint is looked at. What the point lies in, what
    touches the footprint (one building), lines and points shelter nothing. Walls not on record are not seen.
    """
    shapes = np.asarray(footprints, dtype=object)
    found = np.full(len(shapes), -1, dtype=np.int64)
    height: FloatArray = np.asarray(heights_m, dtype=np.float64)
    point = shapely.Point(x, y)
    walls = (shapely.get_dimensions(shapes) == 2) & (height >= LEAST_WALL_M) & ~shapely.intersects(shapes, point)
    standing = np.flatnonzero(walls)
    if not standing.size:
        return found
    sight = shapely.shortest_line(point, shapes)
    line, wall = shapely.STRtree(shapes[standing]).query(sight, predicate="intersects")
    wall = standing[wall]
    apart = (line != wall) & ~shapely.intersects(shapes[line], shapes[wall])
    line, wall = line[apart], wall[apart]
    crossed = shapely.length(shapely.intersection(sight[line], shapes[wall])) > 0
    found[line[crossed]] = wall[crossed]
    return found
