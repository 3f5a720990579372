"""Vector tiles of a layer as of two clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from tetrapylon.formats.mvt import TileLayer, encode_tile, tile_box
from tetrapylon.formats.mvt.encode import BUFFER, EXTENT
from tetrapylon.model import Entity
from tetrapylon.record.frame import Frame
from tetrapylon.web.asked import Asked
from tetrapylon.web.ogc.features import seen
from tetrapylon.web.settings import TILE_MOST
from tetrapylon.workflow.mapping import drawable

TILE_FIELDS = ("uid", "local_id", "label", "kind", "classification", "status", "method", "date")
"""Columns that travel with a tile, where a layer has them; the rest is one click away."""
CELL = 4
"""Width, in 1/256 of a tile, of the cells in which a crowded tile draws one feature each."""


def tile(asked: Asked, entity: type[Entity], z: int, x: int, y: int) -> bytes:
    """One tile of one layer.

    Raises
    ------
    NotFound : there is no such tile in the grid.
    """
    frame = asked.reading.frame(entity)
    box = tile_box(z, x, y, margin=BUFFER / EXTENT)
    rows = frame.within(box)
    rows = rows[seen(asked, entity)[rows]]
    counts = None
    if len(rows) > TILE_MOST:
        rows, counts = thinned(frame, rows, box)
    outlines = frame.geometries[rows]
    coarse = np.zeros(len(rows), dtype=bool)
    accuracy = frame.values.get("position_accuracy_m")
    if accuracy is not None:
        outlines, coarse = drawable(outlines, [accuracy[i] for i in rows])
        kept = np.flatnonzero(~shapely.is_missing(outlines))
        rows, outlines, coarse = rows[kept], outlines[kept], coarse[kept]
        counts = None if counts is None else counts[kept]
    values: dict[str, Sequence[Any]] = {
        name: [frame.values[name][i] for i in rows] for name in TILE_FIELDS if name in frame.values
    }
    if coarse.any():
        values["coarse"] = coarse.tolist()
    if counts is not None:
        values["count"] = counts.tolist()
    return encode_tile([TileLayer(entity.name(), outlines, frame.fids[rows], values)], z=z, x=x, y=y)


def thinned(frame: Frame, rows: np.ndarray, box: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """One feature, the largest, for each cell of a crowded tile, and how many it stands for: no place falls empty."""
    bounds = shapely.bounds(frame.geometries[rows])
    middle = np.stack([bounds[:, 0] + bounds[:, 2], bounds[:, 1] + bounds[:, 3]], axis=1) / 2
    west, south, east, north = box
    size = np.array([east - west, north - south]) * CELL / 256
    cell = np.floor((middle - [west, south]) / size).astype(np.int64)
    area = (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    order = np.argsort(-area, kind="stable")
    number = cell[order, 0] * 1_000_003 + cell[order, 1]
    _, first, counts = np.unique(number, return_index=True, return_counts=True)
    chosen = rows[order[first]]
    ascending = np.argsort(chosen)
    return chosen[ascending], counts[ascending]
