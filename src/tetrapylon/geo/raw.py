"""A geometry as it arrived, before anything is known to be right about it.

shapely refuses a ring of two vertices or closes an open one by itself; a checker must see them as they came. Here a
geometry is a list of parts, each a list of coordinate arrays; whatever is not a pair of numbers becomes NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Path = NDArray[np.float64]
"""(n, 2) or (n, 3) float64: longitude, latitude and perhaps height."""

_DEPTH = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_MAX_NESTING = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One point, line or polygon: kind is "Point", "LineString" or "Polygon"; paths are its rings, shell first."""

    kind: str
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Raw:
    """A geometry as it arrived. ``problem`` says why it could not be read at all."""

    kind: str
    parts: tuple[Part, ...]
    problem: str | None = None

    @cached_property
    def coordinates(self) -> Path:
        """(n, 2) all longitudes and latitudes."""
        paths = [path[:, :2] for part in self.parts for path in part.paths]
        return np.concatenate(paths) if paths else np.zeros((0, 2))

    def changed(self, change: Callable[[Path, str], Path]) -> Raw:
        """The same geometry with ``change(path, part kind)`` applied to every path; emptied paths are dropped."""
        parts = []
        for part in self.parts:
            paths = [change(path, part.kind) for path in part.paths]
            if paths and len(paths[0]):  # a polygon that lost its shell is gone with its holes
                parts.append(Part(part.kind, tuple(p for p in paths if len(p))))
        return Raw(self.kind, tuple(parts))

    def assemble(self) -> BaseGeometry | None:
        """The shapely geometry, open rings closed; None where it cannot be built (empty, too few, NaN)."""
        if not self.parts or not np.all(np.isfinite(self.coordinates)):
            return None
        try:
            built = [_build(part) for part in self.parts]
        except (ValueError, shapely.errors.GEOSException):
            return None
        if len(built) == 1 and not self.kind.startswith(("Multi", "GeometryCollection")):
            return built[0]
        maker = {"MultiPoint": shapely.multipoints, "MultiLineString": shapely.multilinestrings}.get(self.kind)
        maker = maker or (shapely.multipolygons if self.kind == "MultiPolygon" else shapely.geometrycollections)
        geometry: BaseGeometry = maker(built)
        return geometry


def read(geometry: BaseGeometry | Mapping[str, Any] | None) -> Raw:
    """Read a shapely geometry or a GeoJSON geometry object (already decoded) without judging it."""
    if geometry is None:
        return Raw("None", ())
    if isinstance(geometry, BaseGeometry):
        return Raw(geometry.geom_type, tuple(_from_shapely(geometry)))
    try:
        kind, parts = _from_geojson(geometry, 0)
    except (TypeError, ValueError, AttributeError) as error:
        return Raw("unreadable", (), str(error) or "The geometry has no readable coordinates.")
    return Raw(kind, tuple(parts))


def closed(path: Path) -> Path:
    """The path with its first vertex repeated at the end, unless it is there already or the path is empty."""
    if len(path) and not np.array_equal(path[0], path[-1]):
        return np.concatenate([path, path[:1]])
    return path


def _build(part: Part) -> BaseGeometry:
    if part.kind == "Point":
        return shapely.Point(part.paths[0][0])
    if part.kind == "LineString":
        return shapely.LineString(part.paths[0])
    return shapely.Polygon(closed(part.paths[0]), [closed(hole) for hole in part.paths[1:]])


def _from_shapely(geometry: BaseGeometry) -> list[Part]:
    parts: list[Part] = []
    stack = [geometry]
    while stack:
        one = stack.pop()
        if one.is_empty:
            continue
        kind = one.geom_type
        if kind.startswith("Multi") or kind == "GeometryCollection":
            stack.extend(reversed(shapely.get_parts(one)))
        elif kind == "Polygon":
            rings = shapely.get_rings(one)
            parts.append(Part(kind, tuple(shapely.get_coordinates(ring, include_z=one.has_z) for ring in rings)))
        else:
            kind = "LineString" if kind == "LinearRing" else kind
            parts.append(Part(kind, (shapely.get_coordinates(one, include_z=one.has_z),)))
    return parts


def _from_geojson(geometry: Mapping[str, Any], nesting: int) -> tuple[str, list[Part]]:
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        if nesting >= _MAX_NESTING:
            raise ValueError(f"Geometry collections are nested more than {_MAX_NESTING} deep.")
        members = [_from_geojson(member, nesting + 1)[1] for member in _list(geometry.get("geometries"))]
        return kind, [part for member in members for part in member]
    if not isinstance(kind, str) or kind not in _DEPTH:
        raise ValueError(f'"{str(kind)[:40]}" is not a geometry type of GeoJSON.')
    coordinates = _list(geometry.get("coordinates"))
    if not coordinates:
        return kind, []
    if kind == "Point":
        return kind, [Part("Point", (_path([coordinates]),))]
    if kind == "MultiPoint":
        return kind, [Part("Point", (_path([position]),)) for position in coordinates]
    if kind == "LineString":
        return kind, [Part("LineString", (_path(coordinates),))]
    if kind == "MultiLineString":
        return kind, [Part("LineString", (_path(_list(line)),)) for line in coordinates]
    polygons = [coordinates] if kind == "Polygon" else [_list(polygon) for polygon in coordinates]
    return kind, [Part("Polygon", tuple(_path(_list(ring)) for ring in rings)) for rings in polygons if rings]


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ValueError("The coordinates are not lists of positions.")
    return value


def _path(positions: Sequence[Any]) -> Path:
    """(n, 2 or 3) array of positions; a position that is not numbers becomes NaN, mixed dimensions lose heights."""
    try:
        array = np.asarray(positions)
        if array.ndim == 2 and array.shape[1] >= 2 and array.dtype.kind in "fiu" and not _has_bool(positions):
            return np.ascontiguousarray(array[:, :3], dtype=np.float64)
    except (ValueError, OverflowError):
        pass
    return np.array([_pair(position) for position in positions], dtype=np.float64).reshape(len(positions), 2)


def _has_bool(positions: Sequence[Any]) -> bool:
    """Whether a position holds true or false, which NumPy would read as 1 and 0."""
    return bool in set(map(type, chain.from_iterable(positions)))


def _pair(position: Any) -> tuple[float, float]:
    try:
        x, y = position[0], position[1]
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in (x, y)):
            return np.nan, np.nan
        return float(x), float(y)
    except (TypeError, IndexError, KeyError, OverflowError):
        return np.nan, np.nan
