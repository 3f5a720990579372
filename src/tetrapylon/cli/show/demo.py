"""What the demonstration tells."""

from __future__ import annotations

import typer

from tetrapylon.assess.differences import DifferenceKind
from tetrapylon.cli.show.common import banner, bullet, count, heading, paragraph
from tetrapylon.evidence.findings import FindingKind
from tetrapylon.model import GroundKind
from tetrapylon.workflow.demo import BEL, Demo


def show_demo(demo: Demo) -> None:
    """A summary that a person reads with understanding."""
    banner(demo.banner)
    typer.echo()
    paragraph(demo.imported.title)
    paragraph(f"{demo.headline}.")
    looks = len(demo.imported.warnings)
    paragraph(
        f"Read {count(demo.imported.rows, 'row')}, {demo.imported.report.added:,} of them new; {looks} "
        f"{'is' if looks == 1 else 'are'} worth a look: tetrapylon import CASE --into {demo.files[0]} --dry-run"
    )

    heading("CLEAR - what is claimed, and what is decided")
    ledger = demo.ledger.result
    for kind in (FindingKind.FALL, FindingKind.CONTRADICTION, FindingKind.OUTSIDE_RANGE):
        found = ledger.of(kind)
        bullet(f"{kind.label}: {len(found)}")
        for finding in found[:3] if kind is not FindingKind.FALL else found:
            bound = " (compatible as a bound)" if finding.compatible else ""
            bullet(f"{finding.quantity}: {finding.arithmetic}{bound}", indent=4)
        if kind is not FindingKind.FALL and len(found) > 3:
            bullet(f"... and {len(found) - 3} more: tetrapylon clear ledger {demo.files[0]}", indent=4)
    bullet(ledger.missing_text)
    bullet(
        f"{demo.gates.result.released} of {count(len(demo.gates.result.of), 'structure')} have a release Decision; "
        f"{demo.gates.result.held} are held for ground, rubble and voids."
    )
    before, after = (p.result.of[0].statuses[GroundKind.GROUND] for p in (demo.bel_before, demo.bel_after))
    claimed = "; ".join(b.text for b in before.because if demo.cleared & set(b.claims))
    told = f"on {demo.bel_before.view.on} as known {demo.bel_before.view.known}: {before.state.label}; {claimed}"
    bullet(f"{demo.bel_before.result.of[0].structure.body.label}, {told}")
    bullet(f"as known {demo.bel_after.view.known}: {after.state.label}; added:")
    for because in after.because:
        if because not in before.because:
            bullet(because.text, indent=4)

    heading("ASSESS - how badly, how sure, who said so")
    graded = [c for c in demo.conditions.result if c.interval is not None]
    torn = [
        c.structure.name
        for c in demo.conditions.result
        if any(d.kind is DifferenceKind.CONTRADICTION for d in c.differences)
    ]
    bullet(f"{count(len(graded), 'structure')} graded; voices contradict each other on {', '.join(torn) or 'none'}.")
    for condition in demo.conditions.result:
        if condition.structure.name in (BEL, "monumental_arch", "tetrapylon", "theatre_scaenae_frons"):
            bullet(f"{condition.structure.body.label}: {condition.summary}", indent=4)

    heading("RESTORE - what is still possible to restore")
    bel = next(o for o in demo.options.result if o.structure.name == BEL)
    bullet(f"Temple of Bel, cella - {bel.summary}")
    for opinion in bel.opinions:
        bullet(str(opinion), indent=4)
    bullet(f"what would settle it: {bel.settle[0]}", indent=4)
    bullet("Thresholds in this demonstration are illustrative: no authority has set any.", indent=4)

    heading("COORDINATE - who said, promised and decided")
    bullet("Heard in the origin article: " + ", ".join(
        f"{h.speaker} {len(h.statements)}" for h in demo.statements.result.heard))  # fmt: skip
    for pledge in demo.commitments.result.pledges[:3]:
        bullet(str(pledge), indent=4)

    heading("PLAN - what comes next")
    for one in demo.next.result[:4]:
        step = one.step
        comes = f"{step.phase.kind.label}: {step.state.label}" if step else "every step on record as done"
        bullet(f"{one.structure.body.label} - {comes}")
    paragraph("Significance is the compiler's judgement, not the authority's.", indent=2)

    heading(f"Written to {demo.folder} in {demo.seconds:.1f} s")
    for file in demo.files:
        bullet(file.name)
    typer.echo(f"\nGo on with:  tetrapylon clear gate {demo.files[0]} --structure {BEL}")
