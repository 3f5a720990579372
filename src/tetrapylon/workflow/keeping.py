"""Keeping a record: begin, open, share, change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tetrapylon.errors import ValueRangeError, VocabularyError
from tetrapylon.model import Party, Tier
from tetrapylon.model.terms import PartyKind
from tetrapylon.record.derive import Stored
from tetrapylon.record.record import Record
from tetrapylon.record.sharing import ShareReport, share
from tetrapylon.record.store import is_address


@dataclass(frozen=True)
class Begun:
    """A feed just opened."""

    feed: str
    party: str
    new: bool


def begin(file: str, *, party: str, kind: str = "other", author: str | None = None) -> Begun:
    """Make a new record with a feed of the party; in an existing one, open a feed of it there.

    A party of the same name that the record knows already is the same party.
    """
    body = Party(label=party, kind=PartyKind.read(kind))
    exists = not is_address(file) and Path(file).exists()
    if not exists:
        with Record.create(file, party=body, author=author) as record:
            (feed,) = record.feeds().values()
            return Begun(feed.uid, feed.party, new=True)
    with Record.open(file) as record:
        known = [c for c in record.view().claims(Party) if c.body.label == party]
        uid = record.join(known[0].body if known else body, author, known[0].uid if known else None)
        feed = max((f for f in record.feeds().values() if f.local and f.party == uid), key=lambda f: f.uid)
        return Begun(feed.uid, uid, new=False)


def opened(file: str, *, read_only: bool = False) -> Record:
    """Open a record; use it in ``with``."""
    return Record.open(file, read_only=read_only)


@dataclass(frozen=True)
class Shared:
    """A share that was written."""

    file: str
    party: str
    report: ShareReport


def share_with(record: Record, out: Path, *, party: str, tiers: Iterable[str]) -> Shared:
    """Write a copy for another party.

    Raises
    ------
    VocabularyError : a tier does not exist.
    """
    return Shared(str(out), party, share(record, out, tiers=read_tiers(tiers)))


def read_tiers(names: Iterable[str]) -> list[Tier]:
    """Tiers by name.

    Raises
    ------
    VocabularyError : naming the nearest.
    """
    tiers = []
    for name in names:
        if name not in list(Tier):
            raise VocabularyError(name, "tier", [t.value for t in Tier])
        tiers.append(Tier(name))
    return tiers


def change(
    record: Record, act: str, claim: str, reason: str, *, author: str | None = None, tiers: Iterable[str] = ()
) -> Stored:
    """Retract, dispute or erase the live version of a claim.

    Raises
    ------
    NotPermitted : the claim belongs to another party. NotFound : there is no such claim.
    """
    if not reason.strip():
        raise ValueRangeError("A reason is needed.")
    target = record.find_entry(claim)
    with record.writing(author) as writer:
        if act == "retract":
            return writer.retract(target, reason)
        if act == "dispute":
            return writer.dispute(target, reason)
        return writer.erase(target, reason, read_tiers(tiers) or tuple(Tier))
