"""Layers of a GeoPackage as tables, in batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import shapely

from tetrapylon.formats.flat import Flat
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import GEOMETRY, Record, Sheet

FILE = "case.gpkg"
BATCH = 10_000
_MAGIC = b"SQLite format 3\0"
_WGS84 = ("EPSG:4326", "OGC:CRS84")


def sniff(path: Path) -> bool:
    """True for a SQLite file that says it is a GeoPackage, by its application id or its name."""
    with path.open("rb") as file:
        start = file.read(72)
    return start.startswith(_MAGIC) and (start[68:72] in (b"GPKG", b"GP10", b"GP11") or path.suffix.lower() == ".gpkg")


def read(path: Path, *, file: str = "") -> list[Sheet]:
    """The layers of a file.

    Raises
    ------
    Bad : GDAL cannot open it, or a layer with geometries is not in WGS 84.
    """
    import pyogrio  # GDAL takes a while to load

    name = file or path.name
    try:
        layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
        infos = {layer: pyogrio.read_info(path, layer=layer) for layer in layers}
    except Exception as error:  # GDAL's errors have no common base
        raise Bad("", f"is not a readable GeoPackage: {error}") from None
    sheets = []
    for layer, info in infos.items():
        spatial = info["geometry_type"] is not None
        if spatial and info["crs"] and str(info["crs"]).upper() not in _WGS84:
            reason = f"is the reference system of layer {layer}: longitude and latitude on WGS 84 are needed."
            raise Bad(str(info["crs"])[:60], reason, "EPSG:4326", "geometry")
        columns = (*map(str, info["fields"]), *([GEOMETRY] if spatial else []))
        integers = [str(dtype).startswith("int") for dtype in info["dtypes"]]
        flags = [str(dtype) == "bool" for dtype in info["dtypes"]]
        records = partial(_records, path, layer, info["features"], integers, flags, spatial)
        sheets.append(Sheet(name, layer, columns, records))
    return sheets


def _records(
    path: Path, layer: str, count: int, integers: list[bool], flags: list[bool], spatial: bool
) -> Iterator[Record]:
    import pyogrio.raw

    for start in range(0, max(count, 0), BATCH):
        try:
            _, _, shapes, columns = pyogrio.raw.read(path, layer=layer, skip_features=start, max_features=BATCH)
        except Exception as error:
            yield start + 1, Bad("", f"The layer {layer} is not readable: {error}")
            return
        texts = [_texts(c, i, f) for c, i, f in zip(columns, integers, flags, strict=True)]
        places = list(shapes) if spatial and shapes is not None else None
        size = len(texts[0]) if texts else len(places or ())
        for k in range(size):
            cells: list[Any] = [column[k] for column in texts]
            if spatial:
                cells.append(places[k] if places is not None and places[k] is not None else "")
            yield start + k + 1, cells


def _texts(column: Any, integer: bool, flag: bool) -> list[str]:
    """A column of a layer as text."""
    kind = column.dtype.kind
    if flag:
        return ["" if v != v else "true" if v else "false" for v in column.tolist()]
    if kind == "M":
        days = column.astype("datetime64[D]")
        whole = days.astype(column.dtype) == column
        texts = np.where(whole, np.datetime_as_string(days), np.datetime_as_string(column))
        return ["" if t == "NaT" else str(t) for t in texts]
    if kind == "f":
        return ["" if v != v else str(int(v)) if integer else repr(v) for v in column.tolist()]
    return ["" if v is None else str(v) for v in column.tolist()]


class Writer:
    """Writes rows into one file, a batch at a time; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.path.unlink(missing_ok=True)
        self.flats: dict[str, Flat] = {}
        self.pending: dict[str, list[Row]] = {}
        self.written: set[str] = set()

    def __enter__(self) -> Writer:
        return self

    def add(self, row: Row) -> None:
        """Write one row."""
        rows = self.pending.setdefault(row.entity, [])
        rows.append(row)
        if len(rows) >= BATCH:
            self._flush(row.entity)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for entity in self.pending:
                self._flush(entity)

    @property
    def files(self) -> dict[str, str]:
        """Names for the manifest."""
        return {"geopackage": FILE}

    def _flush(self, entity: str) -> None:
        import pyogrio.raw

        rows, self.pending[entity] = self.pending[entity], []
        if not rows:
            return
        flat = self.flats.setdefault(entity, Flat(entity))
        table = list(zip(*(flat.values(row) for row in rows), strict=True))
        data, masks = zip(*(_array(v, c.sql) for v, c in zip(table, flat.columns, strict=True)), strict=True)
        shapes = None
        if flat.geometry:
            texts = [json.dumps(g) if (g := flat.shape(row)) else None for row in rows]
            shapes = shapely.to_wkb(shapely.from_geojson(texts))
        pyogrio.raw.write(
            self.path,
            shapes,
            list(data),
            list(flat.names),
            field_mask=list(masks),
            layer=entity,
            driver="GPKG",
            geometry_type="Unknown" if flat.geometry else None,
            crs="EPSG:4326" if flat.geometry else None,
            append=bool(self.written),
            promote_to_multi=False,
            nan_as_null=True,
        )
        self.written.add(entity)


def _array(values: tuple[Any, ...], sql: str) -> tuple[Any, Any]:
    """A column for GDAL and the mask of its empty cells."""
    empty = np.array([v is None for v in values])
    if sql == "DATE":
        return np.array([v or "NaT" for v in values], dtype="datetime64[D]"), None
    if sql == "DOUBLE":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64), None
    if sql == "INTEGER":
        return np.array([v or 0 for v in values], dtype=np.int64), empty
    if sql == "BOOLEAN":
        return np.array([bool(v) for v in values]), empty
    return np.array([v if v is None else str(v) for v in values], dtype=object), None
