"""What a record says about ground: searches with their coverage, positions of finds and accidents, reports of hazards.

Whatever cannot be used is named with its reason, never filled in: a search without coverage, a report without a place,
a position whose accuracy was not stated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.validity import Ground
from tetrapylon.errors import CaseError, GeometryError, NotFound, OutsideModel, Problem, ValueRangeError, nearest
from tetrapylon.evidence.lineage import Lineage, statements_of, trace
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.registry import open_sheets
from tetrapylon.formats.sheet import GEOMETRY
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.geo.position import Position
from tetrapylon.model import (
    Claim,
    DetectorSignal,
    DetectorSweep,
    Footprint,
    HazardArea,
    HazardReport,
    Incident,
    OrdnanceItem,
    Place,
    Search,
    Site,
    Statement,
    Structure,
    by_uid,
)
from tetrapylon.model.terms import AreaStatus, HazardKind, IncidentKind, SearchMethod
from tetrapylon.record.view import View
from tetrapylon.workflow.lapses import lapses
from tetrapylon.workflow.sweeps import OpenSignal, Swept, swept

NOT_HAZARDS = frozenset((HazardKind.CLEARANCE, HazardKind.ACCESS))
"""Kinds of report that speak of work and access, not of a hazard."""
OUTCOMES = frozenset((IncidentKind.ACCIDENT, IncidentKind.DEMINING_ACCIDENT, IncidentKind.FIND_AFTER_RELEASE))
"""Kinds of incident that show that an item lay there."""


@dataclass(frozen=True)
class Searched:
    """A finished search of ground: polygons (EPSG:4326), passes, share of the ground covered by each."""

    name: str
    method: SearchMethod
    instrument: str | None
    geometry: BaseGeometry
    passes: int
    coverage: float
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Located:
    """Items found, or shown by an accident, at a position (degrees, EPSG:4326)."""

    name: str
    lon: float
    lat: float
    count: int
    date: dt.date


@dataclass(frozen=True)
class Extent:
    """Where a report of a hazard, or a hazard area, lies.

    Parameters
    ----------
    name, text, date : of the claim. kind : "report", or the class of the area. lineage : what it goes back to.
    geometry : EPSG:4326; None where no position is on record.
    accuracy_m : radius within which it lies; None where it was not stated. shown_by : whose position this is.
    latest : last day the claim may speak of.
    """

    name: str
    text: str
    date: str
    kind: str
    lineage: str
    geometry: BaseGeometry | None
    accuracy_m: float | None
    shown_by: str
    latest: dt.date

    @property
    def outline(self) -> BaseGeometry | None:
        """What may be drawn: a polygon as it is, a point or line only with the radius it is known to."""
        if self.geometry is None or self.geometry.geom_type in POLYGONS:
            return self.geometry
        if self.geometry.geom_type == "Point":
            known = self.accuracy_m is not None
            return Position(self.geometry.x, self.geometry.y, self.accuracy_m).extent() if known else None
        return self.geometry if self.accuracy_m is not None else None


@dataclass(frozen=True)
class GroundRecord:
    """Everything a view says about ground that the contamination model can use, and what it cannot use and why.

    signals : every open signal with a position, also those whose sweep is not on record.
    """

    label: str
    country: str | None
    simulated: bool
    outline: BaseGeometry | None
    searches: tuple[Searched, ...]
    sweeps: tuple[Swept, ...]
    signals: tuple[OpenSignal, ...]
    items: tuple[Located, ...]
    incidents: tuple[Located, ...]
    extents: tuple[Extent, ...]
    left_out: tuple[str, ...]

    @property
    def outcomes(self) -> int:
        """Located outcomes: items and accidents with a position, and searched ground with its result."""
        return sum(i.count for i in self.items) + len(self.incidents) + len(self.searches)

    def ground(self) -> Ground:
        """The ground as the models judge it.

        Raises
        ------
        OutsideModel : there are located outcomes, but the record does not say in which country the ground lies.
        """
        if self.simulated:
            return Ground(self.label, None, self.outcomes)
        if self.country is None and self.outcomes:
            raise OutsideModel(
                f"{self.label}: the record does not say in which country it lies, so no prior can be judged.",
                hint="Record the site with its country (ISO 3166-1 alpha-2).",
            )
        return Ground(self.label, self.country or "a country not on record", self.outcomes)


def ground_record(view: View) -> GroundRecord:
    """Gather what a view says about its ground.

    Raises
    ------
    GeometryError : sites in different countries, or simulated and real ground, in one record.
    ValueRangeError : a search with an impossible coverage or number of passes.
    """
    sites = list(by_uid(view.resolved(Site, ever=True)).values())
    if len({(s.body.country, s.body.simulated) for s in sites}) > 1:
        raise GeometryError("The record holds sites of different countries, or simulated beside real ground.")
    outlines = [s.body.geometry for s in sites if s.body.geometry is not None]
    left_out: list[str] = []
    searches, (sweeps, signals) = tuple(_searches(view, left_out)), swept(view, left_out)
    items, incidents = tuple(_items(view, left_out)), tuple(_incidents(view, left_out))
    extents = tuple(_extents(view))
    needed = [e.name() for e in (OrdnanceItem, Search, DetectorSweep, DetectorSignal)]
    withheld = sum(name in needed for name in view.incomplete.values())
    if withheld:
        left_out.append(f"{withheld} items, searches, sweeps or signals: this file does not hold the whole of them")
    return GroundRecord(
        label=sites[0].body.label if sites else "This ground",
        country=sites[0].body.country if sites else None,
        simulated=bool(sites) and sites[0].body.simulated,
        outline=shapely.union_all(outlines) if outlines else None,
        searches=searches, sweeps=tuple(sweeps), signals=tuple(signals), items=items,
        incidents=incidents, extents=extents, left_out=tuple(left_out),
    )  # fmt: skip


def named_area(view: View, wanted: str) -> tuple[str, BaseGeometry]:
    """Name and polygon (EPSG:4326) of an area: a hazard area, place or site on record, or the polygons of a file.

    Raises
    ------
    NotFound : neither a file nor a thing with a boundary; the nearest is named. CaseError : a file without polygons.
    """
    path = Path(wanted)
    if path.suffix and path.is_file():
        return path.name, _polygons_of(path)
    things: dict[str, BaseGeometry] = {}
    bounded: list[type[HazardArea] | type[Place] | type[Site]] = [HazardArea, Place, Site]
    for entity in bounded:
        for claim in view.resolved(entity, ever=True):
            shape = claim.body.geometry
            if shape is not None and shape.geom_type in POLYGONS:
                things.setdefault(claim.uid, shape)
                things.setdefault(claim.name, shape)
    if wanted in things:
        return wanted, things[wanted]
    close = nearest(wanted, list(things))
    raise NotFound(
        f'There is no file and no hazard area, place or site with a boundary called "{wanted}".',
        hint=f'Did you mean "{close}"?' if close else None,
    )


def _polygons_of(path: Path) -> BaseGeometry:
    """Union of the polygons of a GeoJSON, GeoPackage or KML file, in degrees."""
    from tetrapylon.geo.validity import require_usable

    try:
        shapes = [
            require_usable(cells[sheet.columns.index(GEOMETRY)])
            for sheet in open_sheets(path)
            if GEOMETRY in sheet.columns
            for _, cells in sheet.records()
            if not isinstance(cells, Bad) and cells[sheet.columns.index(GEOMETRY)]
        ]
    except Bad as bad:
        raise CaseError([Problem(path.name, 0, bad.column or "", bad.value, bad.reason, bad.nearest)]) from None
    polygons = [s for s in shapes if s.geom_type in POLYGONS]
    if not polygons:
        raise CaseError([Problem(path.name, 0, "geometry", "", "holds no polygon.")])
    return shapely.union_all(polygons)


def _searches(view: View, left_out: list[str]) -> Iterable[Searched]:
    """Finished searches of ground; of several claims about one search the one that covers least."""
    areas = {c.uid: c.body.geometry for c in view.resolved(HazardArea, ever=True) if c.body.geometry is not None}
    lapsed = lapses(view)
    chosen: dict[str, Claim[Search]] = {}
    for claim in view.resolved(Search, ever=True):
        kept = chosen.get(claim.uid)
        if kept is None or _covered(claim) < _covered(kept):
            chosen[claim.uid] = claim
    for claim in chosen.values():
        body = claim.body
        end = (body.end or body.start).latest
        if end > view.day or body.void:
            continue
        shape = body.geometry if body.geometry is not None else areas.get(str(body.area_of))
        if shape is None or shape.geom_type not in POLYGONS:
            left_out.append(f"search {claim.name}: the ground searched is not on record as a polygon")
        elif body.coverage is None:
            left_out.append(f"search {claim.name}: the share of the ground covered is not stated")
        elif claim.disputed_by:
            left_out.append(f"search {claim.name}: it is disputed")
        elif why := lapsed.since(body.start.earliest):
            left_out.append(f"search {claim.name}: {why}")
        elif not 0 <= body.coverage <= 1 or body.passes < 1:
            raise ValueRangeError(
                f"Search {claim.name}: {body.passes} passes with coverage {body.coverage:g} are impossible.",
                hint="Coverage is a share from 0 to 1; a search has one pass or more.",
            )
        else:
            start = body.start.earliest
            yield Searched(claim.name, body.method, body.instrument, shape, body.passes, body.coverage, start, end)


def _covered(claim: Claim[Search]) -> float:
    return (claim.body.coverage or 0.0) * claim.body.passes


def _items(view: View, left_out: list[str]) -> Iterable[Located]:
    for claim in by_uid(view.resolved(OrdnanceItem, ever=True)).values():
        body = claim.body
        if body.found.earliest > view.day:
            continue
        if body.void:
            left_out.append(f"item {claim.name}: it lay in a void or rubble, not in the ground")
        elif body.geometry is None:
            left_out.append(f"item {claim.name}: no position is on record")
        else:
            middle = shapely.centroid(body.geometry)
            yield Located(claim.name, middle.x, middle.y, body.quantity, body.found.earliest)


def _incidents(view: View, left_out: list[str]) -> Iterable[Located]:
    for claim in by_uid(view.resolved(Incident, ever=True)).values():
        body = claim.body
        if body.date.earliest > view.day or body.kind not in OUTCOMES:
            continue
        if body.geometry is None:
            left_out.append(f"incident {claim.name}: no position is on record")
        else:
            middle = shapely.centroid(body.geometry)
            yield Located(claim.name, middle.x, middle.y, 1, body.date.earliest)


def _extents(view: View) -> Iterable[Extent]:
    """Reports of hazards and open hazard areas up to the day of the view, with the best position on record."""
    lineage = trace(view.resolved(Statement, ever=True))
    whereabouts = _Whereabouts(view)
    spoken_of: dict[str, list[BaseGeometry]] = {}
    for claim in view.resolved(HazardReport, ever=True):
        body = claim.body
        if body.date.earliest > view.day or body.kind in NOT_HAZARDS:
            continue
        root = _root(claim, lineage)
        spots = (
            [(body.geometry, body.position_accuracy, "its own position")]
            if body.geometry is not None
            else whereabouts.of(body.structure, body.place)
        )
        for shape, accuracy, by in spots:
            found = Extent(
                claim.name, body.description, str(body.date), "report", root, shape, accuracy, by, body.date.latest
            )
            about = str(body.structure or body.place or "")
            if not about:
                about = _spot(found.outline or shape, spoken_of.setdefault(root, []))
            yield replace(found, lineage=f"{root} about {about}")
    for area in by_uid(view.resolved(HazardArea, ever=True)).values():
        kind = area.body.classification
        if area.body.recorded.earliest > view.day or area.body.status is AreaStatus.CLOSED:
            continue
        spots = (
            [(area.body.geometry, 0.0, "its boundary")]
            if area.body.geometry is not None
            else whereabouts.of(area.body.structure, area.body.place)
        )
        for shape, accuracy, by in spots:
            root = f"hazard area {area.uid}"
            day = area.body.recorded
            yield Extent(area.name, kind.label, str(day), str(kind.value), root, shape, accuracy, by, day.latest)


Spot = tuple[BaseGeometry | None, float | None, str]


class _Whereabouts:
    """Positions of structures and places, the best on record."""

    def __init__(self, view: View) -> None:
        self.structures = by_uid(view.resolved(Structure, ever=True))
        self.places = by_uid(view.resolved(Place, ever=True))
        self.footprints: dict[str, list[Claim[Footprint]]] = {}
        for claim in view.resolved(Footprint, ever=True):
            if claim.body.structure and claim.body.geometry is not None:
                self.footprints.setdefault(str(claim.body.structure), []).append(claim)

    def of(self, structure: str | None, place: str | None) -> Sequence[Spot]:
        """Every polygon claimed for the structure, else its point, else the place; nothing invented."""
        if structure in self.structures:
            name = self.structures[structure].body.label
            claimed = self.footprints.get(structure, [])
            spots = [(c.body.geometry, c.body.position_accuracy, f"a footprint of {name}") for c in claimed]
            if spots:
                return [s for s in spots if s[0] is not None and s[0].geom_type in POLYGONS] or spots
            body = self.structures[structure].body
            if body.geometry is not None:
                return [(body.geometry, body.position_accuracy, f"the position of {name}")]
            return [(None, None, f"named only: {name}")]
        if place in self.places:
            found = self.places[place].body
            if found.geometry is not None:
                return [(found.geometry, None, f"the boundary of {found.label}")]
            return [(None, None, f"named only: {found.label}, boundary not on record")]
        return [(None, None, "no place on record")]


def _root(claim: Claim[HazardReport], lineage: Lineage) -> str:
    """What a report goes back to; a report without a statement goes back to itself."""
    roots = sorted(r for s in statements_of(claim.body) for r in lineage.of(s))
    return roots[0] if roots else claim.uid


def _spot(shape: BaseGeometry | None, spoken_of: list[BaseGeometry]) -> str:
    """Number of the spot among those one statement speaks of: it may report several, each of which counts once."""
    if shape is None:
        return "nowhere"
    for number, other in enumerate(spoken_of):
        if shape.intersects(other):
            return f"spot {number}"
    spoken_of.append(shape)
    return f"spot {len(spoken_of) - 1}"
