"""Writing Arches business data: in resource models of our own, which hold every claim, or in a user's model."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tetrapylon.errors import CaseError, NotFound, Problem
from tetrapylon.formats.arches import csv_file, mapping, native, thesaurus, values
from tetrapylon.formats.arches.graph import Node, graphs_in, load_json
from tetrapylon.formats.arches.mapping import RESOURCE, ClaimSpec, FieldSpec
from tetrapylon.formats.arches.resource import RAW, Reader, Resource, Tile, from_data
from tetrapylon.formats.gathered import DocumentWriter, partial, settle
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.model import REGISTRY

NAME = "arches"
"""Name of the format."""
FILE, GRAPH, TABLE = "case.json", "graph.json", "resources.csv"
LOSSES = (
    "Without a graph the claims stand in resource models of our own, one per entity, which the file holds too; an "
    "Arches instance takes them in beside its own models.",
)
"""What does not survive. Reading back what we wrote restores all values."""


class Writer(DocumentWriter):
    """Writes rows into one file with the resource models they need; use as a context manager."""

    format, file = NAME, FILE

    def add(self, row: Row) -> None:
        """Write one row as a resource."""
        if self.out is None:
            out = self.begin()
            out.write('{"business_data": {"resources": [\n')
        else:
            out = self.out
            out.write(",\n")
        flat = self.flat(row.entity)
        out.write(json.dumps(native.resource(flat, flat.values(row), flat.shape(row)), allow_nan=False))

    def finish(self, out: IO[str]) -> None:
        """Close the list of resources and write the models they need."""
        graphs = [native.graph(flat) for flat in self.flats.values()]
        out.write(f'\n]}},\n"graph": {json.dumps(graphs)}\n}}\n')


class GraphWriter:
    """Writes what a user's resource model can hold: JSON, the same as CSV, and the graph; a context manager.

    A resource that came from Arches goes out as it came in, with what its claims say by now. ``left`` counts the
    claims, by entity, that the model has no place for.

    Raises
    ------
    NotFound : the graph file holds no resource model that there is a mapping for.
    CaseError : the graph or a mapping beside it cannot be read.
    """

    def __init__(self, folder: Path, graph_file: Path) -> None:
        self.folder, self.graph_file = folder, graph_file
        try:
            models = mapping.beside(graph_file.parent)
            graphs = list(graphs_in(load_json(graph_file)))
            chosen = next(((g, models[g.id]) for g in graphs if g.id in models), None)
            if chosen is None:
                if not graphs:
                    hint = "Name the graph of a resource model, as Arches exports it."
                    raise NotFound(f"{graph_file.name} holds no resource model.", hint=hint)
                named = ", ".join(g.name for g in graphs)
                hint = f"Put a mapping {mapping.SIDECAR} beside it."
                raise NotFound(f"{graph_file.name} holds {named}, which no mapping speaks of.", hint=hint)
            mapping.check(chosen[1], chosen[0])
        except Bad as bad:
            problem = Problem(graph_file.name, 0, bad.column or "", bad.value, bad.reason, bad.nearest, bad.code)
            raise CaseError([problem]) from None
        self.graph, self.model = chosen
        self.labels = thesaurus.beside(graph_file)
        self.structures: dict[str, Row] = {}
        self.claims: dict[str, list[Row]] = {}
        self.left: Counter[str] = Counter()
        self.written = False

    @property
    def files(self) -> dict[str, str]:
        """Names for the manifest."""
        return {"arches": FILE} if self.written else {}

    @property
    def beside(self) -> tuple[Path, ...]:
        """What is written beside: the same resources as a table, and the graph they are read with."""
        return (self.folder / TABLE, self.folder / GRAPH) if self.written else ()

    def __enter__(self) -> GraphWriter:
        return self

    def add(self, row: Row) -> None:
        """Take in one row; everything is written at the end, one resource after another."""
        specs = [c for c in self.model.claims if c.entity == row.entity]
        if any(c.each == RESOURCE for c in specs):
            self.structures[row.uid] = row
            return
        owner = self._owner(specs, row)
        if owner:
            self.claims.setdefault(owner, []).append(row)
        else:
            self.left[row.entity] += 1

    def _owner(self, specs: list[ClaimSpec], row: Row) -> str:
        for spec in specs:
            name = next((n for n, f in spec.fields.items() if f.resource), "")
            if name and row.data.get(name):
                return str(row.data[name])
        return ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        for owner in [o for o in self.claims if o not in self.structures]:
            for row in self.claims.pop(owner):
                self.left[row.entity] += 1
        resources = [self._resource(row) for row in self.structures.values()]
        with partial(self.folder / FILE).open("w", encoding="utf-8", newline="\n") as out:
            out.write('{"business_data": {"resources": [\n')
            out.write(",\n".join(json.dumps(r.as_data(), allow_nan=False) for r in resources))
            out.write("\n]}}\n")
        csv_file.write(partial(self.folder / TABLE), resources, self.graph, self._said)
        for name in (FILE, TABLE):
            settle(self.folder / name, True)
        if self.graph_file.resolve() != (self.folder / GRAPH).resolve():
            shutil.copyfile(self.graph_file, self.folder / GRAPH)
        self.written = True

    # --- one resource -------------------------------------------------------------------------------------------------

    def _resource(self, row: Row) -> Resource:
        raw = row.data.get(RAW)
        resource = self._kept(raw)
        reader = Reader(self.graph, self.model, self.labels)
        before = {(r.entity, r.uid): r for r in reader.rows(resource, lambda e, b: None)} if resource else {}
        if resource is None:
            head = {"graph_id": self.graph.id, "resourceinstanceid": row.uid, "legacyid": row.uid}
            resource = Resource(row.uid, head, [])
        rows = [row, *self.claims.get(row.uid, [])]
        told = {(r.entity, r.uid) for r in rows}
        for key, old in before.items():
            if key not in told:
                self._drop(resource, old)
        for one in rows:
            self._put(resource, one, before.get((one.entity, one.uid)))
        self._put_unsaid(resource, row)
        return resource

    def _put_unsaid(self, resource: Resource, row: Row) -> None:
        """Fields that are only written, where the resource has no value of their node by now."""
        spec = next(c for c in self.model.claims if c.entity == row.entity and c.each == RESOURCE)
        for name, place in spec.fields.items():
            node = None if place.read else self.graph.node(place.write)
            value = row.data.get(name)
            if node is None or value is None:
                continue
            if all(t.data.get(node.id) in (None, "", []) for t in resource.groups.get(node.group, [])):
                self._set(resource, node, place, REGISTRY[row.entity].fields()[name].kind, value, None, row)

    def _kept(self, raw: Any) -> Resource | None:
        try:
            return from_data(json.loads(json.dumps(raw)), "") if raw else None
        except Bad:
            return None

    def _put(self, resource: Resource, row: Row, before: Row | None) -> None:
        spec = self._spec(row, before, resource)
        if spec is None:
            self.left[row.entity] += 1
            return
        tile = next((t for t in resource.tiles if before and t.id == row.uid), None)
        fields = REGISTRY[row.entity].fields()
        for name, place in spec.fields.items():
            value, old = row.data.get(name), before.data.get(name) if before else None
            if value == old or not place.write or not place.read or (before is not None and place.join):
                continue
            node = self.graph.node(place.write)
            if node is None or (name == "label" and value == row.data.get("local_id")):
                continue
            tile = self._set(resource, node, place, fields[name].kind, value, tile, row)

    def _spec(self, row: Row, before: Row | None, resource: Resource) -> ClaimSpec | None:
        """How a claim is written: as it was read, or as the first kind that can be made afresh."""
        specs = [c for c in self.model.claims if c.entity == row.entity]
        if before is not None:
            groups = {t.group for t in resource.tiles if t.id == row.uid}
            for spec in specs:
                node = self.graph.node(spec.each) if spec.each != RESOURCE else None
                if node is None or node.group in groups:
                    return spec
        return next((c for c in specs if any(f.write for f in c.fields.values())), None)

    def _set(
        self, resource: Resource, node: Node, place: FieldSpec, kind: str, value: Any, tile: Tile | None, row: Row
    ) -> Tile | None:
        """Put a value where it came from, else into a tile of its own; returns the tile of the claim."""
        many = value if isinstance(value, list) else [value]
        if tile is not None and tile.group == node.group:
            tile.data[node.id] = None if value is None else self._encoded(node, kind, many[0], tile.data.get(node.id))
            return tile
        there = resource.groups.get(node.group, []) if row.uid == resource.id else []
        there = [t for t in there if t.data.get(node.id) not in (None, "")]
        there = there[1:] if place.take == "rest" else there[:1] if place.take == "first" else there
        for old in there[len(many) if value is not None else 0 :]:
            old.data[node.id] = None
        made = tile
        for at, one in enumerate(many if value is not None else []):
            if at < len(there):
                there[at].data[node.id] = self._encoded(node, kind, one, there[at].data.get(node.id))
            else:
                encoded = self._encoded(node, kind, one, None)
                if encoded is not None:
                    new = self._tile(resource, node.group, row.uid, at)
                    new.data[node.id] = encoded
                    made = made or (new if row.uid != resource.id else None)
        return made

    def _encoded(self, node: Node, kind: str, value: Any, like: Any) -> Any:
        if kind == "geometry":
            return values.collection(value, node)
        if kind == "when":
            return values.edtf(value) if node.datatype == "edtf" else value["date"]
        return values.encode(node, value if isinstance(value, str) else repr(value), self.labels, like)

    def _tile(self, resource: Resource, group: str, owner: str, at: int) -> Tile:
        """A new tile in a group, in the tiles around it that are there or are made."""
        parent = ""
        line = self.graph.line(group)
        for outer in line[:-1]:
            there = resource.groups.get(outer, [])
            if there and (outer in self.graph.single or len(there) == 1):
                parent = there[0].id
            else:
                parent = self._add(resource, outer, parent, native.uid("tile", owner, outer)).id
        there = resource.groups.get(group, [])
        if there and group in self.graph.single and there[0].parent == parent:
            return there[0]
        uid = native.uid("tile", owner, group, str(at))
        if owner != resource.id and not any(t.id == owner for t in resource.tiles):
            uid = owner
        return self._add(resource, group, parent, uid)

    def _add(self, resource: Resource, group: str, parent: str, uid: str) -> Tile:
        data: dict[str, Any] = {}
        raw = {
            "tileid": uid, "resourceinstance_id": resource.id, "nodegroup_id": group, "parenttile_id": parent or None,
            "sortorder": len(resource.groups.get(group, [])), "provisionaledits": None, "data": data,
        }  # fmt: skip
        tile = Tile(uid, group, parent, data, raw)
        resource.tiles.append(tile)
        resource.groups.setdefault(group, []).append(tile)
        return tile

    def _drop(self, resource: Resource, old: Row) -> None:
        """Take out the tile of a claim that is no longer told, with the tiles inside it."""
        gone = {t.id for t in resource.tiles if t.id == old.uid}
        for _ in resource.tiles:
            more = {t.id for t in resource.tiles if t.parent in gone} - gone
            if not more:
                break
            gone |= more
        resource.tiles[:] = [t for t in resource.tiles if t.id not in gone]
        for group in resource.groups.values():
            group[:] = [t for t in group if t.id not in gone]

    def _said(self, node: Node, value: Any) -> str:
        if node.datatype == values.GEOMETRY:
            return _wkt(value)
        many = value if isinstance(value, list) else [value]
        said = [(one, values.texts(node, one, self.labels)) for one in many]
        return "; ".join(text for one, texts in said for text in (texts or [str(one)]))


def _wkt(value: Any) -> str:
    import shapely

    shape = values.shape(value)
    return "" if shape is None else str(shapely.from_geojson(json.dumps(shape)).wkt)
