"""Contamination, what is left after searching, sampling, effort and trials: nouns of CLEAR."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tetrapylon.cli.options import Json
from tetrapylon.cli.verbs.running import Nouns, Steps, product_command

Prior = Annotated[Path | None, typer.Option("--prior", help="TOML file of the prior; there is none by default.")]
Cell = Annotated[float | None, typer.Option("--cell", help="Side of a cell, m. Default: by the range of the prior.")]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", help="A hazard area, place or site on record, or a file with polygons; repeatable."),
]


@product_command
def chart(
    out: Annotated[Path | None, typer.Option("--out", help="GeoTIFF to write.")] = None,
    prior: Prior = None,
    area: Annotated[
        str | None, typer.Option("--area", help="A hazard area, place or site on record, or a file with polygons.")
    ] = None,
    cell: Cell = None,
    modifier: Annotated[
        Path | None, typer.Option("--modifier", help="GeoTIFF of the natural log of a modifier of your own.")
    ] = None,
    terrain: Annotated[
        Path | None, typer.Option("--terrain", help="GeoTIFF of classes 0 to 255 that the prior has ratios for.")
    ] = None,
) -> Steps:
    """Map of contamination with its uncertainty; where the model does not hold, the extents of the reports."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.contamination import contamination_map

    compute = partial(contamination_map, out=out, prior=prior, area=area, cell=cell, modifier=modifier, terrain=terrain)
    return show.with_bar(compute), show.contamination


@product_command
def residual(
    polygon: Annotated[
        str, typer.Option("--polygon", help="A hazard area, place or site on record, or a file with polygons.")
    ],
    prior: Annotated[Path, typer.Option("--prior", help="TOML file of the prior; there is none by default.")],
    cell: Cell = None,
    level: Annotated[
        float, typer.Option("--level", help="Probability inside the intervals.", min=0.5, max=0.999)
    ] = 0.9,
    seed: Annotated[int, typer.Option("--seed", help="Of the random draws.")] = 0,
) -> Steps:
    """Items left in a polygon with an interval, from searches whose detection was measured in blind trials."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.residual import residual_report

    return partial(residual_report, polygon=polygon, prior=prior, cell=cell, level=level, seed=seed), show.residual


@product_command
def sample(
    unit: Annotated[float, typer.Option("--unit", help="Side of a square to check, m.")],
    area: Areas = None,
    clean: Annotated[float, typer.Option("--clean", help="Share of squares claimed to hold no target.")] = 0.99,
    confidence: Annotated[float, typer.Option("--confidence", help="Confidence in that claim.")] = 0.95,
    method: Annotated[
        str | None, typer.Option("--method", help="Method of the inspector; a blind trial of it is on record.")
    ] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", help="Detectability class that counts as a target; repeatable.")
    ] = None,
    assume: Annotated[
        float | None, typer.Option("--assume", help="Sensitivity assumed for a scenario, without a trial.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the draw; with --results that of the plan.")] = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", help="Points as .geojson, .gpx, .kml or .csv; repeatable.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Table with name and found of each square checked.")
    ] = None,
) -> Steps:
    """Accept-on-zero sample of searched ground: random squares to check, or what their results show."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.sampling import sample_report

    compute = partial(
        sample_report, areas=area or (), unit=unit, clean_share=clean, confidence=confidence, method=method,
        classes=class_ or (), assume=assume, seed=seed, out=out or (), results=results,
    )  # fmt: skip
    return compute, show.sample


@product_command
def effort(
    chart: Annotated[Path, typer.Option("--map", help="Map made by clear map.")],
    budget: Annotated[float, typer.Option("--budget", help="Hours of search to allocate.")],
    method: Annotated[str, typer.Option("--method", help="Search method; a blind trial of it is on record.")],
    prior: Prior = None,
    rate: Annotated[
        float | None, typer.Option("--rate", help="m2 searched in an hour. Default: from the days' work on record.")
    ] = None,
    area: Areas = None,
    out: Annotated[Path | None, typer.Option("--out", help="GeoTIFF of hours per cell.")] = None,
) -> Steps:
    """Where the next hours of search find most, and the expected items per unit effort at the margin."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.effort import effort_report

    compute = partial(
        effort_report, chart=chart, budget=budget, method=method, prior=prior, rate=rate, areas=tuple(area or ()),
        out=out,
    )  # fmt: skip
    return compute, show.effort


@product_command
def order(
    area: Annotated[
        str, typer.Option("--area", help="A hazard area, place or site on record, or a file with polygons.")
    ],
    square: Annotated[float, typer.Option("--square", help="Side of a square, m.")] = 1.0,
    spacing: Annotated[
        tuple[float, float], typer.Option("--spacing", help="Least and largest distance between rows to consider, m.")
    ] = (5.0, 11.0),
    number: Annotated[int, typer.Option("--count", help="Squares to name.", min=1)] = 100,
    out: Annotated[
        list[Path] | None, typer.Option("--out", help="Squares as .geojson, .gpx, .kml or .csv; repeatable.")
    ] = None,
) -> Steps:
    """Which squares of an area to clear next, from what was cleared and found there: a ranking and no probability."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.order import order_report

    compute = partial(order_report, area=area, square=square, spacing=spacing, count=number, out=out or ())
    return show.with_bar(compute), show.order


@product_command
def trial(
    seeds: Annotated[Path, typer.Option("--table", help="One row a seed: item_class, blind, found (or found_1 ...).")],
    method: Annotated[str, typer.Option("--method", help="Search method that was tried.")],
    lane_area: Annotated[float, typer.Option("--lane-area", help="Area of the lane, m2.")],
    false_alarms: Annotated[
        int, typer.Option("--false-alarms", help="Signals where no seed lay, on the first walk.", min=0)
    ],
    instrument: Annotated[str | None, typer.Option("--instrument", help="Instrument that was tried.")] = None,
) -> Steps:
    """Probability of detection from a blind trial with seeded items; --keep puts it on record for later work."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.workflow.trial import trial_report

    compute = partial(
        trial_report, table=seeds, method=method, lane_area=lane_area, false_alarms=false_alarms, instrument=instrument
    )
    return compute, show.trial


def practice(
    folder: Annotated[Path, typer.Argument(help="New folder to write to.")],
    seed: Annotated[int, typer.Option("--seed", help="Another number makes other ground.")] = 1,
    json: Json = False,
) -> None:
    """Write simulated ground to practise on: a case, a trial, a prior, and the truth."""
    from tetrapylon.cli.show import hazard as show
    from tetrapylon.cli.show.common import emit
    from tetrapylon.workflow.practice import practice_ground

    emit(practice_ground(folder, seed=seed), show.practice, json=json)


NOUNS: Nouns = {
    "map": chart,
    "residual": residual,
    "sample": sample,
    "effort": effort,
    "order": order,
    "trial": trial,
    "practice": practice,
}
