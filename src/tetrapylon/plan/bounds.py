"""Bounds that need no search."""

from __future__ import annotations

import numpy as np

from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.rules import Network


def makespan_bound(c: Compiled, net: Network) -> int:
    """Lower bound on the working days until the last finish, over required activities.

    The longest path, and for every pool and every pair (head h, tail q): h + ceil(work of the activities that start
    after h and are followed by q / size) + q, where the work of an activity is the least over its modes. Only draws
    that a single pool can serve count. Energetic reasoning on head/tail windows; O(n^2) per pool.
    """
    must = [i for i in range(len(c.works)) if c.required[i] and c.works[i]]
    best = max((net.head[i] + net.duration[i] + net.due[i] for i in must), default=0)
    for p, pool in enumerate(c.pools):
        rows = []
        for i in must:
            work = min(w.duration * sum(u for pools, u in w.draws if pools == (p,)) for w in c.works[i])
            if work:
                rows.append((net.head[i], net.due[i], work))
        if not rows or not pool.size:
            continue
        head, tail, work_of = (np.array(x, dtype=np.int64) for x in zip(*rows, strict=True))
        by_tail = np.argsort(-tail, kind="stable")
        for h in np.unique(head):
            inside = by_tail[head[by_tail] >= h]
            needed = h + -(-np.cumsum(work_of[inside]) // pool.size) + tail[inside]
            best = max(best, int(needed.max()))
    return int(best)


def score_bound(c: Compiled, net: Network) -> int:
    """Lower bound on the score: the makespan bound, the cheapest modes, and every value gained at its soonest."""
    total = c.day * makespan_bound(c, net)
    for i, works in enumerate(c.works):
        if works:
            least = min(w.cost for w in works)
            soonest = min(net.head[i] + net.duration[i], c.horizon)
            worth = least - max((c.gain(i, max(soonest, w.starts[0][0] + w.duration)) for w in works), default=0)
            total += worth if c.required[i] else min(worth, 0)
    return total
