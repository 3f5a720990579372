"""Which coordinate reference system, and how to get from one to another without guessing.

Three datums are told apart by name because field maps of Syria use all three: WGS84, SK-42 (Pulkovo 1942, Soviet and
Russian maps) and Deir ez Zor (Syrian and French mandate maps). The same numbers read in the wrong one are off by about
116 m and 133 m at Palmyra: more than a safety distance.

Each named datum has one pinned EPSG operation. PROJ left to choose would, for SK-42 at Palmyra, accept a "ballpark"
operation of zero shift, because every published operation is for other countries. Here ballpark operations are
refused. No operation needs a grid file and PROJ's network access is switched off when this module is imported.

Everything takes and returns x before y, longitude before latitude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import GeometryError, OutsideModel, VocabularyError
from tetrapylon.geo.measure import distance

pyproj.network.set_network_enabled(False)  # type: ignore[attr-defined]  # not in pyproj's stubs

Floats = NDArray[np.float64]
WGS84_EPSG = 4326


@dataclass(frozen=True, slots=True)
class Datum:
    """A named datum and the operation used to reach WGS84.

    operation : EPSG coordinate operation code, None for WGS84 itself. accuracy_m : as EPSG states it, within the
    operation's area. bounds : west, south, east, north of that area (degrees).
    """

    key: str
    name: str
    epsg: int
    operation: int | None
    accuracy_m: float
    bounds: tuple[float, float, float, float]
    note: str

    def covers(self, lon: float, lat: float) -> bool:
        """Whether the operation was published for this place; outside it the accuracy is not known."""
        west, south, east, north = self.bounds
        return south <= lat <= north and (west <= lon <= east if west <= east else lon >= west or lon <= east)


DATUMS: Mapping[str, Datum] = MappingProxyType(
    {
        d.key: d
        for d in (
            Datum("wgs84", "WGS 84", 4326, None, 0.0, (-180.0, -90.0, 180.0, 90.0), "satellite navigation"),
            Datum(
                "sk42",
                "SK-42 (Pulkovo 1942)",
                4284,
                15865,
                4.5,
                (19.57, 35.14, -168.97, 81.91),
                "EPSG publishes no operation for Syria; this one (GOST R 51794-2001) was made for the former USSR",
            ),
            Datum(
                "deir_ez_zor",
                "Deir ez Zor",
                4227,
                15742,
                5.0,
                (35.61, 32.31, 42.38, 37.3),
                "operation for onshore Syria",
            ),
        )
    }
)
"""The named datums, by key."""

_BY_EPSG = {d.epsg: d for d in DATUMS.values()}
_NAMED = MappingProxyType(
    {
        "WGS 84": 4326,
        "Pulkovo 1942": 4284,
        "SK-42": 4284,
        "Deir ez Zor": 4227,
        "Deir ez Zor / Syria Lambert": 22770,
        "Deir ez Zor / Levant Stereographic": 22780,
        **{f"Pulkovo 1942 / Gauss-Kruger zone {zone}": 28400 + zone for zone in range(2, 33)},
        **{f"WGS 84 / UTM zone {zone}N": 32600 + zone for zone in range(1, 61)},
        **{f"WGS 84 / UTM zone {zone}S": 32700 + zone for zone in range(1, 61)},
    }
)


@lru_cache(maxsize=256)
def crs(value: int | str) -> pyproj.CRS:
    """The CRS of an EPSG code (4326, "4326", "EPSG:4326") or of a name known here ("SK-42", "WGS 84 / UTM zone 37N").

    Raises
    ------
    VocabularyError : unknown, naming the nearest known name or code.
    """
    text = str(value).strip()
    named = {name.casefold(): code for name, code in _NAMED.items()}
    code = named.get(text.casefold(), text.upper().removeprefix("EPSG:"))
    try:
        return pyproj.CRS.from_epsg(int(code))
    except (ValueError, CRSError) as error:
        known = [*_NAMED, *(f"EPSG:{c}" for c in _NAMED.values())]
        raise VocabularyError(value, "known coordinate reference system", known) from error


def utm_for(lon: float, lat: float) -> int:
    """EPSG code of the WGS84 UTM zone of a place, with the exceptions of south-west Norway and Svalbard.

    The zone's western edge belongs to it; latitude 0 counts as north. Source: NGA.SIG.0012 (2014), UTM zones.

    Raises
    ------
    GeometryError : not a place on the globe.
    OutsideModel : south of 80 S or north of 84 N, where UTM is not defined.
    """
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        raise GeometryError(f"({lon}, {lat}) is not a place on the globe.", hint="Give longitude, then latitude.")
    if not -80.0 <= lat <= 84.0:
        raise OutsideModel("UTM is defined from 80 degrees south to 84 degrees north.")
    zone = (int(lon // 6.0) + 30) % 60 + 1
    if 56.0 <= lat < 64.0 and 3.0 <= lon < 12.0:
        zone = 32
    elif lat >= 72.0 and 0.0 <= lon < 42.0:
        zone = 31 if lon < 9.0 else 33 if lon < 21.0 else 35 if lon < 33.0 else 37
    return (32600 if lat >= 0.0 else 32700) + zone


def to_wgs84(x: Any, y: Any, source: int | str) -> tuple[Floats, Floats]:
    """Longitude and latitude in WGS84 of coordinates in ``source``.

    Parameters
    ----------
    x, y : scalars or arrays that broadcast: degrees longitude, latitude for a geographic CRS, else metres east, north.
    source : EPSG code or name, see :func:`crs`.

    Returns
    -------
    (lon, lat), degrees, float64 arrays of the broadcast shape.

    Raises
    ------
    VocabularyError : unknown CRS. GeometryError : no operation but a ballpark one exists, or a coordinate lies where
    the projection is not defined.
    """
    return _run(x, y, source, inverse=False)


def from_wgs84(lon: Any, lat: Any, target: int | str) -> tuple[Floats, Floats]:
    """Coordinates in ``target`` of WGS84 longitude and latitude; the inverse of :func:`to_wgs84`."""
    return _run(lon, lat, target, inverse=True)


def geometry_to_wgs84(geometry: BaseGeometry, source: int | str) -> BaseGeometry:
    """A geometry's vertices carried to EPSG:4326, see :func:`to_wgs84`; heights are dropped."""
    return shapely.transform(geometry, lambda xy: np.stack(to_wgs84(xy[:, 0], xy[:, 1], source), axis=1))


def geometry_from_wgs84(geometry: BaseGeometry, target: int | str) -> BaseGeometry:
    """A geometry's vertices carried from EPSG:4326 to ``target``, see :func:`from_wgs84`; heights are dropped."""
    return shapely.transform(geometry, lambda xy: np.stack(from_wgs84(xy[:, 0], xy[:, 1], target), axis=1))


def datum_shift_m(lon: float, lat: float, datum: str) -> float:
    """How far (m) a place lies from where its numbers in ``datum`` would put it if read as WGS84.

    Raises
    ------
    VocabularyError : not one of :data:`DATUMS`.
    """
    if datum not in DATUMS:
        raise VocabularyError(datum, "named datum", DATUMS)
    x, y = to_wgs84(lon, lat, DATUMS[datum].epsg)
    return float(distance(lon, lat, x, y))


def _run(x: Any, y: Any, code: int | str, *, inverse: bool) -> tuple[Floats, Floats]:
    xs, ys = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    steps = _steps(crs(code))
    try:
        for transformer, swap in reversed(steps) if inverse else steps:
            a, b = (ys, xs) if swap else (xs, ys)
            out = transformer.transform(
                a, b, direction=pyproj.enums.TransformDirection.INVERSE if inverse else "FORWARD", errcheck=True
            )
            xs, ys = out[::-1] if swap else out
    except ProjError as error:
        raise GeometryError(f"A coordinate cannot be carried between {crs(code).name} and WGS 84.") from error
    if not (np.all(np.isfinite(xs)) and np.all(np.isfinite(ys))):
        raise GeometryError(f"A coordinate cannot be carried between {crs(code).name} and WGS 84.")
    return np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)


@lru_cache(maxsize=256)
def _steps(source: pyproj.CRS) -> tuple[tuple[pyproj.Transformer, bool], ...]:
    """Transformers from ``source`` to WGS84, each with whether it wants latitude first."""
    base = source.geodetic_crs
    if base is None or not (source.is_geographic or source.is_projected):
        raise GeometryError(f"{source.name} is not a geographic or projected coordinate reference system.")
    datum = _BY_EPSG.get(base.to_epsg() or 0)
    steps: list[tuple[pyproj.Transformer, bool]] = []
    try:
        if source.is_projected:
            steps.append((pyproj.Transformer.from_crs(source, base, always_xy=True), False))
        if datum is None:
            to_wgs = pyproj.Transformer.from_crs(base, WGS84_EPSG, always_xy=True, allow_ballpark=False)
            steps.append((to_wgs, False))
        elif datum.operation is not None:
            operation = f"urn:ogc:def:coordinateOperation:EPSG::{datum.operation}"
            steps.append((pyproj.Transformer.from_pipeline(operation), True))
    except ProjError as error:
        raise GeometryError(f"There is no known way from {source.name} to WGS 84.") from error
    return tuple(steps)
