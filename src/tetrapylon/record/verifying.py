"""Verifying: every entry against its hash and its forerunner, every part against its digest; what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from tetrapylon.errors import RecordDamaged
from tetrapylon.record.entry import Entry, hash_text, part_digest
from tetrapylon.record.layercheck import layer_faults

if TYPE_CHECKING:
    from tetrapylon.record.record import Record


@dataclass
class VerifyReport:
    """What was verified; ``problems`` is empty when everything holds."""

    entries: int = 0
    parts: int = 0
    feeds: int = 0
    withheld: int = 0
    erased: int = 0
    quarantined: int = 0
    problems: list[str] = field(default_factory=list)


def verify(
    record: Record, *, layers: bool = True, progress: Callable[[int], None] | None = None
) -> VerifyReport:  # fmt: skip
    """Check the whole record. Reading only.

    ``layers``: also check that every row of every layer says what its entry says, which takes longer than the chain.
    """
    with record.store.reading():
        report = _verify(record, progress)
        if layers and not report.problems:
            report.problems += layer_faults(record, progress=progress)
        return report


def _verify(record: Record, progress: Callable[[int], None] | None) -> VerifyReport:
    """One pass over the entries as they lie in the file, with the last number and hash of each feed kept apart."""
    report = VerifyReport()
    report.quarantined = next(iter(record.store.query("SELECT count(*) FROM quarantine")))[0]
    ends: dict[bytes, tuple[int, bytes]] = {}
    incomplete: list[tuple[bytes, list[bytes], bytes, int, bytes]] = []
    erasing: list[bytes] = []
    last_fid, due = None, 0
    text = feed = digest = b""
    seq = -1
    seen: list[bytes] = []
    for fid, row_feed, row_seq, row_hash, subject, row_text, tier, salt, body in record.store.query(_EVERYTHING):
        if fid != last_fid:
            if due:
                incomplete.append((text, seen, feed, seq, digest))
            last_fid, text, feed, seq, digest, seen = fid, row_text, row_feed, row_seq, row_hash, []
            report.entries += 1
            if progress and not report.entries % 20_000:
                progress(report.entries)
            before, prev = ends.get(feed, (-1, b"-"))
            if sha256(text).hexdigest().encode() != digest:
                report.problems.append(f"{_name(feed, seq)}: its text does not match its hash")
            elif not text.startswith(b"tetrapylon entry 1\nfeed %b\nseq %d\nprev %b\n" % (feed, before + 1, prev)):
                report.problems.append(f"{_name(feed, seq)} does not follow the entry before it")
            if seq != before + 1 or b"\nsubject %b\n" % subject not in text:
                report.problems.append(f"{_name(feed, seq)}: its columns do not match its text")
            if b"\nact erase\n" in text:
                erasing.append(text)
            ends[feed] = seq, digest
            due = text.count(b"\npart ")
        if tier is not None:
            report.parts += 1
            if tier in seen:
                report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part is here twice")
            else:
                due -= 1
                seen.append(tier)
            if b"\npart %b %b\n" % (tier, sha256(salt + body).hexdigest().encode()) not in text:
                report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part does not match its digest")
    if due:
        incomplete.append((text, seen, feed, seq, digest))
    report.feeds = len(ends)
    _account(record, report, incomplete, erasing)
    orphans = "SELECT count(*) FROM part p LEFT JOIN entry e ON e.fid = p.entry WHERE e.fid IS NULL"
    if lost := next(iter(record.store.query(orphans)))[0]:
        report.problems.append(f"{lost} parts belong to no entry")
    report.problems += record.store.faults(report.entries)
    report.problems += _quarantine_problems(record)
    return report


_EVERYTHING = (
    "SELECT e.fid, CAST(e.feed AS BLOB), e.seq, CAST(e.hash AS BLOB), CAST(e.subject AS BLOB), CAST(e.text AS BLOB), "
    "CAST(p.tier AS BLOB), CAST(p.salt AS BLOB), CAST(p.body AS BLOB) "
    "FROM entry e LEFT JOIN part p ON p.entry = e.fid ORDER BY e.fid"
)


def _account(
    record: Record, report: VerifyReport, incomplete: list[tuple[bytes, list[bytes], bytes, int, bytes]],
    erasing: list[bytes],
) -> None:  # fmt: skip
    """Parts that entries list and the file does not hold are erased, withheld or lost; erased ones must be gone."""
    erased = _erasures(record, erasing)
    local = {feed for (feed,) in record.store.query("SELECT CAST(feed AS BLOB) FROM local_feed")}
    for text, seen, feed, seq, digest in incomplete:
        for tier in _listed(text):
            if tier in seen:
                continue
            if (digest, tier) in erased:
                report.erased += 1
            elif feed in local:
                report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part is gone without an erasure")
            else:
                report.withheld += 1
    there = "SELECT 1 FROM part WHERE entry = ? AND tier = ?"
    for (_, tier), (fid, feed, seq) in erased.items():
        if next(iter(record.store.query(there, (fid, _show(tier)))), None):
            report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part was erased but is still here")


def _erasures(record: Record, erasing: list[bytes]) -> dict[tuple[bytes, bytes], tuple[int, bytes, int]]:
    """Hash and tier of the parts that valid erasures name, and where they stand; from the entries, not from a list.

    Valid: from the party that owns the entry named, about the same thing.
    """
    if not erasing:
        return {}
    owner = dict(record.store.query("SELECT CAST(feed AS BLOB), CAST(subject AS BLOB) FROM entry WHERE seq = 0"))
    about = "SELECT fid, CAST(feed AS BLOB), seq, CAST(hash AS BLOB), CAST(text AS BLOB) FROM entry WHERE subject = ?"
    gone = {}
    for text in erasing:
        try:
            act = Entry.parse(text.decode())
        except (RecordDamaged, UnicodeDecodeError):
            continue  # named already: its text does not match its hash
        named = [target.encode().partition(b"/") for target in act.targets]
        for fid, feed, seq, digest, held in record.store.query(about, (act.subject,)):
            tiers = {tier for target, _, tier in named if target == digest}
            if tiers and feed in owner and owner[feed] == owner.get(act.feed.encode()):
                gone.update({(digest, tier): (fid, feed, seq) for tier in _listed(held) if tiers & {b"", tier}})
    return gone


def _listed(text: bytes) -> list[bytes]:
    """Tiers of the parts an entry lists."""
    return [line.split(b" ")[1] for line in text.split(b"\n") if line.startswith(b"part ")]


def _quarantine_problems(record: Record) -> list[str]:
    """Branches kept apart are held to their hashes too: they are what people look at to settle a fork."""
    problems = []
    for feed, seq, digest, text, parts in record.store.query("SELECT feed, seq, hash, text, parts FROM quarantine"):
        name = f"quarantine of feed {feed}, entry {seq}"
        if hash_text(text) != digest or not text.startswith(f"tetrapylon entry 1\nfeed {feed}\nseq {seq}\n"):
            problems.append(f"{name}: its text does not match its hash")
        try:
            kept = [f"\npart {t} {part_digest(bytes.fromhex(salt), body)}\n" for t, salt, body in orjson.loads(parts)]
        except (ValueError, TypeError):
            problems.append(f"{name}: its parts cannot be read")
        else:
            problems += [f"{name}: a part does not match its digest" for line in kept if line not in text]
    return problems


def _show(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _name(feed: bytes | None, seq: int) -> str:
    return f"feed {_show(feed or b'?')}, entry {seq}"


def require_sound(record: Record) -> None:
    """Raise if anything is wrong.

    Raises
    ------
    RecordDamaged : naming the first problems.
    """
    problems = verify(record).problems
    if problems:
        raise RecordDamaged("The record does not verify: " + "; ".join(problems[:5]) + ".")
