"""Evidence on where items may lie, as likelihood ratios on the fine modifier m of the field.

Evidence e in favour of a hazard H multiplies the intensity within its footprint by (P(e|H) / P(e|not H))^w, since the
log-odds of a cell are close to its log intensity while it is small. Where the position is not exact, the factor is its
mean over the possible positions, 1 + (ratio^w - 1) c, with c the chance that the footprint covers the cell.

One update for each lineage: a report retold by four agencies counts once, as what is most on the side of danger.
Discounts w <= 1 stand for dependence between sources. Order never matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import special

from tetrapylon.clear.contamination.footprint import REACH, blurred_fractions, check_inside
from tetrapylon.errors import OutsideModel, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence.

    Parameters
    ----------
    lineage : what it goes back to; evidence of one lineage counts once.
    footprint : polygon, m in the CRS of the grid; for a point or line its surroundings that the evidence speaks of.
    accuracy : standard deviation of its position, m.
    log_ratio : ln P(e|H) / P(e|not H).
    weight : 0 to 1.
    """

    lineage: str
    footprint: shapely.Geometry
    accuracy: float
    log_ratio: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.log_ratio) or not 0 <= self.weight <= 1:
            raise ValueRangeError(f"{self.lineage}: a likelihood ratio must be finite, and its weight lie in 0 to 1.")
        if not (self.accuracy >= 0 and math.isfinite(self.accuracy)):
            raise ValueRangeError(f"{self.lineage}: the accuracy of a position is a finite distance in metres.")

    @property
    def strength(self) -> float:
        return self.weight * self.log_ratio


def one_per_lineage(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence that counts: of each lineage what raises the hazard most, then the better located; sorted."""
    best: dict[str, Evidence] = {}
    for e in evidence:
        kept = best.get(e.lineage)
        if kept is None or _rank(e) < _rank(kept):
            best[e.lineage] = e
    return tuple(best[name] for name in sorted(best))


def log_modifier(evidence: Sequence[Evidence], grid: GridSpec, window: Window) -> Floats:
    """Natural log (rows, cols) of the modifier m in a window of the grid; zero where no evidence reaches.

    The order of the evidence and the division into windows change nothing, not even the last bit.

    Raises
    ------
    GeometryError : a footprint that is invalid, empty, or outside the site by more than its position may be off.
    """
    counted = one_per_lineage(evidence)
    check_inside([e.footprint for e in counted], grid, "Evidence", reach=[REACH * e.accuracy for e in counted])
    total = np.zeros((window.rows, window.cols))
    for e in counted:
        part = _reached(e, grid, window)
        if part is not None:
            chance = blurred_fractions(e.footprint, e.accuracy, grid, part)
            total[part.within(window).slices] += np.log1p(np.expm1(e.strength) * np.clip(chance, 0, 1))
    return total


def shrunken_ratios(
    elicited: ArrayLike, grade: ArrayLike, outcome: ArrayLike, *, base_rate: float, sd: float = 1.0
) -> Floats:
    """Log likelihood ratios (grades,) by grade of source, re-estimated from outcomes and shrunken to what was elicited.

    Maximum of the logistic posterior: logit P(outcome) = logit(base rate) + r[grade], r ~ N(elicited, sd^2).

    Parameters
    ----------
    elicited : (grades,) log ratios judged by people, shown as such. grade : (n,) index of the grade of each report.
    outcome : (n,) bool, whether a hazard was found where the report said. base_rate : share of hazards without reports.
    """
    r0 = np.asarray(elicited, float)
    index, y = np.asarray(grade, int), np.asarray(outcome, float)
    if not 0 < base_rate < 1 or not sd > 0:
        raise ValueRangeError("The base rate must lie between 0 and 1, and the standard deviation be positive.")
    if index.shape != y.shape or (index.size and not 0 <= index.min() <= index.max() < r0.size):
        raise ValueRangeError("Every report needs one grade on the scale and one outcome.")
    n = np.bincount(index, minlength=r0.size)
    hits = np.bincount(index, y, r0.size)
    base = special.logit(base_rate)
    r = r0.copy()
    for _ in range(100):
        p = special.expit(base + r)
        step = (hits - n * p - (r - r0) / sd**2) / (n * p * (1 - p) + 1 / sd**2)
        r += np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            return r
    raise OutsideModel("The likelihood ratios do not converge.")


def _rank(e: Evidence) -> tuple[float, float, bytes]:
    return (-e.strength, e.accuracy, shapely.to_wkb(e.footprint))


def _reached(e: Evidence, grid: GridSpec, window: Window) -> Window | None:
    """The part of a window that a footprint may reach, or None."""
    reach = REACH * e.accuracy + grid.cell_m
    west, south, east, north = e.footprint.bounds
    top, bottom = ((grid.north - y) / grid.cell_m for y in (north + reach, south - reach))
    left, right = ((x - grid.west) / grid.cell_m for x in (west - reach, east + reach))
    row, col = max(math.floor(top), window.row), max(math.floor(left), window.col)
    rows = min(math.ceil(bottom), window.row + window.rows) - row
    cols = min(math.ceil(right), window.col + window.cols) - col
    return Window(row, col, rows, cols) if rows > 0 and cols > 0 else None
