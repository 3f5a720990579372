"""The floors of the architecture: the contracts in pyproject.toml hold, and would notice a breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

FLOORS = (
    ("errors", "model", "geo", "evidence", "tiling"),
    ("clear", "assess", "restore", "coordinate", "plan"),
    ("record", "formats", "settings", "workflow", "reports", "forms", "web", "cli"),
)
ROOMS = [room for floor in FLOORS for room in floor]

FORBIDDEN = """
importer    imported     why
errors      model        the lowest floor stands on nothing but itself
geo         evidence     geo stands on model
evidence    clear        evidence stands below the engines
tiling      record       work is split without knowing where data lie
clear       assess       engines do not know each other
restore     coordinate   engines do not know each other
assess      plan         the plan stands on the engines
clear       record       engines have no files
assess      formats      engines have no files
restore     workflow     engines do not know who calls them
coordinate  web          engines do not know who calls them
clear       cli          engines do not know who calls them
clear       settings     engines are given what they need
plan        record       the plan is an engine too
plan        formats      the plan is an engine too
record      clear        the record computes nothing
record      plan         the record computes nothing
record      formats      the record knows no file format
formats     record       a format knows no record
formats     tiling       a format splits no work
record      workflow     the record does not know who uses it
workflow    cli          shells are on top
reports     web          shells are on top
"""

ALLOWED = """
importer    imported
model       errors
geo         model
evidence    geo
clear       evidence
assess      tiling
plan        restore
record      evidence
formats     geo
workflow    record
workflow    plan
reports     workflow
web         workflow
cli         web
cli         settings
"""


def rows(table: str) -> list[list[str]]:
    return [line.split()[:2] for line in table.strip().splitlines()[1:]]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True)


def house(folder: Path, repository: Path, imports: list[list[str]], rooms: list[str] = ROOMS) -> Path:
    """An empty house of this name with these rooms and imports, under our contracts."""
    package = folder / "tetrapylon"
    for room in ["", *rooms]:
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    for importer, imported in imports:
        with (package / importer / "__init__.py").open("a") as module:
            module.write(f"import tetrapylon.{imported}\n")
    shutil.copy(repository / "pyproject.toml", folder)
    return folder


def test_everything_that_is_allowed_passes(tmp_path: Path, repository: Path) -> None:
    done = lint(house(tmp_path, repository, rows(ALLOWED)))
    assert done.returncode == 0, done.stdout


def test_every_breach_of_the_floors_is_noticed(tmp_path: Path, repository: Path) -> None:
    done = lint(house(tmp_path, repository, rows(FORBIDDEN)))
    assert done.returncode == 1
    noticed = [
        [importer, imported]
        for importer, imported in rows(FORBIDDEN)
        if f"tetrapylon.{importer} is not allowed to import tetrapylon.{imported}:" in done.stdout
    ]
    assert noticed == rows(FORBIDDEN)


def test_a_room_that_no_contract_names_is_noticed(tmp_path: Path, repository: Path) -> None:
    done = lint(house(tmp_path, repository, [], rooms=[*ROOMS, "utils"]))
    assert done.returncode == 1
    assert "utils" in done.stdout


def test_the_house_may_be_built_floor_by_floor(tmp_path: Path, repository: Path) -> None:
    done = lint(house(tmp_path, repository, [], rooms=["errors", "model"]))
    assert done.returncode == 0, done.stdout


def test_extras_are_the_ones_the_design_names(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {"report", "hazard", "imagery", "scans", "solve", "postgis", "scale"}
    assert set(project["optional-dependencies"]) == extras
