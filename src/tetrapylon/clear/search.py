"""Imperfect search: the share of items that passes of a detector leave in the ground.

Items differ in detectability class (metal-rich, minimum-metal, too deep ...), ground is covered only in part, and
passes with one detector tend to miss the same items. The share of items left is

    q = sum_c pi_c prod_g E[ prod_k (1 - f_gk D_gc) ]

over classes c with shares pi_c, methods g and passes k of coverage f_gk, where D_gc is the detectability of an
item of class c by method g. Between items of one class D follows a Beta law with mean d_gc and intraclass correlation
rho_g: rho = 0 gives independent passes within the class, rho = 1 means that an item missed once is always missed.

Coverage of different passes is taken as independent within a cell: with coverage 0 or 1 this is exact; where passes
leave the same strip out, split the cell.

Sources: gains of several tools multiply only if their misses are statistically independent: FFI, Norway (handle
20.500.12242/2403) [V]; the class mixture and the Beta law of detectability within a class are our formulation, the
moments those of the Beta-binomial distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from tetrapylon.errors import OutsideModel, ValueRangeError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PoD:
    """Probability of detection of one class by one method: Beta(1 + found, 1 + seeded - found).

    Exists only as the outcome of a blind trial with seeded items; there is no default and no certain detection.

    Parameters
    ----------
    found, seeded : items found and items seeded in the trial; 0 <= found <= seeded, seeded >= 1.

    Raises
    ------
    OutsideModel : no item was seeded: the probability of detection has no default.
    ValueRangeError : counts that cannot be.
    """

    found: int
    seeded: int

    def __post_init__(self) -> None:
        if self.seeded == 0:
            raise OutsideModel(
                "Probability of detection has no default.", hint="Run a blind trial with seeded items on this soil."
            )
        if not 0 <= self.found <= self.seeded:
            raise ValueRangeError(f"{self.found} found of {self.seeded} seeded is impossible.")

    @property
    def alpha(self) -> float:
        return 1.0 + self.found

    @property
    def beta(self) -> float:
        return 1.0 + self.seeded - self.found

    @property
    def mean(self) -> float:
        return self.alpha / (self.alpha + self.beta)

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Equal-tailed credible interval."""
        low, high = stats.beta.ppf([(1 - level) / 2, (1 + level) / 2], self.alpha, self.beta)
        return float(low), float(high)

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """Gauss-Jacobi points d and weights (sum 1) of the Beta law: exact for polynomials below degree 2 count."""
        x, w = special.roots_jacobi(count, self.beta - 1, self.alpha - 1)
        return (1 + x) / 2, w / w.sum()

    def draw(self, rng: np.random.Generator, count: int) -> Floats:
        return rng.beta(self.alpha, self.beta, count)


@dataclass(frozen=True)
class Classes:
    """Detectability classes and the share of items in each before any search.

    Raises ValueRangeError unless the shares are finite, not negative and sum to 1 within 1e-9.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        shares = np.asarray(self.shares, float)
        if len(self.names) != shares.size or len(set(self.names)) != shares.size:
            raise ValueRangeError("Every detectability class needs one distinct name and one share.")
        if not np.all(np.isfinite(shares)) or np.any(shares < 0) or abs(shares.sum() - 1) > 1e-9:
            raise ValueRangeError(f"Shares of detectability classes must sum to 1, not {shares.sum():g}.")


@dataclass(frozen=True)
class Method:
    """A search method: PoD by class (in the order of the classes) and intraclass correlation of its passes, 0 to 1.

    The correlation has no default: zero, independence, is the least safe assumption and must be said aloud.
    """

    name: str
    pod: tuple[PoD, ...]
    correlation: float

    def __post_init__(self) -> None:
        if not 0 <= self.correlation <= 1:
            raise ValueRangeError(
                f"{self.name}: correlation between passes must lie in 0 to 1, not {self.correlation}."
            )


@dataclass(frozen=True)
class Search:
    """Passes of one method: coverage (passes, *cells), the fraction of each cell searched in each pass."""

    method: Method
    coverage: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "coverage", _fractions(np.atleast_1d(self.coverage), "coverage"))


@dataclass(frozen=True)
class Unfound:
    """What a search leaves: share of items unfound (*cells), the same by class, and class shares among what is left.

    ``shares_left`` (classes, *cells) is NaN where nothing is left.
    """

    share: Floats
    by_class: Floats
    shares_left: Floats


def miss(pod: ArrayLike, coverage: ArrayLike, *, correlation: float) -> Floats:
    """Probability that an item is missed by all passes of one method with known detectability.

    Parameters
    ----------
    pod : (...,) d in 0 to 1. The mathematical limits 0 and 1 are allowed here, not in a PoD.
    coverage : (passes, *cells) in 0 to 1.
    correlation : rho in 0 to 1, between items of one class.

    Returns
    -------
    (..., *cells): E[prod_k (1 - f_k D)] with D ~ Beta of mean d and intraclass correlation rho.

    Method: with u = 1 - D the product is a polynomial in u with coefficients >= 0, so no cancellation occurs;
    E[u^m] = prod_{r<m} ((1 - d)(1 - rho) + r rho) / ((1 - rho) + r rho).
    """
    d, f = _fractions(pod, "probability of detection"), _fractions(coverage, "coverage")
    if not 0 <= correlation <= 1:
        raise ValueRangeError(f"Correlation between passes must lie in 0 to 1, not {correlation}.")
    cells = f.shape[1:]
    coefficients = [np.ones(cells)]
    for pass_ in f:
        longer = [c * (1 - pass_) for c in coefficients] + [np.zeros(cells)]
        coefficients = [a + b * pass_ for a, b in zip(longer, [np.zeros(cells), *coefficients], strict=True)]
    moment = np.ones(d.shape + (1,) * len(cells))
    escape = 1 - d.reshape(moment.shape)
    total = np.broadcast_to(coefficients[0], d.shape + cells).copy()
    for m, c in enumerate(coefficients[1:]):
        # the first factor is 1 - d for every correlation; written so that rho = 1 divides by nothing
        moment = moment * (escape if m == 0 else _moment_factor(escape, m, correlation))
        total += moment * c
    return np.minimum(total, 1.0)


def unfound(classes: Classes, searches: Sequence[Search]) -> Unfound:
    """Share of items left unfound, with the uncertainty of every PoD integrated, never plugged in.

    Parameters
    ----------
    classes : detectability classes and their shares.
    searches : one per method; coverages must share the shape of their cells. Order does not matter.

    Raises
    ------
    OutsideModel : a method without a PoD for every class.
    ValueRangeError : coverage outside 0 to 1, NaN, or of another shape.
    """
    _require_pods(classes, searches)
    cells = _cells(searches)
    left = np.ones((len(classes.shares), *cells))
    for search in sorted(searches, key=lambda s: s.method.name):
        count = len(search.coverage) // 2 + 1
        for c, pod in enumerate(search.method.pod):
            nodes, weights = pod.nodes(count)
            missed = miss(nodes, search.coverage, correlation=search.method.correlation)
            left[c] *= _in_order(weights, missed)
    return _summary(classes, left)


def unfound_draw(classes: Classes, searches: Sequence[Search], rng: np.random.Generator) -> Unfound:
    """As `unfound`, for one joint draw of every PoD: the same detectability over all cells, as in the field."""
    _require_pods(classes, searches)
    left = np.ones((len(classes.shares), *_cells(searches)))
    for search in sorted(searches, key=lambda s: s.method.name):
        for c, pod in enumerate(search.method.pod):
            d = pod.draw(rng, 1)[0]
            left[c] *= miss(d, search.coverage, correlation=search.method.correlation)
    return _summary(classes, left)


@dataclass(frozen=True)
class NaiveError:
    """The naive product (1 - mean PoD)^passes beside the share really left, only to show how wrong it is."""

    left: float
    naive: float

    @cached_property
    def understated_by(self) -> float:
        """How many times more is left than the naive product claims."""
        return self.left / self.naive if self.naive > 0 else float("inf")


def naive_error(shares: ArrayLike, pod: ArrayLike, passes: int, *, correlation: float = 0.0) -> NaiveError:
    """Error of (1 - mean d)^passes for known d (classes,) and shares (classes,), full coverage."""
    pi, d = _fractions(shares, "shares"), _fractions(pod, "probability of detection")
    left = float(pi @ miss(d, np.ones(passes), correlation=correlation))
    return NaiveError(left=left, naive=float((1 - pi @ d) ** passes))


def _moment_factor(escape: Floats, r: int, rho: float) -> Floats:
    return (escape * (1 - rho) + r * rho) / ((1 - rho) + r * rho)


def _in_order(weights: Floats, values: Floats) -> Floats:
    """Weighted sum over the first axis, term by term: the last bits of a cell do not depend on how many there are."""
    total = np.zeros(values.shape[1:])
    for weight, value in zip(weights, values, strict=True):
        total = total + weight * value
    return total


def _summary(classes: Classes, left: Floats) -> Unfound:
    pi = np.asarray(classes.shares).reshape((-1,) + (1,) * (left.ndim - 1))
    weighted = pi * left
    share = weighted.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares_left = np.where(share > 0, weighted / share, np.nan)
    return Unfound(share=share, by_class=left, shares_left=shares_left)


def _require_pods(classes: Classes, searches: Sequence[Search]) -> None:
    for search in searches:
        if len(search.method.pod) != len(classes.names):
            raise OutsideModel(
                f"{search.method.name}: a PoD is needed for each of {', '.join(classes.names)}; it has no default.",
                hint="Seed every class in a blind trial.",
            )


def _cells(searches: Sequence[Search]) -> tuple[int, ...]:
    shapes = {s.coverage.shape[1:] for s in searches}
    if len(shapes) > 1:
        raise ValueRangeError(f"Coverages lie on different grids: {sorted(shapes)}.")
    return shapes.pop() if shapes else ()


def _fractions(values: ArrayLike, what: str) -> Floats:
    array = np.asarray(values, float)
    if not np.all((array >= 0) & (array <= 1)):
        raise ValueRangeError(f"Every {what} must lie in 0 to 1 and be known (no NaN).")
    return array
