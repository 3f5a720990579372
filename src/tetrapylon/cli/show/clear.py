"""How the ledger and the gate look."""

from __future__ import annotations

import typer

from tetrapylon.clear.ledger import Ledger
from tetrapylon.cli.show.common import banner, bullet, heading, paragraph, table
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
    typer.echo(
        f"Clearance figures on {product.view.on}, as known {product.view.known[:10]}: "
        f"{book.claims} figures from {book.lineages} statements."
    )
    heading("Accounts (never added up across scopes or campaigns)")
    table(
        ["scope", "campaign", "quantity", "statements", "last running total stated"],
        [
            (
                a.label,
                " + ".join(sorted(a.scope.campaigns)),
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
    heading("Whose figures the rules examined (figures looked at; of them, those with something to compare)")
    speakers: dict[str, dict[str, str]] = {}
    for e in book.examined:
        speakers.setdefault(e.speaker, {})[e.rule.label] = f"{e.numbers} ({e.compared})"
    rules = list(dict.fromkeys(e.rule.label for e in book.examined))
    table(["party", *rules], [(who, *(found.get(r, "0") for r in rules)) for who, found in sorted(speakers.items())])


def gates(product: Product[Gates]) -> None:
    """One structure in full, or all in a table."""
    result = product.result
    banner(banner_of(product.view))
    typer.echo(
        f"Gates on {product.view.on}, as known {product.view.known[:10]}. "
        "Nothing here says that a place is without danger."
    )
    if len(result.of) == 1:
        one(result.of[0])
        return
    typer.echo(f"{result.released} of {len(result.of)} structures have a release Decision.")
    table(
        ["structure", *(k.label for k in next(iter(result.of)).statuses), "first reasons (ground)"],
        [
            (g.structure.name, *(s.state.label for s in g.statuses.values()),
             "; ".join(b.text for b in next(iter(g.statuses.values())).because[:2]))
            for g in result.of
        ],
    )  # fmt: skip
    heading("Reports that hold the whole site or town, latest first")
    for claim in result.site_wide[:8]:
        bullet(f"{claim.body.date}: {claim.body.description} ({claim.name})")


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
