"""Rows of a plain layer or table as parcels and points of a survey."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey import Parcel, Point, Product
from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.sheet import GEOMETRY, Sheet
from tetrapylon.formats.tables.cells import split_many
from tetrapylon.formats.values import day, number
from tetrapylon.model import Bound, Stated
from tetrapylon.model.terms import AreaStatus

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("local_id", "@id", "id", "@name", "name"),
        "shape": (GEOMETRY, "wkt", "geom", "shape"),
        "shape_id": ("shape_id", "shapeid"),
        "lon": ("lon", "longitude", "long"),
        "lat": ("lat", "latitude"),
        "declared": ("declared_area_m2", "area_m2"),
        "bound": ("declared_area_bound", "area_bound"),
        "accuracy": ("position_accuracy_m", "accuracy_m"),
        "start": ("start", "date", "recorded"),
        "end": ("end",),
        "kind": ("kind",),
        "status": ("status",),
        "methods": ("methods", "method"),
        "depth": ("depth_m",),
        "datum": ("depth_datum",),
        "of": ("area_of",),
        "uid": ("uid",),
        "hours": ("staff_hours_h",),
    }
)
"""What is read of a table, and under which headings (capitals do not matter), the first one there counting."""
PRODUCTS: Mapping[str, Product] = MappingProxyType(
    {"hazard_area": Product.HAZARD, "search": Product.SEARCHED, "progress": Product.WORKED}
)
"""Products by the name of a layer; of ``land_release`` the kind decides; any other is an outline."""

T = TypeVar("T")


class Reader:
    """Rows of one sheet as parcels and points."""

    def __init__(self, sheet: Sheet, title: str, problems: Problems) -> None:
        self.sheet, self.title, self.problems = sheet, title, problems
        headings = {c.casefold(): i for i, c in reversed(list(enumerate(sheet.columns)))}
        self.at = {
            what: [headings[name] for name in names if name in headings] for what, names in COLUMNS.items()
        }  # fmt: skip

    def read(self, row: int, cells: Sequence[Any], parcels: list[Parcel], points: list[Point]) -> None:
        """Add what a row holds."""

        def cell(what: str) -> Any:
            return next((cells[i] for i in self.at[what] if cells[i] not in ("", None)), None)

        def value(what: str, parse: Callable[[str], T]) -> T | None:
            text = cell(what)
            try:
                return None if text is None else parse(str(text))
            except Bad as bad:
                self.problems.bad(self.sheet.file, row, self._heading(what), bad)
            except (ValueRangeError, VocabularyError) as error:
                self.problems.add(self.sheet.file, row, self._heading(what), str(text), str(error))
            return None

        uid, name = f"{self.title}:{row}", str(cell("name") or f"row {row}")
        shape, lon, lat = self._shape(row, cell("shape")), value("lon", number), value("lat", number)
        if shape is None and lon is not None and lat is not None:
            points.append(Point(uid, name, lon, lat))
            return
        if isinstance(shape, BaseGeometry) and shape.geom_type == "Point" and not shape.is_empty:
            points.append(Point(uid, name, shape.x, shape.y))  # and a parcel, so that its coordinates are checked
        declared, bound = value("declared", number), value("bound", Bound.read)
        hours = value("hours", number)
        if declared is not None and declared < 0:
            self.problems.add(self.sheet.file, row, self._heading("declared"), str(declared), "is less than 0.")
            declared = None
        parcels.append(
            Parcel(
                uid=str(cell("uid") or uid),
                name=name,
                product=self._product(cell("kind")),
                geometry=shape,
                shape_id=cell("shape_id"),
                declared=None if declared is None else Stated(declared, bound or Bound.EXACT),
                accuracy=value("accuracy", number),
                start=value("start", _date),
                end=value("end", _date),
                methods=tuple(split_many(str(cell("methods") or ""))),
                depth=value("depth", number),
                datum=cell("datum"),
                of=tuple(split_many(str(cell("of") or ""))),
                closed=cell("status") == AreaStatus.CLOSED.value,
                staff_days=hours / 8.0 if hours else None,
            )
        )

    def _heading(self, what: str) -> str:
        return self.sheet.columns[self.at[what][0]] if self.at[what] else what

    def _product(self, kind: Any) -> Product:
        if self.title == "land_release":
            return Product(str(kind)) if str(kind) in ("cancelled", "reduced", "cleared") else Product.OUTLINE
        return PRODUCTS.get(self.title, Product.OUTLINE)

    def _shape(self, row: int, raw: Any) -> BaseGeometry | Mapping[str, Any] | None:
        try:
            return geometry_of(raw)
        except Bad as bad:
            self.problems.bad(self.sheet.file, row, GEOMETRY, bad)
            return None


def geometry_of(raw: Any) -> BaseGeometry | Mapping[str, Any] | None:
    """A geometry from a GeoJSON object or text, WKB or WKT; broken GeoJSON stays as it is, to be examined.

    Raises
    ------
    Bad : it is none of these.
    """
    try:
        if isinstance(raw, bytes):
            return shapely.from_wkb(raw)
        if isinstance(raw, str):
            with np.errstate(invalid="ignore"):  # NaN among the coordinates is found by its own check
                raw = json.loads(raw) if raw.lstrip()[:1] == "{" else shapely.from_wkt(raw)
    except (shapely.errors.GEOSException, json.JSONDecodeError, RecursionError):
        raise Bad(str(raw)[:60], "is not a readable geometry.") from None
    if isinstance(raw, dict):
        whole = shapely.from_geojson(json.dumps(raw), on_invalid="ignore")
        return whole if whole is not None else raw
    return raw if isinstance(raw, BaseGeometry) else None


def outlines_of(sheet: Sheet) -> Iterator[BaseGeometry]:
    """Geometries of a table that can be built, in the order of its rows; rows that cannot be read are left out."""
    headings = {c.casefold(): i for i, c in reversed(list(enumerate(sheet.columns)))}
    at = [headings[name] for name in COLUMNS["shape"] if name in headings]
    for _, cells in sheet.records():
        raw = None if isinstance(cells, Bad) else next((cells[i] for i in at if cells[i] not in ("", None)), None)
        try:
            shape = geometry_of(raw)
        except Bad:
            continue
        if isinstance(shape, BaseGeometry):
            yield shape


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(day(text))
