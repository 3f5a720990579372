"""Area per person and day, worked out from what was stated, with the published ranges to hold it against.

Persons are all people the source counts, support staff included, so the rate per searcher is higher. The ranges carry
their marks: V read in the source, C computed from such figures, K or R recalled and to be checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tetrapylon.evidence import intervals, words
from tetrapylon.evidence.findings import Figure, PublishedRange, Rate
from tetrapylon.evidence.scopes import Relation, Scopes
from tetrapylon.model import Claim, ClearanceClaim, Interval, Stated
from tetrapylon.model.terms import ClaimPeriod

UNIT = "m2/person/day"
NEAR = dt.timedelta(days=7)
"""How far apart an area and the number of people joined to it may be dated. Our choice [P]."""
STAFF = "persons include support staff"
MACHINES = "machines or animals named ({}): no area per method, so their share is not known"

RANGES: tuple[PublishedRange, ...] = (
    PublishedRange("manual clearance", Interval(10.0, 50.0), UNIT, "V", "HALO Trust"),
    PublishedRange(
        "manual clearance, artefact-rich site",
        Interval(0.0, 2.0),
        UNIT,
        "V",
        "press report on Bamiyan, KOLO TV; single source, lower than HALO's",
    ),
)
"""Published rates per person and day. Machines are published per machine hour (at most 5,000 m2/h claimed, [V]) and
are not comparable per person; for dogs and building search no daily rate is on record."""


@dataclass(frozen=True, slots=True)
class _Work:
    area: Figure
    days: Stated
    equipment: str | None


def rates(figures: Sequence[Figure], claims: Iterable[Claim[ClearanceClaim]], scopes: Scopes) -> tuple[Rate, ...]:
    """Rate of every area that is stated for a number of days and can be related to a number of people.

    Parameters
    ----------
    figures : independent figures (no retellings). claims : the claims they come from, for days and equipment.

    A one-day area counts as 1 day; a total counts only where its days are stated. The people are those the same claim
    states; else those stated nearest in date (at most `NEAR` apart) for the same campaign and the same, a larger or
    a smaller place. Which claim each number came from is in the arithmetic.
    """
    bodies = {claim.uid: claim.body for claim in claims}
    people = [f for f in figures if f.quantity == "personnel" and f.stated.value > 0]
    found = []
    for area in (f for f in figures if f.quantity == "area"):
        body = bodies[area.uid]
        days = body.days or (Stated(1.0) if body.period is ClaimPeriod.ONE_DAY else None)
        if days is None or days.value == 0:
            continue
        near = _nearest(area, people, scopes)
        if near:
            named = body.equipment or ", ".join(m.label for m in body.methods) or None
            found.append(_rate(_Work(area, days, named), near))
    return tuple(found)


def _nearest(area: Figure, people: Sequence[Figure], scopes: Scopes) -> list[Figure]:
    own = [p for p in people if p.uid == area.uid]
    if own:
        return own
    near = [
        p
        for p in people
        if p.scope.campaigns == area.scope.campaigns
        and scopes.where(p.scope.where, area.scope.where) is not Relation.UNKNOWN
        and abs(p.when.date - area.when.date) <= NEAR
    ]
    return sorted(near, key=lambda p: (abs(p.when.date - area.when.date), p.when.date, p.name))


def _rate(work: _Work, people: list[Figure]) -> Rate:
    area, staff = work.area, people[0]
    value = intervals.ratio(area.interval, intervals.multiply(staff.interval, work.days.interval))
    area2, staff2, days2 = map(intervals.twice_as_wide, (area.stated, staff.stated, work.days))
    wide = intervals.ratio(area2, intervals.multiply(staff2, days2))
    point = words.rounded(area.stated.value / (staff.stated.value * work.days.value))
    persons = f"{words.number(staff.stated.value)} persons"
    days = words.number(work.days.value)
    below = persons if work.days == Stated(1.0) else f"({persons} x {days} days)"
    text = f"{words.number(area.stated.value)} m2 / {below} = {point} {UNIT}"
    if not value.is_point:
        text += f" ({words.span(value, UNIT)} as worded)"
    joined = staff.uid != area.uid
    origin = f"area: {area.said} from {area.name} ({area.when}); persons: {staff.said} from {staff.name} ({staff.when})"
    notes = [origin, STAFF]
    if joined:
        notes.insert(1, "joined: the same campaign, nearest date")
        notes += [f"also stated near that date: {p}" for p in people[1:]]
    if work.equipment:
        notes.append(MACHINES.format(work.equipment))
    return Rate((area, staff), value, wide, UNIT, text, tuple(notes))
