"""Merging: the set union of feeds, plus one entry that names the heads taken in.

Nothing of another party is believed unchecked: chain and digests are verified before anything is kept. Where two
branches of one feed meet, the branch already held stands and the other is put in quarantine, both named.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tetrapylon.errors import RecordDamaged
from tetrapylon.model import Precision, Tier, new_uid
from tetrapylon.record.entry import Act, Entry, body_data, body_text, hash_text, part_digest
from tetrapylon.record.erasure import apply_erasures
from tetrapylon.record.layers import layer

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Fork:
    """Two branches of one feed: where they part, and the hash of the first entry of each after that."""

    feed: str
    seq: int
    held: str
    other: str


@dataclass
class MergeReport:
    """What a merge took in."""

    entries: int = 0
    parts: int = 0
    erased: int = 0
    feeds: dict[str, tuple[int, str]] = field(default_factory=dict)
    forks: list[Fork] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Arrival:
    seq: int
    hash: str
    text: str
    entry: Entry
    parts: list[tuple[str, bytes, str]]


def merge(
    record: Record, other: Record, *, author: str | None = None, progress: Callable[[int], None] | None = None
) -> MergeReport:
    """Take in every feed of another record; one transaction, all or nothing.

    Raises
    ------
    RecordDamaged : the other record does not verify; names feed and entry.
    """
    report = MergeReport()
    with other.store.reading(), record.writing(author) as writer:
        held, theirs = record.heads(), other.heads()
        touched: dict[str, None] = {}
        for feed in sorted(theirs):
            fork = _fork(record, other, feed, held.get(feed), theirs[feed])
            if fork is not None:
                report.forks.append(fork)
                _quarantine(record, other, fork)
                continue
            start = held[feed][0] + 1 if feed in held else 0
            writer.flush()
            taken = _take(record, other, feed, start, held.get(feed, (0, None))[1], touched, report, progress)
            if taken is not None:
                report.feeds[feed] = taken
            report.parts += _take_parts(record, other, feed, start, touched)
        writer.renumber()
        if report.feeds:
            since = {feed: held[feed][0] + 1 if feed in held else 0 for feed in sorted(report.feeds)}
            body = {"heads": {feed: [first, *report.feeds[feed]] for feed, first in since.items()}}
            receipt = writer.append(
                Act.RECEIVE, "receive", 1, writer.feed, new_uid(), None, None, (None, None, None), (),
                [(Tier.PUBLIC, body_text(body))], body,
            )  # fmt: skip
            writer.flush()
            taken_in = [(feed, first, report.feeds[feed][0], receipt.entry.recorded) for feed, first in since.items()]
            record.store.insert("received", ("feed", "since", "seq", "at"), taken_in)
        record.forget_receipts()
        subjects = list(touched)
        for i in range(0, len(subjects), BATCH):
            report.erased += apply_erasures(record, subjects[i : i + BATCH])
            record.refresh(subjects[i : i + BATCH])
    return report


def _fork(
    record: Record, other: Record, feed: str, held: tuple[int, str] | None, theirs: tuple[int, str]
) -> Fork | None:
    if held is None:
        return None
    sql = "SELECT seq, hash FROM entry WHERE feed = ? AND seq <= ? ORDER BY seq DESC"
    common = min(held[0], theirs[0])
    ours = next(iter(record.store.query(sql, (feed, common))))[1]
    if ours == next(iter(other.store.query(sql, (feed, common))))[1]:
        return None
    mine = dict(record.store.query(sql, (feed, common)))
    them = dict(other.store.query(sql, (feed, common)))
    seq = min(s for s in mine if mine[s] != them.get(s))
    return Fork(feed, seq, mine[seq], them[seq])


def _arrivals(other: Record, feed: str, start: int, prev: str | None) -> Iterator[_Arrival]:
    """Entries of a feed from ``start``, each verified against the one before and its parts against their digests."""
    sql = (
        "SELECT e.seq, e.hash, e.subject, e.text, p.tier, p.salt, p.body FROM entry e "
        "LEFT JOIN part p ON p.entry = e.fid WHERE e.feed = ? AND e.seq >= ? ORDER BY e.seq"
    )
    current: _Arrival | None = None
    expected = start
    for seq, digest, subject, text, tier, salt, body in other.store.query(sql, (feed, start)):
        if current is None or seq != current.seq:
            if current is not None:
                yield current
            entry = Entry.parse(text)
            where = f"Feed {feed}, entry {seq}"
            if hash_text(text) != digest:
                raise RecordDamaged(f"{where}: its text does not match its hash.", hint="Take a fresh copy.")
            if (entry.feed, entry.seq, entry.subject) != (feed, seq, subject) or seq != expected or entry.prev != prev:
                raise RecordDamaged(f"{where} does not follow the entry before it.", hint="Take a fresh copy.")
            if wrong := _impossible(entry, text):
                raise RecordDamaged(f"{where}: {wrong}.")
            current, prev, expected = _Arrival(seq, digest, text, entry, []), digest, seq + 1
        if tier is not None:
            if (Tier(tier), part_digest(bytes(salt), body)) not in current.entry.parts:
                raise RecordDamaged(f"Feed {feed}, entry {seq}: its {tier} part does not match its hash.")
            if not _is_object(body):
                raise RecordDamaged(f"Feed {feed}, entry {seq}: its {tier} part is not a JSON object.")
            current.parts.append((tier, bytes(salt), body))
    if current is not None:
        yield current


def _impossible(entry: Entry, text: str) -> str | None:
    """What of a chained entry no software of ours can have written and none could read."""
    tiers = [tier for tier, _ in entry.parts]
    if entry.text() != text or sorted(set(tiers), key=lambda t: t.rank) != tiers:
        return "its text is not in the form docs/format.md gives"
    if entry.seq == 0 and (entry.act, entry.entity) != (Act.ASSERT, "party"):
        return "a feed begins with what its party says of itself"
    try:
        layer(entry.entity)
        for day in (entry.public, entry.valid_from, entry.valid_to):
            if day is not None:
                dt.date.fromisoformat(day)
        if entry.precision is not None:
            Precision(entry.precision)
        dt.datetime.fromisoformat(entry.recorded)
    except (RecordDamaged, ValueError) as error:
        return str(error).rstrip(".")
    return None


def _is_object(body: str) -> bool:
    try:
        return isinstance(body_data(body), dict)
    except (ValueError, RecordDamaged):
        return False


def _take(
    record: Record, other: Record, feed: str, start: int, prev: str | None, touched: dict[str, None],
    report: MergeReport, progress: Callable[[int], None] | None,
) -> tuple[int, str] | None:  # fmt: skip
    """Add a feed's new entries; returns its head if there were any."""
    store = record.store
    fid: int = next(iter(store.query("SELECT coalesce(max(fid), 0) FROM entry")))[0]
    last: tuple[int, str] | None = None
    erased = record.erasures()
    entries: list[tuple[Any, ...]] = []
    parts: list[tuple[Any, ...]] = []

    def flush() -> None:
        store.insert("entry", ("fid", "feed", "seq", "hash", "subject", "text"), entries)
        store.insert("part", ("entry", "tier", "salt", "body"), parts)
        entries.clear()
        parts.clear()

    for arrival in _arrivals(other, feed, start, prev):
        fid += 1
        entries.append((fid, feed, arrival.seq, arrival.hash, arrival.entry.subject, arrival.text))
        parts += [(fid, t, salt, body) for t, salt, body in arrival.parts if (arrival.hash, Tier(t)) not in erased]
        touched[arrival.entry.subject] = None
        last = (arrival.seq, arrival.hash)
        report.entries += 1
        if len(entries) >= BATCH:
            flush()
            if progress:
                progress(report.entries)
    flush()
    return last


def _take_parts(record: Record, other: Record, feed: str, before: int, touched: dict[str, None]) -> int:
    """Parts of entries held already that were withheld until now; erased ones stay erased."""
    if before == 0:
        return 0
    held = {(h, t) for h, t in record.store.query(_PARTS, (feed, before))}
    erased = {(h, t.value) for h, t in record.erasures()}
    found = 0
    missing = [pair for pair in other.store.query(_PARTS, (feed, before)) if pair not in held and pair not in erased]
    for digest, tier in missing:
        (fid, text), *_ = record.store.query("SELECT fid, text FROM entry WHERE feed = ? AND hash = ?", (feed, digest))
        sql = (
            "SELECT p.salt, p.body FROM part p JOIN entry e ON e.fid = p.entry "
            "WHERE e.feed = ? AND e.hash = ? AND p.tier = ?"
        )
        (salt, body), *_ = other.store.query(sql, (feed, digest, tier))
        entry = Entry.parse(text)
        if (Tier(tier), part_digest(bytes(salt), body)) not in entry.parts:
            raise RecordDamaged(f"Feed {feed}, entry {entry.seq}: its {tier} part does not match its hash.")
        record.store.insert("part", ("entry", "tier", "salt", "body"), [(fid, tier, bytes(salt), body)])
        touched[entry.subject] = None
        found += 1
    return found


_PARTS = "SELECT e.hash, p.tier FROM entry e JOIN part p ON p.entry = e.fid WHERE e.feed = ? AND e.seq < ?"


def _quarantine(record: Record, other: Record, fork: Fork) -> None:
    """Keep the branch not taken, apart, for people to look at."""
    present = {h for (h,) in record.store.query("SELECT hash FROM quarantine WHERE feed = ?", (fork.feed,))}
    prev = next(
        (
            h
            for (h,) in other.store.query(
                "SELECT hash FROM entry WHERE feed = ? AND seq = ?", (fork.feed, fork.seq - 1)
            )
        ),
        None,
    )
    kept = [
        (fork.feed, a.seq, a.hash, a.text, json.dumps([[t, salt.hex(), body] for t, salt, body in a.parts]))
        for a in _arrivals(other, fork.feed, fork.seq, prev)
        if a.hash not in present
    ]
    record.store.insert("quarantine", ("feed", "seq", "hash", "text", "parts"), kept)
