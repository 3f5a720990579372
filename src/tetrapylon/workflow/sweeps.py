"""What a record says about detector sweeps: ground, coverage, and the signals that nobody has settled.

Signals raise what is expected, so they count whatever their sweep lacks. Silence lowers it, so it counts only where
nothing is in doubt: all claims about the sweep agree, it is finished and undisputed, its ground and coverage are on
record, and so is the position of every open signal of it, with its accuracy. Where one signal or sweep of the view
cannot be read, no silence counts at all: a file that is shared may hold the ground without the signals.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.contamination.footprint import REACH
from tetrapylon.clear.contamination.signals import Sweep
from tetrapylon.clear.release.open_signals import open_signals
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.crs import from_wgs84, geometry_from_wgs84
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model import Claim, DetectorSignal, DetectorSweep, OrdnanceItem
from tetrapylon.model.terms import SearchMethod
from tetrapylon.record.view import View
from tetrapylon.workflow.lapses import lapses
from tetrapylon.workflow.prior import PriorFile
from tetrapylon.workflow.trial import evidenced

SD_OF_RADIUS = 1 / math.sqrt(-2 * math.log(0.05))
"""A stated radius holds the position with probability 0.95 under a round normal law of this share of it."""


@dataclass(frozen=True)
class OpenSignal:
    """A signal not settled: position (degrees, EPSG:4326) and the radius within which it lies, m; None: not stated."""

    name: str
    lon: float
    lat: float
    accuracy_m: float | None


@dataclass(frozen=True)
class Swept:
    """A sweep: ground (EPSG:4326) and share of it where silence counts; neither where it does not."""

    name: str
    method: SearchMethod
    instrument: str | None
    geometry: BaseGeometry | None
    coverage: float
    start: dt.date
    signals: tuple[OpenSignal, ...]


def swept(view: View, left_out: list[str]) -> tuple[list[Swept], list[OpenSignal]]:
    """Sweeps of a view with what counts of each, and the placed open signals of all; the rest is told in ``left_out``.

    Raises
    ------
    ValueRangeError : a coverage that is no share.
    """
    about: dict[str, list[Claim[DetectorSweep]]] = {}
    for claim in view.resolved(DetectorSweep, ever=True):
        about.setdefault(claim.uid, []).append(claim)
    signals, unplaced, orphans = _signals(view, about, left_out)
    hidden = any(name in (DetectorSweep.name(), DetectorSignal.name()) for name in view.incomplete.values())
    lapsed, found = lapses(view), []
    for uid, claims in about.items():
        first, bodies = claims[0], [c.body for c in claims]
        start = min(b.start.earliest for b in bodies)
        if start > view.day and uid not in signals:
            continue
        lacking = _lacking(claims, view.day) or lapsed.since(start)
        if hidden:
            lacking = "this file does not hold the whole of all sweeps and signals"
        elif uid in unplaced:
            lacking = f"the position of its signal {unplaced[uid]}, or its accuracy, is not on record or in doubt"
        elif orphans:
            lacking = f"signal {orphans[0]} belongs to no sweep on record, and may lie there"
        if lacking:
            left_out.append(f"sweep {first.name}: {lacking}, so its silence does not count")
        ground = None if lacking else shapely.intersection_all([b.geometry for b in bodies])
        if ground is not None and ground.geom_type not in POLYGONS:
            ground = None
        found.append(
            Swept(
                first.name, first.body.method, first.body.instrument, ground,
                0.0 if lacking else min(b.coverage or 0.0 for b in bodies), start, tuple(signals.get(uid, ())),
            )
        )  # fmt: skip
    return found, [signal for each in signals.values() for signal in each]


def _lacking(claims: Sequence[Claim[DetectorSweep]], day: dt.date) -> str | None:
    """Why the silence of a sweep does not count, by all that is claimed about it; None where it does."""
    bodies = [c.body for c in claims]
    for claim in claims:
        coverage = claim.body.coverage
        if coverage is not None and not 0 <= coverage <= 1:
            raise ValueRangeError(
                f"Sweep {claim.name}: a coverage of {coverage:g} is impossible.", hint="It is a share from 0 to 1."
            )
    if len({(b.method, (b.instrument or "").strip().lower()) for b in bodies}) > 1:
        return "claims about it differ in method or instrument"
    if any(b.end is None or b.end.latest > day for b in bodies):
        return "it is not on record as finished"
    if any(b.geometry is None or b.geometry.geom_type not in POLYGONS or not b.geometry.is_valid for b in bodies):
        return "the ground swept is not on record as a valid polygon"
    if any(b.coverage is None for b in bodies):
        return "the share of the ground covered is not stated"
    return "it is disputed" if any(c.disputed_by for c in claims) else None


def _signals(
    view: View, sweeps: Mapping[str, object], left_out: list[str]
) -> tuple[dict[str, list[OpenSignal]], dict[str, str], list[str]]:
    """Open signals by the uid of their sweep; by sweep, one whose place is in doubt; those without a sweep."""
    found: dict[str, list[OpenSignal]] = {}
    unplaced: dict[str, str] = {}
    orphans: list[str] = []
    for claims in open_signals(view.resolved(DetectorSignal, ever=True), view.resolved(OrdnanceItem, ever=True)):
        if min(c.body.date.earliest for c in claims) > view.day:
            continue
        first = claims[0]
        shapes = [c.body.geometry for c in claims if c.body.geometry is not None and not c.body.geometry.is_empty]
        radii = [c.body.position_accuracy for c in claims]
        one = len({s.wkb for s in shapes}) == 1 and shapes[0].geom_type == "Point" and len(shapes) == len(claims)
        known = [r for r in radii if r is not None]
        exact = one and len(known) == len(claims)
        for uid in {str(c.body.sweep) for c in claims}:
            if uid not in sweeps:
                orphans.append(first.name)
                left_out.append(f"signal {first.name}: its sweep is not on record")
            if not exact:
                unplaced.setdefault(uid, first.name)
            if not shapes:
                left_out.append(f"signal {first.name}: no position is on record")
                continue
            middle = shapely.centroid(shapes[0])
            signal = OpenSignal(first.name, middle.x, middle.y, max(known) if known else None)
            found.setdefault(uid, []).append(signal)
    return found, unplaced, orphans


def sweep_evidence(
    view: View,
    sweeps: Sequence[Swept],
    searched: Sequence[tuple[SearchMethod, BaseGeometry]],
    prior: PriorFile,
    later: Sequence[tuple[dt.date, BaseGeometry]],
    epsg: int,
    left_out: list[str],
    *,
    every_sweep: bool = False,
) -> tuple[Sweep, ...]:
    """Sweeps as the field takes them, in metres.

    Parameters
    ----------
    searched : method and polygon (m, ``epsg``) of the searches that are used.
    later : the last day of each report, area, item and accident, and where (m) it may be: silence of a sweep that began
        on or before that day does not count there.
    every_sweep : raise where a sweep has no evidenced detection, instead of leaving it out.

    Raises
    ------
    OutsideModel : see ``every_sweep``. GeometryError : a signal outside the ground of its sweep by more than its
    position may be off.
    """
    found = []
    for sweep in sweeps:
        try:
            known = evidenced(view, sweep.method, prior.classes.names, instrument=sweep.instrument)
        except OutsideModel as error:
            if every_sweep:
                raise OutsideModel(f"Sweep {sweep.name}: {error.message}", hint=error.hint) from None
            left_out.append(f"sweep {sweep.name}: {error.message}")
            continue
        detections = [pod.mean for pod in known.pods]
        mean = float(np.dot(prior.classes.shares, detections))
        ground = shapely.Polygon() if sweep.geometry is None else geometry_from_wgs84(sweep.geometry, epsg)
        same = [p for method, p in searched if method is sweep.method]
        others = [p for method, p in searched if method is not sweep.method]
        stale = [shape for day, shape in later if day >= sweep.start]
        positions = _positions(sweep, ground, epsg)
        radii = np.array([s.accuracy_m or 0.0 for s in sweep.signals], float)
        heard = [shapely.Point(xy).buffer(r) for xy, r in zip(positions, radii, strict=True) if r > 0]
        free = shapely.difference(ground, shapely.union_all([*same, *stale, *heard]))
        twice = shapely.intersection(free, shapely.union_all(others))
        found.append(
            Sweep(
                lineage=sweep.method.value,
                silent=shapely.difference(free, twice), twice=twice, coverage=sweep.coverage,
                detection=mean, least=min(mean, *detections),  # a mean of equal numbers may round below them
                false_alarms=known.false_alarms_per_m2,
                signals=positions, accuracies=radii * SD_OF_RADIUS,
            )
        )  # fmt: skip
    return tuple(found)


def _positions(sweep: Swept, ground: BaseGeometry, epsg: int) -> NDArray[np.float64]:
    places = np.array([[float(v) for v in from_wgs84(s.lon, s.lat, epsg)] for s in sweep.signals], float).reshape(-1, 2)
    for signal, place in zip(sweep.signals, places, strict=True):
        away = 0.0 if ground.is_empty else float(ground.distance(shapely.Point(place)))
        if away > max(REACH * SD_OF_RADIUS * (signal.accuracy_m or 0.0), TOLERANCE_M):
            raise GeometryError(
                f"Signal {signal.name} lies {away:.1f} m outside the ground of sweep {sweep.name}.",
                hint="Correct its position, its accuracy, or the ground swept.",
            )
    return places


TOLERANCE_M = 1.0
"""A signal this far outside the drawn ground of its sweep counts as drawing accuracy, m [P]."""
