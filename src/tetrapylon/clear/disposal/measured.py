"""Measured against predicted: every monitored shot is kept, compared, and moves the constants of the site.

Before five shots a measurement can only widen the uncertainty (when it lies above the bound); it never narrows it.
From five on the law is refitted to all shots of the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tetrapylon.clear.disposal.checks import BoolArray, FloatArray
from tetrapylon.clear.disposal.vibration import (
    LEAST_SHOTS,
    UNCALIBRATED,
    CalibratedSite,
    Shot,
    UncalibratedSite,
    calibrate,
)
from tetrapylon.errors import OutsideModel, ValueRangeError


@dataclass(frozen=True, slots=True)
class Comparison:
    """Shots against the law that predicted them, before it learns from them.

    ``ratio`` measured over predicted median; ``bias`` its geometric mean; ``ln_sd`` scatter of ln ratio about the bias
    (NaN for one shot); ``above_upper`` shots over the upper bound.
    """

    predicted_mm_s: FloatArray
    upper_mm_s: FloatArray
    measured_mm_s: FloatArray
    ratio: FloatArray
    bias: float
    ln_sd: float
    above_upper: BoolArray


def compare(law: UncalibratedSite | CalibratedSite, shots: Sequence[Shot]) -> Comparison:
    """Compare measured shots with a law; ValueRangeError without shots."""
    if not shots:
        raise ValueRangeError("There is no measured shot to compare.")
    predicted = law.predict([s.charge_kg for s in shots], [s.distance_m for s in shots])
    measured = np.array([s.ppv_mm_s for s in shots])
    ln_ratio = np.log(measured / predicted.median)
    return Comparison(
        predicted.median,
        predicted.upper,
        measured,
        np.exp(ln_ratio),
        float(np.exp(ln_ratio.mean())),
        float(ln_ratio.std(ddof=1)) if len(shots) > 1 else float("nan"),
        np.asarray(measured > predicted.upper),
    )


def update(law: UncalibratedSite | CalibratedSite, shots: Sequence[Shot]) -> UncalibratedSite | CalibratedSite:
    """The law after these further shots of the same site.

    Order does not matter. When five or more shots still allow no fit (one scaled distance, no fall with distance) the
    uncalibrated law stays, widened where needed.
    """
    every = (*law.shots, *shots)
    if len(every) >= LEAST_SHOTS:
        try:
            return calibrate(every, confidence=law.confidence if isinstance(law, CalibratedSite) else 0.95)
        except OutsideModel:
            if isinstance(law, CalibratedSite):
                raise
    base = law if isinstance(law, UncalibratedSite) else UNCALIBRATED
    if not every:
        return base
    ratio = compare(base, every).ratio
    return replace(
        base,
        shots=every,
        upper_factor=max(base.upper_factor, float(ratio.max())),
        lower_factor=min(base.lower_factor, float(ratio.min())),
    )


@dataclass(frozen=True, slots=True)
class LoggedShot:
    """One shot as the law of the shots before it predicted it; ``k`` and ``b`` are that law's constants.

    ``extrapolated``: outside the scaled distances calibrated until then. ``above_upper``: over the bound, a reason to
    stop and look.
    """

    shot: Shot
    k: float
    b: float
    calibrated: bool
    predicted_mm_s: float
    lower_mm_s: float
    upper_mm_s: float
    ratio: float
    extrapolated: bool
    above_upper: bool


@dataclass(frozen=True, slots=True)
class SiteLog:
    """Every shot of a site in order, and the law they leave; ``uncalibrated_because`` is empty once calibrated."""

    shots: tuple[LoggedShot, ...]
    law: UncalibratedSite | CalibratedSite
    uncalibrated_because: str


def site_log(shots: Sequence[Shot]) -> SiteLog:
    """Measured against predicted, shot by shot in the order given; each prediction knows only the shots before it."""
    law: UncalibratedSite | CalibratedSite = UNCALIBRATED
    logged = []
    for i, shot in enumerate(shots):
        found = law.predict(shot.charge_kg, shot.distance_m)
        logged.append(
            LoggedShot(
                shot,
                law.K,
                law.B,
                law.calibrated,
                float(found.median),
                float(found.lower),
                float(found.upper),
                shot.ppv_mm_s / float(found.median),
                bool(found.extrapolated),
                bool(shot.ppv_mm_s > found.upper),
            )
        )
        law = update(UNCALIBRATED, shots[: i + 1])
    return SiteLog(tuple(logged), law, _why_not(law))


def _why_not(law: UncalibratedSite | CalibratedSite) -> str:
    if law.calibrated:
        return ""
    try:
        calibrate(law.shots)
    except OutsideModel as why:
        return why.message
    return ""
