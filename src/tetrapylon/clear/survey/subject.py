"""What a survey is made of: outlines with what is stated about them, points, devices, finds, traverses.

Plain values, so that a record, a GeoPackage layer and a field form are checked alike. Coordinates are EPSG:4326,
longitude first; areas m2, depths and accuracies m.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.geo.raw import read
from tetrapylon.geo.traverse import TraverseEntry
from tetrapylon.model import Stated


class Product(StrEnum):
    """What an outline stands for."""

    HAZARD = "hazard area"
    SEARCHED = "searched"
    WORKED = "worked"
    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"
    OUTLINE = "outline"
    """Of a layer that does not say."""

    @property
    def is_release(self) -> bool:
        """Cancelled, reduced or cleared (IMAS 07.11)."""
        return self in (Product.CANCELLED, Product.REDUCED, Product.CLEARED)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record with an outline, or one that should have one.

    uid, name : of the record; name is what people call it (its local id). shape_id : of the outline, where the source
    gives one. geometry : shapely, or the GeoJSON object as it came. declared : area as stated, m2. accuracy : of its
    vertices, m. start, end : days (latest reading of each). methods : codes. depth : m below ``datum`` (code). of :
    uids of the hazard areas it is about. closed : a hazard area that is closed. staff_days : people times days.
    """

    uid: str
    name: str
    product: Product
    geometry: BaseGeometry | Mapping[str, Any] | None = None
    shape_id: str | None = None
    declared: Stated | None = None
    accuracy: float | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    methods: tuple[str, ...] = ()
    depth: float | None = None
    datum: str | None = None
    of: tuple[str, ...] = ()
    closed: bool = False
    staff_days: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A surveyed point. name : its local id. of : shape it is a vertex of, None for a loose point."""

    uid: str
    name: str
    lon: float
    lat: float
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A device listed in one record. of : that record."""

    uid: str
    name: str
    of: str
    category: str
    subcategory: str = ""
    model: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """A find or an accident at a place. depth : m at which it lay. accident : else a find."""

    uid: str
    name: str
    on: dt.date
    geometry: BaseGeometry
    depth: float | None = None
    accident: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A traverse with the name of its record; it should meet ``end``, or return to its start."""

    uid: str
    name: str
    entry: TraverseEntry
    end: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class FieldCensus:
    """Values of one field of one table. values : (value, how many), most frequent first. empty : rows without one."""

    table: str
    field: str
    values: tuple[tuple[str, int], ...]
    empty: int = 0

    def __str__(self) -> str:
        return f"{self.table}, {self.field}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a finding begins.

    overlap_share : of the smaller outline, 0.9 % as in geocheck [V]. overlap_m2 : below it nothing is said [P].
    near_duplicate : shared by united area [guide rule, P]. declared_share : relative difference of declared and
    computed area [P]. accuracy_share : share of an outline's area that its accuracy along the boundary may move [P].
    misclosure : of a traverse, length over length, 1 : 100 [P]. deepest : m; beyond it a depth is probably in
    centimetres or feet [P]. rates : most m2 per person and day by method; manual
    10 to 50, HALO Trust [V]; methods not named are not judged.
    """

    overlap_share: float = 0.009
    overlap_m2: float = 1.0
    near_duplicate: float = 0.8
    declared_share: float = 0.02
    accuracy_share: float = 0.1
    misclosure: float = 0.01
    deepest: float = 10.0
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"manual": 50.0}))


@dataclass(frozen=True)
class Survey:
    """Everything that is checked together.

    census : values of fields. headings : tables with the headings of their fields. site : outline it should lie in.
    today : nothing happened after it; None: not judged.
    """

    parcels: tuple[Parcel, ...] = ()
    points: tuple[Point, ...] = ()
    devices: tuple[Device, ...] = ()
    events: tuple[Event, ...] = ()
    loops: tuple[Loop, ...] = ()
    census: tuple[FieldCensus, ...] = ()
    headings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    site: BaseGeometry | None = None
    today: dt.date | None = None
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """(n,) geometry of each parcel as shapely sees it, None where it cannot be built."""
        out = np.empty(len(self.parcels), dtype=object)
        out[:] = [_built(p.geometry) for p in self.parcels]
        return out

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """(n,) valid polygons on the globe: those that are compared with one another and measured."""
        return usable_polygons(self.shapes)

    def indices(self, *products: Product) -> NDArray[np.intp]:
        """Places in ``parcels`` of the usable outlines of these products."""
        wanted = np.array([p.product in products for p in self.parcels], dtype=bool)
        return np.flatnonzero(wanted & self.usable) if len(wanted) else np.zeros(0, dtype=np.intp)


def usable_polygons(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(n,) True for valid, non-empty polygons and multi-polygons within longitude 180 and latitude 90."""
    good = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        good &= (np.abs(bounds) <= np.array([180.0, 90.0, 180.0, 90.0])).all(axis=1)  # NaN is not on the globe
    at = np.flatnonzero(good)
    good[at] = shapely.is_valid(shapes[at])
    return np.asarray(good, dtype=bool)


def _built(geometry: BaseGeometry | Mapping[str, Any] | None) -> BaseGeometry | None:
    if geometry is None or isinstance(geometry, BaseGeometry):
        return geometry
    return read(geometry).assemble()
