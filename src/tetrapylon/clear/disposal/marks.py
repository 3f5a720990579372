"""How well a number is known: the mark of verification that travels with every value.

``V`` read in the source, ``X`` recomputed, ``R`` recalled from the named publication and not read again,
``assumption`` a planning value without a source. Marks combine to the weakest and are never promoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tetrapylon.errors import ValueRangeError

MEANING = {
    "V": "read in the source",
    "X": "recomputed",
    "R": "recalled, not confirmed against the publication",
    "assumption": "assumption without a source",
}
"""Marks and what they say."""
_ORDER = ("V", "X", "R", "assumption")


@cache
def _grades(mark: str) -> tuple[str, ...]:
    found = set(re.findall(r"\b(?:V|X|R|assumption)\b", mark))
    return tuple(grade for grade in _ORDER if grade in found)


@dataclass(frozen=True, slots=True)
class Verification:
    """Mark of verification as printed beside the value, such as ``V``, ``R/X`` or ``V mass / R fill``."""

    mark: str

    def __post_init__(self) -> None:
        if not self.grades:
            raise ValueRangeError(f'"{self.mark}" holds none of the marks V, X, R, assumption.')

    @property
    def grades(self) -> tuple[str, ...]:
        """The single marks in this one, strongest first."""
        return _grades(self.mark)

    @property
    def confirmed(self) -> bool:
        """False as soon as any part is recalled or assumed."""
        return not {"R", "assumption"} & set(self.grades)

    @property
    def meaning(self) -> str:
        """The mark in words."""
        return "; ".join(MEANING[grade] for grade in self.grades)

    def __str__(self) -> str:
        return f"[{self.mark}]"


READ = Verification("V")
COMPUTED = Verification("X")
RECALLED = Verification("R")
ASSUMED = Verification("assumption")


def weakest(*marks: Verification) -> Verification:
    """The mark of a number computed from inputs with these marks: the weakest of them."""
    if not marks:
        raise ValueRangeError("A combination of marks needs at least one mark.")
    return max(marks, key=lambda mark: _ORDER.index(mark.grades[-1]))


@dataclass(frozen=True, slots=True)
class Marked:
    """A value that is not shown without its unit, mark and source."""

    value: float
    unit: str
    verification: Verification
    source: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit} {self.verification}"
