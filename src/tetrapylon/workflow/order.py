"""Which squares of an area to clear next, from what was cleared and found there: a ranking of work and no more.

No probability leaves this module: the forecasts behind the ranking take cleared squares as cleared, which searches with
imperfect detection are not. What is left in those is for `residual` to say.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.contamination.clearing_order import Learnt, Site, begin, learn, probability, reopened, site
from tetrapylon.clear.contamination.footprint import cell_fractions
from tetrapylon.clear.contamination.rows import families
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.formats.gpx import Waypoint, write_points
from tetrapylon.geo.crs import from_wgs84, geometry_from_wgs84, to_wgs84, utm_for
from tetrapylon.geo.grid import GridSpec
from tetrapylon.model.terms import SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.reports.files import spare
from tetrapylon.workflow.ground import GroundRecord, Located, ground_record, named_area
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.sweeps import OpenSignal

KIND = "clear order"
MOST_SQUARES = 24_000
"""Families of rows over more squares take more than a gigabyte [P]."""
SLIVER = 1e-3
"""Share of a square below which it lies outside an area: what coordinates in degrees round to [P]."""
FAMILIES = 60 * 8 * 9
MOST_SEGMENTS = 40_000_000
"""Segments of rows over all families: two arrays of 8 bytes each, copied while they learn [P]."""
CLEARED = 0.99
"""Share of a square that searches have covered when it counts as cleared [P]."""
CLEARING = frozenset(
    (SearchMethod.MANUAL, SearchMethod.EXCAVATION, SearchMethod.DOGS, SearchMethod.RATS, SearchMethod.MACHINE)
)
"""Methods whose ground counts as cleared here; the rest (visual, survey, spot tasks ...) stays in the order [P]."""
COVERAGE = 0.9
"""Least coverage of a search whose ground counts as cleared here; the rest stays in the order [P]."""
AROUND = 12
"""Squares around the area that are learnt from too [P]."""
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class NextSquare:
    """A square: rank from 1, centre (degrees, EPSG:4326), score against the highest, whether a signal is open there.

    Squares with open signals come first, whatever their score.
    """

    rank: int
    lon: float
    lat: float
    score: float
    signal: bool


@dataclass(frozen=True)
class OrderReport:
    """An order of clearing.

    Parameters
    ----------
    squares, cleared : of the area. learnt : squares learnt from, those around the area included. items : found.
    rows : weight of the forecasts by rows, 0 to 1, after all that was found. spacing_m : distances considered.
    first : squares to clear first. files : where they were written. left_out : what was not used, with reasons.
    """

    area: str
    square_m: float
    squares: int
    cleared: int
    learnt: int
    items: int
    rows: float
    spacing_m: tuple[float, float]
    first: tuple[NextSquare, ...]
    files: tuple[str, ...]
    left_out: tuple[str, ...]


def order_report(
    record: Record, area: str, *, square: float = 1.0, spacing: tuple[float, float] = (5.0, 11.0), count: int = 100,
    out: Sequence[Path] = (), on: str | None = None, known: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Product[OrderReport]:  # fmt: skip
    """Rank the squares of an area that are not cleared yet.

    Parameters
    ----------
    area : named hazard area, place or site, or a file with polygons. square : side of a square, m.
    spacing : least and largest distance between rows to consider, m. count : squares to name.
    out : files for them, by suffix (GeoJSON, GPX, KML, CSV).

    Raises
    ------
    OutsideModel : nothing was cleared or found there. ValueRangeError : too many squares, or none left, or impossible
    numbers. NotFound, GeometryError : the area. NotPermitted : see `reports.files.spare`.
    """
    for path in out:
        spare(path)
    low, high = spacing
    if not (square > 0 and math.isfinite(square) and 0 < low <= high and count > 0):
        raise ValueRangeError(
            "A square has a side above 0, rows a spacing from a least to a largest, and squares a count."
        )
    view = record.view(on=on, known=known)
    name, shape = named_area(view, area)
    ground = ground_record(view)
    middle = shapely.centroid(shape)
    epsg = utm_for(middle.x, middle.y)
    plane = geometry_from_wgs84(shape, epsg)
    grid = _grid(plane, square, epsg)
    inside = np.nonzero(cell_fractions(plane, grid, grid.window).ravel() > SLIVER)[0]
    if not inside.size:
        raise GeometryError(f"{name} bounds no ground.", hint="Name an area with a polygon.")
    left_out: list[str] = []
    searched = _searched(ground, grid, left_out)
    signals = sorted({_square(s, grid) for s in ground.signals} - {OUTSIDE})
    by_square, elsewhere = _items(ground, grid, searched)
    if not searched and not elsewhere:
        raise OutsideModel(
            f"{name}: no ground was cleared and no item found there, so nothing ranks its squares.",
            hint="Record searches with polygon and coverage, and items with positions.",
        )
    learnt, of = _learnt(grid, spacing, searched, by_square, elsewhere, progress)
    learnt = reopened(learnt, signals)
    chance = probability(of, learnt)
    heard = np.isin(np.arange(chance.size), signals)
    open_ = inside[learnt.belief.open[inside]]
    if not open_.size:
        raise ValueRangeError(f"{name}: every square of {square:g} m is cleared already.")
    ranked = open_[np.lexsort((-chance[open_], ~heard[open_]))][:count]
    first = tuple(_named(grid, ranked, chance / chance[open_].max(), heard))
    points = [
        Waypoint(f"{s.rank}", s.lon, s.lat, "open signal" if s.signal else "clear next", {"score": f"{s.score:.3f}"})
        for s in first
    ]
    for path in out:
        write_points(points, path, title=f"Order of clearing, {name}, squares of {square:g} m")
    result = OrderReport(
        area=name, square_m=square, squares=int(inside.size), cleared=int(inside.size - open_.size),
        learnt=len(searched), items=sum(by_square.values()) + len(elsewhere), rows=float(learnt.weights[0]),
        spacing_m=spacing, first=first, files=tuple(map(str, out)), left_out=(*ground.left_out, *left_out),
    )  # fmt: skip
    return Product(KIND, result, view, {"area": area, "square_m": square, "spacing_m": list(spacing), "count": count})


def _grid(plane: BaseGeometry, square: float, epsg: int) -> GridSpec:
    west, south, east, north = plane.bounds
    margin = AROUND * square
    grid = GridSpec.around((west - margin, south - margin, east + margin, north + margin), square, epsg=epsg)
    if grid.rows * grid.cols > MOST_SQUARES:
        raise ValueRangeError(
            f"{grid.rows} x {grid.cols} squares of {square:g} m are too many to rank (at most {MOST_SQUARES:,}).",
            hint="Take larger squares, or a smaller area.",
        )
    return grid


def _searched(ground: GroundRecord, grid: GridSpec, left_out: list[str]) -> dict[int, dt.date]:
    """Squares that finished searches have covered, together where need be, and the day on which that was last done."""
    ended: dict[int, dt.date] = {}
    together: BaseGeometry = shapely.Polygon()
    for search in sorted(ground.searches, key=lambda s: (s.end, s.name)):
        if search.method not in CLEARING:
            left_out.append(f"search {search.name}: {search.method.label} counts as no clearance; its squares stay")
        elif not search.geometry.is_valid:
            left_out.append(f"search {search.name}: its polygon is not valid, so its squares stay in the order")
        elif search.coverage < COVERAGE:
            left_out.append(f"search {search.name}: covers {search.coverage:.0%}, so its squares stay in the order")
        else:
            own = geometry_from_wgs84(search.geometry, grid.epsg)
            together = together.union(own)
            for index in _covered(together, grid):
                ended.setdefault(index, search.end)
            ended |= dict.fromkeys(_covered(own, grid), search.end)
    return ended


def _covered(ground: BaseGeometry, grid: GridSpec) -> list[int]:
    share = cell_fractions(ground, grid, grid.window).ravel()
    return np.nonzero(share >= CLEARED)[0].tolist()


def _items(
    ground: GroundRecord, grid: GridSpec, cleared: dict[int, dt.date]
) -> tuple[dict[int, int], list[tuple[dt.date, int]]]:
    """Items by cleared square, and day and square of items and accidents elsewhere.

    What came to light after a square was cleared takes the square out of ``cleared``: it was not.
    """
    inside: dict[int, int] = {}
    elsewhere: list[tuple[dt.date, int]] = []
    placed = [(found, _square(found, grid)) for found in (*ground.items, *ground.incidents)]
    for found, index in placed:
        if index in cleared and found.date > cleared[index]:
            del cleared[index]
    for found, index in placed:
        if index in cleared:
            inside[index] = inside.get(index, 0) + found.count
        elif index != OUTSIDE:
            elsewhere.append((found.date, index))
    return inside, elsewhere


OUTSIDE = -1


def _square(found: Located | OpenSignal, grid: GridSpec) -> int:
    row, col = grid.index(*from_wgs84(found.lon, found.lat, grid.epsg))
    return int(row) * grid.cols + int(col) if int(row) >= 0 else OUTSIDE


def _learnt(
    grid: GridSpec, spacing: tuple[float, float], searched: dict[int, dt.date], items: dict[int, int],
    elsewhere: list[tuple[dt.date, int]], progress: Callable[[str, int, int], None] | None,
) -> tuple[Learnt, Site]:  # fmt: skip
    """What the days of work teach, in their order; within one day the squares go from north-west to south-east."""
    side = grid.cell_m
    steps = max(1, min(9, round((spacing[1] - spacing[0]) / 0.75) + 1))
    shape = (grid.rows, grid.cols)
    across = math.hypot(*shape)
    if FAMILIES * (across * side / spacing[0] + 2) * (across * side / 8 + 1) > MOST_SEGMENTS:
        raise ValueRangeError(
            f"{grid.rows} x {grid.cols} squares of {side:g} m hold too many rows to consider.",
            hint="Take a smaller or less elongated area, or rows farther apart.",
        )
    made = families(
        shape, spacing=np.linspace(*spacing, steps) / side, width=0.8 / side, segment=8.0 / side, density=0.3 * side,
        scattered=min(0.002 * side**2, 0.5),
    )  # fmt: skip
    of = site(shape, made, scales=(2.5 / side, 4.0 / side, 6.0 / side), expected=0.012 * side**2)
    learnt = begin(of)
    days = sorted({*searched.values(), *(day for day, _ in elsewhere)})
    hit: set[int] = set()
    for done, day in enumerate(days, 1):
        squares = sorted(s for s, end in searched.items() if end == day)
        learnt = learn(of, learnt, squares, [items.get(s, 0) for s in squares])
        spots = sorted({s for when, s in elsewhere if when == day} - hit)
        hit |= set(spots)
        learnt = reopened(learn(of, learnt, spots, [1] * len(spots)), spots)
        if progress:
            progress("learning", done, len(days))
    return learnt, of


def _named(
    grid: GridSpec, ranked: Indices, score: NDArray[np.float64], heard: NDArray[np.bool_]
) -> Iterator[NextSquare]:
    lon, lat = to_wgs84(*grid.centre(ranked // grid.cols, ranked % grid.cols), grid.epsg)
    for rank, (x, y, index) in enumerate(zip(lon, lat, ranked, strict=True), 1):
        yield NextSquare(rank, float(x), float(y), float(score[index]), bool(heard[index]))
