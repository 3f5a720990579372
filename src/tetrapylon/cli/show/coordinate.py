"""How statements, commitments and consents look."""

from __future__ import annotations

from tetrapylon.cli.show.common import banner, bullet, count, heading, named, paragraph
from tetrapylon.coordinate.consents import ConsentStatus
from tetrapylon.workflow.coordinate import Promised, Said
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product


def statements(product: Product[Said]) -> None:
    """Who was heard how often, and every chain."""
    said = product.result
    banner(banner_of(product.view))
    if said.source is not None:
        paragraph(f"{said.source.body.heading} ({said.source.body.publisher}, {said.source.body.published})")
    heading("Heard (retellings counted once)")
    for one in said.heard:
        via = f", via {', '.join(one.via)}" if one.via else ""
        silence = f"; {count(len(one.by_omission), 'remark')} on what was not said" if one.by_omission else ""
        bullet(f"{one.speaker}: {len(one.statements)}{via}{silence}")
    heading(f"Statements: {len(said.chains)}")
    for chain in said.chains:
        bullet(f"{chain.claim.body.said} {chain}" + (" (retelling)" if chain.is_retelling else ""))
        if text := said.texts.get(chain.claim.uid):
            bullet(text, indent=4)


def commitments(product: Product[Promised]) -> None:
    """Pledges, decisions, submissions and what was asked first."""
    promised = product.result
    banner(banner_of(product.view))
    heading(f"Pledges: {len(promised.pledges)}")
    for pledge in promised.pledges:
        bullet(str(pledge))
    heading(f"Decisions of bodies: {len(promised.decisions)}")
    for decision in promised.decisions:
        bullet(f"{decision.body.date} {decision.body.body}: {decision.body.text} ({decision.name})")
    heading(f"Submitted or approved, as reported: {len(promised.submissions)}")
    for submission in promised.submissions:
        kind = "approved" if submission.is_approval else "submitted"
        bullet(f"{submission.when} {kind}: {submission.text} ({submission.name})")
    heading(f"Works begun after a project was asked for: {len(promised.asked)}")
    for asked in promised.asked:
        bullet(str(asked))


def consents(product: Product[tuple[ConsentStatus, ...]]) -> None:
    """Where consents stand."""
    banner(banner_of(product.view))
    paragraph(f"Consents on {product.view.on}, as known {product.view.known[:10]}.")
    alike: dict[str, list[str]] = {}
    for status in product.result:
        alike.setdefault(status.summary, []).append(status.structure.name)
    for summary, names in sorted(alike.items(), key=lambda group: -len(group[1])):
        heading(count(len(names), "structure"))
        for part in summary.split("; "):
            bullet(part)
        paragraph(named(names, len(names)), indent=2)
