"""ASSESS on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import File, Json, Known, On
from tetrapylon.cli.verbs.running import Lang, Nouns, Pdf, Steps, StructureOption, product_command, write_document


@product_command
def condition(structure: StructureOption = None) -> Steps:
    """Damage grade of each structure as an interval, from the wording of its reports."""
    from tetrapylon.cli.show import assess as show
    from tetrapylon.workflow.assess import condition_report

    return partial(condition_report, structure=structure), show.conditions


def atlas(
    file: File,
    structure: Annotated[
        list[str] | None, typer.Option("--structure", help="Only this structure; repeatable. Default: all.")
    ] = None,
    out: Pdf = Path("atlas.pdf"),
    lang: Lang = "en",
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write a PDF with a page for each structure: place, condition, gate, options, what is told."""
    from tetrapylon.workflow.reporting import structure_atlas

    write_document(
        file,
        out,
        lambda r: structure_atlas(r, structures=structure or (), language=lang, on=on, known=known),
        json=json,
    )


NOUNS: Nouns = {"condition": condition, "atlas": atlas}
