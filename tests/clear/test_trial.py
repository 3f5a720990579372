"""Blind trials."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tetrapylon.clear.trial import pass_correlation, report
from tetrapylon.errors import OutsideModel, ValueRangeError


def test_only_blind_seeds_count() -> None:
    r = report(["a"] * 4, [True, True, False, True], [True, True, True, False], false_alarms=3, lane_area=10)
    (a,) = r.classes
    assert (a.pod.found, a.pod.seeded) == (2, 3)
    assert r.false_alarms_per_m2 == pytest.approx(0.3)


def test_itep_novices_0_3_false_alarms_per_m2_has_the_exact_poisson_interval() -> None:
    r = report(["a"], [True], [True], false_alarms=30, lane_area=100, level=0.95)
    low, high = (v * 100 for v in r.false_alarm_interval)
    assert stats.poisson.sf(29, low) == pytest.approx(0.025)
    assert stats.poisson.cdf(30, high) == pytest.approx(0.025)


def test_classes_keep_their_own_result_and_an_unseeded_class_has_none() -> None:
    r = report(
        ["metal", "metal", "minimum", "minimum"], [True, True, True, False], [True] * 4, false_alarms=0, lane_area=5
    )
    metal, minimum = r.pods(["metal", "minimum"])
    assert metal.mean == pytest.approx(3 / 4)
    assert minimum.mean == pytest.approx(2 / 4)
    with pytest.raises(OutsideModel, match="too deep"):
        r.pods(["metal", "too deep"])


def test_no_blind_seed_gives_no_probability() -> None:
    with pytest.raises(OutsideModel, match="blind"):
        report(["a", "a"], [True, True], [False, False], false_alarms=0, lane_area=1)


def test_one_walk_says_nothing_of_correlation() -> None:
    assert report(["a"], [True], [True], false_alarms=0, lane_area=1).correlation is None


@pytest.mark.parametrize("rho", [0.05, 0.4, 0.8])
def test_correlation_between_passes_is_recovered(rho: float) -> None:
    rng = np.random.default_rng(8)
    groups = []
    for mean in (0.85, 0.5):
        d = rng.beta(mean * (1 - rho) / rho, (1 - mean) * (1 - rho) / rho, 3000)
        groups.append(rng.binomial(4, d))
    assert pass_correlation(groups, 4) == pytest.approx(rho, abs=0.04)


def test_seeds_always_found_show_no_correlation() -> None:
    with pytest.raises(OutsideModel):
        pass_correlation([np.full(10, 3)], 3)


def test_tables_of_different_length_are_refused() -> None:
    with pytest.raises(ValueRangeError):
        report(["a", "b"], [True], [True], false_alarms=0, lane_area=1)
