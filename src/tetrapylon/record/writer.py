"""The writer: what a party can add to its own feed inside one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tetrapylon.errors import NotPermitted, RecordError, ValueRangeError
from tetrapylon.model import REGISTRY, Entity, Tier, When, new_uid
from tetrapylon.model.entity import split_by_tier
from tetrapylon.record.derive import Stored, live
from tetrapylon.record.entry import SALT_BYTES, Act, Entry, body_text, hash_text, is_token, now, part_digest

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

FLUSH = 5_000
"""Entries held back before they go to the store together."""


class Writer:
    """Adds entries to one feed. Made by `Record.writing`; nothing is kept unless its block ends well."""

    def __init__(self, record: Record, feed: str, party: str, author: str, seq: int, head: str | None) -> None:
        self.record = record
        self.feed = feed
        self.party = party
        self.author = author
        self._seq = seq
        self._head = head
        self._fid = 0
        self.renumber()
        self._entries: list[tuple[Any, ...]] = []
        self._parts: list[tuple[Any, ...]] = []
        self._touched: dict[str, None] = {}
        self._salts: list[bytes] = []
        self._opening: Callable[[], object] | None = None
        self._stamp = now()

    def open_with(self, party: Entity, claim: str) -> None:
        """Make this a new feed: its first entry states the party, and is added just before anything else is."""
        self._opening = lambda: self.add(
            Act.ASSERT, "party", self.party, party.encode(), claim=claim, version=type(party).entity_version
        )

    def open_now(self) -> None:
        """Add the first entry although nothing else follows yet."""
        if self._opening:
            opening, self._opening = self._opening, None
            self.record.store.execute("INSERT INTO local_feed VALUES (?)", (self.feed,))
            opening()

    def renumber(self) -> None:
        """Go on numbering after what others added to the store in this transaction."""
        self._fid = next(iter(self.record.store.query("SELECT coalesce(max(fid), 0) FROM entry")))[0]

    # --- what a party can say ----------------------------------------------------------------------------------

    def claim(
        self, body: Entity, *, subject: str | None = None, source: str | None = None, public: str | None = None,
        tier: Tier | None = None,
    ) -> Stored:  # fmt: skip
        """Assert a claim; ``subject`` is the thing it is about (None: a new thing).

        ``source`` and ``public`` (day it was published) make it a cited claim; ``tier`` raises all its fields.

        Raises
        ------
        ValueRangeError : the values break a rule of the entity.
        """
        if broken := body.broken_rules():
            raise ValueRangeError(f"A {type(body).title()} like this is not possible: {'; '.join(broken)}.")
        return self.add(
            Act.ASSERT, type(body).name(), subject or new_uid(), body.encode(), source=source, public=public, tier=tier,
            version=type(body).entity_version,
        )  # fmt: skip

    def amend(self, target: Stored, body: Entity) -> Stored:
        """Replace the whole body of an own claim; a claim raised as a whole to a tier stays at it.

        Raises
        ------
        NotPermitted : the claim belongs to another party.
        """
        self.record.check_own(target, self.party)
        if type(body).name() != target.entry.entity:
            raise ValueRangeError(f"A {target.entry.entity} claim cannot become a {type(body).title()} claim.")
        if broken := body.broken_rules():
            raise ValueRangeError(f"A {type(body).title()} like this is not possible: {'; '.join(broken)}.")
        entry = target.entry
        return self.add(
            Act.AMEND, entry.entity, entry.subject, body.encode(), claim=entry.claim, source=entry.source,
            public=entry.public, targets=self._with_twins(target), version=type(body).entity_version,
            tier=self._raised(target),
        )  # fmt: skip

    def _raised(self, target: Stored) -> Tier | None:
        """The tier a claim was raised to as a whole: the lowest of its parts that holds anything."""
        parts = self.record.read_parts(target.fid)
        told = [tier for tier, _ in target.entry.parts if tier not in parts or parts[tier]]
        lowest = min(told, key=lambda t: t.rank, default=Tier.PUBLIC)
        return None if lowest is Tier.PUBLIC else lowest

    def retract(self, target: Stored, reason: str) -> Stored:
        """Take an own claim back; it stays readable in views of an earlier day of knowledge.

        Raises
        ------
        NotPermitted : the claim belongs to another party.
        """
        self.record.check_own(target, self.party)
        return self._about(Act.RETRACT, target, {"reason": reason}, self._with_twins(target))

    def dispute(self, target: Stored, reason: str) -> Stored:
        """Dispute a claim; anyone may."""
        return self._about(Act.DISPUTE, target, {"reason": reason})

    def erase(self, target: Stored, reason: str, tiers: Iterable[Tier] = tuple(Tier)) -> Stored:
        """Erase parts of an own claim in all its versions, here and wherever this record is merged to.

        The chain still verifies.

        Raises
        ------
        NotPermitted : the claim belongs to another party, or holds no such part.
        """
        self.record.check_own(target, self.party)
        wanted = set(tiers)
        chosen = [f"{s.hash}/{tier}" for s in self._own_versions(target) for tier, _ in s.entry.parts if tier in wanted]
        if not chosen:
            raise NotPermitted("The claim holds nothing of these tiers to erase.")
        return self._about(Act.ERASE, target, {"reason": reason}, targets=tuple(chosen))

    def _own_versions(self, target: Stored) -> list[Stored]:
        """The target and every other version of the same claim in the party's feeds, replaced ones too."""
        self.flush()
        found = [
            s for s in self.record.entries([target.entry.subject])
            if (s.party, s.entry.claim) == (self.party, target.entry.claim) and s.entry.act in (Act.ASSERT, Act.AMEND)
        ]  # fmt: skip
        return found if any(s.hash == target.hash for s in found) else [target, *found]

    def _with_twins(self, target: Stored) -> tuple[str, ...]:
        """The target and live versions of the same claim that say the same in other feeds of the party."""
        others = [s.hash for s in live(self._own_versions(target)) if s.data == target.data and s.hash != target.hash]
        return (target.hash, *others)

    def _about(self, act: Act, target: Stored, data: dict[str, Any], targets: tuple[str, ...] | None = None) -> Stored:
        entry = target.entry
        return self.add(
            act, entry.entity, entry.subject, data, claim=entry.claim, targets=targets or (target.hash,), splits=False
        )

    # --- how it is added ---------------------------------------------------------------------------------------

    def add(
        self, act: Act, entity: str, subject: str, data: Mapping[str, Any], *, claim: str | None = None,
        source: str | None = None, public: str | None = None, targets: tuple[str, ...] = (), version: int = 1,
        tier: Tier | None = None, splits: bool = True,
    ) -> Stored:  # fmt: skip
        """Add one entry with its bodies, divided by tier; layers follow when the transaction ends."""
        cls = REGISTRY.get(entity)
        divided = split_by_tier(cls, data) if cls and splits else {Tier.PUBLIC: dict(data)}
        if tier is not None:
            divided = raise_tier(divided, tier)
        span = claim_span(cls, data) if cls and splits else (None, None, None)
        stored = self.append(
            act, entity, version, subject, claim or new_uid(), source, public, span, targets,
            [(t, body_text(divided[t])) for t in Tier if t in divided], data,
        )  # fmt: skip
        self.touch(subject)
        return stored

    def append(
        self, act: Act, entity: str, version: int, subject: str, claim: str, source: str | None, public: str | None,
        span: tuple[str | None, str | None, str | None], targets: tuple[str, ...], bodies: Sequence[tuple[Tier, str]],
        data: Mapping[str, Any],
    ) -> Stored:  # fmt: skip
        """Add one entry with ready body texts, without touching layers (the import derives them itself)."""
        if self._opening:
            self.open_now()
        for uid in (subject, source):
            if uid is not None and not is_token(uid):
                raise ValueRangeError(f'"{uid}" cannot be a uid.', hint="Leave out spaces and line breaks.")
        self._fid += 1
        self._seq += 1
        parts = []
        for tier, body in bodies:
            salt = self._salts.pop() if self._salts else self._salt()
            parts.append((tier, part_digest(salt, body)))
            self._parts.append((self._fid, tier._value_, salt, body))
        entry = Entry(
            self.feed, self._seq, self._head, self._stamp, public, span[0], span[1], span[2], act, claim, entity,
            version, subject, source, self.author, targets, tuple(parts),
        )  # fmt: skip
        text = entry.text()
        self._head = hash_text(text)
        self._entries.append((self._fid, self.feed, self._seq, self._head, subject, text))
        if len(self._entries) >= FLUSH:
            self.flush()
        return Stored(self._fid, self._head, entry, self.party, data)

    def _salt(self) -> bytes:
        """16 random bytes, drawn from the system 256 at a time."""
        drawn = os.urandom(SALT_BYTES * 256)
        self._salts = [drawn[i : i + SALT_BYTES] for i in range(0, len(drawn), SALT_BYTES)]
        return self._salts.pop()

    def touch(self, subject: str) -> None:
        """Have the layers of this thing derived anew when the transaction ends."""
        self._touched[subject] = None

    def flush(self) -> None:
        """Hand what was held back to the store."""
        store = self.record.store
        store.insert("entry", ("fid", "feed", "seq", "hash", "subject", "text"), self._entries)
        store.insert("part", ("entry", "tier", "salt", "body"), self._parts)
        self._entries, self._parts = [], []

    def finish(self) -> None:
        """Bring layers and erasures up to date and note the new head outside the file, before the commit."""
        if self._opening:
            return
        self.flush()
        if self._touched:
            from tetrapylon.record.erasure import apply_erasures

            subjects = list(self._touched)
            apply_erasures(self.record, subjects)
            self.record.refresh(subjects)
            self._touched = {}
        if self._head is None:
            raise RecordError("A feed needs a first entry.")
        self.record.installation.remember(self.feed, self._head)


def raise_tier(divided: Mapping[Tier, Mapping[str, Any]], floor: Tier) -> dict[Tier, dict[str, Any]]:
    """Move every part below ``floor`` up to it; public stays, empty, so that an entry always has a body."""
    raised: dict[Tier, dict[str, Any]] = {Tier.PUBLIC: {}}
    for tier, data in divided.items():
        raised.setdefault(max(tier, floor, key=lambda t: t.rank), {}).update(data)
    return raised


def claim_span(cls: type[Entity], data: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Start, end and precision of what a claim speaks about, from the fields its entity names in ``span``.

    The coarser precision of the two ends counts for both.
    """
    start, end = (data.get(name) if name else None for name in cls.span)
    precision = None
    for value in (start, end):
        if value is not None:
            stated = value.get("precision", "day")
            precision = stated if precision in (None, "day") else precision
    return (start["date"] if start else None), (end["date"] if end else None), precision


def public_day(source_published: When) -> str:
    """Day from which a source's content counts as known: the end of its date's precision."""
    return source_published.latest.isoformat()
