"""Which of many geometries need looking at? A vectorised sieve before the checks of one geometry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.geo.validity import LONG_EDGE_M, MANY_VERTICES
from tetrapylon.geo.vertices import DUPLICATE_DEG, SPIKE_DEG

_METRES_PER_DEGREE = 111_700.0  # the longest degree of the WGS84 ellipsoid, rounded up


def needs_examination(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_], *, site: BaseGeometry | None = None
) -> NDArray[np.bool_]:
    """(n,) False where :func:`tetrapylon.geo.validity.examine` finds neither an error nor an advice.

    Parameters
    ----------
    geometries : (n,) shapely geometries in EPSG:4326. site : as for ``examine``.

    Notes
    -----
    One-sided: a True may turn out to be fine, a False is fine. Geometries of more than one part, those with tangles,
    sharp corners or vertices close together are left to ``examine``. Clockwise shells (a note) do not count.
    """
    geoms = np.empty(len(geometries), dtype=object)
    geoms[:] = geometries
    simple = np.isin(shapely.get_type_id(geoms), (0, 1, 3))
    flagged = ~simple | shapely.is_empty(geoms)
    flagged |= shapely.get_num_coordinates(geoms) > MANY_VERTICES
    rest = np.flatnonzero(~flagged)
    xy, owner = shapely.get_coordinates(geoms[rest], return_index=True)
    with np.errstate(invalid="ignore"):
        bad = ~((np.abs(xy[:, 0]) <= 180.0) & (np.abs(xy[:, 1]) <= 90.0))  # NaN included
    flagged[rest[owner[bad]]] = True
    rest = np.flatnonzero(~flagged)
    flagged[rest] = ~shapely.is_valid(geoms[rest])
    if site is not None:
        west, south, east, north = shapely.bounds(geoms).T
        a, b, c, d = site.bounds
        with np.errstate(invalid="ignore"):
            flagged |= ~((west <= c) & (a <= east) & (south <= d) & (b <= north))
    types = shapely.get_type_id(geoms)
    rest = np.flatnonzero(~flagged & (types == 3))
    rings, ring_owner = shapely.get_rings(geoms[rest], return_index=True)
    flagged[rest[ring_owner[_odd_paths(rings, rings=True)]]] = True
    rest = np.flatnonzero(~flagged & (types == 1))
    flagged[rest[_odd_paths(geoms[rest], rings=False)]] = True
    return np.asarray(flagged, dtype=bool)


def _odd_paths(paths: NDArray[np.object_], *, rings: bool) -> NDArray[np.bool_]:
    """(n,) paths with long or very short edges and, in rings, with sharp corners or a vertex met twice."""
    odd = np.zeros(len(paths), dtype=bool)
    if not len(paths):
        return odd
    xy, path = shapely.get_coordinates(paths, return_index=True)
    same = path[1:] == path[:-1]
    step = np.diff(xy, axis=0)
    east = step[:, 0] * np.cos(np.radians(np.minimum(np.abs(xy[1:, 1]), np.abs(xy[:-1, 1]))))
    short = (np.abs(step) <= DUPLICATE_DEG).all(axis=1)
    long = (np.hypot(east, step[:, 1]) * _METRES_PER_DEGREE > LONG_EDGE_M) | (np.abs(step[:, 0]) > 180.0)
    odd[path[1:][same & (short | long)]] = True
    if not rings:
        return odd
    first = np.flatnonzero(np.r_[True, ~same])
    last = np.r_[first[1:], len(xy)] - 1
    corner = np.ones(len(xy), dtype=bool)
    corner[last] = False  # the closing vertex repeats the first
    before = np.arange(len(xy)) - 1
    before[first] = last - 1
    at = np.flatnonzero(corner)
    shrink = np.cos(np.radians(xy[at, 1]))
    back, forth = xy[before[at]] - xy[at], xy[at + 1] - xy[at]
    cross = (back[:, 0] * forth[:, 1] - back[:, 1] * forth[:, 0]) * shrink
    dot = back[:, 0] * forth[:, 0] * shrink**2 + back[:, 1] * forth[:, 1]
    sharp = np.abs(np.arctan2(cross, dot)) < np.radians(2.0 * SPIKE_DEG)  # wider than the check: latitude is per vertex
    odd[path[at[sharp]]] = True
    order = np.lexsort((xy[at, 1], xy[at, 0], path[at]))
    ordered = at[order]
    twice = (path[ordered[1:]] == path[ordered[:-1]]) & (xy[ordered[1:]] == xy[ordered[:-1]]).all(axis=1)
    odd[path[ordered[1:][twice]]] = True
    return odd
