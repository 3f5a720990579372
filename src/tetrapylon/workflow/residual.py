"""Items left in a polygon after searching, with an interval; only from measured probabilities of detection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.clear.contamination.field import left_by_block, mix, reduce_exposure
from tetrapylon.clear.contamination.footprint import cell_fractions
from tetrapylon.clear.residual import ItemsLeft, from_draws
from tetrapylon.clear.search import Search, unfound, unfound_draw
from tetrapylon.errors import GeometryError, OutsideModel
from tetrapylon.geo.crs import geometry_from_wgs84
from tetrapylon.geo.measure import area
from tetrapylon.record.record import Record
from tetrapylon.tiling import MemoryArray
from tetrapylon.workflow.frame import Frame, frame
from tetrapylon.workflow.ground import ground_record, named_area
from tetrapylon.workflow.prior import read_prior
from tetrapylon.workflow.product import Product

KIND = "clear residual"
POD_DRAWS = 16
FIELD_DRAWS = 50
MOST_CELLS = 4_000_000
"""Cells a polygon and its surroundings may have: the field is inferred once for each draw of the PoD."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Naive:
    """The product (1 - mean PoD)^passes over the searched part, shown only beside what is really left.

    left, naive : shares of the items unfound in the searched part of the polygon, by the model and by the product.
    """

    left: float
    naive: float

    @property
    def understated_by(self) -> float:
        """How many times more is left than the product claims."""
        return self.left / self.naive if self.naive > 0 else float("inf")


@dataclass(frozen=True)
class ResidualReport:
    """Items left in a polygon.

    Parameters
    ----------
    area_m2 : on the ellipsoid. searched : share of it covered by some search. finds : items found in it by searches.
    left : expected items with interval, items as whole numbers, probability that none is left.
    before : items expected there before any search, from the same posterior.
    naive : None where nothing was searched. legend : goes wherever the figure goes.
    pod_draws, cell_m : how it was computed.
    """

    label: str
    area_m2: float
    searched: float
    finds: int
    left: ItemsLeft
    before: float
    naive: Naive | None
    scenario: bool
    legend: str
    left_out: tuple[str, ...]
    pod_draws: int
    cell_m: float


def residual_report(
    record: Record, polygon: str, *, prior: Path, cell: float | None = None, level: float = 0.9, seed: int = 0,
    on: str | None = None, known: str | None = None,
) -> Product[ResidualReport]:  # fmt: skip
    """Items left in a polygon: a hazard area, place or site on record, or the polygons of a file.

    The uncertainty of every probability of detection is drawn jointly, each draw weighed by how well it explains the
    finds; the field is drawn from its posterior under each.

    Raises
    ------
    OutsideModel : no located outcome, a prior from elsewhere, or a search in reach without an evidenced PoD.
    NotFound, CaseError, GeometryError : the polygon, the prior or the evidence cannot be used.
    """
    view = record.view(on=on, known=known)
    ground = ground_record(view)
    chosen = read_prior(prior)
    chosen.on(ground.ground())  # first of all: may there be a figure?
    label, shape = named_area(view, polygon)
    made = frame(view, ground, chosen, area=shape, cell_m=cell, around_m=2 * chosen.range_m, every_search=True)
    if made.grid.rows * made.grid.cols > MOST_CELLS:
        raise OutsideModel(
            f"{label} and its surroundings are {made.grid.rows} x {made.grid.cols} cells of {made.grid.cell_m:g} m.",
            hint="Ask for larger cells (--cell) or a smaller polygon.",
        )
    outline = geometry_from_wgs84(shape, made.grid.epsg)
    inside = cell_fractions(outline, made.grid, made.grid.window)
    if not inside.any():
        raise GeometryError("The polygon is smaller than can be seen on the grid.", hint="Ask for smaller cells.")
    ground_searched = _Searched(made)
    draws, weights, before = _draws(made, ground_searched, inside, seed)
    left = from_draws(draws, basis=made.prior.basis, weights=weights, level=level)
    searched = outline.intersection(shapely.union_all(list(made.searched))).area / outline.area
    finds = int(shapely.contains_xy(outline, made.finds[:, 0], made.finds[:, 1]).sum()) if len(made.finds) else 0
    naive = ground_searched.naive(inside)
    result = ResidualReport(
        label=label, area_m2=area(shape), searched=searched, finds=finds, left=left, before=before,
        naive=naive, scenario=left.scenario, legend=_legend(left), left_out=made.left_out, pod_draws=POD_DRAWS,
        cell_m=made.grid.cell_m,
    )  # fmt: skip
    parameters = {"polygon": polygon, "prior": chosen.name, "prior_sha256": chosen.sha256, "seed": seed, "level": level}
    return Product(KIND, result, view, parameters)


class _Searched:
    """The searched ground of a frame in memory: cells of equal coverage by every pass are worked out once."""

    def __init__(self, made: Frame) -> None:
        self.made = made
        source = made.unfound()
        parts = [source.coverage(layer, made.grid.window) for layer in made.layers]
        stack = (
            np.concatenate([p.reshape(len(p), -1) for p in parts])
            if parts
            else np.zeros((0, made.grid.rows * made.grid.cols))
        )
        self.covered = stack.any(axis=0).reshape(made.grid.shape) if parts else np.zeros(made.grid.shape, bool)
        kinds, self.kind = np.unique(stack[:, self.covered.ravel()], axis=1, return_inverse=True)
        ends = np.cumsum([len(p) for p in parts])[:-1]
        self.searches = [
            Search(layer.method, coverage) for layer, coverage in zip(made.layers, np.split(kinds, ends), strict=True)
        ] if parts else []  # fmt: skip

    def spread(self, values: Floats) -> Floats:
        """A value of each kind of covered cell on the grid, 1 elsewhere."""
        out = np.ones(self.made.grid.shape)
        out[self.covered] = values[self.kind.ravel()]
        return out

    def drawn(self, rng: np.random.Generator) -> Floats:
        """Share unfound on the grid for one joint draw of every PoD."""
        if not self.searches:
            return np.ones(self.made.grid.shape)
        return self.spread(unfound_draw(self.made.classes, self.searches, rng).share)

    def naive(self, inside: Floats) -> Naive | None:
        """The naive product over the searched part of a polygon beside the share unfound there."""
        total = inside[self.covered].sum()
        if not total:
            return None
        weight = inside[self.covered] / total
        passes = np.ones(self.searches[0].coverage.shape[1:])
        for search in self.searches:
            mean = float(np.dot(self.made.classes.shares, [p.mean for p in search.method.pod]))
            passes *= np.prod(1 - mean * search.coverage, axis=0)
        real = unfound(self.made.classes, self.searches).share
        at = self.kind.ravel()
        return Naive(float(weight @ real[at]), float(weight @ passes[at]))


def _draws(made: Frame, searched: _Searched, inside: Floats, seed: int) -> tuple[Floats, Floats, float]:
    """Draws of the expected items left, their weights, and the mean expected before any search."""
    grid, block, rng = made.grid, made.block, np.random.default_rng(seed)
    modifier, polygon = MemoryArray(made.modifier.read(grid.window)), MemoryArray(inside)
    searching = MemoryArray(made.searching.read(grid.window))
    whole = left_by_block(grid, modifier, MemoryArray(np.ones(grid.shape)), polygon, block=block)
    fields, draws, before = [], [], []
    for _ in range(POD_DRAWS if searched.searches else 1):
        unfound_here = MemoryArray(searched.drawn(rng))
        field = made.field(reduce_exposure(grid, searching, unfound_here, block=block))
        left = left_by_block(grid, modifier, unfound_here, polygon, block=block)
        count = FIELD_DRAWS if searched.searches else 4 * FIELD_DRAWS
        intensity = np.exp(field.draws(count, rng)).reshape(count, -1)
        fields.append(field)
        draws.append(intensity @ left.ravel())
        before.append(float((intensity @ whole.ravel()).mean()))
    each = mix(fields)
    weights = np.repeat(each / [len(d) for d in draws], [len(d) for d in draws])
    return np.concatenate(draws), weights, float(each @ before)


def _legend(left: ItemsLeft) -> str:
    mark = "Scenario on simulated ground. " if left.scenario else ""
    return mark + "Evidence for a human decision: the figure changes no gate and releases nothing."
