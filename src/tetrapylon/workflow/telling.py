"""What the record holds about one thing, in order, with who said it through whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tetrapylon.evidence import words
from tetrapylon.evidence.lineage import statements_of
from tetrapylon.model import REGISTRY, Claim, Entity, Source, Stated, Statement, Structure, When
from tetrapylon.model.field import Field
from tetrapylon.record.record import Record
from tetrapylon.record.view import View

TEXTS = ("text", "wording", "description", "label", "heading", "basis", "reason", "caption", "note")
"""Fields that say in words what a claim says, the first that has any."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How a claim came to us: who said it, who quoted, who published it, in which source, and what it retells."""

    statement: Claim[Statement]
    source: Claim[Source] | None
    retells: tuple[Claim[Statement], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One claim about a thing: its date, its words, and the chains it came through."""

    claim: Claim[Any]
    when: When | None
    text: str
    chains: tuple[Chain, ...]

    @property
    def entity(self) -> str:
        """Name of the entity."""
        return str(type(self.claim.body).name())


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as people call it."""

    uid: str
    entity: str
    name: str


def told_about(view: View, uid: str, entity: type[Entity]) -> tuple[Told, ...]:
    """Claims of the view that refer to a thing of this entity, by date; those without a date first."""
    chains = Chains(view)
    found = [
        tell(claim, chains)
        for other in REGISTRY.values()
        if other is not Statement
        for field in _references(other, entity)
        for claim in referring(view, other, field.name).get(uid, ())
    ]
    unique = {t.claim.entry: t for t in found}
    return tuple(sorted(unique.values(), key=lambda t: (t.when is not None, t.when, t.claim.name)))


def told_by(view: View, statement: str) -> list[Told]:
    """Claims that a statement carries, with their words."""
    return [
        Told(claim, when_of(claim.body), text_of(claim.body), ())
        for other in REGISTRY.values()
        for field in _references(other, Statement)
        if other is not Statement and field.target == Statement.__name__
        for claim in referring(view, other, field.name).get(statement, ())
    ]


def everything_told(view: View) -> Mapping[str, int]:
    """How many claims of the view refer to each structure (by uid), and under ``""`` how many claims there are."""

    def make() -> dict[str, int]:
        counts = {"": 0}
        for other in REGISTRY.values():
            counts[""] += len(view.claims(other))
            for field in _references(other, Structure):
                for uid, claims in referring(view, other, field.name).items():
                    counts[uid] = counts.get(uid, 0) + len(claims)
        return counts

    result: Mapping[str, int] = _kept(view, ("told",), make)
    return result


def tell(claim: Claim[Any], chains: Chains) -> Told:
    """A claim with its date, words and chains."""
    return Told(claim, when_of(claim.body), text_of(claim.body), chains.of(claim.body))


class Chains:
    """Statements and sources of a view by uid."""

    def __init__(self, view: View) -> None:
        self.statements = index(view, Statement)
        self.sources = index(view, Source)

    def of(self, body: Entity) -> tuple[Chain, ...]:
        """Chains of a claim's statements."""
        carried = (self.statements.get(uid) for uid in statements_of(body))
        return tuple(self.chain(s) for s in carried if s is not None)

    def chain(self, statement: Claim[Statement]) -> Chain:
        """Chain of one statement, with everything it retells, nearest first."""
        source = self.sources.get(str(statement.body.source)) if statement.body.source else None
        return Chain(statement, source, tuple(self._retold(statement)))

    def _retold(self, statement: Claim[Statement]) -> Iterator[Claim[Statement]]:
        seen = {statement.uid}
        level = [statement]
        while level:
            parents = [str(p) for s in level for p in s.body.derived_from]
            level = [self.statements[p] for p in dict.fromkeys(parents) if p in self.statements and p not in seen]
            seen.update(s.uid for s in level)
            yield from level


def index(view: View, entity: type[Entity]) -> Mapping[str, Claim[Any]]:
    """Claims of an entity by the thing they are about; the first of several stands."""

    def make() -> dict[str, Claim[Any]]:
        found: dict[str, Claim[Any]] = {}
        for claim in view.claims(entity):
            found.setdefault(claim.uid, claim)
        return found

    result: Mapping[str, Claim[Any]] = _kept(view, ("index", entity.name()), make)
    return result


def referring(view: View, entity: type[Entity], field: str) -> Mapping[str, Sequence[Claim[Any]]]:
    """Claims of an entity by what a field of theirs refers to."""

    def make() -> dict[str, list[Claim[Any]]]:
        found: dict[str, list[Claim[Any]]] = {}
        for claim in view.claims(entity, ever=True):
            value = getattr(claim.body, field)
            for uid in value if isinstance(value, tuple) else (value,):
                if uid:
                    found.setdefault(str(uid), []).append(claim)
        return found

    result: Mapping[str, Sequence[Claim[Any]]] = _kept(view, ("referring", entity.name(), field), make)
    return result


def names_of(record: Record, uids: Iterable[str]) -> dict[str, Named]:
    """What people call things; those the record does not hold are left out."""
    found = {}
    for stored in record.entries(sorted(set(uids))):
        if name := stored.data.get("local_id"):
            found[stored.entry.subject] = Named(stored.entry.subject, stored.entry.entity, str(name))
        else:
            entity = stored.entry.entity
            found.setdefault(stored.entry.subject, Named(stored.entry.subject, entity, stored.entry.subject[:8]))
    return found


def when_of(body: Entity) -> When | None:
    """The date a claim speaks of."""
    start = type(body).span[0]
    value = getattr(body, start) if start else None
    return value if isinstance(value, When) else None


def text_of(body: Entity) -> str:
    """What a claim says, in a line: its words, or its figures."""
    figures = [
        f"{field.name.replace('_', ' ')} {words.stated(value, field.unit or '')}" for field, value in figures_of(body)
    ]
    return "; ".join(filter(None, (words_of(body), ", ".join(figures))))


def words_of(body: Entity) -> str:
    """The words of a claim; empty where it has none."""
    return next((str(getattr(body, name)) for name in TEXTS if getattr(body, name, None)), "")


def figures_of(body: Entity) -> list[tuple[Field, Stated]]:
    """The figures a claim states, by field."""
    fields = [field for field in type(body).fields().values() if field.kind == "stated"]
    return [(field, value) for field in fields if isinstance(value := getattr(body, field.name), Stated)]


def _references(entity: type[Entity], to: type[Entity]) -> list[Field]:
    wanted = {to.__name__, "Entity"}
    return [f for f in entity.fields().values() if f.kind == "ref" and f.target in wanted]


def _kept(view: View, key: tuple[Any, ...], make: Any) -> Any:
    remember = getattr(view, "keep", None)
    return remember(key, make) if remember else make()
