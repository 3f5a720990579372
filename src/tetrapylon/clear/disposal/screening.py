"""Demand over limit for many charges, distances and structures at once.

Three criteria: ground vibration, incident pressure, and the impulse on free-standing stone. The largest ratio governs;
the three are always kept side by side, because they often disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.airblast import NEAREST_Z, scaled_quantity
from tetrapylon.clear.disposal.checks import BoolArray, FloatArray, positive
from tetrapylon.clear.disposal.vibration import UNCALIBRATED, VibrationLaw, planning
from tetrapylon.errors import ValueRangeError

CRITERIA = ("vibration", "pressure", "impulse")

_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Screening:
    """Demand over limit, float64 of the broadcast shape; NaN where a criterion does not apply or is outside the model.

    ``vibration_upper`` uses the upper bound of the law. ``governing`` indexes CRITERIA, -1 where no ratio exists.
    ``too_close`` is True where the air blast was asked nearer than the model reaches: treat as exceeded.
    """

    vibration: FloatArray
    vibration_upper: FloatArray
    pressure: FloatArray
    impulse: FloatArray
    governing: npt.NDArray[np.int8]
    largest: FloatArray
    too_close: BoolArray


def screen(
    charge_kg: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    *,
    ppv_limit_mm_s: npt.ArrayLike,
    pressure_limit_kpa: npt.ArrayLike,
    impulse_limit_pa_s: npt.ArrayLike = np.nan,
    law: VibrationLaw = UNCALIBRATED,
) -> Screening:
    """Ratios of demand to limit; all inputs broadcast.

    Parameters
    ----------
    charge_kg, distance_m : TNT-equivalent mass, kg, and distance to the nearest part of the structure, m.
    ppv_limit_mm_s, pressure_limit_kpa : limits; NaN where the criterion does not apply.
    impulse_limit_pa_s : working impulse of free-standing stone (Pa s = kPa ms); NaN where there is none.
    law : vibration law of the site.

    ``governing`` and ``largest`` use the median vibration. Open ground is assumed: see ``airblast``. Air-blast ratios
    are NaN beyond the fit (Z > 198.5 for pressure, > 40 for impulse), where they are small.
    """
    charge, distance = positive("Charge", charge_kg), positive("Distance", distance_m)
    limits = [np.asarray(x, dtype=np.float64) for x in (ppv_limit_mm_s, pressure_limit_kpa, impulse_limit_pa_s)]
    for limit in limits:
        if np.any(limit <= 0):
            raise ValueRangeError("Limits must be greater than zero, or NaN where they do not apply.")
    charge, distance, *limits = np.broadcast_arrays(charge, distance, *limits)
    shape = charge.shape
    flat = [np.ascontiguousarray(a).reshape(-1) for a in (charge, distance, *limits)]
    size = flat[0].size
    ratios = np.empty((4, size))
    close = np.empty(size, dtype=np.bool_)
    governing, largest = np.empty(size, dtype=np.int8), np.empty(size)
    for start, stop in pairwise([*range(0, size, _BLOCK), size]):
        part = slice(start, stop)
        w, r, ppv, kpa, impulse = (a[part] for a in flat)
        root = np.cbrt(w)
        z = r / root
        median, upper_ppv = planning(law, w, r)
        np.divide(median, ppv, out=ratios[0, part])
        np.divide(upper_ppv, ppv, out=ratios[1, part])
        ratios[2, part] = scaled_quantity("incident_pressure", z) / kpa
        ratios[3, part] = scaled_quantity("reflected_impulse", z) * root / impulse
        close[part] = (z < NEAREST_Z) & ~(np.isnan(kpa) & np.isnan(impulse))
        governing[part], largest[part] = _largest(ratios[0, part], ratios[2, part], ratios[3, part])
    vibration, upper, pressure, impulsive = (row.reshape(shape) for row in ratios)
    return Screening(
        vibration,
        upper,
        pressure,
        impulsive,
        governing.reshape(shape),
        largest.reshape(shape),
        close.reshape(shape),
    )


def _largest(
    vibration: FloatArray, pressure: FloatArray, impulse: FloatArray
) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Index and value of the largest ratio per pair, -1 and NaN where all are NaN."""
    largest = np.fmax(np.fmax(vibration, pressure), impulse)
    index = np.where(largest == vibration, 0, np.where(largest == pressure, 1, 2)).astype(np.int8)
    return np.where(np.isnan(largest), np.int8(-1), index), largest
