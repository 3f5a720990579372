"""What in a record needs a person's look: contested, quarantined, incomplete, or of doubtful geometry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.area import Alert, withheld
from tetrapylon.clear.release.dangers import dangers
from tetrapylon.clear.survey import FieldCensus, Survey, Tally, examine_survey, survey_of
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
from tetrapylon.workflow.proposals import write_proposals
from tetrapylon.workflow.survey_site import site_outline
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
    census: tuple[FieldCensus, ...] = ()
    """Values of the fields with a closed list, and of fields this version does not know."""
    proposals: int | None = None
    """Number of proposed repairs written to a file of their own; None: not asked."""


def check_record(
    record: Record, *, on: str | None = None, known: str | None = None, recognise: Iterable[str] = (),
    site: str | None = None, propose: Path | None = None,
) -> Checked:  # fmt: skip
    """Look through a view of the record; the record is only read.

    Parameters
    ----------
    recognise : parties whose Decisions settle contradictions. site : outline everything should lie in
    (`survey_site.site_outline`). propose : write every proposed repair to this new file.

    Raises
    ------
    NotFound : the record knows no such party or site. ValueRangeError : the site is none, or the proposals cannot be
    written.
    """
    view = view_of(record, on=on, known=known, recognise=recognise)
    outline = site_outline(site, view) if site else None
    drawn = [
        (entity, claim, finding)
        for entity in REGISTRY.values()
        if (field := entity.geometry_field()) is not None
        for claim in view.claims(entity, ever=True)
        if (shape := getattr(claim.body, field.name)) is not None
        for finding in examine(shape, site=outline)
        if finding.severity is not Severity.NOTE
    ]
    quarantined = record.store.query("SELECT feed, min(seq) FROM quarantine GROUP BY feed ORDER BY feed")
    contests = tuple(view.contests())
    names = {uid: named.name for uid, named in names_of(record, (c.uid for c in contests)).items()}
    names |= {c.uid: c.body.label for c in view.claims(Party, ever=True)}
    seen = seen_in(view)
    survey = survey_in(view, site=outline)
    found = examine_survey(survey, outlines=False).findings
    repairs = [replace(f, about=(claim.uid,)) for _, claim, f in drawn] + list(found)
    called = {p.uid: p.name for p in survey.parcels} | {claim.uid: claim.name for _, claim, _ in drawn}
    return Checked(
        contests,
        names,
        tuple((f, s) for f, s in quarantined),
        len(view.incomplete),
        tuple(GeometryNote(e.title(), c.name, f.code, f.severity.value, f.message) for e, c, f in drawn),
        found,
        withheld(seen.releases, dangers(seen)).alerts,
        survey.census,
        None if propose is None else write_proposals(repairs, propose, names=called),
    )


def survey_in(view: View, *, site: BaseGeometry | None = None) -> Survey:
    """What a view holds of a survey, contested claims side by side."""
    survey = survey_of(
        view.claims(HazardArea, ever=True),
        view.claims(LandRelease, ever=True),
        view.claims(Search, ever=True),
        view.claims(Progress, ever=True),
        ordnance=view.claims(OrdnanceItem, ever=True),
        incidents=view.claims(Incident, ever=True),
        site=site,
        today=parse_date(view.known[:10]),
    )
    census, headings = _fields(view)
    return replace(survey, census=census, headings=headings)


def _fields(view: View) -> tuple[tuple[FieldCensus, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Values of fields with a closed list and of unknown fields, and the names of all fields, by entity.

    Other texts are left out: they may be personal.
    """
    census: list[FieldCensus] = []
    headings = []
    for name, entity in REGISTRY.items():
        claims = view.claims(entity, ever=True)
        extra = tuple(dict.fromkeys(key for c in claims for key in c.body.extra))
        listed = [f.name for f in entity.fields().values() if f.vocabulary is not None and not f.many]
        tally = Tally(name, (*listed, *extra))
        for claim in claims:
            body = claim.body
            tally.add([_text(getattr(body, f)) for f in listed] + [_text(body.extra.get(key)) for key in extra])
        census += tally.result()
        if extra:
            headings.append((name, (*entity.fields(), *extra)))
    return tuple(census), tuple(headings)


def _text(value: object) -> object:
    return "" if value is None else str(value) if isinstance(value, str | int | float) else value
