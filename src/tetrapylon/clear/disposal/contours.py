"""The cordon and the limit contours over the structures, as polygons in plane metres and as flags per structure.

A contour is the largest distance at which a limit can be reached. Position uncertainty enlarges it. Median and upper
vibration are both drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from tetrapylon.clear.disposal.airblast import (
    NEAREST_Z,
    PRESSURE_REACH_Z,
    SURROUNDINGS,
    Surroundings,
    as2187_scaled_distance,
    distance_for,
    scaled_quantity,
)
from tetrapylon.clear.disposal.checks import BoolArray, FloatArray, positive
from tetrapylon.clear.disposal.cordon import Cordon, StatedCordon
from tetrapylon.clear.disposal.marks import ASSUMED, COMPUTED, Marked, Verification, weakest
from tetrapylon.clear.disposal.structures import Structure, disc, limits_of, nearest_distances
from tetrapylon.clear.disposal.vibration import (
    UNCALIBRATED,
    VibrationLaw,
    distance_for_ppv,
    planning_upper,
)
from tetrapylon.errors import VocabularyError

Criterion: TypeAlias = Literal["vibration", "vibration_upper", "pressure", "impulse"]


@dataclass(frozen=True, slots=True)
class Contour:
    """One limit drawn: ground radius in m from the item (position uncertainty included) and its polygon.

    ``verification`` is the weakest of limit and model; ``source`` names both.
    """

    criterion: Criterion
    limit: float
    unit: str
    radius_m: float
    polygon: shapely.Polygon
    structures: tuple[str, ...]
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Contours:
    """Cordon and contours over the structures.

    ``distance_m`` least distance per structure. ``radius_m`` per criterion and structure: how far its own limit
    reaches, NaN where the criterion does not apply or the model gives no distance. ``reached`` per criterion: the
    structure lies within that radius, or no radius can be given although the criterion applies. ``outside_model``
    structures the air-blast model does not see (sheltered, or the item may lie inside them). ``in_cordon`` structures
    within the withdrawal distance: where fragments fly, any strike on carved stone is a loss.
    """

    cordon: shapely.Polygon | None
    cordon_radius_m: float | None
    rings: tuple[Contour, ...]
    distance_m: FloatArray
    radius_m: dict[Criterion, FloatArray]
    reached: dict[Criterion, BoolArray]
    in_cordon: BoolArray
    outside_model: BoolArray


def contours(
    x: float,
    y: float,
    charge_kg: float,
    structures: Sequence[Structure],
    cordon: Cordon | StatedCordon | None,
    *,
    position_uncertainty_m: float = 0.0,
    surroundings: Surroundings = "open",
    law: VibrationLaw = UNCALIBRATED,
) -> Contours:
    """Lay the cordon and every distinct limit of the structures around an item at (x, y), plane metres.

    ``charge_kg`` is the highest TNT equivalent. In other than open surroundings no air-blast radius is drawn and every
    structure counts as reached. Without a ``cordon`` (the rules give no distance) every structure counts as inside it.
    Raises what ``nearest_distances`` and the limits raise.
    """
    if surroundings not in SURROUNDINGS:
        raise VocabularyError(surroundings, "kind of surroundings", SURROUNDINGS)
    charge = float(positive("Charge", charge_kg))
    distance = nearest_distances(x, y, structures, position_uncertainty_m=position_uncertainty_m)
    limits = limits_of(structures)
    ppv = [s.ppv_limit for s in structures]
    by_criterion: dict[Criterion, tuple[FloatArray, Sequence[Marked | None]]] = {
        "vibration": (limits.ppv_mm_s, ppv),
        "vibration_upper": (limits.ppv_mm_s, ppv),
        "pressure": (limits.pressure_kpa, [s.pressure_limit for s in structures]),
        "impulse": (limits.impulse_pa_s, [s.impulse_limit for s in structures]),
    }
    radius: dict[Criterion, FloatArray] = {}
    reached: dict[Criterion, BoolArray] = {}
    rings: list[Contour] = []
    for criterion, (limit, marked) in by_criterion.items():
        levels, which = np.unique(limit, return_inverse=True)
        drawable = surroundings == "open" or criterion in ("vibration", "vibration_upper")
        per_level = _radii(criterion, levels, charge, law) if drawable else np.full(levels.shape, np.nan)
        radius[criterion] = per_level[which]
        reached[criterion] = (distance <= radius[criterion]) | (np.isnan(radius[criterion]) & ~np.isnan(limit))
        for i, (level, metres) in enumerate(zip(levels, per_level, strict=True)):
            if not np.isnan(metres):
                mine = np.flatnonzero(which == i).tolist()
                members = tuple(structures[j].uid for j in mine)
                read = [m for j in mine if (m := marked[j]) is not None]
                outer = float(metres) + position_uncertainty_m
                rings.append(
                    Contour(
                        criterion,
                        float(level),
                        read[0].unit,
                        outer,
                        disc(x, y, outer),
                        members,
                        weakest(model_mark(criterion, law), *(m.verification for m in read)),
                        "; ".join(dict.fromkeys([*(m.source for m in read), model_source(criterion, law)])),
                    )
                )
    people = None if cordon is None else float(cordon.distance_m + position_uncertainty_m)
    return Contours(
        None if people is None else disc(x, y, people),
        people,
        tuple(sorted(rings, key=lambda ring: -ring.radius_m)),
        distance,
        radius,
        reached,
        np.asarray(distance <= (np.inf if cordon is None else cordon.distance_m)),
        (distance < NEAREST_Z * charge ** (1 / 3))
        | np.array([s.sheltered or surroundings != "open" for s in structures]),
    )


def model_mark(criterion: Criterion, law: VibrationLaw) -> Verification:
    """Mark of the model that gives a criterion its distance, without the mark of the limit."""
    if criterion in ("vibration", "vibration_upper"):
        return law.verification if law.calibrated else weakest(law.verification, ASSUMED)
    return COMPUTED


def model_source(criterion: Criterion, law: VibrationLaw) -> str:
    """What gives a criterion its distance."""
    if criterion in ("vibration", "vibration_upper"):
        return law.source if law.calibrated else f"{law.source}; its use for a surface charge is an assumption"
    return "Kingery & Bulmash 1984, surface burst, open ground"


def _radii(criterion: Criterion, levels: FloatArray, charge: float, law: VibrationLaw) -> FloatArray:
    radii = np.full(levels.shape, np.nan)
    asked = ~np.isnan(levels)
    if asked.any():
        match criterion:
            case "vibration":
                radii[asked] = distance_for_ppv(levels[asked], charge, K=law.K, B=law.B)
            case "vibration_upper":
                radii[asked] = upper_vibration_distance(levels[asked], charge, law)
            case "pressure":
                radii[asked] = pressure_distance(levels[asked], charge)
            case "impulse":
                radii[asked] = impulse_distance(levels[asked], charge)
    return radii


def upper_vibration_distance(limit_mm_s: npt.ArrayLike, charge_kg: float, law: VibrationLaw) -> FloatArray:
    """Largest distance, m, at which the upper planning vibration still reaches each limit.

    NaN where it does so at every distance up to 100 km: the calibration is too loose to give a distance.
    """
    limit = np.atleast_1d(positive("Limit", limit_mm_s))
    radii = np.geomspace(1e-2, 1e5, 1401)
    reached = planning_upper(law, charge_kg, radii) >= limit[:, None]
    last = radii.size - 1 - reached[:, ::-1].argmax(axis=1)
    low = np.log(radii[last])
    high = np.log(radii[np.minimum(last + 1, radii.size - 1)])
    for _ in range(40):
        middle = 0.5 * (low + high)
        above = planning_upper(law, charge_kg, np.exp(middle)) >= limit
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    outermost = np.where(reached.any(axis=1), np.exp(high), radii[0])
    return np.where(reached[:, -1], np.nan, outermost).reshape(np.shape(limit_mm_s))


def pressure_distance(limit_kpa: npt.ArrayLike, charge_kg: float) -> FloatArray:
    """Distance, m, at which incident pressure falls to a limit: the fit, and the far law of AS 2187.2 below its reach.

    A limit above what the fit gives at its nearest distance gets that distance: nearer lies outside the model.
    """
    limit = positive("Pressure limit", limit_kpa)
    root = charge_kg ** (1 / 3)
    radius = distance_for("incident_pressure", limit, charge_kg)
    nearest = float(scaled_quantity("incident_pressure", NEAREST_Z))
    far = np.maximum(as2187_scaled_distance(limit), PRESSURE_REACH_Z) * root
    return np.where(np.isnan(radius), np.where(limit > nearest, NEAREST_Z * root, far), radius)


def impulse_distance(limit_pa_s: npt.ArrayLike, charge_kg: float) -> FloatArray:
    """Distance, m, at which the reflected impulse falls to a limit.

    NaN when it still exceeds the limit at Z = 40, where the fit ends; the nearest distance of the fit when the limit
    is above everything the fit gives.
    """
    limit = positive("Impulse limit", limit_pa_s)
    root = charge_kg ** (1 / 3)
    radius = distance_for("reflected_impulse", limit, charge_kg)
    highest = float(scaled_quantity("reflected_impulse", NEAREST_Z)) * root
    return np.where(np.isnan(radius) & (limit > highest), NEAREST_Z * root, radius)
