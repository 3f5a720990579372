"""What could these two numbers mean? Every reading of a pair of numbers that puts it in or near a site.

For coordinates copied from a form, a map margin or a radio message: axes in either order, degrees in any named datum,
metres in the site's UTM zone or the ones beside it, or in the grids of Soviet and Syrian maps. Readings are proposals
for a person; being inside the site does not prove one, since datums differ by little more than 100 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import GeometryError
from tetrapylon.geo.crs import DATUMS, crs, geometry_from_wgs84, to_wgs84, utm_for
from tetrapylon.geo.measure import distance

_UTM_EAST = (0.0, 1_000_000.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a pair of numbers.

    epsg, crs_name : the CRS assumed. swapped : the first number was taken as y (latitude or northing). lon, lat : the
    place in WGS84, degrees. off_site_m : distance to the site, 0 inside. from_near_m : distance to the place named as
    near, None if none was. note : what is unusual about the reading, "" for plain WGS84 longitude, latitude.
    """

    epsg: int
    crs_name: str
    swapped: bool
    lon: float
    lat: float
    off_site_m: float
    from_near_m: float | None
    note: str


def readings(
    first: float,
    second: float,
    site: BaseGeometry,
    *,
    near: tuple[float, float] | None = None,
    within_m: float = 50_000.0,
) -> tuple[Reading, ...]:
    """Readings of two numbers that lie in a site or near it, the most likely first.

    Parameters
    ----------
    first, second : as written, in degrees or metres.
    site : outline in EPSG:4326.
    near : (lon, lat) WGS84 of a landmark the place is known to be at; readings are then ranked by distance to it,
        which is what can tell datums apart.
    within_m : readings farther from the site are left out.

    Returns
    -------
    Ranked by distance to ``near`` if given, else: inside the site before outside; then axes in order before swapped;
    the site's own zone before its neighbours; WGS84, SK-42, Deir ez Zor. Empty where nothing fits: outside the site in
    every reading.

    Raises
    ------
    GeometryError : a number is NaN or infinite, or the site is empty.
    """
    if not np.all(np.isfinite([first, second])):
        raise GeometryError("A coordinate is not a finite number.")
    if site.is_empty:
        raise GeometryError("The site has no outline.")
    found = []
    for rank, (epsg, swapped, note) in enumerate(_candidates(first, second, site)):
        x, y = (second, first) if swapped else (first, second)
        try:
            lon, lat = (float(v) for v in to_wgs84(x, y, epsg))
        except GeometryError:
            continue
        off = _distance_to(site, lon, lat)
        if off > within_m:
            continue
        away = None if near is None else float(distance(lon, lat, *near))
        found.append((away if away is not None else 0.0, off > 0, rank, epsg, swapped, lon, lat, off, away, note))
    found.sort(key=lambda f: f[:3])
    return tuple(
        Reading(epsg, crs(epsg).name, swapped, lon, lat, off, away, note)
        for _, _, _, epsg, swapped, lon, lat, off, away, note in found
    )


def _candidates(first: float, second: float, site: BaseGeometry) -> Iterator[tuple[int, bool, str]]:
    """(EPSG code, swapped, note) worth trying for numbers of this size, the most usual first."""
    middle = shapely.centroid(site)
    for swapped in (False, True):
        x, y = (second, first) if swapped else (first, second)
        order = ["swapped axes"] if swapped else []
        if abs(x) <= 180.0 and abs(y) <= 90.0:
            for datum in DATUMS.values():
                notes = order if datum.key == "wgs84" else [*order, f"degrees in {datum.name}"]
                yield datum.epsg, swapped, ", ".join(notes)
        elif abs(x) > 180.0 or abs(y) > 90.0:
            yield from ((epsg, swapped, ", ".join([*order, note])) for epsg, note in _grids(x, middle))


def _grids(x: float, middle: shapely.Point) -> Iterator[tuple[int, str]]:
    home = utm_for(middle.x, middle.y)
    hemisphere, zone = divmod(home, 100)
    if _UTM_EAST[0] <= x <= _UTM_EAST[1]:
        yield home, f"metres in UTM zone {zone}"
        for other in (zone - 1, zone + 1):
            other = (other - 1) % 60 + 1
            yield hemisphere * 100 + other, f"wrong zone: metres in UTM zone {other}, the site lies in zone {zone}"
    soviet_zone = int(x // 1_000_000)
    if 2 <= soviet_zone <= 32:
        yield 28400 + soviet_zone, f"metres in SK-42, Gauss-Kruger zone {soviet_zone} (zone number before the easting)"
    for epsg in (22770, 22780):
        area = pyproj.CRS.from_epsg(epsg).area_of_use
        if area is not None and shapely.box(*area.bounds).intersects(middle):
            yield epsg, f"metres in {crs(epsg).name}"


def _distance_to(site: BaseGeometry, lon: float, lat: float) -> float:
    """Metres from a place to a site, 0 inside; measured to the nearest point in the site's own UTM zone's plane."""
    point = shapely.Point(lon, lat)
    if shapely.intersects(site, point):
        return 0.0
    middle = shapely.centroid(site)
    if abs(lon - middle.x) > 5.0 or abs(lat - middle.y) > 5.0:
        return float(distance(lon, lat, middle.x, middle.y))
    zone = utm_for(middle.x, middle.y)
    return float(shapely.distance(geometry_from_wgs84(site, zone), geometry_from_wgs84(point, zone)))
