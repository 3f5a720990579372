"""A whole copy of a record in one file: for backup, or to carry elsewhere."""

from __future__ import annotations

from pathlib import Path

from tetrapylon.errors import RecordError
from tetrapylon.record.record import Record
from tetrapylon.record.store import RECORD_COLUMNS
from tetrapylon.record.store.geopackage import GeoPackage


def snapshot(record: Record, path: Path) -> None:
    """Write everything, local feeds included, to a new GeoPackage without side files; nothing stays if it fails.

    Raises
    ------
    RecordError : the place is taken, the disk is full or the medium read-only.
    """
    if path.exists():
        raise RecordError(f"{path} exists already.")
    if isinstance(record.store, GeoPackage):
        record.store.copy_to(path)
        return
    try:
        copy = GeoPackage.create(path)
        try:
            with record.store.reading(), copy.writing():
                for table, columns in RECORD_COLUMNS.items():
                    names = ", ".join(f'"{c}"' for c in columns)
                    rows = record.store.query(f'SELECT {names} FROM "{table}" ORDER BY 1')  # noqa: S608
                    copy.insert(table, columns, rows)
            Record(copy).rebuild()
        finally:
            copy.close()
    except BaseException:
        for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            leftover.unlink(missing_ok=True)
        raise
