"""CLEAR, disposal next to a monument: the cordon, what the limits reach, the options, and what was measured.

Consequences only, never procedures; the authority stays with the EOD operator. Heritage ranks only among options that a
named EOD operator marked acceptable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import shapely

from tetrapylon.clear.disposal import contours as drawing
from tetrapylon.clear.disposal.airblast import Surroundings as Open
from tetrapylon.clear.disposal.cordon import ASK, Cordon, Item, StatedCordon, cordon
from tetrapylon.clear.disposal.decision import DecisionSheet, Situation, Zone, decide
from tetrapylon.clear.disposal.limits import vibration_limit
from tetrapylon.clear.disposal.marks import Verification
from tetrapylon.clear.disposal.measured import SiteLog
from tetrapylon.clear.disposal.options import Option
from tetrapylon.clear.disposal.ranking import Charge
from tetrapylon.clear.disposal.ranking import Site as Ground
from tetrapylon.clear.disposal.structures import SAFE_PRESSURE, disc
from tetrapylon.errors import OutsideModel, ValueRangeError
from tetrapylon.geo.crs import geometry_to_wgs84
from tetrapylon.model import Claim, Mandate, Party, Structure, by_uid
from tetrapylon.model.terms import Disposal, MandateMatter, Surroundings
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.disposal_ground import Around, Standing, behind_walls, log_of, near, shots_elsewhere
from tetrapylon.workflow.disposal_item import (
    Claims,
    Whereabouts,
    charge_of,
    claims_of,
    item_of,
    linked_to,
    places_of,
    surroundings_of,
    unreadable_items,
)
from tetrapylon.workflow.disposal_options import Stated, options_of, stated_of
from tetrapylon.workflow.disposal_result import (
    CRITERIA,
    CordonLine,
    DisposalSheet,
    LimitContour,
    SentryPost,
    StructureNear,
    brick_houses,
)
from tetrapylon.workflow.product import Product

STATED = Verification("V")
"""Mark of a distance that the EOD operator states: read on record."""
MOST_SENTRIES = 12
LISTED_M = 2000.0
"""How far structures are listed where nobody can say how far anything reaches."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """The middle of where the item lies, plane metres, and the radius within which it lies."""

    x: float
    y: float
    uncertainty_m: float


def disposal_sheet(
    record: Record, *, item: str, on: str | None = None, known: str | None = None
) -> Product[DisposalSheet]:
    """The sheet of one item, by local id or uid.

    Raises
    ------
    NotFound : there is no such item in the view, or it is destroyed already.
    """
    view = record.view(on=on, known=known)
    return Product("clear disposal", sheet_of(view, item), view, {"item": item})


def measured_log(record: Record, *, on: str | None = None, known: str | None = None) -> Product[SiteLog]:
    """Every measured shot against what was predicted before it, and the law of the ground they leave."""
    view = record.view(on=on, known=known)
    return Product("clear measured", log_of(view, None), view)


def sheet_of(view: View, name: str) -> DisposalSheet:
    """The sheet of one item in a view."""
    claims = claims_of(view, name)
    linked = linked_to(claims, view)
    groups = [claims, *(one.claims for one in linked)]
    items, charge = [item_of(group) for group in groups], _charge(groups)
    unread = unreadable_items(view)
    if unread:
        charge = None
    surroundings, basis = surroundings_of(claims)
    around = Around(view)
    place, unplaced_links = places_of(claims, linked, view, around.outlines)
    spot = _spot(around, place) if place is not None else None
    stated = _as_far_as_placed(stated_of(view, claims[0].uid), spot)
    rule, no_distance = (None, unread) if unread else _by_rule(items, stated)
    distance = _larger(rule, stated.distance, no_distance)
    log = log_of(view, place.area if place else None)
    options, accepted, said = options_of(view, claims[0].uid, around, (spot.x, spot.y) if spot else None)
    reach = _reach(distance, charge, log)
    standing, placed, unplaced = _standing(around, spot, reach, options)

    ground = None
    if spot is not None and standing:
        engines = tuple(s.engine for s in standing)
        ground = Ground(spot.x, spot.y, engines, spot.uncertainty_m, _open(surroundings), log.law)
    zones = around.zones(spot.x, spot.y) if spot else around.zones_anywhere()
    sheet = decide(
        Situation(
            claims[0].name,
            ground,
            charge,
            distance,
            stated.evacuation,
            stated.evacuation_possible,
            stated.explosives_permitted,
            zones,
            _unknown(spot, standing, charge),
            spot.uncertainty_m if spot else 0.0,
        ),
        options,
    )
    drawn = None
    if ground is not None and charge is not None:
        drawn = drawing.contours(
            ground.x,
            ground.y,
            charge.high_kg,
            ground.structures,
            None if isinstance(distance, str) else distance,
            position_uncertainty_m=ground.position_uncertainty_m,
            surroundings=ground.surroundings,
            law=log.law,
        )
    cordons = _cordons(around, distance, options, spot)
    found = _near(standing, sheet, drawn, spot, distance)
    masses = [i.all_up_mass_kg for i in items if i.all_up_mass_kg is not None]
    return DisposalSheet(
        item=claims[0],
        linked=linked,
        all_up_mass_kg=math.fsum(masses) if len(masses) == len(items) and not unread else None,
        charge=charge,
        place=place,
        centre=_to_wgs84(around, shapely.Point(spot.x, spot.y)) if spot else None,
        position_uncertainty_m=spot.uncertainty_m if spot else None,
        surroundings=surroundings,
        surroundings_basis=basis,
        no_distance=no_distance,
        cordons=cordons,
        stated=stated.distance,
        contours=_limits(around, drawn, standing),
        structures=found,
        beyond=placed - len(standing),
        reach_m=reach,
        unplaced=tuple(unplaced),
        sheet=sheet,
        accepted=accepted,
        log=log,
        holds=_holds(zones, spot),
        evacuate=tuple(n.claim.body.label for n in found if n.in_cordon),
        sentries_stated=stated.sentries,
        sentries=_sentries(around, cordons, spot),
        notify=stated.notifications,
        mandates=_mandates(view),
        remarks=(
            *_about_item(claims),
            *unplaced_links,
            *stated.remarks,
            *said,
            *_about_shots(shots_elsewhere(view, log)),
        ),
        tier=view.highest_tier,
    )


def _charge(groups: Sequence[Claims]) -> Charge | None:
    charges = [charge_of(group) for group in groups]
    known = [c for c in charges if c is not None]
    return Charge.summed(known) if len(known) == len(charges) else None


def _as_far_as_placed(stated: Stated, spot: _Spot | None) -> Stated:
    """The evacuated radius less the uncertainty: the item may lie that much nearer to the edge of what is empty."""
    evacuation = stated.evacuation
    if evacuation is None:
        return stated
    left = evacuation.radius_m - spot.uncertainty_m if spot is not None else 0.0
    if left <= 0:
        remark = "the evacuation does not count: the position of the item is not known well enough"
        return replace(stated, evacuation=None, remarks=(*stated.remarks, remark))
    return replace(stated, evacuation=replace(evacuation, radius_m=left))


def _by_rule(items: Sequence[Item], stated: Stated) -> tuple[Cordon | None, str]:
    """The withdrawal distance of the rules, or why there is none."""
    try:
        return cordon(items, evacuation=stated.evacuation, stone_throw_m=stated.stone_throw_m), ""
    except OutsideModel as why:
        return None, str(why)
    except ValueRangeError as why:
        return None, f"{why.message} {ASK}"


def _larger(rule: Cordon | None, stated: StatedCordon | None, why: str) -> Cordon | StatedCordon | str:
    """The larger of rule and statement; the statement alone where the rules do not reach."""
    if rule is None:
        return stated or why
    return stated if stated is not None and stated.distance_m > rule.distance_m else rule


def _spot(around: Around, place: Whereabouts) -> _Spot:
    """The smallest circle around every place on record, its accuracy added."""
    middle = shapely.centroid(place.area)
    around.lie_around(middle.x, middle.y)
    plane = around.plane(place.area)
    centre = shapely.centroid(shapely.minimum_bounding_circle(plane))
    farthest = float(shapely.minimum_bounding_radius(plane))
    return _Spot(centre.x, centre.y, farthest + place.accuracy_m)


def _open(surroundings: Surroundings) -> Open:
    """Surroundings for the engine; not on record counts as open ground, which the sheet says."""
    return "open" if surroundings is Surroundings.UNKNOWN else cast(Open, surroundings.value)


def _standing(
    around: Around,
    spot: _Spot | None,
    reach: float | None,
    options: Sequence[Option],
) -> tuple[list[Standing], int, list[Claim[Structure]]]:
    """Structures within reach, how many have a position, and those without one."""
    if spot is None:
        return [], 0, list(by_uid(around.view.resolved(Structure)).values())
    every, unplaced = around.standing()
    points = [(spot.x, spot.y)]
    points += [(s.x, s.y) for o in options for s in o.scenarios if s.x is not None and s.y is not None]
    seen = behind_walls(every, spot.x, spot.y)
    return near(seen, points, LISTED_M if reach is None else reach, spot.uncertainty_m), len(every), unplaced


def _reach(distance: Cordon | StatedCordon | str, charge: Charge | None, log: SiteLog) -> float | None:
    """Farther than this, m, neither the cordon nor the lowest limit of any structure reaches; None: nobody can say."""
    if isinstance(distance, str) or charge is None:
        return None
    lowest = float(np.min(vibration_limit(None).limit_mm_s))
    vibration = float(drawing.upper_vibration_distance([lowest], charge.high_kg, log.law)[0])
    pressure = float(np.max(drawing.pressure_distance([SAFE_PRESSURE.value], charge.high_kg)))
    return None if math.isnan(vibration) else max(distance.distance_m, vibration, pressure)


def _unknown(spot: _Spot | None, standing: Sequence[Standing], charge: Charge | None) -> tuple[str, ...]:
    said = []
    if spot is None:
        said.append("the position of the item is not on record")
    elif not standing:
        said.append("no structure with a position is on record")
    if charge is None:
        said.append("neither the explosive quantity nor the mass is on record")
    return tuple(said)


def _cordons(
    around: Around, distance: Cordon | StatedCordon | str, options: Sequence[Option], spot: _Spot | None
) -> tuple[CordonLine, ...]:
    """The cordon where the item lies, and around each place it would be moved to."""
    if isinstance(distance, str):
        return ()
    places = [("where it lies", spot)]
    for option in options:
        for s in option.scenarios:
            if s.x is not None and s.y is not None:
                places.append((f"{option.name}: {s.name}", _Spot(s.x, s.y, s.spread_m)))
    lines = []
    for where, at in places:
        radius = math.ceil(distance.distance_m + (at.uncertainty_m if at else 0.0))
        outline = _to_wgs84(around, disc(at.x, at.y, radius)) if at else None
        if isinstance(distance, Cordon):
            ruled = distance.fragments if distance.governed_by == "fragments" else distance.blast
            rule, source = (ruled or distance.blast).source.split("; ", 1)
            lines.append(
                CordonLine(
                    where,
                    distance.distance_m,
                    radius,
                    f"{distance.governed_by}: {rule}",
                    distance.verification,
                    source,
                    distance.statements,
                    outline,
                )
            )
        else:
            by = f"stated by {distance.stated_by}"
            metres = math.ceil(distance.distance_m)
            lines.append(CordonLine(where, metres, radius, by, STATED, distance.reference, (), outline))
    return tuple(lines)


def _limits(around: Around, drawn: drawing.Contours | None, standing: Sequence[Standing]) -> tuple[LimitContour, ...]:
    names = {s.engine.uid: s.engine.name for s in standing}
    return tuple(
        LimitContour(
            ring.criterion,
            f"{CRITERIA[ring.criterion]}: {ring.limit:.3g} {ring.unit}",
            ring.limit,
            ring.unit,
            ring.radius_m,
            ring.verification,
            ring.source,
            tuple(names[uid] for uid in ring.structures),
            _to_wgs84(around, ring.polygon),
        )
        for ring in (drawn.rings if drawn is not None else ())
    )


def _near(
    standing: Sequence[Standing],
    sheet: DecisionSheet,
    drawn: drawing.Contours | None,
    spot: _Spot | None,
    distance: Cordon | StatedCordon | str,
) -> tuple[StructureNear, ...]:
    effects = {e.uid: e for e in sheet.effects}
    found = []
    for i, one in enumerate(standing):
        at = shapely.Point(spot.x, spot.y) if spot else None
        metres = max(float(shapely.distance(at, one.engine.footprint)) - (spot.uncertainty_m if spot else 0.0), 0.0)
        inside = isinstance(distance, str) or metres <= distance.distance_m
        reached = [c for c in CRITERIA if drawn is not None and drawn.reached[c][i]]  # type: ignore[index]
        found.append(
            StructureNear(
                one.claim,
                one.outline,
                float(drawn.distance_m[i]) if drawn is not None else metres,
                effects.get(one.engine.uid),
                bool(drawn.in_cordon[i]) if drawn is not None else inside,
                tuple(CRITERIA[c] for c in reached),
                drawn is None or bool(drawn.outside_model[i]),
                one.assumed,
            )
        )
    return tuple(sorted(found, key=lambda n: n.distance_m))


def _holds(zones: Sequence[Zone], spot: _Spot | None) -> tuple[str, ...]:
    """Zones and holds that the item may lie in."""
    if spot is None:
        return tuple(zone.name for zone in zones)
    where = disc(spot.x, spot.y, max(spot.uncertainty_m, 1.0))
    return tuple(zone.name for zone in zones if zone.area.intersects(where))


def _sentries(around: Around, cordons: Sequence[CordonLine], spot: _Spot | None) -> tuple[SentryPost, ...]:
    """Where lines on record cross the first cordon, clockwise from north."""
    if spot is None or not cordons:
        return ()
    ring = disc(spot.x, spot.y, cordons[0].radius_m).exterior
    posts = []
    for name, line in around.lines():
        crossing = shapely.get_parts(shapely.intersection(line, ring))
        for point in shapely.centroid(crossing[~shapely.is_empty(crossing)]):
            bearing = math.degrees(math.atan2(point.x - spot.x, point.y - spot.y)) % 360
            there = _to_wgs84(around, point)
            posts.append(SentryPost(name, round(bearing), float(there.x), float(there.y)))
    return tuple(sorted(posts, key=lambda p: p.bearing_deg)[:MOST_SENTRIES])


def _to_wgs84(around: Around, shape: shapely.Geometry) -> shapely.Geometry:
    assert around.epsg is not None
    return geometry_to_wgs84(shape, around.epsg)


def _about_item(claims: Claims) -> tuple[str, ...]:
    said = []
    if len(claims) > 1:
        said.append(f"{len(claims)} claims about the item are on record; the least favourable of each value is used")
    moved = [c.body.disposal for c in claims if c.body.disposal not in (Disposal.IN_PLACE, Disposal.UNKNOWN)]
    if moved:
        said.append(f"recorded as {moved[0].label}: the position on record may be where it was found")
    return tuple(said)


def _about_shots(elsewhere: int) -> tuple[str, ...]:
    return (f"{elsewhere} measured shot(s) on record are of another ground and not used",) if elsewhere else ()


def _mandates(view: View) -> tuple[str, ...]:
    """Who holds a mandate for disposal or for consent, as on record."""
    parties = by_uid(view.resolved(Party, ever=True))
    wanted = (MandateMatter.DISPOSAL, MandateMatter.HERITAGE_CONSENT, MandateMatter.ACCESS)
    found = []
    for claim in view.resolved(Mandate):
        if claim.body.matter in wanted:
            holder = parties.get(str(claim.body.party))
            found.append(f"{claim.body.matter.label}: {holder.body.label if holder else claim.body.party}")
    return tuple(dict.fromkeys(found))


__all__ = [
    "CordonLine",
    "DisposalSheet",
    "LimitContour",
    "SentryPost",
    "StructureNear",
    "brick_houses",
    "disposal_sheet",
    "measured_log",
    "sheet_of",
]
