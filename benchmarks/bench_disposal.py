"""Blast effects over structures: screening rate on one core, cordon and contours for 200 structures.

Peers in the same run: the published polynomials evaluated one pair at a time in plain Python, and, where it is
installed, the independent package ``kingery_bulmash`` (Swisdak's fit, seven quantities per pair).
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np
import shapely

from benchmarks.harness import Figure, interleave, timed
from tetrapylon.clear.disposal import airblast, contours, screening
from tetrapylon.clear.disposal.cordon import Item, cordon
from tetrapylon.clear.disposal.decision import Situation, decide
from tetrapylon.clear.disposal.marks import READ
from tetrapylon.clear.disposal.options import Acceptance, Option, OptionKind, Scenario
from tetrapylon.clear.disposal.overturning import FreeStanding
from tetrapylon.clear.disposal.ranking import Charge, Site
from tetrapylon.clear.disposal.structures import Structure
from tetrapylon.clear.disposal.tables import airblast_segments

CHARGES, STRUCTURES, SCALAR_PAIRS = 10_000, 200, 2_000


def run(args: argparse.Namespace) -> list[Figure]:
    """Measure; ``args`` of the harness."""
    rng = np.random.default_rng(20_160_327)
    charge = rng.uniform(0.1, 300.0, (CHARGES, 1))
    distance = np.exp(rng.uniform(np.log(2.0), np.log(600.0), (CHARGES, STRUCTURES)))
    standing = np.where(rng.random(STRUCTURES) < 0.3, rng.uniform(100, 900, STRUCTURES), np.nan)
    limits = {"ppv_limit_mm_s": 3.0, "pressure_limit_kpa": 2.07, "impulse_limit_pa_s": standing}
    every = [np.broadcast_to(a, distance.shape).ravel()[:SCALAR_PAIRS] for a in (charge, distance, standing)]
    pairs = every[0], every[1]

    def plain() -> list[list[float]]:
        return [_plain(w, r, i) for w, r, i in zip(*(a.tolist() for a in every), strict=True)]

    times = interleave({"ours": lambda: screening.screen(charge, distance, **limits), "plain": plain}, repeats=5)
    ours, slow = times["ours"].rate(distance.size), times["plain"].rate(SCALAR_PAIRS)
    found = screening.screen(*pairs, ppv_limit_mm_s=3.0, pressure_limit_kpa=2.07, impulse_limit_pa_s=every[2])
    mine = np.array([found.vibration, found.pressure, found.impulse]).T
    worst = float(np.nanmax(np.abs(mine / np.array(plain()) - 1)))
    size = f"{CHARGES:,} charges x {STRUCTURES} structures, three criteria each, uncalibrated site, one core"
    return [
        Figure("charge-distance-structure evaluations", ours, "1/s", floor=1e6, conditions=size),
        Figure("screening over plain Python", ours / slow, "x", kind="ratio", floor=5.0, conditions="same answers"),
        Figure("largest deviation from plain Python", worst, "", kind="fraction", limit=1e-9),
        *_against_package(pairs),
        *_over_structures(rng),
    ]


def _plain(charge: float, distance: float, impulse_limit: float) -> list[float]:
    """The three ratios of one pair, from the published form term by term; NaN where there is none."""
    root = charge ** (1 / 3)
    z = distance / root
    ratios = [1140 * (distance / math.sqrt(charge)) ** -1.6 / 3.0, math.nan, math.nan]
    if 0.0674 <= z <= 40:
        ratios[1] = _power(z, "incident_pressure") / 2.07
        if not math.isnan(impulse_limit):
            ratios[2] = _power(z, "reflected_impulse") * root / impulse_limit
    elif 40 < z <= 198.5:
        ratios[1] = math.exp(6.0536 - 1.4066 * math.log(z)) / 2.07
    return ratios


def _power(z: float, quantity: str) -> float:
    (segment,) = airblast_segments("KB84_metric", "hemispherical", quantity)
    u = segment.k0 + segment.k1 * math.log10(z)
    total = 0.0
    for coefficient in reversed(segment.coefficients):
        total = total * u + coefficient
    return float(10**total)


def _against_package(pairs: tuple[Any, Any]) -> list[Figure]:
    try:
        from kingery_bulmash import Blast_Parameters, Units
    except ImportError:
        return []
    charge, distance = pairs
    inside = distance / np.cbrt(charge) < 33.7
    charge, distance = charge[inside], distance[inside]
    times = interleave(
        {
            "ours": lambda: airblast.swisdak(charge, distance),
            "package": lambda: [_package(Blast_Parameters, Units, w, r) for w, r in zip(charge, distance, strict=True)],
        },
        repeats=3,
    )
    peer = np.array([_package(Blast_Parameters, Units, w, r) for w, r in zip(charge, distance, strict=True)])
    ours = airblast.swisdak(charge, distance)
    mine = np.array([ours.incident_pressure_kpa, ours.reflected_impulse_kpa_ms, ours.duration_ms]).T
    ratio = times["ours"].rate(charge.size) / times["package"].rate(charge.size)
    conditions = f"Swisdak 1994, seven quantities, {charge.size:,} pairs"
    return [
        Figure("air blast over package kingery_bulmash", ratio, "x", kind="ratio", floor=5.0, conditions=conditions),
        Figure(
            "largest deviation from package kingery_bulmash",
            float(np.max(np.abs(mine / peer - 1))),
            kind="fraction",
            limit=1e-9,
        ),
    ]


def _package(blast: Any, units: Any, charge: float, distance: float) -> tuple[float, float, float]:
    result = blast(units.METRIC, float(charge), float(distance))
    return result.incident_pressure, result.reflected_impulse, result.positive_phase_duration


def _over_structures(rng: np.random.Generator) -> list[Figure]:
    structures = tuple(_structure(i, rng) for i in range(STRUCTURES))
    item = Item("TM-62M", 9.5, 8.0)
    area = timed(lambda: contours.contours(0.0, 0.0, 8.0, structures, cordon([item]), position_uncertainty_m=5.0))
    situation = Situation(
        "TM-62M",
        Site(0.0, 0.0, structures, 5.0),
        Charge(7.0, 7.5, 8.0, READ, "EOD operator"),
        cordon([item]),
        explosives_permitted=True,
    )
    accepted = Acceptance("EOD operator", "2025-03-01")
    options = [
        Option("in place", OptionKind.IN_PLACE, (Scenario("in place", 1.0, intended=True),), accepted, False),
        Option("robot", OptionKind.RENDER_SAFE_BY_ROBOT, (Scenario("fails", 0.1),), accepted, False),
        Option("move", OptionKind.MOVE, (Scenario("on the way", 0.05),), accepted, False),
    ]
    sheet = timed(lambda: decide(situation, options), repeats=3)
    conditions = f"{STRUCTURES} polygons of 12 corners, own limits, free-standing columns among them"
    return [
        Figure("cordon and contours for 200 structures", area.median, "s", limit=0.2, conditions=conditions),
        Figure("decision sheet for 200 structures", sheet.median, "s", conditions="three options, every swing"),
    ]


def _structure(number: int, rng: np.random.Generator) -> Structure:
    x, y = rng.uniform(-800, 800, 2)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
    footprint = shapely.Polygon(np.column_stack([x + 8 * np.cos(angles), y + 8 * np.sin(angles)]))
    body = FreeStanding(rng.uniform(3, 12), rng.uniform(0.5, 1.2), 2300) if number % 3 == 0 else None
    frequency = float(rng.uniform(5, 60)) if number % 2 else None
    return Structure(f"s{number}", f"structure {number}", footprint, 1.0, frequency_hz=frequency, free_standing=body)
