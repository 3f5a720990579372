"""When each gate first holds in a plan, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tetrapylon.plan.access import gate_options
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import Draft


@dataclass(frozen=True, slots=True)
class Opening:
    """``first`` day on which a gate holds, None: never in this plan; ``hold``: only by an assumed release."""

    first: date | None
    hold: bool
    because: str


def openings(c: Compiled, draft: Draft) -> Mapping[str, Opening]:
    """The first opening of every gate, by its id; of two on one day the one that assumes nothing."""
    ends = draft.ends(c)
    found = {}
    for gate in c.problem.gates:
        options = []
        for o in gate_options(gate, c.axis, c.number):
            if all(ends[a] >= 0 for a, _ in o.after):
                first = max([o.first, *(ends[a] + lag for a, lag in o.after)])
                if first < o.stop:
                    options.append((first, o.hold, o.because))
        if options:
            first, hold, because = min(options)
            found[gate.id] = Opening(c.axis.first_day(first), hold, because)
        else:
            found[gate.id] = Opening(None, True, "no Decision in force, and nothing in this plan leads to one")
    return found
