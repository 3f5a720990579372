"""Two readings that need more than one cell's value: a point from two columns, a party from words and a day."""

from __future__ import annotations

import math
from typing import Any

from tetrapylon.formats import values
from tetrapylon.formats.case.convert import Cells, Columns, Convert, cleaner
from tetrapylon.formats.case.mapping import FieldSpec
from tetrapylon.formats.case.names import PartyNames
from tetrapylon.formats.problems import Bad

Extent = tuple[float, float, float, float]


def point(spec: FieldSpec, columns: Columns, extent: Extent | None) -> Convert:
    """The GeoJSON point of two columns of degrees; refused off the globe and where the axes are swapped."""
    at_lon, at_lat = columns.index(spec.lon), columns.index(spec.lat)
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)

    def read(cells: Cells) -> Any:
        lon_text, lat_text = cells[at_lon], cells[at_lat]
        if not lon_text and not lat_text:
            return None
        try:
            lon, lat = float(lon_text), float(lat_text)
        except ValueError:
            for column, text in ((spec.lon, lon_text), (spec.lat, lat_text)):
                try:
                    values.number(text)
                except Bad as bad:
                    reason = bad.reason if text else "is empty while the other coordinate is given."
                    raise Bad(text, reason, bad.nearest, "geometry", column) from None
            raise Bad(lon_text, "is not a number.", None, "geometry", spec.lon) from None
        if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
            raise Bad(
                f"{lon_text} {lat_text}", _why_off(lon, lat, extent), _swapped(lon, lat, extent), "geometry", spec.lon
            )
        if not (west <= lon <= east and south <= lat <= north) and west <= lat <= east and south <= lon <= north:
            raise Bad(
                f"{lon_text} {lat_text}",
                "lies outside the site, but inside it with the axes swapped: longitude comes first.",
                f"{lat_text} {lon_text}",
                "geometry",
                spec.lon,
            )
        return {"type": "Point", "coordinates": [lon, lat]}

    return read


def _why_off(lon: float, lat: float, extent: Extent | None) -> str:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "holds a coordinate that is not a finite number."
    if _swapped(lon, lat, extent):
        return "is not longitude and latitude in degrees: the axes seem to be swapped, longitude comes first."
    if max(abs(lon), abs(lat)) > 1000:
        return "is not longitude and latitude in degrees: it looks like metres of another reference system than WGS 84."
    return "is not longitude within 180 and latitude within 90 degrees."


def _swapped(lon: float, lat: float, extent: Extent | None) -> str | None:
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)
    return f"{lat} {lon}" if west <= lat <= east and south <= lon <= north else None


def party(spec: FieldSpec, columns: Columns, names: PartyNames, day: Convert) -> Convert:
    """The uid of the party whose exact label or alias stands in a column, on the day that ``day`` reads; else None."""
    at, clean = columns.index(spec.column), cleaner(spec)

    def read(cells: Cells) -> str | None:
        name = clean(cells[at])
        if not name:
            return None
        try:
            when = day(cells)
        except Bad:  # noted where the date itself is read
            when = None
        return names.find(name.strip(), when["date"] if when else "")

    return read
