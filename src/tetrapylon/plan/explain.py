"""Why each activity stands where it stands: what keeps it from starting a day earlier, or out of the plan."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.plan.compiled import Compiled, Work
from tetrapylon.plan.draft import Draft
from tetrapylon.plan.serial import Board
from tetrapylon.plan.timetable import relied_on


@dataclass(frozen=True, slots=True)
class Reason:
    """``kind``: after, gate, consent, hold, corridor, team, season, date, separation, budget, value or choice."""

    kind: str
    text: str


def explain(c: Compiled, draft: Draft) -> tuple[tuple[Reason, ...], ...]:
    """Reasons for every activity, in the order of the problem.

    Of a planned activity: everything that forbids the same mode one working day earlier with all else as planned;
    "choice" where nothing does. Of one left out: the first thing that keeps it out.
    """
    board = Board(c)
    for i, s in enumerate(draft.starts):
        if s >= 0:
            board.place(i, draft.modes[i], s, draft.drawn[i])
    return tuple(
        _why_not_earlier(c, draft, board, i) if draft.starts[i] >= 0 else (_why_out(c, draft, board, i),)
        for i in range(len(c.works))
    )


def _why_not_earlier(c: Compiled, draft: Draft, board: Board, i: int) -> tuple[Reason, ...]:
    name = [a.id for a in c.problem.activities]
    work = c.works[i][draft.modes[i]]
    t = draft.starts[i] - 1
    d = work.duration
    if t < 0:
        return (Reason("date", f"starts on the first day of the plan, {c.axis.days[0]}"),)
    found = [Reason("after", f"follows {name[p]}") for p in c.preds[i] if board.end[p] > t]
    ends = draft.ends(c)
    for r, relied in zip(c.needs[i], relied_on(c, draft, i), strict=True):
        if not any(o.admits(t, t + d, ends) for o in r.options):
            where = f"way in to {r.name}" if r.kind == "corridor" else r.name
            found.append(Reason(r.kind, f"{where} is open from {c.axis.days[t + 1]}: {relied.because}"))
    if not any(a <= t <= b for a, b in work.starts):
        found += _calendar_reasons(c, i, work, t) or ([] if found else _from_today(c, work, t))
    for p, units in draft.drawn[i] if d else ():
        short = [s for s in range(t, t + d) if board.free[p][s] + (units if s > t else 0) < units]
        if short and not any(a <= s < b for s in short for a, b in c.pools[p].closed):
            busy = [
                name[j]
                for j in range(len(c.works))
                if j != i and draft.starts[j] <= short[0] < ends[j] and any(q == p for q, _ in draft.drawn[j])
            ]
            teams = ", ".join(team for team, _ in c.pools[p].teams)
            found.append(Reason("team", f"{teams}: busy until then with {', '.join(busy)}"))
    for j, k in c.apart.get((i, draft.modes[i]), ()):
        if draft.modes[j] == k and draft.starts[j] < t + d and t < ends[j]:
            found.append(Reason("separation", f"too near {name[j]} while that runs"))
    return tuple(found) or (Reason("choice", "nothing forces this date; the whole plan scores no worse for it"),)


def _calendar_reasons(c: Compiled, i: int, work: Work, t: int) -> list[Reason]:
    activity = c.problem.activities[i]
    days = c.axis.days
    if activity.earliest is not None and days[t] < activity.earliest:
        return [Reason("date", f"not before {activity.earliest}")]
    window = range(t, min(t + max(work.duration, 1), c.horizon))
    if activity.season is not None and not all(activity.season.open_on(days[s]) for s in window):
        return [Reason("season", f"outside its season before {days[t + 1]}")]
    for pools, _ in work.draws:
        if len(pools) == 1 and any(a <= s < b for s in window for a, b in c.pools[pools[0]].closed):
            teams = ", ".join(team for team, _ in c.pools[pools[0]].teams)
            return [Reason("season", f"calendar of {teams} closed before {days[t + 1]}")]
    return []  # a requirement's window: named by the requirement itself


def _from_today(c: Compiled, work: Work, t: int) -> list[Reason]:
    """In a plan made again: history, and today."""
    if not c.anchor:
        return []
    if work.starts == ((t + 1, t + 1),):
        return [Reason("date", "has begun, or has only this day left")]
    return [Reason("date", f"nothing new starts before {c.axis.days[t + 1]}")]


def _why_out(c: Compiled, draft: Draft, board: Board, i: int) -> Reason:
    name = [a.id for a in c.problem.activities]
    why = c.impossible[i]
    if why is not None:
        kind, _, text = why.partition(": ")
        word = kind.split()[0]
        return Reason(word if word in {"gate", "consent", "hold", "corridor", "team"} else "season", text or why)
    for p in c.preds[i]:
        if draft.starts[p] < 0:
            return Reason("after", f"{name[p]} is left out")
    for r in c.needs[i]:
        if not any(all(draft.starts[a] >= 0 for a, _ in o.after) for o in r.options):
            waits = sorted({name[a] for o in r.options for a, _ in o.after if draft.starts[a] < 0})
            return Reason(r.kind, f"{r.name} waits for {', '.join(waits)}, left out")
    budgets = c.problem.budgets
    paid = [m for m, w in enumerate(c.works[i]) if board.affordable(i, w)]
    if not paid:
        short = next(b for w in c.works[i] for b, spend in w.spends if board.left[b] < spend)
        return Reason("budget", f"{budgets[short].id} has {board.left[short]} left")
    if all(board.earliest(i, m) is None for m in paid):
        return Reason("date", f"no room for it until {c.axis.days[-1]} beside what is planned")
    return Reason("value", "costs more than it is worth by the weights, or than what it would displace")
