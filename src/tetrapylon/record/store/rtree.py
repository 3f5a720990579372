"""Filling an empty SQLite R-tree at once: packed by sort-tile-recursive, written straight into its own tables.

Row by row an R-tree of 100,000 boxes costs more than the rows themselves; packed, it costs a sort. The node layout is
that of SQLite's rtree extension (rtree.c, "File Format"): depth and number of cells as 16-bit, then per cell a 64-bit
id and four 32-bit coordinates, all big-endian. Packing: Leutenegger, Edgington and Lopez 1997 (STR).
"""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

CELL_BYTES = 24
MAX_CELLS = 51
NODE_BYTES = 4 + MAX_CELLS * CELL_BYTES
FILL = 40
"""Cells put into a node: room is left, so that later single inserts do not split every node."""

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])


def fill(db: sqlite3.Connection, rtree: str, ids: NDArray[np.int64], boxes: NDArray[np.float64]) -> bool:
    """Put boxes into an empty R-tree; False, with nothing changed, where that R-tree is not one to fill.

    Parameters
    ----------
    ids : (n,) int64, distinct. boxes : (n, 4) float64 as min x, max x, min y, max y; stored as 32-bit, rounded outward.
    """
    root = db.execute(f'SELECT length(data) FROM "{rtree}_node"').fetchall()  # noqa: S608
    if root != [(NODE_BYTES,)] or db.execute(f'SELECT 1 FROM "{rtree}_rowid" LIMIT 1').fetchone():  # noqa: S608
        return False
    cells = np.zeros(len(ids), _CELL)
    cells["id"] = ids
    cells["box"] = outward(boxes)
    level, depth, number = cells, 0, 2
    nodes: list[tuple[int, bytes]] = []
    while len(level) > MAX_CELLS:
        level = level[_tiles(level["box"])]
        starts = range(0, len(level), FILL)
        above = np.zeros(len(starts), _CELL)
        above["id"] = range(number, number + len(starts))
        above["box"] = _hulls(level["box"])
        nodes += [(number + i, _node(0, level[s : s + FILL])) for i, s in enumerate(starts)]
        table = ("rowid", "rowid, nodeno") if depth == 0 else ("parent", "nodeno, parentnode")
        holders = np.repeat(above["id"].astype(np.int64), FILL)[: len(level)].tolist()
        _insert(db, f"{rtree}_{table[0]}", table[1], zip(level["id"].tolist(), holders, strict=True))
        level, depth, number = above, depth + 1, number + len(starts)
    table = ("rowid", "rowid, nodeno") if depth == 0 else ("parent", "nodeno, parentnode")
    _insert(db, f"{rtree}_{table[0]}", table[1], [(i, 1) for i in level["id"].tolist()])
    _insert(db, f"{rtree}_node", "nodeno, data", nodes)
    db.execute(f'UPDATE "{rtree}_node" SET data = ? WHERE nodeno = 1', (_node(depth, level),))  # noqa: S608
    return True


def outward(boxes: NDArray[np.float64]) -> NDArray[np.float32]:
    """Boxes as 32-bit numbers that contain them: lower ends rounded down, upper ends up."""
    near = boxes.astype(np.float32)
    low = np.where(near[:, ::2] > boxes[:, ::2], np.nextafter(near[:, ::2], np.float32(-np.inf)), near[:, ::2])
    high = np.where(near[:, 1::2] < boxes[:, 1::2], np.nextafter(near[:, 1::2], np.float32(np.inf)), near[:, 1::2])
    return np.stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]], axis=1)


def _tiles(boxes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Order in which neighbours come together: vertical slices by x, each sorted by y."""
    nodes = -(-len(boxes) // FILL)
    per_slice = FILL * -(-nodes // max(1, round(nodes**0.5)))
    order = np.argsort(boxes[:, 0] + boxes[:, 1], kind="stable")
    slices = np.empty(len(boxes), np.int64)
    slices[order] = np.arange(len(boxes)) // per_slice
    return np.lexsort((boxes[:, 2] + boxes[:, 3], slices))


def _hulls(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    starts = np.arange(0, len(boxes), FILL)
    lows = np.minimum.reduceat(boxes[:, ::2], starts, axis=0)
    highs = np.maximum.reduceat(boxes[:, 1::2], starts, axis=0)
    return np.stack([lows[:, 0], highs[:, 0], lows[:, 1], highs[:, 1]], axis=1)


def _node(depth: int, cells: NDArray[np.void]) -> bytes:
    head = depth.to_bytes(2, "big") + len(cells).to_bytes(2, "big")
    return (head + cells.tobytes()).ljust(NODE_BYTES, b"\0")


def _insert(db: sqlite3.Connection, table: str, columns: str, rows: object) -> None:
    db.executemany(f'INSERT INTO "{table}" ({columns}) VALUES (?, ?)', rows)  # type: ignore[arg-type]  # noqa: S608
