"""What a gate is worked out from: claims of one view, already filtered to what was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tetrapylon.model import (
    Claim,
    ClearanceClaim,
    ConditionReport,
    Decision,
    DetectorSignal,
    DetectorSweep,
    HazardArea,
    HazardReport,
    Incident,
    LandRelease,
    Mandate,
    Occurrence,
    OrdnanceItem,
    Party,
    Place,
    QualityCheck,
    Search,
    Site,
    Structure,
    Void,
)


@dataclass(frozen=True)
class Seen:
    """Claims of one view, every version live at that moment. What is missing here is not known, never denied."""

    structures: Sequence[Claim[Structure]]
    places: Sequence[Claim[Place]] = ()
    sites: Sequence[Claim[Site]] = ()
    parties: Sequence[Claim[Party]] = ()
    decisions: Sequence[Claim[Decision]] = ()
    mandates: Sequence[Claim[Mandate]] = ()
    hazards: Sequence[Claim[HazardReport]] = ()
    hazard_areas: Sequence[Claim[HazardArea]] = ()
    incidents: Sequence[Claim[Incident]] = ()
    ordnance: Sequence[Claim[OrdnanceItem]] = ()
    occurrences: Sequence[Claim[Occurrence]] = ()
    conditions: Sequence[Claim[ConditionReport]] = ()
    clearance: Sequence[Claim[ClearanceClaim]] = ()
    releases: Sequence[Claim[LandRelease]] = ()
    searches: Sequence[Claim[Search]] = ()
    sweeps: Sequence[Claim[DetectorSweep]] = ()
    signals: Sequence[Claim[DetectorSignal]] = ()
    voids: Sequence[Claim[Void]] = ()
    checks: Sequence[Claim[QualityCheck]] = ()
    unreadable: Sequence[str] = ()
    """Entries (hashes) of these entities that could not be read, withheld or foreign: any may speak of danger here."""
