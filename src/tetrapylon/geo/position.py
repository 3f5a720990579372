"""A position and how well it is known.

What is known only to about a kilometre is an area: it may be drawn as one, but never as a point that somebody could
walk or drive to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.measure import extent

COARSE_M = 1000.0
"""From this radius on (m) a position is an area only."""


@dataclass(frozen=True, slots=True)
class Position:
    """A point known to a radius.

    Parameters
    ----------
    lon, lat : degrees, WGS84.
    accuracy_m : radius in m within which the thing lies; None where it was not stated. Not stated counts as coarse:
        doubt falls on the side of danger.

    Raises
    ------
    GeometryError : not a place on the globe.
    ValueRangeError : the radius is not a positive finite number.
    """

    lon: float
    lat: float
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        if not (abs(self.lon) <= 180.0 and abs(self.lat) <= 90.0):
            raise GeometryError(
                f"({self.lon}, {self.lat}) is not a place on the globe.",
                hint="Give longitude, then latitude, in degrees.",
            )
        if self.accuracy_m is not None and not (self.accuracy_m > 0 and math.isfinite(self.accuracy_m)):
            raise ValueRangeError(f"The accuracy of a position is a radius in metres above 0, not {self.accuracy_m}.")

    @property
    def is_point(self) -> bool:
        """Known well enough to be drawn and approached as a point (radius stated and below 1,000 m)."""
        return self.accuracy_m is not None and self.accuracy_m < COARSE_M

    def extent(self) -> shapely.Polygon:
        """The area the thing lies in, as a polygon (EPSG:4326).

        Raises
        ------
        OutsideModel : the accuracy was not stated, so the area is not known either.
        """
        if self.accuracy_m is None:
            raise OutsideModel("The accuracy of this position was not stated; its extent is not known.")
        return extent(self.lon, self.lat, self.accuracy_m)

    def shown(self) -> shapely.Point | shapely.Polygon:
        """What a map may draw: the point where :attr:`is_point`, else the area.

        Raises
        ------
        OutsideModel : the accuracy was not stated.
        """
        return shapely.Point(self.lon, self.lat) if self.is_point else self.extent()

    def target(self) -> shapely.Point:
        """The point, for routing or navigation.

        Raises
        ------
        OutsideModel : the position is known to 1,000 m or worse, or its accuracy was not stated.
        """
        if not self.is_point:
            known = "an unstated accuracy" if self.accuracy_m is None else f"{self.accuracy_m:.0f} m"
            raise OutsideModel(f"This position is known to {known} only: it is an area, not a point to go to.")
        return shapely.Point(self.lon, self.lat)
