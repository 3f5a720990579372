"""Where the next item lies, if items lie in parallel rows.

Hypotheses are families of parallel rows: direction, spacing and offset. Under each, a row is cut into segments whose
density of items (per m) has a Gamma prior and learns from what was cleared, found or not; the weight of the hypothesis
is how well it predicted each square in turn. The probability of a square is the average over hypotheses, so that
no pattern is asserted before the finds speak for it, and ground off every row keeps the probability of scattered items.
Source: Gamma-Poisson learning and Bayesian model averaging (standard); the families of rows are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.contamination.kernels import compiled
from tetrapylon.errors import ValueRangeError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Families of rows over a site of squares.

    Parameters
    ----------
    profile : (families, squares) length of row within each square (m), blurred across the row.
    segment : (families, squares) index of the row segment that each square belongs to.
    shape, rate : Gamma prior of items per m of row (rate in m). scattered : items per square off the rows.
    """

    profile: NDArray[np.float32]
    segment: NDArray[np.int32]
    shape: float
    rate: float
    scattered: float


@dataclass(frozen=True)
class Belief:
    """What has been learnt: log weights (families,), items and length searched (families, segments), squares open.

    log_evidence : log of the probability that the families gave to what came, square by square.
    """

    log_weight: Floats
    items: Floats
    searched: Floats
    open: NDArray[np.bool_]
    log_evidence: float = 0.0


def families(
    shape: tuple[int, int],
    *,
    spacing: Floats,
    directions: int = 60,
    offsets: int = 8,
    width: float = 0.8,
    segment: float = 8.0,
    density: float = 0.3,
    scattered: float = 0.002,
    confidence: float = 0.7,
) -> Rows:
    """All families of rows with these spacings.

    Parameters
    ----------
    shape : rows and columns of squares of 1 m; scale other sites to it.
    spacing : distances between rows to consider, m. directions, offsets : how finely they are tried.
    width : standard deviation of an item's distance from its row, m. segment : length learnt as one, m.
    density : items per m of row expected where there is a row. scattered : items per square elsewhere.
    confidence : Gamma shape of the density; below 1 means that many segments hold none.
    """
    if min(shape) < 2 or np.any(np.asarray(spacing) <= 0):
        raise ValueRangeError("A site needs at least 2 x 2 squares, and row spacings must be positive.")
    y, x = (v.ravel() + 0.5 for v in np.mgrid[: shape[0], : shape[1]])
    half = np.hypot(*shape) / 2
    per_row = int(np.ceil(2 * half / segment))
    profiles, segments = [], []
    for angle in np.pi * np.arange(directions) / directions:
        along = (x - shape[1] / 2) * np.cos(angle) + (y - shape[0] / 2) * np.sin(angle)
        across = (y - shape[0] / 2) * np.cos(angle) - (x - shape[1] / 2) * np.sin(angle)
        piece = np.clip((along + half) // segment, 0, per_row - 1).astype(np.int64)
        for gap in spacing:
            for offset in gap * np.arange(offsets) / offsets:
                row = np.round((across - offset) / gap)
                beside = across - offset - row * gap
                profiles.append(np.exp(-0.5 * (beside / width) ** 2) / (width * np.sqrt(2 * np.pi)))
                segments.append((row - row.min()).astype(np.int64) * per_row + piece)
    profile, segment_of = np.array(profiles, np.float32), np.array(segments, np.int32)
    return Rows(profile, segment_of, confidence, confidence / density, scattered)


def begin(rows: Rows) -> Belief:
    """Before any square is cleared: every family alike."""
    families_, squares = rows.profile.shape
    empty = np.zeros((families_, int(rows.segment.max()) + 1))
    return Belief(np.full(families_, -np.log(families_)), empty, empty.copy(), np.ones(squares, bool))


def learn(rows: Rows, belief: Belief, squares: Sequence[int], found: Sequence[int]) -> Belief:
    """Belief after more squares are cleared, one after the other, with the numbers of items ``found``."""
    every = np.arange(len(rows.profile))
    log_weight, log_evidence = belief.log_weight, belief.log_evidence
    items, searched, open_ = belief.items.copy(), belief.searched.copy(), belief.open.copy()
    for square, count in zip(squares, found, strict=True):
        if not open_[square] or count < 0:
            raise ValueRangeError(f"Square {square} is cleared already, or {count} items are impossible.")
        length, at = rows.profile[:, square], rows.segment[:, square]
        on_row = length * (rows.shape + items[every, at]) / (rows.rate + searched[every, at])
        expected = on_row + rows.scattered
        log_weight = log_weight + (np.log(-np.expm1(-expected)) if count else -expected)
        came = float(np.logaddexp.reduce(log_weight))
        log_weight, log_evidence = log_weight - came, log_evidence + came
        items[every, at] += count * on_row / expected
        searched[every, at] += length
        open_[square] = False
    return Belief(log_weight, items, searched, open_, log_evidence)


def probability(rows: Rows, belief: Belief, *, keep: float = 1e-3) -> Floats:
    """Probability (squares,) of at least one item in each open square, 0 in cleared ones.

    Families of less than ``keep`` times the weight of the best are left out of the average.
    """
    likely = np.nonzero(belief.log_weight >= belief.log_weight.max() + np.log(keep))[0]
    weight = np.exp(belief.log_weight[likely])
    density = (rows.shape + belief.items[likely]) / (rows.rate + belief.searched[likely])
    average = compiled(_average)(likely, weight / weight.sum(), density, rows.profile, rows.segment, rows.scattered)
    return np.where(belief.open, average, 0.0)


def _average(likely: Any, weight: Any, density: Any, profile: Any, segment: Any, scattered: float) -> Any:
    out = np.zeros(profile.shape[1])
    for i in range(likely.size):
        family = likely[i]
        for square in range(out.size):
            expected = profile[family, square] * density[i, segment[family, square]] + scattered
            out[square] -= weight[i] * np.expm1(-expected)
    return out
