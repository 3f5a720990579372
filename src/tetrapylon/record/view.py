"""A view: the record as of two clocks - true *on* a day on the ground, *known* at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from tetrapylon.errors import NotFound, TetrapylonError
from tetrapylon.model import Claim, Decision, DistinctFrom, Entity, Holds, SameAs, Tier, parse_date
from tetrapylon.model.terms import DecisionKind
from tetrapylon.record.bulk import collector_paused
from tetrapylon.record.entry import body_data, end_of, now
from tetrapylon.record.layers import DISPUTE, layer

if TYPE_CHECKING:
    from tetrapylon.record.record import Record

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class Contest:
    """A thing several live claims differ about, or whose claim is disputed."""

    entity: str
    uid: str
    entries: tuple[str, ...]
    parties: tuple[str, ...]
    disputed_by: tuple[str, ...] = ()


class View:
    """Read-only. What was read is noted, so that a product can say what it rests on (`digest`)."""

    def __init__(
        self,
        record: Record,
        *,
        on: str | None = None,
        known: str | None = None,
        recognise: frozenset[str] = frozenset(),
    ) -> None:
        self.record = record
        self.known = known or now()
        if len(self.known) == 10:
            parse_date(self.known)
        self.on = on or self.known[:10]
        self.day: dt.date = parse_date(self.on)
        self.recognise = recognise
        self._known_until = end_of(self.known)
        self._read: set[str] = set()
        self._held: dict[Any, list[Claim[Any]]] = {}
        self._tiers: set[Tier] = {Tier.PUBLIC}
        self._unreadable: dict[str, str] = {}

    # --- claims --------------------------------------------------------------------------------------------------

    def claims(
        self, entity: type[E], *, uid: str | None = None, box: Sequence[float] | None = None, ever: bool = False
    ) -> list[Claim[E]]:
        """Live claims of an entity, ordered by local id.

        ``uid``: about this thing only. ``box``: (min lon, min lat, max lon, max lat) in EPSG:4326 their geometry meets.
        ``ever``: also those that speak about another time than the view's day (a decision that has lapsed).
        """
        key = (entity, ever)
        if uid is None and box is None and key in self._held:
            return list(self._held[key])
        shape = layer(entity.name())
        if shape.table not in self.record.store.layers():
            return []
        condition, values = self._condition(None if ever else entity)
        if uid is not None:
            fids = self.record.store.query("SELECT fid FROM entry WHERE subject = ?", (uid,))
            condition += f" AND l.fid IN ({','.join(str(f) for (f,) in fids) or 'NULL'})"
        if box is not None:
            condition += f" AND {self.record.store.window(shape)}"
            values += [box[0], box[2], box[1], box[3]]
        with collector_paused():
            found = self._decode(entity, condition, values)
        if uid is None and box is None:
            self._held[key] = found
        return list(found)

    def _condition(self, entity: type[Entity] | None) -> tuple[str, list[Any]]:
        condition = "l.known_from <= ? AND (l.known_to IS NULL OR l.known_to > ?)"
        values: list[Any] = [self._known_until, self._known_until]
        if entity is None:
            return condition, values
        condition += " AND (l.valid_from IS NULL OR l.valid_from <= ?)"
        values.append(self.on)
        if entity.holds is Holds.INTERVAL:
            condition += " AND (l.valid_to IS NULL OR l.valid_to >= ?)"
            values.append(self.on)
        return condition, values

    def _decode(self, entity: type[E], condition: str, values: Sequence[Any]) -> list[Claim[E]]:
        store = self.record.store
        shape = layer(entity.name())
        geometry = f", {store.geometry_column()}" if shape.spatial else ""
        sql = (
            "SELECT l.fid, e.hash, l.uid, l.party, l.known_from, l.source, l.own_words, l.withheld, p.tier, p.body"  # noqa: S608
            f'{geometry} FROM "{shape.table}" l JOIN entry e ON e.fid = l.fid LEFT JOIN part p ON p.entry = l.fid '
            f"WHERE {condition} ORDER BY l.fid"
        )
        tiers: set[str] = set()
        heads: list[tuple[Any, ...]] = []
        bodies: list[dict[str, Any]] = []
        outlines: list[bytes | None] = []
        field = entity.geometry_field()
        for row in store.query(sql, values):
            if not heads or heads[-1][0] != row[0]:
                heads.append(row)
                bodies.append({})
                outlines.append(bytes(row[10]) if shape.spatial and row[10] is not None else None)
            if row[9] is not None:
                bodies[-1].update(body_data(row[9]))
                tiers.add(row[8])
        self._tiers.update(map(Tier, tiers))
        shapes = store.decode_geometries(outlines) if shape.spatial else [None] * len(heads)
        disputes = self._disputes
        claims: list[Claim[E]] = []
        versions = self._versions(entity, heads)
        for head, data, outline, version in zip(heads, bodies, shapes, versions, strict=True):
            digest, uid, party, known, source, own_words, withheld = head[1:8]
            if field is not None:
                data.pop(field.name, None)
            try:
                body = entity.decode(data, version, outline)
            except (KeyError, TypeError, ValueError, AttributeError, TetrapylonError):  # written elsewhere, or withheld
                self._unreadable[digest] = entity.name()
                continue
            self._read.add(digest)
            missing = tuple(withheld.split("; ")) if withheld else ()
            by = disputes.get(digest, ())
            claims.append(Claim(uid, body, digest, party, known, source, not own_words, bool(by), by, missing))
        return self._flag(entity, claims)

    def _versions(self, entity: type[Entity], heads: Sequence[tuple[Any, ...]]) -> Iterable[int | None]:
        """Entity version each body was written in; only looked up when the entity ever changed."""
        if entity.entity_version == 1:
            return [None] * len(heads)
        from tetrapylon.record.entry import Entry

        texts = self.record.store.query("SELECT fid, text FROM entry")
        versions = {fid: Entry.parse(text).version for fid, text in texts}
        return [versions[h[0]] for h in heads]

    def _flag(self, entity: type[E], claims: list[Claim[E]]) -> list[Claim[E]]:
        """Mark claims that differ about one thing; a recognised settling Decision puts its choice first."""
        import dataclasses

        groups: dict[str, list[int]] = {}
        for i, claim in enumerate(claims):
            groups.setdefault(claim.uid, []).append(i)
        for group in groups.values():
            if len(group) > 1 and any(claims[i].body != claims[group[0]].body for i in group):
                for i in group:
                    claims[i] = dataclasses.replace(claims[i], contested=True)
        if self.recognise and entity is not Decision:
            for i, claim in enumerate(claims):
                if claim.contested and claim.entry in self._settled:
                    claims[i] = dataclasses.replace(claim, contested=False)
        return sorted(claims, key=lambda c: (c.body.local_id or "~" + c.uid, c.contested, c.entry))

    @cached_property
    def _settled(self) -> frozenset[str]:
        """Entries that Decisions of recognised parties settle on, in their own words or reported by one of them."""
        chosen = (c for c in self.claims(Decision) if c.body.kind is DecisionKind.SETTLE)
        return frozenset(e for c in chosen if {c.body.made_by, c.party} <= self.recognise for e in c.body.about)

    @cached_property
    def _disputes(self) -> dict[str, tuple[str, ...]]:
        """Parties that dispute each entry in this view."""
        if DISPUTE not in self.record.store.layers():
            return {}
        found: dict[str, set[str]] = {}
        sql = (
            f'SELECT target, party FROM "{DISPUTE}" l WHERE l.known_from <= ? '  # noqa: S608
            "AND (l.known_to IS NULL OR l.known_to > ?)"
        )
        for targets, party in self.record.store.query(sql, (self._known_until, self._known_until)):
            for target in targets.split("; "):
                found.setdefault(target, set()).add(party)
        return {target: tuple(sorted(parties)) for target, parties in found.items()}

    def one(self, entity: type[E], name: str) -> Claim[E]:
        """The claim about the thing with this local id or uid (or the start of the uid).

        Raises
        ------
        NotFound : naming the nearest local id.
        """
        from tetrapylon.errors import nearest

        claims = self.claims(entity)
        for claim in claims:
            if name in (claim.body.local_id, claim.uid):
                return claim
        starts = [c for c in claims if c.uid.startswith(name)] if len(name) >= 6 else []
        if len(starts) == 1:
            return starts[0]
        close = nearest(name, [c.body.local_id for c in claims if c.body.local_id])
        raise NotFound(
            f'There is no {entity.title()} "{name}" in this view (on {self.on}, known {self.known[:10]}).',
            hint=f'Did you mean "{close}"?' if close else None,
        )

    # --- identity ------------------------------------------------------------------------------------------------

    @cached_property
    def same(self) -> dict[str, frozenset[str]]:
        """Things claimed to be one: each uid to its cluster. A live DistinctFrom about a pair undoes its SameAs."""
        apart = {frozenset((c.body.one, c.body.other)) for c in self.claims(DistinctFrom)}
        root: dict[str, str] = {}

        def find(uid: str) -> str:
            while root.setdefault(uid, uid) != uid:
                uid = root[uid]
            return uid

        for claim in self.claims(SameAs):
            if frozenset((claim.body.one, claim.body.other)) not in apart and not claim.disputed_by:
                a, b = sorted((find(claim.body.one), find(claim.body.other)))
                root[b] = a
        clusters: dict[str, set[str]] = {}
        for uid in root:
            clusters.setdefault(find(uid), set()).add(uid)
        return {uid: frozenset(members) for members in clusters.values() for uid in members}

    def resolved(self, entity: type[E], *, ever: bool = False) -> list[Claim[E]]:
        """Claims as `claims` gives them, with things claimed to be one (`same`) under the first uid of the cluster.

        For engines, which must not miss what is said about a thing under its other name; nothing is merged or stored.
        """
        import dataclasses

        claims = self.claims(entity, ever=ever)
        if not self.same:
            return claims
        chosen = {uid: min(cluster) for uid, cluster in self.same.items()}
        refs = [f for f in entity.fields().values() if f.kind == "ref"]
        found = []
        for claim in claims:
            changed: dict[str, Any] = {}
            for field in refs:
                value = getattr(claim.body, field.name)
                new = tuple(chosen.get(v, v) for v in value) if field.many else chosen.get(value, value)
                if new != value:
                    changed[field.name] = new
            body = dataclasses.replace(claim.body, **changed) if changed else claim.body
            found.append(dataclasses.replace(claim, uid=chosen.get(claim.uid, claim.uid), body=body))
        return found

    def contests(self) -> list[Contest]:
        """What is contested in this view, by entity and thing."""
        from tetrapylon.model import REGISTRY

        found = []
        for entity in REGISTRY.values():
            groups: dict[str, list[Claim[Any]]] = {}
            for claim in self.claims(entity):
                if claim.contested:
                    groups.setdefault(claim.uid, []).append(claim)
            for uid, group in sorted(groups.items()):
                disputed = sorted({p for c in group for p in c.disputed_by})
                found.append(
                    Contest(
                        entity.name(),
                        uid,
                        tuple(c.entry for c in group),
                        tuple(sorted({c.party for c in group})),
                        tuple(disputed),
                    )
                )
        return found

    @cached_property
    def raised(self) -> dict[str, Tier]:
        """Claims whose author raised the whole of them above the tiers of their fields: entry hash and that tier."""
        found: dict[str, Tier] = {}
        sql = (
            "SELECT e.hash, p.tier FROM part q JOIN entry e ON e.fid = q.entry JOIN part p ON p.entry = e.fid "
            "WHERE q.tier = 'public' AND q.body = '{}' AND p.tier <> 'public'"
        )
        for digest, name in self.record.store.query(sql):
            tier = Tier(name)
            found[digest] = min(found.get(digest, tier), tier, key=lambda t: t.rank)
        return found

    @property
    def incomplete(self) -> dict[str, str]:
        """Claims met so far that cannot be read: values withheld or erased, or written by another version.

        Entry hash to entity. Whoever decides from the view treats them as claims of the worst content.
        """
        return dict(self._unreadable)

    # --- provenance ----------------------------------------------------------------------------------------------

    def digest(self) -> str:
        """SHA-256 over the sorted hashes of the entries read so far."""
        return sha256("\n".join(sorted(self._read)).encode()).hexdigest()

    def entries_read(self) -> Iterator[str]:
        """Hashes of the entries read so far, sorted."""
        yield from sorted(self._read)

    @property
    def highest_tier(self) -> Tier:
        """Highest tier among the parts read so far."""
        return Tier.highest(self._tiers)

    def arguments(self) -> dict[str, Any]:
        """The view's arguments as JSON data."""
        return {"on": self.on, "known": self.known, "recognise": sorted(self.recognise)}
