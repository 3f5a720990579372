"""Hazard areas as they stood at the end of a day, and the releases that belong to the time between two such days.

What the record held that day counts as it was then. An area entered later, of a day before, counts too, in the state
that releases on record give it: nothing is lost because a register was brought in late, and the closing of one period
is the opening of the next.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tetrapylon.clear.survey.claims import hazard_parcel
from tetrapylon.clear.survey.subject import Parcel
from tetrapylon.model import Claim, HazardArea, LandRelease


@dataclass(frozen=True)
class Standing:
    """Hazard areas at the end of a day.

    day : None: before anything on record. parcels : with the state of that day. live : uids of areas that the record
    of that day held open. entered_late : names of areas of that time entered after it. undated : names of those whose
    state says closed while no release on record says when; they count as closed.
    """

    day: dt.date | None = None
    parcels: tuple[Parcel, ...] = ()
    live: frozenset[str] = frozenset()
    entered_late: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()

    @cached_property
    def open(self) -> frozenset[str]:
        """Uids of areas that somebody says are open: doubt falls on the side of danger."""
        return frozenset(p.uid for p in self.parcels if not p.closed)

    @cached_property
    def uids(self) -> frozenset[str]:
        """Uids of all areas."""
        return frozenset(p.uid for p in self.parcels)


def standing(
    then: Sequence[Claim[HazardArea]],
    later: Sequence[Claim[HazardArea]],
    releases: Sequence[Claim[LandRelease]],
    *,
    day: dt.date,
) -> Standing:
    """Hazard areas at the end of a day.

    Parameters
    ----------
    then : on record at the end of ``day``, as known at its end. later : on record at the end of ``day``, as known now.
    releases : every release known now, of whatever day.

    Notes
    -----
    An area in ``later`` alone was entered late. Where its state says closed, it was closed by ``day`` unless a release
    about it is dated after ``day``: then it was still open.
    """
    known = {c.uid for c in then}
    late = [c for c in later if c.uid not in known]
    ends: dict[str, list[dt.date]] = defaultdict(list)
    for release in releases:
        for uid in release.body.area_of:
            ends[str(uid)].append(release.body.date.latest)
    parcels, undated = [hazard_parcel(c) for c in then], []
    live = frozenset(p.uid for p in parcels if not p.closed)
    for claim in late:
        parcel = hazard_parcel(claim)
        if parcel.closed and not ends[claim.uid]:
            undated.append(claim.name)
        parcels.append(replace(parcel, closed=parcel.closed and all(end <= day for end in ends[claim.uid])))
    return Standing(day, tuple(parcels), live, _once(c.name for c in late), _once(undated))


@dataclass(frozen=True)
class Posted:
    """Releases by period. of_period : posted in it; earlier : before it. belated : names of those decided before it but
    entered in it, while their area stood open on record. deferred : names of those decided in it but entered after it,
    while their area stood open on record; they belong to a later period."""

    of_period: tuple[Claim[LandRelease], ...]
    earlier: tuple[Claim[LandRelease], ...]
    belated: tuple[str, ...]
    deferred: tuple[str, ...]


def posted(
    releases: Sequence[Claim[LandRelease]],
    opening: Standing,
    closing: Standing,
    *,
    known_then: Collection[str] = (),
    known_until: Collection[str] = (),
) -> Posted:
    """Which releases belong to the period between two standings.

    By the last day their date may mean; one entered late counts when it was entered if the record held its area open
    until then, so that what leaves the areas on record and what is released are of the same period.

    Parameters
    ----------
    releases : every release known now. known_then, known_until : uids of those known at the end of either day.
    """
    until = closing.day or dt.date.max
    of_period: list[Claim[LandRelease]] = []
    earlier: list[Claim[LandRelease]] = []
    belated: list[str] = []
    deferred: list[str] = []
    for claim in releases:
        of, day = set(map(str, claim.body.area_of)), claim.body.date.latest
        if opening.day is not None and day <= opening.day:
            late = claim.uid not in known_then and bool(of & opening.live)
            (of_period if late else earlier).append(claim)
            belated += [claim.name] if late else []
        elif day <= until:
            early = claim.uid not in known_until and bool(of & closing.live)
            if early:
                deferred.append(claim.name)
            else:
                of_period.append(claim)
    return Posted(tuple(of_period), tuple(earlier), _once(belated), _once(deferred))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
