"""Free-standing stone: columns, statues, blocks and stacks of drums as rigid rocking bodies (Housner 1963).

Three criteria: impulsive (short pulses), quasi-static (long ones), and for any pulse the Laplace criterion of the
linear block, which lies below both. Derived and checked against numerical integration of the rocking equation [X].
Wobbling between drums and their sliding are not modelled; the working limit of a fifth of the critical impulse is a
proposal meant to avoid them [assumption].

Loads: full normal reflection over the whole face, no clearing, which is on the safe side. Pressure in Pa, impulse in
Pa s, time in s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.checks import FloatArray, not_negative, positive
from tetrapylon.clear.disposal.marks import ASSUMED, Marked
from tetrapylon.clear.disposal.waveform import shape_factor
from tetrapylon.errors import OutsideModel, ValueRangeError

GRAVITY_M_S2 = 9.81

WORKING_FRACTION = Marked(
    0.2, "of the critical impulse", ASSUMED, "proposal: keeps peak rotation near 0.02 of the edge"
)

Shape: TypeAlias = Literal["cylinder", "block"]


@dataclass(frozen=True, slots=True)
class FreeStanding:
    """A rigid upright body.

    ``depth_m`` is its size along the load (the diameter of a cylinder), ``breadth_m`` across it (ignored for a
    cylinder). ``lean_rad`` leans toward the fall; None when nobody measured it: computed as vertical, and said so.
    """

    height_m: float
    depth_m: float
    density_kg_m3: float
    shape: Shape = "cylinder"
    breadth_m: float | None = None
    lean_rad: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("Height", self.height_m), ("Depth", self.depth_m), ("Density", self.density_kg_m3)):
            positive(name, value)
        if self.shape not in ("cylinder", "block"):
            raise ValueRangeError('The shape of a free-standing body is "cylinder" or "block".')
        if self.shape == "block":
            if self.breadth_m is None:
                raise ValueRangeError("A block needs its breadth across the load.")
            positive("Breadth", self.breadth_m)
        if self.lean_rad is not None and not 0 <= self.lean_rad < self.edge_angle:
            raise OutsideModel(
                f"A lean of {self.lean_rad:.3g} rad is not between 0 and the edge angle {self.edge_angle:.3g} rad.",
                hint="At the edge angle the body falls without any load.",
            )

    @property
    def edge_angle(self) -> float:
        """Angle alpha between the diagonal and the vertical, rad."""
        return float(np.arctan2(self.depth_m, self.height_m))

    @property
    def face_m2(self) -> float:
        """Area facing the load."""
        breadth = self.depth_m if self.breadth_m is None or self.shape == "cylinder" else self.breadth_m
        return breadth * self.height_m

    @property
    def mass_kg(self) -> float:
        """Mass of the solid body."""
        plan = np.pi * self.depth_m**2 / 4 if self.shape == "cylinder" else self.face_m2 / self.height_m * self.depth_m
        return float(plan * self.height_m * self.density_kg_m3)

    @property
    def half_diagonal_m(self) -> float:
        """Distance R from toe to centre of mass."""
        return float(np.hypot(self.height_m, self.depth_m) / 2)

    @property
    def inertia_kg_m2(self) -> float:
        """Moment of inertia about the toe: m(5b^2/4 + H^2/3) for a cylinder, 4 m R^2/3 for a block."""
        if self.shape == "cylinder":
            return self.mass_kg * (5 * (self.depth_m / 2) ** 2 / 4 + self.height_m**2 / 3)
        return 4 * self.mass_kg * self.half_diagonal_m**2 / 3

    @property
    def rocking_rate(self) -> float:
        """p = sqrt(m g R / I), 1/s."""
        return float(np.sqrt(self.mass_kg * GRAVITY_M_S2 * self.half_diagonal_m / self.inertia_kg_m2))

    @property
    def margin(self) -> float:
        """Share of the edge angle left by the lean: 1 - t/alpha."""
        return 1 - (self.lean_rad or 0.0) / self.edge_angle

    @property
    def critical_impulse_pa_s(self) -> float:
        """Uniform net impulse that just overturns: I p sqrt(2(1 - cos alpha))/(A z), times the lean margin."""
        sweep = np.sqrt(2 * (1 - np.cos(self.edge_angle)))
        return float(self.inertia_kg_m2 * self.rocking_rate * sweep / self._first_moment * self.margin)

    @property
    def quasi_static_pressure_pa(self) -> float:
        """Steady net pressure that just overturns: m g b/(A z), times the lean margin."""
        return self.mass_kg * GRAVITY_M_S2 * self.depth_m / 2 / self._first_moment * self.margin

    @property
    def working_impulse_pa_s(self) -> float:
        """Proposed limit, a fifth of the critical impulse [assumption]."""
        return WORKING_FRACTION.value * self.critical_impulse_pa_s

    @property
    def _first_moment(self) -> float:
        """Face area times the height of the load, m3; the load acts at half height."""
        return self.face_m2 * self.height_m / 2

    @property
    def _linear_pressure_pa(self) -> float:
        """Pressure whose moment is m g R alpha, the scale of the linear block."""
        return self.mass_kg * GRAVITY_M_S2 * self.half_diagonal_m * self.edge_angle / self._first_moment


@dataclass(frozen=True, slots=True)
class Overturning:
    """Demand over capacity by the three criteria (1 or more: overturns), arrays of the broadcast shape.

    ``pulse`` is the criterion for the actual pulse; ``impulsive`` and ``quasi_static`` bound it from above.
    ``working`` is the impulse over the proposed working limit. ``critical_lean_rad`` is the lean toward the fall at
    which the working limit would be reached, NaN where it is reached already.
    """

    impulsive: FloatArray
    quasi_static: FloatArray
    pulse: FloatArray
    working: FloatArray
    critical_lean_rad: FloatArray
    lean_known: bool


def overturning(
    body: FreeStanding, pressure_pa: npt.ArrayLike, duration_s: npt.ArrayLike, *, decay: npt.ArrayLike
) -> Overturning:
    """A Friedlander pulse against a rigid body; ``decay`` 0 is a triangle.

    Laplace criterion: beta0 p td [1/c - (1 - exp(-c))/c^2] >= 1 with c = decay + p td and beta0 the moment over
    m g R alpha. Source: derived from the linear rocking equation [X]; see docs/methods/disposal.md.
    """
    pressure = not_negative("Pressure", pressure_pa)
    duration = positive("Duration", duration_s)
    shape = shape_factor(decay)
    impulse = pressure * duration * shape
    rate = body.rocking_rate * duration
    beta = pressure / body._linear_pressure_pa
    pulse = beta * rate * shape_factor(np.asarray(decay, dtype=np.float64) + rate) / body.margin
    working = impulse / body.working_impulse_pa_s
    upright = replace(body, lean_rad=None)
    left = 1 - impulse / upright.working_impulse_pa_s
    return Overturning(
        np.asarray(impulse / body.critical_impulse_pa_s),
        np.asarray(pressure / body.quasi_static_pressure_pa),
        np.asarray(pulse),
        np.asarray(working),
        np.where(left > 0, left * body.edge_angle, np.nan),
        body.lean_rad is not None,
    )


def rectangular_pulse(body: FreeStanding, pressure_pa: npt.ArrayLike, duration_s: npt.ArrayLike) -> FloatArray:
    """Laplace criterion for a constant pressure: beta0 (1 - exp(-p td)) over the lean margin; 1 or more overturns."""
    beta = not_negative("Pressure", pressure_pa) / body._linear_pressure_pa
    rate = body.rocking_rate * positive("Duration", duration_s)
    return np.asarray(-beta * np.expm1(-rate) / body.margin, dtype=np.float64)


def parts_above_joints(body: FreeStanding, drum_heights_m: Sequence[float]) -> tuple[FreeStanding, ...]:
    """The stack above each joint, from the whole column to the top drum alone, each a rigid body under its own load.

    ``drum_heights_m`` from the bottom up; ValueRangeError when they do not add up to the height within 1 %. The
    smallest critical impulse of the parts bounds the column for rocking at any single joint.
    """
    heights = positive("Drum heights", drum_heights_m)
    if heights.ndim != 1 or abs(float(heights.sum()) - body.height_m) > 0.01 * body.height_m:
        raise ValueRangeError(
            f"The drums add up to {float(heights.sum()):g} m, the column is {body.height_m:g} m high."
        )
    above = np.cumsum(heights[::-1])[::-1]
    lean = body.lean_rad
    return tuple(replace(body, height_m=float(h), lean_rad=lean) for h in above)
