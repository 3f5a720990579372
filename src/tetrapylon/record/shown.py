"""What of a view may leave the file: a view that gives out the values of some tiers only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from tetrapylon.model import REGISTRY, Claim, Entity, Tier
from tetrapylon.model.field import Field
from tetrapylon.record.record import Record
from tetrapylon.record.view import View

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

Remember = Callable[[tuple[Any, ...], Callable[[], Any]], Any]
"""Gives what was computed under a key before, else computes and keeps it."""


class RememberingView(View):
    """A view whose ``remember`` may keep what was read, for as long as `version` of the record stays the same."""

    def __init__(
        self, record: Record, *, on: str | None = None, known: str | None = None, remember: Remember | None = None
    ) -> None:
        super().__init__(record, on=on, known=known)
        self._remember = remember or (lambda key, make: make())

    def claims(
        self, entity: type[E], *, uid: str | None = None, box: Sequence[float] | None = None, ever: bool = False
    ) -> list[Claim[E]]:
        """As `View.claims`."""
        if uid is not None or box is not None:
            return super().claims(entity, uid=uid, box=box, ever=ever)

        return self._kept(("claims", entity.name(), ever), entity, lambda: View.claims(self, entity, ever=ever))

    def _kept(self, key: tuple[Any, ...], entity: type[E], read: Callable[[], list[Claim[E]]]) -> list[Claim[E]]:
        """Claims read now or before; either way this view knows what was read: entries, tiers, what is unreadable."""

        def make() -> tuple[list[Claim[E]], dict[str, str], set[Tier], set[str]]:
            tiers, entries = self._tiers, self._read
            self._tiers, self._read = set(), set()
            self._held.clear()  # what this view holds would be given out without a word of where it came from
            try:
                found = read()
                unreadable = {digest: name for digest, name in self._unreadable.items() if name == entity.name()}
                return found, unreadable, self._tiers, self._read
            finally:
                self._tiers, self._read = tiers, entries

        found, unreadable, tiers, entries = self._remember(key, make)
        self._unreadable.update(unreadable)
        self._tiers |= tiers
        self._read |= entries
        return list(found)


class ShownView(RememberingView):
    """A view without the values of other tiers than those given; claims wholly in such a tier are left out."""

    def __init__(
        self, record: Record, *, tiers: Iterable[Tier], on: str | None = None, known: str | None = None,
        remember: Remember | None = None,
    ) -> None:  # fmt: skip
        super().__init__(record, on=on, known=known, remember=remember)
        self.shown = frozenset(tiers) | {Tier.PUBLIC}
        self._tier_key = tuple(sorted(self.shown))

    def claims(
        self, entity: type[E], *, uid: str | None = None, box: Sequence[float] | None = None, ever: bool = False
    ) -> list[Claim[E]]:
        """As `View.claims`, less what may not leave."""
        if uid is not None or box is not None:
            return self._let_out(super().claims(entity, uid=uid, box=box, ever=ever))
        everything = super().claims
        key = ("shown", self._tier_key, entity.name(), ever)
        return self._kept(key, entity, lambda: self._let_out(everything(entity, ever=ever)))

    def numbered(self, entity: type[E], fids: Sequence[int]) -> list[Claim[E]]:
        """Claims by the number of their entry, in the order of the numbers given; those not in the view are left out.

        Whatever else is said about the same things is read too, so that contested claims are marked.
        """
        if not fids:
            return []
        condition, values = self._condition(None)
        marks = ",".join(str(int(f)) for f in fids)
        alike = f"SELECT fid FROM entry WHERE subject IN (SELECT subject FROM entry WHERE fid IN ({marks}))"  # noqa: S608
        found = self._let_out(self._decode(entity, f"{condition} AND l.fid IN ({alike})", values))
        hashes = dict(self.record.store.query(f"SELECT fid, hash FROM entry WHERE fid IN ({marks})"))  # noqa: S608
        by_hash = {c.entry: c for c in found}
        return [by_hash[hashes[f]] for f in fids if hashes.get(f) in by_hash]

    def keep(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """Something computed from this view alone; made again only where nothing is remembered."""
        kept: T = self._remember((*key, self._tier_key), make)
        return kept

    def withheld(self, entity: type[Entity]) -> tuple[str, ...]:
        """Names of the entity's fields that this view does not give out."""
        return tuple(f.name for f in _withheld(entity, self.shown))

    def _let_out(self, claims: list[Claim[E]]) -> list[Claim[E]]:
        raised = self._raised
        kept = [c for c in claims if c.entry not in raised] if raised else claims
        if not kept:
            return kept
        empty: dict[str, Any] = {f.name: () if f.many else None for f in _withheld(type(kept[0].body), self.shown)}
        extra: dict[str, Any] = {} if Tier.RESTRICTED in self.shown else {"extra": {}}
        return [
            dataclasses.replace(c, body=dataclasses.replace(c.body, **empty, **extra))
            if c.body.extra or any(getattr(c.body, name) not in (None, ()) for name in empty)
            else c
            for c in kept
        ]

    @property
    def _raised(self) -> frozenset[str]:
        """Entries whose whole body stands in tiers that are not shown."""
        found: frozenset[str] = self._remember(
            ("raised", self._tier_key), lambda: raised_entries(self.record, self.shown)
        )
        return found


def raised_entries(record: Record, shown: Iterable[Tier]) -> frozenset[str]:
    """Hashes of the entries that say nothing at all in the tiers given (their writer raised them)."""
    marks = ",".join(f"'{tier.value}'" for tier in sorted(shown))
    sql = (
        "SELECT e.hash FROM entry e WHERE e.fid IN (SELECT entry FROM part WHERE tier = 'public' AND body = '{}') "  # noqa: S608
        f"AND NOT EXISTS (SELECT 1 FROM part p WHERE p.entry = e.fid AND p.body <> '{{}}' AND p.tier IN ({marks}))"
    )
    return frozenset(h for (h,) in record.store.query(sql))


def version(record: Record) -> int:
    """A number that changes with every entry the store takes in."""
    ((last,),) = record.store.query("SELECT coalesce(max(fid), 0) FROM entry")
    return int(last)


def first_known(record: Record) -> str | None:
    """The day the first cited history in the record was known; None where nothing cited is on record."""
    days = []
    for table in record.store.layers():
        if (entity := REGISTRY.get(table)) is None or entity.background:
            continue
        ((day,),) = record.store.query(f'SELECT min(known_from) FROM "{table}"')  # noqa: S608
        days += [day[:10]] if day else []
    return min(days, default=None)


def _withheld(entity: type[Entity], shown: Iterable[Tier]) -> list[Field]:
    tiers = frozenset(shown)
    return [f for f in entity.fields().values() if f.tier not in tiers]


@dataclasses.dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a feed that was set aside because another one stands."""

    feed: str
    party: str
    seq: int
    entries: int


def branches_set_aside(record: Record) -> tuple[Branch, ...]:
    """Branches in quarantine, by feed: where each leaves the branch that stands, and how many entries it has."""
    parties = record.parties()
    sql = "SELECT feed, min(seq), count(*) FROM quarantine GROUP BY feed ORDER BY feed"
    return tuple(Branch(f, parties.get(f, ""), s, n) for f, s, n in record.store.query(sql))


def hidden_things(record: Record, shown: Iterable[Tier]) -> frozenset[str]:
    """Uids of the things some claim about which stands wholly in tiers that are not shown."""
    hashes = raised_entries(record, shown)
    return frozenset(record.find_entry(h).entry.subject for h in hashes)
