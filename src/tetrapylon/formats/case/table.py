"""One table of a case: its mapping bound to its columns, and its rows one after another."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from typing import Any

from tetrapylon.errors import TetrapylonError, VocabularyError
from tetrapylon.formats import geometry, values
from tetrapylon.formats.case.convert import Cells, Columns, Convert, converter, defaults, entity_name, named
from tetrapylon.formats.case.mapping import FieldSpec, TableSpec
from tetrapylon.formats.case.names import PartyNames
from tetrapylon.formats.case.points import party, point
from tetrapylon.formats.case.references import References, is_uid
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.row import Row
from tetrapylon.formats.sheet import EXTRA, GEOMETRY, LOCAL_ID, SOURCE, TIER, UID, Sheet
from tetrapylon.formats.tables.cells import restore
from tetrapylon.model import REGISTRY, Entity, Tier

_NEEDED = object()
BATCH = 2_000
"""Rows whose geometries are checked together."""


class Table:
    """The rows of one sheet as claims of one entity.

    ``ready`` is False where the mapping does not fit the columns; the reasons were noted.
    """

    def __init__(
        self,
        sheet: Sheet,
        spec: TableSpec,
        references: References,
        names: PartyNames,
        problems: Problems,
        extent: geometry.Extent | None,
    ) -> None:
        self.sheet, self.spec, self.extent = sheet, spec, extent
        self.file = f"{sheet.file}, {sheet.title}" if sheet.title else sheet.file
        self.entity = REGISTRY[spec.entity]
        self.columns = Columns(sheet.columns)
        self.references, self.names, self.problems = references, names, problems
        self.steps: list[tuple[str, str, Convert, Any]] = []  # field, column, converter, default (_NEEDED: none)
        self.refs: list[tuple[str, str, str]] = []  # field, column, target
        self.raw_geometry: tuple[str, str] | None = None  # field, column
        self.points: list[str] = []  # fields read from two columns
        self.rules = bool(self.entity.rules())
        self.day_field = self.entity.span[0]
        self.filters = self._filters()
        before = problems.errors
        self._bind()
        self.ready = problems.errors == before

    # --- binding ----------------------------------------------------------------------------------------------------

    def _bind(self) -> None:
        spec, columns = self.spec, self.columns
        if spec.id.column and spec.id.column not in columns.at:
            self._unknown(spec.id.column, "the id")
        self.id_at = columns.at.get(spec.id.column, -1)
        self.uid_at = columns.at.get(UID, -1) if spec.own else -1
        if self.id_at < 0 and self.uid_at < 0 and spec.own:
            self.problems.add(self.file, 0, LOCAL_ID, "", "A column uid, local_id or id is needed.")
        columns.used.add(spec.id.column)
        fallbacks = defaults(self.entity)
        for name, field in self.entity.fields().items():
            given = spec.fields.get(name)
            if given is None:
                if name in fallbacks:
                    self.steps.append((name, "", _nothing, fallbacks[name]))
                if field.required:
                    self.problems.add(self.file, 0, name, "", f"is required in a {self.entity.title()}.", code="column")
                continue
            try:
                self._bind_field(name, given, _NEEDED if field.required else fallbacks.get(name))
            except VocabularyError as error:
                reason = error.message.removeprefix(f'"{error.value}" ')
                reason += "" if error.nearest else f" {error.hint}"
                self.problems.add(self.file, 0, name, error.value, reason, error.nearest, "mapping")
            except Bad as bad:
                self.problems.add(self.file, 0, name, bad.value, bad.reason, bad.nearest, "mapping")
        self.source: Convert | None = None
        if spec.source:
            if spec.source not in columns.at:
                self._unknown(spec.source, "the source")
            else:
                self.source = named(columns.index(spec.source), "source", self.references)
                self.refs.append(("", spec.source, "source"))
        self.extra = [(name, columns.at[c]) for name, c in spec.extra.items() if c in columns.at]
        for name, c in spec.extra.items():
            if c not in columns.at:
                self._unknown(c, "extra")
            elif spec.own and (wanted := _column_meant(self.entity, name, columns.at)):
                told = f"is not read as it stands; the column of this field is {wanted}."
                self.problems.add(self.file, 0, c, "", told, wanted, "column")
        self.tier_at = columns.at.get(TIER, -1) if spec.own else -1
        self.extra_at = columns.at.get(EXTRA, -1) if spec.own else -1

    def _bind_field(self, name: str, spec: FieldSpec, fallback: Any) -> None:
        field = self.entity.fields()[name]
        if spec.match:
            day = next((convert for step, _, convert, _ in self.steps if step == self.day_field), _nothing)
            self.steps.append((name, spec.column, party(spec, self.columns, self.names, day), fallback))
            return
        if field.kind == "ref" and spec.column:
            self.refs.append((name, spec.column, entity_name(field.target or "Entity")))
        if field.kind == "geometry" and (spec.lon or spec.lat):
            self.steps.append((name, spec.lon, point(spec, self.columns, self.extent), fallback))
            self.points.append(name)
            return
        convert = converter(field, spec, self.columns, self.references, self.id_at)
        if field.kind == "geometry":
            self.raw_geometry = (name, spec.column)
        self.steps.append((name, spec.column, convert, fallback))

    def _filters(self) -> list[tuple[int, frozenset[str], bool]]:
        found = []
        for wanted, table in ((True, self.spec.only), (False, self.spec.unless)):
            for column, texts in table.items():
                if column in self.columns.at:
                    found.append((self.columns.index(column), frozenset(texts), wanted))
                else:
                    self._unknown(column, "the filter of rows")
        return found

    def _unknown(self, column: str, what: str) -> None:
        error = VocabularyError(column, "column", self.columns.names)
        self.problems.add(self.file, 0, what, column, "is not a column of this file.", error.nearest, "mapping")

    def accounted(self) -> set[str]:
        """Columns that are read, kept, or left out with a reason."""
        known = {UID, LOCAL_ID, SOURCE, TIER, EXTRA, "@id", GEOMETRY}
        return self.columns.used | set(self.spec.extra.values()) | set(self.spec.ignored) | known

    # --- reading ----------------------------------------------------------------------------------------------------

    def rows(self, *, quiet: bool = False) -> Iterator[tuple[Row, Cells]]:
        """Rows that could be read, with their cells; what could not is noted, unless ``quiet``."""
        problems = Problems() if quiet else self.problems
        if self.raw_geometry is None:
            yield from self._rows(problems)
            return
        batch: list[tuple[Row, Cells]] = []
        for item in self._rows(problems):
            batch.append(item)
            if len(batch) == BATCH:
                yield from self._settled(batch, problems)
                batch = []
        yield from self._settled(batch, problems)

    def _rows(self, problems: Problems) -> Iterator[tuple[Row, Cells]]:
        file, entity, spec_tier = self.file, self.spec.entity, self.spec.tier
        steps, filters, points = self.steps, self.filters, bool(self.points and self.extent)
        source = self.source
        no_extra = not self.extra and self.extra_at < 0
        for number, cells in self.sheet.records():
            if isinstance(cells, Bad):
                problems.bad(file, number, "", cells)
                continue
            if filters and any((cells[at] in texts) is not wanted for at, texts, wanted in filters):
                continue
            good = True
            data: dict[str, Any] = {} if no_extra else self._extra(cells, number, problems)
            try:
                uid = self._identify(cells, data)
            except Bad as bad:
                if any(cells):  # a row of nothing is no row
                    problems.bad(file, number, self.spec.id.column, bad)
                continue
            for name, column, convert, fallback in steps:
                try:
                    value = convert(cells)
                except Bad as bad:
                    problems.bad(file, number, column or name, bad)
                    good = False
                    continue
                if value is not None:
                    data[name] = value
                elif fallback is not None:
                    if fallback is _NEEDED:
                        reason = f"is empty; a {self.entity.title()} needs it."
                        problems.add(file, number, column or name, "", reason, code="required")
                        good = False
                    else:
                        data[name] = fallback
            if points:
                self._remark(data, number, problems)
            tier = spec_tier
            try:
                dated_by = source(cells) if source else None
                if self.tier_at >= 0 and cells[self.tier_at]:
                    tier = self._tier(cells[self.tier_at])
            except Bad as bad:
                problems.bad(file, number, self.spec.source, bad)
                good = False
                continue
            if self.rules and good and not self._keeps_rules(data, number, problems):
                continue
            if good:
                yield Row(entity, uid, data, dated_by, tier, file, number), cells

    def _identify(self, cells: Cells, data: dict[str, Any]) -> str:
        uid = cells[self.uid_at] if self.uid_at >= 0 else ""
        local_id = cells[self.id_at] if self.id_at >= 0 else ""
        if local_id:
            local_id = values.identifier(local_id)
            if local_id[:1] == "'":
                local_id = restore(local_id)
            if self.spec.id.prefix:
                local_id = self.spec.id.prefix + local_id
            data["local_id"] = local_id
        if uid:
            if not is_uid(uid):
                raise Bad(uid, "is not a uid; leave it empty for a new thing and give a local_id.", column=UID)
            return str(uid)
        if not local_id:
            raise Bad("", "is empty; every row needs an identifier.")
        return self.references.uid(self.spec.entity, local_id)

    def _extra(self, cells: Cells, number: int, problems: Problems) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.extra_at >= 0 and cells[self.extra_at]:
            try:
                kept = json.loads(restore(cells[self.extra_at]))
                found.update(kept if isinstance(kept, dict) else {})
            except (json.JSONDecodeError, RecursionError):
                problems.add(self.file, number, EXTRA, cells[self.extra_at][:60], "is not a JSON object.")
        for name, at in self.extra:
            if cells[at]:
                found[name] = restore(str(cells[at]))
        return found

    def _tier(self, text: str) -> Tier:
        try:
            return Tier(text)
        except ValueError:
            raise Bad(text, "is not a tier.", None, "vocabulary", TIER) from None

    def _remark(self, data: dict[str, Any], number: int, problems: Problems) -> None:
        assert self.extent is not None
        west, south, east, north = self.extent
        for name in self.points:
            if name in data:
                lon, lat = data[name]["coordinates"]
                if not (west <= lon <= east and south <= lat <= north):
                    said = "lies outside the extent of the site."
                    problems.add(self.file, number, name, f"{lon} {lat}", said, code="geometry", warning=True)

    def _keeps_rules(self, data: dict[str, Any], number: int, problems: Problems) -> bool:
        raw = self.raw_geometry[0] if self.raw_geometry is not None else ""  # not settled yet, and no rule reads it
        try:
            broken = self.entity.decode({k: v for k, v in data.items() if k != raw}).broken_rules()
        except TetrapylonError as error:
            problems.add(self.file, number, "", "", str(error))
            return False
        for statement in broken:
            problems.add(
                self.file, number, "", "", f"breaks a rule of a {self.entity.title()}: {statement}.", code="rule"
            )
        return not broken

    def _settled(self, batch: list[tuple[Row, Cells]], problems: Problems) -> Iterator[tuple[Row, Cells]]:
        assert self.raw_geometry is not None
        name, column = self.raw_geometry
        raws = [row.data.get(name) for row, _ in batch]
        wrong: set[int] = set()

        def refuse(i: int, bad: Bad) -> None:
            wrong.add(i)
            problems.bad(self.file, batch[i][0].row, column, bad)

        def remark(i: int, bad: Bad) -> None:
            problems.add(self.file, batch[i][0].row, column, bad.value, bad.reason, code=bad.code, warning=True)

        shapes = geometry.settle(raws, extent=self.extent, wrong=refuse, remark=remark)
        for i, (row, cells) in enumerate(batch):
            if i in wrong:
                continue
            if shapes[i] is not None:
                row.data[name] = shapes[i]
            yield row, cells


def _column_meant(entity: type[Entity], name: str, there: Container[str]) -> str:
    """The column of a field that a heading means without its unit, or with another one; empty: none."""
    for field in entity.fields().values():
        own = field.columns[0].name if field.columns else ""
        if not own or own in there:
            continue
        if name == field.name:
            return own
        if field.unit and name.startswith(f"{field.name}_"):
            try:
                values.factor(name.removeprefix(f"{field.name}_"), field.unit)
            except (VocabularyError, Bad):
                continue
            return own
    return ""


def _nothing(cells: Cells) -> Any:
    return None
