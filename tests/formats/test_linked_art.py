"""Linked Art: what is written comes back, what others wrote is read as far as it fits, what is hostile is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tetrapylon import cases
from tetrapylon.formats.case import read_case
from tetrapylon.formats.linked_art import ENTITIES, documents
from tetrapylon.formats.linked_art.context import CONTEXT, load
from tetrapylon.formats.linked_art.dates import read_timespan, timespan
from tetrapylon.formats.linked_art.mapping import MAPPED
from tetrapylon.formats.linked_art.read import rows_of
from tetrapylon.formats.linked_art.write import documents as written
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.write import write_tables
from tetrapylon.model import REGISTRY, Tier, thing_uid

UID = "0190b5a4-0000-7000-8000-00000000000{}"


def out_and_in(rows: list[Row]) -> list[Row]:
    """Rows through the text of a document and back."""
    text = json.loads(json.dumps({"@context": CONTEXT, "@graph": written(rows)}))
    found: list[dict[str, Any]] = []
    documents._collect(text, found, named=False)
    back, left = rows_of(found)
    assert not left
    return [row for _, row in back]


def in_order(rows: list[Row]) -> list[Row]:
    return sorted((row._replace(file="", row=0) for row in rows), key=lambda r: (r.entity, r.uid))


def document(path: Path, content: object) -> list[str]:
    """The problems of a file, as the user reads them."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return [str(p) for p in read_case(path, authority="t").check()]


# --- ours ---------------------------------------------------------------------------------------------------------


def test_a_report_stands_in_its_structure_with_who_said_so() -> None:
    rows = [
        Row("source", UID.format(1), {"heading": "Report", "published": {"date": "2017-01-20"}, "kind": "report"}),
        Row(
            "statement",
            UID.format(2),
            {"said": {"date": "2017-01-20"}, "source": UID.format(1), "speaker": UID.format(4)},
        ),
        Row("structure", UID.format(3), {"label": "Tetrapylon", "role": "whole"}),
        Row("party", UID.format(4), {"label": "Antiquities authority", "kind": "antiquities"}),
        Row(
            "condition_report",
            UID.format(5),
            {
                "structure": UID.format(3),
                "date": {"date": "2017-01-01", "precision": "month"},
                "wording": "Two of sixteen columns stand.",
                "damage_class": "severe",
                "statement": UID.format(2),
            },
            UID.format(1),
        ),
    ]  # fmt: skip
    by_kind = {d["type"]: d for d in written(rows)}
    (report,) = by_kind["HumanMadeObject"]["attributed_by"]
    assert report["type"] == "AttributeAssignment"
    assert report["assigned_property"] == "classified_as"
    assert report["assigned"] == [
        {"id": "urn:tetrapylon:term:condition_report.damage_class:severe", "type": "Type", "_label": "severe damage"}
    ]
    assert report["timespan"]["begin_of_the_begin"] == "2017-01-01T00:00:00Z"
    assert report["timespan"]["end_of_the_end"] == "2017-01-31T23:59:59Z"
    assert [link["id"].split(":")[2] for link in report["influenced_by"]] == ["statement", "source"]
    (statement,) = (d for d in written(rows) if d["id"].startswith("urn:tetrapylon:statement"))
    assert statement["created_by"]["carried_out_by"] == [{"id": by_kind["Group"]["id"], "type": "Group"}]
    assert statement["part_of"] == [{"id": f"urn:tetrapylon:source:{UID.format(1)}", "type": "LinguisticObject"}]


@pytest.mark.parametrize(("grade_lo", "is_destroyed"), [(5, True), (4, False), (None, False)])
def test_a_destruction_is_written_only_when_an_assessor_gave_grade_five(
    grade_lo: int | None, is_destroyed: bool
) -> None:
    """A Destruction (E6) ends the existence of a thing; "destroyed" in a headline does not."""
    report = {"structure": UID.format(1), "date": {"date": "2015-08-30"}, "wording": "Destroyed.", "grade_lo": grade_lo}
    happening = {"structure": UID.format(1), "start": {"date": "2015-08-30"}, "kind": "demolition"}
    rows = [
        Row("structure", UID.format(1), {"label": "Temple"}),
        Row("condition_report", UID.format(2), {k: v for k, v in report.items() if v is not None}),
        Row("occurrence", UID.format(3), happening),
    ]
    home = written(rows)[0]
    assert ("destroyed_by" in home) is is_destroyed
    if is_destroyed:
        assert home["destroyed_by"]["caused_by"][0]["id"] == f"urn:tetrapylon:occurrence:{UID.format(3)}"
    assert in_order(out_and_in(rows)) == in_order(rows)


def test_a_structure_without_a_row_of_its_own_is_not_made_up(tmp_path: Path) -> None:
    row = Row(
        "works", UID.format(1), {"start": {"date": "2026-01-01"}, "body": "b", "text": "t", "structure": UID.format(2)}
    )
    assert written([row])[0]["type"] == "HumanMadeObject"
    assert out_and_in([row]) == [row]


def test_every_field_of_every_entity_it_holds_survives() -> None:
    """One row of each with a value in each field, of the kind the field has."""
    rows = [
        Row(entity, thing_uid("t", entity, "a"), _filled(entity), UID.format(1), Tier.RESTRICTED) for entity in MAPPED
    ]
    rows = [r._replace(source=None) if r.entity == "source" else r for r in rows]
    back = {r.entity: r for r in out_and_in(rows)}
    for row in rows:
        got = back[row.entity]
        if "geometry" in row.data:
            assert got.data.pop("geometry") == "POINT (38.27 34.55)"
            row.data.pop("geometry")
        assert got == row


def _filled(entity: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for i, (name, field) in enumerate(REGISTRY[entity].fields().items()):
        one: Any = {
            "text": f"text of {name}",
            "flag": True,
            "integer": i,
            "number": 0.1 * i,
            "when": {"date": "2016-04-21", "precision": "approx"},
            "ref": thing_uid("t", str(field.target).lower(), name),
            "geometry": {"type": "Point", "coordinates": [38.27, 34.55]},
            "term": str(next(iter(field.vocabulary))) if field.vocabulary else "",
        }[field.kind]
        values[name] = [one] if field.many else one
    return values


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda t: not t.isspace()
)
DATES = st.builds(
    lambda day, precision: {"date": day.isoformat(), **({"precision": precision} if precision else {})},
    st.dates(dt.date(1850, 1, 1), dt.date(2150, 1, 1)),
    st.sampled_from(["", "approx", "month", "year"]),
)


@settings(max_examples=60, deadline=None)
@given(
    label=WORDS, aliases=st.lists(WORDS, max_size=3), note=WORDS, date=DATES, start=DATES, end=st.none() | DATES,
    length=st.floats(0, 1e6), tier=st.none() | st.sampled_from(list(Tier)), extra=st.dictionaries(
        WORDS.filter(lambda k: k not in REGISTRY["structure"].fields()),
        st.recursive(st.none() | st.booleans() | WORDS, lambda c: st.lists(c) | st.dictionaries(WORDS, c)), max_size=2,
    ),
)  # fmt: skip
def test_whatever_a_claim_says_is_read_back(
    label: str,
    aliases: list[str],
    note: str,
    date: Any,
    start: Any,
    end: Any,
    length: float,
    tier: Tier | None,
    extra: Any,
) -> None:
    structure = {**extra, "label": label, "note": note, "length": length, **({"aliases": aliases} if aliases else {})}
    ended, home = {"end": end} if end else {}, {"structure": UID.format(1)}
    rows = [
        Row("structure", UID.format(1), structure, None, tier),
        Row("condition_report", UID.format(2), {**home, "date": date, "wording": label, "extent": length}),
        Row("works", UID.format(3), {**home, "start": start, "body": note, "text": label, **ended}),
        Row("occurrence", UID.format(4), {"kind": "event", "start": start, **ended, **home}, None, tier),
    ]
    assert in_order(out_and_in(rows)) == [rows[1], rows[3], rows[0], rows[2]]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    labels=st.lists(
        st.one_of(WORDS, st.sampled_from(["=1+1", "'=1", "'quoted'", "-1", "a; b"])), min_size=1, max_size=8
    )
)
def test_any_text_survives_a_file(tmp_path: Path, labels: list[str]) -> None:
    rows = [
        Row(
            "structure",
            thing_uid("t", "structure", str(i)),
            {"label": label, "role": "whole", "aliases": [label.strip()]},
        )
        for i, label in enumerate(labels)
    ]
    write_tables(rows, tmp_path, "linked-art", name="t", authority="t")
    case = read_case(tmp_path)
    assert [(r.uid, r.data) for r in case.rows()] == [
        (r.uid, {k: r.data[k] for k in ("label", "role", "aliases")}) for r in rows
    ]
    assert case.problems == []


@settings(max_examples=200, deadline=None)
@given(start=DATES, end=st.none() | DATES)
def test_a_timespan_alone_gives_its_dates_back_but_for_the_day_of_a_month(start: Any, end: Any) -> None:
    span = timespan(start, end)
    assert read_timespan(span) == (_rounded(start), _rounded(end))
    moments = [
        span[k] for k in ("begin_of_the_begin", "end_of_the_begin", "begin_of_the_end", "end_of_the_end") if k in span
    ]
    assert moments[0] <= moments[-1] or end is not None
    if end is None or _rounded(start).get("precision") != "approx":
        nameless = {k: v for k, v in span.items() if k != "identified_by"}
        assert read_timespan(nameless) == (_rounded(start), _rounded(end))


def _rounded(date: Any) -> Any:
    if date is None:
        return None
    cut = {"month": date["date"][:8] + "01", "year": date["date"][:5] + "01-01"}
    return {**date, "date": cut.get(date.get("precision", ""), date["date"])}


def test_only_what_it_can_hold_is_written(tmp_path: Path) -> None:
    rows = [
        Row("structure", UID.format(1), {"label": "Arch", "role": "whole"}),
        Row("hazard_report", UID.format(2), {"date": {"date": "2016-04-01"}, "kind": "mine", "description": "Seen."}),
    ]
    write_tables(rows, tmp_path, "linked-art", name="t", authority="t")
    assert "Seen." not in (tmp_path / "linked_art.json").read_text(encoding="utf-8")
    assert "hazard_report" not in ENTITIES


# --- those of others ----------------------------------------------------------------------------------------------

AAT = "http://vocab.getty.edu/aat/"
OBJECT: dict[str, Any] = {
    "@context": CONTEXT,
    "id": "https://data.example.org/object/arch",
    "type": "HumanMadeObject",
    "_label": "Arch",
    "identified_by": [
        {"type": "Name", "classified_as": [{"id": AAT + "300404670", "type": "Type"}], "content": "Monumental Arch"},
        {"type": "Name", "classified_as": [{"id": AAT + "300264273", "type": "Type"}], "content": "Arch of Triumph"},
        {"type": "Identifier", "classified_as": [{"id": AAT + "300404621", "type": "Type"}], "content": "A-7"},
    ],
    "dimension": [
        {
            "type": "Dimension",
            "classified_as": [{"id": AAT + "300055644", "type": "Type"}],
            "value": 1250,
            "unit": {"id": AAT + "300379098", "type": "MeasurementUnit"},
        }
    ],
    "equivalent": [{"id": "https://www.example.org/q1", "type": "HumanMadeObject"}],
    "made_of": [{"id": AAT + "300011286", "type": "Material", "_label": "limestone"}],
    "part_of": {"id": "https://data.example.org/object/street", "type": "HumanMadeObject"},
    "produced_by": {
        "type": "Production",
        "timespan": {"type": "TimeSpan", "identified_by": [{"type": "Name", "content": "around AD 200"}]},
    },
    "current_location": {"id": "https://data.example.org/place/site", "type": "Place", "_label": "Site"},
    "attributed_by": [
        {
            "type": "AttributeAssignment",
            "assigned_property": "classified_as",
            "assigned": [{"id": AAT + "300387447", "type": "Type", "_label": "Microcracks"}],
            "carried_out_by": [{"id": "https://data.example.org/group/1", "type": "Group", "_label": "Survey team"}],
            "timespan": {
                "type": "TimeSpan",
                "begin_of_the_begin": "2019-05-01T00:00:00Z",
                "end_of_the_end": "2019-05-31T23:59:59Z",
            },
        },
        {"type": "AttributeAssignment", "assigned_property": "made_of", "assigned": []},
    ],
}  # fmt: skip


def test_an_object_of_others_is_read_and_the_rest_kept(tmp_path: Path) -> None:
    path = tmp_path / "arch.json"
    path.write_text(json.dumps(OBJECT), encoding="utf-8")
    case = read_case(path, authority="t")
    arch, street, report = case.rows()
    assert [str(p) for p in case.problems] == []
    assert arch.data["local_id"] == "https://data.example.org/object/arch"
    assert arch.uid == thing_uid("t", "structure", arch.data["local_id"])
    assert arch.data["label"] == "Monumental Arch"
    assert arch.data["aliases"] == ["Arch of Triumph"]
    assert arch.data["height"] == 12.5
    assert arch.data["built"] == "around AD 200"
    assert arch.data["parent"] == street.uid
    assert arch.data["linked_art"]["made_of"][0]["_label"] == "limestone"
    assert arch.data["linked_art"]["identified_by"] == [{"type": "Identifier", "content": "A-7"}]
    assert arch.data["linked_art"]["current_location"]["_label"] == "Site"
    assert arch.data["linked_art"]["attributed_by"] == [OBJECT["attributed_by"][1]]
    assert report.data["structure"] == arch.uid
    assert report.data["wording"] == "Microcracks"
    assert report.data["observer"] == "Survey team"
    assert report.data["date"] == {"date": "2019-05-01", "precision": "month"}


def test_what_others_said_goes_out_again_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "arch.json"
    path.write_text(json.dumps(OBJECT), encoding="utf-8")
    rows = list(read_case(path, authority="t").rows())
    again = next(d for d in written(rows) if d["_label"] == "Monumental Arch")
    assert again["made_of"] == OBJECT["made_of"]
    assert again["equivalent"] == [{"id": OBJECT["id"], "type": "HumanMadeObject"}, *OBJECT["equivalent"]]
    assert again["attributed_by"][0] == OBJECT["attributed_by"][1]
    assert in_order(out_and_in(rows)) == in_order(rows)


def test_one_a_line_and_a_list_are_read_too(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({**OBJECT, "id": f"https://x.example/{i}"}) for i in range(3))
    assert document(tmp_path / "lines.json", lines) == []
    assert document(tmp_path / "list.json", [OBJECT]) == []
    odd = {
        **OBJECT,
        "identified_by": {"type": "Name", "content": "A"},
        "attributed_by": "https://x.example/a",
        "part_of": [],
    }
    assert document(tmp_path / "odd.json", odd) == []


def test_people_and_what_has_no_table_are_left_out_and_named(tmp_path: Path) -> None:
    person = {"@context": CONTEXT, "id": "https://x.example/1", "type": "Person", "_label": "A person"}
    found = document(tmp_path / "mixed.json", [OBJECT, person, {**person, "type": "Set"}])
    assert found == [
        'mixed.json, structure: "Person 1, Set 1" are documents that no table here holds; they are left out.'
    ]
    assert document(tmp_path / "person.json", person) == [
        'person.json: "1 of type Person" holds no structure, place, group, text or event that can be read.'
    ]


# --- hostile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("https://evil.example/c.json", '"https://evil.example/c.json" is a context that would have to be fetched'),
        ([CONTEXT, "file:///etc/hostname"], '"file:///etc/hostname" is a context that would have to be fetched'),
        ({"@import": "https://evil.example/"}, "defines terms of its own; only Linked Art's are read."),
        ([CONTEXT, {"type": "@id"}], "defines terms of its own; only Linked Art's are read."),
        ([], "names no context; a Linked Art document does."),
        (None, "defines terms of its own"),
    ],
)  # fmt: skip
def test_another_context_is_refused_and_never_fetched(tmp_path: Path, context: object, said: str) -> None:
    (found,) = document(tmp_path / "a.json", {**OBJECT, "@context": context})
    assert said in found
    assert f'Did you mean "{CONTEXT}"?' in found


def test_a_context_inside_a_document_is_refused(tmp_path: Path) -> None:
    inside = {
        **OBJECT,
        "part_of": {"@context": "https://evil.example/", "id": "https://x.example/1", "type": "HumanMadeObject"},
    }
    (found,) = document(tmp_path / "a.json", inside)
    assert "nothing is fetched" in found


def test_the_loader_refuses_every_other_address() -> None:
    assert load(CONTEXT)["document"]["@context"]["HumanMadeObject"]["@id"] == "crm:E22_Human-Made_Object"
    with pytest.raises(Bad, match="nothing is fetched"):
        load("https://linked.art/ns/v1/other.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(OBJECT)[:-30], "The file ends in the middle: it is cut off (line"),
        (json.dumps(OBJECT).replace("1250", "NaN"), '"NaN" is not a number in JSON.'),
        (json.dumps(OBJECT).replace('"dimension":', "dimension:"), "is not readable JSON (line 1, column"),
        (f'{{"@context": "{CONTEXT}", "id": {"[" * 200_000}', "is nested too deeply to be Linked Art."),
        (json.dumps({"@context": CONTEXT, "a": 0})[:-2] + '{"b": ' * 300 + "1" + "}" * 301, "nested too deeply"),
        (json.dumps({"@context": CONTEXT, "@graph": [3]}), '"3" stands where a document of Linked Art is expected.'),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    found = document(tmp_path / "a.json", text)
    assert len(found) == 1
    assert said in found[0]


def test_a_giant_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGEST", 1000)
    (found,) = document(tmp_path / "a.json", OBJECT)
    assert 'bytes" is more than the 0 MiB that are read; divide the file.' in found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "content", "classified_as", "identified_by", "timespan"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from([k for k in OBJECT if k != "@context"] + ["modified_by", "destroyed_by", "referred_to_by"]),
    value=JSON,
)
def test_any_value_anywhere_ends_with_rows_and_problems(tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**OBJECT, key: value}), encoding="utf-8")
    case = read_case(path, authority="t")
    list(case.rows())
    assert all(str(p) for p in case.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=JSON)
def test_any_damage_to_our_own_document_ends_with_rows_and_problems(
    tmp_path: Path, data: st.DataObject, value: object
) -> None:
    rows = [Row(entity, thing_uid("t", entity, "a"), _filled(entity)) for entity in MAPPED]
    graph = json.loads(json.dumps({"@context": CONTEXT, "@graph": written(rows)}))
    at: Any = data.draw(st.sampled_from(graph["@graph"]))
    while isinstance(at, dict | list) and at and data.draw(st.booleans()):
        inner = at[data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))]
        if not isinstance(inner, dict | list) or not inner:
            break
        at = inner
    at[data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))] = value
    path = tmp_path / "a.json"
    path.write_text(json.dumps(graph), encoding="utf-8")
    case = read_case(path, authority="t")
    list(case.rows())
    assert all(str(p) for p in case.problems)


def test_the_vendored_context_is_the_one_that_was_published() -> None:
    import hashlib
    import tomllib
    from importlib.resources import files

    folder = files("tetrapylon.formats.linked_art") / "vendor"
    noted = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["package"][0]
    assert (folder / "LICENSE").read_text(encoding="utf-8").split()[:2] == ["Apache", "License"]
    for file in noted["file"]:
        assert hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def test_palmyra_holds_every_kind_that_is_mapped() -> None:
    """So that the round trip of the case in the tests of exchange is one of every kind."""
    there = {row.entity for row in read_case(cases.folder("palmyra")).rows()}
    assert there >= ENTITIES - {"recommendation", "estimate", "works"}
