"""Signals of detectors that nobody has dug for yet, and ground swept without one, as factors on the fine modifier.

In a cell of area a, false alarms are Poisson with mean lambda a, and an item gives one signal with probability d. So n
signals there have the likelihood ratio

    P(n | item) / P(n | none) = (1 - d) + d n / (lambda a)

which has mean 1 where there is none, is 1 - d for silence, and near d / F for a signal in a small cell, F = lambda a.
Where a signal's position is not exact, n is the sum over signals of their chance to lie in the cell; that is the exact
ratio for Poisson clutter. Where only a share f of the cell was swept, silence speaks for that share alone.

What lowers the hazard is held back. Sweeps of one method miss the same items, so of several over one cell the one
counts that raises the hazard most. Of several methods only the one whose silence says most counts, since all miss the
hard classes (its share missed bounds the joint one from above). A cell with a signal is never lowered. Ground that a
search covered with the same method is not lowered again, and ground that another method searched only by the class of
item that this one detects least, since what was easy has been taken out.

Derivation: an item adds one signal with probability d to Poisson false alarms, so P(n | item) = (1 - d) Pois(n) +
d Pois(n - 1), and Pois(n - 1) / Pois(n) = n / (lambda a). The rules that hold back are ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import special

from tetrapylon.clear.contamination.footprint import REACH, cell_fractions
from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

Floats = NDArray[np.float64]
EXACT = 1e-6
"""A standard deviation below this share of a cell is none."""


@dataclass(frozen=True)
class Sweep:
    """One sweep of ground with one method and instrument.

    Parameters
    ----------
    lineage : method; sweeps of one lineage miss the same items.
    silent : ground (m, CRS of the grid) where silence counts in full. twice : ground where another method searched too.
    coverage : share of the ground swept, 0 to 1.
    detection : probability of detection over all classes of item. least : of the class it detects least.
    false_alarms : per m2, above 0.
    signals : (n, 2) x, y of signals not investigated, m. accuracies : (n,) standard deviations of their positions, m.
    """

    lineage: str
    silent: shapely.Geometry
    twice: shapely.Geometry
    coverage: float
    detection: float
    least: float
    false_alarms: float
    signals: Floats
    accuracies: Floats

    def __post_init__(self) -> None:
        if not (0 <= self.coverage <= 1 and 0 <= self.least <= self.detection < 1):
            raise ValueRangeError(f"{self.lineage}: coverage and detection are shares, and detection is never certain.")
        if not (self.false_alarms > 0 and math.isfinite(self.false_alarms)):
            raise ValueRangeError(f"{self.lineage}: the rate of false alarms is a number per m2, above 0.")
        if self.signals.shape != (len(self.accuracies), 2) or not np.all(np.isfinite(self.signals)):
            raise ValueRangeError(f"{self.lineage}: every signal needs a finite x and y, and an accuracy.")
        if not np.all((self.accuracies >= 0) & np.isfinite(self.accuracies)):
            raise ValueRangeError(f"{self.lineage}: the accuracy of a position is a finite distance in metres.")


def log_factor(
    sweeps: Sequence[Sweep], grid: GridSpec, window: Window, *, weight: float = 1.0, raising: bool = True
) -> Floats:
    """Natural log (rows, cols) of the factor of all sweeps on the modifier; 0 where nothing was swept.

    Parameters
    ----------
    weight : 0 to 1; below 1 where sweeps and other evidence depend on each other.
    raising : False leaves out what signals raise. Searched ground must be reduced without it: a signal raises what is
        expected in its own cell, and finding nothing there would else lower the ground next door.

    The order of the sweeps and of their signals, and the division into windows, change nothing.
    """
    if not 0 <= weight <= 1:
        raise ValueRangeError("The weight of evidence lies in 0 to 1.")
    raised = np.zeros((window.rows, window.cols))
    lowered = np.zeros(raised.shape)
    for lineage in sorted({s.lineage for s in sweeps}):
        best = np.full(raised.shape, -np.inf)
        for sweep in sweeps:
            if sweep.lineage == lineage:
                best = np.maximum(best, _one(sweep, grid, window))
        best = np.where(np.isneginf(best), 0.0, best)
        raised += np.maximum(best, 0.0)
        lowered = np.minimum(lowered, best)
    total = np.where(raised > 0, raised if raising else 0.0, lowered)
    return np.asarray(weight * total)


def _one(sweep: Sweep, grid: GridSpec, window: Window) -> Floats:
    """Log ratio (rows, cols) of one sweep, minus infinity in the cells it says nothing about."""
    silent = cell_fractions(sweep.silent, grid, window)
    twice = cell_fractions(sweep.twice, grid, window)
    heard = signal_counts(sweep.signals, sweep.accuracies, grid, window)
    quiet = np.maximum(1.0 - heard, 0.0)
    lowered = quiet * sweep.coverage * (silent * sweep.detection + twice * sweep.least)
    raised = sweep.detection * heard / (sweep.false_alarms * grid.cell_m**2)
    told = (lowered > 0) | (heard > 0)
    return np.where(told, np.log1p(raised - lowered), -np.inf)


def signal_counts(signals: Floats, accuracies: Floats, grid: GridSpec, window: Window) -> Floats:
    """Expected number (rows, cols) of signals whose true position lies in each cell.

    Positions have a round normal error, cut off at `footprint.REACH` standard deviations; each cell is computed alike
    whatever the window.
    """
    out = np.zeros((window.rows, window.cols))
    west, north = grid.west, grid.north
    order = np.lexsort((accuracies, signals[:, 1], signals[:, 0]))
    for (x, y), sd in zip(signals[order], accuracies[order], strict=True):
        col, row = (x - west) / grid.cell_m, (north - y) / grid.cell_m
        exact = sd < EXACT * grid.cell_m
        reach = 0 if exact else math.ceil(REACH * sd / grid.cell_m)
        first_row, first_col = max(math.floor(row) - reach, window.row), max(math.floor(col) - reach, window.col)
        last_row = min(math.floor(row) + reach + 1, window.row + window.rows)
        last_col = min(math.floor(col) + reach + 1, window.col + window.cols)
        if first_row >= last_row or first_col >= last_col:
            continue
        here = Window(first_row, first_col, last_row - first_row, last_col - first_col).within(window).slices
        if exact:
            out[here] += 1.0
        else:
            down = special.ndtr((np.arange(first_row, last_row + 1) - row) * grid.cell_m / sd)
            along = special.ndtr((np.arange(first_col, last_col + 1) - col) * grid.cell_m / sd)
            out[here] += np.outer(np.diff(down), np.diff(along))
    return out
