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
from types import NoneType
from typing import Any

import numpy as np
import shapely

from tetrapylon.record.layers import META, Layer

Column = tuple[Any, ...]

MAX_INTEGER = 2**63 - 1
"""Largest value of a GeoPackage INTEGER and a PostgreSQL bigint."""


def fitted(layer: Layer, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Layer rows whose values are of their columns' types, or None; usually the rows themselves."""
    columns = list(zip(*rows, strict=True))
    changed = False
    for i, (kind, column) in enumerate(zip(_kinds(layer), columns, strict=False)):
        if not _FITS[kind](column):
            fit = _FIT[kind]
            columns[i] = tuple(None if v is None else fit(v) for v in column)
            changed = True
    return list(zip(*columns, strict=True)) if changed else rows


def shapes(geometries: Sequence[Any]) -> np.ndarray:
    """Object array of shapely geometries from GeoJSON geometry objects; None where it is no geometry."""
    texts = np.array([None if g is None else json.dumps(g) for g in geometries], dtype=object)
    found: np.ndarray = shapely.from_geojson(texts, on_invalid="ignore")
    return found


@cache
def _kinds(layer: Layer) -> tuple[str, ...]:
    return ("INTEGER", *(c.sql for c in META), *(c.sql for c in layer.columns))


def _texts_fit(column: Column) -> bool:
    if not {str, NoneType}.issuperset(map(type, column)):
        return False
    text = "".join(filter(None, column))
    if text.isascii():
        return "\x00" not in text
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return "\x00" not in text


def _numbers_fit(column: Column) -> bool:
    if not {float, NoneType}.issuperset(map(type, column)):
        return False
    values = set(column) - {None}
    return 0.0 not in values and all(map(math.isfinite, values))  # a zero may be a negative one


def _integers_fit(column: Column) -> bool:
    if not {int, NoneType}.issuperset(map(type, column)):
        return False
    values = set(column) - {None}
    return not values or (min(values) >= -MAX_INTEGER and max(values) <= MAX_INTEGER)


def _flags_fit(column: Column) -> bool:
    return {bool, NoneType}.issuperset(map(type, column))


def _dates_fit(column: Column) -> bool:
    if not {str, NoneType}.issuperset(map(type, column)):
        return False
    return all(_date(v) is not None for v in set(column) - {None})


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


_FITS: dict[str, Callable[[Column], bool]] = {
    "TEXT": _texts_fit, "DOUBLE": _numbers_fit, "INTEGER": _integers_fit, "BOOLEAN": _flags_fit, "DATE": _dates_fit,
}  # fmt: skip
"""Whether all values of a column can stay as they are, by type."""

_FIT: dict[str, Callable[[Any], Any]] = {
    "TEXT": _text, "DOUBLE": _number, "INTEGER": _integer, "BOOLEAN": _flag, "DATE": _date,
}  # fmt: skip
