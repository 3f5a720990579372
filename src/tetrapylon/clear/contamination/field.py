"""The contamination field on fine cells: one streaming reduction, a coarse posterior, one streaming write-back.

Fine cell i in coarse block j expects a_i m_i exp(eta_j) items before any search, and q_i times as many after it, where
eta is the log intensity (items per m2) of the block, m the modifier by local evidence and q the share unfound. The
coarse field needs only the finds n_j and the exposure E_j = sum_i a_i m_i (1 - q_i).

Bands of the result (`BANDS`): expected items left, probability that the cell holds an item left, posterior variance of
the log intensity, and distance to the nearest evidence. Without evidence in reach all fade to the prior. A prediction
ranks survey; it never changes a gate and never releases land.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tetrapylon.clear.contamination.bands import LEGEND
from tetrapylon.clear.contamination.gmrf import Lattice, Matern
from tetrapylon.clear.contamination.laplace import Blocks, Coefficients, Posterior, posterior
from tetrapylon.clear.validity import Basis
from tetrapylon.errors import GeometryError, OutsideModel, ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window
from tetrapylon.tiling import BlockSink, MemoryArray, Sink, Source, Tile, Tiling, block_spread, block_sum, run

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
MAX_BLOCKS = 160_000
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Prior:
    """Prior of the field.

    Parameters
    ----------
    basis : where it was learnt and where it is applied.
    matern : range (m) and sd of the log intensity.
    log_rate, log_rate_sd : mean and sd of the log of the base intensity (items per m2).
    """

    basis: Basis
    matern: Matern
    log_rate: float
    log_rate_sd: float

    @property
    def reach(self) -> float:
        """Distance (m) at which evidence has lost most of its weight: the range, where the correlation is 0.14."""
        return self.matern.range


@dataclass(frozen=True)
class Field:
    """The coarse posterior and how fine cells hang on it.

    lattice is padded by ``pad`` blocks beyond the grid; ``mean`` and ``variance`` (block rows, block cols) are cropped.
    """

    prior: Prior
    grid: GridSpec
    block: int
    pad: int
    lattice: Lattice
    posterior: Posterior

    @property
    def mean(self) -> Floats:
        return self._crop(self.posterior.mean)

    @property
    def variance(self) -> Floats:
        return self._crop(self.posterior.variance)

    @property
    def legend(self) -> str:
        return _legend(self.prior)

    def draws(self, count: int, rng: np.random.Generator) -> Floats:
        """Posterior draws (count, block rows, block cols) of log intensity."""
        return self._crop(self.posterior.draws(count, rng))

    def _crop(self, values: Floats) -> Floats:
        rows, cols = block_shape(self.grid, self.block)
        square = values.reshape(*values.shape[:-1], self.lattice.rows, self.lattice.columns)
        return square[..., self.pad : self.pad + rows, self.pad : self.pad + cols]


@dataclass(frozen=True)
class Mosaic:
    """A field put together from overlapping windows: mean and variance (block rows, block cols) of log intensity."""

    prior: Prior
    grid: GridSpec
    block: int
    mean: Floats
    variance: Floats

    @property
    def legend(self) -> str:
        return _legend(self.prior)


def block_shape(grid: GridSpec, block: int) -> tuple[int, int]:
    return math.ceil(grid.rows / block), math.ceil(grid.cols / block)


def reduce_exposure(
    grid: GridSpec,
    log_modifier: Source,
    unfound: Source,
    *,
    block: int,
    chunk: int = 1024,
    workers: int = 1,
    progress: Progress | None = None,
) -> Floats:
    """Exposure E (block rows, block cols), m2: sum over the cells of area times modifier times share found.

    Parameters
    ----------
    log_modifier, unfound : sources of ln m and q on the fine grid. NaN in either is an error, never a zero.
    progress : called with tiles finished and tiles in all.
    """
    out = MemoryArray(np.zeros(block_shape(grid, block)))
    tiling = Tiling(grid.shape, (chunk, chunk), align=block)
    work = partial(_exposure, area=grid.cell_m**2, block=block)
    run(work, tiling, [log_modifier, unfound], BlockSink(out, block), workers=workers, progress=progress)
    return np.asarray(out.array)


def infer(
    prior: Prior,
    grid: GridSpec,
    *,
    block: int,
    exposure: Floats,
    finds: Floats,
    hits: Floats | None = None,
    hit_exposure: Floats | None = None,
) -> Field:
    """Posterior of the field.

    Parameters
    ----------
    block : cells along the side of a coarse block.
    exposure : (block rows, block cols) from `reduce_exposure`, plus the m2 of cells surveyed and free of items.
    finds : (n, 2) x, y of items found, m in the CRS of the grid.
    hits, hit_exposure : (k, 2) and (k,) centres and m2 of surveyed cells known only to be contaminated.

    Raises
    ------
    GeometryError : a find outside the site. OutsideModel : finds where nothing was searched, too many blocks for one
    window (see `infer_windows`), or a block coarser than half the range.
    """
    side = block * grid.cell_m
    if side > prior.matern.range / 2:
        raise OutsideModel(f"Blocks of {side:g} m cannot carry a field of range {prior.matern.range:g} m: use half.")
    rows, cols = block_shape(grid, block)
    pad = math.ceil(prior.matern.range / side)
    lattice = Lattice(rows + 2 * pad, cols + 2 * pad, side)
    if lattice.size > MAX_BLOCKS:
        raise OutsideModel(f"{lattice.size} blocks are more than one window holds ({MAX_BLOCKS}): use windows.")
    if exposure.shape != (rows, cols):
        raise ValueRangeError(f"Exposure must have {rows} x {cols} blocks, not {exposure.shape}.")
    no_points, no_areas = np.zeros((0, 2)), np.zeros(0)
    blocks = Blocks(
        finds=np.bincount(_block_of(finds, grid, block, lattice, pad, "Find"), minlength=lattice.size).astype(float),
        exposure=np.pad(exposure, pad).ravel(),
        hit_block=_block_of(no_points if hits is None else hits, grid, block, lattice, pad, "Surveyed cell"),
        hit_exposure=no_areas if hit_exposure is None else hit_exposure,
    )
    rate = Coefficients(np.ones((lattice.size, 1)), np.array([prior.log_rate]), np.array([prior.log_rate_sd]))
    return Field(prior, grid, block, pad, lattice, posterior(blocks, rate, lattice, prior.matern))


def infer_windows(
    prior: Prior,
    grid: GridSpec,
    *,
    block: int,
    exposure: Floats,
    finds: Floats,
    hits: Floats | None = None,
    hit_exposure: Floats | None = None,
    core: int = 256,
) -> Mosaic:
    """As `infer`, for sites of any size: windows of ``core`` x ``core`` blocks, each with three ranges around it.

    Windows depend on the grid alone, so the result does too. Each window learns the base rate for itself. For the
    residual of a polygon use `infer` on the grid cropped to the polygon and three ranges around it.
    """
    shape = block_shape(grid, block)
    mean, variance = np.empty(shape), np.empty(shape)
    halo = math.ceil(3 * prior.matern.range / (block * grid.cell_m))
    points = np.zeros((0, 2)) if hits is None else hits
    areas = np.zeros(0) if hit_exposure is None else hit_exposure
    _block_of(finds, grid, block, Lattice(*shape, 1.0), 0, "Find")  # refuses what lies outside the site
    _block_of(points, grid, block, Lattice(*shape, 1.0), 0, "Surveyed cell")
    for tile in Tiling(shape, (core, core), halo=halo):
        w = tile.padded
        rows, cols = min(w.rows * block, grid.rows - w.row * block), min(w.cols * block, grid.cols - w.col * block)
        part = grid.crop(Window(w.row * block, w.col * block, rows, cols))
        inside = part.index(finds[:, 0], finds[:, 1])[0] >= 0
        hit = part.index(points[:, 0], points[:, 1])[0] >= 0
        window = infer(
            prior, part, block=block, exposure=exposure[w.slices], finds=finds[inside], hits=points[hit],
            hit_exposure=areas[hit],
        )  # fmt: skip
        mean[tile.core.slices], variance[tile.core.slices] = tile.crop(window.mean), tile.crop(window.variance)
    return Mosaic(prior, grid, block, mean, variance)


def write_field(
    field: Field | Mosaic,
    log_modifier: Source,
    unfound: Source,
    evidence_here: Source,
    sink: Sink,
    *,
    chunk: int = 1024,
    workers: int = 1,
    client: Any = None,
    resume: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the four `BANDS` (4, rows, cols) to a sink, tile by tile.

    Parameters
    ----------
    log_modifier, unfound : as for `reduce_exposure`. evidence_here : uint8 or bool, not 0 in cells that were searched,
        surveyed or lie in a footprint. Distances beyond the reach of the model are infinite.
    resume, progress : as in `tiling.run`.
    """
    halo = math.ceil(field.prior.reach / field.grid.cell_m) + 1
    work = partial(
        _bands, mean=field.mean, variance=field.variance, block=field.block, cell=field.grid.cell_m,
        reach=field.prior.reach,
    )  # fmt: skip
    tiling = Tiling(field.grid.shape, (chunk, chunk), halo=halo, align=field.block)
    sources = [log_modifier, unfound, evidence_here]
    run(work, tiling, sources, sink, workers=workers, client=client, resume=resume, progress=progress)


def left_by_block(
    grid: GridSpec, log_modifier: Source, unfound: Source, inside: Source, *, block: int, chunk: int = 1024
) -> Floats:
    """S (block rows, block cols), m2: sum of area, modifier, share unfound and share of the cell inside a polygon.

    Expected items left in the polygon are the sum of S exp(eta); `inside` holds shares 0 to 1 of each cell.
    """
    out = MemoryArray(np.zeros(block_shape(grid, block)))
    tiling = Tiling(grid.shape, (chunk, chunk), align=block)
    run(
        partial(_left, area=grid.cell_m**2, block=block), tiling, [log_modifier, unfound, inside], BlockSink(out, block)
    )
    return np.asarray(out.array)


def residual_draws(field: Field, left: Floats, *, count: int, rng: np.random.Generator) -> Floats:
    """Draws (count,) of the expected items left in a polygon, for `residual.from_draws`; ``left`` from `left_by_block`.

    For several draws of the PoD call it on the field inferred under each and join the draws, weighted by
    exp(log evidence) of the fields.
    """
    return np.asarray(np.exp(field.draws(count, rng)).reshape(count, -1) @ left.ravel())


def contaminated(mean: Floats, variance: Floats, exposure: Floats | float) -> Floats:
    """P(at least one item) = E[1 - exp(-e exp(eta))], eta ~ N(mean, variance), by 9-point Gauss-Hermite quadrature."""
    sd = np.sqrt(variance)
    total = np.zeros(np.broadcast_shapes(np.shape(mean), np.shape(exposure)))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        total -= weight * np.expm1(-exposure * np.exp(mean + sd * node))
    return total


def _legend(prior: Prior) -> str:
    mark = "Scenario on simulated ground. " if prior.basis.scenario else ""
    return mark + LEGEND.format(reach=prior.reach)


def _exposure(tile: Tile, log_modifier: Floats, unfound: Floats, *, area: float, block: int) -> Floats:
    _check_rasters(log_modifier, unfound)
    return block_sum(area * np.exp(log_modifier.astype(float)) * (1 - unfound.astype(float)), block)


def _left(tile: Tile, log_modifier: Floats, unfound: Floats, inside: Floats, *, area: float, block: int) -> Floats:
    _check_rasters(log_modifier, unfound)
    return block_sum(area * np.exp(log_modifier.astype(float)) * unfound.astype(float) * inside, block)


def _bands(
    tile: Tile, log_modifier: Floats, unfound: Floats, evidence: Floats, *,
    mean: Floats, variance: Floats, block: int, cell: float, reach: float,
) -> Floats:  # fmt: skip
    core = tile.core
    m, q = tile.crop(log_modifier).astype(float), tile.crop(unfound).astype(float)
    _check_rasters(m, q)
    first_row, first_col = core.row // block, core.col // block
    part = (slice(first_row, first_row + -(-core.rows // block)), slice(first_col, first_col + -(-core.cols // block)))
    mean_here, var_here = (block_spread(v[part], block, (core.rows, core.cols)) for v in (mean, variance))
    left = cell**2 * np.exp(m) * q
    expected = left * np.exp(mean_here + var_here / 2)
    distance = np.full(evidence.shape, np.inf)
    if evidence.any():
        distance = ndimage.distance_transform_edt(evidence == 0) * cell
    distance = tile.crop(distance)
    distance = np.where(distance <= reach, distance, np.inf)
    return np.stack([expected, contaminated(mean_here, var_here, left), var_here, distance])


def _check_rasters(log_modifier: Floats, unfound: Floats) -> None:
    if not np.all(np.isfinite(log_modifier)):
        raise ValueRangeError("The modifier raster holds NaN or infinite values.", hint="Fill or mask them first.")
    if not np.all((unfound >= 0) & (unfound <= 1)):
        raise ValueRangeError("The share unfound must lie in 0 to 1 in every cell (no NaN).")


def _block_of(points: Floats, grid: GridSpec, block: int, lattice: Lattice, pad: int, what: str) -> NDArray[np.int64]:
    row, col = grid.index(points[:, 0], points[:, 1])
    outside = np.nonzero(row < 0)[0]
    if outside.size:
        x, y = points[outside[0]]
        raise GeometryError(f"{what} {outside[0] + 1} at {x:.1f}, {y:.1f} lies outside the site (EPSG:{grid.epsg}).")
    return np.asarray((row // block + pad) * lattice.columns + col // block + pad, np.int64)


def mix(fields: Sequence[Field]) -> Floats:
    """Weights (n,) of fields inferred under draws of the PoD or several priors, by their evidence; they sum to 1."""
    log = np.array([f.posterior.log_evidence for f in fields])
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())
