"""RESTORE on the command line."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from tetrapylon.cli.verbs.running import Nouns, Steps, StructureOption, product_command


@product_command
def options(
    structure: StructureOption = None,
    illustrative: Annotated[
        bool, typer.Option("--illustrative", help="Use example thresholds where no authority set one, labelled so.")
    ] = False,
) -> Steps:
    """Which options are admissible at each structure, by which rule, and what would settle the rest."""
    from tetrapylon.cli.show import restore as show
    from tetrapylon.workflow.restore import restoration_options

    return partial(restoration_options, structure=structure, illustrative=illustrative), show.options


NOUNS: Nouns = {"options": options}
