"""Which square to clear next, by several ways to forecast weighed by how well each has forecast so far.

Families of rows (`rows`) do best where items lie in rows and badly where they do not; finds smoothed over a few metres
do fairly everywhere. Each gives every square a probability before it is cleared; the weight of each is its prior weight
times the product of the probabilities it gave to what came. So no pattern is asserted before it has forecast better
than none.

A ranking of work, never a release: squares ranked last are cleared last, not left out.
Source: prequential model averaging (Dawid 1984, J. R. Stat. Soc. A 147:278); smoothing by Gamma-Poisson learning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.contamination import rows
from tetrapylon.errors import ValueRangeError

Floats = NDArray[np.float64]
CONFIDENCE = 0.5
"""Gamma shape of the density of a smoother: many places hold none [P]."""
LEAST = 1e-3
"""Below this weight rows are left out of the ranking; they go on being weighed [P]."""


@dataclass(frozen=True)
class Site:
    """A site of squares of 1 m (scale others to it) and the ways to forecast.

    Parameters
    ----------
    y, x : (squares,) centres, m. rows : families of rows. scales : standard deviations of the smoothers, m.
    expected : items per square before anything is cleared.
    """

    y: Floats
    x: Floats
    rows: rows.Rows
    scales: tuple[float, ...]
    expected: float


@dataclass(frozen=True)
class Learnt:
    """What has been learnt.

    Parameters
    ----------
    belief : of the rows. finds, searched : (scales, squares) smoothed. log_weight : (1 + scales,) rows first.
    """

    belief: rows.Belief
    finds: Floats
    searched: Floats
    log_weight: Floats

    @property
    def weights(self) -> Floats:
        """Weight (1 + scales,) of the rows, then of each smoother; they sum to 1."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return np.asarray(weight / weight.sum())


def site(
    shape: tuple[int, int], families: rows.Rows, *, scales: tuple[float, ...] = (2.5, 4.0, 6.0), expected: float = 0.012
) -> Site:
    """A site of ``shape`` (rows, columns) squares. ValueRangeError for an impossible scale or expectation."""
    if min(scales) <= 0 or not expected > 0:
        raise ValueRangeError("Scales and the items expected in a square must be positive.")
    y, x = (v.ravel() + 0.5 for v in np.mgrid[: shape[0], : shape[1]])
    return Site(y, x, families, scales, expected)


def begin(of: Site, *, rows_share: float = 0.5) -> Learnt:
    """Before any square is cleared: rows with weight ``rows_share``, the smoothers alike with the rest."""
    if not 0 < rows_share < 1:
        raise ValueRangeError("The weight of the rows beforehand lies between 0 and 1.")
    empty = np.zeros((len(of.scales), of.y.size))
    weight = np.array([rows_share, *[(1 - rows_share) / len(of.scales)] * len(of.scales)])
    return Learnt(rows.begin(of.rows), empty, empty.copy(), np.log(weight))


def learn(of: Site, learnt: Learnt, squares: Sequence[int], found: Sequence[int]) -> Learnt:
    """What is known after more squares are cleared, one after the other, with the numbers of items ``found``.

    Raises
    ------
    ValueRangeError : a square that is cleared already.
    """
    belief = rows.learn(of.rows, learnt.belief, squares, found)
    finds, searched, log_weight = learnt.finds.copy(), learnt.searched.copy(), learnt.log_weight.copy()
    # what the families gave to what came is how well the rows forecast
    log_weight[0] += belief.log_evidence - learnt.belief.log_evidence
    wide = 2 * np.array(of.scales)[:, None] ** 2
    for square, count in zip(squares, found, strict=True):
        chance = _chance(of, finds[:, square], searched[:, square])
        log_weight[1:] += np.log(chance if count else 1 - chance)
        kernel = np.exp(-((of.y - of.y[square]) ** 2 + (of.x - of.x[square]) ** 2) / wide)
        searched += kernel
        if count:
            finds += kernel
    return Learnt(belief, finds, searched, log_weight)


def probability(of: Site, learnt: Learnt, *, keep: float = 1e-2) -> Floats:
    """Probability (squares,) that a square not yet cleared holds an item, 0 in cleared ones; for ranking alone."""
    weight = learnt.weights
    total = weight[1:] @ _chance(of, learnt.finds, learnt.searched)
    if weight[0] > LEAST:
        total = total + weight[0] * rows.probability(of.rows, learnt.belief, keep=keep)
    return np.where(learnt.belief.open, total, 0.0)


def reopened(learnt: Learnt, squares: Sequence[int]) -> Learnt:
    """The same knowledge with squares open again: items were found there, and the ground is not cleared."""
    open_ = learnt.belief.open.copy()
    open_[list(squares)] = True
    return replace(learnt, belief=replace(learnt.belief, open=open_))


def _chance(of: Site, finds: Floats, searched: Floats) -> Floats:
    """Probability of an item by the smoothers: negative binomial, P(0) = (b / (b + 1))^a."""
    return np.asarray(-np.expm1(-(CONFIDENCE + finds) * np.log1p(1 / (CONFIDENCE / of.expected + searched))))
