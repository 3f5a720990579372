"""Points with a name and a remark; the suffix of the file decides how they are written.

Sources: GPX 1.1 schema (topografix.com/GPX/1/1); KML 2.2 (OGC 07-147r2); RFC 7946. Coordinates are degrees WGS 84 with
eight decimals, about a millimetre.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape

from tetrapylon.errors import ValueRangeError, nearest


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A point: short name, longitude and latitude (degrees), a remark, and further columns."""

    name: str
    lon: float
    lat: float
    remark: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def write_points(points: Sequence[Waypoint], path: Path, *, title: str) -> None:
    """Write points; the file is replaced only when the new one is whole.

    Raises
    ------
    ValueRangeError : no writer for the suffix; the nearest is named.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        close = nearest(suffix, list(WRITERS))
        hint = f'Did you mean "{close}"?' if close else f"Choose one of: {', '.join(WRITERS)}."
        raise ValueRangeError(f'Points cannot be written as "{path.name}".', hint=hint)
    draft = path.with_name(path.name + ".part")
    draft.write_text(WRITERS[suffix](points, title), encoding="utf-8", newline="\n")
    draft.replace(path)


def gpx(points: Sequence[Waypoint], title: str) -> str:
    """GPX 1.1, one waypoint per point."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Tetrapylon" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{escape(title)}</name></metadata>",
    ]
    for p in points:
        remark = f"<desc>{escape(p.remark)}</desc>" if p.remark else ""
        lines.append(f'<wpt lat="{p.lat:.8f}" lon="{p.lon:.8f}"><name>{escape(p.name)}</name>{remark}</wpt>')
    return "\n".join([*lines, "</gpx>", ""])


def kml(points: Sequence[Waypoint], title: str) -> str:
    """KML 2.2, one placemark per point."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{escape(title)}</name>',
    ]
    for p in points:
        remark = f"<description>{escape(p.remark)}</description>" if p.remark else ""
        data = "".join(
            f'<Data name="{escape(k, {chr(34): "&quot;"})}"><value>{escape(v)}</value></Data>'
            for k, v in p.columns.items()
        )
        extended = f"<ExtendedData>{data}</ExtendedData>" if data else ""
        place = f"<Point><coordinates>{p.lon:.8f},{p.lat:.8f}</coordinates></Point>"
        lines.append(f"<Placemark><name>{escape(p.name)}</name>{remark}{extended}{place}</Placemark>")
    return "\n".join([*lines, "</Document></kml>", ""])


def geojson(points: Sequence[Waypoint], title: str) -> str:
    """GeoJSON, one feature per line."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "id": p.name,
                "properties": {"name": p.name, "remark": p.remark, **p.columns},
                "geometry": {"type": "Point", "coordinates": [round(p.lon, 8), round(p.lat, 8)]},
            },
            ensure_ascii=False,
        )
        for p in points
    ]
    head = f'{{"type": "FeatureCollection", "name": {json.dumps(title, ensure_ascii=False)}, "features": [\n'
    return head + ",\n".join(features) + "\n]}\n"


def table(points: Sequence[Waypoint], title: str) -> str:
    """CSV with a column for every further column of the points."""
    names = list(dict.fromkeys(name for p in points for name in p.columns))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "lon", "lat", "remark", *names])
    for p in points:
        writer.writerow([p.name, f"{p.lon:.8f}", f"{p.lat:.8f}", p.remark, *(p.columns.get(n, "") for n in names)])
    return out.getvalue()


WRITERS: Mapping[str, Callable[[Sequence[Waypoint], str], str]] = MappingProxyType(
    {".geojson": geojson, ".gpx": gpx, ".kml": kml, ".csv": table}
)
