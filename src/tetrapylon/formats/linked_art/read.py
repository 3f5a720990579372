"""Reading Linked Art: our own documents give the rows back, those of others what fits; the rest is kept as unknown."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tetrapylon.formats.gathered import Gathered
from tetrapylon.formats.linked_art import foreign
from tetrapylon.formats.linked_art.documents import read_documents
from tetrapylon.formats.linked_art.mapping import MAPPED, Mapped
from tetrapylon.formats.linked_art.names import (
    Node,
    nodes,
    read_field,
    read_term,
    read_thing,
    remove,
)
from tetrapylon.formats.linked_art.slots import Told, telling
from tetrapylon.formats.linked_art.taking import taken
from tetrapylon.formats.linked_art.write import KEPT, PLACE
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import LOCAL_ID, Sheet
from tetrapylon.model import REGISTRY, Tier

Numbered = tuple[int, Row]


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The things of a file, one table per entity; rows are numbered as the documents they stand in, from 1.

    Raises
    ------
    Bad : see `documents.read_documents`; or no document speaks of anything this house knows.
    """
    rows, left = rows_of(read_documents(path))
    if not rows:
        shown = ", ".join(f"{n} of type {kind}" for kind, n in sorted(left.items()))
        raise Bad(shown, "holds no structure, place, group, text or event that can be read.", code="left-out")
    gathered = Gathered(file or path.name)
    if left:
        shown = ", ".join(f"{kind} {n}" for kind, n in sorted(left.items()))
        reason = "are documents that no table here holds; they are left out."
        gathered.bad(0, rows[0][1].entity, Bad(shown, reason, code="left-out", warning=True))
    for number, row in rows:
        try:
            gathered.add(number, row)
        except (TypeError, KeyError, AttributeError):
            reason = "holds a value that is not one of its field."
            gathered.bad(number, row.entity, Bad(row.data.get(LOCAL_ID, row.uid), reason))
    return gathered.sheets()


def rows_of(documents: list[Node]) -> tuple[list[Numbered], Counter[str]]:
    """Rows with the number of their document, and how many documents of which type were left out."""
    return _Reader(documents).rows()


class _Reader:
    def __init__(self, documents: list[Node]) -> None:
        self.documents = documents
        self.places = {d["id"]: dict(d) for d in documents if d.get("type") == "Place" and "id" in d}
        self.structures: dict[str, str] = {}  # thing that an assignment points to: its structure
        self.found: list[Numbered] = []
        self.left: Counter[str] = Counter()

    def rows(self) -> tuple[list[Numbered], Counter[str]]:
        for document in self.documents:
            if own := read_thing(document.get("id")):
                self._note_links(document, own[1])
        for number, document in enumerate(self.documents, start=1):
            own = read_thing(document.get("id"))
            if own and own[2]:
                continue  # a place that a structure's geometry defines
            if own and own[0] in MAPPED:
                self._own(number, document, own[0], own[1])
                continue
            rows = foreign.rows(document, self.places)
            if rows is None:
                self.left[str(document.get("type", "none"))] += 1
                continue
            self.found += [(number, row) for row in rows]
        self.found += [(0, row) for row in foreign.named_only([row for _, row in self.found])]
        return self.found, self.left

    def _note_links(self, document: Node, uid: str) -> None:
        """Which structure a footprint or an occurrence is of: assignments on the structure's document say so."""
        properties = {mapped.linked for mapped in MAPPED.values() if mapped.linked}
        for item in nodes(document, "attributed_by"):
            if item.get("assigned_property") in properties and set(item) == {"type", "assigned_property", "assigned"}:
                targets = [link.get("id") for link in nodes(item, "assigned")]
                if all(map(read_thing, targets)):
                    self.structures.update(dict.fromkeys(map(str, targets), uid))
                    remove(document, "attributed_by", item)

    def _own(self, number: int, document: Node, entity: str, uid: str) -> None:
        for other, mapped in MAPPED.items():
            if entity == "structure" and mapped.embedded:
                self._embedded(number, document, uid, other, mapped)
        if entity == "structure" and document.keys() <= {"id", "type", "_label", "destroyed_by"}:
            return  # there only to carry what was said about it
        if entity == "structure":
            document.pop("destroyed_by", None)  # follows from reports and an occurrence that are read themselves
        structure = self.structures.get(document["id"])
        location = document.get("current_location")
        place = self.places.get(document["id"] + PLACE) if isinstance(location, dict) else None
        if place is not None:
            del document["current_location"]
            for wider in nodes(place, "part_of")[:1]:
                document["current_location"] = wider
        row = own_row(document, entity, uid, structure)
        if place and "defined_by" in place:
            row.data["geometry"] = place["defined_by"]
        self.found.append((number, row))

    def _embedded(self, number: int, document: Node, structure: str, entity: str, mapped: Mapped) -> None:
        assert mapped.embedded is not None
        key, kept = mapped.embedded[0], []
        for node in nodes(document, key):
            for item in nodes(node, "identified_by"):
                own = read_thing(item.get("content"))
                if own and own[0] == entity:
                    remove(node, "identified_by", item)
                    self.found.append((number, own_row(node, entity, own[1], structure)))
                    break
            else:
                kept.append(node)
        if key in document:
            document[key] = kept
            if not kept:
                del document[key]


def own_row(node: Node, entity: str, uid: str, structure: str | None) -> Row:
    """The row of a node of ours; what is left of the node goes with it as unknown."""
    mapped = MAPPED[entity]
    node.pop("_label", None)  # made from a field; a name where there is one stands among the names
    data = taken(node, entity)
    fields = REGISTRY[entity].fields()
    if structure and "structure" in fields:
        data["structure"] = structure
    source = Told().take(node, REGISTRY["statement"].fields()["source"])
    tier = _tier(node)
    for text in nodes(node, "referred_to_by"):
        said = read_field(text)
        if said and said[0] == entity and text.get("format") == "application/json":
            remove(node, "referred_to_by", text)
            data[said[1]] = _json(str(text.get("content", "null")))
    for kind in mapped.classes:
        for item in nodes(node, "classified_as"):
            if item.get("id") == kind["id"]:
                remove(node, "classified_as", item)
    for same in nodes(node, "equivalent"):
        if same.get("id") == data.get(LOCAL_ID):
            remove(node, "equivalent", same)
    passed = {"id", "type", *mapped.constants}
    rest = {key: value for key, value in node.items() if key not in passed}
    if rest:
        data[KEPT] = rest
    known = {name: data[name] for name in fields if name in data}
    unknown = {name: value for name, value in data.items() if name not in fields}
    return Row(entity, uid, {**unknown, **known}, source, tier)


def _tier(node: Node) -> Tier | None:
    for item in nodes(node, "classified_as"):
        term = read_term(item)
        if term and term[:2] == ("claim", "tier") and term[2] in list(Tier):
            remove(node, "classified_as", item)
            return Tier(term[2])
    return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


__all__ = ["own_row", "read", "rows_of", "telling"]
