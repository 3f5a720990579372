"""The working-day axis: dates to slots and back.

A slot is one working day of the site calendar, numbered from 0. Work in slots [s, e) begins on ``days[s]`` and ends on
``days[e - 1]``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from tetrapylon.errors import ValueRangeError
from tetrapylon.plan.problem import Calendar, Span


@dataclass(frozen=True, slots=True)
class Axis:
    """Working days in order."""

    days: tuple[date, ...]

    @classmethod
    def of(cls, first: date, last: date, calendar: Calendar) -> Axis:
        """Working days of ``calendar`` from ``first`` to ``last``, both included.

        Raises
        ------
        ValueRangeError : no working day lies between the two dates.
        """
        span = (last - first).days
        days = tuple(d for k in range(span + 1) if calendar.open_on(d := first + timedelta(days=k)))
        if not days:
            raise ValueRangeError(f"There is no working day from {first} to {last}.", hint="Check the site calendar.")
        return cls(days)

    def __len__(self) -> int:
        return len(self.days)

    def slot(self, day: date) -> int:
        """First slot on or after ``day``; the length of the axis where there is none."""
        return bisect_left(self.days, day)

    def slots(self, span: Span) -> tuple[int, int]:
        """Slots [a, b) inside a span; empty (a >= b) where the span holds no working day."""
        return bisect_left(self.days, span.first), bisect_right(self.days, span.last)

    def until(self, day: date) -> int:
        """Slot after the last working day on or before ``day``."""
        return bisect_right(self.days, day)

    def first_day(self, start: int) -> date:
        """Date on which work starting at a slot begins."""
        return self.days[min(start, len(self.days) - 1)]

    def last_day(self, start: int, end: int) -> date:
        """Last date of work in slots [start, end); for work without duration the date it happens on."""
        return self.days[max(start, end - 1)] if end > start else self.first_day(start)

    def open_slots(self, calendar: Calendar | None) -> list[bool]:
        """For every slot, whether a calendar is open on it."""
        if calendar is None:
            return [True] * len(self.days)
        return [calendar.open_on(d) for d in self.days]


def runs(flags: Sequence[bool] | np.ndarray[Any, np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Maximal runs [a, b) of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], np.asarray(flags, dtype=bool), [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
