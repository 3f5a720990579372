"""Plain layers for a map, written whole or not at all: a GeoPackage with its layers, or one GeoJSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.planar import POLYGONS
from tetrapylon.model.field import geometry_to_json
from tetrapylon.reports.files import spare


@dataclass(frozen=True)
class MapLayer:
    """One layer. columns : names; rows : a text or a number each; shapes : EPSG:4326, one for each row."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | float, ...]]
    shapes: Sequence[BaseGeometry]


def write_layers(layers: Sequence[MapLayer], out: Path) -> Path:
    """Write layers to ``out``, replaced as a whole when everything is written.

    In a GeoPackage polygons become multi-polygons. In GeoJSON every feature names its layer.

    Raises
    ------
    ValueRangeError : the name ends neither in .gpkg nor in .geojson, or its folder does not exist. NotPermitted : a
        folder, a device or a record lies there.
    """
    writers = {".gpkg": _geopackage, ".geojson": _geojson, ".json": _geojson}
    if out.suffix.lower() not in writers:
        raise ValueRangeError(f"{out.name} is no layer that can be written.", hint="Name a .gpkg or .geojson file.")
    if not out.parent.is_dir():
        raise ValueRangeError(f"There is no folder {out.parent} to write {out.name} into.")
    draft = spare(out).with_name(f".{out.stem}.draft{out.suffix}")
    draft.unlink(missing_ok=True)
    try:
        writers[out.suffix.lower()](layers, draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def _geojson(layers: Sequence[MapLayer], out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        first = True
        for layer in layers:
            for row, shape in zip(layer.rows, layer.shapes, strict=True):
                cells = dict(zip(layer.columns, row, strict=True))
                feature = {
                    "type": "Feature",
                    "properties": {"layer": layer.name, **cells},
                    "geometry": geometry_to_json(shape),
                }
                file.write(("\n" if first else ",\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
                first = False
        file.write("\n]}\n")


def _geopackage(layers: Sequence[MapLayer], out: Path) -> None:
    import pyogrio.raw  # GDAL takes a while to load

    for layer in layers:
        shapes = shapely.to_wkb(np.array([None, *map(_multi, layer.shapes)], dtype=object)[1:])
        polygons = all(s.geom_type in POLYGONS for s in layer.shapes)
        pyogrio.raw.write(
            out, shapes, [_column(layer.rows, k) for k in range(len(layer.columns))], list(layer.columns),
            layer=layer.name, driver="GPKG", geometry_type="MultiPolygon" if polygons else "Unknown", crs="EPSG:4326",
            append=out.exists(), promote_to_multi=False,
        )  # fmt: skip


def _column(rows: Sequence[tuple[Any, ...]], place: int) -> np.ndarray:
    values = [row[place] for row in rows]
    numbers = bool(values) and all(isinstance(v, float) for v in values)
    return np.array(values, dtype=np.float64 if numbers else object)


def _multi(shape: BaseGeometry) -> BaseGeometry:
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape
