"""Large-neighbourhood search: free some activities of a good schedule, keep the shape of the rest, solve with CP-SAT.

The rest keeps its modes and its *partial order*: whoever handed units of a pool to whom still does, so the rest may
slide in time (Godard, D., Laborie, P. and Nuijten, W. (2005). Randomized large neighborhood search for cumulative
scheduling. ICAPS, 81-89). In plans too large, or with gates, distances and
left-out work, the rest stands still instead.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.cpmodel import cp_model
from tetrapylon.plan.cpsat import build
from tetrapylon.plan.draft import Draft, score
from tetrapylon.plan.rules import Network

SLIDING_LIMIT = 500
"""Most activities for which the rest of a plain plan may slide; above it the rest stands still."""


def flow_links(c: Compiled, draft: Draft, among: set[int]) -> set[tuple[int, int]]:
    """Who hands units of a pool to whom, among some planned activities of a feasible schedule.

    Units freed last are handed on first, so that few pairs arise. Enforcing the pairs keeps every pool within its size
    whatever the times (a partial-order schedule).
    """
    ends = draft.ends(c)
    links: set[tuple[int, int]] = set()
    holders: list[list[tuple[int, int, int]]] = [[] for _ in c.pools]  # (free from, last holder, units)
    for i in sorted(among, key=lambda i: (draft.starts[i], ends[i])):
        if draft.starts[i] == ends[i]:
            continue
        for p, units in draft.drawn[i]:
            wanted = units
            rest = []
            for free_from, holder, held in sorted(holders[p], reverse=True):
                taken = min(held, wanted) if free_from <= draft.starts[i] else 0
                if taken:
                    links.add((holder, i))
                    wanted -= taken
                if held > taken:
                    rest.append((free_from, holder, held - taken))
            holders[p] = [*rest, (ends[i], i, units)]
    return links


@dataclass(slots=True)
class Freer:
    """Chooses what to free, and learns how much: the size grows where solving is quick and shrinks where it is not."""

    c: Compiled
    random: random.Random
    size: float = 40.0
    linked: list[set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.linked = [{*p, *s} for p, s in zip(self.c.preds, self.c.succs, strict=True)]
        for i, needs in enumerate(self.c.needs):
            for r in needs:
                for o in r.options:
                    for a, _ in o.after:
                        self.linked[i].add(a)
                        self.linked[a].add(i)

    def choose(self, draft: Draft) -> set[int]:
        """Activities to free: a stretch of time, or one activity with what surrounds it in the network and in time."""
        c = self.c
        can = [i for i in range(len(c.works)) if c.works[i]]
        size = min(len(can), max(4, round(self.size)))
        planned = [i for i in can if draft.starts[i] >= 0]
        ends = draft.ends(c)
        if not planned:
            return set(self.random.sample(can, size))
        middle = [0.0] * len(c.works)
        for i in can:
            seen = [draft.starts[j] + ends[j] for j in (i, *self.linked[i]) if draft.starts[j] >= 0]
            own = seen[:1] if draft.starts[i] >= 0 else seen
            middle[i] = sum(own) / (2 * len(own)) if own else self.random.uniform(0, max(ends))
        if self.random.random() < 0.6:
            at = self.random.uniform(min(draft.starts[i] for i in planned), max(ends))
            return set(sorted(can, key=lambda i: abs(middle[i] - at))[:size])
        seed = self.random.choice(can)
        free = {seed}
        edge = [seed]
        near = sorted(can, key=lambda i: abs(middle[i] - middle[seed]) + self.random.random())
        walk = iter(near)
        while len(free) < size:
            grown = edge.pop(self.random.randrange(len(edge))) if edge and self.random.random() < 0.5 else None
            news = self.linked[grown] - free if grown is not None else {next(walk, seed)} - free
            for j in sorted(news):
                if c.works[j] and len(free) < size:
                    free.add(j)
                    edge.append(j)
            if grown is None and len(free) >= len(can):
                break
        return free

    def learn(self, *, closed: bool) -> None:
        """Grow after a neighbourhood searched to the end, shrink after one that was cut off."""
        self.size = min(float(len(self.c.works)), self.size * 1.2) if closed else max(6.0, self.size * 0.93)


def improve(
    c: Compiled,
    net: Network,
    draft: Draft,
    freer: Freer,
    *,
    seconds: float,
    stopped: Callable[[], bool] = lambda: False,
) -> Draft | None:
    """One neighbourhood: a strictly better schedule, or None.

    Parameters
    ----------
    seconds : limit of this one search.
    stopped : asked before the search begins.
    """
    free = freer.choose(draft)
    rest = set(range(len(c.works))) - free
    if c.plain and len(c.works) <= SLIDING_LIMIT:
        links = flow_links(c, draft, {i for i in rest if draft.starts[i] >= 0})
        model = build(c, net, base=draft, kept=rest, links=links, upper=score(c, draft) - 1)
    else:
        model = build(c, net, base=draft, still=rest, upper=score(c, draft) - 1)
    if stopped():
        return None
    module = cp_model()
    solver = module.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = freer.random.randrange(1 << 30)
    solver.parameters.catch_sigint_signal = False
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.linearization_level = 0 if c.plain else 1
    status = solver.solve(model.cp)
    freer.learn(closed=status in (module.OPTIMAL, module.INFEASIBLE))
    return model.draft(solver.value, draft) if status in (module.OPTIMAL, module.FEASIBLE) else None
