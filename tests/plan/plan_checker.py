"""A plain reading of the rules, day by day, that knows nothing of how plans are made.

`violations` looks only at the declared problem and the timetable of dates and names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, permutations
from math import dist

from tetrapylon.plan import Activity, Entry, Gate, Mode, Need, Problem


def working_days(problem: Problem, first: date, last: date) -> list[date]:
    """Days of the site calendar from first to last."""
    every = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    return [d for d in every if problem.calendar.open_on(d)]


def gate_open(problem: Problem, gate: Gate, entry: Entry, entries: dict[str, Entry], *, assumed: bool) -> bool:
    """Whether a gate holds on every day of an entry, by a Decision or (where admitted) by an assumed release."""
    first, last = entry.first, entry.last
    if any(a.span.first <= first and last <= a.span.last for a in gate.authorised):
        return True
    for release in gate.assumed if assumed else ():
        if release.span is not None and not (release.span.first <= first and last <= release.span.last):
            continue
        waited = [entries[a] for a in release.after]
        if all(w.planned and w.last < first for w in waited) and all(
            len(working_days(problem, w.last + timedelta(days=1), first - timedelta(days=1))) >= release.lag.likely
            for w in waited
        ):
            return True
    return False


def reachable(problem: Problem, place: str, entry: Entry, entries: dict[str, Entry], *, assumed: bool) -> bool:
    """Whether a chain of corridors, each open on every day of an entry, joins an entry point to the place."""
    gates = {g.id: g for g in problem.gates}
    reached = set(problem.routes.entries)
    usable = [c for c in problem.routes.corridors if gate_open(problem, gates[c.gate], entry, entries, assumed=assumed)]
    while True:
        more = {n for c in usable if set(c.ends) & reached for n in c.ends} - reached
        if not more:
            return place in reached
        reached |= more


def served(needs: Sequence[Need], teams: Sequence[tuple[str, int]], problem: Problem) -> bool:
    """Whether the units of the teams can be told off to the needs, each unit to a need its team can meet."""
    team = {t.id: t for t in problem.teams}
    units = [name for name, count in teams for _ in range(count)]
    places = [n for n in needs for _ in range(n.units)]
    if len(units) != len(places):
        return False
    return any(
        all(n.skill in team[u].skills and n.assets <= team[u].assets for n, u in zip(places, order, strict=True))
        for order in permutations(units)
    )


def violations(problem: Problem, timetable: Sequence[Entry]) -> list[str]:
    """Everything in a timetable that breaks a rule of the problem."""
    found: list[str] = []
    entries = {e.activity: e for e in timetable}
    gates = {g.id: g for g in problem.gates}
    zones = {z.id: z for z in problem.zones}
    declared: dict[str, tuple[Activity, Mode]] = {}
    for a in problem.activities:
        e = entries[a.id]
        if not e.planned:
            if a.required:
                found.append(f"{a.id} is required and left out")
            continue
        mode = next(m for m in a.modes if m.id == e.mode)
        declared[a.id] = (a, mode)
        days = working_days(problem, e.first, e.last)
        if not (problem.first <= e.first <= e.last <= problem.last):
            found.append(f"{a.id} lies outside the dates of the plan")
        if len(days) != mode.duration.likely or days[0] != e.first or days[-1] != e.last:
            found.append(f"{a.id} takes {len(days)} working days, not {mode.duration.likely}")
        if (a.earliest and e.first < a.earliest) or (a.latest and e.last > a.latest):
            found.append(f"{a.id} breaks its dates")
        if a.season and not all(a.season.open_on(d) for d in days):
            found.append(f"{a.id} is out of season")
        for p in a.after:
            if not entries[p].planned or entries[p].last >= e.first:
                found.append(f"{a.id} does not follow {p}")
        needs = [*mode.needs, *(n for z in a.zones for n in zones[z].needs)]
        if not served(needs, e.teams, problem):
            found.append(f"{a.id} has the wrong teams {e.teams}")
        if any(zones[z].methods is not None and mode.method not in zones[z].methods for z in a.zones):
            found.append(f"{a.id} uses a method its zone refuses")
        certain = True
        for g in dict.fromkeys([*a.gates, *(g for z in a.zones for g in zones[z].gates)]):
            if not gate_open(problem, gates[g], e, entries, assumed=True):
                found.append(f"{a.id} works while {g} is closed")
            certain &= gate_open(problem, gates[g], e, entries, assumed=False)
        if a.place is not None:
            if not reachable(problem, a.place, e, entries, assumed=True):
                found.append(f"{a.id} cannot be reached")
            certain &= reachable(problem, a.place, e, entries, assumed=False)
        if certain and e.holds:
            found.append(f"{a.id} is a HOLD without need")
        if not certain and not e.holds:
            found.append(f"{a.id} assumes a release and is not a HOLD")
        if any(entries[p].hold for p in a.after) and not e.hold:
            found.append(f"{a.id} follows a HOLD and is none")
    for team in problem.teams:
        for day in working_days(problem, problem.first, problem.last):
            busy = sum(
                n for e in timetable if e.planned and e.first <= day <= e.last for t, n in e.teams if t == team.id
            )
            if busy > team.size or (busy and not team.calendar.open_on(day)):
                found.append(f"{team.id} has {busy} units at work on {day}")
    for (a, m), (b, k) in combinations(declared.values(), 2):
        together = entries[a.id].first <= entries[b.id].last and entries[b.id].first <= entries[a.id].last
        if together and a.position is not None and b.position is not None:
            methods = (m.method or a.kind, k.method or b.kind)
            for s in problem.separations:
                fits = any(
                    all(rule in ("*", x) for rule, x in zip((s.method, s.other), pair, strict=True))
                    for pair in (methods, methods[::-1])
                )
                if fits and dist(a.position, b.position) < s.metres:
                    found.append(f"{a.id} and {b.id} are too near each other")
    for budget in problem.budgets:
        spent = sum(m.spends.get(budget.id, 0) for _, m in declared.values())
        if spent > budget.amount:
            found.append(f"{budget.id} is overspent")
    return found


def worth(problem: Problem, timetable: Sequence[Entry]) -> float:
    """The score by its definition, in the unit of the weights, to be made large."""
    w = problem.weights
    days = working_days(problem, problem.first, problem.last)
    total, makespan = 0.0, 0
    for a, e in zip(problem.activities, timetable, strict=True):
        if not e.planned:
            continue
        end = days.index(e.last)
        makespan = max(makespan, end + 1)
        step_end = min((end // w.step_days + 1) * w.step_days - 1, len(days) - 1)
        years = (days[step_end] - days[0]).days / 365.25
        value = a.significance * sum(getattr(w, d) for d in a.delivers) + w.item * a.items_removed
        total += value / (1 + w.discount_per_year) ** years - w.cost * next(m for m in a.modes if m.id == e.mode).cost
    return total - w.day * makespan
