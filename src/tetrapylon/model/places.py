"""The site, its places, structures, voids and heritage zones."""

from __future__ import annotations

from typing import Annotated

from shapely.geometry.base import BaseGeometry

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref
from tetrapylon.model.field import CRS, Term, Unit
from tetrapylon.model.parties import Party, Statement
from tetrapylon.model.terms import PlaceKind, SearchMethod, StructureRole, VoidKind
from tetrapylon.model.tiers import Tier

WGS84 = CRS("EPSG:4326")


class Site(Entity):
    """A site the record is about."""

    background = True
    term = "CRM E27 Site"

    label: Annotated[str, "Name"]
    geometry: Annotated[BaseGeometry | None, "Outline", WGS84] = None
    country: Annotated[str | None, "Country the ground lies in, ISO 3166-1 alpha-2"] = None
    simulated: Annotated[bool, "True: invented ground, for training and tests; every figure about it is a scenario"] = (
        False
    )
    listing: Annotated[str | None, "Protection status"] = None
    banner: Annotated[str | None, "Warning that every page and document about the site carries"] = None
    licence: Annotated[str | None, "Licences and attributions of what the case holds"] = None
    note: Annotated[str | None, "Remarks"] = None


class Place(Entity):
    """A named area that figures speak of. A boundary that is not on record is left out, never invented."""

    background = True
    term = "CRM E53 Place"

    label: Annotated[str, "Name"]
    kind: Annotated[PlaceKind, "Kind of place"] = PlaceKind.AREA
    part_of: Annotated[Ref[Place] | None, "Place that contains it", Term("CRM P89 falls within")] = None
    geometry: Annotated[BaseGeometry | None, "Boundary, only when it is on record", WGS84] = None
    note: Annotated[str | None, "Remarks"] = None


class Structure(Entity):
    """A monument, building, element or movable object."""

    background = True
    term = "CRM E22 Human-Made Object"

    label: Annotated[str, "Name"]
    role: Annotated[StructureRole, "Whole, element, object or group"] = StructureRole.WHOLE
    type: Annotated[str | None, "Kind of structure (temple, arch, tower tomb ...)"] = None
    aliases: Annotated[tuple[str, ...], "Other names"] = ()
    built: Annotated[str | None, "When it was built, as stated"] = None
    parent: Annotated[Ref[Structure] | None, "Structure it is part of", Term("CRM P46i forms part of")] = None
    geometry: Annotated[BaseGeometry | None, "Footprint, line or point", WGS84] = None
    position_accuracy: Annotated[float | None, "Radius within which the position lies", Unit("m")] = None
    position_source: Annotated[str | None, "How the position was come by"] = None
    length: Annotated[float | None, "Length", Unit("m")] = None
    width: Annotated[float | None, "Width", Unit("m")] = None
    height: Annotated[float | None, "Height", Unit("m")] = None
    free_standing: Annotated[bool | None, "Whether it stands free, like a column, a statue or stacked drums"] = None
    lean: Annotated[float | None, "Lean from the vertical", Unit("deg")] = None
    volume: Annotated[float | None, "Volume of the fabric before the event", Unit("m3")] = None
    significance: Annotated[int | None, "1 to 5: the compiler's judgement, not the authority's"] = None
    significance_reason: Annotated[str | None, "Why"] = None
    osm_way: Annotated[int | None, "OpenStreetMap way"] = None
    note: Annotated[str | None, "Remarks"] = None


class Footprint(Entity):
    """A geometry claimed for a structure by some source; several may differ, and none is picked for the reader."""

    background = True
    term = "CRMgeo SP5 Geometric Place Expression"

    structure: Annotated[Ref[Structure] | None, "Structure it outlines; none: not identified"] = None
    geometry: Annotated[BaseGeometry | None, "Polygon, line or point", WGS84] = None
    label: Annotated[str | None, "Name in the source"] = None
    position_accuracy: Annotated[float | None, "Radius within which it lies", Unit("m")] = None
    method: Annotated[str | None, "How it was come by"] = None
    osm_way: Annotated[int | None, "OpenStreetMap way"] = None
    licence: Annotated[str | None, "Licence of the geometry"] = None


class Void(Entity):
    """A wall void or a heap of rubble that has an explosive-ordnance status of its own."""

    background = True
    structure: Annotated[Ref[Structure], "Structure it belongs to"]
    kind: Annotated[VoidKind, "Void or rubble"]
    label: Annotated[str | None, "Name or number"] = None
    geometry: Annotated[BaseGeometry | None, "Where it is", WGS84] = None
    height: Annotated[float | None, "Height of rubble or depth of void", Unit("m")] = None
    note: Annotated[str | None, "Remarks"] = None


class HeritageZone(Entity):
    """Ground where clearance is limited for the sake of heritage."""

    holds = Holds.INTERVAL
    span = ("start", "end")

    label: Annotated[str, "Name"]
    geometry: Annotated[BaseGeometry | None, "Boundary", WGS84] = None
    structure: Annotated[Ref[Structure] | None, "Structure it protects"] = None
    methods_permitted: Annotated[tuple[SearchMethod, ...], "Methods permitted; empty: not stated"] = ()
    max_depth: Annotated[float | None, "Greatest depth permitted", Unit("m")] = None
    no_disposal_in_place: Annotated[bool, "True: nothing may be destroyed where it lies"] = False
    authority: Annotated[Ref[Party] | None, "Who set it"] = None
    start: Annotated[When | None, "From when"] = None
    end: Annotated[When | None, "Until when"] = None
    note: Annotated[str | None, "Remarks"] = None


class HeritageHold(Entity):
    """A stop called because of a find that may be heritage."""

    holds = Holds.INTERVAL
    span = ("called", "released")

    called: Annotated[When, "When it was called"]
    reason: Annotated[str, "Why"]
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    place: Annotated[Ref[Place] | None, "Place"] = None
    find: Annotated[str | None, "What was found"] = None
    called_by: Annotated[Ref[Party] | None, "Who called it"] = None
    released: Annotated[When | None, "When it was lifted"] = None
    released_by: Annotated[Ref[Party] | None, "Who lifted it"] = None
    whereabouts: Annotated[str | None, "Exact position of the find", Tier.RESTRICTED] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None
