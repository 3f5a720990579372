"""Facts dated after the source that is said to carry them: worth a look, never an error."""

from __future__ import annotations

from collections.abc import Callable

from tetrapylon.errors import Problem
from tetrapylon.formats.problems import Problems
from tetrapylon.formats.row import Row
from tetrapylon.model import Entity, Precision, When, parse_date

AHEAD = frozenset({"source", "party", "mandate", "decision", "team", "consent", "heritage_zone", "same_as"})
"""Entities whose claims may begin after they were published."""


class LateFacts:
    """Compares the day a claim speaks of with the last day its source's date may mean.

    A day counts as stated, a month or year from its first day. A statement is named only where no fact that rests on
    it is.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.latest: dict[str, tuple[str, str]] = {}
        self.statements: dict[str, Problem] = {}

    def source(self, row: Row) -> None:
        """Take in a source with its date."""
        published = row.data["published"]
        when = When(parse_date(published["date"]), Precision(published.get("precision", "day")))
        self.latest[row.uid] = (when.latest.isoformat(), row.data.get("local_id", row.uid))

    def checker(self, entity: type[Entity]) -> Callable[[Row], None] | None:
        """The check of rows of an entity; None where there is nothing to compare."""
        name = entity.span[0]
        if name is None or entity.name() in AHEAD:
            return None

        def check(row: Row) -> None:
            when = row.data.get(name)
            known = self.latest.get(row.source or "")
            if when is None or known is None or when["date"] <= known[0]:
                return
            precision = when.get("precision")
            date = when["date"]
            first = date[:7] + "-01" if precision == "month" else date[:4] + "-01-01" if precision == "year" else date
            if first <= known[0]:
                return
            shown = row.data.get("local_id", row.uid)
            reason = f"lies after the last day ({known[0]}) the date of its source {known[1]} may mean."
            problem = Problem(row.file, row.row, f"{shown}, {name}", date, reason, code="after-source", warning=True)
            if row.entity == "statement":
                self.statements[row.uid] = problem
                return
            self.problems.put(problem)
            for uid in [row.data.get("statement"), *row.data.get("statements", ())]:
                self.statements.pop(uid or "", None)

        return check

    def finish(self) -> None:
        """Name the statements that no named fact rests on."""
        for problem in self.statements.values():
            self.problems.put(problem)
        self.statements.clear()
