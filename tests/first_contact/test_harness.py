"""The benchmark harness: which floors bind, how contestants take turns, what the report holds."""

from __future__ import annotations

import argparse
import gc
import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import harness
from benchmarks.harness import Figure, Timing, interleave, missed

Bench = Callable[..., subprocess.CompletedProcess[str]]

TOY = '''
"""A toy: how much is twice?"""
from benchmarks.harness import Figure

def arguments(parser):
    parser.add_argument("--ratio", type=float, default=2.0)

def run(args):
    return [
        Figure("twice as fast as the peer", args.ratio, kind="ratio", floor=1.5, conditions="one thing"),
        Figure("rows", 10.0, "1/s", floor=5000),
        Figure("unheard of", float("nan"), "s"),
    ]
'''


@pytest.fixture
def bench(tmp_path: Path, repository: Path) -> Bench:
    """Run the harness of a copy that holds one toy benchmark."""
    shutil.copytree(
        repository / "benchmarks", tmp_path / "benchmarks", ignore=shutil.ignore_patterns("bench_*", "__*cache*")
    )
    (tmp_path / "benchmarks" / "bench_toy.py").write_text(TOY.lstrip(), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "benchmarks", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run


@pytest.mark.parametrize(
    ("value", "floor", "limit", "met"),
    [
        (2.0, 1.5, None, True),
        (1.5, 1.5, None, True),
        (1.49, 1.5, None, False),
        (0.1, None, 0.05, False),
        (0.05, None, 0.05, True),
        (5.0, 1.0, 4.0, False),
        (math.nan, 1.0, None, False),
        (math.nan, None, 1.0, False),
        (math.inf, 1.0, None, True),
    ],
)
def test_floors_and_limits(value: float, floor: float | None, limit: float | None, met: bool) -> None:
    assert Figure("x", value, floor=floor, limit=limit).met is met


def test_ratios_and_fractions_bind_and_absolute_rates_warn() -> None:
    figures = [Figure(kind, 1.0, kind=kind, floor=2.0) for kind in ("ratio", "fraction", "absolute")]
    assert [figure.verdict() for figure in figures] == ["MISSED", "MISSED", "slow here"]
    assert [figure.name for figure in missed(figures)] == ["ratio", "fraction"]
    assert [figure.name for figure in missed(figures, strict=True)] == ["ratio", "fraction", "absolute"]


def test_best_median_and_rate() -> None:
    timing = Timing((3.0, 1.0, 2.0, 10.0))
    assert timing.best == 1.0
    assert timing.median == 2.5
    assert timing.rate(500) == 500.0


def test_contestants_take_turns_and_rotate() -> None:
    order: list[str] = []
    turns = {name: (lambda name=name: order.append(name)) for name in "abc"}
    timings = interleave(turns, repeats=3, warm_up=False, between=lambda: order.append("-"))
    assert "".join(order) == "-a-b-c-b-c-a-c-a-b"
    assert {name: len(timing.seconds) for name, timing in timings.items()} == {"a": 3, "b": 3, "c": 3}


def test_the_warm_up_is_not_counted() -> None:
    runs: list[int] = []
    assert len(harness.timed(lambda: runs.append(1), repeats=2).seconds) == 2
    assert len(runs) == 3


def test_sleep_is_measured_and_garbage_waits() -> None:
    collecting: list[bool] = []

    def sleep() -> None:
        collecting.append(gc.isenabled())
        time.sleep(0.02)

    timing = harness.timed(sleep, repeats=2)
    assert timing.best >= 0.02
    assert collecting == [False, False, False]
    assert gc.isenabled()


def test_an_empty_contest_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        interleave({}, repeats=1)
    with pytest.raises(ValueError, match="at least one"):
        interleave({"it": lambda: None}, repeats=0)


def test_the_report_names_the_machine_and_the_floor(bench: Bench) -> None:
    shown = bench("toy")
    assert shown.returncode == 0, shown.stderr
    assert "processor: " in shown.stdout
    assert "numpy: " in shown.stdout
    assert "ok                   2              >= 1.5                 twice as fast as the peer" in shown.stdout
    assert "slow here" in shown.stdout


def test_a_missed_ratio_fails_the_run(bench: Bench) -> None:
    shown = bench("toy", "--ratio", "1.4")
    assert shown.returncode == 1
    assert "floor missed: twice as fast as the peer = 1.4" in shown.stderr


def test_strict_makes_absolute_rates_bind(bench: Bench) -> None:
    shown = bench("toy", "--strict")
    assert shown.returncode == 1
    assert "floor missed: rows = 10 1/s" in shown.stderr


def test_json_is_one_document(bench: Bench) -> None:
    report = json.loads(bench("toy", "--json").stdout)
    assert report["benchmark"] == "toy"
    assert report["machine"]["python"].count(".") == 2
    twice, rows, unheard = report["figures"]
    assert twice == {
        "name": "twice as fast as the peer",
        "value": 2.0,
        "unit": "",
        "kind": "ratio",
        "floor": 1.5,
        "limit": None,
        "conditions": "one thing",
        "verdict": "ok",
    }
    assert rows["verdict"] == "slow here"
    assert unheard["value"] is None


def test_benchmarks_are_listed_and_an_unknown_one_is_an_error(bench: Bench) -> None:
    listed = bench()
    assert listed.returncode == 0
    assert listed.stdout.split(maxsplit=1) == ["toy", "A toy: how much is twice?\n"]
    assert bench("toi").returncode == 2


def test_data_must_be_where_they_are_said_to_be(tmp_path: Path) -> None:
    args = argparse.Namespace(data=None)
    with pytest.raises(SystemExit, match="give --data DIR"):
        harness.data_folder(args, "blast")
    args.data = tmp_path
    with pytest.raises(SystemExit, match="is not a folder"):
        harness.data_folder(args, "blast")
    (tmp_path / "blast").mkdir()
    assert harness.data_folder(args, "blast") == tmp_path / "blast"


def test_every_benchmark_is_documented(repository: Path) -> None:
    """A benchmark has a title, a run function, and stands in the page about benchmarks."""
    page = (repository / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for name in harness.available():
        text = (repository / "benchmarks" / f"bench_{name}.py").read_text(encoding="utf-8")
        assert text.startswith('"""')
        assert "\ndef run(" in text
        assert f"`{name}`" in page
