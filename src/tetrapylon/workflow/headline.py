"""What a view comes to in one line, and the warning every output about it carries."""

from __future__ import annotations

from dataclasses import dataclass

from tetrapylon.model import ConditionReport, LandRelease, Site, Structure
from tetrapylon.record.view import View
from tetrapylon.workflow.clear import ledger_of


@dataclass(frozen=True)
class Headline:
    """Counts of a view: stated clearance figures, the statements they go back to, release decisions, structures."""

    figures: int
    statements: int
    releases: int
    reported_on: int
    structures: int

    def __str__(self) -> str:
        return (
            f"{self.figures} figures, {self.statements} statements, {self.releases} release decisions; "
            f"{self.reported_on} of {self.structures} structures reported on"
        )


def headline(view: View) -> Headline:
    """Count a view."""
    book = ledger_of(view)
    structures = {c.uid for c in view.resolved(Structure)}
    reported = {c.body.structure for c in view.resolved(ConditionReport)} & structures
    return Headline(book.claims, book.lineages, len(view.resolved(LandRelease)), len(reported), len(structures))


def banner_of(view: View) -> str:
    """The warning of the view's sites; empty when there is none."""
    return " ".join(dict.fromkeys(c.body.banner for c in view.resolved(Site, ever=True) if c.body.banner))
