"""The order of clearing: forecasters weighed by what came, and an order that never leaves a square out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tetrapylon.clear.contamination.clearing_order import Learnt, Site, begin, learn, probability, reopened, site
from tetrapylon.clear.contamination.rows import families
from tetrapylon.errors import ValueRangeError

SIDE = 16
SMALL = site((SIDE, SIDE), families((SIDE, SIDE), spacing=np.array([4.0, 6.0]), directions=12, offsets=4))


def cleared(ground: Site, order: list[int], items: set[int]) -> Learnt:
    return learn(ground, begin(ground), order, [int(s in items) for s in order])


def test_items_in_rows_speak_for_rows_and_items_in_heaps_for_smoothing() -> None:
    wide = site((30, 30), families((30, 30), spacing=np.array([6.0, 8.0]), directions=20, offsets=6))
    rng = np.random.default_rng(5)
    heaps = np.vstack([rng.normal(c, 3, (12, 2)) for c in ((8, 8), (20, 14), (9, 23))]).astype(int).clip(0, 29)
    rows = {r * 30 + c for r in (7, 15, 23) for c in range(1, 30, 3)}
    every = list(range(900))
    assert cleared(wide, every, rows).weights[0] > 0.99
    assert cleared(wide, every, {int(r * 30 + c) for r, c in heaps}).weights[0] < 0.01


def test_the_next_square_continues_the_row() -> None:
    lanes = [r * SIDE + c for c in range(10) for r in range(SIDE)]
    learnt = cleared(SMALL, lanes, {r * SIDE + c for r in (5, 11) for c in range(1, 10, 2)})
    best = np.argsort(-probability(SMALL, learnt))[:4]
    assert set(best // SIDE) <= {4, 5, 6, 10, 11, 12}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, SIDE * SIDE - 1), st.integers(0, 2)), max_size=30, unique_by=lambda s: s[0]))
def test_learning_at_once_is_learning_one_after_the_other(seen: list[tuple[int, int]]) -> None:
    squares, found = [s for s, _ in seen], [n for _, n in seen]
    together, single = learn(SMALL, begin(SMALL), squares, found), begin(SMALL)
    for square, count in seen:
        single = learn(SMALL, single, [square], [count])
    assert together.log_weight == pytest.approx(single.log_weight)
    assert probability(SMALL, together) == pytest.approx(probability(SMALL, single))
    assert together.weights.sum() == pytest.approx(1)


@settings(max_examples=20)
@given(st.integers(0, 2**31))
def test_every_open_square_keeps_a_chance_and_cleared_ones_have_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    squares = rng.permutation(SIDE * SIDE)[:100]
    p = probability(SMALL, learn(SMALL, begin(SMALL), squares.tolist(), (rng.random(100) < 0.1).astype(int).tolist()))
    open_ = np.setdiff1d(np.arange(SIDE * SIDE), squares)
    assert np.all((p[open_] > 0) & (p[open_] < 1))
    assert np.all(p[squares] == 0)


def test_the_weights_are_the_product_of_what_each_forecast() -> None:
    """Against the definition: forecasts of one square at a time, multiplied."""
    seen = [(17, 0), (40, 1), (41, 0), (100, 1)]
    learnt, log_weight = begin(SMALL), begin(SMALL).log_weight.copy()
    for square, count in seen:
        alone = np.array(
            [probability(SMALL, Learnt(learnt.belief, learnt.finds, learnt.searched, only), keep=1e-12)[square]
             for only in np.where(np.eye(4, dtype=bool), 0.0, -np.inf)]
        )  # fmt: skip
        log_weight += np.log(alone if count else 1 - alone)
        learnt = learn(SMALL, learnt, [square], [count])
    assert learnt.log_weight == pytest.approx(log_weight, rel=1e-6)


def test_an_item_found_on_ground_not_cleared_is_learnt_from_and_stays_in_the_order() -> None:
    learnt = reopened(learn(SMALL, begin(SMALL), [100], [1]), [100])
    p = probability(SMALL, learnt)
    assert p[100] == p.max() > 2 * np.median(p)
    again = learn(SMALL, learnt, [100], [0])
    assert probability(SMALL, again)[100] == 0


def test_a_square_is_cleared_once() -> None:
    with pytest.raises(ValueRangeError, match="cleared already"):
        learn(SMALL, begin(SMALL), [3, 3], [0, 0])


@pytest.mark.parametrize("wrong", [{"scales": (0.0,)}, {"expected": 0.0}])
def test_impossible_sites_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueRangeError):
        site((SIDE, SIDE), SMALL.rows, **wrong)
    with pytest.raises(ValueRangeError):
        begin(SMALL, rows_share=1.0)


def test_more_finds_nearby_raise_a_square() -> None:
    counts = [cleared(SMALL, list(range(64, 64 + n)), set(range(64, 64 + n))) for n in range(4)]
    chances = [probability(SMALL, learnt)[70] for learnt in counts]
    assert all(more > less for less, more in pairwise(chances))
