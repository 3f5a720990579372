"""Vertices that say nothing or too much: repeated ones, spikes, paths of too few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tetrapylon.geo.raw import Path, closed

DUPLICATE_DEG = 1e-6
"""Consecutive vertices closer than this (degrees, both axes) are one: geocheck's tolerance, 0.11 m on the meridian."""
SPIKE_DEG = 1.0
"""A vertex whose two edges differ by less than this angle is a spike (our choice)."""


def too_few(path: Path, kind: str) -> bool:
    """Fewer than 3 different corners in a ring, fewer than 2 different positions in a line."""
    if kind == "Point" or not np.isfinite(path).all():
        return False
    need = 3 if kind == "Polygon" else 2
    xy = path[:, :2]
    return len(np.unique(xy[:64], axis=0)) < need and len(np.unique(xy, axis=0)) < need  # the first 64 nearly always do


def kept(path: Path) -> NDArray[np.bool_]:
    """(n,) False where a vertex repeats the last one kept before it; the closing vertex of a ring is kept."""
    keep = np.ones(len(path), dtype=bool)
    near = (np.abs(np.diff(path[:, :2], axis=0)) <= DUPLICATE_DEG).all(axis=1)  # NaN is near nothing
    if not near.any():
        return keep
    x, y = path[:, 0].tolist(), path[:, 1].tolist()  # plain floats: the loop is sequential by nature
    last, previous = 0, -1
    for i in (np.flatnonzero(near) + 1).tolist():
        if i - 1 != previous:  # a new run of close vertices begins after i - 1
            last = i - 1
        if abs(x[i] - x[last]) > DUPLICATE_DEG or abs(y[i] - y[last]) > DUPLICATE_DEG:
            last = i
        else:
            keep[i] = False
        previous = i
    if len(path) > 2 and not keep[-1] and np.array_equal(path[0], path[-1]):
        keep[-1], keep[last] = True, last == 0  # drop the vertex before the closing one instead
    return keep


def spikes(ring: Path) -> NDArray[np.bool_]:
    """(n,) True at spike tips of the closed ring; the closing vertex is never marked."""
    path = closed(ring)
    out = np.zeros(len(path), dtype=bool)
    if len(path) < 5 or not np.isfinite(path).all():
        return out
    xy = path[:-1, :2] * [np.cos(np.radians(np.clip(path[:, 1].mean(), -90.0, 90.0))), 1.0]
    back, forth = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
    cross = back[:, 0] * forth[:, 1] - back[:, 1] * forth[:, 0]
    dot = (back * forth).sum(axis=1)
    angle = np.degrees(np.abs(np.arctan2(cross, dot)))
    moved = (np.abs(back) > DUPLICATE_DEG).any(axis=1) & (np.abs(forth) > DUPLICATE_DEG).any(axis=1)
    out[:-1] = moved & (angle < SPIKE_DEG)
    return out
