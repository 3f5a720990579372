"""What stands and holds around an item, as the engine of disposal reads it: structures, zones, law of the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.decision import Zone
from tetrapylon.clear.disposal.limits import vibration_limit
from tetrapylon.clear.disposal.measured import SiteLog, site_log
from tetrapylon.clear.disposal.overturning import FreeStanding
from tetrapylon.clear.disposal.shelter import sheltered_by
from tetrapylon.clear.disposal.structures import Structure, nearest_distances
from tetrapylon.clear.disposal.vibration import Shot
from tetrapylon.errors import OutsideModel, ValueRangeError
from tetrapylon.geo.crs import geometry_from_wgs84, utm_for
from tetrapylon.geo.position import COARSE_M
from tetrapylon.model import Claim, Footprint, HeritageHold, HeritageZone, MeasuredShot, Place, Site, by_uid
from tetrapylon.model import Structure as Recorded
from tetrapylon.model.terms import StructureRole
from tetrapylon.record.view import View

STONE_DENSITY = 2000.0
"""Density of free-standing stone, kg/m3 [assumption]: the light end of limestone, because light stone falls first."""
VAGUE_M = 100.0
"""From this radius on the sheet says beside a structure that its position is vague."""
HIGHEST_VALUE = 5
"""Weight of a structure whose significance is not on record: as if it were of the highest."""

Outlines = Sequence[tuple[BaseGeometry, float | None]]
"""Geometries claimed for one structure (WGS84), each with the radius within which it lies, where stated."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A structure on record as the engine reads it, with its outline in WGS84 and what was assumed about it."""

    claim: Claim[Recorded]
    outline: BaseGeometry
    accuracy_m: float
    engine: Structure
    assumed: tuple[str, ...]


class Around:
    """Structures of a view, read once, in the plane of one UTM zone (``lie_around``)."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.epsg: int | None = None
        self._window: shapely.Polygon | None = None
        self._footprints: dict[str, list[tuple[BaseGeometry, float | None]]] = {}
        for claim in view.resolved(Footprint):
            body = claim.body
            if body.structure and body.geometry is not None and not body.geometry.is_empty:
                self._footprints.setdefault(str(body.structure), []).append((body.geometry, body.position_accuracy))
        self._structures: dict[str, list[Claim[Recorded]]] = {}
        for structure in view.resolved(Recorded):
            self._structures.setdefault(structure.uid, []).append(structure)

    def outlines(self, uid: str) -> Outlines:
        """Every geometry claimed for a structure: outlines where there are any, else its point, as wide as it is."""
        extended = [o for o in self._footprints.get(uid, ()) if shapely.get_dimensions(o[0]) > 0]
        claims = self._structures.get(uid, [])
        accuracy = next((c.body.position_accuracy for c in claims if c.body.position_accuracy is not None), None)
        if extended:
            return [(g, a if a is not None else accuracy) for g, a in extended]
        points = [(c.body.geometry, c.body) for c in claims if c.body.geometry is not None]
        return [
            (g, None if b.position_accuracy is None else b.position_accuracy + max(b.length or 0, b.width or 0) / 2)
            for g, b in points
        ]

    def standing(self) -> tuple[list[Standing], list[Claim[Recorded]]]:
        """Structures with a usable position, and those without (unknown, or known to 1,000 m or worse).

        A group is left out: its members stand for it.
        """
        found, missing = [], []
        frequencies = self._frequencies()
        for uid, claims in self._structures.items():
            if claims[0].body.role is StructureRole.GROUP:
                continue
            outlines = [(g, a) for g, a in self.outlines(uid) if a is not None and 0 <= a < COARSE_M]
            if not outlines:
                missing.append(claims[0])
                continue
            if any(self.within(g) for g, _ in outlines):
                found.append(self._standing(claims, outlines, frequencies.get(uid)))
        return found, missing

    def _standing(self, claims: Sequence[Claim[Recorded]], outlines: Outlines, frequency: float | None) -> Standing:
        claim = claims[0]
        plane = [self.plane(g).buffer(a) if a else self.plane(g) for g, a in outlines]
        values = [c.body.significance for c in claims if c.body.significance is not None]
        body, assumed = _free_standing(claims)
        if not values:
            assumed.append(f"significance not on record: weighed as {HIGHEST_VALUE} [assumption]")
        engine = Structure(
            claim.uid,
            claim.body.label,
            shapely.union_all(plane),
            float(max(values, default=HIGHEST_VALUE)),
            frequency_hz=frequency,
            free_standing=body,
        )
        worst = max(a or 0.0 for _, a in outlines)
        if worst >= VAGUE_M:
            assumed.append("its position is known so roughly that the distance is only the least possible")
        return Standing(claim, shapely.union_all([g for g, _ in outlines]), worst, engine, tuple(assumed))

    def lie_around(self, lon: float, lat: float) -> None:
        """Measure in the UTM zone of this place; what is a degree away or more is left out."""
        self.epsg = utm_for(lon, lat)
        self._window = shapely.box(lon - 1, lat - 1, lon + 1, lat + 1)

    def within(self, geometry: BaseGeometry) -> bool:
        """Whether a geometry reaches into the ground that is looked at."""
        return self._window is None or bool(self._window.intersects(geometry))

    def plane(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in plane metres."""
        if self.epsg is None:
            raise OutsideModel("Without a position of the item there is no plane to measure in.")
        return geometry_from_wgs84(geometry, self.epsg)

    def _frequencies(self) -> dict[str, float]:
        """Of the frequencies measured at each structure the one with the lowest limit."""
        measured: dict[str, list[float]] = {}
        for claim in self.view.resolved(MeasuredShot):
            if claim.body.structure and claim.body.frequency:
                measured.setdefault(str(claim.body.structure), []).append(claim.body.frequency)
        return {uid: min(fs, key=lambda f: float(vibration_limit(f).limit_mm_s)) for uid, fs in measured.items()}

    # --- zones ---------------------------------------------------------------------------------------------------

    def zones(self, x: float, y: float) -> tuple[Zone, ...]:
        """Where nothing may be destroyed in place. A zone whose boundary is not on record holds at (x, y) too."""
        found = []
        for claim in self.view.resolved(HeritageZone):
            if claim.body.no_disposal_in_place:
                found.append(self._zone(claim.body.label, claim.body.geometry, claim.body.structure, x, y))
        places = by_uid(self.view.resolved(Place))
        for hold in self.view.resolved(HeritageHold):
            body = hold.body
            geometry = places[str(body.place)].body.geometry if str(body.place) in places else None
            found.append(
                self._zone(f"heritage hold since {body.called} ({body.reason})", geometry, body.structure, x, y)
            )
        return tuple(found)

    def zones_anywhere(self) -> tuple[Zone, ...]:
        """Every zone, when nobody knows where the item lies: each may hold."""
        labels = [c.body.label for c in self.view.resolved(HeritageZone) if c.body.no_disposal_in_place]
        labels += [f"heritage hold since {c.body.called} ({c.body.reason})" for c in self.view.resolved(HeritageHold)]
        return tuple(Zone(label, shapely.Point(0, 0).buffer(1.0)) for label in labels)

    def lines(self) -> list[tuple[str, BaseGeometry]]:
        """Streets, roads and colonnades on record as lines, with their names, in plane metres."""
        named = [(c.body.label, g) for c in self._each() for g, _ in self.outlines(c.uid)]
        named += [(c.body.label, c.body.geometry) for c in self.view.resolved(Place) if c.body.geometry is not None]
        return [(name, self.plane(g)) for name, g in named if shapely.get_dimensions(g) == 1 and self.within(g)]

    def _each(self) -> list[Claim[Recorded]]:
        return [claims[0] for claims in self._structures.values()]

    def _zone(self, label: str, geometry: BaseGeometry | None, structure: str | None, x: float, y: float) -> Zone:
        claimed: Outlines = [(geometry, 0.0)] if geometry is not None else self.outlines(structure) if structure else ()
        there = [(g, COARSE_M if a is None else a) for g, a in claimed if self.within(g)]
        shapes = [self.plane(g).buffer(a + 1.0) for g, a in there]
        if claimed and not shapes:
            return Zone(label, shapely.Polygon())
        if not shapes:
            return Zone(f"{label} (boundary not on record: holds everywhere)", shapely.Point(x, y).buffer(1e6))
        return Zone(label, shapely.union_all(shapes))


def near(
    standing: Sequence[Standing], points: Sequence[tuple[float, float]], reach_m: float, uncertainty_m: float
) -> list[Standing]:
    """Structures within a distance of any of the points; where there are none, the nearest."""
    engines = [s.engine for s in standing]
    if not engines:
        return []
    least = np.min([nearest_distances(x, y, engines, position_uncertainty_m=uncertainty_m) for x, y in points], axis=0)
    order = np.argsort(least, kind="stable").tolist()
    return [standing[i] for i in order if least[i] <= reach_m] or [standing[order[0]]]


def behind_walls(standing: Sequence[Standing], x: float, y: float) -> list[Standing]:
    """The structures, those marked before which another on record stands as seen from (x, y)."""
    heights = [s.claim.body.height or math.nan for s in standing]
    free = [math.nan if s.engine.free_standing else h for s, h in zip(standing, heights, strict=True)]
    walls = sheltered_by(x, y, [s.engine.footprint for s in standing], free)
    return [
        s
        if wall < 0
        else replace(
            s,
            engine=replace(s.engine, sheltered=True),
            assumed=(*s.assumed, f"{standing[wall].engine.name} stands between: the air blast is outside the model"),
        )
        for s, wall in zip(standing, walls.tolist(), strict=True)
    ]


def _free_standing(claims: Sequence[Claim[Recorded]]) -> tuple[FreeStanding | None, list[str]]:
    """The free-standing body, from the least favourable measures on record; what had to be assumed."""
    bodies = [c.body for c in claims if c.body.free_standing]
    if not bodies:
        return None, []
    heights = [b.height for b in bodies if b.height]
    across = [s for b in bodies for s in (b.width, b.length) if s]
    if not heights or not across:
        return None, ["stands free, but its height or its width is not on record: no overturning can be computed"]
    leans = [b.lean for b in bodies if b.lean is not None]
    depth, breadth = min(across), max(across)
    square = breadth > depth
    try:
        body = FreeStanding(
            max(heights),
            depth,
            STONE_DENSITY,
            "block" if square else "cylinder",
            breadth if square else None,
            math.radians(max(leans)) if leans else None,
        )
    except (OutsideModel, ValueRangeError) as why:
        return None, [f"no overturning can be computed: {why}"]
    return body, [f"density {STONE_DENSITY:,.0f} kg/m3 [assumption]"]


def shots_elsewhere(view: View, log: SiteLog) -> int:
    """Measured shots on record that are not of this ground."""
    return len(by_uid(view.resolved(MeasuredShot))) - len(log.shots)


def log_of(view: View, place: BaseGeometry | None) -> SiteLog:
    """Measured shots of the ground the item lies on, in order of date, and the law they leave.

    With one site on record every shot is of it; with several only those of the site whose outline holds the item.
    """
    every: Iterable[Claim[MeasuredShot]] = by_uid(view.resolved(MeasuredShot)).values()
    every = [c for c in every if not c.body.broken_rules()]
    shots = sorted(every, key=lambda c: (c.body.date.date, c.body.local_id or c.uid))
    sites = view.resolved(Site)
    if len({s.uid for s in sites}) > 1:
        here = {s.uid for s in sites if place and s.body.geometry and s.body.geometry.intersects(place)}
        shots = [c for c in shots if c.body.site in here]
    return site_log([Shot(c.body.charge, c.body.distance, c.body.peak_velocity) for c in shots])
