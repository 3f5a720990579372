"""The ledger: what was claimed, posted once, with findings, rates and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tetrapylon.clear.ledger.accounts import Account, accounts
from tetrapylon.clear.ledger.figures import figures
from tetrapylon.clear.ledger.rates import RANGES, rates
from tetrapylon.evidence.findings import Context, Examined, Figure, Finding, FindingKind, PublishedRange, Rate
from tetrapylon.evidence.lineage import Lineage, Proposal, lineages, propose, trace
from tetrapylon.evidence.rules import examine, retellings
from tetrapylon.evidence.scopes import scopes
from tetrapylon.model import (
    Claim,
    ClearanceClaim,
    Handover,
    Place,
    Progress,
    QualityCheck,
    Search,
    Stated,
    Statement,
    Structure,
)


@dataclass(frozen=True)
class OnRecord:
    """What else the record holds about the work claimed; only its presence is read."""

    progress: Sequence[Claim[Progress]] = ()
    searches: Sequence[Claim[Search]] = ()
    checks: Sequence[Claim[QualityCheck]] = ()
    handovers: Sequence[Claim[Handover]] = ()


@dataclass(frozen=True)
class Ledger:
    """What the clearance claims of a view state.

    claims, lineages : how many claims, and how many statements they go back to. figures : every number stated.
    accounts : postings; findings, examined : of the five rules; rates : worked out; proposals : pairs that may be
    retellings. missing : what the record lacks to read the figures by.
    """

    claims: int
    lineages: int
    figures: tuple[Figure, ...]
    accounts: tuple[Account, ...]
    findings: tuple[Finding, ...]
    examined: tuple[Examined, ...]
    rates: tuple[Rate, ...]
    proposals: tuple[Proposal, ...]
    lineage: Lineage = field(repr=False)
    missing: tuple[str, ...] = ()

    def of(self, kind: FindingKind) -> tuple[Finding, ...]:
        """Findings of one kind."""
        return tuple(f for f in self.findings if f.kind is kind)

    @property
    def missing_text(self) -> str:
        """One line: "methods named; no area per method, depth, completion report or quality check on record"."""
        return "; ".join(self.missing)


def ledger(
    claims: Sequence[Claim[ClearanceClaim]],
    statements: Sequence[Claim[Statement]],
    places: Sequence[Claim[Place]],
    *,
    structures: Sequence[Claim[Structure]] = (),
    ranges: Sequence[PublishedRange] = RANGES,
    on_record: OnRecord | None = None,
) -> Ledger:
    """Post claims and examine them; nothing is corrected, merged or added up across scopes and campaigns.

    Parameters
    ----------
    claims, statements, places, structures : as the view holds them.
    ranges : published rates per person and day.
    on_record : what else is there to read the claims by.
    """
    containment = scopes(places, structures)
    lineage = trace(statements)
    stated = figures(claims)
    told = retellings(stated, Context(containment, lineage))
    worked = rates(tuple(told), claims, containment)
    result = examine(stated, Context(containment, lineage, worked, ranges))
    return Ledger(
        claims=len(claims),
        lineages=len(lineages(claims, lineage)),
        figures=stated,
        accounts=accounts(told, containment),
        findings=result.findings,
        examined=result.examined,
        rates=worked,
        proposals=propose(statements, _by_statement(stated), lineage),
        lineage=lineage,
        missing=_missing(claims, on_record or OnRecord()),
    )


def _by_statement(stated: Sequence[Figure]) -> dict[str, frozenset[tuple[str, Stated]]]:
    found: dict[str, set[tuple[str, Stated]]] = {}
    for figure in stated:
        if figure.statement:
            found.setdefault(figure.statement, set()).add((figure.quantity, figure.stated))
    return {uid: frozenset(pairs) for uid, pairs in found.items()}


def _missing(claims: Sequence[Claim[ClearanceClaim]], on_record: OnRecord) -> tuple[str, ...]:
    if not claims:
        return ()
    named = any(c.body.methods or c.body.equipment for c in claims)
    per_method = any(p.body.method and p.body.area for p in on_record.progress)
    searched = any(s.body.geometry is not None or s.body.area_of for s in on_record.searches)
    depth = any(c.body.depth is not None for c in claims) or any(s.body.depth is not None for s in on_record.searches)
    lacking = [
        what
        for what, there in (
            ("area per method", per_method or searched),
            ("depth", depth),
            ("completion report", bool(on_record.handovers)),
            ("quality check", bool(on_record.checks)),
        )
        if not there
    ]
    head = "methods named" if named else "no method named"
    if not lacking:
        return (head,)
    listed = ", ".join(lacking[:-1]) + " or " + lacking[-1] if len(lacking) > 1 else lacking[0]
    return head, f"no {listed} on record"
