"""From claims to a survey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey.subject import Device, Event, Limits, Parcel, Product, Survey
from tetrapylon.model import Claim, HazardArea, Incident, LandRelease, OrdnanceItem, Progress, Search
from tetrapylon.model.terms import AreaStatus, ReleaseKind

HOURS_PER_DAY = 8.0
"""Hours of one person that count as a day. Our choice [P]."""

RELEASED = {
    ReleaseKind.CANCELLED: Product.CANCELLED,
    ReleaseKind.REDUCED: Product.REDUCED,
    ReleaseKind.CLEARED: Product.CLEARED,
}


def survey_of(
    hazards: Sequence[Claim[HazardArea]] = (),
    releases: Sequence[Claim[LandRelease]] = (),
    searches: Sequence[Claim[Search]] = (),
    progress: Sequence[Claim[Progress]] = (),
    *,
    ordnance: Sequence[Claim[OrdnanceItem]] = (),
    incidents: Sequence[Claim[Incident]] = (),
    site: BaseGeometry | None = None,
    today: dt.date | None = None,
    limits: Limits | None = None,
) -> Survey:
    """A survey of what a view holds, contested claims side by side."""
    return Survey(
        parcels=(
            *map(hazard_parcel, hazards),
            *map(release_parcel, releases),
            *map(_searched, searches),
            *map(_worked, progress),
        ),
        devices=tuple(map(_device, ordnance)),
        events=(*_finds(ordnance), *_accidents(incidents)),
        site=site,
        today=today,
        limits=limits or Limits(),
    )


def hazard_parcel(claim: Claim[HazardArea]) -> Parcel:
    """A hazard area; dated by the last day its record may mean."""
    body = claim.body
    return Parcel(
        claim.uid,
        claim.name,
        Product.HAZARD,
        body.geometry,
        declared=body.declared_area,
        start=body.recorded.latest,
        closed=body.status is AreaStatus.CLOSED,
    )


def release_parcel(claim: Claim[LandRelease]) -> Parcel:
    """A release; dated by the first day its decision may mean, so that a later danger is not overlooked."""
    body = claim.body
    return Parcel(
        claim.uid,
        claim.name,
        RELEASED[body.kind],
        body.geometry,
        declared=body.declared_area,
        start=body.date.earliest,
        methods=tuple(map(str, body.methods)),
        depth=body.depth,
        datum=str(body.depth_datum) if body.depth_datum else None,
        of=tuple(map(str, body.area_of)),
    )


def _searched(claim: Claim[Search]) -> Parcel:
    body = claim.body
    return Parcel(
        claim.uid,
        claim.name,
        Product.SEARCHED,
        body.geometry,
        start=body.start.earliest,
        end=body.end.latest if body.end else None,
        methods=(str(body.method),),
        depth=body.depth,
        datum=str(body.depth_datum) if body.depth_datum else None,
        of=(str(body.area_of),) if body.area_of else (),
    )


def _worked(claim: Claim[Progress]) -> Parcel:
    body = claim.body
    return Parcel(
        claim.uid,
        claim.name,
        Product.WORKED,
        body.geometry,
        declared=body.area,
        start=body.date.earliest,
        methods=(str(body.method),) if body.method else (),
        depth=body.depth,
        of=(str(body.area_of),) if body.area_of else (),
        staff_days=body.staff_hours / HOURS_PER_DAY if body.staff_hours else None,
    )


def _device(claim: Claim[OrdnanceItem]) -> Device:
    """Items found on one day at one place count as one record: the same one twice is worth a look.

    Items without any place are never taken for one another.
    """
    body = claim.body
    place = body.geometry.wkt if body.geometry is not None else str(body.void or body.structure or body.place or "")
    of = f"{body.found} {place}" if place else claim.uid
    return Device(claim.uid, claim.name, of, body.category.label, "", body.model or "", body.quantity)


def _finds(claims: Sequence[Claim[OrdnanceItem]]) -> list[Event]:
    return [
        Event(c.uid, c.name, c.body.found.latest, c.body.geometry, c.body.found_depth)
        for c in claims
        if c.body.geometry is not None
    ]


def _accidents(claims: Sequence[Claim[Incident]]) -> list[Event]:
    return [
        Event(c.uid, c.name, c.body.date.latest, c.body.geometry, accident=True)
        for c in claims
        if c.body.geometry is not None
    ]
