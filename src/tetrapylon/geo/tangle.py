"""How tangled is an outline? A bounded look at a sample of its edges, for geometries too large to examine whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORK = 20_000_000  # comparisons of edge boxes at most


@dataclass(frozen=True, slots=True)
class Tangle:
    """pairs : estimated number of pairs of edges whose bounding boxes meet, neighbours not counted.
    crossing : (lon, lat) of a proper crossing of two edges found in the sample, None where none was found.
    """

    pairs: float
    crossing: tuple[float, float] | None


def sample_tangle(paths: Sequence[NDArray[np.float64]], *, sample: int = 256) -> Tangle:
    """Compare an even sample of edges with all edges.

    Parameters
    ----------
    paths : (n, 2 or more) vertices of each line or closed ring.
    sample : edges looked at; fewer where the number of edges is large, so that the work stays bounded.

    Notes
    -----
    A random tangle of n edges has about n^2 / 5 crossings: enough to exhaust any program that lists them. A crossing
    counts as proper where each edge's ends lie strictly on both sides of the other (signs of cross products).
    """
    a = np.concatenate([path[:-1, :2] for path in paths] or [np.zeros((0, 2))])
    b = np.concatenate([path[1:, :2] for path in paths] or [np.zeros((0, 2))])
    if not len(a):
        return Tangle(0.0, None)
    low, high = np.minimum(a, b), np.maximum(a, b)
    count = int(np.clip(_WORK // len(a), 8, sample))
    chosen = np.unique(np.linspace(0, len(a) - 1, min(count, len(a))).astype(int))
    met, crossing = 0, None
    for i in chosen:
        hits = np.flatnonzero((low <= high[i]).all(axis=1) & (high >= low[i]).all(axis=1))
        met += max(len(hits) - 3, 0)
        if crossing is None:
            crossing = _first_crossing(a[i], b[i], a[hits], b[hits])
    return Tangle(met / len(chosen) * len(a) / 2.0, crossing)


def _first_crossing(
    p: NDArray[np.float64], q: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Where the edge p-q properly crosses one of the edges a-b."""
    side_a, side_b = _cross(q - p, a - p), _cross(q - p, b - p)
    side_p, side_q = _cross(b - a, p - a), _cross(b - a, q - a)
    proper = np.flatnonzero((side_a * side_b < 0) & (side_p * side_q < 0))
    if not len(proper):
        return None
    i = proper[0]
    x, y = a[i] + (b[i] - a[i]) * (side_a[i] / (side_a[i] - side_b[i]))
    return float(x), float(y)


def _cross(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])
