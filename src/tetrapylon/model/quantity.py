"""Figures as stated, with their qualifier, and the interval each one means.

"More than 19,000" is not 19,000: it is an interval open above. A stated figure is kept as it was said; the interval is
derived from it, never stored in its place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tetrapylon.errors import ValueRangeError
from tetrapylon.model.vocabulary import Vocabulary

ABOUT = 0.05
"""Half-width of "about" as a share of the figure. Our choice [P]: no source read defines it; see `half_width`."""


class Bound(Vocabulary):
    """What the wording says about the figure ("more than", "about", "up to")."""

    EXACT = "exact", "exactly", "exactement", "ровно", "بالضبط"
    AT_LEAST = "at_least", "at least", "au moins", "не менее", "على الأقل"
    AT_MOST = "at_most", "at most", "au plus", "не более", "على الأكثر"
    ABOUT = "about", "about", "environ", "около", "حوالي"


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval of real numbers; ``hi`` may be infinite ("more than" is open above).

    Raises
    ------
    ValueRangeError : NaN, or lo > hi.
    """

    lo: float
    hi: float

    def __post_init__(self) -> None:
        if math.isnan(self.lo) or math.isnan(self.hi) or self.lo > self.hi:
            raise ValueRangeError(f"[{self.lo}, {self.hi}] is not an interval.")

    @property
    def is_point(self) -> bool:
        """True when both ends are the same number."""
        return self.lo == self.hi

    def __str__(self) -> str:
        if self.is_point:
            return f"{self.lo:,g}"
        if self.hi == math.inf:
            return f"{self.lo:,g} or more"
        return f"{self.lo:,g} to {self.hi:,g}"


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as stated: the number in SI units and the bound of its wording.

    Raises
    ------
    ValueRangeError : the number is NaN, infinite or negative.
    """

    value: float
    bound: Bound = Bound.EXACT

    def __post_init__(self) -> None:
        if not math.isfinite(self.value) or self.value < 0:
            raise ValueRangeError(f"{self.value} cannot be a stated figure: give a number of 0 or more.")

    @property
    def interval(self) -> Interval:
        """The interval the wording means: exact a point, at_least open above, at_most from 0, about +- half_width."""
        if self.bound is Bound.EXACT:
            return Interval(self.value, self.value)
        if self.bound is Bound.AT_LEAST:
            return Interval(self.value, math.inf)
        if self.bound is Bound.AT_MOST:
            return Interval(0.0, self.value)
        reach = half_width(self.value)
        return Interval(max(0.0, self.value - reach), self.value + reach)


def half_width(value: float) -> float:
    """Half-width of "about ``value``": 5 % of it, or half a unit of its last significant digit if that is more.

    "About 17,500" may be 16,625 to 18,375; "about 100" 50 to 150; "about 3" 2.5 to 3.5. Our choice [P], printed
    wherever it decides a finding.
    """
    if value == 0:
        return 0.0
    digits = f"{value:.15g}"
    if "e" in digits or "." in digits:
        places = -len(digits.partition(".")[2]) if "e" not in digits else math.floor(math.log10(value))
    else:
        places = len(digits) - len(digits.rstrip("0"))
    return max(ABOUT * value, 0.5 * 10.0**places) if value >= 1 else ABOUT * value
