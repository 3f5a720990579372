"""Whether the layers say what the entries say: a layer is a view, and a changed one would mislead whoever reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import shapely

from tetrapylon.errors import RecordDamaged
from tetrapylon.record.derive import Row, Stored, rows
from tetrapylon.record.layers import layer
from tetrapylon.record.store.fitting import fitted, shapes

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

CHUNK = 2_000


def layer_faults(record: Record, *, progress: Callable[[int], None] | None = None) -> list[str]:
    """Rows of layers that differ from what their entries give, are missing, or come from nowhere; each is named."""
    faults: list[str] = []
    expected: dict[str, int] = dict.fromkeys(record.store.layers(), 0)
    subjects = [s for (s,) in record.store.query("SELECT DISTINCT subject FROM entry")]
    for start in range(0, len(subjects), CHUNK):
        groups: dict[str, list[Stored]] = {}
        for stored in record.entries(subjects[start : start + CHUNK]):
            groups.setdefault(stored.entry.subject, []).append(stored)
        by_table: dict[str, list[Row]] = {}
        for group in groups.values():
            for row in rows(group, record.known_from):
                by_table.setdefault(row.table, []).append(row)
        for table, wanted in by_table.items():
            expected[table] = expected.get(table, 0) + len(wanted)
            faults += _differing(record, table, wanted)
        if progress:
            progress(start + CHUNK)
    for table in record.store.layers():
        (count,) = next(iter(record.store.query(f'SELECT count(*) FROM "{table}"')))  # noqa: S608
        if count > expected[table]:
            faults.append(f"layer {table}: {count - expected[table]} rows come from no entry")
    return faults


def _differing(record: Record, table: str, wanted: Sequence[Row]) -> Iterable[str]:
    shape = layer(table)
    present = record.store.layer_columns().get(table, set())
    kept = [i for i, name in enumerate(shape.names) if name in present]  # older software's layer lacks newer columns
    names = ", ".join(f'l."{shape.names[i]}"' for i in kept)
    geometry = f", {record.store.geometry_column()}" if shape.spatial else ", NULL"
    held: dict[int, tuple[Any, ...]] = {}
    if table in record.store.layers():
        for start in range(0, len(wanted), 500):
            fids = ",".join(str(r.values[0]) for r in wanted[start : start + 500])
            sql = f'SELECT {names}{geometry} FROM "{table}" l WHERE l.fid IN ({fids})'  # noqa: S608
            found = list(record.store.query(sql))
            outlines = _outlines(record, [None if r[-1] is None else bytes(r[-1]) for r in found])
            held |= {row[0]: (*_plain(row[:-1]), outline) for row, outline in zip(found, outlines, strict=True)}
    due = _wkb(shapes([r.geometry for r in wanted])) if shape.spatial else [None] * len(wanted)
    for row, values, outline in zip(wanted, fitted(shape, [r.values for r in wanted]), due, strict=True):
        there = held.get(row.values[0])
        if there != (*_plain([values[i] for i in kept]), outline):
            told = "is missing" if there is None else "does not say what its entry says"
            yield f"layer {table}: the row of {row.values[1]} (entry {row.entry[:12]}) {told}"


def _plain(values: Sequence[Any]) -> list[Any]:
    """Values alike from every store: days as ISO 8601 (flags compare equal to numbers)."""
    return [v.isoformat() if isinstance(v, dt.date) else v for v in values]


def _outlines(record: Record, stored: Sequence[bytes | None]) -> list[bytes | None]:
    """The geometries a layer holds; of one that cannot be read, what no geometry is."""
    try:
        return _wkb(record.store.decode_geometries(stored))
    except (RecordDamaged, shapely.errors.GEOSException):
        return [b"unreadable"] if len(stored) == 1 else [o for one in stored for o in _outlines(record, [one])]


def _wkb(outlines: Any) -> list[bytes | None]:
    return list(shapely.to_wkb(outlines, output_dimension=2, byte_order=1))
