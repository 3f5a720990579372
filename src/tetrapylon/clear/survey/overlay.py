"""Overlaps of many outlines and ground outside others, with bounded memory.

Areas are m2 by `geo.measure.areas` with edges straight in longitude and latitude: the only measure in which parts cut
by overlay add up. Shapes are valid polygons in EPSG:4326.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from tetrapylon.geo import measure

Shapes = Sequence[BaseGeometry] | NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]

QUERY = 256
"""Outlines looked up at a time: bounds the pairs held when every outline meets every other."""
BLOCK = 20_000
"""Pairs whose overlap is cut at a time."""


@dataclass(frozen=True)
class Overlaps:
    """A block of pairs. left, right : (k,) places; shared : (k,) geometries; area : (k,) m2, above 0."""

    left: Indices
    right: Indices
    shared: NDArray[np.object_]
    area: Floats


def square_metres(shapes: Shapes) -> Floats:
    """(n,) m2 in the additive measure."""
    return measure.areas(shapes, edges="lonlat")


def overlaps(shapes: Shapes, others: Shapes | None = None) -> Iterator[Overlaps]:
    """Pairs of outlines that share ground.

    Parameters
    ----------
    shapes : (n,). others : (m,) to compare them with; None: with one another, each pair once (left < right).

    Notes
    -----
    STR packed R-tree: n log n for outlines that meet few others. Blocks come in order of ``left``.
    """
    own, other = _array(shapes), _array(shapes if others is None else others)
    for left, right in _meeting(own, other, once=others is None):
        for start in range(0, len(left), BLOCK):
            a, b = left[start : start + BLOCK], right[start : start + BLOCK]
            shared = shapely.intersection(own[a], other[b])
            area = square_metres(shared)
            kept = area > 0.0
            if kept.any():
                yield Overlaps(a[kept], b[kept], shared[kept], area[kept])


def outside(shapes: Shapes, covers: Shapes) -> Iterator[tuple[int, BaseGeometry, float]]:
    """Ground of each outline that no cover holds: its place, the ground, and m2 above 0."""
    own, cover = _array(shapes), _array(covers)
    tree = STRtree(cover)
    covered = np.zeros(len(own), dtype=bool)
    for start in range(0, len(own), QUERY):
        inside, _ = tree.query(own[start : start + QUERY], predicate="covered_by")
        covered[start + inside] = True
    for i in np.flatnonzero(~covered):
        near = cover[tree.query(own[i], predicate="intersects")]
        rest = shapely.difference(own[i], shapely.union_all(near)) if len(near) else own[i]
        area = float(square_metres([rest])[0])
        if area > 0.0:
            yield int(i), rest, area


def union_area(shapes: Shapes) -> float:
    """m2 covered by at least one outline: those that meet no other are added, only clusters are united.

    One union of everything grows faster than n: 30 s against 11 s for 100,000 octagons.
    """
    own = _array(shapes)
    together = clusters(own)
    alone = np.array([members[0] for members in together if len(members) == 1], dtype=np.intp)
    united = [shapely.union_all(own[members]) for members in together if len(members) > 1]
    return float(square_metres(own[alone]).sum() + square_metres(united).sum())


def union(shapes: Shapes) -> BaseGeometry:
    """The ground covered by at least one outline."""
    return shapely.union_all(_array(shapes))


def clusters(shapes: Shapes) -> list[Indices]:
    """Places of the outlines, those that share ground together; each outline in one cluster, in order of the first."""
    count = len(shapes)
    pairs = [(block.left, block.right) for block in overlaps(shapes)]
    left = np.concatenate([a for a, _ in pairs]) if pairs else np.zeros(0, dtype=np.intp)
    right = np.concatenate([b for _, b in pairs]) if pairs else np.zeros(0, dtype=np.intp)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    number, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    return np.split(order, np.cumsum(np.bincount(label, minlength=number))[:-1]) if count else []


def _meeting(own: NDArray[np.object_], other: NDArray[np.object_], *, once: bool) -> Iterator[tuple[Indices, Indices]]:
    tree = STRtree(other)
    for start in range(0, len(own), QUERY):
        left, right = tree.query(own[start : start + QUERY], predicate="intersects")
        left = left + start
        if once:
            kept = left < right
            left, right = left[kept], right[kept]
        if len(left):
            yield left, right


def _array(shapes: Shapes) -> NDArray[np.object_]:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out
