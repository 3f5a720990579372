"""Plan again from progress, disturbing what was agreed as little as it pays.

What has happened stands: finished work keeps its dates, work under way its start and team; nothing else starts before
today. The earlier plan is the starting schedule, and every working day an activity moves from it costs
``Weights.disturbance``. Activities are matched by id, so the problem may have gained and lost some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.plan.access import Option, Requirement
from tetrapylon.plan.compiled import SCALE, Compiled, Work, compile_problem, transpose
from tetrapylon.plan.draft import OUT
from tetrapylon.plan.problem import Problem
from tetrapylon.plan.serial import serial
from tetrapylon.plan.solve import Solution, solve
from tetrapylon.plan.timetable import Entry, timetable


@dataclass(frozen=True, slots=True)
class Progress:
    """What has happened to an activity. ``remaining`` working days from today, None: as planned from its start."""

    activity: str
    started: date
    finished: date | None = None
    mode: str | None = None
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """How an activity's start and mode differ from the earlier plan; None where not planned."""

    activity: str
    before: date | None
    now: date | None
    mode_before: str | None
    mode_now: str | None


def replan(
    problem: Problem, previous: Sequence[Entry], happened: Sequence[Progress], *, today: date, **options: Any
) -> tuple[Solution, tuple[Move, ...]]:
    """A new plan and what moved.

    Parameters
    ----------
    problem : as it is known today; ``first`` no later than the first start in ``happened``.
    previous : the earlier plan (`tetrapylon.plan.timetable.timetable`).
    happened : started and finished activities.
    today : nothing new starts before it.
    options : passed to `tetrapylon.plan.solve.solve`.

    Raises
    ------
    VocabularyError : progress on an unknown activity or mode. ValueRangeError : dates that cannot be.
    """
    c = pinned(compile_problem(problem), previous, happened, today=today)
    modes = {e.activity: e.mode for e in previous if e.planned}
    kept = [
        next((m for m, w in enumerate(works) if w.id == modes.get(a.id)), OUT)
        for a, works in zip(problem.activities, c.works, strict=True)
    ]
    order = [s if s >= 0 else c.horizon for s in c.anchor]
    shifted = serial(c, order, modes=kept, floor=[max(s, 0) for s in c.anchor])
    solution = solve(c, start=shifted, **options)
    if solution.draft is None:
        return solution, ()
    return solution, moves(previous, timetable(c, solution.draft))


def pinned(c: Compiled, previous: Sequence[Entry], progress: Sequence[Progress], *, today: date) -> Compiled:
    """The compiled problem with history fixed, the future from today on, and the earlier plan as anchor."""
    now = c.axis.slot(today)
    history = {}
    for p in progress:
        if p.activity not in c.number:
            raise VocabularyError(p.activity, "activity of the plan", c.number)
        if p.started > today or p.started < c.problem.first or (p.finished and not p.started <= p.finished <= today):
            raise ValueRangeError(
                f"Progress of {p.activity}: dates outside {c.problem.first} to {today} or out of order."
            )
        history[c.number[p.activity]] = p
    before = {e.activity: e for e in previous if e.planned}
    n = len(c.works)
    works: list[tuple[Work, ...]] = []
    new_mode: dict[tuple[int, int], tuple[int, int]] = {}
    impossible = list(c.impossible)
    for i, activity in enumerate(c.problem.activities):
        if i in history:
            entry = before.get(activity.id)
            work = _history(c, i, history[i], entry.mode if entry else None, now)
            works.append((work,))
            new_mode |= {(i, m): (i, 0) for m, w in enumerate(c.works[i]) if w.id == work.id}
            impossible[i] = None
            continue
        future: list[Work] = []
        for m, w in enumerate(c.works[i]):
            starts = tuple((max(a, now), b) for a, b in w.starts if b >= now)
            if starts:
                new_mode[i, m] = (i, len(future))
                future.append(replace(w, starts=starts))
        works.append(tuple(future))
        if not future and impossible[i] is None:
            impossible[i] = f"date: no time left for it from {today} on"
    apart = {
        new_mode[key]: left
        for key, others in c.apart.items()
        if key in new_mode
        and (
            left := tuple(new_mode[o] for o in others if o in new_mode and not (key[0] in history and o[0] in history))
        )
    }
    preds = tuple(() if i in history else c.preds[i] for i in range(n))
    entries = [before.get(a.id) for a in c.problem.activities]
    return replace(
        c,
        works=tuple(works),
        preds=preds,
        succs=transpose(preds),
        needs=tuple(_unreleased(c, i, history[i], works[i][0], now) if i in history else c.needs[i] for i in range(n)),
        impossible=tuple(impossible),
        required=tuple(r or i in history for i, r in enumerate(c.required)),
        apart=apart,
        anchor=tuple(c.axis.slot(e.first) if e is not None and e.first is not None else OUT for e in entries),
        pull=round(SCALE * c.problem.weights.disturbance),
    )


def _history(c: Compiled, i: int, p: Progress, planned: str | None, now: int) -> Work:
    """The one mode an activity with history has left: when it was, and the team it still keeps busy."""
    declared = {m.id: m for m in c.problem.activities[i].modes}
    if p.mode is not None and p.mode not in declared:
        raise VocabularyError(p.mode, f"mode of {p.activity}", declared)
    mode = declared[p.mode or (planned if planned in declared else next(iter(declared)))]
    work = next((w for w in c.works[i] if w.id == mode.id), None)
    start = c.axis.slot(p.started)
    if p.finished is not None:
        end = c.axis.until(p.finished)
    elif p.remaining is not None:
        end = now + p.remaining
    else:
        end = max(start + mode.duration.likely, now + 1)
    return Work(
        id=mode.id,
        method=mode.method or c.problem.activities[i].kind,
        duration=max(end - start, 0),
        draws=work.draws if work is not None and p.finished is None else (),
        spends=work.spends if work is not None else (),
        cost=work.cost if work is not None else 0,
        starts=((start, start),),
    )


def _unreleased(c: Compiled, i: int, p: Progress, work: Work, now: int) -> tuple[Requirement, ...]:
    """What work that has begun and goes on still needs and no Decision gives: it stands where it is, as a HOLD."""
    if p.finished is not None:
        return ()
    end = work.starts[0][0] + work.duration
    told = "no Decision in force for the rest of work that has begun"
    return tuple(
        Requirement(r.kind, r.name, (Option(0, max(end, c.horizon), hold=True, because=f"{r.name}: {told}"),))
        for r in c.needs[i]
        if not any(not o.hold and not o.after and o.first <= now and end <= o.stop for o in r.options)
    )


def moves(previous: Sequence[Entry], now: Sequence[Entry]) -> tuple[Move, ...]:
    """Activities whose first day or mode differs, in the order of the new plan, then those gone from it."""
    nothing = Entry("")
    old, new = {e.activity: e for e in previous}, {e.activity: e for e in now}
    pairs = [(a, old.get(a, nothing), new.get(a, nothing)) for a in dict.fromkeys([*new, *old])]
    return tuple(
        Move(a, x.first, y.first, x.mode, y.mode) for a, x, y in pairs if (x.first, x.mode) != (y.first, y.mode)
    )
