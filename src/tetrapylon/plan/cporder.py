"""What comes before what in the CP-SAT model: precedences, and the ways by which a place may be reached or entered.

In a model of a part of the plan the fixed activities are folded into the ways, so that few literals are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tetrapylon.plan.access import Option
from tetrapylon.plan.cpmodel import Model
from tetrapylon.plan.draft import Draft


def precedences(model: Model, links: Iterable[tuple[int, int]]) -> None:
    """Precedences of the problem that touch what is free, and further ones (before, after)."""
    c = model.c
    free = {(p, i) for i in model.mode for p in c.preds[i]} | {(i, s) for i in model.mode for s in c.succs[i]}
    for p, i in sorted(free | {(p, i) for p, i in links if p in model.mode or i in model.mode}):
        _after(model, model.start[i], p, 0, model.present[i])


class _Way(NamedTuple):
    """An option as the fixed activities leave it: ``after`` names free activities only."""

    first: int
    stop: int
    after: tuple[tuple[int, int], ...]


def _ways(model: Model, options: Iterable[Option]) -> tuple[_Way, ...]:
    """Options that can still be, without those that another is never later and never shorter than."""
    found = []
    for o in options:
        first, after = o.first, []
        for a, lag in o.after:
            if a in model.mode:
                after.append((a, lag))
            elif model.present[a]:
                first = max(first, model.end[a] + lag)
            else:
                break
        else:
            if first <= o.stop:
                found.append(_Way(first, o.stop, tuple(after)))
    kept: list[_Way] = []
    for w in sorted(found, key=lambda w: (len(w.after), w.first, -w.stop)):
        if not any(v.first <= w.first and v.stop >= w.stop and {*v.after} <= {*w.after} for v in kept):
            kept.append(w)
    return tuple(kept)


def requirements(model: Model) -> None:
    """One option of every requirement. Openings that never close again are decided once for all who need them."""
    c, cp, horizon = model.c, model.cp, model.c.horizon
    free = sum(1 << i for i in model.mode)
    ways: dict[int, tuple[_Way, ...]] = {}
    opened: dict[tuple[_Way, ...], tuple[Any, list[Any]]] = {}
    waiting = {i for a in model.mode for i in c.opens[a]}
    for i in sorted(model.mode.keys() | waiting):
        present, start, end = model.present[i], model.start[i], model.end[i]
        if _constant(present) and not present:
            continue
        for r in c.needs[i]:
            if i not in model.mode and not any(o.waits & free for o in r.options):
                continue
            if id(r.options) not in ways:
                ways[id(r.options)] = _ways(model, r.options)
            left = ways[id(r.options)]
            if i not in model.mode and any(not w.after and w.first <= start and end <= w.stop for w in left):
                continue
            if len(left) == 1:
                _admit(model, start, end, left[0], present)
                continue
            if left and all(w.stop == horizon for w in left):
                if left not in opened:
                    since = cp.new_int_var(0, horizon, f"o{len(opened)}")
                    chosen = _choice(model, since, since, left)
                    opened[left] = since, chosen
                    model.hints.append((since, _opening_hint(left, horizon)))
                since, chosen = opened[left]
                added = cp.add(start >= since)
                if not _constant(present):
                    added.only_enforce_if(present)
            else:
                chosen = _choice(model, start, end, left)
            cp.add_bool_or([*chosen, 0 if _constant(present) else ~present])


def _choice(model: Model, start: Any, end: Any, ways: tuple[_Way, ...]) -> list[Any]:
    """A literal per way, each admitting [start, end)."""
    chosen = []
    for way in ways:
        lit = model.cp.new_bool_var("")
        _admit(model, start, end, way, lit)
        chosen.append(lit)
    return chosen


def _admit(model: Model, start: Any, end: Any, way: _Way, literal: Any) -> None:
    for constraint in (start >= way.first, end <= way.stop):
        if constraint is not True:
            added = model.cp.add(constraint)
            if not _constant(literal):
                added.only_enforce_if(literal)
    for a, lag in way.after:
        _after(model, start, a, lag, literal)


def _opening_hint(ways: tuple[_Way, ...], horizon: int) -> Callable[[Draft, tuple[int, ...]], int]:
    def earliest(_: Draft, ends: tuple[int, ...]) -> int:
        known = [w for w in ways if all(ends[a] >= 0 for a, _ in w.after)]
        return min((max([w.first, *(ends[a] + lag for a, lag in w.after)]) for w in known), default=horizon)

    return earliest


def _after(model: Model, start: Any, p: int, lag: int, literal: Any) -> None:
    """``start`` is at least ``lag`` slots after the end of p, which is planned, wherever the literal holds."""
    cp = model.cp
    if _constant(literal) and not literal:
        return
    constraint = start >= model.end[p] + lag
    if constraint is not True:
        added = cp.add(constraint)
        if not _constant(literal):
            added.only_enforce_if(literal)
    present = model.present[p]
    if _constant(present):
        if not present:
            cp.add_bool_or([0 if _constant(literal) else ~literal])
    elif _constant(literal):
        cp.add_bool_or([present])
    else:
        cp.add_implication(literal, present)


def _constant(x: Any) -> bool:
    return isinstance(x, int)
