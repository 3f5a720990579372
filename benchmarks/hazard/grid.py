"""A grid of priors written down before any of it was scored, pooled inside the folds: for H1 and H4.

Every range meets every set of covariates with every tightness; nothing is picked by hand or dropped. Instead of
choosing one, the predictions of all and the base rate are pooled (stacking) with the weights that do best on inner
folds. (The short list of `colombia.candidates`, for H2 and H3, was written after scores of outer folds had been seen.)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import spatial, stats

from benchmarks.hazard.colombia import Candidate, Cells, FieldModel, anchored
from tetrapylon.clear.contamination.gmrf import Matern
from tetrapylon.clear.contamination.scores import leave_group_out, pool_weights

LEAST = 0.03  # a smaller weight counts as none, so that not every prior is fitted anew for the outer fold


@dataclass(frozen=True)
class Pool:
    """Pooled predictions: probability (cells,), weights by name of the prior, and the weight of the base rate."""

    probability: np.ndarray
    weights: dict[str, float]
    base: float


def grid(cells: Cells) -> list[Candidate]:
    """Ranges 6 and 12 km; five sets of covariates; coefficients tight (0.1) and loose (0.3)."""
    terrain, register = cells.terrain, cells.register
    sets = {
        "labels": terrain[:, :0],
        "terrain": terrain,
        "terrain and its mean over 5 km": np.hstack([terrain, _around(cells, terrain, 5.0)]),
        "register": register,
        "terrain and register": np.hstack([terrain, register]),
    }
    found = []
    for reach in (6.0, 12.0):
        for name, z in sets.items():
            for sd in (0.1, 0.3) if z.size else (0.1,):
                k = z.shape[1]
                told = f"{name}, {reach:g} km, sd {sd:g}" if k else f"{name}, {reach:g} km"
                found.append(Candidate(told, Matern(reach, 2.2), z, np.zeros(k), np.full(k, sd)))
        mines = cells.group(["comimo_dist"], log=True)
        elicited = np.full(1, -0.5), np.full(1, 0.25)  # fewer items far from recorded mines
        found.append(Candidate(f"old mines with their sign, {reach:g} km", Matern(reach, 2.2), mines, *elicited))
    return found


def _around(cells: Cells, values: np.ndarray, km: float) -> np.ndarray:
    """Mean (cells, k) of covariates over all cells within a distance; labels are not used."""
    near = spatial.cKDTree(cells.km).query_ball_point(cells.km, km)
    return np.array([values[i].mean(axis=0) for i in near])


def pooled(
    cells: Cells,
    train: np.ndarray,
    buffer: float,
    *,
    folds: int = 5,
    size: int = 1,
    contiguous: bool = False,
    anchor: bool = False,
) -> Pool:
    """Probabilities of the pool of all priors of the grid.

    The inner ``folds`` are training municipalities dealt from west to east, or ``contiguous`` stretches of them.
    ``size`` : side in km of the blocks of the outer fit.
    """
    index = np.nonzero(train)[0]
    coarse, y = FieldModel(cells, 3), cells.label[index]
    priors = grid(cells)
    held = np.zeros((len(priors) + 1, index.size))
    for inner, test in _inner(cells, train, buffer, folds, contiguous):
        known = np.zeros(len(cells), bool)
        known[index[inner]] = True
        held[-1, test] = y[inner].mean()
        for i, prior in enumerate(priors):
            p = coarse.predict(known, prior)[index][test]
            held[i, test] = anchored(p, y[inner].mean()) if anchor else p
    weight = pool_weights(y, np.clip(held, 1e-6, 1 - 1e-6))
    weight[:-1][weight[:-1] < LEAST] = 0
    weight /= weight.sum()
    fine, rate = FieldModel(cells, size), cells.label[train].mean()
    out = np.full(len(cells), weight[-1] * rate)
    for w, prior in zip(weight[:-1], priors, strict=True):
        if w:
            p = fine.predict(train, prior)
            if anchor:
                p[~train] = anchored(p[~train], rate)
            out += w * p
    return Pool(out, {c.name: float(w) for c, w in zip(priors, weight[:-1], strict=True) if w}, float(weight[-1]))


def _inner(
    cells: Cells, train: np.ndarray, buffer: float, folds: int, contiguous: bool
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training and held-out masks over the training cells, a pair for each inner fold."""
    towns = np.unique(cells.town[train])
    west = np.argsort([cells.km[train & (cells.town == t), 0].mean() for t in towns])
    fold_of = {towns[i]: k * folds // len(towns) if contiguous else k % folds for k, i in enumerate(west)}
    return list(leave_group_out([fold_of[t] for t in cells.town[train]], cells.km[train], buffer=buffer))


def matched(cells: Cells, train: np.ndarray, use: np.ndarray) -> tuple[float, int, bool]:
    """Buffer (km), number of inner folds, and whether they are contiguous: the design nearest to the use.

    Held-out cells shall lie as far from training cells as the cells of the use do: least Wasserstein distance between
    the two distributions of distances. No label is looked at.

    Source: the idea of kNNDM, Linnenbrink et al. 2024 (Geosci. Model Dev. 17:5897).
    """

    def misfit(design: tuple[float, int, bool]) -> float:
        km = cells.km[train]
        held = [spatial.cKDTree(km[inner]).query(km[test])[0] for inner, test in _inner(cells, train, *design)]
        return float(stats.wasserstein_distance(np.concatenate(held), wanted))

    wanted = spatial.cKDTree(cells.km[train]).query(cells.km[use])[0]
    designs = itertools.product((0.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0), (3, 5), (False, True))
    return min(designs, key=misfit)
