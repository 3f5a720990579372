"""Features and vector tiles of a record, taken by GDAL: every value and outline, the pages, boxes and the tile's place.

GDAL runs in a process of its own: its drivers wait for the server without letting Python run.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.formats.mvt import tile_box
from tetrapylon.model import Footprint, Structure
from tetrapylon.record.record import Record

READ = """
import json, sys, pyogrio, shapely
address, layer, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
info, _, shapes, columns = pyogrio.raw.read(address, layer=layer or None, **options)
text = lambda v: v if isinstance(v, (str, int, bool)) else v if isinstance(v, float) and v == v else None
table = {str(f): [text(v) for v in c.tolist()] for f, c in zip(info["fields"], columns)}
shown = [None if s is None else shapely.to_wkt(shapely.from_wkb(s), rounding_precision=-1) for s in shapes]
print(json.dumps({"crs": info["crs"], "table": table, "shapes": shown}))
"""


def gdal(address: str, layer: str = "", **options: Any) -> dict[str, Any]:
    """What GDAL finds at an address."""
    command = [sys.executable, "-c", READ, address, layer, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, timeout=120, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def record(palmyra_file: str) -> Any:
    with Record.open(palmyra_file, read_only=True) as opened:
        yield opened


def test_every_claim_arrives_with_its_values_and_outline(palmyra_address: str, record: Record) -> None:
    found = gdal(f"OAPIF:{palmyra_address}/ogc", "footprint")
    claims = {claim.entry: claim for claim in record.view().claims(Footprint)}
    table = found["table"]
    assert pyproj.CRS(found["crs"]).equals(pyproj.CRS("OGC:CRS84"))
    assert sorted(table["id"]) == sorted(claims)
    for i, entry in enumerate(table["id"]):
        body = claims[entry].body
        assert table["uid"][i] == claims[entry].uid
        assert table["structure"][i] == body.structure
        assert table["osm_way"][i] == body.osm_way
        assert body.geometry is not None
        assert shapely.equals_exact(shapely.from_wkt(found["shapes"][i]), body.geometry, 1e-9)


def test_a_position_known_to_a_kilometre_arrives_as_an_area(palmyra_address: str, record: Record) -> None:
    found = gdal(f"OAPIF:{palmyra_address}/ogc", "structure")
    table, claims = found["table"], {c.entry: c for c in record.view().claims(Structure)}
    coarse = [i for i, area in enumerate(table["position_is_area"]) if area]
    assert coarse
    for i in coarse:
        accuracy = claims[table["id"][i]].body.position_accuracy
        outline = shapely.from_wkt(found["shapes"][i])
        south, north = outline.bounds[1], outline.bounds[3]
        assert accuracy is not None
        assert (north - south) / 2 * 111_195 == pytest.approx(accuracy, rel=0.02)


def test_pages_of_another_size_give_the_same(palmyra_address: str, record: Record) -> None:
    """GDAL follows the links to the next page until there is none."""
    paged = gdal(f"OAPIF:{palmyra_address}/ogc", "structure", PAGE_SIZE="20")
    assert sorted(paged["table"]["id"]) == sorted(c.entry for c in record.view().claims(Structure))


def test_a_box_is_asked_of_the_server_and_holds_what_meets_it(palmyra_address: str, record: Record) -> None:
    box = (38.26, 34.545, 38.272, 34.552)
    found = gdal(f"OAPIF:{palmyra_address}/ogc", "footprint", bbox=box)
    meets = {entry for entry, outline in _outlines(record, "entry").items() if outline.intersects(shapely.box(*box))}
    assert set(found["table"]["id"]) == meets
    assert 0 < len(meets) < len(_outlines(record, "entry"))


# --- vector tiles ---------------------------------------------------------------------------------------------------


def test_a_tile_lies_where_its_features_lie(palmyra_address: str, record: Record, tmp_path: Path) -> None:
    """GDAL places a tile by its path alone; one unit of a tile at zoom 15 is 0.3 m on the equator."""
    z, x, y = 15, *_tile(38.2665, 34.5475, 15)
    folder = tmp_path / str(z) / str(x)
    folder.mkdir(parents=True)
    address = f"{palmyra_address}/ogc/collections/footprint/tiles/WebMercatorQuad/{z}/{y}/{x}"
    with urllib.request.urlopen(address, timeout=20) as answer:
        (folder / f"{y}.pbf").write_bytes(answer.read())
    found = gdal(f"MVT:{folder / f'{y}.pbf'}", "footprint")
    assert found["crs"] == "EPSG:3857"
    outlines = _outlines(record, "uid")
    inside = shapely.box(*tile_box(z, x, y))
    expected = {uid for uid, outline in outlines.items() if outline.intersects(inside)}
    assert expected <= set(found["table"]["uid"])
    unit = 2 * math.pi * 6_378_137 / 2**z / 4096
    for uid, text in zip(found["table"]["uid"], found["shapes"], strict=True):
        drawn = shapely.from_wkt(text)
        clipped = shapely.intersection(outlines[uid], inside)
        if clipped.is_empty or not outlines[uid].within(inside):
            continue
        true = shapely.transform(outlines[uid], _mercator)
        assert drawn.hausdorff_distance(true) < 2 * unit


def _outlines(record: Record, key: str) -> dict[str, BaseGeometry]:
    claims = record.view().claims(Footprint)
    return {getattr(c, key): c.body.geometry for c in claims if c.body.geometry is not None}


def _tile(lon: float, lat: float, z: int) -> tuple[int, int]:
    x = int((lon + 180) / 360 * 2**z)
    return x, int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)


def _mercator(points: Any) -> Any:
    """EPSG:3857, by its formula (Snyder 1987, eq. 7-1 and 7-2, on the sphere of the WGS 84 major axis)."""
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    return 6_378_137 * np.stack([lon, np.log(np.tan(math.pi / 4 + lat / 2))], axis=1)
