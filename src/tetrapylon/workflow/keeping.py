"""Keeping a record: begin, open, share, change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tetrapylon.errors import NotFound, ValueRangeError, VocabularyError, nearest
from tetrapylon.model import Claim, Party, Tier
from tetrapylon.model.terms import PartyKind
from tetrapylon.record.record import Record
from tetrapylon.record.sharing import ShareReport, share
from tetrapylon.record.store import is_address
from tetrapylon.record.view import View


@dataclass(frozen=True)
class Begun:
    """A feed this side writes: its record, uid, party (uid and name); ``new``: the record was made for it."""

    file: str
    feed: str
    party: str
    label: str
    new: bool


def begin(file: str, *, party: str, kind: str = "other", author: str | None = None) -> Begun:
    """Make a new record with a feed of the party; in an existing one, open a feed of it there.

    A party of the same name that the record knows already is the same party; a feed it has here already stays its feed.
    """
    body = Party(label=party, kind=PartyKind.read(kind))
    exists = not is_address(file) and Path(file).exists()
    if not exists:
        with Record.create(file, party=body, author=author) as record:
            (feed,) = record.feeds().values()
            return Begun(file, feed.uid, feed.party, party, new=True)
    with Record.open(file) as record:
        known = [c for c in record.view().claims(Party, ever=True) if c.body.label == party]
        mine = [f for f in record.feeds().values() if f.local and f.party in {c.uid for c in known}]
        if mine:
            return Begun(file, mine[-1].uid, mine[-1].party, party, new=False)
        uid = record.join(known[0].body if known else body, author, known[0].uid if known else None)
        feed = max((f for f in record.feeds().values() if f.local and f.party == uid), key=lambda f: f.uid)
        return Begun(file, feed.uid, uid, party, new=False)


def opened(file: str, *, read_only: bool = False) -> Record:
    """Open a record; use it in ``with``."""
    return Record.open(file, read_only=read_only)


def view_of(record: Record, *, on: str | None = None, known: str | None = None, recognise: Iterable[str] = ()) -> View:
    """A view of a record; ``recognise``: names, local ids or uids of parties whose Decisions settle contradictions.

    Raises
    ------
    NotFound : the record knows no such party; the nearest is named.
    """
    parties = record.view(known=known).claims(Party, ever=True) if recognise else []
    return record.view(on=on, known=known, recognise=[_party(parties, name) for name in recognise])


def _party(parties: Sequence[Claim[Party]], name: str) -> str:
    for claim in parties:
        if name in (claim.body.label, claim.body.local_id, claim.uid):
            return claim.uid
    close = nearest(name, [c.body.label for c in parties])
    raise NotFound(f'There is no party "{name}".', hint=f'Did you mean "{close}"?' if close else None)


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


@dataclass(frozen=True)
class Changed:
    """An act on a claim, as it was written."""

    act: str
    entry: str
    """Hash of the entry that says so."""
    entity: str
    subject: str
    """Uid of the thing the claim is about."""


def change(
    record: Record, act: str, claim: str, reason: str, *, author: str | None = None, tiers: Iterable[str] = ()
) -> Changed:
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
            stored = writer.retract(target, reason)
        elif act == "dispute":
            stored = writer.dispute(target, reason)
        else:
            stored = writer.erase(target, reason, read_tiers(tiers) or tuple(Tier))
    return Changed(act, stored.hash, stored.entry.entity, stored.entry.subject)
