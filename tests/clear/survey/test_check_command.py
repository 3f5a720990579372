"""Checking a file by itself, and a record with hazard areas and releases in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from tetrapylon.cli.main import app
from tetrapylon.errors import CaseError
from tetrapylon.model import HazardArea, LandRelease, OrdnanceItem, Ref, Stated, When, new_uid, parse_date
from tetrapylon.model.terms import (
    AreaClassification,
    AreaStatus,
    DepthDatum,
    OrdnanceCategory,
    ReleaseKind,
    SearchMethod,
)
from tetrapylon.record.record import Record
from tetrapylon.workflow.checking import check_record
from tetrapylon.workflow.keeping import begin
from tetrapylon.workflow.layer_checking import check_layer, is_layer

A, B = shapely.box(38.26, 34.55, 38.261, 34.551), shapely.box(38.2608, 34.55, 38.2618, 34.551)


def feature(name: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    shape = geometry if isinstance(geometry, dict) else json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "id": name, "properties": properties, "geometry": shape}


def geojson(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def codes(path: Path) -> dict[str, int]:
    assert is_layer(str(path))
    return dict(check_layer(str(path)).counts)


def test_geojson(tmp_path: Path) -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[38.27, 34.55], [38.271, 34.55], [38.271, 34.551]]]}
    bow = {
        "type": "Polygon",
        "coordinates": [[[38.28, 34.55], [38.281, 34.551], [38.281, 34.55], [38.28, 34.551], [38.28, 34.55]]],
    }
    file = geojson(
        tmp_path / "areas.geojson",
        feature("a", A, declared_area_m2=15_000),
        feature("b", B, accuracy_m=30),
        feature("c", open_ring),
        feature("d", bow),
    )  # fmt: skip
    assert codes(file) == {
        "not-closed": 1, "self-crossing": 1, "declared-area": 1, "accuracy-too-coarse": 1, "overlap": 1,
    }  # fmt: skip


def test_geopackage_by_layers_named_as_ours(tmp_path: Path) -> None:
    file = tmp_path / "work.gpkg"
    for layer, shape, columns in (
        ("hazard_area", A, {"local_id": "H1", "status": "open"}),
        ("land_release", B, {"local_id": "R1", "kind": "cleared", "date": "2025-06-01"}),
    ):
        pyogrio.raw.write(
            file, geometry=shapely.to_wkb([shape]), fields=list(columns), layer=layer, driver="GPKG",
            field_data=[np.array([v], dtype=object) for v in columns.values()],
            geometry_type="Polygon", crs="EPSG:4326", append=file.exists(),
        )  # fmt: skip
    assert codes(file) == {"unspecified-clearance": 1, "released-outside": 1, "released-still-open": 1}


def test_kml(tmp_path: Path) -> None:
    def placemark(name: str, shape: shapely.Polygon) -> str:
        ring = " ".join(f"{x},{y}" for x, y in shape.exterior.coords)
        return (
            f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates>"
            "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )

    file = tmp_path / "areas.kml"
    file.write_text(
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemark("x", A)}'
        f"{placemark('x', B)}</Document></kml>",
        encoding="utf-8",
    )
    assert codes(file) == {"duplicate-local-id": 1, "overlap": 1}


def test_csv_of_points_and_of_outlines(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\np1,38.26,34.55\nP1 ,38.27,34.55\np3,38.26,34.55\np4,east,34.55\n", encoding="utf-8")
    result = check_layer(str(points))
    assert dict(result.counts) == {"duplicate-point": 1, "similar-point-id": 1}
    assert [(p.row, p.field) for p in result.problems] == [(5, "lon")]
    outlines = tmp_path / "outlines.csv"
    outlines.write_text(f'id,wkt\na,"{A.wkt}"\nb,"{A.wkt}"\nc,POLYGON nonsense\n', encoding="utf-8")
    result = check_layer(str(outlines))
    assert dict(result.counts) == {"duplicate-outline": 1, "near-duplicate": 1}
    assert [p.row for p in result.problems] == [4]


def test_a_file_cut_off_is_named(tmp_path: Path) -> None:
    file = geojson(tmp_path / "cut.geojson", feature("a", A))
    file.write_text(file.read_text()[:-20])
    with pytest.raises(CaseError, match="cut off"):
        check_layer(str(file))


def test_the_command_takes_a_layer(tmp_path: Path) -> None:
    file = geojson(tmp_path / "areas.geojson", feature("a", A), feature("b", B))
    shown = CliRunner().invoke(app, ["check", str(file)])
    assert shown.exit_code == 0
    assert "2 rows, 2 outlines, 0 points" in " ".join(shown.output.split())
    assert "[overlap, advice] a and b share" in shown.output
    answer = json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).output)
    assert answer["counts"] == {"overlap": 1}
    assert answer["findings"][0]["proposals"][0]["geometry"]["type"] == "Polygon"


def test_a_record_is_not_a_layer_and_its_areas_are_checked_against_each_other(tmp_path: Path) -> None:
    file = str(tmp_path / "record.gpkg")
    begin(file, party="Survey team")
    day = When(parse_date("2025-06-01"))
    with Record.open(file) as record, record.writing() as writer:
        for body in (
            HazardArea(
                local_id="H1", classification=AreaClassification.CHA, recorded=day, geometry=A,
                declared_area=Stated(99.0),
            ),
            HazardArea(
                local_id="H2", classification=AreaClassification.CHA, recorded=day, geometry=B, status=AreaStatus.CLOSED
            ),
            LandRelease(
                local_id="R1", date=day, kind=ReleaseKind.CLEARED, decided_by=Ref(new_uid()), geometry=B, depth=0.2,
                depth_datum=DepthDatum.PRE_EVENT_GROUND, methods=(SearchMethod.MANUAL,),
            ),
            OrdnanceItem(
                local_id="F1", found=When(parse_date("2025-08-01")), category=OrdnanceCategory.AP_MINE,
                geometry=shapely.Point(38.2615, 34.5505), found_depth=0.3,
            ),
        ):  # fmt: skip
            writer.claim(body)
    assert not is_layer(file)
    with Record.open(file, read_only=True) as record:
        result = check_record(record)
    assert {f.code for f in result.survey} == {
        "declared-area", "overlap", "released-still-open", "find-below-search", "danger-in-released",
    }  # fmt: skip
    assert [a.name for a in result.withheld] == ["R1"]
    shown = CliRunner().invoke(app, ["check", file])
    assert shown.exit_code == 0
    assert "Releases withheld: 1" in shown.output
