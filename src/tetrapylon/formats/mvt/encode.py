"""Encode tiles (Mapbox Vector Tile specification 2.1, section 4) without a loop over features.

A feature's message is a run of variable-length integers and nothing else: so all features of a layer are laid out as
one array of integers, and that array becomes bytes in one pass. Coordinates are rounded to the tile's grid; a ring that
falls together to less than a triangle becomes the smallest one that can be drawn, so that nothing on record vanishes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.formats.mvt.geometry import Commands, commands
from tetrapylon.formats.mvt.grid import HALF_WORLD_M, tile_box, web_mercator

Ints = NDArray[np.int64]

EXTENT = 4096
"""Units across a tile."""
BUFFER = 64
"""Units beyond each edge that are kept, so that outlines and labels do not end at it."""
_ID, _TAGS, _KIND, _GEOMETRY, _FEATURE = 0x08, 0x12, 0x18, 0x22, 0x12


@dataclass(frozen=True)
class TileLayer:
    """Features of one layer.

    Parameters
    ----------
    name : of the layer. geometries : (n,) shapely geometries, EPSG:4326. ids : (n,) integers from 0.
    properties : values by name, n each; text, bool, int or float; None leaves a property out.
    """

    name: str
    geometries: NDArray[np.object_]
    ids: Ints
    properties: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def encode_tile(layers: Sequence[TileLayer], *, z: int, x: int, y: int) -> bytes:
    """The tile's bytes; empty where no layer has anything in it.

    Raises
    ------
    NotFound : there is no such tile in the grid.
    """
    return b"".join(_layer(layer, z, x, y) for layer in layers)


def _layer(layer: TileLayer, z: int, x: int, y: int) -> bytes:
    drawn = commands(*_on_grid(layer.geometries, z, x, y))
    if not len(drawn.source):
        return b""
    tags, table = _tags(layer, drawn.source)
    body = _features(layer.ids[drawn.source], drawn, *tags)
    name = layer.name.encode()
    whole = b"".join((b"\x0a", _varint(len(name)), name, body, table, b"\x28", _varint(EXTENT), b"\x78\x02"))
    return b"\x1a" + _varint(len(whole)) + whole


def _on_grid(geometries: NDArray[np.object_], z: int, x: int, y: int) -> tuple[NDArray[np.object_], Ints]:
    """Geometries in tile units (y downward), clipped to the tile and its buffer, and where each comes from."""
    box = tile_box(z, x, y, margin=BUFFER / EXTENT)
    bounds = shapely.bounds(geometries)
    with np.errstate(invalid="ignore"):
        meets = (
            (bounds[:, 0] <= box[2]) & (bounds[:, 2] >= box[0]) & (bounds[:, 1] <= box[3]) & (bounds[:, 3] >= box[1])
        )
        inside = (
            (bounds[:, 0] >= box[0]) & (bounds[:, 2] <= box[2]) & (bounds[:, 1] >= box[1]) & (bounds[:, 3] <= box[3])
        )
    source = np.flatnonzero(meets)
    kept = geometries[source]
    across = np.flatnonzero(~inside[source])
    if len(across):
        kept = kept.copy()
        kept[across] = _clip(kept[across], box)
    there = ~(shapely.is_missing(kept) | shapely.is_empty(kept))
    scale = EXTENT * 2**z / (2 * HALF_WORLD_M)
    left, top = x * EXTENT, y * EXTENT

    def place(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        metres = web_mercator(lonlat)
        across_world = (metres + np.array([HALF_WORLD_M, -HALF_WORLD_M])) * [scale, -scale]
        return np.asarray(np.rint(across_world - [left, top]))

    return shapely.transform(kept[there], place), source[there]


def _clip(geometries: NDArray[np.object_], box: tuple[float, float, float, float]) -> NDArray[np.object_]:
    try:
        return shapely.clip_by_rect(geometries, *box)  # type: ignore[no-any-return]
    except shapely.GEOSException:  # an outline that crosses itself: the slow way mends it first
        return shapely.intersection(shapely.make_valid(geometries), shapely.box(*box))  # type: ignore[no-any-return]


def _tags(layer: TileLayer, source: Ints) -> tuple[tuple[Ints, Ints], bytes]:
    """Tags of the drawn features as (values, count per feature), and the keys and values they point to."""
    numbers: dict[tuple[type, Any], int] = {}
    columns = []
    for values in layer.properties.values():
        picked = [values[i] for i in source]
        columns.append([-1 if v is None else numbers.setdefault((type(v), v), len(numbers)) for v in picked])
    table = [b"".join(b"\x1a" + _varint(len(k)) + k for k in (name.encode() for name in layer.properties))]
    table += [b"\x22" + _varint(len(v)) + v for v in (_value(value) for _, value in numbers)]
    if not columns:
        return (np.empty(0, np.int64), np.zeros(len(source), np.int64)), b""
    value = np.array(columns, dtype=np.int64).T
    key = np.broadcast_to(np.arange(len(columns)), value.shape)
    present = value >= 0
    pairs = np.stack([key[present], value[present]], axis=1)
    return (pairs.ravel(), 2 * present.sum(axis=1)), b"".join(table)


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + _varint(value)
    if isinstance(value, int):
        return b"\x30" + _varint((value << 1) ^ (value >> 63))  # zigzag; 64 bits
    if isinstance(value, float):
        return b"\x19" + struct.pack("<d", value)
    text = str(value).encode()
    return b"\x0a" + _varint(len(text)) + text


def _features(ids: Ints, drawn: Commands, tags: Ints, tag_counts: Ints) -> bytes:
    """All feature messages, each behind its field number and length."""
    tag_bytes = _sums(_sizes(tags), tag_counts)
    geometry_bytes = _sums(_sizes(drawn.values), drawn.counts)
    # id key, id, tags key, length; kind key, kind; geometry key, length
    size = 1 + _sizes(ids) + 1 + _sizes(tag_bytes) + tag_bytes + 2 + 1 + _sizes(geometry_bytes) + geometry_bytes
    head = np.stack(
        [np.full_like(ids, _FEATURE), size, np.full_like(ids, _ID), ids, np.full_like(ids, _TAGS), tag_bytes]
    )
    middle = np.stack([np.full_like(ids, _KIND), drawn.kinds, np.full_like(ids, _GEOMETRY), geometry_bytes])
    starts = np.cumsum(10 + tag_counts + drawn.counts) - (10 + tag_counts + drawn.counts)
    flat = np.empty(int(10 * len(ids) + tag_counts.sum() + drawn.counts.sum()), dtype=np.int64)
    flat[starts[:, None] + np.arange(6)] = head.T
    flat[_spread(starts + 6, tag_counts)] = tags
    flat[(starts + 6 + tag_counts)[:, None] + np.arange(4)] = middle.T
    flat[_spread(starts + 10 + tag_counts, drawn.counts)] = drawn.values
    return _varints(flat)


def _spread(starts: Ints, counts: Ints) -> Ints:
    """start, start + 1, ... of each run, one after another."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(starts - before, counts))


def _sums(values: Ints, counts: Ints) -> Ints:
    """Sum of each run of values."""
    total = np.concatenate([[0], np.cumsum(values)])
    ends = np.cumsum(counts)
    return np.asarray(total[ends] - total[ends - counts], dtype=np.int64)


def _sizes(values: Ints) -> Ints:
    """Bytes of each value as a variable-length integer (values from 0 to 2**63 - 1)."""
    size = np.ones(len(values), dtype=np.int64)
    for limit in range(7, 63, 7):
        more = values >= 1 << limit
        if not more.any():
            break
        size += more
    return size


def _varints(values: Ints) -> bytes:
    """Values as variable-length integers, one after another."""
    size = _sizes(values)
    at = np.cumsum(size) - size
    out = np.empty(int(size.sum()), dtype=np.uint8)
    rest, left = values, size
    while len(rest):
        out[at] = (rest & 0x7F) | np.where(left > 1, 0x80, 0)
        more = left > 1
        rest, at, left = rest[more] >> 7, at[more] + 1, left[more] - 1
    return out.tobytes()


def _varint(value: int) -> bytes:
    """One value as a variable-length integer."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
