"""One Palmyra record for all tests of the main job, and a command line that runs in this process."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tetrapylon.cli.main import run
from tetrapylon.record.record import Record
from tetrapylon.workflow.demo import case_folder
from tetrapylon.workflow.importing import import_case
from tetrapylon.workflow.keeping import begin, opened

ON = "2025-10-31"
"""The last day the case speaks about."""
LAST = {"on": ON, "known": ON}
"""The view most expectations are about."""


@dataclass(frozen=True)
class Ran:
    """A command that ended: exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """What it printed, without its line breaks."""
        return " ".join(self.out.split())


Command = Callable[..., Ran]


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(autouse=True)
def _own_state(state: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the installation remembers, for this test alone."""
    own = shutil.copytree(state, tmp_path_factory.mktemp("own") / "state")
    monkeypatch.setenv("TETRAPYLON_STATE", str(own))
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="session")
def palmyra_file(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of the case. Read it; write only to a `copy` of it."""
    file = tmp_path_factory.mktemp("palmyra") / "palmyra.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TETRAPYLON_STATE", str(state))
        begin(str(file), party="Compiler", kind="research")
        with opened(str(file)) as record:
            import_case(record, case_folder())
    return file


@pytest.fixture
def palmyra(palmyra_file: Path) -> Iterator[Record]:
    with opened(str(palmyra_file), read_only=True) as record:
        yield record


@pytest.fixture
def copy(palmyra_file: Path, tmp_path: Path) -> Path:
    """A record of the case that a test may write to."""
    return Path(shutil.copy(palmyra_file, tmp_path / "copy.gpkg"))


@pytest.fixture
def command() -> Command:
    """Run ``tetrapylon`` with these arguments."""

    def ran(*arguments: object) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["tetrapylon", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                run()
        return Ran(ended.value.code if isinstance(ended.value.code, int) else 0, out.getvalue(), err.getvalue())

    return ran


@pytest.fixture
def seen(command: Command, palmyra_file: Path) -> Command:
    """Run a command on the record of the case as of its last day."""
    return lambda *arguments: command(*arguments[:2], palmyra_file, *arguments[2:], "--on", ON, "--known", ON)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of the case that a test may change."""
    return Path(shutil.copytree(case_folder(), tmp_path / "case"))
