"""Chances of milestones against closed forms, and against the plan itself where nothing is uncertain."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from plan_strategies import problems
from scipy import stats

from tetrapylon.errors import ValueRangeError
from tetrapylon.plan import Activity, Duration, Gate, Milestone, Mode, Problem, Release, chances, compile_problem, solve
from tetrapylon.plan.rules import network
from tetrapylon.plan.sampling import by_rules
from tetrapylon.plan.scenarios import simulate, wilson

FIRST = date(2031, 3, 3)


def test_one_activity_has_the_triangular_chance() -> None:
    a = Activity("clear", "clearance", (Mode("m", Duration(5, 10, 30, "made up")),))
    by = FIRST + timedelta(days=14)  # 15 working days
    p = Problem(FIRST, FIRST + timedelta(days=60), (a,), milestones=(Milestone("cleared", ("clear",), by),))
    s = solve(p, seconds=60)
    assert s.draft is not None
    (found,) = chances(s.compiled, s.draft, samples=20_000)
    law = stats.triang(c=(10 - 5) / 25, loc=5, scale=25)
    assert found.chance == pytest.approx(law.cdf(15.5), abs=0.015)
    assert found.interval is not None
    assert found.interval[0] < found.chance < found.interval[1]
    assert found.reached == 1.0
    assert found.quantiles[1] == FIRST + timedelta(days=round(law.ppf(0.5)) - 1)


def test_delays_of_decisions_add_up_and_a_plan_can_run_out_of_time() -> None:
    clear = Activity("clear", "clearance", (Mode("m", Duration.exactly(3, "made up")),))
    visit = Activity("visit", "visit", (Mode("m", Duration.exactly(2, "made up")),), gates=("g",))
    gate = Gate("g", assumed=(Release(("clear",), Duration(0, 5, 10, "made up")),))
    p = Problem(
        FIRST, FIRST + timedelta(days=10), (clear, visit), gates=(gate,), milestones=(Milestone("seen", ("visit",)),)
    )
    s = solve(p, seconds=60)
    assert s.draft is not None
    ends = simulate(s.compiled, s.draft, samples=4000)[1]
    # 11 days: the visit ends on day 5 + delay, possible for delays up to 6
    law = stats.triang(c=0.5, loc=0, scale=10)
    assert (ends <= 11).mean() == pytest.approx(law.cdf(6.5), abs=0.03)
    (found,) = chances(s.compiled, s.draft, samples=4000)
    assert found.reached == pytest.approx(law.cdf(6.5), abs=0.03)
    assert found.chance is None
    assert found.quantiles[3] is None
    with pytest.raises(ValueRangeError):
        chances(s.compiled, s.draft, samples=0)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_where_nothing_is_uncertain_the_plan_happens_no_later(problem: Problem) -> None:
    c = compile_problem(problem)
    draft = by_rules(c, network(c))["latest start"]
    ends = simulate(c, draft, samples=2)
    planned = np.array(draft.ends(c))
    assert (ends[planned >= 0] <= planned[planned >= 0, None]).all()


def test_wilson_interval_is_the_published_one() -> None:
    """Agresti and Coull 1998: 0 of 10 gives 0 to 0.278."""
    low, high = wilson(0, 10)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert high == pytest.approx(0.2775, abs=5e-4)
    exact = stats.binomtest(7, 20).proportion_ci(method="wilson")
    assert wilson(7, 20) == pytest.approx((exact.low, exact.high))
