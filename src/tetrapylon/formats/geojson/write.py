"""Writing GeoJSON: one file per entity, one feature per line, the same bytes for the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import IO

from tetrapylon.formats.flat import Flat
from tetrapylon.formats.row import Row


class Writer:
    """Writes rows into one file per entity; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: dict[str, tuple[IO[str], Flat]] = {}
        self.files: dict[str, str] = {}

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Write one row. Columns without a value are left out; texts are written as they are."""
        if row.entity not in self.open:
            path = self.folder / f"{row.entity}.geojson"
            file: IO[str] = path.open("w", encoding="utf-8", newline="\n")
            file.write('{"type": "FeatureCollection", "features": [\n')
            self.open[row.entity] = (file, Flat(row.entity))
            self.files[row.entity] = path.name
        else:
            self.open[row.entity][0].write(",\n")
        out, flat = self.open[row.entity]
        values = zip(flat.names, flat.values(row), strict=True)
        feature = {
            "type": "Feature",
            "id": row.uid,
            "properties": {name: value for name, value in values if value is not None},
            "geometry": flat.shape(row),
        }
        out.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, _ in self.open.values():
            file.write("\n]}\n")
            file.close()
