"""Ground vibration: peak particle velocity (PPV) V = K (R/sqrt(Q))^(-B), mm/s, R in m, Q in kg.

Without a site calibration the law is that of AS 2187.2-2006 for confined charges, K = 1140, B = 1.6, whose site
scatter is a factor of 0.4 to 4: nothing better may be trusted. Five small shots or more, measured on the site, replace
it by a log-log fit with a prediction interval. More shots update it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

from tetrapylon.clear.disposal.checks import BoolArray, FloatArray, positive
from tetrapylon.clear.disposal.marks import COMPUTED, READ, Verification
from tetrapylon.errors import OutsideModel, ValueRangeError

LEAST_SHOTS = 5

_FOOT_M = 0.3048
_POUND_KG = 0.45359237


@dataclass(frozen=True, slots=True)
class Prediction:
    """PPV in mm/s: median, lower and upper bound; ``extrapolated`` outside the scaled distances calibrated."""

    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    extrapolated: BoolArray


class VibrationLaw(Protocol):
    """What every attenuation law offers."""

    @property
    def K(self) -> float: ...  # noqa: N802
    @property
    def B(self) -> float: ...  # noqa: N802
    @property
    def ln_sd(self) -> float: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def source(self) -> str: ...
    @property
    def calibrated(self) -> bool: ...

    def predict(self, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> Prediction:
        """PPV of a charge at a distance; arrays broadcast."""
        ...


def median_ppv(charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike, *, K: float, B: float) -> FloatArray:
    """K (R/sqrt(Q))^(-B), mm/s. Source: AS 2187.2-2006 eq. J7.3(2); USBM square-root scaling."""
    scaled = positive("Distance", distance_m) / np.sqrt(positive("Charge", charge_kg))
    return np.asarray(K * scaled**-B, dtype=np.float64)


def charge_for_ppv(limit_mm_s: npt.ArrayLike, distance_m: npt.ArrayLike, *, K: float, B: float) -> FloatArray:
    """Charge, kg, whose median PPV at a distance equals the limit."""
    root = positive("Distance", distance_m) * (positive("Limit", limit_mm_s) / K) ** (1 / B)
    return np.asarray(root**2, dtype=np.float64)


def distance_for_ppv(limit_mm_s: npt.ArrayLike, charge_kg: npt.ArrayLike, *, K: float, B: float) -> FloatArray:
    """Distance, m, at which the PPV of a charge falls to the limit; ``K`` may carry the site's upper factor."""
    root = np.sqrt(positive("Charge", charge_kg))
    return np.asarray(root * (K / positive("Limit", limit_mm_s)) ** (1 / B), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shot:
    """One measured shot: charge kg, distance m, peak particle velocity mm/s, largest of the three components."""

    charge_kg: float
    distance_m: float
    ppv_mm_s: float

    def __post_init__(self) -> None:
        for name, value in (("Charge", self.charge_kg), ("Distance", self.distance_m), ("PPV", self.ppv_mm_s)):
            positive(name, value)


@dataclass(frozen=True, slots=True)
class UncalibratedSite:
    """AS 2187.2-2006: confined charges, median K, scatter as factors of the median. Use for surface charges is on
    the safe side as far as is known (assumption); measured shots may widen the factors, nothing narrows them."""

    K: float = 1140.0
    B: float = 1.6
    ln_sd: float = 0.59
    lower_factor: float = 0.4
    upper_factor: float = 4.0
    shots: tuple[Shot, ...] = ()
    verification: Verification = READ
    source: str = "AS 2187.2-2006 J7.3, confined charges; scatter 0.4 to 4 read as a 95 % interval (ln sd 0.59 [X])"
    calibrated: bool = False

    def predict(self, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> Prediction:
        """Median with the published factors; every prediction counts as extrapolated."""
        median = median_ppv(charge_kg, distance_m, K=self.K, B=self.B)
        return Prediction(
            median, median * self.lower_factor, median * self.upper_factor, np.ones(median.shape, dtype=np.bool_)
        )


@dataclass(frozen=True, slots=True)
class CalibratedSite:
    """Log-log least-squares law of one site with its shots; bounds are the prediction interval at ``confidence``."""

    K: float
    B: float
    ln_sd: float
    confidence: float
    shots: tuple[Shot, ...]
    mean_ln_scaled: float
    sum_squares: float
    scaled_range: tuple[float, float]
    verification: Verification = COMPUTED
    source: str = "site calibration, log-log least squares"
    calibrated: bool = True

    def predict(self, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> Prediction:
        """Median and two-sided prediction interval for one new shot (Student t, n - 2 degrees of freedom)."""
        scaled = positive("Distance", distance_m) / np.sqrt(positive("Charge", charge_kg))
        x = np.log(scaled)
        n = len(self.shots)
        centre = np.log(self.K) - self.B * x
        spread = self.ln_sd * np.sqrt(1 + 1 / n + (x - self.mean_ln_scaled) ** 2 / self.sum_squares)
        half = special.stdtrit(n - 2, 0.5 + self.confidence / 2) * spread
        low, high = self.scaled_range
        return Prediction(
            np.asarray(np.exp(centre)),
            np.asarray(np.exp(centre - half)),
            np.asarray(np.exp(centre + half)),
            np.asarray((scaled < low) | (scaled > high)),
        )


UNCALIBRATED = UncalibratedSite()
"""What may be trusted before the site has been calibrated."""


def calibrate(shots: Sequence[Shot], *, confidence: float = 0.95) -> CalibratedSite:
    """Fit ln V = ln K - B ln(R/sqrt(Q)) to the shots of one site.

    Raises OutsideModel with fewer than five shots, without spread in scaled distance, or when the fit does not fall
    with distance; ValueRangeError for a confidence outside 0 to 1.
    """
    if not 0 < confidence < 1:
        raise ValueRangeError("Confidence must lie between 0 and 1.")
    if len(shots) < LEAST_SHOTS:
        raise OutsideModel(
            f"A site calibration needs at least {LEAST_SHOTS} shots; {len(shots)} given.",
            hint="Until then the law stays uncertain by a factor of four.",
        )
    x = np.log([s.distance_m / s.charge_kg**0.5 for s in shots])
    y = np.log([s.ppv_mm_s for s in shots])
    n = len(shots)
    sxx = float(np.sum((x - x.mean()) ** 2))
    if sxx < 1e-3 * n:
        raise OutsideModel("The calibration shots have nearly one scaled distance; the slope cannot be fitted.")
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / sxx)
    if slope >= 0:
        raise OutsideModel("The measured vibration does not fall with scaled distance; check the shots.")
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    return CalibratedSite(
        K=float(np.exp(intercept)),
        B=-slope,
        ln_sd=float(np.sqrt(np.sum(residual**2) / (n - 2))),
        confidence=confidence,
        shots=tuple(shots),
        mean_ln_scaled=float(x.mean()),
        sum_squares=sxx,
        scaled_range=(float(np.exp(x.min())), float(np.exp(x.max()))),
    )


def planning(law: VibrationLaw, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Median and upper PPV for planning, mm/s.

    The upper is the law's own bound, and outside the scaled distances it was calibrated for not less than the bound of
    the uncalibrated site.
    """
    own = law.predict(charge_kg, distance_m)
    if not law.calibrated:
        return own.median, own.upper
    general = UNCALIBRATED.predict(charge_kg, distance_m).upper
    return own.median, np.where(own.extrapolated, np.maximum(own.upper, general), own.upper)


def planning_upper(law: VibrationLaw, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> FloatArray:
    """The upper value of ``planning``."""
    return planning(law, charge_kg, distance_m)[1]


def caltrans_k(imperial_k: float) -> float:
    """K for mm/s, m and kg from the Oriard constant of Caltrans 2013 eq. 13 (in/s, ft, lb; exponent 1.6).

    Caltrans [V] gives 24 to 242 for downhole blasting and 605 for high confinement.
    """
    factor: float = 25.4 * (_FOOT_M / _POUND_KG**0.5) ** 1.6
    return float(positive("K", imperial_k)) * factor


def air_slap_ppv(pressure_kpa: npt.ArrayLike, *, density_kg_m3: float, wave_speed_m_s: float) -> FloatArray:
    """Particle velocity, mm/s, that the air blast itself drives into the ground: P/(rho c). Recalled [R]."""
    impedance = positive("Density", density_kg_m3) * positive("Wave speed", wave_speed_m_s)
    return np.asarray(positive("Pressure", pressure_kpa) * 1e6 / impedance, dtype=np.float64)
