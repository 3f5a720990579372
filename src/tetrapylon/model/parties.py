"""Who speaks and decides, from which sources, and what was said through whom."""

from __future__ import annotations

from typing import Annotated

from tetrapylon.model.dates import When
from tetrapylon.model.entity import Entity, Holds, Ref, rule
from tetrapylon.model.field import Term
from tetrapylon.model.terms import (
    Access,
    AssetKind,
    DecisionKind,
    LineageCertainty,
    MandateMatter,
    PartyKind,
    SourceKind,
)
from tetrapylon.model.terms import Activity as ActivityKind
from tetrapylon.model.tiers import Tier


class Party(Entity):
    """An organisation or office that owns claims or is quoted. Dated: the engineers of 2016 and of 2025 are two."""

    background = True
    holds = Holds.INTERVAL
    span = ("start", "end")
    term = "CRM E39 Actor"

    label: Annotated[str, "Name as the party named itself at the time", Term("CRM E41 Appellation")]
    kind: Annotated[PartyKind, "What the party is"] = PartyKind.OTHER
    aliases: Annotated[tuple[str, ...], "Other wordings under which sources quote it"] = ()
    part_of: Annotated[Ref[Party] | None, "Larger party it belonged to"] = None
    start: Annotated[When | None, "From when the party existed in this form"] = None
    end: Annotated[When | None, "Until when"] = None
    note: Annotated[str | None, "Remarks"] = None


class Mandate(Entity):
    """Who is authority for what, where and when. A claim like any other: it can be disputed."""

    holds = Holds.INTERVAL
    span = ("start", "end")

    party: Annotated[Ref[Party], "Who holds the mandate"]
    matter: Annotated[MandateMatter, "What it gives authority over"]
    start: Annotated[When, "From when"]
    end: Annotated[When | None, "Until when; none: until a later claim says so"] = None
    where: Annotated[Ref[Entity] | None, "Site, place or structure it covers; none: not stated"] = None
    granted_by: Annotated[Ref[Party] | None, "Who gave it"] = None
    basis: Annotated[str | None, "Law, decree or agreement"] = None


class Source(Entity):
    """A published or received source, and how much of it could be read."""

    holds = Holds.INSTANT
    span = ("published", None)
    term = "CRM E31 Document"

    heading: Annotated[str, "Title", Term("CRM E35 Title")]
    published: Annotated[When, "Date of publication; the claim counts as known from the end of its precision"]
    publisher: Annotated[str | None, "Who published it"] = None
    url: Annotated[str | None, "Address, not checked live"] = None
    kind: Annotated[SourceKind, "Kind of source"] = SourceKind.OTHER
    access: Annotated[Access | None, "How much of it could be read"] = None
    note: Annotated[str | None, "Remarks"] = None


class Statement(Entity):
    """One utterance in one publication: who said it, who quoted it, who published it, what it retells."""

    holds = Holds.INSTANT
    span = ("said", None)
    term = "CRM E7 / CRMinf I4 Proposition Set"

    said: Annotated[When, "When it was said"]
    stated_by: Annotated[str | None, "Who said it, in the source's words"] = None
    speaker: Annotated[Ref[Party] | None, "The party meant by stated_by, where it is known"] = None
    quoted_by: Annotated[str | None, "Who quoted the speaker"] = None
    published_by: Annotated[str | None, "Who published it"] = None
    source: Annotated[Ref[Source] | None, "The publication"] = None
    derived_from: Annotated[tuple[Ref[Statement], ...], "Statements it retells; recorded, not guessed"] = ()
    lineage_certainty: Annotated[LineageCertainty | None, "How sure that it retells them"] = None
    by_omission: Annotated[bool, "True when the outlet remarks on what the speaker did not say"] = False
    occasion: Annotated[str | None, "Occasion"] = None
    wording: Annotated[str | None, "Original wording, kept as reference only", Tier.PARTNERS] = None
    language: Annotated[str | None, "Language of the wording (BCP 47)"] = None
    translator: Annotated[str | None, "Who translated it"] = None
    note: Annotated[str | None, "Remarks"] = None


class Commitment(Entity):
    """A pledge, with what was left unspecified."""

    holds = Holds.UNTIL_SUPERSEDED
    span = ("made_on", None)

    made_by: Annotated[str, "Who pledged, in the source's words"]
    made_on: Annotated[When, "When"]
    text: Annotated[str, "What was pledged, in our words"]
    made_to: Annotated[str | None, "To whom"] = None
    scope_stated: Annotated[str | None, "Scope that was stated"] = None
    scope_unspecified: Annotated[str | None, "What was left open"] = None
    due: Annotated[When | None, "When it falls due"] = None
    status_on_record: Annotated[str | None, "What the record says came of it"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None


class Decision(Entity):
    """What a named party with a mandate decided. Only a Decision in force authorises anything."""

    holds = Holds.INTERVAL
    span = ("start", "end")
    term = "CRM E7 Activity (decision)"

    kind: Annotated[DecisionKind, "What the decision does"]
    made_by: Annotated[Ref[Party], "The party whose mandate it rests on"]
    start: Annotated[When, "From when it is in force"]
    mandate: Annotated[Ref[Mandate] | None, "The mandate it rests on"] = None
    about: Annotated[tuple[Ref[Entity], ...], "Structures, places, claims or decisions it is about"] = ()
    activity: Annotated[ActivityKind | None, "The activity it authorises or refuses"] = None
    end: Annotated[When | None, "Until when; an authorisation without an end authorises nothing"] = None
    ground_kinds: Annotated[tuple[str, ...], "Which of ground, rubble and voids it covers"] = ()
    threshold: Annotated[str | None, "Name of the threshold it sets"] = None
    threshold_value: Annotated[float | None, "Value of the threshold"] = None
    conditions: Annotated[str | None, "Conditions"] = None
    signed_by: Annotated[str | None, "Name and function of the person who signed", Tier.PERSONAL] = None
    text: Annotated[str | None, "What was decided, in our words"] = None
    statement: Annotated[Ref[Statement] | None, "The statement that carries it"] = None

    @rule("an authorisation states activity, end and what ground it covers")
    def authorisation_is_specific(self) -> bool:
        """An authorisation that is vague authorises nothing."""
        return self.kind is not DecisionKind.AUTHORISE or bool(self.activity and self.end and self.ground_kinds)


class SameAs(Entity):
    """A claim that two uids name one thing. Disputable; nothing is merged."""

    one: Annotated[Ref[Entity], "One thing"]
    other: Annotated[Ref[Entity], "The other"]
    note: Annotated[str | None, "Why"] = None


class DistinctFrom(Entity):
    """A claim that two uids name two things."""

    one: Annotated[Ref[Entity], "One thing"]
    other: Annotated[Ref[Entity], "The other"]
    note: Annotated[str | None, "Why"] = None


class Team(Entity):
    """A team that works on the site."""

    holds = Holds.INTERVAL
    span = ("start", "end")

    label: Annotated[str, "Name of the team"]
    party: Annotated[Ref[Party] | None, "Organisation it belongs to"] = None
    strength: Annotated[int | None, "Number of people"] = None
    skills: Annotated[tuple[str, ...], "Skills"] = ()
    whereabouts: Annotated[str | None, "Where it is and when", Tier.RESTRICTED] = None
    start: Annotated[When | None, "From when it is available"] = None
    end: Annotated[When | None, "Until when"] = None


class Asset(Entity):
    """A file that lies beside the record, named by its SHA-256."""

    holds = Holds.INSTANT
    span = ("taken", None)
    term = "CRMdig D1 Digital Object"

    sha256: Annotated[str, "SHA-256 of the file, hexadecimal"]
    media_type: Annotated[str, "Media type (RFC 6838)"]
    kind: Annotated[AssetKind, "Kind of file"] = AssetKind.OTHER
    size: Annotated[int | None, "Size in bytes"] = None
    about: Annotated[tuple[Ref[Entity], ...], "What it shows"] = ()
    taken: Annotated[When | None, "When it was taken"] = None
    tier: Annotated[str, "Tier of the file's content"] = Tier.PARTNERS.value
    caption: Annotated[str | None, "Caption"] = None
    pixel_width: Annotated[int | None, "Width of an image in pixels"] = None
    pixel_height: Annotated[int | None, "Height of an image in pixels"] = None
    credit: Annotated[str | None, "Credit that the owner asks to be shown with it"] = None
    rights: Annotated[str | None, "Address of its licence or rights statement"] = None


class Product(Entity):
    """Something computed from the record and kept: what, by which software, from which claims."""

    holds = Holds.INSTANT
    span = ("made", None)
    term = "CRMdig D10 Software Execution"

    kind: Annotated[str, "Which computation"]
    made: Annotated[When, "When it was computed"]
    software: Annotated[str, "Software and version"]
    parameters: Annotated[str, "Parameters as JSON"] = "{}"
    view: Annotated[str, "View arguments (on, known, recognised parties) as JSON"] = "{}"
    heads: Annotated[str, "Feed heads the view was read at, as JSON"] = "{}"
    inputs_digest: Annotated[str | None, "SHA-256 over the hashes of the entries actually read, sorted"] = None
    artefact_sha256: Annotated[str | None, "SHA-256 of the artefact"] = None
    highest_tier: Annotated[str, "Highest tier among the inputs"] = Tier.PUBLIC.value


__all__ = [
    "Asset",
    "Commitment",
    "Decision",
    "DistinctFrom",
    "Mandate",
    "Party",
    "Product",
    "SameAs",
    "Source",
    "Statement",
    "Team",
]
