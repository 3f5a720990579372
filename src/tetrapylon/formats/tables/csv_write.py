"""Writing CSV: one file per entity, the same bytes for the same rows."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tetrapylon.formats.flat import Flat, geometry_text, plain
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import GEOMETRY
from tetrapylon.formats.tables.cells import guard


class Writer:
    """Writes rows into one file per entity: UTF-8, commas, "\\n" line ends, formulas guarded. A context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, tuple[IO[str], Any, Flat]] = {}
        self.files: dict[str, str] = {}

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Write one row."""
        if row.entity not in self.open:
            path = self.folder / f"{row.entity}.csv"
            file = path.open("w", encoding="utf-8", newline="")
            flat = Flat(row.entity)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_headings(flat))
            self.open[row.entity] = (file, writer, flat)
            self.files[row.entity] = path.name
        _, writer, flat = self.open[row.entity]
        cells = [guard(v) if type(v) is str else plain(v) for v in flat.values(row)]
        if flat.geometry:
            cells.append(geometry_text(flat.shape(row)))
        writer.writerow(cells)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, _, _ in self.open.values():
            file.close()


def template(path: Path, entity: str) -> None:
    """Write an empty table for one entity: its headings."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(_headings(Flat(entity)))


def _headings(flat: Flat) -> list[str]:
    return [*flat.names, *([GEOMETRY] if flat.geometry else [])]
