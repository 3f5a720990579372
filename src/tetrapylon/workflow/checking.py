"""What in a record needs a person's look: contested, quarantined, incomplete, or of doubtful geometry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tetrapylon.geo.checks import Severity
from tetrapylon.geo.validity import examine
from tetrapylon.model import REGISTRY, Party
from tetrapylon.record.record import Record
from tetrapylon.record.view import Contest
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
    return Checked(contests, names, tuple((f, s) for f, s in quarantined), len(view.incomplete), tuple(notes))
