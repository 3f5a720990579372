"""The verbs: clear, assess, restore, coordinate, plan - each with its nouns."""

from __future__ import annotations

import typer

from tetrapylon.cli.verbs import assess, clear, coordinate, plan, restore
from tetrapylon.cli.verbs.running import Nouns

VERBS: dict[str, tuple[str, Nouns]] = {
    "clear": ("Where the danger is, what is claimed and what is decided.", clear.NOUNS),
    "assess": ("How badly each structure is damaged, how sure, and who said so.", assess.NOUNS),
    "restore": ("What is still possible to restore, under which rule.", restore.NOUNS),
    "coordinate": ("Who said, promised, decided and signed what.", coordinate.NOUNS),
    "plan": ("What comes next, across the four verbs.", plan.NOUNS),
}


def add_to(app: typer.Typer) -> None:
    """Register the verbs and their nouns."""
    for verb, (text, nouns) in VERBS.items():
        group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None)
        for noun, command in nouns.items():
            group.command(noun)(command)
        app.add_typer(group, name=verb)
