"""How the next actions look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import typer

from tetrapylon.cli.show.common import banner, bullet, heading, named, paragraph, table
from tetrapylon.plan.next import JUDGED_BY, Next
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product


def next_actions(product: Product[tuple[Next, ...]]) -> None:
    """One structure with its steps, or all in a table."""
    banner(banner_of(product.view))
    paragraph(
        f"What comes next on {product.view.on}, as known {product.view.known[:10]}; "
        f"ordered by significance ({JUDGED_BY})."
    )
    if len(product.result) == 1:
        (found,) = product.result
        typer.echo()
        paragraph(f"{found.structure.body.label} ({found.structure.name}); {found.significance}")
        for step in found.steps:
            bullet(f"{step.phase.kind.label}: {step.state.label}")
            for because in step.because:
                bullet(because.text, indent=4)
        if found.desk_work:
            heading("Can be done without access")
            for work in found.desk_work:
                bullet(work)
        if found.unplaced:
            heading("Works on record that name no step")
            for claim in found.unplaced:
                bullet(f"{claim.body.start}: {claim.body.text} ({claim.name})")
        return
    table(
        ["structure", "significance", "next", "state", "works on record that name no step"],
        [
            (
                n.structure.name,
                n.structure.body.significance or "none stated",
                n.step.phase.kind.label if n.step else "nothing",
                n.step.state.label if n.step else "all steps on record as done",
                named((w.name for w in n.unplaced), 3),
            )
            for n in product.result
        ],
    )
    _counted("What holds them", (b.text for n in product.result if n.step for b in n.step.because))
    _counted("Can be done without access", (work for n in product.result for work in n.desk_work))


def _counted(title: str, texts: Iterable[str]) -> None:
    counts = Counter(texts)
    if counts:
        heading(f"{title} (number of structures)")
        for text, number in counts.most_common():
            bullet(f"{number}: {text}")
