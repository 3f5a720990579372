"""Work on ground that a change of control came after: whoever took the ground may have laid items since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tetrapylon.model import Occurrence
from tetrapylon.model.terms import OccurrenceKind
from tetrapylon.record.view import View


@dataclass(frozen=True)
class Lapses:
    """Changes of control of a view: the last day each may have been, and its name."""

    changes: tuple[tuple[dt.date, str], ...]

    def since(self, start: dt.date) -> str | None:
        """Why work that began on a day no longer speaks for its ground; None where it does.

        Work that began before the last day of a change may lie before it, wholly or in part.
        """
        later = [name for day, name in self.changes if day >= start]
        return f"control changed since ({later[-1]}), and what was laid later it could not find" if later else None


def lapses(view: View) -> Lapses:
    """Changes of control that may have been by the day of the view; by day, then name."""
    changes = [
        ((c.body.end or c.body.start).latest, c.name)
        for c in view.resolved(Occurrence, ever=True)
        if c.body.kind is OccurrenceKind.CHANGE_OF_CONTROL and c.body.start.earliest <= view.day
    ]
    return Lapses(tuple(sorted(changes)))
