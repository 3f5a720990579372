"""Sensitivity tiers: what may leave a file, and with whom."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Tier(StrEnum):
    """Who a field may be handed to, least sensitive first.

    A tier protects what leaves a file (exports, shares, pages, documents); whoever holds the file reads it.
    """

    PUBLIC = "public"
    PARTNERS = "partners"
    RESTRICTED = "restricted"
    PERSONAL = "personal"

    @property
    def meaning(self) -> str:
        """What lies in the tier, or who may have it."""
        return _MEANINGS[self]

    @property
    def rank(self) -> int:
        """0 for public, rising with sensitivity."""
        return _ORDER.index(self)

    @classmethod
    def highest(cls, tiers: Iterable[str]) -> Tier:
        """The most sensitive of the given tiers; ``PUBLIC`` when there are none."""
        return max((cls(t) for t in tiers), key=lambda t: t.rank, default=cls.PUBLIC)


_ORDER = tuple(Tier)
_MEANINGS = {
    Tier.PUBLIC: "Anyone.",
    Tier.PARTNERS: "Parties working on the site: planning figures, polygons of hazard areas, teams by name of unit.",
    Tier.RESTRICTED: "Coordinates of uncleared devices, military positions, team whereabouts, stores, unlooted tombs.",
    Tier.PERSONAL: "Data about a person; handed over only by name and for a stated reason, erasable at any time.",
}
