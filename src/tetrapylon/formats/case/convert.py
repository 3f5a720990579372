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
from tetrapylon.formats.case.references import References
from tetrapylon.formats.problems import Bad
from tetrapylon.formats.tables.cells import restore, split_many
from tetrapylon.model import Bound, Entity, Field, Precision, Vocabulary

Cells = Sequence[Any]
Convert = Callable[[Cells], Any]
"""Cells of a row to the JSON data of a field, None where nothing is stated; raises `Bad`."""

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
    at, clean = columns.index(spec.column), cleaner(spec)
    if spec.contains:
        mark = spec.contains
        return lambda cells: mark in cells[at]
    if field.kind == "when":
        second = columns.index(spec.precision) if spec.precision else None
        return _of_two(at, second, clean, _when(spec))
    if field.kind == "stated":
        if isinstance(spec.bound, str):
            return _of_two(at, columns.index(spec.bound) if spec.bound else None, clean, _stated(field, spec))
        return _bounded(_of_one(at, clean, lambda text: _stated(field, spec)(text, "")), spec.bound, id_at)
    if spec.words:
        return _of_one(at, clean, _words(field, spec))
    if field.many:
        return _of_one(at, clean, _many(field, spec, references))
    if field.kind == "geometry" or (field.kind == "text" and not spec.values):
        return _text(at, clean)
    return _of_one(at, clean, one(field, spec, references))


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


def named(at: int, target: str, references: References) -> Convert:
    """Uid of the thing of ``target`` that a column names."""
    resolve = references.resolver(target)
    return _of_one(at, _clean, lambda text: resolve(values.identifier(text)))


def cleaner(spec: FieldSpec) -> Callable[[Any], Any]:
    """From a cell to its text, None where it is blank; formula guards of our own exports are taken off."""
    if not (spec.remove or spec.only_if or spec.unless or spec.blank):
        return _clean
    only = re.compile(spec.only_if) if spec.only_if else None
    unless = re.compile(spec.unless) if spec.unless else None

    def chosen(cell: Any) -> Any:
        found = _clean(cell)
        if found is None or found.strip() in spec.blank:
            return None
        if (only and not only.search(found)) or (unless and unless.search(found)):
            return None
        return found.replace(spec.remove, "").strip() or None if spec.remove else found

    return chosen


def _clean(cell: Any) -> Any:
    if not cell:
        return None
    if not isinstance(cell, str):
        return cell
    found = restore(str(cell))  # plain text, whatever a workbook held it as
    return None if found.isspace() else found


def _text(at: int, clean: Callable[[Any], Any]) -> Convert:
    if clean is not _clean:
        return lambda cells: clean(cells[at])

    def convert(cells: Cells) -> Any:
        cell = cells[at]
        if cell and type(cell) is str and cell[0] > "'":  # the usual case: no blank, guard or quotation mark ahead
            return cell
        return _clean(cell)

    return convert


def _of_one(at: int, clean: Callable[[Any], Any], read: Callable[[str], Any]) -> Convert:
    """Value of one cell, read once per different text."""
    cache: dict[Any, Any] = {"": None}

    def convert(cells: Cells) -> Any:
        cell = cells[at]
        value = cache.get(cell, cache)
        if value is cache:
            text = clean(cell)
            value = None if text is None else read(text)
            if len(cache) >= _CACHED:
                cache.clear()
            cache[cell] = value
        return value

    return convert


def _of_two(at: int, second_at: int | None, clean: Callable[[Any], Any], read: Callable[[str, str], Any]) -> Convert:
    """Value of a cell and the one that qualifies it, read once per different pair."""
    if second_at is None:
        return _of_one(at, clean, lambda text: read(text, ""))
    cache: dict[tuple[Any, str], Any] = {}

    def convert(cells: Cells) -> Any:
        cell = cells[at]
        if not cell:
            return None
        pair = (cell, cells[second_at])
        value = cache.get(pair, cache)
        if value is cache:
            text = clean(cell)
            value = None if text is None else read(text, pair[1])
            if len(cache) >= _CACHED:
                cache.clear()
            cache[pair] = value
        return value

    return convert


def _when(spec: FieldSpec) -> Callable[[str, str], Any]:
    def read(text: str, precision: str) -> Any:
        value = {"date": values.day(text, spec.format)}
        code = _code(precision, Precision, spec.values, spec.precision) if precision else "day"
        return value if code == "day" else {**value, "precision": code}

    return read


def _stated(field: Field, spec: FieldSpec) -> Callable[[str, str], Any]:
    factor = values.factor(spec.unit, field.unit) if spec.unit else None

    def read(text: str, bound: str) -> Any:
        figure = values.number(text) if factor is None else values.scaled(text, factor)
        if figure < 0:
            raise Bad(text, "is less than 0.")
        code = _code(bound, Bound, {}, str(spec.bound)) if bound else "exact"
        return {"value": figure} if code == "exact" else {"value": figure, "bound": code}

    return read


def _code(text: str, vocabulary: type[Vocabulary], mapped: Mapping[str, str], column: str) -> str:
    try:
        return values.term(text, vocabulary, mapped)
    except Bad as bad:
        bad.column = column
        raise


def _bounded(convert: Convert, raw: Mapping[str, str], id_at: int) -> Convert:
    """Bounds that the mapping gives for single rows."""
    bounds = {local_id: str(Bound.read(code)) for local_id, code in raw.items()}

    def bounded(cells: Cells) -> Any:
        value, code = convert(cells), bounds.get(cells[id_at])
        return value if value is None or code is None else {**value, "bound": code}

    return bounded


def _many(field: Field, spec: FieldSpec, references: References) -> Callable[[str], Any]:
    read, separator = one(field, spec, references), spec.separator

    def split(text: str) -> Any:
        parts = split_many(text) if not separator else [p.strip() for p in text.split(separator)]
        return [read(part) for part in parts if part] or None

    return split


def _words(field: Field, spec: FieldSpec) -> Callable[[str], Any]:
    """Every code whose word stands in the text, in the order of the mapping, each once; none: nothing stated."""
    vocabulary = field.vocabulary
    for code in spec.words.values():
        if vocabulary and code not in vocabulary._value2member_map_:
            raise VocabularyError(code, vocabulary.title(), [m.value for m in vocabulary])
    words = [(word.casefold(), code) for word, code in spec.words.items()]

    def read(text: str) -> Any:
        folded = text.casefold()
        codes = list(dict.fromkeys(code for word, code in words if word in folded))
        return (codes if field.many else codes[0]) if codes else None

    return read


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
