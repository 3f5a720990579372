"""Interval arithmetic encloses, and qualifiers mean what they say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tetrapylon.errors import ValueRangeError
from tetrapylon.evidence import intervals, words
from tetrapylon.model import Bound, Interval, Stated

numbers = st.floats(0, 1e9, allow_nan=False)
spans = st.tuples(numbers, numbers).map(lambda ab: Interval(min(ab), max(ab)))
open_spans = st.one_of(spans, numbers.map(lambda lo: Interval(lo, math.inf)))
shares = st.floats(0, 1)


def inside(interval: Interval, share: float) -> float:
    hi = min(interval.hi, interval.lo + 1e9)
    return min(interval.hi, interval.lo + share * (hi - interval.lo))


def close(interval: Interval, value: float) -> bool:
    slack = 1e-9 * max(1.0, abs(value))
    return interval.lo - slack <= value <= interval.hi + slack


@given(open_spans, open_spans, shares, shares)
def test_every_operation_encloses_every_pair_of_numbers(a: Interval, b: Interval, s: float, t: float) -> None:
    x, y = inside(a, s), inside(b, t)
    assert close(intervals.add((a, b)), x + y)
    assert close(intervals.subtract(a, b), x - y)
    assert close(intervals.multiply(a, b), x * y)
    if y > 1e-6:
        assert close(intervals.ratio(a, b), x / y)


@given(open_spans, open_spans)
def test_disjoint_is_the_same_as_an_empty_meet(a: Interval, b: Interval) -> None:
    assert intervals.disjoint(a, b) == (intervals.meet(a, b) is None)
    assert intervals.disjoint(a, b) == (intervals.below(a, b) or intervals.above(a, b))
    meeting = intervals.meet(a, b)
    if meeting is not None:
        assert intervals.contains(a, meeting)
        assert intervals.contains(b, meeting)


@given(open_spans)
def test_an_interval_is_never_below_itself(a: Interval) -> None:
    assert not intervals.below(a, a)
    assert intervals.contains(a, a)


def test_a_quotient_by_what_may_be_nothing_is_open_above() -> None:
    assert intervals.ratio(Interval(1, 2), Interval(0, 4)) == Interval(0.25, math.inf)
    assert intervals.ratio(Interval(1, math.inf), Interval(2, 4)) == Interval(0.25, math.inf)
    with pytest.raises(ValueRangeError):
        intervals.ratio(Interval(1, 2), Interval(0, 0))
    with pytest.raises(ValueRangeError):
        intervals.multiply(Interval(-1, 2), Interval(1, 1))


def test_the_sum_of_nothing_is_nothing_and_whole_metres_are_exact() -> None:
    assert intervals.add(()) == Interval(0, 0)
    tenths = [Interval(0.1, 0.1)] * 10
    assert intervals.add(tenths) == Interval(1.0, 1.0)  # adding one after the other gives 0.9999999999999999


@pytest.mark.parametrize(
    ("value", "step"), [(800, 100), (17_500, 100), (2_500, 100), (432, 1), (0.5, 0.1), (9.5, 0.1), (20, 10), (0, 0)]
)
def test_the_last_significant_digit_of_a_number(value: float, step: float) -> None:
    assert intervals.step(value) == pytest.approx(step)


def test_more_than_800_names_what_people_round_down_to_800() -> None:
    more_than_800 = Stated(800, Bound.AT_LEAST)
    assert 825 < intervals.reach(more_than_800) < 900
    assert intervals.reach(Stated(2_500, Bound.AT_LEAST)) < 2_600
    assert intervals.reach(Stated(2_339)) == 2_339
    assert intervals.reach(Stated(17_500, Bound.ABOUT)) == pytest.approx(17_500 * 1.05)


def test_the_width_at_which_about_would_close_the_gap() -> None:
    about, at_least = Stated(17_500, Bound.ABOUT), Stated(19_000, Bound.AT_LEAST)
    assert intervals.critical_about(about, at_least) == pytest.approx(19_000 / 17_500 - 1)
    both = intervals.critical_about(Stated(90, Bound.ABOUT), Stated(110, Bound.ABOUT))
    assert both is not None
    assert 90 * (1 + both) == pytest.approx(110 * (1 - both))
    assert intervals.critical_about(Stated(1), Stated(2)) is None


@given(st.floats(1, 1e8))
def test_twice_as_wide_is_twice_as_wide(value: float) -> None:
    stated = Stated(value, Bound.ABOUT)
    once, twice = stated.interval, intervals.twice_as_wide(stated)
    assert twice.hi - value == pytest.approx(2 * (once.hi - value))
    assert intervals.contains(twice, once)


def test_figures_are_read_in_hectares_and_kilometres() -> None:
    assert words.stated(Stated(26_000_000), "m2") == "2,600 ha"
    assert words.stated(Stated(9_500), "m") == "9.5 km"
    assert words.stated(Stated(19_000, Bound.AT_LEAST)) == "at least 19,000"
    assert words.stated(Stated(3_000), "m2") == "3,000 m2"
    assert words.span(Interval(2_000, math.inf), "m2") == "2,000 m2 or more"
    assert words.span(Interval(266.667, 266.667)) == "267"
