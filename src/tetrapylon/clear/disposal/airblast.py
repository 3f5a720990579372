"""Air blast of a charge in open, flat, unobstructed ground.

Kingery and Bulmash (1984, ARBRL-TR-02555), the set behind ConWep, for a hemispherical surface burst and a spherical
burst in free air; Swisdak (1994, ADA526744) as an independent fit and for incident pressure beyond Z = 40. Z is the
distance divided by the cube root of the TNT-equivalent charge, m/kg^(1/3). Altitude by Sachs scaling.

Not valid inside a cella, tomb, arch, cistern or narrow street, behind walls, or in contact: such a question is
answered with OutsideModel, never with a number. Casing is given no credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from tetrapylon.clear.disposal.checks import BoolArray, FloatArray, Values, not_negative, plain, positive
from tetrapylon.clear.disposal.marks import Verification, weakest
from tetrapylon.clear.disposal.tables import AirblastSegment, airblast_segments
from tetrapylon.errors import OutsideModel, ValueRangeError, VocabularyError

Burst: TypeAlias = Literal["surface", "free_air"]
Surroundings: TypeAlias = Literal["open", "interior", "behind_wall", "street", "contact"]
Quantity: TypeAlias = Literal[
    "incident_pressure",
    "reflected_pressure",
    "incident_impulse",
    "reflected_impulse",
    "arrival_time",
    "positive_duration",
    "shock_front_velocity",
]

SURROUNDINGS: tuple[str, ...] = get_args(Surroundings)

NEAREST_Z = 0.0674
"""Least scaled distance of a surface burst, m/kg^(1/3); nearer is contact or nearly so."""

PRESSURE_REACH_Z = 198.5
"""Where Swisdak's incident pressure of a surface burst ends."""

IMPULSE_REACH_Z = 40.0
"""Where everything else of Kingery and Bulmash ends."""

SEA_LEVEL_PRESSURE_KPA = 101.325
SEA_LEVEL_TEMPERATURE_K = 288.15
SEA_LEVEL_SOUND_SPEED_M_PER_MS = 0.340294

_KB = "KB84_metric"
_SWISDAK = "Swisdak94_metric"
_TABLE_BURST = {"surface": "hemispherical", "free_air": "free_air"}
_WHY_OUTSIDE = {
    "interior": "inside a room, tomb, arch or cistern the blast reflects many times and gas pressure builds up",
    "behind_wall": "behind a wall the blast is diffracted",
    "street": "a narrow street channels the blast",
    "contact": "in contact or nearly so the fit does not reach",
}


@dataclass(frozen=True, slots=True)
class Ambient:
    """Air around the burst: pressure kPa and temperature K."""

    pressure_kpa: float = SEA_LEVEL_PRESSURE_KPA
    temperature_k: float = SEA_LEVEL_TEMPERATURE_K

    def __post_init__(self) -> None:
        positive("Ambient pressure", self.pressure_kpa)
        positive("Ambient temperature", self.temperature_k)


SEA_LEVEL = Ambient()


def standard_atmosphere(altitude_m: float) -> Ambient:
    """Ambient air at an altitude of -500 to 11,000 m above sea level.

    Source: International Standard Atmosphere (ISO 2533), troposphere, lapse 6.5 K/km, exponent 5.25588.
    """
    if not -500 <= altitude_m <= 11_000:
        raise OutsideModel(f"Altitude {altitude_m} m is outside the standard troposphere (-500 to 11,000 m).")
    ratio = 1 - 0.0065 * altitude_m / SEA_LEVEL_TEMPERATURE_K
    return Ambient(SEA_LEVEL_PRESSURE_KPA * ratio**5.25588, SEA_LEVEL_TEMPERATURE_K * ratio)


@dataclass(frozen=True, slots=True)
class AirBlast:
    """Air-blast parameters, floats for scalar input, else float64 arrays of the broadcast shape.

    A quantity is NaN where its own fit does not reach (beyond Z = 40 only incident pressure is given; the duration
    begins at Z = 0.178 for a surface burst, 0.147 in free air). ``outside`` is True where nothing at all is given.
    ``beyond_kb`` is True where incident pressure comes from Swisdak. Impulses in kPa ms (= Pa s).
    """

    incident_pressure_kpa: Values
    reflected_pressure_kpa: Values
    incident_impulse_kpa_ms: Values
    reflected_impulse_kpa_ms: Values
    arrival_ms: Values
    duration_ms: Values
    front_velocity_m_per_ms: Values
    scaled_distance: Values
    outside: bool | BoolArray
    beyond_kb: bool | BoolArray
    verification: Verification


def _segment_values(segment: AirblastSegment, ln_z: FloatArray) -> FloatArray:
    """Value of one polynomial; Horner in place."""
    if segment.form == "log10poly_U":
        argument = segment.k0 + (segment.k1 / np.log(10)) * ln_z
        scale = np.log(10)
    else:
        argument, scale = ln_z, 1.0
    value = np.full_like(ln_z, segment.coefficients[-1])
    for coefficient in segment.coefficients[-2::-1]:
        value *= argument
        value += coefficient
    value *= scale
    return np.exp(value, out=value)


def _evaluate(segments: tuple[AirblastSegment, ...], z: FloatArray) -> FloatArray:
    """Scaled value at scaled distance ``z`` (any shape); NaN outside every segment, the lower segment at a join."""
    if len(segments) == 1 and z.size and z.min() >= segments[0].z_min and z.max() <= segments[0].z_max:
        return _segment_values(segments[0], np.log(z))
    values = np.full_like(z, np.nan)
    for segment in reversed(segments):
        inside = (z >= segment.z_min) & (z <= segment.z_max)
        values[inside] = _segment_values(segment, np.log(z[inside]))
    return values


def _incident_pressure(z: FloatArray, burst: Burst) -> tuple[FloatArray, BoolArray]:
    """Sea-level incident pressure, kPa, and where it is Swisdak's."""
    segments = airblast_segments(_KB, _table_burst(burst), "incident_pressure")
    values = _evaluate(segments, z)
    beyond = np.zeros(z.shape, dtype=np.bool_)
    if burst == "surface":
        far = airblast_segments(_SWISDAK, "hemispherical", "incident_pressure")[-1]
        beyond = (z > segments[-1].z_max) & (z <= far.z_max)
        if beyond.any():
            values[beyond] = _segment_values(far, np.log(z[beyond]))
    return values, beyond


def scaled_quantity(quantity: Quantity, scaled_distance: npt.ArrayLike, *, burst: Burst = "surface") -> FloatArray:
    """One quantity of a 1 kg TNT charge at sea level, NaN outside its fit.

    The cheap path for screening: pressures kPa, impulses kPa ms/kg^(1/3), times ms/kg^(1/3), velocity m/ms.
    Incident pressure of a surface burst reaches to Z = 198.5, everything else to 40.
    """
    z = positive("Scaled distance", scaled_distance)
    if quantity == "incident_pressure":
        return _incident_pressure(z, burst)[0]
    return _evaluate(airblast_segments(_KB, _table_burst(burst), quantity), z)


def _table_burst(burst: str) -> str:
    if burst not in _TABLE_BURST:
        raise VocabularyError(burst, "burst", _TABLE_BURST)
    return _TABLE_BURST[burst]


def require_open_ground(surroundings: str) -> None:
    """OutsideModel unless the surroundings are open, flat ground; the message says why and names the way out."""
    if surroundings == "open":
        return
    if surroundings not in _WHY_OUTSIDE:
        raise VocabularyError(surroundings, "kind of surroundings", SURROUNDINGS)
    raise OutsideModel(
        f"Outside the air-blast model: {_WHY_OUTSIDE[surroundings]}.",
        hint="A computational fluid dynamics study is needed, or ask the EOD operator.",
    )


def kingery_bulmash(
    charge_kg: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    *,
    burst: Burst = "surface",
    surroundings: Surroundings = "open",
    ambient: Ambient = SEA_LEVEL,
) -> AirBlast:
    """Air blast of a bare TNT charge at a distance.

    Parameters
    ----------
    charge_kg, distance_m : TNT-equivalent mass in kg and straight distance in m; numbers or arrays that broadcast.
    burst : "surface" (hemispherical, on the ground) or "free_air" (spherical, no ground reflection).
    surroundings : anything but "open" is outside the model.
    ambient : air pressure and temperature, see ``standard_atmosphere``.

    Returns
    -------
    AirBlast. For arrays NaN and ``outside`` mark where there is no number.

    Raises
    ------
    OutsideModel : surroundings not open; or a scalar below the smallest or beyond the largest scaled distance.
    ValueRangeError : a mass or distance that is not finite and positive.

    Source: Kingery & Bulmash 1984; Swisdak 1994 for surface incident pressure at Z > 40; Sachs scaling.
    """
    require_open_ground(surroundings)
    _table_burst(burst)
    return _air_blast(charge_kg, distance_m, _KB, burst, ambient)


def swisdak(charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike, *, ambient: Ambient = SEA_LEVEL) -> AirBlast:
    """The same quantities of a surface burst by Swisdak's 1994 fit: an independent check, within 2.2 % of KB84.

    Arguments, result and errors as ``kingery_bulmash``; ``beyond_kb`` is False everywhere. Incident impulse reaches
    Z = 158.7 and incident pressure 198.5.
    """
    return _air_blast(charge_kg, distance_m, _SWISDAK, "surface", ambient)


def _air_blast(
    charge_kg: npt.ArrayLike, distance_m: npt.ArrayLike, fit: str, burst: Burst, ambient: Ambient
) -> AirBlast:
    charge, distance = np.broadcast_arrays(positive("Charge", charge_kg), positive("Distance", distance_m))
    root = np.cbrt(charge)
    pressure_ratio = ambient.pressure_kpa / SEA_LEVEL_PRESSURE_KPA
    sound_ratio = float(np.sqrt(ambient.temperature_k / SEA_LEVEL_TEMPERATURE_K))
    z = np.atleast_1d(distance / root)
    z_sea = z * np.cbrt(pressure_ratio)
    time_scale = root / (np.cbrt(pressure_ratio) * sound_ratio)

    def read(quantity: Quantity) -> FloatArray:
        return _evaluate(airblast_segments(fit, _TABLE_BURST[burst], quantity), z_sea)

    if fit == _KB:
        incident, beyond = _incident_pressure(z_sea, burst)
    else:
        incident, beyond = read("incident_pressure"), np.zeros(z.shape, dtype=np.bool_)
    values = {
        "incident_pressure_kpa": incident * pressure_ratio,
        "reflected_pressure_kpa": read("reflected_pressure") * pressure_ratio,
        "incident_impulse_kpa_ms": read("incident_impulse") * time_scale * pressure_ratio,
        "reflected_impulse_kpa_ms": read("reflected_impulse") * time_scale * pressure_ratio,
        "arrival_ms": read("arrival_time") * time_scale,
        "duration_ms": read("positive_duration") * time_scale,
        "front_velocity_m_per_ms": read("shock_front_velocity") * sound_ratio,
    }
    outside = np.logical_and.reduce([np.isnan(v) for v in values.values()])
    shape = charge.shape
    if shape == () and outside.all():
        segments = airblast_segments(fit, _TABLE_BURST[burst], "incident_pressure")
        reach = PRESSURE_REACH_Z if burst == "surface" else segments[-1].z_max
        raise OutsideModel(
            f"Outside the air-blast model: scaled distance {z[0]:.4g} m/kg^(1/3) is not between "
            f"{segments[0].z_min:g} and {reach:g}.",
            hint="Nearer than this the charge is in contact or nearly so: ask the EOD operator.",
        )
    marks = [s.verification for s in airblast_segments(fit, _TABLE_BURST[burst], "incident_pressure")]
    return AirBlast(
        **{name: plain(v.reshape(shape)) for name, v in values.items()},
        scaled_distance=plain(z.reshape(shape)),
        outside=outside.reshape(shape) if shape else False,
        beyond_kb=beyond.reshape(shape) if shape else bool(beyond[0]),
        verification=weakest(*marks),
    )


def distance_for(
    quantity: Literal["incident_pressure", "reflected_pressure", "reflected_impulse"],
    level: npt.ArrayLike,
    charge_kg: npt.ArrayLike,
    *,
    burst: Burst = "surface",
    ambient: Ambient = SEA_LEVEL,
) -> FloatArray:
    """Largest distance, m, at which a quantity still reaches ``level`` (kPa or kPa ms); arrays broadcast.

    NaN where the level lies outside the fit: higher than at its smallest scaled distance (the charge would be in
    contact) or lower than at its largest. Bisection in ln Z; the three quantities fall with distance.
    """
    wanted, charge = np.broadcast_arrays(positive("Level", level), positive("Charge", charge_kg))
    pressure_ratio = ambient.pressure_kpa / SEA_LEVEL_PRESSURE_KPA
    root = np.cbrt(charge)
    target = wanted / pressure_ratio
    if quantity == "reflected_impulse":
        sound_ratio = np.sqrt(ambient.temperature_k / SEA_LEVEL_TEMPERATURE_K)
        target = target * np.cbrt(pressure_ratio) * sound_ratio / root
    segments = airblast_segments(_KB, _table_burst(burst), quantity)
    low, high = segments[0].z_min, segments[-1].z_max
    z = _invert(quantity, target, burst, low, high)
    if quantity == "incident_pressure" and burst == "surface":
        far = airblast_segments(_SWISDAK, "hemispherical", quantity)[-1]
        beyond = _invert(quantity, target, burst, float(np.nextafter(high, np.inf)), far.z_max)
        z = np.where(np.isnan(beyond), z, beyond)
    return np.asarray(z * root / np.cbrt(pressure_ratio), dtype=np.float64)


def _invert(quantity: Quantity, target: FloatArray, burst: Burst, z_low: float, z_high: float) -> FloatArray:
    """Scaled distance in [z_low, z_high] where a falling quantity equals ``target``; NaN when it is not bracketed."""
    flat = np.atleast_1d(target).ravel()
    ends = scaled_quantity(quantity, np.array([z_low, z_high]), burst=burst)
    low = np.full(flat.shape, np.log(z_low))
    high = np.full(flat.shape, np.log(z_high))
    for _ in range(52):
        middle = 0.5 * (low + high)
        reached = scaled_quantity(quantity, np.clip(np.exp(middle), z_low, z_high), burst=burst) >= flat
        low = np.where(reached, middle, low)
        high = np.where(reached, high, middle)
    inside = (flat <= ends[0]) & (flat >= ends[1])
    return np.where(inside, np.exp(high), np.nan).reshape(np.shape(target))


def as2187_far_pressure(scaled_distance: npt.ArrayLike) -> FloatArray:
    """Far-field overpressure 516 Z^(-1.45), kPa, of unconfined surface charges. Source: AS 2187.2-2006 eq. J7.2 [V].

    Adverse weather can add 20 dB (a factor of ten).
    """
    return np.asarray(516.0 * positive("Scaled distance", scaled_distance) ** -1.45, dtype=np.float64)


def as2187_scaled_distance(pressure_kpa: npt.ArrayLike) -> FloatArray:
    """Scaled distance, m/kg^(1/3), at which ``as2187_far_pressure`` falls to a pressure."""
    return np.asarray((516.0 / positive("Pressure", pressure_kpa)) ** (1 / 1.45), dtype=np.float64)


def decibels(pressure_kpa: npt.ArrayLike) -> FloatArray:
    """Linear peak sound level, dBL, 20 log10(P / 20 micropascal)."""
    return np.asarray(20 * np.log10(positive("Pressure", pressure_kpa) * 1000 / 20e-6), dtype=np.float64)


def pressure_from_decibels(level_dbl: npt.ArrayLike) -> FloatArray:
    """Pressure, kPa, of a linear peak level in dBL."""
    level = np.asarray(level_dbl, dtype=np.float64)
    if not np.all(np.isfinite(level)):
        raise ValueRangeError("Sound level must be finite.")
    return np.asarray(20e-9 * 10 ** (level / 20), dtype=np.float64)


def rankine_hugoniot(incident_kpa: npt.ArrayLike, *, ambient: Ambient = SEA_LEVEL) -> tuple[FloatArray, FloatArray]:
    """Front velocity (m/ms) and normally reflected pressure (kPa) of a shock in ideal air (ratio of heats 1.4).

    U = a sqrt(1 + 6P/7p), Pr = 2P (7p + 4P)/(7p + P). The fits satisfy both within 1.6 % from Z = 1 on.
    """
    pressure = not_negative("Incident pressure", incident_kpa)
    p0 = ambient.pressure_kpa
    sound = SEA_LEVEL_SOUND_SPEED_M_PER_MS * np.sqrt(ambient.temperature_k / SEA_LEVEL_TEMPERATURE_K)
    front = sound * np.sqrt(1 + 6 * pressure / (7 * p0))
    return front, 2 * pressure * (7 * p0 + 4 * pressure) / (7 * p0 + pressure)
