"""From geometries in tile units to the integers of a vector tile (Mapbox Vector Tile 2.1, section 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]

POINT, LINE, POLYGON = 1, 2, 3
_DIMENSION = np.array([POINT, LINE, LINE, POLYGON, POINT, LINE, POLYGON, 0])  # by shapely type id, 0 to 7
_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 15


@dataclass(frozen=True)
class Commands:
    """Geometries of the drawn features, in the order of ``source``.

    ``values``: command integers and zigzag deltas, one feature after another; ``counts``: how many of them each feature
    has; ``kinds``: 1 point, 2 line, 3 polygon; ``source``: index of each feature among those given.
    """

    values: Ints
    counts: Ints
    kinds: Ints
    source: Ints


def commands(geometries: NDArray[np.object_], source: Ints) -> Commands:
    """Commands of geometries whose coordinates are whole tile units, y downward.

    Parameters
    ----------
    geometries : (n,) points, lines, polygons, multi-geometries; collections are taken apart into features.
    source : (n,) where each comes from.
    """
    while (mixed := shapely.get_type_id(geometries) == 7).any():
        parts, index = shapely.get_parts(geometries[mixed], return_index=True)
        geometries = np.concatenate([geometries[~mixed], parts])
        source = np.concatenate([source[~mixed], source[mixed][index]])
    kinds = _DIMENSION[shapely.get_type_id(geometries)]
    groups = []
    for kind, draw in ((POINT, _points), (LINE, _lines), (POLYGON, _polygons)):
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen):
            values, feature = draw(geometries[chosen])
            counts = np.bincount(feature, minlength=len(chosen))
            groups.append((values, counts[counts > 0], source[chosen][counts > 0], kind))
    if not groups:
        nothing = np.empty(0, dtype=np.int64)
        return Commands(nothing, nothing, nothing, nothing)
    return Commands(
        values=np.concatenate([g[0] for g in groups]),
        counts=np.concatenate([g[1] for g in groups]).astype(np.int64),
        kinds=np.concatenate([np.full(len(g[1]), g[3], dtype=np.int64) for g in groups]),
        source=np.concatenate([g[2] for g in groups]),
    )


def _points(geometries: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Integers of points and multi-points, and the feature each belongs to."""
    xy, feature = _vertices(geometries)
    first = np.concatenate([[True], feature[1:] != feature[:-1]])
    count = np.bincount(feature)
    deltas = _deltas(xy, first)
    at = 2 * np.arange(len(xy)) + np.cumsum(first)
    values = np.empty(2 * len(xy) + int(first.sum()), dtype=np.int64)
    values[at], values[at + 1] = deltas[:, 0], deltas[:, 1]
    values[at[first] - 1] = count[count > 0] << 3 | _MOVE_TO
    return values, np.repeat(feature, 2 + first)


def _lines(geometries: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Integers of lines and multi-lines, and the feature each belongs to."""
    paths, feature = shapely.get_parts(geometries, return_index=True)
    xy, path = _vertices(paths)
    xy, path = _without_repeats(xy, path)
    short = np.bincount(path, minlength=len(paths))[path] < 2
    return _paths(xy[~short], path[~short], feature, closed=False)


def _polygons(geometries: NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Integers of polygons and multi-polygons, and the feature each belongs to: outer rings clockwise on the screen."""
    polygons, feature = shapely.get_parts(geometries, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    outer = np.concatenate([[True], polygon[1:] != polygon[:-1]])
    xy, ring = _vertices(rings)
    last = np.concatenate([ring[1:] != ring[:-1], [True]])
    xy, ring = _without_repeats(xy[~last], ring[~last], closed=True)
    doubled = _doubled_areas(xy, ring, len(rings))
    flat = doubled == 0
    if (tiny := flat & outer).any():
        xy, ring = _as_triangles(xy, ring, tiny)
        doubled = _doubled_areas(xy, ring, len(rings))
    keep = ~(flat & ~outer)[ring]
    xy, ring = xy[keep], ring[keep]
    wrong = (doubled > 0) != outer
    xy = _turned(xy, ring, wrong)
    return _paths(xy, ring, feature[polygon], closed=True)


def _vertices(geometries: NDArray[np.object_]) -> tuple[Ints, Ints]:
    xy, index = shapely.get_coordinates(geometries, return_index=True)
    return xy.astype(np.int64), index


def _without_repeats(xy: Ints, path: Ints, *, closed: bool = False) -> tuple[Ints, Ints]:
    """Drop vertices that equal the one before them on the same path (on a ring also a last that equals the first)."""
    if not len(xy):
        return xy, path
    first = np.concatenate([[True], path[1:] != path[:-1]])
    same = np.concatenate([[False], (xy[1:] == xy[:-1]).all(axis=1)]) & ~first
    xy, path, first = xy[~same], path[~same], first[~same]
    if closed:
        start = np.flatnonzero(first)
        end = np.concatenate([start[1:], [len(xy)]]) - 1
        back = end[(end > start) & (xy[start] == xy[end]).all(axis=1)]
        keep = np.ones(len(xy), dtype=bool)
        keep[back] = False
        xy, path = xy[keep], path[keep]
    return xy, path


def _doubled_areas(xy: Ints, ring: Ints, count: int) -> Ints:
    """Twice the area of each ring (surveyor's formula, y downward: positive is clockwise on the screen)."""
    start = np.flatnonzero(np.concatenate([[True], ring[1:] != ring[:-1]])) if len(ring) else np.empty(0, np.int64)
    end = np.concatenate([start[1:], [len(xy)]]).astype(np.int64) - 1
    follows = np.arange(1, len(xy) + 1)
    if len(start):
        follows[end] = start
    cross = xy[:, 0] * xy[follows, 1] - xy[follows, 0] * xy[:, 1]
    areas = np.zeros(count, dtype=np.int64)
    np.add.at(areas, ring, cross)
    return areas


def _as_triangles(xy: Ints, ring: Ints, tiny: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Rings that fell together, as the smallest triangle at their first vertex."""
    first = np.concatenate([[True], ring[1:] != ring[:-1]])
    at = xy[first & tiny[ring]]
    corners = (at[:, None, :] + np.array([[0, 0], [1, 0], [0, 1]])).reshape(-1, 2)
    left = ~tiny[ring]
    xy = np.concatenate([xy[left], corners])
    ring = np.concatenate([ring[left], np.repeat(np.flatnonzero(tiny), 3)])
    order = np.argsort(ring, kind="stable")
    return xy[order], ring[order]


def _turned(xy: Ints, ring: Ints, wrong: NDArray[np.bool_]) -> Ints:
    """Rings marked wrong run the other way round."""
    count = np.bincount(ring, minlength=len(wrong))
    start = np.cumsum(count) - count
    place = np.arange(len(xy))
    mirrored = 2 * start[ring] + count[ring] - 1 - place
    return np.asarray(xy[np.where(wrong[ring], mirrored, place)])


def _paths(xy: Ints, path: Ints, feature_of: Ints, *, closed: bool) -> tuple[Ints, Ints]:
    """Integers of paths: move, line to the others, close; and the feature each integer belongs to."""
    if not len(xy):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first = np.concatenate([[True], path[1:] != path[:-1]])
    start = np.flatnonzero(first)
    count = np.diff(np.concatenate([start, [len(xy)]]))
    feature = feature_of[path]
    deltas = _deltas(xy, np.concatenate([[True], feature[1:] != feature[:-1]]))
    length = 2 * count + 2 + closed
    begin = np.cumsum(length) - length
    within = np.arange(len(xy)) - np.repeat(start, count)
    at = np.repeat(begin, count) + np.where(within == 0, 1, 2 + 2 * within)
    values = np.empty(int(length.sum()), dtype=np.int64)
    values[begin] = 1 << 3 | _MOVE_TO
    values[begin + 3] = (count - 1) << 3 | _LINE_TO
    values[at], values[at + 1] = deltas[:, 0], deltas[:, 1]
    if closed:
        values[begin + length - 1] = _CLOSE
    return values, np.repeat(feature[start], length)


def _deltas(xy: Ints, restart: NDArray[np.bool_]) -> Ints:
    """Zigzag-encoded steps from vertex to vertex; at a restart from (0, 0)."""
    before = np.concatenate([np.zeros((1, 2), dtype=np.int64), xy[:-1]])
    before[restart] = 0
    step = xy - before
    return np.asarray(step << 1 ^ step >> 63)
