"""Which share of each cell a geometry covers, and how that blurs when its position is not exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

Floats = NDArray[np.float64]
REACH = 4.0  # standard deviations of position beyond which a footprint is taken as not reaching


def cell_fractions(geometry: shapely.Geometry, grid: GridSpec, window: Window) -> Floats:
    """Share (rows, cols) of the area of each cell of a window that a polygon covers, 0 to 1, exact.

    The window may reach beyond the grid. Squares wholly inside or outside are settled at once; only those that the
    boundary crosses are divided.
    """
    out = np.zeros((window.rows, window.cols))
    if geometry.is_empty or out.size == 0:
        return out
    shapely.prepare(geometry)
    side = 1 << max(0, int(max(window.rows, window.cols) - 1).bit_length())
    squares = np.zeros((1, 2), int)
    while len(squares):
        boxes = _boxes(squares, side, grid, window)
        near = shapely.intersects(geometry, boxes)
        squares, boxes = squares[near], boxes[near]
        inside = shapely.contains_properly(geometry, boxes)
        for row, col in squares[inside]:
            out[row : row + side, col : col + side] = 1.0
        squares, boxes = squares[~inside], boxes[~inside]
        if side == 1:
            area = shapely.area(shapely.intersection(geometry, boxes))
            out[squares[:, 0], squares[:, 1]] = np.minimum(area / grid.cell_m**2, 1.0)
            break
        side //= 2
        squares = (squares[:, None] + np.array([[0, 0], [0, side], [side, 0], [side, side]])).reshape(-1, 2)
        squares = squares[(squares[:, 0] < window.rows) & (squares[:, 1] < window.cols)]
    return out


def blurred_fractions(geometry: shapely.Geometry, accuracy: float, grid: GridSpec, window: Window) -> Floats:
    """Expected share (rows, cols) of each cell covered, when the position has a normal error of ``accuracy`` m.

    The footprint is convolved with the error, never stamped; it reaches 4 standard deviations and no farther. Each
    cell is computed alike whatever the window.
    """
    if not (accuracy >= 0 and np.isfinite(accuracy)):
        raise ValueRangeError(f"The accuracy of a position is a standard deviation in metres, not {accuracy}.")
    sigma = accuracy / grid.cell_m
    margin = int(np.ceil(REACH * sigma))
    wide = Window(window.row - margin, window.col - margin, window.rows + 2 * margin, window.cols + 2 * margin)
    fractions = cell_fractions(geometry, grid, wide)
    if margin == 0 or not fractions.any():
        return fractions[margin : margin + window.rows, margin : margin + window.cols]
    blurred = ndimage.gaussian_filter(fractions, sigma, mode="constant", radius=margin)
    return np.asarray(blurred[margin : margin + window.rows, margin : margin + window.cols])


def lane_coverage(lanes: Sequence[shapely.Geometry], grid: GridSpec, window: Window) -> Floats:
    """Coverage (rows, cols) of one pass by its search lanes: the share of each cell in their union.

    Overlapping lanes of one pass count once; walk a lane twice and it is two passes.

    Raises
    ------
    GeometryError : a lane that is invalid, empty, or outside the grid.
    """
    check_inside(lanes, grid, "Search lane")
    return cell_fractions(shapely.union_all(list(lanes)), grid, window)


def contradictory_lanes(
    searched: Sequence[shapely.Geometry], skipped: Sequence[shapely.Geometry], *, tolerance: float
) -> float:
    """Area (m2) reported both searched and left out in one pass; raises when it is more than ``tolerance`` m2.

    Raises
    ------
    GeometryError : the lanes contradict each other; the record must be corrected, nothing is chosen silently.
    """
    both = shapely.intersection(shapely.union_all(list(searched)), shapely.union_all(list(skipped)))
    if both.area > tolerance:
        raise GeometryError(
            f"{both.area:.1f} m2 are reported both searched and left out in one pass.",
            hint="Correct the lanes, or record them as two passes.",
        )
    return float(both.area)


def check_inside(
    geometries: Sequence[shapely.Geometry], grid: GridSpec, what: str, *, reach: Sequence[float] | None = None
) -> None:
    """Raise GeometryError for a geometry that is invalid, empty, or farther than its ``reach`` (m) from the grid.

    Without a reach it has to touch the grid.
    """
    west, south, east, north = grid.bounds
    site = shapely.box(west, south, east, north)
    for i, geometry in enumerate(geometries, 1):
        if geometry.is_empty or not geometry.is_valid:
            raise GeometryError(f"{what} {i} is empty or not valid: {shapely.is_valid_reason(geometry)}.")
        if not shapely.dwithin(site, geometry, 0.0 if reach is None else reach[i - 1]):
            x, y = geometry.centroid.x, geometry.centroid.y
            degrees = abs(x) <= 180 and abs(y) <= 90
            raise GeometryError(
                f"{what} {i} at {x:.1f}, {y:.1f} lies outside the site ({west:.0f} to {east:.0f}, "
                f"{south:.0f} to {north:.0f} m, EPSG:{grid.epsg}).",
                hint="Its coordinates look like degrees: give them in the CRS of the grid." if degrees else None,
            )


def _boxes(squares: NDArray[np.int_], side: int, grid: GridSpec, window: Window) -> NDArray[np.object_]:
    west = grid.west + (window.col + squares[:, 1]) * grid.cell_m
    north = grid.north - (window.row + squares[:, 0]) * grid.cell_m
    size = side * grid.cell_m
    return np.asarray(shapely.box(west, north - size, west + size, north))
