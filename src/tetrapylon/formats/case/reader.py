"""Reading a case: its files opened, its tables bound, its rows streamed, every problem collected."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tetrapylon.errors import NotFound, Problem, nearest
from tetrapylon.formats import registry
from tetrapylon.formats.case.dates import LateFacts
from tetrapylon.formats.case.manifest import MANIFEST, Manifest, read_manifest
from tetrapylon.formats.case.mapping import CaseMapping, TableSpec, read_mapping
from tetrapylon.formats.case.names import PartyNames
from tetrapylon.formats.case.native import native_table
from tetrapylon.formats.case.references import ANY, References
from tetrapylon.formats.case.table import Table
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import Sheet
from tetrapylon.model import REGISTRY

FIRST = ("source", "party", "statement")
"""Entities read before all others: they date and name what follows."""
_NAMES_SHOWN = 20_000

Exists = Callable[[str, str], bool]
"""``exists(entity, uid)``: whether the record already holds a thing ("Entity": of any entity)."""


@dataclass
class Case:
    """A case ready to be read. ``problems`` is complete once `rows` is exhausted."""

    manifest: Manifest
    folder: Path
    tables: list[Table] = field(default_factory=list)
    _problems: Problems = field(default_factory=Problems)
    _references: References = field(default_factory=lambda: References(""))
    _names: PartyNames = field(default_factory=PartyNames)
    _exists: Exists | None = None
    _statement_sources: dict[str, str] | None = None
    _temporary: Any = None
    _read: bool = False

    @property
    def problems(self) -> list[Problem]:
        """Everything wrong or worth a look so far, errors first."""
        return self._problems.listed()

    @property
    def errors(self) -> int:
        """How many of the problems stop an import."""
        return self._problems.errors

    def check(self) -> list[Problem]:
        """Read every row, keep none, and return every problem."""
        for _ in self.rows():
            pass
        return self.problems

    def rows(self) -> Iterator[Row]:
        """Every row that could be read: sources, parties, statements, then the rest in the order of the mapping.

        Once: a second call gives nothing new. Dangling references, ids that stand twice and facts dated after their
        source are noted at the end.
        """
        if self._read:
            return
        self._read = True
        late = LateFacts(self._problems)
        for table in self.tables:
            if table.ready:
                yield from self._rows_of(table, late)
        late.finish()
        self._check_references()

    def _rows_of(self, table: Table, late: LateFacts) -> Iterator[Row]:
        entity = table.spec.entity
        define = self._references.definer(entity)
        sourced = self._statement_sources
        fields = table.entity.fields()
        via = next((n for n in ("statement", "statements") if n in fields and n in table.spec.fields), "")
        is_statement, is_party, is_source = entity == "statement", entity == "party", entity == "source"
        checks = late.checker(table.entity)
        for row, _ in table.rows():
            define(row.uid)
            data = row.data
            if row.source is None:
                source = None
                if is_statement:
                    source = data.get("source")
                elif via and sourced is not None:
                    found = data.get(via)
                    if found:
                        source = sourced.get(found if via == "statement" else found[0])
                if source:
                    row = row._replace(source=source)
            if is_statement and sourced is not None and row.source:
                sourced[row.uid] = row.source
            elif is_party:
                self._names.add(row.uid, data)
            elif is_source:
                late.source(row)
            if checks and row.source:
                checks(row)
            yield row

    # --- what only the whole case shows -----------------------------------------------------------------------------

    def _check_references(self) -> None:
        twice, missing = self._references.twice(), self._references.missing()
        if twice:
            for table in self.tables:
                if table.ready and table.spec.entity in twice:
                    self._name_duplicates(twice[table.spec.entity], table.spec.entity)
                    twice.pop(table.spec.entity)
        if missing:
            for table in self.tables:
                if table.ready and any(target in missing for _, _, target in table.refs):
                    self._name_dangling(table, missing)

    def _name_duplicates(self, hashes: set[int], entity: str) -> None:
        first: dict[str, tuple[str, int]] = {}
        for table in self.tables:
            if table.ready and table.spec.entity == entity:
                for row, cells in table.rows(quiet=True):
                    if hash(row.uid) not in hashes:
                        continue
                    if row.uid in first:
                        file, number = first[row.uid]
                        where = f"row {number}" + ("" if file == table.file else f" of {file}")
                        column = table.spec.id.column or "uid"
                        value = row.data.get("local_id", row.uid)
                        self._problems.add(
                            table.file, row.row, column, value, f"stands already in {where}.", code="duplicate"
                        )
                    else:
                        first[row.uid] = (table.file, row.row)
                    del cells

    def _name_dangling(self, table: Table, missing: dict[str, set[int]]) -> None:
        for row, cells in table.rows(quiet=True):
            for name, column, target in table.refs:
                absent = missing.get(target)
                if not absent:
                    continue
                value = row.data.get(name) if name else row.source
                for uid in value if isinstance(value, list) else [value] if value else []:
                    if hash(uid) in absent and not (self._exists and self._exists(target, uid)):
                        text = str(cells[table.columns.at[column]])
                        what = "thing" if target == ANY else target.replace("_", " ")
                        self._problems.add(
                            table.file,
                            row.row,
                            column,
                            text,
                            f"names no {what} of this case.",
                            nearest(text, self._ids(target)),
                            "reference",
                        )

    def _ids(self, entity: str) -> Sequence[str]:
        cache: dict[str, list[str]] = self.__dict__.setdefault("_id_cache", {})
        if entity not in cache:
            ids: list[str] = []
            for table in self.tables:
                if table.ready and table.spec.entity == entity:
                    for row, _ in table.rows(quiet=True):
                        if len(ids) < _NAMES_SHOWN and "local_id" in row.data:
                            ids.append(row.data["local_id"])
            cache[entity] = ids
        return cache[entity]


def read_case(
    path: str | Path,
    *,
    authority: str | None = None,
    entity: str | None = None,
    mapping: str | Path | None = None,
    exists: Exists | None = None,
) -> Case:
    """Open a case: a folder or zip with a manifest, or one file.

    Parameters
    ----------
    path : folder, zip of a folder, or a file of any format the house reads.
    authority : naming authority, where ``path`` is a file without a manifest.
    entity : entity of a single file whose name does not say it.
    mapping : mapping file, in place of the manifest's.
    exists : tells whether the record already holds a thing, so that rows may refer to it.

    Returns
    -------
    Case. Its rows are a stream; nothing but the parties and the dates of the sources is held in memory, and 8 bytes per
    identifier. Where tables without a source of their own rest on statements, the statements' sources are held too.

    Raises
    ------
    NotFound : there is no such file or folder.
    """
    path = Path(path)
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}.")
    problems = Problems()
    temporary = None
    if path.is_file() and registry.is_zipped_case(path):
        temporary = tempfile.TemporaryDirectory(prefix="tetrapylon-")
        try:
            path = registry.unpack_case(path, Path(temporary.name))
        except Bad as bad:
            problems.bad(path.name, 0, "", bad)
            return Case(Manifest(name=path.stem, authority=authority or ""), path.parent, _problems=problems)
    if path.is_dir():
        manifest = read_manifest(path, problems)
        folder = path
    else:
        manifest = Manifest(name=path.stem, authority=authority or "", files={entity or path.stem: (path.name,)})
        folder = path.parent
        if not authority:
            problems.add(path.name, 0, "", "", "A single file needs a naming authority: stable uids are made from it.")
    case = Case(manifest, folder, _problems=problems, _exists=exists, _temporary=temporary)
    case._references = References(authority or manifest.authority)
    chosen = Path(mapping) if mapping else folder / manifest.mapping if manifest.mapping else None
    plan = read_mapping(chosen, problems) if chosen and path.is_dir() else CaseMapping()
    if chosen and not path.is_dir():
        plan = read_mapping(chosen, problems)
    _bind(case, plan)
    return case


def _bind(case: Case, plan: CaseMapping) -> None:
    """Open every file the manifest names and bind the tables that read it."""
    manifest, problems = case.manifest, case._problems
    named: dict[str, list[TableSpec]] = {}
    for spec in plan.tables:
        named.setdefault(spec.file, []).append(spec)
    known = {*manifest.files, *(p for paths in manifest.files.values() for p in paths)}
    for file in [*named, *plan.not_imported]:
        if file not in known:
            reason = "is not a file of the manifest."
            problems.add("mapping.toml", 0, "file", file, reason, nearest(file, sorted(known)), "mapping")
    bound: list[tuple[int, Table]] = []
    order = {id(spec): i for i, spec in enumerate(plan.tables)}
    for name, paths in manifest.files.items():
        for path in paths:
            if name in plan.not_imported or path in plan.not_imported:
                continue
            specs = named.get(path, []) + (named.get(name, []) if name != path else [])
            bound += [(order.get(id(spec), len(order)), table) for spec, table in _tables_of(case, name, path, specs)]
    rank = {entity: i for i, entity in enumerate(FIRST)}
    bound.sort(key=lambda item: (rank.get(item[1].spec.entity, len(FIRST)), item[0]))
    case.tables = [table for _, table in bound]
    if any(not t.spec.source and {"statement", "statements"} & t.spec.fields.keys() for t in case.tables):
        case._statement_sources = {}


def _tables_of(case: Case, name: str, path: str, specs: list[TableSpec]) -> Iterator[tuple[TableSpec, Table]]:
    problems = case._problems
    try:
        sheets = registry.open_sheets(case.folder / path, file=path)
    except Bad as bad:
        problems.bad(path, 0, "", bad)
        return
    for sheet in sheets:
        chosen = [s for s in specs if not s.sheet or s.sheet == sheet.title]
        if not chosen:
            spec = _native(name, path, sheet, problems)
            chosen = [spec] if spec else []
        tables = [Table(sheet, spec, case._references, case._names, problems, case.manifest.extent) for spec in chosen]
        if chosen and not chosen[0].own:
            accounted = set[str]().union(*(t.accounted() for t in tables))
            for column in sheet.columns:
                if column and column not in accounted and all(t.ready for t in tables):
                    reason = "The mapping neither reads, keeps nor ignores this column."
                    problems.add(path, 1, column, "", reason, code="column", warning=True)
        yield from zip(chosen, tables, strict=True)


def _native(name: str, path: str, sheet: Sheet, problems: Problems) -> TableSpec | None:
    """The table of our own columns that a file without a mapping holds."""
    for candidate in (sheet.title, name, Path(path).stem):
        if candidate in REGISTRY:
            return native_table(path, candidate, sheet.columns, sheet.title)
    shown = sheet.title or name
    problems.add(
        path, 0, "", shown, "is neither mapped nor named after an entity.", nearest(shown, list(REGISTRY)), "mapping"
    )
    return None


__all__ = ["MANIFEST", "Case", "read_case"]
