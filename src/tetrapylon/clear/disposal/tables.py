"""The tables shipped with this folder, read once into frozen rows. Each row keeps its mark and source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tetrapylon.clear.disposal.marks import Verification
from tetrapylon.errors import VocabularyError


def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (files("tetrapylon.clear.disposal") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _number(text: str) -> float | None:
    return float(text) if text else None


@dataclass(frozen=True, slots=True)
class AirblastSegment:
    """One polynomial of one air-blast quantity over a stretch of scaled distance (m/kg^(1/3))."""

    fit: str
    burst: str
    quantity: str
    z_min: float
    z_max: float
    form: str
    k0: float
    k1: float
    coefficients: tuple[float, ...]
    scales_with_cube_root: bool
    verification: Verification
    source: str
    note: str


@cache
def airblast_segments(fit: str, burst: str, quantity: str) -> tuple[AirblastSegment, ...]:
    """Segments of one quantity, ascending in scaled distance; empty when the fit does not offer it."""
    return tuple(
        AirblastSegment(
            row["set"],
            row["configuration"],
            row["parameter"],
            float(row["z_min"]),
            float(row["z_max"]),
            row["form"],
            float(row["K0"] or 0),
            float(row["K1"] or 1),
            tuple(float(c) for c in row["coefficients"].split()),
            row["scale_by_cuberoot_W"] == "1",
            Verification(row["verification"]),
            row["source"],
            row["note"],
        )
        for row in _rows("airblast_coefficients")
        if (row["set"], row["configuration"], row["parameter"]) == (fit, burst, quantity)
    )


@dataclass(frozen=True, slots=True)
class Fill:
    """TNT equivalence of an explosive fill; ``gurney_m_per_s`` is the Gurney velocity sqrt(2E)."""

    name: str
    pressure: float
    impulse: float
    cordon: float
    gurney_m_per_s: float | None
    verification: Verification
    source: str
    note: str


@cache
def fills() -> dict[str, Fill]:
    """Every fill by name."""
    return {
        row["fill"]: Fill(
            row["fill"],
            float(row["tnt_eq_peak_pressure"]),
            float(row["tnt_eq_impulse"]),
            float(row["tnt_eq_for_safety_distance"]),
            _number(row["gurney_velocity_m_s"]),
            Verification(row["verification"]),
            row["source"],
            row["note"],
        )
        for row in _rows("tnt_equivalence")
    }


@dataclass(frozen=True, slots=True)
class Ordnance:
    """Planning masses of an item, kg: net explosive quantity (low, typical, high) and all-up mass where known."""

    designation: str
    category: str
    fill: str
    neq_low_kg: float
    neq_typical_kg: float
    neq_high_kg: float
    all_up_mass_kg: float | None
    verification: Verification
    source: str
    note: str


@cache
def ordnance() -> dict[str, Ordnance]:
    """Every listed item by designation. A masses list, not an identification aid."""
    return {
        row["designation"]: Ordnance(
            row["designation"],
            row["category"],
            row["fill"],
            float(row["neq_kg_low"]),
            float(row["neq_kg_typical"]),
            float(row["neq_kg_high"]),
            _number(row["all_up_mass_kg"]),
            Verification(row["verification"]),
            row["source"],
            row["note"],
        )
        for row in _rows("munition_neq")
    }


@dataclass(frozen=True, slots=True)
class LimitSegment:
    """One stretch of frequency (Hz) of a vibration limit; ``low``, ``high`` in mm/s, or mm for a displacement."""

    curve: str
    standard: str
    structure_class: str
    measured: str
    event: str
    f_low_hz: float
    f_high_hz: float
    low: float
    high: float
    rule: str
    source: str
    verification: Verification
    note: str


@cache
def limit_curves() -> dict[str, tuple[LimitSegment, ...]]:
    """Vibration limit curves by name, segments ascending in frequency."""
    curves: dict[str, list[LimitSegment]] = {}
    for row in _rows("vibration_limits"):
        segment = LimitSegment(
            curve=row["curve"],
            standard=row["standard"],
            structure_class=row["structure_class"],
            measured=row["measured"],
            event=row["event"],
            f_low_hz=float(row["f_low_hz"]),
            f_high_hz=float(row["f_high_hz"]),
            low=float(row["low"]),
            high=float(row["high"]),
            rule=row["rule"],
            source=row["source"],
            verification=Verification(row["verification"]),
            note=row["note"],
        )
        curves.setdefault(segment.curve, []).append(segment)
    return {name: tuple(segments) for name, segments in curves.items()}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published or proposed damage threshold, as printed (``value`` may be a range in words)."""

    kind: str
    element: str
    damage_level: str
    quantity: str
    value: str
    unit: str
    source: str
    verification: Verification
    note: str


@cache
def thresholds() -> tuple[Threshold, ...]:
    """Every damage threshold of the table."""
    return tuple(
        Threshold(
            row["kind"],
            row["element"],
            row["damage_level"],
            row["quantity"],
            row["value"],
            row["unit"],
            row["source"],
            Verification(row["verification"]),
            row["note"],
        )
        for row in _rows("damage_thresholds")
    )


@dataclass(frozen=True, slots=True)
class DistanceRule:
    """A withdrawal or quantity-distance rule as printed."""

    name: str
    formula: str
    input: str
    source: str
    verification: Verification
    note: str


@cache
def distance_rules() -> dict[str, DistanceRule]:
    """Every distance rule by name."""
    return {
        row["rule"]: DistanceRule(
            row["rule"],
            row["formula"],
            row["input"],
            row["source"],
            Verification(row["verification"]),
            row["note"],
        )
        for row in _rows("withdrawal_distances")
    }


def fill(name: str) -> Fill:
    """One fill; VocabularyError names the nearest when it is not listed."""
    known = fills()
    if name not in known:
        raise VocabularyError(name, "listed explosive fill", known)
    return known[name]
