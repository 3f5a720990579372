"""Writing KML: one document per entity, every column as data of its placemark."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from tetrapylon.formats.flat import Flat, plain
from tetrapylon.formats.row import Row

LOSSES = (
    "Everything but the geometry becomes text: numbers and flags lose their type, an empty text is as no text.",
    "Characters that XML 1.0 cannot hold (control characters) are left out; line ends become line feeds.",
    "Drop-downs, units, descriptions and terms of the columns are not written.",
    "A geometry collection inside another is written flat, and one whose parts are all of one kind comes back as the "
    "multi-geometry of that kind.",
    "A time span is written for viewers from the dates alone; their precision stands only in the data.",
)
"""What does not survive KML. Reading back what we wrote restores all values, save for these."""

_REFUSED = {c: None for c in range(32) if c not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


class Writer:
    """Writes rows into one KML document per entity; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, tuple[IO[str], Flat]] = {}
        self.files: dict[str, str] = {}

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Write one row."""
        if row.entity not in self.open:
            path = self.folder / f"{row.entity}.kml"
            file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
            file.write(
                '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
            )
            file.write(f"<name>{_text(row.entity)}</name>\n")
            self.open[row.entity] = (file, Flat(row.entity))
            self.files[row.entity] = path.name
        out, flat = self.open[row.entity]
        shown = row.data.get("label") or row.data.get("heading") or row.data.get("local_id") or row.uid
        out.write(
            f"<Placemark id={quoteattr('u' + row.uid)}><name>{_text(shown)}</name>{_span(row, flat)}<ExtendedData>"
        )
        for name, value in zip(flat.names, flat.values(row), strict=True):
            if value is not None:
                out.write(f"<Data name={quoteattr(name)}><value>{_text(plain(value))}</value></Data>")
        shape = flat.shape(row)
        out.write(f"</ExtendedData>{_geometry(shape) if shape else ''}</Placemark>\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, _ in self.open.values():
            file.write("</Document></kml>\n")
            file.close()


def _text(value: Any) -> str:
    return escape((value if isinstance(value, str) else repr(value)).translate(_REFUSED))


def _span(row: Row, flat: Flat) -> str:
    start, end = (row.data.get(name or "", {}) for name in flat.entity.span)
    begin = f"<begin>{start['date']}</begin>" if start else ""
    until = f"<end>{end['date']}</end>" if end else ""
    return f"<TimeSpan>{begin}{until}</TimeSpan>" if begin or until else ""


def _geometry(shape: dict[str, Any]) -> str:
    kind, coordinates = shape["type"], shape.get("coordinates") or []
    if kind == "Point":
        return f"<Point><coordinates>{_position(coordinates)}</coordinates></Point>" if coordinates else ""
    if kind == "LineString":
        return f"<LineString><coordinates>{_positions(coordinates)}</coordinates></LineString>"
    if kind == "Polygon":
        rings = [f"<LinearRing><coordinates>{_positions(ring)}</coordinates></LinearRing>" for ring in coordinates]
        inner = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in rings[1:])
        return f"<Polygon><outerBoundaryIs>{rings[0]}</outerBoundaryIs>{inner}</Polygon>" if rings else ""
    if kind == "GeometryCollection":
        parts = shape["geometries"]
    else:
        parts = [{"type": kind.removeprefix("Multi"), "coordinates": part} for part in coordinates]
    return f"<MultiGeometry>{''.join(map(_geometry, parts))}</MultiGeometry>"


def _position(position: list[float]) -> str:
    return ",".join(map(repr, position))


def _positions(positions: list[list[float]]) -> str:
    return " ".join(map(_position, positions))
