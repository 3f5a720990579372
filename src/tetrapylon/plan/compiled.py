"""The problem in integers: what every solver, heuristic and explanation works on.

Activities, modes, pools and budgets are numbered; time is in slots of the `Axis`; the score is in thousandths of the
unit of the weights, rounded once here so that every solver adds the same integers.

Teams that can meet the same needs on the same days are one *pool* with the sum of their sizes. This loses nothing:
intervals drawing on a pool never above its size can always be handed to single units (interval graphs are perfect), and
it removes the symmetry between equal teams.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.plan.access import Option, Requirement, gate_options, place_options
from tetrapylon.plan.axis import Axis, runs
from tetrapylon.plan.problem import DELIVERABLES, KINDS, Activity, Mode, Need, Problem, Team, Zone

SCALE = 1000
"""Score units per unit of the weights."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Interchangeable teams: their sizes in ``teams``, their sum, and the slots on which they rest."""

    teams: tuple[tuple[str, int], ...]
    size: int
    closed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One mode of one activity: slots, draws ((pools that may serve, units), ...), money, allowed starts.

    ``starts`` are inclusive ranges of start slots, from season, dates, pool rests and the hull of every requirement.
    """

    id: str
    method: str
    duration: int
    draws: tuple[tuple[tuple[int, ...], int], ...]
    spends: tuple[tuple[int, int], ...]
    cost: int
    starts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A problem in integers.

    ``impossible[i]`` says why an activity has no mode left; None where it has one. ``apart`` lists, for (activity,
    mode), the (activity, mode) that may not run on the same day. ``order`` is topological. ``opens[i]`` are the
    activities with an option that waits for i. ``anchor`` holds start slots
    of an earlier plan (below 0: none), each slot of departure from it costing ``pull``.
    """

    problem: Problem
    axis: Axis
    number: Mapping[str, int]
    works: tuple[tuple[Work, ...], ...]
    preds: tuple[tuple[int, ...], ...]
    succs: tuple[tuple[int, ...], ...]
    needs: tuple[tuple[Requirement, ...], ...]
    required: tuple[bool, ...]
    impossible: tuple[str | None, ...]
    pools: tuple[Pool, ...]
    budgets: tuple[int, ...]
    gains: tuple[tuple[int, ...], ...]
    day: int
    apart: Mapping[tuple[int, int], tuple[tuple[int, int], ...]]
    order: tuple[int, ...]
    opens: tuple[tuple[int, ...], ...]
    anchor: tuple[int, ...] = ()
    pull: int = 0

    @property
    def horizon(self) -> int:
        """Number of slots."""
        return len(self.axis)

    def gain(self, i: int, end: int) -> int:
        """Scaled value of activity i finishing at slot ``end``."""
        table = self.gains[i]
        return table[max(end - 1, 0) // self.problem.weights.step_days] if table else 0

    @property
    def plain(self) -> bool:
        """Whether nothing but precedence, pools and budgets constrains the plan (the published benchmark form)."""
        whole = all(w.starts == ((0, self.horizon - max(w.duration, 1)),) for ws in self.works for w in ws)
        single = all(len(pools) == 1 for ws in self.works for w in ws for pools, _ in w.draws)
        return (
            whole
            and single
            and all(self.required)
            and not any(self.needs)
            and not self.apart
            and not any(p.closed for p in self.pools)
        )


def compile_problem(problem: Problem) -> Compiled:
    """Number everything, resolve calendars, gates, corridors, zones and separations, and check the declarations.

    Raises
    ------
    VocabularyError : a reference or a kind that does not exist, with the nearest that does.
    ValueRangeError : an identifier used twice, a cycle of precedences (named), an activity without modes.
    """
    axis = Axis.of(problem.first, problem.last, problem.calendar)
    activities = problem.activities
    number = {a.id: i for i, a in enumerate(activities)}
    zones = {z.id: z for z in problem.zones}
    _check(problem, number, zones)

    gates = {g.id: gate_options(g, axis, number) for g in problem.gates}
    kinds = {g.id: g.kind for g in problem.gates}
    places = place_options(problem.routes, gates, len(axis))
    modes = [_modes(a, zones) for a in activities]
    pools, pool_of = _pools(problem.teams, {n for ms in modes for m in ms for n in m.needs}, axis)
    budget_of = {b.id: k for k, b in enumerate(problem.budgets)}

    preds = tuple(tuple(sorted({number[p] for p in a.after})) for a in activities)
    succs = transpose(preds)
    order = _topological(preds, succs, activities)

    works, needs, impossible = [], [], []
    seasons = {season: axis.open_slots(season) for season in {a.season for a in activities}}
    for i, a in enumerate(activities):
        required_gates = dict.fromkeys([*a.gates, *(g for z in a.zones for g in zones[z].gates)])
        mine = [Requirement(kinds[g], g, _without(gates[g], i)) for g in required_gates]
        if a.place is not None:
            mine.append(Requirement("corridor", a.place, _without(places.get(a.place, ()), i)))
        needs.append(tuple(mine))
        found, why = _works(a, modes[i], mine, pools, pool_of, budget_of, axis, seasons[a.season], problem.weights.cost)
        works.append(found)
        impossible.append(why)

    return Compiled(
        problem=problem,
        axis=axis,
        number=number,
        works=tuple(works),
        preds=preds,
        succs=succs,
        needs=tuple(needs),
        required=tuple(a.required for a in activities),
        impossible=tuple(impossible),
        pools=pools,
        budgets=tuple(b.amount for b in problem.budgets),
        gains=tuple(_gains(a, problem, axis) for a in activities),
        day=round(SCALE * problem.weights.day),
        apart=_apart(problem, works),
        order=order,
        opens=_opens(needs),
    )


def _check(problem: Problem, number: Mapping[str, int], zones: Mapping[str, Zone]) -> None:
    named: tuple[tuple[str, Sequence[str]], ...] = (
        ("activity", [a.id for a in problem.activities]),
        ("team", [t.id for t in problem.teams]),
        ("gate", [g.id for g in problem.gates]),
        ("zone", [z.id for z in problem.zones]),
        ("budget", [b.id for b in problem.budgets]),
        ("corridor", [c.id for c in problem.routes.corridors]),
    )
    for what, ids in named:
        twice = sorted({x for x in ids if ids.count(x) > 1}) if len(set(ids)) < len(ids) else []
        if twice:
            raise ValueRangeError(f'The {what} "{twice[0]}" is declared twice.')
    gates = {g.id for g in problem.gates}
    budgets = {b.id for b in problem.budgets}

    def known(values: Iterable[str], what: str, choices: Iterable[str]) -> None:
        for v in values:
            if v not in choices:
                raise VocabularyError(v, what, choices)

    for a in problem.activities:
        known([a.kind], "kind of activity", KINDS)
        known(a.after, f"predecessor of {a.id}", number)
        known(a.gates, f"gate of {a.id}", gates)
        known(a.zones, f"zone of {a.id}", zones)
        known(a.delivers, f"deliverable of {a.id}", DELIVERABLES)
        known((b for m in a.modes for b in m.spends), f"budget of {a.id}", budgets)
        if not a.modes:
            raise ValueRangeError(f'The activity "{a.id}" has no mode.')
    for z in problem.zones:
        known(z.gates, f"gate of zone {z.id}", gates)
    for g in problem.gates:
        known((x for r in g.assumed for x in r.after), f"activity that gate {g.id} waits for", number)
        for r in g.assumed:
            for x in r.after:
                if any(m.duration.low < 1 for m in problem.activities[number[x]].modes):
                    raise ValueRangeError(f'"{x}" opens gate {g.id} and must last at least one day.')
    for c in problem.routes.corridors:
        known([c.gate], f"gate of corridor {c.id}", gates)
        if c.ends[0] == c.ends[1]:
            raise ValueRangeError(f'The corridor "{c.id}" joins a node to itself.')
    for m in problem.milestones:
        known(m.activities, f"activity of milestone {m.id}", number)


def _modes(activity: Activity, zones: Mapping[str, Zone]) -> tuple[Mode, ...]:
    """Modes the activity's heritage zones admit, with the people the zones ask for."""
    mine = [zones[z] for z in activity.zones]
    extra = tuple(n for z in mine for n in z.needs)
    return tuple(
        Mode(m.id, m.duration, m.method, m.needs + extra, m.spends, m.cost)
        for m in activity.modes
        if all(z.methods is None or m.method in z.methods for z in mine)
    )


def _pools(teams: Sequence[Team], needs: set[Need], axis: Axis) -> tuple[tuple[Pool, ...], dict[Need, tuple[int, ...]]]:
    open_on = {calendar: tuple(axis.open_slots(calendar)) for calendar in {t.calendar for t in teams}}
    groups: dict[tuple[frozenset[Need], tuple[bool, ...]], list[Team]] = {}
    for t in teams:
        served = frozenset(n for n in needs if n.skill in t.skills and n.assets <= t.assets)
        if served:
            groups.setdefault((served, open_on[t.calendar]), []).append(t)
    pools = tuple(
        Pool(tuple((t.id, t.size) for t in members), sum(t.size for t in members), tuple(runs([not x for x in open_])))
        for (_, open_), members in groups.items()
    )
    keys = list(groups)
    scarce = sorted(range(len(keys)), key=lambda p: (len(keys[p][0]), p))  # specialists before generalists
    return pools, {n: tuple(p for p in scarce if n in keys[p][0]) for n in needs}


def _works(
    activity: Activity,
    modes: Sequence[Mode],
    needs: Sequence[Requirement],
    pools: Sequence[Pool],
    pool_of: Mapping[Need, tuple[int, ...]],
    budget_of: Mapping[str, int],
    axis: Axis,
    season: Sequence[bool],
    cost_weight: float,
) -> tuple[tuple[Work, ...], str | None]:
    if not modes:
        return (), f"no method is admitted in zone {', '.join(activity.zones)}"
    for r in needs:
        if not r.options:
            if r.kind == "corridor":
                return (), f"corridor: no authorised or assumed way in to {r.name}"
            return (), f"{r.kind} {r.name}: no Decision in force and no release assumed"
    first = axis.slot(activity.earliest) if activity.earliest else 0
    stop = axis.until(activity.latest) if activity.latest else len(axis)
    works = []
    why = "no season, date or authorisation leaves room for it"
    for m in modes:
        draws: dict[tuple[int, ...], int] = {}
        for n in m.needs:
            draws[pool_of[n]] = draws.get(pool_of[n], 0) + n.units
        short = next((n for n in m.needs if sum(pools[p].size for p in pool_of[n]) < draws[pool_of[n]]), None)
        if short is not None:
            why = f"team: too few with {_named(short)}"
            continue
        d = m.duration.likely
        open_ = np.array(season, dtype=bool)
        for served in draws:
            if len(served) == 1:
                for a, b in pools[served[0]].closed:
                    open_[a:b] = False
        starts = _starts(open_, d, first, stop, needs)
        if starts:
            works.append(
                Work(
                    m.id,
                    m.method or activity.kind,
                    d,
                    tuple((p, u) for p, u in draws.items() if u),
                    tuple((budget_of[b], s) for b, s in m.spends.items() if s),
                    round(SCALE * cost_weight * m.cost),
                    starts,
                )
            )
    return tuple(works), None if works else why


def _starts(
    open_: np.ndarray[tuple[int], np.dtype[np.bool_]], d: int, first: int, stop: int, needs: Sequence[Requirement]
) -> tuple[tuple[int, int], ...]:
    """Inclusive ranges of start slots, for work of d slots."""
    length = len(open_)
    if d > length:
        return ()
    allowed = np.zeros(length + 1, dtype=bool)
    allowed[first : max(first, min(stop, length) - d + 1)] = True
    closed_before = np.concatenate(([0], np.cumsum(~open_)))
    span = max(d, 1)
    s = np.arange(length - span + 1)
    allowed[s] &= closed_before[s + span] == closed_before[s]
    allowed[length - span + 1 :] = False
    for r in needs:
        admitted = np.zeros_like(allowed)
        for o in r.options:
            admitted[o.first : max(o.first, o.stop - d + 1)] = True
        allowed &= admitted
    return tuple((a, b - 1) for a, b in runs(allowed))


def _named(need: Need) -> str:
    return need.skill + (f" and {', '.join(sorted(need.assets))}" if need.assets else "")


def _without(options: tuple[Option, ...], i: int) -> tuple[Option, ...]:
    """Options that do not wait for the activity itself; the same tuple where that is all of them."""
    if any(a == i for o in options for a, _ in o.after):
        return tuple(o for o in options if all(a != i for a, _ in o.after))
    return options


def transpose(preds: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Successors from predecessors."""
    succs: list[list[int]] = [[] for _ in preds]
    for i, before in enumerate(preds):
        for p in before:
            succs[p].append(i)
    return tuple(map(tuple, succs))


def _opens(needs: Sequence[Sequence[Requirement]]) -> tuple[tuple[int, ...], ...]:
    """For every activity, those with an option that waits for it."""
    found: list[set[int]] = [set() for _ in needs]
    for i, mine in enumerate(needs):
        for r in mine:
            for o in r.options:
                for a, _ in o.after:
                    found[a].add(i)
    return tuple(tuple(sorted(f)) for f in found)


def _topological(
    preds: Sequence[Sequence[int]], succs: Sequence[Sequence[int]], activities: Sequence[Activity]
) -> tuple[int, ...]:
    waiting = [len(p) for p in preds]
    order = [i for i, w in enumerate(waiting) if w == 0]
    for i in order:
        for j in succs[i]:
            waiting[j] -= 1
            if waiting[j] == 0:
                order.append(j)
    if len(order) < len(preds):
        left = {i for i, w in enumerate(waiting) if w}
        walk = [min(left)]
        while walk.count(walk[-1]) < 2:
            walk.append(next(p for p in preds[walk[-1]] if p in left))
        cycle = walk[walk.index(walk[-1]) :][::-1]
        raise ValueRangeError(
            "These activities wait for each other: " + " -> ".join(activities[i].id for i in cycle) + "."
        )
    return tuple(order)


def _gains(activity: Activity, problem: Problem, axis: Axis) -> tuple[int, ...]:
    w = problem.weights
    value = activity.significance * sum(
        {"visited": w.visited, "stabilised": w.stabilised, "recorded": w.recorded}[d] for d in activity.delivers
    )
    value += w.item * activity.items_removed
    if value == 0:
        return ()
    last = len(axis) - 1
    ends = [min(k + w.step_days - 1, last) for k in range(0, last + 1, w.step_days)]
    years = [(axis.days[e] - axis.days[0]).days / 365.25 for e in ends]
    return tuple(round(SCALE * value * (1 + w.discount_per_year) ** -y) for y in years)


def _apart(problem: Problem, works: Sequence[Sequence[Work]]) -> dict[tuple[int, int], tuple[tuple[int, int], ...]]:
    """Pairs of (activity, mode) that may not run on the same day, both ways."""
    placed = [(i, a.position) for i, a in enumerate(problem.activities) if a.position is not None]
    if not problem.separations or len(placed) < 2:
        return {}
    rule: dict[tuple[str, str], float] = {}
    for s in problem.separations:
        for key in ((s.method, s.other), (s.other, s.method)):
            rule[key] = max(s.metres, rule.get(key, 0.0))

    def distance(a: str, b: str) -> float:
        return max(rule.get(k, 0.0) for k in ((a, b), (a, "*"), ("*", b), ("*", "*")))

    # the methods an activity may use decide how far apart it must be from another: thresholds per pair of such sets
    methods = [tuple(w.method for w in works[i]) for i, _ in placed]
    sets = {m: k for k, m in enumerate(dict.fromkeys(methods))}
    reach = [
        [np.array([[distance(a, b) for b in mb] for a in ma]).reshape(len(ma), len(mb)) for mb in sets] for ma in sets
    ]
    of = np.array([sets[m] for m in methods])

    points = np.array([p for _, p in placed], dtype=float)
    pairs = _near(points, max(rule.values()))
    metres = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    widest = np.array([[table.max(initial=0.0) for table in row] for row in reach])
    near = metres < widest[of[pairs[:, 0]], of[pairs[:, 1]]]
    pairs, metres = pairs[near], metres[near]
    number = np.array([i for i, _ in placed])
    kind = of[pairs[:, 0]] * len(sets) + of[pairs[:, 1]]
    order = np.argsort(kind, kind="stable")
    parts = [np.empty((0, 4), np.int64)]  # activity, mode, and the activity and mode kept apart from it
    for alike in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1) if len(order) else ():
        for (m, k), least in np.ndenumerate(reach[kind[alike[0]] // len(sets)][kind[alike[0]] % len(sets)]):
            i, j = number[pairs[alike[metres[alike] < least]]].T
            m_, k_ = np.full(len(i), m), np.full(len(i), k)
            parts += [np.stack([i, m_, j, k_], axis=1), np.stack([j, k_, i, m_], axis=1)]
    table = np.concatenate(parts)
    table = table[np.lexsort(table.T[::-1])]
    starts = np.flatnonzero(np.any(np.diff(table[:, :2], axis=0, prepend=-1), axis=1)).tolist()
    rows = table.tolist()
    return {
        (rows[a][0], rows[a][1]): tuple((j, k) for _, _, j, k in rows[a:b])
        for a, b in zip(starts, [*starts, len(rows)][1:], strict=True)
    }


def _near(points: np.ndarray[Any, np.dtype[np.float64]], reach: float) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Pairs (n, 2) of points (k, 2) no further apart in x than ``reach``, each pair once: a sweep over x."""
    order = np.argsort(points[:, 0], kind="stable")
    along = points[order, 0]
    stops = np.searchsorted(along, along + reach, side="right").tolist()
    first = np.repeat(order, [stop - a - 1 for a, stop in enumerate(stops)])
    return np.stack([first, np.concatenate([order[a + 1 : stop] for a, stop in enumerate(stops)])], axis=1)
