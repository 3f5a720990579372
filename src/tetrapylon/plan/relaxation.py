"""A bound on the score from a linear relaxation over periods.

Variables say how much of an activity, in each of its modes, is finished by the end of each period. What is finished has
used all its work: for every set of pools that some work draws on, the work finished by a period's end that only those
pools can do fits into their working days so far. Precedence, with the shortest duration between, and budgets hold;
separation, and whole teams at whole times, are relaxed. A period is worth the value of its first day, so that
the relaxation never undervalues a plan. The LP is solved with HiGHS (scipy).
"""

from __future__ import annotations

import numpy as np

from tetrapylon.plan.bounds import makespan_bound
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.rules import Network

MOST_VARIABLES = 30_000
"""Larger problems get longer periods,"""

FEWEST_PERIODS = 10
"""and none at all where the periods would be too long to say anything."""


def relaxed_bound(c: Compiled, net: Network, *, seconds: float = 10.0) -> int | None:
    """Lower bound on the score; None where the LP was not solved in time, would be too large, or nothing is gained.

    Parameters
    ----------
    seconds : limit for the LP.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    pairs = [(i, m) for i, works in enumerate(c.works) for m in range(len(works))]
    if not pairs or not any(c.gains):
        return None
    most = MOST_VARIABLES // len(pairs)
    if most < FEWEST_PERIODS:
        return None
    periods = _periods(c, most)
    K = len(periods)
    of = {pair: k * K for k, pair in enumerate(pairs)}
    modes = [[of[i, m] for m in range(len(works))] for i, works in enumerate(c.works)]
    cost = np.zeros(len(pairs) * K)
    upper = np.ones(len(pairs) * K)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    limits: list[float] = []

    def at_most(terms: list[tuple[int, float]], limit: float) -> None:
        for column, value in terms:
            rows.append(len(limits))
            columns.append(column)
            values.append(value)
        limits.append(limit)

    for (i, m), base in of.items():
        work = c.works[i][m]
        worth = [c.gain(i, begin + 1) for begin, _ in periods]
        soonest = max(net.head[i], work.starts[0][0]) + work.duration
        cost[base + K - 1] += work.cost
        for k, (_, end) in enumerate(periods):
            cost[base + k] -= worth[k] - (worth[k + 1] if k + 1 < K else 0)
            if soonest > end:
                upper[base + k] = 0.0
            if k + 1 < K:
                at_most([(base + k, 1.0), (base + k + 1, -1.0)], 0.0)
    for i, mine in enumerate(modes):
        if not mine:
            continue
        at_most([(b + K - 1, 1.0) for b in mine], 1.0)
        if c.required[i]:
            at_most([(b + K - 1, -1.0) for b in mine], -1.0)
        for p in net.preds[i]:
            for k, (_, end) in enumerate(periods):
                latest = end - net.duration[i] - net.lag.get((p, i), 0)
                before = next((j for j, (_, e) in enumerate(periods) if e >= latest), 0)
                if latest >= 0:
                    at_most([*((b + k, 1.0) for b in mine), *((b + before, -1.0) for b in modes[p])], 0.0)
    for served in {pools for works in c.works for w in works for pools, _ in w.draws}:
        within = set(served)
        energy = [
            (base, work.duration * sum(u for pools, u in work.draws if set(pools) <= within))
            for (i, m), base in of.items()
            for work in (c.works[i][m],)
        ]
        running = np.zeros(c.horizon, dtype=bool)  # slots on which any of this work may go on
        for (_, e), (i, m) in zip(energy, of, strict=True):
            for a, b in c.works[i][m].starts if e else ():
                running[a : b + c.works[i][m].duration] = True
        units = np.zeros(c.horizon)
        for p in within:
            free = running.copy()
            for a, b in c.pools[p].closed:
                free[a:b] = False
            units += c.pools[p].size * free
        room = np.concatenate(([0.0], np.cumsum(units)))
        for k, (_, end) in enumerate(periods):
            at_most([(base + k, float(e)) for base, e in energy if e], float(room[end]))
    for b, amount in enumerate(c.budgets):
        spends = [(base + K - 1, float(dict(c.works[i][m].spends).get(b, 0))) for (i, m), base in of.items()]
        at_most([t for t in spends if t[1]], float(amount))

    matrix = csr_matrix((values, (rows, columns)), shape=(len(limits), len(cost)))
    found = linprog(
        cost, A_ub=matrix, b_ub=limits, bounds=np.stack([np.zeros_like(upper), upper], axis=1), method="highs",
        options={"time_limit": max(seconds, 0.1)},
    )  # fmt: skip
    if found.status != 0:
        return None
    slack = 1 + 1e-6 * abs(float(found.fun))  # the LP is solved to tolerances; err to the safe side
    return int(np.floor(found.fun - slack)) + c.day * makespan_bound(c, net)


def _periods(c: Compiled, most: int) -> list[tuple[int, int]]:
    """At most ``most`` periods [begin, end) of whole discount steps that cover the axis."""
    step = c.problem.weights.step_days
    count = -(-c.horizon // step)
    width = step * -(-count // max(1, min(most, count)))
    return [(a, min(a + width, c.horizon)) for a in range(0, c.horizon, width)]
