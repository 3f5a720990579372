"""How good predicted probabilities are, and fair ways to hold data back.

Rank measures hide wrong probabilities: log loss, Brier score and reliability come first. Held-out groups (a
municipality, a task) are kept apart by a buffer, because neighbours share their outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, spatial, stats

from tetrapylon.errors import ValueRangeError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Scores:
    """Scores of probabilities against outcomes.

    auc : area under the ROC curve. ap : average precision. log_loss, brier : means over cells, natural logarithm.
    a95 : share of cells visited in order of probability until 95 % of the positives are found. base_rate : positives.
    """

    auc: float
    ap: float
    log_loss: float
    brier: float
    a95: float
    base_rate: float


def score(outcome: ArrayLike, probability: ArrayLike) -> Scores:
    """Scores of ``probability`` (n,) for ``outcome`` (n,) in {0, 1}; ties count as visited in the worst order for A95.

    Raises ValueRangeError unless both outcomes occur and probabilities lie in 0 to 1.
    """
    y, p = np.asarray(outcome, bool), np.asarray(probability, float)
    if y.shape != p.shape or y.all() or not y.any() or not np.all((p >= 0) & (p <= 1)):
        raise ValueRangeError("Scores need both outcomes, and probabilities in 0 to 1 (no NaN).")
    ranks = stats.rankdata(p)
    positives, negatives = int(y.sum()), int((~y).sum())
    auc = (ranks[y].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    clipped = np.clip(p, 1e-15, 1 - 1e-15)
    log_loss = -np.mean(np.where(y, np.log(clipped), np.log1p(-clipped)))
    return Scores(
        auc=float(auc),
        ap=_average_precision(y, p),
        log_loss=float(log_loss),
        brier=float(np.mean((p - y) ** 2)),
        a95=share_searched(y, p, 0.95),
        base_rate=positives / y.size,
    )


def share_searched(outcome: Bools, probability: Floats, found: float) -> float:
    """Share of cells visited, most probable first, until the share ``found`` of the positives is found."""
    order = np.lexsort((outcome, -probability))  # among ties the positives come last
    needed = int(np.ceil(found * outcome.sum() - 1e-9))
    return float((np.nonzero(np.cumsum(outcome[order]) >= needed)[0][0] + 1) / outcome.size)


def share_kept(outcome: ArrayLike, probability: ArrayLike, base: ArrayLike) -> float:
    """Share s of a prediction to keep so that s p + (1 - s) base has the least log loss on held-out outcomes, 0 to 1.

    With s from folds as far from the evidence as the use will be, a prediction without skill fades to the base rate
    instead of being confidently wrong.
    """
    y, p, b = np.asarray(outcome, bool), np.asarray(probability, float), np.asarray(base, float)

    def loss(s: float) -> float:
        mixed = np.clip(s * p + (1 - s) * b, 1e-15, 1 - 1e-15)
        return -float(np.mean(np.where(y, np.log(mixed), np.log1p(-mixed))))

    best = float(optimize.minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x)  # convex in s
    return min((0.0, best, 1.0), key=loss)


def pool_weights(outcome: ArrayLike, predictions: ArrayLike) -> Floats:
    """Weights (k,), summing to 1, of predictions whose weighted mean has the least log loss on held-out outcomes.

    Parameters
    ----------
    outcome : (n,) in {0, 1}. predictions : (k, n) probabilities, above 0 and below 1; the base rate may be among them.

    Source: stacking, Wolpert 1992 (Neural Networks 5:241); the weights by expectation-maximisation, as those of a
    mixture, which rises to the maximum because the log likelihood is concave in them.
    """
    y, p = np.asarray(outcome, bool), np.asarray(predictions, float)
    if p.ndim != 2 or p.shape[1:] != y.shape or not np.all((p > 0) & (p < 1)):
        raise ValueRangeError("Every prediction needs one probability above 0 and below 1 for each outcome.")
    likelihood = np.where(y, p, 1 - p)
    weight = np.full(len(p), 1 / len(p))
    for _ in range(5000):
        new = weight * (likelihood / (weight @ likelihood)).mean(axis=1)
        if np.abs(new - weight).max() < 1e-9:
            return np.asarray(new)
        weight = new
    return weight


@dataclass(frozen=True)
class Reliability:
    """Mean probability, observed share and number of cells in bins of equal count: the points of a reliability plot."""

    predicted: Floats
    observed: Floats
    count: NDArray[np.int64]


def reliability(outcome: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> Reliability:
    """Reliability in ``bins`` bins of equal count, by rising probability."""
    y, p = np.asarray(outcome, float), np.asarray(probability, float)
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return Reliability(
        np.array([p[i].mean() for i in parts]),
        np.array([y[i].mean() for i in parts]),
        np.array([i.size for i in parts], np.int64),
    )


def leave_group_out(group: ArrayLike, xy: Floats, *, buffer: float = 0.0) -> Iterator[tuple[Bools, Bools]]:
    """Train and test masks (n,) for each group, in order of name.

    Parameters
    ----------
    group : (n,) name of the municipality or task of each cell. xy : (n, 2) m.
    buffer : m; cells closer than this to any cell of the group are in neither.
    """
    names = np.asarray(group)
    for name in np.unique(names):
        test = names == name
        train = ~test
        if buffer > 0:
            distance, _ = spatial.cKDTree(xy[test]).query(xy, distance_upper_bound=buffer)
            train &= ~np.isfinite(distance)
        yield train, test


def _average_precision(y: Bools, p: Floats) -> float:
    """Sum over thresholds of precision times the gain in recall; ties form one threshold."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(y[order])
    last = np.nonzero(np.append(np.diff(p[order]) != 0, True))[0]
    precision, recall = hits[last] / (last + 1), hits[last] / hits[-1]
    return float(np.sum(precision * np.diff(recall, prepend=0.0)))
