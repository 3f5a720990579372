"""Search without a solver: many schedules from perturbed priorities, each learning from the best so far.

The fall-back where OR-Tools is not installed, for every form of the problem. In turn it draws priorities around a
named rule, and around the starts of the best schedule so far with a stretch of it shaken.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import OUT, Draft, rank
from tetrapylon.plan.rules import RULES, Network
from tetrapylon.plan.serial import serial


def by_rules(c: Compiled, net: Network) -> dict[str, Draft]:
    """The schedule of each of the five named rules."""
    return {name: serial(c, rule(c, net)) for name, rule in RULES.items()}


def sampled(c: Compiled, net: Network, best: Draft, *, seed: int = 0) -> Iterator[Draft]:
    """Schedules without end, each better than the one before and than ``best`` yielded when found.

    Yields
    ------
    Draft better than all before, or the best again after every unsuccessful try, so that a caller can stop at any time.
    """
    rng = random.Random(seed)  # noqa: S311 - search, not secrecy
    weights = [rule(c, net) for rule in RULES.values()]
    spread = [max(1.0, max(w, default=0.0) - min(w, default=0.0)) for w in weights]
    value = rank(c, best)
    n = len(c.works)
    while True:
        modes: list[int] | None = None
        if rng.random() < 0.3 or value[0]:
            k = rng.randrange(len(weights))
            priority = [w + rng.gauss(0, 0.15) * spread[k] for w in weights[k]]
            if value[0]:
                modes = _cheap_modes(c, rng)
        else:
            latest = max(best.ends(c), default=1)
            at, width = rng.uniform(0, latest), rng.uniform(0.05, 0.4) * latest
            priority = [
                (s if s >= 0 else rng.uniform(0, latest)) + (rng.gauss(0, 0.5) * width if abs(s - at) < width else 0.0)
                for s in best.starts
            ]
            modes = [m if rng.random() < 0.9 else OUT for m in best.modes]
        found = serial(c, priority, modes=modes)
        worth = rank(c, found)
        if worth <= value and n:
            best, value = found, worth
        yield best


def _cheap_modes(c: Compiled, rng: random.Random) -> list[int]:
    """A mode of each activity, drawn and then changed at random while that lessens overspending."""
    modes = [rng.randrange(len(w)) if w else OUT for w in c.works]
    required = [i for i, w in enumerate(c.works) if w and c.required[i]]
    spends = [[dict(w.spends) for w in works] for works in c.works]
    spent = [sum(spends[i][modes[i]].get(b, 0) for i in required) for b in range(len(c.budgets))]
    for _ in range(6 * len(required)):
        over = sum(max(0, s - a) for s, a in zip(spent, c.budgets, strict=True))
        if not over:
            break
        i = rng.choice(required)
        m = rng.randrange(len(c.works[i]))
        after = [s + spends[i][m].get(b, 0) - spends[i][modes[i]].get(b, 0) for b, s in enumerate(spent)]
        if sum(max(0, s - a) for s, a in zip(after, c.budgets, strict=True)) <= over:
            modes[i], spent = m, after
    return modes
