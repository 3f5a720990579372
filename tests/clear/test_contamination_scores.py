"""Scores against hand counts and published definitions, and splits that keep neighbours apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.contamination.scores import leave_group_out, pool_weights, reliability, score, share_kept
from tetrapylon.errors import ValueRangeError

outcomes = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=4, max_size=60).filter(
    lambda v: 0 < sum(y for y, _ in v) < len(v)
)


@given(outcomes)
def test_auc_counts_pairs(cells: list[tuple[bool, int]]) -> None:
    y, p = np.array([c[0] for c in cells]), np.array([c[1] for c in cells]) / 10
    pairs = [(a > b) + 0.5 * (a == b) for a in p[y] for b in p[~y]]
    assert score(y, p).auc == pytest.approx(np.mean(pairs))


@given(outcomes)
def test_average_precision_sums_precision_at_each_threshold(cells: list[tuple[bool, int]]) -> None:
    y, p = np.array([c[0] for c in cells]), np.array([c[1] for c in cells]) / 10
    total, recall = 0.0, 0.0
    for t in sorted(set(p), reverse=True):
        chosen = p >= t
        now = y[chosen].sum() / y.sum()
        total += (now - recall) * y[chosen].mean()
        recall = now
    assert score(y, p).ap == pytest.approx(total)


def test_a95_is_the_share_visited_until_95_percent_are_found() -> None:
    y = np.zeros(100, bool)
    y[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 79]] = True  # 20 positives
    p = np.linspace(1, 0, 100)
    assert score(y, p).a95 == pytest.approx(0.19)
    y[18], y[60] = False, True
    assert score(y, p).a95 == pytest.approx(0.61)


def test_climatology_scores_its_own_variance_and_entropy() -> None:
    y = np.arange(1000) < 250
    s = score(y, np.full(1000, 0.25))
    assert s.brier == pytest.approx(0.1875)
    assert s.log_loss == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))
    assert s.auc == 0.5
    assert s.a95 == pytest.approx(0.988)  # with no ranking the positives come last among equals


def test_a_prediction_without_skill_fades_to_the_base_rate_and_a_true_one_stays() -> None:
    rng = np.random.default_rng(2)
    p = rng.uniform(0.05, 0.95, 20_000)
    true, base = rng.random(20_000) < p, np.full(20_000, 0.5)
    assert share_kept(true, p, base) == pytest.approx(1, abs=0.05)
    assert share_kept(rng.permutation(true), p, base) == pytest.approx(0, abs=0.05)
    assert share_kept(~true, p, base) == 0.0


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(2, 5))
def test_no_other_weights_of_a_pool_do_better(seed: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.beta(1, 2, 300)
    y = rng.random(300) < truth
    p = np.clip(truth + rng.normal(0, rng.uniform(0.05, 0.4, (members, 1)), (members, 300)), 0.02, 0.98)

    def loss(w: np.ndarray) -> float:
        mixed = w @ p
        return -float(np.mean(np.where(y, np.log(mixed), np.log1p(-mixed))))

    weights = pool_weights(y, p)
    assert weights.sum() == pytest.approx(1)
    assert np.all(weights >= 0)
    assert all(loss(weights) <= loss(rng.dirichlet(np.ones(members))) + 1e-7 for _ in range(50))
    assert loss(weights) <= min(loss(w) for w in np.eye(members)) + 1e-7


def test_a_pool_gives_the_one_that_knows_all_the_weight() -> None:
    y = np.tile([True, False], 200)
    sure, ignorant = np.where(y, 0.99, 0.01), np.full(400, 0.5)
    assert pool_weights(y, [sure, ignorant]) == pytest.approx([1, 0], abs=1e-4)
    with pytest.raises(ValueRangeError, match="above 0 and below 1"):
        pool_weights(y, [np.where(y, 1.0, 0.0)])


def test_reliability_of_true_probabilities_lies_on_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 50_000)
    r = reliability(rng.random(50_000) < p, p)
    assert r.observed == pytest.approx(r.predicted, abs=0.02)
    assert r.count.tolist() == [5000] * 10


def test_a_buffer_removes_neighbours_of_the_held_out_group_and_nothing_else() -> None:
    xy = np.column_stack([np.arange(30.0), np.zeros(30)]) * 1000
    group = np.repeat(["a", "b", "c"], 10)
    folds = list(leave_group_out(group, xy, buffer=2500))
    assert len(folds) == 3
    train, test = folds[1]
    assert np.nonzero(test)[0].tolist() == list(range(10, 20))
    assert np.nonzero(train)[0].tolist() == [*range(8), *range(22, 30)]
    train, test = next(iter(leave_group_out(group, xy)))
    assert np.array_equal(train, ~test)


def test_scores_need_both_outcomes_and_probabilities() -> None:
    for y, p in (([True, True], [0.1, 0.2]), ([True, False], [0.1, float("nan")]), ([True, False], [0.1, 1.2])):
        with pytest.raises(ValueRangeError):
            score(y, p)
