"""Which reports concern a structure.

Two questions with two answers. *May it concern it?* decides whether a Decision is withheld, and only what is surely
elsewhere does not: doubt about place falls on the side of danger. *Is it shown?* picks the reasons people read: what
names the structure, its parts or what it is part of, or a place that the record ties to it.

A place is tied to a structure when a report names both, for the structure itself or anything it is part of; whatever
that place is part of is tied too. Ties only ever add danger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tetrapylon.clear.release.dangers import Danger
from tetrapylon.clear.release.seen import Seen
from tetrapylon.errors import GeometryError, ValueRangeError
from tetrapylon.evidence.scopes import Scopes, scopes
from tetrapylon.geo.planar import buffer
from tetrapylon.model import Claim, Structure, by_uid

MARGIN_M = 1.0
"""Added to the accuracies of two positions before they count as apart, m. Our choice [P]; stands for rounding only."""


@dataclass(frozen=True)
class Reach:
    """Containment of structures and places.

    shapes : boundaries of places and sites on record, EPSG:4326. places : by structure the places tied to it.
    """

    structures: Mapping[str, Claim[Structure]]
    shapes: Mapping[str, BaseGeometry]
    scopes: Scopes
    places: Mapping[str, frozenset[str]]

    def related(self, one: str, other: str) -> bool:
        """One structure is, is part of, or has as part, the other."""
        return other in self.scopes.upward(one) or one in self.scopes.upward(other)

    def may_concern(self, structure: str, danger: Danger) -> bool:
        """Whether a danger cannot be excluded for a structure."""
        if self._named(structure, danger):
            return True
        if danger.structure is not None or danger.about:
            return self._apart(structure, danger) is False
        return self._apart(structure, danger) is not True

    def shown(self, structure: str, danger: Danger) -> bool:
        """Whether a danger is among the reasons people read; a part of `may_concern`."""
        if self._named(structure, danger):
            return True
        apart = self._apart(structure, danger)
        if apart is not None:
            return not apart
        return danger.structure is None and (danger.place is None or not self.places[structure])

    def surely_within(self, structure: str, area: str) -> bool:
        """Whether the structure, wherever its accuracy lets it be, lies inside a place whose boundary is on record."""
        shape, inside = self.shapes.get(area), self._around(structure, 0.0)
        return bool(_usable(shape) and inside is not None and shapely.covers(shape, inside))

    def _named(self, structure: str, danger: Danger) -> bool:
        if danger.about:
            return any(a not in self.structures or self.related(structure, a) for a in danger.about)
        if danger.structure is not None and (
            danger.structure not in self.structures or self.related(structure, danger.structure)
        ):
            return True
        return danger.place is not None and danger.place in self.places[structure]

    def _apart(self, structure: str, danger: Danger) -> bool | None:
        """True: surely elsewhere; False: at or near the structure; None: positions do not tell."""
        shape, accuracy = danger.geometry, danger.accuracy
        if shape is None and danger.place is not None:
            shape, accuracy = self.shapes.get(danger.place), 0.0
        if accuracy is None or not _usable(shape):
            return None
        around = self._around(structure, accuracy)
        return None if around is None else not shapely.intersects(around, shape)

    def _around(self, structure: str, metres: float) -> BaseGeometry | None:
        claim = self.structures.get(structure)
        if claim is None or claim.body.position_accuracy is None or not _usable(claim.body.geometry):
            return None
        try:
            return buffer(claim.body.geometry, claim.body.position_accuracy + metres + MARGIN_M)
        except (GeometryError, ValueRangeError):  # too wide to draw around, or no accuracy at all: it may be anywhere
            return None


def _usable(shape: BaseGeometry | None) -> bool:
    """A geometry that can show that something is elsewhere: there, finite and valid."""
    return shape is not None and not shape.is_empty and bool(np.isfinite(shape.bounds).all()) and bool(shape.is_valid)


def reach(seen: Seen, dangers: Iterable[Danger]) -> Reach:
    """Read containment, boundaries and ties off a view."""
    tied: dict[str, set[str]] = defaultdict(set)
    named = [(str(h.body.structure or ""), str(h.body.place or "")) for h in seen.hazards]
    named += [(str(c.body.structure or ""), str(c.body.place or "")) for c in seen.clearance]
    named += [(d.structure or "", d.place or "") for d in dangers]
    for structure, place in named:
        if structure and place:
            tied[structure].add(place)
    contained = scopes(seen.places, seen.structures)
    structures = by_uid(seen.structures)
    own = {s: {p for up in contained.upward(s) for p in tied.get(up, ())} for s in structures}
    shapes = {c.uid: c.body.geometry for c in seen.places if c.body.geometry is not None}
    shapes |= {c.uid: c.body.geometry for c in seen.sites if c.body.geometry is not None}
    places = {s: frozenset(u for p in found for u in contained.upward(p)) for s, found in own.items()}
    return Reach(structures, shapes, contained, places)
