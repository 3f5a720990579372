"""The area identity, accounted like money, on areas as declared.

opening + newly found + reopened = cancelled + reduced + cleared + closing

Sums are of declared areas, each an interval; they are correctly rounded sums of float64 numbers (``math.fsum``), so
whole square metres are exact. An area that nobody declared leaves the identity undetermined and is named. Geometry is
not read here.
Source: the conservation rule initial = cancelled + reduced + cleared + remaining of land release (IMAS 07.11 terms).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tetrapylon.evidence import intervals, words
from tetrapylon.model import Bound, Claim, HazardArea, Interval, LandRelease, Stated, by_uid
from tetrapylon.model.terms import AreaStatus, ReleaseKind


class Verdict(StrEnum):
    """Whether the identity holds."""

    BALANCES = "balances"
    DOES_NOT_BALANCE = "does not balance"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Balance:
    """The identity over one period; all intervals m2.

    difference : left side less right side. undeclared : names of the areas and releases without a declared area.
    restated : names of open areas whose declared area changed between the two views. by_about : an "about" figure
    takes part.
    """

    after: dt.date
    until: dt.date
    opening: Interval
    found: Interval
    reopened: Interval
    cancelled: Interval
    reduced: Interval
    cleared: Interval
    closing: Interval
    difference: Interval
    undeclared: tuple[str, ...]
    restated: tuple[str, ...]
    by_about: bool

    @property
    def verdict(self) -> Verdict:
        """Balances where the difference allows 0; undetermined where an area was not declared."""
        if self.undeclared:
            return Verdict.UNDETERMINED
        allowed = self.difference.lo <= 0 <= self.difference.hi
        return Verdict.BALANCES if allowed else Verdict.DOES_NOT_BALANCE

    @property
    def arithmetic(self) -> str:
        """Both sides in numbers."""
        left = " + ".join(words.span(i) for i in (self.opening, self.found, self.reopened))
        right = " + ".join(words.span(i) for i in (self.cancelled, self.reduced, self.cleared, self.closing))
        return f"{left} = {right} m2, difference {words.span(self.difference, 'm2')}: {self.verdict}"


def balance(
    opening: Sequence[Claim[HazardArea]],
    closing: Sequence[Claim[HazardArea]],
    releases: Iterable[Claim[LandRelease]],
    *,
    after: dt.date,
    until: dt.date,
) -> Balance:
    """Account for declared areas between two views of the record.

    Parameters
    ----------
    opening, closing : hazard areas as the record stood at ``after`` and at ``until``. Newly found: in the closing view
        only, whatever has become of it since; reopened: closed in the opening view and open in the closing one.
        Closing: what is not closed.
    releases : land releases; those dated after ``after`` and up to ``until`` count (by the last day their date may
        mean).
    """
    before, now = by_uid(opening), by_uid(closing)
    open_before = {u: c for u, c in before.items() if c.body.status is not AreaStatus.CLOSED}
    open_now = {u: c for u, c in now.items() if c.body.status is not AreaStatus.CLOSED}
    found = [c for u, c in now.items() if u not in before]
    reopened = [c for u, c in open_now.items() if u in before and u not in open_before]
    dated = [c for c in by_uid(releases).values() if after < c.body.date.latest <= until]
    kinds = {kind: [c for c in dated if c.body.kind is kind] for kind in ReleaseKind}
    entries: list[Claim[HazardArea] | Claim[LandRelease]] = [
        *open_before.values(), *found, *reopened, *dated, *open_now.values()
    ]  # fmt: skip
    left = [_sum(open_before.values()), _sum(found), _sum(reopened)]
    right = [*(_sum(kinds[k]) for k in _ORDER), _sum(open_now.values())]
    return Balance(
        after=after,
        until=until,
        opening=left[0],
        found=left[1],
        reopened=left[2],
        cancelled=right[0],
        reduced=right[1],
        cleared=right[2],
        closing=right[3],
        difference=intervals.subtract(intervals.add(left), intervals.add(right)),
        undeclared=tuple(dict.fromkeys(c.name for c in entries if c.body.declared_area is None)),
        restated=tuple(
            c.name
            for u, c in open_now.items()
            if u in open_before and open_before[u].body.declared_area != c.body.declared_area
        ),
        by_about=any(c.body.declared_area and c.body.declared_area.bound is Bound.ABOUT for c in entries),
    )


_ORDER = (ReleaseKind.CANCELLED, ReleaseKind.REDUCED, ReleaseKind.CLEARED)


def _sum(claims: Iterable[Claim[HazardArea]] | Iterable[Claim[LandRelease]]) -> Interval:
    return intervals.add(_declared(c.body.declared_area) for c in claims)


def _declared(stated: Stated | None) -> Interval:
    return stated.interval if stated else Interval(0.0, math.inf)
