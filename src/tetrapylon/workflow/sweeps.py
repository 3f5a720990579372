"""What a record says about detector sweeps: ground, coverage, and the signals that nobody has investigated.

Silence lowers what is expected, so it counts only for finished, undisputed sweeps whose ground and coverage are on
record. Signals raise it, so they count whatever their sweep lacks.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.contamination.footprint import REACH
from tetrapylon.clear.contamination.signals import Sweep
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.crs import from_wgs84, geometry_from_wgs84
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model import Claim, DetectorSignal, DetectorSweep
from tetrapylon.model.terms import SearchMethod, SignalOutcome
from tetrapylon.record.view import View
from tetrapylon.workflow.lapses import lapses
from tetrapylon.workflow.prior import PriorFile
from tetrapylon.workflow.trial import evidenced

SD_OF_RADIUS = 1 / math.sqrt(-2 * math.log(0.05))
"""A stated radius holds the position with probability 0.95 under a round normal law of this share of it."""


@dataclass(frozen=True)
class OpenSignal:
    """A signal not investigated: position (degrees, EPSG:4326) and the radius within which it lies, m."""

    name: str
    lon: float
    lat: float
    accuracy_m: float


@dataclass(frozen=True)
class Swept:
    """A sweep: ground (EPSG:4326) and share of it where silence counts; neither where it does not.

    start, end : days of the sweep.
    """

    name: str
    method: SearchMethod
    instrument: str | None
    geometry: BaseGeometry | None
    coverage: float
    start: dt.date
    end: dt.date
    signals: tuple[OpenSignal, ...]


def swept(view: View, left_out: list[str]) -> Iterable[Swept]:
    """Sweeps of a view with what counts of each; what does not is told in ``left_out``.

    Raises
    ------
    ValueRangeError : a coverage that is no share.
    """
    signals, lapsed = _open_signals(view, left_out), lapses(view)
    chosen: dict[str, Claim[DetectorSweep]] = {}
    for claim in view.resolved(DetectorSweep, ever=True):
        kept = chosen.get(claim.uid)
        if kept is None or (claim.body.coverage or 0.0) < (kept.body.coverage or 0.0):
            chosen[claim.uid] = claim
    for uid, claim in chosen.items():
        body = claim.body
        if body.start.earliest > view.day:
            continue
        end = (body.end or body.start).latest
        if body.coverage is not None and not 0 <= body.coverage <= 1:
            raise ValueRangeError(
                f"Sweep {claim.name}: a coverage of {body.coverage:g} is impossible.", hint="It is a share from 0 to 1."
            )
        lacking = _lacking(claim, end > view.day) or lapsed.since(body.start.earliest)
        if lacking:
            left_out.append(f"sweep {claim.name}: {lacking}, so its silence does not count")
        yield Swept(
            claim.name, body.method, body.instrument, None if lacking else body.geometry,
            0.0 if lacking or body.coverage is None else body.coverage, body.start.earliest, end,
            tuple(signals.pop(uid, ())),
        )  # fmt: skip
    for orphans in signals.values():
        left_out += [f"signal {s.name}: its sweep is not on record" for s in orphans]


def _lacking(claim: Claim[DetectorSweep], unfinished: bool) -> str | None:
    body = claim.body
    if unfinished:
        return "it is not finished"
    if body.geometry is None or body.geometry.geom_type not in POLYGONS:
        return "the ground swept is not on record as a polygon"
    if body.coverage is None:
        return "the share of the ground covered is not stated"
    return "it is disputed" if claim.disputed_by else None


def _open_signals(view: View, left_out: list[str]) -> dict[str, list[OpenSignal]]:
    """Signals by the uid of their sweep; one that any claim calls open is open."""
    found: dict[str, list[OpenSignal]] = {}
    chosen: dict[str, Claim[DetectorSignal]] = {}
    for claim in view.resolved(DetectorSignal, ever=True):
        if claim.uid not in chosen or claim.body.outcome is SignalOutcome.OPEN:
            chosen[claim.uid] = claim
    for claim in chosen.values():
        body = claim.body
        if body.date.earliest > view.day or body.outcome is not SignalOutcome.OPEN:
            continue
        if body.geometry is None:
            left_out.append(f"signal {claim.name}: no position is on record")
        else:
            middle = shapely.centroid(body.geometry)
            signal = OpenSignal(claim.name, middle.x, middle.y, body.position_accuracy or 0.0)
            found.setdefault(str(body.sweep), []).append(signal)
    return found


def sweep_evidence(
    view: View,
    sweeps: Sequence[Swept],
    searched: Sequence[tuple[SearchMethod, str | None, BaseGeometry]],
    prior: PriorFile,
    epsg: int,
    left_out: list[str],
    *,
    every_sweep: bool = False,
) -> tuple[Sweep, ...]:
    """Sweeps as the field takes them, in metres.

    Parameters
    ----------
    searched : method, instrument and polygon (m, ``epsg``) of the searches that are used. every_sweep : raise where a
    sweep has no evidenced detection, instead of leaving it out.

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
        ground = shapely.Polygon() if sweep.geometry is None else geometry_from_wgs84(sweep.geometry, epsg)
        same = [p for method, name, p in searched if method is sweep.method and _alike(name, sweep.instrument)]
        others = [p for method, name, p in searched if not (method is sweep.method and _alike(name, sweep.instrument))]
        free = shapely.difference(ground, shapely.union_all(same))
        twice = shapely.intersection(free, shapely.union_all(others))
        found.append(
            Sweep(
                lineage=f"{sweep.method.value} {(sweep.instrument or '').strip().lower()}",
                silent=shapely.difference(free, twice), twice=twice, coverage=sweep.coverage,
                detection=float(np.dot(prior.classes.shares, detections)), least=min(detections),
                false_alarms=known.false_alarms_per_m2,
                signals=_positions(sweep, ground, epsg),
                accuracies=np.array([s.accuracy_m * SD_OF_RADIUS for s in sweep.signals], float),
            )
        )  # fmt: skip
    return tuple(found)


def _alike(one: str | None, other: str | None) -> bool:
    """Whether two searches may have missed the same items: the same instrument, or one that is not named."""
    return one is None or other is None or one.strip().lower() == other.strip().lower()


def _positions(sweep: Swept, ground: BaseGeometry, epsg: int) -> NDArray[np.float64]:
    places = np.array([[float(v) for v in from_wgs84(s.lon, s.lat, epsg)] for s in sweep.signals], float).reshape(-1, 2)
    for signal, place in zip(sweep.signals, places, strict=True):
        away = 0.0 if ground.is_empty else float(ground.distance(shapely.Point(place)))
        if away > max(REACH * SD_OF_RADIUS * signal.accuracy_m, TOLERANCE_M):
            raise GeometryError(
                f"Signal {signal.name} lies {away:.1f} m outside the ground of sweep {sweep.name}.",
                hint="Correct its position, its accuracy, or the ground swept.",
            )
    return places


TOLERANCE_M = 1.0
"""A signal this far outside the drawn ground of its sweep counts as drawing accuracy, m [P]."""
