"""A small sample of every format, from the Palmyra case: three structures, one inside the other, with outlines."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import shapely

from tetrapylon import cases
from tetrapylon.formats import iiif
from tetrapylon.formats.case import read_case
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import Tier, thing_uid
from tetrapylon.model.terms import AssetKind

SVG = "image/svg+xml"
SAMPLED = ("site_of_palmyra", "temple_of_bel_temenos", "temple_of_bel_cella")


def write_sample(folder: str | Path, fmt: str) -> list[Path]:
    """Write the sample as a case folder in one format, and return its files.

    The outlines are (c) OpenStreetMap contributors, ODbL 1.0. Raises NotFound for an unknown format.
    """
    case = read_case(cases.folder("palmyra"))
    wanted = ("structure", "footprint")
    rows = [r for r in case.rows() if r.entity in wanted and r.data["local_id"] in SAMPLED]
    drawn = [_drawing(row, Path(folder)) for row in rows if row.entity == "footprint"] if fmt == iiif.NAME else []
    return write_tables([*rows, *drawn], folder, fmt, name="sample", authority=case.manifest.authority)


def _drawing(footprint: Row, folder: Path) -> Row:
    """A picture of an outline, for a format that holds files alone; it is put where the format looks for it."""
    outline = shapely.from_geojson(json.dumps(footprint.data["geometry"]))
    west, south, east, north = outline.bounds
    frame = f"{west} {-north} {east - west} {north - south}"
    drawn = f'<g transform="scale(1 -1)">{outline.svg(scale_factor=1e-6)}</g>'
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}">{drawn}</svg>\n'
    digest = sha256(text.encode()).hexdigest()
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    (folder / "assets" / f"{digest}{iiif.suffix(SVG)}").write_text(text, encoding="utf-8", newline="\n")
    data = {
        "local_id": footprint.data["local_id"],
        "sha256": digest,
        "media_type": SVG,
        "kind": AssetKind.OTHER.value,
        "about": [footprint.data["structure"]],
        "tier": Tier.PUBLIC.value,
        "caption": footprint.data.get("label", "Outline"),
        "pixel_width": 400,
        "pixel_height": max(1, round(400 * (north - south) / (east - west))),
        "credit": "(c) OpenStreetMap contributors, ODbL 1.0",
    }
    return Row("asset", thing_uid("tetrapylon/sample", "asset", data["local_id"]), data)
