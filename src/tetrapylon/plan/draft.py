"""A schedule in slots, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.plan.compiled import Compiled

OUT = -1
"""Start, mode and end of an activity that is left out."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Start slot, mode and draws of every activity. ``drawn[i]`` holds (pool, units) pairs."""

    starts: tuple[int, ...]
    modes: tuple[int, ...]
    drawn: tuple[tuple[tuple[int, int], ...], ...]

    def ends(self, c: Compiled) -> tuple[int, ...]:
        """End slot of every activity, `OUT` where left out."""
        return tuple(
            s + c.works[i][m].duration if s >= 0 else OUT
            for i, (s, m) in enumerate(zip(self.starts, self.modes, strict=True))
        )

    def complete(self, c: Compiled) -> bool:
        """Whether every required activity is planned."""
        return all(s >= 0 or not r for s, r in zip(self.starts, c.required, strict=True))


def score(c: Compiled, draft: Draft) -> int:
    """Score to be made small, in thousandths: cost of modes + day x makespan + disturbance - discounted value."""
    total = 0
    latest = 0
    for i, (s, m) in enumerate(zip(draft.starts, draft.modes, strict=True)):
        if s < 0:
            continue
        work = c.works[i][m]
        end = s + work.duration
        latest = max(latest, end)
        total += work.cost - c.gain(i, end)
        if c.pull and c.anchor[i] >= 0:
            total += c.pull * abs(s - c.anchor[i])
    return total + c.day * latest


def rank(c: Compiled, draft: Draft) -> tuple[int, int]:
    """Order of preference among drafts: first required activities missing, then `score`."""
    return sum(r and s < 0 for s, r in zip(draft.starts, c.required, strict=True)), score(c, draft)
