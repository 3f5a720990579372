"""Tiles of a contamination map as pictures: classes of colour, paler where the model knows nothing but its prior."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tetrapylon.clear.contamination.bands import BANDS
from tetrapylon.formats.mvt.grid import HALF_WORLD_M, tile_box, web_mercator
from tetrapylon.workflow.field_map import FieldMap

SIZE = 256
COLOURS = ("#fff3c9", "#fddc98", "#fbbf72", "#f79d5c", "#ea7a4f", "#c84f57", "#93295c", "#4b0f5f")
"""From the lowest class to the highest."""
STEPS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
EDGES: dict[str, tuple[float, ...]] = {
    BANDS[0]: STEPS, BANDS[1]: STEPS, BANDS[2]: (0.1, 0.25, 0.5, 1, 1.5, 2, 4),
    BANDS[3]: (5, 10, 25, 50, 100, 200, 400),
}  # fmt: skip
"""Where a class of each band ends and the next begins."""
NEAR, FAR = 200, 70
"""Opacity, of 255, within and beyond the reach of the model."""
DISTANCE = BANDS[3]


def classes(band: str) -> list[tuple[str, str]]:
    """Number of the colour and range of every class of a band."""
    edges = EDGES[band]
    words = [f"< {edges[0]:g}", *(f"{a:g} – {b:g}" for a, b in pairwise(edges)), f"≥ {edges[-1]:g}"]
    return [(str(i), text) for i, text in enumerate(words)]


def tile_picture(field: FieldMap, band: str, z: int, x: int, y: int) -> bytes | None:
    """One tile (PNG); None where the map does not reach.

    Raises
    ------
    NotFound : there is no such tile. MissingExtra : rasters cannot be read here.
    """
    west, south, east, north = tile_box(z, x, y)
    (left, low), (right, high) = web_mercator(np.array([[west, south], [east, north]])).tolist()
    assert max(abs(left), abs(high)) <= HALF_WORLD_M * 1.001
    bounds = (left, low, right, high)
    values = field.picture(band, bounds, (SIZE, SIZE))
    if not np.isfinite(values).any():
        return None
    distance = field.picture(DISTANCE, bounds, (SIZE, SIZE))
    return png(coloured(values, distance, EDGES[band], field.reach_m))


def coloured(
    values: NDArray[np.float32], distance: NDArray[np.float32], edges: tuple[float, ...], reach_m: float
) -> NDArray[np.uint8]:
    """Colours (rows, cols, 4) of values; nothing where there is no value, pale where evidence is beyond reach."""
    palette = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS], dtype=np.uint8)
    picture = np.zeros((*values.shape, 4), dtype=np.uint8)
    picture[..., :3] = palette[np.digitize(values, edges)]
    picture[..., 3] = np.where(np.isnan(values), 0, np.where(distance <= reach_m, NEAR, FAR))
    return picture


def png(picture: NDArray[np.uint8]) -> bytes:
    """Colours (rows, cols, red green blue opacity) as PNG (ISO/IEC 15948), every row unfiltered."""
    rows, cols, _ = picture.shape
    raw = np.concatenate([np.zeros((rows, 1), np.uint8), picture.reshape(rows, cols * 4)], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", cols, rows, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
