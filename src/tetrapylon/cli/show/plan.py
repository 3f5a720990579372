"""How the next actions and a schedule look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from tetrapylon.cli.progress import status_line
from tetrapylon.cli.show.common import banner, bullet, heading, named, paragraph, table
from tetrapylon.plan.next import JUDGED_BY, Next
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.schedule_result import NO_PERMISSION, MilestoneOf, MoveOf, Planned, Schedule

if TYPE_CHECKING:
    from tetrapylon.workflow.reporting import Written


def next_actions(product: Product[tuple[Next, ...]]) -> None:
    """One structure with its steps, or all in a table."""
    banner(banner_of(product.view))
    paragraph(
        f"What comes next on {product.view.on}, as known {product.view.known[:10]}; "
        f"ordered by significance ({JUDGED_BY})."
    )
    if len(product.result) == 1:
        (found,) = product.result
        typer.echo()
        paragraph(f"{found.structure.body.label} ({found.structure.name}); {found.significance}")
        for step in found.steps:
            bullet(f"{step.phase.kind.label}: {step.state.label}")
            for because in step.because:
                bullet(because.text, indent=4)
        if found.desk_work:
            heading("Can be done without access")
            for work in found.desk_work:
                bullet(work)
        if found.unplaced:
            heading("Works on record that name no step")
            for claim in found.unplaced:
                bullet(f"{claim.body.start}: {claim.body.text} ({claim.name})")
        return
    table(
        ["structure", "significance", "next", "state", "works on record that name no step"],
        [
            (
                n.structure.name,
                n.structure.body.significance or "none stated",
                n.step.phase.kind.label if n.step else "nothing",
                n.step.state.label if n.step else "all steps on record as done",
                named((w.name for w in n.unplaced), 3),
            )
            for n in product.result
        ],
    )
    _counted("What holds them", (b.text for n in product.result if n.step for b in n.step.because))
    _counted("Can be done without access", (work for n in product.result for work in n.desk_work))


def _counted(title: str, texts: Iterable[str]) -> None:
    counts = Counter(texts)
    if counts:
        heading(f"{title} (number of structures)")
        for text, number in counts.most_common():
            bullet(f"{number}: {text}")


@contextmanager
def search_line() -> Iterator[Callable[[float, float | None, float], None]]:
    """Give a function that shows how the search stands, on a terminal; the line goes when the search ends."""
    with status_line() as line:

        def show(seconds: float, worth: float | None, most: float) -> None:
            found = "no plan yet" if worth is None else f"worth {worth:,.1f}"
            gap = "" if worth is None else f", gap {(most - worth) / max(abs(worth), 1e-9):.1%}"
            line(f"{seconds:.0f} s: {found}, at most {most:,.1f}{gap} (Ctrl-C: take it)")

        yield show


def schedule(product: Product[Schedule]) -> None:
    """A schedule: how good it is known to be, what it opens, who does what when, and what it assumes."""
    plan = product.result
    banner(plan.banner)
    paragraph(plan.title)
    if plan.note:
        paragraph(plan.note)
    paragraph(NO_PERMISSION)
    typer.echo()
    paragraph(_standing(plan))
    paragraph(f"Weights set by: {plan.weights_set_by or 'nobody (set_by is empty in weights.toml)'}.")
    if plan.invented:
        rows = ", ".join(f"{i.rows} of {i.of} {i.table}" for i in plan.invented)
        paragraph(f"Marked scenario (invented): {rows}.")
    if plan.moves:
        heading("What moved")
        table(
            ["activity", "before", "now", "mode"],
            [(m.activity, m.before or "out", m.now or "out", _modes(m)) for m in plan.moves],
        )
    if plan.opening_order:
        heading("Opened to assessment, in this order (significance: the compiler's judgement)")
        table(
            ["first visit or survey", "structure", "significance", ""],
            [(s.opened, s.label, f"{s.significance:g}", "HOLD" if s.hold else "") for s in plan.opening_order],
        )
    heading("Schedule")
    table(
        ["first", "last", "activity", "teams", "", "because"],
        [
            (
                a.first,
                a.last,
                a.id,
                ", ".join(t for t, _ in a.teams),
                "HOLD" if a.hold else "",
                "; ".join(dict.fromkeys(kind for kind, _ in a.reasons)),
            )
            for a in plan.planned
        ],
    )
    if plan.left_out:
        heading("Left out")
        for a in plan.left_out:
            bullet(f"{a.id}: {'; '.join(text for _, text in a.reasons)}")
    if plan.milestones:
        heading("Milestones, if every assumed release is made (durations and delays sampled)")
        table(
            ["milestone", "in the plan", "wished for by", "chance", "80 % by"],
            [
                (m.label, m.planned or "not reached", m.by or "", _chance(m), m.quantiles[2] or "not reached")
                for m in plan.milestones
            ],
        )
    heading("Against the plans of named priority rules")
    for rule in plan.rules:
        if rule.worth is None or rule.gain is None:
            bullet(f"{rule.name}: leaves out required work")
        else:
            bullet(f"{rule.name}: worth {rule.worth:,.1f}; this plan gains {rule.gain:,.1f}")


def explained(product: Product[tuple[Planned, ...]]) -> None:
    """Why activities stand where they stand."""
    paragraph(NO_PERMISSION)
    for a in product.result:
        heading(f"{a.label} ({a.id})")
        low, likely, high = a.days
        if a.first is None:
            paragraph("Left out.")
        else:
            teams = ", ".join(f"{t} ({n})" if n > 1 else t for t, n in a.teams) or "no team"
            paragraph(f"{'HOLD. ' if a.hold else ''}{a.first} to {a.last}, {a.mode}, {teams}")
        paragraph(
            f"Days: {low} to {high}, likely {likely} ({a.days_source}; {a.days_mark}). Row: {a.source} ({a.mark})."
        )
        for kind, text in a.reasons:
            bullet(f"{kind}: {text}")
        for hold in a.holds:
            bullet(f"HOLD: {hold}")
        if a.holds_through:
            bullet(f"HOLD through: {named(a.holds_through)}")
        if a.way:
            bullet(f"way in: {a.way}")


def orders(written: tuple[Written, ...]) -> None:
    """The task orders that were written."""
    for w in written:
        typer.echo(f"{w.title}: {w.file} ({w.bytes / 1000:,.0f} kB)")


def _standing(plan: Schedule) -> str:
    if plan.status == "optimal":
        told = f"Worth {plan.worth:,.1f} by the weights: proven, no plan is worth more."
    else:
        told = (
            f"Worth {plan.worth:,.1f} by the weights; no plan is worth more than {plan.most:,.1f} (gap {plan.gap:.1%})."
        )
    if plan.moves:
        told += " What moving costs is taken off."
    return told + (" Interrupted: the best so far." if plan.interrupted else "") + f" {plan.seconds:.0f} s."


def _chance(m: MilestoneOf) -> str:
    if m.chance is None or m.interval is None:
        return ""
    return f"{m.chance:.0%} ({m.interval[0]:.0%} to {m.interval[1]:.0%})"


def _modes(m: MoveOf) -> str:
    if m.mode_before == m.mode_now or m.mode_before is None or m.mode_now is None:
        return ""
    return f"{m.mode_before} -> {m.mode_now}"
