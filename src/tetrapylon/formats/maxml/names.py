"""The mapping file of maXML: which elements carry which fields, what the terms mean, and how sure the names are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tetrapylon.errors import nearest
from tetrapylon.formats.problems import Bad
from tetrapylon.model import REGISTRY

SIDECAR = "maxml.toml"
"""Name of a programme's own mapping file, beside the data."""
HEAD = "FieldReportInfo"
PERSONS = frozenset({"victim", "victimassistance"})
"""Items that describe a person (folded): never read, never written."""
MARKS = ("V", "D", "R")

_NOT_NAME = re.compile(r"[^0-9a-z]")


@lru_cache(maxsize=10_000)
def fold(name: str) -> str:
    """A name without case, spaces, "_" and "-"."""
    return _NOT_NAME.sub("", name.casefold())


def fold_term(text: str) -> str:
    """A term without case and with single spaces for what divides its words; any script."""
    return " ".join(re.split(r"[\s_\-/]+", text.strip().casefold()))


@dataclass(frozen=True)
class Place:
    """Where a field stands: folded names in order of preference, and the first as it is written."""

    names: tuple[str, ...]
    written: str
    mark: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """How one element of a field report becomes a claim of one entity.

    ``calls``: folded names of the element. ``each``: folded names of the repeated element inside it that is the claim,
    empty where the element itself is. ``beside``: a second claim of an element that has its own; made only where
    ``needs`` are all there.
    """

    element: str
    calls: frozenset[str]
    entity: str
    places: Mapping[str, Place]
    each: tuple[str, ...] = ()
    each_written: str = ""
    beside: bool = False
    needs: tuple[str, ...] = ()
    constant: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """A whole mapping."""

    head: Item
    items: tuple[Item, ...]

    def of(self, entity: str) -> Item | None:
        """The item that claims of an entity are written as."""
        return next((i for i in self.items if i.entity == entity), None)

    def called(self, element: str) -> list[Item]:
        """Items that an element is read as, the main one first."""
        folded = fold(element)
        return sorted((i for i in self.items if folded in i.calls), key=lambda i: (bool(i.each), i.beside))


def shipped() -> Names:
    """The mapping that comes with the software."""
    return _SHIPPED


def beside(folder: Path) -> Names:
    """The shipped mapping with the names of ``maxml.toml`` in the folder before it, where there is one.

    Raises
    ------
    Bad : the file is not TOML, or names an entity, field or key that does not exist.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return _SHIPPED
    try:
        own = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Bad("", f"is not readable TOML: {error}.", code="mapping", column=SIDECAR) from None
    return _read(_merged(own, _load()))


def _load() -> dict[str, Any]:
    text = files("tetrapylon.formats.maxml").joinpath("imsma_ng.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _merged(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    _only(own, {"item", "values"}, "a part of a maXML mapping")
    items = own.get("item", [])
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise Bad("item", "is not a list of [[item]] tables.", code="mapping", column=SIDECAR)
    for item in items:
        _only(item, {"element", "entity", "fields"}, "a key of an item")
        same = [b for b in base["item"] if b["entity"] == item.get("entity")]
        if not same:
            known = sorted(b["entity"] for b in base["item"])
            shown = str(item.get("entity"))
            near = nearest(shown, known)
            raise Bad(shown, "is not an entity that maXML items become.", near, "mapping", SIDECAR)
        if item.get("element"):
            same[0]["also_called"] = [*same[0].get("also_called", []), str(item["element"])]
        known_fields = REGISTRY[same[0]["entity"]].fields()
        for name, place in item.get("fields", {}).items():
            if name not in known_fields:
                raise Bad(name, "is not a field of it.", nearest(name, list(known_fields)), "mapping", SIDECAR)
            names = place if isinstance(place, list) else place.get("names") if isinstance(place, dict) else [place]
            if not isinstance(names, list) or not names or not all(isinstance(n, str) and n for n in names):
                raise Bad(name, "needs the name, or a list of names, of its element.", None, "mapping", SIDECAR)
            before = same[0]["fields"].setdefault(name, {"names": [], "mark": "R"})
            before["names"] = [*names, *before["names"]]
    for listed, terms in own.get("values", {}).items():
        if listed not in base["values"]:
            near = nearest(listed, list(base["values"]))
            raise Bad(listed, "is not a list of terms.", near, "mapping", SIDECAR)
        base["values"][listed].update({str(k): str(v) for k, v in terms.items()})
    return base


def _only(table: dict[str, Any], known: set[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise Bad(key, f"is not {what}.", nearest(key, sorted(known)), "mapping", SIDECAR)


def _read(raw: dict[str, Any]) -> Names:
    lists = {
        name: MappingProxyType({fold_term(k): v for k, v in terms.items()}) for name, terms in raw["values"].items()
    }
    items = tuple(_item(i, lists) for i in raw["item"])
    return Names(items[0], items[1:])


def _item(raw: dict[str, Any], lists: Mapping[str, Mapping[str, str]]) -> Item:
    places = {}
    for name, place in raw["fields"].items():
        names = place["names"]
        places[name] = Place(
            tuple(_folded(n) for n in names), names[0], place["mark"], lists.get(place.get("values", ""), {})
        )
    return Item(
        raw["element"],
        frozenset(fold(n) for n in [raw["element"], *raw.get("also_called", [])]),
        raw["entity"],
        places,
        tuple(fold(n) for n in raw.get("each", [])),
        raw.get("each", [""])[0],
        raw.get("beside", False),
        tuple(raw.get("needs", [])),
        raw.get("constant", {}),
    )


def _folded(name: str) -> str:
    start = next((s for s in ("@", "../", f"{HEAD}/") if name.startswith(s)), "")
    return start + fold(name[len(start) :])


_SHIPPED = _read(_load())
