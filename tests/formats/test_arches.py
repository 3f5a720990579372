"""Arches business data: read through a graph, written into one, kept tile for tile, and what a hostile file meets."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tetrapylon.errors import CaseError, NotFound
from tetrapylon.formats import arches
from tetrapylon.formats.arches import graph as graphs
from tetrapylon.formats.arches import mapping, values
from tetrapylon.formats.arches.resource import RAW
from tetrapylon.formats.case import read_case
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import Tier, thing_uid

QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HERITAGE_PLACE = "34cfe98e-c2c0-11ea-9026-02e7594ce0a0"  # id of EAMENA's resource model


def name(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


# A resource model in the form in which Arches exports one, cut down to what the mapping names: group: (parent, nodes).
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "eamena_id": ("", {"eamena_id": "string"}),
    "resource_summary": ("", {}),
    "resource_name": ("resource_summary", {"resource_name": "string", "name_type": "concept"}),
    "description_assignment": ("resource_summary", {"general_description": "string"}),
    "function": ("resource_summary", {"heritage_place_function": "concept"}),
    "geometry": ("", {
        "geometric_place_expression": "geojson-feature-collection", "geometry_extent_certainty": "concept",
    }),
    "archaeological": ("", {}),
    "period": ("archaeological", {"cultural_period_type": "concept", "date_inference_making_actor_name": "string"}),
    "assessment_summary": ("", {
        "assessment_activity_date": "date", "assessment_activity_type": "concept",
        "assessment_investigator_-_actor": "resource-instance", "google_earth_assessment": "boolean",
    }),
    "condition_assessment": ("", {}),
    "state": ("condition_assessment", {"overall_condition_state_type": "concept"}),
    "extent": ("condition_assessment", {"damage_extent_type": "concept"}),
    "threat": ("condition_assessment", {
        "threat_cause_type": "concept", "threat_probability_": "concept",
        "threat_inference_making_assessor_name_-_actor": "string",
    }),
    "damage_state": ("condition_assessment", {}),
    "disturbance": ("damage_state", {"disturbance_cause_category_type": "concept"}),
    "cause": ("disturbance", {
        "disturbance_cause_type_": "concept", "disturbance_date_occurred_on_": "date",
        "disturbance_date_from": "date", "disturbance_date_to_": "date",
        "disturbance_cause_assignment_assessor_name_-_actor": "string",
    }),
    "effect": ("cause", {"effect_type": "concept"}),
    "timespan": ("disturbance", {
        "disturbance_date_occurred_on__n1": "date", "disturbance_date_from_n1": "date",
        "disturbance_date_to__n1": "edtf",
    }),
    "restricted": ("", {"restricted_access_record_designation": "concept"}),
    "actor": ("", {
        "function_interpretation_inference_making_actor_name": "string",
        "feature_assignment_investigator_name": "string",
    }),
    "elsewhere": ("", {"grid_id": "resource-instance-list", "tidal_range": "number", "unknown_to_us": "file-list"}),
}  # fmt: skip
LABELS = [
    "Fair", "Destroyed", "Unknown", "31-60%", "Landmines", "Possible", "Military/Armed Conflict", "Clearance (Hand)",
    "Explosion/Heavy Weaponry", "Collapse/Structural Damage", "Temple", "Roman", "Field-based Assessment", "Toponym",
]  # fmt: skip


def model(*, aliases: bool = True) -> dict[str, Any]:
    nodes = [
        {
            "nodeid": name("root"),
            "name": "Heritage Place",
            "alias": "heritage_place",
            "datatype": "semantic",
            "nodegroup_id": None,
        }
    ]
    for group, (_, own) in GROUPS.items():
        if group not in own:
            nodes.append(
                {
                    "nodeid": name("g", group),
                    "name": group,
                    "alias": f"group_{group}",
                    "datatype": "semantic",
                    "nodegroup_id": name("g", group),
                }
            )
        for alias, datatype in own.items():
            config = {"rdmCollection": name("collection")} if datatype == "concept" else {}
            nodes.append({
                "nodeid": name("n", alias), "name": alias.replace("_", " ").title(),
                "alias": alias if aliases else None, "datatype": datatype, "nodegroup_id": name("g", group),
                "config": config,
            })  # fmt: skip
    groups = [
        {
            "nodegroupid": name("g", g),
            "parentnodegroup_id": name("g", p) if p else None,
            "cardinality": "1"
            if g in ("resource_summary", "condition_assessment", "damage_state", "eamena_id", "archaeological")
            else "n",
        }
        for g, (p, _) in GROUPS.items()
    ]
    return {
        "graphid": HERITAGE_PLACE,
        "name": {"en": "Heritage Place"},
        "isresource": True,
        "nodes": nodes,
        "nodegroups": groups,
        "edges": [],
    }


def concept(label: str) -> str:
    return name("value", label)


def skos() -> tuple[str, str]:
    w3 = "http://www.w3.org"
    start = f'<rdf:RDF xmlns:skos="{w3}/2004/02/skos/core#" xmlns:rdf="{w3}/1999/02/22-rdf-syntax-ns#">'
    listed = members = ""
    for label in LABELS:
        about = f"http://localhost/{name('concept', label)}"
        members += f'<skos:member><skos:Concept rdf:about="{about}"/></skos:member>'
        english = json.dumps({"id": concept(label), "value": label})
        arabic = json.dumps({"id": name("ar", label), "value": "نص"})
        listed += (
            f'<skos:Concept rdf:about="{about}"><skos:prefLabel xml:lang="ar">{arabic}</skos:prefLabel>'
            f'<skos:prefLabel xml:lang="en-us">{english}</skos:prefLabel></skos:Concept>'
        )
    collection = f'<skos:Collection rdf:about="http://localhost/{name("collection")}">{members}</skos:Collection>'
    return f"{start}{listed}</rdf:RDF>", f"{start}{collection}</rdf:RDF>"


PLACE = name("place")


def tile(group: str, number: int = 0, parent: str = "", resource: str = PLACE, **data: Any) -> dict[str, Any]:
    return {
        "tileid": name("t", resource, group, str(number)),
        "resourceinstance_id": resource,
        "nodegroup_id": name("g", group),
        "parenttile_id": name("t", resource, parent, "0") if parent else None,
        "sortorder": number,
        "provisionaledits": None,
        "data": {name("n", k): v for k, v in data.items()},
    }


def feature(geometry: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": "f1", "properties": {"nodeId": "x"}, "geometry": geometry}],
    }


POINT = {"type": "Point", "coordinates": [38.2684, 34.5499]}
DATE, INVESTIGATOR = "assessment_activity_date", "assessment_investigator_-_actor"
TILES = [
    tile("eamena_id", eamena_id={"en": {"value": "EAMENA-0000001", "direction": "ltr"}}),
    tile("resource_summary"),
    tile("resource_name", 0, "resource_summary", resource_name="Temple of Test", name_type=concept("Toponym")),
    tile("resource_name", 1, "resource_summary", resource_name={"ar": {"value": "معبد", "direction": "rtl"}}),
    tile("description_assignment", 0, "resource_summary", general_description="On a terrace."),
    tile("function", 0, "resource_summary", heritage_place_function=concept("Temple")),
    tile("geometry", 0, geometric_place_expression=feature(POINT), geometry_extent_certainty=None),
    tile("period", 0, cultural_period_type=name("ar", "Roman"), date_inference_making_actor_name="N. N. Dater"),
    tile("assessment_summary", 0, **{DATE: "2015-03-01", INVESTIGATOR: [{"resourceId": name("person")}]}),
    tile("assessment_summary", 1, **{DATE: "2016-04-26T00:00:00.000+02:00", "google_earth_assessment": True,
                                     "assessment_activity_type": concept("Field-based Assessment")}),
    tile("condition_assessment"),
    tile("state", 0, "condition_assessment", overall_condition_state_type=concept("Fair")),
    tile("extent", 0, "condition_assessment", damage_extent_type=concept("31-60%")),
    tile("threat", 0, "condition_assessment", threat_cause_type=concept("Landmines"),
         threat_probability_=concept("Possible")),
    tile("damage_state", 0, "condition_assessment"),
    tile("disturbance", 0, "damage_state", disturbance_cause_category_type=concept("Military/Armed Conflict")),
    tile("cause", 0, "disturbance", disturbance_cause_type_=concept("Explosion/Heavy Weaponry"),
         disturbance_date_occurred_on_="2015-08-30"),
    tile("effect", 0, "cause", effect_type=concept("Collapse/Structural Damage")),
    tile("elsewhere", grid_id=[{"resourceId": name("grid")}], tidal_range=1.25,
         unknown_to_us=[{"file": "a", "n": [1, None]}]),
]  # fmt: skip


def resource(tiles: list[dict[str, Any]], uid: str = PLACE, graph: str = HERITAGE_PLACE) -> dict[str, Any]:
    return {
        "resourceinstance": {"graph_id": graph, "resourceinstanceid": uid, "legacyid": uid, "publication_id": None},
        "tiles": tiles,
    }


def lay(folder: Path, *resources: dict[str, Any], thesaurus: bool = True, aliases: bool = True) -> Path:
    """A folder as a user makes one: the data, the graph and the thesaurus beside it."""
    folder.mkdir(exist_ok=True)
    path = folder / "places.json"
    path.write_text(json.dumps({"business_data": {"resources": list(resources)}}))
    (folder / "graph.json").write_text(json.dumps({"graph": [model(aliases=aliases)], "metadata": {}}))
    if thesaurus:
        for file, text in zip(("concepts.xml", "collections.xml"), skos(), strict=True):
            (folder / file).write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> tuple[list[Row], list[str]]:
    case = read_case(path, authority="t", exists=lambda entity, uid: True)
    rows = list(case.rows())
    return rows, [("worth a look: " if p.warning else "") + str(p) for p in case.problems]


def known(row: Row) -> dict[str, Any]:
    return {k: v for k, v in row.data.items() if k not in (RAW, "arches_of")}


def one(rows: list[Row], entity: str) -> Row:
    (row,) = [r for r in rows if r.entity == entity]
    return row


def into(rows: list[Row], folder: Path, graph: Path) -> arches.GraphWriter:
    folder.mkdir(exist_ok=True)
    with arches.GraphWriter(folder, graph) as writer:
        for row in rows:
            writer.add(row)
    return writer


def written(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "case.json").read_text())["business_data"]["resources"]
    return {r["resourceinstance"]["resourceinstanceid"]: r for r in found}


# --- what a heritage place becomes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("aliases", [True, False])
def test_a_heritage_place_becomes_claims(tmp_path: Path, aliases: bool) -> None:
    rows, _ = read(lay(tmp_path, resource(TILES), aliases=aliases))
    structure = one(rows, "structure")
    assert structure.uid == PLACE
    assert known(structure) == {
        "local_id": "EAMENA-0000001",
        "label": "Temple of Test",
        "role": "whole",
        "type": "Temple",
        "aliases": ["معبد"],
        "built": "Roman",
        "note": "On a terrace.",
    }
    assert known(one(rows, "footprint")) == {"structure": PLACE, "geometry": POINT}
    assert known(one(rows, "condition_report")) == {
        "structure": PLACE,
        "date": {"date": "2016-04-26"},
        "wording": "Overall condition: Fair. Damage extent: 31-60%. Disturbance: Explosion/Heavy Weaponry. "
        "Effect: Collapse/Structural Damage.",
        "date_kind": "observed",
        "mode": "field",
        "cause": "Explosion/Heavy Weaponry",
        "presence": "assessed",
    }
    assert known(one(rows, "occurrence")) == {
        "kind": "event",
        "start": {"date": "2015-08-30"},
        "structure": PLACE,
        "description": "Disturbance: Military/Armed Conflict (Explosion/Heavy Weaponry) "
        "- effect: Collapse/Structural Damage",
    }


def test_no_grade_or_class_is_made_of_eamenas_bands(tmp_path: Path) -> None:
    report = one(read(lay(tmp_path, resource(TILES)))[0], "condition_report")
    assert not {"grade_lo", "grade_hi", "damage_class", "extent"} & report.data.keys()


def test_landmines_named_as_a_threat_are_reported_and_clearance_by_hand_is_not(tmp_path: Path) -> None:
    rows, _ = read(lay(tmp_path, resource(TILES)))
    report = one(rows, "hazard_report")
    assert (report.data["kind"], report.data["date"]) == ("mine", {"date": "2016-04-26"})
    assert report.data["description"] == "Landmines named as a threat. Probability: Possible."
    cleared = tile("cause", 0, "disturbance", disturbance_cause_type_=concept("Clearance (Hand)"))
    by_hand = [cleared if t["nodegroup_id"] == name("g", "cause") else t for t in TILES]
    rows, _ = read(lay(tmp_path / "two", resource(by_hand)))
    assert {r.entity for r in rows} & {"clearance_claim", "search", "land_release"} == set()
    assert len([r for r in rows if r.entity == "hazard_report"]) == 1  # the threat alone


def test_a_restricted_place_is_restricted_whole(tmp_path: Path) -> None:
    rows, _ = read(
        lay(tmp_path, resource([*TILES, tile("restricted", restricted_access_record_designation=concept("Fair"))]))
    )
    assert {r.tier for r in rows} == {Tier.RESTRICTED}


def test_names_of_persons_are_left_out_and_counted(tmp_path: Path) -> None:
    rows, said = read(lay(tmp_path, resource(TILES)))
    assert "N. N." not in json.dumps([r.data for r in rows])
    assert name("person") not in json.dumps([r.data for r in rows])
    assert said == [
        "worth a look: places.json, structure: 2 values that name a person left out: "
        "Assessment Investigator - Actor (1), Date Inference Making Actor Name (1)."
    ]


def test_without_the_thesaurus_concepts_are_kept_not_read(tmp_path: Path) -> None:
    rows, said = read(lay(tmp_path, resource(TILES), thesaurus=False))
    assert {r.entity for r in rows} == {"structure", "footprint"}
    assert concept("Fair") in json.dumps(one(rows, "structure").data[RAW])
    assert any("Labels of concepts are not known in" in s and "Put the thesaurus (SKOS XML)" in s for s in said)
    assert all(s.startswith("worth a look") for s in said)


def test_a_condition_without_a_date_is_kept_and_counted(tmp_path: Path) -> None:
    rows, said = read(
        lay(tmp_path, resource([t for t in TILES if t["nodegroup_id"] != name("g", "assessment_summary")]))
    )
    assert "condition_report" not in {r.entity for r in rows}
    assert any(
        "No condition report is made of 1 tile without date; what they say is kept, not read." in s for s in said
    )


# --- out and in -------------------------------------------------------------------------------------------------------


def without_persons(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    gone = {name("n", n) for n in (INVESTIGATOR, "date_inference_making_actor_name")}
    return [{**t, "data": {k: v for k, v in t["data"].items() if k not in gone}} for t in tiles]


def test_every_tile_comes_back_as_it_came(tmp_path: Path) -> None:
    rows, _ = read(lay(tmp_path, resource(TILES)))
    writer = into(rows, tmp_path / "out", tmp_path / "graph.json")
    assert written(tmp_path / "out") == {PLACE: resource(without_persons(TILES))}
    assert writer.left == {}


def test_a_changed_claim_changes_its_tile_and_no_other(tmp_path: Path) -> None:
    rows, _ = read(lay(tmp_path, resource(TILES)))
    moved = {"type": "Point", "coordinates": [38.27, 34.55]}
    change = {
        "structure": {"label": "Temple of Tests"},
        "footprint": {"geometry": moved},
        "occurrence": {"start": {"date": "2015-08-23"}},
    }
    changed = [r._replace(data={**r.data, **change.get(r.entity, {})}) for r in rows]
    into(changed, tmp_path / "out", tmp_path / "graph.json")
    before = {t["tileid"]: t for t in without_persons(TILES)}
    after = {t["tileid"]: t for t in written(tmp_path / "out")[PLACE]["tiles"]}
    differing = {k for k in after if after[k] != before.get(k)}
    renamed, placed = name("t", PLACE, "resource_name", "0"), name("t", PLACE, "geometry", "0")
    assert after[renamed]["data"][name("n", "resource_name")] == "Temple of Tests"
    assert after[placed]["data"][name("n", "geometric_place_expression")]["features"][0]["geometry"] == moved
    (dated,) = differing - {renamed, placed}
    assert after[dated]["parenttile_id"] == name("t", PLACE, "disturbance", "0")
    assert after[dated]["data"] == {name("n", "disturbance_date_occurred_on__n1"): "2015-08-23"}
    (tmp_path / "out" / "concepts.xml").write_text(skos()[0], encoding="utf-8")
    again, _ = read(tmp_path / "out" / "case.json")
    assert {(r.entity, r.uid): known(r) for r in again} == {(r.entity, r.uid): known(r) for r in changed}


def test_a_claim_that_is_gone_takes_its_tile_along(tmp_path: Path) -> None:
    rows, _ = read(lay(tmp_path, resource(TILES)))
    into([r for r in rows if r.entity != "footprint"], tmp_path / "out", tmp_path / "graph.json")
    left = {t["nodegroup_id"] for t in written(tmp_path / "out")[PLACE]["tiles"]}
    assert {t["nodegroup_id"] for t in TILES} - left == {name("g", "geometry")}


def test_claims_of_our_own_get_tiles_with_the_parents_the_graph_asks_for(tmp_path: Path) -> None:
    lay(tmp_path)
    arch, footprint = thing_uid("t", "structure", "arch"), thing_uid("t", "footprint", "arch")
    rows = [
        Row("structure", arch, {
            "local_id": "arch", "label": "Monumental Arch", "role": "whole", "aliases": ["Arch of Triumph", "قوس"],
        }),
        Row("footprint", footprint, {"structure": arch, "geometry": POINT}),
        Row("condition_report", thing_uid("t", "condition_report", "c"), {
            "structure": arch, "date": {"date": "2015-10-04"}, "wording": "Destroyed.", "date_kind": "event",
            "presence": "assessed",
        }),
        Row("hazard_area", thing_uid("t", "hazard_area", "h"), {
            "classification": "sha", "recorded": {"date": "2016-01-01"}, "status": "open",
        }),
    ]  # fmt: skip
    writer = into(rows, tmp_path / "out", tmp_path / "graph.json")
    assert writer.left == {"hazard_area": 1}
    tiles = {t["tileid"]: t for t in written(tmp_path / "out")[arch]["tiles"]}
    line = {name("g", g): name("g", p) if p else None for g, (p, _) in GROUPS.items()}
    for t in tiles.values():  # every tile stands in a tile of the group the graph says
        outer = tiles[t["parenttile_id"]]["nodegroup_id"] if t["parenttile_id"] else None
        assert outer == line[t["nodegroup_id"]]
        assert uuid.UUID(t["tileid"])
        assert t["resourceinstance_id"] == arch
    again, _ = read(tmp_path / "out" / "case.json")
    structure = one(again, "structure")
    assert (structure.uid, structure.data["label"]) == (arch, "Monumental Arch")
    assert structure.data["aliases"] == ["Arch of Triumph", "قوس"]
    assert (one(again, "footprint").uid, one(again, "footprint").data["geometry"]) == (footprint, POINT)
    assert structure.data["note"] == "Destroyed."  # the wording has no node of its own, as the page says


def test_an_outline_of_a_structure_is_written_where_no_footprint_says_it(tmp_path: Path) -> None:
    lay(tmp_path)
    rows = [
        Row("structure", name(s), {"local_id": s, "label": s.title(), "role": "whole", "geometry": POINT})
        for s in ("arch", "theatre")
    ]
    other = {"type": "Point", "coordinates": [38.3, 34.6]}
    rows.append(Row("footprint", name("f"), {"structure": name("theatre"), "geometry": other}))
    into(rows, tmp_path / "out", tmp_path / "graph.json")
    again, _ = read(tmp_path / "out" / "case.json")
    outlines = {r.data["structure"]: r.data["geometry"] for r in again if r.entity == "footprint"}
    assert outlines == {name("arch"): POINT, name("theatre"): other}
    ids = [r.data.get("local_id") for r in again if r.entity == "structure"]
    assert ids == [None, None]  # an EAMENA ID is EAMENA's to give


def test_the_table_says_the_same_as_the_json(tmp_path: Path) -> None:
    """Written by us, read by the standard library and by ourselves."""
    rows, _ = read(
        lay(tmp_path, resource(TILES), resource([tile("eamena_id", resource=name("b"), eamena_id="E-2")], name("b")))
    )
    out = tmp_path / "out"
    into(rows, out, tmp_path / "graph.json")
    with (out / "resources.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [r["ResourceID"] for r in lines] == [PLACE, PLACE, name("b")]
    assert [r["Resource Name"] for r in lines] == ["Temple of Test", "معبد", ""]
    assert lines[0]["Geometric Place Expression"] == "POINT (38.2684 34.5499)"
    assert lines[0]["Overall Condition State Type"] == "Fair"
    (out / "case.json").unlink()
    again, said = read(out / "resources.csv")
    assert all(s.startswith("worth a look") for s in said), said
    for entity in ("structure", "footprint", "occurrence"):
        assert [known(r) for r in again if r.entity == entity] == [known(r) for r in rows if r.entity == entity]


@pytest.mark.parametrize(("separator", "heading"), [(",", "Resource Name (en)"), (";", "resource name")])
def test_csv_as_arches_writes_it(tmp_path: Path, separator: str, heading: str) -> None:
    lay(tmp_path)
    lines = [
        [
            "ResourceID",
            heading,
            "EAMENA ID",
            "Geometric Place Expression",
            "Overall Condition State Type",
            "Assessment Activity Date",
        ],
        [PLACE, "First", "E-1", "GEOMETRYCOLLECTION (POINT (38.2 34.5))", "Destroyed", "2016-04-26"],
        [PLACE, "Second", "", "", concept("Fair"), ""],
        ["", "", "", "", "", ""],
    ]
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(lines)
    assert arches.sniff(path)
    rows, said = read(path)
    assert said == []
    assert known(one(rows, "structure"))["aliases"] == ["Second"]
    assert [r.data["wording"] for r in rows if r.entity == "condition_report"] == [
        "Overall condition: Destroyed.",
        "Overall condition: Fair.",
    ]


DATES = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)).map(str)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0\r"), min_size=1, max_size=20
).filter(lambda t: not t.isspace())
STRUCTURES = st.fixed_dictionaries(
    {"label": TEXT, "role": st.just("whole")},
    optional={
        "aliases": st.lists(TEXT.map(str.strip).filter(bool), min_size=1, max_size=3),
        "height": st.floats(0, 1e6, allow_nan=False),
        "geometry": st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(
            lambda c: {"type": "Point", "coordinates": list(c)}
        ),
        "osm_way": st.integers(0, 2**50),
        "future": st.recursive(
            st.none() | st.booleans() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=5
        ),
    },
)


@QUIET
@given(all_data=st.lists(STRUCTURES, min_size=1, max_size=4), tier=st.sampled_from([None, *Tier]))
def test_any_claim_survives_in_models_of_our_own(tmp_path: Path, all_data: list[Any], tier: Tier | None) -> None:
    rows = [Row("structure", thing_uid("t", "structure", str(i)), data, None, tier) for i, data in enumerate(all_data)]
    write_tables(rows, tmp_path, "arches", name="t", authority="t")
    case = read_case(tmp_path)
    again = list(case.rows())
    assert case.errors == 0, case.problems
    assert [(r.uid, r.data, r.tier) for r in again] == [(r.uid, r.data, r.tier) for r in rows]


VALUE = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text("aé ", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=6,
)


@QUIET
@given(
    unknown=st.dictionaries(st.text("abc", min_size=1, max_size=4), VALUE, max_size=3),
    extra=st.dictionaries(st.sampled_from(["x", "sortorder"]), st.integers(0, 9)),
)
def test_any_unknown_node_and_key_comes_back(tmp_path: Path, unknown: dict[str, Any], extra: dict[str, Any]) -> None:
    odd = {**tile("elsewhere", 3), **extra, "data": {name("odd", k): v for k, v in unknown.items()}}
    tiles = [*TILES[:3], odd]
    rows, _ = read(lay(tmp_path, resource(tiles)))
    into(rows, tmp_path / "out", tmp_path / "graph.json")
    assert written(tmp_path / "out") == {PLACE: resource(without_persons(tiles))}


def test_models_of_our_own_are_graphs_that_any_reader_of_graphs_understands(tmp_path: Path) -> None:
    row = Row("structure", thing_uid("t", "structure", "a"), {"label": "A", "role": "whole", "geometry": POINT})
    write_tables([row], tmp_path, "arches", name="t", authority="t")
    data = json.loads((tmp_path / "case.json").read_text())
    (graph,) = graphs.graphs_in(data)
    (found,) = data["business_data"]["resources"]
    assert found["resourceinstance"]["graph_id"] == graph.id
    nodes = {n["nodeid"] for n in data["graph"][0]["nodes"]}
    assert {n for t in found["tiles"] for n in t["data"]} <= nodes
    assert {(e["domainnode_id"] in nodes, e["rangenode_id"] in nodes) for e in data["graph"][0]["edges"]} == {
        (True, True)
    }
    assert {t["nodegroup_id"] for t in found["tiles"]} <= {g["nodegroupid"] for g in data["graph"][0]["nodegroups"]}


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2016-04-26", {"date": "2016-04-26"}),
        ("2016-04-26T10:00:00.000+02:00", {"date": "2016-04-26"}),
        ("2016-04", {"date": "2016-04-01", "precision": "month"}),
        ("2016", {"date": "2016-01-01", "precision": "year"}),
        ("2016-04-26~", {"date": "2016-04-26", "precision": "approx"}),
    ],
)
def test_dates_that_one_date_can_hold(text: str, found: dict[str, str]) -> None:
    assert values.when(text) == found
    assert values.when(values.edtf(found)) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2016-02-30", "is not a day of the calendar."),
        ("../1924", "intervals, sets and seasons of EDTF cannot be one date"),
        ("1900/1910", "intervals, sets and seasons"),
        ("2016-21", "intervals, sets and seasons"),
        ("-0500", "intervals, sets and seasons"),
        ("2016~", "is an uncertain year"),
        ("26/04/2016", "is not written as YYYY-MM-DD."),
        ("0032", "lies outside the years 1800 to 2200."),
    ],
)
def test_dates_that_cannot_be_one_date(text: str, reason: str) -> None:
    with pytest.raises(Bad) as raised:
        values.when(text)
    assert reason in raised.value.reason


# --- problems and hostile files ---------------------------------------------------------------------------------------


def test_problems_name_resource_node_and_value(tmp_path: Path) -> None:
    others = [t for t in TILES if t["nodegroup_id"] != name("g", "assessment_summary")]
    tiles = [*others, tile("assessment_summary", 0, **{DATE: "26.04.2016"})]
    _, said = read(lay(tmp_path, resource(tiles)))
    assert (
        f"places.json, condition_report row 1, resource {PLACE}/Assessment Activity Date: "
        '"26.04.2016" is not written as YYYY-MM-DD. Did you mean "2016-04-26"?' in said
    )


def test_a_wrong_geometry_is_named(tmp_path: Path) -> None:
    for geometry, said in (
        ({"type": "Point", "coordinates": ["a", 1]}, "geometry"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}, "geometry"),
        ({"type": "Point", "coordinates": [3824000.0, 345000.0]}, "geometry"),
    ):
        tiles = [tile("geometry", geometric_place_expression=feature(geometry))]
        found = read(lay(tmp_path, resource(tiles)))[1]
        assert any(f"footprint row 1, {said}" in f for f in found), found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"business_data": {"resources": [{"resourceinstance": null}]}}', "is not a resource: it needs"),
        ('{"business_data": {"resources": [{"resourceinstance": {"resourceinstanceid": "1"}}]}}', '"1" is not a UUID.'),
        ('{"business_data": {"resources": {}}}', "holds no list business_data/resources."),
        ('{"business_data": [', "The file ends in the middle: it is cut off (line"),
        ('{"business_data": {"resources": [NaN]}}', '"NaN" is not a number in JSON'),
        ('{"business_data": ]}', "is not readable JSON (line 1, column 19"),
        ('{"business_data": "x', "The file ends in the middle: it is cut off (line"),
        ('{"business_data": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply to be Arches data."),
        ('{"business_data": {"resources": [' + "[" * 300 + "]" * 300 + "]}}", "is nested too deeply"),
        ('{"business_data": {"resources": [' + "9" * 5_000 + "]}}", "is not a resource"),
        (b'{"business_data": "\xe9"}', "is not UTF-8 text."),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_say(tmp_path: Path, content: str | bytes, said: str) -> None:
    path = lay(tmp_path)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read(path)[1]
    assert any(said in f or "cannot be read" in f for f in found), found


def test_tiles_that_are_not_tiles(tmp_path: Path) -> None:
    for broken, said in (
        ([{"tileid": PLACE}], "resources[0]/tiles[0]"),
        ([{"tileid": "x", "data": {}}], "resources[0]/tiles[0]/tileid"),
        ({}, ""),
        (3, "resources[0]/tiles"),
    ):
        found = read(lay(tmp_path, {**resource([]), "tiles": broken}))[1]
        assert any(said in f for f in found) or broken == {}


def test_a_file_cut_off_or_changed_anywhere_never_crashes(tmp_path: Path) -> None:
    path = lay(tmp_path, resource(TILES))
    whole = path.read_bytes()
    rng = random.Random(5)
    for turn in range(40):
        damaged = bytearray(whole)
        at = rng.randrange(len(damaged))
        if turn % 2:
            damaged = damaged[:at]
        else:
            for _ in range(6):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        _, said = read(path)
        assert all(isinstance(s, str) for s in said)
        if turn % 2:
            assert any(not s.startswith("worth a look") for s in said)


def test_the_graph_is_asked_for(tmp_path: Path) -> None:
    path = lay(tmp_path, resource(TILES))
    (tmp_path / "graph.json").unlink()
    (found,) = read(path)[1]
    assert "is the resource model Heritage Place, whose graph is needed" in found


def test_a_model_without_a_mapping_is_said(tmp_path: Path) -> None:
    other = resource([], name("b"), name("graph"))
    (found,) = read(lay(tmp_path, other))[1]
    assert "There is no mapping for its 1 resources of the model" in found
    rows, said = read(lay(tmp_path, other, resource(TILES)))
    assert one(rows, "structure").uid == PLACE
    assert any("Resources of models without a mapping are left out" in s for s in said)


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    path = lay(tmp_path, resource(TILES))
    (tmp_path / "arches.toml").write_text(
        f'[[model]]\ngraphid = "{HERITAGE_PLACE}"\n[[model.claim]]\nentity = "structure"\neach = "resource"\n'
        'fields = { label = "EAMENA ID" }\n'
    )
    rows, _ = read(path)
    assert [(r.entity, known(r)["label"]) for r in rows] == [("structure", "EAMENA-0000001")]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("", "A model needs its graphid."),
        ('G[[model.claim]]\nentity = "structur"\n', 'Did you mean "structure"?'),
        ('GSfields = { lable = "x" }\n', 'Did you mean "label"?'),
        ('GSfields = { label = "Resource Nam" }\n', 'Did you mean "resource_name"?'),
        ('GSfields = { label = { node = "x", take = "lst" } }\n', '"lst" is not one of'),
        ("Gpersonel = []\n", 'Did you mean "personal"?'),
        ("G[[x\n", "is not readable TOML"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_explained(tmp_path: Path, toml: str, said: str) -> None:
    path = lay(tmp_path, resource(TILES))
    toml = toml.replace("GS", 'G[[model.claim]]\nentity = "structure"\n')
    toml = "[[model]]\n" + toml.replace("G", f'graphid = "{HERITAGE_PLACE}"\n')
    (tmp_path / "arches.toml").write_text(toml)
    (found,) = read(path)[1]
    assert "arches.toml" in found
    assert said in found


def test_a_graph_that_cannot_be_written_into(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "other.json").write_text(json.dumps({"graph": [{**model(), "graphid": name("x"), "name": "Other"}]}))
    with pytest.raises(NotFound, match=r"other.json holds Other, which no mapping speaks of\. Put a mapping"):
        arches.GraphWriter(tmp_path, tmp_path / "other.json")
    (tmp_path / "none.json").write_text("{}")
    with pytest.raises(NotFound, match=r"none.json holds no resource model\. Name the graph"):
        arches.GraphWriter(tmp_path, tmp_path / "none.json")
    (tmp_path / "broken.json").write_text('{"graph": [')
    with pytest.raises(CaseError, match=r"broken\.json: The file ends in the middle"):
        arches.GraphWriter(tmp_path, tmp_path / "broken.json")


def test_a_thesaurus_that_means_harm_is_passed_over(tmp_path: Path) -> None:
    path = lay(tmp_path, resource(TILES))
    text = (tmp_path / "concepts.xml").read_text(encoding="utf-8")
    (tmp_path / "concepts.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]>' + text, encoding="utf-8")
    assert any("Labels of concepts are not known" in s for s in read(path)[1])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["ResourceID,Resource Nam", f"{PLACE},x"],
         '"Resource Nam" is not a node of the resource model Heritage Place. Did you mean "Resource Name"?'),
        (["ResourceID,Resource Name", "1,x"], '"1" is not a UUID; every row needs the id of its resource.'),
        (["ResourceID,Resource Name", f"{PLACE}"], "has 1 cells where the header has 2."),
        (["ResourceID,Resource Name", f'{PLACE},"x'], "is the file cut off?"),
    ],
)  # fmt: skip
def test_wrong_csv(tmp_path: Path, lines: list[str], said: str) -> None:
    lay(tmp_path)
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines))
    assert any(said in s for s in read(path)[1])


def test_the_shipped_mapping_is_of_one_model_and_complete() -> None:
    (only,) = mapping.shipped().values()
    assert (only.graphid, only.name) == (HERITAGE_PLACE, "Heritage Place")
    graph = next(graphs.graphs_in({"graph": [model()]}))
    mapping.check(only, graph)
    for claim in only.claims:
        for spec in claim.fields.values():
            assert all(graph.node(n) for n in spec.nodes), spec.nodes


# --- through the record -----------------------------------------------------------------------------------------------


def test_through_a_record_into_a_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tetrapylon.workflow.exporting import export_view
    from tetrapylon.workflow.importing import import_case
    from tetrapylon.workflow.keeping import begin, opened

    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    path, file = lay(tmp_path, resource(TILES)), str(tmp_path / "r.gpkg")
    begin(file, party="Heritage office")
    with opened(file) as record:
        assert import_case(record, path, authority="demo/eamena").rows == 5
        graph = tmp_path / "graph.json"
        tiers = ("partners", "restricted")
        done = export_view(record, tmp_path / "out", "arches", tiers=tiers, graph=graph)
        assert [Path(f).name for f in done.files] == ["case.json", "manifest.toml", "resources.csv", "graph.json"]
        assert done.losses == ()
        with pytest.raises(NotFound, match="A graph is for the format arches, not for csv"):
            export_view(record, tmp_path / "csv", "csv", graph=graph)
        with pytest.raises(NotFound, match="There is no file"):
            export_view(record, tmp_path / "none", "arches", graph=tmp_path / "none.json")
        public = export_view(record, tmp_path / "public", "arches", graph=graph)
    assert written(tmp_path / "out") == {PLACE: resource(without_persons(TILES))}
    assert Path(public.files[0]).exists()
    assert name("grid") not in (tmp_path / "public" / "case.json").read_text()  # what came in stays in its tier
    assert not list(tmp_path.rglob("*.part"))
