"""Figures and intervals as people read them: hectares and kilometres, thousands separated, the qualifier in words."""

from __future__ import annotations

import math

from tetrapylon.model import Bound, Interval, Stated

_LARGER = {"m2": (10_000.0, "ha"), "m": (1_000.0, "km")}
_QUALIFIER = {Bound.EXACT: "", Bound.AT_LEAST: "at least ", Bound.AT_MOST: "at most ", Bound.ABOUT: "about "}


def number(value: float) -> str:
    """A number as stated, nothing rounded away: 200,000; 9.5."""
    return f"{value:,.12g}"


def rounded(value: float) -> str:
    """A computed number: whole from 100, three significant digits below; "any number" when infinite."""
    if math.isinf(value):
        return "any number"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def amount(value: float, unit: str) -> str:
    """A number with its unit: m2 as ha from 1 ha, m as km from 1 km; counts (unit "") bare."""
    factor, larger = _LARGER.get(unit, (1.0, unit))
    if value < factor:
        factor, larger = 1.0, unit
    return f"{number(value / factor)} {larger}".rstrip()


def stated(figure: Stated, unit: str = "") -> str:
    """A stated figure: "at least 19,000", "about 4 ha"."""
    return _QUALIFIER[figure.bound] + amount(figure.value, unit)


def span(interval: Interval, unit: str = "") -> str:
    """A computed interval: "952 to 1,053 m2", "2,000 m2 or more"."""
    if interval.hi == math.inf:
        return f"{rounded(interval.lo)}{' ' * bool(unit)}{unit} or more"
    if rounded(interval.lo) == rounded(interval.hi):
        return f"{rounded(interval.lo)} {unit}".rstrip()
    return f"{rounded(interval.lo)} to {rounded(interval.hi)} {unit}".rstrip()
