"""JSON Schema (draft 2020-12) of what `Entity.encode` gives, derived from the declaration.

Beyond the standard's keywords: ``x-unit``, ``x-term``, ``x-crs``, ``x-tier``, ``x-target`` (entity a uid points to) and
``x-labels`` repeat what the declaration says; validators ignore them.
"""

from __future__ import annotations

from typing import Any

from tetrapylon.model.dates import Precision
from tetrapylon.model.entity import Entity
from tetrapylon.model.field import Field
from tetrapylon.model.quantity import Bound
from tetrapylon.model.tiers import Tier
from tetrapylon.model.vocabulary import LANGUAGES, Vocabulary

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_JSON_TYPES = {"text": "string", "flag": "boolean", "integer": "integer", "number": "number", "ref": "string"}


def json_schema(entity: type[Entity]) -> dict[str, Any]:
    """Schema of the JSON data of one entity in its present version.

    Fields the schema does not name are allowed: a later version's fields survive a round trip.
    """
    fields = entity.fields().values()
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:tetrapylon:{entity.name()}:{entity.entity_version}",
        "title": entity.label_in("en"),
        "description": (entity.__doc__ or "").strip(),
        "type": "object",
        "properties": {field.name: _of_field(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }
    if entity.term:
        schema["x-term"] = entity.term
    definitions = {kind: _DEFINITIONS[kind] for kind in _DEFINITIONS if any(field.kind == kind for field in fields)}
    return schema | ({"$defs": definitions} if definitions else {})


def _of_field(field: Field) -> dict[str, Any]:
    value = _of_value(field)
    schema = {"type": "array", "items": value} if field.many else value
    notes = {
        "x-labels": {language: field.label_in(language) for language in LANGUAGES},
        "x-unit": field.unit,
        "x-term": field.term,
        "x-crs": field.crs,
        "x-target": field.target,
        "x-tier": None if field.tier is Tier.PUBLIC else str(field.tier),
    }
    return {**schema, "description": field.description, **{name: note for name, note in notes.items() if note}}


def _of_value(field: Field) -> dict[str, Any]:
    if field.kind in _DEFINITIONS:
        return {"$ref": f"#/$defs/{field.kind}"}
    if field.vocabulary:
        return {"enum": _codes(field.vocabulary)}
    return {"type": _JSON_TYPES[field.kind]}


def _codes(vocabulary: type[Vocabulary]) -> list[str]:
    return [str(member.value) for member in vocabulary]


_GEOMETRIES = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"]
_DEFINITIONS: dict[str, dict[str, Any]] = {
    "when": {
        "description": "A day and how exactly it was stated; day unless said otherwise",
        "type": "object",
        "properties": {
            "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            "precision": {"enum": _codes(Precision)},
        },
        "required": ["date"],
        "additionalProperties": False,
    },
    "stated": {
        "description": "A figure as stated and the bound of its wording; exact unless said otherwise",
        "type": "object",
        "properties": {"value": {"type": "number", "minimum": 0}, "bound": {"enum": _codes(Bound)}},
        "required": ["value"],
        "additionalProperties": False,
    },
    "geometry": {
        "description": "GeoJSON geometry (RFC 7946), longitude before latitude; rings keep their orientation",
        "type": "object",
        "properties": {
            "type": {"enum": _GEOMETRIES},
            "coordinates": {"type": "array"},
            "geometries": {"type": "array", "items": {"$ref": "#/$defs/geometry"}},
        },
        "required": ["type"],
    },
}
