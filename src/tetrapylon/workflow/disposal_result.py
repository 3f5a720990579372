"""What the sheet of an item next to a monument holds, as printed, drawn and served."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.disposal.cordon import StatedCordon
from tetrapylon.clear.disposal.decision import DecisionSheet
from tetrapylon.clear.disposal.effects import StructureEffect
from tetrapylon.clear.disposal.marks import Verification
from tetrapylon.clear.disposal.measured import SiteLog
from tetrapylon.clear.disposal.ranking import Charge
from tetrapylon.model import Claim, OrdnanceItem, Structure, Tier
from tetrapylon.model.terms import Surroundings
from tetrapylon.workflow.disposal_item import Linked, Whereabouts
from tetrapylon.workflow.disposal_options import Accepted

CRITERIA = {
    "vibration": "ground vibration, median",
    "vibration_upper": "ground vibration, upper bound",
    "pressure": "air blast, incident pressure",
    "impulse": "air blast, impulse on free-standing stone",
}
"""Criteria of the contours in words."""


@dataclass(frozen=True)
class CordonLine:
    """Nobody inside. ``radius_m``: whole metres around the position on record, its uncertainty included."""

    where: str
    distance_m: int
    radius_m: int
    rule: str
    verification: Verification
    source: str
    statements: tuple[str, ...]
    outline: BaseGeometry | None
    """WGS84; None: no position to draw it around."""


@dataclass(frozen=True)
class LimitContour:
    """How far one limit of some structures reaches around the item, position uncertainty included; WGS84."""

    criterion: str
    label: str
    limit: float
    unit: str
    radius_m: float
    verification: Verification
    source: str
    structures: tuple[str, ...]
    """Names of the structures whose limit it is."""
    outline: BaseGeometry


@dataclass(frozen=True)
class StructureNear:
    """One structure within reach: the criteria side by side, the governing one, where they disagree."""

    claim: Claim[Structure]
    outline: BaseGeometry
    distance_m: float
    effect: StructureEffect | None
    in_cordon: bool
    reached: tuple[str, ...]
    """Criteria (labels) whose limit reaches it, or that apply without a distance."""
    outside_model: bool
    assumed: tuple[str, ...]
    """What had to be assumed about it."""

    @property
    def governing(self) -> str:
        """The governing criterion in words."""
        if self.effect is None or self.effect.governing is None:
            return "no number: treat as exceeded"
        return self.effect.governing


@dataclass(frozen=True)
class SentryPost:
    """A point where a line on record (street, road, colonnade) crosses the cordon: a proposal, never a post."""

    line: str
    bearing_deg: float
    lon: float
    lat: float


@dataclass(frozen=True)
class DisposalSheet:
    """Everything one needs before an item next to a monument is disposed of."""

    item: Claim[OrdnanceItem]
    linked: tuple[Linked, ...]
    all_up_mass_kg: float | None
    charge: Charge | None
    place: Whereabouts | None
    centre: shapely.Point | None
    position_uncertainty_m: float | None
    surroundings: Surroundings
    surroundings_basis: str
    no_distance: str
    """Why the rules give no withdrawal distance; empty where they do."""
    cordons: tuple[CordonLine, ...]
    """The one where the item lies first; then one around each place an option would move it to."""
    stated: StatedCordon | None
    contours: tuple[LimitContour, ...]
    structures: tuple[StructureNear, ...]
    """Within reach of the cordon or of a limit, nearest first."""
    beyond: int
    """Structures with a position farther than ``reach_m``."""
    reach_m: float | None
    """How far the cordon and the lowest limit reach; None: nobody can say, structures to 2,000 m are listed."""
    unplaced: tuple[Claim[Structure], ...]
    """Structures whose position is not on record or known to 1,000 m or worse: they may lie anywhere."""
    sheet: DecisionSheet
    accepted: tuple[Accepted, ...]
    log: SiteLog
    holds: tuple[str, ...]
    """Zones without disposal in place and heritage holds that the item may lie in."""
    evacuate: tuple[str, ...]
    sentries_stated: tuple[str, ...]
    sentries: tuple[SentryPost, ...]
    notify: tuple[str, ...]
    mandates: tuple[str, ...]
    """Who holds a mandate for disposal on record."""
    remarks: tuple[str, ...]
    tier: Tier
    """Highest tier among what was read: the sheet must not go to anybody who may not have it."""

    @property
    def close(self) -> tuple[StructureNear, ...]:
        """Structures as near as any contour reaches; without contours all of them."""
        reach = max((c.radius_m for c in self.contours), default=math.inf)
        return tuple(n for n in self.structures if n.distance_m <= reach)

    @property
    def farther(self) -> tuple[StructureNear, ...]:
        """Structures within the cordon, or around a place it would be moved to, that no contour reaches."""
        return self.structures[len(self.close) :]

    @property
    def assumed(self) -> dict[str, list[str]]:
        """What had to be assumed about the structures close by: each text with their names."""
        found: dict[str, list[str]] = {}
        for near in self.close:
            for text in near.assumed:
                found.setdefault(text, []).append(near.claim.body.label)
        return found

    @property
    def needs(self) -> dict[str, list[str]]:
        """What would have to be measured: each with the names of the structures close by that need it."""
        found: dict[str, list[str]] = {}
        for near in self.close:
            for need in near.effect.needs if near.effect is not None else ():
                found.setdefault(need, []).append(near.claim.body.label)
        return found


def brick_houses(structures: Sequence[StructureNear]) -> dict[tuple[str, Verification], list[str]]:
    """Names of the structures by the damage category a brick house would have there (Jarrett 1968), with its mark."""
    found: dict[tuple[str, Verification], list[str]] = {}
    for near in structures:
        if near.effect is not None and near.effect.brick_house is not None:
            key = near.effect.brick_house, near.effect.brick_house_verification
            found.setdefault(key, []).append(near.claim.body.label)
    return found
