"""The record: open it, look at it through views, write to the own feed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from tetrapylon.errors import NotFound, NotPermitted, RecordDamaged, RecordError
from tetrapylon.model import Party, Tier, new_uid
from tetrapylon.record.derive import Stored, live, rows
from tetrapylon.record.entry import Act, Entry, body_data, body_text, now
from tetrapylon.record.installation import Installation
from tetrapylon.record.layers import DISPUTE, layer
from tetrapylon.record.store import Store, create_store, open_store
from tetrapylon.record.view import View
from tetrapylon.record.writer import Writer


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed held in this record: whose it is, whether it was written here, and where it ends."""

    uid: str
    party: str
    local: bool
    seq: int
    head: str


class Record:
    """A record in a store. Use `create` or `open`, and ``with``, so that the file is let go of."""

    def __init__(self, store: Store, installation: Installation | None = None) -> None:
        self.store = store
        self.installation = installation or Installation()
        self._received: dict[str, list[tuple[int, int, str]]] | None = None

    @classmethod
    def create(
        cls, location: str, *, party: Party, author: str | None = None, party_uid: str | None = None,
        installation: Installation | None = None,
    ) -> Self:  # fmt: skip
        """A new record with a first feed of the given party.

        Raises
        ------
        RecordError : the place is taken or cannot be written to.
        """
        record = cls(create_store(location), installation)
        record.join(party, author, party_uid)
        return record

    @classmethod
    def open(cls, location: str, *, read_only: bool = False, installation: Installation | None = None) -> Self:
        """An existing record.

        Raises
        ------
        NotFound, RecordDamaged
        """
        record = cls(open_store(location, read_only=read_only), installation)
        if not read_only:
            with suppress(RecordError):  # a read-only medium, or someone else writing: the next to open it will do
                record.renew_layers()
        return record

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    # --- looking -------------------------------------------------------------------------------------------------

    def view(self, *, on: str | None = None, known: str | None = None, recognise: Iterable[str] = ()) -> View:
        """The record as of two clocks.

        ``on``: day (ISO 8601) on the ground; ``known``: day or instant of knowledge; both default to now.
        ``recognise``: parties whose Decisions settle contradictions in this view.
        """
        return View(self, on=on, known=known, recognise=frozenset(recognise))

    def feeds(self) -> dict[str, Feed]:
        """Feeds by uid."""
        local = {feed for (feed,) in self.store.query("SELECT feed FROM local_feed")}
        sql = (
            "SELECT e.feed, g.subject, e.seq, e.hash FROM entry e JOIN entry g ON g.feed = e.feed AND g.seq = 0 "
            "WHERE (e.feed, e.seq) IN (SELECT feed, max(seq) FROM entry GROUP BY feed)"
        )
        return {
            feed: Feed(feed, party, feed in local, seq, head)
            for feed, party, seq, head in sorted(self.store.query(sql))
        }

    def parties(self) -> dict[str, str]:
        """Party that owns each feed; from feed to feed along the index, never over all entries."""
        sql = (
            "WITH RECURSIVE f(feed) AS (SELECT min(feed) FROM entry UNION ALL "
            "SELECT (SELECT min(feed) FROM entry WHERE feed > f.feed) FROM f WHERE f.feed IS NOT NULL) "
            "SELECT e.feed, e.subject FROM f JOIN entry e ON e.feed = f.feed AND e.seq = 0"
        )
        return dict(self.store.query(sql))

    def heads(self) -> dict[str, tuple[int, str]]:
        """Sequence number and hash of each feed's last entry."""
        return {f.uid: (f.seq, f.head) for f in self.feeds().values()}

    def entries(self, subjects: Sequence[str]) -> Iterator[Stored]:
        """All entries about the given things, with what is held of their bodies."""
        parties = self.parties()
        for start in range(0, len(subjects), 500):
            chunk = subjects[start : start + 500]
            marks = ",".join("?" * len(chunk))
            sql = (
                "SELECT e.fid, e.hash, e.text, p.tier, p.body FROM entry e LEFT JOIN part p ON p.entry = e.fid "  # noqa: S608
                f"WHERE e.subject IN ({marks}) ORDER BY e.fid"
            )
            yield from _gather(self.store.query(sql, chunk), parties)

    def known_from(self, stored: Stored) -> str:
        """Day or instant from which an entry counts as known here.

        Cited history: the end of its source's date. Native claims: when this store recorded them, else when it first
        received them. Clocks of other devices decide nothing, except for what a file held when it was copied.
        """
        entry = stored.entry
        if entry.public is not None:
            return entry.public
        for since, seq, at in self._receipts().get(entry.feed, ()):
            if since <= entry.seq <= seq:
                return at
        return entry.recorded

    def _receipts(self) -> dict[str, list[tuple[int, int, str]]]:
        """By feed: first and last number of the entries taken in together, and when."""
        if self._received is None:
            found: dict[str, list[tuple[int, int, str]]] = {}
            for feed, since, seq, at in self.store.query("SELECT feed, since, seq, at FROM received ORDER BY at, seq"):
                found.setdefault(feed, []).append((since, seq, at))
            self._received = found
        return self._received

    def forget_receipts(self) -> None:
        """Read anew, next time, when other feeds were received."""
        self._received = None

    # --- writing -------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, author: str | None = None) -> Iterator[Writer]:
        """Write to the own feed: one transaction, all or nothing.

        A copy, or a restored backup, whose feed does not end where this installation left it, goes on in a new feed
        of the same party.

        Raises
        ------
        RecordBusy : another writer holds the record.
        NotPermitted : no feed of this record belongs to this side (a share); open one with `join`.
        """
        with self.store.writing():
            self.forget_receipts()  # others may have received something since
            writer = self._writer(author)
            yield writer
            writer.finish()
        self.forget_receipts()

    def join(self, party: Party, author: str | None = None, party_uid: str | None = None) -> str:
        """Open a feed of the given party in this record; returns the party's uid."""
        uid = party_uid or new_uid()
        with self.store.writing():
            writer = self._open_feed(uid, party, author)
            writer.open_now()
            writer.finish()
        return uid

    def own_party(self) -> str:
        """The party whose feed this side writes.

        Raises
        ------
        NotPermitted : there is none.
        """
        feeds = [f for f in self.feeds().values() if f.local]
        if not feeds:
            raise NotPermitted(
                f"Nothing in {self.store.location} is yours to write to.",
                hint="Open a feed of your own: tetrapylon init FILE --party NAME",
            )
        return max(feeds, key=lambda f: f.uid).party

    def _writer(self, author: str | None) -> Writer:
        who = self.installation.author(author)
        local = sorted((f for f in self.feeds().values() if f.local), key=lambda f: f.uid, reverse=True)
        for feed in local:
            if self.installation.head(feed.uid) == feed.head:
                return Writer(self, feed.uid, feed.party, who, feed.seq, feed.head)
        party = self.own_party()
        own = [s for s in self.entries([party]) if s.party == party and s.entry.entity == Party.name()]
        latest = (live(own) or own)[-1]
        known = "label" in latest.data  # not erased
        body = Party.decode(latest.data, latest.entry.version) if known else Party(label=party)
        return self._open_feed(party, body, author, claim=latest.entry.claim)

    def _open_feed(self, party_uid: str, party: Party, author: str | None, claim: str | None = None) -> Writer:
        writer = Writer(self, new_uid(), party_uid, self.installation.author(author), -1, None)
        writer.open_with(party, claim or new_uid())
        return writer

    # --- layers --------------------------------------------------------------------------------------------------

    def refresh(self, subjects: Sequence[str]) -> None:
        """Derive the layer rows of these things anew, inside a writing transaction."""
        by_subject: dict[str, list[Stored]] = {}
        for stored in self.entries(subjects):
            by_subject.setdefault(stored.entry.subject, []).append(stored)
        doomed: dict[str, list[int]] = {}
        fresh = []
        present = set(self.store.layers())
        for group in by_subject.values():
            for stored in group:
                table = DISPUTE if stored.entry.act is Act.DISPUTE else stored.entry.entity
                if table in present and stored.entry.act in (Act.ASSERT, Act.AMEND, Act.DISPUTE):
                    doomed.setdefault(table, []).append(stored.fid)
            fresh += rows(group, self.known_from)
        for table, fids in doomed.items():
            self.store.delete_layer(layer(table), fids)
        self.put_rows(fresh)

    def put_rows(self, fresh: Iterable[Any]) -> None:
        """Add derived rows to their layers, inside a writing transaction."""
        by_table: dict[str, list[Any]] = {}
        for row in fresh:
            by_table.setdefault(row.table, []).append(row)
        for table, group in by_table.items():
            self.store.ensure_layer(layer(table))
            self.store.insert_layer(layer(table), [r.values for r in group], [r.geometry for r in group])

    def renew_layers(self) -> None:
        """Make anew the layers of older software that lack a column this version's declarations have.

        Raises
        ------
        RecordBusy, RecordError : the record cannot be written to now.
        """
        stale = []
        for table, present in self.store.layer_columns().items():
            shape = layer(table)
            if not present.issuperset((*shape.names, "geom") if shape.spatial else shape.names):
                stale.append(table)
        if not stale:
            return
        with self.store.writing():
            self.forget_receipts()
            uids = {uid for table in stale for (uid,) in self.store.query(f'SELECT DISTINCT uid FROM "{table}"')}  # noqa: S608
            for table in stale:
                self.store.drop_layer(table)
            subjects = sorted(uids)
            for start in range(0, len(subjects), 5000):
                self.refresh(subjects[start : start + 5000])

    def rebuild(self) -> None:
        """Derive all layers anew from the entries."""
        with self.store.writing():
            self.forget_receipts()
            self.store.renew_indexes()
            for table in list(self.store.layers()):
                self.store.drop_layer(table)
            subjects = [s for (s,) in self.store.query("SELECT DISTINCT subject FROM entry")]
            for start in range(0, len(subjects), 5000):
                self.refresh(subjects[start : start + 5000])

    def dump(self) -> Iterator[str]:
        """The layers as ordered lines: identical for any arrival order and merge grouping of the same entries.

        When a native claim of another feed became known is a fact about this store, so it is left out.
        """
        hashes = dict(self.store.query("SELECT fid, hash FROM entry"))
        for table in self.store.layers():
            shape = layer(table)
            known = tuple(shape.names.index(n) for n in ("known_from", "known_to"))
            names = ", ".join(f'l."{n}"' for n in shape.names)
            geometry = f", {self.store.geometry_column()}" if shape.spatial else ", NULL"
            lines = []
            for row in self.store.query(f'SELECT {names}{geometry} FROM "{table}" l'):  # noqa: S608
                values = list(row)
                native = values[4]
                for i in known:
                    values[i] = (values[i] is not None) if native or i == known[1] else values[i]
                shapes = self.store.decode_geometries([values.pop()])
                outline = shapes[0].wkb_hex if shapes[0] is not None else None
                lines.append(
                    json.dumps([table, hashes[values[0]], *values[1:], outline], default=str, ensure_ascii=False)
                )
            yield from sorted(lines)

    def read_parts(self, fid: int) -> dict[Tier, Mapping[str, Any]]:
        """Bodies held of one entry, by tier."""
        return {
            Tier(t): json.loads(b) for t, b in self.store.query("SELECT tier, body FROM part WHERE entry = ?", (fid,))
        }

    def find_entry(self, claim_or_hash: str) -> Stored:
        """The live version of the claim about a thing (uid or local id), or the entry whose hash begins so.

        Raises
        ------
        NotFound : none, or several.
        """
        sql = "SELECT subject FROM entry WHERE hash LIKE ? LIMIT 2"
        subjects = [s for (s,) in self.store.query(sql, (claim_or_hash.replace("%", "") + "%",))]
        things = subjects or self._named(claim_or_hash) or [claim_or_hash]
        found = [s for s in self.entries(things) if not subjects or s.hash.startswith(claim_or_hash)]
        if not subjects:  # a thing: its live versions
            ended = {t for s in found if s.entry.act in (Act.AMEND, Act.RETRACT) for t in s.entry.targets}
            versions = (Act.ASSERT, Act.AMEND)
            found = [s for s in found if s.entry.act in versions and s.hash not in ended] or found
        if not found or (subjects and len(found) > 1) or len(things) > 1:
            raise NotFound(
                f"There is no one entry or thing {claim_or_hash}.",
                hint="Give a uid, a local id, or the start of a hash.",
            )
        return found[-1]

    def _named(self, local_id: str) -> list[str]:
        """Uids of the things with this local id."""
        found: set[str] = set()
        for table, columns in self.store.layer_columns().items():
            if "local_id" in columns:
                found.update(
                    u
                    for (u,) in self.store.query(f'SELECT uid FROM "{table}" WHERE local_id = ?', (local_id,))  # noqa: S608
                )
        return sorted(found)

    def erasures(self) -> set[tuple[str, Tier]]:
        """Parts known to be erased: entry hash and tier."""
        return {(h, Tier(t)) for h, t in self.store.query("SELECT entry, tier FROM erased")}

    def check_own(self, stored: Stored, party: str) -> None:
        """Refuse to change another party's claim.

        Raises
        ------
        NotPermitted
        """
        if stored.party != party:
            raise NotPermitted(
                "Only the party that made a claim changes it.", hint="Dispute it, or make a claim of your own about it."
            )


def _gather(found: Iterable[tuple[Any, ...]], parties: Mapping[str, str]) -> Iterator[Stored]:
    """Join the parts of each entry (rows: fid, hash, text, tier, body; one entry's rows together)."""
    fid: int | None = None
    digest, text, held = "", "", {}  # type: ignore[var-annotated]
    for row in found:
        if row[0] != fid:
            if fid is not None:
                yield _stored(fid, digest, text, held, parties)
            fid, digest, text, held = row[0], row[1], row[2], {}
        if row[3] is not None:
            held[row[3]] = row[4]
    if fid is not None:
        yield _stored(fid, digest, text, held, parties)


def _stored(fid: int, digest: str, text: str, held: Mapping[str, str], parties: Mapping[str, str]) -> Stored:
    entry = Entry.parse(text)
    data: dict[str, Any] = {}
    for tier, _ in entry.parts:
        if tier in held:
            data.update(body_data(held[tier]))
    withheld = tuple(tier for tier, _ in entry.parts if tier not in held)
    party = parties.get(entry.feed)
    if party is None:
        raise RecordDamaged(f"Feed {entry.feed} has no first entry.")
    return Stored(fid, digest, entry, party, data, withheld)


def parts_of(cls_split: Mapping[Tier, Mapping[str, Any]]) -> list[tuple[Tier, str]]:
    """Bodies by tier, least sensitive first."""
    return [(tier, body_text(dict(cls_split[tier]))) for tier in Tier if tier in cls_split]


__all__ = ["Feed", "Record", "RecordError", "now"]
