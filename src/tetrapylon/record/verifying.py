"""Verifying: every entry against its hash and its forerunner, every part against its digest; what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from tetrapylon.errors import RecordDamaged

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


def verify(record: Record, *, progress: Callable[[int], None] | None = None) -> VerifyReport:
    """Check the whole record. Reading only; constant memory but for the list of problems."""
    report = VerifyReport()
    report.quarantined = next(iter(record.store.query("SELECT count(*) FROM quarantine")))[0]
    erased = {(h, t.value) for h, t in record.erasures()}
    local = {f.uid for f in record.feeds().values() if f.local}
    digest_of = sha256
    feed, seq, prev = None, -1, b"-"
    last_fid = None
    due: dict[bytes, bytes] = {}
    for fid, row_feed, row_seq, row_hash, subject, text, tier, salt, body in record.store.query(_EVERYTHING):
        if fid != last_fid:
            if due:
                _missing(report, due, feed, seq, prev, erased, local)
            last_fid = fid
            report.entries += 1
            if progress and not report.entries % 20_000:
                progress(report.entries)
            if row_feed != feed:
                feed, seq, prev = row_feed, -1, b"-"
                report.feeds += 1
            digest = digest_of(text).hexdigest().encode()
            lines = text.split(b"\n", 17)
            if digest != row_hash or len(lines) < 18 or lines[0] != b"tetrapylon entry 1":
                report.problems.append(f"{_name(row_feed, row_seq)}: its text does not match its hash")
                seq, prev, due = row_seq, row_hash, {}
                continue
            if lines[1] != b"feed " + row_feed or lines[2] != b"seq %d" % row_seq or lines[13] != b"subject " + subject:
                report.problems.append(f"{_name(row_feed, row_seq)}: its columns do not match its text")
            if row_seq != seq + 1 or lines[3] != b"prev " + prev:
                report.problems.append(f"{_name(row_feed, row_seq)} does not follow the entry before it")
            seq, prev = row_seq, digest
            due = {}
            for line in lines[17].split(b"\n"):
                if line:
                    _, listed_tier, listed = line.split(b" ")
                    due[listed_tier] = listed
        if tier is not None:
            report.parts += 1
            listed = due.pop(tier, None)
            if listed is None or digest_of(salt + body).hexdigest().encode() != listed:
                report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part does not match its digest")
            elif (prev.decode(), _show(tier)) in erased:
                report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part was erased but is still here")
    if due:
        _missing(report, due, feed, seq, prev, erased, local)
    orphans = "SELECT count(*) FROM part p LEFT JOIN entry e ON e.fid = p.entry WHERE e.fid IS NULL"
    if lost := next(iter(record.store.query(orphans)))[0]:
        report.problems.append(f"{lost} parts belong to no entry")
    return report


_EVERYTHING = (
    "SELECT e.fid, CAST(e.feed AS BLOB), e.seq, CAST(e.hash AS BLOB), CAST(e.subject AS BLOB), CAST(e.text AS BLOB), "
    "CAST(p.tier AS BLOB), CAST(p.salt AS BLOB), CAST(p.body AS BLOB) "
    "FROM entry e LEFT JOIN part p ON p.entry = e.fid ORDER BY e.feed, e.seq"
)


def _missing(
    report: VerifyReport, due: dict[bytes, bytes], feed: bytes | None, seq: int, prev: bytes,
    erased: set[tuple[str, str]], local: set[str],
) -> None:  # fmt: skip
    for tier in due:
        if (prev.decode(), _show(tier)) in erased:
            report.erased += 1
        elif _show(feed or b"") in local:
            report.problems.append(f"{_name(feed, seq)}: its {_show(tier)} part is gone without an erasure")
        else:
            report.withheld += 1
    due.clear()


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
