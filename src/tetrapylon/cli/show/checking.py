"""How a check of a record or of a layer answers."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from tetrapylon.clear.survey import FieldCensus
from tetrapylon.cli.show.common import bullet, count, heading, named, paragraph
from tetrapylon.geo.checks import Finding
from tetrapylon.workflow.checking import Checked
from tetrapylon.workflow.layer_checking import LayerChecked

LISTED = 200
"""Lines of one list shown on the screen; --json lists all that were kept."""


def checked(result: Checked, *, census: bool = False) -> None:
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
    _more(result.census, result.proposals, census=census)
    if result.incomplete:
        few = "claim lacks" if result.incomplete == 1 else "claims lack"
        typer.echo()
        paragraph(f"{result.incomplete:,} {few} values that this file does not hold (withheld or erased).")


def layer_checked(result: LayerChecked, *, census: bool = False) -> None:
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
    _more(result.census, result.proposals, census=census)


def _more(fields: Sequence[FieldCensus], proposals: int | None, *, census: bool) -> None:
    """What was asked for besides: values of fields, and where proposals went."""
    if census:
        heading(f"Values of fields: {len(fields)}")
        for field in fields:
            values = ", ".join(f"{value} {number:,}" for value, number in field.values)
            bullet(f"{field}: {values}" + (f"; empty {field.empty:,}" if field.empty else ""))
    if proposals is not None:
        heading("Proposed repairs")
        paragraph(f"{count(proposals, 'proposal')} written. Nothing was repaired: accept one by copying its outline.")


def _findings(findings: Sequence[Finding]) -> None:
    """Findings with what is proposed."""
    for finding in findings:
        proposed = f" Proposed: {finding.proposals[0].action}." if finding.proposals else ""
        bullet(f"[{finding.code}, {finding.severity}] {finding.message}{proposed}")
