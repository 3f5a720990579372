"""How the ledger and the gate look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

import typer

from tetrapylon.clear.ledger import Ledger
from tetrapylon.cli.show.common import banner, bullet, count, heading, named, paragraph, table
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.model import GateState
from tetrapylon.workflow.clear import GateOf, Gates
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product

ORDER = (
    FindingKind.CONTRADICTION,
    FindingKind.FALL,
    FindingKind.OUTSIDE_RANGE,
    FindingKind.SCOPES_DIFFER,
    FindingKind.RETELLING,
)


def ledger(product: Product[Ledger]) -> None:
    """Accounts, findings, rates and what is missing."""
    book = product.result
    banner(banner_of(product.view))
    paragraph(
        f"Clearance figures on {product.view.on}, as known {product.view.known[:10]}: "
        f"{count(book.claims, 'figure')} from {count(book.lineages, 'statement')}."
    )
    heading("Accounts (never added up across scopes or campaigns)")
    table(
        ["scope and campaign", "quantity", "statements", "last running total stated"],
        [
            (
                a.label,
                a.quantity,
                len(a.totals) + len(a.days) + len(a.at_date),
                f"{a.latest.figure.said} ({a.latest.figure.name}, {a.latest.figure.when})" if a.latest else "none",
            )
            for a in book.accounts
        ],
    )
    for kind in ORDER:
        found = book.of(kind)
        heading(f"{kind.label.capitalize()}: {len(found)}")
        for finding in found:
            bullet(f"{finding.quantity}: {finding.arithmetic}")
            for remark in finding.notes:
                bullet(remark, indent=4)
    heading("Not on record")
    paragraph(book.missing_text or "nothing that the figures need is missing")
    heading("Whose figures the rules examined")
    paragraph("Figures looked at by each rule; in brackets those of them that had something to be compared with.")
    speakers: dict[str, dict[str, str]] = {}
    for e in book.examined:
        speakers.setdefault(e.speaker, {})[e.rule.label] = f"{e.numbers} ({e.compared})"
    rules = list(dict.fromkeys(e.rule.label for e in book.examined))
    table(["party", *rules], [(who, *(found.get(r, "0") for r in rules)) for who, found in sorted(speakers.items())])


def gates(product: Product[Gates]) -> None:
    """One structure in full; of several the reasons most of them share, once, then each with its own."""
    result = product.result
    banner(banner_of(product.view))
    paragraph(
        f"Gates on {product.view.on}, as known {product.view.known[:10]}. "
        "Nothing here says that a place is without danger."
    )
    if len(result.of) == 1:
        one(result.of[0])
        return
    paragraph(
        f"{result.released} of {count(len(result.of), 'structure')} have a release Decision; "
        f"{result.held} are held for ground, rubble and voids."
    )
    shared = _shared(result.of)
    if shared:
        heading("What holds many of them (number of structures)")
        for text, number in shared.items():
            bullet(f"{number}: {text}")
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for gate in result.of:
        states = ", ".join(f"{kind.label} {status.state.label}" for kind, status in gate.statuses.items())
        own = tuple(text for text in _reasons(gate) if text not in shared)
        alike.setdefault((states, own), []).append(gate.structure.name)
    for (states, own), names in sorted(alike.items(), key=lambda group: -len(group[1])):
        heading(f"{count(len(names), 'structure')}: {states}")
        paragraph(named(names, len(names)))
        for text in own:
            bullet(text)
    heading(f"Reports that hold the whole site or town: {len(result.site_wide)}, latest first")
    for claim in result.site_wide:
        bullet(f"{claim.body.date}: {claim.body.description} ({claim.name})")


def _reasons(gate: GateOf) -> Set[str]:
    """Reasons of one structure, in order."""
    return dict.fromkeys(b.text for status in gate.statuses.values() for b in status.because).keys()


def _shared(gates: Sequence[GateOf]) -> dict[str, int]:
    """Reasons that hold more than one structure in ten, most shared first, and how many each holds."""
    counts = Counter(text for gate in gates for text in _reasons(gate))
    return {text: number for text, number in counts.most_common() if number * 10 > len(gates) and number > 1}


def one(gate: GateOf) -> None:
    """Every reason of one structure; those that hold for all its ground are said once."""
    typer.echo(f"\n{gate.structure.body.label} ({gate.structure.name})")
    common = [
        b for b in next(iter(gate.statuses.values())).because if all(b in s.because for s in gate.statuses.values())
    ]
    for kind, status in gate.statuses.items():
        if status.state is GateState.AUTHORISED:
            typer.echo(f"  {kind.label}: {status}")
        else:
            typer.echo(f"  {kind.label}: held")
        for because in status.because:
            if because not in common:
                bullet(because.text, indent=4)
    if common:
        typer.echo("  all of them, because:")
        for because in common:
            bullet(because.text, indent=4)
