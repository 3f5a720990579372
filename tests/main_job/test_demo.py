"""The demonstration: what it tells is computed, and telling it twice adds nothing."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest
from tests.main_job.conftest import Command, Ran

from tetrapylon.cli.show import demo as show
from tetrapylon.model import ClearanceClaim, ConditionReport, LandRelease, Structure
from tetrapylon.workflow import demo as workflow
from tetrapylon.workflow.clear import clearance_ledger, gate_report
from tetrapylon.workflow.demo import AFTER, BEFORE, BEL, ON
from tetrapylon.workflow.keeping import opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def told(command: Command, folder: Path) -> Ran:
    done = command("demo", "--out", folder, "--no-serve")
    assert done.code == 0, done.err
    return done


def test_the_headline_is_counted_from_the_record(told: Ran, folder: Path) -> None:
    with opened(str(folder / "palmyra.gpkg"), read_only=True) as record:
        view = record.view(on=ON, known=ON)
        structures = {c.uid for c in view.claims(Structure)}
        reported = {c.body.structure for c in view.claims(ConditionReport)} & structures
        lineages = clearance_ledger(record, on=ON, known=ON).result.lineages
        expected = (
            f"{len(view.claims(ClearanceClaim))} figures, {lineages} statements, {len(view.claims(LandRelease))} "
            f"release decisions; {len(reported)} of {len(structures)} structures reported on."
        )
    assert expected in told.words
    assert "Historical case from published reports. Not for deciding where to go." in told.words


def test_the_story_of_bel_is_the_gates_own(told: Ran, folder: Path) -> None:
    with opened(str(folder / "palmyra.gpkg"), read_only=True) as record:
        reasons = [
            {b.text for s in gate_report(record, structure=BEL, on=BEFORE, known=known).result.of[0].statuses.values()
             for b in s.because}
            for known in (BEFORE, AFTER)
        ]  # fmt: skip
    added = reasons[1] - reasons[0]
    assert added
    shown = told.words.split("added:")[1].split("ASSESS")[0]
    for text in added:
        if not text.startswith(("hazard", "find")):
            assert " ".join(text.split()) in shown


def test_no_result_is_written_into_the_program() -> None:
    """Numbers that the demonstration prints stand in no text of its source."""
    for module in (show, workflow):
        texts = [n.value for n in ast.walk(ast.parse(inspect.getsource(module)))
                 if isinstance(n, ast.Constant) and isinstance(n.value, str)]  # fmt: skip
        for text in texts:
            bare = re.sub(r"\d{4}-\d{2}-\d{2}|moscow_times_\d+", "", text)
            assert not re.search(r"\d{2,}|cp_|cr_|hz_", bare), text


def test_a_changed_case_changes_what_is_told(
    command: Command, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = case / "clearance_progress.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith("cp_0018,")) + "\n", encoding="utf-8")
    monkeypatch.setattr(workflow, "case_folder", lambda: case)
    done = command("demo", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "27 figures, 22 statements" in done.words
    assert "cp_0018" not in done.out


def test_a_second_run_adds_nothing(told: Ran, command: Command, folder: Path) -> None:
    with opened(str(folder / "palmyra.gpkg"), read_only=True) as record:
        before = record.heads()
    files = {p.name: p.read_bytes() for p in folder.glob("*.json")}
    again = command("demo", "--out", folder)
    with opened(str(folder / "palmyra.gpkg"), read_only=True) as record:
        assert record.heads() == before
    assert {p.name: p.read_bytes() for p in folder.glob("*.json")} == files
    assert "0 of them new" in again.words
    assert len(files) == 10


def test_its_answer_in_json(told: Ran, command: Command, folder: Path) -> None:
    data = command("demo", "--out", folder, "--json").json
    assert data["headline"] in told.words
    assert all(Path(f).exists() for f in data["files"])
    ledger = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
    assert ledger["result"]["claims"] == data["counts"]["figures"]
