"""Vibration limits of the standards as functions of the dominant frequency.

An unknown frequency gets the lowest value of the curve. At a step the lower value holds. Where a standard leaves a
range, the lower end is the limit. A limit is a screening value, never a permission.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.checks import FloatArray, Values, plain, positive
from tetrapylon.clear.disposal.marks import Verification
from tetrapylon.clear.disposal.tables import LimitSegment, limit_curves
from tetrapylon.errors import OutsideModel, VocabularyError

DEFAULT_CURVE = "din4150-3/line-3"
ACT_FRACTION = 0.75
"""Act at 75 % of the limit, stop at 100 %."""

_SBR_REPETITION = {"single": 1.0, "repeated": 1.5, "continuous": 2.5}
_SBR_MEASUREMENT = {"detailed": 1.0, "limited": 1.4, "indicative": 1.6}


@dataclass(frozen=True, slots=True)
class VibrationLimit:
    """A limit in mm/s with what it is and how well it is known. ``frequency_known`` False: lowest of the curve."""

    limit_mm_s: Values
    curve: str
    standard: str
    structure_class: str
    measured: str
    event: str
    frequency_known: bool
    verification: Verification
    source: str
    note: str


def _segment_limit(segment: LimitSegment, frequency: FloatArray) -> FloatArray:
    match segment.rule:
        case "linear":
            fraction = (frequency - segment.f_low_hz) / (segment.f_high_hz - segment.f_low_hz)
            return segment.low + fraction * (segment.high - segment.low)
        case "displacement":
            return 2 * np.pi * frequency * segment.low
        case _:
            return np.full_like(frequency, segment.low)


def vibration_limit(frequency_hz: npt.ArrayLike | None, *, curve: str = DEFAULT_CURVE) -> VibrationLimit:
    """Limit of peak particle velocity at the foundation (or where the curve says it is measured).

    Parameters
    ----------
    frequency_hz : dominant frequency, number or array; None when unknown: the lowest value of the curve.
    curve : a name of ``tables.limit_curves()``.

    Returns
    -------
    VibrationLimit; in an array NaN where the standard gives no value.

    Raises
    ------
    OutsideModel : a scalar frequency where the standard gives no value (above its range the value at its end is
        kept for DIN 4150-3, as the standard says).
    VocabularyError : an unknown curve.

    Source: ``vibration_limits.csv``, with the mark of the curve.
    """
    if frequency_hz is None or isinstance(frequency_hz, float):
        return _single_limit(frequency_hz, curve)
    return _limit(frequency_hz, curve)


@lru_cache(maxsize=4096)
def _single_limit(frequency_hz: float | None, curve: str) -> VibrationLimit:
    """The scalar case, asked again and again for the same structures."""
    return _limit(frequency_hz, curve)


def _limit(frequency_hz: npt.ArrayLike | None, curve: str) -> VibrationLimit:
    curves = limit_curves()
    if curve not in curves:
        raise VocabularyError(curve, "vibration limit curve", curves)
    segments = curves[curve]
    value = lowest(segments) if frequency_hz is None else _on_curve(segments, frequency_hz)
    first = segments[0]
    return VibrationLimit(
        value,
        curve,
        first.standard,
        first.structure_class,
        first.measured,
        first.event,
        frequency_hz is not None,
        first.verification,
        first.source,
        first.note,
    )


def lowest(segments: tuple[LimitSegment, ...]) -> float:
    """Lowest value of a curve over its frequencies, mm/s; displacement segments count from their low frequency."""
    ends = np.array([f for s in segments for f in (s.f_low_hz, s.f_high_hz)])
    values = np.concatenate([_segment_limit(s, ends[2 * i : 2 * i + 2]) for i, s in enumerate(segments)])
    return float(values.min())


def _on_curve(segments: tuple[LimitSegment, ...], frequency_hz: npt.ArrayLike) -> Values:
    frequency = positive("Frequency", frequency_hz)
    top = segments[-1].f_high_hz
    asked = np.minimum(frequency, top) if segments[0].standard == "DIN 4150-3" else frequency
    value = np.full(frequency.shape, np.nan)
    for segment in segments:
        inside = (asked >= segment.f_low_hz) & (asked <= segment.f_high_hz)
        value = np.where(inside, np.fmin(value, _segment_limit(segment, asked)), value)
    if frequency.ndim == 0 and np.isnan(value):
        raise OutsideModel(
            f"{segments[0].standard} gives no value at {float(frequency):g} Hz "
            f"(its curve covers {segments[0].f_low_hz:g} to {top:g} Hz)."
        )
    return plain(value)


def sbr_a_limit(
    frequency_hz: npt.ArrayLike | None,
    *,
    monument: bool = True,
    repetition: Literal["single", "repeated", "continuous"] = "repeated",
    measurement: Literal["detailed", "limited", "indicative"] = "indicative",
) -> Values:
    """Design limit of SBR-A 2017 category 2, mm/s: base value over gamma_s gamma_t gamma_v [V].

    gamma_s 1.7 for a monument; gamma_t 1.0, 1.5, 2.5; gamma_v 1.0, 1.4, 1.6 (the names of the three measurement
    levels are ours).
    """
    for value, table in ((repetition, _SBR_REPETITION), (measurement, _SBR_MEASUREMENT)):
        if value not in table:
            raise VocabularyError(value, "SBR-A factor", table)
    factor = (1.7 if monument else 1.0) * _SBR_REPETITION[repetition] * _SBR_MEASUREMENT[measurement]
    return vibration_limit(frequency_hz, curve="sbr-a-2017/category-2").limit_mm_s / factor
