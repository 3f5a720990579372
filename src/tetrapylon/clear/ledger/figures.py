"""From clearance claims to figures: one figure for every number a claim states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tetrapylon.evidence.findings import Figure
from tetrapylon.evidence.scopes import Scope, campaigns
from tetrapylon.model import Claim, ClearanceClaim

QUANTITIES: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "area": ("m2", False),
        "items": ("", False),
        "roads": ("m", False),
        "buildings": ("", False),
        "personnel": ("", True),
    }
)
"""Fields of ClearanceClaim that the ledger reads: SI unit, and whether it is a level (people present) that does not
add up over time."""


def figures(claims: Iterable[Claim[ClearanceClaim]]) -> tuple[Figure, ...]:
    """Every number of every claim, in the order of claims and `QUANTITIES`."""
    return tuple(
        Figure(
            uid=claim.uid,
            name=claim.name,
            quantity=quantity,
            unit=unit,
            stated=stated,
            when=claim.body.date,
            scope=scope_of(claim.body),
            period=str(claim.body.period),
            speaker=claim.body.claimed_by,
            statement=claim.body.statement,
            level=level,
        )
        for claim in claims
        for quantity, (unit, level) in QUANTITIES.items()
        if (stated := getattr(claim.body, quantity)) is not None
    )


def scope_of(body: ClearanceClaim) -> Scope:
    """Structure, else place, with campaigns and the source's words."""
    return Scope(body.structure or body.place, campaigns(body.campaign), body.scope or "")
