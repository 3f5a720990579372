"""Accept-on-zero sampling of searched ground: which squares to check, and what their results show."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.sampling import Plan, Verdict, draw_units, plan, unit_centres, verdict
from tetrapylon.clear.search import PoD
from tetrapylon.errors import CaseError, GeometryError, OutsideModel, ValueRangeError, nearest
from tetrapylon.formats.gpx import Waypoint, write_points
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.values import integer
from tetrapylon.geo.crs import geometry_from_wgs84, to_wgs84, utm_for
from tetrapylon.geo.grid import GridSpec, Window
from tetrapylon.model.terms import SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.reports.files import spare
from tetrapylon.workflow.ground import named_area
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.trial import classes_of, columns_of, evidenced, one_sheet, read_cell, trials

KIND = "clear sample"
MOST_UNITS = 20_000_000


@dataclass(frozen=True)
class Stratum:
    """One area of the lot: whole squares inside it, how many to check, how many were, and targets found in them."""

    name: str
    units: int
    sample: int
    checked: int | None = None
    found: int | None = None


@dataclass(frozen=True)
class Sensitivity:
    """How often the inspector sees a target: from blind trials, of the worst class; or assumed, for a scenario.

    ``interval`` : 90 %, None when assumed.
    """

    mean: float
    interval: tuple[float, float] | None
    source: str
    scenario: bool


@dataclass(frozen=True)
class SampleReport:
    """A plan, and the verdict once there are results.

    ``missing`` : squares of the plan without a result. ``points`` : centres, first those of the first stratum.
    """

    strata: tuple[Stratum, ...]
    unit_m: float
    clean_share: float
    confidence: float
    planned: float
    sensitivity: Sensitivity
    seed: int
    points: tuple[Waypoint, ...]
    files: tuple[str, ...]
    verdict: Verdict | None
    missing: int


def sample_report(
    record: Record, areas: Sequence[str], *, unit: float, clean_share: float = 0.99, confidence: float = 0.95,
    method: str | None = None, classes: Sequence[str] = (), assume: float | None = None, seed: int | None = None,
    out: Sequence[Path] = (), results: Path | None = None, on: str | None = None, known: str | None = None,
) -> Product[SampleReport]:  # fmt: skip
    """Plan a sample of the squares in areas, or judge the results of one.

    Parameters
    ----------
    areas : strata; named hazard areas, places or sites, or files with polygons. unit : side of a square, m.
    clean_share, confidence : the claim: with this confidence at least this share of the squares holds no target.
    method : of the inspector; its sensitivity comes from the trials on record. classes : detectability classes that
        count as targets, the worst deciding; empty: all that were seeded. assume : a sensitivity for a scenario.
    seed : None draws a new one. With results, the one of the plan. out : files for the points, by suffix.
    results : table with ``name`` and ``found`` for each square checked.

    Raises
    ------
    OutsideModel : no trial of the inspector's method, or no plan reaches the confidence. ValueRangeError, CaseError,
    NotFound, GeometryError : areas, numbers or results that cannot be used. NotPermitted : see `reports.files.spare`.
    """
    for path in out:
        spare(path)
    view = record.view(on=on, known=known)
    if not areas:
        raise ValueRangeError("A sample needs at least one area.", hint="Name it with --area.")
    if results is not None and seed is None:
        raise ValueRangeError("Results are judged against their plan.", hint="Give the --seed the plan was drawn with.")
    if not (unit > 0 and np.isfinite(unit)):
        raise ValueRangeError(f"A square has a side in metres above 0, not {unit}.")
    sensitivity, measured = _sensitivity(view, method, classes, assume)
    lots = _lots(view, areas, unit)
    drawn_from = secrets.randbelow(10**9) if seed is None else seed
    try:
        made = plan([len(c) for _, c, _ in lots], clean_share=clean_share, confidence=confidence, sensitivity=measured)
    except OutsideModel as error:
        hint = "Check with a better method, or name the classes that count as targets with --class."
        raise OutsideModel(f"{error.message} ({sensitivity.source})", hint=hint) from None
    points = _points(lots, made, drawn_from)
    title = f"Sample of {', '.join(name for name, _, _ in lots)}, seed {drawn_from}"
    for path in out:
        write_points(points, path, title=title)
    strata = tuple(Stratum(name, len(c), n) for (name, c, _), n in zip(lots, made.sample, strict=True))
    judged, missing = None, 0
    if results is not None:
        found = _results(results, points)
        strata = tuple(_checked(s, points, found) for s in strata)
        missing = sum(s.sample - (s.checked or 0) for s in strata)
        judged = verdict(
            [s.units for s in strata], [s.checked or 0 for s in strata], [s.found or 0 for s in strata],
            clean_share=clean_share, sensitivity=measured,
        )  # fmt: skip
    result = SampleReport(
        strata, unit, clean_share, confidence, made.confidence, sensitivity, drawn_from, tuple(points),
        tuple(map(str, out)), judged, missing,
    )  # fmt: skip
    parameters = {
        "areas": list(areas), "unit_m": unit, "clean_share": clean_share, "confidence": confidence, "method": method,
        "classes": list(classes), "assume": assume, "seed": drawn_from,
    }  # fmt: skip
    return Product(KIND, result, view, parameters)


def _sensitivity(
    view: View, method: str | None, classes: Sequence[str], assume: float | None
) -> tuple[Sensitivity, float | PoD]:
    if (method is None) == (assume is None):
        raise OutsideModel(
            "How often the inspector sees a target has no default.",
            hint="Name the inspector's --method, with a blind trial on record, or --assume a value for a scenario.",
        )
    if assume is not None:
        if not 0 < assume < 1:
            raise ValueRangeError(
                f"An assumed sensitivity lies between 0 and 1, not {assume:g}: nobody sees everything."
            )
        return Sensitivity(assume, None, "assumed, not measured", scenario=True), assume
    kind = SearchMethod.read(str(method))
    names = list(classes) or classes_of(t for t in trials(view) if t["method"] == kind.value) or ["any"]
    pods = evidenced(view, kind, names).pods
    worst = min(range(len(pods)), key=lambda i: pods[i].mean)
    pod = pods[worst]
    told = f"{kind.label}, blind trial, {names[worst]}: {pod.found} of {pod.seeded} seeds"
    return Sensitivity(pod.mean, pod.interval(), told, scenario=False), pod


Lot = tuple[str, NDArray[np.float64], int]
"""Name, centres (units, 2) in m, EPSG code."""


def _lots(view: View, areas: Sequence[str], unit: float) -> list[Lot]:
    """Whole squares of each area, on one grid; a square of several areas belongs to the first."""
    shapes = [named_area(view, a) for a in areas]
    middle = shapely.centroid(shapely.union_all([s for _, s in shapes]))
    epsg = utm_for(middle.x, middle.y)
    plane = [(name, geometry_from_wgs84(s, epsg)) for name, s in shapes]
    grid = GridSpec.around(tuple(shapely.total_bounds([s for _, s in plane])), unit, epsg=epsg)
    if grid.rows * grid.cols > MOST_UNITS:
        raise ValueRangeError(
            f"{grid.rows} x {grid.cols} squares of {unit:g} m are too many.", hint="Take larger ones."
        )
    taken = np.zeros(grid.shape, bool)
    lots = []
    for name, shape in plane:
        inside = _whole(shape, grid) & ~taken
        taken |= inside
        if not inside.any():
            raise GeometryError(f"{name} holds no whole square of {unit:g} m.", hint="Take smaller squares.")
        lots.append((name, unit_centres(inside, origin=(grid.west, grid.north), size=unit), epsg))
    return lots


def _whole(shape: BaseGeometry, grid: GridSpec) -> NDArray[np.bool_]:
    """Squares that lie wholly inside."""
    from tetrapylon.clear.contamination.footprint import cell_fractions

    return cell_fractions(shape, grid, Window(0, 0, *grid.shape)) > 1 - 1e-9


def _points(lots: Sequence[Lot], made: Plan, seed: int) -> list[Waypoint]:
    points = []
    for stratum, ((name, centres, epsg), count) in enumerate(zip(lots, made.sample, strict=True), 1):
        chosen = draw_units(len(centres), count, seed=seed + stratum - 1)
        lon, lat = to_wgs84(centres[chosen, 0], centres[chosen, 1], epsg)
        for number, x, y in zip(chosen.tolist(), lon.tolist(), lat.tolist(), strict=True):
            title = f"S{stratum}-{number + 1:06}"
            points.append(Waypoint(title, x, y, f"check the whole square ({name})", {"stratum": name, "found": ""}))
    return points


def _results(path: Path, points: Sequence[Waypoint]) -> Mapping[str, int]:
    """Targets found in each square checked, by name. CaseError names every row that is not of the plan."""
    sheet = one_sheet(path)
    column = columns_of(sheet, ("name", "found"))
    planned = {p.name for p in points}
    problems = Problems()
    found: dict[str, int] = {}
    for row, cells in sheet.records():
        if isinstance(cells, Bad):
            problems.bad(sheet.file, row, "", cells)
            continue
        name = str(cells[column["name"]]).strip()
        if not str(cells[column["found"]]).strip():
            continue  # not checked yet
        number = read_cell(sheet, row, cells, column["found"], integer, problems)
        if name not in planned:
            close = nearest(name, list(planned))
            problems.add(
                sheet.file, row, "name", name, "is no square of this plan: results of others are not counted.", close
            )
        elif name in found:
            problems.add(sheet.file, row, "name", name, "has a result already.")
        elif number is not None and number < 0:
            problems.add(sheet.file, row, "found", number, "is below 0.")
        elif number is not None:
            found[name] = number
    if problems.errors:
        raise CaseError(problems.listed())
    return found


def _checked(stratum: Stratum, points: Sequence[Waypoint], found: Mapping[str, int]) -> Stratum:
    here = [found[p.name] for p in points if p.columns["stratum"] == stratum.name and p.name in found]
    return Stratum(stratum.name, stratum.units, stratum.sample, len(here), sum(here))
