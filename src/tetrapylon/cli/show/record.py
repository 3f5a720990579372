"""How the record's own commands answer."""

from __future__ import annotations

import typer

from tetrapylon.cli.show.common import bullet, count, heading, paragraph, table
from tetrapylon.record.merging import MergeReport
from tetrapylon.record.verifying import VerifyReport
from tetrapylon.workflow.exporting import Exported
from tetrapylon.workflow.importing import CaseImport
from tetrapylon.workflow.keeping import Begun, Changed, Shared


def begun(result: Begun) -> None:
    """A feed that is ours now."""
    typer.echo(f"{'Made' if result.new else 'Open in'} {result.file}: feed {result.feed} of {result.label}.")


def exported(result: Exported) -> None:
    """Files that were written, and what was lost on the way."""
    for file in result.files:
        typer.echo(f"Wrote {file}")
    if result.losses:
        heading("What this format cannot hold")
        for loss in result.losses:
            bullet(loss)


def copied(file: str) -> None:
    """A whole copy."""
    paragraph(f"Wrote {file}. It holds every tier: keep it as you keep the record.")


def changed(result: Changed) -> None:
    """An act on a claim."""
    entity = result.entity.replace("_", " ")
    paragraph(f"{result.act.capitalize()}: entry {result.entry[:12]} on {entity} {result.subject}.")


def imported(result: CaseImport) -> None:
    """What an import did."""
    report = result.report
    would = "would be " if result.dry_run else ""
    paragraph(
        f"{result.title or 'Import'}: {count(result.rows, 'row')} read; {report.added:,} {would}added, "
        f"{report.amended:,} {would}amended, {report.unchanged:,} unchanged"
        + (f", {report.retracted:,} taken back earlier and left so." if report.retracted else ".")
    )
    if result.dry_run:
        typer.echo("Nothing was written.")
    if report.by_entity:
        typer.echo()
        table(["entity", f"{would}added"], [(k.replace("_", " "), f"{v:,}") for k, v in report.by_entity.items()])
    if result.warnings:
        heading(f"Worth a look: {len(result.warnings)}")
        for problem in result.warnings:
            bullet(str(problem))


def verified(report: VerifyReport) -> None:
    """What verification found."""
    paragraph(
        f"{count(report.entries, 'entry', 'entries')} and {count(report.parts, 'part')} in "
        f"{count(report.feeds, 'feed')}; {count(report.withheld, 'part')} withheld, {report.erased:,} erased; "
        f"{count(report.quarantined, 'entry', 'entries')} in quarantine."
    )
    if not report.problems:
        typer.echo("Every entry and every part present matches its hash.")
        return
    heading(f"Does not verify: {len(report.problems)}")
    for problem in report.problems[:200]:
        bullet(problem)
    if len(report.problems) > 200:
        bullet(f"and {len(report.problems) - 200:,} more: --json lists all")


def merged(report: MergeReport) -> None:
    """What a merge took in."""
    if not (report.entries or report.parts or report.erased or report.forks):
        typer.echo("Nothing new: this record holds all of that one.")
        return
    paragraph(
        f"Took in {count(report.entries, 'entry', 'entries')} of {count(len(report.feeds), 'feed')}, and "
        f"{count(report.parts, 'part')} that had been withheld; {count(report.erased, 'part')} erased."
    )
    for fork in report.forks:
        bullet(
            f"Feed {fork.feed} has two branches from entry {fork.seq}: {fork.held[:12]} stands, {fork.other[:12]} "
            "is in quarantine. Ask its party which one is theirs."
        )


def shared(result: Shared) -> None:
    """What went into a share."""
    report = result.report
    paragraph(f"Wrote {result.file} for {result.party}: {count(report.entries, 'entry', 'entries')}.")
    tiers = sorted({*report.included, *report.withheld}, key=lambda t: t.rank)
    table(
        ["tier", "parts included", "withheld"],
        [(t.value, f"{report.included.get(t, 0):,}", f"{report.withheld.get(t, 0):,}") for t in tiers],
    )
