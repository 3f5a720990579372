"""What was pledged and what was left open; what the Committee decided, and what was submitted to it, and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tetrapylon.model.claim import Claim
from tetrapylon.model.condition import Occurrence, Recommendation, Works
from tetrapylon.model.dates import When
from tetrapylon.model.parties import Commitment
from tetrapylon.model.places import Structure
from tetrapylon.model.terms import RecommendationKind

ASKS = re.compile(r"\b(submitted|sent in) before work\b|\bparagraph 172\b", re.IGNORECASE)
"""Words by which a decision asks for a project before work begins."""
SUBMITTED = re.compile(r"\bsubmission of\b|\bwas submitted\b|\bsubmits\b", re.IGNORECASE)
"""Words by which a text tells that something was submitted."""
APPROVED = re.compile(r"\bproject approved\b", re.IGNORECASE)
"""Words by which an approval is reported; whoever reports it."""
BEGUN = re.compile(r"^(done|started|under way)", re.IGNORECASE)
ON_THE_FABRIC = re.compile(r"\b(stones?|rubble|repaired|rebuil\w+|consolidat\w+|restored)\b", re.IGNORECASE)
"""Words of works on a monument itself, as against its objects, models and reports."""


@dataclass(frozen=True, slots=True)
class Pledge:
    """One pledge, what it left open, and what the record says came of it."""

    claim: Claim[Commitment]
    open_points: tuple[str, ...]
    status: str

    def __str__(self) -> str:
        body = self.claim.body
        to = f" to {body.made_to}" if body.made_to else ""
        left = f"; not specified: {', '.join(self.open_points)}" if self.open_points else ""
        return f"{body.made_on}, {body.made_by}{to}: {body.text}{left}; on record: {self.status}"


@dataclass(frozen=True, slots=True)
class Submission:
    """Something the record says was submitted for review, or approved: by which claim, since when it is known to be."""

    structure: str | None
    when: When
    text: str
    claim: str
    name: str
    is_approval: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Works begun while a decision asked for a project first, beside what was submitted by then.

    ``before`` is empty where no submission is on record by the start: a gap in the record, which is no proof.
    """

    works: Claim[Works]
    decisions: tuple[Claim[Recommendation], ...]
    before: tuple[Submission, ...]
    after: tuple[Submission, ...]

    def __str__(self) -> str:
        asked = ", ".join(d.name for d in self.decisions)
        if self.before:
            told = "submitted before: " + "; ".join(f"{s.when} {s.text} ({s.name})" for s in self.before)
        else:
            told = "no submission before the start on record"
            if self.after:
                told += "; later: " + "; ".join(f"{s.when} {s.text} ({s.name})" for s in self.after)
        return f"{self.works.name} ({self.works.body.start}): asked for by {asked}; {told}"


def pledges(commitments: Sequence[Claim[Commitment]]) -> tuple[Pledge, ...]:
    """Pledges by the day they were made, each with the points it left open."""
    return tuple(
        Pledge(c, _points(c.body.scope_unspecified), c.body.status_on_record or "nothing on record")
        for c in sorted(commitments, key=lambda c: (c.body.made_on, c.name))
    )


def decisions(
    recommendations: Sequence[Claim[Recommendation]], *, on: dt.date | None = None
) -> tuple[Claim[Recommendation], ...]:
    """Decisions of bodies by date, up to a day."""
    made = [r for r in recommendations if r.body.kind is RecommendationKind.DECISION]
    return tuple(sorted((r for r in made if on is None or r.body.date.date <= on), key=lambda r: (r.body.date, r.name)))


def submissions(
    recommendations: Sequence[Claim[Recommendation]], occurrences: Sequence[Claim[Occurrence]] = ()
) -> tuple[Submission, ...]:
    """What the record says was submitted or approved, by the date of the claim that says so: no later than that."""
    told: list[tuple[Claim[Recommendation] | Claim[Occurrence], When, str]] = [
        *((r, r.body.date, r.body.text) for r in recommendations),
        *((o, o.body.start, o.body.description or "") for o in occurrences),
    ]
    found = [
        Submission(c.body.structure, when, text, c.uid, c.name, is_approval=not SUBMITTED.search(text))
        for c, when, text in told
        if SUBMITTED.search(text) or APPROVED.search(text)
    ]
    return tuple(sorted(found, key=lambda s: (s.when, s.name)))


def asked_first(
    works: Sequence[Claim[Works]],
    recommendations: Sequence[Claim[Recommendation]],
    *,
    structures: Sequence[Claim[Structure]],
    submitted: Sequence[Submission] = (),
) -> tuple[Asked, ...]:
    """Works on the fabric begun after a decision asked that projects be submitted first, and what was submitted when.

    A decision about a site asks it of all structures in it. An approval is not a submission and answers nothing here.
    """
    parents = {s.uid: s.body.parent for s in structures}
    asking = [r for r in decisions(recommendations) if ASKS.search(r.body.text)]
    found = []
    for work in sorted(works, key=lambda w: (w.body.start, w.name)):
        status = work.body.status or ""
        if not BEGUN.search(status) or not ON_THE_FABRIC.search(work.body.text) or not work.body.structure:
            continue
        places = set(_upwards(work.body.structure, parents))
        earlier = tuple(
            d for d in asking if d.body.structure in places and d.body.date.latest < work.body.start.earliest
        )
        if earlier:
            own = [s for s in submitted if s.structure == work.body.structure and not s.is_approval]
            before = tuple(s for s in own if s.when.latest <= work.body.start.earliest)
            found.append(Asked(work, earlier, before, tuple(s for s in own if s not in before)))
    return tuple(found)


def _upwards(uid: str, parents: Mapping[str, str | None]) -> Iterable[str]:
    """The structure and everything it is part of."""
    seen: set[str] = set()
    step: str | None = uid
    while step and step not in seen:
        seen.add(step)
        yield step
        step = parents.get(step)


def _points(text: str | None) -> tuple[str, ...]:
    """Points of an enumeration; a remark in brackets, or one that begins with "as", stays with its point."""
    parts = re.split(r",\s+(?!as\b)(?![^()]*\))", text or "")
    return tuple(p.strip() for p in parts if p.strip())
