"""From effect to damage: iso-damage of brick houses in charge, distance, pressure and impulse; fragility curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from tetrapylon.clear.disposal.airblast import kingery_bulmash
from tetrapylon.clear.disposal.checks import FloatArray, not_negative, positive
from tetrapylon.clear.disposal.marks import ASSUMED, Verification
from tetrapylon.errors import ValueRangeError, VocabularyError

JARRETT_K = {"A": 3.8, "B": 5.6, "Cb": 9.6, "Ca": 28.0, "D": 56.0}
"""Brick houses: A total demolition, B beyond repair, Cb uninhabitable and partly collapsed, Ca uninhabitable but
repairable, D inhabitable, needs repair. Jarrett 1968; Gilbert, Lees and Scilly 1994 [R/X]."""

JARRETT_VERIFICATION = Verification("R/X")


def jarrett_radius(charge_kg: npt.ArrayLike, category: str) -> FloatArray:
    """Radius, m, of a damage category of brick houses: K W^(1/3)/[1 + (3175/W)^2]^(1/6), W in kg TNT [R/X]."""
    if category not in JARRETT_K:
        raise VocabularyError(category, "damage category of brick houses", JARRETT_K)
    charge = positive("Charge", charge_kg)
    factor = JARRETT_K[category] * np.cbrt(charge)
    return np.asarray(factor / (1 + (3175 / charge) ** 2) ** (1 / 6), dtype=np.float64)


def jarrett_category(charge_kg: float, distance_m: float) -> str | None:
    """Worst category whose radius reaches the distance; None beyond category D."""
    distance = float(positive("Distance", distance_m))
    return next((c for c in JARRETT_K if distance <= float(jarrett_radius(charge_kg, c))), None)


@dataclass(frozen=True, slots=True)
class PressureImpulseCurve:
    """Incident pressure (kPa) and impulse (kPa ms) along one damage category, NaN where the air blast has none."""

    category: str
    charge_kg: FloatArray
    distance_m: FloatArray
    pressure_kpa: FloatArray
    impulse_kpa_ms: FloatArray
    verification: Verification


def pressure_impulse_curve(category: str, charge_kg: npt.ArrayLike) -> PressureImpulseCurve:
    """The P-I diagram of a category: the air blast at the Jarrett radius of each charge (1-d array).

    Small charges need far more pressure for the same damage, because their impulse is small: pressure limits alone
    overstate them.
    """
    charge = np.atleast_1d(positive("Charge", charge_kg))
    radius = jarrett_radius(charge, category)
    blast = kingery_bulmash(charge, radius)
    return PressureImpulseCurve(
        category,
        charge,
        radius,
        np.asarray(blast.incident_pressure_kpa),
        np.asarray(blast.incident_impulse_kpa_ms),
        JARRETT_VERIFICATION,
    )


@dataclass(frozen=True, slots=True)
class Fragility:
    """Lognormal damage states: medians of the intensity (ascending), one ln sd, share of the value lost in each."""

    medians: tuple[float, ...]
    beta: float
    loss_shares: tuple[float, ...]
    verification: Verification
    source: str

    def __post_init__(self) -> None:
        positive("Fragility medians", self.medians)
        positive("Fragility ln sd", self.beta)
        shares = (0.0, *self.loss_shares)
        if len(self.loss_shares) != len(self.medians) or list(self.medians) != sorted(self.medians):
            raise ValueRangeError("A fragility needs one loss share per median, medians ascending.")
        if list(shares) != sorted(shares) or shares[-1] > 1:
            raise ValueRangeError("Loss shares ascend from 0 to at most 1.")


OVERTURNING_FRAGILITY = Fragility(
    (0.2, 0.5, 1.0), 0.4, (0.1, 0.5, 1.0), ASSUMED, "proposal on impulse over critical impulse; loss shares are ours"
)

VIBRATION_FRAGILITY = Fragility(
    (2.0,), 0.42, (0.1,), ASSUMED, "reading of SN 640312a (5 % at the limit, 50 % at twice); loss share is ours"
)


def state_probabilities(
    intensity: npt.ArrayLike, medians: Sequence[float], beta: float, *, demand_ln_sd: float = 0.0
) -> FloatArray:
    """P(at least state k) = Phi(ln(IM/theta_k)/sqrt(beta^2 + demand^2)); last axis is the state.

    Intensity 0 gives 0, NaN gives NaN.
    """
    im = np.asarray(intensity, dtype=np.float64)
    not_negative("Demand ln sd", demand_ln_sd)
    if np.any(im < 0):
        raise ValueRangeError("Intensity must not be negative.")
    with np.errstate(divide="ignore"):
        score = np.log(im[..., None] / np.asarray(medians)) / np.hypot(beta, demand_ln_sd)
    return np.asarray(special.ndtr(score), dtype=np.float64)


def expected_loss_share(intensity: npt.ArrayLike, fragility: Fragility, *, demand_ln_sd: float = 0.0) -> FloatArray:
    """Expected share of the value lost: sum over states of the added share times P(at least that state)."""
    reached = state_probabilities(intensity, fragility.medians, fragility.beta, demand_ln_sd=demand_ln_sd)
    return np.asarray(reached @ np.diff((0.0, *fragility.loss_shares)), dtype=np.float64)
