"""Search with imperfect detection: closed forms, published example, invariants."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tetrapylon.clear.search import Classes, Method, PoD, Search, miss, naive_error, unfound, unfound_draw
from tetrapylon.errors import OutsideModel, ValueRangeError

fraction = st.floats(0, 1)
THREE = Classes(("metal-rich", "minimum-metal", "too deep"), (0.8, 0.15, 0.05))


def method(name: str = "detector", *, correlation: float = 0.0, found: tuple[int, ...] = (48, 30, 8)) -> Method:
    return Method(name, tuple(PoD(s, 50) for s in found), correlation)


def test_three_passes_leave_three_percent_where_the_naive_product_claims_a_tenth_of_a_percent() -> None:
    error = naive_error([0.8, 0.15, 0.05], [0.98, 0.70, 0.20], 3)
    assert error.left == pytest.approx(0.030, abs=5e-4)
    assert error.naive == pytest.approx(0.0010, abs=5e-5)
    assert error.understated_by > 25


def test_two_independent_passes_of_90_percent_find_99_percent() -> None:
    assert 1 - miss(0.9, [1.0, 1.0], correlation=0) == pytest.approx(0.99)
    assert 1 - miss(0.9, [1.0, 1.0, 1.0], correlation=0) == pytest.approx(0.999)


@given(st.lists(fraction, min_size=1, max_size=5), fraction)
def test_uncorrelated_passes_multiply(coverage: list[float], d: float) -> None:
    assert miss(d, coverage, correlation=0) == pytest.approx(np.prod([1 - f * d for f in coverage]), abs=1e-12)


@given(st.lists(fraction, min_size=1, max_size=5), fraction)
def test_fully_correlated_passes_never_find_what_one_missed(coverage: list[float], d: float) -> None:
    expected = (1 - d) + d * np.prod([1 - f for f in coverage])
    assert miss(d, coverage, correlation=1) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(fraction, min_size=1, max_size=4), st.floats(0.1, 0.9), st.floats(0.05, 0.8))
def test_correlated_passes_agree_with_integration_over_items(coverage: list[float], d: float, rho: float) -> None:
    a, b = d * (1 - rho) / rho, (1 - d) * (1 - rho) / rho
    law = stats.beta(a, b)
    # integrate over the quantile, which tames the poles of the density at 0 and 1
    expected, _ = integrate.quad(
        lambda t: float(np.prod([1 - f * law.ppf(t) for f in coverage])), 0, 1, limit=200, epsabs=1e-9
    )
    assert miss(d, coverage, correlation=rho) == pytest.approx(expected, abs=1e-6)


@given(st.lists(fraction, min_size=2, max_size=4), fraction, fraction, st.randoms())
def test_the_order_of_passes_does_not_matter(coverage: list[float], d: float, rho: float, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = coverage.copy()
    random.shuffle(shuffled)
    assert miss(d, coverage, correlation=rho) == pytest.approx(miss(d, shuffled, correlation=rho), abs=1e-12)


@given(st.lists(fraction, min_size=1, max_size=4), fraction)
def test_detecting_nothing_changes_nothing(coverage: list[float], rho: float) -> None:
    assert miss(0.0, coverage, correlation=rho) == pytest.approx(1, abs=1e-15)


@given(fraction, st.integers(1, 4))
def test_full_coverage_and_certain_detection_leave_nothing(rho: float, passes: int) -> None:
    assert miss(1.0, np.ones(passes), correlation=rho) == 0


@given(fraction, fraction, fraction)
def test_correlation_never_helps(d: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert miss(d, [1, 1, 1], correlation=low) <= miss(d, [1, 1, 1], correlation=high) + 1e-12


def test_uncertain_detection_is_integrated_not_plugged_in() -> None:
    search = Search(method(), np.ones((3, 1)))
    expected = 0.0
    for share, pod in zip(THREE.shares, search.method.pod, strict=True):
        third_moment = integrate.quad(lambda d, p=pod: (1 - d) ** 3 * stats.beta.pdf(d, p.alpha, p.beta), 0, 1)[0]
        expected += share * third_moment
    result = unfound(THREE, [search])
    assert result.share[0] == pytest.approx(expected, rel=1e-9)
    plugged = sum(s * (1 - p.mean) ** 3 for s, p in zip(THREE.shares, search.method.pod, strict=True))
    assert result.share[0] > plugged


def test_draws_average_to_the_integral() -> None:
    searches = [Search(method(correlation=0.3), np.full((2, 2), 0.7)), Search(method("dog"), np.full((1, 2), 1.0))]
    rng = np.random.default_rng(4)
    draws = np.array([unfound_draw(THREE, searches, rng).share for _ in range(3000)])
    assert unfound(THREE, searches).share == pytest.approx(draws.mean(0), abs=4 * draws.std() / 3000**0.5)


def test_what_is_left_is_what_is_hard_to_find() -> None:
    left = unfound(THREE, [Search(method(), np.ones((3, 1)))]).shares_left[:, 0]
    assert left.sum() == pytest.approx(1)
    assert left[2] > 0.5 > THREE.shares[2]


def test_methods_may_come_in_any_order() -> None:
    searches = [Search(method(n), np.full((1, 3), f)) for n, f in (("a", 0.3), ("b", 0.9), ("c", 0.5))]
    results = [unfound(THREE, p).share for p in itertools.permutations(searches)]
    assert all(np.array_equal(r, results[0]) for r in results)


def test_no_search_leaves_everything() -> None:
    assert unfound(THREE, []).share == 1


def test_detection_has_no_default_and_is_never_certain() -> None:
    with pytest.raises(OutsideModel, match="no default"):
        PoD(0, 0)
    with pytest.raises(OutsideModel, match="no default"):
        unfound(THREE, [Search(Method("dog", (PoD(9, 10),), 0.0), np.ones((1, 1)))])
    assert PoD(1000, 1000).mean < 1
    with pytest.raises(ValueRangeError):
        PoD(11, 10)


def test_dogs_that_missed_none_of_213_are_at_least_98_6_percent_at_95() -> None:
    """Cambodia technical-survey dogs: 0 missed of 213 gives >= 98.6 % (95 %), guide mine_action section 5."""
    assert PoD(213, 213).interval(0.90)[0] == pytest.approx(0.986, abs=5e-4)


@pytest.mark.parametrize("coverage", [[np.nan], [1.2], [-0.1]])
def test_bad_coverage_is_refused(coverage: list[float]) -> None:
    with pytest.raises(ValueRangeError):
        Search(method(), np.array(coverage))


def test_coverages_on_different_grids_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="different grids"):
        unfound(THREE, [Search(method(), np.ones((1, 2))), Search(method("dog"), np.ones((1, 3)))])


def test_shares_must_sum_to_one() -> None:
    with pytest.raises(ValueRangeError, match="sum to 1"):
        Classes(("a", "b"), (0.5, 0.4))
