"""Checking a plain layer or table that is in no record: GeoJSON, GeoPackage, KML, CSV, XLSX."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey import Parcel, Point, Product, Survey, examine_survey
from tetrapylon.errors import CaseError, Problem, ValueRangeError, VocabularyError
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.registry import FORMATS, open_sheets
from tetrapylon.formats.sheet import GEOMETRY, Sheet
from tetrapylon.formats.tables.cells import split_many
from tetrapylon.formats.values import day, number
from tetrapylon.geo.checks import Finding
from tetrapylon.model import Bound, Stated
from tetrapylon.model.terms import AreaStatus
from tetrapylon.record.store import is_address

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


@dataclass(frozen=True)
class LayerChecked:
    """What was found. findings : at most 1,000 of each code; counts : how many there were. problems : rows or cells
    that could not be read."""

    file: str
    rows: int
    outlines: int
    points: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]


def is_layer(file: str) -> bool:
    """Whether a file is a layer or table to be checked by itself rather than a record."""
    path = Path(file)
    if is_address(file) or not path.is_file():
        return False
    kind = next((f.name for f in FORMATS.values() if f.sniff(path)), None)
    return kind is not None and (kind != "gpkg" or not _holds_record(path))


def check_layer(file: str) -> LayerChecked:
    """Run the survey checks on every feature of a file, those of all its layers together; reading only.

    Raises
    ------
    CaseError : the file cannot be read at all.
    """
    path, problems = Path(file), Problems()
    try:
        sheets = open_sheets(path)
    except Bad as bad:
        problems.bad(path.name, 0, "", bad)
        raise CaseError(problems.listed()) from None
    parcels: list[Parcel] = []
    points: list[Point] = []
    rows = 0
    for sheet in sheets:
        reader = _Reader(sheet, sheet.title or path.stem, problems)
        for row, cells in sheet.records():
            rows += 1
            if isinstance(cells, Bad):
                problems.bad(sheet.file, row, "", cells)
            else:
                reader.read(row, cells, parcels, points)
    survey = Survey(tuple(parcels), tuple(points))
    result = examine_survey(survey)
    outlines = int((shapely.get_type_id(survey.shapes) != 0).sum())
    return LayerChecked(
        path.name, rows, outlines, len(points), result.findings, result.counts, tuple(problems.listed())
    )  # fmt: skip


class _Reader:
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
        """A geometry from a GeoJSON object or text, WKB or WKT; broken GeoJSON stays as it is, to be examined."""
        try:
            if isinstance(raw, bytes):
                return shapely.from_wkb(raw)
            if isinstance(raw, str):
                raw = json.loads(raw) if raw.lstrip()[:1] == "{" else shapely.from_wkt(raw)
        except (shapely.errors.GEOSException, json.JSONDecodeError, RecursionError):
            self.problems.add(self.sheet.file, row, GEOMETRY, str(raw)[:60], "is not a readable geometry.")
            return None
        if isinstance(raw, dict):
            whole = shapely.from_geojson(json.dumps(raw), on_invalid="ignore")
            return whole if whole is not None else raw
        return raw if isinstance(raw, BaseGeometry) else None


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(day(text))


def _holds_record(path: Path) -> bool:
    """Whether a GeoPackage has the entries of a record; one that cannot be read counts as a record, to be explained."""
    try:
        with sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro", uri=True) as db:
            return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is not None
    except sqlite3.Error:
        return True
