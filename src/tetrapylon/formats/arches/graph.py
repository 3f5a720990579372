"""Graphs of resource models as Arches exports them: nodes, their data types, and the groups whose tiles hold them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tetrapylon.formats.problems import Bad, broken_json

LARGEST = 512 * 1024**2
"""Bytes of one JSON file that are read (our choice: the whole of EAMENA's Heritage Place exports is smaller)."""
DEEPEST = 100
"""Lists and objects inside each other that are read (our choice: Arches data nests 15 deep)."""
MOST_BESIDE = 200
"""JSON files beside the data that are looked at for graphs."""

_NOT_NAME = re.compile(r"[^0-9a-z]")


def fold(name: str) -> str:
    """A node name or alias without case, spaces and signs."""
    return _NOT_NAME.sub("", name.casefold())


@dataclass(frozen=True)
class Node:
    """One node. ``group``: id of the node group whose tiles hold it. ``collection``: id of its list of concepts."""

    id: str
    name: str
    alias: str
    datatype: str
    group: str
    collection: str = ""


@dataclass(frozen=True)
class Graph:
    """One resource model. ``parents``: the group that a group stands in, "" for none."""

    id: str
    name: str
    nodes: Mapping[str, Node]
    parents: Mapping[str, str]
    single: frozenset[str] = frozenset()
    by_name: Mapping[str, Node] = field(default_factory=dict)

    def node(self, name: str) -> Node | None:
        """The node of an alias or name, in whatever spelling; aliases win."""
        return self.by_name.get(fold(name))

    def line(self, group: str) -> tuple[str, ...]:
        """A group and the groups around it, outermost first."""
        found: list[str] = []
        while group and group not in found:
            found.append(group)
            group = self.parents.get(group, "")
        return tuple(reversed(found))


def load_json(path: Path) -> Any:
    """JSON of a file.

    Raises
    ------
    Bad : too large, no UTF-8, cut off, not JSON, nested too deeply, or with numbers that JSON does not have.
    """
    if path.stat().st_size > LARGEST:
        raise Bad("", f"is larger than {LARGEST // 1024**2} MB; export it in parts.", code="size")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Bad("", "is not UTF-8 text. Save the file as UTF-8.", code="encoding") from None
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise broken_json(error) from None
    except RecursionError:
        raise Bad("", "is nested too deeply to be Arches data.", code="json") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise Bad("", f"holds a number that cannot be read ({error}).", code="json") from None
    if _too_deep(data):
        raise Bad("", "is nested too deeply to be Arches data.", code="json")
    return data


def _too_deep(data: Any) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
            elif isinstance(one, list):
                below += one
        level = [b for b in below if isinstance(b, dict | list)]
        if not level:
            return False
    return True


def _refuse(constant: str) -> Any:
    raise Bad(constant, "is not a number in JSON: NaN and Infinity are not allowed.", code="json")


def graphs_in(data: Any) -> Iterator[Graph]:
    """The resource models of an Arches file; branches and damaged ones are passed over."""
    listed = data.get("graph") if isinstance(data, dict) else None
    for raw in listed if isinstance(listed, list) else []:
        if isinstance(raw, dict) and isinstance(raw.get("nodes"), list) and raw.get("isresource", True):
            yield _graph(raw)


def beside(path: Path) -> dict[str, Graph]:
    """Graphs in the JSON files of the folder of ``path``, by id."""
    found: dict[str, Graph] = {}
    files = sorted(p for p in path.parent.glob("*.json") if p != path)
    for file in files[:MOST_BESIDE]:
        with file.open("rb") as opened:
            start = opened.read(4096)
        if b'"graph"' not in start:
            continue
        try:
            found.update({graph.id: graph for graph in graphs_in(load_json(file))})
        except Bad:
            continue
    return found


def _graph(raw: dict[str, Any]) -> Graph:
    nodes = {}
    for node in raw["nodes"]:
        if isinstance(node, dict) and node.get("nodeid"):
            config = node.get("config")
            collection = config.get("rdmCollection") if isinstance(config, dict) else None
            found = Node(
                str(node["nodeid"]), words(node.get("name")), str(node.get("alias") or ""), str(node.get("datatype")),
                str(node.get("nodegroup_id") or ""), str(collection or ""),
            )  # fmt: skip
            nodes[found.id] = found
    groups = [g for g in raw.get("nodegroups", []) if isinstance(g, dict)]
    parents = {str(g.get("nodegroupid")): str(g.get("parentnodegroup_id") or "") for g in groups}
    single = frozenset(str(g.get("nodegroupid")) for g in groups if g.get("cardinality") == "1")
    by_name: dict[str, Node] = {}
    for node in nodes.values():
        if node.datatype != "semantic":
            by_name.setdefault(fold(node.name), node)
    for node in nodes.values():
        if node.alias and node.datatype != "semantic":
            by_name[fold(node.alias)] = node
    for node in nodes.values():  # semantic ones where nothing else has the name
        for name in (node.alias, node.name):
            if name:
                by_name.setdefault(fold(name), node)
    return Graph(str(raw.get("graphid", "")), words(raw.get("name")), nodes, parents, single, by_name)


def words(value: Any) -> str:
    """A text that may be one per language: English before any other."""
    if isinstance(value, dict):
        chosen = next((v for k, v in value.items() if str(k).lower().startswith("en")), None)
        value = chosen if chosen is not None else next(iter(value.values()), "")
        if isinstance(value, dict):
            value = value.get("value")
    return "" if value is None else str(value)
