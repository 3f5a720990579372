"""What the compiled problem says of distances and of readiness, against plain readings of the rules."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations
from math import dist

from hypothesis import given, settings
from hypothesis import strategies as st
from plan_strategies import problems

from tetrapylon.plan import Activity, Duration, Mode, Problem, Separation, compile_problem
from tetrapylon.plan.access import Option, dominates
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.serial import _Waits

METHODS = ("manual", "machine", "visit")


@st.composite
def placed(draw: st.DrawFn) -> Problem:
    """Activities of one or two methods on a plane, with distances to keep."""
    activities = tuple(
        Activity(
            f"a{k}",
            "works",
            tuple(
                Mode(f"m{m}", Duration.exactly(1, "made up"), method)
                for m, method in enumerate(draw(st.lists(st.sampled_from(METHODS), min_size=1, max_size=2)))
            ),
            position=draw(st.none() | st.tuples(st.integers(0, 100), st.integers(0, 100))),
        )
        for k in range(draw(st.integers(1, 8)))
    )
    rules = st.builds(
        Separation, st.sampled_from(METHODS), st.sampled_from([*METHODS, "*"]), st.integers(0, 120).map(float)
    )
    return Problem(date(2031, 3, 3), date(2031, 4, 3), activities, separations=tuple(draw(st.lists(rules, max_size=3))))


def too_near(problem: Problem, c: Compiled) -> set[tuple[int, int, int, int]]:
    """Every pair by every rule."""
    found = set()
    for (i, a), (j, b) in combinations(enumerate(problem.activities), 2):
        for m, mine in enumerate(c.works[i]):
            for k, theirs in enumerate(c.works[j]):
                for s in problem.separations:
                    fits = {(s.method, s.other), (s.other, s.method)} & {
                        (x, y) for x in (mine.method, "*") for y in (theirs.method, "*")
                    }
                    if fits and a.position and b.position and dist(a.position, b.position) < s.metres:
                        found |= {(i, m, j, k), (j, k, i, m)}
    return found


@settings(max_examples=100, deadline=None)
@given(placed())
def test_work_too_near_each_other_is_kept_apart_and_no_other(problem: Problem) -> None:
    c = compile_problem(problem)
    assert {(i, m, j, k) for (i, m), others in c.apart.items() for j, k in others} == too_near(problem, c)
    assert all(others == tuple(sorted(others)) for others in c.apart.values())


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_an_activity_is_ready_when_all_it_waits_for_is_placed(problem: Problem, seed: int) -> None:
    c = compile_problem(problem)
    waits, done = _Waits(c), set()
    order = list(range(len(c.works)))
    random.Random(seed).shuffle(order)

    def ready(i: int) -> bool:
        options = [any(all(a in done for a, _ in o.after) for o in r.options) for r in c.needs[i]]
        return bool(c.works[i]) and all(p in done for p in c.preds[i]) and all(options)

    assert [i for i in order if waits.ready(i)] == [i for i in order if ready(i)]
    for i in order:
        before = {j for j in order if ready(j)}
        done.add(i)
        assert set(waits.placed(i)) == {j for j in order if ready(j)} - before
        assert {j for j in order if waits.ready(j)} == {j for j in order if ready(j)}


options = st.builds(
    Option,
    first=st.integers(0, 3),
    stop=st.integers(4, 8),
    after=st.dictionaries(st.integers(0, 3), st.integers(0, 2), max_size=3).map(lambda d: tuple(sorted(d.items()))),
    hold=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(options, options, st.lists(st.integers(-1, 6), min_size=4, max_size=4))
def test_an_option_that_dominates_admits_whatever_the_other_admits(a: Option, b: Option, ends: list[int]) -> None:
    if dominates(a, b):
        assert not a.hold or b.hold
        for start in range(9):
            assert not b.admits(start, start + 1, ends) or a.admits(start, start + 1, ends)
