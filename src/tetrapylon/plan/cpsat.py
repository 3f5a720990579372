"""The plan as a CP-SAT model (OR-Tools), for the whole problem or for a part of it around a known schedule.

What makes it stronger than a direct transcription: pools instead of equal teams; start domains from calendars, gates
and critical paths; activities that can never run together, because of distance or because together they exceed a pool,
stand in no-overlap constraints over cliques; the makespan is bounded below by the energy of every head/tail window and
closes each pool as a full-width last interval.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from tetrapylon.plan.bounds import makespan_bound
from tetrapylon.plan.cliques import Node, cover
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.cpmodel import Model, cp_model
from tetrapylon.plan.cporder import precedences, requirements
from tetrapylon.plan.draft import OUT, Draft
from tetrapylon.plan.rules import Network


def build(
    c: Compiled,
    net: Network,
    *,
    base: Draft | None = None,
    still: Collection[int] = frozenset(),
    kept: Collection[int] = frozenset(),
    links: Iterable[tuple[int, int]] = (),
    upper: int | None = None,
) -> Model:
    """The CP-SAT model.

    Parameters
    ----------
    base : a feasible schedule, needed for the three that follow.
    still : activities that stay exactly as they are in ``base``, left out or not.
    kept : activities that keep mode and draws but may move in time.
    links : further precedences (before, after) between activities planned in ``base``.
    upper : only schedules scoring at most this (`tetrapylon.plan.draft.score`) are wanted.
    """
    n = len(c.works)
    base = base if base is not None else Draft((OUT,) * n, (OUT,) * n, ((),) * n)
    model = Model(c, cp_model().CpModel(), [0] * n, [0] * n, [0] * n)
    latest = c.horizon if upper is None or not (c.plain and c.day) else min(c.horizon, upper // c.day)
    out = {i for i in range(n) if not c.works[i]}
    out |= {i for i in kept if base.starts[i] < 0}
    for i in still:
        if base.starts[i] >= 0:
            model.present[i] = 1
            model.start[i] = base.starts[i]
            model.end[i] = base.starts[i] + c.works[i][base.modes[i]].duration
    fixed = frozenset(still) | out
    closed = _closed_by_neighbours(c, base, fixed)
    for i in range(n):
        if i not in fixed:
            keep = base.modes[i] if i in kept else None
            _activity(model, net, i, keep, base, closed, latest)
    precedences(model, links)
    requirements(model)
    _capacities(model, base, fixed)
    _budgets(model, base, fixed)
    _disjunctive(model)
    _objective(model, net, base, fixed, upper)
    return model


def _activity(
    model: Model,
    net: Network,
    i: int,
    keep: int | None,
    base: Draft,
    closed: Mapping[tuple[int, int], list[list[int]]],
    latest: int,
) -> None:
    c, cp = model.c, model.cp
    Domain = cp_model().Domain
    choices = list(range(len(c.works[i]))) if keep is None else [keep]
    domains = []
    for m in choices:
        work = c.works[i][m]
        low, high = net.head[i], latest - net.due[i] - work.duration
        clipped = [[max(a, low), min(b, high)] for a, b in work.starts]
        domain = Domain.from_intervals([r for r in clipped if r[0] <= r[1]])
        for r in closed.get((i, m), ()):
            domain = domain.intersection_with(Domain.from_intervals([r]).complement())
        domains.append(domain)
    whole = domains[0]
    for domain in domains[1:]:
        whole = whole.union_with(domain)
    must = c.required[i] or keep is not None
    if whole.is_empty():
        if must:
            cp.add_bool_or([])
        whole = Domain.from_intervals([[0, 0]])
    start = model.start[i] = cp.new_int_var_from_domain(whole, f"s{i}")
    present = model.present[i] = 1 if must else cp.new_bool_var(f"p{i}")
    durations = [c.works[i][m].duration for m in choices]
    if len(choices) == 1:
        model.mode[i] = {choices[0]: present}
        model.end[i] = start + durations[0]
    else:
        model.end[i] = cp.new_int_var(0, c.horizon, f"e{i}")
        model.mode[i] = {m: cp.new_bool_var(f"x{i}_{m}") for m in choices}
        cp.add(sum(model.mode[i].values()) == present)
        cp.add_linear_constraint(model.end[i] - start, min(durations), max(durations))
    if any((i, m) in c.apart for m in choices):
        size = durations[0]
        if len(choices) > 1:
            size = cp.new_int_var(min(durations), max(durations), f"l{i}")
            model.hints.append((size, _length_hint(c, i)))
        model.whole[i] = (
            cp.new_interval_var(start, size, model.end[i], f"w{i}")
            if isinstance(present, int)
            else cp.new_optional_interval_var(start, size, model.end[i], present, f"w{i}")
        )
    for (m, lit), domain in zip(model.mode[i].items(), domains, strict=True):
        work = c.works[i][m]
        if domain.is_empty():
            cp.add(lit == 0)
        elif domain.flattened_intervals() != whole.flattened_intervals():
            cp.add_linear_expression_in_domain(start, domain).only_enforce_if(lit)
        model.interval[i, m] = (
            cp.new_interval_var(start, work.duration, model.end[i], f"i{i}_{m}")
            if isinstance(lit, int)
            else cp.new_optional_interval_var(start, work.duration, model.end[i], lit, f"i{i}_{m}")
        )
        drawn = [((p,), u) for p, u in base.drawn[i]] if keep is not None else work.draws
        splits = []
        for pools, units in drawn:
            split = []
            if len(pools) > 1:
                split = [cp.new_int_var(0, min(units, c.pools[p].size), f"q{i}_{m}_{p}") for p in pools]
                cp.add(sum(split) == units * lit)
                for p, amount in zip(pools, split, strict=True):
                    model.hints.append((amount, _drawn_hint(i, m, p, units)))
            splits.append((pools, units, split))
        model.draws[i, m] = splits


def _length_hint(c: Compiled, i: int) -> Callable[[Draft, tuple[int, ...]], int]:
    shortest = min(w.duration for w in c.works[i])
    return lambda draft, _: c.works[i][draft.modes[i]].duration if draft.starts[i] >= 0 else shortest


def _drawn_hint(i: int, m: int, p: int, units: int) -> Callable[[Draft, tuple[int, ...]], int]:
    return lambda draft, _: min(units, dict(draft.drawn[i]).get(p, 0)) if draft.modes[i] == m else 0


def _closed_by_neighbours(c: Compiled, base: Draft, fixed: Collection[int]) -> dict[tuple[int, int], list[list[int]]]:
    """Start ranges closed to (activity, mode) by fixed neighbours that must be kept apart."""
    found: dict[tuple[int, int], list[list[int]]] = {}
    if not c.apart or len(fixed) == 0:
        return found
    for i in range(len(c.works)):
        for m, work in enumerate(c.works[i] if i not in fixed else ()):
            for j, k in c.apart.get((i, m), ()) if work.duration else ():
                if j in fixed and base.modes[j] == k and c.works[j][k].duration:
                    s = base.starts[j]
                    found.setdefault((i, m), []).append([s - work.duration + 1, s + c.works[j][k].duration - 1])
    return found


def _capacities(model: Model, base: Draft, fixed: Collection[int]) -> None:
    c, cp = model.c, model.cp
    intervals: list[list[Any]] = [[] for _ in c.pools]
    demands: list[list[Any]] = [[] for _ in c.pools]
    used = [[0] * c.horizon for _ in c.pools]
    for i in fixed:
        for p, units in base.drawn[i] if base.starts[i] >= 0 else ():
            for s in range(base.starts[i], base.starts[i] + c.works[i][base.modes[i]].duration):
                used[p][s] += units
    for (i, m), splits in model.draws.items():
        if c.works[i][m].duration:
            for pools, units, split in splits:
                for p, amount in zip(pools, split or [units], strict=True):
                    intervals[p].append(model.interval[i, m])
                    demands[p].append(amount)
    for p, pool in enumerate(c.pools):
        if not intervals[p]:
            continue
        for a, b in pool.closed:
            used[p][a:b] = [pool.size] * (b - a)
        for a, b, units in _steps(used[p]):
            intervals[p].append(cp.new_fixed_size_interval_var(a, b - a, f"u{p}_{a}"))
            demands[p].append(units)
        cp.add_cumulative(intervals[p], demands[p], pool.size)


def _steps(profile: list[int]) -> list[tuple[int, int, int]]:
    """Maximal stretches (a, b, height) of equal height above zero."""
    found = []
    a = 0
    for b in range(1, len(profile) + 1):
        if b == len(profile) or profile[b] != profile[a]:
            if profile[a]:
                found.append((a, b, profile[a]))
            a = b
    return found


def _budgets(model: Model, base: Draft, fixed: Collection[int]) -> None:
    c = model.c
    for b, amount in enumerate(c.budgets):
        spent = sum(dict(c.works[i][base.modes[i]].spends).get(b, 0) for i in fixed if base.starts[i] >= 0)
        terms = [
            dict(c.works[i][m].spends).get(b, 0) * lit
            for i, choices in model.mode.items()
            for m, lit in choices.items()
        ]
        if terms:
            model.cp.add(sum(terms) <= amount - spent)


def _disjunctive(model: Model) -> None:
    """Work kept apart by distance, and modes that together exceed a pool."""
    c, cp = model.c, model.cp
    nodes = [k for k in model.interval if c.works[k[0]][k[1]].duration]
    neighbours = {k: {o for o in c.apart.get(k, ()) if o in model.interval} for k in nodes}
    merged = _merge_modes(model, {k: found for k, found in neighbours.items() if found})
    cliques, stars = cover(merged)
    interval = {**model.interval, **{(i, -1): v for i, v in model.whole.items()}}
    for clique in cliques:
        cp.add_no_overlap([interval[k] for k in clique])
    for hub, rays in stars:
        cp.add_cumulative([interval[hub], *(interval[k] for k in rays)], [len(rays), *[1] * len(rays)], len(rays))
    for p, pool in enumerate(c.pools):
        wide = [k for k in nodes if any(pools == (p,) and 2 * units > pool.size for pools, units, _ in model.draws[k])]
        if len({i for i, _ in wide}) > 1:
            cp.add_no_overlap([model.interval[k] for k in wide])


def _merge_modes(model: Model, neighbours: Mapping[Node, set[Node]]) -> dict[Node, set[Node]]:
    """The graph with activities all of whose modes have the same neighbours as one node (activity, -1)."""
    by_activity: dict[int, list[Node]] = {}
    for k in neighbours:
        by_activity.setdefault(k[0], []).append(k)
    name = {
        k: (i, -1)
        for i, nodes in by_activity.items()
        if i in model.whole
        and len(nodes) == len(model.mode[i])
        and all(neighbours[k] == neighbours[nodes[0]] for k in nodes)
        for k in nodes
    }
    return {name.get(k, k): {name.get(o, o) for o in found} for k, found in neighbours.items()}


def _objective(model: Model, net: Network, base: Draft, fixed: Collection[int], upper: int | None) -> None:
    c, cp = model.c, model.cp
    terms: list[Any] = []
    constant = 0
    for i in range(len(c.works)):
        if i not in model.mode:
            if base.starts[i] >= 0 and i in fixed:
                constant += c.works[i][base.modes[i]].cost - c.gain(i, model.end[i])
                if c.pull and c.anchor[i] >= 0:
                    constant += c.pull * abs(base.starts[i] - c.anchor[i])
            continue
        terms += [c.works[i][m].cost * lit for m, lit in model.mode[i].items() if c.works[i][m].cost]
        terms += _gain_terms(model, net, i)
        if c.pull and c.anchor[i] >= 0:
            moved = cp.new_int_var(0, c.horizon, f"d{i}")
            model.hints.append((moved, _moved_hint(c, i)))
            for difference in (model.start[i] - c.anchor[i], c.anchor[i] - model.start[i]):
                added = cp.add(moved >= difference)
                if not isinstance(model.present[i], int):
                    added.only_enforce_if(model.present[i])
            terms.append(c.pull * moved)
    if c.day:
        lower = makespan_bound(c, net)
        latest = c.horizon if upper is None or not c.plain else min(c.horizon, upper // c.day)
        model.makespan = cp.new_int_var(min(lower, latest), latest, "makespan")
        model.hints.append((model.makespan, lambda _, ends: max(ends, default=0)))
        cp.add(model.makespan >= max((e for e in model.end if isinstance(e, int)), default=0))
        for i in range(len(c.works)):
            if isinstance(model.end[i], int):
                continue
            if not c.succs[i] or not all(c.required[s] for s in c.succs[i]):
                added = cp.add(model.makespan >= model.end[i])
                if not isinstance(model.present[i], int):
                    added.only_enforce_if(model.present[i])
        terms.append(c.day * model.makespan)
    model.objective = sum(terms) + constant
    if upper is not None:
        cp.add(model.objective <= upper)
    cp.minimize(model.objective)


def _gain_terms(model: Model, net: Network, i: int) -> list[Any]:
    """Discounted value of activity i as a sum over steps: one literal per step its finish may make."""
    c, cp = model.c, model.cp
    table = c.gains[i]
    if not table:
        return []
    step = c.problem.weights.step_days
    soonest = min(w.starts[0][0] + w.duration for w in c.works[i])
    soonest = max(soonest, net.head[i] + net.duration[i])
    latest = max(w.starts[-1][1] + w.duration for w in c.works[i])
    first, last = max(soonest - 1, 0) // step, max(latest - 1, 0) // step
    terms = [-table[last] * model.present[i]]
    previous = None
    for k in range(first, last):
        if table[k] == table[k + 1]:
            continue
        made = cp.new_bool_var(f"v{i}_{k}")
        cp.add(model.end[i] <= (k + 1) * step).only_enforce_if(made)
        if not isinstance(model.present[i], int):
            cp.add_implication(made, model.present[i])
        if previous is not None:
            cp.add_implication(previous, made)
        model.hints.append((made, _made_hint(i, (k + 1) * step)))
        previous = made
        terms.append(-(table[k] - table[k + 1]) * made)
    return terms


def _made_hint(i: int, by: int) -> Callable[[Draft, tuple[int, ...]], int]:
    return lambda _, ends: 0 <= ends[i] <= by


def _moved_hint(c: Compiled, i: int) -> Callable[[Draft, tuple[int, ...]], int]:
    return lambda draft, _: abs(draft.starts[i] - c.anchor[i]) if draft.starts[i] >= 0 else 0
