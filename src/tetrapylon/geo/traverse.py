"""Bearing-distance traverse: from a start point leg by leg, with the misclosure and its adjustment kept apart.

The entry as it was written (bearings, distances, what the bearings refer to) is never changed: results carry it along.
There is no default for the bearing reference. At Palmyra a magnetic bearing read as true moves the end of a 100 m leg
by 9.2 m (declination 5.3 degrees east).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo.crs import crs
from tetrapylon.geo.measure import WGS84

Floats = NDArray[np.float64]


class BearingReference(StrEnum):
    """Which north bearings are counted from."""

    TRUE = "true"
    GRID = "grid"
    MAGNETIC = "magnetic"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg as entered: bearing in degrees clockwise from the declared north, distance in m, horizontal."""

    bearing_deg: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class TraverseEntry:
    """A traverse as it was written down.

    Parameters
    ----------
    lon, lat : start, degrees WGS84.
    legs : in order.
    reference : what bearings refer to; there is no default.
    grid_epsg : the projected CRS whose grid north is meant; required for grid bearings, refused otherwise.
    declination_deg, declination_on : magnetic declination (east positive) and the day it holds for; required for
        magnetic bearings, refused otherwise. No magnetic model is built in: the figure comes from a map margin or a
        geomagnetic model, and stays on record with its date.

    Raises
    ------
    ValueRangeError : no legs, a leg that is not finite or not above 0 m, a bearing outside 0 to 360, or a reference
        without what it needs (or with what it does not).
    GeometryError : the start is not on the globe.
    """

    lon: float
    lat: float
    legs: tuple[Leg, ...]
    reference: BearingReference
    grid_epsg: int | None = None
    declination_deg: float | None = None
    declination_on: date | None = None

    def __post_init__(self) -> None:
        if not (abs(self.lon) <= 180.0 and abs(self.lat) < 90.0):
            raise GeometryError(f"The start ({self.lon}, {self.lat}) is not a place on the globe.")
        if not self.legs:
            raise ValueRangeError("A traverse needs at least one leg.")
        for number, leg in enumerate(self.legs, 1):
            if not 0.0 <= leg.bearing_deg <= 360.0:
                raise ValueRangeError(f"Leg {number}: a bearing lies between 0 and 360 degrees, not {leg.bearing_deg}.")
            if not 0.0 < leg.distance_m < math.inf:
                raise ValueRangeError(f"Leg {number}: a distance is metres above 0, not {leg.distance_m}.")
        self._require("grid", "the grid's CRS", self.grid_epsg)
        self._require("magnetic", "the declination", self.declination_deg)
        self._require("magnetic", "the day of the declination", self.declination_on)
        if self.declination_deg is not None and not abs(self.declination_deg) <= 180.0:
            raise ValueRangeError(f"A declination lies within 180 degrees, not {self.declination_deg}.")
        if self.grid_epsg is not None and not crs(self.grid_epsg).is_projected:
            raise ValueRangeError(f"{crs(self.grid_epsg).name} has no grid north.")

    def _require(self, reference: str, what: str, value: object) -> None:
        if (self.reference == reference) != (value is not None):
            verb = "need" if value is None else "take no value for"
            raise ValueRangeError(f"{str(self.reference).capitalize()} bearings {verb} {what}.")


@dataclass(frozen=True)
class Traverse:
    """A computed traverse, unadjusted.

    entry : as written. lon, lat : (legs + 1,) degrees, the start first. true_bearing_deg : (legs,) degrees at the
    start of each leg.
    """

    entry: TraverseEntry
    lon: Floats
    lat: Floats
    true_bearing_deg: Floats

    @property
    def length_m(self) -> float:
        """Sum of the entered distances, m."""
        return math.fsum(leg.distance_m for leg in self.entry.legs)

    def line(self) -> shapely.LineString:
        """The points in order, EPSG:4326."""
        return shapely.LineString(np.stack([self.lon, self.lat], axis=1))


@dataclass(frozen=True, slots=True)
class Misclosure:
    """Computed end minus the point it should have met.

    east_m, north_m : the vector. length_m : its length. ratio : length / traverse length (0.0004 = 1 : 2,500).
    """

    east_m: float
    north_m: float
    length_m: float
    ratio: float

    def __str__(self) -> str:
        scale = "no misclosure" if self.length_m < 0.0005 else f"1 : {1 / self.ratio:,.0f}"
        return f"{self.length_m:.2f} m (east {self.east_m:+.2f} m, north {self.north_m:+.2f} m), {scale}"


@dataclass(frozen=True)
class Adjusted:
    """A traverse after adjustment, beside the unadjusted one. shift_m : (legs + 1,) how far each point was moved."""

    traverse: Traverse
    misclosure: Misclosure
    lon: Floats
    lat: Floats
    shift_m: Floats

    def polygon(self) -> shapely.Polygon:
        """The adjusted points as a ring. EPSG:4326.

        Raises
        ------
        GeometryError : fewer than three legs, or the traverse does not return to its start.
        """
        points = np.stack([self.lon, self.lat], axis=1)
        if len(points) < 4 or WGS84.inv(*points[0], *points[-1])[2] > 1e-3:
            raise GeometryError("Only a traverse of three or more legs that returns to its start bounds an area.")
        points[-1] = points[0]
        return shapely.Polygon(points)


def compute(entry: TraverseEntry) -> Traverse:
    """Follow the legs over the ellipsoid.

    Notes
    -----
    Each leg is a geodesic (Karney 2013) of the entered length from the end of the one before. True bearing =
    magnetic + declination, = grid + convergence, the convergence (east positive) taken at the start of each leg from
    the projection's own derivatives; the arc-to-chord correction, under 2" for legs below 10 km, is left out.
    Distances are taken as horizontal ground distances: the reduction from 400 m height (6 mm in 100 m) and a grid's
    scale factor are not applied.
    """
    lons, lats, bearings = [entry.lon], [entry.lat], []
    for leg in entry.legs:
        bearing = (leg.bearing_deg + _north_offset(entry, lons[-1], lats[-1])) % 360.0
        lon, lat, _ = WGS84.fwd(lons[-1], lats[-1], bearing, leg.distance_m)
        bearings.append(bearing)
        lons.append(lon)
        lats.append(lat)
    return Traverse(entry, np.array(lons), np.array(lats), np.array(bearings))


def convergence_deg(lon: float, lat: float, epsg: int) -> float:
    """Grid convergence in degrees: true bearing minus grid bearing (negative west of a UTM zone's middle, north).

    Raises
    ------
    VocabularyError : unknown CRS. GeometryError : not a projected one.
    """
    system = crs(epsg)
    if not system.is_projected:
        raise GeometryError(f"{system.name} has no grid north.")
    # taken with WGS84 numbers on the grid's own datum: a shift of 150 m changes it by less than 0.001 degree
    return float(pyproj.Proj(system).get_factors(lon, lat).meridian_convergence)


def misclosure(traverse: Traverse, *, end: tuple[float, float] | None = None) -> Misclosure:
    """How far the computed end lies from where it should.

    Parameters
    ----------
    end : (lon, lat) of the known end, degrees WGS84; None = the traverse should return to its start.
    """
    lon, lat = (traverse.lon[0], traverse.lat[0]) if end is None else end
    azimuth, _, metres = WGS84.inv(lon, lat, traverse.lon[-1], traverse.lat[-1])
    east, north = metres * math.sin(math.radians(azimuth)), metres * math.cos(math.radians(azimuth))
    return Misclosure(east, north, metres, metres / traverse.length_m)


def bowditch(traverse: Traverse, *, end: tuple[float, float] | None = None) -> Adjusted:
    """Spread the misclosure over the legs in proportion to their length (compass rule).

    Point ``i`` moves by ``-misclosure * (length of legs 1..i) / (length of all legs)``. Source: Bowditch 1808, in any
    surveying text. It distributes random error; a blunder in one leg (a wrong digit, a wrong north) is only hidden by
    it, so look at the ratio first.
    """
    gap = misclosure(traverse, end=end)
    share = np.cumsum([0.0, *(leg.distance_m for leg in traverse.entry.legs)]) / traverse.length_m
    shift = gap.length_m * share
    target = (traverse.lon[0], traverse.lat[0]) if end is None else end
    towards, _, _ = WGS84.inv(traverse.lon[-1], traverse.lat[-1], *target)
    lon, lat, _ = WGS84.fwd(traverse.lon, traverse.lat, np.full_like(share, towards), shift)
    return Adjusted(traverse, gap, np.asarray(lon), np.asarray(lat), shift)


def legs_between(lon: Sequence[float] | Floats, lat: Sequence[float] | Floats) -> tuple[Leg, ...]:
    """True bearings and distances of the legs between points in order: the inverse of :func:`compute`."""
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    azimuth, _, metres = WGS84.inv(x[:-1], y[:-1], x[1:], y[1:])
    return tuple(Leg(float(a) % 360.0, float(m)) for a, m in zip(azimuth, metres, strict=True))


def _north_offset(entry: TraverseEntry, lon: float, lat: float) -> float:
    """Degrees to add to an entered bearing to make it true."""
    if entry.declination_deg is not None:
        return entry.declination_deg
    return 0.0 if entry.grid_epsg is None else convergence_deg(lon, lat, entry.grid_epsg)
