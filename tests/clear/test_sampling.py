"""Accept-on-zero sampling: published sizes, exact counting, simulation."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tetrapylon.clear.sampling import breaking_count, confidence_of, draw_units, none_seen, plan, unit_centres, verdict
from tetrapylon.clear.search import PoD
from tetrapylon.errors import OutsideModel, ValueRangeError


@pytest.mark.parametrize(
    ("units", "clean", "sample"),
    [(1000, 0.99, 238), (5000, 0.99, 284), (20000, 0.99, 295), (1000, 0.999, 777), (5000, 0.999, 1965),
     (20000, 0.999, 2658)],
)  # fmt: skip
def test_sizes_of_the_guide(units: int, clean: float, sample: int) -> None:
    """Exact hypergeometric n at 95 %: guide mine_action.md section 6."""
    assert plan([units], clean_share=clean, confidence=0.95, sensitivity=1.0).sample == (sample,)


def test_an_inspector_who_sees_seven_of_ten_needs_427_instead_of_299() -> None:
    """ln(1-Y) / ln(1-(1-X)s) for a large lot: 299 -> 427 at s = 0.7, guide mine_action.md section 6."""
    assert plan([10**6], clean_share=0.99, confidence=0.95, sensitivity=1.0).sample[0] == pytest.approx(299, abs=1)
    assert plan([10**6], clean_share=0.99, confidence=0.95, sensitivity=0.7).sample[0] == pytest.approx(427, abs=1)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_probability_of_seeing_none_is_exact(data: st.DataObject) -> None:
    units = data.draw(st.integers(1, 60))
    bad, sample = data.draw(st.integers(0, units)), data.draw(st.integers(0, units))
    tenths = data.draw(st.integers(1, 10))
    missed = 1 - Fraction(tenths, 10)
    exact = sum(
        Fraction(comb(bad, j) * comb(units - bad, sample - j), comb(units, sample)) * missed**j
        for j in range(min(bad, sample) + 1)
        if sample - j <= units - bad
    )
    assert none_seen(units, bad, sample, sensitivity=tenths / 10)[0] == pytest.approx(float(exact), rel=1e-9, abs=1e-14)


def test_agrees_with_scipy_for_a_perfect_inspector() -> None:
    for bad in (0, 1, 7, 40):
        expected = stats.hypergeom(500, bad, 120).pmf(0)
        assert none_seen(500, bad, 120, sensitivity=1.0)[0] == pytest.approx(expected, rel=1e-10)


def test_uncertain_inspector_sensitivity_is_integrated() -> None:
    pod = PoD(27, 30)
    s = np.random.default_rng(3).beta(pod.alpha, pod.beta, 400)
    mean = np.mean([none_seen(200, 10, 60, sensitivity=float(v))[0] for v in s])
    assert none_seen(200, 10, 60, sensitivity=pod)[0] == pytest.approx(mean, rel=0.05)


def test_worst_case_over_strata_equals_full_enumeration() -> None:
    units, sample, clean = [12, 20, 9], [5, 6, 4], 0.85
    bad = breaking_count(sum(units), clean)
    worst = max(
        np.prod([none_seen(n, d, k, sensitivity=0.8)[0] for n, d, k in zip(units, placed, sample, strict=True)])
        for placed in product(*(range(min(bad, n) + 1) for n in units))
        if sum(placed) == bad
    )
    assert confidence_of(units, sample, clean_share=clean, sensitivity=0.8) == pytest.approx(1 - worst, abs=1e-12)


def test_the_stated_confidence_holds_in_simulation() -> None:
    rng = np.random.default_rng(5)
    p = plan([400], clean_share=0.98, confidence=0.9, sensitivity=0.75)
    bad = breaking_count(400, 0.98)
    sampled_bad = rng.hypergeometric(bad, 400 - bad, p.sample[0], 20_000)
    accepted = (rng.binomial(sampled_bad, 0.75) == 0).mean()
    assert accepted <= 0.1 + 3 * 0.3 / 20_000**0.5
    assert accepted == pytest.approx(1 - p.confidence, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 80), min_size=1, max_size=4), st.floats(0.5, 0.98), st.floats(0.5, 0.95))
def test_a_plan_reaches_its_confidence_and_no_smaller_one_does(units: list[int], clean: float, level: float) -> None:
    p = plan(units, clean_share=clean, confidence=level, sensitivity=1.0)
    assert p.confidence >= level
    assert all(0 <= s <= u for s, u in zip(p.sample, units, strict=True))
    if len(units) == 1 and p.sample[0] > 0:
        assert confidence_of(units, [p.sample[0] - 1], clean_share=clean, sensitivity=1.0) < level


def test_any_find_rejects() -> None:
    options = {"clean_share": 0.99, "sensitivity": PoD(28, 30)}
    assert verdict([500], [200], [1], **options).confidence is None  # type: ignore[arg-type]
    assert not verdict([500], [200], [1], **options).accepted  # type: ignore[arg-type]
    clean = verdict([500], [200], [0], **options)  # type: ignore[arg-type]
    assert clean.accepted
    assert clean.confidence == pytest.approx(confidence_of([500], [200], **options))  # type: ignore[arg-type]


def test_no_sample_can_make_up_for_an_inspector_who_misses_too_much() -> None:
    with pytest.raises(OutsideModel, match="Even checking every unit"):
        plan([50], clean_share=0.99, confidence=0.99, sensitivity=0.5)


def test_impossible_samples_are_refused() -> None:
    with pytest.raises(ValueRangeError):
        none_seen(10, 2, 11, sensitivity=1.0)
    with pytest.raises(ValueRangeError):
        none_seen(10, 2, 5, sensitivity=0.0)


def test_random_points_repeat_from_their_seed_and_lie_in_the_lot() -> None:
    inside = np.zeros((30, 40), bool)
    inside[5:20, 10:35] = True
    centres = unit_centres(inside, origin=(1000.0, 2000.0), size=2.0)
    chosen = centres[draw_units(len(centres), 50, seed=9)]
    assert np.array_equal(draw_units(len(centres), 50, seed=9), draw_units(len(centres), 50, seed=9))
    assert len(np.unique(chosen, axis=0)) == 50
    assert np.all((chosen[:, 0] > 1020) & (chosen[:, 0] < 1070) & (chosen[:, 1] > 1960) & (chosen[:, 1] < 1990))
