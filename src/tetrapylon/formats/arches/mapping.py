"""The mapping file of a resource model: which nodes become which claims, as a readable table (TOML)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from tetrapylon.errors import nearest
from tetrapylon.formats.arches.graph import Graph
from tetrapylon.formats.problems import Bad
from tetrapylon.model import REGISTRY

SIDECAR = "arches.toml"
"""Name of a mapping file of one's own, beside the data; its models come before the shipped ones."""
RESOURCE = "resource"


@dataclass(frozen=True)
class FieldSpec:
    """Where a field comes from and goes to.

    ``write``: node of a fresh claim, "" for none. ``read``: False for a field that is only written, and only where
    nothing else has said it.
    """

    nodes: tuple[str, ...] = ()
    take: str = "first"
    join: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    constant: str | None = None
    resource: bool = False
    write: str = ""
    read: bool = True


@dataclass(frozen=True)
class ClaimSpec:
    """One kind of claim made of a resource, or of each tile of a node."""

    entity: str
    each: str
    fields: Mapping[str, FieldSpec]
    needs: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """How the resources of one resource model become claims."""

    graphid: str
    name: str
    claims: tuple[ClaimSpec, ...]
    personal: tuple[str, ...] = ()
    restricted: str = ""


_MODEL = {"graphid", "name", "claim", "personal", "restricted"}
_CLAIM = {"entity", "each", "fields", "needs", "only"}
_FIELD = {"node", "nodes", "take", "join", "values", "constant", "write", "read"}
_TAKES = ("first", "rest", "last", "all")


def shipped() -> dict[str, Model]:
    """The mappings that come with the software, by graph id."""
    text = files("tetrapylon.formats.arches").joinpath("eamena_heritage_place.toml").read_text(encoding="utf-8")
    return _read(tomllib.loads(text))


def beside(folder: Path) -> dict[str, Model]:
    """The shipped mappings and those of ``arches.toml`` in the folder.

    Raises
    ------
    Bad : the file is not TOML, or names an entity, field or key that does not exist.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return shipped()
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Bad("", f"is not readable TOML: {error}.", code="mapping", column=SIDECAR) from None
    return {**shipped(), **_read(raw)}


def check(model: Model, graph: Graph) -> None:
    """That the graph has every node the mapping names.

    Raises
    ------
    Bad : it has not, naming the nearest node.
    """
    for claim in model.claims:
        named = [] if claim.each == RESOURCE else [claim.each]
        for spec in claim.fields.values():
            named += spec.nodes[:1] if len(spec.nodes) == 1 else []
        for name in named:
            if graph.node(name) is None:
                near = nearest(name, [n.alias or n.name for n in graph.nodes.values()])
                raise Bad(name, f"is not a node of the resource model {graph.name}.", near, "mapping", SIDECAR)


def _read(raw: dict[str, Any]) -> dict[str, Model]:
    _only(raw, {"model"}, "a part of an Arches mapping")
    found = {}
    for model in _tables(raw.get("model"), "model"):
        _only(model, _MODEL, "a key of a model")
        graphid = str(model.get("graphid", ""))
        if not graphid:
            raise Bad("", "A model needs its graphid.", code="mapping", column=SIDECAR)
        claims = tuple(_claim(c) for c in _tables(model.get("claim"), "claim"))
        found[graphid] = Model(
            graphid,
            str(model.get("name", graphid)),
            claims,
            tuple(map(str, model.get("personal", []))),
            str(model.get("restricted", "")),
        )
    return found


def _claim(raw: dict[str, Any]) -> ClaimSpec:
    _only(raw, _CLAIM, "a key of a claim")
    entity = str(raw.get("entity", ""))
    if entity not in REGISTRY:
        raise Bad(entity, "is not an entity.", nearest(entity, list(REGISTRY)), "mapping", SIDECAR)
    known = REGISTRY[entity].fields()
    specs = {}
    for name, spec in raw.get("fields", {}).items():
        if name not in known:
            reason = f"is not a field of {REGISTRY[entity].title()}."
            raise Bad(name, reason, nearest(name, list(known)), "mapping", SIDECAR)
        specs[name] = _field(spec)
    each = str(raw.get("each", RESOURCE))
    return ClaimSpec(entity, each, specs, tuple(raw.get("needs", [])), tuple(raw.get("only", [])))


def _field(raw: Any) -> FieldSpec:
    if isinstance(raw, str):
        return FieldSpec(resource=True) if raw == f"@{RESOURCE}" else FieldSpec((raw,), write=raw)
    if not isinstance(raw, dict):
        raise Bad(str(raw), "is neither a node nor a description of one.", None, "mapping", SIDECAR)
    _only(raw, _FIELD, "a key of a field")
    take = str(raw.get("take", "first"))
    if take not in _TAKES:
        raise Bad(take, f"is not one of {', '.join(_TAKES)}.", nearest(take, _TAKES), "mapping", SIDECAR)
    nodes = tuple(raw.get("nodes", [raw["node"]] if "node" in raw else []))
    join = raw.get("join", [])
    write = raw.get("write", nodes[0] if nodes else "")
    return FieldSpec(
        nodes,
        take,
        (join,) if isinstance(join, str) else tuple(join),
        {k.strip().casefold(): str(v) for k, v in raw.get("values", {}).items()},
        raw.get("constant"),
        write=str(write) if write is not False else "",
        read=bool(raw.get("read", True)),
    )


def _tables(raw: Any, what: str) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(r, dict) for r in raw):
        raise Bad(what, f"is not a list of [[{what}]] tables.", None, "mapping", SIDECAR)
    return raw


def _only(table: dict[str, Any], known: set[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise Bad(key, f"is not {what}.", nearest(key, sorted(known)), "mapping", SIDECAR)
