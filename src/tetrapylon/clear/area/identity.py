"""The area identity on polygons: opening + newly found + reopened = cancelled + reduced + cleared + closing.

Each term is the ground its outlines cover. The identity holds exactly when both sides are the same ground, each metre
in one term. Where it does not hold, the difference is taken apart into ground: lost (on the left, in no term of the
right), outside (on the right, in no term of the left), and counted twice on either side.

    left - right = lost - outside + twice_left - twice_right

which is an identity of sets, so it is right whatever the record says. Measured with edges straight in longitude and
latitude, in which parts add up. Source: the conservation rule of land release (IMAS 07.11 terms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.survey.overlay import square_metres, union
from tetrapylon.clear.survey.subject import Parcel, Product, Survey

TOLERANCE_M2 = 1.0
"""A difference below this is rounding of coordinates. Floor of the design: partitions post back within 1 m2."""


@dataclass(frozen=True)
class Identity:
    """Both sides in m2 of covered ground, and the ground by which they differ.

    lost, outside : geometries (EPSG:4326, possibly empty), with their areas. twice_left_m2, twice_right_m2 : sum of the
    terms of a side minus the area of their union. undrawn : names without a usable outline; with any, the identity is
    undetermined.
    """

    opening: float
    found: float
    reopened: float
    cancelled: float
    reduced: float
    cleared: float
    closing: float
    lost: BaseGeometry
    outside: BaseGeometry
    lost_m2: float
    outside_m2: float
    twice_left_m2: float
    twice_right_m2: float
    undrawn: tuple[str, ...]

    @property
    def difference(self) -> float:
        """Left side less right side, m2."""
        left = self.opening + self.found + self.reopened
        return left - (self.cancelled + self.reduced + self.cleared + self.closing)

    @property
    def balances(self) -> bool | None:
        """Whether no ground is lost, outside or counted twice (each below 1 m2); None where outlines are missing.

        A difference of 0 is not enough: as much may be lost as is counted twice.
        """
        if self.undrawn:
            return None
        parts = (self.lost_m2, self.outside_m2, self.twice_left_m2, self.twice_right_m2)
        return max(parts) < TOLERANCE_M2 and abs(self.difference) < TOLERANCE_M2

    @property
    def arithmetic(self) -> str:
        """Both sides in numbers, and what the difference is made of."""
        left = " + ".join(map(_whole, (self.opening, self.found, self.reopened)))
        right = " + ".join(map(_whole, (self.cancelled, self.reduced, self.cleared, self.closing)))
        verdict = {True: "balances", False: "does not balance", None: "undetermined"}[self.balances]
        return (
            f"{left} = {right} m2, difference {_whole(self.difference)} m2: {verdict} "
            f"(lost {_whole(self.lost_m2)}, outside {_whole(self.outside_m2)}, counted twice "
            f"{_whole(self.twice_left_m2)} and {_whole(self.twice_right_m2)} m2)"
        )


def _whole(m2: float) -> str:
    return f"{round(m2):,}"


def identity(opening: Sequence[Parcel], closing: Sequence[Parcel], releases: Sequence[Parcel]) -> Identity:
    """Account for ground between two views of the hazard areas.

    Parameters
    ----------
    opening, closing : hazard areas as the record stood at the beginning and at the end of the period. Newly found: in
        the closing view only, whatever became of it since; reopened: closed in the opening view, open in the closing
        one. Closing: what is not closed, with its outline as it stands then.
    releases : cancelled, reduced and cleared in the period.
    """
    before = {p.uid: p for p in opening}
    left = {
        "opening": [p for p in before.values() if not p.closed],
        "found": [p for p in closing if p.uid not in before],
        "reopened": [p for p in closing if not p.closed and p.uid in before and before[p.uid].closed],
    }
    right = {
        "cancelled": [p for p in releases if p.product is Product.CANCELLED],
        "reduced": [p for p in releases if p.product is Product.REDUCED],
        "cleared": [p for p in releases if p.product is Product.CLEARED],
        "closing": [p for p in closing if not p.closed],
    }
    ground, undrawn = {}, []
    for term, parcels in (left | right).items():
        survey = Survey(tuple(parcels))
        ground[term] = union(survey.shapes[survey.usable])
        undrawn += [p.name for p, ok in zip(parcels, survey.usable, strict=True) if not ok]
    names = list(ground)
    m2 = dict(zip(names, map(float, square_metres(list(ground.values()))), strict=True))
    whole_left, whole_right = union([ground[t] for t in left]), union([ground[t] for t in right])
    lost, outside = shapely.difference(whole_left, whole_right), shapely.difference(whole_right, whole_left)
    of_left, of_right, lost_m2, outside_m2 = map(float, square_metres([whole_left, whole_right, lost, outside]))
    return Identity(
        **m2,
        lost=lost,
        outside=outside,
        lost_m2=lost_m2,
        outside_m2=outside_m2,
        twice_left_m2=max(0.0, sum(m2[t] for t in left) - of_left),
        twice_right_m2=max(0.0, sum(m2[t] for t in right) - of_right),
        undrawn=tuple(dict.fromkeys(undrawn)),
    )
