"""Why no plan is possible: the smallest set of demands that cannot be met together.

First CP-SAT names, from assumptions, required activities that cannot all be planned; then demands are left out one by
one until every one that remains is needed (irreducible); then the set is shown smallest, or replaced by a smaller one,
by implicit hitting sets (Ignatiev, A. et al. (2015). Smallest MUS extraction with minimal hitting set dualization. CP,
173-182).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tetrapylon.plan.compiled import Compiled, compile_problem
from tetrapylon.plan.cpmodel import cp_model
from tetrapylon.plan.cpsat import build
from tetrapylon.plan.problem import Authorisation, Calendar, Problem, Span, Weights
from tetrapylon.plan.rules import network


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """Something that could be given up.

    ``kind``: activity (it must be planned), earliest, latest or season (of an activity), gate (it must hold), way
    (place must be reachable), zone (methods and attendance), skill (teams are limited), calendar (of a team), budget,
    separation, horizon.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return _WORDS[self.kind].format(self.name)


_WORDS = {
    "activity": "{} must be done",
    "earliest": "{} has an earliest date",
    "latest": "{} has a latest date",
    "season": "{} has a season",
    "gate": "gate {} must hold",
    "way": "{} must be reached through authorised ground",
    "zone": "zone {} limits methods and asks for attendance",
    "skill": "teams with {} are limited",
    "calendar": "team {} rests",
    "budget": "budget {} is limited",
    "separation": "work is kept apart: {}",
    "horizon": "the plan ends on {}",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Demands that cannot be met together; dropping any one of them resolves this conflict (others may remain).

    ``smallest``: proven that no smaller set conflicts. ``proven``: every step was decided within its time; where not,
    a demand may stand here that is not needed.
    """

    demands: tuple[Demand, ...]
    smallest: bool
    proven: bool


def conflict(problem: Problem, *, seconds: float = 30.0) -> Conflict | None:
    """The smallest conflicting set, or None where the problem has a plan (or that was not decided in time).

    Raises
    ------
    MissingExtra : OR-Tools is not installed.
    """
    deadline = time.monotonic() + seconds
    oracle = _Oracle(problem, deadline)
    every = demands(problem)
    if oracle.possible(every) is not False:
        return None
    core = oracle.core(every)
    for d in sorted(core, key=lambda d: (d.kind == "activity", d)):
        trial = [x for x in core if x != d]
        if oracle.possible(trial) is False:
            core = trial
    proven = not oracle.undecided
    smallest = False
    if proven:
        core, smallest = _smallest(oracle, every, core)
    return Conflict(tuple(sorted(core)), smallest, proven)


def demands(problem: Problem) -> list[Demand]:
    """Everything in a problem that could be given up."""
    found = [Demand("activity", a.id) for a in problem.activities if a.required]
    for kind in ("earliest", "latest", "season"):
        found += [Demand(kind, a.id) for a in problem.activities if getattr(a, kind) is not None]
    found += [Demand("gate", g.id) for g in problem.gates]
    found += [Demand("way", p) for p in sorted({a.place for a in problem.activities if a.place is not None})]
    found += [Demand("zone", z.id) for z in problem.zones]
    needs = [n for a in problem.activities for m in a.modes for n in m.needs] + [
        n for z in problem.zones for n in z.needs
    ]
    found += [Demand("skill", s) for s in sorted({n.skill for n in needs})]
    found += [
        Demand("calendar", t.id)
        for t in problem.teams
        if t.calendar.closed or t.calendar.only or t.calendar.weekly_rest
    ]
    found += [Demand("budget", b.id) for b in problem.budgets]
    found += [Demand("separation", f"{s.method} and {s.other}, {s.metres:g} m") for s in problem.separations]
    return [*found, Demand("horizon", str(problem.last))]


def relaxed(problem: Problem, kept: Iterable[Demand]) -> Problem:
    """The problem with only the kept demands standing."""
    keep = set(kept)
    gone = {d for d in demands(problem) if d not in keep}
    last = problem.last
    if Demand("horizon", str(problem.last)) in gone:
        work = sum(max(m.duration.likely for m in a.modes) for a in problem.activities)
        last += timedelta(days=min(3 * work + 60, 20_000))
    free = {d.name for d in gone if d.kind == "gate"}
    always = (Authorisation(Span(date.min, date.max), "given up", "nobody"),)
    ways = {d.name for d in gone if d.kind == "way"}
    gates = tuple(replace(g, authorised=always) if g.id in free else g for g in problem.gates)
    without = {kind: {d.name for d in gone if d.kind == kind} for kind in ("activity", "earliest", "latest", "season")}
    activities = tuple(
        replace(
            a,
            required=a.required and a.id not in without["activity"],
            earliest=None if a.id in without["earliest"] else a.earliest,
            latest=None if a.id in without["latest"] else a.latest,
            season=None if a.id in without["season"] else a.season,
            place=None if a.place in ways else a.place,
        )
        for a in problem.activities
    )
    rested = {d.name for d in gone if d.kind == "calendar"}
    skills = {d.name for d in gone if d.kind == "skill"}
    teams = [replace(t, calendar=Calendar()) if t.id in rested else t for t in problem.teams]
    for skill in sorted(skills):
        assets = frozenset(x for a in problem.activities for m in a.modes for n in m.needs for x in n.assets)
        assets |= frozenset(x for z in problem.zones for n in z.needs for x in n.assets)
        units = sum(max(sum(n.units for n in m.needs) for m in a.modes) for a in problem.activities)
        units += sum(n.units for z in problem.zones for n in z.needs) * len(problem.activities)
        template = replace(problem.teams[0], calendar=Calendar()) if problem.teams else None
        extra = (
            replace(template, id=f"more {skill}", skills=frozenset({skill}), assets=assets, size=units)
            if template
            else None
        )
        teams += [extra] if extra is not None else []
    return replace(
        problem,
        last=last,
        activities=activities,
        gates=gates,
        teams=tuple(teams),
        zones=tuple(z if Demand("zone", z.id) in keep else replace(z, methods=None, needs=()) for z in problem.zones),
        budgets=tuple(b if Demand("budget", b.id) in keep else replace(b, amount=1 << 40) for b in problem.budgets),
        separations=tuple(
            s for s in problem.separations if Demand("separation", f"{s.method} and {s.other}, {s.metres:g} m") in keep
        ),
        weights=Weights(visited=0, stabilised=0, recorded=0),
    )


class _Oracle:
    """Decides whether some demands can be met together; remembers, and counts what it could not decide."""

    def __init__(self, problem: Problem, deadline: float) -> None:
        self.problem = problem
        self.deadline = deadline
        self.known: dict[frozenset[Demand], bool | None] = {}
        self.undecided = 0

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def possible(self, kept: Sequence[Demand]) -> bool | None:
        """True, False, or None where time ran out."""
        key = frozenset(kept)
        if key not in self.known:
            self.known[key] = self._decide(kept)
            self.undecided += self.known[key] is None
        return self.known[key]

    def _decide(self, kept: Sequence[Demand]) -> bool | None:
        c = compile_problem(relaxed(self.problem, kept))
        if any(r and why for r, why in zip(c.required, c.impossible, strict=True)):
            return False
        if self.left() <= 0:
            return None
        module, solver = cp_model(), self._solver()
        status = solver.solve(build(_needed(c), network(c)).cp)
        return {module.OPTIMAL: True, module.FEASIBLE: True, module.INFEASIBLE: False}.get(status)

    def core(self, kept: Sequence[Demand]) -> list[Demand]:
        """The demands with only those required activities that an assumption core names."""
        must = [d for d in kept if d.kind == "activity"]
        rest = [d for d in kept if d.kind != "activity"]
        c = compile_problem(relaxed(self.problem, rest))
        for d in must:
            if c.impossible[c.number[d.name]]:
                return [*rest, d]
        model = build(c, network(c))
        model.cp.clear_objective()
        literal = {d: model.present[c.number[d.name]] for d in must}
        index = {lit.index: d for d, lit in literal.items()}
        model.cp.add_assumptions(list(literal.values()))
        solver = self._solver()
        solver.parameters.num_workers = 1
        if solver.solve(model.cp) != cp_model().INFEASIBLE:
            return list(kept)
        named = [index[k] for k in solver.sufficient_assumptions_for_infeasibility() if k in index]
        return [*rest, *named] if named else list(kept)

    def _solver(self) -> Any:
        solver = cp_model().CpSolver()
        solver.parameters.max_time_in_seconds = max(self.left(), 0.05)
        solver.parameters.num_workers = 2
        solver.parameters.catch_sigint_signal = False
        return solver


def _needed(c: Compiled) -> Compiled:
    """The compiled problem without an objective: only whether there is a plan matters."""
    return replace(c, gains=tuple(() for _ in c.gains), day=0, pull=0)


def _smallest(oracle: _Oracle, every: Sequence[Demand], core: list[Demand]) -> tuple[list[Demand], bool]:
    """A smallest conflicting set no larger than ``core``, and whether it is proven smallest."""
    module = cp_model()
    corrections: list[set[Demand]] = []
    while True:
        chosen = _hitting(module, every, corrections)
        if len(chosen) >= len(core):
            return core, True
        answer = oracle.possible(chosen)
        if answer is None:
            return core, False
        if answer is False:
            return chosen, True
        satisfied = list(chosen)
        for d in every:
            if d not in chosen and oracle.possible([*satisfied, d]):
                satisfied.append(d)
            if oracle.left() <= 0:
                return core, False
        corrections.append(set(every) - set(satisfied))


def _hitting(module: Any, every: Sequence[Demand], sets: Sequence[set[Demand]]) -> list[Demand]:
    """Fewest demands that meet every one of the sets."""
    cp = module.CpModel()
    x = {d: cp.new_bool_var(str(d)) for d in every}
    for s in sets:
        cp.add_bool_or([x[d] for d in sorted(s)])
    cp.minimize(sum(x.values()))
    solver = module.CpSolver()
    solver.parameters.num_workers = 1
    solver.solve(cp)
    return [d for d in every if solver.value(x[d])]
