"""Results of the planning benchmark: a run that was killed costs at most the instance it was in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench_plan import Job, Results, clock


def job(name: str) -> Job:
    return Job(name, "ours", dict)


def test_a_line_cut_off_in_the_middle_costs_that_instance_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "r.jsonl"
    first = Results(file, 60.0)
    first.keep(job("j30/a"), {"makespan": 5})
    first.keep(job("j30/b"), {"makespan": 6})
    file.write_bytes(file.read_bytes()[:-9])
    again = Results(file, 60.0)
    assert set(again.rows) == {("j30/a", "ours")}
    assert "solved again" in capsys.readouterr().err
    again.keep(job("j30/b"), {"makespan": 6})
    assert [json.loads(line)["name"] for line in file.read_text().splitlines()] == ["j30/a", "j30/b"]


def test_results_of_another_time_limit_are_kept_and_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    Results(file, 60.0).keep(job("j30/a"), {"makespan": 5})
    other = Results(file, 10.0)
    assert not other.rows
    other.keep(job("j30/a"), {"makespan": 7})
    assert Results(file, 60.0).rows["j30/a", "ours"]["makespan"] == 5


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a result\n")
    with pytest.raises(SystemExit, match="line 1 is no result"):
        Results(file, 60.0)
    assert file.read_text() == "not a result\n"


@pytest.mark.parametrize(("seconds", "said"), [(7, "0 min 07 s"), (125, "2 min 05 s"), (11_000, "3 h 03 min")])
def test_time_left_is_told_in_hours_and_minutes(seconds: float, said: str) -> None:
    assert clock(seconds) == said
