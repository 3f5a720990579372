"""The whole ledger of a period: accounts, identity, ground cleared outside hazards or again, withheld releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

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
    """One period (``after`` excluded). cleared_outside : m2 cleared outside any hazard area of either view.

    cleared_again : m2 cleared in the period that an earlier or another release of the record cleared too.
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
    releases : every release on record; those dated after ``after`` and up to ``until`` (by the first day their date may
        mean) are of the period, earlier ones are what ground is cleared again after.
    dangers : `clear.release.dangers.dangers` of the closing view.
    """
    all_releases = [release_parcel(c) for c in releases]
    of_period = [p for p in all_releases if p.start is not None and after < p.start <= until]
    before, now = [hazard_parcel(c) for c in opening], [hazard_parcel(c) for c in closing]
    known = [c for c in releases if c.body.date.earliest <= until]
    return AreaLedger(
        after=after,
        until=until,
        accounts=accounts([*now, *of_period], after=after, until=until),
        identity=identity(before, now, of_period),
        cleared_outside=_outside([p for p in of_period if p.product is Product.CLEARED], [*before, *now]),
        cleared_again=_again([p for p in all_releases if p.start is not None and p.start <= until], after),
        withheld=withheld(known, dangers),
    )


def _outside(cleared: Sequence[Parcel], hazards: Sequence[Parcel]) -> float:
    ground, hazard = _ground(cleared), _ground(hazards)
    return float(square_metres([shapely.difference(ground, hazard)])[0])


def _again(releases: Sequence[Parcel], after: dt.date) -> float:
    """m2 of the ground two clearances share, one of them at least of the period."""
    cleared = Survey(tuple(p for p in releases if p.product is Product.CLEARED))
    at = np.flatnonzero(cleared.usable)
    recent = np.array([(p.start or dt.date.min) > after for p in cleared.parcels], dtype=bool)[at]
    shared = [
        block.shared[recent[block.left] | recent[block.right]] for block in overlaps(cleared.shapes[at]) if len(at)
    ]
    return float(square_metres([union(np.concatenate(shared))])[0]) if shared else 0.0


def _ground(parcels: Sequence[Parcel]) -> shapely.Geometry:
    survey = Survey(tuple(parcels))
    return union(survey.shapes[survey.usable])
