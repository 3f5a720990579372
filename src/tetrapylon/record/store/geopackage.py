"""The default store: one GeoPackage file (OGC 12-128r19, version 1.4) through the standard ``sqlite3`` module."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.errors import NotFound, RecordBusy, RecordDamaged, RecordError
from tetrapylon.record.layers import Layer
from tetrapylon.record.store import gpkg_schema as schema
from tetrapylon.record.store.fitting import fitted, shapes
from tetrapylon.record.store.rtree import fill as fill_rtree
from tetrapylon.settings import busy_seconds

CACHE_KIB = 65_536
"""Page cache of a connection in KiB: keeps the index pages of a large import in memory."""

PACKED_FROM = 500
"""Boxes from which an empty spatial index is packed rather than filled one by one."""

BOXES_HELD = 100_000
"""Boxes held back in memory (40 bytes each) before they go to the index."""

_POINT = struct.Struct("<2sBBiBIdd")
_HEADER_BOX = struct.Struct("<2sBBidddd")


class GeoPackage:
    """A record in one file. Journal: WAL with ``synchronous=FULL``; what a commit acknowledged survives power loss."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.location = str(path)
        self.path = path
        self.db = connection
        self._opened: dict[str, Layer] = {}
        self._boxes: dict[str, list[NDArray[np.float64]]] = {}
        self._known: tuple[int, list[str]] = (-1, [])

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new file.

        Raises
        ------
        RecordError : the file exists, or its folder does not or cannot be written to.
        """
        if path.exists():
            raise RecordError(f"{path} exists already.", hint="Choose another name, or open it.")
        if not path.parent.is_dir():
            raise RecordError(f"There is no folder {path.parent}.")
        with _explained(path):
            db = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds())
            try:
                db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {schema.USER_VERSION}")
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA secure_delete = ON")  # an erased body is overwritten, not only unlinked
                db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
                db.execute("BEGIN IMMEDIATE")
                for statement in (*schema.GEOPACKAGE_TABLES, *schema.RECORD_TABLES):
                    db.execute(statement)
                db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", schema.REFERENCE_SYSTEMS)
                db.execute("COMMIT")
            except BaseException:
                db.close()
                for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                    leftover.unlink(missing_ok=True)
                raise
        return cls(path, db)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """An existing file; read-only media are opened as they are.

        Raises
        ------
        NotFound, RecordDamaged
        """
        if not path.is_file():
            raise NotFound(f"There is no file {path}.")
        with _explained(path):
            db = _connect(path, read_only)
            try:
                tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            except BaseException:
                db.close()
                raise
            if not {"entry", "part"} <= tables:
                db.close()
                raise RecordDamaged(f"{path} is not a Tetrapylon record.", hint="Make one with: tetrapylon init FILE")
        return cls(path, db)

    def query(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading statement."""
        with _explained(self.path):
            yield from self.db.execute(sql, values)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one writing statement."""
        with _explained(self.path):
            self.db.execute(sql, values)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows."""
        names = ", ".join(f'"{c}"' for c in columns)
        marks = ", ".join("?" * len(columns))
        with _explained(self.path):
            self.db.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Statements inside see one state of the file."""
        if self.db.in_transaction:
            yield
            return
        with _explained(self.path):
            self.db.execute("BEGIN")
            try:
                yield
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The one writer's transaction."""
        with _explained(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                for table in list(self._opened.values()):
                    self._shut(table)
                self.db.execute("COMMIT")
            except BaseException:
                self._opened.clear()
                self._boxes.clear()
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def layers(self) -> list[str]:
        """Names of the record's layers that exist; layers other programs keep in the file are none of ours."""
        (version,) = next(self.query("PRAGMA schema_version"))  # rises with every table anyone makes
        if version != self._known[0]:
            names = self.query("SELECT table_name FROM gpkg_contents WHERE description = ?", (schema.OURS,))
            self._known = (version, sorted(name for (name,) in names))
        return self._known[1]

    def layer_columns(self) -> dict[str, set[str]]:
        """Columns of each layer."""
        return {table: {row[1] for row in self.query(f'PRAGMA table_info("{table}")')} for table in self.layers()}

    def ensure_layer(self, layer: Layer) -> None:
        """Create table, spatial index, view of what is current, and guards."""
        if layer.table in self.layers():
            return
        for statement in schema.layer_statements(layer):
            self.db.execute(statement)
        if layer.spatial:
            for statement in schema.rtree_triggers(layer.table):
                self.db.execute(statement)
        for statement in schema.guard_triggers(layer.table):
            self.db.execute(statement)

    def drop_layer(self, table: str) -> None:
        """Remove a layer, its index, its view and what registers them."""
        for statement in schema.drop_statements(table):
            self.db.execute(statement)
        self._opened.pop(table, None)
        self._boxes.pop(table, None)

    def _open(self, layer: Layer) -> None:
        """Take guards and index triggers off for this transaction; they are back before it commits."""
        if layer.table not in self._opened:
            for name in schema.trigger_names(layer):
                self.db.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            self._opened[layer.table] = layer

    def _shut(self, layer: Layer) -> None:
        if layer.spatial:
            for statement in schema.rtree_triggers(layer.table):
                self.db.execute(statement)
        for statement in schema.guard_triggers(layer.table):
            self.db.execute(statement)
        self._index(layer)
        self.db.execute(*schema.content_update(layer))
        del self._opened[layer.table]

    def insert_layer(self, layer: Layer, rows: Sequence[Sequence[Any]], geometries: Sequence[Any]) -> None:
        """Add layer rows and their boxes to the spatial index."""
        self._open(layer)
        rows = fitted(layer, rows)
        if not layer.spatial:
            self.insert(layer.table, layer.names, rows)
            return
        blobs, boxes = encode_geometries(geometries)
        marks = ", ".join("?" * (len(layer.names) + 1))
        names = ", ".join(f'"{c}"' for c in (*layer.names, "geom"))
        full = [[*row, blob] for row, blob in zip(rows, blobs, strict=True)]
        self.db.executemany(f'INSERT INTO "{layer.table}" ({names}) VALUES ({marks})', full)  # noqa: S608
        there = [(row[0], *box) for row, box in zip(rows, boxes, strict=True) if box is not None]
        if there:
            self._boxes.setdefault(layer.table, []).append(np.array(there))
            if sum(map(len, self._boxes[layer.table])) >= BOXES_HELD:
                self._index(layer)

    def _index(self, layer: Layer) -> None:
        """Put the boxes held back into the spatial index: at once where it is empty, else one by one."""
        held = self._boxes.pop(layer.table, [])
        if not held:
            return
        boxes = np.concatenate(held)
        name = f"rtree_{layer.table}_geom"
        if len(boxes) >= PACKED_FROM and fill_rtree(self.db, name, boxes[:, 0].astype(np.int64), boxes[:, 1:]):
            return
        self.db.executemany(f'INSERT INTO "{name}" VALUES (?,?,?,?,?)', boxes.tolist())  # noqa: S608

    def delete_layer(self, layer: Layer, fids: Sequence[int]) -> None:
        """Remove layer rows and their boxes."""
        self._open(layer)
        self._index(layer)
        self.db.executemany(f'DELETE FROM "{layer.table}" WHERE fid = ?', ((f,) for f in fids))  # noqa: S608
        if layer.spatial:
            self.db.executemany(f'DELETE FROM "rtree_{layer.table}_geom" WHERE id = ?', ((f,) for f in fids))  # noqa: S608

    def geometry_column(self) -> str:
        """The blob itself."""
        return 'l."geom"'

    def decode_geometries(self, stored: Sequence[bytes | None]) -> np.ndarray:
        """Geometries from GeoPackage blobs."""
        found: np.ndarray = shapely.from_wkb(np.array([None if b is None else _wkb(b) for b in stored], dtype=object))
        return found

    def window(self, layer: Layer) -> str:
        """R-tree search (the R-tree stores 32-bit boxes rounded outward)."""
        return (
            f'l.fid IN (SELECT id FROM "rtree_{layer.table}_geom" '  # noqa: S608
            "WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?)"
        )

    def renew_indexes(self) -> None:
        """``REINDEX`` the frozen tables."""
        for table in schema.ODD:
            self.execute(f"REINDEX {table}")

    def faults(self, entries: int) -> list[str]:
        """Tables are read past their indexes, which alone would hide a damaged column or a row they lost."""
        found = []
        sums = "count(*), sum(entry), sum(entry * (rowid % 8191))"
        entry = next(self.query(f"SELECT count(*), sum({schema.ODD['entry']}) FROM entry NOT INDEXED"))  # noqa: S608
        *part, odd = next(self.query(f"SELECT {sums}, sum({schema.ODD['part']}) FROM part NOT INDEXED"))  # noqa: S608
        for table, strange in (("entry", entry[1]), ("part", odd)):
            if strange:
                found.append(f"{strange} rows of table {table} hold what does not belong in their columns")
        if entry[0] != entries or tuple(part) != next(self.query(f"SELECT {sums} FROM part INDEXED BY part_entry")):  # noqa: S608
            found.append("the indexes of the entries say otherwise than their rows")
        return found

    def copy_to(self, path: Path) -> None:
        """``VACUUM INTO``: keeps ids, triggers and indexes, without side files."""
        if path.exists():
            raise RecordError(f"{path} exists already.")
        with _explained(path):
            ((reading,),) = self.db.execute("PRAGMA query_only")
            self.db.execute("PRAGMA query_only = OFF")  # which would forbid writing to the copy, too
            try:
                self.db.execute("VACUUM INTO ?", (str(path),))
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                self.db.execute(f"PRAGMA query_only = {reading}")

    def close(self) -> None:
        """Close the file; the last one to close folds the journal back into it."""
        self.db.close()


def encode_geometries(geometries: Sequence[Any]) -> tuple[list[bytes | None], list[tuple[float, ...] | None]]:
    """GeoPackage blobs (EPSG:4326) and boxes (min x, max x, min y, max y) of GeoJSON geometry objects."""
    blobs: list[bytes | None] = [None] * len(geometries)
    boxes: list[tuple[float, ...] | None] = [None] * len(geometries)
    others = []
    for i, geometry in enumerate(geometries):
        if geometry is None:
            continue
        try:
            if geometry["type"] != "Point":
                raise ValueError(geometry["type"])
            x, y = geometry["coordinates"]
            blobs[i] = _POINT.pack(b"GP", 0, 1, 4326, 1, 1, x, y)
            boxes[i] = (x, x, y, y)
        except (KeyError, TypeError, ValueError, struct.error):
            others.append(i)
    if others:
        outlines = shapes([geometries[i] for i in others])
        bounds = shapely.bounds(outlines).tolist()
        bodies = shapely.to_wkb(outlines, output_dimension=2, byte_order=1, flavor="iso")
        for i, (minx, miny, maxx, maxy), body in zip(others, bounds, bodies, strict=True):
            if body is None:
                continue
            if minx != minx:  # empty geometry: its box is NaN
                blobs[i] = struct.pack("<2sBBi", b"GP", 0, 0b10001, 4326) + body
            else:
                blobs[i] = _HEADER_BOX.pack(b"GP", 0, 0b00011, 4326, minx, maxx, miny, maxy) + body
                boxes[i] = (minx, maxx, miny, maxy)
    return blobs, boxes


_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def _wkb(blob: bytes) -> bytes:
    if blob[:2] != b"GP":
        raise RecordDamaged("A layer holds a geometry that is not a GeoPackage geometry.", hint="Rebuild the layers.")
    return blob[8 + _ENVELOPE_BYTES[blob[3] >> 1 & 0b111] :]


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    if not read_only or os.access(path, os.W_OK):
        with suppress(sqlite3.OperationalError):
            db = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds())
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if read_only:  # opened as a writer opens it, so that closing leaves no side files
                db.execute("PRAGMA query_only = ON")
                return db
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            return db
    address = path.resolve().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        db = sqlite3.connect(f"{address}?{mode}", uri=True, isolation_level=None, timeout=busy_seconds())
        try:
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            db.close()
            if "immutable" in mode:
                raise
        else:
            return db
    raise AssertionError  # the loop returns or raises


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what the user can do."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise RecordDamaged(f"{path} is damaged: it holds text that is no text.", hint="Restore a backup.") from error
    except sqlite3.DatabaseError as error:
        text = str(error)
        kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # without the extended part
        if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RecordBusy(
                f"Another program is writing to {path}.", hint="Try again when it has finished."
            ) from error
        if kind == sqlite3.SQLITE_FULL:
            raise RecordError(
                f"The disk that holds {path} is full; nothing was changed.", hint="Free some space."
            ) from error
        if kind == sqlite3.SQLITE_IOERR:
            raise RecordError(
                f"The disk that holds {path} refused: {text}; nothing was changed.",
                hint="Check its space, quota and health.",
            ) from error
        if kind == sqlite3.SQLITE_READONLY:
            raise RecordError(
                f"{path} lies on a read-only medium or may not be written to; nothing was changed."
            ) from error
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "malformed" in text:
            raise RecordDamaged(f"{path} is damaged or not a record: {text}.", hint="Restore a backup.") from error
        if kind == sqlite3.SQLITE_CANTOPEN:
            raise RecordError(f"{path} cannot be opened.", hint="Check the folder and its permissions.") from error
        raise RecordError(f"{path}: {text}.") from error
