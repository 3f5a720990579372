"""What in a record needs a person's look: contested, quarantined, incomplete, or of doubtful geometry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tetrapylon.clear.area import Alert, withheld
from tetrapylon.clear.release.dangers import dangers
from tetrapylon.clear.survey import Survey, examine_survey, survey_of
from tetrapylon.geo.checks import Finding, Severity
from tetrapylon.geo.validity import examine
from tetrapylon.model import (
    REGISTRY,
    HazardArea,
    Incident,
    LandRelease,
    OrdnanceItem,
    Party,
    Progress,
    Search,
    parse_date,
)
from tetrapylon.record.record import Record
from tetrapylon.record.view import Contest, View
from tetrapylon.workflow.clear import seen_in
from tetrapylon.workflow.keeping import view_of
from tetrapylon.workflow.telling import names_of


@dataclass(frozen=True)
class GeometryNote:
    """Something about the geometry of one claim."""

    entity: str
    name: str
    code: str
    severity: str
    message: str


@dataclass(frozen=True)
class Checked:
    """What `check_record` found."""

    contests: tuple[Contest, ...]
    names: dict[str, str]
    """What people call the contested things and the parties, by uid."""
    quarantined: tuple[tuple[str, int], ...]
    """Feed and first sequence number of each branch in quarantine."""
    incomplete: int
    geometry: tuple[GeometryNote, ...]
    survey: tuple[Finding, ...] = ()
    """What hazard areas, releases, searches and work say against each other and against their finds."""
    withheld: tuple[Alert, ...] = ()
    """Releases that may not be relied on any more, with the reason."""


def check_record(
    record: Record, *, on: str | None = None, known: str | None = None, recognise: Iterable[str] = ()
) -> Checked:
    """Look through a view of the record; reading only.

    ``recognise``: parties whose Decisions settle contradictions.

    Raises
    ------
    NotFound : the record knows no such party.
    """
    view = view_of(record, on=on, known=known, recognise=recognise)
    notes = []
    for entity in REGISTRY.values():
        field = entity.geometry_field()
        for claim in view.claims(entity, ever=True):
            outline = getattr(claim.body, field.name) if field else None
            if outline is None:
                continue
            notes += [
                GeometryNote(entity.title(), claim.name, f.code, f.severity.value, f.message)
                for f in examine(outline)
                if f.severity is not Severity.NOTE
            ]
    quarantined = record.store.query("SELECT feed, min(seq) FROM quarantine GROUP BY feed ORDER BY feed")
    contests = tuple(view.contests())
    names = {uid: named.name for uid, named in names_of(record, (c.uid for c in contests)).items()}
    names |= {c.uid: c.body.label for c in view.claims(Party, ever=True)}
    seen = seen_in(view)
    return Checked(
        contests,
        names,
        tuple((f, s) for f, s in quarantined),
        len(view.incomplete),
        tuple(notes),
        examine_survey(survey_in(view), outlines=False).findings,
        withheld(seen.releases, dangers(seen)).alerts,
    )


def survey_in(view: View) -> Survey:
    """What a view holds of a survey, contested claims side by side."""
    return survey_of(
        view.claims(HazardArea, ever=True),
        view.claims(LandRelease, ever=True),
        view.claims(Search, ever=True),
        view.claims(Progress, ever=True),
        ordnance=view.claims(OrdnanceItem, ever=True),
        incidents=view.claims(Incident, ever=True),
        today=parse_date(view.known[:10]),
    )
