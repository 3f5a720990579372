"""Probability of detection from blind trials with seeded items.

The only way a probability of detection enters Tetrapylon. A trial counts only seeds whose position the searcher did not
know. A class without a seed has no PoD; there is no default to fall back on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from tetrapylon.clear.search import PoD
from tetrapylon.errors import OutsideModel, ValueRangeError


@dataclass(frozen=True)
class ClassResult:
    """Result for one detectability class: posterior, its credible interval, and the Clopper-Pearson interval."""

    name: str
    pod: PoD
    credible: tuple[float, float]
    exact: tuple[float, float]


@dataclass(frozen=True)
class TrialReport:
    """A blind trial: results by class, false alarms per m2 with exact Poisson interval, correlation between passes.

    ``correlation`` is None when the lane was walked once, or every seed found always or never: then it must be assumed,
    and said.
    """

    classes: tuple[ClassResult, ...]
    false_alarms_per_m2: float
    false_alarm_interval: tuple[float, float]
    correlation: float | None
    level: float

    def pods(self, names: Sequence[str]) -> tuple[PoD, ...]:
        """PoD of each class asked for, in order. Raises OutsideModel for a class without a seed."""
        known = {c.name: c.pod for c in self.classes}
        missing = [n for n in names if n not in known]
        if missing:
            raise OutsideModel(
                f"No blind seed of class {', '.join(missing)}: probability of detection has no default.",
                hint="Seed the class in a trial.",
            )
        return tuple(known[n] for n in names)


def report(
    item_class: Sequence[str],
    found: ArrayLike,
    blind: ArrayLike,
    *,
    false_alarms: int,
    lane_area: float,
    level: float = 0.9,
) -> TrialReport:
    """Evaluate a trial.

    Parameters
    ----------
    item_class : (seeds,) detectability class of each seed.
    found : (seeds,) or (seeds, passes) bool. With several passes the first gives the PoD, and all of them the
        correlation, pooled over classes.
    blind : (seeds,) bool, True where the searcher did not know the seed; others are left out.
    false_alarms : signals declared on the lane where no seed lay, first pass.
    lane_area : m2.

    Raises
    ------
    OutsideModel : no blind seed. ValueRangeError : tables of different length, impossible numbers.
    """
    hit = np.asarray(found, bool)
    hit = hit[:, None] if hit.ndim == 1 else hit
    names, is_blind = np.asarray(item_class), np.asarray(blind, bool)
    if not len(names) == len(hit) == len(is_blind):
        raise ValueRangeError("Class, found and blind must have one entry for each seed.")
    if not (lane_area > 0 and np.isfinite(lane_area)) or false_alarms < 0:
        raise ValueRangeError("A lane needs a positive area and zero or more false alarms.")
    if not is_blind.any():
        raise OutsideModel("No seed was blind: the trial gives no probability of detection.")
    names, hit = names[is_blind], hit[is_blind]
    classes = tuple(_class_result(str(n), hit[names == n, 0], level) for n in np.unique(names))
    groups = [hit[names == n].sum(axis=1) for n in np.unique(names)]
    tail = (1 - level) / 2
    return TrialReport(
        classes=classes,
        false_alarms_per_m2=false_alarms / lane_area,
        false_alarm_interval=(
            float(stats.gamma.ppf(tail, false_alarms) / lane_area) if false_alarms else 0.0,
            float(stats.gamma.ppf(1 - tail, false_alarms + 1) / lane_area),
        ),
        correlation=_correlation(groups, hit.shape[1]),
        level=level,
    )


def pass_correlation(detections: Sequence[NDArray[np.integer]], passes: int) -> float:
    """Intraclass correlation of repeated passes: maximum likelihood of a Beta-binomial.

    Parameters
    ----------
    detections : for each class (seeds,), how often each seed was found. passes : how often each was passed, >= 2.

    Returns
    -------
    rho in 0 to 1, common to the classes, each class with its own mean (profiled). 0 for seeds found always or never
    carries no information: such classes are left out; OutsideModel if none remains.

    Source: Beta-binomial of Skellam 1948, rho = 1 / (alpha + beta + 1).
    """
    if passes < 2:
        raise ValueRangeError("A correlation between passes needs at least two of them.")
    informative = [np.asarray(k) for k in detections if 0 < np.sum(k) < passes * len(k)]
    if not informative:
        raise OutsideModel("Every seed was found always, or none ever: the correlation cannot be seen.")

    def loss(rho: float) -> float:
        return sum(-_profile(k, passes, rho) for k in informative)

    best = optimize.minimize_scalar(loss, bounds=(1e-6, 1 - 1e-6), method="bounded", options={"xatol": 1e-5})
    return float(best.x)


def _correlation(groups: Sequence[NDArray[np.integer]], passes: int) -> float | None:
    """Correlation where the walks show it; None after one walk, or when every seed was found always or never."""
    if passes < 2:
        return None
    try:
        return pass_correlation(groups, passes)
    except OutsideModel:
        return None


def _profile(k: NDArray[np.integer], passes: int, rho: float) -> float:
    """Log likelihood at the best mean."""

    def loss(mean: float) -> float:
        a, b = mean * (1 - rho) / rho, (1 - mean) * (1 - rho) / rho
        return -float(np.sum(special.betaln(k + a, passes - k + b) - special.betaln(a, b)))

    best = optimize.minimize_scalar(loss, bounds=(1e-4, 1 - 1e-4), method="bounded", options={"xatol": 1e-6})
    return -float(best.fun)


def _class_result(name: str, hit: NDArray[np.bool_], level: float) -> ClassResult:
    s, n = int(hit.sum()), len(hit)
    exact = stats.binomtest(s, n).proportion_ci(level, method="exact")
    pod = PoD(s, n)
    return ClassResult(name, pod, pod.interval(level), (float(exact.low), float(exact.high)))
