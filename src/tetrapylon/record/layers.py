"""What a layer is: the table QGIS opens, one row per claim version, derived from the entity's declaration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tetrapylon.errors import RecordDamaged
from tetrapylon.model import REGISTRY, Column, Entity, Holds

META = (
    Column("uid", "TEXT"),
    Column("claim", "TEXT"),
    Column("party", "TEXT"),
    Column("own_words", "BOOLEAN"),
    Column("source", "TEXT"),
    Column("known_from", "TEXT"),
    Column("known_to", "TEXT"),
    Column("valid_from", "TEXT"),
    Column("valid_to", "TEXT"),
    Column("is_current", "BOOLEAN"),
    Column("contested", "BOOLEAN"),
    Column("withheld", "TEXT"),
)
"""Columns every layer has before the entity's own. ``fid`` is the number of the entry that holds the version."""

DISPUTE = "dispute"
"""Name of the layer of disputes: one row per dispute, its reason and the entry it disputes."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its table, columns and how a claim's JSON data becomes its values."""

    table: str
    title: str
    columns: tuple[Column, ...]
    spatial: bool
    holds: Holds
    values: Callable[[Mapping[str, Any]], list[Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """All column names in order: fid, meta columns, own columns."""
        return ("fid", *(c.name for c in META), *(c.name for c in self.columns))


@cache
def layer(entity: str) -> Layer:
    """The layer of an entity, of `DISPUTE`, or of an entity this version does not know (meta columns only).

    Raises
    ------
    RecordDamaged : no entity can have this name; it would not be safe as the name of a table.
    """
    if entity == DISPUTE:
        return Layer(
            DISPUTE,
            "dispute",
            (Column("target", "TEXT"), Column("reason", "TEXT")),
            False,
            Holds.UNTIL_SUPERSEDED,
            _dispute_values,
        )
    cls = REGISTRY.get(entity)
    if cls is None:
        if not _NAME.fullmatch(entity) or entity in _RESERVED:
            raise RecordDamaged(f'"{entity[:60]}" cannot be the name of an entity.')
        return Layer(entity, entity, (), False, Holds.UNTIL_SUPERSEDED, lambda data: [])
    own = tuple(Column(_own_name(c.name), c.sql) for c in cls.columns())
    return Layer(entity, cls.title(), own, cls.geometry_field() is not None, cls.holds, _values(cls))


def _own_name(name: str) -> str:
    """An entity's column name, set apart where a meta column has it already."""
    return f"stated_{name}" if name in _TAKEN else name


_NAME = re.compile(r"(?!gpkg_|rtree_|sqlite_|pg_)[a-z][a-z0-9_]{0,40}(?<!_current)")
_RESERVED = {"entry", "part", "local_feed", "erased", "received", "quarantine", "layer_styles", "spatial_ref_sys"}
_TAKEN = {"fid", "geom", *(c.name for c in META)}


def _dispute_values(data: Mapping[str, Any]) -> list[Any]:
    return [data.get("target"), data.get("reason")]


def _values(cls: type[Entity]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Compile the function that lays an entity's JSON data out over its columns (a hot path of imports)."""
    names: list[str] = []
    special: list[tuple[int, int, Any]] = []
    for field in cls.fields().values():
        width = len(field.columns)
        if width and (field.many or width > 1):
            special.append((len(names), width, field))
        names += [field.name] * width

    def values(data: Mapping[str, Any]) -> list[Any]:
        get = data.get
        row = list(map(get, names))
        for start, width, field in special:
            if row[start] is not None:
                try:
                    row[start : start + width] = field.flatten(row[start])
                except (KeyError, TypeError, AttributeError):  # a body written elsewhere may hold anything
                    row[start : start + width] = [None] * width
        return row

    return values
