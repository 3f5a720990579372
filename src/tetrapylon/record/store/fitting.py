"""What a layer column can hold: values of bodies written elsewhere are fitted to it, so that no body stops a merge.

Bodies are kept as received and may hold anything JSON can. Layers are typed tables that other programs read; a value
that is none of its column's is left empty there, and stays in the body.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely

from tetrapylon.record.layers import META, Layer

MAX_INTEGER = 2**63 - 1
"""Largest value of a GeoPackage INTEGER and a PostgreSQL bigint."""


def fitted(layer: Layer, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Layer rows whose values are of their columns' types, or None."""
    fits = _fits(layer)
    return [[v if v is None else fit(v) for fit, v in zip(fits, row, strict=True)] for row in rows]


def shapes(geometries: Sequence[Any]) -> np.ndarray:
    """Object array of shapely geometries from GeoJSON geometry objects; None where it is no geometry."""
    texts = np.array([None if g is None else json.dumps(g) for g in geometries], dtype=object)
    found: np.ndarray = shapely.from_geojson(texts, on_invalid="ignore")
    return found


@cache
def _fits(layer: Layer) -> tuple[Callable[[Any], Any], ...]:
    kinds = ("INTEGER", *(c.sql for c in META), *(c.sql for c in layer.columns))
    return tuple(_FIT[kind] for kind in kinds)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(value: Any) -> float | None:
    if value.__class__ is float or value.__class__ is int:
        try:
            return value + 0.0 if math.isfinite(value) else None  # no negative zero: SQLite does not keep it
        except OverflowError:
            return None
    return None


def _integer(value: Any) -> int | None:
    if value.__class__ is float and value.is_integer():
        value = int(value)
    return value if value.__class__ is int and -MAX_INTEGER <= value <= MAX_INTEGER else None


def _flag(value: Any) -> bool | None:
    return value if value.__class__ is bool else None


def _date(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return None
    return value


_FIT: dict[str, Callable[[Any], Any]] = {
    "TEXT": _text, "DOUBLE": _number, "INTEGER": _integer, "BOOLEAN": _flag, "DATE": _date,
}  # fmt: skip
