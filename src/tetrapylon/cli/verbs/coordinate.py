"""COORDINATE on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import File, Json, Known
from tetrapylon.cli.verbs.running import Lang, Nouns, Pdf, Steps, StructureOption, product_command, write_document


@product_command
def statements(
    source: Annotated[str | None, typer.Option("--source", help="Only this source: its local id or uid.")] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="Show this party even if it is not heard; repeatable.")
    ] = None,
) -> Steps:
    """Who said what, quoted by whom, published where, retelling what."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import statements as compute

    return partial(compute, source=source, also=tuple(also or ())), show.statements


@product_command
def commitments() -> Steps:
    """Pledges with what was left open; decisions, and what was submitted when."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import commitments as compute

    return compute, show.commitments


@product_command
def consents(structure: StructureOption = None) -> Steps:
    """Where the consents to works at each structure stand."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import consent_report

    return partial(consent_report, structure=structure), show.consents


def visit(
    file: File,
    route: Annotated[str, typer.Option("--route", help="Structures in order, comma separated.")],
    date: Annotated[str, typer.Option("--date", help="Day of the visit, YYYY-MM-DD.")],
    party: Annotated[str, typer.Option("--party", help="Who visits.")],
    out: Pdf = Path("visit.pdf"),
    lang: Lang = "en",
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the sheet of a visit as a PDF: per leg the gate, its reasons, the Decision, the escort."""
    from tetrapylon.workflow.reporting import visit_sheet

    legs = [name.strip() for name in route.split(",") if name.strip()]
    write_document(
        file, out, lambda r: visit_sheet(r, legs, date=date, party=party, language=lang, known=known), json=json
    )


NOUNS: Nouns = {"statements": statements, "commitments": commitments, "consents": consents, "visit": visit}
