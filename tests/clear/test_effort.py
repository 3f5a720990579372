"""Search effort: the optimum, and independence from how the cells are streamed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from tetrapylon.clear.effort import Cells, allocate, units
from tetrapylon.errors import ValueRangeError


def cells(n: int, seed: int) -> Cells:
    rng = np.random.default_rng(seed)
    return Cells(
        expected=np.exp(rng.normal(-4, 2, n)) * (rng.random(n) > 0.1),
        area=rng.uniform(1, 25, n),
        sweep=rng.uniform(0.5, 3, n),
        cost=rng.uniform(0.5, 2, n),
    )


def cut(c: Cells, sizes: list[int]) -> list[Cells]:
    out, start = [], 0
    for size in [*sizes, len(c.expected)]:
        part = slice(start, min(start + size, len(c.expected)))
        if part.start < part.stop:
            out.append(Cells(c.expected[part], c.area[part], c.sweep[part], c.cost[part]))
        start = part.stop
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(0, 10**6), st.floats(-3, 4))
def test_the_budget_is_spent_to_the_last_unit(n: int, seed: int, log_budget: float) -> None:
    c = cells(n, seed)
    if not c.expected.any():
        return
    a = allocate(lambda: [c], np.exp(log_budget))
    assert a.spent == pytest.approx(np.exp(log_budget), rel=1e-9)
    assert a.found <= a.expected


def test_no_other_allocation_finds_more() -> None:
    c = cells(6, 1)
    budget = 20.0
    a = allocate(lambda: [c], budget)

    def loss(z: np.ndarray) -> float:
        return float(np.sum(c.expected * np.exp(-z * c.sweep / c.area)))

    best = optimize.minimize(
        loss, np.full(6, budget / c.cost.sum()), bounds=[(0, None)] * 6, method="SLSQP", tol=1e-14,
        constraints={"type": "eq", "fun": lambda z: z @ c.cost - budget},
    )  # fmt: skip
    assert a.expected - a.found == pytest.approx(best.fun, rel=1e-6)
    assert units(c, a.marginal_rate) == pytest.approx(best.x, abs=0.02)


def test_the_margin_is_the_gain_of_one_more_unit_of_effort() -> None:
    c = cells(300, 2)
    a, more = allocate(lambda: [c], 100.0), allocate(lambda: [c], 100.01)
    assert (more.found - a.found) / 0.01 == pytest.approx(a.marginal_rate, rel=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60_000), max_size=6))
def test_the_stream_may_be_cut_anywhere(sizes: list[int]) -> None:
    c = cells(150_000, 3)
    assert allocate(lambda: cut(c, sizes), 5e4) == allocate(lambda: [c], 5e4)


def test_equal_cells_share_equally() -> None:
    c = Cells(np.full(10, 0.3), np.full(10, 4.0), np.full(10, 2.0), np.ones(10))
    a = allocate(lambda: [c], 30.0)
    assert units(c, a.marginal_rate) == pytest.approx(np.full(10, 3.0))


@pytest.mark.parametrize("budget", [0.0, -1.0, np.nan, np.inf])
def test_impossible_budgets_are_refused(budget: float) -> None:
    with pytest.raises(ValueRangeError):
        allocate(lambda: [cells(5, 4)], budget)


def test_bad_cells_are_refused() -> None:
    one = np.ones(1)
    for bad in (Cells(one * np.nan, one, one, one), Cells(-one, one, one, one), Cells(one, one * 0, one, one)):
        with pytest.raises(ValueRangeError):
            allocate(lambda bad=bad: [bad], 1.0)  # type: ignore[misc]
    with pytest.raises(ValueRangeError, match="No cell expects"):
        allocate(lambda: [Cells(one * 0, one, one, one)], 1.0)
