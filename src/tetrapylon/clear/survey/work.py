"""Work, dates, finds and traverses against what the outlines say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from tetrapylon.clear.survey.subject import Event, Parcel, Product, Survey
from tetrapylon.geo import measure
from tetrapylon.geo.checks import Flaw, Proposal, Severity, check
from tetrapylon.geo.traverse import bowditch, compute, misclosure

WORK = (Product.SEARCHED, Product.WORKED, Product.CLEARED)
RELEASED = (Product.CANCELLED, Product.REDUCED, Product.CLEARED)


@check("impossible-dates", Severity.ERROR, "an end before its start, or a date to come")
def impossible_dates(it: Survey) -> Iterator[Flaw]:
    for p in it.parcels:
        if p.start is not None and p.end is not None and p.end < p.start:
            yield Flaw(f"{p.name} ends on {p.end}, before it starts on {p.start}.", about=(p.uid,))
        late = [day for day in (p.start, p.end) if day is not None and it.today is not None and day > it.today]
        if late:
            yield Flaw(f"{p.name} is dated {late[-1]}, after {it.today}.", about=(p.uid,))


@check("released-before-recorded", Severity.ADVICE, "released before its hazard area was on record")
def released_before_recorded(it: Survey) -> Iterator[Flaw]:
    hazards = {p.uid: p for p in it.parcels if p.product is Product.HAZARD}
    for p in it.parcels:
        for hazard in (hazards[uid] for uid in p.of if uid in hazards):
            if p.product.is_release and p.start and hazard.start and p.start < hazard.start:
                yield Flaw(
                    f"{p.name} released on {p.start} what {hazard.name} puts on record on {hazard.start}.",
                    about=(p.uid, hazard.uid),
                )


@check("impossible-productivity", Severity.ADVICE, "more ground than people and days allow")
def impossible_productivity(it: Survey) -> Iterator[Flaw]:
    """Area over people times days against the highest published rate of its methods; other methods are not judged.

    The declared area where there is one (its lowest reading), else that of the outline.
    """
    for i, p in enumerate(it.parcels):
        rates = [it.limits.rates.get(m) for m in p.methods]
        if not p.staff_days or not rates or None in rates:
            continue
        area = p.declared.interval.lo if p.declared else measure.area(it.shapes[i]) if it.usable[i] else 0.0
        most = max(r for r in rates if r is not None)
        if area > most * p.staff_days:
            yield Flaw(
                f"{p.name}: {area:,.0f} m2 / {p.staff_days:,.3g} person-days = {area / p.staff_days:,.0f} "
                f"m2/person/day; the highest published rate of {', '.join(p.methods)} is {most:g}.",
                about=(p.uid,),
            )


@check("find-outside-work", Severity.ADVICE, "a find where no work is on record")
def find_outside_work(it: Survey) -> Iterator[Flaw]:
    work = it.indices(*WORK)
    finds = [e for e in it.events if not e.accident]
    if not len(work):
        return
    for k, covers in _meeting(it, finds, work):
        if not covers:
            yield Flaw(f"{finds[k].name} was found outside any worked ground.", _at(finds[k]), about=(finds[k].uid,))


@check("find-below-search", Severity.ADVICE, "a find deeper than its ground was searched")
def find_below_search(it: Survey) -> Iterator[Flaw]:
    work = it.indices(*WORK)
    finds = [e for e in it.events if not e.accident and e.depth is not None]
    for k, covers in _meeting(it, finds, work):
        depths = [(p.depth, p) for p in covers if p.depth is not None]
        found = finds[k].depth
        if depths and found is not None and found > max(d for d, _ in depths):
            depth, parcel = max(depths, key=lambda pair: pair[0])
            yield Flaw(
                f"{finds[k].name} lay at {found:g} m; {parcel.name} was searched to {depth:g} m.",
                _at(finds[k]),
                about=(finds[k].uid, parcel.uid),
            )


@check("danger-in-released", Severity.ERROR, "a find or an accident in ground released before")
def danger_in_released(it: Survey) -> Iterator[Flaw]:
    """Reliance on the release is withheld; the area is to be reopened by whoever decides."""
    releases = it.indices(*RELEASED)
    for k, covers in _meeting(it, it.events, releases):
        event = it.events[k]
        for p in covers:
            if p.start is None or event.on >= p.start:
                what = "An accident" if event.accident else "A find"
                day = p.start or "an unknown day"
                yield Flaw(
                    f"{what} ({event.name}, {event.on}) lies in {p.name}, {p.product} on {day}: withhold it.",
                    _at(event),
                    about=(p.uid, event.uid),
                )


@check("misclosure", Severity.ADVICE, "a traverse that does not close")
def traverse_misclosure(it: Survey) -> Iterator[Flaw]:
    for loop in it.loops:
        walked = compute(loop.entry)
        gap = misclosure(walked, end=loop.end)
        if gap.ratio > it.limits.misclosure:
            proposals: tuple[Proposal, ...] = ()
            if loop.end is None and len(loop.entry.legs) > 2:
                closed = bowditch(walked).polygon()
                proposals = (Proposal("spread the misclosure over the legs (Bowditch)", closed, measure.area(closed)),)
            yield Flaw(
                f"{loop.name} misses its end by {gap}.",
                (float(walked.lon[-1]), float(walked.lat[-1])),
                proposals=proposals,
                about=(loop.uid,),
            )


def _meeting(
    it: Survey, events: tuple[Event, ...] | list[Event], among: np.ndarray
) -> Iterator[tuple[int, list[Parcel]]]:
    """Each event with the outlines that meet it."""
    if not len(events):
        return
    tree = shapely.STRtree(it.shapes[among])
    for k, event in enumerate(events):
        yield k, [it.parcels[among[i]] for i in sorted(tree.query(event.geometry, predicate="intersects"))]


def _at(event: Event) -> tuple[float, float]:
    point = shapely.point_on_surface(event.geometry)
    return float(point.x), float(point.y)
