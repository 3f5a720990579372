"""How maps of contamination, residuals, samples, effort and trials look."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from tetrapylon.cli.show.common import banner, bullet, count, heading, paragraph, table
from tetrapylon.workflow.contamination import ContaminationMap, SearchScenario
from tetrapylon.workflow.effort import EffortReport
from tetrapylon.workflow.ground import Extent
from tetrapylon.workflow.headline import banner_of
from tetrapylon.workflow.order import OrderReport
from tetrapylon.workflow.practice import Practice
from tetrapylon.workflow.product import Product
from tetrapylon.workflow.residual import ResidualReport
from tetrapylon.workflow.sampling import SampleReport
from tetrapylon.workflow.trial import Trial

SCENARIO = "SCENARIO: a figure about simulated or assumed conditions."


def contamination(product: Product[ContaminationMap]) -> None:
    """The map and its legend, or why there is none and where the reports lie."""
    result = product.result
    banner(banner_of(product.view))
    when = f"{result.label} on {product.view.on}, as known {product.view.known[:10]}."
    if result.field is None:
        paragraph(f"No map of contamination. {when}")
        paragraph(str(result.refused))
        heading("What a figure would take")
        for need in result.needed:
            bullet(need)
        extents(result.extents, result.extents_file)
        scenarios(result.scenarios)
    else:
        chart = result.field
        if chart.scenario:
            paragraph(SCENARIO)
        paragraph(f"Map of contamination. {when}")
        paragraph(
            f"{chart.file}: {chart.shape[0]:,} x {chart.shape[1]:,} cells of {chart.cell_m:g} m, EPSG:{chart.epsg}; "
            f"{chart.expected:.3g} items expected in all of it. Prior: {chart.prior}."
        )
        paragraph(chart.legend)
        heading("Bands")
        for i, (name, unit) in enumerate(zip(chart.bands, chart.units, strict=True), 1):
            bullet(f"{i}: {name}" + ("" if unit == "1" else f", {unit}"))
        if result.used is not None:
            used = result.used
            heading("Computed from")
            bullet(f"{count(used.searches, 'pass', 'passes')} of search, {count(used.finds, 'item')} found by them")
            bullet(f"{count(used.hits, 'other cell')} where an item lay")
            bullet(f"{count(used.reports, 'report or hazard area', 'reports and hazard areas')}")
            if used.sweeps:
                bullet(f"{count(used.sweeps, 'detector sweep')}, {count(used.signals, 'signal')} not investigated")
            bullet(f"{count(used.trials, 'blind trial')}")
    _left_out(result.left_out)


def extents(found: tuple[Extent, ...], file: str | None) -> None:
    """Reports and how well each is placed."""
    heading(f"Extents of the reports: {len(found)}")
    if file:
        paragraph(f"Written to {file}, with the accuracy of each and no probability.")
    rows = []
    for e in found:
        where = e.shown_by if e.geometry is None else f"{e.shown_by} ({e.geometry.geom_type.lower()})"
        known = "" if e.geometry is None else "not stated" if e.accuracy_m is None else f"{e.accuracy_m:,.0f} m"
        rows.append((e.name, e.date, where, known))
    table(["report", "date", "placed by", "accuracy"], rows)
    reasons = Counter("drawn" if e.outline is not None else "no extent known" for e in found)
    paragraph("; ".join(f"{n} {what}" for what, n in sorted(reasons.items())) + ".")
    paragraph("An accuracy is that of the position. How far around it the hazard reaches, no report states.")


def scenarios(found: tuple[SearchScenario, ...]) -> None:
    """Shares left after one to three passes, under assumed detection."""
    heading("What searching would leave (scenario)")
    paragraph(
        "SCENARIO, not this site: no trial of detection is on record, so detection is assumed. "
        "Shares of what is there, whatever that is; no number of items follows."
    )
    for s in found:
        classes = "; ".join(f"{name} {share:.0%}, detected with {pod:.2f}" for name, share, pod in s.assumed)
        left = ", ".join(f"{x:.1%}" for x in s.left)
        naive = ", ".join(f"{x:.1%}" for x in s.naive)
        bullet(f"{s.name} ({classes}): after one, two, three passes {left} is left")
        if naive != left:
            bullet(f"the product (1 - mean)^passes would claim {naive}: wrong, shown for its error", indent=4)


def residual(product: Product[ResidualReport]) -> None:
    """Items left in a polygon."""
    result = product.result
    left = result.left
    banner(banner_of(product.view))
    if result.scenario:
        paragraph(SCENARIO)
    paragraph(f"Items left in {result.label} on {product.view.on}, as known {product.view.known[:10]}.")
    level = f"{left.level:.0%} interval"
    table(
        ["", "value"],
        [
            ("area", f"{result.area_m2:,.0f} m2, of which searched {result.searched:.0%}"),
            ("items found by searches", f"{result.finds}"),
            ("expected items left", f"{left.expected:.2f} ({level} {left.low:.2f} to {left.high:.2f})"),
            ("whole items left", f"{level} {left.count_low} to {left.count_high}"),
            ("probability that none is left", f"{left.none_left:.3g}"),
            ("expected before any search", f"{result.before:.2f}"),
        ],
    )
    if result.naive is not None:
        n = result.naive
        paragraph(
            f"In the searched part {n.left:.1%} of the items are left. The product (1 - mean detection)^passes would "
            f"claim {n.naive:.1%}; it is shown only for its error ({n.understated_by:.2g} times too little)."
            if n.understated_by > 1.005
            else f"In the searched part {n.left:.1%} of the items are left."
        )
    paragraph(result.legend)
    _left_out(result.left_out)


def sample(product: Product[SampleReport]) -> None:
    """The plan by stratum, and the verdict of results."""
    result = product.result
    banner(banner_of(product.view))
    s = result.sensitivity
    if s.scenario:
        paragraph(SCENARIO)
    known = f"{s.mean:.2f}" + (f" (90 % interval {s.interval[0]:.2f} to {s.interval[1]:.2f})" if s.interval else "")
    paragraph(
        f"Accept on zero: if no target is found, {result.confidence:.0%} confidence that at least "
        f"{result.clean_share:.2%} of the squares of {result.unit_m:g} m hold none. "
        f"Inspector: {known}, {s.source}."
    )
    rows = [
        (t.name, f"{t.units:,}", f"{t.sample:,}", "" if t.checked is None else f"{t.checked:,}", t.found)
        for t in result.strata
    ]
    table(["stratum", "squares", "to check", "checked", "targets found"], rows)
    paragraph(f"Drawn with seed {result.seed}: with it anybody can draw the same squares again.")
    for file in result.files:
        bullet(file)
    if result.verdict is None:
        return
    if result.missing:
        paragraph(
            f"{count(result.missing, 'square')} of the plan without a result. The confidence holds for those checked, "
            "if chance alone decided which they were."
        )
    if result.verdict.confidence is None:
        paragraph("NOT ACCEPTED: a target was found. The claim is refused, whatever the rest shows.")
    else:
        paragraph(
            f"No target found in {sum(t.checked or 0 for t in result.strata):,} squares: "
            f"{result.verdict.confidence:.1%} confidence that at least {result.clean_share:.2%} hold none. "
            "Evidence for a human decision; nothing is released."
        )


def effort(product: Product[EffortReport]) -> None:
    """Hours by area and the figure at the margin."""
    result = product.result
    banner(banner_of(product.view))
    if result.scenario:
        paragraph(SCENARIO)
    paragraph(
        f"{result.budget:g} hours of search, {result.rate_m2_h:,.0f} m2 an hour ({result.rate_from}), "
        f"a pass detects {result.detection:.0%} of the items."
    )
    rows = [(a.name, f"{a.expected:.3g}", f"{a.hours:.1f}", f"{a.found:.3g}") for a in result.areas]
    table(["area", "items expected", "hours", "expected to be found"], rows)
    paragraph(
        f"Together {result.found:.3g} of {result.expected:.3g} items, on {result.searched_share:.0%} of the map. "
        f"Expected items per unit effort at the margin: {result.margin:.3g} per hour."
    )
    paragraph("The margin is economic. What effort is enough is for the national authority to say.")
    if result.outside:
        paragraph(f"Outside the map, and without any hours for that reason alone: {', '.join(result.outside)}.")
    if result.file:
        bullet(f"{result.file}: hours of each cell")
    paragraph(result.legend)


def order(product: Product[OrderReport]) -> None:
    """How far the area is, what the ranking rests on, and the first squares."""
    result = product.result
    banner(banner_of(product.view))
    low, high = result.spacing_m
    paragraph(
        f"{result.area}: {result.cleared:,} of {result.squares:,} squares of {result.square_m:g} m are cleared. "
        f"Learnt from {count(result.learnt, 'cleared square')} in and around it, {count(result.items, 'item')} found."
    )
    paragraph(
        f"Weight of rows {low:g} to {high:g} m apart in the ranking: {result.rows:.0%}; of finds smoothed over a few "
        f"metres: {1 - result.rows:.0%}. Each counts by how well it has forecast what was found."
    )
    heading(f"To clear first: {min(len(result.first), SHOWN)} of {len(result.first)}")
    rows = [
        (s.rank, f"{s.lat:.6f}", f"{s.lon:.6f}", f"{s.score:.2f}", "open signal" if s.signal else "")
        for s in result.first[:SHOWN]
    ]
    table(["rank", "latitude", "longitude", "score", "note"], rows)
    for file in result.files:
        bullet(file)
    paragraph(
        "A ranking of work, no probability: squares ranked last are cleared last, not left out. What is left in "
        "squares already cleared, clear residual says. Nothing here releases land."
    )
    _left_out(result.left_out)


SHOWN = 10
"""Squares shown on screen; files hold all."""


def trial(product: Product[Trial]) -> None:
    """Detection by class."""
    result = product.result
    report = result.report
    banner(banner_of(product.view))
    with_ = f" with {result.instrument}" if result.instrument else ""
    paragraph(
        f"Trial of {result.method.label}{with_}: {count(result.blind, 'blind seed')} of {result.seeds}, "
        f"{count(result.walks, 'walk')}, {result.lane_area_m2:,.0f} m2. Seeds known to the searcher do not count."
    )
    table(
        ["class", "found", "seeded", f"detection, {report.level:.0%} interval", "exact interval"],
        [
            (
                c.name, c.pod.found, c.pod.seeded,
                f"{c.pod.mean:.2f} ({c.credible[0]:.2f} to {c.credible[1]:.2f})",
                f"{c.exact[0]:.2f} to {c.exact[1]:.2f}",
            )
            for c in report.classes
        ],
    )  # fmt: skip
    low, high = report.false_alarm_interval
    paragraph(f"False alarms: {report.false_alarms_per_m2:.2f} per m2 ({low:.2f} to {high:.2f}).")
    if report.correlation is None:
        paragraph("Correlation between walks: not seen. State it in the prior; independence is the least safe guess.")
    else:
        paragraph(f"Correlation between walks, how much they miss the same items: {report.correlation:.2f}.")
    paragraph("The figures hold for this ground and these classes. A class without a blind seed has none.")


def practice(result: Practice) -> None:
    """What was written."""
    paragraph(f"{SCENARIO} Nothing in it exists.")
    paragraph(f"{result.items} items, {result.found} of them found by its searches.")
    for file in (result.case, result.trial, result.prior, result.truth):
        bullet(file)


def _left_out(found: tuple[str, ...]) -> None:
    if found:
        heading(f"On record, but not used: {len(found)}")
        for text in found:
            bullet(text)


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """Progress of parts on a terminal; says how to go on when interrupted."""
    shown, last = False, 0.0

    def show(what: str, done: int, total: int) -> None:
        nonlocal shown, last
        if not sys.stderr.isatty() or (done < total and time.monotonic() - last < 0.1):
            return
        shown, last = True, time.monotonic()
        full = int(24 * done / max(total, 1))
        sys.stderr.write(f"\r{what:<10} [{'#' * full}{'.' * (24 - full)}] {done:,} of {total:,}\x1b[K")
        sys.stderr.flush()

    try:
        yield show
    except KeyboardInterrupt:
        typer.echo("\nStopped. The same command goes on where this one was.", err=True)
        raise typer.Exit(130) from None
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def with_bar(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A computation that takes ``progress``, shown on a terminal."""

    def run(record: Any, **view: Any) -> Any:
        with bar() as show:
            return compute(record, progress=show, **view)

    return run
