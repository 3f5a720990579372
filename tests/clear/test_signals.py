"""Detector signals and silence: the ratio of the closed form, positions that are not exact, and what is held back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tetrapylon.clear.contamination.signals import Sweep, log_factor, signal_counts
from tetrapylon.errors import ValueRangeError
from tetrapylon.geo.grid import GridSpec, Window

GRID = GridSpec(32637, 0.0, 100.0, 2.0, 50, 50)
NOWHERE = shapely.Polygon()
ALL = shapely.box(0, 0, 100, 100)


def sweep(ground: shapely.Geometry = ALL, *signals: tuple[float, float], sd: float = 0.0, **other: object) -> Sweep:
    whole = Sweep(
        lineage="manual", silent=ground, twice=NOWHERE, coverage=1.0, detection=0.8, least=0.3, false_alarms=0.05,
        signals=np.array(signals, float).reshape(-1, 2), accuracies=np.full(len(signals), sd),
    )  # fmt: skip
    return replace(whole, **other)


def factor(*sweeps: Sweep, window: Window = GRID.window, weight: float = 1.0) -> np.ndarray:
    return np.exp(log_factor(sweeps, GRID, window, weight=weight))


@given(st.integers(0, 12), st.floats(0.01, 0.99), st.floats(0.01, 5.0))
def test_the_factor_is_that_of_poisson_false_alarms_and_leaves_out_what_would_lower_a_signal(
    n: int, d: float, clutter: float
) -> None:
    without = stats.poisson.pmf(n, clutter)
    with_item = (1 - d) * without + d * (stats.poisson.pmf(n - 1, clutter) if n else 0.0)
    heard = sweep(ALL, *[(11.0, 89.0)] * n, detection=d, least=0.0, false_alarms=clutter / GRID.cell_m**2)
    assert factor(heard)[5, 5] == pytest.approx(with_item / without + (d if n else 0.0), rel=1e-9)


def test_silence_lowers_by_the_detection_and_a_signal_raises_by_detection_over_false_alarms() -> None:
    made = factor(sweep(ALL, (11.0, 89.0)))
    assert made[0, 0] == pytest.approx(0.2)
    assert made[5, 5] == pytest.approx(1 + 0.8 / (0.05 * 4))
    assert np.count_nonzero(made > 1) == 1


def test_ground_not_swept_keeps_its_modifier() -> None:
    made = factor(sweep(shapely.box(0, 0, 100, 50)))
    assert np.all(made[:25] == 1)
    assert made[25:] == pytest.approx(0.2)


@given(st.floats(0, 1), st.floats(0, 1))
def test_silence_speaks_for_the_share_swept_alone(coverage: float, part: float) -> None:
    made = factor(sweep(shapely.box(0, 98, 2 * part, 100), coverage=coverage))
    assert made[0, 0] == pytest.approx(1 - 0.8 * coverage * part, abs=1e-12)


def test_detection_of_nothing_changes_nothing() -> None:
    assert np.all(factor(sweep(ALL, (11.0, 89.0), detection=0.0, least=0.0)) == 1)


def test_a_second_sweep_lowers_no_further_whatever_swept_it() -> None:
    """All methods miss the hard classes: detections of several must not be multiplied."""
    one, weaker = sweep(), sweep(detection=0.6)
    assert factor(one, one) == pytest.approx(0.2)
    assert factor(one, weaker) == pytest.approx(0.4)  # of one method the one that says least
    for other in (replace(one, lineage="dogs"), replace(weaker, lineage="dogs")):
        assert factor(one, other) == pytest.approx(0.2)


@given(
    st.lists(st.floats(0.1, 1), min_size=3, max_size=3),
    st.lists(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3), min_size=1, max_size=4),
)
def test_silence_of_several_methods_never_says_more_than_their_joint_miss(
    shares: list[float], detections: list[list[float]]
) -> None:
    share = np.array(shares) / sum(shares)
    joint = float(share @ np.prod(1 - np.array(detections), axis=0))
    sweeps = [
        sweep(detection=float(share @ d), least=0.0, lineage=f"m{k}") for k, d in enumerate(map(np.array, detections))
    ]
    assert factor(*sweeps)[0, 0] >= joint - 1e-12


@given(st.floats(0, 3), st.floats(0.001, 3.0), st.floats(0.0, 2.0))
def test_a_cell_with_a_signal_is_never_lowered(apart: float, false_alarms: float, sd: float) -> None:
    made = factor(sweep(ALL, (50.9, 50.9), (51.0 + apart / 10, 51.0), sd=0.0, false_alarms=false_alarms))
    assert made[24, 25] >= 1
    blurred = factor(sweep(ALL, (51.0, 51.0), sd=sd, false_alarms=false_alarms))
    assert blurred[24, 25] >= factor(sweep())[24, 25]


def test_searched_ground_is_reduced_without_what_signals_raise() -> None:
    made = np.exp(log_factor([sweep(ALL, (11.0, 89.0))], GRID, GRID.window, raising=False))
    assert made[5, 5] == 1
    assert made[0, 0] == pytest.approx(0.2)


def test_silence_of_a_second_sweep_does_not_take_a_signal_away() -> None:
    heard, silent = sweep(ALL, (11.0, 89.0)), sweep()
    assert factor(heard, silent)[5, 5] == factor(heard)[5, 5] > 1


def test_where_another_method_searched_silence_counts_for_the_class_it_detects_least() -> None:
    made = factor(sweep(shapely.box(0, 0, 50, 100), twice=shapely.box(50, 0, 100, 100)))
    assert made[:, :25] == pytest.approx(0.2)
    assert made[:, 25:] == pytest.approx(0.7)


@given(st.floats(2, 98), st.floats(2, 98), st.floats(0.0, 3.0))
def test_a_signal_is_one_signal_however_its_position_is_blurred(x: float, y: float, sd: float) -> None:
    wide = Window(-20, -20, 90, 90)
    assert signal_counts(np.array([[x, y]]), np.array([sd]), GRID, wide).sum() == pytest.approx(1.0, abs=2e-4)


def test_the_chance_of_each_cell_is_that_of_a_normal_error() -> None:
    made = signal_counts(np.array([[50.5, 51.2]]), np.array([1.7]), GRID, GRID.window)
    rng = np.random.default_rng(0)
    drawn = rng.normal((50.5, 51.2), 1.7, (400_000, 2))
    row, col = GRID.index(drawn[:, 0], drawn[:, 1])
    counted = (
        np.bincount(row * GRID.cols + col, minlength=GRID.rows * GRID.cols).reshape(GRID.rows, GRID.cols) / 400_000
    )
    assert np.abs(made - counted).max() < 4 * math.sqrt(0.15 / 400_000)


@given(st.permutations(range(6)), st.integers(1, 49), st.integers(1, 49))
def test_order_and_windows_change_nothing(order: list[int], row: int, col: int) -> None:
    rng = np.random.default_rng(7)
    sweeps = [
        sweep(shapely.box(*c, *(c + 40)), *map(tuple, rng.uniform(c, c + 40, (5, 2))), sd=k % 3, lineage=f"m{k % 2}")
        for k, c in enumerate(rng.uniform(0, 60, (6, 2)))
    ]
    whole = log_factor(sweeps, GRID, GRID.window)
    assert np.array_equal(whole, log_factor([sweeps[i] for i in order], GRID, GRID.window))
    for window in (Window(0, 0, row, col), Window(row, col, 50 - row, 50 - col)):
        assert np.array_equal(whole[window.slices], log_factor(sweeps, GRID, window))


def test_a_weight_below_one_takes_the_edge_off_both() -> None:
    assert factor(sweep(), weight=0.5)[0, 0] == pytest.approx(math.sqrt(0.2))
    with pytest.raises(ValueRangeError, match="weight"):
        factor(sweep(), weight=1.5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"detection": 1.0}, "never certain"),
        ({"coverage": 1.2}, "shares"),
        ({"least": 0.9}, "shares"),
        ({"false_alarms": 0.0}, "above 0"),
        ({"signals": np.array([[np.nan, 1.0]]), "accuracies": np.zeros(1)}, "finite x and y"),
        ({"signals": np.zeros((1, 2)), "accuracies": np.array([-1.0])}, "finite distance"),
    ],
)
def test_impossible_sweeps_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueRangeError, match=said):
        sweep(**wrong)
