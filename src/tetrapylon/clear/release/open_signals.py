"""Which detector signals nobody has settled: the one rule for gates, ledgers, maps and orders of clearing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tetrapylon.model import Claim, DetectorSignal, OrdnanceItem
from tetrapylon.model.terms import SignalOutcome


def open_signals(
    signals: Iterable[Claim[DetectorSignal]], ordnance: Iterable[Claim[OrdnanceItem]]
) -> list[tuple[Claim[DetectorSignal], ...]]:
    """All claims about each signal that is not settled, in the order in which they were met.

    A signal is settled when no claim calls it open, nobody disputes that it is closed, and, where an item was found,
    that item is on record with a position.
    """
    placed = {c.uid for c in ordnance if c.body.geometry is not None and not c.body.geometry.is_empty}
    about: dict[str, list[Claim[DetectorSignal]]] = {}
    for claim in signals:
        about.setdefault(claim.uid, []).append(claim)
    return [tuple(claims) for claims in about.values() if not _settled(claims, placed)]


def _settled(claims: Sequence[Claim[DetectorSignal]], placed: set[str]) -> bool:
    if any(c.body.outcome is SignalOutcome.OPEN for c in claims):
        return False
    if any(c.body.outcome is SignalOutcome.ITEM and str(c.body.item) not in placed for c in claims):
        return False
    return not any(c.disputed_by for c in claims)
