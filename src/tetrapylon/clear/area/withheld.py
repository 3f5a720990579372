"""Releases that may no longer be relied on: a find, an accident or a dispute inside released land.

The software reopens nothing and releases nothing: it withholds reliance at once and says why; only a new decision
restores it. Doubt about date and place falls on the side of danger.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.release.dangers import Danger, Kind
from tetrapylon.clear.survey.claims import release_parcel
from tetrapylon.clear.survey.subject import usable_polygons
from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo.planar import buffer
from tetrapylon.model import Claim, LandRelease

KINDS = (Kind.ACCIDENT, Kind.FIND, Kind.HAZARD, Kind.CHECK)
"""Kinds of danger that withhold a release they lie in. Refused access and changes of control concern whole sites and
are the gate's; hazard areas put on record later stand in the identity as newly found."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One reason why a release is withheld.

    release, name : uid and name of the release. since : the day the danger speaks of, or the release's own for a
    dispute. known : from when it counts as known. because : uids of the claims. surely_inside : False where it may lie
    inside, by its accuracy, but need not.
    """

    release: str
    name: str
    text: str
    since: dt.date
    known: str
    because: tuple[str, ...]
    surely_inside: bool = True


@dataclass(frozen=True)
class Withheld:
    """alerts : by release, in the order of the releases. unplaced : names of later dangers that cannot be placed."""

    alerts: tuple[Alert, ...]
    unplaced: tuple[str, ...]

    @property
    def releases(self) -> frozenset[str]:
        """Uids of the releases that are withheld."""
        return frozenset(a.release for a in self.alerts)


def withheld(releases: Sequence[Claim[LandRelease]], dangers: Sequence[Danger]) -> Withheld:
    """Which releases finds, accidents, hazards, failed checks and disputes withhold.

    Parameters
    ----------
    releases : of one view. dangers : `clear.release.dangers.dangers` of the same view.

    Notes
    -----
    A danger withholds a release it lies in, or may lie in within its accuracy, unless the last day it may speak of is
    before the first day the release may be of. A danger that names the release, or without a usable place, is judged by
    what it names; one that names nothing and has no place is listed as unplaced and left to the gate.
    """
    relevant = [d for d in dangers if d.kind in KINDS]
    shapes = np.array([None, *map(_around, relevant)], dtype=object)[1:]
    outlines = np.array([None, *(c.body.geometry for c in releases)], dtype=object)[1:]
    usable, tree, names = usable_polygons(outlines), shapely.STRtree(shapes), _by_name(relevant)
    alerts: list[Alert] = []
    for claim, outline, drawn in zip(releases, outlines, usable, strict=True):
        alerts += _disputes(claim)
        named = {k for uid in (claim.uid, *map(str, claim.body.structures)) for k in names.get(uid, ())}
        met = set(tree.query(outline, predicate="intersects").tolist()) if drawn else set[int]()
        for k in sorted(named | met):
            if relevant[k].end.latest >= claim.body.date.earliest:
                alerts.append(_alert(claim, relevant[k], sure=k in named or _holds(outline, relevant[k])))
    first = min((release_parcel(c).start or dt.date.min for c in releases), default=None)
    unplaced = [
        d.name
        for d, shape in zip(relevant, shapes, strict=True)
        if shape is None and not d.about and d.structure is None and first is not None and d.end.latest >= first
    ]
    return Withheld(tuple(alerts), tuple(unplaced))


def _disputes(claim: Claim[LandRelease]) -> Iterator[Alert]:
    if claim.contested or claim.disputed_by:
        by = f" by {len(claim.disputed_by)} parties" if len(claim.disputed_by) > 1 else ""
        text = f"the release is disputed{by}" if claim.disputed_by else "claims about the release contradict each other"
        yield Alert(claim.uid, claim.name, text, claim.body.date.earliest, claim.known, (claim.uid,))


def _by_name(dangers: Sequence[Danger]) -> dict[str, list[int]]:
    """Places of the dangers that name a thing, by its uid."""
    found: dict[str, list[int]] = defaultdict(list)
    for k, danger in enumerate(dangers):
        for uid in {*danger.about, *((danger.structure,) if danger.structure else ())}:
            found[uid].append(k)
    return found


def _alert(claim: Claim[LandRelease], danger: Danger, *, sure: bool) -> Alert:
    text = f"{danger.kind}: {danger.text}"
    return Alert(claim.uid, claim.name, text, danger.start.earliest, danger.known, (danger.uid, claim.uid), sure)


def _holds(outline: BaseGeometry, danger: Danger) -> bool:
    return bool(danger.geometry is not None and shapely.intersects(outline, danger.geometry))


def _around(danger: Danger) -> BaseGeometry | None:
    """Where a danger may be; its own geometry where no accuracy is stated; None where it cannot be placed."""
    shape = danger.geometry
    if shape is None or shape.is_empty or not np.isfinite(shape.bounds).all():
        return None
    if not danger.accuracy:
        return shape
    try:
        return buffer(shape, danger.accuracy)
    except (GeometryError, ValueRangeError):
        return None
