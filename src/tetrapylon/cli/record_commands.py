"""Commands on the record itself: init, import, check, verify, merge, share, snapshot ..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import Author, File, Json, Known, On, Recognise
from tetrapylon.cli.progress import progress_line


def init(
    file: File,
    party: Annotated[str, typer.Option("--party", help="Your organisation, as it names itself.")],
    author: Author = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Kind of party (authority, operator, antiquities ...).")
    ] = "other",
    json: Json = False,
) -> None:
    """Make a new record, or open a feed of your own in a record you received."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import begin

    emit(begin(file, party=party, kind=kind, author=author), show.begun, json=json)


def import_(
    case: Annotated[
        Path,
        typer.Argument(
            help="A case folder or zip, one file (CSV, XLSX, GeoJSON, GeoPackage, KML, maXML, Arches ...), or "
            "case:NAME for one that comes with the software."
        ),
    ],
    into: Annotated[str, typer.Option("--into", help="The record to import into.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Mapping file for another organisation's columns.")
    ] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="Who named the things of a single file; uids are made from it.")
    ] = None,
    author: Author = None,
    json: Json = False,
) -> None:
    """Import a case: every problem named at once, all or nothing, nothing twice."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.cases import case_at
    from tetrapylon.workflow.importing import import_case
    from tetrapylon.workflow.keeping import opened

    folder = case_at(str(case))
    with opened(into) as record, progress_line() as progress:
        result = import_case(
            record, folder, mapping=mapping, authority=authority, dry_run=dry_run, author=author, progress=progress
        )
    emit(result, show.imported, json=json)


def export(
    file: File,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; made where there is none.")],
    format_: Annotated[
        str, typer.Option("--format", help="csv, geojson, xlsx, gpkg, kml, maxml, arches, linked-art or iiif.")
    ] = "csv",
    tiers: Annotated[str, typer.Option("--tiers", help="Tiers to hand out, comma separated.")] = "public",
    on: On = None,
    known: Known = None,
    graph: Annotated[
        Path | None,
        typer.Option("--graph", help="With --format arches: the resource model to write into (graph JSON)."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="With --format iiif: the address the folder will be served under.")
    ] = None,
    json: Json = False,
) -> None:
    """Export a view. Only the public tier leaves unless more is named."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.exporting import export_view
    from tetrapylon.workflow.keeping import opened

    with opened(file, read_only=True) as record:
        written = export_view(record, out, format_, tiers=tiers.split(","), on=on, known=known, graph=graph, base=base)
    emit(written, show.exported, json=json)


def check(
    file: Annotated[
        str,
        typer.Argument(
            help="The record, or a layer or table by itself (GeoJSON, GeoPackage, KML, CSV, XLSX).",
            metavar="FILE|LAYER",
        ),
    ],
    on: On = None,
    known: Known = None,
    recognise: Recognise = None,
    site: Annotated[
        str | None,
        typer.Option("--site", help="Name what lies outside: west,south,east,north, a file, or a site on record."),
    ] = None,
    propose: Annotated[
        Path | None,
        typer.Option("--propose", help="Write proposed repairs to this new file (.gpkg, .geojson); none is applied."),
    ] = None,
    census: Annotated[bool, typer.Option("--census", help="Also list the values of each field with a few.")] = False,
    json: Json = False,
) -> None:
    """What is contested, in quarantine or incomplete, and what geometry and survey data need a look."""
    from functools import partial

    from tetrapylon.cli.show import checking as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.checking import check_record
    from tetrapylon.workflow.keeping import opened
    from tetrapylon.workflow.layer_checking import check_layer, is_layer
    from tetrapylon.workflow.survey_site import site_outline

    if is_layer(file):
        outline = site_outline(site) if site else None
        found = check_layer(file, site=outline, propose=propose)
        emit(found, partial(show.layer_checked, census=census), json=json)
        return
    with opened(file, read_only=True) as record:
        checked = check_record(record, on=on, known=known, recognise=recognise or (), site=site, propose=propose)
    emit(checked, partial(show.checked, census=census), json=json)


def verify(file: File, json: Json = False) -> None:
    """Verify every entry and part; whatever does not match its hash is named."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.record.verifying import verify as verify_record
    from tetrapylon.workflow.keeping import opened

    with opened(file, read_only=True) as record, progress_line() as progress:
        report = verify_record(record, progress=lambda done: progress("verified", done))
    emit(report, show.verified, json=json)
    if report.problems:
        raise typer.Exit(6)


def merge(
    file: File,
    other: Annotated[str, typer.Argument(help="The record to take in.")],
    author: Author = None,
    json: Json = False,
) -> None:
    """Take in every feed of another record; nothing is overwritten."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.record.merging import merge as merge_records
    from tetrapylon.workflow.keeping import opened

    with opened(file) as record, opened(other, read_only=True) as theirs, progress_line() as progress:
        report = merge_records(record, theirs, author=author, progress=lambda done: progress("merged", done))
    emit(report, show.merged, json=json)


def share(
    file: File,
    for_: Annotated[str, typer.Option("--for", help="Party the copy is for.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    tiers: Annotated[str, typer.Option("--tiers", help="Tiers to hand over, comma separated.")] = "public,partners",
    json: Json = False,
) -> None:
    """Write a copy for another party without the tiers it may not have; its chain still verifies."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import opened, share_with

    with opened(file, read_only=True) as record:
        emit(share_with(record, out, party=for_, tiers=tiers.split(",")), show.shared, json=json)


def snapshot(
    file: File, out: Annotated[Path, typer.Option("--out", help="File to write.")], json: Json = False
) -> None:  # fmt: skip
    """Write a whole, consistent copy without side files: for backup, or to carry elsewhere."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.record.snapshot import snapshot as write_snapshot
    from tetrapylon.workflow.keeping import opened

    with opened(file, read_only=True) as record:
        write_snapshot(record, out)
    emit(str(out), show.copied, json=json)


def retract(
    file: File,
    claim: Annotated[str, typer.Argument(help="Local id or uid of the thing, or the start of the entry's hash.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    author: Author = None,
    json: Json = False,
) -> None:
    """Take back a claim of your own; it stays readable as of an earlier day."""
    _act(file, "retract", claim, reason, author, json=json)


def dispute(
    file: File,
    claim: Annotated[str, typer.Argument(help="Local id or uid of the thing, or the start of the entry's hash.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    author: Author = None,
    json: Json = False,
) -> None:
    """Dispute a claim, whoever made it."""
    _act(file, "dispute", claim, reason, author, json=json)


def erase(
    file: File,
    claim: Annotated[str, typer.Argument(help="Local id or uid of the thing, or the start of the entry's hash.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    tiers: Annotated[str, typer.Option("--tiers", help="Which parts, comma separated.")] = "personal",
    author: Author = None,
    json: Json = False,
) -> None:
    """Erase parts of a claim of your own, here and wherever this record is merged to."""
    _act(file, "erase", claim, reason, author, tiers, json=json)


def _act(
    file: str, act: str, claim: str, reason: str, author: str | None, tiers: str = "", *, json: bool
) -> None:  # fmt: skip
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.keeping import change, opened

    with opened(file) as record:
        changed = change(record, act, claim, reason, author=author, tiers=[t for t in tiers.split(",") if t])
    emit(changed, show.changed, json=json)


def template(
    entity: Annotated[str, typer.Argument(help="Entity (structure, hazard_report ...), or all.")],
    out: Annotated[
        Path,
        typer.Option("--out", help="File to write: .xlsx (explained, with lists), .csv (header row) or .xml (maXML)."),
    ],
    json: Json = False,
) -> None:
    """Write an empty table to fill in; as a workbook with explanations and lists of valid terms."""
    from tetrapylon.cli.show import record as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.exporting import Exported, write_template

    write_template(entity, out)
    emit(Exported((str(out),)), show.exported, json=json)


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the outputs.")] = Path("out") / "palmyra",
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do not show the pages at the end.")] = False,
    json: Json = False,
) -> None:
    """Run the main job on the Palmyra case and say what came out."""
    from tetrapylon.cli.show.common import emit
    from tetrapylon.cli.show.demo import show_demo
    from tetrapylon.workflow.demo import run_demo

    with progress_line() as progress:
        result = run_demo(out, progress=progress)
    if json:
        emit(result.data(), print, json=True)
    else:
        show_demo(result)
    if not no_serve and sys.stdin.isatty():
        serve(str(result.files[0]))


def serve(
    file: File,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets others on the network in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.")] = 8016,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    tiers: Annotated[str, typer.Option("--tiers", help="Tiers the pages may show, comma separated.")] = "public",
    stop_after: Annotated[float | None, typer.Option("--stop-after", help="End after this many seconds.")] = None,
) -> None:
    """Show the record as pages and a map, on this machine; nothing is fetched from elsewhere."""
    from tetrapylon.web.server import serve as serve_pages
    from tetrapylon.workflow.keeping import read_tiers

    serve_pages(
        file,
        host,
        port,
        not no_browser,
        tiers=read_tiers(tiers.split(",")),
        ready=lambda address: typer.echo(f"The pages are at {address} - end with Ctrl+C."),
        stop_after=stop_after,
    )


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for name, command in (
        ("init", init), ("import", import_), ("export", export), ("check", check), ("verify", verify), ("merge", merge),
        ("share", share), ("snapshot", snapshot), ("retract", retract), ("dispute", dispute), ("erase", erase),
        ("template", template), ("serve", serve), ("demo", demo),
    ):  # fmt: skip
        app.command(name)(command)
