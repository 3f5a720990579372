"""Checking a file by itself, and a record with hazard areas and releases in it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from tetrapylon.cli.main import app
from tetrapylon.errors import CaseError, NotFound, TetrapylonError, ValueRangeError
from tetrapylon.geo import measure
from tetrapylon.model import HazardArea, LandRelease, OrdnanceItem, Ref, Site, Stated, When, new_uid, parse_date
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
from tetrapylon.workflow.exporting import write_template
from tetrapylon.workflow.keeping import begin
from tetrapylon.workflow.layer_checking import check_layer, is_layer
from tetrapylon.workflow.survey_site import site_outline

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


# --- site, proposals, census ------------------------------------------------------------------------------------------


def test_the_site_as_edges_and_as_a_file(tmp_path: Path) -> None:
    far = shapely.box(39.0, 34.55, 39.001, 34.551)
    swapped = shapely.transform(A, lambda xy: xy[:, ::-1])
    file = geojson(tmp_path / "areas.geojson", feature("in", A), feature("far", far), feature("swapped", swapped))
    site = geojson(tmp_path / "site.geojson", feature("site", shapely.box(38.25, 34.53, 38.29, 34.56)))
    for named in ("38.2,34.5,38.3,34.6", str(site)):
        answer = json.loads(CliRunner().invoke(app, ["check", str(file), "--site", named, "--json"]).output)
        assert answer["counts"] == {"outside-site": 1, "swapped-axes": 1}, named
    assert "outside-site" not in codes(file)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("38.3,34.5,38.2,34.6", "bounds no ground"),
        ("38.2,34.5,38.3", "bounds no ground"),
        ("38.2,34.5,38.3,north", "is not a number"),
        ("500000,3800000,510000,3810000", "bounds no ground"),
        ("nan,34.5,38.3,34.6", "is not a finite number"),
        ("nowhere.geojson", "There is no file"),
    ],
)
def test_a_site_that_is_none(site: str, said: str, tmp_path: Path) -> None:
    file = geojson(tmp_path / "areas.geojson", feature("a", A))
    with pytest.raises((ValueRangeError, NotFound), match=said):
        site_outline(site)
    assert CliRunner().invoke(app, ["check", str(file), "--site", site]).exit_code != 0


def test_a_site_file_without_a_polygon(tmp_path: Path) -> None:
    file = geojson(tmp_path / "points.geojson", feature("p", shapely.Point(38.2, 34.5)))
    with pytest.raises(ValueRangeError, match="holds no valid polygon"):
        site_outline(str(file))


def test_evidence_of_a_record_outside_a_site_on_record(tmp_path: Path) -> None:
    file = str(tmp_path / "record.gpkg")
    begin(file, party="Survey team")
    day = When(parse_date("2025-06-01"))
    find = OrdnanceItem(
        local_id="F1", found=day, category=OrdnanceCategory.AP_MINE, geometry=shapely.Point(38.9, 34.55)
    )  # fmt: skip
    with Record.open(file) as record, record.writing() as writer:
        writer.claim(Site(local_id="town", label="Town", geometry=shapely.box(38.25, 34.53, 38.29, 34.56)))
        writer.claim(Site(local_id="undrawn", label="Undrawn"))
        writer.claim(find)
    with Record.open(file, read_only=True) as record:
        assert not check_record(record).geometry
        assert [(n.name, n.code) for n in check_record(record, site="town").geometry] == [("F1", "outside-site")]
        with pytest.raises(NotFound, match="has no outline"):
            check_record(record, site="undrawn")
        with pytest.raises(NotFound, match="There is no site"):
            check_record(record, site="twon")


def test_proposals_are_written_beside_and_the_file_is_not_touched(tmp_path: Path) -> None:
    file = geojson(tmp_path / "areas.geojson", feature("a", A), feature("b", B))
    before, out = file.read_bytes(), tmp_path / "proposed.gpkg"
    result = check_layer(str(file), propose=out)
    assert result.proposals == 1
    assert file.read_bytes() == before
    info, _, shapes, columns = pyogrio.raw.read(out)
    row = dict(zip(info["fields"], (c[0] for c in columns), strict=True))
    (repaired,) = shapely.from_wkb(shapes)
    assert (row["code"], row["records"]) == ("overlap", "a; b")
    assert repaired.area == pytest.approx(B.difference(A).area)
    assert row["area_m2"] == pytest.approx(measure.area(repaired), abs=0.01)
    with pytest.raises(ValueRangeError, match="no layer that can be written"):
        check_layer(str(file), propose=tmp_path / "proposed.shp")


def test_proposals_of_a_record_name_its_areas(tmp_path: Path) -> None:
    file, out = str(tmp_path / "record.gpkg"), tmp_path / "proposed.geojson"
    begin(file, party="Survey team")
    bow = shapely.Polygon([(38.26, 34.55), (38.261, 34.551), (38.261, 34.55), (38.26, 34.551)])
    day = When(parse_date("2025-06-01"))
    with Record.open(file) as record, record.writing() as writer:
        for name, shape in (("H1", A), ("H2", B), ("H3", bow)):
            writer.claim(
                HazardArea(local_id=name, classification=AreaClassification.CHA, recorded=day, geometry=shape)
            )  # fmt: skip
    with Record.open(file, read_only=True) as record:
        result = check_record(record, propose=out)
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert result.proposals == len(features)
    assert {f["properties"]["records"] for f in features} == {"H1; H2", "H3"}


def test_the_values_of_a_field(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    rows = [("cleared", "CHA")] * 20 + [("Cleared ", "CHA"), ("clearred", "SHA"), ("", "SHA")]
    file.write_text("id,Type,class,Class_\n" + "".join(f"{i},{a},{b},{b}\n" for i, (a, b) in enumerate(rows)), "utf-8")
    result = check_layer(str(file))
    assert dict(result.counts) == {"duplicate-field": 1, "similar-values": 2}
    shown = CliRunner().invoke(app, ["check", str(file), "--census"])
    assert "areas, Type: cleared 20, Cleared 1, clearred 1; empty 1" in " ".join(shown.output.split())
    assert "areas, id" not in shown.output


def test_the_values_of_a_record_leave_texts_out(tmp_path: Path) -> None:
    file = str(tmp_path / "record.gpkg")
    begin(file, party="Survey team")
    day = When(parse_date("2025-06-01"))
    with Record.open(file) as record, record.writing() as writer:
        for name in ("H1", "H2"):
            writer.claim(
                HazardArea(local_id=name, classification=AreaClassification.CHA, recorded=day, reason="told by farmers")
            )  # fmt: skip
    with Record.open(file, read_only=True) as record:
        fields = {str(f): dict(f.values) for f in check_record(record).census}
    assert fields["hazard_area, classification"] == {"cha": 2}
    assert not any("reason" in name for name in fields)


# --- files that are not what they should be ---------------------------------------------------------------------------


def test_a_layer_in_metres_is_refused_by_its_reference_system(tmp_path: Path) -> None:
    file = tmp_path / "utm.gpkg"
    pyogrio.raw.write(
        file, geometry=shapely.to_wkb([shapely.box(432_000, 3_823_000, 432_100, 3_823_100)]), fields=["id"],
        field_data=[np.array(["a"], dtype=object)], geometry_type="Polygon", crs="EPSG:32637", driver="GPKG",
    )  # fmt: skip
    with pytest.raises(CaseError, match="EPSG:32637"):
        check_layer(str(file))


def test_metres_that_call_themselves_degrees(tmp_path: Path) -> None:
    file = geojson(tmp_path / "areas.geojson", feature("a", shapely.box(432_000, 3_823_000, 432_100, 3_823_100)))
    (finding,) = [f for f in check_layer(str(file)).findings if f.code == "out-of-range"]
    assert "look like metres" in finding.message


def test_nan_and_dates_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "work.csv"
    file.write_text(
        "id,wkt,depth_m,start,end\n"
        f'a,"{A.wkt}",nan,2025-02-30,2025-03-01\n'
        f'b,"{shapely.box(39.26, 34.55, 39.261, 34.551).wkt}",0.2,2025-05-02,2025-05-01\n'
        f'c,"{shapely.box(38.36, 34.55, 38.361, 34.551).wkt}",0.2,2025-05-02,2125-05-01\n'
        'd,"POLYGON ((38.3 34.5, 38.31 nan, 38.31 34.51, 38.3 34.5))",0.2,,\n',
        encoding="utf-8",
    )
    result = check_layer(str(file), today=dt.date(2025, 6, 1))
    assert {(p.row, p.field, p.value) for p in result.problems} == {
        (2, "depth_m", "nan"), (2, "start", "2025-02-30"),
    }  # fmt: skip
    assert result.counts["impossible-dates"] == 2
    assert result.counts["not-a-number"] == 1
    assert result.outlines == 4


@pytest.mark.parametrize("kind", ["gpkg", "kml", "xlsx", "geojson"])
def test_a_file_cut_in_the_middle_is_named(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / f"whole.{kind}"
    if kind == "gpkg":
        names = np.array([f"a{i}" for i in range(500)], dtype=object)
        pyogrio.raw.write(
            whole, geometry=shapely.to_wkb([A] * 500), fields=["id"], field_data=[names], geometry_type="Polygon",
            crs="EPSG:4326", driver="GPKG",
        )  # fmt: skip
    elif kind == "kml":
        ring = " ".join(f"{x},{y}" for x, y in A.exterior.coords)
        whole.write_text(
            '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>x</name>'
            f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
            "</Polygon></Placemark></Document></kml>",
            encoding="utf-8",
        )
    elif kind == "xlsx":
        write_template("hazard_area", whole)
    else:
        geojson(whole, feature("a", A), feature("b", B))
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    shown = CliRunner().invoke(app, ["check", str(cut)])
    named = isinstance(shown.exception, TetrapylonError)
    assert named or "Not readable: 1" in shown.output, (shown.output, shown.exception)


def test_no_file_at_all(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["check", str(tmp_path / "none.geojson")])
    assert isinstance(shown.exception, TetrapylonError)
