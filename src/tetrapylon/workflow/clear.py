"""CLEAR: what is claimed and what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tetrapylon.clear.gate import Seen, Statuses, gates
from tetrapylon.clear.ledger import Ledger, OnRecord, ledger
from tetrapylon.model import (
    Claim,
    ClearanceClaim,
    ConditionReport,
    Decision,
    DetectorSignal,
    DetectorSweep,
    GateState,
    Handover,
    HazardArea,
    HazardReport,
    Incident,
    LandRelease,
    Mandate,
    Occurrence,
    OrdnanceItem,
    Party,
    Place,
    Progress,
    QualityCheck,
    Search,
    Site,
    Statement,
    Structure,
    Void,
)
from tetrapylon.model.terms import Activity
from tetrapylon.record.record import Record
from tetrapylon.record.view import View
from tetrapylon.workflow.keeping import view_of
from tetrapylon.workflow.product import Product


def clearance_ledger(record: Record, *, on: str | None = None, known: str | None = None) -> Product[Ledger]:
    """Stated clearance figures, posted once, with what the five rules find."""
    view = record.view(on=on, known=known)
    return Product("clear ledger", ledger_of(view), view)


def ledger_of(view: View) -> Ledger:
    """The ledger of a view."""
    return ledger(
        view.resolved(ClearanceClaim),
        view.resolved(Statement),
        view.resolved(Place),
        structures=view.resolved(Structure),
        on_record=OnRecord(
            view.resolved(Progress), view.resolved(Search), view.resolved(QualityCheck), view.resolved(Handover)
        ),
    )


@dataclass(frozen=True)
class GateOf:
    """The gate of one structure."""

    structure: Claim[Structure]
    statuses: Statuses


@dataclass(frozen=True)
class Gates:
    """Gates of a view, and how many structures a release Decision names."""

    of: tuple[GateOf, ...]
    released: int
    site_wide: tuple[Claim[HazardReport], ...]
    """Reports about the site or the town that hold every structure in it, latest first."""

    @property
    def held(self) -> int:
        """Structures whose ground, rubble and voids are all held."""
        return sum(all(s.state is GateState.HELD for s in one.statuses.values()) for one in self.of)


def gate_report(
    record: Record, *, structure: str | None = None, activity: str | None = None, on: str | None = None,
    known: str | None = None, recognise: Iterable[str] = (),
) -> Product[Gates]:  # fmt: skip
    """Gate of one structure, or of all.

    ``activity``: what a Decision must authorise; without it, one for any activity is named. ``recognise``: parties
    whose Decisions settle contradictions.

    Raises
    ------
    NotFound : there is no such structure or party in the view; the nearest is named.
    VocabularyError : there is no such activity.
    """
    view = view_of(record, on=on, known=known, recognise=recognise)
    chosen = [view.one(Structure, structure).uid] if structure else None
    asked = Activity.read(activity) if activity else None
    return Product("clear gate", gates_of(view, activity=asked, structures=chosen), view, {"activity": activity})


def gates_of(view: View, *, activity: Activity | None = None, structures: list[str] | None = None) -> Gates:
    """Gates of a view."""
    seen = seen_in(view)
    by_uid = {c.uid: c for c in seen.structures}
    statuses = gates(seen, on=view.day, activity=activity, structures=structures)
    named = {uid for release in seen.releases for uid in release.body.structures}
    reports = sorted(
        (c for c in seen.hazards if c.body.date.earliest <= view.day and c.body.structure in _wholes(seen)),
        key=lambda c: c.body.date.date,
        reverse=True,
    )
    return Gates(
        tuple(GateOf(by_uid[uid], s) for uid, s in statuses.items()), len(named & by_uid.keys()), tuple(reports)
    )


def _wholes(seen: Seen) -> set[str]:
    """Structures that others are part of, or that stand for the whole site or town."""
    return {c.uid for c in seen.structures if c.body.parent is None}


def seen_in(view: View) -> Seen:
    """Everything a gate is worked out from: also what speaks about another day, so that a lapsed decision shows."""
    seen = Seen(
        structures=view.resolved(Structure, ever=True),
        places=view.resolved(Place, ever=True),
        sites=view.resolved(Site, ever=True),
        parties=view.resolved(Party, ever=True),
        decisions=view.resolved(Decision, ever=True),
        mandates=view.resolved(Mandate, ever=True),
        hazards=view.resolved(HazardReport, ever=True),
        hazard_areas=view.resolved(HazardArea, ever=True),
        incidents=view.resolved(Incident, ever=True),
        ordnance=view.resolved(OrdnanceItem, ever=True),
        occurrences=view.resolved(Occurrence, ever=True),
        conditions=view.resolved(ConditionReport, ever=True),
        clearance=view.resolved(ClearanceClaim, ever=True),
        releases=view.resolved(LandRelease, ever=True),
        searches=view.resolved(Search, ever=True),
        sweeps=view.resolved(DetectorSweep, ever=True),
        signals=view.resolved(DetectorSignal, ever=True),
        voids=view.resolved(Void, ever=True),
        checks=view.resolved(QualityCheck, ever=True),
    )
    return replace(seen, unreadable=tuple(sorted(view.incomplete)))
