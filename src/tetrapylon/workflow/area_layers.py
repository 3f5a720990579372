"""Pieces of ground as a layer for a map: one GeoPackage with a layer for terms and one for differences, or GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tetrapylon.clear.area import Piece
from tetrapylon.errors import ValueRangeError
from tetrapylon.model.entity import geometry_to_json

LAYERS = ("area_ledger_terms", "area_ledger_differences")
"""What the identity adds up, and what is to be looked at; the second is drawn over the first."""
COLUMNS = ("kind", "records", "m2", "text")


def write_pieces(pieces: Sequence[Piece], out: Path) -> Path:
    """Write pieces to ``out``, replaced as a whole when everything is written.

    Raises
    ------
    ValueRangeError : the name ends neither in .gpkg nor in .geojson, or its folder does not exist.
    """
    writers = {".gpkg": _geopackage, ".geojson": _geojson, ".json": _geojson}
    if out.suffix.lower() not in writers:
        raise ValueRangeError(f"{out.name} is no layer that can be written.", hint="Name a .gpkg or .geojson file.")
    if not out.parent.is_dir():
        raise ValueRangeError(f"There is no folder {out.parent} to write {out.name} into.")
    draft = out.with_name(f".{out.stem}.draft{out.suffix}")
    draft.unlink(missing_ok=True)
    try:
        writers[out.suffix.lower()](pieces, draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def features(pieces: Sequence[Piece]) -> Iterator[dict[str, Any]]:
    """Pieces as GeoJSON features, EPSG:4326."""
    for piece in pieces:
        yield {
            "type": "Feature",
            "properties": dict(zip(COLUMNS, _cells(piece), strict=True)),
            "geometry": geometry_to_json(piece.geometry),
        }


def _geojson(pieces: Sequence[Piece], out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        for k, feature in enumerate(features(pieces)):
            file.write((",\n" if k else "") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")


def _geopackage(pieces: Sequence[Piece], out: Path) -> None:
    import pyogrio.raw  # GDAL takes a while to load

    for layer, term in zip(LAYERS, (True, False), strict=True):
        own = [p for p in pieces if p.kind.is_term is term]
        shapes = shapely.to_wkb(np.array([None, *(_multi(p.geometry) for p in own)], dtype=object)[1:])
        columns = list(zip(*map(_cells, own), strict=True)) if own else [()] * len(COLUMNS)
        kinds = (object, object, np.float64, object)
        data = [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
        pyogrio.raw.write(
            out, shapes, data, list(COLUMNS), layer=layer, driver="GPKG", geometry_type="MultiPolygon",
            crs="EPSG:4326", append=out.exists(),
        )  # fmt: skip


def _cells(piece: Piece) -> tuple[str, str, float, str]:
    return piece.kind.value, "; ".join(piece.names), round(piece.m2, 2), piece.text


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape
