"""A verifier of records written from docs/format.md alone: standard library only, nothing of Tetrapylon.

    python independent_verifier.py RECORD.gpkg [ANOTHER.gpkg ...]

Prints what is wrong, one line each, and ends with 1 if anything is. Given several files it names forks between them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from pathlib import Path

TIERS = ["public", "partners", "restricted", "personal"]
DAY = r"\d{4}-\d\d-\d\d"
HASH = r"[0-9a-f]{64}"
UID = r"(?!-\n)[^\s]+"
FORM = re.compile(
    rf"tetrapylon entry 1\n"
    rf"feed (?P<feed>{UID})\n"
    rf"seq (?P<seq>0|[1-9]\d*)\n"
    rf"prev (?P<prev>-|{HASH})\n"
    rf"recorded {DAY}T\d\d:\d\d:\d\d\.\d\d\dZ\n"
    rf"public (-|{DAY})\n"
    rf"from (?P<start>-|{DAY})\n"
    rf"to (?P<end>-|{DAY})\n"
    rf"precision (?P<precision>-|day|approx|month|year)\n"
    rf"act (?P<act>assert|amend|retract|dispute|erase|receive)\n"
    rf"claim {UID}\n"
    rf"entity (?P<entity>(?!gpkg_|rtree_|sqlite_|pg_)[a-z][a-z0-9_]{{0,40}}(?<!_current))\n"
    rf"version [1-9]\d*\n"
    rf"subject (?P<subject>{UID})\n"
    rf"source (-|{UID})\n"
    rf"author {UID}\n"
    rf"targets (?P<targets>-|{HASH}(/[a-z]+)?( {HASH}(/[a-z]+)?)*)\n"
    rf"(?P<parts>(part ({'|'.join(TIERS)}) {HASH}\n)*)"
)


def check(path: str | Path) -> list[str]:
    """What is wrong with a record, in words; empty when everything holds."""
    db = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    db.text_factory = bytes
    try:
        return _check(db)
    finally:
        db.close()


def _check(db: sqlite3.Connection) -> list[str]:
    problems: list[str] = []
    entries: dict[int, dict[str, str]] = {}
    listed: dict[int, dict[str, str]] = {}
    chains: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for fid, feed, seq, digest, subject, text in db.execute("SELECT fid, feed, seq, hash, subject, text FROM entry"):
        name = f"feed {show(feed)}, entry {seq}"
        chains[show(feed)].append((seq, fid))
        entries[fid] = {"name": name, "hash": show(digest), "feed": show(feed)}
        listed[fid] = {}
        if hashlib.sha256(text).hexdigest() != show(digest):
            problems.append(f"{name}: its text does not match its hash")
            continue
        try:
            form = FORM.fullmatch(text.decode())
        except UnicodeDecodeError:
            form = None
        if form is None:
            problems.append(f"{name}: its text is not in the form of an entry")
            continue
        entries[fid] |= form.groupdict()
        if (form["feed"], form["seq"], form["subject"]) != (show(feed), str(seq), show(subject)):
            problems.append(f"{name}: its columns do not match its text")
        if (form["precision"] == "-") != (form["start"] == form["end"] == "-"):
            problems.append(f"{name}: days without precision, or precision without days")
        lines = [line.split(" ")[1:] for line in form["parts"].splitlines()]
        listed[fid] = dict(lines)
        if [tier for tier, _ in lines] != sorted(listed[fid], key=TIERS.index):
            problems.append(f"{name}: its parts are not listed once each, least sensitive first")
    problems += _chains(chains, entries)
    return problems + _parts(db, entries, listed)


def _chains(chains: dict[str, list[tuple[int, int]]], entries: dict[int, dict[str, str]]) -> list[str]:
    problems = []
    for chain in chains.values():
        prev = "-"
        for expected, (seq, fid) in enumerate(sorted(chain)):
            entry = entries[fid]
            if seq != expected or entry.get("prev", prev) != prev:
                problems.append(f"{entry['name']} does not follow the entry before it")
            if seq == 0 and (entry.get("act"), entry.get("entity")) != ("assert", "party"):
                problems.append(f"{entry['name']}: a feed begins with what its party says of itself")
            prev = entry["hash"]
    return problems


def _parts(db: sqlite3.Connection, entries: dict[int, dict[str, str]], listed: dict[int, dict[str, str]]) -> list[str]:
    problems = []
    erased = erasures(entries, listed)
    held: Counter[tuple[int, str]] = Counter()
    for fid, raw_tier, salt, body in db.execute("SELECT entry, tier, salt, body FROM part"):
        tier = show(raw_tier)
        if fid not in entries:
            problems.append(f"a {tier} part belongs to no entry")
            continue
        name = f"{entries[fid]['name']}: its {tier} part"
        held[fid, tier] += 1
        if held[fid, tier] > 1:
            problems.append(f"{name} is here twice")
        if hashlib.sha256(salt + body).hexdigest() != listed[fid].get(tier):
            problems.append(f"{name} does not match its digest")
        elif len(salt) != 16 or not is_object(body):
            problems.append(f"{name} is not a JSON object with a salt of 16 bytes")
        if (entries[fid]["hash"], tier) in erased:
            problems.append(f"{name} was erased but is still here")
    local = {show(feed) for (feed,) in db.execute("SELECT feed FROM local_feed")}
    for fid, tiers in listed.items():
        for tier in tiers:
            missing = not held[fid, tier] and (entries[fid]["hash"], tier) not in erased
            if missing and entries[fid]["feed"] in local:
                problems.append(f"{entries[fid]['name']}: its {tier} part is gone without an erasure")
    return problems


def erasures(entries: dict[int, dict[str, str]], listed: dict[int, dict[str, str]]) -> set[tuple[str, str]]:
    """Parts that valid erasures name: same party, same subject."""
    owner = {e["feed"]: e.get("subject") for e in entries.values() if e.get("seq") == "0"}
    by_hash = {e["hash"]: (fid, e) for fid, e in entries.items()}
    gone = set()
    for entry in entries.values():
        if entry.get("act") != "erase":
            continue
        for target in entry["targets"].split(" "):
            digest, _, tier = target.partition("/")
            fid, aim = by_hash.get(digest, (0, {}))
            if aim and (owner.get(aim["feed"]), aim.get("subject")) == (owner.get(entry["feed"]), entry["subject"]):
                gone |= {(digest, t) for t in listed[fid] if tier in ("", t)}
    return gone


def forks(*paths: str | Path) -> list[str]:
    """Feeds that two of these files continue differently, with the first entry in which they part."""
    seen: dict[tuple[str, int], tuple[str, str]] = {}
    found = {}
    for path in paths:
        db = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
        for feed, seq, digest in db.execute("SELECT feed, seq, hash FROM entry ORDER BY feed, seq"):
            first, where = seen.setdefault((feed, seq), (digest, str(path)))
            if first != digest and feed not in found:
                found[feed] = f"feed {feed} parts at entry {seq}: {first} in {where}, {digest} in {path}"
        db.close()
    return list(found.values())


def show(raw: object) -> str:
    """Bytes from the file as text, whatever they hold."""
    return raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else str(raw)


def is_object(body: bytes) -> bool:
    """True for one JSON object without NaN or infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        return isinstance(json.loads(body.decode(), parse_constant=refuse), dict)
    except ValueError:
        return False


def main(*paths: str) -> int:
    """Check files, print what is wrong."""
    problems = [f"{path}: {problem}" for path in paths for problem in check(path)] + forks(*paths)
    print("\n".join(problems) or "everything holds")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
