"""A scenario to begin from: a small one that plans as it stands, as CSV files or as a workbook."""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path

from tetrapylon.errors import NotPermitted
from tetrapylon.formats.scenario.columns import TABLES
from tetrapylon.formats.scenario.read import SETTINGS, WORKBOOK
from tetrapylon.formats.tables.cells import guard

SAMPLE = Path(__file__).parent / "sample"


def write_template(folder: Path, weights: str, *, workbook: bool = False) -> tuple[Path, ...]:
    """Write the sample into a folder that is new or empty, and return the files.

    Parameters
    ----------
    weights : text of ``weights.toml``. workbook : the tables as sheets of ``scenario.xlsx``.

    Raises
    ------
    NotPermitted : the folder holds something already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotPermitted(f"{folder} is not empty.", hint="Name a new folder: nothing is overwritten.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            made = Path(temporary) / "scenario"
            made.mkdir()
            shutil.copyfile(SAMPLE / SETTINGS, made / SETTINGS)
            (made / "weights.toml").write_text(weights, encoding="utf-8")
            if workbook:
                _workbook(made / WORKBOOK)
            else:
                for name in TABLES:
                    _table(made / f"{name}.csv", _rows(name))
            made.rename(folder) if not folder.exists() else shutil.copytree(made, folder, dirs_exist_ok=True)
    except OSError as error:
        raise NotPermitted(f"{folder} cannot be written: {error.strerror}.") from error
    return tuple(sorted(folder.iterdir()))


def _rows(name: str) -> list[list[str]]:
    """Header and rows of a table of the sample; the header alone where the sample has none."""
    columns = [c.name for c in TABLES[name].columns]
    path = SAMPLE / f"{name}.csv"
    if not path.is_file():
        return [columns]
    with path.open(encoding="utf-8", newline="") as file:
        return [columns, *([row.get(c, "") for c in columns] for row in csv.DictReader(file))]


def _table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([guard(c) for c in row] for row in rows)


def _workbook(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    told = book.create_sheet("_columns")
    told.append(["table", "column", "kind", "needed", "refers to", "about"])
    for sheet in TABLES.values():
        for c in sheet.columns:
            told.append([sheet.name, c.name, c.kind.value, "yes" if c.needed else "", c.refers, guard(c.about)])
    for name in TABLES:
        page = book.create_sheet(name)
        for row in _rows(name):
            page.append([guard(c) for c in row])
    book.save(path)
