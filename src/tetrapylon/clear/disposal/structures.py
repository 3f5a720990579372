"""A structure as the effects see it: footprint, limits, free-standing stone, value. Plane coordinates in metres.

The plane is a local grid (UTM): its scale differs from the ground by at most one in a thousand, and that much is
always taken on the side of danger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.checks import FloatArray, not_negative
from tetrapylon.clear.disposal.damage import Fragility
from tetrapylon.clear.disposal.limits import DEFAULT_CURVE, vibration_limit
from tetrapylon.clear.disposal.marks import ASSUMED, READ, Marked
from tetrapylon.clear.disposal.overturning import WORKING_FRACTION, FreeStanding
from tetrapylon.errors import GeometryError, ValueRangeError

GRID_SCALE = 1.001
"""Largest ratio of a UTM distance to the ground distance within a zone."""

SAFE_PRESSURE = Marked(2.07, "kPa", READ, "Clancey 1972: 0.95 probability of no serious damage; large charges")

PRESSURE_FRAGILITY = Fragility(
    (6.9, 17.2, 68.9),
    0.4,
    (0.2, 0.5, 1.0),
    ASSUMED,
    "medians from Clancey 1972 (houses, brick); ln sd and loss shares are ours; overstates small charges",
)


_CORNERS = 128
_ANGLES = 2 * np.pi * np.arange(_CORNERS) / _CORNERS
_UNIT_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])


@dataclass(frozen=True, slots=True)
class Structure:
    """One monument or part of it.

    ``footprint``: any shapely geometry in plane metres. ``vibration_curve`` and ``frequency_hz`` (dominant; None when
    not measured) give the vibration limit. ``pressure_limit`` None: no pressure criterion. ``free_standing`` marks
    columns, statues, drums. ``value`` is the weight the authority gives it, 0 or more. ``sheltered``: behind a wall or
    in a room as seen from the item, so that the air-blast model does not reach it.
    """

    uid: str
    name: str
    footprint: BaseGeometry
    value: float = 1.0
    vibration_curve: str = DEFAULT_CURVE
    frequency_hz: float | None = None
    pressure_limit: Marked | None = SAFE_PRESSURE
    pressure_fragility: Fragility = PRESSURE_FRAGILITY
    free_standing: FreeStanding | None = None
    sheltered: bool = False

    def __post_init__(self) -> None:
        if self.footprint.is_empty or not np.all(np.isfinite(self.footprint.bounds)):
            raise GeometryError(f"{self.name}: the footprint is empty or not finite.")
        not_negative("Value", self.value)

    @property
    def ppv_limit(self) -> Marked:
        """Vibration limit, mm/s; the lowest of the curve when the frequency is unknown."""
        limit = vibration_limit(self.frequency_hz, curve=self.vibration_curve)
        known = "" if limit.frequency_known else ", lowest of the curve (frequency unknown)"
        return Marked(
            float(limit.limit_mm_s), "mm/s", limit.verification, f"{limit.standard} {limit.structure_class}{known}"
        )

    @property
    def impulse_limit(self) -> Marked | None:
        """Working impulse of the free-standing stone, Pa s; None when there is none."""
        if self.free_standing is None:
            return None
        return Marked(
            self.free_standing.working_impulse_pa_s, "Pa s", WORKING_FRACTION.verification, WORKING_FRACTION.source
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of many structures as arrays, NaN where a criterion does not apply."""

    ppv_mm_s: FloatArray
    pressure_kpa: FloatArray
    impulse_pa_s: FloatArray


def limits_of(structures: Sequence[Structure]) -> Limits:
    """The limits of the structures in their order. A sheltered structure has no air-blast limits: outside the model."""

    def value(mark: Marked | None, structure: Structure) -> float:
        return float("nan") if mark is None or structure.sheltered else mark.value

    return Limits(
        np.array([s.ppv_limit.value for s in structures]),
        np.array([value(s.pressure_limit, s) for s in structures]),
        np.array([value(s.impulse_limit, s) for s in structures]),
    )


def nearest_distances(
    x: float, y: float, structures: Sequence[Structure], *, position_uncertainty_m: float = 0.0
) -> FloatArray:
    """Least ground distance, m, from a point known to within a radius to each footprint; 0 where it may be inside."""
    uncertainty = float(not_negative("Position uncertainty", position_uncertainty_m))
    if not (np.isfinite(x) and np.isfinite(y)):
        raise ValueRangeError("The position must be finite.")
    plane = shapely.distance(shapely.Point(x, y), [s.footprint for s in structures])
    return np.maximum(np.asarray(plane, dtype=np.float64) / GRID_SCALE - uncertainty, 0.0)


def disc(x: float, y: float, radius_m: float) -> shapely.Polygon:
    """A polygon that contains the circle of a ground radius: circumscribed, and enlarged by the grid scale."""
    radius = radius_m * GRID_SCALE / np.cos(np.pi / _CORNERS)
    polygon: shapely.Polygon = shapely.polygons(np.array([x, y]) + radius * _UNIT_CIRCLE)
    return polygon
