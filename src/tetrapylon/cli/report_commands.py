"""Documents and figures to send: brief, dossier, atlas, visit sheet, statistics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tetrapylon.cli.options import File, Json, Known, On

if TYPE_CHECKING:
    from tetrapylon.reports.document import Document

Pdf = Annotated[Path, typer.Option("--out", help="File to write (PDF/A).")]


def _write(file: str, out: Path, compose: Callable[[Any], Document], *, json: bool) -> None:
    """Open the record, compose the document, write it, say where it lies."""
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.reporting import write

    with opened(file, read_only=True) as record:
        written = write(compose(record), out)
    emit(written, lambda w: typer.echo(f"{w.title}: {w.file} ({w.bytes / 1000:,.0f} kB)"), json=json)


def brief(
    file: File,
    out: Pdf = Path("brief.pdf"),
    template: Annotated[
        str, typer.Option("--template", help="situation, or soc: the answer on the state of conservation.")
    ] = "situation",
    lang: Annotated[str, typer.Option("--lang", help="en or ar.")] = "en",
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the situation report, or a draft answer on the state of conservation, as a PDF."""
    from tetrapylon.workflow.reporting import brief_from

    _write(file, out, lambda r: brief_from(r, template, language=lang, on=on, known=known), json=json)


def add_to(app: typer.Typer) -> None:
    """Register the commands, those of a verb in its group."""
    app.command("brief")(brief)
