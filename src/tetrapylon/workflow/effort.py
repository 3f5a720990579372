"""Where the next hours of search find most, on a contamination map: by area, and as a raster.

The figure at the margin, expected items per unit effort, is an economic one. What effort is enough is for the national
authority to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.contamination.footprint import cell_fractions
from tetrapylon.clear.effort import Cells, allocate, units
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.formats.raster import Band, Raster, write_cog
from tetrapylon.formats.raster.cog import windows_of
from tetrapylon.geo.crs import geometry_from_wgs84
from tetrapylon.geo.grid import Window
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model import HazardArea, Progress, by_uid
from tetrapylon.model.terms import AreaStatus, SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.reports.files import spare
from tetrapylon.workflow.field_map import opened_map
from tetrapylon.workflow.ground import named_area
from tetrapylon.workflow.prior import read_prior
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.trial import classes_of, evidenced, trials

KIND = "clear effort"
ELSEWHERE = "elsewhere on the map"


@dataclass(frozen=True)
class AreaEffort:
    """One area: items expected in it now, hours it gets, items expected to be found with them."""

    name: str
    expected: float
    hours: float
    found: float


@dataclass(frozen=True)
class EffortReport:
    """An allocation.

    Parameters
    ----------
    margin : expected items found per hour at the margin, the same in every cell that gets any effort.
    rate_m2_h, rate_from : ground searched in an hour, and where that is known from. detection : mean PoD of a pass.
    outside : hazard areas that the map does not cover.
    """

    budget: float
    margin: float
    expected: float
    found: float
    searched_share: float
    areas: tuple[AreaEffort, ...]
    rate_m2_h: float
    rate_from: str
    detection: float
    scenario: bool
    legend: str
    outside: tuple[str, ...]
    file: str | None


def effort_report(
    record: Record, chart: Path, *, budget: float, method: str, prior: Path | None = None, rate: float | None = None,
    areas: tuple[str, ...] = (), out: Path | None = None, on: str | None = None, known: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Product[EffortReport]:  # fmt: skip
    """Allocate hours of search over the cells of a contamination map.

    Parameters
    ----------
    chart : map made by `contamination_map`. budget : hours. method : its PoD comes from the trials on record.
    prior : gives the shares of the detectability classes; needed where trials seeded several.
    rate : m2 searched in an hour; None: from the days' work on record.
    areas : only these; empty: all of the map, accounted by open hazard area. out : raster of hours per cell.

    Raises
    ------
    OutsideModel : no trial of the method, no rate, several classes and no prior. GeometryError : the file is no
    contamination map, or the areas lie outside it. ValueRangeError : NaN in the map, an impossible budget.
    NotPermitted : see `reports.files.spare`.
    """
    if out is not None:
        spare(out)
    view = record.view(on=on, known=known)
    field = opened_map(chart)
    raster = Raster.open(chart)
    kind = SearchMethod.read(method)
    detection = _detection(view, kind, prior)
    per_hour, rate_from = (rate, "stated") if rate is not None else _rate(view, kind)
    if not (per_hour > 0 and math.isfinite(per_hour)):
        raise ValueRangeError(f"A rate is m2 per hour above 0, not {per_hour:g}.")
    named, outside = _areas(view, raster, areas)
    only_named = bool(areas)
    cell = raster.grid.cell_m**2

    def read(window: Window) -> tuple[Cells, list[NDArray[np.bool_]]]:
        expected = raster.read(window)[0].astype(float).ravel()
        if not np.all(np.isfinite(expected)):
            raise ValueRangeError(f"{chart.name} holds cells without a number (NaN).", hint="Make the map anew.")
        masks = _masks(named, raster, window)
        if only_named:
            expected = expected * np.any(masks, axis=0)
        ones = np.ones(expected.size)
        return Cells(expected, cell * ones, per_hour * detection * ones, ones), masks

    windows = windows_of(raster.grid)

    def stream() -> Iterator[Cells]:
        return (read(w)[0] for w in windows)

    plan = allocate(stream, budget)
    names = [n for n, _ in named] + ([] if only_named else [ELSEWHERE])
    sums = np.zeros((len(names), 3))
    for window in windows:
        cells, masks = read(window)
        hours = units(cells, plan.marginal_rate)
        gained = cells.expected * -np.expm1(-hours * cells.sweep / cells.area)
        parts = masks if only_named else [*masks, ~np.any(masks, axis=0) if masks else np.ones(hours.size, bool)]
        for i, part in enumerate(parts):
            sums[i] += cells.expected[part].sum(), hours[part].sum(), gained[part].sum()
    if out is not None:

        def hours_of(window: Window) -> NDArray[np.float32]:
            return units(read(window)[0], plan.marginal_rate).reshape(1, window.rows, window.cols).astype(np.float32)

        legend = f"{field.legend} Hours of search that a budget of {budget:g} h gives each cell."
        write_cog(
            out, raster.grid, [Band("hours of search", "h")], hours_of, progress=progress,
            tags={"LEGEND": legend, "TIFFTAG_IMAGEDESCRIPTION": legend, "TIER": field.tier},
        )  # fmt: skip
    result = EffortReport(
        budget=budget, margin=plan.marginal_rate, expected=plan.expected, found=plan.found,
        searched_share=plan.searched / (raster.grid.rows * raster.grid.cols),
        areas=tuple(AreaEffort(n, *map(float, s)) for n, s in zip(names, sums, strict=True)),
        rate_m2_h=per_hour, rate_from=rate_from, detection=detection, scenario=field.scenario, legend=field.legend,
        outside=outside, file=str(out) if out else None,
    )  # fmt: skip
    parameters = {"map": str(chart), "map_sha256": field.sha256, "budget_h": budget, "method": kind.value}
    return Product(KIND, result, view, parameters)


def _detection(view: View, method: SearchMethod, prior: Path | None) -> float:
    """Mean PoD of one pass over the classes, weighted by their shares."""
    if prior is not None:
        classes = read_prior(prior).classes
        pods = evidenced(view, method, classes.names).pods
        return float(np.dot(classes.shares, [p.mean for p in pods]))
    names = classes_of(t for t in trials(view) if t["method"] == method.value)
    pods = evidenced(view, method, names or ["any"]).pods
    if len(pods) > 1:
        raise OutsideModel(
            f"Trials seeded {', '.join(names)}, and the shares of these classes are not known.",
            hint="Name a prior that states them with --prior.",
        )
    return pods[0].mean


def _rate(view: View, method: SearchMethod) -> tuple[float, str]:
    """m2 per staff hour over all days' work of a method that states both."""
    work = [
        (float(c.body.area.value), c.body.staff_hours)
        for c in by_uid(view.resolved(Progress, ever=True)).values()
        if c.body.method is method and c.body.area is not None and c.body.area.value and c.body.staff_hours
    ]
    if not work:
        raise OutsideModel(
            f"{method.label}: no day's work with area and hours is on record, so its rate is not known.",
            hint="State it with --rate, in m2 per hour.",
        )
    return sum(a for a, _ in work) / sum(h for _, h in work), f"{len(work)} days of work on record"


def _areas(view: View, raster: Raster, wanted: tuple[str, ...]) -> tuple[list[tuple[str, object]], tuple[str, ...]]:
    """Areas in the CRS of the map, and the names of those that lie outside it."""
    import shapely

    if wanted:
        shapes = [named_area(view, name) for name in wanted]
    else:
        open_ = [c for c in by_uid(view.resolved(HazardArea)).values() if c.body.status is not AreaStatus.CLOSED]
        shapes = [
            (c.name, c.body.geometry)
            for c in open_
            if c.body.geometry is not None and c.body.geometry.geom_type in POLYGONS
        ]
    box = shapely.box(*raster.grid.bounds)
    plane = [(name, geometry_from_wgs84(shape, raster.grid.epsg)) for name, shape in shapes]
    outside = tuple(name for name, shape in plane if not shape.intersects(box))
    if wanted and outside:
        raise GeometryError(f"{', '.join(outside)} lies outside the map.", hint="Make a map that covers it.")
    return [(name, shape) for name, shape in plane if name not in outside], outside


def _masks(named: list[tuple[str, object]], raster: Raster, window: Window) -> list[NDArray[np.bool_]]:
    """Which cells (n,) belong to each area; a cell of several belongs to the first."""
    masks: list[NDArray[np.bool_]] = []
    taken = np.zeros(window.rows * window.cols, bool)
    for _, shape in named:
        inside = (cell_fractions(shape, raster.grid, window).ravel() >= 0.5) & ~taken
        taken |= inside
        masks.append(inside)
    return masks
