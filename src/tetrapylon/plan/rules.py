"""Five named priority rules: the quick plan, the warm start and the yardstick.

Times of the critical-path rules are working days from the precedence network alone, with the shortest mode of each
activity; work that a gate or corridor waits for in every one of its options counts as a predecessor.
Kolisch, R. (1996). Efficient priority rules for the RCPSP. Journal of Operations Management 14, 179-192.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.plan.access import Option
from tetrapylon.plan.compiled import Compiled

MOST_ROUNDS = 100
"""Rounds of raising earliest starts. Stopping early only leaves them too early, which is safe."""


@dataclass(frozen=True, slots=True)
class Network:
    """Precedence with what every option waits for; earliest starts and latest finishes in slots, shortest durations."""

    preds: tuple[tuple[int, ...], ...]
    succs: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    duration: tuple[int, ...]
    head: tuple[int, ...]
    tail: tuple[int, ...]
    due: tuple[int, ...]
    lag: Mapping[tuple[int, int], int]

    @property
    def length(self) -> int:
        """Longest path in slots."""
        return max((h + d + t for h, d, t in zip(self.head, self.duration, self.tail, strict=True)), default=0)


def network(c: Compiled) -> Network:
    """The network that the rules and the bounds look at.

    ``head`` is the earliest start, ``tail`` the time that follows the finish if all is done, ``due`` the time that must
    follow because the work is required, ``lag`` the slots between (end of
    predecessor, start) where there are any. Waiting on releases is added only where it closes no cycle; of several ways
    to be admitted the soonest counts for ``head``.
    """
    n = len(c.works)
    preds = [set(p) for p in c.preds]
    lag: dict[tuple[int, int], int] = {}
    position = {i: k for k, i in enumerate(_soft_order(c))}
    always: dict[int, dict[int, int]] = {}  # by identity: many activities share the options of a place
    for i, needs in enumerate(c.needs):
        for r in needs:
            if id(r.options) not in always:
                always[id(r.options)] = _always(r.options)
            for a, least in always[id(r.options)].items():
                if position[a] < position[i]:
                    preds[i].add(a)
                    lag[a, i] = max(least, lag.get((a, i), 0))
    order = sorted(range(n), key=position.__getitem__)
    succs: list[list[int]] = [[] for _ in range(n)]
    for i in order:
        for p in preds[i]:
            succs[p].append(i)
    duration = [min((w.duration for w in works), default=0) for works in c.works]
    head = [min((w.starts[0][0] for w in c.works[i]), default=0) for i in range(n)]
    for _ in range(MOST_ROUNDS):
        changed = False
        opening: dict[int, int] = {}
        for i in order:
            soonest = max([head[i], *(head[p] + duration[p] + lag.get((p, i), 0) for p in preds[i])])
            for r in c.needs[i]:
                key = id(r.options)
                if key not in opening:
                    ways = (max([o.first, *(head[a] + duration[a] + wait for a, wait in o.after)]) for o in r.options)
                    opening[key] = min(ways, default=0)
                soonest = max(soonest, opening[key])
            soonest = min(soonest, c.horizon)  # that late it can never be done
            changed |= soonest > head[i]
            head[i] = soonest
        if not changed:
            break
    tail, due = [0] * n, [0] * n
    for i in reversed(order):
        follows = [(c.required[s], lag.get((i, s), 0) + duration[s], s) for s in succs[i]]
        tail[i] = max((length + tail[s] for _, length, s in follows), default=0)
        due[i] = max((length + due[s] for must, length, s in follows if must), default=0)
    return Network(
        preds=tuple(tuple(sorted(p)) for p in preds),
        succs=tuple(map(tuple, succs)),
        order=tuple(order),
        duration=tuple(duration),
        head=tuple(head),
        tail=tuple(tail),
        due=tuple(due),
        lag=lag,
    )


def _always(options: Sequence[Option]) -> dict[int, int]:
    """Activities that every one of the options waits for, each with the least lag."""
    if not options:
        return {}
    found = dict(options[0].after)
    for o in options[1:]:
        lags = dict(o.after)
        found = {a: min(lag, lags[a]) for a, lag in found.items() if a in lags}
    return found


def _soft_order(c: Compiled) -> list[int]:
    """A topological order of the precedences that puts openers before what they open, where it can."""
    n = len(c.works)
    waiting = [len(p) for p in c.preds]
    closed = [0] * n
    for opened in c.opens:
        for i in opened:
            closed[i] += 1
    free = deque(i for i in range(n) if not waiting[i] and not closed[i])
    stuck = {i: None for i in range(n) if not waiting[i] and closed[i]}
    order = []
    while free or stuck:
        i = free.popleft() if free else next(iter(stuck))
        stuck.pop(i, None)
        order.append(i)
        for j in c.opens[i]:
            closed[j] -= 1
            if not closed[j] and j in stuck:
                del stuck[j]
                free.append(j)
        for j in c.succs[i]:
            waiting[j] -= 1
            if not waiting[j]:
                if closed[j]:
                    stuck[j] = None
                else:
                    free.append(j)
    return order


def latest_finish(c: Compiled, net: Network) -> list[float]:
    """Smallest latest finish first (LFT)."""
    return [float(-t) for t in net.tail]


def latest_start(c: Compiled, net: Network) -> list[float]:
    """Smallest latest start first (LST)."""
    return [float(-t - d) for t, d in zip(net.tail, net.duration, strict=True)]


def least_slack(c: Compiled, net: Network) -> list[float]:
    """Smallest total float first (MSLK)."""
    return [float(-h - d - t) for h, d, t in zip(net.head, net.duration, net.tail, strict=True)]


def most_successors(c: Compiled, net: Network) -> list[float]:
    """Most successors, direct and indirect, first (MTS)."""
    followers = _followers(net)
    return [-float(f.bit_count()) for f in followers]


def most_value_opened(c: Compiled, net: Network) -> list[float]:
    """Most undiscounted value, its own and of all that waits for it, per day of its own work first."""
    value = [float(g[0]) if g else 0.0 for g in c.gains]
    found = []
    for i, f in enumerate(_followers(net)):
        total = value[i]
        while f:
            low = f & -f
            total += value[low.bit_length() - 1]
            f ^= low
        found.append(-total / max(net.duration[i], 1))
    return found


def _followers(net: Network) -> list[int]:
    """Bit sets of direct and indirect successors."""
    found = [0] * len(net.succs)
    for i in reversed(net.order):
        for s in net.succs[i]:
            found[i] |= (1 << s) | found[s]
    return found


Rule = Callable[[Compiled, Network], list[float]]

RULES: Mapping[str, Rule] = {
    "latest finish": latest_finish,
    "latest start": latest_start,
    "least slack": least_slack,
    "most successors": most_successors,
    "most value opened": most_value_opened,
}
