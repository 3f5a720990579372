"""Reports of danger, of whatever entity, in one form.

Everything that speaks against relying on ground is a danger here: hazards, finds, accidents, areas on record, refused
access, changes of control, demolitions, failed quality checks. Nothing that speaks for it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.release.open_signals import open_signals
from tetrapylon.clear.release.seen import Seen
from tetrapylon.evidence.lineage import statements_of
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model import Claim, DetectorSignal, When
from tetrapylon.model.claim import E
from tetrapylon.model.terms import (
    AreaStatus,
    CheckResult,
    Disposal,
    HazardKind,
    OccurrenceKind,
    Presence,
)


class Kind(StrEnum):
    """What a danger is, in the order reasons are shown."""

    REFUSED = "access refused or not possible"
    ACCIDENT = "accident"
    FIND = "find"
    AREA = "hazard area"
    HAZARD = "hazard reported"
    CHECK = "quality check not passed"
    CONTROL = "control changed"


@dataclass(frozen=True, slots=True)
class Danger:
    """One danger.

    uid, name : of the claim that reports it. start, end : the days it speaks of. known : the first day it counts as
    known (ISO 8601). accuracy : radius in m around ``geometry``; None: not stated. about : other things it is about,
    for checks. statements : uids of the statements that carry it.
    """

    kind: Kind
    uid: str
    name: str
    start: When
    end: When
    known: str
    text: str
    structure: str | None = None
    place: str | None = None
    geometry: BaseGeometry | None = None
    accuracy: float | None = None
    about: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


def dangers(seen: Seen) -> tuple[Danger, ...]:
    """Every danger a view reports, one per claim."""
    return (
        *_hazards(seen), *_finds(seen), *_signals(seen), *_areas(seen), *_happenings(seen), *_conditions(seen),
        *_checks(seen),
    )  # fmt: skip


NOT_REACHED = re.compile(
    r"out of reach|not accessible|inaccessible|no access|kept out|from a distance|cannot (be )?(enter|reach)"
    r"|could not (be )?(enter|reach)|only (a )?(small )?part of the site can be entered",
    re.IGNORECASE,
)
"""Wording that says access was not possible. It can only add a reason to hold, never take one away."""


def _hazards(seen: Seen) -> Iterator[Danger]:
    for claim in seen.hazards:
        body = claim.body
        if body.kind is HazardKind.CLEARANCE:
            if not body.count or body.count.interval.hi == 0:
                continue
            kind = Kind.FIND
        elif body.kind is HazardKind.INCIDENT:
            kind = Kind.ACCIDENT
        else:
            kind = Kind.REFUSED if body.kind is HazardKind.ACCESS else Kind.HAZARD
        yield replace(
            _danger(kind, claim, body.date, body.description, body.structure, body.place),
            geometry=body.geometry,
            accuracy=body.position_accuracy,
        )


def _finds(seen: Seen) -> Iterator[Danger]:
    for incident in seen.incidents:
        at = incident.body
        text = at.description or at.kind.label
        yield replace(_danger(Kind.ACCIDENT, incident, at.date, text, at.structure, at.place), geometry=at.geometry)
    structure_of = {v.uid: str(v.body.structure) for v in seen.voids}
    for item in seen.ordnance:
        body = item.body
        where = body.structure or (structure_of.get(body.void) if body.void else None)
        still = ", still in place" if body.disposal in (Disposal.IN_PLACE, Disposal.UNKNOWN) else ""
        text = f"{body.quantity} x {body.category.label} found{still}"
        yield replace(_danger(Kind.FIND, item, body.found, text, where, body.place), geometry=body.geometry)


def _signals(seen: Seen) -> Iterator[Danger]:
    """Detector signals that are not settled: one danger for those that were heard, told and placed alike.

    A signal without a usable position lies somewhere on the ground of its sweep, or anywhere where that is not known.
    """
    ground: dict[str, list[BaseGeometry | None]] = {}
    for sweep in seen.sweeps:
        ground.setdefault(sweep.uid, []).append(sweep.body.geometry)
    together: dict[tuple[str, When, str, float | None], list[Claim[DetectorSignal]]] = {}
    for claim in (c for claims in open_signals(seen.signals, seen.ordnance) for c in claims):
        body = claim.body
        if _placed(body.geometry, ("Point",)):
            key = str(body.sweep), body.date, claim.known, body.position_accuracy
            together.setdefault(key, []).append(claim)
        else:
            text = f"{claim.name}: detector signal not investigated"
            where = body.geometry if _placed(body.geometry, POLYGONS) else _anywhere(ground.get(str(body.sweep), []))
            yield replace(_danger(Kind.HAZARD, claim, body.date, text, None, None), geometry=where, accuracy=0.0)
    for (_, day, _, accuracy), claims in together.items():
        first = min(claims, key=lambda c: c.name)
        text = f"{first.name}: detector signal not investigated"
        if len(claims) > 1:
            text = f"{len(claims)} detector signals not investigated, among them {first.name}"
        where = shapely.union_all([c.body.geometry for c in claims])
        yield replace(_danger(Kind.HAZARD, first, day, text, None, None), geometry=where, accuracy=accuracy)


def _placed(shape: BaseGeometry | None, kinds: tuple[str, ...]) -> bool:
    return shape is not None and shape.geom_type in kinds and not shape.is_empty and bool(shape.is_valid)


def _anywhere(grounds: list[BaseGeometry | None]) -> BaseGeometry | None:
    """All the ground that claims about a sweep draw; None, anywhere, unless every one draws usable ground."""
    shapes = [g for g in grounds if g is not None and _placed(g, POLYGONS)]
    return shapely.union_all(shapes) if shapes and len(shapes) == len(grounds) else None


def _areas(seen: Seen) -> Iterator[Danger]:
    for area in seen.hazard_areas:
        body = area.body
        if body.status is not AreaStatus.CLOSED:
            text = f"{body.classification.label}, {body.status.label}"
            yield replace(
                _danger(Kind.AREA, area, body.recorded, text, body.structure, body.place),
                geometry=body.geometry,
                accuracy=0.0,
            )


_OCCURRENCES: Mapping[OccurrenceKind, Kind] = {
    OccurrenceKind.ACCESS_DENIED: Kind.REFUSED,
    OccurrenceKind.CHANGE_OF_CONTROL: Kind.CONTROL,
    OccurrenceKind.DEMOLITION: Kind.HAZARD,
}


def _happenings(seen: Seen) -> Iterator[Danger]:
    for claim in seen.occurrences:
        body = claim.body
        kind = _OCCURRENCES.get(body.kind)
        if kind is None and NOT_REACHED.search(body.description or ""):
            kind = Kind.REFUSED
        if kind is not None:
            who = f" ({body.actor})" if body.actor and kind is Kind.REFUSED else ""
            text = body.description or f"{body.kind.label}{who}"
            yield replace(
                _danger(kind, claim, body.start, text, body.structure, body.place), end=body.end or body.start
            )


def _conditions(seen: Seen) -> Iterator[Danger]:
    for claim in seen.conditions:
        body = claim.body
        if body.presence is Presence.NOT_ASSESSED or NOT_REACHED.search(body.wording):
            text = f"{body.observer}: {body.wording}" if body.observer else body.wording
            yield _danger(Kind.REFUSED, claim, body.date, text, body.structure, None)


def _checks(seen: Seen) -> Iterator[Danger]:
    for claim in seen.checks:
        if claim.body.result is CheckResult.NONCONFORMING:
            text = claim.body.nonconformity or claim.body.result.label
            yield replace(
                _danger(Kind.CHECK, claim, claim.body.date, text, None, None),
                about=tuple(map(str, claim.body.about)),
                geometry=claim.body.geometry,
                accuracy=0.0,
            )


def _danger(kind: Kind, claim: Claim[E], when: When, text: str, structure: str | None, place: str | None) -> Danger:
    carried = statements_of(claim.body)
    return Danger(kind, claim.uid, claim.name, when, when, claim.known, text, structure, place, statements=carried)
