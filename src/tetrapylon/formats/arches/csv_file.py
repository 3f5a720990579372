"""Arches CSV: one row per set of tiles of a resource, its first column ResourceID, the others named after nodes.

A resource may have several rows; a column may name the language of its texts ("NAME (en)"). Concepts stand as labels
or value ids, several values of a cell are divided by commas outside quotation marks (Arches) or semicolons (EAMENA).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tetrapylon.formats.arches import values
from tetrapylon.formats.arches.graph import Graph, Node, fold
from tetrapylon.formats.arches.native import uid
from tetrapylon.formats.arches.resource import Resource, Tile
from tetrapylon.formats.arches.thesaurus import is_uuid
from tetrapylon.formats.problems import Bad

FIRST = "resourceid"
WIDEST = 10 * 1024**2
"""Characters of one cell."""

_LANGUAGE = re.compile(r"(.+?) \(([A-Za-z]{2,3}(-[A-Za-z]+)?)\)")


def sniff(start: bytes) -> bool:
    """True for text whose first column is ResourceID."""
    head = start.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    cell = re.split(rb"[,;\t]", head, maxsplit=1)[0]
    return fold(cell.decode("utf-8", "replace")) == FIRST


def resources(path: Path, graph: Graph) -> Iterator[tuple[int, Resource | Bad]]:
    """Every resource with the number of its first row; a `Bad` where the row is damaged or a column is not known.

    Raises
    ------
    Bad : no UTF-8, cut off, or a column that names no node of the graph.
    """
    rows = _rows(path)
    header = next(rows, (1, []))[1]
    nodes = [_node(graph, cell) for cell in header]
    for cell, node in zip(header[1:], nodes[1:], strict=True):
        if node is None and cell.strip():
            from tetrapylon.errors import nearest

            near = nearest(cell, [n.name for n in graph.nodes.values()])
            raise Bad(cell, f"is not a node of the resource model {graph.name}.", near, "column", "header")
    current: Resource | None = None
    first = 0
    for number, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield number, Bad(cells[0], f"has {len(cells)} cells where the header has {len(header)}.", code="cells")
            continue
        instance = cells[0].strip().lower()
        if not is_uuid(instance):
            yield number, Bad(cells[0], "is not a UUID; every row needs the id of its resource.", column="ResourceID")
            continue
        if current is None or current.id != instance:
            if current is not None:
                yield first, current
            head = {"graph_id": graph.id, "resourceinstanceid": instance, "legacyid": instance}
            current, first = Resource(instance, head, []), number
        for tile in _tiles(graph, nodes, cells, instance, number):
            current.tiles.append(tile)
            current.groups.setdefault(tile.group, []).append(tile)
    if current is not None:
        yield first, current


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Bad("", "is not UTF-8 text. Save the file as UTF-8.", code="encoding") from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    csv.field_size_limit(WIDEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        raise Bad("", f"cannot be read from line {number} on ({error}): is the file cut off?", code="csv") from None


def _node(graph: Graph, heading: str) -> Node | None:
    found = graph.node(heading)
    named = _LANGUAGE.fullmatch(heading.strip())
    return found or (graph.node(named[1]) if named else None)


def _tiles(graph: Graph, nodes: list[Node | None], cells: list[str], instance: str, number: int) -> Iterator[Tile]:
    by_group: dict[str, dict[str, Any]] = {}
    for node, cell in zip(nodes[1:], cells[1:], strict=True):
        if node is not None and cell.strip():
            by_group.setdefault(node.group, {})[node.id] = _value(node, cell.strip())
    for group, data in by_group.items():
        tile = uid("csv", instance, group, json.dumps(data, sort_keys=True), str(number))
        raw = {
            "tileid": tile, "resourceinstance_id": instance, "nodegroup_id": group, "parenttile_id": None,
            "sortorder": 0, "provisionaledits": None, "data": data,
        }  # fmt: skip
        yield Tile(tile, group, "", data, raw)


def _value(node: Node, cell: str) -> Any:
    if node.datatype == "number":
        try:
            return float(cell)
        except ValueError:
            return cell
    if node.datatype == "boolean":
        return {"true": True, "false": False}.get(cell.casefold(), cell)
    if node.datatype.endswith("-list") and node.datatype in values.CONCEPTS:
        divider = ";" if ";" in cell else ","
        found = next(csv.reader([cell], delimiter=divider, skipinitialspace=True))
        return [part.strip() for part in found if part.strip()]
    return cell


def write(path: Path, resources: list[Resource], graph: Graph, said: Any) -> None:
    """Write resources as Arches imports them: rows of a resource together, one value of a node per row.

    ``said(node, value)`` gives the text of a value.
    """
    used = {n for r in resources for t in r.tiles for n in t.data}
    nodes = [n for n in graph.nodes.values() if n.id in used]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["ResourceID", *(n.name for n in nodes)])
        for resource in resources:
            rows: list[dict[str, str]] = []
            for tile in resource.tiles:
                cells = {n.id: said(n, tile.data[n.id]) for n in nodes if tile.data.get(n.id) not in (None, "", [])}
                cells = {k: v for k, v in cells.items() if v}
                free = next((r for r in rows if not r.keys() & cells.keys()), None)
                if cells and free is None:
                    rows.append(cells)
                elif free is not None:
                    free.update(cells)
            for row in rows:
                writer.writerow([resource.id, *(row.get(n.id, "") for n in nodes)])
