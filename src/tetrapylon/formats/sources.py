"""Which format a file has, and its tables."""

from __future__ import annotations

from pathlib import Path

from tetrapylon.formats import geojson
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.sheet import Sheet
from tetrapylon.formats.tables import csv_text


def open_sheets(path: Path, *, file: str = "") -> list[Sheet]:
    """The tables of a file.

    Raises
    ------
    Bad : the format is not known, or the file is not what it says.
    """
    name = file or path.name
    if geojson.sniff(path):
        return [geojson.read(path, file=name)]
    if csv_text.sniff(path):
        return [csv_text.read(path, file=name)]
    raise Bad(name, "is in no format that can be read (CSV, XLSX, GeoJSON, GeoPackage, KML).")


def is_zipped_case(path: Path) -> bool:
    return False


def unpack(path: Path, into: Path, problems: Problems) -> Path:
    return into
