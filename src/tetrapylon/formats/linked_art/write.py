"""Writing Linked Art: one graph of JSON-LD, in which a structure carries what was assessed and done."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from types import TracebackType
from typing import Any

import shapely

from tetrapylon.formats.gathered import partial, settle
from tetrapylon.formats.linked_art.context import CONTEXT
from tetrapylon.formats.linked_art.mapping import MAPPED, Mapped
from tetrapylon.formats.linked_art.names import (
    BRIEF_TEXT,
    LOCAL_NUMBER,
    UNIQUE,
    Node,
    concept,
    field_type,
    term_type,
    thing,
)
from tetrapylon.formats.linked_art.slots import Dated, telling
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import LOCAL_ID
from tetrapylon.model import REGISTRY

FILE = "linked_art.json"
KEPT = "linked_art"
"""Unknown field that holds what a document of others said beyond our fields; written back where it was."""
PLACE = "#place"
"""Ends the name of the Place that a structure's own geometry defines."""

LOSSES = (
    "Only who, where, condition and what was said and done about structures is written: Linked Art has no explosive "
    "ordnance, area, decision, mandate or plan.",
    "A field without a place in Linked Art is written as a text about the thing, typed by the field; only this program "
    "reads it back as the field.",
    "Two claims about one thing become two documents of one name, which a reader of JSON-LD joins.",
)
"""What does not survive, or only for us."""


class Writer:
    """Writes rows into one document; use as a context manager. All rows are held until it closes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.rows: list[Row] = []

    @property
    def files(self) -> dict[str, str]:
        """Names for the manifest."""
        return {"linked_art": FILE}

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Keep one row."""
        self.rows.append(row)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        whole = False
        try:
            with partial(self.path).open("w", encoding="utf-8", newline="\n") as out:
                out.write(f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [')
                for i, document in enumerate(documents(self.rows)):
                    out.write(",\n" if i else "\n")
                    out.write(json.dumps(document, ensure_ascii=False, allow_nan=False))
                out.write("\n]}\n")
            whole = True
        finally:
            settle(self.path, whole)


def documents(rows: list[Row]) -> list[Node]:
    """The documents of rows, in their order: those of structures carry what belongs to them.

    A structure that other rows speak of and that has no row itself gets a document with nothing but its name.
    """
    found: list[Node] = []
    homes: dict[str, Node] = {}
    destroyed = _surely_destroyed(rows)
    for row in rows:
        if row.entity == "structure":
            homes.setdefault(row.uid, {})
    later: list[tuple[Row, Node]] = []
    for row in rows:
        mapped = MAPPED[row.entity]
        structure = row.data.get("structure")
        node = _node(row, mapped, embedded=bool(mapped.embedded and structure))
        if row.entity == "structure":
            home = homes[row.uid]
            document = node if home else _filled(home, node)
            found.append(document)
            if shape := row.data.get("geometry"):
                found.append(_place(document, shape))
            continue
        if structure and (mapped.embedded or mapped.linked):
            later.append((row, node))
        if not (mapped.embedded and structure):
            found.append(node)
    for row, node in later:
        uid = row.data["structure"]
        home = homes.get(uid) or homes.setdefault(uid, {})
        if not home:
            _filled(home, {"id": thing("structure", uid), "type": "HumanMadeObject", "_label": f"Structure {uid}"})
            found.append(home)
        mapped = MAPPED[row.entity]
        if mapped.embedded:
            home.setdefault(mapped.embedded[0], []).append(node)
            continue
        link = {key: node[key] for key in ("id", "type", "_label")}
        property_ = {"type": "AttributeAssignment", "assigned_property": mapped.linked, "assigned": [link]}
        home.setdefault("attributed_by", []).append(property_)
        if row.data.get("kind") == "demolition" and uid in destroyed:
            home.setdefault("destroyed_by", {"type": "Destruction", "caused_by": [link]})
    return found


def _filled(home: Node, node: Node) -> Node:
    home.update(node)
    return home


def _surely_destroyed(rows: list[Row]) -> frozenset[str]:
    """Structures that an assessor gave grade 5 and nothing less: only these have a Destruction (E6)."""
    reports = (r.data for r in rows if r.entity == "condition_report")
    return frozenset(d["structure"] for d in reports if d.get("grade_lo") == 5 and "structure" in d)


def _node(row: Row, mapped: Mapped, *, embedded: bool) -> Node:
    entity = REGISTRY[row.entity]
    kind = mapped.embedded[1] if embedded and mapped.embedded else mapped.kind
    if row.entity == "occurrence" and row.data.get("kind") == "event":
        kind = "Event"  # what nobody is said to have done is no Activity (E7)
    node: Node = {} if embedded else {"id": thing(row.entity, row.uid)}
    node["type"] = kind
    node["_label"] = _label(row, mapped)
    if embedded:
        uid = {"type": "Identifier", "classified_as": [UNIQUE], "content": thing(row.entity, row.uid)}
        node["identified_by"] = [uid]
    if mapped.classes and row.data.get("role") != "object":
        node["classified_as"] = list(mapped.classes)
    if local_id := row.data.get(LOCAL_ID):
        item = {"type": "Identifier", "classified_as": [LOCAL_NUMBER], "content": local_id}
        node.setdefault("identified_by", []).append(item)
        if local_id.startswith(("https://", "http://")) and not embedded:
            node["equivalent"] = [{"id": local_id, "type": kind}]
    _put_fields(node, row, mapped)
    node.update(mapped.constants)
    if row.source and row.entity != "source":
        link = {"id": thing("source", row.source), "type": "LinguisticObject"}
        telling(node).setdefault("influenced_by", []).append(link)
    if row.tier:
        node.setdefault("classified_as", []).append(term_type("claim", "tier", row.tier.value, row.tier.value))
    _put_unknown(node, row, set(entity.fields()))
    return node


def _put_fields(node: Node, row: Row, mapped: Mapped) -> None:
    fields = REGISTRY[row.entity].fields()
    ends = {slot.end for slot in mapped.slots.values() if isinstance(slot, Dated)}
    at_home = ({"structure"} if mapped.embedded or mapped.linked else set()) | {LOCAL_ID}
    for name, field in fields.items():
        value = row.data.get(name)
        slot = mapped.slot(name)
        if isinstance(slot, Dated):
            end = row.data.get(slot.end) if slot.end else None
            if value or end:
                slot.write(node, field, value, end)
        elif field.kind == "geometry":
            if value and mapped.kind == "Place":
                node["defined_by"] = wkt(value)
        elif value is not None and value != [] and name not in ends and name not in at_home:
            slot.put(node, field, value)


def _put_unknown(node: Node, row: Row, known: set[str]) -> None:
    for name, value in row.data.items():
        if name in known:
            continue
        if name == KEPT and isinstance(value, dict):
            _merge(node, deepcopy(value))
            continue
        kind = {**field_type(row.entity, name), "classified_as": [BRIEF_TEXT]}
        text = {"type": "LinguisticObject", "classified_as": [kind], "format": "application/json"}
        content = json.dumps(value, ensure_ascii=False)
        node.setdefault("referred_to_by", []).append({**text, "content": content})


def _merge(node: Node, kept: Node) -> None:
    """Put back what a document of others said beyond our fields."""
    for key, value in kept.items():
        there = node.get(key)
        if there is None:
            node[key] = value
        elif isinstance(there, list) and isinstance(value, list):
            node[key] = [*there, *(v for v in value if v not in there)]
        elif isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value)


def _place(document: Node, shape: dict[str, Any]) -> Node:
    """The Place a structure's geometry defines; the structure is located there, within a place others named."""
    place = {"id": document["id"] + PLACE, "type": "Place", "_label": f"Place of {document['_label']}"}
    wider = document.get("current_location")
    document["current_location"] = dict(place)
    return {**place, "defined_by": wkt(shape), **({"part_of": [wider]} if wider else {})}


def wkt(shape: dict[str, Any]) -> str:
    """Well-known text of a GeoJSON geometry, every digit kept."""
    return str(shapely.to_wkt(shapely.from_geojson(json.dumps(shape)), rounding_precision=-1))


def _label(row: Row, mapped: Mapped) -> str:
    text = str(row.data.get(mapped.labelled) or row.data.get(LOCAL_ID) or REGISTRY[row.entity].title())
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:117] + "..."


__all__ = ["FILE", "LOSSES", "Writer", "concept", "documents", "wkt"]
