"""Rows of one entity as flat columns, the same for every format: what `case.native` reads back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import EXTRA, LOCAL_ID, SOURCE, TIER, UID
from tetrapylon.formats.tables.cells import join_many
from tetrapylon.model import REGISTRY, Entity, Field


@dataclass(frozen=True)
class FlatColumn:
    """One column: its name, GeoPackage type name, and the field it comes from (None: it speaks of the claim itself)."""

    name: str
    sql: str
    field: Field | None = None
    part: int = 0


class Flat:
    """Columns of an entity, geometry apart, and the values of a row in their order."""

    def __init__(self, entity: str) -> None:
        self.entity: type[Entity] = REGISTRY[entity]
        geometry = self.entity.geometry_field()
        self.geometry = geometry.name if geometry else None
        fields = self.entity.fields().values()
        own = [FlatColumn(c.name, c.sql, field, i) for field in fields for i, c in enumerate(field.columns)]
        self.columns = (
            FlatColumn(UID, "TEXT"),
            *own,
            FlatColumn(SOURCE, "TEXT"),
            FlatColumn(TIER, "TEXT"),
            FlatColumn(EXTRA, "TEXT"),
        )
        self._steps: list[tuple[str, Callable[[Any], tuple[Any, ...]]]] = [
            (field.name, _flattener(field)) for field in fields if field.columns
        ]
        self._known = {field.name for field in fields}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def values(self, row: Row) -> list[Any]:
        """Text, int, float, bool or None for every column."""
        found: list[Any] = [row.uid]
        for name, flatten in self._steps:
            found.extend(flatten(row.data.get(name)))
        extra = {k: v for k, v in row.data.items() if k not in self._known}
        found.append(row.source)
        found.append(str(row.tier) if row.tier else None)
        found.append(json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else None)
        return found

    def shape(self, row: Row) -> dict[str, Any] | None:
        """GeoJSON geometry of a row."""
        return row.data.get(self.geometry) if self.geometry else None


def _flattener(field: Field) -> Callable[[Any], tuple[Any, ...]]:
    if field.many:
        return lambda data: (join_many([str(v).strip() for v in data]) if data else None,)
    if field.kind == "text":
        strip = field.name == LOCAL_ID
        return lambda data: (None if data is None or data.isspace() else data.strip() if strip else data,)
    return field.flatten


def geometry_text(shape: dict[str, Any] | None) -> str:
    """A geometry in a cell: GeoJSON without spaces; "" where there is none."""
    return "" if shape is None else json.dumps(shape, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value as a text table writes it: true and false in words, nothing as empty text."""
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else value
