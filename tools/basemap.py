"""Make the offline base map of a shipped case: a PMTiles file written by GDAL from the case's OpenStreetMap extract.

python tools/basemap.py palmyra
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

HERE = Path(__file__).resolve().parent.parent / "src" / "tetrapylon"
PARTS = ("buildings", "streets")
ZOOMS = {"MINZOOM": "9", "MAXZOOM": "15"}


def main() -> int:
    """Write web/static/basemap/CASE.pmtiles."""
    case = sys.argv[1]
    shapes, classes, names = [], [], []
    for part in PARTS:
        source = HERE / "cases" / case / "geometry" / f"osm_{case}_{part}.geojson"
        for feature in json.loads(source.read_text("utf-8"))["features"]:
            values = feature["properties"]
            shapes.append(shapely.from_geojson(json.dumps(feature["geometry"])))
            classes.append(values.get("highway") or values.get("category") or "other")
            names.append(values.get("name") or None)
    target = HERE / "web" / "static" / "basemap" / f"{case}.pmtiles"
    target.unlink(missing_ok=True)
    pyogrio.raw.write(
        target, shapely.to_wkb(shapes), [np.array(classes, dtype=object), np.array(names, dtype=object)],
        ["class", "name"], geometry_type="Unknown", crs="EPSG:4326", driver="PMTiles", layer="osm",
        dataset_options={**ZOOMS, "NAME": f"{case}, (c) OpenStreetMap contributors, ODbL 1.0"},
    )  # fmt: skip
    print(f"{target.name}: {len(shapes)} features, {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
