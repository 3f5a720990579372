"""From the entries about one thing to its layer rows: a pure function of the set of entries, not of their order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tetrapylon.model import REGISTRY, Holds, Precision, Tier, When
from tetrapylon.record.entry import Act, Entry
from tetrapylon.record.layers import DISPUTE, layer


class Stored(NamedTuple):
    """An entry as it stands in a store: its number, hash, owner and what is held of its body."""

    fid: int
    hash: str
    entry: Entry
    party: str
    data: Mapping[str, Any]
    withheld: tuple[Tier, ...] = ()


class Row(NamedTuple):
    """One layer row: the table, its values in the order of `Layer.names`, and the geometry as JSON data (or None)."""

    table: str
    values: list[Any]
    geometry: Any
    entry: str


Known = Callable[[Stored], str]
"""Gives the day or instant from which an entry counts as known in this store."""


def rows(entries: Iterable[Stored], known: Known) -> list[Row]:
    """Layer rows of one thing from all entries about it.

    A version is superseded by the amendments and retractions that target it and come from the same party; acts of
    other parties on it have no effect here (disputes have a layer of their own). Of the live versions of a thing one
    is current - the last to be published, then by hash, so that every store picks the same - and all are flagged
    contested when they differ or when a dispute is live.
    """
    stored = list(entries)
    if len(stored) == 1 and stored[0].entry.act is Act.ASSERT:
        return [_row(stored[0], known(stored[0]), None, current=True, contested=False)]
    versions = [s for s in stored if s.entry.act in (Act.ASSERT, Act.AMEND)]
    ended = _ends(stored, known)
    disputes = [s for s in stored if s.entry.act is Act.DISPUTE]
    disputed = {t for s in disputes if s.hash not in ended for t in s.entry.targets}
    result = []
    for entity in sorted({s.entry.entity for s in versions}):
        same = [s for s in versions if s.entry.entity == entity]
        live = [s for s in same if s.hash not in ended]
        contested = not _agree(live) or any(s.hash in disputed for s in live)
        chosen = max(live, key=lambda s: (s.entry.public or "", s.hash), default=None)
        result += [
            _row(s, known(s), ended.get(s.hash), current=s is chosen, contested=contested and s.hash not in ended)
            for s in same
        ]
    return result + [_dispute_row(s, known(s), ended.get(s.hash)) for s in disputes]


def live(stored: Sequence[Stored]) -> list[Stored]:
    """Versions that their own party has neither replaced nor taken back."""
    ended = _ends(stored, lambda s: s.entry.recorded)
    return [s for s in stored if s.entry.act in (Act.ASSERT, Act.AMEND) and s.hash not in ended]


def first_row(s: Stored) -> Row:
    """Layer row of an assertion just made about a thing nobody spoke of before: what `rows` gives, found at once."""
    return _row(s, s.entry.public or s.entry.recorded, None, current=True, contested=False)


def _ends(stored: Sequence[Stored], known: Known) -> dict[str, str]:
    """When each superseded version stopped being what its party says: hash to day or instant."""
    by_hash = {s.hash: s for s in stored}
    ends: dict[str, list[str]] = defaultdict(list)
    for s in stored:
        if s.entry.act in (Act.AMEND, Act.RETRACT):
            for target in s.entry.targets:
                held = by_hash.get(target)
                if held is not None and held.party == s.party:
                    ends[target].append(max(known(s), known(held)))
    return {target: min(times) for target, times in ends.items()}


def _agree(live: Sequence[Stored]) -> bool:
    return all(s.data == live[0].data for s in live)


def _row(s: Stored, known_from: str, known_to: str | None, *, current: bool, contested: bool) -> Row:
    entry, data = s.entry, _present_form(s)
    table = layer(entry.entity)
    start, end = valid_span(entry, table.holds)
    withheld = "; ".join(s.withheld) if s.withheld else None
    values = [
        s.fid, entry.subject, entry.claim, s.party, entry.public is None, entry.source, known_from, known_to, start,
        end, current, contested, withheld, *table.values(data),
    ]  # fmt: skip
    return Row(table.table, values, data.get("geometry"), s.hash)


def _present_form(s: Stored) -> Mapping[str, Any]:
    """The data as the present version of its entity has it; of an old body that cannot be read, nothing."""
    cls = REGISTRY.get(s.entry.entity)
    if cls is None or s.entry.version >= cls.entity_version:
        return s.data
    try:
        return cls.upcast(s.data, s.entry.version)
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _dispute_row(s: Stored, known_from: str, known_to: str | None) -> Row:
    meta = [
        s.fid, s.entry.subject, s.entry.claim, s.party, True, s.entry.source, known_from, known_to, s.entry.valid_from,
        None, known_to is None, True, None,
    ]  # fmt: skip
    data = {**s.data, "target": "; ".join(s.entry.targets)}
    return Row(DISPUTE, meta + layer(DISPUTE).values(data), None, s.hash)


def valid_span(entry: Entry, holds: Holds) -> tuple[str | None, str | None]:
    """First and last day the claim may speak about, widened by its precision; an open end is None."""
    start, end = entry.valid_from, entry.valid_to
    if entry.precision is None or entry.precision == "day":
        if holds is Holds.INTERVAL:
            return start, end
        return start, (end or start) if holds is Holds.INSTANT else None
    precision = Precision(entry.precision)
    first = When(dt.date.fromisoformat(start), precision) if start else None
    last = When(dt.date.fromisoformat(end), precision) if end else None
    until = last.latest.isoformat() if last else None
    if holds is Holds.INSTANT and first is not None:
        until = until or first.latest.isoformat()
    return first.earliest.isoformat() if first else None, until if holds is not Holds.UNTIL_SUPERSEDED else None
