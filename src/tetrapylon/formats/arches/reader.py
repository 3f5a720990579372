"""Arches business data into tables of our own columns, through the graph of its resource model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tetrapylon.formats.arches import csv_file, mapping, native, thesaurus
from tetrapylon.formats.arches.graph import Graph, beside, graphs_in, load_json
from tetrapylon.formats.arches.resource import RAW, Reader, Resource, from_data, take_out
from tetrapylon.formats.gathered import Gathered
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.sheet import Sheet

_START = 4096
_SHOWN = 12


def sniff(path: Path) -> bool:
    """True for JSON with business data, or text whose first column is ResourceID."""
    with path.open("rb") as file:
        start = file.read(_START).lstrip(b"\xef\xbb\xbf \t\r\n")
    return (start[:1] == b"{" and b'"business_data"' in start) or csv_file.sniff(start)


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The resources of a file as one table per entity; rows count resources (JSON) or lines (CSV).

    The graph of each resource model stands in the file or in a JSON file beside it; concept labels come from SKOS files
    beside it; ``arches.toml`` beside it adds mappings.

    Raises
    ------
    Bad : the file is not readable, or there is no graph or no mapping for anything in it.
    """
    return _Reading(path, file or path.name).sheets()


class _Reading:
    def __init__(self, path: Path, file: str) -> None:
        self.path = path
        self.gathered = Gathered(file)
        self.models = mapping.beside(path.parent)
        self.labels = thesaurus.beside(path)
        self.graphs = beside(path)
        self.readers: dict[str, Reader] = {}
        self.personal: Counter[str] = Counter()
        self.unmapped: Counter[str] = Counter()

    def sheets(self) -> list[Sheet]:
        with self.path.open("rb") as file:
            is_json = file.read(_START).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        mapped = 0
        for number, found in self._json() if is_json else self._csv():
            if isinstance(found, Bad):
                self.gathered.bad(number, "structure", found)
            elif isinstance(found, Resource):
                mapped += self._take(number, found)
        if self.unmapped and not mapped:
            name, count = self.unmapped.most_common(1)[0]
            reason = (
                f"There is no mapping for its {count} resources of the model {name}: add {mapping.SIDECAR} beside it."
            )
            raise Bad("", reason, code="mapping")
        self._say()
        return self.gathered.sheets()

    def _json(self) -> Iterator[tuple[int, Resource | Bad]]:
        data = load_json(self.path)
        self.graphs.update({graph.id: graph for graph in graphs_in(data)})
        business = data.get("business_data") if isinstance(data, dict) else None
        listed = business.get("resources") if isinstance(business, dict) else None
        if not isinstance(listed, list):
            raise Bad("", "holds no list business_data/resources.", code="json")
        for number, raw in enumerate(listed, start=1):
            try:
                yield number, from_data(raw, f"resources[{number - 1}]")
            except Bad as bad:
                yield number, bad

    def _csv(self) -> Iterator[tuple[int, Resource | Bad]]:
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            header = file.readline()
        graph = self._graph_of(header)
        yield from csv_file.resources(self.path, graph)

    def _graph_of(self, header: str) -> Graph:
        """The graph beside a CSV file: the only one, or the one that knows most of its columns."""
        if not self.graphs:
            reason = (
                "The graph of its resource model is needed: put the graph JSON that Arches exports beside the file."
            )
            raise Bad("", reason, code="not-found")
        cells = [c.strip().strip('"') for c in header.replace(";", ",").replace("\t", ",").split(",")[1:]]
        return max(self.graphs.values(), key=lambda g: sum(g.node(c) is not None for c in cells))

    # --- one resource -------------------------------------------------------------------------------------------------

    def _take(self, number: int, resource: Resource) -> int:
        graphid = str(resource.head.get("graph_id"))
        own = native.entities().get(graphid)
        if own:
            flat = self.gathered.flat(own)
            values, shape = native.read(own, flat, [t.data for t in resource.tiles])
            self.gathered.add_values(number, own, values, shape)
            return 1
        reader = self._reader(graphid)
        if reader is None:
            return 0
        self.personal.update(take_out(resource, reader.model, reader.graph))

        def wrong(entity: str, bad: Bad) -> None:
            self.gathered.bad(number, entity, bad)

        for at, row in enumerate(reader.rows(resource, wrong)):
            data: dict[str, Any] = row.data
            if at == 0:
                data = {**data, RAW: resource.as_data()}
            self.gathered.add(number, row._replace(data=data))
        return 1

    def _reader(self, graphid: str) -> Reader | None:
        if graphid in self.readers:
            return self.readers[graphid]
        model, graph = self.models.get(graphid), self.graphs.get(graphid)
        if model is None:
            self.unmapped[graph.name if graph else graphid] += 1
            return None
        if graph is None:
            reason = (
                f"is the resource model {model.name}, whose graph is needed to understand the tiles: put the "
                "graph JSON that Arches exports beside the file."
            )
            raise Bad(graphid, reason, code="not-found", column="graph_id")
        mapping.check(model, graph)
        self.readers[graphid] = Reader(graph, model, self.labels)
        return self.readers[graphid]

    def _say(self) -> None:
        if self.personal:
            shown = ", ".join(f"{name} ({count})" for name, count in sorted(self.personal.items())[:_SHOWN])
            many = self.personal.total()
            reason = f"{many} value{'s' if many != 1 else ''} that name a person left out: {shown}."
            self._warn(reason, "personal")
        if self.unmapped:
            shown = ", ".join(f"{name} ({count})" for name, count in sorted(self.unmapped.items())[:_SHOWN])
            self._warn(f"Resources of models without a mapping are left out: {shown}.", "mapping")
        unlabelled = sorted(set[str]().union(*(r.unlabelled for r in self.readers.values())))
        if unlabelled:
            shown = ", ".join(unlabelled[:_SHOWN]) + (", ..." if len(unlabelled) > _SHOWN else "")
            reason = (
                f"Labels of concepts are not known in {len(unlabelled)} nodes ({shown}); what they say is kept, not "
                "read. Put the thesaurus (SKOS XML) that Arches exports beside the file."
            )
            self._warn(reason, "labels")

        lacking = Counter[tuple[str, str]]()
        for reader in self.readers.values():
            lacking.update(reader.lacking)
        for (entity, name), count in sorted(lacking.items()):
            title = entity.replace("_", " ")
            tiles = f"{count} tile{'s' if count != 1 else ''}"
            self._warn(f"No {title} is made of {tiles} without {name}; what they say is kept, not read.", "lacking")

    def _warn(self, reason: str, code: str) -> None:
        self.gathered.bad(0, "structure", Bad("", reason, code=code, warning=True))
