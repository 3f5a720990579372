"""Chance that an effect exceeds a limit when charge, distance and model are uncertain (all lognormal).

For a power law D = K W^a R^(-n) the closed form is exact; the Monte Carlo draw takes the same inputs and any law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from tetrapylon.clear.disposal.checks import FloatArray, not_negative, positive
from tetrapylon.errors import ValueRangeError

AIRBLAST_LN_SD = {"pressure": 0.25, "impulse": 0.20}
"""Scatter of the air-blast model [assumption]: no readable source gives one."""


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """Demand K W^a R^(-n), W in kg, R in m; ``ln_sd`` scatter of the law about its median."""

    K: float
    a: float
    n: float
    ln_sd: float

    def __post_init__(self) -> None:
        positive("K, a and n", [self.K, self.a, self.n])
        not_negative("ln sd", self.ln_sd)

    def __call__(self, charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike) -> FloatArray:
        """Median demand."""
        charge, distance = positive("Charge", charge_kg), positive("Distance", distance_m)
        return np.asarray(self.K * charge**self.a * distance**-self.n, dtype=np.float64)


def vibration_power_law(K: float, B: float, ln_sd: float) -> PowerLaw:
    """PPV, mm/s: a = B/2, n = B."""
    return PowerLaw(K, B / 2, B, ln_sd)


def far_pressure_power_law(*, ln_sd: float = AIRBLAST_LN_SD["pressure"]) -> PowerLaw:
    """Incident pressure, kPa, for 23.8 <= Z <= 198.5: exp(6.0536) Z^(-1.4066) (Swisdak 1994)."""
    return PowerLaw(float(np.exp(6.0536)), 1.4066 / 3, 1.4066, ln_sd)


def exceedance(
    law: PowerLaw,
    limit: npt.ArrayLike,
    *,
    charge_kg: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    charge_ln_sd: float = 0.0,
    distance_ln_sd: float = 0.0,
) -> FloatArray:
    """P(D > limit) = Phi(ln(D_median/limit)/s), s^2 = s_law^2 + a^2 s_W^2 + n^2 s_R^2; arrays broadcast.

    ``charge_kg`` and ``distance_m`` are medians. Without any scatter the answer is 0 or 1.
    """
    sd_w, sd_r = (
        float(not_negative("Charge ln sd", charge_ln_sd)),
        float(not_negative("Distance ln sd", distance_ln_sd)),
    )
    spread = np.sqrt(law.ln_sd**2 + (law.a * sd_w) ** 2 + (law.n * sd_r) ** 2)
    margin = np.log(law(charge_kg, distance_m) / positive("Limit", limit))
    if spread == 0:
        return np.asarray(margin > 0, dtype=np.float64)
    return np.asarray(special.ndtr(margin / spread), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability from random draws with its standard error."""

    probability: float
    standard_error: float
    draws: int


def simulate_exceedance(
    median_demand: Callable[[FloatArray, FloatArray], FloatArray],
    limit: float,
    *,
    charge_kg: float,
    distance_m: float,
    law_ln_sd: float,
    charge_ln_sd: float = 0.0,
    distance_ln_sd: float = 0.0,
    draws: int = 100_000,
    rng: np.random.Generator,
) -> Estimate:
    """P(D > limit) by drawing charge, distance and the scatter of the law; ``median_demand`` may be any function.

    A draw for which the demand is NaN (outside the model) raises ValueRangeError: no probability is given then.
    """
    if draws < 1:
        raise ValueRangeError("At least one draw is needed.")
    charge = charge_kg * np.exp(charge_ln_sd * rng.standard_normal(draws))
    distance = distance_m * np.exp(distance_ln_sd * rng.standard_normal(draws))
    demand = median_demand(charge, distance) * np.exp(law_ln_sd * rng.standard_normal(draws))
    if np.isnan(demand).any():
        raise ValueRangeError("Some draws fall outside the model; narrow the uncertainty or ask for another model.")
    probability = float(np.mean(demand > float(positive("Limit", limit))))
    return Estimate(probability, float(np.sqrt(probability * (1 - probability) / draws)), draws)
