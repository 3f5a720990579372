"""Placemarks of a KML or KMZ file as a table, streamed; documents with entities or a DTD are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from tetrapylon.formats import zips
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.sheet import GEOMETRY, Record, Sheet

_OWN = ("@id", "@name", "@description", "@begin", "@end")
"""Columns of what KML itself says of a placemark; a single time stamp is its begin."""


def sniff(path: Path) -> bool:
    """True for KML text, or a zip that holds a .kml file."""
    if zipfile.is_zipfile(path):
        return any(n.lower().endswith(".kml") for n in zips.names(path))
    with path.open("rb") as file:
        start = file.read(4096)
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and (b"<kml" in start or path.suffix.lower() == ".kml")


def read(path: Path, *, file: str = "") -> Sheet:
    """The placemarks of a file: name, description, times, the names of their data, and the geometry.

    Raises
    ------
    Bad : the file is not XML, declares entities or a DTD, or its archive looks like a bomb.
    """
    columns: dict[str, None] = {}
    for placemark in _placemarks(path):
        columns.update(dict.fromkeys(_data(placemark)))
    names = (*_OWN, *(c for c in columns if c != GEOMETRY), GEOMETRY)
    return Sheet(file or path.name, "", names, lambda: _records(path, names))


def _records(path: Path, names: tuple[str, ...]) -> Iterator[Record]:
    number = 0
    try:
        for number, placemark in enumerate(_placemarks(path), start=1):
            values = {
                "@id": placemark.get("id", ""),
                "@name": _child_text(placemark, "name"),
                "@description": _child_text(placemark, "description"),
                "@begin": _deep_text(placemark, "begin") or _deep_text(placemark, "when"),
                "@end": _deep_text(placemark, "end"),
                **_data(placemark),
            }
            shapes = [g for g in map(_geometry, placemark) if g]
            shape = shapes[0] if len(shapes) == 1 else _collection(shapes)
            yield number, [*(values.get(name, "") for name in names[:-1]), shape or ""]
    except Bad as bad:
        yield number + 1, bad


def _placemarks(path: Path) -> Iterator[Element]:
    try:
        for file in _documents(path):
            stack: list[Element] = []
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    stack.append(element)
                    continue
                stack.pop()
                if _name(element) == "Placemark":
                    yield element
                    if stack:
                        stack[-1].remove(element)
    except DefusedXmlException:
        raise Bad("", "declares XML entities or a DTD; such files are refused.", code="xml") from None
    except ParseError as error:
        reason = "The file ends in the middle: it is cut off." if "no element" in str(error) else "is not readable XML"
        raise Bad("", f"{reason} ({error}).", code="xml") from None


def _documents(path: Path) -> Iterator[IO[bytes]]:
    """The KML of a file, or all of an archive: doc.kml first, then the others (GDAL writes one for each layer)."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    members = [m for m in zips.check(path) if m.filename.lower().endswith(".kml")]
    if not members:
        raise Bad("", "holds no KML document.")
    with zipfile.ZipFile(path) as archive:
        for member in sorted(members, key=lambda m: (m.filename.lower() != "doc.kml", m.filename)):
            yield io.BytesIO(zips.read_member(archive, member))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _name(child) == name)


def _child_text(element: Element, name: str) -> str:
    return next((child.text or "" for child in _children(element, name)), "").strip()


def _deep_text(element: Element, name: str) -> str:
    return next((e.text or "" for e in element.iter() if _name(e) == name), "").strip()


def _data(placemark: Element) -> dict[str, str]:
    """ExtendedData: both Data with a value and SimpleData of a schema."""
    found = {}
    for extended in _children(placemark, "ExtendedData"):
        for element in extended.iter():
            name = element.get("name")
            if name and _name(element) == "Data":
                found[name] = next((v.text or "" for v in _children(element, "value")), "")
            elif name and _name(element) == "SimpleData":
                found[name] = element.text or ""
    return found


def _geometry(element: Element) -> dict[str, Any] | None:
    kind = _name(element)
    if kind == "Point":
        positions = _coordinates(element)
        return {"type": "Point", "coordinates": positions[0] if positions else []}
    if kind in ("LineString", "LinearRing"):
        return {"type": "LineString", "coordinates": _coordinates(element)}
    if kind == "Polygon":
        boundaries = [*_children(element, "outerBoundaryIs"), *_children(element, "innerBoundaryIs")]
        rings = [_coordinates(ring) for boundary in boundaries for ring in _children(boundary, "LinearRing")]
        return {"type": "Polygon", "coordinates": rings}
    if kind == "MultiGeometry":
        return _collection([g for g in map(_geometry, element) if g])
    return None


def _collection(parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Several geometries as one: of one kind where they are, else a collection."""
    if not parts:
        return None
    kinds = {part["type"] for part in parts}
    if len(kinds) == 1 and kinds <= {"Point", "LineString", "Polygon"}:
        return {"type": f"Multi{kinds.pop()}", "coordinates": [part["coordinates"] for part in parts]}
    return {"type": "GeometryCollection", "geometries": parts}


def _coordinates(element: Element) -> list[list[Any]]:
    """Positions as numbers; what is not a number stays text, for the geometry checks to name."""
    text = _child_text(element, "coordinates")
    return [[_number(v) for v in position.split(",")] for position in text.split()]


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
