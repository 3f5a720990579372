"""GeoPackage and KML through GDAL, which is not ours: what we write it reads, what it writes again we read as ours."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely

from tetrapylon import cases
from tetrapylon.formats.case import read_case
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import GEOMETRY
from tetrapylon.formats.write import write_tables
from tetrapylon.model import thing_uid

SPATIAL = ("site", "structure", "footprint")


@pytest.fixture(scope="module")
def palmyra() -> list[Row]:
    return list(read_case(cases.folder("palmyra")).rows())


def comparable(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.entity, r.uid, r.data, r.source, r.tier) for r in sorted(rows, key=lambda r: (r.entity, r.uid))]


def converted(source: Path, layer: str, target: Path, driver: str, **options: Any) -> None:
    """One layer from a file to another as ``ogr2ogr -f DRIVER target source layer`` does it: GDAL on both sides."""
    info, _, shapes, columns = pyogrio.raw.read(source, layer=layer)
    missing = {"field_mask": [_empty(c) for c in columns]}
    if driver == "LIBKML":  # it holds no NULL: an empty text stands for one
        columns = [np.where(_empty(c), "", c.astype(object)).astype(str).astype(object) for c in columns]
        missing = {}
    pyogrio.raw.write(
        target, shapes, columns, list(info["fields"]), layer=layer, driver=driver, crs=info["crs"],
        geometry_type="Unknown" if info["geometry_type"] else None, append=target.exists(), promote_to_multi=False,
        **missing, **options,
    )  # fmt: skip


def _empty(column: Any) -> Any:
    return np.array([v is None or v != v for v in column.tolist()])


def read_again(folder: Path) -> list[Row]:
    case = read_case(folder, exists=lambda entity, uid: True)
    rows = list(case.rows())
    assert case.errors == 0, case.problems[:5]
    return rows


def test_a_geopackage_goes_through_gdal_and_another_format_and_back(palmyra: list[Row], tmp_path: Path) -> None:
    """Footprints by way of FlatGeobuf, the others straight: GDAL reads ours and writes what we read."""
    write_tables(palmyra, tmp_path, "gpkg", name="case", authority="tetrapylon/palmyra")
    ours, theirs = tmp_path / "case.gpkg", tmp_path / "theirs.gpkg"
    for layer, kind in pyogrio.list_layers(ours):
        if kind is None or layer in ("structure", "site"):  # FlatGeobuf needs a geometry in every row
            converted(ours, layer, theirs, "GPKG")
            continue
        between = tmp_path / f"{layer}.fgb"
        converted(ours, layer, between, "FlatGeobuf", SPATIAL_INDEX="NO")
        converted(between, layer, theirs, "GPKG")
    theirs.replace(ours)
    assert comparable(read_again(tmp_path)) == comparable(palmyra)


def test_a_geopackage_keeps_the_standards_own_promises(palmyra: list[Row], tmp_path: Path) -> None:
    """OGC 12-128r19 read with SQLite alone: identity, contents, reference systems, header of every geometry."""
    write_tables(palmyra, tmp_path, "gpkg", name="case", authority="tetrapylon/palmyra")
    base = sqlite3.connect(tmp_path / "case.gpkg")
    assert base.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    contents = dict(base.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert {name for name, kind in contents.items() if kind == "features"} >= {"structure", "footprint"}
    assert {"source", "statement", "condition_report"} <= {n for n, kind in contents.items() if kind == "attributes"}
    for table, column in base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"):
        for (blob,) in base.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'):
            envelope = (blob[3] >> 1) & 7
            assert blob[:3] == b"GP\0"
            assert int.from_bytes(blob[4:8], "little" if blob[3] & 1 else "big") == 4326
            shape = shapely.from_wkb(blob[8 + (0, 32, 48, 48, 64)[envelope] :])
            if envelope == 1:
                box = np.frombuffer(blob[8:40], dtype="<f8" if blob[3] & 1 else ">f8")
                assert box.tolist() == [shape.bounds[i] for i in (0, 2, 1, 3)]
    base.close()


def test_gdal_reads_the_kml_we_write(palmyra: list[Row], tmp_path: Path) -> None:
    write_tables(palmyra, tmp_path, "kml", name="case", authority="tetrapylon/palmyra")
    for entity in SPATIAL:
        rows = [r for r in palmyra if r.entity == entity]
        info, _, shapes, columns = pyogrio.raw.read(tmp_path / f"{entity}.kml")
        table = dict(zip(info["fields"], columns, strict=True))
        assert info["crs"] == "EPSG:4326"
        assert len(shapes) == len(rows)
        for i, row in enumerate(rows):
            assert table["uid"][i] == row.uid
            assert table["Name"][i] == (row.data.get("label") or row.data.get("local_id"))
            outline = None if shapes[i] is None else shapely.force_2d(shapely.from_wkb(shapes[i]))
            expected = shapely.from_geojson(json.dumps(row.data[GEOMETRY])) if GEOMETRY in row.data else None
            assert (outline is None) == (expected is None)
            if outline is not None and expected is not None:
                assert shapely.equals_exact(outline.normalize(), expected.normalize(), 1e-12)


def test_gdal_takes_the_dates_of_a_happening_for_its_time_span(palmyra: list[Row], tmp_path: Path) -> None:
    rows = [r for r in palmyra if r.entity == "occurrence"]
    write_tables(rows, tmp_path, "kml", name="case", authority="tetrapylon/palmyra")
    info, _, _, columns = pyogrio.raw.read(tmp_path / "occurrence.kml")
    table = dict(zip(info["fields"], columns, strict=True))
    begun = [str(day)[:10] for day in table["begin"]]
    assert begun == [row.data["start"]["date"] for row in rows]


def test_what_gdal_writes_as_kml_is_read_as_ours(palmyra: list[Row], tmp_path: Path) -> None:
    """Our GeoPackage, by GDAL to KML (with a schema and SimpleData, as its driver does), read by us."""
    rows = [r for r in palmyra if r.entity in ("structure", "footprint")]
    write_tables(rows, tmp_path, "gpkg", name="case", authority="tetrapylon/palmyra")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for entity in ("structure", "footprint"):
        converted(tmp_path / "case.gpkg", entity, theirs / f"{entity}.kml", "LIBKML")
    assert b"SimpleData" in (theirs / "structure.kml").read_bytes()
    (theirs / "manifest.toml").write_text(
        'name = "t"\nnaming_authority = "tetrapylon/palmyra"\n[files]\nstructure = "structure.kml"\n'
        'footprint = "footprint.kml"\n'
    )
    back = {row.uid: row for row in read_again(theirs)}
    assert back.keys() == {row.uid for row in rows}
    for row in rows:
        got = back[row.uid].data
        assert {k: v for k, v in got.items() if k != GEOMETRY} == {k: v for k, v in row.data.items() if k != GEOMETRY}
        if GEOMETRY in row.data:
            one, other = (shapely.from_geojson(json.dumps(d[GEOMETRY])) for d in (got, row.data))
            assert shapely.equals_exact(shapely.force_2d(one).normalize(), other.normalize(), 1e-9)


@pytest.mark.parametrize("driver", ["LIBKML", "GPKG"])
def test_a_file_somebody_drew_in_another_program_is_read(tmp_path: Path, driver: str) -> None:
    """Two columns of their own and a geometry, written by GDAL alone."""
    name = "structure." + {"LIBKML": "kmz", "GPKG": "gpkg"}[driver]
    outline = shapely.box(38.26, 34.54, 38.27, 34.55)
    pyogrio.raw.write(
        tmp_path / name, shapely.to_wkb(np.array([outline])),
        [np.array(["arch"], dtype=object), np.array(["قوس النصر"], dtype=object)],
        ["local_id", "label"], layer="structure", driver=driver, crs="EPSG:4326", geometry_type="Polygon",
    )  # fmt: skip
    (row,) = read_case(tmp_path / name, authority="t").rows()
    assert row.uid == thing_uid("t", "structure", "arch")
    assert row.data["label"] == "قوس النصر"
    read = shapely.force_2d(shapely.from_geojson(json.dumps(row.data[GEOMETRY])))
    assert shapely.equals(read, outline)
