"""A CP-SAT model with its variables by activity, and how a schedule is read from it and offered to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tetrapylon.errors import MissingExtra
from tetrapylon.plan.compiled import Compiled
from tetrapylon.plan.draft import OUT, Draft


def cp_model() -> Any:
    """The OR-Tools module.

    Raises
    ------
    MissingExtra : OR-Tools is not installed (extra ``solve``).
    """
    try:
        from ortools.sat.python import cp_model as module
    except ImportError as error:
        raise MissingExtra("solve", "Solving plans to a proven bound") from error
    return module


@dataclass(slots=True)
class Model:
    """A CP-SAT model and its variables, by activity; constants stand for what is fixed or left out."""

    c: Compiled
    cp: Any
    present: list[Any]
    start: list[Any]
    end: list[Any]
    mode: dict[int, dict[int, Any]] = field(default_factory=dict)
    interval: dict[tuple[int, int], Any] = field(default_factory=dict)
    whole: dict[int, Any] = field(default_factory=dict)
    draws: dict[tuple[int, int], list[tuple[tuple[int, ...], int, list[Any]]]] = field(default_factory=dict)
    hints: list[tuple[Any, Callable[[Draft, tuple[int, ...]], int]]] = field(default_factory=list)
    objective: Any = 0
    makespan: Any = None

    def draft(self, value: Callable[[Any], int], base: Draft | None) -> Draft:
        """The schedule in a solution; ``value`` evaluates a variable; activities not modelled come from ``base``."""
        n = len(self.c.works)
        starts, modes = ([OUT] * n, [OUT] * n) if base is None else (list(base.starts), list(base.modes))
        drawn: list[tuple[tuple[int, int], ...]] = [()] * n if base is None else list(base.drawn)
        for i, choices in self.mode.items():
            chosen = next((m for m, lit in choices.items() if value(lit)), OUT)
            modes[i] = chosen
            starts[i] = int(value(self.start[i])) if chosen >= 0 else OUT
            total: dict[int, int] = {}
            for pools, units, split in self.draws[i, chosen] if chosen >= 0 else ():
                amounts = [int(value(q)) for q in split] if split else [units]
                for p, q in zip(pools, amounts, strict=True):
                    if q:
                        total[p] = total.get(p, 0) + q
            drawn[i] = tuple(total.items())
        return Draft(tuple(starts), tuple(modes), tuple(drawn))

    def hint(self, draft: Draft) -> None:
        """Offer a schedule as the place to begin."""
        self.cp.clear_hints()
        ends = draft.ends(self.c)
        for i, choices in self.mode.items():
            if draft.modes[i] in choices:
                self.cp.add_hint(self.start[i], draft.starts[i])
                if len(choices) > 1:
                    self.cp.add_hint(self.end[i], ends[i])
            if len(choices) > 1 and not isinstance(self.present[i], int):
                self.cp.add_hint(self.present[i], draft.starts[i] >= 0)
            for m, lit in choices.items():
                if not isinstance(lit, int):
                    self.cp.add_hint(lit, m == draft.modes[i])
        for variable, value in self.hints:
            self.cp.add_hint(variable, value(draft, ends))
