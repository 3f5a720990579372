"""Ways in: which ground must be authorised before a place can be worked at.

A requirement of an activity is met by any one of its options. An option is a window of slots plus activities whose end
the option waits for; one that waits for an assumed release is a HOLD. Gates give options directly; a place on the route
graph gives one option for every chain of corridors that is not dominated by another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tetrapylon.plan.axis import Axis
from tetrapylon.plan.problem import Gate, RouteGraph

MOST_OPTIONS = 12
"""Options kept per place. Dropping some can only hide a way in, never open one."""


@dataclass(frozen=True, slots=True)
class Option:
    """Work in slots [s, e) is admitted when first <= s, e <= stop and s >= end(a) + lag for every (a, lag) of after.

    ``hold`` says that it relies on a release that is only assumed; ``because`` names what authorises; ``through`` the
    gates passed. ``waits`` has the bit of every activity in ``after``.
    """

    first: int
    stop: int
    after: tuple[tuple[int, int], ...] = ()
    hold: bool = False
    because: str = ""
    through: tuple[str, ...] = ()
    waits: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        waits = 0
        for activity, _ in self.after:
            waits |= 1 << activity
        object.__setattr__(self, "waits", waits)

    def admits(self, start: int, end: int, ends: Sequence[int]) -> bool:
        """Whether work in [start, end) is admitted, given the end of every activity (below 0: not planned)."""
        if start < self.first or end > self.stop:
            return False
        return all(ends[a] >= 0 and start >= ends[a] + lag for a, lag in self.after)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something an activity needs all the time; ``kind`` is "gate", "consent", "hold" or "corridor"."""

    kind: str
    name: str
    options: tuple[Option, ...]


def gate_options(gate: Gate, axis: Axis, number: Mapping[str, int]) -> tuple[Option, ...]:
    """Options under which a gate holds: authorisations first, then assumed releases."""
    found = []
    for a in gate.authorised:
        first, stop = axis.slots(a.span)
        if first < stop:
            found.append(Option(first, stop, because=f"{a.decision} ({a.by}, until {a.span.last})", through=(gate.id,)))
    for r in gate.assumed:
        first, stop = axis.slots(r.span) if r.span else (0, len(axis))
        if first < stop:
            after = tuple(sorted((number[a], r.lag.likely) for a in r.after))
            note = f": {r.note}" if r.note else ""
            because = f"assumed release of {gate.id} after {', '.join(r.after) or 'no activity'}{note}"
            found.append(Option(first, stop, after, True, because, (gate.id,)))
    return tuple(found)


def place_options(
    routes: RouteGraph, options: Mapping[str, tuple[Option, ...]], length: int
) -> dict[str, tuple[Option, ...]]:
    """Options under which each node can be reached and left, from options of the corridors' gates.

    Label-correcting search from the entries: a label joins the options along a chain of corridors; a label is dropped
    when another at the same node is open at least as long, waits for no more and holds no more.

    Parameters
    ----------
    options : gate id to its options.
    length : number of slots on the axis.
    """
    ways: dict[str, list[tuple[str, str]]] = {}
    for c in routes.corridors:
        for a, b in (c.ends, c.ends[::-1]):
            ways.setdefault(a, []).append((b, c.gate))
    labels: dict[str, list[Option]] = {n: [Option(0, length, because="at an entry")] for n in routes.entries}
    fresh = {n: list(found) for n, found in labels.items()}  # labels not yet carried on to the neighbours
    queue = deque(sorted(routes.entries))
    while queue:
        node = queue.popleft()
        news = [o for o in fresh.pop(node, ()) if any(o is kept for kept in labels[node])]
        for other, gate in ways.get(node, ()):
            here = labels.setdefault(other, [])
            before = {id(o) for o in here}
            for label in news:
                for option in options[gate]:
                    joined = join(label, option)
                    if joined is not None:
                        _insert(here, joined)
            here.sort(key=lambda o: (o.hold, len(o.after), o.first, -o.stop, o.after))
            del here[MOST_OPTIONS:]
            added = [o for o in here if id(o) not in before]
            if added:
                fresh.setdefault(other, []).extend(added)
                if other not in queue:
                    queue.append(other)
    return {node: tuple(found) for node, found in labels.items()}


def join(a: Option, b: Option) -> Option | None:
    """The option of needing both, or None where their windows do not meet."""
    first, stop = max(a.first, b.first), min(a.stop, b.stop)
    if first >= stop:
        return None
    lags = dict(a.after)
    for activity, lag in b.after:
        lags[activity] = max(lag, lags.get(activity, 0))
    through = a.through + tuple(g for g in b.through if g not in a.through)
    because = b.because if not a.through else a.because if through == a.through else f"{a.because}; {b.because}"
    return Option(first, stop, tuple(sorted(lags.items())), a.hold or b.hold, because, through)


def dominates(a: Option, b: Option) -> bool:
    """Whether ``a`` admits whatever ``b`` admits, without holding where ``b`` does not."""
    if a.waits & ~b.waits or a.first > b.first or a.stop < b.stop or (a.hold and not b.hold):
        return False
    lags = dict(b.after)
    return all(lag <= lags[activity] for activity, lag in a.after)


def _insert(labels: list[Option], new: Option) -> None:
    if any(dominates(old, new) for old in labels):
        return
    labels[:] = [old for old in labels if not dominates(new, old)]
    labels.append(new)
