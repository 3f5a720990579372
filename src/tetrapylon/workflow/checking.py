"""What in a record needs a person's look: contested, quarantined, incomplete, or of doubtful geometry."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.geo.checks import Severity
from tetrapylon.geo.validity import examine
from tetrapylon.model import REGISTRY
from tetrapylon.record.record import Record
from tetrapylon.record.view import Contest


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
    quarantined: tuple[tuple[str, int], ...]
    """Feed and first sequence number of each branch in quarantine."""
    incomplete: int
    geometry: tuple[GeometryNote, ...]


def check_record(record: Record, *, on: str | None = None, known: str | None = None) -> Checked:
    """Look through a view of the record; reading only."""
    view = record.view(on=on, known=known)
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
    return Checked(tuple(view.contests()), tuple((f, s) for f, s in quarantined), len(view.incomplete), tuple(notes))
