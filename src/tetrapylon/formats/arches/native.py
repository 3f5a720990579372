"""Resource models of our own entities, so that every claim can go into an Arches file and come back: one per entity."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from tetrapylon.formats.arches import values
from tetrapylon.formats.flat import Flat
from tetrapylon.formats.sheet import GEOMETRY
from tetrapylon.model import REGISTRY

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "tetrapylon.arches")
_TYPES = {"BOOLEAN": "boolean", "INTEGER": "number", "DOUBLE": "number", "DATE": "date"}


def uid(*parts: str) -> str:
    """A name that is always the same for the same parts."""
    return str(uuid.uuid5(_SPACE, "/".join(parts)))


@lru_cache(maxsize=1)
def entities() -> dict[str, str]:
    """Entity by the id of its graph."""
    return {uid("graph", entity): entity for entity in REGISTRY}


def columns(flat: Flat) -> list[tuple[str, str]]:
    """Names and Arches data types of the columns of an entity, its geometry last."""
    found = [(c.name, _TYPES.get(c.sql, "non-localized-string")) for c in flat.columns]
    return [*found, *([(GEOMETRY, values.GEOMETRY)] if flat.geometry else [])]


def node_id(entity: str, column: str) -> str:
    """Id of the node of a column."""
    return uid("node", entity, column)


def graph(flat: Flat) -> dict[str, Any]:
    """The resource model of an entity: a root and one node per column, in one group of cardinality 1."""
    entity = flat.entity.name()
    graphid, group = uid("graph", entity), uid("group", entity)
    root = uid("root", entity)

    def node(node_id: str, name: str, datatype: str, **more: Any) -> dict[str, Any]:
        return {
            "alias": name, "config": {}, "datatype": datatype, "description": None, "exportable": True,
            "fieldname": None, "graph_id": graphid, "hascustomalias": False, "is_collector": False,
            "isrequired": False, "issearchable": True, "istopnode": False, "name": name, "nodegroup_id": group,
            "nodeid": node_id, "ontologyclass": None, "parentproperty": None, "sortorder": 0, **more,
        }  # fmt: skip

    names = columns(flat)
    nodes = [
        node(root, entity, "semantic", istopnode=True, nodegroup_id=None),
        node(group, "claim", "semantic", is_collector=True),
        *(node(node_id(entity, name), name, datatype) for name, datatype in names),
    ]
    pairs = [(root, group), *((group, node_id(entity, name)) for name, _ in names)]
    edges = [
        {
            "description": None, "domainnode_id": a, "edgeid": uid("edge", a, b), "graph_id": graphid, "name": None,
            "ontologyproperty": None, "rangenode_id": b,
        }
        for a, b in pairs
    ]  # fmt: skip
    return {
        "author": "Tetrapylon", "cards": [], "cards_x_nodes_x_widgets": [], "color": None, "config": {},
        "description": {"en": flat.entity.__doc__ or ""}, "edges": edges, "functions_x_graphs": [], "graphid": graphid,
        "iconclass": "", "is_editable": True, "isresource": True, "jsonldcontext": None,
        "name": {"en": f"Tetrapylon {flat.entity.title()}"},
        "nodegroups": [
            {"cardinality": "1", "legacygroupid": None, "nodegroupid": group, "parentnodegroup_id": None}
        ],
        "nodes": nodes, "ontology_id": None, "root": nodes[0], "slug": None, "subtitle": {"en": ""},
        "template_id": None, "version": "",
    }  # fmt: skip


def resource(flat: Flat, row_values: list[Any], shape: dict[str, Any] | None) -> dict[str, Any]:
    """A row as a resource of the model of its entity; empty columns are left out."""
    entity = flat.entity.name()
    instance = str(row_values[0])
    data: dict[str, Any] = {}
    for (name, _), value in zip(columns(flat), row_values, strict=False):
        if value is not None:
            data[node_id(entity, name)] = value
    if shape is not None:
        feature = {"type": "Feature", "geometry": shape, "properties": {"nodeId": node_id(entity, GEOMETRY)}}
        data[node_id(entity, GEOMETRY)] = {"type": "FeatureCollection", "features": [feature]}
    tile = {
        "tileid": uid("tile", entity, instance), "resourceinstance_id": instance, "nodegroup_id": uid("group", entity),
        "parenttile_id": None, "sortorder": 0, "provisionaledits": None, "data": data,
    }  # fmt: skip
    head = {"graph_id": uid("graph", entity), "resourceinstanceid": instance, "legacyid": instance}
    return {"resourceinstance": head, "tiles": [tile]}


def read(entity: str, flat: Flat, tiles: list[dict[str, Any]]) -> tuple[list[Any], dict[str, Any] | None]:
    """Values of the columns of a resource of our own model, and its geometry."""
    data = {k: v for tile in tiles for k, v in tile.items()}
    found = [data.get(node_id(entity, c.name)) for c in flat.columns]
    raw = data.get(node_id(entity, GEOMETRY))
    features = raw.get("features") if isinstance(raw, dict) else None
    first = features[0] if isinstance(features, list) and features else None
    shape = first.get("geometry") if isinstance(first, dict) else None
    return found, shape if isinstance(shape, dict) else None
