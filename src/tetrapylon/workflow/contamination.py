"""The contamination map of a view: a raster where the model holds, else the extents of the reports and no number.

A prediction ranks ground for survey. It changes no gate and releases nothing.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import mapping

from tetrapylon import __version__
from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.clear.contamination.field import write_field
from tetrapylon.clear.search import miss, naive_error
from tetrapylon.clear.validity import Basis, PriorSource
from tetrapylon.errors import NotFound, OutsideModel
from tetrapylon.formats.raster import Band, write_cog
from tetrapylon.geo.grid import Window
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.reports.files import spare
from tetrapylon.tiling import FileArray
from tetrapylon.workflow.field_map import KIND, UNITS, FieldMap, opened_map
from tetrapylon.workflow.frame import Frame, frame
from tetrapylon.workflow.ground import Extent, GroundRecord, ground_record, named_area
from tetrapylon.workflow.prior import PriorFile, read_prior
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.trial import trials

NEEDED = (
    "positions of items found, or searched ground with its result, on this ground",
    "a prior learnt from located outcomes in the same country",
    "a blind trial with seeded items for each search method used",
)
"""What a figure would take."""
FOREIGN = "Rates of contamination differ between countries by orders of magnitude: a prior from another is not used."
Report = Callable[[str, int, int], None]
"""Progress: what is being done, how many parts are finished, how many there are."""


@dataclass(frozen=True)
class SearchScenario:
    """What searching would leave of what is there, under assumed probabilities of detection: a scenario, no finding.

    ``left`` : share left after each number of passes from 1. ``naive`` : what (1 - mean PoD)^passes would claim.
    """

    name: str
    assumed: tuple[tuple[str, float, float], ...]
    left: tuple[float, ...]
    naive: tuple[float, ...]


@dataclass(frozen=True)
class Used:
    """How much evidence went in."""

    searches: int
    finds: int
    hits: int
    reports: int
    sweeps: int
    signals: int
    trials: int


@dataclass(frozen=True)
class ContaminationMap:
    """The map, or why there is none; always the extents of the reports with their accuracy.

    Parameters
    ----------
    field : None where the model does not hold; then ``refused`` says why and ``needed`` what a figure would take.
    extents_file : where the extents were written instead of a map.
    left_out : what is on record and could not be used, each with its reason.
    """

    label: str
    field: FieldMap | None
    refused: str | None
    needed: tuple[str, ...]
    extents: tuple[Extent, ...]
    extents_file: str | None
    scenarios: tuple[SearchScenario, ...]
    used: Used | None
    left_out: tuple[str, ...]


def contamination_map(
    record: Record, *, out: Path | None = None, prior: Path | None = None, area: str | None = None,
    cell: float | None = None, modifier: Path | None = None, terrain: Path | None = None, on: str | None = None,
    known: str | None = None, progress: Report | None = None,
) -> Product[ContaminationMap]:  # fmt: skip
    """Map of the contamination of a view's ground.

    Parameters
    ----------
    out : GeoTIFF to write; work in progress lies beside it, and the same call goes on where it was stopped.
    prior : TOML file (`workflow.prior`). area : named area, or a file with polygons. cell : side of a cell, m.
    modifier : raster of the natural log of a modifier of one's own. terrain : raster of classes that the prior has
        ratios for.

    Raises
    ------
    OutsideModel : the ground has located outcomes, but there is no prior, or no country to judge it by.
    CaseError, GeometryError, ValueRangeError : a prior, evidence or raster that cannot be used; see `workflow.frame`.
    NotPermitted : see `reports.files.spare`.
    """
    if out is not None:
        spare(out)
    view = record.view(on=on, known=known)
    ground = ground_record(view)
    parameters = {"out": str(out) if out else None, "area": area, "cell_m": cell}
    chosen = read_prior(prior) if prior else None
    refused = why_outside(ground, chosen)
    if refused is not None:
        beside = None
        if out is not None:
            beside = out.with_suffix(".geojson")
            write_extents(ground.extents, beside, note=refused)
        result = ContaminationMap(
            ground.label, None, refused, NEEDED, ground.extents, str(beside) if beside else None, search_scenarios(),
            None, ground.left_out,
        )  # fmt: skip
        return Product(KIND, result, view, parameters)
    if chosen is None:
        raise OutsideModel("A map needs a prior; there is none by default.", hint="Name a file with --prior.")
    if out is None:
        raise NotFound("A map needs a file to go to.", hint="Name it with --out map.tif.")
    shape = named_area(view, area)[1] if area else None
    made = frame(view, ground, chosen, area=shape, cell_m=cell, raster=modifier, terrain=terrain)
    rasters = {"modifier": str(modifier or ""), "terrain": str(terrain or "")}
    field, exact = _write(made, view, chosen, out, progress, rasters)
    used = Used(
        sum(len(p) for layer in made.layers for p in layer.passes), len(made.finds), len(made.hits),
        len(made.modifier.evidence), len(made.modifier.sweeps), sum(len(s.signals) for s in made.modifier.sweeps),
        len(trials(view)),
    )  # fmt: skip
    result = ContaminationMap(ground.label, field, None, (), ground.extents, None, (), used, made.left_out)
    return Product(KIND, result, view, parameters | exact)


def why_outside(ground: GroundRecord, prior: PriorFile | None) -> str | None:
    """Why no figure can be given for this ground, under this prior where there is one; None where one can."""
    try:
        here = ground.ground()
        if prior is None:
            Basis(PriorSource("one of this country", here.country, 1), here)
        else:
            prior.on(here)
    except OutsideModel as error:
        reasons = [error.message]
        if prior is not None and prior.name not in error.message:
            reasons.append(f"The prior '{prior.name}' was learnt in {prior.country or 'a simulation'}.")
        return " ".join([*reasons, FOREIGN])
    return None


def search_scenarios() -> tuple[SearchScenario, ...]:
    """Shares left after one to three passes under assumed detection, for ground where nothing was measured."""
    return tuple(_scenario(name, assumed) for name, assumed in _ASSUMED)


def write_extents(extents: Sequence[Extent], path: Path, *, note: str) -> None:
    """Extents of reports with their accuracy as GeoJSON; those without a place have no geometry.

    The accuracy is that of the position; how far around it a hazard reaches is never stated, and so null.
    """
    features = []
    for e in extents:
        outline = e.outline
        properties = {
            "report": e.name, "date": e.date, "kind": e.kind, "text": e.text, "shown_by": e.shown_by,
            "accuracy_m": e.accuracy_m, "reach_of_hazard_m": None, "probability": None, "note": note,
        }  # fmt: skip
        geometry = None if outline is None else mapping(outline)
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    draft = path.with_name(path.name + ".part")
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    draft.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")
    draft.replace(path)


_ASSUMED = (
    (
        "three classes, the example of the method page",
        (("metal-rich", 0.80, 0.98), ("minimum-metal", 0.15, 0.70), ("too deep", 0.05, 0.20)),
    ),
    ("one class, mean of trained novices in the ITEP trials of 2003", (("all items", 1.0, 0.70),)),
)


def _scenario(name: str, assumed: tuple[tuple[str, float, float], ...]) -> SearchScenario:
    shares, pods = [s for _, s, _ in assumed], [d for _, _, d in assumed]
    passes = (1, 2, 3)
    left = tuple(float(np.dot(shares, miss(pods, np.ones(k), correlation=0.0))) for k in passes)
    return SearchScenario(name, assumed, left, tuple(naive_error(shares, pods, k).naive for k in passes))


def _write(
    made: Frame, view: View, prior: PriorFile, out: Path, progress: Report | None, rasters: dict[str, str]
) -> tuple[FieldMap, dict[str, object]]:
    """Compute the map in a file beside ``out``, tile by tile, then write it out; ``out`` is replaced at the end."""

    def tell(what: str) -> Callable[[int, int], None] | None:
        return None if progress is None else (lambda done, total: progress(what, done, total))

    exact: dict[str, object] = {
        "grid": [made.grid.epsg, made.grid.west, made.grid.north, made.grid.cell_m, *made.grid.shape],
        "block": made.block, "prior": prior.name, "prior_sha256": prior.sha256, **rasters,
    }  # fmt: skip
    key = sha256(json.dumps([exact, view.digest(), __version__, made.left_out], sort_keys=True).encode()).hexdigest()
    work = out.with_name(out.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    bands = _resumable(work, key, (len(BANDS), *made.grid.shape))
    exposure = made.exposure(progress=tell("exposure"))
    field = made.mosaic(exposure)
    write_field(field, made.modifier, made.unfound(), made.evidence, bands, chunk=512, resume=key, progress=tell("map"))

    def read(window: Window) -> NDArray[np.float32]:
        values = bands.read(window)
        return np.where(np.isfinite(values), values, np.float32(math.nan))

    legend = f"{field.legend} Computed from claims of tier {view.highest_tier.value}: share it as such."
    tags = {
        "LEGEND": legend, "TIFFTAG_IMAGEDESCRIPTION": legend, "TIFFTAG_SOFTWARE": f"tetrapylon {__version__}",
        "REACH_M": f"{field.prior.reach:g}", "SCENARIO": "yes" if field.prior.basis.scenario else "no",
        "PRIOR": prior.name, "TIER": view.highest_tier.value, "VIEW": json.dumps(view.arguments()),
        "INPUTS_DIGEST": view.digest(),
    }  # fmt: skip
    total = sum(float(bands.read(w)[0].sum(dtype=np.float64)) for w in _strips(made))
    write_cog(
        out, made.grid, [Band(n, u) for n, u in zip(BANDS, UNITS, strict=True)], read,
        tags=tags | {"EXPECTED": f"{total:.9g}"}, progress=tell("file"),
    )  # fmt: skip
    shutil.rmtree(work)
    return opened_map(out), exact


def _strips(made: Frame) -> list[Window]:
    grid, step = made.grid, 512
    return [Window(row, 0, min(step, grid.rows - row), grid.cols) for row in range(0, grid.rows, step)]


def _resumable(work: Path, key: str, shape: tuple[int, int, int]) -> FileArray:
    """The file of the bands: the one of an interrupted run of the same work, else a new one."""
    told, path = work / "work", work / "bands.npy"
    if path.exists() and told.exists() and told.read_text() == key:
        return FileArray.open(path)
    bands = FileArray.create(path, shape, np.float32)
    told.write_text(key)
    return bands
