"""Taking the fields of an entity out of a node; what is left in the node is unknown here."""

from __future__ import annotations

from typing import Any

from tetrapylon.formats.linked_art.mapping import MAPPED
from tetrapylon.formats.linked_art.names import LOCAL_NUMBER, Node, has_type, nodes, remove
from tetrapylon.formats.linked_art.slots import Dated, forget_telling
from tetrapylon.formats.sheet import LOCAL_ID
from tetrapylon.model import REGISTRY


def taken(node: Node, entity: str) -> dict[str, Any]:
    """Data of the fields that a node holds, taken out of it."""
    mapped = MAPPED[entity]
    data: dict[str, Any] = {}
    for item in nodes(node, "identified_by"):
        if has_type(item, LOCAL_NUMBER) and LOCAL_ID not in data and set(item) == {"type", "classified_as", "content"}:
            data[LOCAL_ID] = str(item["content"])
            remove(node, "identified_by", item)
    ends = {slot.end for slot in mapped.slots.values() if isinstance(slot, Dated)}
    for name, field in REGISTRY[entity].fields().items():
        slot = mapped.slot(name)
        if isinstance(slot, Dated):
            dates = slot.read(node, field) or (None, None)
            data.update({n: d for n, d in zip((name, slot.end), dates, strict=True) if n and d})
        elif field.kind == "geometry":
            if "defined_by" in node:
                data[name] = node.pop("defined_by")
        elif name != LOCAL_ID and name not in ends:
            value = slot.take(node, field)
            if value is not None:
                data[name] = value
    forget_telling(node)
    return data
