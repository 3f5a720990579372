"""One field of an entity: what is known about it, the columns it becomes, and its values as JSON data and back."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import VocabularyError
from tetrapylon.model.dates import Precision, When, parse_date
from tetrapylon.model.labels import labels
from tetrapylon.model.quantity import Bound, Stated
from tetrapylon.model.tiers import Tier
from tetrapylon.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Unit:
    """SI unit a number is stored in."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Term:
    """The standard's own name for a field or entity, with the standard."""

    text: str


@dataclass(frozen=True, slots=True)
class CRS:
    """Coordinate reference system of a geometry field; longitude before latitude."""

    code: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column a field becomes in a layer or table. ``sql`` is a GeoPackage type name."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Field:
    """Everything known about one field of an entity."""

    entity: str
    name: str
    kind: str  # text, flag, integer, number, term, when, stated, ref, geometry
    many: bool
    required: bool
    description: str
    unit: str | None
    term: str | None
    crs: str | None
    tier: Tier
    vocabulary: type[Vocabulary] | None
    target: str | None  # name of the entity a ref points to; "Entity" for any

    def label_in(self, language: str) -> str:
        """Label for people, in one of `LANGUAGES`."""
        return labels(language).field(self.entity, self.name)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the field in a layer; a geometry has none (it is the layer's own ``geom``)."""
        name = (
            f"{self.name}_{_SUFFIX[self.unit]}"
            if self.unit in _SUFFIX and not self.name.endswith(_SUFFIX[self.unit])
            else self.name
        )
        if self.kind == "geometry":
            return ()
        if self.kind == "when":
            return Column(name, "DATE"), Column(f"{name}_precision", "TEXT")
        if self.kind == "stated":
            return Column(name, "DOUBLE"), Column(f"{self.name}_bound", "TEXT")
        if self.many:
            return (Column(name, "TEXT"),)
        return (Column(name, {"flag": "BOOLEAN", "integer": "INTEGER", "number": "DOUBLE"}.get(self.kind, "TEXT")),)

    def encode(self, value: Any) -> Any:
        """The value as JSON data."""
        if self.many:
            return [self._encode(v) for v in value]
        return self._encode(value)

    def decode(self, data: Any) -> Any:
        """The value from JSON data.

        Raises
        ------
        VocabularyError, ValueRangeError : the data is not a value of this field.
        """
        if self.many:
            return tuple(self._decode(v) for v in data)
        return self._decode(data)

    def flatten(self, data: Any) -> tuple[Any, ...]:
        """Column values, in the order of `columns`, from the field's JSON data (None: all empty)."""
        if data is None:
            return (None,) * len(self.columns)
        if self.kind == "when":
            return data["date"], data.get("precision", "day")
        if self.kind == "stated":
            return data["value"], data.get("bound", "exact")
        return (MANY_SEPARATOR.join(map(str, data)) if self.many else data,)

    def _encode(self, value: Any) -> Any:
        if self.kind == "when":
            day = {"date": value.date.isoformat()}
            return day if value.precision is Precision.DAY else {**day, "precision": str(value.precision)}
        if self.kind == "stated":
            figure = {"value": float(value.value)}
            return figure if value.bound is Bound.EXACT else {**figure, "bound": str(value.bound)}
        if self.kind == "geometry":
            return geometry_to_json(value)
        if self.kind in ("term", "ref"):
            return str(value)
        return float(value) if self.kind == "number" else value

    def _decode(self, data: Any) -> Any:
        if self.kind == "term":
            assert self.vocabulary is not None
            member = self.vocabulary._value2member_map_.get(data)
            if member is None:
                raise VocabularyError(data, self.vocabulary.title(), [m.value for m in self.vocabulary])
            return member
        if self.kind == "when":
            return _when(data["date"], data.get("precision"))
        if self.kind == "stated":
            bound = data.get("bound")
            return Stated(data["value"]) if bound is None else Stated(data["value"], Bound(bound))
        if self.kind == "geometry":
            return shapely.from_geojson(_dumps(data))
        return data


@lru_cache(maxsize=100_000)
def _when(date: str, precision: str | None) -> When:
    return When(parse_date(date)) if precision is None else When(parse_date(date), Precision(precision))


MANY_SEPARATOR = "; "
"""Between the values of a field that holds several, in tables and layers."""

_SUFFIX = {
    "m": "m", "m2": "m2", "kg": "kg", "m3": "m3", "h": "h", "mm/s": "mm_s", "Hz": "hz", "kPa": "kpa", "deg": "deg",
}  # fmt: skip


def geometry_to_json(geometry: BaseGeometry) -> dict[str, Any]:
    """GeoJSON geometry object, coordinates as given (RFC 7946, but rings keep their orientation)."""
    return typing.cast(dict[str, Any], _loads(shapely.to_geojson(geometry)))


def _dumps(data: Any) -> str:
    import json

    return json.dumps(data)


def _loads(text: str) -> Any:
    import json

    return json.loads(text)
