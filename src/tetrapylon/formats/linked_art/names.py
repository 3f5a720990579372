"""How things, fields and terms are named in Linked Art documents, and the Getty AAT terms its model asks for.

Ids of the AAT are those of Linked Art's own tables of required and recommended terms (linked.art/model/vocab) [V].
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

Node = dict[str, Any]

_OURS = "urn:tetrapylon:"
_THING = re.compile(_OURS + r"([a-z_]+):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(#[a-z]+)?")
_FIELD = re.compile(_OURS + r"field:([a-z_]+)\.(.+)")
_TERM = re.compile(_OURS + r"term:([a-z_]+)\.([a-z_0-9]+):(.+)")
_AAT = "http://vocab.getty.edu/aat/"


def concept(uri: str, label: str, *classes: Node) -> Node:
    """A Type (E55) by its URI."""
    found: Node = {"id": uri, "type": "Type", "_label": label}
    return {**found, "classified_as": list(classes)} if classes else found


def aat(number: str, label: str, *classes: Node) -> Node:
    """A Type of the Getty AAT."""
    return concept(_AAT + number, label, *classes)


BRIEF_TEXT = aat("300418049", "Brief Text")
PRIMARY = aat("300404670", "Primary Name")
ALTERNATE = aat("300264273", "Alternate Name")
DISPLAY = aat("300404669", "Display Title")
LOCAL_NUMBER = aat("300404621", "Owner-Assigned Number")
UNIQUE = aat("300404012", "Unique Identifier")
NOTE = aat("300027200", "Note", BRIEF_TEXT)
DESCRIPTION = aat("300435416", "Description", BRIEF_TEXT)
CONDITION = aat("300435425", "Condition Statement", BRIEF_TEXT)
RIGHTS = aat("300435434", "Rights Statement", BRIEF_TEXT)
ARCHITECTURE = aat("300263552", "Architecture", aat("300435443", "Type of Work"))
PUBLISHING = aat("300054686", "Publishing")
CONSERVING = aat("300404519", "Conservation Activity")
LENGTH = aat("300055645", "Length")
WIDTH = aat("300055647", "Width")
HEIGHT = aat("300055644", "Height")

METRES: Node = {"id": _AAT + "300379099", "type": "MeasurementUnit", "_label": "meters"}
IN_METRES = {METRES["id"]: 1.0, _AAT + "300379098": 0.01, _AAT + "300379097": 0.001}
"""Units of length that are read, with their length in metres: metres, centimetres, millimetres."""

LANGUAGES = {
    "en": ("300388277", "English"),
    "fr": ("300388306", "French"),
    "ar": ("300387843", "Arabic"),
    "ru": ("300389168", "Russian"),
}


def thing(entity: str, uid: str) -> str:
    """URI of a thing of the record."""
    return f"{_OURS}{entity}:{uid}"


def read_thing(uri: object) -> tuple[str, str, str] | None:
    """Entity, uid and fragment of a URI that `thing` made; None for any other."""
    found = _THING.fullmatch(uri) if isinstance(uri, str) else None
    return (found[1], found[2], found[3] or "") if found else None


def field_type(entity: str, field: str, label: str = "") -> Node:
    """The Type of texts and identifiers that state one field."""
    return concept(f"{_OURS}field:{entity}.{quote(field, safe='')}", label or field)


def read_field(node: Node) -> tuple[str, str] | None:
    """Entity and field that a text or identifier states, from its Types."""
    for one in nodes(node, "classified_as"):
        found = _FIELD.fullmatch(str(one.get("id", "")))
        if found:
            return found[1], unquote(found[2])
    return None


def term_type(entity: str, field: str, code: str, label: str) -> Node:
    """The Type that is one term of a field's vocabulary."""
    return concept(f"{_OURS}term:{entity}.{field}:{quote(code, safe='')}", label)


def read_term(node: Node) -> tuple[str, str, str] | None:
    """Entity, field and code of a Type that `term_type` made."""
    found = _TERM.fullmatch(str(node.get("id", "")))
    return (found[1], found[2], unquote(found[3])) if found else None


def nodes(node: Node, key: str) -> list[Node]:
    """The nodes under a key; whatever else stands there is passed over."""
    value = node.get(key)
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def has_type(node: Node, kind: Node) -> bool:
    """Whether a node is classified as a Type."""
    return any(one.get("id") == kind["id"] for one in nodes(node, "classified_as"))


def remove(node: Node, key: str, item: Node) -> None:
    """Take one item from a list of a node, and the list where it is empty then."""
    node[key] = [v for v in node[key] if v is not item]
    if not node[key]:
        del node[key]
