"""Where a record is kept: one GeoPackage file by default, or a schema of a PostGIS database. Same interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tetrapylon.errors import RecordDamaged
from tetrapylon.record.layers import Layer

RECORD_COLUMNS = {
    "entry": ("fid", "feed", "seq", "hash", "subject", "text"),
    "part": ("entry", "tier", "salt", "body"),
    "local_feed": ("feed",),
    "erased": ("entry", "tier"),
    "received": ("feed", "since", "seq", "at"),
    "quarantine": ("feed", "seq", "hash", "text", "parts"),
}
"""Every table of a record that is not derived, with its columns: what a whole copy takes along."""


class Store(Protocol):
    """The small interface every back end keeps. SQL uses ``?`` for parameters and double-quoted identifiers."""

    location: str
    """Path as the user gave it, or address without its password."""

    def query(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading statement."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run one writing statement inside `writing`."""

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows."""

    def reading(self) -> AbstractContextManager[None]:
        """Statements inside see one state of the record, whatever others write meanwhile."""

    def writing(self) -> AbstractContextManager[None]:
        """The one writer's transaction: all or nothing, on disk when it returns.

        Raises
        ------
        RecordBusy : another writer holds the record.
        RecordError : the disk is full or the medium read-only; nothing was changed.
        """

    def ensure_layer(self, layer: Layer) -> None:
        """Create the layer's table, spatial index, current view and guards if they do not exist."""

    def layers(self) -> list[str]:
        """Names of the layers that exist."""

    def layer_columns(self) -> dict[str, set[str]]:
        """Columns of each layer that exists, ``geom`` among them where it has one."""

    def drop_layer(self, table: str) -> None:
        """Remove a layer with its index and view, inside a writing transaction."""

    def insert_layer(self, layer: Layer, rows: Sequence[Sequence[Any]], geometries: Sequence[Any]) -> None:
        """Add layer rows; ``geometries`` are GeoJSON geometry objects (EPSG:4326) or None, one per row."""

    def delete_layer(self, layer: Layer, fids: Sequence[int]) -> None:
        """Remove the layer rows of these entries."""

    def geometry_column(self) -> str:
        """SQL expression of the layer alias ``l`` that gives the geometry as this store's bytes."""

    def decode_geometries(self, stored: Sequence[bytes | None]) -> np.ndarray:
        """Geometries from this store's bytes: object array of shapely geometries, None where there is none."""

    def window(self, layer: Layer) -> str:
        """SQL condition on ``l`` that its box meets the box of four parameters: min x, max x, min y, max y."""

    def renew_indexes(self) -> None:
        """Make the indexes of the entries anew from their rows, inside `writing`."""

    def faults(self, entries: int) -> list[str]:
        """Where the storage contradicts itself: columns or indexes that say otherwise than the entries' texts.

        ``entries``: how many entries were found by reading them in the order of feed and number.
        """

    def close(self) -> None:
        """Let go of the file or connection."""


def is_address(location: str) -> bool:
    """True for a PostGIS address (``postgresql://...``), False for a file."""
    return location.startswith(("postgresql://", "postgres://"))


def create_store(location: str) -> Store:
    """A new, empty store.

    Raises
    ------
    RecordError : the place is taken or cannot be written to.
    """
    if is_address(location):
        from tetrapylon.record.store.postgis import PostGIS

        return PostGIS.create(location)
    from tetrapylon.record.store.geopackage import GeoPackage

    return GeoPackage.create(Path(location))


def open_store(location: str, *, read_only: bool = False) -> Store:
    """An existing store.

    Raises
    ------
    NotFound : there is none at this place.
    RecordDamaged : what lies there is not a record.
    """
    if is_address(location):
        from tetrapylon.record.store.postgis import PostGIS

        return PostGIS.open(location, read_only=read_only)
    from tetrapylon.record.store.geopackage import GeoPackage

    return GeoPackage.open(Path(location), read_only=read_only)


def is_record(path: Path) -> bool:
    """Whether a record lies in this file; False where there is none, or something else."""
    if not path.is_file():
        return False
    try:
        open_store(str(path), read_only=True).close()
    except RecordDamaged:
        return False
    return True
