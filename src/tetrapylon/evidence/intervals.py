"""Arithmetic and comparison of intervals and stated figures, ends open where the wording leaves them open.

Every operation encloses: whatever numbers the operands allow, the result of the same operation on them lies in the
interval returned (Moore, Interval Analysis, 1966), up to the rounding of one float64 operation per end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from tetrapylon.errors import ValueRangeError
from tetrapylon.model import Bound, Interval, Stated

ZERO = Interval(0.0, 0.0)


def add(intervals: Iterable[Interval]) -> Interval:
    """Sum; [0, 0] for none. Each end is the correctly rounded sum of its ends."""
    items = tuple(intervals)
    return Interval(math.fsum(i.lo for i in items), math.fsum(i.hi for i in items))


def subtract(a: Interval, b: Interval) -> Interval:
    """Difference ``a - b``, the two taken as independent.

    Raises
    ------
    ValueRangeError : infinity minus infinity.
    """
    if math.inf in (a.lo, b.lo) or -math.inf in (a.hi, b.hi):
        raise ValueRangeError("The difference of two infinite ends has no value.")
    return Interval(a.lo - b.hi, a.hi - b.lo)


def multiply(a: Interval, b: Interval) -> Interval:
    """Product of intervals of numbers of 0 or more; 0 times an open end counts as 0."""
    _require_positive(a, b)
    ends = [x * y if x and y else 0.0 for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return Interval(min(ends), max(ends))


def ratio(a: Interval, b: Interval) -> Interval:
    """Quotient ``a / b`` of numbers of 0 or more; open above where ``b`` reaches 0.

    Raises
    ------
    ValueRangeError : a negative end, or ``b`` is nothing but 0.
    """
    _require_positive(a, b)
    if b.hi == 0:
        raise ValueRangeError("Nothing can be divided by 0.")
    lo = 0.0 if b.hi == math.inf else a.lo / b.hi
    hi = math.inf if b.lo == 0 or a.hi == math.inf else a.hi / b.lo
    return Interval(lo, hi)


def meet(a: Interval, b: Interval) -> Interval | None:
    """Numbers both allow; None when they are disjoint."""
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    return Interval(lo, hi) if lo <= hi else None


def disjoint(a: Interval, b: Interval) -> bool:
    """No number is in both."""
    return below(a, b) or below(b, a)


def contains(outer: Interval, inner: Interval) -> bool:
    """Every number of ``inner`` is in ``outer``."""
    return outer.lo <= inner.lo and inner.hi <= outer.hi


def below(a: Interval, b: Interval) -> bool:
    """Every number of ``a`` is smaller than every number of ``b``."""
    return a.hi < b.lo


def above(a: Interval, b: Interval) -> bool:
    """Every number of ``a`` is larger than every number of ``b``."""
    return below(b, a)


def reach(stated: Stated) -> float:
    """The largest number the words name, as opposed to allow.

    "More than 800" allows any larger number but names 800: it is what people make of 825 when they round down. So
    what it names reaches up to, not including, the next step of its last significant digit: 900. For exact and at_most
    it is the figure, for about the upper end of the interval. Our choice [P], printed with the finding.
    """
    if stated.bound is Bound.AT_LEAST:
        return math.nextafter(stated.value + step(stated.value), -math.inf) if stated.value else 0.0
    return stated.interval.hi


def step(value: float) -> float:
    """Size of the last significant digit of a number as written: 100 for 800 and 17500, 0.5's is 0.1."""
    if value == 0:
        return 0.0
    digits = f"{value:.12g}"
    mantissa, _, exponent = digits.partition("e")
    whole, _, decimals = mantissa.partition(".")
    if decimals:
        places = -len(decimals)
    else:
        places = len(whole) - len(whole.rstrip("0"))
    return 10.0 ** (places + int(exponent or 0))


def twice_as_wide(stated: Stated) -> Interval:
    """The interval if "about" meant twice what it is taken to mean; unchanged for other bounds."""
    interval = stated.interval
    if stated.bound is not Bound.ABOUT:
        return interval
    return Interval(max(0.0, 2 * interval.lo - stated.value), 2 * interval.hi - stated.value)


def critical_about(lower: Stated, upper: Stated) -> float | None:
    """Half-width of "about", as a share, at which the interval of ``lower`` would touch that of ``upper`` above it.

    None when neither is an "about" figure, so that no width decides.
    """
    low, high = lower.value, upper.value
    if lower.bound is Bound.ABOUT and upper.bound is Bound.ABOUT:
        return (high - low) / (high + low) if high + low else None
    if lower.bound is Bound.ABOUT:
        return high / low - 1 if low else None
    if upper.bound is Bound.ABOUT:
        return 1 - low / high if high else None
    return None


def _require_positive(*intervals: Interval) -> None:
    if any(i.lo < 0 for i in intervals):
        raise ValueRangeError("Stated figures are 0 or more.")
