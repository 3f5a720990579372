"""Areas and lengths of 100,000 octagons, beside pyproj.Geod polygon by polygon in the same run."""

from __future__ import annotations

import argparse

import numpy as np
import shapely

from benchmarks.harness import Figure, interleave, timed
from tetrapylon.geo import measure
from tetrapylon.geo.screen import needs_examination
from tetrapylon.geo.validity import examine


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--count", type=int, default=100_000, help="polygons")


def octagons(count: int) -> np.ndarray:
    """Octagons of about 200 m near Palmyra."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    corner = 0.001 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    middle = np.array([38.0, 34.0]) + 0.5 * rng.random((count, 2))
    return shapely.polygons(middle[:, None, :] + corner)


def run(args: argparse.Namespace) -> list[Figure]:
    """Measure."""
    polygons = octagons(args.count)
    timings = interleave(
        {
            "ours": lambda: measure.areas(polygons),
            "peer": lambda: [measure.WGS84.geometry_area_perimeter(p)[0] for p in polygons],
        },
        repeats=3,
    )
    what = f"{args.count:,} octagons"
    few = polygons[:1000]
    return [
        Figure(
            "areas over pyproj.Geod one by one",
            timings["peer"].best / timings["ours"].best,
            "x",
            "ratio",
            floor=2.0,
            conditions=f"{what}, geodesic edges, same run",
        ),
        Figure("areas, geodesic edges", timings["ours"].rate(args.count), "1/s", conditions=what),
        Figure(
            "areas, straight in longitude and latitude",
            timed(lambda: measure.areas(polygons, edges="lonlat"), repeats=3).rate(args.count),
            "1/s",
            conditions=what,
        ),
        Figure("lengths", timed(lambda: measure.lengths(polygons), repeats=3).rate(args.count), "1/s", conditions=what),
        Figure(
            "screen", timed(lambda: needs_examination(polygons), repeats=3).rate(args.count), "1/s", conditions=what
        ),
        Figure(
            "examine", timed(lambda: [examine(p) for p in few], repeats=3).rate(len(few)), "1/s", conditions="1,000"
        ),
    ]
