"""PLAN on the command line."""

from __future__ import annotations

from functools import partial

from tetrapylon.cli.verbs.running import Steps, StructureOption, product_command


@product_command
def next_(structure: StructureOption = None) -> Steps:
    """The next admissible action at each structure, and the gate that holds it."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.plan import plan_next

    return partial(plan_next, structure=structure), show.next_actions


NOUNS = {"next": next_}
