"""One resource: its tiles, and what the nodes of a model say in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tetrapylon.formats.arches import values
from tetrapylon.formats.arches.graph import Graph, Node
from tetrapylon.formats.arches.mapping import RESOURCE, ClaimSpec, FieldSpec, Model
from tetrapylon.formats.arches.thesaurus import Thesaurus, is_uuid
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.model import REGISTRY, Tier, thing_uid

RAW, OF = "arches", "arches_of"
"""Unknown fields of claims: the resource as it came in, on its structure; the resource a claim was made of."""


@dataclass
class Tile:
    """One tile. ``raw`` is the tile as it came, ``data`` of it is shared with it."""

    id: str
    group: str
    parent: str
    data: dict[str, Any]
    raw: dict[str, Any]


@dataclass
class Resource:
    """A resource and its tiles by node group."""

    id: str
    head: dict[str, Any]
    tiles: list[Tile]
    groups: dict[str, list[Tile]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tile in self.tiles:
            self.groups.setdefault(tile.group, []).append(tile)

    def as_data(self) -> dict[str, Any]:
        """The resource as Arches writes it."""
        return {"resourceinstance": self.head, "tiles": [t.raw for t in self.tiles]}


def from_data(raw: Any, path: str) -> Resource:
    """A resource of business data.

    Raises
    ------
    Bad : it has not the form of one; the path names the part.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("resourceinstance"), dict):
        raise Bad(type(raw).__name__, "is not a resource: it needs a resourceinstance.", code="json", column=path)
    head = raw["resourceinstance"]
    uid = head.get("resourceinstanceid")
    if not is_uuid(uid):
        raise Bad(str(uid), "is not a UUID.", None, "json", f"{path}/resourceinstance/resourceinstanceid")
    listed = raw.get("tiles") or []
    if not isinstance(listed, list):
        raise Bad(type(listed).__name__, "is not a list of tiles.", None, "json", f"{path}/tiles")
    tiles = []
    for number, tile in enumerate(listed):
        where = f"{path}/tiles[{number}]"
        if not isinstance(tile, dict) or not isinstance(tile.get("data"), dict):
            raise Bad(str(tile)[:60], "is not a tile: it needs data.", None, "json", where)
        if not is_uuid(tile.get("tileid")):
            raise Bad(str(tile.get("tileid")), "is not a UUID.", None, "json", f"{where}/tileid")
        parent = tile.get("parenttile_id")
        found = Tile(
            tile["tileid"], str(tile.get("nodegroup_id") or ""), str(parent or ""), dict(tile["data"]), dict(tile)
        )
        found.raw["data"] = found.data
        tiles.append(found)
    return Resource(str(uid), dict(head), tiles)


def take_out(resource: Resource, model: Model, graph: Graph) -> list[str]:
    """Remove the values of nodes that name a person; returns the names of those that held something."""
    found = []
    for name in model.personal:
        node = graph.node(name)
        for tile in resource.groups.get(node.group, []) if node else []:
            if node and node.id in tile.data and tile.data.pop(node.id) not in (None, "", []):
                found.append(node.name.strip())
    return found


class Reader:
    """Reads the claims of resources of one model."""

    def __init__(self, graph: Graph, model: Model, thesaurus: Thesaurus) -> None:
        self.graph, self.model, self.thesaurus = graph, model, thesaurus
        self.unlabelled: set[str] = set()
        self.lacking: Counter[tuple[str, str]] = Counter()

    def rows(self, resource: Resource, wrong: Any) -> Iterator[Row]:
        """Claims of a resource; ``wrong`` is called with the entity and what is wrong."""
        tier = self._tier(resource)
        for claim in self.model.claims:
            for tile, uid, where in self._each(claim, resource):
                data: dict[str, Any] = {}
                good = True
                for name, spec in claim.fields.items():
                    if not spec.read:
                        continue
                    try:
                        value = self._field(claim, name, spec, resource, tile)
                    except Bad as bad:
                        bad.column = f"{where}/{bad.column or name}"
                        wrong(claim.entity, bad)
                        good = False
                        continue
                    if value is not None:
                        data[name] = value
                if claim.each != RESOURCE:
                    data[OF] = resource.id
                elif "label" in REGISTRY[claim.entity].fields() and not data.get("label"):
                    data["label"] = data.get("local_id") or resource.id
                lacks = next((n for n in claim.needs if n not in data), "")
                if good and lacks:
                    self.lacking[claim.entity, lacks] += 1
                elif good:
                    yield Row(claim.entity, uid, data, None, tier)

    def _tier(self, resource: Resource) -> Tier | None:
        node = self.graph.node(self.model.restricted) if self.model.restricted else None
        held = [t.data.get(node.id) for t in resource.groups.get(node.group, [])] if node else []
        return Tier.RESTRICTED if any(v not in (None, "", []) for v in held) else None

    def _each(self, claim: ClaimSpec, resource: Resource) -> Iterator[tuple[Tile | None, str, str]]:
        if claim.each == RESOURCE:
            yield None, resource.id, f"resource {resource.id}"
            return
        node = self.graph.node(claim.each)
        for tile in resource.groups.get(node.group, []) if node else []:
            assert node is not None
            said = values.texts(node, tile.data.get(node.id), self.thesaurus)
            present = tile.data.get(node.id) not in (None, "", [])
            if present and (not claim.only or any(s in claim.only for s in said)):
                yield tile, self.uid(claim, tile.id, tile.group), f"resource {resource.id}"

    def uid(self, claim: ClaimSpec, tile: str, group: str) -> str:
        """Uid of the claim a tile becomes: the tile's own id, or one made from it where another claim has that."""
        for other in self.model.claims:
            node = None if other.each == RESOURCE else self.graph.node(other.each)
            if node and node.group == group:
                return tile if other is claim else thing_uid("arches", claim.entity, tile)
        return tile

    def _field(self, claim: ClaimSpec, name: str, spec: FieldSpec, resource: Resource, tile: Tile | None) -> Any:
        if spec.resource:
            return resource.id
        if spec.constant is not None:
            return spec.constant
        field = REGISTRY[claim.entity].fields()[name]
        if field.kind == "geometry":
            node = self.graph.node(spec.nodes[0])
            shapes = [values.shape(v) or _text_shape(v) for v in self._values(node, resource, tile)] if node else []
            return next((s for s in shapes if s), None)
        if spec.join:
            return self._joined(spec, resource, tile)
        for wanted in spec.nodes:
            node = self.graph.node(wanted)
            said = self._said(node, resource, tile) if node else []
            if spec.values:
                said = [spec.values[s.strip().casefold()] for s in said if s.strip().casefold() in spec.values]
            if said:
                try:
                    return self._value(field.kind, field.many, spec.take, said)
                except Bad as bad:
                    bad.column = node.name.strip() if node else wanted
                    raise
        return None

    def _value(self, kind: str, many: bool, take: str, said: list[str]) -> Any:
        if kind == "when":
            dates = [values.when(s) for s in said]
            return max(dates, key=lambda d: d["date"]) if take == "last" else dates[0]
        if take == "rest":
            said = said[1:]
            return (said if many else "; ".join(said)) or None
        if many:
            return said
        return "; ".join(dict.fromkeys(said)) if take == "all" else said[-1 if take == "last" else 0]

    def _joined(self, spec: FieldSpec, resource: Resource, tile: Tile | None) -> str | None:
        parts = []
        for template in spec.join:
            names = re.findall(r"\{([^{}]+)\}", template)
            filled = template
            for wanted in names:
                node = self.graph.node(wanted)
                said = list(dict.fromkeys(self._said(node, resource, tile))) if node else []
                filled = filled.replace("{" + wanted + "}", "; ".join(said)) if said else ""
                if not said:
                    break
            if filled:
                parts.append(filled)
        return " ".join(parts) or None

    def _said(self, node: Node, resource: Resource, tile: Tile | None) -> list[str]:
        found = []
        for value in self._values(node, resource, tile):
            if values.unlabelled(node, value, self.thesaurus):
                self.unlabelled.add(node.name.strip())
            found += values.texts(node, value, self.thesaurus)
        return found

    def _values(self, node: Node, resource: Resource, tile: Tile | None) -> list[Any]:
        """Values of a node in a tile, else in the tiles below it, else in the whole resource."""
        if tile is not None and node.group == tile.group:
            return [tile.data.get(node.id)]
        tiles = resource.groups.get(node.group, [])
        if tile is not None and tile.group in self.graph.line(node.group):
            if not any(t.parent for t in tiles):  # a table does not say which tile stands in which
                return [t.data.get(node.id) for t in tiles] if len(resource.groups[tile.group]) == 1 else []
            below = {tile.id}
            for group in self.graph.line(node.group):
                below |= {t.id for t in resource.groups.get(group, []) if t.parent in below}
            tiles = [t for t in tiles if t.id in below]
        return [t.data.get(node.id) for t in tiles]


def _text_shape(value: Any) -> Any:
    """WKT in a cell, for the geometry checks to read."""
    return value if isinstance(value, str) and value.strip() else None
