"""The derived JSON schema accepts what entities encode, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon import cases
from tetrapylon.formats.case import read_case
from tetrapylon.model import REGISTRY, Bound, Entity, Field, Stated, When
from tetrapylon.model.dates import Precision
from tetrapylon.model.schema import DIALECT, json_schema

# --- a validator of the keywords used here, after JSON Schema Validation, draft 2020-12, section 6 ------------------

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
NOTES = {"$schema", "$id", "$defs", "title", "description"}


def wrong(data: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "$") -> Iterator[str]:
    """What does not fit; a keyword it does not know is an error of the test."""
    for keyword, value in schema.items():
        if keyword in NOTES or keyword.startswith("x-"):
            continue
        if keyword == "$ref":
            yield from wrong(data, root["$defs"][value.removeprefix("#/$defs/")], root, path)
        elif keyword == "type":
            if not is_type(data, value):
                yield f"{path} is no {value}"
        elif keyword == "enum":
            if data not in value:
                yield f"{path} is none of {value}"
        elif keyword == "pattern":
            if isinstance(data, str) and not re.search(value, data):
                yield f"{path} does not match {value}"
        elif keyword == "minimum":
            if is_type(data, "number") and data < value:
                yield f"{path} is under {value}"
        elif keyword == "items":
            for index, item in enumerate(data if isinstance(data, list) else ()):
                yield from wrong(item, value, root, f"{path}[{index}]")
        elif keyword == "properties":
            for name in value.keys() & data.keys() if isinstance(data, dict) else ():
                yield from wrong(data[name], value[name], root, f"{path}.{name}")
        elif keyword == "required":
            yield from (f"{path} lacks {name}" for name in value if isinstance(data, dict) and name not in data)
        elif keyword == "additionalProperties":
            extra = data.keys() - schema["properties"].keys() if isinstance(data, dict) and value is False else ()
            yield from (f"{path} has {name}" for name in extra)
        else:
            raise AssertionError(f"unknown keyword {keyword}")


def is_type(data: Any, name: str) -> bool:
    if name == "integer":
        return not isinstance(data, bool) and (isinstance(data, int) or (isinstance(data, float) and data.is_integer()))
    if name == "number":
        return not isinstance(data, bool) and isinstance(data, int | float) and math.isfinite(data)
    return isinstance(data, TYPES[name])


def problems(entity: type[Entity], data: Any) -> list[str]:
    schema = json_schema(entity)
    return list(wrong(data, schema, schema))


# --- examples of every entity, made from its declaration ------------------------------------------------------------

DEGREES = st.floats(30, 40, allow_nan=False)
POINTS = st.builds(shapely.Point, DEGREES, DEGREES)
BOXES = st.builds(lambda x, y, size: shapely.box(x, y, x + size, y + size), DEGREES, DEGREES, st.floats(1e-5, 1e-2))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(min_size=1, max_size=20),
    "flag": st.booleans(),
    "integer": st.integers(-1000, 10**9),
    "number": st.floats(-1e9, 1e9),
    "ref": st.uuids().map(str),
    "when": st.builds(When, st.dates(dt.date(1800, 1, 1), dt.date(2200, 12, 31)), st.sampled_from(Precision)),
    "stated": st.builds(Stated, st.floats(0, 1e9), st.sampled_from(Bound)),
    "geometry": POINTS | BOXES,
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    one = st.sampled_from(list(field.vocabulary)) if field.vocabulary else VALUES[field.kind]
    return st.lists(one, max_size=3).map(tuple) if field.many else one


def instances(entity: type[Entity]) -> st.SearchStrategy[Entity]:
    fields = entity.fields().values()
    return st.fixed_dictionaries(
        {f.name: value_of(f) for f in fields if f.required},
        optional={f.name: value_of(f) for f in fields if not f.required},
    ).map(lambda values: entity(**values))


EVERY_ENTITY = pytest.mark.parametrize("entity", REGISTRY.values(), ids=REGISTRY.keys())
NOT_OF_THE_FIELD: dict[str, Any] = {
    "text": 7, "flag": "yes", "integer": 1.5, "number": "1", "ref": 7, "when": "2016-04-26", "stated": 5.0,
    "geometry": [34.5, 38.3], "term": "no such term",
}  # fmt: skip


@EVERY_ENTITY
def test_the_schema_names_every_field_and_is_json(entity: type[Entity]) -> None:
    schema = json_schema(entity)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert schema["$schema"] == DIALECT == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"].keys() == entity.fields().keys()
    assert all(part["description"] for part in schema["properties"].values())
    assert set(re.findall(r"#/\$defs/(\w+)", json.dumps(schema))) == schema.get("$defs", {}).keys()


@EVERY_ENTITY
@settings(max_examples=10)
@given(data=st.data())
def test_what_an_entity_encodes_fits_its_schema(entity: type[Entity], data: st.DataObject) -> None:
    made = data.draw(instances(entity))
    encoded = json.loads(json.dumps(made.encode()))
    assert problems(entity, encoded) == []
    assert entity.decode(encoded).encode() == made.encode()


@EVERY_ENTITY
@settings(max_examples=3)
@given(data=st.data())
def test_a_value_that_is_not_of_its_field_does_not_fit(entity: type[Entity], data: st.DataObject) -> None:
    encoded = json.loads(json.dumps(data.draw(instances(entity)).encode()))
    for field in entity.fields().values():
        bad = NOT_OF_THE_FIELD[field.kind]
        for value in [bad, None] if not field.many else [bad, [bad], None]:
            assert problems(entity, {**encoded, field.name: value}), (field.name, value)
        without = {name: value for name, value in encoded.items() if name != field.name}
        assert bool(problems(entity, without)) is field.required, field.name
    assert problems(entity, {**encoded, "a_later_field": {"any": ["thing"]}}) == []
    assert problems(entity, [encoded])


def test_every_row_of_the_palmyra_case_fits() -> None:
    rows = list(read_case(cases.folder("palmyra")).rows())
    assert len(rows) > 1000
    assert not [(row.file, row.row, found) for row in rows if (found := problems(REGISTRY[row.entity], row.data))]


def test_a_schema_repeats_unit_tier_term_and_labels() -> None:
    item = json_schema(REGISTRY["ordnance_item"])
    assert item["x-term"] == "IMAS 04.10 explosive ordnance"
    assert item["properties"]["found_depth"]["x-unit"] == "m"
    assert item["properties"]["geometry"]["x-tier"] == "restricted"
    assert item["properties"]["structure"]["x-target"] == "Structure"
    assert item["properties"]["found_depth"]["x-labels"]["fr"] == "Profondeur de la découverte"
