"""Scenario folders for tests: the sample, with cells changed."""

from __future__ import annotations

import csv
from pathlib import Path

from tetrapylon.formats.scenario import write_template
from tetrapylon.plan.weights import EXAMPLE


def sample(folder: Path, *, workbook: bool = False) -> Path:
    """The sample scenario in a new folder."""
    write_template(folder, EXAMPLE, workbook=workbook)
    return folder


def change(folder: Path, table: str, row: int, **cells: str) -> None:
    """Change cells of a row of a table, counted as a user sees it (the header is row 1)."""
    path = folder / f"{table}.csv"
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    rows[row - 2] |= cells
    _write(path, names, rows)


def add(folder: Path, table: str, **cells: str) -> None:
    """Add a row to a table."""
    path = folder / f"{table}.csv"
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    _write(path, names, [*rows, {"source": "this test", "mark": "scenario"} | cells])


def _write(path: Path, names: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
