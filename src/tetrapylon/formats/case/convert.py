"""Turning the cells of one row into JSON data of an entity: one small function per field, made once per table.

Values that repeat (terms, dates, references) are read once and kept; nothing is built per row but the data itself.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tetrapylon.errors import VocabularyError
from tetrapylon.formats import values
from tetrapylon.formats.case.mapping import FieldSpec
from tetrapylon.formats.case.names import PartyNames
from tetrapylon.formats.case.references import References
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.tables.cells import restore, split_many
from tetrapylon.model import Bound, Entity, Field, Precision

Cells = Sequence[Any]
Convert = Callable[[Cells], Any]
"""Cells of a row to the JSON data of a field, None where nothing is stated; raises `Bad`."""
Extent = tuple[float, float, float, float]

_CACHED = 100_000


class Columns:
    """Where the columns of a table stand."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.at = {name: i for i, name in enumerate(names)}
        self.used: set[str] = set()

    def index(self, name: str) -> int:
        """Place of a column.

        Raises
        ------
        VocabularyError : there is no such column.
        """
        if name not in self.at:
            raise VocabularyError(name, "column of this table", self.names)
        self.used.add(name)
        return self.at[name]


def converter(field: Field, spec: FieldSpec, columns: Columns, references: References, id_at: int) -> Convert:
    """The function that reads one field.

    Raises
    ------
    VocabularyError : a column, unit, term or bound named in ``spec`` does not exist.
    Bad : a constant or given value is not one of the field.
    """
    convert = _plain(field, spec, columns, references, id_at)
    if spec.given:
        given = {local_id: _value(field, value, references) for local_id, value in spec.given.items()}
        inner = convert

        def convert(cells: Cells) -> Any:
            found = given.get(cells[id_at])
            return inner(cells) if found is None else found

    if spec.default is not None:
        fallback, main = _value(field, spec.default, references), convert

        def convert(cells: Cells) -> Any:
            found = main(cells)
            return fallback if found is None else found

    return convert


def _plain(field: Field, spec: FieldSpec, columns: Columns, references: References, id_at: int) -> Convert:
    if spec.constant is not None:
        constant = _value(field, spec.constant, references)
        return lambda cells: constant
    if spec.lon or spec.lat:
        return lambda cells: None  # points are read by `point`
    if spec.join:
        return _join(spec.join, columns)
    if not spec.column:
        return lambda cells: None
    at = columns.index(spec.column)
    text = _text(at, spec)
    if spec.contains:
        mark = spec.contains
        return lambda cells: mark in cells[at]
    if spec.words:
        return _words(field, spec, text)
    if field.kind == "when":
        return _when(spec, text, columns)
    if field.kind == "stated":
        return _stated(field, spec, text, columns, id_at)
    if field.many:
        return _many(field, spec, text, references)
    if field.kind in ("text", "geometry"):
        return text
    return _cached(text, one(field, spec, references))


def one(field: Field, spec: FieldSpec, references: References) -> Callable[[str], Any]:
    """From the text of one value to its JSON data."""
    if field.kind == "term":
        vocabulary = field.vocabulary
        assert vocabulary is not None
        for code in spec.values.values():
            if code not in vocabulary._value2member_map_:
                raise VocabularyError(code, vocabulary.title(), [m.value for m in vocabulary])
        mapped = spec.values
        return lambda text: values.term(text, vocabulary, mapped)
    if field.kind == "ref":
        assert field.target is not None
        target = entity_name(field.target)
        resolve = references.resolver(target)
        return lambda text: resolve(values.identifier(text))
    if field.kind == "number":
        if spec.unit:
            factor = values.factor(spec.unit, field.unit)
            return lambda text: values.scaled(text, factor)
        return values.number
    if field.kind == "integer":
        return values.integer
    if field.kind == "flag":
        return values.flag
    return lambda text: spec.values.get(text, text)


def entity_name(target: str) -> str:
    """Name in tables of the entity whose class is ``target``; "Entity" stays."""
    if target == "Entity":
        return target
    return re.sub(r"(?<!^)(?=[A-Z])", "_", target).lower()


def point(spec: FieldSpec, columns: Columns, extent: Extent | None) -> tuple[Convert, Convert]:
    """Two functions: the GeoJSON point of a row, and a remark on it (None where nothing is remarkable)."""
    at_lon, at_lat = columns.index(spec.lon), columns.index(spec.lat)
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)

    def read(cells: Cells) -> Any:
        lon_text, lat_text = cells[at_lon], cells[at_lat]
        if not lon_text and not lat_text:
            return None
        try:
            lon, lat = float(lon_text), float(lat_text)
        except ValueError:
            for column, text in ((spec.lon, lon_text), (spec.lat, lat_text)):
                try:
                    values.number(text)
                except Bad as bad:
                    reason = bad.reason if text else "is empty while the other coordinate is given."
                    raise Bad(text, reason, bad.nearest, "geometry", column) from None
            raise Bad(lon_text, "is not a number.", None, "geometry", spec.lon) from None
        if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
            raise Bad(
                f"{lon_text} {lat_text}", _why_off(lon, lat, extent), _swapped(lon, lat, extent), "geometry", spec.lon
            )
        if not (west <= lon <= east and south <= lat <= north) and west <= lat <= east and south <= lon <= north:
            raise Bad(
                f"{lon_text} {lat_text}",
                "lies outside the site, but inside it with the axes swapped: longitude comes first.",
                f"{lat_text} {lon_text}",
                "geometry",
                spec.lon,
            )
        return {"type": "Point", "coordinates": [lon, lat]}

    def remark(cells: Cells) -> Any:
        lon, lat = float(cells[at_lon]), float(cells[at_lat])
        if west <= lon <= east and south <= lat <= north:
            return None
        return "lies outside the extent of the site."

    return read, remark


def _why_off(lon: float, lat: float, extent: Extent | None) -> str:
    if _swapped(lon, lat, extent):
        return "is not longitude and latitude in degrees: the axes seem to be swapped, longitude comes first."
    if max(abs(lon), abs(lat)) > 1000:
        return "is not longitude and latitude in degrees: it looks like metres of another reference system than WGS 84."
    return "is not longitude within 180 and latitude within 90 degrees, or not a finite number."


def _swapped(lon: float, lat: float, extent: Extent | None) -> str | None:
    west, south, east, north = extent or (-180.0, -90.0, 180.0, 90.0)
    return f"{lat} {lon}" if west <= lat <= east and south <= lon <= north else None


def party(spec: FieldSpec, columns: Columns, names: PartyNames, day: Convert) -> Convert:
    """The uid of the party whose exact label or alias stands in a column, on the day that ``day`` reads; else None."""
    text = _text(columns.index(spec.column), spec)

    def read(cells: Cells) -> str | None:
        name = text(cells)
        if not name:
            return None
        try:
            when = day(cells)
        except Bad:  # noted where the date itself is read
            when = None
        return names.find(name.strip(), when["date"] if when else "")

    return read


def _text(at: int, spec: FieldSpec) -> Convert:
    """The text of a column: None where it is blank; formula guards of our own exports taken off."""

    def plain(cells: Cells) -> Any:
        found = cells[at]
        if not found:
            return None
        if type(found) is not str:
            return found
        if found[0] == "'":
            found = restore(found)
        return None if found.isspace() else found

    if not (spec.remove or spec.only_if or spec.unless or spec.blank):
        return plain
    only = re.compile(spec.only_if) if spec.only_if else None
    unless = re.compile(spec.unless) if spec.unless else None

    def chosen(cells: Cells) -> Any:
        found = plain(cells)
        if found is None or found.strip() in spec.blank:
            return None
        if (only and not only.search(found)) or (unless and unless.search(found)):
            return None
        return found.replace(spec.remove, "").strip() or None if spec.remove else found

    return chosen


def _cached(text: Convert, read: Callable[[str], Any]) -> Convert:
    cache: dict[str, Any] = {}

    def convert(cells: Cells) -> Any:
        found = text(cells)
        if found is None:
            return None
        value = cache.get(found, cache)
        if value is cache:
            value = read(found)
            if len(cache) >= _CACHED:
                cache.clear()
            cache[found] = value
        return value

    return convert


def _when(spec: FieldSpec, text: Convert, columns: Columns) -> Convert:
    cache: dict[tuple[str, str], dict[str, str]] = {}
    precision_at = columns.index(spec.precision) if spec.precision else None

    def convert(cells: Cells) -> Any:
        found = text(cells)
        if found is None:
            return None
        precision = "" if precision_at is None else cells[precision_at]
        value = cache.get((found, precision))
        if value is None:
            value = {"date": values.day(found, spec.format)}
            if precision:
                try:
                    code = values.term(precision, Precision, spec.values)
                except Bad as bad:
                    bad.column = spec.precision
                    raise
                if code != "day":
                    value["precision"] = code
            if len(cache) >= _CACHED:
                cache.clear()
            cache[found, precision] = value
        return value

    return convert


def _stated(field: Field, spec: FieldSpec, text: Convert, columns: Columns, id_at: int) -> Convert:
    cache: dict[tuple[str, str], dict[str, Any]] = {}
    factor = values.factor(spec.unit, field.unit) if spec.unit else None
    bound_at = columns.index(spec.bound) if isinstance(spec.bound, str) and spec.bound else None
    bound_of = {} if isinstance(spec.bound, str) else _bounds(spec.bound)

    def convert(cells: Cells) -> Any:
        found = text(cells)
        if found is None:
            return None
        bound = "" if bound_at is None else cells[bound_at]
        value = cache.get((found, bound))
        if value is None:
            figure = values.number(found) if factor is None else values.scaled(found, factor)
            if figure < 0:
                raise Bad(found, "is less than 0.")
            value = {"value": figure}
            if bound:
                try:
                    code = values.term(bound, Bound)
                except Bad as bad:
                    bad.column = str(spec.bound)
                    raise
                if code != "exact":
                    value["bound"] = code
            if len(cache) >= _CACHED:
                cache.clear()
            cache[found, bound] = value
        return value

    if bound_of:
        plain = convert

        def convert(cells: Cells) -> Any:
            value = plain(cells)
            code = bound_of.get(cells[id_at])
            return value if value is None or code is None else {**value, "bound": code}

    return convert


def _bounds(raw: Mapping[str, str]) -> dict[str, str]:
    return {local_id: str(Bound.read(code)) for local_id, code in raw.items()}


def _many(field: Field, spec: FieldSpec, text: Convert, references: References) -> Convert:
    read = one(field, spec, references)
    separator = spec.separator

    def split(found: str) -> Any:
        parts = split_many(found) if not separator else [p.strip() for p in found.split(separator)]
        return [read(part) for part in parts if part] or None

    return _cached(text, split)


def _words(field: Field, spec: FieldSpec, text: Convert) -> Convert:
    """Every code whose word stands in the text, in the order of the mapping, each once; none: nothing stated."""
    vocabulary = field.vocabulary
    for code in spec.words.values():
        if vocabulary and code not in vocabulary._value2member_map_:
            raise VocabularyError(code, vocabulary.title(), [m.value for m in vocabulary])
    words = [(word.casefold(), code) for word, code in spec.words.items()]

    def read(found: str) -> Any:
        folded = found.casefold()
        codes = list(dict.fromkeys(code for word, code in words if word in folded))
        return (codes if field.many else codes[0]) if codes else None

    return _cached(text, read)


def _join(templates: tuple[str, ...], columns: Columns) -> Convert:
    """Templates with {column}; one with an empty column is left out; the rest joined by a space."""
    parts = [(t, [(name, columns.index(name)) for name in re.findall(r"\{([^{}]+)\}", t)]) for t in templates]

    def convert(cells: Cells) -> Any:
        written = []
        for template, names in parts:
            if all(cells[at] for _, at in names):
                text = template
                for name, at in names:
                    text = text.replace("{" + name + "}", restore(str(cells[at])))
                written.append(text)
        return " ".join(written) or None

    return convert


def _value(field: Field, value: Any, references: References) -> Any:
    """JSON data of a value written in the mapping file itself."""
    if field.kind == "stated" and not field.many:
        raw = value if isinstance(value, dict) else {"value": value}
        figure: dict[str, Any] = {"value": float(Decimal(str(raw["value"])))}
        bound = str(Bound.read(str(raw.get("bound", "exact"))))
        return figure if bound == "exact" else {**figure, "bound": bound}
    if field.kind == "when":
        raw = value if isinstance(value, dict) else {"date": value}
        when = {"date": values.day(str(raw["date"]))}
        precision = values.term(str(raw.get("precision", "day")), Precision)
        return when if precision == "day" else {**when, "precision": precision}
    if field.many:
        return [_value_of_one(field, v, references) for v in value]
    return _value_of_one(field, value, references)


def _value_of_one(field: Field, value: Any, references: References) -> Any:
    if field.kind in ("number", "integer", "flag") and not isinstance(value, str):
        return float(value) if field.kind == "number" else value
    return one(field, FieldSpec(), references)(str(value))


def defaults(entity: type[Entity]) -> dict[str, Any]:
    """JSON data of the fields that have a default value of their own."""
    found = {}
    for spec in dataclasses.fields(entity):
        known = entity.fields().get(spec.name)
        if known and spec.default not in (dataclasses.MISSING, None, ()):
            found[spec.name] = known.encode(spec.default)
    return found
