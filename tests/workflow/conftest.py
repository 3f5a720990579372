"""Simulated ground with a trial on record, and the Palmyra record, each made once; tests write to copies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tetrapylon.model import Entity
from tetrapylon.record.record import Record
from tetrapylon.workflow.demo import case_folder
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, opened
from tetrapylon.workflow.practice import Practice, practice_ground
from tetrapylon.workflow.product import keep
from tetrapylon.workflow.trial import trial_report


@dataclass(frozen=True)
class Ground:
    """A record file, and the files of the simulated ground beside it."""

    file: Path
    practice: Practice

    @property
    def prior(self) -> Path:
        return Path(self.practice.prior)

    def open(self, *, read_only: bool = True) -> Record:
        return opened(str(self.file), read_only=read_only)


@pytest.fixture(scope="session")
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def practised(_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Simulated ground with its trial kept. Read it; write to a `mine` of it."""
    pytest.importorskip("rasterio")
    pytest.importorskip("numba")
    folder = tmp_path_factory.mktemp("practice")
    made = practice_ground(folder / "ground")
    ground = Ground(folder / "practice.gpkg", made)
    begin(str(ground.file), party="Training")
    with ground.open(read_only=False) as record:
        import_case(record, Path(made.case))
        trial = trial_report(record, Path(made.trial), method="manual", lane_area=200.0, false_alarms=31)
        keep(record, trial)
    return ground


@pytest.fixture
def mine(practised: Ground, tmp_path: Path) -> Ground:
    """A copy to write to."""
    copy = tmp_path / "mine.gpkg"
    shutil.copy(practised.file, copy)
    return Ground(copy, practised.practice)


@pytest.fixture(scope="session")
def palmyra_file(_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("palmyra") / "palmyra.gpkg"
    begin(str(file), party="Compiler", kind="research")
    with opened(str(file)) as record:
        import_case(record, case_folder())
    return file


Tell = Callable[[Iterable[Entity]], Path]


@pytest.fixture
def told(_state: Path, tmp_path: Path) -> Tell:
    """Make a record of claims."""

    def make(bodies: Iterable[Entity]) -> Path:
        file = tmp_path / "told.gpkg"
        begin(str(file), party="Office")
        with opened(str(file)) as record, record.writing() as writer:
            for body in bodies:
                writer.claim(body)
        return file

    return make
