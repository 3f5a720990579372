"""Windows, tiles with a halo, and the division of a grid into tiles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.grid import Window


def grow(window: Window, halo: int, shape: tuple[int, int]) -> Window:
    """A window wider by ``halo`` cells on each side, cut at the edges of the grid."""
    row, col = max(0, window.row - halo), max(0, window.col - halo)
    below = min(shape[0], window.row + window.rows + halo)
    right = min(shape[1], window.col + window.cols + halo)
    return Window(row, col, below - row, right - col)


def coarsen(window: Window, block: int) -> Window:
    """The same rectangle counted in blocks of ``block`` x ``block`` cells. ValueRangeError unless it begins on one."""
    if window.row % block or window.col % block:
        raise ValueRangeError(f"A window at {window.row}, {window.col} does not begin on a block of {block} cells.")
    return Window(
        window.row // block, window.col // block, math.ceil(window.rows / block), math.ceil(window.cols / block)
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece of the work: ``core`` is what it must compute, ``padded`` what it may look at."""

    index: int
    core: Window
    padded: Window

    def crop(self, array: NDArray[Any]) -> NDArray[Any]:
        """The core part of an array (..., rows, columns) over the padded window."""
        row, column = self.core.row - self.padded.row, self.core.col - self.padded.col
        return array[..., row : row + self.core.rows, column : column + self.core.cols]


@dataclass(frozen=True)
class Tiling:
    """Division of a grid into tiles, row by row.

    Parameters
    ----------
    shape : rows and columns of the grid, cells.
    chunk : rows and columns of a core, cells; rounded up to a multiple of ``align``.
    halo : cells beyond the core that a tile may look at.
    align : cores begin on multiples of this many cells, so that a block of that size lies in one tile.
    """

    shape: tuple[int, int]
    chunk: tuple[int, int]
    halo: int = 0
    align: int = 1

    def __post_init__(self) -> None:
        if min(*self.shape, *self.chunk, self.align) < 1 or self.halo < 0:
            raise ValueRangeError("Shape, chunk and alignment must be positive, and the halo not negative.")
        rounded = tuple(math.ceil(c / self.align) * self.align for c in self.chunk)
        object.__setattr__(self, "chunk", rounded)

    @property
    def count(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return math.ceil(self.shape[0] / self.chunk[0]), math.ceil(self.shape[1] / self.chunk[1])

    def __len__(self) -> int:
        return self.count[0] * self.count[1]

    def __getitem__(self, index: int) -> Tile:
        if not 0 <= index < len(self):
            raise IndexError(index)
        row, column = (i * c for i, c in zip(divmod(index, self.count[1]), self.chunk, strict=True))
        core = Window(row, column, min(self.chunk[0], self.shape[0] - row), min(self.chunk[1], self.shape[1] - column))
        return Tile(index, core, grow(core, self.halo, self.shape))

    def __iter__(self) -> Iterator[Tile]:
        return (self[i] for i in range(len(self)))


def chunk_for(memory: int, *, bytes_per_cell: int, halo: int = 0, align: int = 1, in_flight: int = 2) -> int:
    """Side of the largest square core, in cells, with which the tiles in flight fit into ``memory`` bytes.

    ``bytes_per_cell`` counts everything a tile function holds for one cell of the padded window: inputs, working
    arrays, output. At most workers + 1 tiles are in flight.

    Raises ValueRangeError when not even one aligned block with its halo fits.
    """
    side = math.isqrt(memory // (bytes_per_cell * in_flight)) - 2 * halo
    side = side // align * align
    if side < align:
        raise ValueRangeError(
            f"{memory} bytes hold no tile of {align} cells with a halo of {halo} at {bytes_per_cell} bytes per cell."
        )
    return side
