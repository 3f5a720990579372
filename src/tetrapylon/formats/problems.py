"""Collecting every problem of a case at once, with a bound on how many are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tetrapylon.errors import Problem

KEPT = 10_000
"""Problems kept of one case; beyond them only the number is (our choice: nobody reads more)."""


class Bad(Exception):
    """A cell that cannot be read: what is wrong with it and the nearest valid choice.

    ``warning``: something left out that a reader should know of; it does not stop the import.
    """

    def __init__(
        self, value: object, reason: str, nearest: str | None = None, code: str = "value", column: str | None = None,
        *, warning: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.value = str(value)
        self.reason = reason
        self.nearest = nearest
        self.code = code
        self.column = column
        self.warning = warning


def broken_json(error: json.JSONDecodeError) -> Bad:
    """What is wrong with a text that is no JSON: cut off, or where it stops making sense."""
    cut = error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg
    reason = "The file ends in the middle: it is cut off" if cut else "is not readable JSON"
    return Bad("", f"{reason} (line {error.lineno}, column {error.colno}: {error.msg}).", code="json")


class Problems:
    """Problems in the order they were met. Errors first when iterated with `listed`."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._dropped = 0
        self.errors = 0

    def add(
        self,
        file: str,
        row: int,
        field: str,
        value: object,
        reason: str,
        nearest: str | None = None,
        code: str = "case",
        *,
        warning: bool = False,
    ) -> None:
        """Note one problem."""
        self.put(Problem(file, row, field, str(value), reason, nearest, code, warning))

    def put(self, problem: Problem) -> None:
        """Note one problem."""
        if not problem.warning:
            self.errors += 1
        if len(self._kept) < KEPT:
            self._kept.append(problem)
        else:
            self._dropped += 1

    def bad(self, file: str, row: int, column: str, bad: Bad) -> None:
        """Note a cell that could not be read."""
        place = bad.column or column
        self.add(file, row, place, bad.value, bad.reason, bad.nearest, bad.code, warning=bad.warning)

    def listed(self) -> list[Problem]:
        """All kept problems, errors before warnings, and one that counts those not kept."""
        kept = sorted(self._kept, key=lambda p: p.warning)
        if self._dropped:
            kept.append(Problem("", 0, "", "", f"{self._dropped} more problems are not listed.", code="more"))
        return kept

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.listed())

    def __len__(self) -> int:
        return len(self._kept) + self._dropped
