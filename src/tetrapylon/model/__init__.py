"""What exists: entities, vocabularies, units and the types that cross engines, each declared once."""

from tetrapylon.model import condition, hazards, parties, places  # registers the entities
from tetrapylon.model.claim import Claim, by_uid
from tetrapylon.model.condition import (
    ConditionReport,
    Consent,
    Estimate,
    Fabric,
    Occurrence,
    Recommendation,
    Works,
)
from tetrapylon.model.dates import Precision, When, parse_date
from tetrapylon.model.entity import CRS, REGISTRY, Column, Entity, Field, Holds, Ref, Term, Unit, rule
from tetrapylon.model.hazards import (
    ClearanceClaim,
    Handover,
    HazardArea,
    HazardReport,
    Incident,
    LandRelease,
    OrdnanceItem,
    Progress,
    QualityCheck,
    Search,
)
from tetrapylon.model.parties import (
    Asset,
    Commitment,
    Decision,
    DistinctFrom,
    Mandate,
    Party,
    Product,
    SameAs,
    Source,
    Statement,
    Team,
)
from tetrapylon.model.places import Footprint, HeritageHold, HeritageZone, Place, Site, Structure, Void
from tetrapylon.model.quantity import Bound, Interval, Stated
from tetrapylon.model.tiers import Tier
from tetrapylon.model.uids import claim_uid, new_uid, thing_uid
from tetrapylon.model.verdicts import Because, GateState, GateStatus, GradeInterval, GroundKind, Residual
from tetrapylon.model.vocabulary import LANGUAGES, Vocabulary

__all__ = [
    "CRS", "LANGUAGES", "REGISTRY", "Asset", "Because", "Bound", "Claim", "ClearanceClaim", "Column", "Commitment",
    "ConditionReport", "Consent", "Decision", "DistinctFrom", "Entity", "Estimate", "Fabric", "Field", "Footprint", "GateState",
    "GateStatus", "GradeInterval", "GroundKind", "Handover", "HazardArea", "HazardReport", "HeritageHold",
    "HeritageZone", "Holds", "Incident", "Interval", "LandRelease", "Mandate", "Occurrence", "OrdnanceItem", "Party",
    "Place", "Precision", "Product", "Progress", "QualityCheck", "Recommendation", "Ref", "Residual", "SameAs",
    "Search", "Site", "Source", "Stated", "Statement", "Structure", "Team", "Term", "Tier", "Unit", "Vocabulary",
    "Void", "When", "Works", "by_uid", "claim_uid", "condition", "hazards", "new_uid", "parse_date", "parties", "places", "rule", "thing_uid",
]  # fmt: skip
