"""How the record's own commands answer."""

from __future__ import annotations

import typer

from tetrapylon.cli.show.common import bullet, heading, table
from tetrapylon.record.merging import MergeReport
from tetrapylon.record.verifying import VerifyReport
from tetrapylon.workflow.checking import Checked
from tetrapylon.workflow.importing import CaseImport
from tetrapylon.workflow.keeping import Shared


def imported(result: CaseImport) -> None:
    """What an import did."""
    report = result.report
    would = "would be " if result.dry_run else ""
    typer.echo(
        f"{result.title or 'Import'}: {result.rows:,} rows read; {report.added:,} {would}added, "
        f"{report.amended:,} {would}amended, {report.unchanged:,} unchanged"
        + (f", {report.retracted:,} stay retracted." if report.retracted else ".")
    )
    if report.by_entity:
        table(["entity", "added"], [(k.replace("_", " "), f"{v:,}") for k, v in report.by_entity.items()])
    if result.warnings:
        heading(f"Worth a look: {len(result.warnings)}")
        for problem in result.warnings:
            bullet(str(problem))


def verified(report: VerifyReport) -> None:
    """What verification found."""
    typer.echo(
        f"{report.entries:,} entries and {report.parts:,} parts in {report.feeds} feeds; "
        f"{report.withheld} parts withheld, {report.erased} erased; {report.quarantined} entries in quarantine."
    )
    if not report.problems:
        typer.echo("Every entry and every part present matches its hash.")
        return
    heading(f"Does not verify: {len(report.problems)}")
    for problem in report.problems[:200]:
        bullet(problem)


def merged(report: MergeReport) -> None:
    """What a merge took in."""
    typer.echo(
        f"Took in {report.entries:,} entries of {len(report.feeds)} feeds and {report.parts:,} parts withheld before; "
        f"{report.erased} parts erased."
    )
    for fork in report.forks:
        bullet(
            f"Feed {fork.feed} has two branches from entry {fork.seq}: {fork.held[:12]} stands, {fork.other[:12]} "
            "is in quarantine. Ask its party which one is theirs."
        )


def shared(result: Shared) -> None:
    """What went into a share."""
    report = result.report
    typer.echo(f"Wrote {result.file} for {result.party}: {report.entries:,} entries.")
    tiers = sorted({*report.included, *report.withheld}, key=lambda t: t.rank)
    table(
        ["tier", "parts included", "withheld"],
        [(t, report.included.get(t, 0), report.withheld.get(t, 0)) for t in tiers],
    )


def checked(result: Checked) -> None:
    """What a check found."""
    heading(f"Contested: {len(result.contests)}")
    for contest in result.contests:
        bullet(f"{contest.entity.replace('_', ' ')} {contest.uid}: {len(contest.entries)} claims"
               + (f", disputed by {len(contest.disputed_by)}" if contest.disputed_by else ""))  # fmt: skip
    heading(f"In quarantine: {len(result.quarantined)}")
    for feed, seq in result.quarantined:
        bullet(f"feed {feed} from entry {seq}")
    heading(f"Geometry to look at: {len(result.geometry)}")
    for note in result.geometry:
        bullet(f"{note.entity} {note.name} [{note.code}, {note.severity}]: {note.message}")
    if result.incomplete:
        typer.echo(f"\n{result.incomplete} claims lack values this file does not hold (withheld or erased).")
