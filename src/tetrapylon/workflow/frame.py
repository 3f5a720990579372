"""A record's ground made ready for the field: one grid in metres, passes by method, finds, hits, evidence."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.contamination import patterns
from tetrapylon.clear.contamination.evidence import Evidence, one_per_lineage
from tetrapylon.clear.contamination.field import (
    MAX_BLOCKS,
    Field,
    Mosaic,
    Prior,
    block_shape,
    infer,
    infer_windows,
    reduce_exposure,
)
from tetrapylon.clear.contamination.footprint import REACH, contradictory_lanes
from tetrapylon.clear.search import Classes, Method
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.crs import from_wgs84, geometry_from_wgs84, utm_for
from tetrapylon.geo.grid import GridSpec, Window
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.record.view import View
from tetrapylon.workflow.field_sources import (
    EvidenceSource,
    Layers,
    ModifierSource,
    Terrain,
    UnfoundSource,
    fine_cell,
    layered,
)
from tetrapylon.workflow.ground import Extent, GroundRecord, Located, Searched
from tetrapylon.workflow.prior import SWEEPS, PriorFile
from tetrapylon.workflow.sweeps import SD_OF_RADIUS, OpenSignal, sweep_evidence
from tetrapylon.workflow.trial import evidenced

Floats = NDArray[np.float64]
WIDEST_M = 200_000.0
"""Beyond this one UTM grid is distorted; a site that wide has a position in error [P]."""
TOLERANCE_M2 = 1.0
"""Ground both searched and left out in one pass that counts as drawing accuracy, m2 [P]."""
MOST_CELLS = 4_000_000_000


@dataclass(frozen=True)
class Frame:
    """Everything the field needs, in metres.

    finds : (n, 2) items found by a search that is used. hits : (k, 2) cells known to have held an item, otherwise.
    """

    prior: Prior
    grid: GridSpec
    block: int
    classes: Classes
    layers: tuple[Layers, ...]
    searched: tuple[BaseGeometry, ...]
    finds: Floats
    hits: Floats
    modifier: ModifierSource
    left_out: tuple[str, ...]

    @property
    def evidence(self) -> EvidenceSource:
        """Where evidence lies. A sweep whose silence does not count adds its signals alone."""
        footprints = tuple((e.footprint, e.accuracy) for e in self.modifier.evidence)
        ground = [
            shape for s in self.modifier.sweeps for shape in (s.silent, s.twice) if s.coverage and not shape.is_empty
        ]
        points = np.vstack([self.finds, self.hits, *(s.signals for s in self.modifier.sweeps)])
        return EvidenceSource(self.grid, (*self.searched, *ground), points, footprints)

    def unfound(self) -> UnfoundSource:
        return UnfoundSource(self.grid, self.classes, self.layers)

    @property
    def searching(self) -> ModifierSource:
        """The modifier under which ground was searched: without what open signals raise."""
        return replace(self.modifier, raising=False)

    def exposure(self, *, progress: Callable[[int, int], None] | None = None) -> Floats:
        return reduce_exposure(
            self.grid, self.searching, self.unfound(), block=self.block, chunk=512, progress=progress
        )

    def field(self, exposure: Floats) -> Field:
        """The posterior on one window. OutsideModel when it has too many blocks for one."""
        return infer(
            self.prior, self.grid, block=self.block, exposure=exposure, finds=self.finds, hits=self.hits,
            hit_exposure=self.hit_exposure,
        )  # fmt: skip

    def mosaic(self, exposure: Floats) -> Field | Mosaic:
        """The posterior on one window, or on as many as the site needs."""
        rows, cols = block_shape(self.grid, self.block)
        pad = 2 * math.ceil(self.prior.matern.range / (self.block * self.grid.cell_m))
        if (rows + pad) * (cols + pad) <= MAX_BLOCKS // 4:
            return self.field(exposure)
        return infer_windows(
            self.prior, self.grid, block=self.block, exposure=exposure, finds=self.finds, hits=self.hits,
            hit_exposure=self.hit_exposure, core=128,
        )  # fmt: skip

    @cached_property
    def hit_exposure(self) -> Floats:
        """Area times modifier (k,) of the cell of each hit, m2."""
        row, col = self.grid.index(self.hits[:, 0], self.hits[:, 1])
        out = np.empty(len(row))
        side = 256
        for top, left in sorted(set(zip((row // side).tolist(), (col // side).tolist(), strict=True))):
            rows, cols = min(side, self.grid.rows - top * side), min(side, self.grid.cols - left * side)
            window = Window(top * side, left * side, rows, cols)
            here = (row // side == top) & (col // side == left)
            out[here] = np.exp(self.searching.read(window)[row[here] - window.row, col[here] - window.col])
        return out * self.grid.cell_m**2


def frame(
    view: View,
    ground: GroundRecord,
    prior: PriorFile,
    *,
    area: BaseGeometry | None = None,
    cell_m: float | None = None,
    around_m: float | None = None,
    every_search: bool = False,
    raster: Path | None = None,
    terrain: Path | None = None,
) -> Frame:
    """Make a view's ground ready.

    Parameters
    ----------
    area : polygon in degrees the grid is laid around; None: around all searches, hazard areas, items and incidents.
    cell_m : side of a cell; None: by the range of the prior. around_m : margin of the grid; None: one range.
    every_search : raise where a search has no evidenced PoD, instead of leaving it out.
    raster : natural log of a modifier of one's own. terrain : raster of classes that the prior has ratios for.

    Raises
    ------
    OutsideModel : the prior does not hold on this ground; a search without an evidenced PoD. GeometryError :
    contradictory lanes, evidence far outside the site, a raster in another CRS. ValueRangeError : too many cells.
    """
    model = prior.on(ground.ground())
    middle = _middle(ground, area)
    epsg = utm_for(middle.x, middle.y)
    reach = model.reach
    _check_site(ground, epsg, reach)
    _check_lanes(ground.searches, epsg)
    left_out: list[str] = []
    used, methods = _methods(view, ground.searches, prior, left_out, every_search=every_search)
    polygons = [geometry_from_wgs84(s.geometry, epsg) for s in used]
    searched = [(s.method, p) for s, p in zip(used, polygons, strict=True)]
    later = list(_dangers(ground, prior, epsg))
    sweeps = sweep_evidence(view, ground.sweeps, searched, prior, later, epsg, left_out, every_sweep=every_search)
    layers = tuple(
        layered(methods[key], [(polygons[i], s.coverage, s.passes) for i, s in enumerate(used) if _key(s) == key])
        for key in sorted(methods)
    )
    finds, hits = _finds(ground, used, polygons, epsg)
    shown = [
        *polygons,
        *(shapely.union(s.silent, s.twice) for s in sweeps),
        *(shapely.MultiPoint(s.signals) for s in sweeps),
    ]
    bounds = _bounds(
        ground, [s for s in shown if not s.is_empty], finds, hits, area, epsg, reach if around_m is None else around_m
    )
    cell = cell_m or fine_cell(model.matern.range)
    grid = GridSpec.around(bounds, cell, epsg=epsg)
    if grid.rows * grid.cols > MOST_CELLS:
        raise ValueRangeError(
            f"{grid.rows} x {grid.cols} cells of {cell:g} m are too many.", hint="Ask for larger cells."
        )
    finds, hits = (_inside(points, grid, what, left_out) for points, what in ((finds, "finds"), (hits, "hits")))
    classes_of_terrain = None
    if terrain is not None:
        if not prior.terrain:
            raise OutsideModel(
                f"The prior '{prior.name}' gives no likelihood ratio for classes of terrain.",
                hint="Give one for each class under [terrain]; there is no default.",
            )
        classes_of_terrain = Terrain(terrain, prior.terrain)
    reports = tuple(_reports(ground.extents, prior, epsg, grid, left_out))
    located = np.vstack([finds, hits])
    belts = None
    if prior.belts and len(located) >= 10:
        belts = patterns.fit(located, area=grid.rows * grid.cols * cell**2)
    return Frame(
        prior=model, grid=grid, block=max(1, int(model.matern.range / 4 / cell + 1e-9)), classes=prior.classes,
        layers=layers, searched=tuple(polygons), finds=finds, hits=_once_a_cell(hits, grid),
        modifier=ModifierSource(
            grid, reports, sweeps, prior.weights.get(SWEEPS, 1.0), belts, prior.items_per_m2, raster, classes_of_terrain
        ),
        left_out=(*ground.left_out, *left_out),
    )  # fmt: skip


def _dangers(ground: GroundRecord, prior: PriorFile, epsg: int) -> Iterable[tuple[dt.date, BaseGeometry]]:
    """Last day and place (m) of everything that says that items may lie there."""
    for extent in ground.extents:
        if extent.geometry is not None:
            around = (extent.accuracy_m or 0.0) + prior.surroundings_m
            yield extent.latest, geometry_from_wgs84(extent.geometry, epsg).buffer(around)
    for found in (*ground.items, *ground.incidents):
        yield found.date, shapely.Point(*_xy(found, epsg)).buffer(prior.surroundings_m)


def _key(search: Searched) -> tuple[str, str]:
    return search.method.value, (search.instrument or "").strip().lower()


def _methods(
    view: View, searches: Sequence[Searched], prior: PriorFile, left_out: list[str], *, every_search: bool
) -> tuple[list[Searched], dict[tuple[str, str], Method]]:
    """The searches whose method has an evidenced PoD for every class, and the methods."""
    used: list[Searched] = []
    methods: dict[tuple[str, str], Method] = {}
    for search in searches:
        key = _key(search)
        try:
            if key not in methods:
                methods[key] = _method(view, search, prior)
            used.append(search)
        except OutsideModel as error:
            if every_search:
                raise OutsideModel(f"Search {search.name}: {error.message}", hint=error.hint) from None
            left_out.append(f"search {search.name}: {error.message}")
    return used, methods


def _method(view: View, search: Searched, prior: PriorFile) -> Method:
    known = evidenced(view, search.method, prior.classes.names, instrument=search.instrument)
    correlation = known.correlation if known.correlation is not None else prior.correlation.get(search.method)
    if correlation is None:
        raise OutsideModel(
            f"{search.method.label}: no trial shows how much its passes miss the same items.",
            hint=f"Walk a lane several times, or state it in the prior: [correlation] {search.method.value} = ...",
        )
    return Method(" ".join(_key(search)), known.pods, correlation)


def _finds(
    ground: GroundRecord, used: Sequence[Searched], polygons: Sequence[BaseGeometry], epsg: int
) -> tuple[Floats, Floats]:
    """Items found by a search that is used (one row each), and what else shows an item: other finds and accidents."""
    finds, hits = [], []
    points = [shapely.Point(*_xy(p, epsg)) for p in ground.items]
    for item, point in zip(ground.items, points, strict=True):
        by_search = any(
            s.coverage > 0 and s.start <= item.date and polygon.contains(point)
            for s, polygon in zip(used, polygons, strict=True)
        )
        if by_search:
            finds += [(point.x, point.y)] * item.count
        else:
            hits.append((point.x, point.y))
    hits += [_xy(p, epsg) for p in ground.incidents]
    return np.array(finds, float).reshape(-1, 2), np.array(hits, float).reshape(-1, 2)


def _xy(place: Located | OpenSignal, epsg: int) -> tuple[float, float]:
    x, y = from_wgs84(place.lon, place.lat, epsg)
    return float(x), float(y)


def _once_a_cell(hits: Floats, grid: GridSpec) -> Floats:
    """A cell is known once to have held an item, however many finds and accidents say so."""
    row, col = grid.index(hits[:, 0], hits[:, 1])
    first = np.unique(row * grid.cols + col, return_index=True)[1]
    return np.asarray(hits[np.sort(first)])


def _inside(points: Floats, grid: GridSpec, what: str, left_out: list[str]) -> Floats:
    inside = grid.index(points[:, 0], points[:, 1])[0] >= 0
    if not inside.all():
        left_out.append(f"{int((~inside).sum())} {what}: farther from the area asked about than the model reaches")
    return points[inside]


def _reports(
    extents: Sequence[Extent], prior: PriorFile, epsg: int, grid: GridSpec, left_out: list[str]
) -> Iterable[Evidence]:
    """Reports and hazard areas as evidence; one lineage once."""
    found = []
    outside = 0
    site = shapely.box(*grid.bounds)
    for extent in extents:
        ratio = prior.ratios.get(extent.kind)
        if ratio is None:
            left_out.append(f"{extent.kind} {extent.name}: the prior gives no likelihood ratio for it")
            continue
        shape = None if extent.geometry is None else geometry_from_wgs84(extent.geometry, epsg)
        if shape is None or (shape.geom_type not in POLYGONS and extent.accuracy_m is None):
            left_out.append(f"{extent.kind} {extent.name}: {extent.shown_by}, and its extent is not known")
            continue
        if shape.geom_type not in POLYGONS:
            if prior.surroundings_m == 0:
                left_out.append(f"{extent.kind} {extent.name}: the prior gives no surroundings for points and lines")
                continue
            shape = shape.buffer(prior.surroundings_m)
        accuracy = SD_OF_RADIUS * (extent.accuracy_m or 0.0)
        weight = prior.weights.get(extent.kind, 1.0)
        if shapely.dwithin(shape, site, REACH * accuracy):
            found.append(Evidence(extent.lineage, shape, accuracy, math.log(ratio), weight))
        else:
            outside += 1
    if outside:
        left_out.append(f"{outside} reports: farther from the area asked about than they reach")
    return one_per_lineage(found)


def _middle(ground: GroundRecord, area: BaseGeometry | None) -> shapely.Point:
    swept = [s.geometry for s in ground.sweeps if s.geometry is not None]
    shapes = [*(s.geometry for s in ground.searches), *swept] if area is None else [area]
    if not shapes:
        shapes = [shapely.Point(p.lon, p.lat) for p in (*ground.items, *ground.incidents)]
    if not shapes and ground.outline is not None:
        shapes = [ground.outline]
    if not shapes:
        shapes = [e.geometry for e in ground.extents if e.geometry is not None]
    if not shapes:
        raise GeometryError("Nothing on record has a position.", hint="Name an area with --area.")
    centres = shapely.get_coordinates(shapely.centroid(np.array(shapes, object)))
    return shapely.Point(*np.median(centres, axis=0))


def _bounds(
    ground: GroundRecord, polygons: Sequence[BaseGeometry], finds: Floats, hits: Floats, area: BaseGeometry | None,
    epsg: int, margin: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    if area is not None:
        shapes = [geometry_from_wgs84(area, epsg)]
    else:
        shapes = [*polygons, *(shapely.Point(p) for p in np.vstack([finds, hits]))]
        shapes += [
            geometry_from_wgs84(e.geometry, epsg)
            for e in ground.extents
            if e.geometry is not None and e.kind != "report"
        ]
        if not shapes and ground.outline is not None:
            shapes = [geometry_from_wgs84(ground.outline, epsg)]
        if not shapes:
            shapes = [geometry_from_wgs84(e.geometry, epsg) for e in ground.extents if e.geometry is not None]
    west, south, east, north = shapely.total_bounds(np.array(shapes, object))
    if max(east - west, north - south) > WIDEST_M:
        raise GeometryError(
            f"What is on record spans {max(east - west, north - south) / 1000:.0f} km: a position is in error.",
            hint="Correct it, or name an area with --area.",
        )
    return west - margin, south - margin, east + margin, north + margin


def _check_site(ground: GroundRecord, epsg: int, reach: float) -> None:
    """Refuse positions that lie farther outside the outline of the site than the model reaches."""
    if ground.outline is None:
        return
    site = geometry_from_wgs84(ground.outline, epsg)
    located: Iterable[tuple[str, str, BaseGeometry]] = itertools.chain(
        (("item", p.name, shapely.Point(*_xy(p, epsg))) for p in ground.items),
        (("incident", p.name, shapely.Point(*_xy(p, epsg))) for p in ground.incidents),
        (("signal", p.name, shapely.Point(*_xy(p, epsg))) for p in ground.signals),
        (("search", s.name, geometry_from_wgs84(s.geometry, epsg)) for s in ground.searches),
        (("sweep", s.name, geometry_from_wgs84(s.geometry, epsg)) for s in ground.sweeps if s.geometry is not None),
    )
    for what, name, shape in located:
        away = float(site.distance(shape))
        if away > reach:
            raise GeometryError(
                f"{what.capitalize()} {name} lies {away / 1000:.1f} km outside the site ({ground.label}).",
                hint="Correct its position or the outline of the site; nothing is moved or left out silently.",
            )


def _check_lanes(searches: Sequence[Searched], epsg: int) -> None:
    """Refuse ground reported both searched and left out (coverage 0) by one method at one time."""
    for skipped in (s for s in searches if s.coverage == 0):
        for done in searches:
            same = _key(done) == _key(skipped) and done.start <= skipped.end and skipped.start <= done.end
            if same and done.coverage > 0 and done.geometry.intersects(skipped.geometry):
                one, other = (geometry_from_wgs84(s.geometry, epsg) for s in (done, skipped))
                try:
                    contradictory_lanes([one], [other], tolerance=TOLERANCE_M2)
                except GeometryError as error:
                    raise GeometryError(
                        f"Searches {done.name} and {skipped.name}: {error.message}", hint=error.hint
                    ) from None
