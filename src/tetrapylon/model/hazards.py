"""Explosive hazards and what was done about them: reports, areas, claims, searches, finds, release."""

from __future__ import annotations

from typing import Annotated

from shapely.geometry.base import BaseGeometry

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref, rule
from tetrapylon.model.field import Term, Unit
from tetrapylon.model.parties import Mandate, Party, Statement, Team
from tetrapylon.model.places import WGS84, Place, Structure, Void
from tetrapylon.model.quantity import Stated
from tetrapylon.model.terms import (
    AreaClassification,
    AreaStatus,
    Certainty,
    ChargeEffect,
    CheckResult,
    ClaimPeriod,
    DepthDatum,
    Disposal,
    Evidence,
    HazardKind,
    IncidentKind,
    OrdnanceCategory,
    ReleaseKind,
    SearchMethod,
    Surroundings,
)
from tetrapylon.model.tiers import Tier


class HazardReport(Entity):
    """A report that speaks of explosive ordnance, of access limited by it, or of work against it."""

    holds = Holds.INSTANT
    span = ("date", None)

    date: Annotated[When, "Date the report speaks of"]
    kind: Annotated[HazardKind, "What it speaks of"]
    description: Annotated[str, "What is reported, in our words"]
    place_name: Annotated[str | None, "Place in the source's words"] = None
    place: Annotated[Ref[Place] | None, "Place on record"] = None
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    count: Annotated[Stated | None, "Items or people, as stated"] = None
    area: Annotated[Stated | None, "Area, as stated", Unit("m2")] = None
    actor: Annotated[str | None, "Who laid, cleared or was affected, in the source's words"] = None
    evidence: Annotated[Evidence | None, "Direct or indirect"] = None
    geometry: Annotated[BaseGeometry | None, "Position or extent", WGS84, Tier.RESTRICTED] = None
    position_accuracy: Annotated[float | None, "Radius within which it lies", Unit("m"), Tier.RESTRICTED] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class HazardArea(Entity):
    """A suspected or confirmed hazardous area."""

    term = "IMAS 04.10 hazardous area"
    span = ("recorded", None)

    classification: Annotated[AreaClassification, "SHA, CHA or DHA"]
    recorded: Annotated[When, "When it was put on record"]
    status: Annotated[AreaStatus, "Status"] = AreaStatus.OPEN
    geometry: Annotated[BaseGeometry | None, "Boundary", WGS84, Tier.PARTNERS] = None
    declared_area: Annotated[Stated | None, "Area as stated, never corrected", Unit("m2")] = None
    place: Annotated[Ref[Place] | None, "Place on record"] = None
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    contamination: Annotated[tuple[HazardKind, ...], "What is suspected or confirmed"] = ()
    evidence: Annotated[tuple[Evidence, ...], "Direct or indirect evidence"] = ()
    reason: Annotated[str | None, "Reason of the status"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class ClearanceClaim(Entity):
    """What an operator or a newspaper says was cleared. A claim is not a release; it may have no geometry."""

    holds = Holds.INSTANT
    span = ("date", None)

    date: Annotated[When, "Date the figure speaks of"]
    claimed_by: Annotated[str, "Who claims, in the source's words"]
    party: Annotated[Ref[Party] | None, "The party meant by claimed_by, where it is known"] = None
    place: Annotated[Ref[Place] | None, "Place the figure covers"] = None
    structure: Annotated[Ref[Structure] | None, "Structure the figure covers"] = None
    scope: Annotated[str | None, "Scope in the source's words"] = None
    campaign: Annotated[str | None, "Campaign the figure belongs to; several joined by +"] = None
    period: Annotated[ClaimPeriod, "What stretch of work it covers"] = ClaimPeriod.CUMULATIVE
    area: Annotated[Stated | None, "Area", Unit("m2")] = None
    items: Annotated[Stated | None, "Explosive items"] = None
    roads: Annotated[Stated | None, "Length of roads", Unit("m")] = None
    buildings: Annotated[Stated | None, "Buildings"] = None
    personnel: Annotated[Stated | None, "People, support staff included"] = None
    days: Annotated[Stated | None, "Days of work the figure is stated for"] = None
    equipment: Annotated[str | None, "Equipment named"] = None
    methods: Annotated[tuple[SearchMethod, ...], "Methods named"] = ()
    depth: Annotated[float | None, "Depth, where stated", Unit("m")] = None
    depth_datum: Annotated[DepthDatum | None, "What the depth is measured from"] = None
    qualifier: Annotated[str | None, "Qualifying words of the source"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Progress(Entity):
    """A team's work on one day."""

    holds = Holds.INSTANT
    span = ("date", None)

    date: Annotated[When, "Day"]
    team: Annotated[Ref[Team] | None, "Team"] = None
    area_of: Annotated[Ref[HazardArea] | None, "Hazard area worked on"] = None
    method: Annotated[SearchMethod | None, "Method"] = None
    area: Annotated[Stated | None, "Area searched", Unit("m2")] = None
    staff_hours: Annotated[float | None, "Hours of work of all staff", Unit("h")] = None
    depth: Annotated[float | None, "Depth", Unit("m")] = None
    finds: Annotated[int | None, "Items found"] = None
    stoppage: Annotated[str | None, "Why work stopped"] = None
    geometry: Annotated[BaseGeometry | None, "Ground worked", WGS84, Tier.PARTNERS] = None


class Search(Entity):
    """A search of ground, rubble or a void: method, passes, coverage, depth."""

    holds = Holds.INTERVAL
    span = ("start", "end")

    method: Annotated[SearchMethod, "Method"]
    start: Annotated[When, "Start"]
    end: Annotated[When | None, "End"] = None
    geometry: Annotated[BaseGeometry | None, "Ground searched", WGS84, Tier.PARTNERS] = None
    structure: Annotated[Ref[Structure] | None, "Structure searched"] = None
    void: Annotated[Ref[Void] | None, "Void or rubble searched"] = None
    area_of: Annotated[Ref[HazardArea] | None, "Hazard area searched"] = None
    passes: Annotated[int, "Times the ground was covered"] = 1
    coverage: Annotated[float | None, "Share of the ground covered, 0 to 1"] = None
    depth: Annotated[float | None, "Depth", Unit("m")] = None
    depth_datum: Annotated[DepthDatum | None, "What the depth is measured from"] = None
    instrument: Annotated[str | None, "Instrument"] = None
    team: Annotated[Ref[Team] | None, "Team"] = None


class OrdnanceItem(Entity):
    """An item found."""

    holds = Holds.INSTANT
    span = ("found", None)
    term = "IMAS 04.10 explosive ordnance"

    found: Annotated[When, "When it was found"]
    category: Annotated[OrdnanceCategory, "Category"]
    model: Annotated[str | None, "Model"] = None
    quantity: Annotated[int, "Number of such items"] = 1
    condition: Annotated[str | None, "Condition"] = None
    all_up_mass: Annotated[float | None, "Highest plausible mass of the whole item", Unit("kg"), Tier.PARTNERS] = None
    net_explosive_quantity: Annotated[
        float | None, "Net explosive quantity, TNT equivalent", Unit("kg"), Tier.PARTNERS
    ] = None
    cased: Annotated[bool | None, "Whether it has a fragmenting case; none: unknown, counts as fragmenting"] = None
    casing_confirmed_by: Annotated[
        str | None, "Name of the EOD operator who confirmed that it has none", Tier.PERSONAL
    ] = None
    effect: Annotated[ChargeEffect, "How the charge acts"] = ChargeEffect.UNKNOWN
    surroundings: Annotated[Surroundings, "What surrounds it"] = Surroundings.UNKNOWN
    linked_to: Annotated[tuple[Ref[OrdnanceItem], ...], "Items it may be linked to; their masses are summed"] = ()
    found_depth: Annotated[float | None, "Depth at which it lay", Unit("m")] = None
    place: Annotated[Ref[Place] | None, "Place on record"] = None
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    void: Annotated[Ref[Void] | None, "Void or rubble it lay in"] = None
    geometry: Annotated[BaseGeometry | None, "Position", WGS84, Tier.RESTRICTED] = None
    position_accuracy: Annotated[float | None, "Radius within which it lies", Unit("m"), Tier.RESTRICTED] = None
    disposal: Annotated[Disposal, "What became of it"] = Disposal.IN_PLACE
    disposed: Annotated[When | None, "When that was done"] = None
    store: Annotated[str | None, "Where it is stored", Tier.RESTRICTED] = None

    @rule("masses are greater than zero, and there is one item or more")
    def amounts_are_positive(self) -> bool:
        """A mass of nothing would give a cordon of nothing."""
        masses = (self.all_up_mass, self.net_explosive_quantity)
        return self.quantity >= 1 and all(mass > 0 for mass in masses if mass is not None)


class Incident(Entity):
    """An accident, or a find on released land. Never a name."""

    holds = Holds.INSTANT
    span = ("date", None)

    date: Annotated[When, "When"]
    kind: Annotated[IncidentKind, "Kind"]
    description: Annotated[str | None, "What happened, in our words, without names"] = None
    place: Annotated[Ref[Place] | None, "Place on record"] = None
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    geometry: Annotated[BaseGeometry | None, "Position", WGS84, Tier.RESTRICTED] = None
    device: Annotated[OrdnanceCategory | None, "Category of the device"] = None
    killed: Annotated[int | None, "People killed"] = None
    injured: Annotated[int | None, "People injured"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class QualityCheck(Entity):
    """An inspection of searched or released ground by someone other than its operator."""

    holds = Holds.INSTANT
    span = ("date", None)
    term = "IMAS 09.20 inspection"

    date: Annotated[When, "When"]
    inspector: Annotated[Ref[Party], "Who inspected"]
    result: Annotated[CheckResult, "Result"]
    about: Annotated[tuple[Ref[Entity], ...], "Searches, releases or areas inspected"] = ()
    geometry: Annotated[BaseGeometry | None, "Ground inspected", WGS84, Tier.PARTNERS] = None
    sample_plan: Annotated[str | None, "Sampling plan"] = None
    nonconformity: Annotated[str | None, "Nonconformity"] = None
    corrective_action: Annotated[str | None, "Corrective action"] = None


class LandRelease(Entity):
    """Land released by decision of an authority (IMAS 07.11). Never created by software."""

    holds = Holds.UNTIL_SUPERSEDED
    span = ("date", None)
    term = "IMAS 07.11 land release"

    date: Annotated[When, "Date of the decision"]
    kind: Annotated[ReleaseKind, "Cancelled, reduced or cleared", Term("IMAS 07.11")]
    decided_by: Annotated[Ref[Party], "A party with a mandate, not the operator"]
    mandate: Annotated[Ref[Mandate] | None, "The mandate it rests on"] = None
    geometry: Annotated[BaseGeometry | None, "Ground released", WGS84, Tier.PARTNERS] = None
    declared_area: Annotated[Stated | None, "Area as stated, never corrected", Unit("m2")] = None
    structures: Annotated[tuple[Ref[Structure], ...], "Structures named in it"] = ()
    area_of: Annotated[tuple[Ref[HazardArea], ...], "Hazard areas it concerns"] = ()
    depth: Annotated[float | None, "Depth below the datum; required when cleared", Unit("m")] = None
    depth_datum: Annotated[DepthDatum | None, "What the depth is measured from; required when cleared"] = None
    methods: Annotated[tuple[SearchMethod, ...], "Methods; required when cleared"] = ()
    operator: Annotated[Ref[Party] | None, "Who did the work"] = None
    residual_risk: Annotated[str | None, "Residual risk as stated"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None

    @rule("cleared land states method, depth and datum")
    def cleared_is_specified(self) -> bool:
        """Without them "cleared" cannot be interpreted."""
        stated = bool(self.methods) and self.depth is not None and self.depth_datum is not None
        return self.kind is not ReleaseKind.CLEARED or stated

    @rule("whoever decides is not whoever did the work")
    def decider_is_not_operator(self) -> bool:
        """An operator's claim is not a release."""
        return self.operator is None or self.operator != self.decided_by


class Handover(Entity):
    """Released land handed over to its users (IMAS 08.30)."""

    holds = Holds.INSTANT
    span = ("date", None)
    term = "IMAS 08.30 handover"

    date: Annotated[When, "When"]
    release: Annotated[Ref[LandRelease], "The release it rests on"]
    handed_to: Annotated[str | None, "To whom"] = None
    restrictions: Annotated[str | None, "Restrictions"] = None
    residual_risk: Annotated[str | None, "Residual risk as stated"] = None
    signatories: Annotated[str | None, "Who signed", Tier.PERSONAL] = None


__all__ = [
    "ClearanceClaim",
    "Handover",
    "HazardArea",
    "HazardReport",
    "Incident",
    "LandRelease",
    "OrdnanceItem",
    "Progress",
    "QualityCheck",
    "Search",
]
