"""Survey checks and the area ledger of up to 100,000 polygons, overlaps across records included: growth and memory.

Each size is run in a process of its own, so that the peak of its memory is its own. Slopes are of processor time, which
other work on the machine disturbs less than the wall clock. ``--plot FILE`` draws the growth (SVG or PNG).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from benchmarks.harness import Figure
from tetrapylon.clear.area import Standing, accounts, identity
from tetrapylon.clear.survey import Parcel, Product, Survey, examine_survey

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
SPACING = 0.0022
"""Degrees between middles; with radius 0.001 and a shift of up to 0.0005 about one in three meets a neighbour."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--count", type=int, default=SIZES[-1], help="polygons in the largest run")
    parser.add_argument("--plot", default=None, help="draw time and memory over the number of polygons in this file")
    parser.add_argument("--geocheck", default=None, help="a copy of GICHD's geocheck.sql: run beside it instead")
    parser.add_argument("--postgis", default=None, help="address of an empty PostGIS database for geocheck")
    parser.add_argument("--seed", type=int, default=1, help="draw of the records that are compared with geocheck")
    parser.add_argument("--one", type=int, default=None, help=argparse.SUPPRESS)


def parcels(count: int) -> tuple[Parcel, ...]:
    """Octagons on a jittered square grid at constant density: hazard areas, and a clearance of every second."""
    rng = np.random.default_rng(7)
    side = math.ceil(math.sqrt(count / 1.5))
    hazards = count - count // 3
    angle = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
    corner = 0.001 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    grid = np.stack(np.divmod(np.arange(hazards), side), axis=-1) * SPACING
    middle = np.array([36.0, 33.0]) + grid + rng.uniform(-5e-4, 5e-4, (hazards, 2))
    own = shapely.polygons(middle[:, None, :] + corner)
    done = shapely.polygons(middle[: count // 3, None, :] + 0.8 * corner + 1e-4)
    areas = (Parcel(f"h{i}", f"H{i}", Product.HAZARD, shape) for i, shape in enumerate(own))
    clearances = (
        Parcel(
            f"r{i}", f"R{i}", Product.CLEARED, shape, methods=("manual",), depth=0.2, datum="rubble_top", of=(f"h{i}",)
        )
        for i, shape in enumerate(done)
    )
    return (*areas, *clearances)


def measure(count: int) -> dict[str, float]:
    """Seconds and memory of one size."""
    those = parcels(count)
    before = _peak_mib()
    begin, wall = time.process_time(), time.perf_counter()
    result = examine_survey(Survey(those))
    checked, checked_wall = time.process_time(), time.perf_counter()
    result_m2 = account(those)
    ended = time.process_time()
    return {
        "n": count,
        "check_s": checked - begin,
        "wall_s": checked_wall - wall,
        "ledger_s": ended - checked,
        "findings": sum(result.counts.values()),
        "overlaps": result.counts.get("overlap", 0) + result.counts.get("released-still-open", 0),
        "difference_m2": result_m2,
        "before_mib": before,
        "peak_mib": _peak_mib(),
    }


def account(those: tuple[Parcel, ...]) -> float:
    """Accounts of all, and the identity where every released area counts as closed: m2 that do not balance."""
    booked = accounts(those)
    releases = [p for p in those if p.product is Product.CLEARED]
    done = {uid for p in releases for uid in p.of}
    hazards = tuple(p for p in those if p.product is Product.HAZARD)
    opening = Standing(dt.date(2025, 1, 1), hazards)
    closing = Standing(dt.date(2026, 1, 1), tuple(replace(p, closed=p.uid in done) for p in hazards))
    book = identity(opening, closing, releases)
    return book.lost_m2 + book.outside_m2 + sum(a.double_counted for a in booked)


def run(args: argparse.Namespace) -> list[Figure]:
    """Every size in turn, and the slope of log time over log n."""
    if args.one is not None:
        print(json.dumps(measure(args.one)))
        sys.exit(0)
    if args.geocheck:
        from benchmarks.survey_peer import figures

        return figures(args.geocheck, args.postgis, seed=args.seed)
    sizes = [round(n * args.count / SIZES[-1]) for n in SIZES]
    rows = [_apart(n) for n in sizes]
    if not args.json:
        head = ("n", "check_s", "wall_s", "ledger_s", "findings", "overlaps", "before_mib", "peak_mib")
        print("".join(f"{h:>12}" for h in head))
        for row in rows:
            print("".join(f"{row[h]:>12,.2f}" if h.endswith("_s") else f"{row[h]:>12,.0f}" for h in head))
        print()
    log_n = np.log([r["n"] for r in rows])
    slope = {k: float(np.polyfit(log_n, np.log([r[k] for r in rows]), 1)[0]) for k in ("check_s", "ledger_s")}
    last, third = rows[-1], rows[-2]
    conditions = f"{last['n']:,.0f} octagons, {last['overlaps']:,.0f} overlaps of hazards or with open hazards"
    if args.plot:
        _plot(rows, slope, Path(args.plot))
    return [
        Figure("slope of log check time over log n", slope["check_s"], "", "ratio", limit=1.2, conditions=conditions),
        Figure("slope of log ledger time over log n", slope["ledger_s"], "", "ratio", limit=1.2),
        Figure("check, largest", last["check_s"], "s", conditions="processor time, as below"),
        Figure("ledger, largest", last["ledger_s"], "s"),
        Figure("polygons checked per second", last["n"] / last["check_s"], "/s"),
        Figure(
            "memory added per polygon, largest over the one before", _each(last) / _each(third), "", "ratio", limit=1.25
        ),
        Figure("memory added per polygon, largest", _each(last), "bytes"),
    ]


def _plot(rows: list[dict[str, float]], slope: dict[str, float], file: Path) -> None:
    """Processor time with the fitted power law, and memory added, over the number of polygons."""
    from matplotlib.figure import Figure as Page

    n = np.array([r["n"] for r in rows])
    page = Page(figsize=(9, 3.6), layout="constrained")
    left, right = page.subplots(1, 2)
    series = (("check_s", "check", "o", "#005f73", -14), ("ledger_s", "ledger", "s", "#bb3e03", 6))
    for key, label, mark, colour, beside in series:
        seconds = np.array([r[key] for r in rows])
        fitted = np.exp(np.polyval(np.polyfit(np.log(n), np.log(seconds), 1), np.log(n)))
        left.loglog(n, seconds, mark, color=colour, label=f"{label}: n^{slope[key]:.2f}")
        left.loglog(n, fitted, "-", color=colour, linewidth=1)
        left.annotate(
            f"{seconds[-1]:.1f} s", (n[-1], seconds[-1]), textcoords="offset points", xytext=(-8, beside), ha="right"
        )
    left.loglog(n, rows[0]["check_s"] * n / n[0], ":", color="#777777", label="in proportion to n")
    left.set_ylabel("processor time, s")
    added = [_added(r) for r in rows]
    right.loglog(n, added, "D", color="#3a5a40", label="added by check and ledger")
    right.loglog(n, added[-1] * n / n[-1], ":", color="#777777", label="in proportion to n")
    right.annotate(f"{added[-1]:.0f} MiB", (n[-1], added[-1]), textcoords="offset points", xytext=(-8, -4), ha="right")
    right.set_ylabel("peak memory added, MiB")
    for axes in (left, right):
        axes.set_xlabel("polygons")
        axes.margins(y=0.12)
        axes.grid(True, which="major", linewidth=0.4)
        axes.legend(frameon=False, fontsize="small")
    page.savefig(file)


def _each(row: dict[str, float]) -> float:
    """Bytes added for each polygon."""
    return _added(row) * 2**20 / row["n"]


def _added(row: dict[str, float]) -> float:
    return max(1.0, row["peak_mib"] - row["before_mib"])


def _apart(count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks", "survey", "--one", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024.0 if sys.platform != "darwin" else 1024.0**2)
