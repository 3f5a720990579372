"""What is checked of one outline and what is stated about it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey.overlay import square_metres
from tetrapylon.clear.survey.subject import Parcel, Product, Survey
from tetrapylon.errors import GeometryError, OutsideModel
from tetrapylon.evidence import words
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Flaw, Proposal, Severity, check
from tetrapylon.geo.crs import geometry_from_wgs84, geometry_to_wgs84, utm_for
from tetrapylon.geo.planar import POLYGONS

UNITS = {"square feet": 0.09290304, "acres": 4046.8564224, "dunams": 1_000.0, "hectares": 1e4, "square kilometres": 1e6}
"""m2 of what a figure may have been meant in; exact by definition (international foot and acre, metric dunam)."""
UNIT_SHARE = 0.1
"""Relative difference within which another unit is named [P]."""


@check("not-an-outline", Severity.ADVICE, "ground drawn as something that bounds none")
def not_an_outline(it: Survey) -> Iterator[Flaw]:
    """Points, lines and collections are neither measured nor compared; in a layer of unknown kind only collections."""
    for parcel, shape in zip(it.parcels, it.shapes, strict=True):
        if shape is None or shape.is_empty or shape.geom_type in POLYGONS:
            continue
        if parcel.product is not Product.OUTLINE or shape.geom_type == "GeometryCollection":
            yield Flaw(
                f"{parcel.name} ({parcel.product}) is drawn as a {shape.geom_type}: it is not measured or compared.",
                about=(parcel.uid,),
            )


@check("declared-area", Severity.ADVICE, "declared and computed area differ")
def declared_area(it: Survey) -> Iterator[Flaw]:
    """Compared with the geodesic area; the wording of the figure counts ("about", "at least")."""
    at = [int(i) for i in np.flatnonzero(it.usable) if it.parcels[i].declared is not None]
    for i, computed in zip(at, measure.areas(it.shapes[at]), strict=True):
        parcel, margin = it.parcels[i], it.limits.declared_share * computed
        stated = parcel.declared
        if stated is None or stated.interval.lo - margin <= computed <= stated.interval.hi + margin:
            continue
        yield Flaw(
            f"{parcel.name} is declared {words.stated(stated, 'm2')}; its outline has {computed:,.0f} m2 "
            f"({_times(stated.value, computed)}).{_unit(stated.value, computed)}",
            inside(it.shapes[i]),
            about=(parcel.uid,),
        )


@check("accuracy-too-coarse", Severity.ADVICE, "positions too inexact for an outline of this size")
def accuracy_too_coarse(it: Survey) -> Iterator[Flaw]:
    """Half the boundary length times the accuracy, the strip by which one side may move, against the area."""
    at = [int(i) for i in np.flatnonzero(it.usable) if it.parcels[i].accuracy is not None]
    areas, lengths = measure.areas(it.shapes[at]), measure.lengths(it.shapes[at])
    for i, area, boundary in zip(at, areas, lengths, strict=True):
        parcel = it.parcels[i]
        strip = 0.5 * boundary * (parcel.accuracy or 0.0)
        if strip > it.limits.accuracy_share * area:
            yield Flaw(
                f"{parcel.name}: an accuracy of {parcel.accuracy:g} m may move {strip:,.0f} m2 of its {area:,.0f} m2.",
                inside(it.shapes[i]),
                about=(parcel.uid,),
            )


@check("wrong-zone", Severity.ERROR, "outside the site, but inside it with another UTM zone")
def wrong_zone(it: Survey) -> Iterator[Flaw]:
    """Metres read in a neighbouring zone: carried to their own zone's metres and read in the site's."""
    if it.site is None:
        return
    middle = shapely.centroid(it.site)
    home = utm_for(middle.x, middle.y)
    away = np.flatnonzero(it.usable)
    away = away[~shapely.intersects(it.shapes[away], shapely.box(*it.site.bounds))]
    for i in away:
        moved = _reread(it.shapes[i], home)
        if moved is not None and moved.intersects(it.site):
            parcel = it.parcels[i]
            zone = home % 100
            action = f"read its metres in UTM zone {zone}, the site's"
            yield Flaw(
                f"{parcel.name} lies outside the site, but inside it when its metres are read in UTM zone {zone}.",
                inside(it.shapes[i]),
                proposals=(Proposal(action, moved, measure.area(moved)),),
                about=(parcel.uid,),
            )


@check("parts-overlap", Severity.ADVICE, "parts of one record share more than 0.9 % of the smaller")
def parts_overlap(it: Survey) -> Iterator[Flaw]:
    for i, shape in enumerate(it.shapes):
        if shape is None or shape.geom_type != "MultiPolygon" or not np.isfinite(shape.bounds).all():
            continue
        parts = shapely.get_parts(shape)
        if it.usable[i] or not shapely.is_valid(parts).all():
            continue  # the parts of a valid multi-polygon share no ground; broken parts have their own finding
        left, right = shapely.STRtree(parts).query(parts, predicate="intersects")
        once = left < right
        left, right = left[once], right[once]
        area = square_metres(parts)
        shared = square_metres(shapely.intersection(parts[left], parts[right]))
        large = shared > it.limits.overlap_share * np.minimum(area[left], area[right])
        if large.any():
            united = shapely.union_all(parts)
            yield Flaw(
                f"{int(large.sum())} pairs of parts of {it.parcels[i].name} share ground, "
                f"{shared[large].sum():,.0f} m2.",
                inside(shape),
                int(large.sum()),
                (Proposal("unite its parts", united, measure.area(united)),),
                (it.parcels[i].uid,),
            )


@check("unspecified-clearance", Severity.ERROR, "cleared without depth, datum or method")
def unspecified_clearance(it: Survey) -> Iterator[Flaw]:
    for parcel in it.parcels:
        missing = _missing(parcel)
        if parcel.product is Product.CLEARED and missing:
            yield Flaw(f"{parcel.name} is cleared, but {', '.join(missing)} not stated.", about=(parcel.uid,))


@check("unspecified-search", Severity.ADVICE, "searched or worked without depth or method")
def unspecified_search(it: Survey) -> Iterator[Flaw]:
    for parcel in it.parcels:
        missing = [m for m in _missing(parcel) if m != "datum"]
        if parcel.product in (Product.SEARCHED, Product.WORKED) and missing:
            yield Flaw(f"{parcel.name}: {', '.join(missing)} not stated.", about=(parcel.uid,))


@check("implausible-depth", Severity.ADVICE, "a depth that is negative, or greater than ground is searched to")
def implausible_depth(it: Survey) -> Iterator[Flaw]:
    stated = [(p.name, p.uid, p.depth) for p in it.parcels] + [(e.name, e.uid, e.depth) for e in it.events]
    for name, uid, depth in stated:
        if depth is not None and not 0.0 <= depth <= it.limits.deepest:
            reason = "depths are positive downwards" if depth < 0 else "centimetres or feet?"
            yield Flaw(f"{name}: a depth of {depth:g} m ({reason}).", about=(uid,))


def inside(shape: BaseGeometry) -> tuple[float, float]:
    """A place on the outline's ground, (lon, lat)."""
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)


def _missing(parcel: Parcel) -> list[str]:
    stated = (("method", parcel.methods), ("depth", parcel.depth is not None), ("datum", parcel.datum))
    return [what for what, there in stated if not there]


def _times(declared: float, computed: float) -> str:
    return f"{declared / computed:.3g} times that" if computed > 0 else "nothing"


def _unit(declared: float, computed: float) -> str:
    """The unit in which the figure would be right, if there is one."""
    near = (unit for unit, m2 in UNITS.items() if computed > 0 and abs(declared * m2 / computed - 1.0) < UNIT_SHARE)
    return next((f" In {unit} it would agree." for unit in near), "")


def _reread(shape: BaseGeometry, home: int) -> BaseGeometry | None:
    """A geometry whose metres in its own UTM zone are taken for metres in zone ``home``; None where that fails."""
    middle = shapely.centroid(shape)
    try:
        own = utm_for(middle.x, middle.y)
        return None if own == home else geometry_to_wgs84(geometry_from_wgs84(shape, own), home)
    except (GeometryError, OutsideModel):
        return None
