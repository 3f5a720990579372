"""The plan as people read it: dates, teams, what it assumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tetrapylon.plan.access import Option
from tetrapylon.plan.compiled import SCALE, Compiled
from tetrapylon.plan.draft import Draft


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity in the plan.

    ``first`` and ``last`` are None where it is left out. ``teams`` are (team, units). ``holds`` says which releases it
    assumes itself, ``holds_through`` names the activities before it that assume one: either way it is a HOLD until the
    Decisions exist. ``value`` is its discounted worth, in the unit of the weights.
    """

    activity: str
    mode: str | None = None
    method: str | None = None
    first: date | None = None
    last: date | None = None
    teams: tuple[tuple[str, int], ...] = ()
    holds: tuple[str, ...] = ()
    holds_through: tuple[str, ...] = ()
    value: float = 0.0

    @property
    def planned(self) -> bool:
        """Whether the activity has a place in the plan."""
        return self.first is not None

    @property
    def hold(self) -> bool:
        """Whether it must print HOLD."""
        return bool(self.holds or self.holds_through)


def timetable(c: Compiled, draft: Draft) -> tuple[Entry, ...]:
    """Every activity with its dates, teams and holds, in the order of the problem."""
    ends = draft.ends(c)
    teams = assign(c, draft)
    own: dict[int, tuple[str, ...]] = {}
    waited: dict[int, set[int]] = {}
    for i in range(len(c.works)):
        if draft.starts[i] >= 0:
            chosen = relied_on(c, draft, i)
            own[i] = tuple(o.because for o in chosen if o.hold)
            waited[i] = {*c.preds[i], *(a for o in chosen for a, _ in o.after)}
    tainted: dict[int, set[int]] = {}
    for i in sorted(own, key=lambda i: (draft.starts[i], ends[i], c.order.index(i))):
        tainted[i] = {a for p in waited[i] for a in ({p} if own.get(p) else set()) | tainted.get(p, set())}
    entries = []
    for i, activity in enumerate(c.problem.activities):
        if draft.starts[i] < 0:
            entries.append(Entry(activity.id))
            continue
        work = c.works[i][draft.modes[i]]
        entries.append(
            Entry(
                activity=activity.id,
                mode=work.id,
                method=work.method,
                first=c.axis.first_day(draft.starts[i]),
                last=c.axis.last_day(draft.starts[i], ends[i]),
                teams=teams[i],
                holds=own[i],
                holds_through=tuple(c.problem.activities[a].id for a in sorted(tainted[i])),
                value=c.gain(i, ends[i]) / SCALE,
            )
        )
    return tuple(entries)


def relied_on(c: Compiled, draft: Draft, i: int) -> tuple[Option, ...]:
    """For each requirement of a planned activity the option it relies on; one without a hold where there is any."""
    ends = draft.ends(c)
    chosen = []
    for r in c.needs[i]:
        open_ = [o for o in r.options if o.admits(draft.starts[i], ends[i], ends)]
        chosen.append(min(open_, key=lambda o: (o.hold, len(o.after))))
    return tuple(chosen)


def assign(c: Compiled, draft: Draft) -> Mapping[int, tuple[tuple[str, int], ...]]:
    """Named teams for every planned activity: units of each pool handed out in the order of starts, few teams each."""
    ends = draft.ends(c)
    free_from = [[(name, 0) for name, size in pool.teams for _ in range(size)] for pool in c.pools]
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for i in sorted(range(len(c.works)), key=lambda i: (draft.starts[i], ends[i])):
        if draft.starts[i] < 0:
            continue
        given: dict[str, int] = {}
        for p, units in draft.drawn[i] if ends[i] > draft.starts[i] else ():
            units_of = free_from[p]
            ready = [k for k, (_, t) in enumerate(units_of) if t <= draft.starts[i]]
            count: dict[str, int] = {}
            for k in ready:
                count[units_of[k][0]] = count.get(units_of[k][0], 0) + 1
            # a team that fits snugly first, then the largest, so that crews stay together
            ready.sort(
                key=lambda k: (count[units_of[k][0]] < units, abs(count[units_of[k][0]] - units), units_of[k][0], k)
            )
            for k in ready[:units]:
                name = units_of[k][0]
                units_of[k] = (name, ends[i])
                given[name] = given.get(name, 0) + 1
        found[i] = tuple(sorted(given.items()))
    return found
