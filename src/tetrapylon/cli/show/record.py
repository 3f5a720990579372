"""How the record's own commands answer."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from tetrapylon.cli.show.common import bullet, count, heading, named, paragraph, table
from tetrapylon.geo.checks import Finding
from tetrapylon.record.merging import MergeReport
from tetrapylon.record.verifying import VerifyReport
from tetrapylon.workflow.checking import Checked
from tetrapylon.workflow.exporting import Exported
from tetrapylon.workflow.importing import CaseImport
from tetrapylon.workflow.keeping import Begun, Changed, Shared
from tetrapylon.workflow.layer_checking import LayerChecked

LISTED = 200
"""Lines of one list shown on the screen; --json lists all that were kept."""


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


def checked(result: Checked) -> None:
    """What a check found."""
    heading(f"Contested: {len(result.contests)}")
    for contest in result.contests:
        names = [named(result.names.get(p, p) for p in parties) for parties in (contest.parties, contest.disputed_by)]
        bullet(
            f"{contest.entity.replace('_', ' ')} {result.names.get(contest.uid, contest.uid)}: "
            f"{count(len(contest.entries), 'claim')} by {names[0]}" + (f"; disputed by {names[1]}" if names[1] else "")
        )
    heading(f"In quarantine: {len(result.quarantined)}")
    for feed, seq in result.quarantined:
        bullet(f"feed {feed} from entry {seq}")
    heading(f"Geometry to look at: {len(result.geometry)}")
    for note in result.geometry:
        bullet(f"{note.entity} {note.name} [{note.code}, {note.severity}]: {note.message}")
    heading(f"Survey data to look at: {len(result.survey)}")
    _findings(result.survey)
    heading(f"Releases withheld: {len({alert.release for alert in result.withheld})}")
    for alert in result.withheld:
        maybe = "" if alert.surely_inside else " (may lie beside)"
        bullet(f"{alert.name}: {alert.text}, {alert.since}{maybe}")
    if result.incomplete:
        few = "claim lacks" if result.incomplete == 1 else "claims lack"
        typer.echo()
        paragraph(f"{result.incomplete:,} {few} values that this file does not hold (withheld or erased).")


def layer_checked(result: LayerChecked) -> None:
    """What a check of a layer found."""
    paragraph(
        f"{result.file}: {count(result.rows, 'row')}, {count(result.outlines, 'outline')}, "
        f"{count(result.points, 'point')}. Nothing was changed."
    )
    if result.problems:
        heading(f"Not readable: {len(result.problems)}")
        for problem in result.problems[:LISTED]:
            bullet(str(problem))
    found = sum(result.counts.values())
    heading(f"To look at: {found:,}")
    _findings(result.findings[:LISTED])
    if found > LISTED:
        listed = ", ".join(f"{code} {number:,}" for code, number in result.counts.items())
        bullet(f"and {found - min(LISTED, len(result.findings)):,} more. All by code: {listed}")


def _findings(findings: Sequence[Finding]) -> None:
    """Findings with what is proposed."""
    for finding in findings:
        proposed = f" Proposed: {finding.proposals[0].action}." if finding.proposals else ""
        bullet(f"[{finding.code}, {finding.severity}] {finding.message}{proposed}")
