"""Sharing: a copy for one party, without the parts of tiers it may not have. The chain still verifies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tetrapylon.errors import RecordError
from tetrapylon.model import Tier
from tetrapylon.record.store import create_store

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

DEFAULT_TIERS = (Tier.PUBLIC, Tier.PARTNERS)
"""What another party gets unless more is named: never coordinates of uncleared devices, positions, personal data."""


@dataclass(frozen=True, slots=True)
class ShareReport:
    """What went into a share and what was withheld, by tier."""

    entries: int
    included: dict[Tier, int]
    withheld: dict[Tier, int]


def share(record: Record, path: Path, *, tiers: Iterable[Tier] = DEFAULT_TIERS) -> ShareReport:
    """Write a copy that holds every entry, and of the parts only those of the given tiers.

    The copy belongs to nobody's feed: whoever gets it merges it into a record of their own, or joins it as a party.

    Raises
    ------
    RecordError : the place is taken, or the disk is full (nothing is left behind).
    """
    from tetrapylon.record.record import Record as Opened

    chosen = {t.value for t in tiers} | {Tier.PUBLIC.value}
    store = create_store(str(path))
    included: dict[Tier, int] = {}
    withheld: dict[Tier, int] = {}
    try:
        with record.store.reading(), store.writing():
            entries = list(record.store.query("SELECT fid, feed, seq, hash, subject, text FROM entry ORDER BY fid"))
            store.insert("entry", ("fid", "feed", "seq", "hash", "subject", "text"), entries)
            kept = []
            for entry, tier, salt, body in record.store.query(
                "SELECT entry, tier, salt, body FROM part ORDER BY entry"
            ):
                count = included if tier in chosen else withheld
                count[Tier(tier)] = count.get(Tier(tier), 0) + 1
                if tier in chosen:
                    kept.append((entry, tier, bytes(salt), body))
            store.insert("part", ("entry", "tier", "salt", "body"), kept)
            erased = list(record.store.query("SELECT entry, tier FROM erased"))
            store.insert("erased", ("entry", "tier"), erased)
            received = list(record.store.query("SELECT feed, since, seq, at FROM received"))
            store.insert("received", ("feed", "since", "seq", "at"), received)
        Opened(store).rebuild()
    except BaseException as error:
        store.close()
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise RecordError(f"{path} could not be written: {error}.") from error
        raise
    store.close()
    return ShareReport(len(entries), included, withheld)
