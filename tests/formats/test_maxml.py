"""maXML: what is read from a field report, what is kept, what is left out, and what a hostile file meets."""

from __future__ import annotations

import datetime as dt
import json
import random
import xml.dom.minidom
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tetrapylon.formats import maxml
from tetrapylon.formats.case import read_case
from tetrapylon.formats.maxml import items, own, parse
from tetrapylon.formats.maxml.personal import is_personal
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import Tier, thing_uid

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

POINTS = [(2, 34.551, 38.271), (1, 34.55, 38.27), (3, 34.55, 38.272)]
CORNERS = "".join(
    f"<Point><PointNumber>{n}</PointNumber><PointType>Turning Point</PointType><Latitude>{lat}</Latitude>"
    f"<Longitude>{lon}</Longitude><Bearing>12</Bearing></Point>"
    for n, lat, lon in POINTS
)
LANDMARK = (
    "<Point><PointNumber>0</PointNumber><PointType>Reference Point</PointType>"
    "<Latitude>34.5</Latitude><Longitude>38.2</Longitude></Point>"
)
HAZARD = f"""<FieldReport>
  <FieldReportInfo reportGUID="t-1" reportID="DEF-1831" fieldReportGUID="fr-1">
   <FieldReportName>Hazard Report</FieldReportName><Version>3</Version><ReportingPerson>N. N. Surveyor</ReportingPerson>
   <ReportingOrg>Operator One</ReportingOrg><ReportingDate>2016-04-21T00:00:00</ReportingDate>
   <Other>remark of the office</Other>
  </FieldReportInfo>
  <Hazard hazardGUID="h-guid">
   <hazard_localid>HA-1</hazard_localid><HazardName>North slope</HazardName>
   <HazardType>Confirmed Hazardous Area</HazardType><Status>Active</Status><EstimatedArea>1200.5</EstimatedArea>
   <LandOwner>N. N. Farmer</LandOwner><Terrain><Slope degree="12">steep</Slope><Slope degree="3"/></Terrain>
   <GeospatialInfo><Shape>Polygon</Shape><ShapeID>1</ShapeID>{CORNERS}{LANDMARK}</GeospatialInfo>
  </Hazard>
  <attachment><file>photo.jpg</file></attachment>
 </FieldReport>"""
CLEARANCE = f"""<FieldReport>
  <FieldReportInfo reportID="DEF-1832" fieldReportGUID="fr-2"><FieldReportName>Clearance</FieldReportName>
   <ReportingOrg>Operator One</ReportingOrg><ReportingDate>2016-05-01</ReportingDate></FieldReportInfo>
  <HazardReduction><hazreduc_localid>CLR-7</hazreduc_localid><HazReducType>Clearance</HazReducType>
   <StartDate>2016-04-22</StartDate><EndDate>2016-04-30</EndDate><areasize>800</areasize>
   <ClearanceMethod>Manual clearance</ClearanceMethod><ClearanceDepth>0.2</ClearanceDepth>
   <hazard_localid>HA-1</hazard_localid>
   <HazReducDeviceInfo><Category>AP Mine</Category><Model>PMN</Model><qty>3</qty><Colour>green</Colour>
   </HazReducDeviceInfo>
   <HazReducDeviceInfo><Category>Mortar</Category></HazReducDeviceInfo>
   <GeospatialInfo><Polygon>{CORNERS}</Polygon></GeospatialInfo>
  </HazardReduction>
 </FieldReport>"""
ACCIDENT = """<FieldReport><FieldReportInfo reportID="DEF-9" fieldReportGUID="fr-3">
  <ReportingDate>2016-06-01</ReportingDate></FieldReportInfo><Accident><accident_localid>ACC-1</accident_localid><DateOfAccident>2016-05-30</DateOfAccident>
  <NumberKilled>1</NumberKilled><NumberInjured>2</NumberInjured><Narrative>what happened to whom</Narrative></Accident>
 </FieldReport>"""
VICTIM = """<FieldReport>
  <FieldReportInfo fieldReportGUID="fr-4"><ReportingDate>2016-06-01</ReportingDate></FieldReportInfo>
  <Victim><FirstName>N. N. Injured</FirstName><Age>9</Age></Victim></FieldReport>"""
EDUCATION = """<FieldReport>
  <FieldReportInfo fieldReportGUID="fr-5"><ReportingDate>2016-06-02</ReportingDate></FieldReportInfo>
  <MREActivity><mre_localid>M1</mre_localid><Sessions>4</Sessions></MREActivity></FieldReport>"""
QUALITY = """<FieldReport><FieldReportInfo fieldReportGUID="fr-6"><ReportingOrg>Inspectors</ReportingOrg>
  <ReportingDate>2016-06-03</ReportingDate></FieldReportInfo>
  <QAActivity><qa_localid>QA-1</qa_localid><Result>Passed</Result></QAActivity></FieldReport>"""


def document(*reports: str, head: str = "", root: str = "MineActionFieldReport") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{head}{"".join(reports)}</{root.split()[0]}>'


WHOLE = document(HAZARD, CLEARANCE, ACCIDENT, VICTIM, EDUCATION, QUALITY)


def write(folder: Path, text: str | bytes, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path) -> tuple[list[Row], list[str]]:
    case = read_case(path, authority="t", exists=lambda entity, uid: True)
    rows = list(case.rows())
    return rows, [("worth a look: " if p.warning else "") + str(p) for p in case.problems]


def problems(folder: Path, text: str | bytes) -> list[str]:
    return read(write(folder, text))[1]


def comparable(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(r.entity, r.uid, r.data, r.source, r.tier) for r in sorted(rows, key=lambda r: (r.entity, r.uid))]


def out(rows: list[Row], folder: Path) -> Path:
    write_tables(rows, folder, "maxml", name="case", authority="t")
    return folder / "case.xml"


def back(folder: Path) -> list[Row]:
    case = read_case(folder, exists=lambda entity, uid: True)
    rows = list(case.rows())
    assert case.errors == 0, case.problems[:5]
    return rows


def known(row: Row) -> dict[str, Any]:
    return {k: v for k, v in row.data.items() if k not in own.KEPT}


def one(rows: list[Row], entity: str) -> Row:
    (row,) = [r for r in rows if r.entity == entity]
    return row


# --- what a field report becomes --------------------------------------------------------------------------------------


def test_a_hazard_report_becomes_a_hazard_area_with_its_report_as_source(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, document(HAZARD)))
    hazard, source = one(rows, "hazard_area"), one(rows, "source")
    ring = [[38.27, 34.55], [38.271, 34.551], [38.272, 34.55], [38.27, 34.55]]  # by number; the landmark is no corner
    assert known(hazard) == {
        "local_id": "HA-1",
        "classification": "cha",
        "recorded": {"date": "2016-04-21"},
        "status": "open",
        "declared_area": {"value": 1200.5},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    assert hazard.source == source.uid == thing_uid("t", "source", "fr-1")
    assert known(source) == {
        "local_id": "fr-1",
        "heading": "Hazard Report",
        "published": {"date": "2016-04-21"},
        "publisher": "Operator One",
        "kind": "field",
    }


def test_clearance_is_a_claim_of_the_operator_and_never_a_release(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, document(HAZARD, CLEARANCE)))
    assert "land_release" not in {r.entity for r in rows}
    claim, search = one(rows, "clearance_claim"), one(rows, "search")
    assert known(claim)["claimed_by"] == "Operator One"
    assert (known(claim)["area"], known(claim)["date"]) == ({"value": 800.0}, {"date": "2016-04-30"})
    assert known(search)["area_of"] == one(rows, "hazard_area").uid
    assert (known(search)["method"], known(search)["depth"]) == ("manual", 0.2)
    mine, mortar = [known(r) for r in rows if r.entity == "ordnance_item"]
    assert (mine["category"], mine["quantity"], mine["disposal"]) == ("ap_mine", 3, "unknown")
    assert (mortar["local_id"], mortar["category"], mortar["quantity"]) == ("CLR-7/2", "mortar", 1)


def test_an_activity_whose_hazard_is_elsewhere_is_read_without_the_link(tmp_path: Path) -> None:
    rows, said = read(write(tmp_path, document(CLEARANCE)))
    assert "area_of" not in one(rows, "search").data
    assert said == []


def test_the_story_of_an_accident_stays_out_of_the_public_tier(tmp_path: Path) -> None:
    from tetrapylon.model import REGISTRY
    from tetrapylon.model.entity import split_by_tier

    rows, _ = read(write(tmp_path, document(ACCIDENT)))
    row = one(rows, "incident")
    parts = split_by_tier(REGISTRY["incident"], row.data)
    assert "what happened to whom" not in json.dumps(parts[Tier.PUBLIC])
    assert "what happened to whom" in json.dumps(parts[Tier.RESTRICTED])
    assert (row.data["killed"], row.data["injured"]) == (1, 2)


def test_no_data_of_a_person_is_kept_and_the_user_is_told(tmp_path: Path) -> None:
    rows, said = read(write(tmp_path, WHOLE))
    assert "N. N." not in json.dumps([r.data for r in rows])
    assert "N. N." not in out(rows, tmp_path / "out").read_text(encoding="utf-8")
    assert said == [
        "worth a look: export.xml, source: 2 elements with data of a person left out: LandOwner (1), ReportingPerson "
        "(1). No name of a victim, informant or member of staff is kept.",
        "worth a look: export.xml, source: 1 field report with data of a person left out: Victim (1). "
        "No name of a victim, informant or member of staff is kept.",
    ]


@pytest.mark.parametrize("name", ["VictimName", "father_name", "DateOfBirth", "Contact-Person", "mobilePhone", "Owner"])
def test_names_of_elements_about_persons(name: str) -> None:
    assert is_personal(name)


@pytest.mark.parametrize("name", ["NumberOfVictims", "VictimCount", "AreaSize", "Sessions", "Landmark", "Model"])
def test_names_of_elements_about_no_person(name: str) -> None:
    assert not is_personal(name)


# --- out and in -------------------------------------------------------------------------------------------------------


def elements(root: ElementTree.Element) -> Counter[tuple[Any, ...]]:
    """Every leaf of a document as another reader sees it: path, attributes, text; our own elements skipped."""
    found: Counter[tuple[Any, ...]] = Counter()

    def walk(element: ElementTree.Element, path: str) -> None:
        if element.tag.startswith("{" + own.NAMESPACE):
            return
        attributes = tuple(sorted((k, v) for k, v in element.attrib.items() if own.NAMESPACE not in k))
        if attributes or (element.text or "").strip():
            found[(f"{path}/{element.tag}", attributes, (element.text or "").strip())] += 1
        for part in element:
            walk(part, f"{path}/{element.tag}")

    walk(root, "")
    return found


def test_every_element_comes_back_and_nothing_is_added_to_what_others_read(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, WHOLE))
    written = out(rows, tmp_path / "out")
    before = elements(ElementTree.fromstring(WHOLE))
    persons = {k for k in before if any(n in k[0] for n in ("ReportingPerson", "LandOwner", "/Victim"))}
    after = elements(ElementTree.parse(written).getroot())
    assert Counter({k: n for k, n in before.items() if k not in persons}) - after == Counter()
    added = {k[0] for k in after - before}
    assert all("DocumentHeader" in path or path.endswith("FieldReportName") for path in added)
    assert comparable(back(tmp_path / "out")) == comparable(rows)
    again = out(back(tmp_path / "out"), tmp_path / "two")
    assert again.read_bytes() == written.read_bytes()


def test_a_changed_claim_changes_its_element_and_no_other(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, document(HAZARD)))
    changed = [r._replace(data={**r.data, "status": "closed"}) if r.entity == "hazard_area" else r for r in rows]
    written = out(changed, tmp_path / "out")
    before, after = elements(ElementTree.fromstring(document(HAZARD))), elements(ElementTree.parse(written).getroot())
    item = "/MineActionFieldReport/FieldReport/Hazard"
    assert {k[0] for k in before - after} - {"/MineActionFieldReport/FieldReport/FieldReportInfo/ReportingPerson"} == {
        f"{item}/Status",
        f"{item}/LandOwner",
    }
    assert (f"{item}/Status", (), "closed") in after
    again = back(tmp_path / "out")
    assert [known(r) for r in again] == [known(r) for r in changed]


def test_what_is_withheld_is_not_in_the_file(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, document(HAZARD, CLEARANCE)))
    public = [r._replace(data={k: v for k, v in known(r).items() if k != "geometry"}) for r in rows]
    text = out(public, tmp_path / "out").read_text(encoding="utf-8")
    assert "38.271" not in text
    assert "Terrain" not in text
    assert comparable(back(tmp_path / "out")) == comparable(public)


def test_a_hole_is_never_written_as_searched(tmp_path: Path) -> None:
    ring = [[0.0, 0.0], [0.0, 4.0], [4.0, 4.0], [4.0, 0.0], [0.0, 0.0]]
    hole = [[1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0], [1.0, 1.0]]
    ground = {"type": "Polygon", "coordinates": [ring, hole]}
    when = {"date": "2016-05-01"}
    rows = [
        Row("hazard_area", UID, {"classification": "cha", "recorded": when, "status": "open", "geometry": ground}),
        Row(
            "search",
            thing_uid("t", "search", "s"),
            {"method": "manual", "start": when, "passes": 1, "geometry": ground},
        ),
    ]
    root = ElementTree.parse(out(rows, tmp_path)).getroot()
    assert [len(root.findall(f".//{item}/GeospatialInfo")) for item in ("Hazard", "HazardReduction")] == [1, 0]
    assert comparable(back(tmp_path)) == comparable(rows)


def test_another_parser_finds_the_report_form_as_the_public_tool_for_it_does(tmp_path: Path) -> None:
    """The way to a form's GUID that GICHD publishes: the root's FieldReport children, their FieldReportInfo."""
    rows, _ = read(write(tmp_path, document(HAZARD)))
    written = out(rows, tmp_path / "out")
    reports = ElementTree.parse(written).getroot().findall("FieldReport")
    heads = [r.find("FieldReportInfo") for r in reports]
    assert [h.get("reportGUID") for h in heads if h is not None] == ["t-1"]
    assert len(xml.dom.minidom.parse(str(written)).getElementsByTagName("Hazard")) == 1


@pytest.mark.parametrize(
    "root",
    ['MineActionFieldReport xmlns="http://example.org/maxml/4"', "mineActionFieldReport", "MINEACTIONFIELDREPORT"],
)
def test_namespaces_and_case_of_other_versions(tmp_path: Path, root: str) -> None:
    path = write(tmp_path, document(HAZARD, root=root))
    assert maxml.sniff(path)
    rows, _ = read(path)
    assert known(one(rows, "hazard_area"))["classification"] == "cha"
    out(rows, tmp_path / "out")
    assert comparable(back(tmp_path / "out")) == comparable(rows)


UID = thing_uid("t", "hazard_area", "x")
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)).map(str)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"), max_size=20).filter(
    lambda t: t.strip() == t and t != ""
)
COORDINATE = st.tuples(st.floats(-179, 179, allow_nan=False), st.floats(-89, 89, allow_nan=False)).map(list)
FIGURE = st.builds(
    lambda v, b: {"value": v} if b is None else {"value": v, "bound": b},
    st.floats(0, 1e9, allow_nan=False),
    st.sampled_from([None, "about", "at_least", "at_most"]),
)
WHEN = st.builds(
    lambda d, p: {"date": d} if p is None else {"date": d, "precision": p},
    DATES,
    st.sampled_from([None, "month", "year", "approx"]),
)
HAZARDS = st.fixed_dictionaries(
    {
        "local_id": st.text("abc-_/0123", min_size=1, max_size=9),
        "classification": st.sampled_from(["sha", "cha", "dha"]),
        "recorded": WHEN,
        "status": st.sampled_from(["open", "worked_on", "closed", "reopened"]),
    },
    optional={
        "declared_area": FIGURE,
        "reason": TEXT,
        "contamination": st.lists(st.sampled_from(["mine", "ied", "uxo"]), min_size=1, max_size=3),
        "geometry": COORDINATE.map(lambda c: {"type": "Point", "coordinates": c}),
        "future": st.dictionaries(st.text("ab", min_size=1), TEXT, min_size=1, max_size=2),
    },
)
INCIDENTS = st.fixed_dictionaries(
    {"date": WHEN, "kind": st.sampled_from(["accident", "demining_accident"])},
    optional={"killed": st.integers(0, 99), "injured": st.integers(0, 99), "description": TEXT},
)


@QUIET
@example(  # a reason that XML can hold nothing of
    hazards=[
        {
            "local_id": "0",
            "classification": "sha",
            "recorded": {"date": "2000-01-01"},
            "status": "open",
            "reason": "\x1b",
        }
    ],
    incidents=[],
    tier=None,
)
@given(
    hazards=st.lists(HAZARDS, max_size=3),
    incidents=st.lists(INCIDENTS, max_size=3),
    tier=st.sampled_from([None, *Tier]),
)
def test_any_claim_survives(tmp_path: Path, hazards: list[Any], incidents: list[Any], tier: Tier | None) -> None:
    rows = [
        Row(entity, thing_uid("t", entity, str(i)), data, thing_uid("t", "source", "s") if i else None, tier)
        for entity, all_data in (("hazard_area", hazards), ("incident", incidents))
        for i, data in enumerate(all_data)
    ]
    out(rows, tmp_path)
    if rows:
        assert comparable(back(tmp_path)) == comparable(rows)


NAME = st.sampled_from(["Terrain", "Slope", "Vegetation", "cdf_value", "Ünknown", "x-1", "Blockage"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAME)
    attributes = draw(
        st.dictionaries(st.sampled_from(["guid", "code", "label"]), st.text("aé <&\"'", max_size=5), max_size=2)
    )
    shown = "".join(f' {k}="{escape(v, {chr(34): "&quot;"})}"' for k, v in attributes.items())
    inside = draw(st.lists(trees(depth - 1), max_size=3)) if depth else []
    text = escape(draw(st.text("aéب <&>", max_size=6)))
    return f"<{name}{shown}>{text}{''.join(inside)}</{name}>"


@QUIET
@given(unknown=st.lists(trees(), min_size=1, max_size=4), elsewhere=st.lists(trees(), max_size=2))
def test_any_unknown_element_comes_back(tmp_path: Path, unknown: list[str], elsewhere: list[str]) -> None:
    text = document(
        HAZARD.replace("<HazardName>", "".join(unknown) + "<HazardName>").replace(
            "</FieldReport>", "".join(elsewhere) + "</FieldReport>"
        )
    )
    rows, said = read(write(tmp_path, text))
    assert all(s.startswith("worth a look") for s in said)
    written = out(rows, tmp_path / "out")
    lost = elements(ElementTree.fromstring(text)) - elements(ElementTree.parse(written).getroot())
    assert {k[0].rpartition("/")[2] for k in lost} == {"ReportingPerson", "LandOwner"}


# --- names of a programme's own ---------------------------------------------------------------------------------------


def test_a_programme_adds_its_own_names_and_terms(tmp_path: Path) -> None:
    (tmp_path / "maxml.toml").write_text(
        '[[item]]\nentity = "hazard_area"\nelement = "Peligro"\nfields = { classification = "ClaseDeArea" }\n'
        '[values.land_type]\n"Área peligrosa confirmada" = "cha"\n',
        encoding="utf-8",
    )
    text = document(HAZARD).replace("<Hazard ", "<Peligro ").replace("</Hazard>", "</Peligro>")
    text = text.replace(
        "<HazardType>Confirmed Hazardous Area</HazardType>", "<ClaseDeArea>ÁREA PELIGROSA CONFIRMADA</ClaseDeArea>"
    )
    rows, _ = read(write(tmp_path, text))
    assert one(rows, "hazard_area").data["classification"] == "cha"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[item]\n", "is not readable TOML"),
        ('[[item]]\nentity = "hazard_aera"\n', "that maXML items become. Did you mean \"hazard_area\"?"),
        ('[[item]]\nentity = "incident"\nfields = { kiled = "K" }\n', 'is not a field of it. Did you mean "killed"?'),
        ("[values.land_tipe]\n", '"land_tipe" is not a list of terms. Did you mean "land_type"?'),
        ('[[item]]\nentity = "incident"\nfields = { killed = 3 }\n', "needs the name, or a list of names"),
        ('items = "x"\n', '"items" is not a part of a maXML mapping. Did you mean "item"?'),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_explained(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "maxml.toml").write_text(toml)
    (found,) = problems(tmp_path, document(HAZARD))
    assert found.startswith("export.xml, maxml.toml:")
    assert said in found


# --- what is wrong is named where it stands ---------------------------------------------------------------------------

PLACE = "export.xml, hazard_area row 1, FieldReport[1]/Hazard"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2016-04-21T00:00:00", "2016-02-30",
         'source row 1, FieldReport[1]/FieldReportInfo/ReportingDate: "2016-02-30" is not a day of the calendar.'),
        ("2016-04-21T00:00:00", "21/04/2016",
         'FieldReportInfo/ReportingDate: "21/04/2016" is not written as YYYY-MM-DD. Did you mean "2016-04-21"?'),
        ("Confirmed Hazardous Area", "Confirmd hazardous area",
         f'{PLACE}/HazardType: "Confirmd hazardous area" is not a area classification.'),
        (">1200.5<", ">1,200.5<", f'{PLACE}/EstimatedArea: "1,200.5" has thousands separators'),
        (">1200.5<", ">-3<", f'{PLACE}/EstimatedArea: "-3" is less than 0.'),
        (">34.551<", ">NaN<", f'{PLACE}/GeospatialInfo[1]/Point[1]/Latitude: "NaN" is not a finite number'),
        (">34.551<", "><", "/Point[1]/Latitude: is empty: the point has no position of its own"),
        (">34.551<", ">3824000<", '"3824000" is not within 90 degrees: metres of another system'),
        (">34.551<", ">34,551<", '"34,551" has a decimal comma; write a point. Did you mean "34.551"?'),
        ("<Shape>Pol", "<CoordinateSystem>UTM 37N ED50</CoordinateSystem><Shape>Pol", '"UTM 37N ED50" is not WGS 84'),
        ("<hazard_localid>HA-1</hazard_localid>", "", f"{PLACE}: has no identifier (HazardLocalID)"),
    ],
)  # fmt: skip
def test_problems_name_file_report_element_value_and_choice(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = document(HAZARD).replace(old, new).replace(' hazardGUID="h-guid"', "")
    found = [p for p in problems(tmp_path, text) if not p.startswith("worth a look")]
    assert any(said in p for p in found), found


def test_every_problem_at_once(tmp_path: Path) -> None:
    text = document(HAZARD).replace(">1200.5<", ">x<").replace(">34.551<", ">y<").replace("Active", "Actve")
    found = [p for p in problems(tmp_path, text) if not p.startswith("worth a look")]
    assert len(found) == 3


def test_a_polygon_of_two_points(tmp_path: Path) -> None:
    text = document(HAZARD).replace(CORNERS, CORNERS[: CORNERS.rindex("<Point>")])
    assert any("A polygon needs at least 3 points." in p for p in problems(tmp_path, text))


def test_a_document_on_another_datum_is_refused(tmp_path: Path) -> None:
    system = "<DocumentCoordinateReferenceSystem><Datum>ED50</Datum></DocumentCoordinateReferenceSystem>"
    head = f"<DocumentHeader>{system}</DocumentHeader>"
    (found,) = problems(tmp_path, document(HAZARD, head=head))
    assert 'Datum: "ED50" is not WGS 84: convert the coordinates' in found


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
    ],
)
def test_a_dtd_or_an_entity_is_refused(tmp_path: Path, start: str) -> None:
    text = WHOLE.replace("?>\n", f"?>\n{start}", 1)
    assert problems(tmp_path, text) == ["export.xml: declares XML entities or a DTD; such files are refused."]


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = document("<FieldReport><Hazard>" + "<a>" * 50_000 + "</a>" * 50_000 + "</Hazard></FieldReport>")
    (found,) = problems(tmp_path, deep)
    assert "lies more than 100 elements deep" in found


def test_an_endless_report_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MOST_ELEMENTS", 1_000)
    many = document(*["<FieldReport><Hazard><a/></Hazard></FieldReport>"] * 2_000)
    assert not any("holds more than" in p for p in problems(tmp_path, many))
    (found,) = problems(tmp_path, document("<FieldReport><Hazard>" + "<a/>" * 2_000 + "</Hazard></FieldReport>"))
    assert "One field report holds more than 1,000 elements." in found
    monkeypatch.setattr(parse, "MOST_TEXT", 20_000)
    (found,) = problems(tmp_path, document(f"<FieldReport><Hazard><a>{'x' * 900_000}"))
    assert "One field report holds more than 20,000 characters." in found  # before it has ended
    monkeypatch.setattr(parse, "MOST_TEXT", 1_000)
    (found,) = problems(tmp_path, document(f"<FieldReport><Hazard><a>{'x' * 2_000}</a></Hazard></FieldReport>"))
    assert "One field report holds more than 1,000 characters." in found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1256"])
def test_encodings_that_are_declared_are_read(tmp_path: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding.removesuffix("-le")
    text = document(HAZARD).replace("UTF-8", declared)
    content = text.encode(encoding)
    if encoding == "utf-16-le":
        content = b"\xff\xfe" + content
    path = write(tmp_path, content)
    assert maxml.sniff(path)
    assert one(read(path)[0], "hazard_area").data["classification"] == "cha"


@pytest.mark.parametrize("encoding", ["utf-77", "cp037x"])
def test_an_encoding_nobody_knows(tmp_path: Path, encoding: str) -> None:
    (found,) = problems(tmp_path, document(HAZARD).replace("UTF-8", encoding))
    assert "is not readable XML" in found or "is in an encoding that cannot be read" in found


def test_bytes_of_another_encoding_than_declared(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, document(HAZARD).replace("North slope", "Säule").encode("iso-8859-1"))
    assert "damaged, or not in the encoding it declares" in found


def test_a_file_cut_off_anywhere_is_noticed(tmp_path: Path) -> None:
    content = WHOLE.encode()
    rng = random.Random(3)
    for _ in range(25):
        at = rng.randrange(len(content) - 20)
        found = problems(tmp_path, content[:at])
        assert any(not p.startswith("worth a look") for p in found)


def test_our_own_elements_tampered_with(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, document(HAZARD)))
    rows = [r._replace(data={k: v for k, v in r.data.items() if k != own.RAW}) for r in rows]
    text = out(rows, tmp_path / "out").read_text(encoding="utf-8")
    for old, new, said in (
        ('entity="hazard_area"', 'entity="hazard_aera"', '"hazard_aera" is not an entity. Did you mean "hazard_area"?'),
        ('entity="hazard_area"', 'tier="secret" entity="hazard_area"', '"secret" is not a tier.'),
        (f'uid="{one(rows, "hazard_area").uid}"', 'uid="1"', '"1" is not a uid'),
        ('name="kind"', 'name="kin"', '"kin" is not a column of a source. Did you mean "kind"?'),
    ):
        assert old in text
        found = problems(tmp_path, text.replace(old, new))
        assert any(said in p for p in found), found


@QUIET
@given(content=st.binary(max_size=200))
def test_random_bytes_in_the_place_of_a_report(tmp_path: Path, content: bytes) -> None:
    head, tail = document("\0").encode().split(b"\0")
    for text in (head + content + tail, head + content, content):
        assert all(problems(tmp_path, text)) is True


def test_other_xml_is_not_maxml(tmp_path: Path) -> None:
    for text in ("<kml><Document/></kml>", "<a>MineActionFieldReport</a>", "", "MineActionFieldReport", "{}"):
        path = write(tmp_path, text)
        found = read(path)[1]
        assert found
        assert not maxml.sniff(path) or "is not the root of a maXML file" in found[0]


def test_what_one_element_says_is_compared_whole() -> None:
    a, b = ElementTree.fromstring("<a x='1'><b>t</b></a>"), ElementTree.fromstring("<a X='1'><b> t </b></a>")
    assert items.canonical(a) == items.canonical(b)
    assert items.canonical(a) != items.canonical(ElementTree.fromstring("<a x='1'><b>t</b><c/></a>"))


# --- through the record -----------------------------------------------------------------------------------------------


def test_through_a_record_and_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of its own needs a naming authority; a second import adds nothing; the public tier holds no ground."""
    from tetrapylon.errors import CaseError
    from tetrapylon.workflow.exporting import export_view
    from tetrapylon.workflow.importing import import_case
    from tetrapylon.workflow.keeping import begin, opened

    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    path, file = write(tmp_path, document(HAZARD, CLEARANCE, ACCIDENT)), str(tmp_path / "r.gpkg")
    begin(file, party="Coordination centre")
    with opened(file) as record:
        with pytest.raises(CaseError, match="A single file needs a naming authority"):
            import_case(record, path)
        assert import_case(record, path, authority="demo/imsma").rows == 9
        again = import_case(record, path, authority="demo/imsma").report
        assert [p.reason for p in import_case(record, path, authority="demo/imsma").warnings if "person" in p.reason]
        assert (again.added, again.amended) == (0, 0)
        whole = export_view(record, tmp_path / "whole", "maxml", tiers=("partners", "restricted"))
        public = export_view(record, tmp_path / "public", "maxml")
    assert any("in part presumed" in loss for loss in whole.losses)
    assert "<Slope" in Path(whole.files[0]).read_text(encoding="utf-8")
    text = Path(public.files[0]).read_text(encoding="utf-8")
    assert "38.27" not in text
    assert "what happened to whom" not in text
    assert [r.data["classification"] for r in back(tmp_path / "public") if r.entity == "hazard_area"] == ["cha"]


def test_an_empty_report_to_fill_in_names_every_element_and_is_read_when_filled_in(tmp_path: Path) -> None:
    from tetrapylon.errors import NotFound
    from tetrapylon.formats.maxml.names import shipped

    path = tmp_path / "hazard.xml"
    maxml.template(path, ["hazard_area", "party"])
    text = path.read_text(encoding="utf-8")
    written = {p.written for p in shipped().items[0].places.values()}
    assert written <= {e.tag for e in ElementTree.fromstring(text).iter()}
    for tag, value in (
        ("HazardLocalID", "HA-9"),
        ("HazardType", "suspected hazardous area"),
        ("DateOfReport", "2016-05-01"),
    ):
        text = text.replace(f"<{tag}/>", f"<{tag}>{value}</{tag}>")
    rows, said = read(write(tmp_path, text))
    assert said == []
    assert known(one(rows, "hazard_area")) == {
        "local_id": "HA-9",
        "classification": "sha",
        "recorded": {"date": "2016-05-01"},
        "status": "open",
    }
    with pytest.raises(NotFound, match=r"maXML has no item for party\. It has one for: clearance_claim"):
        maxml.template(path, ["party"])


def test_the_page_lists_every_name_with_its_mark() -> None:
    from tetrapylon.formats.maxml.names import shipped

    page = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
    names = shipped()
    for item in (names.head, *names.items):
        for field, place in item.places.items():
            lines = [
                line
                for line in page.splitlines()
                if line.startswith(f"| `{item.element}`") and f"| {item.entity} | `{field}` |" in line
            ]
            assert len(lines) == 1, (item.element, field)
            assert f"`{place.written}`" in lines[0]
            assert lines[0].endswith(f"| {place.mark} |")
            assert lines[0].count("`") == 2 * (2 + len(place.names) + len(item.each))
