"""Pieces of ground a ledger is made of: each with what it is, whose it is and its area, ready for a map."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


class PieceKind(StrEnum):
    """What a piece of ground is in the ledger: a term of the identity, or a difference."""

    OPENING = "opening"
    FOUND = "newly found"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"
    CLOSING = "closing"
    LOST = "lost"
    """On the left of the identity and in no term of the right."""
    OUTSIDE = "outside"
    """On the right of the identity and in no term of the left."""
    TWICE = "in two terms"
    """In two or more terms of one side."""
    SHARED = "counted twice"
    """In two outlines of one account."""
    CLEARED_OUTSIDE = "cleared outside any hazard area"
    CLEARED_AGAIN = "cleared again"
    STILL_OPEN = "released, still open"
    """Released, and inside the outline of an area that is still open."""
    WITHHELD = "withheld"
    """Released, and not to be relied on until a new decision."""

    @property
    def is_term(self) -> bool:
        """Whether it is a term of the identity, else something to look at."""
        return self in LEFT or self in RIGHT


LEFT = (PieceKind.OPENING, PieceKind.FOUND, PieceKind.REOPENED)
RIGHT = (PieceKind.CANCELLED, PieceKind.REDUCED, PieceKind.CLEARED, PieceKind.CLOSING)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of ground. m2 : its area, edges straight in longitude and latitude. geometry : EPSG:4326. names, uids :
    of the records it comes from. text : terms of a release, or why it stands here."""

    kind: PieceKind
    m2: float
    names: tuple[str, ...]
    uids: tuple[str, ...]
    text: str
    geometry: BaseGeometry
