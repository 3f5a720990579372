"""A record's evidence as rasters that are never stored: a tile is computed when it is read, alike in every tiling."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.contamination import evidence, patterns, signals
from tetrapylon.clear.contamination.footprint import cell_fractions
from tetrapylon.clear.contamination.kernels import add_evidence
from tetrapylon.clear.search import Classes, Method, Search, unfound
from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

Floats = NDArray[np.float64]
Lane = tuple[BaseGeometry, float]
"""Polygon of a search (m, CRS of the grid) and the share of it that each pass covers."""


@dataclass(frozen=True)
class Layers:
    """Passes of one method: in each, lanes that do not overlap."""

    method: Method
    passes: tuple[tuple[Lane, ...], ...]


def layered(method: Method, lanes: Sequence[tuple[BaseGeometry, float, int]]) -> Layers:
    """Arrange searches (polygon, coverage, passes) into as few passes as their overlaps allow, in the order given."""
    passes: list[list[Lane]] = []
    for shape, coverage, times in lanes:
        free = (p for p in range(len(passes) + times) if p >= len(passes) or not _overlaps(shape, passes[p]))
        for p in [next(free) for _ in range(times)]:
            while len(passes) <= p:
                passes.append([])
            passes[p].append((shape, coverage))
    return Layers(method, tuple(map(tuple, passes)))


def _overlaps(shape: BaseGeometry, lanes: Sequence[Lane]) -> bool:
    return any(shape.intersects(other) and shape.intersection(other).area > 0 for other, _ in lanes)


@dataclass(frozen=True)
class UnfoundSource:
    """Share of items left unfound by the searches, the uncertainty of every PoD integrated; 1 where none searched."""

    grid: GridSpec
    classes: Classes
    layers: tuple[Layers, ...]

    def read(self, window: Window) -> Floats:
        out = np.ones((window.rows, window.cols))
        coverages = [self.coverage(layer, window) for layer in self.layers]
        covered = np.any([c.any(axis=0) for c in coverages], axis=0) if coverages else np.zeros(out.shape, bool)
        if covered.any():
            searches = [Search(layer.method, c[:, covered]) for layer, c in zip(self.layers, coverages, strict=True)]
            out[covered] = unfound(self.classes, searches).share
        return out

    def coverage(self, layer: Layers, window: Window) -> Floats:
        """Coverage (passes, rows, cols) of a window by each pass of a method."""
        out = np.zeros((len(layer.passes), window.rows, window.cols))
        box = window_box(self.grid, window)
        for total, lanes in zip(out, layer.passes, strict=True):
            for shape, share in lanes:
                if shape.intersects(box):
                    total += share * cell_fractions(shape, self.grid, window)
        return np.minimum(out, 1.0)


@dataclass(frozen=True)
class Terrain:
    """Classes of terrain: a raster of whole codes from 0 to 255, and the likelihood ratio of each code in it."""

    path: Path
    ratios: Mapping[int, float]

    def added(self, log_modifier: Floats, grid: GridSpec, window: Window) -> Floats:
        """The log modifier (rows, cols) with the log ratio of each cell's class added, in single precision.

        Raises
        ------
        ValueRangeError : a code without a ratio, or no whole number from 0 to 255; named with its place.
        GeometryError : see `on_grid`.
        """
        codes = on_grid(self.path, grid, window, hint="Fill it there with a class that the prior has a ratio for.")
        known = np.isin(codes, list(self.ratios))
        if not known.all():
            row, col = np.argwhere(~known)[0]
            x, y = grid.centre(window.row + row, window.col + col)
            raise ValueRangeError(
                f"{self.path.name}: class {codes[row, col]:g} at {float(x):.0f}, {float(y):.0f} (EPSG:{grid.epsg}) has "
                "no likelihood ratio in the prior.",
                hint="Give it one under [terrain]; 1 changes nothing.",
            )
        table = np.zeros(256, np.float32)
        table[list(self.ratios)] = np.log(list(self.ratios.values()))
        single = np.ascontiguousarray(log_modifier, np.float32)
        return np.asarray(add_evidence(single, codes.astype(np.uint8), table), float)


@dataclass(frozen=True)
class ModifierSource:
    """Natural log of the fine modifier: reports, detector sweeps, belts of finds, a raster of one's own, terrain.

    sweep_weight : below 1 where sweeps depend on other evidence. terrain : raster of codes and the log ratio of each.
    raising : False for the reduction of searched ground, see `signals.log_factor`.
    """

    grid: GridSpec
    evidence: tuple[evidence.Evidence, ...]
    sweeps: tuple[signals.Sweep, ...] = ()
    sweep_weight: float = 1.0
    belts: patterns.Patterns | None = None
    base: float = 1.0
    raster: Path | None = None
    terrain: Terrain | None = None
    raising: bool = True

    def read(self, window: Window) -> Floats:
        total = evidence.log_modifier(self.evidence, self.grid, window)
        if self.sweeps:
            total = total + signals.log_factor(
                self.sweeps, self.grid, window, weight=self.sweep_weight, raising=self.raising
            )
        if self.belts is not None:
            row, col = np.mgrid[window.row : window.row + window.rows, window.col : window.col + window.cols]
            x, y = self.grid.centre(row, col)
            points = np.column_stack([x.ravel(), y.ravel()])
            total = total + patterns.log_modifier(self.belts, points, base=self.base).reshape(total.shape)
        if self.raster is not None:
            total = total + on_grid(self.raster, self.grid, window)
        return total if self.terrain is None else self.terrain.added(total, self.grid, window)


@dataclass(frozen=True)
class EvidenceSource:
    """1 in cells that were searched, hold a find, or lie in the footprint of a report; 0 elsewhere."""

    grid: GridSpec
    searched: tuple[BaseGeometry, ...]
    points: Floats
    footprints: tuple[tuple[BaseGeometry, float], ...]

    def read(self, window: Window) -> NDArray[np.uint8]:
        out = np.zeros((window.rows, window.cols), np.uint8)
        box = window_box(self.grid, window)
        for shape, accuracy in [*((s, 0.0) for s in self.searched), *self.footprints]:
            wide = shape.buffer(2 * accuracy) if accuracy > 0 else shape  # two deviations: 95 % in one direction
            if wide.intersects(box):
                out[cell_fractions(wide, self.grid, window) > 0] = 1
        row, col = self.grid.index(self.points[:, 0], self.points[:, 1])
        row, col = row - window.row, col - window.col
        inside = (row >= 0) & (row < window.rows) & (col >= 0) & (col < window.cols)
        out[row[inside], col[inside]] = 1
        return out


def on_grid(path: Path, grid: GridSpec, window: Window, *, hint: str = "Fill it there: 0 changes nothing.") -> Floats:
    """The first band of a raster on the cells of a grid, by nearest cell.

    Raises
    ------
    GeometryError : another CRS than the grid, or cells of the grid outside the raster. ValueRangeError : NaN in it.
    """
    from tetrapylon.formats.raster import Raster

    raster = Raster.open(path)
    if raster.grid.epsg != grid.epsg:
        raise GeometryError(
            f"{path.name} is in EPSG:{raster.grid.epsg}, the site in EPSG:{grid.epsg}.",
            hint=f"Convert it: gdalwarp -t_srs EPSG:{grid.epsg} {path.name} converted.tif.",
        )
    row, col = np.mgrid[window.row : window.row + window.rows, window.col : window.col + window.cols]
    rows, cols = raster.grid.index(*grid.centre(row, col))
    if rows.min() < 0:
        west, south, east, north = raster.grid.bounds
        raise GeometryError(
            f"{path.name} ({west:.0f} to {east:.0f}, {south:.0f} to {north:.0f} m) does not cover the site "
            f"({', '.join(f'{b:.0f}' for b in grid.bounds)} m)."
        )
    first_row, first_col = int(rows.min()), int(cols.min())
    part = Window(first_row, first_col, int(rows.max()) - first_row + 1, int(cols.max()) - first_col + 1)
    values = raster.read(part)[0][rows - first_row, cols - first_col]
    if not np.all(np.isfinite(values)):
        at_row, at_col = np.argwhere(~np.isfinite(values))[0]
        x, y = grid.centre(window.row + at_row, window.col + at_col)
        raise ValueRangeError(
            f"{path.name} holds no number at {float(x):.0f}, {float(y):.0f} (EPSG:{grid.epsg}).",
            hint=hint,
        )
    return np.asarray(values, float)


def window_box(grid: GridSpec, window: Window) -> BaseGeometry:
    """The rectangle of a window, m."""
    west, north = grid.west + window.col * grid.cell_m, grid.north - window.row * grid.cell_m
    return shapely.box(west, north - window.rows * grid.cell_m, west + window.cols * grid.cell_m, north)


def fine_cell(range_m: float) -> float:
    """Side of a cell, m: about a fortieth of the range of the field, rounded down to 1, 2 or 5 times a power of ten."""
    wanted = max(range_m / 40, 0.1)
    power = 10.0 ** math.floor(math.log10(wanted))
    return power * max(f for f in (1, 2, 5) if f * power <= wanted * (1 + 1e-9))
