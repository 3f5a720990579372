"""Serial schedule generation: place activities one by one, each as early as everything allows.

Kolisch, R. (1996). Serial and parallel resource-constrained project scheduling methods revisited. EJOR 90, 320-333:
the serial scheme generates active schedules, among which an optimum of any regular measure lies.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from tetrapylon.plan.compiled import Compiled, Work
from tetrapylon.plan.draft import OUT, Draft


class Board:
    """A partial schedule that activities are placed on, one at a time."""

    def __init__(self, c: Compiled) -> None:
        self.c = c
        n = len(c.works)
        self.start = [OUT] * n
        self.end = [OUT] * n
        self.mode = [OUT] * n
        self.drawn: list[tuple[tuple[int, int], ...]] = [()] * n
        self.free = [[p.size] * (c.horizon + 1) for p in c.pools]
        for free, pool in zip(self.free, c.pools, strict=True):
            for a, b in pool.closed:
                free[a:b] = [0] * (b - a)
        self.left = list(c.budgets)
        self.cheapest = _cheapest(c)
        self.reserved = [
            sum(cheap[b] for cheap, r in zip(self.cheapest, c.required, strict=True) if r)
            for b in range(len(c.budgets))
        ]

    def affordable(self, i: int, work: Work) -> bool:
        """Whether paying for it leaves the least that the required activities still to come will spend."""
        mine = self.cheapest[i] if self.c.required[i] else None
        return all(self.left[b] - spend >= self.reserved[b] - (mine[b] if mine else 0) for b, spend in work.spends)

    def earliest(self, i: int, m: int, floor: int = 0) -> tuple[int, tuple[tuple[int, int], ...]] | None:
        """Earliest start slot >= floor of activity i in mode m and the draws it would make; None where there is none.

        The predecessors planned so far are respected; those not planned are not waited for.
        """
        c = self.c
        work = c.works[i][m]
        t = floor
        for p in c.preds[i]:
            if self.end[p] > t:
                t = self.end[p]
        openings = self._openings(i)
        busy = [(self.start[j], self.end[j]) for j, k in c.apart.get((i, m), ()) if self.mode[j] == k]
        d = work.duration
        draws = [([self.free[p] for p in pools], units) for pools, units in work.draws]
        single = all(len(pools) == 1 for pools, _ in work.draws)
        while True:
            found = _in_ranges(work.starts, t)
            if found is None:
                return None
            t = found
            if openings:
                moved = _admitted(openings, t, d)
                if moved is None:
                    return None
                if moved > t:
                    t = moved
                    continue
            moved = max((end for start, end in busy if start < t + d and t < end), default=t)
            for frees, units in draws:  # units of all pools that may serve, on the last day that has too few
                for s in range(t + d - 1, moved - 1, -1):
                    if sum(free[s] for free in frees) < units:
                        moved = s + 1
                        break
            if moved > t:
                t = moved
                continue
            if single:
                return t, tuple((pools[0], units) for pools, units in work.draws)
            drawn = self._shared(work, t)
            if drawn is not None:
                return t, drawn
            t += 1

    def _shared(self, work: Work, t: int) -> tuple[tuple[int, int], ...] | None:
        """Draws from several pools over [t, t + duration): specialists first; None where they do not suffice."""
        rest: dict[int, int] = {}
        total: dict[int, int] = {}
        for pools, units in sorted(work.draws, key=lambda draw: len(draw[0])):
            wanted = units
            for p in pools:
                if p not in rest:
                    rest[p] = min(self.free[p][t : t + work.duration], default=self.c.pools[p].size)
                taken = min(rest[p], wanted)
                if taken:
                    rest[p] -= taken
                    total[p] = total.get(p, 0) + taken
                    wanted -= taken
            if wanted:
                return None
        return tuple(total.items())

    def _openings(self, i: int) -> list[list[tuple[int, int]]]:
        """For every requirement the windows [first, stop) of its options, as far as they wait for placed activities."""
        found = []
        for r in self.c.needs[i]:
            windows = []
            for o in r.options:
                first = o.first
                for a, lag in o.after:
                    end = self.end[a]
                    if end < 0:
                        break
                    if end + lag > first:
                        first = end + lag
                else:
                    windows.append((first, o.stop))
            found.append(windows)
        return found

    def place(self, i: int, m: int, t: int, drawn: tuple[tuple[int, int], ...]) -> None:
        """Put activity i in mode m on the board at slot t."""
        work = self.c.works[i][m]
        self.start[i], self.end[i], self.mode[i], self.drawn[i] = t, t + work.duration, m, drawn
        for p, units in drawn:
            free = self.free[p]
            for s in range(t, t + work.duration):
                free[s] -= units
        for b, spend in work.spends:
            self.left[b] -= spend
        if self.c.required[i]:
            for b, least in enumerate(self.cheapest[i]):
                self.reserved[b] -= least

    def draft(self) -> Draft:
        """The schedule as it stands."""
        return Draft(tuple(self.start), tuple(self.mode), tuple(self.drawn))


def serial(
    c: Compiled, priority: Sequence[float], *, modes: Sequence[int] | None = None, floor: Sequence[int] | None = None
) -> Draft:
    """Serial schedule generation with several modes, optional activities and requirements.

    Parameters
    ----------
    priority : one number per activity; of those that may be placed, the smallest is placed next (ties: lower number).
    modes : mode of each activity (`OUT`: free); None lets every activity take the affordable mode that finishes first.
    floor : earliest start slot of each activity.

    Returns
    -------
    Draft. An activity is left out where nothing admits it, it cannot be paid for, or one it waits for is left out.
    """
    board = Board(c)
    n = len(c.works)
    waits = _Waits(c)
    heap = [(priority[i], i) for i in range(n) if waits.ready(i)]
    heapq.heapify(heap)
    while heap:
        _, i = heapq.heappop(heap)
        best: tuple[int, int, int, tuple[tuple[int, int], ...]] | None = None
        fixed = modes[i] if modes is not None else OUT
        at = floor[i] if floor is not None else 0
        for m in (fixed,) if fixed >= 0 else range(len(c.works[i])):
            work = c.works[i][m]
            if not board.affordable(i, work):
                continue
            found = board.earliest(i, m, at)
            if found is not None and (best is None or (found[0] + work.duration, work.cost) < best[:2]):
                best = (found[0] + work.duration, work.cost, m, found[1])
        if best is None:
            continue
        end, _, m, drawn = best
        board.place(i, m, end - c.works[i][m].duration, drawn)
        for j in waits.placed(i):
            heapq.heappush(heap, (priority[j], j))
    return board.draft()


class _Waits:
    """Which activities may be placed: all predecessors placed, and some option of every requirement satisfiable.

    Every activity counts what it still waits for: predecessors, and requirements of which no option has all its
    activities placed. Options that many activities share (those of one place) are counted once for all of them.
    """

    def __init__(self, c: Compiled) -> None:
        self.c = c
        self.missing = [len(p) for p in c.preds]
        self.sharing: dict[int, list[int]] = {}  # activities that need one of these options, by their identity
        self.opening: list[list[tuple[int, list[int]]]] = [[] for _ in c.works]  # identity, count of what is missing
        open_: set[int] = set()
        for i, needs in enumerate(c.needs):
            for r in needs:
                key = id(r.options)
                if key not in self.sharing and any(not o.after for o in r.options):
                    open_.add(key)
                elif key not in self.sharing:
                    for o in r.options:
                        count = [len(o.after)]
                        for a, _ in o.after:
                            self.opening[a].append((key, count))
                self.sharing.setdefault(key, []).append(i)
                self.missing[i] += key not in open_

    def ready(self, i: int) -> bool:
        return not self.missing[i] and bool(self.c.works[i])

    def placed(self, i: int) -> list[int]:
        """Mark as placed and return the activities that have become ready by it."""
        fewer = list(self.c.succs[i])
        for key, count in self.opening[i]:
            count[0] -= 1
            if not count[0]:
                fewer += self.sharing.pop(key, ())
        found = []
        for j in fewer:
            self.missing[j] -= 1
            if self.ready(j):
                found.append(j)
        return found


def _admitted(openings: list[list[tuple[int, int]]], t: int, d: int) -> int | None:
    """Smallest slot >= t at which every requirement has a window open for d slots, as far as each alone can tell."""
    for windows in openings:
        soonest = None
        for first, stop in windows:
            s = t if t > first else first
            if s + d <= stop and (soonest is None or s < soonest):
                soonest = s
        if soonest is None:
            return None
        t = soonest
    return t


def _in_ranges(ranges: tuple[tuple[int, int], ...], t: int) -> int | None:
    for a, b in ranges:
        if t <= b:
            return max(t, a)
    return None


def _cheapest(c: Compiled) -> list[list[int]]:
    """Least that each activity can spend of each budget."""
    table = []
    for works in c.works:
        spends = [dict(w.spends) for w in works]
        table.append([min((s.get(b, 0) for s in spends), default=0) for b in range(len(c.budgets))])
    return table
