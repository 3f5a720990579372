"""CLEAR on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import File, Json, Known, On, Recognise
from tetrapylon.cli.verbs import hazard
from tetrapylon.cli.verbs.running import Lang, Nouns, Pdf, Steps, StructureOption, product_command, write_document


@product_command
def ledger() -> Steps:
    """Stated clearance figures, each lineage once: falls, contradictions, rates, and what is not on record."""
    from tetrapylon.cli.show import clear as show
    from tetrapylon.workflow.clear import clearance_ledger

    return clearance_ledger, show.ledger


@product_command
def gate(
    structure: StructureOption = None,
    activity: Annotated[
        str | None, typer.Option("--activity", help="For this activity (visit, recording, works ...).")
    ] = None,
    recognise: Recognise = None,
) -> Steps:
    """Ground, rubble and voids of each structure: held, because ..., or authorised by a Decision until a date."""
    from tetrapylon.cli.show import clear as show
    from tetrapylon.workflow.clear import gate_report

    return partial(gate_report, structure=structure, activity=activity, recognise=recognise or ()), show.gates


@product_command
def area(
    start: Annotated[
        str | None,
        typer.Option("--from", help="Opening day, itself excluded (YYYY-MM-DD). Default: the beginning of the record."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Closing day. Default: the day of --on.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also write every piece of ground as a layer: a .gpkg or .geojson file."),
    ] = None,
) -> Steps:
    """Ground accounted for: opening + newly found + reopened = cancelled + reduced + cleared + closing."""
    from tetrapylon.cli.show import clear_area as show
    from tetrapylon.workflow.area_ledger import ground_account, with_layer

    compute = partial(ground_account, start=start, end=end)
    return (partial(with_layer, compute, out) if out else compute), partial(show.area, out=out)


@product_command
def disposal(
    item: Annotated[str, typer.Option("--item", help="The item of ordnance: its local id or uid.")],
    out: Annotated[Path | None, typer.Option("--out", help="Also write the sheet to print (PDF/A).")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the sheet to print: en, ar, fr or ru.")] = "en",
) -> Steps:
    """Disposal next to a monument: cordon, limits over the structures, options the EOD operator accepts."""
    from tetrapylon.cli.show import disposal as show
    from tetrapylon.workflow.disposal import disposal_sheet

    compute = partial(disposal_sheet, item=item)
    if out is None:
        return compute, show.sheet
    from tetrapylon.workflow.disposal_print import printed

    return partial(printed, compute, out, language=lang), partial(show.sheet, out=out)


@product_command
def measured() -> Steps:
    """Measured shots against what was predicted, and the law of the ground they leave (5 shots calibrate it)."""
    from tetrapylon.cli.show import disposal as show
    from tetrapylon.workflow.disposal import measured_log

    return measured_log, show.measured


def dossier(
    file: File,
    structure: Annotated[str, typer.Option("--structure", help="The structure: its local id or uid.")],
    out: Pdf = Path("dossier.pdf"),
    lang: Lang = "en",
    on: On = None,
    known: Known = None,
    json: Json = False,
) -> None:
    """Write the evidence for a release decision about one structure as a PDF; what people sign is blank."""
    from tetrapylon.workflow.reporting import release_dossier

    write_document(file, out, lambda r: release_dossier(r, structure, language=lang, on=on, known=known), json=json)


NOUNS: Nouns = {
    "ledger": ledger,
    "gate": gate,
    "area": area,
    "disposal": disposal,
    "measured": measured,
    "dossier": dossier,
    **hazard.NOUNS,
}
