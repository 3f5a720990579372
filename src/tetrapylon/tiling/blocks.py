"""Between fine cells and coarse blocks, cell by cell in a fixed order, so that every tiling gives the same bits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def block_sum(array: NDArray[Any], block: int) -> NDArray[np.float64]:
    """Sums (..., R, C) over blocks of ``block`` x ``block`` cells of (..., rows, columns); edge blocks may be smaller.

    Rows of a block are added in order, then its columns. numpy's own sum groups terms by memory layout, so that its
    last bits depend on the shape of the array, that is, on the tile.
    """
    *bands, rows, columns = array.shape
    down, across = math.ceil(rows / block), math.ceil(columns / block)
    full = np.zeros((*bands, down * block, across * block))
    full[..., :rows, :columns] = array
    lines = full.reshape(*bands, down, block, across * block)
    by_column = lines[..., 0, :].copy()
    for i in range(1, block):
        by_column += lines[..., i, :]
    cells = by_column.reshape(*bands, down, across, block)
    out = cells[..., 0].copy()
    for i in range(1, block):
        out += cells[..., i]
    return out


def block_spread(array: NDArray[Any], block: int, shape: tuple[int, int]) -> NDArray[Any]:
    """The value of its block for every cell: (..., R, C) to (..., *shape)."""
    fine = np.repeat(np.repeat(array, block, axis=-2), block, axis=-1)
    return fine[..., : shape[0], : shape[1]]
