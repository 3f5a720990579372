"""The verbs: clear, assess, restore, coordinate, plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from tetrapylon.cli.options import Author, File, Json, Keep, Known, On, Recognise

StructureOption = Annotated[
    str | None, typer.Option("--structure", help="Only this structure: its local id or uid. Default: all.")
]


def _run(
    file: str, compute: Callable[[Any], Any], show: Callable[[Any], None], *, json: bool, keep: bool, author: str | None
) -> None:
    """Open the record, compute the product, print it, and keep it when asked."""
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.product import keep as keep_product

    with opened(file, read_only=not keep) as record:
        product = compute(record)
        if json:
            typer.echo(product.text())
        else:
            show(product)
        if keep:
            typer.echo(f"Kept as {keep_product(record, product, author=author)[:12]}.", err=True)


def ledger(
    file: File, on: On = None, known: Known = None, json: Json = False, keep: Keep = False, author: Author = None
) -> None:
    """Stated clearance figures, each lineage once: falls, contradictions, rates, and what is not on record."""
    from tetrapylon.cli.show import clear as show
    from tetrapylon.workflow.clear import clearance_ledger

    _run(file, lambda r: clearance_ledger(r, on=on, known=known), show.ledger, json=json, keep=keep, author=author)


def gate(
    file: File,
    structure: StructureOption = None,
    activity: Annotated[
        str | None, typer.Option("--activity", help="For this activity (visit, recording, works ...).")
    ] = None,
    on: On = None,
    known: Known = None,
    recognise: Recognise = None,
    json: Json = False,
    keep: Keep = False,
    author: Author = None,
) -> None:
    """Ground, rubble and voids of each structure: held, because ..., or authorised by a Decision until a date."""
    from tetrapylon.cli.show import clear as show
    from tetrapylon.workflow.clear import gate_report

    _run(
        file,
        lambda r: gate_report(r, structure=structure, activity=activity, on=on, known=known, recognise=recognise or ()),
        show.gates,
        json=json,
        keep=keep,
        author=author,
    )


def condition(
    file: File, structure: StructureOption = None, on: On = None, known: Known = None, json: Json = False,
    keep: Keep = False, author: Author = None,
) -> None:  # fmt: skip
    """Damage grade of each structure as an interval, from the wording of its reports."""
    from tetrapylon.cli.show import assess as show
    from tetrapylon.workflow.assess import condition_report

    _run(
        file,
        lambda r: condition_report(r, structure=structure, on=on, known=known),
        show.conditions,
        json=json,
        keep=keep,
        author=author,
    )


def options(
    file: File,
    structure: StructureOption = None,
    illustrative: Annotated[
        bool, typer.Option("--illustrative", help="Use example thresholds where no authority set one, labelled so.")
    ] = False,
    on: On = None,
    known: Known = None,
    json: Json = False,
    keep: Keep = False,
    author: Author = None,
) -> None:
    """Which options are admissible at each structure, by which rule, and what would settle the rest."""
    from tetrapylon.cli.show import restore as show
    from tetrapylon.workflow.restore import restoration_options

    _run(
        file,
        lambda r: restoration_options(r, structure=structure, illustrative=illustrative, on=on, known=known),
        show.options,
        json=json,
        keep=keep,
        author=author,
    )


def statements(
    file: File,
    source: Annotated[str | None, typer.Option("--source", help="Only this source: its local id or uid.")] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="Show this party even if it is not heard; repeatable.")
    ] = None,
    on: On = None,
    known: Known = None,
    json: Json = False,
    keep: Keep = False,
    author: Author = None,
) -> None:
    """Who said what, quoted by whom, published where, retelling what."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import statements as compute

    _run(
        file,
        lambda r: compute(r, source=source, also=tuple(also or ()), on=on, known=known),
        show.statements,
        json=json,
        keep=keep,
        author=author,
    )


def commitments(
    file: File, on: On = None, known: Known = None, json: Json = False, keep: Keep = False, author: Author = None
) -> None:
    """Pledges with what was left open; decisions, and what was submitted when."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import commitments as compute

    _run(file, lambda r: compute(r, on=on, known=known), show.commitments, json=json, keep=keep, author=author)


def consents(
    file: File, structure: StructureOption = None, on: On = None, known: Known = None, json: Json = False,
    keep: Keep = False, author: Author = None,
) -> None:  # fmt: skip
    """Where the consents to works at each structure stand."""
    from tetrapylon.cli.show import coordinate as show
    from tetrapylon.workflow.coordinate import consent_report

    _run(
        file,
        lambda r: consent_report(r, structure=structure, on=on, known=known),
        show.consents,
        json=json,
        keep=keep,
        author=author,
    )


def next_(
    file: File, structure: StructureOption = None, on: On = None, known: Known = None, json: Json = False,
    keep: Keep = False, author: Author = None,
) -> None:  # fmt: skip
    """The next admissible action at each structure, and the gate that holds it."""
    from tetrapylon.cli.show import plan as show
    from tetrapylon.workflow.plan import plan_next

    _run(
        file,
        lambda r: plan_next(r, structure=structure, on=on, known=known),
        show.next_actions,
        json=json,
        keep=keep,
        author=author,
    )


VERBS: dict[str, tuple[str, dict[str, Callable[..., None]]]] = {
    "clear": ("Where the danger is, what is claimed and what is decided.", {"ledger": ledger, "gate": gate}),
    "assess": ("How badly each structure is damaged, how sure, and who said so.", {"condition": condition}),
    "restore": ("What is still possible to restore, under which rule.", {"options": options}),
    "coordinate": (
        "Who said, promised, decided and signed what.",
        {"statements": statements, "commitments": commitments, "consents": consents},
    ),
    "plan": ("What comes next, across the four verbs.", {"next": next_}),
}


def add_to(app: typer.Typer) -> None:
    """Register the verbs and their nouns."""
    for verb, (text, nouns) in VERBS.items():
        group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None)
        for noun, command in nouns.items():
            group.command(noun)(command)
        app.add_typer(group, name=verb)
