"""Blind trials with seeded items: read from a table, evaluated, kept in the record, and called on by later work.

The table has one row for each seed: ``item_class``, ``blind`` (yes: the searcher did not know it), and ``found``, or
``found_1``, ``found_2`` ... where the lane was walked several times. A kept trial is the only source of a probability
of detection; where there is none, nothing is assumed in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from tetrapylon.clear.search import PoD
from tetrapylon.clear.trial import TrialReport, report
from tetrapylon.errors import CaseError, NotFound, OutsideModel, Problem, ValueRangeError, nearest
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.registry import open_sheets
from tetrapylon.formats.sheet import Sheet
from tetrapylon.formats.values import flag
from tetrapylon.model import Product as Kept
from tetrapylon.model.terms import SearchMethod
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.product import Product

KIND = "clear trial"
T = TypeVar("T")
_PASS = re.compile(r"found(?:_(\d+))?")


@dataclass(frozen=True)
class Seeds:
    """A table of seeds: class, found (one flag per walk) and blind, row by row; ``sha256`` of its content."""

    file: str
    item_class: tuple[str, ...]
    found: tuple[tuple[bool, ...], ...]
    blind: tuple[bool, ...]

    @property
    def sha256(self) -> str:
        rows = sorted(zip(self.item_class, self.found, self.blind, strict=True))
        return sha256(json.dumps(rows).encode()).hexdigest()


@dataclass(frozen=True)
class Trial:
    """A trial of one method (with one instrument, where it was named) on one lane, evaluated."""

    method: SearchMethod
    instrument: str | None
    lane_area_m2: float
    false_alarms: int
    seeds: int
    blind: int
    walks: int
    report: TrialReport


@dataclass(frozen=True)
class Evidenced:
    """What kept trials say of one method: PoD by class, and the correlation between passes where it was seen.

    false_alarms_per_m2 : posterior mean under a uniform prior, (alarms + 1) / area, so that none heard is not none.
    """

    method: SearchMethod
    pods: tuple[PoD, ...]
    correlation: float | None
    trials: int
    false_alarms_per_m2: float


def trial_report(
    record: Record, table: Path, *, method: str, lane_area: float, false_alarms: int, instrument: str | None = None,
    level: float = 0.9, on: str | None = None, known: str | None = None,
) -> Product[Trial]:  # fmt: skip
    """Evaluate the trial in a table.

    Parameters
    ----------
    method : a search method. lane_area : m2. false_alarms : signals declared where no seed lay, on the first walk.

    Raises
    ------
    CaseError : every cell that cannot be read. VocabularyError : no such method. OutsideModel : no seed was blind.
    """
    seeds = read_seeds(table)
    kind = SearchMethod.read(method)
    result = report(
        seeds.item_class, seeds.found, seeds.blind, false_alarms=false_alarms, lane_area=lane_area, level=level
    )
    counts = {c.name: [c.pod.found, c.pod.seeded] for c in result.classes}
    trial = Trial(
        kind, instrument, lane_area, false_alarms, len(seeds.blind), sum(seeds.blind), len(seeds.found[0]), result
    )
    parameters = {
        "method": kind.value, "instrument": instrument, "lane_area_m2": lane_area, "false_alarms": false_alarms,
        "classes": counts, "correlation": result.correlation, "table": seeds.file, "table_sha256": seeds.sha256,
    }  # fmt: skip
    return Product(KIND, trial, record.view(on=on, known=known), parameters)


def read_seeds(path: Path) -> Seeds:
    """The seeds in a table, CSV or XLSX.

    Raises
    ------
    NotFound : no such file. CaseError : naming file, row, column and value of everything that cannot be read.
    """
    sheet = one_sheet(path)
    walks = sorted(
        (int(m.group(1) or 1), i) for i, name in enumerate(sheet.columns) if (m := _PASS.fullmatch(name.lower()))
    )
    column = columns_of(sheet, ("item_class", "blind"))
    if not walks:
        raise CaseError([_missing(sheet, "found")])
    problems = Problems()
    names: list[str] = []
    found: list[tuple[bool, ...]] = []
    blind: list[bool] = []
    for row, cells in sheet.records():
        if isinstance(cells, Bad):
            problems.bad(sheet.file, row, "", cells)
            continue
        if not any(str(c).strip() for c in cells):
            continue
        name = str(cells[column["item_class"]]).strip()
        if not name:
            problems.add(sheet.file, row, "item_class", "", "names no detectability class.")
        names.append(name)
        blind.append(bool(read_cell(sheet, row, cells, column["blind"], flag, problems)))
        found.append(tuple(bool(read_cell(sheet, row, cells, i, flag, problems)) for _, i in walks))
    if problems.errors:
        raise CaseError(problems.listed())
    if not names:
        raise CaseError([Problem(sheet.file, 0, "", "", "holds no seed.")])
    return Seeds(path.name, tuple(names), tuple(found), tuple(blind))


def one_sheet(path: Path) -> Sheet:
    """The one table of a file. NotFound, or CaseError when it cannot be read or holds several tables."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    try:
        sheets = open_sheets(path)
    except Bad as bad:
        raise CaseError([Problem(path.name, 0, bad.column or "", bad.value, bad.reason, bad.nearest)]) from None
    if len(sheets) != 1:
        titles = ", ".join(s.title for s in sheets)
        raise CaseError([Problem(path.name, 0, "", titles, "holds several tables where one is wanted.")])
    return sheets[0]


def columns_of(sheet: Sheet, wanted: Sequence[str]) -> dict[str, int]:
    """Position of each column that is wanted. CaseError names those that are missing, with the nearest there is."""
    there = [c.lower() for c in sheet.columns]
    missing = [_missing(sheet, name) for name in wanted if name not in there]
    if missing:
        raise CaseError(missing)
    return {name: there.index(name) for name in wanted}


def read_cell(
    sheet: Sheet, row: int, cells: Sequence[Any], at: int, read: Callable[[str], T], problems: Problems
) -> T | None:
    """One cell, or None with the problem noted."""
    text = str(cells[at]).strip()
    if not text:
        problems.add(sheet.file, row, sheet.columns[at], "", "is empty.")
        return None
    try:
        return read(text)
    except Bad as bad:
        problems.bad(sheet.file, row, sheet.columns[at], bad)
    except ValueRangeError as error:
        problems.add(sheet.file, row, sheet.columns[at], text, error.message)
    return None


def evidenced(view: View, method: SearchMethod, classes: Sequence[str], *, instrument: str | None = None) -> Evidenced:
    """PoD of a method by class from the trials kept in a view, seeds of several trials pooled, each table once.

    Trials of another instrument do not count where the search names one; trials that name none count for the method.

    Raises
    ------
    OutsideModel : no trial of the method, or no blind seed of a class. There is no default.
    """
    kept = [t for t in trials(view) if t["method"] == method.value and _fits(t["instrument"], instrument)]
    what = method.label + (f" ({instrument})" if instrument else "")
    if not kept:
        raise OutsideModel(
            f"{what}: no blind trial is on record, and a probability of detection has no default.",
            hint="Run one with seeded items on this ground, then: tetrapylon clear trial FILE TABLE --keep.",
        )
    pods = []
    for name in classes:
        counts = [t["classes"][name] for t in kept if name in t["classes"]]
        if not counts:
            seeded = sorted({c for t in kept for c in t["classes"]})
            close = nearest(name, seeded)
            raise OutsideModel(
                f"{what}: no blind seed of class {name} in any trial on record, and there is no default.",
                hint=f'Did you mean "{close}"?' if close else f"Seeded were: {', '.join(seeded)}.",
            )
        pods.append(PoD(sum(f for f, _ in counts), sum(s for _, s in counts)))
    seen = [t["correlation"] for t in kept if t["correlation"] is not None]
    rate = (sum(t["false_alarms"] for t in kept) + 1) / sum(t["lane_area_m2"] for t in kept)
    return Evidenced(method, tuple(pods), max(seen) if seen else None, len(kept), rate)


def trials(view: View) -> list[dict[str, Any]]:
    """Parameters of the trials kept in a view, each table once."""
    found: dict[str, dict[str, Any]] = {}
    for claim in view.claims(Kept, ever=True):
        if claim.body.kind == KIND and claim.body.parameters and not claim.disputed_by:
            parameters = json.loads(claim.body.parameters)
            found[parameters["table_sha256"]] = parameters
    return [found[key] for key in sorted(found)]


def _fits(trial: str | None, search: str | None) -> bool:
    return trial is None or search is None or trial.strip().lower() == search.strip().lower()


def _missing(sheet: Sheet, name: str) -> Problem:
    return Problem(sheet.file, 0, name, "", "is a column that is needed.", nearest(name, sheet.columns))


def classes_of(kept: Iterable[dict[str, Any]]) -> list[str]:
    """Every class seeded in some trial, sorted."""
    return sorted({name for t in kept for name in t["classes"]})
