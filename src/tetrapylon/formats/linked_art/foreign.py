"""Linked Art documents of others as rows: what has a field here is read, the rest is kept as it stands."""

from __future__ import annotations

from typing import Any

from tetrapylon.formats.linked_art.names import CONDITION, DESCRIPTION, NOTE, Node, has_type, nodes, remove
from tetrapylon.formats.linked_art.taking import taken
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import LOCAL_ID
from tetrapylon.model import REGISTRY

_ENTITIES = {
    "HumanMadeObject": "structure",
    "HumanMadeFeature": "structure",
    "Site": "site",
    "Place": "place",
    "Group": "party",
    "LinguisticObject": "source",
    "Event": "occurrence",
    "Activity": "occurrence",
    "Period": "occurrence",
}
"""Entities of the classes that are read. A Person (E21) never is: no personal data is taken from others' files."""

_KEPT = "linked_art"
_NOT_STATED = "not stated"


def rows(document: Node, places: dict[str, Node]) -> list[Row] | None:
    """The thing a document is about, and what was assessed, done and destroyed in it; None where no table holds it."""
    uri = document.pop("id", None)
    kind = document.get("type")
    entity = _ENTITIES.get(kind) if isinstance(kind, str) else None
    if entity is None or not isinstance(uri, str) or not uri.strip():
        return None
    events = _events(document, uri) if entity == "structure" else []
    location = document.get("current_location")
    if entity == "structure" and isinstance(location, dict):
        shape = location.get("defined_by") or places.get(str(location.get("id")), {}).get("defined_by")
        if isinstance(shape, str):
            document["defined_by"] = shape
    data = taken(document, entity)
    if entity == "occurrence":
        data.setdefault("kind", "event")
        data.setdefault("description", document.get("_label"))
    row = _row(document, entity, uri, data)
    return None if row is None else [row, *events]


def _row(node: Node, entity: str, uri: str, data: dict[str, Any]) -> Row | None:
    """A row under the URI as its own identifier; None where a field that is needed is not there."""
    fields = REGISTRY[entity].fields()
    rest = {key: value for key, value in node.items() if key not in ("type", "_label", "id")}
    if LOCAL_ID in data:  # the number its owner gave stays among the unknown; the URI names it
        item = {"type": "Identifier", "content": data[LOCAL_ID]}
        rest["identified_by"] = [*nodes(rest, "identified_by"), item]
    known = {name: data[name] for name in fields if data.get(name) is not None}
    known[LOCAL_ID] = uri
    if any(field.required and name not in known for name, field in fields.items()):
        return None
    return Row(entity, "", {**({_KEPT: rest} if rest else {}), **known})


def _events(document: Node, uri: str) -> list[Row]:
    """Condition assessments, conservation and destruction of a structure; those without a date stay unknown."""
    found = []
    for number, node in enumerate(nodes(document, "attributed_by"), start=1):
        if node.get("assigned_property") == "classified_as":
            found += _event(document, "attributed_by", node, "condition_report", uri, f"{uri}#condition-{number}")
    for number, node in enumerate(nodes(document, "modified_by"), start=1):
        found += _event(document, "modified_by", node, "works", uri, f"{uri}#works-{number}")
    destroyed = document.get("destroyed_by")
    if isinstance(destroyed, dict) and isinstance(destroyed.get("timespan"), dict):
        holder = {"destroyed_by": [destroyed]}
        made = _event(holder, "destroyed_by", destroyed, "occurrence", uri, f"{uri}#destruction")
        if made:
            del document["destroyed_by"]
            found += made
    return found


def _event(document: Node, key: str, node: Node, entity: str, uri: str, local_id: str) -> list[Row]:
    work = {k: list(v) if isinstance(v, list) else dict(v) if isinstance(v, dict) else v for k, v in node.items()}
    words = _words(work)
    actors = ", ".join(str(a.get("_label") or a.get("id", "")) for a in nodes(work, "carried_out_by"))
    data = taken(work, entity)
    data["structure"] = uri
    if entity == "condition_report":
        assigned = ", ".join(str(a.get("_label") or a.get("id", "")) for a in nodes(work, "assigned"))
        data["wording"] = words or assigned or node.get("_label")
        data.setdefault("observer", actors or None)
        work.pop("assigned_property", None)
    elif entity == "works":
        data["text"] = words or node.get("_label")
        data.setdefault("body", actors or _NOT_STATED)
    else:
        data["kind"] = "demolition"
        data["description"] = words or node.get("_label")
    row = _row(work, entity, local_id, data)
    if row is None:
        return []
    remove(document, key, node)
    return [row]


def _words(node: Node) -> str:
    """What is said of an event: a condition statement, description or note, taken out; else the first text or name."""
    texts = nodes(node, "referred_to_by")
    for kind in (CONDITION, DESCRIPTION, NOTE):
        for text in texts:
            if has_type(text, kind):
                remove(node, "referred_to_by", text)
                return str(text.get("content", ""))
    said = [*texts, *nodes(node, "identified_by")]
    return str(said[0].get("content", "")) if said else ""


def named_only(rows: list[Row]) -> list[Row]:
    """Places, groups and structures that documents of others refer to and that stand in no document of the file.

    They are known by their URI alone; a claim about them says no more.
    """
    there = {(row.entity, row.data.get(LOCAL_ID)) for row in rows}
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        for name, field in REGISTRY[row.entity].fields().items():
            target = str(field.target).lower() if field.kind == "ref" else ""
            value = row.data.get(name)
            for uri in value if isinstance(value, list) else [value]:
                if not isinstance(uri, str) or ":" not in uri or (target, uri) in there:
                    continue
                if target in ("place", "party", "structure"):
                    found[target, uri] = Row(target, "", {LOCAL_ID: uri, "label": uri})
    return list(found.values())
