"""Working in a plane of metres: areas in local UTM with their scale error stated, and buffers in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo.crs import crs, geometry_from_wgs84, utm_for
from tetrapylon.geo.measure import extents

POLYGONS = ("Polygon", "MultiPolygon")
"""Types of geometry that bound an area."""
_LOCAL_REACH_DEG = 3.0


@dataclass(frozen=True, slots=True)
class PlanarArea:
    """An area in a map plane: area_m2 as measured there; areal_scale = plane / ellipsoid at the geometry's middle.

    ``area_m2 / areal_scale`` is the area on the ellipsoid, as nearly as one scale serves the whole geometry.
    """

    area_m2: float
    epsg: int
    areal_scale: float


def planar_area(geometry: BaseGeometry, *, epsg: int | None = None) -> PlanarArea:
    """Area in a projected CRS, for comparison with software that measures so.

    Parameters
    ----------
    geometry : polygon or multi-polygon, EPSG:4326. epsg : a projected CRS; None = the UTM zone of the middle.

    Notes
    -----
    UTM's areal scale runs from 0.9992 on the central meridian to 1.0019 at a zone's edge on the equator (scale 0.9996
    squared and upward): 0.9993 at Palmyra. World Mercator (EPSG:3395) makes areas there 1.47 times too large.

    Raises
    ------
    GeometryError : empty geometry or a CRS that is not projected. OutsideModel : beyond UTM's latitudes.
    """
    if geometry.is_empty:
        raise GeometryError("An empty geometry has no area to project.")
    middle = shapely.centroid(geometry)
    code = utm_for(middle.x, middle.y) if epsg is None else epsg
    if not crs(code).is_projected:
        raise GeometryError(f"{crs(code).name} is not a projected coordinate reference system.")
    scale = pyproj.Proj(crs(code)).get_factors(middle.x, middle.y).areal_scale
    return PlanarArea(float(shapely.area(geometry_from_wgs84(geometry, code))), code, float(scale))


def buffer(geometry: BaseGeometry, metres: float, *, quarter_vertices: int = 16) -> BaseGeometry:
    """Everything within a distance of a geometry.

    Parameters
    ----------
    geometry : EPSG:4326, at most 3 degrees from its middle in longitude and latitude. metres : above 0.
    quarter_vertices : per quarter circle; the outline is widened so that it holds the true buffer.

    Returns
    -------
    Polygon or multi-polygon, EPSG:4326.

    Notes
    -----
    Drawn in a transverse Mercator plane of scale 1 on the geometry's own middle meridian; the scale error is
    ``(x / R)^2 / 2``, 0.12 % at 3 degrees of longitude on the equator, and always makes the plane larger: the distance
    is raised by the error at the geometry's edge, and by how far an edge that is straight in degrees bends inwards in
    the plane, ``chord^2 tan(latitude) / (8 R)``, so nothing is left out.

    Raises
    ------
    ValueRangeError : metres not above 0. GeometryError : empty, or too wide for one plane.
    """
    if not 0.0 < metres < float("inf"):
        raise ValueRangeError(f"A buffer distance is metres above 0, not {metres}.")
    if geometry.is_empty:
        raise GeometryError("An empty geometry has no surroundings.")
    west, south, east, north = geometry.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    reach = extents(lon, lat, metres)[0].bounds
    if max(east - lon, north - lat, reach[2] - lon, reach[3] - lat) > _LOCAL_REACH_DEG:
        raise GeometryError(
            "The geometry is too wide for a buffer in one plane.", hint="Split it and join the buffers."
        )
    plane = pyproj.Transformer.from_crs(
        4326, f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m", always_xy=True
    )

    flat = shapely.transform(geometry, lambda xy: _carry(plane, xy, "FORWARD"))
    half_width = max(abs(flat.bounds[0]), abs(flat.bounds[2])) + metres
    widened = metres * (1.0 + (half_width / 6_335_439.0) ** 2 / 2.0)
    widened /= math.cos(math.pi / (4 * quarter_vertices))  # the chords of the outline touch the circle, not its corners
    chord = 2 * widened * math.sin(math.pi / (4 * quarter_vertices))
    farthest = min(max(abs(south), abs(north)) + reach[3] - lat, 89.0)
    widened += chord**2 * math.tan(math.radians(farthest)) / (8.0 * 6_335_439.0)  # drawn straight in degrees, it bends
    around = shapely.buffer(flat, widened, quad_segs=quarter_vertices)
    return shapely.transform(around, lambda xy: _carry(plane, xy, "INVERSE"))


def _carry(plane: pyproj.Transformer, xy: NDArray[np.float64], direction: str) -> NDArray[np.float64]:
    return np.stack(plane.transform(xy[:, 0], xy[:, 1], direction=direction), axis=1)
