"""Which statements are one: what each retells, followed back to its roots.

Four outlets retelling one press conference are one lineage and weigh as one. Lineage is recorded data
(``Statement.derived_from``); `propose` only points at pairs that a person may want to record as a retelling.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tetrapylon.model import Claim, Entity, Stated, Statement
from tetrapylon.model.claim import E


@dataclass(frozen=True)
class Lineage:
    """Roots of statements.

    roots : uid of each statement on record to the uids of the statements it goes back to (itself where it retells
        none). Where statements retell each other in a circle, the first of their uids stands for them.
    cycles : circles of retelling, each as its sorted uids: an error of the record, for a person to correct.
    missing : uids that are retold but not on record; each counts as a root.
    """

    roots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cycles: tuple[tuple[str, ...], ...] = ()
    missing: tuple[str, ...] = ()

    def of(self, statement: str) -> frozenset[str]:
        """Roots of a statement; of one not on record, itself."""
        return self.roots.get(statement) or frozenset((statement,))

    def is_root(self, statement: str) -> bool:
        """Whether it retells nothing."""
        return statement in self.of(statement)


def trace(statements: Iterable[Claim[Statement]]) -> Lineage:
    """Follow ``derived_from`` of every statement to its roots; several parents give several roots.

    Of several claims about one statement every parent named counts. Time and memory grow with statements and links
    (Tarjan 1972, strongly connected components) times the number of roots per statement.
    """
    parents: dict[str, set[str]] = {}
    for claim in statements:
        parents.setdefault(claim.uid, set()).update(map(str, claim.body.derived_from))
    on_record = frozenset(parents)
    for retold in {p for found in parents.values() for p in found} - on_record:
        parents[retold] = set()
    roots: dict[str, frozenset[str]] = {}
    cycles = []
    for component in _components(parents):  # parents come before children
        members = frozenset(component)
        above = {p for m in members for p in parents[m]} - members
        found = frozenset().union(*(roots[p] for p in above)) if above else frozenset((min(members),))
        for member in members:
            roots[member] = found
        if len(members) > 1 or any(m in parents[m] for m in members):
            cycles.append(tuple(sorted(members)))
    return Lineage(MappingProxyType(roots), tuple(sorted(cycles)), tuple(sorted(roots.keys() - on_record)))


def statements_of(body: Entity) -> tuple[str, ...]:
    """Uids of the statements that carry a claim's body; empty when it names none."""
    one = getattr(body, "statement", None)
    many = getattr(body, "statements", ())
    return tuple(map(str, ((one,) if one else ()) + tuple(many)))


def lineages(claims: Iterable[Claim[E]], lineage: Lineage) -> Mapping[str, tuple[str, ...]]:
    """Group claims by the roots of their statements.

    Returns
    -------
    Root uid to the uids of the claims that go back to it, in the order given. A claim that rests on several roots is
    in several groups; one that names no statement is a group of its own under its own uid. The number of groups is
    the number of lineages.
    """
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for claim in claims:
        carried = statements_of(claim.body)
        for root in sorted({r for s in carried for r in lineage.of(s)}) or (claim.uid,):
            groups[root][claim.uid] = None
    return {root: tuple(members) for root, members in groups.items()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two statements that look like one retelling the other, and why. Only a person records it."""

    one: str
    other: str
    because: tuple[str, ...]


def propose(
    statements: Sequence[Claim[Statement]], figures: Mapping[str, frozenset[tuple[str, Stated]]], lineage: Lineage
) -> tuple[Proposal, ...]:
    """Pairs that name the same speaker on the same day with a figure in common and are not yet one lineage.

    Parameters
    ----------
    figures : per statement uid, the quantities and numbers it states; the bound does not matter ("20 ha" and "more
        than 20 ha" are proposed).
    """
    blocks: dict[tuple[str, dt.date], list[Claim[Statement]]] = defaultdict(list)
    for claim in statements:
        if claim.body.stated_by:
            blocks[str(claim.body.speaker or _fold(claim.body.stated_by)), claim.body.said.date].append(claim)
    found = []
    for block in blocks.values():
        for i, one in enumerate(block):
            for other in block[i + 1 :]:
                if one.uid == other.uid or lineage.of(one.uid) & lineage.of(other.uid):
                    continue
                shared = _numbers(figures, one.uid) & _numbers(figures, other.uid)
                if shared:
                    quantities = ", ".join(sorted({quantity for quantity, _ in shared}))
                    reasons = ("same speaker", "same day", f"same figure: {quantities}")
                    found.append(Proposal(one.uid, other.uid, reasons))
    return tuple(found)


def _numbers(figures: Mapping[str, frozenset[tuple[str, Stated]]], uid: str) -> set[tuple[str, float]]:
    return {(quantity, stated.value) for quantity, stated in figures.get(uid, frozenset())}


def _fold(words: str) -> str:
    return " ".join(words.casefold().split())


def _components(parents: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected components, parents first (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in sorted(parents):
        if start in index:
            continue
        work = [(start, iter(sorted(parents[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, rest = work[-1]
            for parent in rest:
                if parent not in index:
                    index[parent] = low[parent] = len(index)
                    stack.append(parent)
                    on_stack.add(parent)
                    work.append((parent, iter(sorted(parents[parent]))))
                    break
                if parent in on_stack:
                    low[node] = min(low[node], index[parent])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
    return found
