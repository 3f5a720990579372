"""Reading a scenario: every cell checked against its column, every reference against its table, with all problems."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tetrapylon.errors import CaseError, NotFound, nearest
from tetrapylon.formats import values
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.scenario.columns import TABLES, Column, Kind, Sheet
from tetrapylon.formats.sheet import Sheet as Source
from tetrapylon.formats.tables import csv_text, xlsx
from tetrapylon.formats.tables.cells import restore, split_many

SETTINGS, WEIGHTS, WORKBOOK = "scenario.toml", "weights.toml", "scenario.xlsx"
NO_METHOD = "none"

_NEED = re.compile(r"(?P<skill>.+?)(?:\s+(?P<units>\d+))?(?:\s+with\s+(?P<assets>.+))?", re.DOTALL)
_AMOUNT = re.compile(r"(?P<name>.+?)\s+(?P<amount>\d+)")


@dataclass(frozen=True, slots=True)
class Need:
    """``units`` of teams with a skill and assets."""

    skill: str
    units: int
    assets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its file and number as the user sees them, and its values; empty cells are None, or () of several."""

    file: str
    row: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass(frozen=True)
class Scenario:
    """What a scenario folder says. ``settings`` and the text of ``weights`` are not interpreted here."""

    folder: Path
    title: str
    note: str
    first: dt.date
    last: dt.date
    weights: str
    tables: Mapping[str, tuple[Line, ...]]
    problems: Problems = field(compare=False, default_factory=Problems)

    def __getitem__(self, table: str) -> tuple[Line, ...]:
        return self.tables[table]

    def refuse(self, line: Line, column: str, value: object, reason: str, near: str | None = None) -> None:
        """Note a problem found later in a row."""
        self.problems.add(line.file, line.row, column, "" if value is None else value, reason, near)

    def settle(self) -> None:
        """Stop where problems were noted.

        Raises
        ------
        CaseError : with all of them.
        """
        if self.problems.errors:
            raise CaseError(self.problems.listed())


def read_scenario(folder: Path, *, closed: Mapping[str, Collection[str]]) -> Scenario:
    """Read a scenario folder.

    Parameters
    ----------
    folder : holds ``scenario.toml``, ``weights.toml`` and the tables as CSV files or sheets of ``scenario.xlsx``.
    closed : the closed lists that columns name (kinds, deliverables, structures of the record ...).

    Raises
    ------
    NotFound : there is no such folder. CaseError : every problem in it: file, row, field, value, nearest valid choice.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no scenario folder {folder}.", hint="Write one: tetrapylon plan template --out DIR")
    problems = Problems()
    settings = _settings(folder, problems)
    weights = folder / WEIGHTS
    if not weights.is_file():
        problems.add(WEIGHTS, 0, "", "", f"There is no {WEIGHTS}: what counts how much is set by the authority.")
    sources = _sources(folder, problems)
    tables = {name: tuple(_lines(sheet, sources[name], closed, problems)) if name in sources else ()
              for name, sheet in TABLES.items()}  # fmt: skip
    for name, sheet in TABLES.items():
        if not sheet.optional and name not in sources:
            problems.add(f"{name}.csv", 0, "", "", "The table is missing.", code="not-found")
    _refer(tables, problems)
    text = weights.read_text(encoding="utf-8-sig") if weights.is_file() else ""
    if problems.errors:
        raise CaseError(problems.listed())
    return Scenario(folder, *settings, text, tables, problems)


def _settings(folder: Path, problems: Problems) -> tuple[str, str, dt.date, dt.date]:
    path = folder / SETTINGS
    nothing = "", "", dt.date.min, dt.date.max
    if not path.is_file():
        problems.add(SETTINGS, 0, "", "", "is missing.", code="not-found")
        return nothing
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(SETTINGS, 0, "", "", f"This is not readable TOML: {error}.")
        return nothing
    known = ("title", "note", "first", "last")
    for name in raw:
        if name not in known:
            problems.add(SETTINGS, 0, name, "", "is not a setting.", nearest(name, known))
    days = {}
    for name in ("first", "last"):
        value = raw.get(name)
        if type(value) is dt.date:
            days[name] = value
        else:
            problems.add(SETTINGS, 0, name, value if value is not None else "", "is not a day, written 2016-03-28.")
    if len(days) < 2:
        return nothing
    if days["last"] < days["first"]:
        problems.add(SETTINGS, 0, "last", days["last"], f"lies before first, {days['first']}.")
    if (days["last"] - days["first"]).days > 3660:
        problems.add(SETTINGS, 0, "last", days["last"], "lies more than ten years after first.")
    return str(raw.get("title", folder.name)), str(raw.get("note", "")), days["first"], days["last"]


def _sources(folder: Path, problems: Problems) -> dict[str, Source]:
    """The tables of the folder, by name; a file that is no table of a scenario is named."""
    found: dict[str, Source] = {}
    for path in sorted([*folder.glob("*.csv"), *folder.glob(WORKBOOK)]):
        try:
            sheets = xlsx.read(path) if path.name == WORKBOOK else [csv_text.read(path)]
        except Bad as bad:
            problems.bad(path.name, 0, "", bad)
            continue
        for sheet in sheets:
            name = sheet.title or path.stem
            if name not in TABLES:
                told = "is not a table of a scenario."
                problems.add(path.name, 0, "", name, told, nearest(name, tuple(TABLES)))
            elif name in found:
                problems.add(path.name, 0, "", name, f"is also in {found[name].file}.")
            else:
                found[name] = sheet
    return found


def _lines(sheet: Sheet, source: Source, closed: Mapping[str, Collection[str]], problems: Problems) -> Iterator[Line]:
    file = f"{source.file}, {source.title}" if source.title else source.file
    columns = {c.name: c for c in sheet.columns}
    for name in source.columns:
        if name and name not in columns:
            problems.add(file, 1, name, "", "is not a column of this table.", nearest(name, tuple(columns)))
    missing = [c.name for c in sheet.columns if c.needed and c.name not in source.columns]
    for name in missing:
        problems.add(file, 1, name, "", "is a column this table needs.")
    if missing:
        return
    at = {c: source.columns.index(c) for c in columns if c in source.columns}
    seen: dict[str, int] = {}
    first = sheet.columns[0].name
    for row, cells in source.records():
        if isinstance(cells, Bad):
            problems.bad(file, row, "", cells)
            continue
        read: dict[str, Any] = {}
        for name, column in columns.items():
            text = restore(str(cells[at[name]])).strip() if name in at else ""
            try:
                read[name] = _value(column, text, closed)
            except Bad as bad:
                problems.bad(file, row, name, bad)
                read[name] = () if column.kind in _SEVERAL else None
        if sheet.unique and read[first] in seen:
            problems.add(file, row, first, read[first], f"stands already in row {seen[read[first]]}.")
        elif read[first]:
            seen[read[first]] = row
        yield Line(file, row, read)


def _value(column: Column, text: str, closed: Mapping[str, Collection[str]]) -> Any:
    if not text:
        if column.needed:
            raise Bad("", "is empty; it is needed.")
        return () if column.kind in _SEVERAL else None
    value = _READ[column.kind](text)
    if column.choices:
        choices = closed.get(column.choices, ()) if isinstance(column.choices, str) else column.choices
        for one in value if isinstance(value, tuple) else (value,):
            if one not in choices:
                near = nearest(one, tuple(choices))
                listed = f" Choose one of: {', '.join(choices)}." if not near and len(choices) <= 15 else ""
                what = column.choices if isinstance(column.choices, str) else column.name
                raise Bad(one, f"is not a {what}.{listed}", near, "vocabulary")
    return value


def _needs(text: str) -> tuple[Need, ...]:
    found = []
    for part in split_many(text):
        match = _NEED.fullmatch(part)
        if match is None or match["units"] == "0":
            raise Bad(part, "is not a need; write a skill, a number, and assets: deminer 2 with detector + vehicle.")
        assets = tuple(a.strip() for a in (match["assets"] or "").split("+") if a.strip())
        found.append(Need(match["skill"].strip(), int(match["units"] or 1), assets))
    return tuple(found)


def _amounts(text: str) -> tuple[tuple[str, int], ...]:
    found = []
    for part in split_many(text):
        match = _AMOUNT.fullmatch(part)
        if match is None:
            raise Bad(part, "is not an amount; write a budget and a whole number: fund 300.")
        found.append((match["name"].strip(), int(match["amount"])))
    return tuple(found)


def _whole(text: str) -> int:
    value = values.integer(text)
    if value < 0:
        raise Bad(text, "is below zero.")
    return value


def _measure(text: str) -> float:
    value = values.number(text)
    if value < 0:
        raise Bad(text, "is below zero.")
    return value


_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.MANY: lambda text: tuple(split_many(text)),
    Kind.NUMBER: values.number,
    Kind.MEASURE: _measure,
    Kind.WHOLE: _whole,
    Kind.DAY: lambda text: dt.date.fromisoformat(values.day(text)),
    Kind.FLAG: values.flag,
    Kind.NEEDS: _needs,
    Kind.AMOUNTS: _amounts,
}
_SEVERAL = (Kind.MANY, Kind.NEEDS, Kind.AMOUNTS)


def _refer(tables: Mapping[str, tuple[Line, ...]], problems: Problems) -> None:
    """Note every reference to a row that does not exist, with the nearest that does."""
    names = {name: {line[TABLES[name].columns[0].name] for line in lines} for name, lines in tables.items()}
    for name, lines in tables.items():
        for column in TABLES[name].columns:
            if not column.refers:
                continue
            known = names[column.refers]
            for line in lines:
                value = line[column.name]
                for one in value if isinstance(value, tuple) else (value,):
                    if one is not None and one not in known:
                        told = f"stands in no row of {column.refers}."
                        near = nearest(one, tuple(k for k in known if k))
                        problems.add(line.file, line.row, column.name, one, told, near)
