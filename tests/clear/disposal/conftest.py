"""A record with the scenario that comes with the software, and an empty one to write made-up claims into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tetrapylon.record.record import Record
from tetrapylon.workflow.cases import case_at
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, opened


@pytest.fixture(scope="session")
def scenario_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def scenario_file(tmp_path_factory: pytest.TempPathFactory, scenario_state: Path) -> Path:
    file = tmp_path_factory.mktemp("scenario") / "scenario.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(scenario_state))
        begin(str(file), party="Scenario office", kind="operator")
        with opened(str(file)) as record:
            import_case(record, case_at("case:disposal_scenario"))
    return file


@pytest.fixture
def scenario(
    scenario_file: Path, scenario_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Record]:
    """A copy of the scenario that a test may write to."""
    monkeypatch.setenv("TETRAPYLON_STATE", str(shutil.copytree(scenario_state, tmp_path / "state")))
    copy = Path(shutil.copy(scenario_file, tmp_path / "scenario.gpkg"))
    with opened(str(copy)) as record:
        yield record


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """A record of our own without anything in it."""
    monkeypatch.setenv("TETRAPYLON_STATE", str(tmp_path / "state"))
    begin(str(tmp_path / "site.gpkg"), party="Clearance office", kind="operator")
    with opened(str(tmp_path / "site.gpkg")) as record:
        yield record
