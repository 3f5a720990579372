"""The plan as a CP-SAT model (OR-Tools), for the whole problem or for a part of it around a known schedule.

What makes it stronger than a direct transcription: pools instead of equal teams; start domains from calendars, gates
and critical paths; activities that can never run together, because of distance or because together they exceed a pool,
stand in no-overlap constraints over cliques; the makespan is bounded below by the energy of every head/tail window and
closes each pool as a full-width last interval.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tetrapylon.errors import MissingExtra
from tetrapylon.plan.bounds import makespan_bound
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import OUT, Draft
from tetrapylon.plan.rules import Network


def cp_model() -> Any:
    """The OR-Tools module.

    Raises
    ------
    MissingExtra : OR-Tools is not installed (extra ``solve``).
    """
    try:
        from ortools.sat.python import cp_model as module
    except ImportError as error:
        raise MissingExtra("solve", "Solving plans to a proven bound") from error
    return module


@dataclass(slots=True)
class Model:
    """A CP-SAT model and its variables, by activity; constants stand for what is fixed or left out."""

    c: Compiled
    cp: Any
    present: list[Any]
    start: list[Any]
    end: list[Any]
    mode: dict[int, dict[int, Any]] = field(default_factory=dict)
    interval: dict[tuple[int, int], Any] = field(default_factory=dict)
    draws: dict[tuple[int, int], list[tuple[tuple[int, ...], int, list[Any]]]] = field(default_factory=dict)
    objective: Any = 0
    makespan: Any = None

    def draft(self, value: Callable[[Any], int], base: Draft | None) -> Draft:
        """The schedule in a solution; ``value`` evaluates a variable; activities not modelled come from ``base``."""
        n = len(self.c.works)
        starts, modes = ([OUT] * n, [OUT] * n) if base is None else (list(base.starts), list(base.modes))
        drawn: list[tuple[tuple[int, int], ...]] = [()] * n if base is None else list(base.drawn)
        for i, choices in self.mode.items():
            chosen = next((m for m, lit in choices.items() if value(lit)), OUT)
            modes[i] = chosen
            starts[i] = int(value(self.start[i])) if chosen >= 0 else OUT
            total: dict[int, int] = {}
            for pools, units, split in self.draws[i, chosen] if chosen >= 0 else ():
                amounts = [int(value(q)) for q in split] if split else [units]
                for p, q in zip(pools, amounts, strict=True):
                    if q:
                        total[p] = total.get(p, 0) + q
            drawn[i] = tuple(total.items())
        return Draft(tuple(starts), tuple(modes), tuple(drawn))

    def hint(self, draft: Draft) -> None:
        """Offer a schedule as the place to begin."""
        self.cp.clear_hints()
        for i, choices in self.mode.items():
            if draft.modes[i] in choices:
                self.cp.add_hint(self.start[i], draft.starts[i])
            for m, lit in choices.items():
                if not isinstance(lit, int):
                    self.cp.add_hint(lit, m == draft.modes[i])


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
    model = Model(c, cp_model().CpModel(), [0] * n, [0] * n, [0] * n)
    latest = c.horizon if upper is None or not (c.plain and c.day) else min(c.horizon, upper // c.day)
    out = {i for i in range(n) if not c.works[i]}
    if base is not None:
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
            keep = base.modes[i] if base is not None and i in kept else None
            _activity(model, net, i, keep, base, closed, latest)
    _precedences(model, links)
    _requirements(model)
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
    base: Draft | None,
    closed: Mapping[tuple[int, int], list[list[int]]],
    latest: int,
) -> None:
    c, cp = model.c, model.cp
    Domain = cp_model().Domain
    choices = list(range(len(c.works[i]))) if keep is None else [keep]
    domains = []
    for m in choices:
        work = c.works[i][m]
        low, high = net.head[i], latest - net.tail[i] - work.duration
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
    if len(choices) == 1:
        model.mode[i] = {choices[0]: present}
        model.end[i] = start + c.works[i][choices[0]].duration
    else:
        durations = [c.works[i][m].duration for m in choices]
        model.end[i] = cp.new_int_var(0, c.horizon, f"e{i}")
        model.mode[i] = {m: cp.new_bool_var(f"x{i}_{m}") for m in choices}
        cp.add(sum(model.mode[i].values()) == present)
        cp.add_linear_constraint(model.end[i] - start, min(durations), max(durations))
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
        drawn = [((p,), u) for p, u in base.drawn[i]] if keep is not None and base is not None else work.draws
        splits = []
        for pools, units in drawn:
            split = []
            if len(pools) > 1:
                split = [cp.new_int_var(0, min(units, c.pools[p].size), f"q{i}_{m}_{p}") for p in pools]
                cp.add(sum(split) == units * lit)
            splits.append((pools, units, split))
        model.draws[i, m] = splits


def _closed_by_neighbours(
    c: Compiled, base: Draft | None, fixed: Collection[int]
) -> dict[tuple[int, int], list[list[int]]]:
    """Start ranges closed to (activity, mode) by fixed neighbours that must be kept apart."""
    found: dict[tuple[int, int], list[list[int]]] = {}
    for (i, m), others in c.apart.items() if base is not None else ():
        d = c.works[i][m].duration
        for j, k in others if i not in fixed and d else ():
            if j in fixed and base is not None and base.modes[j] == k and c.works[j][k].duration:
                found.setdefault((i, m), []).append([base.starts[j] - d + 1, base.starts[j] + c.works[j][k].duration - 1])
    return found


def _after(model: Model, i: int, p: int, lag: int, enforce: list[Any]) -> None:
    """Activity i starts at least ``lag`` slots after p, which is planned, wherever all of ``enforce`` hold."""
    cp = model.cp
    literals = [x for x in enforce if not isinstance(x, int)]
    if any(isinstance(x, int) and not x for x in enforce):
        return
    for constraint in (model.start[i] >= model.end[p] + lag, model.present[p] == 1):
        if constraint is not True:
            added = cp.add(constraint)
            if literals:
                added.only_enforce_if(literals)


def _precedences(model: Model, links: Iterable[tuple[int, int]]) -> None:
    real = {(p, i) for i, before in enumerate(model.c.preds) for p in before}
    for p, i in sorted(real | set(links)):
        _after(model, i, p, 0, [model.present[i]])


def _requirements(model: Model) -> None:
    cp = model.cp
    for i, needs in enumerate(model.c.needs):
        if isinstance(model.present[i], int) and not model.present[i]:
            continue
        for k, r in enumerate(needs):
            if len(r.options) == 1:
                chosen = [model.present[i]]
            else:
                chosen = [cp.new_bool_var(f"o{i}_{k}_{x}") for x in range(len(r.options))]
                cp.add_bool_or([*chosen, ~model.present[i] if not isinstance(model.present[i], int) else 0])
            for o, lit in zip(r.options, chosen, strict=True):
                for constraint in (model.start[i] >= o.first, model.end[i] <= o.stop):
                    if constraint is not True:
                        added = cp.add(constraint)
                        if not isinstance(lit, int):
                            added.only_enforce_if(lit)
                for a, lag in o.after:
                    _after(model, i, a, lag, [lit])


def _capacities(model: Model, base: Draft | None, fixed: Collection[int]) -> None:
    c, cp = model.c, model.cp
    intervals: list[list[Any]] = [[] for _ in c.pools]
    demands: list[list[Any]] = [[] for _ in c.pools]
    for (i, m), splits in model.draws.items():
        if c.works[i][m].duration:
            for pools, units, split in splits:
                for p, amount in zip(pools, split or [units], strict=True):
                    intervals[p].append(model.interval[i, m])
                    demands[p].append(amount)
    for p, pool in enumerate(c.pools):
        if not intervals[p]:
            continue
        used = [0] * c.horizon
        for i in fixed if base is not None else ():
            for q, units in base.drawn[i] if base is not None and base.starts[i] >= 0 else ():
                if q == p:
                    for s in range(base.starts[i], base.starts[i] + c.works[i][base.modes[i]].duration):
                        used[s] += units
        for a, b in pool.closed:
            used[a:b] = [pool.size] * (b - a)
        for a, b, units in _steps(used):
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


def _budgets(model: Model, base: Draft | None, fixed: Collection[int]) -> None:
    c = model.c
    for b, amount in enumerate(c.budgets):
        spent = sum(
            dict(c.works[i][base.modes[i]].spends).get(b, 0) for i in fixed if base is not None and base.starts[i] >= 0
        )
        terms = [
            dict(c.works[i][m].spends).get(b, 0) * lit for i, choices in model.mode.items() for m, lit in choices.items()
        ]
        if terms:
            model.cp.add(sum(terms) <= amount - spent)


def _disjunctive(model: Model) -> None:
    """No-overlap over cliques: modes kept apart by distance, and modes that together exceed a pool."""
    c = model.c
    nodes = [k for k, v in model.interval.items() if c.works[k[0]][k[1]].duration]
    neighbours: dict[tuple[int, int], set[tuple[int, int]]] = {
        k: {o for o in c.apart.get(k, ()) if o in model.interval} for k in nodes
    }
    cliques = cover(neighbours)
    for p, pool in enumerate(c.pools):
        wide = [
            k
            for k in nodes
            if any(pools == (p,) and 2 * units > pool.size for pools, units, _ in model.draws[k])
        ]
        if len({i for i, _ in wide}) > 1:
            cliques.append(wide)
    for clique in cliques:
        model.cp.add_no_overlap([model.interval[k] for k in clique])


def cover(neighbours: Mapping[tuple[int, int], set[tuple[int, int]]]) -> list[list[tuple[int, int]]]:
    """Cliques that together hold every edge of a graph, greedily large."""
    left = {(a, b) for a, bs in neighbours.items() for b in bs if a < b}
    cliques = []
    for a, b in sorted(left):
        if (a, b) not in left:
            continue
        clique = [a, b]
        common = neighbours[a] & neighbours[b]
        while common:
            node = max(common, key=lambda k: (len(neighbours[k] & common), k))
            clique.append(node)
            common &= neighbours[node]
        for x in clique:
            for y in clique:
                left.discard((x, y))
        cliques.append(clique)
    return cliques


def _objective(model: Model, net: Network, base: Draft | None, fixed: Collection[int], upper: int | None) -> None:
    c, cp = model.c, model.cp
    terms: list[Any] = []
    constant = 0
    for i in range(len(c.works)):
        if i not in model.mode:
            if base is not None and base.starts[i] >= 0 and i in fixed:
                constant += c.works[i][base.modes[i]].cost - c.gain(i, model.end[i])
                if c.pull and c.anchor[i] >= 0:
                    constant += c.pull * abs(base.starts[i] - c.anchor[i])
            continue
        terms += [c.works[i][m].cost * lit for m, lit in model.mode[i].items() if c.works[i][m].cost]
        terms += _gain_terms(model, net, i)
        if c.pull and c.anchor[i] >= 0:
            moved = cp.new_int_var(0, c.horizon, f"d{i}")
            for difference in (model.start[i] - c.anchor[i], c.anchor[i] - model.start[i]):
                added = cp.add(moved >= difference)
                if not isinstance(model.present[i], int):
                    added.only_enforce_if(model.present[i])
            terms.append(c.pull * moved)
    if c.day:
        lower = makespan_bound(c, net)
        latest = c.horizon if upper is None or not c.plain else min(c.horizon, upper // c.day)
        model.makespan = cp.new_int_var(min(lower, latest), latest, "makespan")
        for i in range(len(c.works)):
            if isinstance(model.end[i], int):
                if model.present[i]:
                    cp.add(model.makespan >= model.end[i])
            elif not c.succs[i] or not all(c.required[s] for s in c.succs[i]):
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
        previous = made
        terms.append(-(table[k] - table[k + 1]) * made)
    return terms
