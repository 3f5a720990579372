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


def dossier(
    file: File,
    structure: Annotated[str, typer.Option("--structure", help="The structure: its local id or uid.")],
    out: Pdf = Path("dossier.pdf"),
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the evidence for a release decision about one structure as a PDF; what people sign is blank."""
    from tetrapylon.workflow.reporting import release_dossier

    _write(file, out, lambda r: release_dossier(r, structure, on=on, known=known), json=json)


def atlas(
    file: File,
    structure: Annotated[
        list[str] | None, typer.Option("--structure", help="Only this structure; repeatable. Default: all.")
    ] = None,
    out: Pdf = Path("atlas.pdf"),
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write a PDF with a page for each structure: place, condition, gate, options, what is told."""
    from tetrapylon.workflow.reporting import structure_atlas

    _write(file, out, lambda r: structure_atlas(r, structures=structure or (), on=on, known=known), json=json)


def visit(
    file: File,
    route: Annotated[str, typer.Option("--route", help="Structures in order, comma separated.")],
    date: Annotated[str, typer.Option("--date", help="Day of the visit, YYYY-MM-DD.")],
    party: Annotated[str, typer.Option("--party", help="Who visits.")],
    out: Pdf = Path("visit.pdf"),
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the sheet of a visit as a PDF: per leg the gate, its reasons, the Decision, the escort."""
    from tetrapylon.workflow.reporting import visit_sheet

    legs = [name.strip() for name in route.split(",") if name.strip()]
    _write(file, out, lambda r: visit_sheet(r, legs, date=date, party=party, known=known), json=json)


VERBS: dict[str, dict[str, Callable[..., None]]] = {
    "clear": {"dossier": dossier},
    "assess": {"atlas": atlas},
    "coordinate": {"visit": visit},
}


def add_to(app: typer.Typer) -> None:
    """Register the commands, those of a verb in its group."""
    app.command("brief")(brief)
    app.command("stats")(stats)
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    for verb, nouns in VERBS.items():
        group = groups[verb]
        for noun, command in nouns.items():
            if group is not None:
                group.command(noun)(command)
