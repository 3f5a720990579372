"""The whole ledger of a period: accounts, identity, ground cleared outside hazards or again, withheld releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tetrapylon.clear.area.accounts import Account, accounts
from tetrapylon.clear.area.identity import Identity, identity
from tetrapylon.clear.area.withheld import Withheld, withheld
from tetrapylon.clear.release.dangers import Danger
from tetrapylon.clear.survey.claims import hazard_parcel, release_parcel
from tetrapylon.clear.survey.overlay import overlaps, square_metres, union
from tetrapylon.clear.survey.subject import Parcel, Product, Survey
from tetrapylon.model import Claim, HazardArea, LandRelease


@dataclass(frozen=True)
class AreaLedger:
    """One period (``after`` excluded).

    accounts : of hazard areas still open and of the releases of the period. cleared_outside : m2 cleared outside any
    hazard area of either view. cleared_again : m2 cleared in the period that an earlier or another release of the
    record cleared too.
    """

    after: dt.date
    until: dt.date
    accounts: tuple[Account, ...]
    identity: Identity
    cleared_outside: float
    cleared_again: float
    withheld: Withheld


def area_ledger(
    opening: Sequence[Claim[HazardArea]],
    closing: Sequence[Claim[HazardArea]],
    releases: Sequence[Claim[LandRelease]],
    *,
    after: dt.date,
    until: dt.date,
    dangers: Sequence[Danger] = (),
) -> AreaLedger:
    """The ledger on polygons between two views of the record.

    Parameters
    ----------
    opening, closing : hazard areas as the record stood at ``after`` and at ``until``.
    releases : every release on record; those dated after ``after`` and up to ``until`` (by the last day their date may
        mean) are of the period, earlier ones are what ground is cleared again after.
    dangers : `clear.release.dangers.dangers` of the closing view.
    """
    earlier = [release_parcel(c) for c in releases if c.body.date.latest <= after]
    of_period = [release_parcel(c) for c in releases if after < c.body.date.latest <= until]
    before, now = [hazard_parcel(c) for c in opening], [hazard_parcel(c) for c in closing]
    known = [c for c in releases if c.body.date.earliest <= until]
    return AreaLedger(
        after=after,
        until=until,
        accounts=accounts([*(p for p in now if not p.closed), *of_period]),
        identity=identity(before, now, of_period),
        cleared_outside=_outside([p for p in of_period if p.product is Product.CLEARED], [*before, *now]),
        cleared_again=_again(of_period, earlier),
        withheld=withheld(known, dangers),
    )


def _outside(cleared: Sequence[Parcel], hazards: Sequence[Parcel]) -> float:
    ground, hazard = _ground(cleared), _ground(hazards)
    return float(square_metres([shapely.difference(ground, hazard)])[0])


def _again(recent: Sequence[Parcel], earlier: Sequence[Parcel]) -> float:
    """m2 of the ground two clearances share, one of them at least of the period."""
    new, old = _cleared(recent), _cleared(earlier)
    shared = [block.shared for pairs in (overlaps(new), overlaps(new, old)) for block in pairs]
    return float(square_metres([union(np.concatenate(shared))])[0]) if shared else 0.0


def _cleared(parcels: Sequence[Parcel]) -> NDArray[np.object_]:
    survey = Survey(tuple(p for p in parcels if p.product is Product.CLEARED))
    return survey.shapes[survey.usable]


def _ground(parcels: Sequence[Parcel]) -> shapely.Geometry:
    survey = Survey(tuple(parcels))
    return union(survey.shapes[survey.usable])
