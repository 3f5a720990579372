"""COORDINATE: who said, promised, decided and consented to what."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.coordinate.commitments import Asked, Pledge, Submission, asked_first, decisions, pledges, submissions
from tetrapylon.coordinate.consents import ConsentStatus, consents
from tetrapylon.coordinate.statements import Chain, Heard, chains, heard
from tetrapylon.evidence.lineage import trace
from tetrapylon.model import (
    Claim,
    Commitment,
    Consent,
    Occurrence,
    Party,
    Recommendation,
    Source,
    Statement,
    Structure,
    Works,
)
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.product import Product


@dataclass(frozen=True)
class Said:
    """Statements of a view (or of one source) with their chains, and how often each speaker is heard."""

    chains: tuple[Chain, ...]
    heard: tuple[Heard, ...]
    texts: dict[str, str]
    """What was said, in our words, by uid of the statement, where an occurrence tells it."""
    source: Claim[Source] | None


def statements(
    record: Record, *, source: str | None = None, also: tuple[str, ...] = (), on: str | None = None,
    known: str | None = None,
) -> Product[Said]:  # fmt: skip
    """Statements with their chains; of one source when it is named.

    ``also``: speakers to show even when they are not heard at all.

    Raises
    ------
    NotFound : there is no such source in the view; the nearest is named.
    """
    view = record.view(on=on, known=known)
    origin = view.one(Source, source) if source else None
    return Product("coordinate statements", said_in(view, origin, also), view, {"source": source})


def said_in(view: View, source: Claim[Source] | None = None, also: tuple[str, ...] = ()) -> Said:
    """Statements of a view."""
    told = view.resolved(Statement, ever=True)
    found = chains(told, parties=view.resolved(Party, ever=True), lineage=trace(told))
    if source is not None:
        found = tuple(c for c in found if c.claim.body.source == source.uid)
    texts: dict[str, str] = {}
    for occurrence in view.resolved(Occurrence, ever=True):
        for uid in occurrence.body.statements:
            if occurrence.body.description:
                texts.setdefault(uid, occurrence.body.description)
    return Said(found, heard(found, also=also, quoted_only=True), texts, source)


@dataclass(frozen=True)
class Promised:
    """Pledges, decisions of bodies, what was submitted when, and works begun after a project was asked for."""

    pledges: tuple[Pledge, ...]
    decisions: tuple[Claim[Recommendation], ...]
    submissions: tuple[Submission, ...]
    asked: tuple[Asked, ...]


def commitments(record: Record, *, on: str | None = None, known: str | None = None) -> Product[Promised]:
    """Pledges with what was left unspecified; decisions, and what was submitted when."""
    view = record.view(on=on, known=known)
    return Product("coordinate commitments", promised_in(view), view)


def promised_in(view: View) -> Promised:
    """Pledges, decisions and submissions of a view."""
    recommendations = view.resolved(Recommendation)
    submitted = submissions(recommendations, view.resolved(Occurrence))
    return Promised(
        pledges(view.resolved(Commitment)),
        decisions(recommendations, on=view.day),
        submitted,
        asked_first(
            view.resolved(Works, ever=True), recommendations, structures=view.resolved(Structure), submitted=submitted
        ),
    )


def consent_report(
    record: Record, *, structure: str | None = None, on: str | None = None, known: str | None = None
) -> Product[tuple[ConsentStatus, ...]]:
    """Where the consents of one structure, or of all, stand.

    Raises
    ------
    NotFound : there is no such structure in the view; the nearest is named.
    """
    view = record.view(on=on, known=known)
    said = submissions(view.resolved(Recommendation), view.resolved(Occurrence))
    found = consents(
        view.resolved(Structure),
        view.resolved(Consent, ever=True),
        on=view.day,
        parties=view.resolved(Party, ever=True),
        said=said,
    )
    if structure:
        uid = view.one(Structure, structure).uid
        found = tuple(c for c in found if c.structure.uid == uid)
    return Product("coordinate consents", found, view)
