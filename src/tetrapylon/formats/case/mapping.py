"""The mapping file: how another organisation's columns become claims, written as TOML instead of code.

``docs/case-format.md`` describes every key. Reading it notes unknown entities, fields and keys with the nearest valid
choice; a table with such a problem is left out, and the case cannot be imported until it is repaired.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tetrapylon.errors import nearest
from tetrapylon.formats.problems import Problems
from tetrapylon.model import REGISTRY, Entity, Tier


@dataclass(frozen=True)
class FieldSpec:
    """Where one field comes from. Exactly one of column, constant, join, lon with lat, or given alone."""

    column: str = ""
    constant: Any = None
    join: tuple[str, ...] = ()
    lon: str = ""
    lat: str = ""
    precision: str = ""
    format: str = ""
    bound: str | Mapping[str, str] = ""
    unit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    match: str = ""
    contains: str = ""
    remove: str = ""
    only_if: str = ""
    unless: str = ""
    blank: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    default: Any = None


@dataclass(frozen=True)
class IdSpec:
    """Column of the local id, with text put before it."""

    column: str
    prefix: str = ""


@dataclass(frozen=True)
class TableSpec:
    """How the rows of one file become claims of one entity.

    ``own``: the columns are our own (see `native`), with columns for uid, source, tier and unknown fields.
    """

    file: str
    entity: str
    id: IdSpec
    fields: Mapping[str, FieldSpec]
    sheet: str = ""
    source: str = ""
    tier: Tier | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True)
class CaseMapping:
    """A whole mapping file: its tables, and the files left out on purpose with the reason."""

    tables: tuple[TableSpec, ...] = ()
    not_imported: Mapping[str, str] = field(default_factory=dict)


_FIELD_KEYS = {f.name for f in fields(FieldSpec)}
_TABLE_KEYS = {f.name for f in fields(TableSpec)} - {"own"}


def read_mapping(path: Path, problems: Problems) -> CaseMapping:
    """Read a mapping file; what is wrong with it goes to ``problems``."""
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(path.name, 0, "", "", f"This is not readable TOML: {error}.")
        return CaseMapping()
    return _Reader(path.name, raw, problems).mapping()


class _Reader:
    def __init__(self, file: str, raw: dict[str, Any], problems: Problems) -> None:
        self.file, self.raw, self.problems = file, raw, problems
        self.lists: dict[str, dict[str, str]] = raw.get("values", {})
        self.words: dict[str, dict[str, str]] = raw.get("words", {})

    def wrong(self, where: str, value: object, reason: str, choices: Any = ()) -> None:
        self.problems.add(self.file, 0, where, value, reason, nearest(str(value), list(choices)), "mapping")

    def mapping(self) -> CaseMapping:
        for key in self.raw:
            if key not in ("table", "values", "words", "not_imported"):
                self.wrong(key, key, "is not a part of a mapping file.", ["table", "values", "words", "not_imported"])
        tables = [self.table(i, raw) for i, raw in enumerate(self.raw.get("table", []), start=1)]
        return CaseMapping(tuple(t for t in tables if t), dict(self.raw.get("not_imported", {})))

    def table(self, index: int, raw: dict[str, Any]) -> TableSpec | None:
        before = self.problems.errors
        where = f"table {index} ({raw.get('file', '?')})"
        for key in raw.keys() - _TABLE_KEYS:
            self.wrong(where, key, "is not a key of a table.", _TABLE_KEYS)
        for key in ("file", "entity", "id"):
            if not raw.get(key):
                self.wrong(where, "", f"'{key}' is missing.")
        entity = REGISTRY.get(str(raw.get("entity")))
        if entity is None:
            self.wrong(f"{where}, entity", raw.get("entity"), "is not an entity.", REGISTRY)
            return None
        specs = {name: self.field(where, entity, name, spec) for name, spec in raw.get("fields", {}).items()}
        for name, known in entity.fields().items():
            if known.required and name not in specs:
                self.wrong(where, name, f"is required in a {entity.title()} and has no column.")
        tier = raw.get("tier")
        if tier is not None and tier not in list(Tier):
            self.wrong(f"{where}, tier", tier, "is not a tier.", list(Tier))
        if self.problems.errors > before:
            return None
        raw_id = raw["id"]
        extra = raw.get("extra", {})
        return TableSpec(
            file=raw["file"],
            entity=raw["entity"],
            id=IdSpec(**raw_id) if isinstance(raw_id, dict) else IdSpec(raw_id),
            fields={name: spec for name, spec in specs.items() if spec},
            sheet=raw.get("sheet", ""),
            source=raw.get("source", ""),
            tier=Tier(tier) if tier else None,
            only=_lists(raw.get("only", {})),
            unless=_lists(raw.get("unless", {})),
            extra={name: name for name in extra} if isinstance(extra, list) else dict(extra),
            ignored=dict(raw.get("ignored", {})),
        )

    def field(self, where: str, entity: type[Entity], name: str, raw: Any) -> FieldSpec | None:
        at = f"{where}, {name}"
        if name not in entity.fields() or name == "local_id":
            self.wrong(at, name, f"is not a field of {entity.title()}.", entity.fields())
            return None
        if isinstance(raw, str):
            return FieldSpec(column=raw)
        if not isinstance(raw, dict):
            self.wrong(at, raw, "is neither a column nor a description of one.")
            return None
        for key in raw.keys() - _FIELD_KEYS:
            self.wrong(at, key, "is not a key of a field.", _FIELD_KEYS)
            return None
        spec = dict(raw)
        for key, named in (("values", self.lists), ("words", self.words)):
            value = spec.get(key)
            if isinstance(value, str):
                if value not in named:
                    self.wrong(at, value, f"is not a list under [{key}].", named)
                    return None
                spec[key] = named[value]
        if spec.get("given") and not spec.get("because"):
            self.wrong(at, "", "Values given here instead of in the file need a reason: because = ...")
        if not (spec.get("column") or spec.get("join") or "constant" in spec or spec.get("given") or spec.get("lon")):
            self.wrong(at, "", "has no column, constant, join, lon and lat, or given values.")
        for key in ("join", "blank"):
            if key in spec:
                spec[key] = (spec[key],) if isinstance(spec[key], str) else tuple(spec[key])
        return FieldSpec(**spec)


def _lists(raw: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {column: (value,) if isinstance(value, str) else tuple(value) for column, value in raw.items()}
