"""Shape of the positive phase: the Friedlander wave p(t) = P (1 - t/td) exp(-b t/td), 0 <= t <= td."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.airblast import SEA_LEVEL, Ambient
from tetrapylon.clear.disposal.checks import FloatArray, Values, not_negative, plain, positive
from tetrapylon.errors import OutsideModel


def shape_factor(decay: npt.ArrayLike) -> FloatArray:
    """i/(P td) of a Friedlander wave with decay ``b``: 1/b - (1 - exp(-b))/b^2, one half at b = 0."""
    b = np.asarray(decay, dtype=np.float64)
    small = np.abs(b) < 1e-2
    safe = np.where(small, 1.0, b)
    series = 1 / 2 - b / 6 + b**2 / 24 - b**3 / 120 + b**4 / 720
    return np.where(small, series, 1 / safe + np.expm1(-safe) / safe**2)


def friedlander_decay(pressure_kpa: npt.ArrayLike, impulse_kpa_ms: npt.ArrayLike, duration_ms: npt.ArrayLike) -> Values:
    """Decay ``b`` that gives a wave of this peak and duration this impulse; arrays broadcast.

    b is negative when the impulse exceeds that of a triangle. OutsideModel for a scalar whose impulse exceeds the
    rectangle P td (no such wave); NaN in arrays. Source: NAVFAC DM-2.08 tabulates the same root.
    """
    k = positive("Impulse", impulse_kpa_ms) / (positive("Pressure", pressure_kpa) * positive("Duration", duration_ms))
    inside = k < 1
    if k.ndim == 0 and not inside:
        raise OutsideModel(f"An impulse of {float(k):.3g} times peak x duration is not a Friedlander wave.")
    low = np.full(k.shape, -3.0)  # shape_factor(-3) = 1.79
    high = 1 / k  # shape_factor(b) < 1/b
    for _ in range(70):
        middle = 0.5 * (low + high)
        above = shape_factor(middle) > k
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return plain(np.where(inside, 0.5 * (low + high), np.nan))


def overpressure(
    time_ms: npt.ArrayLike, pressure_kpa: npt.ArrayLike, duration_ms: npt.ArrayLike, decay: npt.ArrayLike
) -> FloatArray:
    """Overpressure, kPa, at a time after arrival; zero outside the positive phase (suction is not modelled)."""
    t = np.asarray(time_ms, dtype=np.float64) / positive("Duration", duration_ms)
    b = np.asarray(decay, dtype=np.float64)
    inside = (t >= 0) & (t <= 1)
    wave = not_negative("Pressure", pressure_kpa) * (1 - t) * np.exp(-b * np.where(inside, t, 0.0))
    return np.where(inside, wave, 0.0)


def dynamic_pressure(incident_kpa: npt.ArrayLike, *, ambient: Ambient = SEA_LEVEL) -> FloatArray:
    """Peak dynamic pressure of the blast wind, kPa: 2.5 P^2/(7 p0 + P) (Rankine-Hugoniot, ratio of heats 1.4)."""
    pressure = not_negative("Incident pressure", incident_kpa)
    return np.asarray(2.5 * pressure**2 / (7 * ambient.pressure_kpa + pressure), dtype=np.float64)
