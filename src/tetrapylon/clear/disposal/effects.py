"""What one detonation does to each structure: three criteria side by side, the governing one, where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tetrapylon.clear.disposal.airblast import (
    IMPULSE_REACH_Z,
    PRESSURE_REACH_Z,
    SURROUNDINGS,
    Surroundings,
    scaled_quantity,
)
from tetrapylon.clear.disposal.checks import BoolArray, FloatArray, positive
from tetrapylon.clear.disposal.damage import (
    JARRETT_VERIFICATION,
    OVERTURNING_FRAGILITY,
    VIBRATION_FRAGILITY,
    Fragility,
    expected_loss_share,
    jarrett_category,
)
from tetrapylon.clear.disposal.exceedance import AIRBLAST_LN_SD
from tetrapylon.clear.disposal.marks import Marked, Verification
from tetrapylon.clear.disposal.screening import CRITERIA, screen
from tetrapylon.clear.disposal.structures import Structure, limits_of
from tetrapylon.clear.disposal.vibration import UNCALIBRATED, VibrationLaw
from tetrapylon.errors import ValueRangeError, VocabularyError

OUTSIDE = "outside model, ask the EOD operator"


@dataclass(frozen=True, slots=True)
class Mitigation:
    """Factors on the demand, 1 unless there is evidence. ``evidence`` and ``stated_by`` are required for credit.

    People get no credit from it: the cordon does not read it.
    """

    air_factor: float = 1.0
    vibration_factor: float = 1.0
    evidence: str = ""
    stated_by: str = ""

    def __post_init__(self) -> None:
        for factor in (self.air_factor, self.vibration_factor):
            if not 0 < factor <= 1:
                raise ValueRangeError("A mitigation factor lies above 0 and at most at 1 (no credit).")
        credit = min(self.air_factor, self.vibration_factor) < 1
        if credit and not (self.evidence.strip() and self.stated_by.strip()):
            raise ValueRangeError("Mitigation earns credit only with its evidence and who states it.")


NO_MITIGATION = Mitigation()


@dataclass(frozen=True, slots=True)
class Criterion:
    """Demand against one limit, median and upper; ``ratio`` NaN where the model gives none, ``why`` says so."""

    name: str
    demand: float
    upper: float
    limit: Marked
    ratio: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class StructureEffect:
    """The criteria of one structure. ``governing`` None: no criterion has a number.

    ``disagree`` names the criteria that say exceeded and those that do not, when both exist. ``brick_house`` is the
    Jarrett category of a brick house at that distance (a pressure-impulse criterion), None beyond all and outside the
    model; shown with its mark. ``needs`` lists what would have to be measured for the readings to be firm.
    """

    uid: str
    name: str
    distance_m: float
    criteria: tuple[Criterion, ...]
    governing: str | None
    disagree: tuple[tuple[str, ...], tuple[str, ...]] | None
    brick_house: str | None
    brick_house_verification: Verification
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """Demands of one detonation on many structures, arrays in their order, mitigation applied.

    ``intensity_air`` is the intensity its fragility reads: impulse over critical impulse for free-standing stone,
    incident pressure in kPa otherwise. NaN where the air blast is outside the model (``outside``). Farther than
    the fit reaches the value at its end stands as an upper bound, both falling with distance (``pressure_bound``,
    ``impulse_bound``).
    """

    vibration_ratio: FloatArray
    vibration_upper_ratio: FloatArray
    pressure_ratio: FloatArray
    impulse_ratio: FloatArray
    intensity_air: FloatArray
    pressure_bound: BoolArray
    impulse_bound: BoolArray
    outside: BoolArray


def demand(
    charge_kg: float,
    distance_m: FloatArray,
    structures: Sequence[Structure],
    *,
    law: VibrationLaw = UNCALIBRATED,
    surroundings: Surroundings = "open",
    mitigation: Mitigation = NO_MITIGATION,
) -> Demand:
    """Ratios and intensities of a detonation; ``distance_m`` (n,) to each structure, 0 where it is inside one."""
    if surroundings not in SURROUNDINGS:
        raise VocabularyError(surroundings, "kind of surroundings", SURROUNDINGS)
    limits = limits_of(structures)
    free = np.array([s.free_standing is not None for s in structures])
    contact = distance_m <= 0
    found = screen(
        positive("Charge", charge_kg),
        np.where(contact, 1.0, distance_m),
        ppv_limit_mm_s=limits.ppv_mm_s,
        pressure_limit_kpa=np.ones(len(structures)),
        impulse_limit_pa_s=np.ones(len(structures)),
        law=law,
    )
    hidden = contact | found.too_close | np.array([s.sheltered for s in structures]) | (surroundings != "open")
    z = distance_m / np.cbrt(charge_kg)
    beyond = {"pressure": z > PRESSURE_REACH_Z, "impulse": z > IMPULSE_REACH_Z}
    ends = {
        "pressure": float(scaled_quantity("incident_pressure", PRESSURE_REACH_Z)),
        "impulse": float(scaled_quantity("reflected_impulse", IMPULSE_REACH_Z)) * float(np.cbrt(charge_kg)),
    }
    pressure = np.where(beyond["pressure"], ends["pressure"], found.pressure) * mitigation.air_factor
    impulse = np.where(beyond["impulse"], ends["impulse"], found.impulse) * mitigation.air_factor
    pressure, impulse = np.where(hidden, np.nan, pressure), np.where(hidden, np.nan, impulse)
    critical = np.array([s.free_standing.critical_impulse_pa_s if s.free_standing else np.nan for s in structures])
    vibration = np.where(contact, np.nan, found.vibration * mitigation.vibration_factor)
    upper = np.where(contact, np.nan, found.vibration_upper * mitigation.vibration_factor)
    return Demand(
        vibration,
        upper,
        pressure / limits.pressure_kpa,
        impulse / limits.impulse_pa_s,
        np.where(free, impulse / critical, pressure),
        beyond["pressure"],
        beyond["impulse"],
        np.asarray(hidden, dtype=np.bool_),
    )


def loss_shares(found: Demand, structures: Sequence[Structure], *, law: VibrationLaw) -> tuple[FloatArray, FloatArray]:
    """Expected share lost per structure by vibration and by air blast; NaN where the model gives none."""
    vibration = expected_loss_share(found.vibration_ratio, VIBRATION_FRAGILITY, demand_ln_sd=law.ln_sd)
    air = np.empty(len(structures))
    groups: dict[tuple[Fragility, str], list[int]] = {}
    for i, structure in enumerate(structures):
        if structure.free_standing is not None:
            groups.setdefault((OVERTURNING_FRAGILITY, "impulse"), []).append(i)
        else:
            groups.setdefault((structure.pressure_fragility, "pressure"), []).append(i)
    for (fragility, scatter), members in groups.items():
        air[members] = expected_loss_share(
            found.intensity_air[members], fragility, demand_ln_sd=AIRBLAST_LN_SD[scatter]
        )
    return vibration, air


def structure_effects(
    charge_kg: float,
    distance_m: FloatArray,
    structures: Sequence[Structure],
    *,
    law: VibrationLaw = UNCALIBRATED,
    surroundings: Surroundings = "open",
    mitigation: Mitigation = NO_MITIGATION,
) -> tuple[StructureEffect, ...]:
    """The readable form of ``demand``, one entry per structure in their order."""
    found = demand(charge_kg, distance_m, structures, law=law, surroundings=surroundings, mitigation=mitigation)
    return tuple(
        _effect(i, structure, float(distance_m[i]), charge_kg, found, law) for i, structure in enumerate(structures)
    )


def _effect(
    i: int, structure: Structure, distance: float, charge_kg: float, found: Demand, law: VibrationLaw
) -> StructureEffect:
    no_bound = False
    rows = [
        (CRITERIA[0], found.vibration_ratio[i], found.vibration_upper_ratio[i], structure.ppv_limit, no_bound),
        (CRITERIA[1], *[found.pressure_ratio[i]] * 2, structure.pressure_limit, found.pressure_bound[i]),
        (CRITERIA[2], *[found.impulse_ratio[i]] * 2, structure.impulse_limit, found.impulse_bound[i]),
    ]
    criteria = tuple(
        Criterion(
            name,
            float(ratio) * limit.value,
            float(upper) * limit.value * (1 if name == CRITERIA[0] else _air_upper(name)),
            limit,
            float(ratio),
            OUTSIDE if np.isnan(ratio) else "at most this: farther than the fit reaches" if bound else "",
        )
        for name, ratio, upper, limit, bound in rows
        if limit is not None
    )
    known = [c for c in criteria if not np.isnan(c.ratio)]
    over = tuple(c.name for c in known if c.ratio >= 1)
    under = tuple(c.name for c in known if c.ratio < 1)
    needs = []
    if not law.calibrated:
        needs.append("site calibration of ground vibration (5 shots or more)")
    elif distance > 0 and bool(law.predict(charge_kg, distance).extrapolated):
        needs.append("shots at the scaled distance of this structure: it lies outside those of the calibration")
    if structure.frequency_hz is None:
        needs.append("dominant frequency of the ground motion at the foundation")
    if structure.free_standing is not None and structure.free_standing.lean_rad is None:
        needs.append("lean of the free-standing stone")
    return StructureEffect(
        structure.uid,
        structure.name,
        distance,
        criteria,
        max(known, key=lambda c: c.ratio).name if known else None,
        (over, under) if over and under else None,
        None if found.outside[i] else jarrett_category(charge_kg, distance),
        JARRETT_VERIFICATION,
        tuple(needs),
    )


def _air_upper(name: str) -> float:
    """Factor from the median to the 95 % point of the air-blast model, its scatter being an assumption."""
    return float(np.exp(1.645 * AIRBLAST_LN_SD[name]))
