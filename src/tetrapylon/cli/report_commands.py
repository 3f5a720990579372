"""Documents and figures about the whole site: brief, statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import File, Json, Known, On
from tetrapylon.cli.verbs.running import Lang, Pdf, write_document


def brief(
    file: File,
    out: Pdf = Path("brief.pdf"),
    template: Annotated[
        str, typer.Option("--template", help="situation, or soc: the answer on the state of conservation.")
    ] = "situation",
    lang: Lang = "en",
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the situation report, or a draft answer on the state of conservation, as a PDF."""
    from tetrapylon.workflow.reporting import brief_from

    write_document(file, out, lambda r: brief_from(r, template, language=lang, on=on, known=known), json=json)


def stats(
    file: File,
    start: Annotated[str, typer.Option("--from", help="First day of the period, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="Last day of the period, YYYY-MM-DD.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for statistics.xlsx, iati.csv and article7.csv.")
    ] = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Land cancelled, reduced and cleared by method, items and what became of them, incidents, in a period."""
    from tetrapylon.cli.show import stats as show
    from tetrapylon.reports.figures import write_figures
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.stats import statistics

    with opened(file, read_only=True) as record:
        product = statistics(record, start=start, end=end, known=known)
        if json:
            typer.echo(product.text())
        else:
            show.statistics(product)
        for written in write_figures(product, out) if out else ():
            typer.echo(f"Wrote {written}", err=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("brief")(brief)
    app.command("stats")(stats)
