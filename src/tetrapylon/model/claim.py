"""A claim as engines receive it: who says what about which thing, known since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tetrapylon.model.entity import Entity

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class Claim(Generic[E]):
    """One live version of a claim in a view.

    ``uid`` names the thing, ``entry`` (SHA-256, hex) the entry of the record that holds this version, ``party`` the
    owner of the feed. ``known`` is the first day or instant (ISO 8601) the version counts as known. ``reported`` is
    True for a cited claim, False for the party's own words. ``withheld`` names tiers this file does not hold.
    """

    uid: str
    body: E
    entry: str
    party: str
    known: str
    source: str | None = None
    reported: bool = True
    contested: bool = False
    disputed_by: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The identifier people use: the local id, else the first characters of the uid."""
        return self.body.local_id or self.uid[:8]


def by_uid(claims: Iterable[Claim[E]]) -> dict[str, Claim[E]]:
    """Claims by the thing they are about; of several about one thing the first stays."""
    found: dict[str, Claim[E]] = {}
    for claim in claims:
        found.setdefault(claim.uid, claim)
    return found
