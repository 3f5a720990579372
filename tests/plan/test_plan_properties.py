"""Every schedule from every solver keeps every rule; no heuristic beats a proven bound."""

from __future__ import annotations

from itertools import islice, permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from plan_checker import violations, worth
from plan_strategies import plain_problems, problems

from tetrapylon.plan import RULES, SCALE, Problem, compile_problem, explain, solve, timetable
from tetrapylon.plan.bounds import makespan_bound, score_bound
from tetrapylon.plan.draft import score
from tetrapylon.plan.neighbourhood import Freer, flow_links, improve
from tetrapylon.plan.relaxation import relaxed_bound
from tetrapylon.plan.rules import network
from tetrapylon.plan.sampling import by_rules, sampled
from tetrapylon.plan.serial import serial

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(problems())
def test_rules_and_samples_keep_every_rule(problem: Problem) -> None:
    c = compile_problem(problem)
    net = network(c)
    drafts = by_rules(c, net)
    assert set(drafts) == set(RULES)
    best = drafts["latest finish"]
    for draft in [*drafts.values(), *islice(sampled(c, net, best), 5)]:
        assert violations(problem, timetable(c, draft)) == []


@relaxed
@given(problems())
def test_solver_keeps_every_rule_and_no_rule_beats_its_bound(problem: Problem) -> None:
    solution = solve(problem, seconds=30, workers=1)
    assert solution.draft is not None  # nothing is required: leaving everything out is a plan
    entries = timetable(solution.compiled, solution.draft)
    assert violations(problem, entries) == []
    assert solution.bound <= solution.score
    assert all(solution.bound <= s for s in solution.rules.values() if s is not None)
    # rounded once per activity to a thousandth
    assert -solution.score / SCALE == pytest.approx(worth(problem, entries), abs=1e-3 * (len(entries) + 1))
    relaxed_to = relaxed_bound(solution.compiled, network(solution.compiled))
    assert relaxed_to is None or relaxed_to <= solution.score
    reasons = explain(solution.compiled, solution.draft)
    assert len(reasons) == len(entries)
    assert all(found and all(r.text for r in found) for found in reasons)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(required=True))
def test_required_work_is_planned_or_proven_impossible(problem: Problem) -> None:
    solution = solve(problem, seconds=60, workers=1)
    assert solution.status in ("optimal", "infeasible")
    if solution.draft is not None:
        assert violations(problem, timetable(solution.compiled, solution.draft)) == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_a_neighbourhood_keeps_every_rule_and_is_better(problem: Problem) -> None:
    import random

    c = compile_problem(problem)
    net = network(c)
    draft = by_rules(c, net)["least slack"]
    better = improve(c, net, draft, Freer(c, random.Random(0), size=3.0), seconds=1)
    if better is not None:
        assert score(c, better) < score(c, draft)
        assert violations(problem, timetable(c, better)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain_problems())
def test_optimum_is_that_of_every_list_and_mode(problem: Problem) -> None:
    """Serial generation over all lists and modes reaches an optimum of the makespan (Kolisch 1996)."""
    c = compile_problem(problem)
    if len(c.works) > 5 or np.prod([len(w) for w in c.works]) > 12:
        return
    lengths = [
        max(d.ends(c))
        for modes in product(*(range(len(w)) for w in c.works))
        for order in permutations(range(len(c.works)))
        if (d := serial(c, order, modes=modes)).complete(c)
    ]
    solution = solve(c, seconds=60, workers=2)
    assert solution.status == "optimal"
    assert solution.score == SCALE * min(lengths)
    assert makespan_bound(c, network(c)) <= min(lengths)
    assert score_bound(c, network(c)) <= solution.score


@relaxed
@given(plain_problems())
def test_compiled_decoder_equals_the_plain_one(problem: Problem) -> None:
    genetic = pytest.importorskip("tetrapylon.plan.genetic")
    if not genetic.available():
        pytest.skip("numba is not installed")
    c = compile_problem(problem)
    rng = np.random.default_rng(len(c.works))
    modes = np.array([rng.integers(len(w)) for w in c.works])
    order = np.array(c.order)
    a = genetic.Arrays.of(c)
    starts = np.zeros(len(c.works), np.int64)
    spent = np.zeros(len(a.stock), np.int64)
    fixed = np.zeros(len(c.works), np.bool_)
    length = genetic.kernels().forward(
        a.duration, a.use, a.spend, a.modes, a.pred_at, a.pred, a.size, a.stock, order, modes, starts, spent, fixed
    )
    position = np.argsort(order)
    plain = serial(c, position.tolist(), modes=modes.tolist())
    assert starts.tolist() == list(plain.starts)
    assert length == max(plain.ends(c))


@relaxed
@given(plain_problems())
def test_genetic_schedules_keep_every_rule(problem: Problem) -> None:
    genetic = pytest.importorskip("tetrapylon.plan.genetic")
    if not genetic.available():
        pytest.skip("numba is not installed")
    c = compile_problem(problem)
    population = genetic.Population(c, network(c), seed=1, size=8)
    for _ in range(4):
        population.evolve(20)
    draft = population.best()
    if draft is not None:
        assert violations(problem, timetable(c, draft)) == []
        assert max(draft.ends(c)) >= makespan_bound(c, network(c))


@relaxed
@given(plain_problems())
def test_handing_over_in_order_keeps_every_pool(problem: Problem) -> None:
    """Started as early as precedence and hand-overs alone allow, no pool is overdrawn."""
    c = compile_problem(problem)
    draft = by_rules(c, network(c))["latest finish"]
    planned = {i for i, s in enumerate(draft.starts) if s >= 0}
    links = flow_links(c, draft, planned)
    start: dict[int, int] = {}
    ends = draft.ends(c)
    for i in sorted(planned, key=lambda i: (draft.starts[i], ends[i])):
        before = [*(p for p in c.preds[i]), *(a for a, b in links if b == i)]
        start[i] = max((start[p] + c.works[p][draft.modes[p]].duration for p in before), default=0)
        assert start[i] <= draft.starts[i]
    for t in range(c.horizon):
        for p, pool in enumerate(c.pools):
            used = sum(
                units
                for i in planned
                if start[i] <= t < start[i] + c.works[i][draft.modes[i]].duration
                for q, units in draft.drawn[i]
                if q == p
            )
            assert used <= pool.size
