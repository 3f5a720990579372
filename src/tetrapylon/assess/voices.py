"""Voices: what each lineage of reports still says of a structure after what happened since it spoke."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tetrapylon.assess.wording import Reading
from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import ConditionReport, Occurrence, Works
from tetrapylon.model.dates import When
from tetrapylon.model.terms import DateKind, OccurrenceKind, WorksKind
from tetrapylon.model.verdicts import GradeInterval

DAMAGING = re.compile(r"\b(blown up|broken|demolished|destroyed|bombed|shelled)\b", re.IGNORECASE)
"""Words by which an event as reported counts as one that may have damaged a structure."""
TOLD_AGAIN = re.compile(r"\b(confirm\w*|contradict\w*|condemn\w*|shows?|limited to)\b", re.IGNORECASE)
"""Words by which it speaks of damage that happened before."""
REPAIRED = re.compile(r"\b(restored|rebuilt|repaired|re-?erected|reassembled)\b(?! objects)", re.IGNORECASE)
"""Words by which works as reported may have lowered the grade."""
NOT_THE_FABRIC = re.compile(r"\bobjects restored\b|\bto be restored\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportReading:
    """One report with what its words say. ``root`` names its lineage: the statement it goes back to."""

    claim: Claim[ConditionReport]
    reading: Reading
    root: str

    @property
    def when(self) -> When:
        """Date of the report."""
        return self.claim.body.date

    @property
    def said_by(self) -> str:
        """Who observed or said it, in the source's words."""
        return self.claim.body.observer or "not named"

    def __str__(self) -> str:
        mode = self.claim.body.mode.label if self.claim.body.mode else "mode not stated"
        return f"{self.claim.name}: {self.said_by}, {self.when} ({mode}), {self.reading.interval}"


@dataclass(frozen=True, slots=True)
class Voice:
    """One lineage: everything that goes back to one statement counts once. ``bearing`` is what it still says today."""

    reports: tuple[ReportReading, ...]
    interval: GradeInterval
    bearing: GradeInterval

    @property
    def first(self) -> ReportReading:
        """The report that stands for the voice."""
        return self.reports[0]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event or works that may have changed a structure."""

    when: When
    text: str
    uid: str


def damaging(
    reports: Sequence[Claim[ConditionReport]], occurrences: Sequence[Claim[Occurrence]]
) -> list[tuple[str | None, Happening]]:
    """What may have damaged a structure: (structure, or None for all, event). A change of control may touch all."""
    found: list[tuple[str | None, Happening]] = [
        (r.body.structure, Happening(r.body.date, r.body.wording, r.uid))
        for r in reports
        if r.body.date_kind is DateKind.EVENT
    ]
    for o in occurrences:
        text = o.body.description or o.body.kind.label
        told = DAMAGING.search(text) is not None and TOLD_AGAIN.search(text) is None
        demolished = o.body.kind is OccurrenceKind.DEMOLITION or (o.body.kind is OccurrenceKind.EVENT and told)
        if o.body.kind is OccurrenceKind.CHANGE_OF_CONTROL or (demolished and o.body.structure):
            actor = f" ({o.body.actor})" if o.body.actor and not o.body.description else ""
            found.append((o.body.structure, Happening(o.body.end or o.body.start, text + actor, o.uid)))
    return found


def repairs_fabric(work: Works) -> bool:
    """Whether works may have lowered the grade: done, and repair of the fabric itself."""
    done = (work.status or "done").lower().startswith("done")
    named = REPAIRED.search(work.text) is not None and NOT_THE_FABRIC.search(work.text) is None
    return done and (work.kind is WorksKind.WORKS or (work.kind is None and named))


def voices_of(graded: list[ReportReading], events: list[Happening], repairs: list[Happening]) -> tuple[Voice, ...]:
    """One voice per lineage. Its root's own words stand for it; where they are not here, the hull of the retellings."""
    lineages: dict[str, list[ReportReading]] = {}
    for reading in graded:
        lineages.setdefault(reading.root, []).append(reading)
    found = []
    for root, members in lineages.items():
        own = [m for m in members if m.claim.body.statement == root] or members
        interval = own[0].reading.interval
        for other in own[1:]:
            interval = interval.hull(other.reading.interval)
        ordered = (*own, *(m for m in members if m not in own))
        found.append(Voice(ordered, interval, bearing(interval, own[0].when, events, repairs)))
    worse = [(a, b) for a, b in combinations(found, 2) if _rises_unseen(a, b, events)]
    lifted = {id(a) for a, _ in worse}
    return tuple(Voice(v.reports, v.interval, GradeInterval(v.bearing.lo, 5)) if id(v) in lifted else v for v in found)


def bearing(interval: GradeInterval, when: When, events: list[Happening], repairs: list[Happening]) -> GradeInterval:
    """What an interval stated for one day still says after what happened since."""
    hi = 5 if any(e.when.latest > when.date for e in events) else interval.hi
    lo = 0 if any(r.when.latest > when.date for r in repairs) else interval.lo
    return GradeInterval(lo, hi)


def between(happenings: Iterable[Happening], earlier: When, later: When) -> Happening | None:
    """The first happening, in the order given, whose day as stated lies between two days as stated."""
    return next((e for e in happenings if earlier.date < e.when.date <= later.date), None)


def _rises_unseen(a: Voice, b: Voice, events: list[Happening]) -> bool:
    """Whether the later voice is worse, surely later, and no event is on record between."""
    return (
        a.interval.hi < b.interval.lo
        and a.first.when.latest < b.first.when.earliest
        and between(events, a.first.when, b.first.when) is None
    )


def combine(bearings: Sequence[GradeInterval]) -> tuple[GradeInterval | None, bool]:
    """Meet of all intervals; where some exclude each other the hull of those alone, and True: contested."""
    if not bearings:
        return None, False
    torn = {k for (i, a), (j, b) in combinations(enumerate(bearings), 2) if a.meet(b) is None for k in (i, j)}
    kept = [bearings[k] for k in sorted(torn)] or bearings
    combined = kept[0]
    for interval in kept[1:]:
        combined = combined.hull(interval) if torn else combined.meet(interval) or combined
    return combined, bool(torn)
