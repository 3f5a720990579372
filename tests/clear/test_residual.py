"""Residual: closed forms, quadrature, simulation, and where no number is given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from tetrapylon.clear.residual import from_draws, gamma_block, one_block
from tetrapylon.clear.validity import SIMULATION, Basis, Ground, PriorSource
from tetrapylon.errors import OutsideModel, ValueRangeError

positive = st.floats(0.2, 20)


@settings(max_examples=40, deadline=None)
@given(positive, positive, positive, st.integers(0, 30), st.floats(0.001, 0.99))
def test_closed_form_to_1e_10(alpha: float, beta: float, area: float, n: int, d: float) -> None:
    """Mean (alpha+n) A (1-d) / (beta+Ad); P(0) = ((beta+Ad) / (beta+A))^(alpha+n): guide hazard.md section 5."""
    r = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - d)
    assert r.expected == pytest.approx((alpha + n) * area * (1 - d) / (beta + area * d), rel=1e-10)
    assert r.none_left == pytest.approx(((beta + area * d) / (beta + area)) ** (alpha + n), rel=1e-10)


@settings(max_examples=30, deadline=None)
@given(positive, positive, positive, st.integers(0, 30), st.floats(0.01, 0.99))
def test_quadrature_and_closed_form_agree_to_1e_10(alpha: float, beta: float, area: float, n: int, d: float) -> None:
    r = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - d)

    def log_gamma_of_log(x: np.ndarray) -> np.ndarray:
        return alpha * np.log(beta) - special.gammaln(alpha) + alpha * x - beta * np.exp(x)

    low = np.log((alpha + n) / (beta + area)) - 42 / (alpha + n) - 2  # also where none is left
    high = np.log((alpha + n + 60) / (beta + area * d)) + 2
    q = one_block(log_gamma_of_log, finds=n, exposure=area * d, left=area * (1 - d), support=(low, high), points=20001)
    assert q.expected == pytest.approx(r.expected, rel=1e-10)
    assert q.none_left == pytest.approx(r.none_left, rel=1e-10)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    alpha, beta, area, d, inside, trials = 2.0, 1.5, 4.0, 0.6, 0, 2000
    for _ in range(trials):
        intensity = rng.gamma(alpha, 1 / beta)
        n = rng.poisson(intensity * area * d)
        r = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - d)
        inside += r.low <= intensity * area * (1 - d) <= r.high
    assert 0.87 <= inside / trials <= 0.93


def test_uncertain_detection_gives_a_mixture_weighted_by_the_finds() -> None:
    """Against brute-force simulation: draw (lambda, d), keep those that reproduce the finds."""
    rng = np.random.default_rng(11)
    alpha, beta, area, n = 2.0, 1.0, 5.0, 6
    intensity, d = rng.gamma(alpha, 1 / beta, 2_000_000), rng.beta(8, 4, 2_000_000)
    keep = rng.poisson(intensity * area * d) == n
    left = rng.poisson(intensity * area * (1 - d))[keep]
    r = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - rng.beta(8, 4, 20_000))
    assert r.expected == pytest.approx(left.mean(), rel=0.02)
    assert r.none_left == pytest.approx((left == 0).mean(), rel=0.03)
    assert (r.count_low, r.count_high) == tuple(np.quantile(left, [0.05, 0.95]).astype(int))


def test_draws_of_a_gamma_posterior_reproduce_the_closed_form() -> None:
    alpha, beta, area, n, d = 3.0, 2.0, 4.0, 5, 0.7
    exact = gamma_block(basis=SIMULATION, alpha=alpha, beta=beta, area=area, finds=n, unfound=1 - d)
    p = (np.arange(20000) + 0.5) / 20000
    r = from_draws(stats.gamma.ppf(p, alpha + n, scale=area * (1 - d) / (beta + area * d)), basis=SIMULATION, level=0.9)
    assert r.expected == pytest.approx(exact.expected, rel=1e-3)
    assert (r.low, r.high) == pytest.approx((exact.low, exact.high), rel=1e-3)
    assert (r.count_low, r.count_high) == (exact.count_low, exact.count_high)
    assert r.none_left == pytest.approx(exact.none_left, rel=1e-3)


def test_nothing_left_and_nothing_searched() -> None:
    gone = gamma_block(basis=SIMULATION, alpha=2, beta=1, area=3, finds=4, unfound=0.0)
    assert (gone.expected, gone.low, gone.high, gone.count_high, gone.none_left) == (0, 0, 0, 0, 1)
    prior = gamma_block(basis=SIMULATION, alpha=2, beta=1, area=3, finds=0, unfound=1.0)
    assert prior.expected == pytest.approx(6)
    assert prior.none_left == pytest.approx((1 / 4) ** 2)


@given(st.integers(2, 5), positive)
def test_splitting_a_block_preserves_the_sum(parts: int, area: float) -> None:
    """Given the intensity of the block, its parts add up: shape and rate of the posterior are those of the whole."""
    whole = gamma_block(basis=SIMULATION, alpha=2, beta=1, area=area, finds=3, unfound=0.4)
    posterior = {"alpha": 2 + 3, "beta": 1 + area * 0.6}
    part = gamma_block(basis=SIMULATION, **posterior, area=area * 0.4 / parts, finds=0, unfound=1.0)
    assert part.expected * parts == pytest.approx(whole.expected)


def test_finds_of_a_search_that_can_find_nothing_are_a_contradiction() -> None:
    with pytest.raises(OutsideModel, match="contradict"):
        gamma_block(basis=SIMULATION, alpha=2, beta=1, area=3, finds=2, unfound=1.0)


def test_no_figure_for_real_ground_without_local_outcomes() -> None:
    colombia = PriorSource("Antioquia labels", "CO", 4489)
    with pytest.raises(OutsideModel, match="no item position"):
        Basis(colombia, Ground("Palmyra", "SY", 0))
    with pytest.raises(OutsideModel, match="learnt in CO"):
        Basis(colombia, Ground("a site", "SY", 12))
    with pytest.raises(OutsideModel, match="no located outcome"):
        Basis(PriorSource("country table", "SY", 0), Ground("a site", "SY", 12))
    assert not Basis(colombia, Ground("Antioquia", "CO", 4489)).scenario
    assert SIMULATION.scenario


@pytest.mark.parametrize("draws", [np.ones(199), np.full(300, np.nan), np.full(300, -1.0)])
def test_bad_draws_are_refused(draws: np.ndarray) -> None:
    with pytest.raises(ValueRangeError):
        from_draws(draws, basis=SIMULATION)
