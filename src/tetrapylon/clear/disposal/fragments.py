"""Fragments of a cased item: initial velocity, number above a mass, chance of a strike.

For consequence and stand-off only. The hazardous fragment for people is 79 J and the accepted density one per
55.7 m2 (DDESB [V]). No published energy limit for carved or painted stone was found: one strike is a loss.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.checks import FloatArray, not_negative, positive
from tetrapylon.clear.disposal.marks import Marked, Verification
from tetrapylon.errors import VocabularyError

HAZARDOUS_ENERGY_J = 79.0
"""DDESB, 58 ft lb [V]."""

HAZARDOUS_DENSITY_PER_M2 = 1 / 55.7
"""DDESB, one per 600 ft2 [V]."""

PERSON_AREA_M2 = 0.58
"""Area a standing person presents [V]."""

_OUNCE_KG = 0.028349523125
_INCH_M = 0.0254


def mott_constant_si(ounce_inch: float) -> float:
    """Mott constant B from oz^(1/2) in^(-7/6) to kg^(1/2) m^(-7/6)."""
    factor: float = _OUNCE_KG**0.5 * _INCH_M ** (-7 / 6)
    return float(positive("Mott constant", ounce_inch)) * factor


MOTT_TNT = Marked(mott_constant_si(0.312), "kg^1/2 m^-7/6", Verification("R/X"), "Mott constant of TNT, 0.312 oz-in")


def gurney_velocity(
    metal_kg: npt.ArrayLike,
    charge_kg: npt.ArrayLike,
    gurney_m_per_s: npt.ArrayLike,
    *,
    shape: Literal["cylinder", "sphere"] = "cylinder",
) -> FloatArray:
    """Initial fragment velocity, m/s: sqrt(2E)/sqrt(M/C + k), k = 1/2 for a cylinder, 3/5 for a sphere (Gurney)."""
    shapes = {"cylinder": 0.5, "sphere": 0.6}
    if shape not in shapes:
        raise VocabularyError(shape, "casing shape", shapes)
    ratio = positive("Metal mass", metal_kg) / positive("Charge", charge_kg)
    return np.asarray(positive("Gurney velocity", gurney_m_per_s) / np.sqrt(ratio + shapes[shape]), dtype=np.float64)


def mott_mass_root(
    thickness_m: npt.ArrayLike, inner_diameter_m: npt.ArrayLike, *, constant: float = MOTT_TNT.value
) -> FloatArray:
    """M_A = B t^(5/6) d^(1/3) (1 + t/d), kg^(1/2), of a cylindrical case."""
    t = positive("Case thickness", thickness_m)
    d = positive("Inner diameter", inner_diameter_m)
    return np.asarray(constant * t ** (5 / 6) * np.cbrt(d) * (1 + t / d), dtype=np.float64)


def count_above(mass_kg: npt.ArrayLike, metal_kg: npt.ArrayLike, mass_root: npt.ArrayLike) -> FloatArray:
    """Expected number of fragments heavier than ``mass_kg``: (M/2 M_A^2) exp(-sqrt(m)/M_A) (Mott)."""
    root = positive("Mott mass root", mass_root)
    mass = not_negative("Fragment mass", mass_kg)
    return np.asarray(positive("Metal mass", metal_kg) / (2 * root**2) * np.exp(-np.sqrt(mass) / root), dtype=float)


def hazardous_mass(velocity_m_per_s: npt.ArrayLike, *, energy_j: float = HAZARDOUS_ENERGY_J) -> FloatArray:
    """Lightest fragment, kg, that carries ``energy_j`` at a velocity."""
    return np.asarray(2 * energy_j / positive("Velocity", velocity_m_per_s) ** 2, dtype=np.float64)


def strike_probability(density_per_m2: npt.ArrayLike, *, area_m2: npt.ArrayLike = PERSON_AREA_M2) -> FloatArray:
    """Chance of one strike or more on an area in a random field of fragments: 1 - exp(-q A)."""
    exposure = not_negative("Fragment density", density_per_m2) * positive("Area", area_m2)
    return np.asarray(-np.expm1(-exposure), dtype=np.float64)
