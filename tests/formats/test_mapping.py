"""Another organisation's columns are read through a mapping file, not code."""

from __future__ import annotations

from collections.abc import Callable

from tetrapylon.formats.case import Case
from tetrapylon.model import thing_uid

Make = Callable[..., Case]

FOREIGN = """
nr;tag;art;flaeche;ort_x;ort_y;wer;bemerkung
1;26/04/2016;Mine;2,5 ha;38.27;34.55;Team A;
2;27/04/2016;Sprengfalle;0.5;38.28;34.56;;war nass
"""

MAPPING = """
[values.kinds]
Mine = "mine"
Sprengfalle = "booby_trap"

[[table]]
file = "liste"
entity = "hazard_report"
id = { column = "nr", prefix = "team_a_" }
tier = "partners"
[table.fields]
date = { column = "tag", format = "%d/%m/%Y" }
kind = { column = "art", values = "kinds" }
description = { join = ["{art} seen by {wer}.", "{bemerkung}"] , default = "as listed" }
area = { column = "flaeche", unit = "ha" }
geometry = { lon = "ort_x", lat = "ort_y" }
[table.ignored]
"""


def test_foreign_columns_units_terms_and_dates(make_case: Make) -> None:
    case = make_case(mapping=MAPPING, liste=FOREIGN.replace("2,5 ha", "2.5"))
    one, two = case.rows()
    assert case.problems == []
    assert one.uid == thing_uid("test/case", "hazard_report", "team_a_1")
    assert one.tier == "partners"
    assert one.data == {
        "local_id": "team_a_1",
        "date": {"date": "2016-04-26"},
        "kind": "mine",
        "description": "Mine seen by Team A.",
        "area": {"value": 25_000.0},
        "geometry": {"type": "Point", "coordinates": [38.27, 34.55]},
    }
    assert two.data["description"] == "war nass"


def test_a_mapping_that_does_not_fit_says_where(make_case: Make) -> None:
    wrong = MAPPING.replace('"hazard_report"', '"hazard_reprt"').replace("[values.kinds]", "[valus.kinds]")
    found = [str(p) for p in make_case(mapping=wrong, liste=FOREIGN).check()]
    assert found[0] == 'mapping.toml, valus: "valus" is not a part of a mapping file. Did you mean "values"?'
    assert (
        'mapping.toml, table 1 (liste), entity: "hazard_reprt" is not an entity. Did you mean "hazard_report"?' in found
    )

    wrong = MAPPING.replace('column = "tag"', 'column = "tage"').replace('unit = "ha"', 'unit = "hectares"')
    wrong = wrong.replace('booby_trap"', 'booby_trp"')
    assert [str(p) for p in make_case(mapping=wrong, liste=FOREIGN).check()] == [
        'liste.csv, date: "tage" is not a column of this table. Did you mean "tag"?',
        'liste.csv, kind: "booby_trp" is not a hazard kind. Did you mean "booby_trap"?',
        'liste.csv, area: "hectares" is not a unit for a field in m2. Choose one of: m2, ha, km2, dunam, acre.',
    ]


def test_a_column_nobody_reads_is_worth_a_look(make_case: Make) -> None:
    mapping = MAPPING.replace(', "{bemerkung}"', "")
    case = make_case(mapping=mapping, liste=FOREIGN.replace("2,5 ha", "2.5"))
    (found,) = case.check()
    assert found.warning
    assert str(found) == "liste.csv row 1, bemerkung: The mapping neither reads, keeps nor ignores this column."
    assert make_case(mapping=mapping + 'bemerkung = "private"\n', liste=FOREIGN.replace("2,5 ha", "2.5")).check() == []


def test_several_tables_from_one_file_and_values_with_reasons(make_case: Make) -> None:
    mapping = """
[[table]]
file = "list"
entity = "works"
id = "id"
only = { kind = "work" }
[table.fields]
start = "date"
body = "body"
text = "text"
[table.ignored]
share = "only estimates have one"
[[table]]
file = "list"
entity = "estimate"
id = "id"
unless = { kind = ["work"] }
[table.fields]
date = "date"
body = "body"
text = "text"
hi = { column = "share", unit = "%" }
lo = { given = { e1 = 0.2 }, because = "the text says a fifth at least" }
"""
    rows = (
        "id,date,kind,body,text,share\ne1,2016-01-01,estimate,Somebody,At least a fifth,35\nw1,2016-01-02,work,A,B,\n"
    )
    found = {r.entity: r.data for r in make_case(mapping=mapping, list=rows).rows()}
    assert found["estimate"]["lo"] == 0.2
    assert found["estimate"]["hi"] == 0.35
    assert found["works"]["start"] == {"date": "2016-01-02"}
    without_reason = mapping.replace(', because = "the text says a fifth at least"', "")
    assert "need a reason" in str(make_case(mapping=without_reason, list=rows).check()[0])


def test_columns_we_do_not_know_are_kept(make_case: Make) -> None:
    (row,) = make_case(structure="local_id,label,colour\nbel,Temple of Bel,golden\n").rows()
    assert row.data == {"colour": "golden", "local_id": "bel", "label": "Temple of Bel", "role": "whole"}
