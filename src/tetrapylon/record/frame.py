"""A layer as arrays: every version of every claim with a geometry, for maps that move through both clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.model import Entity, Holds, Tier
from tetrapylon.record.entry import end_of
from tetrapylon.record.layers import layer
from tetrapylon.record.record import Record
from tetrapylon.record.shown import raised_entries

_BEFORE, _AFTER = "", "~"
"""Sort before and after every day: an open beginning, an open end."""


@dataclass(frozen=True)
class Frame:
    """A layer's versions, in the order of their entry numbers.

    fids : (n,) entry numbers. geometries : (n,) EPSG:4326, None where there is none. known, valid : (n, 2) text, days
    or instants from and to. values : columns by name, n each.
    """

    fids: NDArray[np.int64]
    geometries: NDArray[np.object_]
    known: NDArray[np.str_]
    valid: NDArray[np.str_]
    values: Mapping[str, Sequence[Any]]
    tree: shapely.STRtree

    def __len__(self) -> int:
        return len(self.fids)

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of everything drawn; None where nothing is."""
        drawn = self.geometries[~(shapely.is_missing(self.geometries) | shapely.is_empty(self.geometries))]
        if not len(drawn):
            return None
        west, south, east, north = (float(v) for v in shapely.total_bounds(drawn))
        return west, south, east, north

    def seen(self, *, on: str, known: str) -> NDArray[np.bool_]:
        """Which versions a view as of two clocks holds."""
        until = end_of(known)
        return np.asarray(
            (self.known[:, 0] <= until)
            & (self.known[:, 1] > until)
            & (self.valid[:, 0] <= on)
            & (self.valid[:, 1] >= on)
        )

    def within(self, box: Sequence[float]) -> NDArray[np.int64]:
        """Rows whose geometry's box meets a box (west, south, east, north), ascending; west > east: across 180°."""
        west, south, east, north = box
        if west > east:
            halves = (self.within((west, south, 180.0, north)), self.within((-180.0, south, east, north)))
            return np.union1d(*halves)
        return np.sort(self.tree.query(shapely.box(west, south, east, north))).astype(np.int64)


def read_frame(record: Record, entity: type[Entity], *, tiers: Iterable[Tier], names: Sequence[str]) -> Frame:
    """Read the layer of an entity, with the columns named; without geometries that these tiers do not hold."""
    shown = frozenset(tiers) | {Tier.PUBLIC}
    shape = layer(entity.name())
    field = entity.geometry_field()
    drawn = field is not None and field.tier in shown
    store = record.store
    rows: list[tuple[Any, ...]] = []
    if shape.table in store.layers():
        columns = ", ".join(f'l."{n}"' for n in names)
        outline = store.geometry_column() if drawn else "NULL"
        sql = (
            "SELECT l.fid, e.hash, l.known_from, l.known_to, l.valid_from, l.valid_to, "  # noqa: S608
            f'{outline}, {columns} FROM "{shape.table}" l JOIN entry e ON e.fid = l.fid ORDER BY l.fid'
        )
        raised = raised_entries(record, shown)
        rows = [r for r in store.query(sql) if r[1] not in raised]
    blobs = [None if r[6] is None else bytes(r[6]) for r in rows]
    geometries = store.decode_geometries(blobs) if rows else np.empty(0, dtype=object)
    ends = entity.holds is Holds.INTERVAL
    return Frame(
        fids=np.array([r[0] for r in rows], dtype=np.int64),
        geometries=geometries,
        known=np.array([(r[2], r[3] or _AFTER) for r in rows], dtype=np.str_).reshape(-1, 2),
        valid=np.array([(r[4] or _BEFORE, (ends and r[5]) or _AFTER) for r in rows], dtype=np.str_).reshape(-1, 2),
        values={name: [r[7 + i] for r in rows] for i, name in enumerate(names)},
        tree=shapely.STRtree(geometries),
    )


def public_columns(entity: type[Entity], tiers: Iterable[Tier]) -> tuple[str, ...]:
    """Names of the entity's own layer columns whose tier may leave."""
    shown = frozenset(tiers) | {Tier.PUBLIC}
    allowed = [f for f in entity.fields().values() if f.tier in shown]
    taken = {c.name for c in layer(entity.name()).columns}
    return tuple(c.name for f in allowed for c in f.columns if c.name in taken)
