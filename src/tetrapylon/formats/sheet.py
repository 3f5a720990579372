"""What every tabular reader gives: a name, columns, and records of text in the order of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tetrapylon.formats.problems import Bad

GEOMETRY = "geometry"
"""Column in which readers of spatial files put the geometry (a GeoJSON object, or WKB bytes)."""

Record = tuple[int, Sequence[Any] | Bad]
"""Number of the row as the user sees it, and one cell per column, empty text where nothing stands; a `Bad` in place
of the cells where the row cannot be read."""


@dataclass(frozen=True)
class Sheet:
    """One table of a file, read again from the start at every call of ``records``.

    ``file``: name for messages. ``title``: name of the sheet or layer, "" where the file has only one. ``typed``: the
    cells come from a format that keeps numbers and dates apart (XLSX), so a value of the wrong type is worth a word.
    """

    file: str
    title: str
    columns: tuple[str, ...]
    records: Callable[[], Iterator[Record]]
    typed: bool = False
