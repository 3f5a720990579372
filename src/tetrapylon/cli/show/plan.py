"""How the next actions look."""

from __future__ import annotations

import typer

from tetrapylon.cli.show.common import banner, bullet, heading, table
from tetrapylon.plan.next import JUDGED_BY, Next
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product


def next_actions(product: Product[tuple[Next, ...]]) -> None:
    """One structure with its steps, or all in a table."""
    banner(banner_of(product.view))
    typer.echo(
        f"What comes next on {product.view.on}, as known {product.view.known[:10]}; "
        f"ordered by significance ({JUDGED_BY})."
    )
    if len(product.result) == 1:
        (found,) = product.result
        typer.echo(f"\n{found.structure.body.label} ({found.structure.name}); {found.significance}")
        for step in found.steps:
            bullet(f"{step.phase.kind.label}: {step.state.label}")
            for because in step.because:
                bullet(because.text, indent=4)
        if found.desk_work:
            heading("Can be done without access")
            for work in found.desk_work:
                bullet(work)
        return
    table(
        ["structure", "significance", "next", "state"],
        [
            (n.structure.name, n.structure.body.significance or "-", n.step.phase.kind.label if n.step else "none",
             n.step.state.label if n.step else "all steps on record as done")
            for n in product.result
        ],
    )  # fmt: skip
