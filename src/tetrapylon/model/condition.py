"""Condition of structures, and what is recommended, estimated, consented and done about it."""

from __future__ import annotations

from typing import Annotated

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref
from tetrapylon.model.field import Unit
from tetrapylon.model.parties import Party, Statement
from tetrapylon.model.places import Place, Structure
from tetrapylon.model.terms import (
    Certainty,
    ConsentState,
    DamageClass,
    DateKind,
    Mode,
    OccurrenceKind,
    Presence,
    RecommendationKind,
    WorksKind,
)


class Occurrence(Entity):
    """A happening: change of control, demolition, visit, denied access."""

    holds = Holds.INSTANT
    span = ("start", "end")
    term = "CRM E5 Event"

    kind: Annotated[OccurrenceKind, "Kind of happening"]
    start: Annotated[When, "When it happened or began"]
    end: Annotated[When | None, "When it ended"] = None
    description: Annotated[str | None, "What happened, in our words"] = None
    place: Annotated[Ref[Place] | None, "Where"] = None
    structure: Annotated[Ref[Structure] | None, "Structure concerned"] = None
    actor: Annotated[str | None, "Who, in the source's words"] = None
    statements: Annotated[tuple[Ref[Statement], ...], "Statements that carry it"] = ()
    happening: Annotated[str | None, "Rows sharing this name claim one happening on different dates"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    note: Annotated[str | None, "Remarks"] = None


class ConditionReport(Entity):
    """One independent report on the condition of one structure."""

    holds = Holds.INSTANT
    span = ("date", None)
    term = "CRM E14 Condition Assessment"

    structure: Annotated[Ref[Structure], "Structure reported on"]
    date: Annotated[When, "Date; see date_kind for what of"]
    wording: Annotated[str, "What the report says, in our words; the grade interval is read from this"]
    date_kind: Annotated[DateKind, "What the date is the date of"] = DateKind.REPORTED
    observer: Annotated[str | None, "Who observed, in the source's words"] = None
    mode: Annotated[Mode | None, "How the finding was come by"] = None
    damage_class: Annotated[DamageClass | None, "The compiler's class; no engine reads a grade from it"] = None
    presence: Annotated[Presence, "Whether the structure was assessed at all"] = Presence.ASSESSED
    grade_lo: Annotated[int | None, "Lowest grade the assessor gives, 0 to 5 (EMS-98 numbering)"] = None
    grade_hi: Annotated[int | None, "Highest grade the assessor gives"] = None
    extent: Annotated[float | None, "Share of the fabric affected, 0 to 1"] = None
    cause: Annotated[str | None, "Cause as stated"] = None
    restorability_note: Annotated[str | None, "What the source says can be restored"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Estimate(Entity):
    """An expert's opinion, attributed to whoever gave it."""

    holds = Holds.UNTIL_SUPERSEDED
    span = ("date", None)
    term = "CRMinf I2 Belief"

    date: Annotated[When, "When it was given"]
    body: Annotated[str, "Who gave it, in the source's words"]
    text: Annotated[str, "The estimate, in our words"]
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    quantity: Annotated[str | None, "What is estimated (share_new, share_surviving, share_original ...)"] = None
    lo: Annotated[float | None, "Lower end of the estimate"] = None
    hi: Annotated[float | None, "Upper end of the estimate"] = None
    status: Annotated[str | None, "Status as stated"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Recommendation(Entity):
    """A recommendation, decision of a body, plan or funding as published."""

    holds = Holds.UNTIL_SUPERSEDED
    span = ("date", None)

    date: Annotated[When, "When it was issued"]
    kind: Annotated[RecommendationKind, "What was issued"]
    body: Annotated[str, "Who issued it, in the source's words"]
    text: Annotated[str, "What it says, in our words"]
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    status: Annotated[str | None, "Status as stated"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Works(Entity):
    """Work on a structure that was done, begun or planned."""

    holds = Holds.INTERVAL
    span = ("start", "end")
    term = "CRM E11 Modification"

    start: Annotated[When, "Start, or the date of the report of it"]
    body: Annotated[str, "Who works, in the source's words"]
    text: Annotated[str, "What is done, in our words"]
    end: Annotated[When | None, "End"] = None
    kind: Annotated[WorksKind | None, "Kind of works"] = None
    structure: Annotated[Ref[Structure] | None, "Structure"] = None
    status: Annotated[str | None, "Status as stated"] = None
    confidence: Annotated[Certainty | None, "How sure that the source says so"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Consent(Entity):
    """A consent to works: asked of whom, given or refused, for what."""

    holds = Holds.INTERVAL
    span = ("date", "until")

    date: Annotated[When, "When"]
    state: Annotated[ConsentState, "Where it stands"]
    structure: Annotated[Ref[Structure], "Structure"]
    asked_of: Annotated[Ref[Party] | None, "Whose consent"] = None
    asked_by: Annotated[Ref[Party] | None, "Who asked"] = None
    scope: Annotated[str | None, "For what"] = None
    until: Annotated[When | None, "Until when it holds"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Fabric(Entity):
    """What is left of a structure's fabric: shares of ancient stone, earlier restoration and loss, as intervals."""

    span = ("date", None)

    structure: Annotated[Ref[Structure], "Structure or element"]
    date: Annotated[When, "When it was measured or estimated"]
    basis: Annotated[str, "Measured how, or whose estimate"]
    ancient_lo: Annotated[
        float | None, "Surviving ancient fabric as a share of the volume before the event, lower end"
    ] = None
    ancient_hi: Annotated[float | None, "The same, upper end"] = None
    restored_lo: Annotated[float | None, "Surviving earlier restoration as a share, lower end"] = None
    restored_hi: Annotated[float | None, "The same, upper end"] = None
    placed_lo: Annotated[float | None, "Share of usable pieces whose position is proven, lower end"] = None
    placed_hi: Annotated[float | None, "The same, upper end"] = None
    documentation: Annotated[int | None, "0 none, 1 photos, 2 measured drawings, 3 scan, 4 scan and stone by stone"] = (
        None
    )
    foundations_verified: Annotated[bool | None, "Whether an engineer verified the foundations"] = None
    piece_volume: Annotated[float | None, "Volume of pieces counted", Unit("m3")] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None
