"""Accept-on-zero sampling for quality assurance: plan the sample, and state what its results show.

A lot of N units (squares of one size) is accepted when a random sample holds no target; any find rejects it. The plan
gives confidence Y that at least a share X of the units holds no target: were D = floor((1 - X) N) + 1 units bad, the
smallest number that breaks the claim, the sample would show none of them with probability at most 1 - Y. Exactly,

    P(none seen | D) = sum_j Hypergeometric(j; N, D, n) (1 - s)^j

with inspector sensitivity s. In strata, D is placed where the sample is least likely to see it (worst case).

Source: accept-on-zero in Visual Sample Plan (PNNL) [V guide mine_action.md section 6]; the sums here are exact [C].
Whether sampling, or assurance of the process, is the better use of effort is for the authority to decide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tetrapylon.clear.search import PoD
from tetrapylon.errors import OutsideModel, ValueRangeError

Floats = NDArray[np.float64]
Sensitivity = float | PoD


@dataclass(frozen=True)
class Plan:
    """Sample sizes by stratum and the confidence they reach if nothing is found."""

    units: tuple[int, ...]
    sample: tuple[int, ...]
    clean_share: float
    confidence: float


@dataclass(frozen=True)
class Verdict:
    """What the results of a sample show.

    ``accepted`` is False as soon as anything was found. ``confidence`` is that at least ``clean_share`` of the units
    holds no target; None after a find, when the claim is refused instead. Evidence for a human decision.
    """

    accepted: bool
    clean_share: float
    confidence: float | None


def breaking_count(units: int, clean_share: float) -> int:
    """Smallest number of bad units with which fewer than ``clean_share`` of the lot is clean."""
    if units < 1 or not 0 < clean_share < 1:
        raise ValueRangeError("A lot needs at least one unit, and the clean share must lie between 0 and 1.")
    return min(units, math.floor((1 - clean_share) * units + 1e-9) + 1)


def none_seen(units: int, bad: NDArray[np.integer] | int, sample: int, *, sensitivity: Sensitivity) -> Floats:
    """Probability that a sample shows no target, for each number of bad units.

    Parameters
    ----------
    units : N. bad : (k,) or one number, 0..N. sample : n, 0..N.
    sensitivity : probability that the inspector sees a target in a sampled unit: a PoD from a blind trial, integrated
        over its uncertainty, or a number for tables and simulations.

    Returns
    -------
    (k,) probabilities.
    """
    if not 0 <= sample <= units:
        raise ValueRangeError(f"A sample of {sample} from {units} units is impossible.")
    d = np.atleast_1d(np.asarray(bad))
    if np.any((d < 0) | (d > units)):
        raise ValueRangeError("The number of bad units must lie between 0 and the number of units.")
    if isinstance(sensitivity, float | int) and sensitivity == 1:
        with np.errstate(invalid="ignore"):
            return np.where(d <= units - sample, np.exp(_log_choose(units - d, sample) - _log_choose(units, sample)), 0)
    longest = int(min(d.max(initial=0), sample)) + 1
    batches = np.array_split(d, max(1, d.size * longest // 2_000_000))  # bounded memory
    return np.concatenate([_none_seen(units, batch, sample, sensitivity) for batch in batches])


def plan(units: Sequence[int], *, clean_share: float, confidence: float, sensitivity: Sensitivity) -> Plan:
    """Smallest sample, in proportion to the strata, that reaches the confidence.

    Parameters
    ----------
    units : number of units in each stratum; one stratum for a lot taken as a whole.
    clean_share : X, the share of units claimed to hold no target.
    confidence : Y, between 0 and 1.
    sensitivity : see `none_seen`; it has no default.

    Raises
    ------
    OutsideModel : even a complete check does not reach the confidence, because the inspector misses too much.
    """
    if not 0 < confidence < 1:
        raise ValueRangeError("Confidence must lie between 0 and 1.")
    total = sum(units)
    reached = partial(confidence_of, units, clean_share=clean_share, sensitivity=sensitivity)
    if reached(list(units)) < confidence:
        raise OutsideModel(
            "Even checking every unit does not reach this confidence with this inspector sensitivity.",
            hint="Improve the sensitivity or check twice.",
        )
    low, high = -1, total
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(_proportional(units, middle)) >= confidence else (middle, high)
    sample = _proportional(units, high)
    return Plan(tuple(units), tuple(sample), clean_share, reached(sample))


def confidence_of(
    units: Sequence[int], sample: Sequence[int], *, clean_share: float, sensitivity: Sensitivity
) -> float:
    """Confidence that at least the clean share holds no target when these samples show none (worst case over strata).

    The worst placing of the bad units is found exactly, by max-product convolution over the strata.
    """
    if len(units) != len(sample):
        raise ValueRangeError("Every stratum needs its number of units and its sample.")
    bad = breaking_count(sum(units), clean_share)
    if len(units) == 1:
        return float(1 - none_seen(units[0], bad, sample[0], sensitivity=sensitivity)[0])
    worst = np.ones(1)
    for n_units, n_sample in zip(units, sample, strict=True):
        here = none_seen(n_units, np.arange(min(bad, n_units) + 1), n_sample, sensitivity=sensitivity)
        worst = _max_product(worst, here, bad + 1)
    return float(1 - worst[bad])


def verdict(
    units: Sequence[int],
    sample: Sequence[int],
    found: Sequence[int],
    *,
    clean_share: float,
    sensitivity: Sensitivity,
) -> Verdict:
    """What the sample that was really taken shows; ``found`` counts the targets found in each stratum."""
    if len(found) != len(units) or any(f < 0 for f in found):
        raise ValueRangeError("Every stratum needs its number of targets found, zero or more.")
    if sum(found) > 0:
        return Verdict(False, clean_share, None)
    return Verdict(True, clean_share, confidence_of(units, sample, clean_share=clean_share, sensitivity=sensitivity))


def draw_units(units: int, sample: int, *, seed: int) -> NDArray[np.int64]:
    """Indices (sample,) of units drawn without replacement, sorted; the seed makes the draw repeatable."""
    if not 0 <= sample <= units:
        raise ValueRangeError(f"A sample of {sample} from {units} units is impossible.")
    return np.sort(np.random.default_rng(seed).choice(units, sample, replace=False)).astype(np.int64)


def unit_centres(inside: NDArray[np.bool_], *, origin: tuple[float, float], size: float) -> Floats:
    """Centres (units, 2) in m of the squares of a lot, row by row from the north.

    Parameters
    ----------
    inside : (rows, columns) True where the square belongs to the lot. origin : x, y of the north-west corner, m, in a
        projected CRS. size : side of a unit, m.
    """
    rows, columns = np.nonzero(inside)
    return np.column_stack([origin[0] + (columns + 0.5) * size, origin[1] - (rows + 0.5) * size])


def _none_seen(units: int, d: NDArray[np.integer], sample: int, sensitivity: Sensitivity) -> Floats:
    """Sum over the number j of bad units in the sample."""
    j = np.arange(int(min(d.max(initial=0), sample)) + 1)
    possible = (j <= d[:, None]) & (sample - j <= units - d[:, None])
    with np.errstate(invalid="ignore"):
        log_p = _log_choose(d[:, None], j) + _log_choose(units - d[:, None], sample - j) - _log_choose(units, sample)
    p = np.where(possible, np.exp(np.where(possible, log_p, 0)), 0)
    return np.asarray(np.minimum(p @ _all_missed(j, sensitivity), 1.0))


def _proportional(units: Sequence[int], sample: int) -> list[int]:
    """Largest-remainder apportionment of a sample, never more than a stratum holds."""
    quota = np.asarray(units, float) * sample / sum(units)
    share = np.floor(quota).astype(int)
    rest = sample - int(share.sum())
    for i in np.argsort(share - quota, kind="stable")[:rest]:
        share[i] += 1
    return [int(s) for s in share]


def _max_product(a: Floats, b: Floats, limit: int) -> Floats:
    out = np.zeros(min(len(a) + len(b) - 1, limit))
    for i, value in enumerate(b[:limit]):
        stop = min(len(a), limit - i)
        np.maximum(out[i : i + stop], a[:stop] * value, out=out[i : i + stop])
    return out


def _all_missed(j: NDArray[np.int_], sensitivity: Sensitivity) -> Floats:
    """E[(1 - s)^j]: a power, or the moment of the Beta posterior."""
    if isinstance(sensitivity, PoD):
        a, b = sensitivity.alpha, sensitivity.beta
        return np.asarray(np.exp(special.betaln(a, b + j) - special.betaln(a, b)))
    if not 0 < sensitivity <= 1:
        raise ValueRangeError(f"Inspector sensitivity must lie above 0 and at most at 1, not {sensitivity}.")
    return np.asarray((1 - sensitivity) ** j, float)


def _log_choose(n: NDArray[np.integer] | int, k: NDArray[np.integer] | int) -> Floats:
    n, k = np.asarray(n, float), np.asarray(k, float)
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))
