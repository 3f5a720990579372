"""What the plan promises: chances of milestones over sampled durations and delays of Decisions.

Each scenario draws every duration and every lag of an assumed release from a triangular distribution (low, likely,
high) and carries the plan out as it stands: same modes, same teams, and whoever handed a team to whom still does;
nothing is decided anew. Work waits for calendars and openings; work that finds its authorisation run out, or the dates
of the plan, is not done, nor what follows it. The chances are conditional on every assumed release being made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tetrapylon.errors import ValueRangeError
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import Draft
from tetrapylon.plan.neighbourhood import flow_links
from tetrapylon.plan.timetable import relied_on

Array = np.ndarray[Any, np.dtype[Any]]
_NEVER = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class MilestoneChance:
    """A milestone over the scenarios.

    ``chance`` of all its activities finished by ``by`` (None without a date), with a 95 % Wilson interval for the
    number of samples; ``reached`` the share finished at all; dates of the quantiles 0.1, 0.5, 0.8 and 0.9, None where
    that share of scenarios does not reach it.
    """

    milestone: str
    by: date | None
    chance: float | None
    interval: tuple[float, float] | None
    reached: float
    quantiles: tuple[date | None, date | None, date | None, date | None]


QUANTILES = (0.1, 0.5, 0.8, 0.9)


def chances(c: Compiled, draft: Draft, *, samples: int = 1000, seed: int = 0) -> tuple[MilestoneChance, ...]:
    """Chance of every milestone of the problem.

    Raises
    ------
    ValueRangeError : fewer than one sample.
    """
    ends = simulate(c, draft, samples=samples, seed=seed)
    found = []
    for m in c.problem.milestones:
        finish = ends[[c.number[a] for a in m.activities]].max(axis=0) if m.activities else np.zeros(samples, np.int64)
        chance = interval = None
        if m.by is not None:
            made = int((finish <= c.axis.until(m.by)).sum())
            chance, interval = made / samples, wilson(made, samples)
        ordered = np.sort(finish)
        at = [int(ordered[min(int(np.ceil(q * samples)) - 1, samples - 1)]) for q in QUANTILES]
        days = tuple(c.axis.last_day(0, e) if e < _NEVER else None for e in at)
        found.append(
            MilestoneChance(
                m.id, m.by, chance, interval, float((finish < _NEVER).mean()), (days[0], days[1], days[2], days[3])
            )
        )
    return tuple(found)


def simulate(c: Compiled, draft: Draft, *, samples: int, seed: int = 0) -> Array:
    """End slot of every activity in every scenario, (activity, sample) int64; huge where it is not done."""
    if samples < 1:
        raise ValueRangeError("Scenarios need at least one sample.")
    rng = np.random.default_rng(seed)
    planned = [i for i in range(len(c.works)) if draft.starts[i] >= 0]
    ends = np.full((len(c.works), samples), _NEVER, np.int64)
    before: dict[int, set[int]] = {i: set(c.preds[i]) for i in planned}
    for a, b in flow_links(c, draft, set(planned)) | _kept_apart(c, draft):
        before[b].add(a)
    lags = _lags(c, rng, samples)
    planned_ends = draft.ends(c)
    order = {i: k for k, i in enumerate(c.order)}
    for i in sorted(planned, key=lambda i: (draft.starts[i], planned_ends[i], order[i])):
        duration = _durations(c, draft, i, rng, samples)
        begin = np.zeros(samples, np.int64)
        stop = np.full(samples, c.horizon, np.int64)
        for p in before[i]:
            begin = np.maximum(begin, ends[p])
        for option in relied_on(c, draft, i):
            begin = np.maximum(begin, option.first)
            stop = np.minimum(stop, option.stop)
            for a, likely in option.after:
                begin = np.maximum(begin, ends[a] + _delay(lags, option.through, a, likely))
        begin = _next_run(_open(c, draft, i), begin, duration)
        done = (begin < _NEVER) & (begin + duration <= stop)
        ends[i] = np.where(done, begin + duration, _NEVER)
    return ends


def wilson(hits: int, samples: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927, JASA 22, 209-212)."""
    z = 1.959963984540054
    p = hits / samples
    middle = p + z * z / (2 * samples)
    half = z * float(np.sqrt(p * (1 - p) / samples + z * z / (4 * samples * samples)))
    scale = 1 + z * z / samples
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def _triangular(rng: np.random.Generator, low: int, likely: int, high: int, samples: int) -> Array:
    if low == high:
        return np.full(samples, low, np.int64)
    return np.rint(rng.triangular(low, likely, high, samples)).astype(np.int64)


def _durations(c: Compiled, draft: Draft, i: int, rng: np.random.Generator, samples: int) -> Array:
    work = c.works[i][draft.modes[i]]
    declared = next(m.duration for m in c.problem.activities[i].modes if m.id == work.id)
    if work.duration != declared.likely:  # history, or a remaining time stated today: known
        return np.full(samples, work.duration, np.int64)
    return _triangular(rng, declared.low, declared.likely, declared.high, samples)


Lags = dict[tuple[str, int], dict[int, Array]]


def _lags(c: Compiled, rng: np.random.Generator, samples: int) -> Lags:
    """One draw per release and scenario: by (gate, activity waited for), then by the likely lag."""
    found: Lags = {}
    for gate in c.problem.gates:
        for release in gate.assumed:
            lag = _triangular(rng, release.lag.low, release.lag.likely, release.lag.high, samples)
            for a in release.after:
                found.setdefault((gate.id, c.number[a]), {})[release.lag.likely] = lag
    return found


def _delay(lags: Lags, gates: tuple[str, ...], a: int, likely: int) -> Array:
    """Longest delay after activity a among the releases of these gates that the option with this lag relies on."""
    drawn = []
    for g in gates:
        fitting = [known for known in lags.get((g, a), {}) if known <= likely]
        if fitting:
            drawn.append(lags[g, a][max(fitting)])
    return np.max(drawn, axis=0)  # type: ignore[no-any-return]


def _kept_apart(c: Compiled, draft: Draft) -> set[tuple[int, int]]:
    ends = draft.ends(c)
    return {
        (i, j)
        for (i, m), others in c.apart.items()
        for j, k in others
        if draft.modes[i] == m and draft.modes[j] == k and ends[i] <= draft.starts[j]
    }


def _open(c: Compiled, draft: Draft, i: int) -> Array:
    """Slots on which the activity's season and the pools it draws on are open, from its earliest date on."""
    activity = c.problem.activities[i]
    open_ = np.array(c.axis.open_slots(activity.season), dtype=bool)
    if activity.earliest is not None:
        open_[: c.axis.slot(activity.earliest)] = False
    for p, _ in draft.drawn[i]:
        for a, b in c.pools[p].closed:
            open_[a:b] = False
    pinned = c.works[i][draft.modes[i]].starts
    if pinned[0][0] == pinned[-1][1]:
        open_[: pinned[0][0]] = False
    return open_


def _next_run(open_: Array, begin: Array, duration: Array) -> Array:
    """Earliest start >= begin of ``duration`` open slots in a row; huge where there is none."""
    length = len(open_)
    next_open = np.full(length + 1, length, np.int64)
    run_end = np.full(length + 1, length, np.int64)
    for s in range(length - 1, -1, -1):
        next_open[s] = s if open_[s] else next_open[s + 1]
        run_end[s] = (run_end[s + 1] if s + 1 < length and open_[s + 1] else s + 1) if open_[s] else s
    t = np.where(begin < length, begin, length)
    while True:
        t = next_open[t]
        short = (t < length) & (t + duration > run_end[t])
        if not short.any():
            break
        t = np.where(short, run_end[t], t)
    return np.where((begin < length) & (t < length), t, _NEVER)
