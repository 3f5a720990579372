"""What every tabular reader gives: a name, columns, and records of text in the order of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tetrapylon.formats.problems import Bad

GEOMETRY = "geometry"
"""Column in which readers of spatial files put the geometry (a GeoJSON object, or WKB bytes)."""

UID, LOCAL_ID, SOURCE, TIER, EXTRA = "uid", "local_id", "claim_source", "claim_tier", "extra"
"""Columns of our own tables that speak of the thing and the claim: its uid, its own identifier, the source that dates
it, the tier of the whole row, and the fields this version does not know as one JSON object."""

Record = tuple[int, Sequence[Any] | Bad]
"""Number of the row as the user sees it, and one cell per column, empty text where nothing stands; a `Bad` in place
of the cells where the row cannot be read."""


class NumberCell(str):
    """Text of a cell that a workbook holds as a number."""

    __slots__ = ()

    def __new__(cls, value: float) -> NumberCell:
        return super().__new__(cls, repr(value))


class DateCell(str):
    """Text of a cell that a workbook holds as a date."""

    __slots__ = ()


@dataclass(frozen=True)
class Sheet:
    """One table of a file, read again from the start at every call of ``records``.

    ``file``: name for messages. ``title``: name of the sheet or layer, "" where the file has only one. Cells are text;
    those of workbooks may be `NumberCell` or `DateCell`, so that what a spreadsheet mangled is not taken for text.
    """

    file: str
    title: str
    columns: tuple[str, ...]
    records: Callable[[], Iterator[Record]]
