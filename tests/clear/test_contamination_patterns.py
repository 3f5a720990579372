"""Belts and rows among clutter, and the order of clearing they suggest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from tetrapylon.clear.contamination.patterns import Component, fit, log_modifier
from tetrapylon.clear.contamination.rows import _average, begin, families, learn, probability
from tetrapylon.clear.contamination.scores import score
from tetrapylon.errors import OutsideModel, ValueRangeError


def scene(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A belt of 150 items, 80 m long and 4 m wide at 30 degrees, among 300 clutter signals on 100 x 100 m."""
    rng = np.random.default_rng(seed)
    along, across = rng.uniform(-40, 40, 150), rng.normal(0, 2, 150)
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    belt = np.column_stack([50 + along * c - across * s, 50 + along * s + across * c])
    return np.vstack([belt, rng.uniform(0, 100, (300, 2))]), np.arange(450) < 150


@pytest.mark.parametrize("shape", ["ellipse", "strip"])
def test_a_component_is_a_density(shape: str) -> None:
    c = Component(shape, (3.0, -2.0), (0.6, 0.8), 9.0, 1.5, 1.0)  # type: ignore[arg-type]
    total, _ = integrate.dblquad(lambda y, x: float(c.density(np.array([[x, y]]))[0]), -45, 50, -50, 46, epsabs=1e-4)
    assert total == pytest.approx(1, abs=2e-3)


def test_a_belt_is_found_with_its_direction_and_length() -> None:
    points, item = scene(1)
    p = fit(points, area=1e4, most=2)
    best = p.hypotheses[int(np.argmax(p.weights))]
    (belt,) = best.components
    assert belt.shape == "strip"
    assert np.degrees(np.arctan2(belt.direction[1], belt.direction[0])) % 180 == pytest.approx(30, abs=2)
    assert belt.length == pytest.approx(40, abs=4)
    assert belt.width == pytest.approx(2, abs=0.6)
    assert score(item, p.item_probability(points)).auc > 0.95


def test_expected_items_are_the_items() -> None:
    points, item = scene(2)
    p = fit(points, area=1e4, most=2)
    x, y = np.meshgrid(np.arange(0.5, 100), np.arange(0.5, 100))
    total = p.intensity(np.column_stack([x.ravel(), y.ravel()])).sum()
    assert total == pytest.approx(item.sum(), rel=0.15)
    far = np.array([[2.0, 98.0]])
    assert log_modifier(p, far, base=1e-3) == pytest.approx(0, abs=1e-3)
    belt = np.array([[50.0, 50.0]])
    assert 1e-3 * np.exp(log_modifier(p, belt, base=1e-3)) == pytest.approx(1e-3 + p.intensity(belt))


def test_clutter_alone_shows_no_pattern() -> None:
    points = np.random.default_rng(3).uniform(0, 100, (400, 2))
    p = fit(points, area=1e4, most=2)
    assert p.weights[0] > 0.9
    assert p.item_probability(points).max() < 0.2


def test_the_order_of_signals_does_not_matter() -> None:
    points, _ = scene(4)
    shuffled = np.random.default_rng(0).permutation(len(points))
    a, b = (fit(q, area=1e4, most=1, shapes=("strip",)).item_probability(points) for q in (points, points[shuffled]))
    assert a == pytest.approx(b, abs=1e-3)


def test_too_few_or_broken_signals_are_refused() -> None:
    with pytest.raises(OutsideModel):
        fit(np.zeros((9, 2)), area=100)
    with pytest.raises(ValueRangeError):
        fit(np.full((20, 2), np.nan), area=100)


SMALL = families((20, 20), spacing=np.array([5.0, 7.0]), directions=12, offsets=4)


def test_before_any_find_no_square_stands_out_by_far_and_cleared_ones_are_closed() -> None:
    belief = begin(SMALL)
    p = probability(SMALL, belief)
    assert p.max() < 2 * np.median(p)
    belief = learn(SMALL, belief, [42], [0])
    assert probability(SMALL, belief)[42] == 0
    assert np.exp(belief.log_weight).sum() == pytest.approx(1)
    with pytest.raises(ValueRangeError, match="cleared already"):
        learn(SMALL, belief, [42], [0])


def test_finds_in_a_line_raise_what_continues_it() -> None:
    belief = begin(SMALL)
    for col in range(1, 12):
        belief = learn(SMALL, belief, [10 * 20 + col], [int(col % 3 == 2)])
        belief = learn(SMALL, belief, [12 * 20 + col], [0])
    p = probability(SMALL, belief).reshape(20, 20)
    assert p[10, 13:17].mean() > 3 * p[12, 13:17].mean()


def test_compiled_average_equals_the_plain_one() -> None:
    belief = learn(SMALL, begin(SMALL), [100], [1])
    every = np.arange(len(SMALL.profile))
    density = (SMALL.shape + belief.items) / (SMALL.rate + belief.searched)
    weight = np.exp(belief.log_weight)
    expected = SMALL.profile * np.take_along_axis(density, SMALL.segment.astype(np.int64), 1) + SMALL.scattered
    plain = weight @ -np.expm1(-expected) / weight.sum()
    assert probability(SMALL, belief, keep=1e-12)[belief.open] == pytest.approx(plain[belief.open], rel=1e-6)
    few = every[:3]
    slow = _average(few, weight[:3], density[:3], SMALL.profile[:, :5], SMALL.segment, SMALL.scattered)
    assert slow == pytest.approx(weight[:3] @ -np.expm1(-expected[:3, :5]), rel=1e-6)
