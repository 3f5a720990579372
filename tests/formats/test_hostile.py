"""Files that are broken, mangled by other programs, or meant to do harm."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tetrapylon.formats.case import Case, read_case
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables

Make = Callable[..., Case]
STRUCTURES = "local_id,label\nbel,Temple of Bel\nقوس,قوس النصر\n"


def texts(case: Case) -> list[str]:
    return [str(p) for p in case.check()]


# --- text files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found_out(make_case: Make, encoding: str, separator: str) -> None:
    case = make_case(structure=STRUCTURES.replace(",", separator).encode(encoding))
    assert [r.data["label"] for r in case.rows()] == ["Temple of Bel", "قوس النصر"]
    assert case.problems == []


def test_another_encoding_is_named_not_guessed(make_case: Make) -> None:
    (found,) = texts(make_case(structure="local_id,label\nbel,Café\n".encode("cp1252")))
    assert found == 'structure.csv: "e9 0a" is not UTF-8 text. Save the file as UTF-8.'


def test_a_file_cut_off_is_noticed(make_case: Make) -> None:
    assert texts(make_case(structure='local_id,label,note\nbel,Temple,ok\narch,"Arch of ')) == [
        "structure.csv row 3: A quoted text never ends: the file is cut off, or a quotation mark is missing."
    ]
    assert texts(make_case(structure="local_id,label,note\nbel,Temple,ok\narch,Ar")) == [
        'structure.csv row 3: "arch" has 2 cells where the header has 3: the row, or the file, may be cut off.'
    ]


def test_a_geojson_cut_off_is_noticed_and_the_rest_read(make_case: Make) -> None:
    feature = {"type": "Feature", "properties": {"local_id": "a", "label": "A"}, "geometry": None}
    whole = json.dumps({"type": "FeatureCollection", "features": [feature, feature]})
    case = make_case(structure__geojson=whole[:-40])
    assert any("cut off" in t for t in texts(case))


def test_a_million_rows_are_read_in_little_memory(make_case: Make) -> None:
    """A tenth of a million here; what is kept grows by 8 bytes a row, not by the rows."""
    rows = "local_id,label\n" + "".join(f"s{i},Structure number {i} of many with a long name\n" for i in range(100_000))
    case = make_case(structure=rows)
    tracemalloc.start()
    count = sum(1 for _ in case.rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert peak < 12_000_000  # the rows themselves would take over 60 MB


# --- formulas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", "＝1", "'quoted'", "plain"])
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_formulas_are_made_harmless_and_given_back(tmp_path: Path, text: str, fmt: str) -> None:
    row = Row("structure", "0190b5a4-0000-7000-8000-000000000001", {"label": text, "role": "whole"})
    write_tables([row], tmp_path, fmt, name="t", authority="t")
    if fmt == "csv":
        cell = (tmp_path / "structure.csv").read_text(encoding="utf-8").split("\n", 1)[1].split(",")[2].lstrip('"')
    else:
        sheet = openpyxl.load_workbook(tmp_path / "case.xlsx")["structure"]
        cell = sheet.cell(2, 3).value
        assert sheet.cell(2, 3).data_type == "s"
    assert cell[0] not in "=+-@\t\r\n＝"
    (back,) = read_case(tmp_path).rows()
    assert back.data["label"] == text


# --- spreadsheets that changed what was typed -------------------------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], **options: object) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "condition_report"
    for row in rows:
        sheet.append(row)
    for name, value in options.items():
        setattr(book, name, value)
    book.save(path)
    return path


HEADER = ["local_id", "structure", "date", "wording"]


def read_workbook(path: Path) -> Case:
    return read_case(path, authority="t", exists=lambda entity, uid: True)


def test_dates_of_a_workbook_in_both_date_systems(tmp_path: Path) -> None:
    day = dt.date(2016, 4, 26)
    for epoch in (openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH):
        path = workbook(tmp_path / "w.xlsx", [HEADER, ["r1", "bel", day, "Broken."]], epoch=epoch)
        (row,) = read_workbook(path).rows()
        assert row.data["date"] == {"date": "2016-04-26"}


def test_a_day_number_is_refused_with_both_days_it_may_mean(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", [HEADER, ["r1", "bel", 42486, "Broken."]])
    (found,) = read_workbook(path).check()
    assert str(found) == (
        'w.xlsx, condition_report row 2, date: "42486" is a spreadsheet\'s number for a day (or, in a file of the 1904 '
        'system, 2020-04-27); write it as YYYY-MM-DD. Did you mean "2016-04-26"?'
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("04/05/2016", "may mean two days (day first or month first); write it as YYYY-MM-DD."),
        ("26/04/2016", 'is not written as YYYY-MM-DD. Did you mean "2016-04-26"?'),
        ("04/26/2016", 'is not written as YYYY-MM-DD. Did you mean "2016-04-26"?'),
        ("2016-26-04", 'is not a date: day and month are exchanged. Did you mean "2016-04-26"?'),
        ("2016-04", 'is only a month; write its first day and precision month. Did you mean "2016-04-01"?'),
        ("Apr-16", "is not a date; write it as YYYY-MM-DD."),
    ],
)
def test_day_and_month_are_never_guessed(make_case: Make, typed: str, said: str) -> None:
    case = make_case(structure=STRUCTURES, condition_report=f"local_id,structure,date,wording\nr1,bel,{typed},x\n")
    assert texts(case) == [f'condition_report.csv row 2, date: "{typed}" {said}']


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (dt.date(2026, 12, 3), "is a date in the workbook; an identifier such as 3-12 was turned into it."),
        (1234567890123456789, "is a number in the workbook and has lost digits"),
        (1.5, "is a number in the workbook and has lost digits"),
        ("1.23457E+18", "looks like an identifier that a spreadsheet turned into a rounded number"),
    ],
)
def test_identifiers_a_spreadsheet_mangled_are_refused(tmp_path: Path, value: object, said: str) -> None:
    path = workbook(tmp_path / "w.xlsx", [HEADER, [value, "bel", "2016-04-26", "Broken."]])
    (found,) = read_workbook(path).check()
    assert said in str(found)


def test_leading_zeros_survive_as_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", [HEADER, ["007", "bel", "2016-04-26", "Broken."]])
    (row,) = read_workbook(path).rows()
    assert row.data["local_id"] == "007"


# --- geometries -------------------------------------------------------------------------------------------------------


def collection(*geometries: object) -> str:
    features = [
        {"type": "Feature", "properties": {"local_id": f"f{i}", "label": "x"}, "geometry": g}
        for i, g in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_coordinates_that_are_not_numbers(make_case: Make) -> None:
    case = make_case(
        structure__geojson=collection(
            {"type": "Point", "coordinates": [float("nan"), 34.5]},
            {"type": "Point", "coordinates": [38.2, float("inf")]},
            {"type": "Point", "coordinates": ["38.2", 34.5]},
            {"type": "Polygon", "coordinates": [[[38, 34], [38.1, 34.1], [38, 34.1], [38.1, 34], [38, 34]]]},
            {"type": "Circle", "coordinates": [38.2, 34.5]},
            {"type": "Point", "coordinates": [38.2, 34.5]},
        )
    )
    assert [r.data["local_id"] for r in case.rows()] == ["f5"]
    codes = [p.code for p in case.problems]
    assert codes == ["geometry-not-a-number"] * 3 + ["geometry-self-crossing", "geometry-unreadable"]


def test_swapped_axes_of_a_polygon(make_case: Make) -> None:
    swapped = {"type": "Polygon", "coordinates": [[[34.5, 38.2], [34.51, 38.2], [34.51, 38.21], [34.5, 38.2]]]}
    case = make_case(extent="extent = [38.15, 34.45, 38.40, 34.65]", structure__geojson=collection(swapped))
    (found,) = case.check()
    assert found.code == "geometry-swapped-axes"
    assert "Proposed: swap the axes." in found.reason


def test_another_reference_system_is_refused(make_case: Make) -> None:
    raw = json.loads(collection({"type": "Point", "coordinates": [432100.5, 3823400.2]}))
    assert "look like metres" in texts(make_case(structure__geojson=json.dumps(raw)))[0]
    raw["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}
    assert texts(make_case(structure__geojson=json.dumps(raw))) == [
        'structure.geojson: "urn:ogc:def:crs:EPSG::32637" is not WGS 84: GeoJSON holds longitude and latitude. '
        'Did you mean "EPSG:4326"?'
    ]


@pytest.mark.slow
def test_a_polygon_of_a_million_vertices_is_read_and_remarked(make_case: Make) -> None:
    n = 1_000_000
    step = 0.2 / n
    top = [[38.15 + i * step, 34.5 + 0.0001 * (i % 2)] for i in range(n)]
    ring = [*top, [38.35, 34.46], [38.15, 34.46], top[0]]
    case = make_case(structure__geojson=collection({"type": "Polygon", "coordinates": [ring]}))
    (row,) = case.rows()
    assert len(row.data["geometry"]["coordinates"][0]) == n + 3
    assert [p.code for p in case.problems] == ["geometry-many-vertices"]
    assert case.errors == 0


def test_json_nested_too_deeply(make_case: Make) -> None:
    deep = '{"type": "FeatureCollection", "features": [' + "[" * 200_000 + "]" * 200_000 + "]}"
    assert texts(make_case(structure__geojson=deep)) == ["structure.geojson: is nested too deeply to be GeoJSON."]


# --- archives and XML -------------------------------------------------------------------------------------------------

BOMB = """<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><kml><Document><Placemark><name>&c;</name></Placemark></Document></kml>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<kml><Document><Placemark><name>&secret;</name></Placemark></Document></kml>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_xml_entities_are_refused(make_case: Make, text: str) -> None:
    assert texts(make_case(structure__kml=text)) == [
        "structure.kml: declares XML entities or a DTD; such files are refused."
    ]


def test_xml_entities_inside_a_workbook_are_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", [HEADER, ["r1", "bel", "2016-04-26", "Broken."]])
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.partition(b"?>")[2]
            target.writestr(name, content)
    found = read_workbook(bad).check()
    assert found
    assert "is not a readable workbook (EntitiesForbidden)" in str(found[0])


@pytest.mark.parametrize("name", ["structure.kmz", "case.xlsx"])
def test_zip_bombs_are_refused_unopened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    member = "doc.kml" if name.endswith("kmz") else "xl/workbook.xml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b"<kml>" + b" " * 64 * 1024**2)
    found = read_case(path, authority="t").check()
    assert [p.code for p in found] == ["zip-bomb"]


@pytest.mark.parametrize(
    "member", ["../manifest.toml", "/etc/manifest.toml", "a/../../manifest.toml", "C:\\manifest.toml"]
)
def test_an_archive_that_climbs_out_is_refused(tmp_path: Path, member: str) -> None:
    path = tmp_path / "case.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("case/manifest.toml", 'naming_authority = "t"\n')
        archive.writestr(zipfile.ZipInfo(member), "name = 'evil'\n")
    found = read_case(path).check()
    assert [p.code for p in found] == ["not-permitted"]
    assert not (tmp_path.parent / "manifest.toml").exists()


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/hostname", "sub/../../secret.csv", "C:/secret.csv"])
def test_a_manifest_that_climbs_out_is_refused(make_case: Make, path: str) -> None:
    case = make_case(structure=STRUCTURES)
    (case.folder.parent / "secret.csv").write_text(STRUCTURES)
    (case.folder / "manifest.toml").write_text(f'naming_authority = "t"\n[files]\nstructure = "{path}"\n')
    again = read_case(case.folder)
    assert list(again.rows()) == []
    assert texts(again) == [f'manifest.toml, files.structure: "{path}" The path leads out of the case folder.']


def test_a_link_out_of_the_folder_is_refused(make_case: Make) -> None:
    case = make_case(structure=STRUCTURES)
    secret = case.folder.parent / "secret.csv"
    secret.write_text(STRUCTURES)
    (case.folder / "structure.csv").unlink()
    (case.folder / "structure.csv").symlink_to(secret)
    assert "leads out of the case folder" in texts(read_case(case.folder))[0]


def test_a_zipped_case_is_read(tmp_path: Path, make_case: Make) -> None:
    case = make_case(structure=STRUCTURES)
    path = tmp_path / "case.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in case.folder.iterdir():
            archive.write(file, f"inner/{file.name}")
    assert [r.uid for r in read_case(path).rows()] == [r.uid for r in case.rows()]


def test_a_file_in_no_known_format_is_named(make_case: Make) -> None:
    assert "is in no format that can be read" in texts(make_case(structure__bin=b"\x00\x01\x02" * 100))[0]
