"""What a figure covers: place, campaign and whether one scope holds another.

Only what is on record counts: a place lies in another when ``Place.part_of`` (or ``Structure.parent``) says so, never
because of its name. Two scopes without such a chain are "unrelated or unknown" and nothing is compared across them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tetrapylon.model import Claim, Place, Structure


class Relation(StrEnum):
    """How a first scope stands to a second."""

    SAME = "same"
    CONTAINS = "contains"
    WITHIN = "within"
    UNKNOWN = "unrelated or unknown"


@dataclass(frozen=True, slots=True)
class Scope:
    """Place or structure (uid) and campaigns a figure covers, with the source's words for it."""

    where: str | None
    campaigns: frozenset[str] = frozenset()
    words: str = ""


def campaigns(text: str | None) -> frozenset[str]:
    """Campaigns joined by ``+``: "2016+2017" is both; empty when none is named."""
    return frozenset(part.strip() for part in (text or "").split("+") if part.strip())


@dataclass(frozen=True)
class Scopes:
    """Containment of places and structures.

    parents : uid to the uids it is part of, by any claim on record.
    labels : uid to name. bounded : uids whose boundary or outline is on record.
    """

    parents: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    bounded: frozenset[str] = frozenset()

    def upward(self, where: str) -> frozenset[str]:
        """The place itself and everything it is part of, however far up; circles end where they close."""
        return self._upward.get(where) or frozenset((where,))

    def where(self, a: str | None, b: str | None) -> Relation:
        """Relation of two places; unknown when either is not stated."""
        if a is None or b is None:
            return Relation.UNKNOWN
        if a == b:
            return Relation.SAME
        b_in_a, a_in_b = a in self.upward(b), b in self.upward(a)
        if b_in_a and a_in_b:  # a circle on record says nothing
            return Relation.UNKNOWN
        return Relation.CONTAINS if b_in_a else Relation.WITHIN if a_in_b else Relation.UNKNOWN

    def relation(self, a: Scope, b: Scope) -> Relation:
        """Relation of two scopes: place and campaigns must agree in direction. No campaign named on either side
        counts as one and the same; named on one side only is unknown."""
        return _both(self.where(a.where, b.where), _campaigns(a.campaigns, b.campaigns))

    @cached_property
    def cycles(self) -> tuple[str, ...]:
        """Uids that the record places inside themselves, sorted."""
        return tuple(sorted(u for u in self.parents if any(u in self.upward(p) for p in self.parents[u])))

    @cached_property
    def _upward(self) -> dict[str, frozenset[str]]:
        found = {}
        for start in self.parents:
            seen, ahead = {start}, [start]
            while ahead:
                for parent in self.parents.get(ahead.pop(), frozenset()):
                    if parent not in seen:
                        seen.add(parent)
                        ahead.append(parent)
            found[start] = frozenset(seen)
        return found


def scopes(places: Iterable[Claim[Place]], structures: Iterable[Claim[Structure]] = ()) -> Scopes:
    """Read containment off the record."""
    parents: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    bounded = set()
    for uid, up, label, shape in (
        *((c.uid, c.body.part_of, c.body.label, c.body.geometry) for c in places),
        *((c.uid, c.body.parent, c.body.label, c.body.geometry) for c in structures),
    ):
        parents.setdefault(uid, set()).update((str(up),) if up else ())
        labels.setdefault(uid, label)
        if shape is not None:
            bounded.add(uid)
    return Scopes({u: frozenset(p) for u, p in parents.items()}, labels, frozenset(bounded))


def neighbours(found: Iterable[Scope], containment: Scopes) -> Mapping[Scope, tuple[tuple[Scope, Relation], ...]]:
    """Each scope with those it can be compared with, and how it stands to them (itself first, as the same).

    Scopes that are related share a place along ``part_of`` and a campaign, so only those are looked at: the time grows
    with the number of related pairs, not of all pairs.
    """
    scopes = tuple(dict.fromkeys(found))
    below: dict[tuple[str, str | None], list[Scope]] = defaultdict(list)
    for scope in scopes:
        for place in containment.upward(scope.where) if scope.where else ():
            for campaign in scope.campaigns or (None,):
                below[place, campaign].append(scope)
    related: dict[Scope, dict[Scope, Relation]] = {
        scope: {scope: containment.relation(scope, scope)} for scope in scopes
    }
    for scope in scopes:
        for campaign in scope.campaigns or (None,):
            for other in below[scope.where, campaign] if scope.where else ():
                related[scope][other] = containment.relation(scope, other)
                related[other][scope] = containment.relation(other, scope)
    return {
        scope: tuple((other, how) for other, how in others.items() if how is not Relation.UNKNOWN)
        for scope, others in related.items()
    }


def _campaigns(a: frozenset[str], b: frozenset[str]) -> Relation:
    if a == b:
        return Relation.SAME
    if not a or not b:
        return Relation.UNKNOWN
    return Relation.CONTAINS if a > b else Relation.WITHIN if a < b else Relation.UNKNOWN


def _both(place: Relation, campaign: Relation) -> Relation:
    if place is Relation.SAME:
        return campaign
    if campaign in (Relation.SAME, place):
        return place
    return Relation.UNKNOWN
