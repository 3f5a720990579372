"""How restoration options look."""

from __future__ import annotations

import typer

from tetrapylon.cli.show.common import banner, bullet, count, heading, named, paragraph
from tetrapylon.model.terms import RestorationOption
from tetrapylon.restore.options import StructureOptions, Verdict
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product


def options(product: Product[tuple[StructureOptions, ...]]) -> None:
    """One structure with its trace, or all in a table."""
    banner(banner_of(product.view))
    paragraph(f"Restoration options on {product.view.on}, as known {product.view.known[:10]}. Nothing here picks one.")
    if product.parameters.get("illustrative"):
        paragraph("Thresholds marked illustrative were set by no authority: they show how the rules work.")
    if len(product.result) == 1:
        one(product.result[0])
        return
    alike: dict[tuple[tuple[RestorationOption, Verdict], ...], list[str]] = {}
    for found in product.result:
        alike.setdefault(tuple((f.option, f.verdict) for f in found.findings), []).append(found.structure.name)
    for verdicts, names in sorted(alike.items(), key=lambda group: -len(group[1])):
        heading(count(len(names), "structure"))
        for verdict in Verdict:
            if options := [option.label for option, judged in verdicts if judged is verdict]:
                bullet(f"{verdict.label}: {', '.join(options)}")
        paragraph(named(names, len(names)), indent=2)


def one(found: StructureOptions) -> None:
    """Options of one structure, least intervention first, each with its trace."""
    typer.echo(f"\n{found.structure.body.label} ({found.structure.name})")
    for finding in found.findings:
        heading(f"{finding.option.label.capitalize()}: {finding.verdict.label}")
        for check in finding.trace:
            bullet(f"{check.verdict.label}: {check.text} [{check.source}]")
        for hold in finding.holds:
            bullet(f"held for now: {hold.text}")
    if found.settle:
        heading("What would settle what is open")
        for text in found.settle:
            bullet(text)
    if found.opinions:
        heading("Estimates on record, side by side; none is a measurement")
        for opinion in found.opinions:
            bullet(str(opinion))
            if opinion.verdicts:
                bullet("if it were right: " + ", ".join(f"{o.label} {v.label}" for o, v in opinion.verdicts), indent=4)
    heading("Order of work")
    for phase in found.order:
        bullet(f"{phase.kind.label}: {phase.reason}")
