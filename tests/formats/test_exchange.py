"""Out and in again: the same bytes as CSV and GeoJSON, the same values as XLSX, GeoPackage and KML."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tetrapylon import cases
from tetrapylon.errors import NotFound, ValueRangeError
from tetrapylon.formats.case import read_case
from tetrapylon.formats.registry import FORMATS
from tetrapylon.formats.row import Row
from tetrapylon.formats.sample import SAMPLED, write_sample
from tetrapylon.formats.tables import csv_write, xlsx
from tetrapylon.formats.tables.cells import guard, join_many, restore, split_many
from tetrapylon.formats.write import write_tables
from tetrapylon.model import REGISTRY, Tier, thing_uid
from tetrapylon.model.terms import DamageClass


def comparable(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.entity, r.uid, r.data, r.source, r.tier) for r in sorted(rows, key=lambda r: (r.entity, r.uid))]


def held(rows: list[Row], fmt: str) -> list[Row]:
    """The rows that a format holds; the others it leaves out."""
    return [row for row in rows if FORMATS[fmt].holds(row)]


def out_and_in(rows: list[Row], folder: Path, fmt: str) -> list[Row]:
    write_tables(rows, folder, fmt, name="case", authority="tetrapylon/palmyra")
    case = read_case(folder, exists=lambda entity, uid: True)
    back = list(case.rows())
    assert case.errors == 0, case.problems[:5]
    return back


@pytest.fixture(scope="module")
def palmyra() -> list[Row]:
    return list(read_case(cases.folder("palmyra")).rows())


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_palmyra_out_in_and_out_again(palmyra: list[Row], tmp_path: Path, fmt: str) -> None:
    back = out_and_in(palmyra, tmp_path / "one", fmt)
    assert comparable(back) == comparable(held(palmyra, fmt))
    if FORMATS[fmt].stable == "bytes":
        files = write_tables(back, tmp_path / "two", fmt, name="case", authority="tetrapylon/palmyra")
        assert len(files) == 16
        for file in files:
            assert file.read_bytes() == (tmp_path / "one" / file.name).read_bytes()


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_tiers_unknown_fields_lists_and_flags_survive(tmp_path: Path, fmt: str) -> None:
    rows = [
        Row(
            "structure",
            thing_uid("tetrapylon/palmyra", "structure", "bel"),
            {
                "future": {"nested": [1, 2.5, None]},
                "local_id": "bel",
                "label": 'Temple "of Bel", =1',
                "role": "whole",
                "aliases": ["one; two", "back\\slash", "معبد بل"],
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[[[0.1, 0.2], [0.3, 0.2], [0.3, 0.4], [0.1, 0.2]]]],
                },
                "height": 14.000000000000002,
                "significance": 5,
                "osm_way": 303071536,
                "note": "line one\nline two\ttab",
            },
            thing_uid("tetrapylon/palmyra", "source", "s"),
            Tier.RESTRICTED,
        ),
        Row(
            "heritage_zone",
            "0190b5a4-0000-7000-8000-000000000001",
            {"label": "Court", "methods_permitted": ["manual", "dogs"], "no_disposal_in_place": True},
        ),
    ]
    back = out_and_in(rows, tmp_path, fmt)
    assert comparable(back) == comparable(held(rows, fmt))
    assert all(list(r.data) == list(rows[0].data) for r in back if r.entity == "structure")


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1, max_size=20
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("fmt", ["csv", "geojson"])
def test_any_text_survives(tmp_path: Path, fmt: str, data: st.DataObject) -> None:
    labels = data.draw(st.lists(TEXT.filter(lambda t: not t.isspace()), min_size=1, max_size=4))
    aliases = data.draw(st.lists(TEXT.map(str.strip).filter(bool), max_size=3))
    rows = [
        Row("structure", thing_uid("x", "structure", str(i)), {"label": label, "role": "whole"})
        for i, label in enumerate(labels)
    ]
    if aliases:
        rows[0].data["aliases"] = aliases
    back = out_and_in(rows, tmp_path, fmt)
    ordered = [{k: r.data[k] for k in ("label", "role", "aliases") if k in r.data} for r in rows]
    assert [r.data for r in back] == ordered


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(TEXT.filter(lambda t: not t.isspace()), min_size=20, max_size=40))
@pytest.mark.parametrize("fmt", ["xlsx", "gpkg", "kml"])
def test_any_text_survives_where_the_format_can_hold_it(tmp_path: Path, fmt: str, labels: list[str]) -> None:
    if fmt == "kml":
        labels = [t for t in labels if all(c >= " " and c not in "\ufffe\uffff" for c in t) and not t.isspace()]
    rows = [
        Row("structure", thing_uid("x", "structure", str(i)), {"label": label, "role": "whole"})
        for i, label in enumerate(labels)
    ]
    assert [r.data["label"] for r in out_and_in(rows, tmp_path, fmt)] == labels


@given(TEXT)
def test_a_guard_always_comes_off(text: str) -> None:
    assert restore(guard(text)) == text
    assert guard(text)[0] not in "=+-@\t\r\n"


@given(st.lists(TEXT.map(str.strip).filter(bool)))
def test_lists_in_one_cell(values: list[str]) -> None:
    assert split_many(join_many(values)) == values


def test_a_workbook_explains_itself(tmp_path: Path) -> None:
    xlsx.template(tmp_path / "blank.xlsx", ["condition_report", "structure"])
    book = openpyxl.load_workbook(tmp_path / "blank.xlsx")
    assert book.sheetnames == ["_columns", "condition_report", "structure", "_choices"]
    headings = [c.value for c in book["condition_report"][1]]
    described = {
        row[1].value: row[2].value
        for row in book["_columns"].iter_rows(min_row=2)
        if row[0].value == "condition_report"
    }
    assert set(headings) == set(described)
    assert all(described.values())
    at = headings.index("damage_class") + 1
    letter = openpyxl.utils.get_column_letter(at)
    (rule,) = [v for v in book["condition_report"].data_validations.dataValidation if f"{letter}2" in v.sqref]
    sheet, _, cells = rule.formula1.partition("!")
    chosen = [c.value for row in book[sheet][cells.replace("$", "")] for c in row]
    assert chosen == [m.value for m in DamageClass]


def test_a_filled_in_template_is_read(tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    xlsx.template(path, ["structure"])
    book = openpyxl.load_workbook(path)
    sheet = book["structure"]
    headings = [c.value for c in sheet[1]]
    for name, value in {"local_id": "bel", "label": "Temple of Bel", "height_m": 15}.items():
        sheet.cell(2, headings.index(name) + 1, value)
    book.save(path)
    case = read_case(path, authority="t")
    (row,) = case.rows()
    assert case.problems == []
    assert row.data == {"local_id": "bel", "label": "Temple of Bel", "role": "whole", "height": 15.0}


def test_a_text_too_long_for_a_workbook_is_refused(tmp_path: Path) -> None:
    row = Row("structure", thing_uid("t", "structure", "a"), {"local_id": "a", "label": "x" * 40_000, "role": "whole"})
    with pytest.raises(ValueRangeError, match="structure a holds a text of 40000 characters"):
        write_tables([row], tmp_path, "xlsx", name="t", authority="t")


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match='Did you mean "geojson"'):
        write_tables([], tmp_path, "geojsn", name="t", authority="t")


def test_losses_of_kml_are_real(tmp_path: Path) -> None:
    """Each listed loss that touches values, shown."""
    collection = {"type": "Point", "coordinates": [0.1, 0.2]}
    row = Row(
        "structure",
        thing_uid("tetrapylon/palmyra", "structure", "a"),
        {
            "label": "bell \x07 rings",
            "role": "whole",
            "geometry": {"type": "GeometryCollection", "geometries": [collection, collection]},
        },
    )
    (back,) = out_and_in([row], tmp_path, "kml")
    assert back.data["label"] == "bell  rings"
    assert back.data["geometry"] == {"type": "MultiPoint", "coordinates": [[0.1, 0.2], [0.1, 0.2]]}
    assert any("control characters" in loss for loss in FORMATS["kml"].losses)
    assert any("multi-geometry" in loss for loss in FORMATS["kml"].losses)


def test_foreign_kml_is_read_with_its_own_names(tmp_path: Path) -> None:
    (tmp_path / "structure.kml").write_text(
        """<?xml version="1.0"?><kml xmlns="http://earth.google.com/kml/2.1"><Document><Folder>
        <Placemark id="p1"><name>Arch</name><ExtendedData><SchemaData><SimpleData name="local_id">arch</SimpleData>
        <SimpleData name="label">Arch</SimpleData></SchemaData></ExtendedData>
        <Point><coordinates> 38.27,34.55,400 </coordinates></Point></Placemark></Folder></Document></kml>"""
    )
    (row,) = read_case(tmp_path / "structure.kml", authority="t").rows()
    assert row.data["geometry"]["coordinates"] == [38.27, 34.55, 400.0]
    assert row.data["label"] == "Arch"


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_every_entity_can_be_written(tmp_path: Path, fmt: str) -> None:
    """A row of nothing but a uid is writable for each; reading it back names what is missing, if anything."""
    rows = [Row(entity, thing_uid("t", entity, "a"), {"local_id": "a"}) for entity in REGISTRY]
    write_tables(rows, tmp_path, fmt, name="t", authority="t")
    found = read_case(tmp_path).check()
    assert {p.code for p in found} <= {"required", "column"}


@pytest.mark.parametrize("fmt", list(FORMATS))
def test_each_format_recognises_its_own_sample_and_no_other_does(tmp_path: Path, fmt: str) -> None:
    files = [f for f in write_sample(tmp_path, fmt) if f.name != "manifest.toml"]
    for file in files:
        assert [name for name, known in FORMATS.items() if known.sniff(file)] == [fmt]
        file.rename(file.with_suffix(".dat"))
        assert next(name for name, known in FORMATS.items() if known.sniff(file.with_suffix(".dat"))) == fmt
        file.with_suffix(".dat").rename(file)
    case = read_case(tmp_path, exists=lambda entity, uid: True)
    rows = list(case.rows())
    holds_structures = FORMATS[fmt].holds(Row("structure", "", {}))
    assert [r.data["local_id"] for r in rows if r.entity == "structure"] == list(SAMPLED if holds_structures else ())
    assert rows
    assert case.problems == []


def test_an_empty_table_to_fill_in(tmp_path: Path) -> None:
    path = tmp_path / "hazard_report.csv"
    csv_write.template(path, "hazard_report")
    with path.open("a", encoding="utf-8") as file:
        headings = path.read_text(encoding="utf-8").strip().split(",")
        cells = {"local_id": "h1", "date": "2016-04-26", "kind": "mine", "description": "Seen.", "count": "3"}
        file.write(",".join(cells.get(h, "") for h in headings) + "\n" + "," * (len(headings) - 1) + "\n")
    case = read_case(path, authority="t")
    (row,) = case.rows()
    assert case.problems == []
    assert row.data["count"] == {"value": 3.0}


def test_texts_of_a_workbook_are_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "structure.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "structure"
    for line in [["local_id", "label", "built", "colour"], [7, 1234, dt.date(1932, 1, 1), 3]]:
        sheet.append(line)
    book.save(path)
    (row,) = read_case(path, authority="t").rows()
    texts = {"colour": "3", "local_id": "7", "label": "1234", "role": "whole", "built": "1932-01-01"}
    assert row.data == texts
    assert all(type(v) is str for v in row.data.values())
