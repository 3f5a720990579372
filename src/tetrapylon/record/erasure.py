"""Erasure: parts go, the chain stays, and no later merge brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tetrapylon.record.entry import Act

if TYPE_CHECKING:
    from tetrapylon.record.record import Record


def apply_erasures(record: Record, subjects: Sequence[str]) -> int:
    """Remove the parts that valid erasures about these things name; returns how many parts went.

    An erasure is valid when it comes from the party that owns the entry it targets and is about the same thing. It may
    arrive before its target.
    """
    found = list(record.entries(subjects))
    by_hash = {s.hash: s for s in found}
    known = record.erasures()
    gone = 0
    for stored in found:
        if stored.entry.act is not Act.ERASE:
            continue
        for target in stored.entry.targets:
            digest, _, tier = target.partition("/")
            held = by_hash.get(digest)
            if held is None or (held.party, held.entry.subject) != (stored.party, stored.entry.subject):
                continue
            for name, _digest in held.entry.parts:
                if tier not in ("", name.value):
                    continue
                if (digest, name) not in known:
                    record.store.execute("INSERT INTO erased VALUES (?, ?)", (digest, name.value))
                    known.add((digest, name))
                if name not in held.withheld:
                    record.store.execute("DELETE FROM part WHERE entry = ? AND tier = ?", (held.fid, name.value))
                    gone += 1
    return gone
