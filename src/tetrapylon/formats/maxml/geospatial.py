"""GeospatialInfo of maXML and GeoJSON: points with latitude and longitude, alone or as corners of polygons and lines.

Coordinates are degrees on WGS 84, the storage format of IMSMA (its documentation: "Y / Latitude ... Storage format");
what the user typed in another system stands beside them and is kept, not read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from tetrapylon.formats import values
from tetrapylon.formats.maxml.names import fold
from tetrapylon.formats.maxml.parse import local, own_text
from tetrapylon.formats.problems import Bad

LATITUDE, LONGITUDE = (
    ("latitude", "ylatitude", "ylat", "lat", "y"),
    ("longitude", "xlongitude", "xlong", "long", "lon", "x"),
)
NUMBER = ("pointnumber", "pointno", "number")
KIND = ("pointtype", "pointtypeenum", "type")
SYSTEM = ("coordinatesystem", "coordrefsys", "coordinatereferencesystem", "datum")
SHAPE = ("shape", "shapeenum", "shapetype", "featuretype")
_COMMA = re.compile(r"[-+]?\d{1,3},\d+", re.ASCII)
APART = ("landmark", "reference", "benchmark", "control")
"""Parts of the names of point types that mark the way to the ground, not the ground."""


def read(element: Element, path: str) -> dict[str, Any] | None:
    """GeoJSON geometry of one GeospatialInfo; None where it holds no position of the ground itself.

    Raises
    ------
    Bad : a coordinate is no number of degrees, another datum is named, or a polygon has fewer than 3 points.
    """
    groups: dict[int, tuple[str, list[tuple[float, float, float, str]]]] = {}
    for holder, point, place in _points(element, path):
        _known_system(point, holder, element, place)
        kind = _first(point, KIND) or ""
        if any(part in fold(kind) for part in APART):
            continue
        position = _position(point, place)
        order = _first(point, NUMBER) or ""
        rank = float(order) if order.isascii() and order.isdigit() else math.inf
        shape = _shape(holder, element)
        key = id(holder) if shape != "point" else 0
        groups.setdefault(key, (shape, []))[1].append((rank, *position, place))
    polygons, lines, points = [], [], []
    for shape, found in groups.values():
        numbered = len({f[0] for f in found}) == len(found) and all(math.isfinite(f[0]) for f in found)
        ordered = sorted(found) if numbered else found
        positions = [[lon, lat] for _, lon, lat, _ in ordered]
        if shape == "polygon":
            if positions[0] == positions[-1] and len(positions) > 1:
                positions.pop()
            if len(positions) < 3:
                raise Bad(
                    f"{len(positions)} points", "A polygon needs at least 3 points.", code="geometry", column=path
                )
            polygons.append([[*positions, positions[0]]])
        elif shape == "line" and len(positions) > 1:
            lines.append(positions)
        else:
            points += positions
    return _one("Polygon", polygons) or _one("LineString", lines) or _one("Point", points)


def join(shapes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The geometries of several GeospatialInfo as one: polygons before lines before points."""
    for kind in ("Polygon", "LineString", "Point"):
        found: list[Any] = []
        for shape in shapes:
            if shape["type"] == kind:
                found.append(shape["coordinates"])
            elif shape["type"] == f"Multi{kind}":
                found += shape["coordinates"]
        if found:
            return _one(kind, found)
    return None


def has_holes(shape: dict[str, Any]) -> bool:
    """Whether a polygon of the geometry has an inner ring, which GeospatialInfo has no place for."""
    if shape["type"] == "GeometryCollection":
        return any(has_holes(part) for part in shape["geometries"])
    coordinates = shape.get("coordinates") or []
    polygons = [coordinates] if shape["type"] == "Polygon" else coordinates if shape["type"] == "MultiPolygon" else []
    return any(len(rings) > 1 for rings in polygons)


def write(shape: dict[str, Any]) -> list[Element]:
    """GeospatialInfo elements of a geometry: outer rings, lines and points; the rest has no place there."""
    kind, coordinates = str(shape["type"]), shape.get("coordinates") or []
    if kind == "GeometryCollection":
        return [e for part in shape["geometries"] for e in write(part)]
    parts = coordinates if kind.startswith("Multi") else [coordinates] if coordinates else []
    base = kind.removeprefix("Multi")
    found = []
    for part in parts:
        info = Element("GeospatialInfo")
        if base == "Polygon":
            _corners(SubElement(info, "Polygon"), part[0][:-1] if part else [])
        elif base == "LineString":
            _corners(SubElement(info, "Polyline"), part)
        else:
            _corners(info, [part])
        found.append(info)
    return found


def _corners(holder: Element, positions: list[list[float]]) -> None:
    for number, position in enumerate(positions, start=1):
        point = SubElement(holder, "Point")
        for name, value in (("PointNumber", number), ("Latitude", position[1]), ("Longitude", position[0])):
            SubElement(point, name).text = repr(value)


def _one(kind: str, parts: list[Any]) -> dict[str, Any] | None:
    if not parts:
        return None
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    return {"type": f"Multi{kind}", "coordinates": parts}


def _points(element: Element, path: str) -> Iterator[tuple[Element, Element, str]]:
    """Every element that has a latitude and a longitude, with the element that holds it and its path."""
    waiting = [(element, element, path)]
    while waiting:
        holder, current, place = waiting.pop()
        if _first(current, LATITUDE) is not None and _first(current, LONGITUDE) is not None:
            yield holder, current, place
            continue
        counts: dict[str, int] = {}
        below = []
        for part in current:
            name = local(part)
            counts[name] = counts.get(name, 0) + 1
            below.append((current, part, f"{place}/{name}[{counts[name]}]"))
        waiting += reversed(below)


def _first(element: Element, names: tuple[str, ...]) -> str | None:
    """Text of the first attribute or child of one of the names; "" where it is there and empty."""
    for name, value in element.attrib.items():
        if fold(name) in names:
            return value.strip()
    for part in element:
        if not len(part) and fold(local(part)) in names:
            return own_text(part)
    return None


def _position(point: Element, place: str) -> tuple[float, float]:
    found = []
    for names, what, most in ((LONGITUDE, "Longitude", 180.0), (LATITUDE, "Latitude", 90.0)):
        text = _first(point, names) or ""
        if _COMMA.fullmatch(text):
            raise Bad(
                text, "has a decimal comma; write a point.", text.replace(",", "."), "geometry", f"{place}/{what}"
            )
        try:
            degrees = values.number(text)
        except Bad as bad:
            reason = bad.reason if text else "is empty: the point has no position of its own (bearing and distance?)."
            raise Bad(text, reason, bad.nearest, "geometry", f"{place}/{what}") from None
        if abs(degrees) > most:
            reason = f"is not within {most:g} degrees: metres of another system, or latitude and longitude exchanged?"
            raise Bad(text, reason, None, "geometry", f"{place}/{what}")
        found.append(degrees)
    return found[0], found[1]


def _known_system(point: Element, holder: Element, element: Element, place: str) -> None:
    for owner in (point, holder, element):
        named = _first(owner, SYSTEM)
        if named:
            folded = fold(named)
            if not any(known in folded for known in ("wgs84", "wgs1984", "4326", "crs84")):
                reason = "is not WGS 84: convert the coordinates to WGS 84 degrees before importing."
                raise Bad(named, reason, "WGS84", "geometry", place)
            return


def _shape(holder: Element, element: Element) -> str:
    said = " ".join([fold(local(holder)), fold(_first(holder, SHAPE) or ""), fold(_first(element, SHAPE) or "")])
    if "polygon" in said:
        return "polygon"
    return "line" if "line" in said else "point"
