"""Checking a plain layer or table that is in no record: GeoJSON, GeoPackage, KML, CSV, XLSX."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey import FieldCensus, Parcel, Point, Survey, Tally, examine_survey
from tetrapylon.clear.survey.rules import KEPT
from tetrapylon.errors import CaseError, Problem
from tetrapylon.formats.problems import Bad, Problems
from tetrapylon.formats.registry import FORMATS, open_sheets
from tetrapylon.geo.checks import Finding
from tetrapylon.record.store import is_address
from tetrapylon.workflow.layer_cells import Reader
from tetrapylon.workflow.proposals import write_proposals


@dataclass(frozen=True)
class LayerChecked:
    """What was found. findings : at most 1,000 of each code; counts : how many there were. problems : rows or cells
    that could not be read. census : values of the fields that look like enumerations. proposals : number of proposed
    repairs written to a file of their own; None: not asked."""

    file: str
    rows: int
    outlines: int
    points: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    census: tuple[FieldCensus, ...] = ()
    proposals: int | None = None


def is_layer(file: str) -> bool:
    """Whether a file is a layer or table to be checked by itself rather than a record."""
    path = Path(file)
    if is_address(file) or not path.is_file():
        return False
    kind = next((f.name for f in FORMATS.values() if f.sniff(path)), None)
    return kind is not None and (kind != "gpkg" or not _holds_record(path))


def check_layer(
    file: str, *, site: BaseGeometry | None = None, propose: Path | None = None, today: dt.date | None = None
) -> LayerChecked:
    """Run the survey checks on every feature of a file, those of all its layers together; the file is only read.

    Parameters
    ----------
    site : outline everything should lie in. propose : write every proposed repair to this new file.
    today : nothing is dated after it; None: the day of the computer.

    Raises
    ------
    CaseError : the file cannot be read at all. ValueRangeError : the proposals cannot be written.
    """
    path, problems = Path(file), Problems()
    try:
        sheets = open_sheets(path)
    except Bad as bad:
        problems.bad(path.name, 0, "", bad)
        raise CaseError(problems.listed()) from None
    parcels: list[Parcel] = []
    points: list[Point] = []
    census: list[FieldCensus] = []
    rows = 0
    for sheet in sheets:
        title = sheet.title or path.stem
        reader, tally = Reader(sheet, title, problems), Tally(title, sheet.columns)
        for row, cells in sheet.records():
            rows += 1
            if isinstance(cells, Bad):
                problems.bad(sheet.file, row, "", cells)
            else:
                reader.read(row, cells, parcels, points)
                tally.add(cells)
        census += tally.result()
    survey = Survey(
        tuple(parcels),
        tuple(points),
        census=tuple(census),
        headings=tuple((sheet.title or path.stem, sheet.columns) for sheet in sheets),
        site=site,
        today=today or dt.date.today(),
    )
    result = examine_survey(survey, keep=KEPT if propose is None else sys.maxsize)
    names = {p.uid: p.name for p in parcels}
    written = None if propose is None else write_proposals(result.findings, propose, names=names)
    outlines = sum(p.geometry is not None for p in parcels) - int((shapely.get_type_id(survey.shapes) == 0).sum())
    return LayerChecked(
        path.name, rows, outlines, len(points), result.findings, result.counts, tuple(problems.listed()), survey.census,
        written,
    )  # fmt: skip


def _holds_record(path: Path) -> bool:
    """Whether a GeoPackage has the entries of a record; one that cannot be read counts as a record, to be explained."""
    try:
        with sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro", uri=True) as db:
            return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone() is not None
    except sqlite3.Error:
        return True
