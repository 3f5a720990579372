"""What is left after searching: expected items, intervals and the probability that none is left.

Items are Poisson with intensity lambda; a search of which the share q goes unfound thins them into finds (exposure
E = A (1 - q)) and items left (A q). With lambda ~ Gamma(alpha, rate beta) and n finds

    lambda | n ~ Gamma(alpha + n, beta + E),   left | n ~ NegBin with mean (alpha + n) A q / (beta + E),
    P(none left) = ((beta + E) / (beta + E + A q))^(alpha + n).

Uncertain PoD makes q uncertain; the answer is then the mixture over q, each weighted by how well it explains the finds.
For the log-Gaussian field the answer comes from posterior draws (`from_draws`), for one block under any prior by
quadrature (`one_block`). Every figure is evidence for a human decision and releases nothing.

Source: Poisson thinning and Gamma-Poisson conjugacy (standard results); guide hazard.md section 5 [C].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from tetrapylon.clear.validity import Basis
from tetrapylon.errors import OutsideModel, ValueRangeError
from tetrapylon.model.quantity import Interval
from tetrapylon.model.verdicts import Residual

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ItemsLeft:
    """Items left in an area.

    Parameters
    ----------
    expected : items, posterior mean.
    low, high : items, equal-tailed credible interval of the expected number given the intensity.
    count_low, count_high : items, equal-tailed predictive interval of the whole number left.
    none_left : probability that no item is left.
    level : of both intervals.
    scenario : the ground is simulated.
    """

    expected: float
    low: float
    high: float
    count_low: int
    count_high: int
    none_left: float
    level: float
    scenario: bool

    def summary(self, area: float) -> Residual:
        """For other parts of the program: expected items and their interval on an area (m2)."""
        return Residual(expected=self.expected, interval=Interval(self.low, self.high), level=self.level, area_m2=area)


def gamma_block(
    *,
    basis: Basis,
    alpha: float,
    beta: float,
    area: float,
    finds: int,
    unfound: ArrayLike,
    weights: ArrayLike | None = None,
    level: float = 0.9,
) -> ItemsLeft:
    """Items left in one block under a Gamma prior: exact.

    Parameters
    ----------
    basis : prior and ground; makes sure that the model holds.
    alpha, beta : shape and rate (m2) of the prior of the intensity (items per m2).
    area : m2.
    finds : items found by the search.
    unfound : (m,) equally possible values of the share unfound q, from draws of the PoD; or one number.
    weights : (m,) prior weights of the values; None: equal.
    level : probability inside the intervals.

    Raises
    ------
    ValueRangeError : impossible numbers. OutsideModel : items found by a search that can find nothing.
    """
    q = np.atleast_1d(np.asarray(unfound, float))
    w = np.ones(q.shape) if weights is None else np.asarray(weights, float)
    _check_block(alpha, beta, area, finds, q, w)
    exposure = area * (1 - q)
    shape, rate = alpha + finds, beta + exposure
    with np.errstate(divide="ignore"):
        log_w = np.log(w) + special.xlogy(finds, exposure) - shape * np.log(rate)
    if np.all(np.isneginf(log_w)):
        raise OutsideModel("Items were found by a search that can find none: the probabilities contradict the finds.")
    w = np.exp(log_w - special.logsumexp(log_w))
    left = area * q
    scale = left / rate  # mean left = shape * scale, Gamma law of the expected number
    success = rate / (rate + left)
    tails = ((1 - level) / 2, (1 + level) / 2)
    return ItemsLeft(
        expected=float(w @ (shape * scale)),
        low=_gamma_quantile(tails[0], w, shape, scale),
        high=_gamma_quantile(tails[1], w, shape, scale),
        count_low=_count_quantile(tails[0], lambda k: float(w @ stats.nbinom.cdf(k, shape, success))),
        count_high=_count_quantile(tails[1], lambda k: float(w @ stats.nbinom.cdf(k, shape, success))),
        none_left=float(w @ success**shape),
        level=level,
        scenario=basis.scenario,
    )


def from_draws(draws: ArrayLike, *, basis: Basis, weights: ArrayLike | None = None, level: float = 0.9) -> ItemsLeft:
    """Items left from posterior draws of the expected number left, such as those of the contamination field.

    Parameters
    ----------
    draws : (n,) expected items left R in each posterior draw, n >= 200; weights : (n,) or None for equal.

    Raises
    ------
    ValueRangeError : fewer than 200 draws, negative or not finite.
    """
    r = np.asarray(draws, float)
    if r.ndim != 1 or r.size < 200 or not np.all(np.isfinite(r)) or np.any(r < 0):
        raise ValueRangeError("At least 200 finite draws, none negative, are needed for a residual.")
    w = np.full(r.size, 1 / r.size) if weights is None else np.asarray(weights, float) / np.sum(weights)
    order = np.argsort(r, kind="stable")
    # weighted quantiles with the mid-point rule, linear between draws
    position = np.cumsum(w[order]) - w[order] / 2
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], position, r[order])
    return ItemsLeft(
        expected=float(w @ r),
        low=float(low),
        high=float(high),
        count_low=_count_quantile((1 - level) / 2, lambda k: float(w @ stats.poisson.cdf(k, r))),
        count_high=_count_quantile((1 + level) / 2, lambda k: float(w @ stats.poisson.cdf(k, r))),
        none_left=float(w @ np.exp(-r)),
        level=level,
        scenario=basis.scenario,
    )


@dataclass(frozen=True)
class OneBlock:
    """Posterior of one block by quadrature: expected items left, P(none left), mean and variance of log intensity."""

    expected: float
    none_left: float
    mean_log: float
    var_log: float
    log_evidence: float


def one_block(
    log_prior: Callable[[Floats], Floats],
    *,
    finds: int,
    exposure: float,
    left: float,
    support: tuple[float, float],
    points: int = 4001,
) -> OneBlock:
    """One block under any prior of the log intensity x, by the trapezoidal rule on x.

    The rule converges geometrically for densities that vanish at both ends of the support, so the result is a check
    of closed forms and of the Laplace approximation.

    Parameters
    ----------
    log_prior : x (k,) -> log density of x, any constant.
    finds, exposure, left : n, E = A (1 - q) and A q, in m2 where the intensity is per m2.
    support : x beyond which prior times likelihood is negligible.
    """
    x = np.linspace(*support, points)
    log_p = log_prior(x) + finds * x + special.xlogy(finds, exposure) - exposure * np.exp(x)
    log_total = special.logsumexp(log_p) + np.log(x[1] - x[0])
    p = np.exp(log_p - special.logsumexp(log_p))
    mean = float(p @ x)
    return OneBlock(
        expected=float(p @ (left * np.exp(x))),
        none_left=float(p @ np.exp(-left * np.exp(x))),
        mean_log=mean,
        var_log=float(p @ (x - mean) ** 2),
        log_evidence=float(log_total),
    )


def _check_block(alpha: float, beta: float, area: float, finds: int, q: Floats, w: Floats) -> None:
    if not (alpha > 0 and beta > 0 and area > 0 and np.isfinite([alpha, beta, area]).all()):
        raise ValueRangeError("Shape, rate and area must be positive and finite.")
    if finds < 0:
        raise ValueRangeError(f"{finds} finds are impossible.")
    if not np.all((q >= 0) & (q <= 1)):
        raise ValueRangeError("The share unfound must lie in 0 to 1 and be known (no NaN).")
    if w.shape != q.shape or np.any(w < 0) or not w.sum() > 0:
        raise ValueRangeError("Weights must match the shares unfound, none negative, not all zero.")


def _gamma_quantile(p: float, w: Floats, shape: float, scale: Floats) -> float:
    """Quantile of a mixture of Gamma laws of one shape; components of scale 0 are a point mass at 0."""
    at_zero = float(w[scale == 0].sum())
    if at_zero >= p:
        return 0.0
    w, scale = w[scale > 0], scale[scale > 0]
    each = stats.gamma.ppf(p, shape, scale=scale)
    if scale.size == 1 and at_zero == 0:
        return float(each[0])

    def excess(r: float) -> float:
        return at_zero + float(w @ special.gammainc(shape, r / scale)) - p

    return float(optimize.brentq(excess, 0.0, float(each.max()) * (1 + 1e-9), xtol=1e-14, rtol=1e-13))


def _count_quantile(p: float, cdf: Callable[[int], float]) -> int:
    """Smallest k with cdf(k) >= p, by doubling then bisection."""
    if cdf(0) >= p:
        return 0
    low, high = 0, 1
    while cdf(high) < p:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if cdf(middle) >= p else (middle, high)
    return high
